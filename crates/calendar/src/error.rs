//! What can be wrong with a period, a year rule, a holiday table or a set of coefficients.

use fenjie_message::{Lang, Message};
use jiff::civil::Date;

use crate::{Coefficient, Level};

/// Why a calendar refuses. Each variant has a stable code and says the value it stumbled over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarError {
    /// A period without a day.
    PeriodEmpty {
        /// the text, or the day both ends fall on
        text: String,
    },
    /// A period that ends before it starts.
    PeriodReversed {
        /// first day
        start: Date,
        /// last day, earlier than `start`
        last: Date,
    },
    /// A day that the calendar does not have, such as 29 February 2025.
    DateInvalid {
        /// the text as written
        text: String,
    },
    /// A text that names no period.
    PeriodUnknown {
        /// the text as written
        text: String,
    },
    /// A period without its year where no year is known, or where several fit.
    YearMissing {
        /// the text as written
        text: String,
    },
    /// A period that only a calendar of selling can resolve (fiscal year, week, piece).
    PeriodNeedsCalendar {
        /// the text as written
        text: String,
    },
    /// A week that its year does not have.
    WeekUnknown {
        /// the text as written
        text: String,
        /// key of the year
        year: String,
        /// how many weeks that year has
        weeks: i32,
    },
    /// A day outside the boundaries given by date.
    OutsideBoundaries {
        /// the day
        date: Date,
        /// first day covered
        start: Date,
        /// last day covered
        last: Date,
    },
    /// A year rule that cuts no year.
    YearRuleInvalid {
        /// why, Chinese
        zh: String,
        /// why, English
        en: String,
    },
    /// A name that is no level of the time axis.
    LevelUnknown {
        /// the text as written
        text: String,
    },
    /// A name that is no weekday.
    WeekdayUnknown {
        /// the text as written
        text: String,
    },
    /// Levels of which one is no partition of the one above (rule C1).
    LevelsDoNotNest {
        /// the level above, none for an empty list
        above: Option<Level>,
        /// the level that does not fit below it
        below: Option<Level>,
        /// a period that would be cut, or empty
        example: String,
    },
    /// A coefficient that is negative, too large, too fine or no number.
    CoefficientInvalid {
        /// the text as written
        text: String,
    },
    /// A list of weekday coefficients that does not have seven.
    WeekdaysNotSeven {
        /// how many it has
        count: usize,
    },
    /// Season factors that push a day above the largest coefficient.
    CoefficientTooLarge {
        /// a day on which it happens
        date: Date,
    },
    /// Slot shares that do not sum to 100 % (rule C5).
    SlotsNot100 {
        /// their sum in percent
        sum: String,
    },
    /// A slot label that is empty or used twice, no slot at all, or too many.
    SlotsInvalid {
        /// the label, or the count
        text: String,
    },
    /// A slot label from which its minutes cannot be read.
    SlotUnreadable {
        /// the label
        label: String,
    },
    /// A slot that does not start where the one before it ends, or slots that leave the day open.
    SlotsDoNotTile {
        /// the label
        label: String,
        /// where the slot should start or, for the last one, end: `14:00`
        at: String,
    },
    /// A name that is no time zone.
    ZoneUnknown {
        /// the text as written
        text: String,
        /// names near to it
        nearest: Vec<String>,
    },
    /// Years of which the holiday table knows nothing.
    HolidaysUnknownYear {
        /// the years, ascending
        years: Vec<i16>,
    },
    /// A line of a holiday table that cannot be read.
    HolidaysUnreadable {
        /// 1-based line
        line: usize,
        /// the line, or the value in question
        text: String,
    },
    /// A day that a holiday table names twice.
    HolidaysTwice {
        /// 1-based line
        line: usize,
        /// the day
        date: Date,
    },
}

impl CalendarError {
    /// The stable code; the same as [`Message::code`], without the trait in scope.
    ///
    /// ```
    /// let error = fenjie_calendar::DateRange::parse("2025-02-29").unwrap_err();
    /// assert_eq!(error.code(), "date_invalid");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PeriodEmpty { .. } => "period_empty",
            Self::PeriodReversed { .. } => "period_reversed",
            Self::DateInvalid { .. } => "date_invalid",
            Self::PeriodUnknown { .. } => "period_unknown",
            Self::YearMissing { .. } => "year_missing",
            Self::PeriodNeedsCalendar { .. } => "period_needs_calendar",
            Self::WeekUnknown { .. } => "week_unknown",
            Self::OutsideBoundaries { .. } => "outside_boundaries",
            Self::YearRuleInvalid { .. } => "year_rule_invalid",
            Self::LevelUnknown { .. } => "level_unknown",
            Self::WeekdayUnknown { .. } => "weekday_unknown",
            Self::LevelsDoNotNest { .. } => "levels_do_not_nest",
            Self::CoefficientInvalid { .. } => "coefficient_invalid",
            Self::WeekdaysNotSeven { .. } => "weekdays_not_seven",
            Self::CoefficientTooLarge { .. } => "coefficient_too_large",
            Self::SlotsNot100 { .. } => "slots_not_100",
            Self::SlotsInvalid { .. } => "slots_invalid",
            Self::SlotUnreadable { .. } => "slot_unreadable",
            Self::SlotsDoNotTile { .. } => "slots_do_not_tile",
            Self::ZoneUnknown { .. } => "zone_unknown",
            Self::HolidaysUnknownYear { .. } => "holidays_unknown_year",
            Self::HolidaysUnreadable { .. } => "holidays_unreadable",
            Self::HolidaysTwice { .. } => "holidays_twice",
        }
    }

    fn chinese(&self) -> String {
        match self {
            Self::PeriodEmpty { text } => format!("期间 `{text}` 不含任何一天"),
            Self::PeriodReversed { start, last } => {
                format!("期间从 {start} 开始，却在更早的 {last} 结束")
            }
            Self::DateInvalid { text } => format!("日历上没有 `{text}` 这一天"),
            Self::PeriodUnknown { text } => format!("读不懂期间 `{text}`"),
            Self::YearMissing { text } => format!("期间 `{text}` 没有写明年份，无法唯一确定"),
            Self::PeriodNeedsCalendar { text } => {
                format!("期间 `{text}` 要按销售日历（财年、营业周）才能确定")
            }
            Self::WeekUnknown { text, year, weeks } => {
                format!("没有 `{text}` 这一周：{year} 只有 {weeks} 周")
            }
            Self::OutsideBoundaries { date, start, last } => {
                format!("{date} 不在自定义期间 {start} 至 {last} 之内")
            }
            Self::YearRuleInvalid { zh, .. } => zh.clone(),
            Self::LevelUnknown { text } => format!("没有 `{text}` 这个时间层级"),
            Self::WeekdayUnknown { text } => format!("读不懂星期 `{text}`"),
            Self::LevelsDoNotNest {
                above,
                below,
                example,
            } => nesting(Lang::Zh, *above, *below, example),
            Self::CoefficientInvalid { text } => {
                format!(
                    "系数 `{text}` 无效：须为 0 到 {} 之间、至多六位小数的数",
                    Coefficient::MAX
                )
            }
            Self::WeekdaysNotSeven { count } => {
                format!("星期系数应有七个（周一至周日），这里有 {count} 个")
            }
            Self::CoefficientTooLarge { date } => {
                format!("{date} 的系数乘以季节系数后超过 {}", Coefficient::MAX)
            }
            Self::SlotsNot100 { sum } => format!("各时段占比合计为 {sum}%，应为 100%"),
            Self::SlotsInvalid { text } => format!("时段 `{text}` 无效"),
            Self::SlotUnreadable { label } => format!("读不懂时段 `{label}` 的起止时间"),
            Self::SlotsDoNotTile { label, at } => {
                format!("时段 `{label}` 与一天的时间接不上：应在 {at} 衔接")
            }
            Self::ZoneUnknown { text, .. } => format!("没有 `{text}` 这个时区"),
            Self::HolidaysUnknownYear { years } => {
                format!("节假日表没有 {} 年的放假安排", list(years, "、"))
            }
            Self::HolidaysUnreadable { line, text } => {
                format!("节假日表第 {line} 行读不懂：`{text}`")
            }
            Self::HolidaysTwice { line, date } => format!("节假日表第 {line} 行重复了 {date}"),
        }
    }

    fn english(&self) -> String {
        match self {
            Self::PeriodEmpty { text } => format!("the period `{text}` holds no day"),
            Self::PeriodReversed { start, last } => {
                format!("the period starts on {start} but ends earlier, on {last}")
            }
            Self::DateInvalid { text } => format!("the calendar has no day `{text}`"),
            Self::PeriodUnknown { text } => format!("`{text}` does not name a period"),
            Self::YearMissing { text } => format!("the period `{text}` does not say which year"),
            Self::PeriodNeedsCalendar { text } => {
                format!("the period `{text}` depends on a calendar of selling (fiscal year, weeks)")
            }
            Self::WeekUnknown { text, year, weeks } => {
                format!("there is no week `{text}`: {year} has {weeks} weeks")
            }
            Self::OutsideBoundaries { date, start, last } => {
                format!("{date} lies outside the boundaries {start} to {last}")
            }
            Self::YearRuleInvalid { en, .. } => en.clone(),
            Self::LevelUnknown { text } => format!("`{text}` is no level of the time axis"),
            Self::WeekdayUnknown { text } => format!("`{text}` is no weekday"),
            Self::LevelsDoNotNest {
                above,
                below,
                example,
            } => nesting(Lang::En, *above, *below, example),
            Self::CoefficientInvalid { text } => format!(
                "the coefficient `{text}` is not a decimal from 0 to {} with at most six places",
                Coefficient::MAX
            ),
            Self::WeekdaysNotSeven { count } => {
                format!("a week has seven coefficients, Monday first; here are {count}")
            }
            Self::CoefficientTooLarge { date } => {
                format!(
                    "the season factors push the coefficient of {date} above {}",
                    Coefficient::MAX
                )
            }
            Self::SlotsNot100 { sum } => format!("the slot shares sum to {sum}%, not 100%"),
            Self::SlotsInvalid { text } => format!("the slot `{text}` is not usable"),
            Self::SlotUnreadable { label } => {
                format!("the slot label `{label}` does not say from when to when")
            }
            Self::SlotsDoNotTile { label, at } => {
                format!(
                    "the slot `{label}` leaves a gap in the day or overlaps: it should meet {at}"
                )
            }
            Self::ZoneUnknown { text, .. } => format!("there is no time zone `{text}`"),
            Self::HolidaysUnknownYear { years } => {
                format!("the holiday table knows nothing of {}", list(years, ", "))
            }
            Self::HolidaysUnreadable { line, text } => {
                format!("line {line} of the holiday table cannot be read: `{text}`")
            }
            Self::HolidaysTwice { line, date } => {
                format!("line {line} of the holiday table names {date} a second time")
            }
        }
    }
}

impl Message for CalendarError {
    fn code(&self) -> &'static str {
        CalendarError::code(self)
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        if let Self::ZoneUnknown { nearest, .. } = self
            && !nearest.is_empty()
        {
            let names = nearest.join(lang.pick("、", ", "));
            return Some(match lang {
                Lang::Zh => format!("相近的有：{names}"),
                Lang::En => format!("near to it: {names}"),
            });
        }
        let (zh, en) = match self {
            Self::PeriodReversed { .. } => ("请对调起止日期", "swap the two ends"),
            Self::DateInvalid { .. } => (
                "日期写作 2026-03-06；平年二月只有 28 天",
                "write days as 2026-03-06; February has 29 days in leap years only",
            ),
            Self::PeriodUnknown { .. } | Self::PeriodEmpty { .. } => (
                "可写 2026、2026-H1、2026-Q3、2026-03、2026-03-06 或 2026-01-01..2026-03-31",
                "write 2026, 2026-H1, 2026-Q3, 2026-03, 2026-03-06 or 2026-01-01..2026-03-31",
            ),
            Self::YearMissing { .. } => ("请写明年份，如 2026-07", "add the year, as in 2026-07"),
            Self::LevelUnknown { .. } => (
                "可用：年、半年、季、月、周、周段、日、时段",
                "one of year, half, quarter, month, week, piece, day, slot",
            ),
            Self::WeekdayUnknown { .. } => ("可写 周五 或 friday", "write friday or 周五"),
            Self::LevelsDoNotNest {
                above: Some(above),
                below: Some(Level::Week),
                ..
            } if *above < Level::Week => (
                "周会跨月，请改用周段（piece）",
                "weeks cross month ends: use `piece`, a week's part inside one month",
            ),
            Self::LevelsDoNotNest {
                below: Some(Level::Slot),
                ..
            } => ("时段之上须有日（day）", "put `day` above `slot`"),
            Self::LevelsDoNotNest { .. } => (
                "层级由粗到细各写一次",
                "list each level once, coarse to fine",
            ),
            Self::ZoneUnknown { .. } => (
                "时区写作 Asia/Shanghai 或 +08:00",
                "a time zone reads Asia/Shanghai or +08:00",
            ),
            Self::SlotUnreadable { .. } => (
                "时段写作 开业–10:00、10:00–14:00、16:00–闭店",
                "a slot reads opening-10:00, 10:00-14:00 or 16:00-closing",
            ),
            Self::HolidaysUnknownYear { .. } => (
                "请提供含该年的节假日表，或将 holidays 设为 none",
                "give a holiday table that covers the year, or set holidays to none",
            ),
            Self::HolidaysUnreadable { .. } => (
                "每行写作 2026-02-15..2026-02-23,春节,off，类型为 off、makeup 或 ordinary",
                "a line reads 2026-02-15..2026-02-23,春节,off; the kind is off, makeup or ordinary",
            ),
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

impl std::fmt::Display for CalendarError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for CalendarError {}

fn nesting(lang: Lang, above: Option<Level>, below: Option<Level>, example: &str) -> String {
    let text = match (above, below) {
        (Some(above), Some(below)) => {
            let (above, below) = (above.name(lang), below.name(lang));
            match lang {
                Lang::Zh => format!("层级“{below}”不能放在“{above}”之下"),
                Lang::En => format!("the level {below} is no partition of the level {above}"),
            }
        }
        (None, Some(below)) => match lang {
            Lang::Zh => format!("层级“{}”不能单独使用", below.name(lang)),
            Lang::En => format!("the level {} cannot stand alone", below.name(lang)),
        },
        _ => lang
            .pick("没有给出任何时间层级", "no level of the time axis is given")
            .to_owned(),
    };
    match (example, lang) {
        ("", _) => text,
        (example, Lang::Zh) => format!("{text}：{example} 会被切断"),
        (example, Lang::En) => format!("{text}: {example} would be cut"),
    }
}

/// `2018、2027–2030`: years in a row as their first and last.
fn list(years: &[i16], between: &str) -> String {
    let rows = years.chunk_by(|a, b| *b == a + 1);
    let shown = rows.map(|row| match row {
        [first, .., last] => format!("{first}–{last}"),
        row => row.iter().map(i16::to_string).collect(),
    });
    shown.collect::<Vec<_>>().join(between)
}
