//! Reads the steps of a running plan: closes, carries, action plans, revisions.

use fenjie_plan::{
    ActionCheck, ActionPlan, Address, CarryRule, CarryShare, Cause, ChangeBy, Close, Decision,
    Effect, Keep, Operation, Resolution, Revision, Waiver,
};

use crate::script::date;
use crate::steps::{address, decimal};

/// One of these operations, or nothing where the verb is another.
pub fn operation(measure: &str, verb: &str, rest: &str) -> Option<Operation> {
    let measure = measure.to_owned();
    Some(match verb {
        "close" => close(measure, rest),
        "carry" => carry(measure, rest),
        "act" => act(measure, rest),
        "checked" => {
            let (sequence, note) = rest.split_once(' ').unwrap_or((rest, ""));
            Operation::CheckAction(ActionCheck {
                sequence: sequence.parse().unwrap(),
                effect: Effect::Partly,
                note: note.into(),
            })
        }
        "waive" => {
            let (at, reason) = cut(rest, " because ");
            let at = member(at);
            Operation::Waive(Waiver {
                measure,
                at,
                reason,
            })
        }
        "revise" => {
            let (rest, reason) = cut(rest, " because ");
            let (rest, keep) = match rest.strip_suffix(" keeping total") {
                Some(rest) => (rest, Keep::Total),
                None => (rest, Keep::Nothing),
            };
            let (at, change) = rest.rsplit_once(" to ").unwrap();
            Operation::Revise(Revision {
                measure,
                at: address(at),
                change: ChangeBy::parse(change).unwrap(),
                keep,
                reason,
            })
        }
        "approve" | "reject" => {
            let (sequence, reason) = cut(rest, " because ");
            Operation::Decide(Decision {
                sequence: sequence.parse().unwrap(),
                approved: verb == "approve",
                reason,
            })
        }
        "resolve" => Operation::Resolve(Resolution {
            period: Address::default(),
            at: Address::default(),
            text: rest.into(),
            owner: String::new(),
            due: None,
        }),
        _ => return None,
    })
}

/// Cuts off what follows a word.
fn cut<'t>(text: &'t str, word: &str) -> (&'t str, String) {
    match text.split_once(word) {
        Some((text, rest)) => (text, rest.to_owned()),
        None => (text, String::new()),
    }
}

/// `张三` is a member of the axis `org`.
fn member(text: &str) -> Address {
    match text.contains('=') || text == "*" {
        true => address(text),
        false => Address(vec![("org".into(), text.into())]),
    }
}

/// `week 1 …` is `piece=…` of the tests' month; `sold 张三 20 & 李四 24 unassigned 3 of team because …`
fn close(measure: String, text: &str) -> Operation {
    let (text, reason) = cut(text, " because ");
    let (text, of) = cut(text, " of ");
    let (text, unassigned) = cut(text, " unassigned ");
    let (period, sold) = cut(text, " sold ");
    let sold = sold.split(" & ").filter(|one| !one.is_empty()).map(|one| {
        let (at, amount) = one.rsplit_once(' ').unwrap();
        (member(at), amount.to_owned())
    });
    Operation::Close(Close {
        measure,
        period: address(period),
        of,
        actuals: sold.collect(),
        unassigned: (!unassigned.is_empty()).then_some(unassigned),
        reason,
    })
}

/// `piece`, `piece within quarter by next cap 20% of team`
fn carry(measure: String, text: &str) -> Operation {
    let (text, of) = cut(text, " of ");
    let (text, cap) = cut(text, " cap ");
    let (text, by) = cut(text, " by ");
    let (level, horizon) = cut(text, " within ");
    Operation::Carry(CarryRule {
        measure,
        of,
        level: level.into(),
        horizon,
        share: match by.as_str() {
            "base" => CarryShare::Base,
            "equal" => CarryShare::Equal,
            "next" => CarryShare::Next,
            _ => CarryShare::Weights,
        },
        cap: (!cap.is_empty()).then(|| decimal(&cap)),
    })
}

/// `张三 because market by 王芳 until 2030-03-15`
fn act(measure: String, text: &str) -> Operation {
    let (text, due) = cut(text, " until ");
    let (text, owner) = cut(text, " by ");
    let (at, cause) = cut(text, " because ");
    let cause = Cause::ALL.into_iter().find(|known| known.code() == cause);
    Operation::Act(ActionPlan {
        measure,
        at: member(at),
        causes: cause
            .into_iter()
            .map(|cause| (cause, String::new()))
            .collect(),
        measures: vec!["每天回访十位老客户".into()],
        owner,
        due: date(if due.is_empty() { "2030-12-31" } else { &due }),
    })
}
