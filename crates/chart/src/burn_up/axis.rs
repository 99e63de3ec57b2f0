//! The axes of a burn-up: round amounts upward, days or months along. Draws no line of the chart.

use fenjie_message::Lang;
use jiff::civil::Date;

use super::Plot;
use crate::Look;
use crate::canvas::{Anchor, Canvas, Element, Label, MARGIN, TEXT};
use crate::text_width::text_width;

/// Beyond so many days an axis shows months.
const MANY_DAYS: usize = 62;

impl Plot<'_> {
    pub(super) fn axes(&self, canvas: &mut Canvas, look: &Look) {
        let palette = canvas.palette;
        let (left, right) = (self.area.left, self.area.right());
        canvas.begin("axis");
        for &value in &self.ticks.values {
            let y = self.y_of_minor(value as f64);
            let color = if value == 0 {
                palette.axis
            } else {
                palette.grid
            };
            canvas.add(Element::line(left, y, right, y).stroke(color, 1.0));
            let text = self.amounts.tick(value, self.ticks.power);
            let label = Label::new(&text, left - 8.0, y + 4.0, palette.muted);
            canvas.label(label.anchored(Anchor::End));
        }
        let unit = self.amounts.unit(&self.chart.unit);
        let label = Label::new(&unit, left - 8.0, self.area.top - 14.0, palette.muted);
        let start = left - 8.0 - text_width(&unit, TEXT);
        if start >= MARGIN {
            canvas.label(label.anchored(Anchor::End));
        } else {
            canvas.label(Label { x: MARGIN, ..label });
        }
        for (place, text) in self.dates(look.lang) {
            let x = self.area.left + self.area.width * place / self.chart.days() as f64;
            let bottom = self.area.bottom();
            canvas.add(Element::line(x, bottom, x, bottom + 4.0).stroke(palette.axis, 1.0));
            let label = Label::new(&text, x, bottom + 18.0, palette.muted);
            canvas.label(label.anchored(Anchor::Middle));
        }
        canvas.end();
    }

    /// Labels of the days axis with their places in days from its beginning.
    fn dates(&self, lang: Lang) -> Vec<(f64, String)> {
        let days = self.chart.days();
        let first = self.chart.first;
        let all = (0..days).filter_map(|at| Some((at, later(first, at)?)));
        let places: Vec<(f64, String)> = if days > MANY_DAYS {
            all.filter(|(_, date)| date.day() == 1)
                .map(|(at, date)| (at as f64, month(date, lang)))
                .collect()
        } else {
            let within = later(first, days - 1).is_some_and(|last| last.month() == first.month());
            all.map(|(at, date)| (at as f64 + 0.5, day(date, within, lang)))
                .collect()
        };
        let widest = places.iter().map(|(_, text)| text_width(text, TEXT));
        let room = widest.fold(0.0, f64::max) + 12.0;
        let apart = match places.as_slice() {
            [(one, _), (two, _), ..] => (two - one) * self.area.width / days as f64,
            _ => room,
        };
        // A little slack: months are not equally long.
        let least = (room / (apart * 0.9)).ceil().max(1.0) as usize;
        let nice = if days > MANY_DAYS {
            [1, 2, 3, 6, 12, 24]
        } else {
            [1, 5, 7, 10, 15, 30]
        };
        let every = nice.into_iter().find(|&every| every >= least);
        places.into_iter().step_by(every.unwrap_or(least)).collect()
    }
}

fn later(first: Date, days: usize) -> Option<Date> {
    use jiff::ToSpan;
    first.checked_add(i64::try_from(days).ok()?.days()).ok()
}

fn month(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh if date.month() == 1 => format!("{}年", date.year()),
        Lang::Zh => format!("{}月", date.month()),
        Lang::En if date.month() == 1 => date.year().to_string(),
        Lang::En => short_month(date).to_owned(),
    }
}

fn day(date: Date, within_month: bool, lang: Lang) -> String {
    match lang {
        _ if within_month => date.day().to_string(),
        Lang::Zh => format!("{}/{}", date.month(), date.day()),
        Lang::En => format!("{} {}", date.day(), short_month(date)),
    }
}

/// `Jan` to `Dec`.
pub(crate) fn short_month(date: Date) -> &'static str {
    const NAMES: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    NAMES[usize::try_from(date.month() - 1).expect("months begin at 1")]
}
