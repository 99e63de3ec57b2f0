//! Months written as texts, for results that are kept by month: `Jan 2024`, `2024年1月`, `2024-01`.
//! Knows no columns.

use fenjie_calendar::{Date, MONTHS};

/// The first day of the month that a text names, where it names one with a year of four digits.
pub(super) fn month_start(text: &str) -> Option<Date> {
    let text = text.trim().to_lowercase();
    let (month, year) = by_name(&text).or_else(|| by_number(&text))?;
    Date::new(year, month, 1).ok()
}

/// `jan 2024`, `january, 2024`, `2024 jan`, `jan-2024`, `sept. 2024`.
fn by_name(text: &str) -> Option<(i8, i16)> {
    let mut parts = text
        .split([' ', '-', '/', '.', ',', '\''])
        .filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let month = |name: &str| -> Option<i8> {
        let at = (0..12).find(|at| {
            name == &MONTHS[*at][..3] || name == MONTHS[*at] || (*at == 8 && name == "sept")
        })?;
        Some(at as i8 + 1)
    };
    match (month(first), month(second)) {
        (Some(month), None) => Some((month, year(second)?)),
        (None, Some(month)) => Some((month, year(first)?)),
        _ => None,
    }
}

/// `2024年1月`, `2024-01`, `2024/1`, `2024.01`.
fn by_number(text: &str) -> Option<(i8, i16)> {
    let (first, rest) = match text.split_once('年') {
        Some((year, month)) => (
            year,
            month.trim().trim_end_matches('份').strip_suffix('月')?,
        ),
        None => text.split_once(['-', '/', '.'])?,
    };
    let month = rest.trim();
    let fits = matches!(month.len(), 1 | 2) && month.bytes().all(|b| b.is_ascii_digit());
    let month: i8 = month.parse().ok().filter(|_| fits)?;
    Some((month, year(first.trim())?))
}

fn year(text: &str) -> Option<i16> {
    let fits = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::month_start;

    #[test]
    fn months_in_the_usual_forms() {
        let first = Some(fenjie_calendar::Date::constant(2024, 1, 1));
        for text in [
            "Jan 2024",
            "JANUARY 2024",
            "Jan-2024",
            "2024 jan",
            "2024年1月",
            "2024年01月份",
            "2024-01",
            "2024/1",
            "2024.1",
            "Jan. 2024",
        ] {
            assert_eq!(month_start(text), first, "{text}");
        }
        for text in [
            "Jan-24",
            "24-Jan",
            "Jan",
            "2024",
            "2024-13",
            "2024-1-1",
            "Jan 1 2024",
            "01/2024",
            "202401",
        ] {
            assert_eq!(month_start(text), None, "{text}");
        }
    }
}
