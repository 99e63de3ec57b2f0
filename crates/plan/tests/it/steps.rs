//! Reads the steps of a case: one operation between semicolons, in a planner's words.

use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, ChangeBy, CommitMode, Decimal, Decompose, Keep, LayerAmount,
    LayerKind, LayerRule, Margin, MarginTotals, Operation, Pattern, TotalAmount,
};

use crate::script::date;

/// Reads steps between semicolons.
pub fn operations(text: &str) -> Vec<Operation> {
    let steps = text.split(';').map(str::trim).filter(|s| !s.is_empty());
    steps.map(operation).collect()
}

fn operation(text: &str) -> Operation {
    let (measure, text) = match text.split_once(": ") {
        Some((measure, rest)) if !measure.contains(' ') => (measure.to_owned(), rest),
        _ => (String::new(), text),
    };
    let (verb, rest) = text.split_once(' ').unwrap_or((text, ""));
    match verb {
        "total" => Operation::Total {
            measure,
            amount: match rest.split_once(" grown ") {
                Some((name, growth)) => TotalAmount::Grown {
                    reference: name.into(),
                    period: None,
                    growth: decimal(growth),
                },
                None => TotalAmount::Amount(rest.into()),
            },
        },
        "decompose" => Operation::Decompose(decompose(measure, rest)),
        "fit" => fit(measure, rest),
        "set" => {
            let (rest, keep) = keep(rest);
            let (at, change) = rest.rsplit_once(" to ").expect("set … to …");
            Operation::Set {
                measure,
                at: address(at),
                change: ChangeBy::parse(change).unwrap(),
                keep,
            }
        }
        "hold" => hold(measure, rest),
        "release" => Operation::Release {
            measure,
            at: address(rest),
        },
        "bound" => {
            let (at, limits) = rest.rsplit_once(' ').unwrap();
            let (floor, cap) = limits.split_once("..").expect("floor..cap");
            let limit = |text: &str| (!text.is_empty()).then(|| text.to_owned());
            Operation::Bound {
                measure,
                at: address(at),
                floor: limit(floor),
                cap: limit(cap),
            }
        }
        "transfer" => {
            let (amount, places) = rest.split_once(" from ").unwrap();
            let (from, to) = places.split_once(" to ").unwrap();
            Operation::Transfer {
                measure,
                from: address(from),
                to: address(to),
                amount: amount.into(),
            }
        }
        "commit" | "wish" => Operation::Commit {
            measure,
            values: rest
                .split(" & ")
                .map(|one| {
                    let (at, amount) = one.rsplit_once(' ').unwrap();
                    (address(at), amount.to_owned())
                })
                .collect(),
            mode: match verb {
                "commit" => CommitMode::Keep,
                _ => CommitMode::Near,
            },
        },
        "layer" => layer(measure, rest),
        "state" => {
            let (at, value) = rest.rsplit_once(" at ").unwrap();
            Operation::State {
                measure,
                at: address(at),
                value: decimal(value),
            }
        }
        "leave" => {
            let (rest, successor) = match rest.split_once(" to ") {
                Some((rest, heir)) => (rest, Some(heir.to_owned())),
                None => (rest, None),
            };
            let (member, day) = rest.rsplit_once(" on ").unwrap();
            Operation::Leave {
                measure,
                member: address(member),
                date: date(day),
                successor,
            }
        }
        "undo" => Operation::Undo {
            sequence: rest.parse().unwrap(),
        },
        verb => crate::steps_adjust::operation(&measure, verb, rest)
            .unwrap_or_else(|| panic!("no step is called {verb}")),
    }
}

pub fn address(text: &str) -> Address {
    match text.trim() {
        "*" => Address::default(),
        text => Address::parse(text).unwrap(),
    }
}

pub fn decimal(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn keep(text: &str) -> (&str, Keep) {
    match text.split_once(" keep ") {
        None => (text, Keep::Nothing),
        Some((rest, "total")) => (rest, Keep::Total),
        Some((rest, "ancestors")) => (rest, Keep::Ancestors),
        Some((rest, axis)) => (rest, Keep::Parent(axis.into())),
    }
}

fn hold(measure: String, text: &str) -> Operation {
    let (text, keep) = keep(text);
    let (text, until) = match text.split_once(" until ") {
        Some((text, day)) => (text, Some(date(day))),
        None => (text, None),
    };
    let (at, amount) = match text.split_once(" at ") {
        Some((at, amount)) => (at, Some(amount.to_owned())),
        None => (text, None),
    };
    Operation::Hold {
        measure,
        at: address(at),
        amount,
        keep,
        owner: "王芳".into(),
        reason: "新店开业".into(),
        until,
    }
}

/// `region by weight within product=A with step 100 with policy last with back 5% with refusal`
fn decompose(measure: String, text: &str) -> Decompose {
    let mut options = text.split(" with ");
    let text = options.next().unwrap();
    let (text, within) = text.split_once(" within ").unwrap_or((text, "*"));
    let (axis, by) = text.split_once(" by ").unwrap_or((text, "equal"));
    let mut act = Decompose {
        measure,
        axis: axis.into(),
        level: String::new(),
        within: address(within),
        basis: basis(by),
        policy: Policy::LargestRemainder,
        step: None,
        zero_basis: ZeroBasis::Equal,
        hold_back: None,
    };
    for option in options {
        match option.split_once(' ').unwrap_or((option, "")) {
            ("step", step) => act.step = Some(step.into()),
            ("policy", "first") => act.policy = Policy::First,
            ("policy", "last") => act.policy = Policy::Last,
            ("policy", "largest") => act.policy = Policy::Largest,
            ("policy", member) => act.policy = Policy::Member(member.parse().unwrap()),
            ("back", rate) => act.hold_back = Some(decimal(rate)),
            ("refusal", _) => act.zero_basis = ZeroBasis::Refuse,
            (option, _) => panic!("no option is called {option}"),
        }
    }
    act
}

fn basis(text: &str) -> Basis {
    let (word, rest) = text.split_once(' ').unwrap_or((text, ""));
    match word {
        "equal" => Basis::Equal,
        "current" => Basis::Current,
        "weight" => Basis::Attribute("weight".into()),
        "attribute" => Basis::Attribute(rest.into()),
        "capacity" => Basis::Capacity(rest.split(' ').map(str::to_owned).collect()),
        "weights" => Basis::Weights(numbers(rest)),
        "shares" => Basis::Shares(numbers(rest)),
        "calendar" => Basis::Calendar(CalendarBasis::Coefficients),
        "workdays" => Basis::Calendar(CalendarBasis::Workdays),
        "days" => Basis::Calendar(CalendarBasis::Days),
        "measure" => Basis::Measure(rest.into()),
        "history" => {
            let (rest, smooth) = rest.split_once(" smooth ").unwrap_or((rest, "1"));
            let (name, period) = rest.split_once(" in ").unwrap_or((rest, ""));
            let period = fenjie_calendar::DateRange::parse(period).ok();
            let (reference, smooth) = (name.into(), smooth.parse().unwrap());
            Basis::History {
                reference,
                smooth,
                period,
            }
        }
        "growth" => {
            let (base, rates) = rest.split_once(": ").unwrap();
            let mut rates = numbers(rates);
            let last = rates.pop().expect("the last rate is everyone else's");
            Basis::Growth {
                base: Box::new(basis(base)),
                rates,
                otherwise: last.1,
            }
        }
        "typed" => {
            let (amounts, others) = rest.split_once(" rest ").unwrap_or((rest, "equal"));
            let pair = |one: &str| {
                let (member, amount) = one.split_once(' ').unwrap();
                (member.to_owned(), amount.to_owned())
            };
            Basis::Amounts {
                typed: amounts.split(", ").map(pair).collect(),
                rest: Box::new(basis(others)),
            }
        }
        "mix" => {
            let part = |one: &str| {
                let (share, by) = one.split_once(' ').unwrap();
                (decimal(share), basis(by))
            };
            Basis::Mix(rest.split(" + ").map(part).collect())
        }
        "pattern" => Basis::Pattern(pattern(rest)),
        word => panic!("no basis is called {word}"),
    }
}

fn pattern(text: &str) -> Pattern {
    match text.split_once(' ').unwrap_or((text, "")) {
        ("first", _) => Pattern::First,
        ("last", _) => Pattern::Last,
        ("bell", _) => Pattern::Bell,
        ("line", rate) => Pattern::StraightLine(decimal(rate)),
        ("compound", rate) => Pattern::Compound(decimal(rate)),
        _ => Pattern::List(text.split(' ').map(decimal).collect()),
    }
}

/// `华东 3, 华南 5`
fn numbers(text: &str) -> Vec<(String, Decimal)> {
    let pair = |one: &str| {
        let (member, number) = one.split_once(' ').unwrap();
        (member.to_owned(), decimal(number))
    };
    text.split(", ").map(pair).collect()
}

/// `region 华东 150, 华南 200 & product A 100, B 250 & time.month by equal prior current`
fn fit(measure: String, text: &str) -> Operation {
    let (text, prior) = text.split_once(" prior ").unwrap_or((text, "equal"));
    let margin = |one: &str| {
        let (axis, rest) = one.trim().split_once(' ').unwrap();
        let totals = if let Some(by) = rest.strip_prefix("by ") {
            MarginTotals::By(basis(by))
        } else if let Some(shares) = rest.strip_prefix("shares ") {
            MarginTotals::Shares(numbers(shares))
        } else {
            let pair = |one: &str| {
                let (member, amount) = one.split_once(' ').unwrap();
                (member.to_owned(), amount.to_owned())
            };
            MarginTotals::Amounts(rest.split(", ").map(pair).collect())
        };
        Margin {
            axis: axis.into(),
            totals,
        }
    };
    Operation::Fit {
        measure,
        margins: text.split(" & ").map(margin).collect(),
        prior: basis(prior),
        zero_basis: ZeroBasis::Equal,
    }
}

/// `over 3% at region`, `stretch 10%`, `challenge 500`
fn layer(measure: String, text: &str) -> Operation {
    let (text, level) = text.split_once(" at ").unwrap_or((text, ""));
    let (kind, amount) = text.split_once(' ').unwrap();
    let layer = match kind {
        "over" => LayerKind::OverAssignment,
        "stretch" => LayerKind::Stretch,
        "challenge" => LayerKind::Challenge,
        _ => LayerKind::Carried,
    };
    let amount = match amount.ends_with('%') {
        true => LayerAmount::Rate(decimal(amount)),
        false => LayerAmount::Amount(amount.into()),
    };
    Operation::Layer(LayerRule {
        measure,
        layer,
        level: level.into(),
        amount,
        roles: Vec::new(),
    })
}
