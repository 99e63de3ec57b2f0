//! How a calendar is written: `[calendar]` and its members' own. Must not know dates or weights.

use crate::plan_file::scalar::{Many, Table, Text};

entry! {
    /// Weeks, fiscal year, holidays, coefficients, slots
    CalendarEntry {
        ;
        /// First day of the week: "friday", "周五"
        week_starts: Text,
        /// How years are cut: "calendar", "04-01", "4-4-5", "4-5-4", "5-4-4", "13"
        year: YearEntry,
        /// Free periods: key and first day of each
        period: Vec<FreePeriod>,
        /// Last day of the last free period
        periods_end: Text,
        /// "CN", "none", a CSV file of date, name, kind; of several a later one replaces years
        holidays: Many<Text>,
        /// Coefficients by weekday; a weekday not named weighs 1
        weekdays: Table<Text>,
        /// Weekday coefficients learned from history, for each member of a dimension
        learn: LearnEntry,
        /// Coefficient of days off, or by holiday name with "other" for the rest
        holiday: HolidayEntry,
        /// Coefficient of make-up workdays
        make_up: Text,
        /// Days or ranges without business
        closed: Many<Text>,
        /// Coefficients of single days
        days: Table<Text>,
        /// Stretches of days with a factor or coefficients of their own
        seasons: SeasonsEntry,
        /// Shares of a day in percent, by label
        slots: Table<Text>,
        /// Levels of the time axis, coarse to fine
        levels: Vec<Text>,
        /// The business time zone that turns moments into days: "Asia/Shanghai", "+08:00"
        zone: Text,
        /// Members with calendars of their own
        member: Vec<MemberCalendarEntry>,
    }
}

entry! {
    /// Weekday coefficients learned from history
    LearnEntry {
        /// Name of a `[history.NAME]` with days
        history: Text,
        /// The dimension whose members get their own coefficients
        by: Text,
        ;
    }
}

one_of! {
    /// How years are cut
    YearEntry {
        #[serde(rename = "$text")]
        Name(Text),
        Start(StartedYear),
        Weeks(WeeksYear),
    }
}

entry! {
    /// Twelve months from a month and day
    StartedYear {
        /// "04-01"
        start: Text,
        ;
        /// Which calendar year gives its number: majority, start, end
        named: Text,
    }
}

entry! {
    /// Years of whole weeks
    WeeksYear {
        /// "4-4-5", "4-5-4", "5-4-4", or "13" for 13 periods of four weeks
        weeks: Text,
        ;
        /// "last saturday of january" or "nearest saturday to january"
        ends: Text,
        /// Which calendar year gives its number: majority, start, end
        named: Text,
    }
}

entry! {
    /// A free period
    FreePeriod {
        /// Its name
        key: Text,
        /// Its first day
        start: Text,
        ;
    }
}

one_of! {
    /// Coefficients of days off
    HolidayEntry {
        #[serde(rename = "$text")]
        All(Text),
        #[serde(rename = "$table")]
        Named(Table<Text>),
    }
}

one_of! {
    /// Seasons: factor by period, or a list
    SeasonsEntry {
        #[serde(rename = "$table")]
        Factors(Table<Text>),
        #[serde(rename = "$list")]
        List(Vec<SeasonEntry>),
    }
}

entry! {
    /// A stretch of days with a factor or coefficients of its own
    SeasonEntry {
        period: Text,
        ;
        factor: Text,
        weekdays: Table<Text>,
        holiday: HolidayEntry,
        make_up: Text,
    }
}

entry! {
    /// What one member's calendar has of its own
    MemberCalendarEntry {
        /// "store=S1"; everyone below shares it
        at: Text,
        ;
        weekdays: Table<Text>,
        holiday: HolidayEntry,
        make_up: Text,
        closed: Many<Text>,
        days: Table<Text>,
        seasons: SeasonsEntry,
        slots: Table<Text>,
    }
}
