//! Every operation comes back from its JSON and from its plan-file text as it was.

use fenjie_calendar::{Date, DateRange};
use fenjie_exchange::plan_file::{operation_json, operation_of_json, operation_text};
use fenjie_money::{Policy, ZeroBasis};
use fenjie_plan::{
    ActionCheck, ActionPlan, Address, Basis, CalendarBasis, CarryRule, CarryShare, Cause, ChangeBy,
    Close, CommitMode, Decimal, Decision, Decompose, Effect, Keep, LayerAmount, LayerKind,
    LayerRule, Margin, MarginTotals, Operation, Pattern, Resolution, Revision, TotalAmount, Waiver,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// Names as they occur, and worse ones: commas, equals signs, quotes, line breaks, words of ours.
fn name() -> BoxedStrategy<String> {
    let odd = [
        "by", "shares", "amounts", "a,b", "a=b", "\"x\"", "换\n行", " ", "*", "", "~", "$table",
        "a.b", "who", "0", "２", "'",
    ];
    prop_oneof![
        3 => "[A-Za-z0-9_\u{4e00}-\u{4e20}-]{1,8}",
        1 => proptest::sample::select(odd.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
    ]
    .boxed()
}

fn axis() -> BoxedStrategy<String> {
    "[a-z\u{4e00}-\u{4e20}]{1,6}".boxed()
}

fn amount() -> BoxedStrategy<String> {
    prop_oneof![
        "[1-9][0-9]{0,6}(\\.[0-9]{2})?(万|亿)?",
        Just("(1,200.00)".to_owned())
    ]
    .boxed()
}

fn decimal() -> BoxedStrategy<Decimal> {
    (-10i128.pow(27)..10i128.pow(27), 0u32..25)
        .prop_map(|(digits, scale)| Decimal::new(digits, scale))
        .boxed()
}

fn date() -> BoxedStrategy<Date> {
    (2000i16..2100, 1i8..13, 1i8..29)
        .prop_map(|(y, m, d)| Date::constant(y, m, d))
        .boxed()
}

fn range() -> BoxedStrategy<DateRange> {
    (date(), 0i64..900)
        .prop_map(|(start, days)| {
            let last = start.checked_add(jiff::Span::new().days(days)).unwrap();
            DateRange::through(start, last).unwrap()
        })
        .boxed()
}

/// Pairs with different keys, in no special order.
fn pairs<T: std::fmt::Debug + Clone + 'static>(
    value: BoxedStrategy<T>,
) -> BoxedStrategy<Vec<(String, T)>> {
    btree_map(name(), value, 0..4)
        .prop_map(|map| map.into_iter().collect::<Vec<_>>())
        .prop_shuffle()
        .boxed()
}

fn address() -> BoxedStrategy<Address> {
    vec((axis(), name()), 0..3).prop_map(Address).boxed()
}

fn pattern() -> BoxedStrategy<Pattern> {
    prop_oneof![
        vec(decimal(), 1..4).prop_map(Pattern::List),
        Just(Pattern::First),
        Just(Pattern::Last),
        Just(Pattern::Bell),
        decimal().prop_map(Pattern::StraightLine),
        decimal().prop_map(Pattern::Compound),
    ]
    .boxed()
}

fn basis() -> BoxedStrategy<Basis> {
    let leaf = prop_oneof![
        Just(Basis::Equal),
        Just(Basis::Current),
        Just(Basis::Calendar(CalendarBasis::Coefficients)),
        Just(Basis::Calendar(CalendarBasis::Workdays)),
        Just(Basis::Calendar(CalendarBasis::Days)),
        pairs(decimal()).prop_map(Basis::Weights),
        pairs(decimal()).prop_map(Basis::Shares),
        name().prop_map(Basis::Attribute),
        vec(name(), 1..4).prop_map(Basis::Capacity),
        name().prop_map(Basis::Measure),
        pattern().prop_map(Basis::Pattern),
        (name(), 1u32..9, option::of(range())).prop_map(|(reference, smooth, period)| {
            Basis::History {
                reference,
                smooth,
                period,
            }
        }),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            (inner.clone(), pairs(decimal()), decimal()).prop_map(|(base, rates, otherwise)| {
                Basis::Growth {
                    base: Box::new(base),
                    rates,
                    otherwise,
                }
            }),
            (inner.clone(), pairs(amount())).prop_map(|(rest, typed)| Basis::Amounts {
                typed,
                rest: Box::new(rest)
            }),
            vec((decimal(), inner), 0..3).prop_map(Basis::Mix),
        ]
    })
    .boxed()
}

fn keep() -> BoxedStrategy<Keep> {
    prop_oneof![
        Just(Keep::Nothing),
        Just(Keep::Total),
        Just(Keep::Ancestors),
        axis().prop_map(Keep::Parent),
    ]
    .boxed()
}

fn zero_basis() -> BoxedStrategy<ZeroBasis> {
    prop_oneof![Just(ZeroBasis::Equal), Just(ZeroBasis::Refuse)].boxed()
}

fn policy() -> BoxedStrategy<Policy> {
    prop_oneof![
        Just(Policy::LargestRemainder),
        Just(Policy::First),
        Just(Policy::Last),
        Just(Policy::Largest),
        (0usize..99).prop_map(Policy::Member),
    ]
    .boxed()
}

fn decompose() -> BoxedStrategy<Operation> {
    let first = (
        name(),
        axis(),
        prop_oneof![Just(String::new()), axis()],
        address(),
        basis(),
    );
    let second = (
        policy(),
        option::of(amount()),
        zero_basis(),
        option::of(decimal()),
    );
    (first, second)
        .prop_map(
            |((measure, axis, level, within, basis), (policy, step, zero_basis, hold_back))| {
                Operation::Decompose(Decompose {
                    measure,
                    axis,
                    level,
                    within,
                    basis,
                    policy,
                    step,
                    zero_basis,
                    hold_back,
                })
            },
        )
        .boxed()
}

fn fit() -> BoxedStrategy<Operation> {
    let totals = prop_oneof![
        pairs(amount()).prop_map(MarginTotals::Amounts),
        pairs(decimal()).prop_map(MarginTotals::Shares),
        basis().prop_map(MarginTotals::By),
    ];
    let axis = prop_oneof![
        axis(),
        (axis(), axis()).prop_map(|(axis, level)| format!("{axis}.{level}"))
    ];
    let margins = btree_map(axis, totals, 0..4).prop_map(|margins| {
        margins
            .into_iter()
            .map(|(axis, totals)| Margin { axis, totals })
            .collect::<Vec<_>>()
    });
    (name(), margins, basis(), zero_basis())
        .prop_map(|(measure, margins, prior, zero_basis)| Operation::Fit {
            measure,
            margins,
            prior,
            zero_basis,
        })
        .boxed()
}

fn change() -> BoxedStrategy<ChangeBy> {
    prop_oneof![
        amount().prop_map(ChangeBy::To),
        amount().prop_map(|amount| ChangeBy::To(format!("-{amount}"))),
        amount().prop_map(|amount| ChangeBy::By(format!("-{amount}"))),
        amount().prop_map(|amount| ChangeBy::By(format!("+{amount}"))),
        amount().prop_map(ChangeBy::By),
        decimal().prop_map(ChangeBy::Percent),
        decimal().prop_map(ChangeBy::Times),
    ]
    .boxed()
}

fn layer() -> BoxedStrategy<Operation> {
    let kinds = [
        LayerKind::OverAssignment,
        LayerKind::Stretch,
        LayerKind::Challenge,
        LayerKind::Carried,
    ];
    let amount = prop_oneof![
        decimal().prop_map(LayerAmount::Rate),
        amount().prop_map(LayerAmount::Amount)
    ];
    let level = prop_oneof![Just(String::new()), axis(), Just("org.region".to_owned())];
    (
        name(),
        proptest::sample::select(kinds.to_vec()),
        level,
        amount,
        vec(name(), 0..3),
    )
        .prop_map(|(measure, layer, level, amount, roles)| {
            Operation::Layer(LayerRule {
                measure,
                layer,
                level,
                amount,
                roles,
            })
        })
        .boxed()
}

/// Results by members of the grain's axis, by other places, or both.
fn close() -> BoxedStrategy<Operation> {
    let of = prop_oneof![
        axis(),
        Just("org.store".to_owned()),
        Just("a, b".to_owned()),
        name()
    ];
    let at = prop_oneof![
        3 => name().prop_map(|member| Address(vec![("org".into(), member)])),
        1 => address(),
    ];
    (
        (name(), address(), of),
        (vec((at, amount()), 0..5), option::of(amount()), name()),
    )
        .prop_map(|((measure, period, of), (actuals, unassigned, reason))| {
            Operation::Close(Close {
                measure,
                period,
                of,
                actuals,
                unassigned,
                reason,
            })
        })
        .boxed()
}

fn carry() -> BoxedStrategy<Operation> {
    let shares = vec![
        CarryShare::Weights,
        CarryShare::Base,
        CarryShare::Equal,
        CarryShare::Next,
    ];
    (
        (name(), name(), axis(), axis()),
        (proptest::sample::select(shares), option::of(decimal())),
    )
        .prop_map(|((measure, of, level, horizon), (share, cap))| {
            Operation::Carry(CarryRule {
                measure,
                of,
                level,
                horizon,
                share,
                cap,
            })
        })
        .boxed()
}

fn action() -> BoxedStrategy<Operation> {
    let causes = vec(
        (proptest::sample::select(Cause::ALL.to_vec()), name()),
        0..4,
    );
    (
        (name(), address(), causes),
        (vec(name(), 0..4), name(), date()),
    )
        .prop_map(|((measure, at, causes), (measures, owner, due))| {
            Operation::Act(ActionPlan {
                measure,
                at,
                causes,
                measures,
                owner,
                due,
            })
        })
        .boxed()
}

fn adjustment() -> BoxedStrategy<Operation> {
    let effects = vec![Effect::Effective, Effect::Partly, Effect::Ineffective];
    prop_oneof![
        close(),
        carry(),
        action(),
        (0..u64::MAX / 2, proptest::sample::select(effects), name()).prop_map(
            |(sequence, effect, note)| Operation::CheckAction(ActionCheck {
                sequence,
                effect,
                note
            })
        ),
        (name(), address(), name()).prop_map(|(measure, at, reason)| Operation::Waive(Waiver {
            measure,
            at,
            reason
        })),
        (name(), address(), change(), keep(), name()).prop_map(
            |(measure, at, change, keep, reason)| Operation::Revise(Revision {
                measure,
                at,
                change,
                keep,
                reason
            })
        ),
        (0..u64::MAX / 2, any::<bool>(), name()).prop_map(|(sequence, approved, reason)| {
            Operation::Decide(Decision {
                sequence,
                approved,
                reason,
            })
        }),
        (address(), address(), name(), name(), option::of(date())).prop_map(
            |(period, at, text, owner, due)| Operation::Resolve(Resolution {
                period,
                at,
                text,
                owner,
                due
            })
        ),
    ]
    .boxed()
}

fn operation() -> BoxedStrategy<Operation> {
    prop_oneof![
        8 => making(),
        8 => adjustment(),
    ]
    .boxed()
}

/// The operations that make a plan.
fn making() -> BoxedStrategy<Operation> {
    prop_oneof![
        (name(), amount()).prop_map(|(measure, amount)| Operation::Total {
            measure,
            amount: TotalAmount::Amount(amount)
        }),
        (name(), name(), option::of(range()), decimal()).prop_map(
            |(measure, reference, period, growth)| Operation::Total {
                measure,
                amount: TotalAmount::Grown {
                    reference,
                    period,
                    growth
                }
            }
        ),
        decompose(),
        fit(),
        (name(), address(), change(), keep()).prop_map(|(measure, at, change, keep)| {
            Operation::Set {
                measure,
                at,
                change,
                keep,
            }
        }),
        (
            name(),
            address(),
            option::of(amount()),
            keep(),
            name(),
            name(),
            option::of(date())
        )
            .prop_map(|(measure, at, amount, keep, owner, reason, until)| {
                Operation::Hold {
                    measure,
                    at,
                    amount,
                    keep,
                    owner,
                    reason,
                    until,
                }
            }),
        (name(), address()).prop_map(|(measure, at)| Operation::Release { measure, at }),
        (
            name(),
            address(),
            option::of(amount()),
            option::of(amount())
        )
            .prop_map(|(measure, at, floor, cap)| Operation::Bound {
                measure,
                at,
                floor,
                cap
            }),
        (name(), address(), address(), amount()).prop_map(|(measure, from, to, amount)| {
            Operation::Transfer {
                measure,
                from,
                to,
                amount,
            }
        }),
        (name(), vec((address(), amount()), 0..4), any::<bool>()).prop_map(
            |(measure, values, near)| Operation::Commit {
                measure,
                values,
                mode: if near {
                    CommitMode::Near
                } else {
                    CommitMode::Keep
                }
            }
        ),
        layer(),
        (name(), address(), decimal()).prop_map(|(measure, at, value)| Operation::State {
            measure,
            at,
            value
        }),
        (name(), address(), date(), option::of(name())).prop_map(
            |(measure, member, date, successor)| Operation::Leave {
                measure,
                member,
                date,
                successor
            }
        ),
        (0..u64::MAX / 2).prop_map(|sequence| Operation::Undo { sequence }),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn json_brings_every_operation_back(operation in operation()) {
        let json = operation_json(&operation).to_string();
        let read = operation_of_json(serde_json::from_str(&json).unwrap());
        prop_assert_eq!(read.map_err(|error| error.to_string()), Ok(operation), "{}", json);
    }

    #[test]
    fn plan_file_text_brings_every_operation_back(operation in operation()) {
        let text = operation_text(&operation, None, None);
        let table: toml::Table = toml::from_str(&text).unwrap();
        let json = serde_json::to_value(&table["do"][0]).unwrap();
        let read = operation_of_json(json).map_err(|error| error.to_string());
        prop_assert_eq!(read, Ok(operation), "{}", text);
    }
}
