//! The chart of months on the overview. Knows where the months stand, no plan.

use fenjie_money::DisplayUnit;
use fenjie_plan::Measure;
use rust_xlsxwriter::{Chart, ChartFont, ChartFormat, ChartLine, ChartSolidFill, Color};

use super::style::{ACCENT, axis_format};

/// Where the months of the overview stand.
pub(super) struct Months<'s> {
    pub sheet: &'s str,
    pub first: u32,
    pub last: u32,
    pub label: u16,
    pub value: u16,
}

impl Months<'_> {
    /// Columns from zero up, one accent, no legend.
    pub fn chart(&self, measure: &Measure, unit: DisplayUnit, has_negative: bool) -> Chart {
        let (first, last) = (self.first, self.last);
        let title = &measure.name;
        let mut chart = Chart::new_column();
        let quiet = |size: u32| {
            let mut font = ChartFont::new();
            font.set_size(size).set_color(Color::RGB(0x6b6d72));
            font
        };
        chart
            .add_series()
            .set_categories((self.sheet, first, self.label, last, self.label))
            .set_values((self.sheet, first, self.value, last, self.value))
            .set_name(title)
            .set_gap(60)
            .set_format(
                ChartFormat::new()
                    .set_solid_fill(ChartSolidFill::new().set_color(Color::RGB(ACCENT))),
            );
        chart.legend().set_hidden();
        chart.title().set_name(title).set_font(&quiet(10));
        chart.x_axis().set_font(&quiet(9));
        chart
            .y_axis()
            .set_font(&quiet(9))
            .set_num_format(axis_format(measure, unit))
            .set_format(ChartFormat::new().set_no_line())
            .set_major_gridlines_line(ChartLine::new().set_color(Color::RGB(0xe4e4df)));
        chart.chart_area().set_format(
            ChartFormat::new().set_border(ChartLine::new().set_color(Color::RGB(0xe4e4df))),
        );
        if !has_negative {
            chart.y_axis().set_min(0);
        }
        let rows = last - first + 2;
        chart.set_width(600).set_height((rows * 26).clamp(220, 420));
        chart
    }
}
