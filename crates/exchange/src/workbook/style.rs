//! Colours, fonts, number formats: one quiet look for every sheet. Knows no plan.

use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::Measure;
use rust_xlsxwriter::{Color, Format, FormatAlign, FormatBorder};

pub(crate) const ACCENT: u32 = 0x2f4bb8;
const INK: u32 = 0x1c1d1f;
const MUTED: u32 = 0x6b6d72;
const LINE: u32 = 0xe4e4df;
const HEADER: u32 = 0xf6f6f4;
const TOTAL: u32 = 0xeceef6;
const NEGATIVE: u32 = 0xb3261e;
/// Heat from orange through grey to blue.
pub(crate) const HEAT: [u32; 3] = [0xf7cfa6, 0xf3f3f0, 0xb9c6f0];
pub(crate) const BAR: u32 = 0xdce2f7;
const FONT: &str = "Microsoft YaHei";

/// What a number is, which decides its colour and weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Typed or decomposed; may be changed in the workbook.
    Leaf,
    /// The sum of others.
    Total,
    /// The total of everything.
    Root,
    /// Computed elsewhere, for reading only.
    Read,
}

/// The formats of one workbook.
pub(crate) struct Style {
    pub title: Format,
    pub subtitle: Format,
    pub section: Format,
    pub header: Format,
    pub list_header: Format,
    pub header_number: Format,
    pub header_total: Format,
    pub text: Format,
    pub wrapped: Format,
    pub good: Format,
    pub bad: Format,
    pub hidden: Format,
    pub plain_number: Format,
    labels: Vec<[Format; 4]>,
    shares: [Format; 4],
    notes: [Format; 4],
    counts: [Format; 4],
    coefficients: [Format; 4],
}

/// The formats of a measure's numbers, by role.
pub(crate) struct NumberFormats {
    formats: [Format; 4],
}

impl NumberFormats {
    /// The format of a number's role.
    pub fn of(&self, role: Role) -> &Format {
        &self.formats[role as usize]
    }
}

impl Style {
    pub fn new() -> Style {
        let base = || {
            Format::new()
                .set_font_name(FONT)
                .set_font_size(10)
                .set_font_color(Color::RGB(INK))
                .set_align(FormatAlign::VerticalCenter)
        };
        let cell = || {
            base()
                .set_border_bottom(FormatBorder::Thin)
                .set_border_bottom_color(LINE)
        };
        let header = || {
            cell()
                .set_bold()
                .set_background_color(HEADER)
                .set_font_color(MUTED)
                .set_border_top(FormatBorder::Thin)
                .set_border_top_color(LINE)
        };
        // Figures and what stands over them keep a little off the right edge.
        let right = || {
            cell()
                .set_align(FormatAlign::Right)
                .set_indent(1)
                .set_font_color(MUTED)
        };
        let by_role = |format: Format| {
            [
                format.clone(),
                format.clone().set_bold(),
                format.clone().set_bold().set_background_color(TOTAL),
                format,
            ]
        };
        Style {
            title: base().set_bold().set_font_size(16),
            subtitle: base().set_font_color(MUTED).set_font_size(9),
            section: base().set_bold().set_font_size(11).set_font_color(ACCENT),
            header: header(),
            list_header: header().set_indent(1),
            header_number: header().set_align(FormatAlign::Right).set_indent(1),
            header_total: header()
                .set_align(FormatAlign::Right)
                .set_indent(1)
                .set_font_color(INK),
            text: cell().set_indent(1),
            wrapped: cell()
                .set_align(FormatAlign::Left)
                .set_indent(1)
                .set_text_wrap()
                .set_align(FormatAlign::Top),
            good: cell().set_indent(1).set_font_color(0x0b6b3a),
            bad: cell().set_indent(1).set_font_color(NEGATIVE),
            hidden: base().set_font_color(MUTED),
            plain_number: cell().set_align(FormatAlign::Right).set_indent(1),
            labels: (0..8)
                .map(|depth| by_role(cell().set_indent(depth)))
                .collect(),
            shares: by_role(right().set_num_format("0.0%")),
            notes: by_role(cell().set_font_color(MUTED)),
            counts: by_role(right().set_num_format("0")),
            coefficients: by_role(right().set_num_format("0.0##")),
        }
    }

    /// The format of a row's label.
    pub fn label(&self, depth: usize, role: Role) -> &Format {
        &self.labels[depth.min(self.labels.len() - 1)][role as usize]
    }

    /// The format of a share.
    pub fn share(&self, role: Role) -> &Format {
        &self.shares[role as usize]
    }

    /// The format of a whole number beside a row's figures.
    pub fn count(&self, role: Role) -> &Format {
        &self.counts[role as usize]
    }

    /// The format of a coefficient.
    pub fn coefficient(&self, role: Role) -> &Format {
        &self.coefficients[role as usize]
    }

    /// The format of what is said of a row beside its numbers.
    pub fn note(&self, role: Role) -> &Format {
        &self.notes[role as usize]
    }

    /// The formats of a measure's numbers in a unit.
    pub fn numbers(&self, measure: &Measure, unit: DisplayUnit) -> NumberFormats {
        let format = self
            .text
            .clone()
            .set_num_format(number_format(measure, unit));
        let format = format.set_align(FormatAlign::Right);
        let leaf = format.clone().set_font_color(ACCENT);
        let total = format.clone().set_bold();
        let root = total.clone().set_background_color(TOTAL);
        NumberFormats {
            formats: [leaf, total, root, format],
        }
    }
}

/// Whether a measure counts money, so that 万 and 亿 make sense.
fn is_money(measure: &Measure) -> bool {
    let unit = measure.unit.trim();
    let is_currency = unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase());
    is_currency || unit.contains('元') || ["¥", "¥", "$", "€"].contains(&unit)
}

/// The unit a measure's numbers are shown in.
pub(crate) fn shown_unit(measure: &Measure, unit: DisplayUnit) -> DisplayUnit {
    if is_money(measure) {
        unit
    } else {
        DisplayUnit::One
    }
}

/// The number format: 元 with the step's decimals, 万 with four, 亿 with eight, by putting the point
/// before the last digits. The value stays what it is.
pub(crate) fn number_format(measure: &Measure, unit: DisplayUnit) -> String {
    let digits = |step: Step| match step.decimals() {
        0 => "#,##0".to_owned(),
        decimals => format!("#,##0.{}", "0".repeat(decimals as usize)),
    };
    let positive = match shown_unit(measure, unit) {
        DisplayUnit::One => digits(measure.step),
        DisplayUnit::Wan => r"0\.0000".to_owned(),
        DisplayUnit::Yi => r"0\.00000000".to_owned(),
    };
    format!("{positive};[Red]-{positive}")
}

/// The number format of a chart's axis: as few digits as say it.
pub(crate) fn axis_format(measure: &Measure, unit: DisplayUnit) -> &'static str {
    match shown_unit(measure, unit) {
        DisplayUnit::One => "#,##0",
        DisplayUnit::Wan => r"0\.0,",
        DisplayUnit::Yi => r"0\.00,,",
    }
}

/// What stands behind a measure's name: `万元`, `件`.
pub(crate) fn unit_text(
    measure: &Measure,
    unit: DisplayUnit,
    lang: fenjie_message::Lang,
) -> String {
    let own = match measure.unit.trim() {
        "CNY" | "RMB" => lang.pick("元", "CNY").to_owned(),
        other => other.to_owned(),
    };
    match (shown_unit(measure, unit), lang) {
        (DisplayUnit::One, _) => own,
        (unit, fenjie_message::Lang::Zh) => format!("{}{own}", unit.suffix()),
        (DisplayUnit::Wan, _) => format!("10,000 {own}"),
        (DisplayUnit::Yi, _) => format!("100,000,000 {own}"),
    }
}
