//! Promises for any plan and any sequence of steps: sums, holds, limits, refusals without a trace,
//! replay, undo, order and threads (rules A3, D3–D9, D12).

use fenjie_plan::{Operation, Place, Plan, diff};
use proptest::prelude::*;

use crate::{script, steps};

const REGIONS: [&str; 4] = ["华东", "张三", "李四", "华南"];
const MONTHS: [&str; 4] = ["", ", month=2026-01", ", month=2026-02", ", month=2026-03"];
const PRODUCTS: [&str; 3] = ["", ", product=A", ", product=B"];
pub const PLAN: &str = "org > region person: 华东[张三 3, 李四 2 from 2026-02-10], 华南[王五 4, 赵六 0] \
                    | product: A 2, B 1 | time: 2026-01..2026-03 by month | step 0.01";

fn place() -> impl Strategy<Value = String> {
    (0..5usize, 0..3usize, 0..4usize).prop_map(|(org, product, month)| {
        let org = REGIONS
            .get(org)
            .map_or(String::new(), |name| format!("org={name}"));
        let place = format!("{org}{}{}", PRODUCTS[product], MONTHS[month]);
        let place = place.trim_start_matches(", ").to_owned();
        if place.is_empty() { "*".into() } else { place }
    })
}

fn amount() -> impl Strategy<Value = String> {
    prop_oneof![
        (0..5_000_000u64).prop_map(|cents| format!("{}.{:02}", cents / 100, cents % 100)),
        (-90..90i32).prop_map(|percent| format!("{percent:+}%")),
        (-30_000..30_000i64).prop_map(|cents| format!(
            "{}{}.{:02}",
            if cents < 0 { "-" } else { "+" },
            cents.abs() / 100,
            cents.abs() % 100
        )),
        Just("0".to_owned()),
    ]
}

pub fn step() -> impl Strategy<Value = String> {
    let keep = prop_oneof![
        4 => Just(""), 1 => Just(" keep total"), 1 => Just(" keep ancestors"), 1 => Just(" keep org"), 1 => Just(" keep time")
    ];
    prop_oneof![
        6 => (place(), amount(), keep).prop_map(|(at, to, keep)| format!("set {at} to {to}{keep}")),
        2 => place().prop_map(|at| format!("hold {at}")),
        1 => (place(), 0..20_000u32).prop_map(|(at, to)| format!("hold {at} at {to} keep total")),
        1 => place().prop_map(|at| format!("release {at}")),
        2 => (place(), 0..9_000u32, 0..30_000u32).prop_map(|(at, low, more)| format!("bound {at} {low}..{}", low + more)),
        2 => (place(), place(), 0..5_000u32).prop_map(|(from, to, by)| format!("transfer {by} from {from} to {to}")),
        1 => (place(), place(), 0..20_000u32).prop_map(|(a, b, to)| format!("commit {a} {to} & {b} {to}")),
        1 => (place(), 0..20_000u32).prop_map(|(at, to)| format!("wish {at} {to}")),
        1 => Just("decompose org.person by weight".to_owned()),
        1 => Just("decompose product by weight within org=华东".to_owned()),
        1 => Just("fit org.region 华东 7000.01, 华南 2999.99 & product A 6000, B 4000 prior current".to_owned()),
        1 => Just("leave org=张三 on 2026-03-01 to 李四".to_owned()),
        1 => Just("leave org=赵六 on 2026-02-01".to_owned()),
        1 => Just("layer over 3% at org.region".to_owned()),
        1 => (1..20u64).prop_map(|number| format!("undo {number}")),
    ]
}

/// Steps that name days, and weeks' pieces, before and after the calendar has divided the months.
pub fn day_step() -> impl Strategy<Value = String> {
    let person = prop::sample::select(vec!["", "org=张三, ", "org=李四, ", "org=王五, "]);
    let period = prop::sample::select(vec![
        "day=2026-03-16",
        "day=2026-03-29",
        "day=2026-04-05",
        "piece=2026-03/W12",
        "piece=2026-04/W14",
        "month=2026-03",
        "month=2026-04",
    ]);
    let at = (person, period).prop_map(|(person, period)| format!("{person}{period}"));
    let at2 = at.clone();
    prop_oneof![
        3 => Just("decompose time.day by calendar".to_owned()),
        1 => Just("decompose time.piece by calendar".to_owned()),
        1 => Just("decompose time.day by days".to_owned()),
        1 => Just("decompose org by equal with back 10%".to_owned()),
        1 => Just("leave org=张三 on 2026-03-25 to 王五".to_owned()),
        4 => (at.clone(), amount()).prop_map(|(at, to)| format!("set {at} to {to}")),
        1 => (at.clone(), amount()).prop_map(|(at, to)| format!("set {at} to {to} keep ancestors")),
        2 => (at.clone(), 0..900u32).prop_map(|(at, to)| format!("hold {at} at {to}")),
        1 => at.clone().prop_map(|at| format!("hold {at}")),
        1 => (at.clone(), 0..90u32, 0..3_000u32).prop_map(|(at, low, more)| format!("bound {at} {low}..{}", low + more)),
        1 => (at, at2, 0..200u32).prop_map(|(from, to, by)| format!("transfer {by} from {from} to {to}")),
        1 => (1..9u64).prop_map(|number| format!("undo {number}")),
    ]
}

const OPEN: &str = "total 10000; decompose org.person by weight; decompose product by weight; decompose time.month";

pub fn opened() -> Vec<Operation> {
    steps::operations(OPEN)
}

/// Every place of the plan, totals included.
pub fn places(plan: &Plan) -> Vec<Place> {
    let axes = plan.model().axes();
    let mut places = vec![Place(Vec::new())];
    for axis in axes {
        let nodes = 0..axis.tree.len() as u32;
        let with = |place: Place| {
            let nodes = nodes.clone();
            nodes.map(move |node| Place([place.0.clone(), vec![node]].concat()))
        };
        places = places.into_iter().flat_map(with).collect();
    }
    places
}

fn assert_sound(plan: &Plan, after: &Operation) {
    for check in plan.verify().checks {
        assert!(
            check.failures.is_empty(),
            "after {after:?}: {:#?}",
            check.failures
        );
    }
    let axes = plan.model().axes();
    for place in places(plan) {
        let Some(value) = plan.value(0, &place) else {
            continue;
        };
        assert!(
            value >= 0,
            "{} is {value} after {after:?}",
            plan.model().place_text(&place)
        );
        for (axis, known) in axes.iter().enumerate() {
            let mut child = place.clone();
            let parts: Vec<Option<i64>> = known
                .tree
                .children(place.0[axis])
                .map(|node| {
                    child.0[axis] = node;
                    plan.value(0, &child)
                })
                .collect();
            if !parts.is_empty() && parts.iter().all(Option::is_some) {
                let sum: i64 = parts.into_iter().flatten().sum();
                assert_eq!(
                    sum,
                    value,
                    "{} after {after:?}",
                    plan.model().place_text(&place)
                );
            }
        }
    }
    // What is stated on places that are not there (any more) waits for them.
    for hold in plan.holds() {
        let value = plan.value(0, &hold.place);
        assert!(
            value.is_none_or(|value| value == hold.value),
            "after {after:?}"
        );
    }
    for limit in plan.limits() {
        let Some(value) = plan.value(0, &limit.place) else {
            continue;
        };
        assert!(
            limit.floor.is_none_or(|floor| value >= floor),
            "after {after:?}"
        );
        assert!(limit.cap.is_none_or(|cap| value <= cap), "after {after:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// D3–D9: any sequence of steps leaves a plan that proves itself; a refused step leaves no trace.
    #[test]
    fn any_sequence_keeps_every_promise(texts in prop::collection::vec(step(), 1..12)) {
        let definition = script::definition(PLAN);
        let mut plan = Plan::replay(definition.clone(), &opened()).unwrap();
        let mut log = opened();
        for text in &texts {
            let operation = steps::operations(text).remove(0);
            let before = plan.clone();
            let preview = plan.preview(&operation);
            prop_assert_eq!(plan.content_hash(), before.content_hash());
            match plan.apply(operation.clone()) {
                Ok(change) => {
                    prop_assert_eq!(&preview.unwrap(), &change);
                    prop_assert_eq!(change.total_after, plan.base(0).total());
                    log.push(operation.clone());
                    assert_sound(&plan, &operation);
                }
                Err(refusal) => {
                    prop_assert_eq!(preview.unwrap_err(), refusal);
                    prop_assert!(diff(&before, &plan).is_empty());
                    prop_assert_eq!(before.holds(), plan.holds());
                    prop_assert_eq!(before.limits(), plan.limits());
                    prop_assert_eq!(before.findings(), plan.findings());
                    prop_assert_eq!(before.content_hash(), plan.content_hash());
                }
            }
        }
        let again = Plan::replay(definition.clone(), &log).unwrap();
        prop_assert_eq!(again.content_hash(), plan.content_hash());
        let elsewhere = std::thread::spawn(move || Plan::replay(definition, &log).unwrap().content_hash());
        prop_assert_eq!(elsewhere.join().unwrap(), plan.content_hash());
    }

    /// The same below the months, where the calendar divides until somebody types a day.
    #[test]
    fn any_sequence_below_the_months(texts in prop::collection::vec(day_step(), 1..8)) {
        let plan = "org: 张三 3, 李四 2 until 2026-03-20, 王五 0 | time: 2026-03-16..2026-04-05 by month piece day | step 0.01";
        let open = "total 5000; decompose org by weight; decompose time.month";
        let mut log = steps::operations(open);
        let mut plan = {
            let definition = script::definition(plan);
            (Plan::replay(definition.clone(), &log).unwrap(), definition)
        };
        for text in &texts {
            let operation = steps::operations(text).remove(0);
            let before = plan.0.content_hash();
            match plan.0.apply(operation.clone()) {
                Ok(_) => {
                    log.push(operation.clone());
                    assert_sound(&plan.0, &operation);
                }
                Err(_) => prop_assert_eq!(before, plan.0.content_hash()),
            }
        }
        prop_assert_eq!(Plan::replay(plan.1, &log).unwrap().content_hash(), plan.0.content_hash());
    }

    /// D6: typing moves the box and its ancestors only; a kept total is kept.
    #[test]
    fn typing_moves_the_box_and_its_ancestors(at in place(), cents in 0..3_000_000u64, kept in any::<bool>()) {
        let plan = Plan::replay(script::definition(PLAN), &opened()).unwrap();
        let keep = if kept { " keep total" } else { "" };
        let set = steps::operations(&format!("set {at} to {}.{:02}{keep}", cents / 100, cents % 100)).remove(0);
        let mut after = plan.clone();
        if after.apply(set).is_err() {
            return Ok(());
        }
        let typed = plan.model().place(&fenjie_plan::Address::parse(at.trim_matches('*')).unwrap()).unwrap();
        prop_assert_eq!(after.value(0, &typed), Some(cents as i64));
        if kept {
            prop_assert_eq!(after.base(0).total(), plan.base(0).total());
        }
        let axes = plan.model().axes();
        let apart = |place: &Place| {
            let pairs = place.0.iter().zip(&typed.0).enumerate();
            pairs.into_iter().any(|(axis, (a, b))| !axes[axis].tree.contains(*a, *b) && !axes[axis].tree.contains(*b, *a))
        };
        for place in places(&plan).iter().filter(|place| !kept && apart(place)) {
            prop_assert_eq!(plan.value(0, place), after.value(0, place));
        }
    }

    /// D7: a transfer moves two places and what holds only one of them, nothing else.
    #[test]
    fn a_transfer_leaves_other_totals(from in place(), to in place(), by in 0..3_000u32) {
        let plan = Plan::replay(script::definition(PLAN), &opened()).unwrap();
        let operation = steps::operations(&format!("transfer {by} from {from} to {to}")).remove(0);
        let mut after = plan.clone();
        if after.apply(operation).is_err() {
            return Ok(());
        }
        let read = |text: &str| plan.model().place(&fenjie_plan::Address::parse(text.trim_matches('*')).unwrap()).unwrap();
        let (from, to) = (read(&from), read(&to));
        let axes = plan.model().axes();
        // Where the two share a position, totals over the other axes hold both or neither.
        for place in places(&plan) {
            let whole = (0..axes.len()).all(|axis| {
                from.0[axis] == to.0[axis]
                    || (axes[axis].tree.contains(place.0[axis], from.0[axis]) && axes[axis].tree.contains(place.0[axis], to.0[axis]))
            });
            if whole {
                prop_assert_eq!(plan.value(0, &place), after.value(0, &place), "{}", plan.model().place_text(&place));
            }
        }
        prop_assert_eq!(after.value(0, &from), plan.value(0, &from).map(|value| value - i64::from(by) * 100));
        prop_assert_eq!(after.value(0, &to), plan.value(0, &to).map(|value| value + i64::from(by) * 100));
    }

    /// Undo is a replay without; an undone undo brings the step back.
    #[test]
    fn undo_is_replay_without(texts in prop::collection::vec(step(), 1..6), which in 0..6usize) {
        let definition = script::definition(PLAN);
        let mut plan = Plan::replay(definition.clone(), &opened()).unwrap();
        let mut kept = Vec::new();
        for text in texts.iter().filter(|text| !text.starts_with("undo")) {
            let operation = steps::operations(text).remove(0);
            if plan.apply(operation.clone()).is_ok() {
                kept.push(operation);
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let which = which % kept.len();
        let full = plan.content_hash();
        let number = opened().len() + which + 1;
        let mut without = [opened(), kept.clone()].concat();
        without.remove(number - 1);
        let Ok(expected) = Plan::replay(definition, &without) else {
            let refused = plan.apply(Operation::Undo { sequence: number as u64 });
            prop_assert!(refused.is_err());
            prop_assert_eq!(plan.content_hash(), full);
            return Ok(());
        };
        plan.apply(Operation::Undo { sequence: number as u64 }).unwrap();
        prop_assert_eq!(plan.content_hash(), expected.content_hash());
        let undo = opened().len() + kept.len() + 1;
        plan.apply(Operation::Undo { sequence: undo as u64 }).unwrap();
        prop_assert_eq!(plan.content_hash(), full);
    }

    /// A3: the order of a history's rows changes nothing; the order of members settles ties only.
    #[test]
    fn rows_in_any_order(seed in any::<u64>(), total in 0..100_000u32) {
        let rows = ["华东 2025-01-05 31", "华南 2025-01-07 20", "华东 2025-02-01 7", "华南 2025-03-31 7", "华东 2025-03-01 13"];
        let mut shuffled = rows.to_vec();
        let mut state = seed | 1;
        for at in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(at, (state >> 33) as usize % (at + 1));
        }
        let hash = |rows: &[&str]| {
            let plan = format!("region: 华东, 华南 | time: 2026-01..2026-03 by month | history sales by region: {}", rows.join(", "));
            let steps = format!("total {total}; decompose region by history sales; decompose time.month by history sales");
            crate::table::plan(&plan, &steps).content_hash()
        };
        prop_assert_eq!(hash(&rows), hash(&shuffled));
    }
}
