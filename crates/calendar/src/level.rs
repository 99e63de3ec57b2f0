//! The levels of the time axis and their names. Knows nothing of dates.

use fenjie_message::Lang;

use crate::CalendarError;

/// A level of the time axis, coarse to fine. `Month` is the fiscal period where the year is cut
/// into 13 periods, 4-4-5 weeks or free boundaries (rule C2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 年
    Year,
    /// 半年
    Half,
    /// 季
    Quarter,
    /// 月
    Month,
    /// 周
    Week,
    /// 周段: a week's part inside one month (rule C3)
    Piece,
    /// 日
    Day,
    /// 时段
    Slot,
}

impl Level {
    /// Every level, coarse to fine.
    pub const ALL: [Level; 8] = [
        Level::Year,
        Level::Half,
        Level::Quarter,
        Level::Month,
        Level::Week,
        Level::Piece,
        Level::Day,
        Level::Slot,
    ];

    /// The levels of a plan that says nothing else: a week is cut at the month's end.
    pub const DEFAULT: [Level; 6] = [
        Level::Year,
        Level::Quarter,
        Level::Month,
        Level::Piece,
        Level::Day,
        Level::Slot,
    ];

    /// The stable name in plan files and tables: `year`, `piece`.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Level::Piece.code(), "piece");
    /// ```
    pub const fn code(self) -> &'static str {
        match self {
            Level::Year => "year",
            Level::Half => "half",
            Level::Quarter => "quarter",
            Level::Month => "month",
            Level::Week => "week",
            Level::Piece => "piece",
            Level::Day => "day",
            Level::Slot => "slot",
        }
    }

    /// The name people see: `周段`, `week piece`.
    ///
    /// ```
    /// use fenjie_calendar::Level;
    /// use fenjie_message::Lang;
    /// assert_eq!(Level::Piece.name(Lang::Zh), "周段");
    /// assert_eq!(Level::Piece.name(Lang::En), "week piece");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Level::Year => lang.pick("年", "year"),
            Level::Half => lang.pick("半年", "half"),
            Level::Quarter => lang.pick("季", "quarter"),
            Level::Month => lang.pick("月", "month"),
            Level::Week => lang.pick("周", "week"),
            Level::Piece => lang.pick("周段", "week piece"),
            Level::Day => lang.pick("日", "day"),
            Level::Slot => lang.pick("时段", "slot"),
        }
    }

    /// Reads a level's name in English or Chinese, with the words people use for it.
    ///
    /// # Errors
    /// `level_unknown`.
    ///
    /// ```
    /// use fenjie_calendar::Level;
    /// assert_eq!(Level::parse("月")?, Level::Month);
    /// assert_eq!(Level::parse("Weeks")?, Level::Week);
    /// assert_eq!(Level::parse("季度")?, Level::Quarter);
    /// assert!(Level::parse("decade").is_err());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        Ok(match text.trim().to_lowercase().as_str() {
            "year" | "years" | "年" | "年度" => Level::Year,
            "half" | "halves" | "half-year" | "半年" => Level::Half,
            "quarter" | "quarters" | "季" | "季度" => Level::Quarter,
            "month" | "months" | "period" | "periods" | "月" | "月度" | "期" => Level::Month,
            "week" | "weeks" | "周" | "营业周" => Level::Week,
            "piece" | "pieces" | "week piece" | "week-piece" | "周段" => Level::Piece,
            "day" | "days" | "日" | "天" => Level::Day,
            "slot" | "slots" | "时段" => Level::Slot,
            _ => {
                return Err(CalendarError::LevelUnknown {
                    text: text.to_owned(),
                });
            }
        })
    }
}

impl std::str::FromStr for Level {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text)
    }
}
