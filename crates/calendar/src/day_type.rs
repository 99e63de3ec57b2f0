//! What kind of day it is and where its coefficient was found, with their names. Finds nothing.

use fenjie_message::Lang;
use jiff::civil::Weekday;

use crate::Coefficient;

/// What kind of day it is, whatever it weighs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DayType {
    /// 平日: Monday to Friday
    Weekday,
    /// 周末: Saturday and Sunday
    Weekend,
    /// 节假日, with its name
    Holiday(String),
    /// 调休上班
    MakeUp,
    /// 停业
    Closed,
    /// 特殊日: a coefficient of its own
    Special,
}

/// Where a coefficient was found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum WeightReason {
    /// The day is closed.
    Closed,
    /// The day has a coefficient of its own.
    Day,
    /// The holiday of this name has one.
    HolidayNamed(String),
    /// Holidays have one.
    HolidayAny,
    /// Make-up workdays have one.
    MakeUp,
    /// Its weekday's.
    Weekday(Weekday),
}

/// The weight of one day.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DayWeight {
    /// What the day weighs, season included.
    pub coefficient: Coefficient,
    /// What kind of day it is.
    pub day_type: DayType,
    /// Where the coefficient was found.
    pub why: WeightReason,
}

impl DayType {
    /// The name people see: `平日`, `weekend`, `春节`.
    ///
    /// ```
    /// use fenjie_calendar::DayType;
    /// use fenjie_message::Lang;
    /// assert_eq!(DayType::MakeUp.name(Lang::Zh), "调休上班");
    /// ```
    pub fn name(&self, lang: Lang) -> &str {
        match self {
            Self::Weekday => lang.pick("平日", "weekday"),
            Self::Weekend => lang.pick("周末", "weekend"),
            Self::Holiday(name) => name,
            Self::MakeUp => lang.pick("调休上班", "make-up workday"),
            Self::Closed => lang.pick("停业", "closed"),
            Self::Special => lang.pick("特殊日", "special day"),
        }
    }

    /// The stable name in tables: `weekday`, `weekend`, `holiday`, `make_up`, `closed`, `special`.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::DayType::Holiday("春节".into()).code(), "holiday");
    /// ```
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Weekday => "weekday",
            Self::Weekend => "weekend",
            Self::Holiday(_) => "holiday",
            Self::MakeUp => "make_up",
            Self::Closed => "closed",
            Self::Special => "special",
        }
    }
}

impl WeightReason {
    /// Where the coefficient was found, for people.
    ///
    /// ```
    /// use fenjie_calendar::{Weekday, WeightReason};
    /// use fenjie_message::Lang;
    /// assert_eq!(WeightReason::Weekday(Weekday::Friday).text(Lang::Zh), "周五的系数");
    /// assert_eq!(WeightReason::Day.text(Lang::En), "the coefficient of the day itself");
    /// ```
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Closed => lang.pick("当日停业", "the day is closed").to_owned(),
            Self::Day => lang
                .pick("当日自己的系数", "the coefficient of the day itself")
                .to_owned(),
            Self::HolidayNamed(name) => match lang {
                Lang::Zh => format!("{name}的系数"),
                Lang::En => format!("the coefficient of {name}"),
            },
            Self::HolidayAny => lang
                .pick("节假日的系数", "the coefficient of holidays")
                .to_owned(),
            Self::MakeUp => lang
                .pick("调休上班日的系数", "the coefficient of make-up workdays")
                .to_owned(),
            Self::Weekday(weekday) => {
                let name = crate::weekday_name(*weekday, lang);
                match lang {
                    Lang::Zh => format!("{name}的系数"),
                    Lang::En => format!("the coefficient of {name}"),
                }
            }
        }
    }
}
