//! Structural faults of a plan, found before anything is computed: names that lead nowhere, shares that
//! are not whole, trends that break, years without holidays. Computes no target.

use fenjie_message::{Lang, Message};

use crate::check_adjust::adjustment_errors;
use crate::decimal::Decimal;
use crate::definition::Definition;
use crate::error::PlanError;
use crate::finding::{Finding, Severity};
use crate::measure::Trend;
use crate::member_weights::whole_scale;
use crate::model::Model;
use crate::operation::{Address, Basis, Decompose, Margin, MarginTotals, Operation};

/// Finds structural faults: what is certainly wrong first, then what is probably not meant.
///
/// ```
/// use fenjie_plan::{check, example};
/// assert!(check(&example::definition(), &example::operations()).is_empty());
/// ```
pub fn check(definition: &Definition, operations: &[Operation]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let all = || (1..=operations.len()).collect();
    let in_force = crate::replay::in_force(operations).unwrap_or_else(|_| all());
    let lined = crate::hold_back::with_lines(definition.clone(), operations, &in_force);
    let model = match Model::new(lined) {
        Ok(model) => model,
        Err(error) => return vec![of_error(0, "", &error)],
    };
    check_definition(&model, &mut findings);
    for (index, operation) in operations.iter().enumerate() {
        let is_undo = matches!(operation, Operation::Undo { .. });
        if !is_undo && in_force.binary_search(&(index + 1)).is_err() {
            continue;
        }
        check_operation(&model, index + 1, operation, &mut findings);
    }
    let numbered: Vec<(usize, &Operation)> = in_force
        .iter()
        .map(|number| (*number, &operations[number - 1]))
        .collect();
    crate::check_figures::check_figures(&model, &numbered, &mut findings);
    check_order(&model, operations, &mut findings);
    check_trends(&model, operations, &mut findings);
    findings.sort_by_key(|finding| (finding.severity, finding.operation));
    findings
}

pub(crate) fn of_error(operation: usize, place: &str, error: &PlanError) -> Finding {
    Finding {
        severity: Severity::Error,
        code: error.code(),
        operation,
        place: place.into(),
        zh: error.text(Lang::Zh),
        en: error.text(Lang::En),
    }
}

pub(crate) fn say(
    severity: Severity,
    code: &'static str,
    operation: usize,
    place: impl Into<String>,
    texts: (String, String),
) -> Finding {
    Finding {
        severity,
        code,
        operation,
        place: place.into(),
        zh: texts.0,
        en: texts.1,
    }
}

fn check_definition(model: &Model, findings: &mut Vec<Finding>) {
    let definition = model.definition();
    if let Err(error) = definition.calendar.check(definition.period) {
        findings.push(say(
            Severity::Warning,
            error.code(),
            0,
            "",
            (error.text(Lang::Zh), error.text(Lang::En)),
        ));
    }
    for duty in &definition.duties {
        match model.place(&duty.at) {
            Err(error) => findings.push(of_error(0, &duty.at.to_string(), &error)),
            Ok(_) if duty.owner.is_empty() && duty.accountable.is_empty() => {
                let at = duty.at.to_string();
                let texts = (format!("{at} 没有负责人"), format!("{at} has no owner"));
                findings.push(say(Severity::Warning, "owner_missing", 0, at, texts));
            }
            Ok(_) => {}
        }
        let late = duty
            .deadline
            .filter(|deadline| *deadline >= definition.period.end);
        if let Some(deadline) = late {
            let at = duty.at.to_string();
            let texts = (
                format!("{at} 的截止日 {deadline} 在方案期间之后"),
                format!("the deadline {deadline} of {at} lies after the plan's period"),
            );
            findings.push(say(
                Severity::Warning,
                "deadline_after_period",
                0,
                at,
                texts,
            ));
        }
    }
}

fn check_operation(
    model: &Model,
    number: usize,
    operation: &Operation,
    findings: &mut Vec<Finding>,
) {
    let mut report = |place: &Address, result: Result<(), PlanError>| {
        if let Err(error) = result {
            findings.push(of_error(number, &place.to_string(), &error));
        }
    };
    let nowhere = Address::default();
    let flow = |measure: &str| model.flow_index(measure).map(|_| ());
    let place = |at: &Address| model.place(at).map(|_| ());
    match operation {
        Operation::Total { measure, .. } => report(&nowhere, flow(measure)),
        Operation::Decompose(act) => {
            for error in decompose_errors(model, act) {
                report(&act.within, Err(error));
            }
        }
        Operation::Fit {
            measure,
            margins,
            prior,
            ..
        } => {
            report(&nowhere, flow(measure));
            for error in margin_errors(model, margins) {
                report(&nowhere, Err(error));
            }
            report(&nowhere, check_basis(model, model.time(), prior));
        }
        Operation::Set { measure, at, .. }
        | Operation::Hold { measure, at, .. }
        | Operation::Release { measure, at }
        | Operation::Bound { measure, at, .. }
        | Operation::Leave {
            measure,
            member: at,
            ..
        } => {
            report(at, flow(measure));
            report(at, place(at));
        }
        Operation::Transfer {
            measure, from, to, ..
        } => {
            report(from, flow(measure));
            report(from, place(from));
            report(to, place(to));
        }
        Operation::Commit {
            measure, values, ..
        } => {
            report(&nowhere, flow(measure));
            values.iter().for_each(|(at, _)| report(at, place(at)));
        }
        Operation::Layer(rule) => {
            report(&nowhere, flow(&rule.measure));
            if !rule.level.is_empty() {
                report(&nowhere, model.axis_level(&rule.level).map(|_| ()));
            }
        }
        Operation::State { measure, at, .. } => {
            report(at, model.measure_index(measure).map(|_| ()));
            report(at, place(at));
        }
        Operation::Undo { sequence } => report(&nowhere, can_undo(*sequence, number)),
        adjustment => {
            for (at, error) in adjustment_errors(model, number, adjustment) {
                report(&at, Err(error));
            }
        }
    }
}

fn can_undo(sequence: u64, number: usize) -> Result<(), PlanError> {
    if sequence >= 1 && (sequence as usize) < number {
        return Ok(());
    }
    Err(PlanError::CannotUndo { sequence })
}

/// What is wrong with the names of a decomposition.
fn decompose_errors(model: &Model, act: &Decompose) -> Vec<PlanError> {
    let mut errors = Vec::new();
    errors.extend(model.flow_index(&act.measure).err());
    errors.extend(model.place(&act.within).err());
    errors.extend(check_level(model, &act.axis, &act.level).err());
    if let Ok((axis, _)) = model.axis_level(&act.axis) {
        errors.extend(check_basis(model, axis, &act.basis).err());
        if model.axes()[axis].composition && !matches!(act.basis, Basis::Shares(_)) {
            let axis = model.axes()[axis].code.clone();
            errors.push(PlanError::CompositionNeedsShares { axis });
        }
    }
    errors
}

/// What is wrong with the members and shares of stated margins.
fn margin_errors(model: &Model, margins: &[Margin]) -> Vec<PlanError> {
    let mut errors = Vec::new();
    for margin in margins {
        let axis = match model.axis_level(&margin.axis) {
            Ok((axis, _)) => axis,
            Err(error) => {
                errors.push(error);
                continue;
            }
        };
        let members: Vec<&String> = match &margin.totals {
            MarginTotals::Amounts(amounts) => amounts.iter().map(|(member, _)| member).collect(),
            MarginTotals::Shares(shares) => {
                errors.extend(whole_scale(&margin.axis, shares).err());
                shares.iter().map(|(member, _)| member).collect()
            }
            MarginTotals::By(basis) => {
                errors.extend(check_basis(model, axis, basis).err());
                Vec::new()
            }
        };
        errors.extend(
            members
                .iter()
                .filter_map(|member| model.member_on(axis, member).err()),
        );
    }
    errors
}

fn check_level(model: &Model, axis: &str, level: &str) -> Result<(), PlanError> {
    let (axis, _) = model.axis_level(axis)?;
    if level.is_empty() {
        Ok(())
    } else {
        model.level(axis, level).map(|_| ())
    }
}

fn check_basis(model: &Model, axis: usize, basis: &Basis) -> Result<(), PlanError> {
    let members = |named: &[(String, Decimal)]| {
        named
            .iter()
            .try_for_each(|(member, _)| model.member_on(axis, member).map(|_| ()))
    };
    match basis {
        Basis::Weights(weights) => members(weights),
        Basis::Shares(shares) => members(shares),
        Basis::Attribute(name) => has_attribute(model, axis, name),
        Basis::Capacity(names) => names
            .iter()
            .try_for_each(|name| has_attribute(model, axis, name)),
        Basis::History { reference, .. } => crate::history::find(model, reference).map(|_| ()),
        Basis::Growth { base, rates, .. } => {
            members(rates)?;
            check_basis(model, axis, base)
        }
        Basis::Amounts { typed, rest } => {
            for (member, _) in typed {
                model.member_on(axis, member)?;
            }
            check_basis(model, axis, rest)
        }
        Basis::Measure(name) => model.flow_index(name).map(|_| ()),
        Basis::Mix(parts) => {
            let shares: Vec<(String, Decimal)> = parts
                .iter()
                .map(|(share, _)| (String::new(), *share))
                .collect();
            whole_scale("mix", &shares)?;
            parts
                .iter()
                .try_for_each(|(_, part)| check_basis(model, axis, part))
        }
        Basis::Equal | Basis::Calendar(_) | Basis::Pattern(_) | Basis::Current => Ok(()),
    }
}

fn has_attribute(model: &Model, axis: usize, name: &str) -> Result<(), PlanError> {
    let tree = &model.axes()[axis].tree;
    if tree.attribute(name).is_some() {
        return Ok(());
    }
    Err(PlanError::AttributeUnknown {
        axis: model.axes()[axis].code.clone(),
        attribute: name.into(),
        known: tree.attribute_names().map(str::to_owned).collect(),
    })
}

/// Things whose order or absence is suspicious: flows without a total, axes that nothing decomposes.
fn check_order(model: &Model, operations: &[Operation], findings: &mut Vec<Finding>) {
    let definition = model.definition();
    for (index, measure) in definition
        .measures
        .iter()
        .enumerate()
        .filter(|(_, m)| m.is_flow())
    {
        let touches = |name: &String| model.measure_index(name).is_ok_and(|found| found == index);
        let total = operations.iter().any(|operation| match operation {
            Operation::Total { measure, .. } | Operation::Fit { measure, .. } => touches(measure),
            _ => false,
        });
        if !total {
            let name = &measure.name;
            let texts = (
                format!("指标 `{name}` 没有总目标"),
                format!("measure `{name}` has no total"),
            );
            findings.push(say(Severity::Warning, "total_missing", 0, "", texts));
        }
    }
    for (axis, known) in model.axes().iter().enumerate() {
        let opened = operations.iter().any(|operation| match operation {
            Operation::Decompose(act) => model
                .axis_level(&act.axis)
                .is_ok_and(|(found, _)| found == axis),
            Operation::Fit { margins, .. } => margins.iter().any(|margin| {
                model
                    .axis_level(&margin.axis)
                    .is_ok_and(|(found, _)| found == axis)
            }),
            _ => false,
        });
        if !opened && known.tree.len() > 1 {
            let name = &known.name;
            let texts = (
                format!("轴 `{name}` 没有任何一步分解它"),
                format!("no step decomposes axis `{name}`"),
            );
            findings.push(say(Severity::Note, "axis_not_decomposed", 0, "", texts));
        }
    }
}

/// Stated levels and ratios are checked for the trend they are said to have (rule D11).
fn check_trends(model: &Model, operations: &[Operation], findings: &mut Vec<Finding>) {
    let definition = model.definition();
    for (index, measure) in definition.measures.iter().enumerate() {
        let Some(trend) = measure.trend else { continue };
        let mut stated: Vec<(crate::Place, Decimal, usize)> = Vec::new();
        for (number, operation) in operations.iter().enumerate() {
            let Operation::State { measure, at, value } = operation else {
                continue;
            };
            if model
                .measure_index(measure)
                .is_ok_and(|found| found == index)
                && let Ok(place) = model.place(at)
            {
                stated.push((place, *value, number + 1));
            }
        }
        let time = model.time();
        stated.sort_by_key(|(place, _, _)| {
            (
                place.0[..time].to_vec(),
                model.period_range(place.0[time]).start,
            )
        });
        for pair in stated.windows(2) {
            let ((before, low, _), (after, high, number)) = (&pair[0], &pair[1]);
            if before.0[..time] != after.0[..time] {
                continue;
            }
            let order = high.compare(*low);
            let breaks = match trend {
                Trend::Rising => order.is_lt(),
                Trend::Falling => order.is_gt(),
            };
            if breaks {
                let name = &measure.name;
                let (from, to) = (model.place_text(before), model.place_text(after));
                let course = match trend {
                    Trend::Rising => ("上升", "rise"),
                    Trend::Falling => ("下降", "fall"),
                };
                let texts = (
                    format!(
                        "`{name}` 说要{}，但 {from} 是 {low}，{to} 是 {high}",
                        course.0
                    ),
                    format!(
                        "`{name}` is said to {}, but {from} is {low} and {to} is {high}",
                        course.1
                    ),
                );
                findings.push(say(
                    Severity::Warning,
                    "trend_broken",
                    *number,
                    to.clone(),
                    texts,
                ));
            }
        }
    }
}
