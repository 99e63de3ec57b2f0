//! Structural faults that lie in the figures: margins that differ, holds above their total, amounts
//! that cannot be read, members without weight, days without holidays. Computes no target.

use fenjie_message::{Lang, Message};

use crate::check::{of_error, say};
use crate::error::PlanError;
use crate::finding::{Finding, Severity};
use crate::member_weights::check_whole;
use crate::model::{Model, Place};
use crate::operation::{
    Basis, CalendarBasis, ChangeBy, Decompose, Keep, Margin, MarginTotals, Operation, TotalAmount,
};
use crate::state::{read_amount, text_of};
use crate::tree::NodeKind;

/// What the steps in force say about one measure, in order.
struct Ledger<'m> {
    model: &'m Model,
    measure: usize,
    total: Option<i64>,
    opened: bool,
    /// Holds that must find room under the total.
    held: Vec<(Place, i64)>,
}

/// Checks the figures of the operations in force, given with their numbers.
pub(crate) fn check_figures(
    model: &Model,
    operations: &[(usize, &Operation)],
    findings: &mut Vec<Finding>,
) {
    for (index, measure) in model.definition().measures.iter().enumerate() {
        if !measure.is_flow() {
            continue;
        }
        let mut ledger = Ledger {
            model,
            measure: index,
            total: None,
            opened: false,
            held: Vec::new(),
        };
        for (number, operation) in operations {
            let about = operation.measure_code();
            if about.is_none_or(|code| model.measure_index(code).ok() != Some(index)) {
                continue;
            }
            if let Err(error) = ledger.enter(operation) {
                findings.push(of_error(*number, "", &error));
            }
            if let Operation::Decompose(act) = operation {
                check_weights(model, *number, act, findings);
            }
        }
    }
    check_holidays(model, operations, findings);
}

impl Ledger<'_> {
    fn amount(&self, text: &str, place: &str) -> Result<i64, PlanError> {
        read_amount(
            self.model.definition().measures[self.measure].step,
            text,
            place,
        )
    }

    fn enter(&mut self, operation: &Operation) -> Result<(), PlanError> {
        match operation {
            Operation::Total { amount, .. } => {
                self.total = match amount {
                    TotalAmount::Amount(text) => Some(self.amount(text, "total")?),
                    TotalAmount::Grown { .. } => None,
                };
                self.room_for_holds()
            }
            Operation::Decompose(act) => {
                self.opened = true;
                self.check_amounts(&act.basis)
            }
            Operation::Fit { margins, .. } => {
                self.opened = true;
                self.check_margins(margins)
            }
            Operation::Set { at, change, .. } => {
                if let ChangeBy::To(text) | ChangeBy::By(text) = change {
                    self.amount(text, &at.to_string())?;
                }
                // From here on the total is what only computing can tell.
                self.total = None;
                Ok(())
            }
            Operation::Hold {
                at,
                amount: Some(text),
                keep,
                ..
            } => {
                let value = self.amount(text, &at.to_string())?;
                if !self.opened || *keep == Keep::Total {
                    if let Ok(place) = self.model.place(at) {
                        self.held.retain(|(known, _)| *known != place);
                        self.held.push((place, value));
                    }
                    return self.room_for_holds();
                }
                self.total = None;
                Ok(())
            }
            Operation::Release { at, .. } => {
                let place = self.model.place(at).ok();
                self.held.retain(|(known, _)| Some(known) != place.as_ref());
                Ok(())
            }
            Operation::Bound { at, floor, cap, .. } => {
                let read = |text: &Option<String>| {
                    let text = text.as_deref();
                    text.map(|text| self.amount(text, &at.to_string()))
                        .transpose()
                };
                match (read(floor)?, read(cap)?) {
                    (Some(low), Some(high)) if low > high => Err(PlanError::FloorAboveCap {
                        place: at.to_string(),
                        floor: floor.clone().unwrap_or_default(),
                        cap: cap.clone().unwrap_or_default(),
                    }),
                    _ => Ok(()),
                }
            }
            Operation::Commit { values, .. } => values
                .iter()
                .try_for_each(|(at, text)| self.amount(text, &at.to_string()).map(|_| ())),
            Operation::Transfer {
                from, to, amount, ..
            } => self.amount(amount, &format!("{from} → {to}")).map(|_| ()),
            _ => Ok(()),
        }
    }

    /// Holds on places that do not overlap must fit under the total (rule D4).
    fn room_for_holds(&self) -> Result<(), PlanError> {
        let Some(total) = self.total else {
            return Ok(());
        };
        let mut counted: Vec<&(Place, i64)> = Vec::new();
        for hold in &self.held {
            if counted.iter().all(|(known, _)| self.apart(known, &hold.0)) {
                counted.push(hold);
            }
        }
        let held: i128 = counted.iter().map(|(_, value)| i128::from(*value)).sum();
        if held <= i128::from(total) {
            return Ok(());
        }
        let step = self.model.definition().measures[self.measure].step;
        let name = |(place, value): &&(Place, i64)| {
            format!("{} {}", self.model.place_text(place), step.format(*value))
        };
        Err(PlanError::HoldsExceed {
            place: "*".into(),
            total: step.format(total),
            held: text_of(step, held),
            holds: counted.iter().map(name).collect(),
        })
    }

    fn apart(&self, a: &Place, b: &Place) -> bool {
        let axes = self.model.axes();
        let nodes = a.0.iter().zip(&b.0).enumerate();
        nodes.into_iter().any(|(axis, (a, b))| {
            let tree = &axes[axis].tree;
            !tree.contains(*a, *b) && !tree.contains(*b, *a)
        })
    }

    /// Margins stated in amounts sum to the same, and to the total (rule D9).
    fn check_margins(&self, margins: &[Margin]) -> Result<(), PlanError> {
        let step = self.model.definition().measures[self.measure].step;
        let mut sums: Vec<(String, i128)> = Vec::new();
        for margin in margins {
            if let (axis, _) = self.model.axis_level(&margin.axis)?
                && let MarginTotals::By(basis) = &margin.totals
                && self.model.axes()[axis].composition
                && !matches!(basis, Basis::Shares(_))
            {
                let axis = self.model.axes()[axis].code.clone();
                return Err(PlanError::CompositionNeedsShares { axis });
            }
            if let MarginTotals::Amounts(amounts) = &margin.totals {
                let mut sum = 0i128;
                for (member, text) in amounts {
                    let place = format!("{}={member}", margin.axis);
                    sum += i128::from(self.amount(text, &place)?);
                }
                sums.push((margin.axis.clone(), sum));
            }
        }
        if let Some(total) = self.total {
            sums.push(("total".into(), i128::from(total)));
        }
        if sums.windows(2).all(|pair| pair[0].1 == pair[1].1) {
            return Ok(());
        }
        let texts = sums
            .into_iter()
            .map(|(name, sum)| (name, text_of(step, sum)));
        Err(PlanError::MarginsDiffer {
            sums: texts.collect(),
        })
    }

    fn check_amounts(&self, basis: &Basis) -> Result<(), PlanError> {
        match basis {
            Basis::Amounts { typed, .. } => typed
                .iter()
                .try_for_each(|(member, text)| self.amount(text, member).map(|_| ())),
            _ => Ok(()),
        }
    }
}

/// Members of the level that is decomposed to for which the basis has nothing.
fn check_weights(model: &Model, number: usize, act: &Decompose, findings: &mut Vec<Finding>) {
    let Ok((axis, named)) = model.axis_level(&act.axis) else {
        return;
    };
    let tree = &model.axes()[axis].tree;
    let level = || model.level(axis, &act.level).ok();
    let depth = named.or_else(level).unwrap_or(tree.level_names().len());
    if let Basis::Shares(shares) = &act.basis {
        if let Err(error) = check_whole(model, axis, shares) {
            findings.push(of_error(number, "", &error));
        }
        return;
    }
    let names: Vec<&String> = match &act.basis {
        Basis::Attribute(name) => vec![name],
        Basis::Capacity(names) => names.iter().collect(),
        _ => return,
    };
    let found: Option<Vec<_>> = names.iter().map(|name| tree.attribute(name)).collect();
    let Some(found) = found else { return };
    let has = |node: u32| found.iter().all(|known| known.value(node).is_some());
    let without: Vec<u32> = (1..tree.len() as u32)
        .filter(|node| tree.depth(*node) == depth && tree.kind(*node) == NodeKind::Member)
        .filter(|node| !(*node..tree.end(*node)).any(has))
        .collect();
    if without.is_empty() {
        return;
    }
    let shown: Vec<&str> = without
        .iter()
        .take(5)
        .map(|node| tree.name(*node))
        .collect();
    let more = if without.len() > 5 { " …" } else { "" };
    let (count, shown) = (without.len(), shown.join(", "));
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    let names = names.join(" × ");
    let texts = (
        format!("{count} 个成员没有 `{names}`，目标会是 0：{shown}{more}"),
        format!("{count} members have no `{names}` and will get 0: {shown}{more}"),
    );
    findings.push(say(Severity::Warning, "weight_missing", number, "", texts));
}

/// Workdays in a year whose holidays nobody has told (rule C4).
fn check_holidays(model: &Model, operations: &[(usize, &Operation)], findings: &mut Vec<Finding>) {
    let definition = model.definition();
    let by_workdays = |operation: &Operation| match operation {
        Operation::Decompose(act) => uses_workdays(&act.basis),
        Operation::Fit { margins, .. } => margins.iter().any(
            |margin| matches!(&margin.totals, MarginTotals::By(basis) if uses_workdays(basis)),
        ),
        _ => false,
    };
    let Some((number, _)) = operations
        .iter()
        .find(|(_, operation)| by_workdays(operation))
    else {
        return;
    };
    let years = definition
        .calendar
        .holidays
        .unknown_years(definition.period);
    if years.is_empty()
        || findings
            .iter()
            .any(|known| known.code == "holidays_unknown_year")
    {
        return;
    }
    let error = fenjie_calendar::CalendarError::HolidaysUnknownYear { years };
    let texts = (error.text(Lang::Zh), error.text(Lang::En));
    findings.push(say(Severity::Warning, error.code(), *number, "", texts));
}

fn uses_workdays(basis: &Basis) -> bool {
    match basis {
        Basis::Calendar(CalendarBasis::Workdays) => true,
        Basis::Growth { base, .. } => uses_workdays(base),
        Basis::Amounts { rest, .. } => uses_workdays(rest),
        Basis::Mix(parts) => parts.iter().any(|(_, part)| uses_workdays(part)),
        _ => false,
    }
}

impl Operation {
    /// The measure an operation is about; nothing for an undo.
    fn measure_code(&self) -> Option<&str> {
        match self {
            Operation::Total { measure, .. }
            | Operation::Fit { measure, .. }
            | Operation::Set { measure, .. }
            | Operation::Hold { measure, .. }
            | Operation::Release { measure, .. }
            | Operation::Bound { measure, .. }
            | Operation::Transfer { measure, .. }
            | Operation::Commit { measure, .. }
            | Operation::State { measure, .. }
            | Operation::Leave { measure, .. } => Some(measure),
            Operation::Decompose(act) => Some(&act.measure),
            Operation::Layer(rule) => Some(&rule.measure),
            Operation::Close(close) => Some(&close.measure),
            Operation::Carry(rule) => Some(&rule.measure),
            Operation::Act(plan) => Some(&plan.measure),
            Operation::Waive(waiver) => Some(&waiver.measure),
            Operation::Revise(revision) => Some(&revision.measure),
            Operation::CheckAction(_)
            | Operation::Decide(_)
            | Operation::Resolve(_)
            | Operation::Undo { .. } => None,
        }
    }
}
