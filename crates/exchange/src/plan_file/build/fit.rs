//! Totals on several axes as written become a fit. Must not know members or amounts.

use fenjie_plan::{Basis, Margin, MarginTotals, Operation};

use super::Scope;
use super::basis::{basis, decimals, texts};
use super::operations::zero_basis;
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::scalar::{Table, Text};
use crate::plan_file::wire::operation::{FitEntry, MarginEntry, MarginMember};

/// The fit. Cells that `before` made are what it stays near to, equal shares where there are none,
/// unless it says otherwise.
pub(super) fn fit(
    entry: &FitEntry,
    scope: &Scope<'_>,
    before: &[Operation],
) -> Result<Operation, Refusal> {
    let measure = scope.measure(entry.measure.as_ref())?;
    let mut margins = Vec::new();
    for (axis, margin) in &entry.fit.0 {
        add_margins(axis, margin, scope, &mut margins)?;
    }
    let prior = match &entry.prior {
        Some(prior) => basis(prior, scope)?,
        None if before.iter().any(|known| makes_cells(known, &measure)) => Basis::Current,
        None => Basis::Equal,
    };
    let zero_basis = zero_basis(entry.zero_basis.as_ref())?;
    Ok(Operation::Fit {
        measure,
        margins,
        prior,
        zero_basis,
    })
}

fn makes_cells(operation: &Operation, of: &str) -> bool {
    match operation {
        Operation::Decompose(decompose) => decompose.measure == of,
        Operation::Fit { measure, .. } | Operation::Commit { measure, .. } => measure == of,
        _ => false,
    }
}

/// Adds the margin along an axis, or those along its levels where `time.month` was written without
/// quotes.
fn add_margins(
    axis: &Text,
    entry: &MarginEntry,
    scope: &Scope<'_>,
    margins: &mut Vec<Margin>,
) -> Result<(), Refusal> {
    let totals = match entry {
        MarginEntry::Shares(entry) => MarginTotals::Shares(decimals(&entry.shares)?),
        MarginEntry::By(entry) => MarginTotals::By(basis(&entry.by, scope)?),
        MarginEntry::Amounts(entry) => MarginTotals::Amounts(texts(&entry.amounts)),
        MarginEntry::Members(members) => {
            let levels = add_levels(axis, members, scope, margins)?;
            if levels == members.0.len() && levels > 0 {
                return Ok(());
            }
            MarginTotals::Amounts(amounts(members)?)
        }
    };
    let axis = match scope.axis_level(axis)? {
        (axis, level) if level.is_empty() => axis,
        (axis, level) => format!("{axis}.{level}"),
    };
    margins.push(Margin { axis, totals });
    Ok(())
}

/// Adds the margins of the levels among the members; says how many there are.
fn add_levels(
    axis: &Text,
    members: &Table<MarginMember>,
    scope: &Scope<'_>,
    margins: &mut Vec<Margin>,
) -> Result<usize, Refusal> {
    let mut levels = 0;
    for (level, member) in &members.0 {
        if let MarginMember::Level(margin) = member {
            let text = format!("{}.{}", axis.text, level.text);
            let level = Text {
                text,
                span: level.span,
            };
            add_margins(&level, margin, scope, margins)?;
            levels += 1;
        }
    }
    Ok(levels)
}

fn amounts(members: &Table<MarginMember>) -> Result<Vec<(String, String)>, Refusal> {
    let amount = |(member, value): &(Text, MarginMember)| match value {
        MarginMember::Amount(text) => Ok((member.text.clone(), text.text.clone())),
        MarginMember::Level(_) => {
            let (expected, found) = ("text or number".into(), "table".into());
            Err(Refusal::at(
                Fault::TypeWrong { expected, found },
                member.span,
            ))
        }
    };
    members.0.iter().map(amount).collect()
}
