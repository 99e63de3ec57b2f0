//! Weekday coefficients that a plan wants learned from its history become calendars of single members
//! (rule C4). Must not know how they are learned.

use fenjie_calendar::DayWeightsPatch;
use fenjie_plan::{Definition, MemberCalendar, learned_weekdays};

use crate::plan_file::error::{Fault, Named, Refusal};
use crate::plan_file::near::nearest;
use crate::plan_file::wire::calendar::CalendarEntry;

/// Gives every member that the history knows its own weekdays; a calendar written for a member stays.
pub(super) fn learned(
    entry: Option<&CalendarEntry>,
    definition: &mut Definition,
) -> Result<(), Refusal> {
    let Some(learn) = entry.and_then(|entry| entry.learn.as_ref()) else {
        return Ok(());
    };
    let unknown = |what, name: &str, known: Vec<String>| Fault::NameUnknown {
        what,
        name: name.to_owned(),
        nearest: nearest(name, &known),
        known,
    };
    let by = &learn.by;
    let dimension = definition
        .dimensions
        .iter()
        .find(|known| known.code == by.text);
    let dimension = dimension.ok_or_else(|| {
        let known = definition
            .dimensions
            .iter()
            .map(|known| known.code.clone())
            .collect();
        Refusal::at(unknown(Named::Axis, by, known), by.span)
    })?;
    let name = &learn.history;
    let reference = definition
        .references
        .iter()
        .find(|known| known.name == name.text);
    let reference = reference.ok_or_else(|| {
        let known = definition
            .references
            .iter()
            .map(|known| known.name.clone())
            .collect();
        Refusal::at(unknown(Named::Reference, name, known), name.span)
    })?;
    let weekdays = learned_weekdays(reference, &dimension.code)
        .map_err(|error| Refusal::value(error, name.span))?;
    let mut calendars = Vec::with_capacity(weekdays.len());
    for own in weekdays.iter().filter(|own| own.days > 0) {
        let Ok(node) = dimension.tree.find(&own.member) else {
            continue;
        };
        let member = dimension.tree.code(node);
        let written =
            |known: &MemberCalendar| known.dimension == dimension.code && known.member == member;
        if definition.member_calendars.iter().any(written) {
            continue;
        }
        let patch = DayWeightsPatch {
            by_weekday: own.coefficients.map(Some),
            ..DayWeightsPatch::default()
        };
        calendars.push(MemberCalendar {
            dimension: dimension.code.clone(),
            member: member.to_owned(),
            day_weights: definition.calendar.day_weights.merged(&patch),
            slots: definition.calendar.slots.clone(),
        });
    }
    definition.member_calendars.extend(calendars);
    Ok(())
}
