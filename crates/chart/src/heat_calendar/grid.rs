//! The grid of a heat calendar: weeks as columns, weekdays as rows, in one or more bands.

use fenjie_calendar::{WEEKDAYS, Weekday, weekday_name};
use fenjie_message::Lang;
use jiff::civil::Date;

use super::{HeatCalendar, short_month};
use crate::Look;
use crate::canvas::{Anchor, Area, Canvas, Element, Label, MARGIN, TEXT};
use crate::text_width::text_width;

/// The least and the most width of a cell with its gap.
const NARROWEST: f64 = 13.0;
const WIDEST: f64 = 42.0;
/// A calendar of so few weeks has large cells with a text in each.
const FEW_WEEKS: usize = 9;
const LARGE: f64 = 92.0;
const LARGE_HIGH: f64 = 26.0;
const GAP: f64 = 2.0;
/// Room for the months above a band.
const MONTHS: f64 = 20.0;
/// The most weeks: two hundred years are a mistake, not a calendar.
const MOST_WEEKS: i64 = 10_400;

/// Where the days stand.
pub(super) struct Grid {
    /// The first day of the first column.
    origin: Date,
    first: Date,
    last: Date,
    week_start: Weekday,
    weeks: usize,
    /// Columns of one band.
    columns: usize,
    left: f64,
    top: f64,
    wide: f64,
    high: f64,
}

impl Grid {
    /// None where there is no day, or a span that is no calendar.
    pub(super) fn new(
        chart: &HeatCalendar,
        canvas: &Canvas,
        look: &Look,
        top: f64,
    ) -> Option<Self> {
        let days = || chart.days.iter().map(|day| day.date);
        let (first, last) = (days().min()?, days().max()?);
        let back = i64::from(first.weekday().since(chart.week_start));
        let origin = first.checked_sub(jiff::Span::new().days(back)).ok()?;
        let weeks = i64::from(origin.until(last).ok()?.get_days()) / 7 + 1;
        if weeks > MOST_WEEKS {
            return None;
        }
        let weeks = usize::try_from(weeks).ok()?;
        let names = WEEKDAYS.iter().map(|&day| short_weekday(day, look.lang));
        let names = names.map(|name| text_width(&name, TEXT));
        let left = MARGIN + names.fold(0.0, f64::max) + 8.0;
        let room = canvas.width - MARGIN - left;
        let fit = ((room / NARROWEST) as usize).max(1);
        let bands = weeks.div_ceil(fit);
        let columns = weeks.div_ceil(bands);
        let large = weeks <= FEW_WEEKS;
        let wide = (room / columns as f64).min(if large { LARGE } else { WIDEST });
        Some(Grid {
            origin,
            first,
            last,
            week_start: chart.week_start,
            weeks,
            columns,
            left,
            top,
            wide,
            high: if large {
                LARGE_HIGH
            } else {
                wide.clamp(15.0, 18.0)
            },
        })
    }

    /// Whether a cell holds its day and percentage.
    pub(super) fn has_texts(&self) -> bool {
        self.high >= LARGE_HIGH && self.wide >= 30.0
    }

    fn bands(&self) -> usize {
        self.weeks.div_ceil(self.columns)
    }

    fn band_height(&self) -> f64 {
        MONTHS + 7.0 * self.high + 10.0
    }

    pub(super) fn bottom(&self) -> f64 {
        self.top + self.bands() as f64 * self.band_height() - 10.0
    }

    /// Week and row of a day.
    pub(super) fn place(&self, date: Date) -> (usize, usize) {
        let days = self.origin.until(date).map_or(0, |span| span.get_days());
        let days = usize::try_from(days).unwrap_or(0);
        (days / 7, days % 7)
    }

    /// The upper left corner of a place.
    fn corner(&self, week: usize, row: usize) -> (f64, f64) {
        let (band, column) = (week / self.columns, week % self.columns);
        (
            self.left + column as f64 * self.wide,
            self.top + band as f64 * self.band_height() + MONTHS + row as f64 * self.high,
        )
    }

    /// The cell of a day.
    pub(super) fn cell(&self, date: Date) -> Area {
        let (week, row) = self.place(date);
        let (left, top) = self.corner(week, row);
        Area {
            left,
            top,
            width: self.wide - GAP,
            height: self.high - GAP,
        }
    }

    /// Weekdays beside each band, months above it.
    pub(super) fn labels(&self, canvas: &mut Canvas, look: &Look) {
        let ink = canvas.palette.muted;
        canvas.begin("axis");
        for band in 0..self.bands() {
            let mut day = self.week_start;
            for row in 0..7 {
                let (left, top) = self.corner(band * self.columns, row);
                let y = top + (self.high - GAP) / 2.0 + 4.0;
                let name = short_weekday(day, look.lang);
                canvas.label(
                    Label::new(&name, left - 6.0, y, ink)
                        .anchored(Anchor::End)
                        .sized(11.0),
                );
                day = day.next();
            }
        }
        let mut free = (0, f64::NEG_INFINITY);
        for date in self.months() {
            let (week, row) = self.place(date.max(self.first));
            // The label stands over the first week that begins in the month.
            let later = usize::from(row > 0 && date > self.first && week + 1 < self.weeks);
            let week = week + later;
            let (x, y) = self.corner(week, 0);
            let text = month(date, look.lang, date <= self.first || date.month() == 1);
            let band = week / self.columns;
            let taken = if free.0 == band {
                free.1
            } else {
                f64::NEG_INFINITY
            };
            let width = text_width(&text, TEXT);
            if x >= taken && x + width <= canvas.width - 2.0 {
                canvas.label(Label::new(&text, x, y - 6.0, ink));
                free = (band, x + width + 6.0);
            }
        }
        canvas.end();
    }

    /// The first days of the months shown; of the first month, the first day of the calendar.
    fn months(&self) -> impl Iterator<Item = Date> {
        let last = self.last;
        let mut next = Some(self.first.first_of_month());
        std::iter::from_fn(move || {
            let date = next.filter(|&date| date <= last)?;
            next = date.last_of_month().tomorrow().ok();
            Some(date)
        })
    }

    /// A stepped line before the first day of each month.
    pub(super) fn borders(&self, canvas: &mut Canvas) {
        canvas.begin("months");
        for date in self.months().filter(|&date| date > self.first) {
            let (week, row) = self.place(date);
            let (left, top) = self.corner(week, row);
            let (left, top) = (left - GAP / 2.0, top - GAP / 2.0);
            let head = self.corner(week, 0).1 - GAP / 2.0;
            let foot = head + 7.0 * self.high;
            let mut points = Vec::new();
            // Above the first day the border stands one week later.
            if row > 0 {
                points.extend([
                    (left + self.wide, head),
                    (left + self.wide, top),
                    (left, top),
                ]);
            } else {
                points.push((left, head));
            }
            points.push((left, foot));
            let line = Element::path(&points, false).word("fill", "none");
            canvas.add(line.stroke(canvas.palette.axis, 1.0).word("class", "month"));
        }
        canvas.end();
    }
}

/// `五` or `Fri`.
fn short_weekday(day: Weekday, lang: Lang) -> String {
    let name = weekday_name(day, lang);
    name.strip_prefix('周').map(str::to_owned).unwrap_or(name)
}

fn month(date: Date, lang: Lang, with_year: bool) -> String {
    match (lang, with_year) {
        (Lang::Zh, true) => format!("{}年{}月", date.year(), date.month()),
        (Lang::Zh, false) => format!("{}月", date.month()),
        (Lang::En, true) => format!("{} {}", short_month(date), date.year()),
        (Lang::En, false) => short_month(date).to_owned(),
    }
}
