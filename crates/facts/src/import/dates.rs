//! Days and times of day from the cells of a column: all usual forms, sheet serials, moments in the
//! business time zone. Knows no rows.

use std::borrow::Cow;

use fenjie_calendar::{BusinessZone, Date, Timestamp, business_date};
use fenjie_exchange::table::{CellKind, CellRef, Column, DateError, parse_date};
use jiff::Unit;
use jiff::civil::date;

use super::fault::is_near;
use super::members::is_total_word;
use super::months::month_start;
use super::{DateOrder, ImportNote, RowFault};

/// A day as a sales line has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    /// Days since 1970-01-01.
    pub number: i32,
    /// Minutes since midnight, -1 for none.
    pub minute: i16,
    /// Whether it had an offset that was not turned into a business time zone.
    pub offset_as_written: bool,
}

/// A day without a time; of no meaning where the cell is at fault.
const NO_DAY: Day = Day {
    number: 0,
    minute: -1,
    offset_as_written: false,
};

/// The days of a column's entries, and what is wrong with those that are none.
pub(super) fn read_days(
    column: &Column,
    order: Option<DateOrder>,
    zone: Option<&BusinessZone>,
    notes: &mut Vec<ImportNote>,
) -> (Vec<Day>, Vec<Option<RowFault>>) {
    let order = order.or_else(|| found_order(column, notes));
    let mut days = Vec::with_capacity(column.entry_count());
    let mut faults = Vec::with_capacity(column.entry_count());
    let mut month = None;
    for cell in column.entries() {
        let read = match read_day(cell, order, zone) {
            Err(RowFault::Date(fault)) => match month_start(cell.text) {
                Some(first) => {
                    month.get_or_insert(cell.text);
                    near(first, -1, cell.text)
                }
                None => Err(RowFault::Date(fault)),
            },
            read => read,
        };
        days.push(*read.as_ref().unwrap_or(&NO_DAY));
        faults.push(read.err());
    }
    if let Some(value) = month {
        notes.push(ImportNote::MonthAsFirstDay {
            column: column.name.clone(),
            value: value.to_owned(),
        });
    }
    (days, faults)
}

/// One value with a number above 12 tells the order for the whole column, unless another value tells
/// the other order.
fn found_order(column: &Column, notes: &mut Vec<ImportNote>) -> Option<DateOrder> {
    let mut found: Option<(DateOrder, String)> = None;
    let mut is_needed = false;
    for cell in column.entries() {
        let Some((first, second)) = two_numbers(cell.text) else {
            continue;
        };
        let order = match (first > 12, second > 12) {
            (true, false) => DateOrder::DayFirst,
            (false, true) => DateOrder::MonthFirst,
            (false, false) => {
                is_needed |= first != second;
                continue;
            }
            (true, true) => continue,
        };
        match &found {
            None => found = Some((order, cell.text.to_owned())),
            Some((other, _)) if *other != order => return None,
            Some(_) => {}
        }
    }
    let (order, value) = found?;
    if is_needed {
        let day_first = order == DateOrder::DayFirst;
        notes.push(ImportNote::DateOrderFound {
            column: column.name.clone(),
            value,
            day_first,
        });
    }
    Some(order)
}

/// The first two numbers of `03/04/2026`.
fn two_numbers(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.splitn(3, ['/', '-', '.']);
    let (first, second, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let year = rest.get(..4)?;
    let short = |part: &str| {
        (part.len() <= 2)
            .then(|| part.parse::<u32>().ok())
            .flatten()
    };
    year.bytes().all(|b| b.is_ascii_digit()).then_some(())?;
    Some((short(first.trim())?, short(second)?))
}

fn read_day(
    cell: CellRef<'_>,
    order: Option<DateOrder>,
    zone: Option<&BusinessZone>,
) -> Result<Day, RowFault> {
    if cell.is_empty() {
        return Err(RowFault::DateMissing);
    }
    let narrowed = narrow(cell.text);
    let text: &str = &narrowed;
    if let Some((day, minute)) = serial(cell.kind, text) {
        return near(day, minute, cell.text);
    }
    if is_total_word(text) {
        return Err(RowFault::TotalRow);
    }
    let (day_text, time) = parted(text);
    let day = ordered(day_text, order)?;
    let Some(time) = time else {
        return near(day, -1, cell.text);
    };
    let (seconds, offset) = clock(time).ok_or(RowFault::Time)?;
    let minute = i16::try_from(seconds / 60).expect("a day has 1440 minutes");
    match (offset, zone) {
        (None, _) => near(day, minute, cell.text),
        (Some(_), None) => {
            let found = near(day, minute, cell.text)?;
            Ok(Day {
                offset_as_written: true,
                ..found
            })
        }
        (Some(offset), Some(zone)) => {
            near(day, minute, cell.text)?;
            let second = i64::from(days_of(day)) * 86_400 + i64::from(seconds - offset);
            let moment = Timestamp::from_second(second).map_err(|_| RowFault::Time)?;
            let (day, minute) = business_date(moment, zone);
            near(day, minute as i16, cell.text)
        }
    }
}

/// Full-width letters, digits and marks as ASCII.
pub(super) fn narrow(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' | '\u{a0}' => ' ',
        other => other,
    };
    Cow::Owned(text.chars().map(plain).collect())
}

fn near(day: Date, minute: i16, text: &str) -> Result<Day, RowFault> {
    if !is_near(day) {
        return Err(RowFault::DateFar {
            day: text.to_owned(),
        });
    }
    Ok(Day {
        number: days_of(day),
        minute,
        offset_as_written: false,
    })
}

/// A day, with the order of day and month where the text leaves it open.
fn ordered(text: &str, order: Option<DateOrder>) -> Result<Date, RowFault> {
    let found = parse_date(text);
    let missing = || {
        RowFault::Date(DateError::DayMissing {
            text: text.to_owned(),
        })
    };
    match (found, order) {
        (
            Err(DateError::Ambiguous {
                month_first,
                day_first,
                ..
            }),
            Some(order),
        ) => Ok(match order {
            DateOrder::DayFirst => day_first,
            DateOrder::MonthFirst => month_first,
        }),
        (Ok(day), Some(order)) => match (two_numbers(text), order) {
            (Some((first, _)), DateOrder::MonthFirst) if first > 12 => Err(missing()),
            (Some((_, second)), DateOrder::DayFirst) if second > 12 => Err(missing()),
            _ => Ok(day),
        },
        (found, _) => found.map_err(RowFault::Date),
    }
}

/// Day and time of day, which `T`, a blank or 日 part.
fn parted(text: &str) -> (&str, Option<&str>) {
    let at = text
        .find(['T', 't', ' '])
        .map(|at| (at, at + 1))
        .or_else(|| {
            let at = text.find(['日', '号'])? + '日'.len_utf8();
            (at < text.len()).then_some((at, at))
        });
    match at {
        Some((end, start)) => (text[..end].trim(), Some(text[start..].trim())),
        None => (text, None),
    }
}

/// Seconds since midnight and the offset in seconds: `08:30`, `8:30:15.5 PM`, `8时30分`, `08:30+08:00`.
fn clock(text: &str) -> Option<(i32, Option<i32>)> {
    let (text, noon) = without_noon(text);
    let (text, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(rest) => (rest, Some(0)),
        None => match text.rfind(['+', '-']) {
            Some(at) => (text[..at].trim_end(), Some(offset_seconds(&text[at..])?)),
            None => (text, None),
        },
    };
    let chinese = text.replace(['时', '点', '分'], ":").replace('秒', "");
    let mut parts = chinese.trim_end_matches(':').split(':');
    let whole = |part: &str, most: i32| -> Option<i32> {
        let fits = matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
        part.parse().ok().filter(|value| fits && *value <= most)
    };
    let hour = whole(parts.next()?.trim(), 23)?;
    let minute = parts
        .next()
        .map_or(Some(0), |part| whole(part.trim(), 59))?;
    let second = parts.next().map_or(Some(0), |part| {
        let (second, fraction) = part.split_once(['.', ',']).unwrap_or((part, ""));
        fraction
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| whole(second.trim(), 59))?
    })?;
    if parts.next().is_some() || !chinese.contains(':') && noon.is_none() {
        return None;
    }
    let hour = match noon {
        None => hour,
        Some(_) if hour > 12 => return None,
        Some(is_after) => hour % 12 + if is_after { 12 } else { 0 },
    };
    Some((hour * 3600 + minute * 60 + second, offset))
}

/// A time without AM, PM, 上午, 下午, and whether it is after noon.
fn without_noon(text: &str) -> (&str, Option<bool>) {
    for (mark, is_after) in [("上午", false), ("下午", true)] {
        if let Some(rest) = text.strip_prefix(mark) {
            return (rest.trim(), Some(is_after));
        }
    }
    for (marks, is_after) in [(["AM", "am"], false), (["PM", "pm"], true)] {
        for mark in marks {
            if let Some(rest) = text.strip_suffix(mark) {
                return (rest.trim(), Some(is_after));
            }
        }
    }
    (text, None)
}

fn offset_seconds(text: &str) -> Option<i32> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        (_, digits) => (-1, digits),
    };
    let digits = digits.replace(':', "");
    let number = |part: &str| part.parse::<i32>().ok();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (number(&digits)?, 0),
        4 => (number(digits.get(..2)?)?, number(digits.get(2..)?)?),
        _ => return None,
    };
    (hours <= 14 && minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// A sheet's serial: days since 1899-12-30, the time of day behind the point. In a text only five
/// digits are taken for one; eight are a day.
fn serial(kind: CellKind, text: &str) -> Option<(Date, i16)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 5 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let number: i32 = whole.parse().ok()?;
    if kind != CellKind::Number && !((20_000..80_000).contains(&number) && whole.len() == 5) {
        return None;
    }
    // Sheets count a 29 February 1900 that never was.
    let days = if number >= 61 {
        number - 25_569
    } else {
        number - 25_568
    };
    let shown: String = fraction
        .chars()
        .chain("000000000".chars())
        .take(9)
        .collect();
    let billionths: i64 = shown.parse().ok()?;
    let seconds = (billionths * 86_400 + 500_000_000) / 1_000_000_000;
    let (days, seconds) = (days + (seconds / 86_400) as i32, seconds % 86_400);
    let minute = if fraction.is_empty() {
        -1
    } else {
        (seconds / 60) as i16
    };
    let day = day_of(days)?;
    Some((day, minute))
}

/// Days since 1970-01-01.
pub(super) fn days_of(day: Date) -> i32 {
    let span = date(1970, 1, 1)
        .until((Unit::Day, day))
        .expect("days of the calendar");
    span.get_days()
}

/// The day so many days after 1970-01-01.
pub(super) fn day_of(days: i32) -> Option<Date> {
    date(1970, 1, 1)
        .checked_add(jiff::Span::new().try_days(days).ok()?)
        .ok()
}

/// The minutes of a column of times of day; an empty cell has none.
pub(super) fn read_minutes(column: &Column) -> (Vec<i16>, Vec<Option<RowFault>>) {
    let read = |cell: CellRef<'_>| -> Result<i16, RowFault> {
        if cell.is_empty() {
            return Ok(-1);
        }
        let text = narrow(cell.text);
        if cell.kind == CellKind::Number {
            let fraction = text
                .strip_prefix('0')
                .filter(|rest| rest.starts_with('.') || rest.is_empty());
            let shifted = format!("61{}", fraction.ok_or(RowFault::Time)?);
            let (_, minute) = serial(CellKind::Number, &shifted).ok_or(RowFault::Time)?;
            return Ok(minute.max(0));
        }
        let time = match parted(&text) {
            (day, Some(time)) if parse_date(day).is_ok() => time,
            _ => &text,
        };
        let (seconds, _) = clock(time).ok_or(RowFault::Time)?;
        i16::try_from(seconds / 60).map_err(|_| RowFault::Time)
    };
    let read: Vec<Result<i16, RowFault>> = column.entries().map(read).collect();
    let minutes = read
        .iter()
        .map(|minute| *minute.as_ref().unwrap_or(&-1))
        .collect();
    (minutes, read.into_iter().map(Result::err).collect())
}
