//! Names of weekdays, read and written. Knows nothing of weeks.

use fenjie_message::Lang;
use jiff::civil::Weekday;

use crate::CalendarError;

/// The seven weekdays, Monday first: the order of [`crate::DayWeights::by_weekday`].
pub const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

const ENGLISH: [&str; 7] = [
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
];
const CHINESE: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];

/// Reads a weekday: `friday`, `Fri`, `周五`, `星期五`, `礼拜五`.
///
/// # Errors
/// `weekday_unknown` for anything else; a number is refused, since nobody agrees which day is 1.
///
/// ```
/// use fenjie_calendar::{Weekday, parse_weekday};
/// assert_eq!(parse_weekday("fri")?, Weekday::Friday);
/// assert_eq!(parse_weekday("周日")?, Weekday::Sunday);
/// assert!(parse_weekday("5").is_err());
/// # Ok::<(), fenjie_calendar::CalendarError>(())
/// ```
pub fn parse_weekday(text: &str) -> Result<Weekday, CalendarError> {
    let word = text.trim().to_lowercase();
    let chinese = ["周", "星期", "礼拜"]
        .iter()
        .find_map(|p| word.strip_prefix(p));
    let found = WEEKDAYS
        .iter()
        .zip(ENGLISH)
        .zip(CHINESE)
        .find(|((_, english), mark)| {
            let english = english.to_lowercase();
            match chinese {
                Some(rest) => rest == *mark || (rest == "天" && *mark == "日"),
                None => word.len() >= 3 && english.starts_with(&word),
            }
        });
    found
        .map(|((day, _), _)| *day)
        .ok_or_else(|| CalendarError::WeekdayUnknown {
            text: text.to_owned(),
        })
}

/// The name of a weekday: `周五`, `Fri`.
///
/// ```
/// use fenjie_calendar::{Weekday, weekday_name};
/// use fenjie_message::Lang;
/// assert_eq!(weekday_name(Weekday::Friday, Lang::Zh), "周五");
/// assert_eq!(weekday_name(Weekday::Friday, Lang::En), "Fri");
/// ```
pub fn weekday_name(weekday: Weekday, lang: Lang) -> String {
    let at = usize::try_from(weekday.to_monday_zero_offset()).expect("an offset is 0 to 6");
    match lang {
        Lang::Zh => format!("周{}", CHINESE[at]),
        Lang::En => ENGLISH[at][..3].to_owned(),
    }
}
