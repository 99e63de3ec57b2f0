//! Operations of the domain become entries again, for logs and for plan files that are edited.
//! Reading an entry gives the operation it was made of. Must not know where it is written.

mod adjustment;

use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, ChangeBy, CommitMode, Decimal, Decompose, Keep, LayerAmount,
    LayerRule, Margin, MarginTotals, Operation, Pattern, TotalAmount,
};
use rustc_hash::FxHashSet;

use super::scalar::{Many, Table, Text};
use super::wire::basis::*;
use super::wire::operation::*;
use super::wire::place::PlaceEntry;

/// The entry of an operation.
pub(crate) fn entry_of(operation: &Operation) -> OperationEntry {
    let some = |text: &str| Some(Text::new(text));
    match operation {
        Operation::Total { measure, amount } => OperationEntry::Total(TotalEntry {
            total: total(amount),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Decompose(decompose) => OperationEntry::Decompose(decomposed(decompose)),
        Operation::Fit {
            measure,
            margins,
            prior,
            zero_basis,
        } => OperationEntry::Fit(FitEntry {
            fit: Table(margins.iter().map(margin).collect()),
            prior: Some(basis(prior)),
            zero_basis: zero(*zero_basis),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Set {
            measure,
            at,
            change,
            keep,
        } => OperationEntry::Set(set(measure, at, change, keep)),
        Operation::Hold {
            measure,
            at,
            amount,
            keep,
            owner,
            reason,
            until,
        } => OperationEntry::Hold(HoldEntry {
            hold: PlaceEntry::of(at),
            at: amount.as_deref().map(Text::new),
            keep: Some(kept(keep)),
            until: until.map(|date| Text::new(date.to_string())),
            measure: some(measure),
            who: some(owner).filter(|owner| !owner.is_empty()),
            why: some(reason).filter(|reason| !reason.is_empty()),
        }),
        Operation::Release { measure, at } => OperationEntry::Release(ReleaseEntry {
            release: PlaceEntry::of(at),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Bound {
            measure,
            at,
            floor,
            cap,
        } => OperationEntry::Bound(BoundEntry {
            bound: PlaceEntry::of(at),
            floor: floor.as_deref().map(Text::new),
            cap: cap.as_deref().map(Text::new),
            min: None,
            max: None,
            measure: some(measure),
            who: None,
            why: None,
        }),
        other => entry_of_rest(other),
    }
}

fn entry_of_rest(operation: &Operation) -> OperationEntry {
    let some = |text: &str| Some(Text::new(text));
    match operation {
        Operation::Transfer {
            measure,
            from,
            to,
            amount,
        } => OperationEntry::Transfer(TransferEntry {
            transfer: Text::new(amount),
            from: PlaceEntry::of(from),
            to: PlaceEntry::of(to),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Commit {
            measure,
            values,
            mode,
        } => OperationEntry::Commit(CommitEntry {
            commit: committed(values),
            mode: (*mode == CommitMode::Near).then(|| Text::new("near")),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Layer(rule) => OperationEntry::Layer(layer(rule)),
        Operation::State { measure, at, value } => OperationEntry::State(StateEntry {
            state: match PlaceEntry::of(at) {
                PlaceEntry::Text(text) => StatePlaces::Place(text),
                PlaceEntry::Table(Table(pairs)) | PlaceEntry::Pairs(pairs) => {
                    StatePlaces::Pairs(pairs)
                }
            },
            value: Some(number(*value)),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Leave {
            measure,
            member,
            date,
            successor,
        } => OperationEntry::Leave(LeaveEntry {
            leave: PlaceEntry::of(member),
            date: Text::new(date.to_string()),
            successor: successor.as_deref().map(Text::new),
            measure: some(measure),
            who: None,
            why: None,
        }),
        Operation::Undo { sequence } => OperationEntry::Undo(UndoEntry {
            undo: *sequence,
            who: None,
            why: None,
        }),
        other => adjustment::entry_of(other).expect("every operation has an entry"),
    }
}

fn number(value: Decimal) -> Text {
    Text::new(value.to_string())
}

fn numbers(values: &[(String, Decimal)]) -> Table<Text> {
    Table(
        values
            .iter()
            .map(|(member, value)| (Text::new(member), number(*value)))
            .collect(),
    )
}

fn texts(values: &[(String, String)]) -> Table<Text> {
    Table(
        values
            .iter()
            .map(|(member, value)| (Text::new(member), Text::new(value)))
            .collect(),
    )
}

fn total(amount: &TotalAmount) -> TotalValue {
    match amount {
        TotalAmount::Amount(text) => TotalValue::Amount(Text::new(text)),
        TotalAmount::Grown {
            reference,
            period,
            growth,
        } => TotalValue::History(GrownEntry {
            history: Text::new(reference),
            period: period.map(|range| Text::new(range.to_string())),
            growth: Some(number(*growth)),
        }),
    }
}

fn zero(basis: ZeroBasis) -> Option<Text> {
    (basis == ZeroBasis::Refuse).then(|| Text::new("refuse"))
}

fn decomposed(decompose: &Decompose) -> DecomposeEntry {
    let target = if decompose.level.is_empty() {
        decompose.axis.clone()
    } else {
        format!("{}.{}", decompose.axis, decompose.level)
    };
    let within = &decompose.within;
    DecomposeEntry {
        decompose: Many(vec![Text::new(target)]),
        by: basis(&decompose.basis),
        within: (*within != Address::default()).then(|| PlaceEntry::of(within)),
        policy: (decompose.policy != Policy::default()).then(|| Text::new(decompose.policy.name())),
        step: decompose.step.as_deref().map(Text::new),
        zero_basis: zero(decompose.zero_basis),
        hold_back: decompose.hold_back.map(number),
        measure: Some(Text::new(&decompose.measure)),
        who: None,
        why: None,
    }
}

fn margin(margin: &Margin) -> (Text, MarginEntry) {
    let entry = match &margin.totals {
        MarginTotals::Shares(shares) => MarginEntry::Shares(SharesMargin {
            shares: numbers(shares),
        }),
        MarginTotals::By(by) => MarginEntry::By(BasisMargin { by: basis(by) }),
        MarginTotals::Amounts(amounts) => MarginEntry::Amounts(AmountsMargin {
            amounts: texts(amounts),
        }),
    };
    (Text::new(&margin.axis), entry)
}

fn set(measure: &str, at: &Address, change: &ChangeBy, keep: &Keep) -> SetEntry {
    let (to, by) = changed(change);
    SetEntry {
        set: PlaceEntry::of(at),
        to,
        by,
        keep: (*keep != Keep::Nothing).then(|| kept(keep)),
        measure: Some(Text::new(measure)),
        who: None,
        why: None,
    }
}

/// The keys `to` and `by` of a change.
fn changed(change: &ChangeBy) -> (Option<Text>, Option<Text>) {
    let reads_back = |text: &str| ChangeBy::parse(text).is_ok_and(|read| read == *change);
    let (to, by) = match change {
        ChangeBy::To(amount) if reads_back(amount) => (Some(amount.clone()), None),
        ChangeBy::To(amount) => (Some(format!("={amount}")), None),
        ChangeBy::By(amount) if reads_back(amount) => (Some(amount.clone()), None),
        ChangeBy::By(amount) => (None, Some(amount.clone())),
        ChangeBy::Percent(rate) => {
            let hundred = rate.times(Decimal::new(100, 0)).unwrap_or(*rate);
            let sign = if rate.is_negative() { "" } else { "+" };
            (Some(format!("{sign}{hundred}%")), None)
        }
        ChangeBy::Times(factor) => (Some(format!("*{factor}")), None),
    };
    (to.map(Text::new), by.map(Text::new))
}

fn kept(keep: &Keep) -> Text {
    match keep {
        Keep::Nothing => Text::new("nothing"),
        Keep::Total => Text::new("total"),
        Keep::Ancestors => Text::new("ancestors"),
        Keep::Parent(axis) => Text::new(format!("parent:{axis}")),
    }
}

/// A table where every place reads back from its text and none stands twice.
fn committed(values: &[(Address, String)]) -> CommitValues {
    let mut entries: Vec<(Text, Text)> = Vec::new();
    let mut known = FxHashSet::default();
    for (at, amount) in values {
        match PlaceEntry::of(at) {
            PlaceEntry::Text(text) if known.insert(text.text.clone()) => {
                entries.push((text, Text::new(amount)));
            }
            _ => {
                let value = |(at, amount): &(Address, String)| CommitValue {
                    at: PlaceEntry::of(at),
                    amount: Text::new(amount),
                };
                return CommitValues::List(values.iter().map(value).collect());
            }
        }
    }
    CommitValues::Table(Table(entries))
}

fn layer(rule: &LayerRule) -> LayerEntry {
    let (rate, amount) = match &rule.amount {
        LayerAmount::Rate(rate) => (Some(number(*rate)), None),
        LayerAmount::Amount(amount) => (None, Some(Text::new(amount))),
    };
    LayerEntry {
        layer: Text::new(rule.layer.code()),
        rate,
        amount,
        level: Some(Text::new(&rule.level)).filter(|level| !level.is_empty()),
        roles: (!rule.roles.is_empty()).then(|| Many(rule.roles.iter().map(Text::new).collect())),
        measure: Some(Text::new(&rule.measure)),
        who: None,
        why: None,
    }
}

fn basis(basis_: &Basis) -> BasisEntry {
    match basis_ {
        Basis::Equal => BasisEntry::Equal,
        Basis::Current => BasisEntry::Current,
        Basis::Calendar(CalendarBasis::Coefficients) => BasisEntry::Calendar,
        Basis::Calendar(CalendarBasis::Workdays) => BasisEntry::Workdays,
        Basis::Calendar(CalendarBasis::Days) => BasisEntry::Days,
        Basis::Weights(weights) => BasisEntry::Weights(WeightsEntry {
            weights: numbers(weights),
        }),
        Basis::Shares(shares) => BasisEntry::Shares(SharesEntry {
            shares: numbers(shares),
        }),
        Basis::Attribute(name) => BasisEntry::Attribute(AttributeEntry {
            attribute: Text::new(name),
        }),
        Basis::Capacity(names) => BasisEntry::Capacity(CapacityEntry {
            capacity: Many(names.iter().map(Text::new).collect()),
        }),
        Basis::History {
            reference,
            smooth,
            period,
        } => BasisEntry::History(HistoryEntry {
            history: Text::new(reference),
            smooth: (*smooth != 1).then_some(*smooth),
            period: period.map(|range| Text::new(range.to_string())),
        }),
        Basis::Growth {
            base,
            rates,
            otherwise,
        } => BasisEntry::Growth(GrowthEntry {
            growth: numbers(rates),
            base: Box::new(basis(base)),
            otherwise: Some(number(*otherwise)),
        }),
        Basis::Pattern(shape) => pattern(shape),
        Basis::Amounts { typed, rest } => BasisEntry::Amounts(AmountsEntry {
            amounts: texts(typed),
            rest: (**rest != Basis::Equal).then(|| Box::new(basis(rest))),
        }),
        Basis::Measure(measure) => BasisEntry::Measure(MeasureBasisEntry {
            measure: Text::new(measure),
        }),
        Basis::Mix(parts) => BasisEntry::Mix(MixEntry {
            mix: parts
                .iter()
                .map(|(share, part)| MixPart {
                    share: number(*share),
                    by: basis(part),
                })
                .collect(),
        }),
    }
}

fn pattern(shape: &Pattern) -> BasisEntry {
    match shape {
        Pattern::First => BasisEntry::First,
        Pattern::Last => BasisEntry::Last,
        Pattern::Bell => BasisEntry::Bell,
        Pattern::List(list) => BasisEntry::Pattern(PatternEntry {
            pattern: Many(list.iter().map(|value| number(*value)).collect()),
        }),
        Pattern::StraightLine(rate) => BasisEntry::StraightLine(StraightLineEntry {
            straight_line: number(*rate),
        }),
        Pattern::Compound(rate) => BasisEntry::Compound(CompoundEntry {
            compound: number(*rate),
        }),
    }
}
