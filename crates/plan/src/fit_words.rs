//! What fitting and settling refuse, in the plan's words: places and amounts instead of groups,
//! positions and counts of steps (rules D4, D5, D9). Knows no arithmetic.

use fenjie_message::{Lang, Message};
use fenjie_money::Step;

use crate::error::PlanError;
use crate::fit::{FitError, Group, Stated};
use crate::settle::SettleError;
use crate::state::{Plan, text_of};

/// The error with each group's place by name and amounts in the measure's step.
pub(crate) fn fit_error(
    error: &FitError,
    step: Step,
    place_of: impl Fn(Group) -> String,
) -> PlanError {
    let listed = |groups: &[Stated]| {
        let texts = groups
            .iter()
            .map(|stated| format!("{} {}", place_of(stated.group), step.format(stated.total)));
        texts.collect::<Vec<_>>().join(", ")
    };
    let (zh, en) = match error {
        FitError::Infeasible {
            clash, proposal, ..
        } => {
            let changes: Vec<String> = proposal
                .iter()
                .map(|change| {
                    let (from, to) = (step.format(change.stated), step.format(change.proposed));
                    format!("{} {from} → {to}", place_of(change.group))
                })
                .collect();
            let (clash, changes) = (listed(clash), changes.join(", "));
            let (zh, en) = (
                format!("这些数不能同时成立：{clash}"),
                format!("these totals cannot all hold: {clash}"),
            );
            match changes.is_empty() {
                true => (zh, en),
                false => (
                    format!("{zh}；最近的可行数：{changes}"),
                    format!("{en}; the nearest that can: {changes}"),
                ),
            }
        }
        FitError::RoundingNotFound { groups } => {
            let groups = listed(groups);
            (
                format!("取整后无法同时满足：{groups}"),
                format!("no whole numbers were found that meet {groups}"),
            )
        }
        FitError::NegativeTotal(stated) => {
            let group = listed(std::slice::from_ref(stated));
            (format!("{group} 是负数"), format!("{group} is below zero"))
        }
        other => (other.text(Lang::Zh), other.text(Lang::En)),
    };
    PlanError::FitInfeasible {
        code: error.code(),
        zh,
        en,
    }
}

/// What settling refused, with places and amounts in words.
pub(crate) fn settle_error(plan: &Plan, measure: usize, error: SettleError) -> PlanError {
    let step = plan.step(measure);
    match error {
        SettleError::Closed {
            place,
            total,
            kept,
            periods,
            name,
        } => crate::AdjustError::ClosedKeep {
            place: plan.positions_text(measure, &place),
            total: text_of(step, total),
            kept: text_of(step, kept),
            closed: plan.closed_since(measure, &periods),
            name,
        }
        .into(),
        SettleError::Held {
            place,
            total,
            held,
            names,
            all,
        } => {
            let place = plan.positions_text(measure, &place);
            let (total, held) = (text_of(step, total), text_of(step, held));
            if all {
                PlanError::AllHeld {
                    place,
                    total,
                    held,
                    holds: names,
                }
            } else {
                PlanError::HoldsExceed {
                    place,
                    total,
                    held,
                    holds: names,
                }
            }
        }
        SettleError::Limits {
            place,
            total,
            nearest,
            names,
        } => PlanError::BoundsClash {
            place: plan.positions_text(measure, &place),
            total: text_of(step, total),
            nearest: nearest.map_or("?".into(), |nearest| text_of(step, nearest)),
            clashing: names,
        },
        SettleError::OutOfRange { place } => PlanError::OutOfRange {
            place: plan.positions_text(measure, &place),
        },
        SettleError::Crossing { error, places } => fit_error(&error, step, |group| {
            plan.positions_text(measure, &places[group.family][group.group])
        }),
    }
}
