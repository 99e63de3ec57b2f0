//! A whole plan as written becomes a definition and its operations. Must not know where the text
//! came from.

use fenjie_plan::{Definition, Dimension, Operation};

use super::adjustments::carry_hints;
use super::alerts::alert_rules;
use super::calendar::{calendar, levels, member_calendars, zone};
use super::learned::learned;
use super::measures::{duties, measures};
use super::operations::total;
use super::{Files, Scope, axes, cause, operations, optional, optional_date, reference};
use crate::plan_file::error::{Cause, Fault, Named, Refusal};
use crate::plan_file::node::Span;
use crate::plan_file::note::PlanNote;
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::plan::{OutputEntry, PlanEntry};
use crate::plan_file::{CarryHints, OperationOrigin, OutputHints};

/// What a plan says, before it is told which file said it.
pub(crate) struct Built {
    pub(crate) definition: Definition,
    pub(crate) operations: Vec<Operation>,
    /// Of each operation: its place, who and why.
    pub(crate) origins: Vec<(Span, OperationOrigin)>,
    pub(crate) notes: Vec<Cause>,
    pub(crate) output: OutputHints,
    pub(crate) carry: CarryHints,
    pub(crate) alerts: fenjie_track::AlertRules,
    pub(crate) zone: Option<String>,
}

/// Builds the plan. `places` are those of the entries of `[[do]]`.
pub(crate) fn plan(
    entry: &PlanEntry,
    places: &[Span],
    files: &mut Files,
) -> Result<Built, Refusal> {
    let mut notes = Vec::new();
    let definition = definition(entry, files, &mut notes)?;
    let mut built = Built {
        output: output(entry.output.as_ref()),
        carry: carry_hints(entry.carry.as_ref(), &Scope::Of(&definition))?,
        alerts: alert_rules(entry.alerts.as_ref(), &definition)?,
        zone: zone(entry.calendar.as_ref())?,
        operations: Vec::new(),
        origins: Vec::new(),
        notes,
        definition,
    };
    totals(entry, &mut built)?;
    for (at, written) in entry.operations.iter().enumerate() {
        let span = places.get(at).copied().unwrap_or_default();
        let scope = Scope::Of(&built.definition);
        let read = operations(written, &scope, &built.operations);
        let read = read.map_err(|refusal| refusal.or_at(span))?;
        for operation in read.operations {
            built.operations.push(operation);
            let origin = OperationOrigin {
                place: None,
                who: read.who.clone(),
                why: read.why.clone(),
            };
            built.origins.push((span, origin));
        }
    }
    Ok(built)
}

fn definition(
    entry: &PlanEntry,
    files: &mut Files,
    notes: &mut Vec<Cause>,
) -> Result<Definition, Refusal> {
    let measures = measures(&entry.measure.0)?;
    let calendar = calendar(entry.calendar.as_ref(), &entry.period, files)?;
    let period = calendar.range(&entry.period);
    let period = period.map_err(|error| Refusal::value(error, entry.period.span))?;
    let dimensions = axes::dimensions(&entry.axes, files, notes)?;
    note_hidden_levels(&dimensions, notes);
    if let Err(doubt) = calendar.check(period) {
        match doubt {
            doubt @ fenjie_calendar::CalendarError::HolidaysUnknownYear { .. } => {
                notes.push(cause(doubt));
            }
            error => return Err(Refusal::value(error, entry.period.span)),
        }
    }
    let mut definition = Definition {
        name: entry.plan.text.clone(),
        period,
        time_levels: levels(entry.calendar.as_ref(), &calendar)?,
        member_calendars: member_calendars(entry.calendar.as_ref(), &calendar, &dimensions)?,
        calendar,
        measures,
        dimensions,
        references: Vec::new(),
        duties: duties(&entry.duty)?,
        today: optional_date(entry.today.as_ref())?,
    };
    for (name, written) in &entry.history.0 {
        let read = reference::reference(name, written, &definition, files, notes);
        let read = read.map_err(|refusal| refusal.or_at(name.span))?;
        definition.references.push(read);
    }
    learned(entry.calendar.as_ref(), &mut definition)?;
    Ok(definition)
}

/// A level that is called like another axis is reached as `org.region` only.
fn note_hidden_levels(dimensions: &[Dimension], notes: &mut Vec<Cause>) {
    for dimension in dimensions {
        for level in dimension.tree.level_names() {
            let hides = |other: &&Dimension| other.code == *level && other.code != dimension.code;
            if dimensions.iter().any(|other| hides(&other)) {
                let (axis, level) = (dimension.code.clone(), level.clone());
                notes.push(cause(PlanNote::LevelHidden { axis, level }));
            }
        }
    }
}

/// The totals stated at the top come before every operation.
fn totals(entry: &PlanEntry, built: &mut Built) -> Result<(), Refusal> {
    let scope = Scope::Of(&built.definition);
    let main = entry.total.iter().map(|value| (None, value));
    let named = entry
        .totals
        .0
        .iter()
        .map(|(measure, value)| (Some(measure), value));
    let mut stated: Vec<(Operation, Span)> = Vec::new();
    for (measure, value) in main.chain(named) {
        let span = measure.map_or_else(|| value_span(value), |measure: &Text| measure.span);
        let operation = total(value, measure, &scope).map_err(|refusal| refusal.or_at(span))?;
        let code = |operation: &Operation| match operation {
            Operation::Total { measure, .. } => measure.clone(),
            _ => String::new(),
        };
        if stated
            .iter()
            .any(|(other, _)| code(other) == code(&operation))
        {
            let fault = Fault::NameTwice {
                what: Named::Measure,
                name: code(&operation),
            };
            return Err(Refusal::at(fault, span));
        }
        stated.push((operation, span));
    }
    for (operation, span) in stated {
        built.operations.push(operation);
        built.origins.push((span, OperationOrigin::default()));
    }
    Ok(())
}

fn value_span(value: &crate::plan_file::wire::operation::TotalValue) -> Span {
    use crate::plan_file::wire::operation::TotalValue;
    match value {
        TotalValue::Amount(text) => text.span,
        TotalValue::History(grown) => grown.history.span,
    }
}

fn output(entry: Option<&OutputEntry>) -> OutputHints {
    let Some(entry) = entry else {
        return OutputHints::default();
    };
    OutputHints {
        file: optional(entry.file.as_ref()),
        unit: optional(entry.unit.as_ref()),
        levels: entry
            .levels
            .as_ref()
            .map(|levels| levels.texts())
            .unwrap_or_default(),
    }
}
