//! The lines of `fenjie calendar`, as tables and scripts see them. Prints nothing.

use fenjie_calendar::{Coefficient, DateRange, DayFacts, PeriodTree, SalesCalendar, weekday_name};
use fenjie_message::Lang;
use serde::Serialize;

/// A line of a table: its own fields for scripts, headings and cells for people.
pub trait Line: Serialize {
    /// The headings of the table people see.
    fn headings(lang: Lang) -> Vec<&'static str>;
    /// The cells under those headings.
    fn cells(&self, lang: Lang) -> Vec<String>;
}

/// One day.
#[derive(Debug, Serialize)]
pub struct DayLine {
    date: String,
    weekday: String,
    week: String,
    piece: Option<String>,
    month: String,
    period: Option<String>,
    period_number: Option<usize>,
    quarter: Option<String>,
    year: Option<String>,
    holiday: Option<String>,
    make_up: bool,
    day_type: &'static str,
    coefficient: String,
    holidays_known: bool,
    #[serde(skip)]
    facts: DayFacts,
}

/// One period.
#[derive(Debug, Serialize)]
pub struct PeriodLine {
    key: String,
    label: String,
    level: &'static str,
    start: String,
    last: String,
    days: usize,
    weight: String,
}

/// The days of a range.
pub fn days(calendar: &SalesCalendar, range: DateRange) -> Vec<DayLine> {
    let line = |facts: DayFacts| DayLine {
        date: facts.date.to_string(),
        weekday: weekday_name(facts.weekday, Lang::En).to_lowercase(),
        week: facts.week.clone(),
        piece: facts.piece.clone(),
        month: facts.calendar_month.clone(),
        period: facts.month.clone(),
        period_number: facts.month_number,
        quarter: facts.quarter.clone(),
        year: facts.year.clone(),
        holiday: facts.holiday.clone(),
        make_up: facts.make_up,
        day_type: facts.day_type.code(),
        coefficient: facts.coefficient.to_string(),
        holidays_known: facts.holidays_known,
        facts,
    };
    calendar.days(range).map(line).collect()
}

/// The periods of a tree with their weights, in units of a day of coefficient 1.
pub fn periods(calendar: &SalesCalendar, tree: &PeriodTree, lang: Lang) -> Vec<PeriodLine> {
    let weights = calendar.weights(tree);
    let line = |(period, weight): (&fenjie_calendar::Period, &u64)| PeriodLine {
        key: period.key.clone(),
        label: period.label(lang).to_owned(),
        level: period.level.code(),
        start: period.range.start.to_string(),
        last: period.range.last().to_string(),
        days: period.range.days(),
        weight: millionths(*weight),
    };
    tree.nodes.iter().zip(&weights).map(line).collect()
}

/// A sum of coefficients may pass the largest single one.
fn millionths(sum: u64) -> String {
    let part = Coefficient::from_millionths(sum % 1_000_000).expect("a part of one is below 4000");
    let part = part.to_string();
    format!("{}{}", sum / 1_000_000, part.trim_start_matches('0'))
}

impl Line for DayLine {
    fn headings(lang: Lang) -> Vec<&'static str> {
        match lang {
            Lang::Zh => vec![
                "日期",
                "星期",
                "周",
                "周段",
                "期间",
                "日类型",
                "系数",
                "系数来源",
            ],
            Lang::En => {
                vec![
                    "date",
                    "weekday",
                    "week",
                    "piece",
                    "period",
                    "day type",
                    "coefficient",
                    "from",
                ]
            }
        }
    }

    fn cells(&self, lang: Lang) -> Vec<String> {
        let facts = &self.facts;
        let absent = || "–".to_owned();
        vec![
            self.date.clone(),
            weekday_name(facts.weekday, lang),
            self.week.clone(),
            self.piece.clone().unwrap_or_else(absent),
            self.period.clone().unwrap_or_else(absent),
            facts.day_type.name(lang).to_owned(),
            self.coefficient.clone(),
            facts.why.text(lang),
        ]
    }
}

impl Line for PeriodLine {
    fn headings(lang: Lang) -> Vec<&'static str> {
        match lang {
            Lang::Zh => vec!["编号", "名称", "首日", "末日", "天数", "权重"],
            Lang::En => vec!["key", "name", "first day", "last day", "days", "weight"],
        }
    }

    fn cells(&self, _: Lang) -> Vec<String> {
        vec![
            self.key.clone(),
            self.label.clone(),
            self.start.clone(),
            self.last.clone(),
            self.days.to_string(),
            self.weight.clone(),
        ]
    }
}
