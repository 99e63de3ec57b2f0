//! The calendar as written becomes the domain's, and so do the calendars of single members (rules
//! C2–C5). Must not know operations.

use fenjie_calendar::{
    BusinessZone, Coefficient, DayWeights, DayWeightsPatch, HolidayCoefficients, Holidays, Level,
    SalesCalendar, Season, Slots, Weekday, YearRule, parse_weekday,
};
use fenjie_plan::{Dimension, MemberCalendar};

use super::{Files, coefficient, date, period, year};
use crate::plan_file::error::{Fault, Named, Refusal};
use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::calendar::{
    CalendarEntry, HolidayEntry, MemberCalendarEntry, SeasonEntry, SeasonsEntry,
};
use crate::plan_file::wire::place;
use crate::table::ReadError;

/// The calendar; the default one where nothing is written.
pub(super) fn calendar(
    entry: Option<&CalendarEntry>,
    plan_period: &Text,
    files: &mut Files,
) -> Result<SalesCalendar, Refusal> {
    let Some(entry) = entry else {
        return Ok(SalesCalendar::default());
    };
    let week_starts = entry.week_starts.as_ref().map(weekday).transpose()?;
    let year = year::year(entry, week_starts, plan_period)?;
    let ends_on = year.rule.ends_on();
    Ok(SalesCalendar {
        // Weeks follow the year where whole weeks fill it and nobody says otherwise.
        week_starts: week_starts
            .or(ends_on.map(Weekday::next))
            .unwrap_or(Weekday::Monday),
        year: year.rule,
        year_named: year.named,
        holidays: holidays(entry.holidays.as_ref(), files)?,
        day_weights: day_weights(entry)?,
        slots: entry.slots.as_ref().map_or(Ok(Slots::brief()), slots)?,
    })
}

/// The levels of the time axis; the usual ones where nothing is written.
pub(super) fn levels(
    entry: Option<&CalendarEntry>,
    calendar: &SalesCalendar,
) -> Result<Vec<Level>, Refusal> {
    if let Some(levels) = entry.and_then(|entry| entry.levels.as_ref()) {
        let level =
            |text: &Text| Level::parse(text).map_err(|error| Refusal::value(error, text.span));
        return levels.iter().map(level).collect();
    }
    let free = matches!(calendar.year, YearRule::Free { .. });
    let kept = |level: &Level| !(free && *level == Level::Quarter);
    Ok(Level::DEFAULT.into_iter().filter(kept).collect())
}

/// The business time zone by its full name (rule C1).
pub(super) fn zone(entry: Option<&CalendarEntry>) -> Result<Option<String>, Refusal> {
    let written = entry.and_then(|entry| entry.zone.as_ref());
    let name = |text: &Text| match BusinessZone::parse(text) {
        Ok(zone) => Ok(zone.name()),
        Err(error) => Err(Refusal::value(error, text.span)),
    };
    written.map(name).transpose()
}

/// Calendars of single members, ancestors before those below them.
pub(super) fn member_calendars(
    entry: Option<&CalendarEntry>,
    calendar: &SalesCalendar,
    dimensions: &[Dimension],
) -> Result<Vec<MemberCalendar>, Refusal> {
    let entries = entry
        .and_then(|entry| entry.member.as_deref())
        .unwrap_or(&[]);
    let mut placed = Vec::new();
    for entry in entries {
        let (dimension, node) = member(&entry.at, dimensions)?;
        placed.push((
            dimensions[dimension].tree.depth(node),
            dimension,
            node,
            entry,
        ));
    }
    placed.sort_by_key(|(depth, ..)| *depth);
    let mut done: Vec<(usize, u32, MemberCalendar)> = Vec::new();
    for (_, dimension, node, entry) in placed {
        let tree = &dimensions[dimension].tree;
        let above = done
            .iter()
            .rev()
            .find(|(other, outer, _)| *other == dimension && tree.contains(*outer, node))
            .map(|(.., own)| (&own.day_weights, &own.slots));
        let (weights, slots_above) = above.unwrap_or((&calendar.day_weights, &calendar.slots));
        let own = MemberCalendar {
            dimension: dimensions[dimension].code.clone(),
            member: tree.code(node).to_owned(),
            day_weights: weights.merged(&patch(entry)?),
            slots: entry
                .slots
                .as_ref()
                .map_or_else(|| Ok(slots_above.clone()), slots)?,
        };
        done.push((dimension, node, own));
    }
    Ok(done.into_iter().map(|(.., own)| own).collect())
}

fn member(at: &Text, dimensions: &[Dimension]) -> Result<(usize, u32), Refusal> {
    let address = place::parse(at, at.span)?;
    let [(axis, member)] = address.0.as_slice() else {
        return Err(Refusal::at(
            Fault::AddressInvalid {
                part: at.text.clone(),
            },
            at.span,
        ));
    };
    let known = || {
        dimensions
            .iter()
            .map(|dimension| dimension.code.clone())
            .collect::<Vec<_>>()
    };
    let found = dimensions
        .iter()
        .position(|known| known.code == *axis || known.name == *axis);
    let dimension = found.ok_or_else(|| {
        let nearest = crate::plan_file::near::nearest(axis, &known());
        let fault = Fault::NameUnknown {
            what: Named::Axis,
            name: axis.clone(),
            nearest,
            known: known(),
        };
        Refusal::at(fault, at.span)
    })?;
    let node = dimensions[dimension].tree.find(member).map_err(|error| {
        let nearest = error.nearest.first().cloned();
        let known = error.nearest;
        let fault = Fault::NameUnknown {
            what: Named::Member,
            name: member.clone(),
            nearest,
            known,
        };
        Refusal::at(fault, at.span)
    })?;
    Ok((dimension, node))
}

fn weekday(text: &Text) -> Result<Weekday, Refusal> {
    parse_weekday(text).map_err(|error| Refusal::value(error, text.span))
}

fn holidays(names: Option<&Many<Text>>, files: &mut Files) -> Result<Holidays, Refusal> {
    let mut table: Option<Holidays> = None;
    for name in names.iter().flat_map(|names| &names.0) {
        let next = match name.trim() {
            "CN" | "cn" | "china" | "中国" => Holidays::china(),
            "none" | "无" => Holidays::none(),
            _ => holiday_file(name, files)?,
        };
        table = Some(table.map_or_else(|| next.clone(), |table| table.replaced_by(&next)));
    }
    Ok(table.unwrap_or_else(Holidays::china))
}

fn holiday_file(name: &Text, files: &mut Files) -> Result<Holidays, Refusal> {
    let path = files.find(name)?;
    let text = std::fs::read_to_string(path).map_err(|error| {
        let cause = ReadError::FileUnreadable {
            path: name.text.clone(),
            reason: error.to_string(),
        };
        Refusal::at(Fault::Table { cause }, name.span)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    Holidays::parse_csv(text).map_err(|error| Refusal::value(error, name.span))
}

fn day_weights(entry: &CalendarEntry) -> Result<DayWeights, Refusal> {
    let mut weights = DayWeights::brief();
    if let Some(table) = &entry.weekdays {
        weights.by_weekday = by_weekday(table)?.map(|own| own.unwrap_or(Coefficient::ONE));
    }
    let own = DayWeightsPatch {
        by_weekday: [None; 7],
        holiday: holiday(entry.holiday.as_ref())?,
        make_up: entry.make_up.as_ref().map(coefficient).transpose()?,
        by_date: by_date(entry.days.as_ref())?,
        closed: closed(entry.closed.as_ref())?,
        seasons: seasons(entry.seasons.as_ref())?,
    };
    Ok(weights.merged(&own))
}

fn patch(entry: &MemberCalendarEntry) -> Result<DayWeightsPatch, Refusal> {
    Ok(DayWeightsPatch {
        by_weekday: entry.weekdays.as_ref().map_or(Ok([None; 7]), by_weekday)?,
        holiday: holiday(entry.holiday.as_ref())?,
        make_up: entry.make_up.as_ref().map(coefficient).transpose()?,
        by_date: by_date(entry.days.as_ref())?,
        closed: closed(entry.closed.as_ref())?,
        seasons: seasons(entry.seasons.as_ref())?,
    })
}

fn by_weekday(table: &Table<Text>) -> Result<[Option<Coefficient>; 7], Refusal> {
    let mut own = [None; 7];
    for (day, value) in &table.0 {
        let at = usize::try_from(weekday(day)?.to_monday_zero_offset()).expect("0 to 6");
        if own[at].replace(coefficient(value)?).is_some() {
            return Err(Refusal::at(
                Fault::KeyTwice {
                    key: day.text.clone(),
                },
                day.span,
            ));
        }
    }
    Ok(own)
}

fn holiday(entry: Option<&HolidayEntry>) -> Result<HolidayCoefficients, Refusal> {
    let mut own = HolidayCoefficients::default();
    match entry {
        None => {}
        Some(HolidayEntry::All(text)) => own.any = Some(coefficient(text)?),
        Some(HolidayEntry::Named(table)) => {
            for (name, value) in &table.0 {
                match name.trim() {
                    "other" | "其他" => own.any = Some(coefficient(value)?),
                    name => drop(own.by_name.insert(name.to_owned(), coefficient(value)?)),
                }
            }
        }
    }
    Ok(own)
}

fn by_date(
    table: Option<&Table<Text>>,
) -> Result<std::collections::BTreeMap<fenjie_calendar::Date, Coefficient>, Refusal> {
    let entries = table.into_iter().flat_map(|table| &table.0);
    entries
        .map(|(day, value)| Ok((date(day)?, coefficient(value)?)))
        .collect()
}

fn closed(days: Option<&Many<Text>>) -> Result<Vec<fenjie_calendar::DateRange>, Refusal> {
    days.into_iter()
        .flat_map(|days| &days.0)
        .map(period)
        .collect()
}

fn seasons(entry: Option<&SeasonsEntry>) -> Result<Vec<Season>, Refusal> {
    match entry {
        None => Ok(Vec::new()),
        Some(SeasonsEntry::Factors(table)) => table
            .0
            .iter()
            .map(|(range, factor)| Ok(Season::times(period(range)?, coefficient(factor)?)))
            .collect(),
        Some(SeasonsEntry::List(list)) => list.iter().map(season).collect(),
    }
}

fn season(entry: &SeasonEntry) -> Result<Season, Refusal> {
    Ok(Season {
        range: period(&entry.period)?,
        factor: entry
            .factor
            .as_ref()
            .map_or(Ok(Coefficient::ONE), coefficient)?,
        by_weekday: entry.weekdays.as_ref().map_or(Ok([None; 7]), by_weekday)?,
        holiday: holiday(entry.holiday.as_ref())?,
        make_up: entry.make_up.as_ref().map(coefficient).transpose()?,
    })
}

fn slots(table: &Table<Text>) -> Result<Slots, Refusal> {
    let pairs = table
        .0
        .iter()
        .map(|(label, share)| (label.text.as_str(), share.text.as_str()));
    Slots::parse(pairs).map_err(|error| {
        let span = table
            .0
            .first()
            .map_or_else(Default::default, |(label, _)| label.span);
        Refusal::value(error, span)
    })
}
