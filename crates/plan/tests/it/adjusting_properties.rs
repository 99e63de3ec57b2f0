//! Promises of closing and carrying, on plans of any shape: nothing is lost, a surplus changes nothing
//! later, closed cells stay, undone is as never done.

use proptest::prelude::*;

use fenjie_plan::{Operation, Plan};

use crate::{script, steps};

const PLAN: &str = "org > team person: 一组[张三 3, 李四 1], 二组[王五 2, 赵六 5] | product: 甲 2, 乙 1 | time: 2030-01..2030-03 by quarter month piece day | step 1";
const START: &str = "total 9000; decompose org.person by weight; decompose product by weight; decompose time.month by equal; decompose time.day by calendar";
const WEEKS: [&str; 5] = [
    "2030-02/W05",
    "2030-02/W06",
    "2030-02/W07",
    "2030-02/W08",
    "2030-03/W09",
];
const PEOPLE: [&str; 4] = ["张三", "李四", "王五", "赵六"];

fn replayed(steps: &str) -> Plan {
    let operations = steps::operations(steps);
    Plan::replay(script::definition(PLAN), &operations).unwrap_or_else(|e| panic!("{e}: {steps}"))
}

/// Closes of the first weeks, as text, with what everybody sold; people in a given order.
fn closes(sold: &[Vec<u16>], order: &[usize]) -> Vec<String> {
    let line = |(week, sold): (&str, &Vec<u16>)| {
        let people = order
            .iter()
            .map(|at| format!("{} {}", PEOPLE[*at], sold[*at]));
        let people: Vec<String> = people.collect();
        format!("close piece={week} sold {}", people.join(" & "))
    };
    WEEKS.into_iter().zip(sold).map(line).collect()
}

/// All cells of the working targets.
fn working(plan: &Plan) -> Vec<i64> {
    let grain = plan.grain(0, "stored").unwrap();
    let mut grain = grain;
    *grain.depths.last_mut().unwrap() = plan.time_depth(0);
    let mut cells = Vec::new();
    plan.working(0)
        .unwrap()
        .each_row(&grain, |_, _, values| cells.extend_from_slice(values));
    cells
}

fn sold() -> impl Strategy<Value = Vec<Vec<u16>>> {
    let week = prop::collection::vec(0u16..1200, 4);
    prop::collection::vec(week, 1..5)
}

fn rule() -> impl Strategy<Value = String> {
    let by = prop::sample::select(vec!["weights", "base", "equal", "next"]);
    let within = prop::sample::select(vec!["month", "quarter"]);
    let cap = prop::sample::select(vec!["", " cap 10%", " cap 200%"]);
    let of = prop::sample::select(vec!["", " of team", " of person, product"]);
    (by, within, cap, of).prop_map(|(by, within, cap, of)| {
        // Results are kept by person: a rule of products finds none that count.
        format!("waive * because 示例; carry piece within {within} by {by}{cap}{of}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..Default::default() })]

    #[test]
    fn carrying_keeps_the_sum_and_proves_itself(sold in sold(), rule in rule()) {
        let closes = closes(&sold, &[0, 1, 2, 3]).join("; ");
        let plan = replayed(&format!("{START}; {closes}; {rule}"));
        for check in plan.verify().checks {
            prop_assert!(check.failures.is_empty(), "{:?}", check.failures);
        }
        let carried = plan.carried(0).unwrap().unwrap();
        prop_assert_eq!(carried.view.total(), 0);
        let working = plan.working(0).unwrap();
        prop_assert_eq!(working.total(), plan.base(0).total());
        // One team, or one person, read alone.
        let periods: Vec<u32> = (0..plan.model().axes()[2].tree.len() as u32).collect();
        for name in ["一组", "王五"] {
            let org = plan.place(&format!("org={name}")).unwrap().0[0];
            let within = plan.working_within(0, &[org, 0]).unwrap();
            for below in org..plan.model().axes()[0].tree.end(org) {
                let of = |view: &fenjie_plan::View<'_>| view.series(&[below, 1], &periods);
                prop_assert_eq!(of(&within), of(&working));
            }
        }
    }

    #[test]
    fn a_surplus_leaves_every_later_week_as_it_was(sold in sold(), rule in rule(), more in 0u16..500) {
        let before = closes(&sold, &[0, 1, 2, 3]).join("; ");
        let first = replayed(&format!("{START}; {before}; {rule}"));
        let after = WEEKS[sold.len()];
        // Everybody sells the working target and something more.
        let week = first.place(&format!("piece={after}")).unwrap();
        let asked = |name: &str| {
            let mut place = first.place(&format!("org={name}")).unwrap();
            place.0[2] = week.0[2];
            first.working(0).unwrap().value(&place).unwrap()
        };
        let people = PEOPLE.map(|name| format!("{name} {}", asked(name) + i64::from(more)));
        let close = format!("close piece={after} sold {}", people.join(" & "));
        let second = replayed(&format!("{START}; {before}; {close}; {rule}"));
        let (old, new) = (first.working(0).unwrap(), second.working(0).unwrap());
        let tree = &first.model().axes()[2].tree;
        for node in tree.end(week.0[2])..tree.len() as u32 {
            for org in 0..first.model().axes()[0].tree.len() as u32 {
                let at = |view: &fenjie_plan::View<'_>| view.series(&[org, 0], &[node]);
                prop_assert_eq!(at(&old), at(&new));
            }
        }
    }

    #[test]
    fn the_order_of_results_and_of_closes_does_not_matter(sold in sold(), rule in rule()) {
        let plain = closes(&sold, &[0, 1, 2, 3]);
        let mut turned = closes(&sold, &[2, 0, 3, 1]);
        turned.reverse();
        let one = replayed(&format!("{START}; {}; {rule}", plain.join("; ")));
        let other = replayed(&format!("{START}; {}; {rule}", turned.join("; ")));
        prop_assert_eq!(one.content_hash(), other.content_hash());
    }

    #[test]
    fn undone_is_as_never_done(sold in sold(), rule in rule()) {
        let closes = closes(&sold, &[0, 1, 2, 3]);
        let without = replayed(&format!("{START}; {}", closes[..closes.len() - 1].join("; ")));
        let mut plan = replayed(&format!("{START}; {}; {rule}", closes.join("; ")));
        let last = 5 + closes.len() as u64;
        for sequence in [last + 2, last + 1, last] {
            plan.apply(Operation::Undo { sequence }).unwrap();
        }
        prop_assert_eq!(plan.content_hash(), without.content_hash());
        prop_assert_eq!(working(&plan), working(&without));
    }

    #[test]
    fn no_step_changes_closed_cells_or_what_was_typed(
        sold in sold(),
        edits in prop::collection::vec((0usize..9, 0usize..7, 0usize..6, 1u16..3000), 1..7),
    ) {
        let closes = closes(&sold, &[0, 1, 2, 3]).join("; ");
        let mut plan = replayed(&format!("{START}; {closes}"));
        let periods: Vec<u32> = plan.closes(0).iter().map(|close| close.period).collect();
        let before = cells_of(&plan, &periods);
        for (kind, member, time, amount) in edits {
            let (text, typed) = edit(kind, member, time, amount);
            let hash = plan.content_hash();
            let operation = steps::operations(&text).remove(0);
            prop_assert_eq!(plan.preview(&operation).is_ok(), plan.clone().apply(operation.clone()).is_ok());
            match plan.apply(operation) {
                Ok(_) => {
                    if let Some(at) = typed {
                        let value = plan.value(0, &plan.place(&at).unwrap());
                        prop_assert_eq!(value, Some(i64::from(amount)), "{}", text);
                    }
                }
                Err(_) => prop_assert_eq!(plan.content_hash(), hash, "{}", text),
            }
            prop_assert_eq!(&cells_of(&plan, &periods), &before, "{}", text);
        }
        for check in plan.verify().checks {
            prop_assert!(check.failures.is_empty(), "{:?}", check.failures);
        }
    }
}

/// The cells of some periods by person and product.
fn cells_of(plan: &Plan, periods: &[u32]) -> Vec<i64> {
    let mut cells = Vec::new();
    let grain = plan.grain(0, "org.person, product").unwrap();
    let base = plan.base(0);
    let mut rows = base.rows(periods).unwrap();
    base.each_row(&grain, |members, _, _| {
        cells.extend_from_slice(rows.row(members).unwrap())
    });
    cells
}

const MEMBERS: [&str; 7] = [
    "*",
    "org=一组",
    "org=张三",
    "product=甲",
    "org=赵六, product=乙",
    "org=二组",
    "org=王五",
];
const TIMES: [&str; 6] = [
    "",
    "month=2030-02",
    "month=2030-03",
    "day=2030-02-27",
    "month=2030-01",
    "piece=2030-03/W10",
];

/// One step of a kind, and the place that it brings to the amount, if it does.
fn edit(kind: usize, member: usize, time: usize, amount: u16) -> (String, Option<String>) {
    let parts = [MEMBERS[member], TIMES[time]];
    let parts = parts
        .into_iter()
        .filter(|part| !part.is_empty() && *part != "*");
    let at = parts.collect::<Vec<&str>>().join(", ");
    let shown = if at.is_empty() { "*" } else { &at };
    let other = MEMBERS[(member + 3) % MEMBERS.len()];
    match kind {
        0 | 1 => (format!("set {shown} to {amount}"), Some(at)),
        2 if !at.is_empty() => (format!("set {shown} to {amount} keep total"), Some(at)),
        3 => (
            format!("transfer {} from {shown} to {other}", amount / 10),
            None,
        ),
        4 => (format!("hold {shown}"), None),
        5 => (format!("bound {shown} ..{amount}"), None),
        6 => (
            format!("decompose product by weights 甲 {amount}, 乙 700"),
            None,
        ),
        7 => (format!("wish {shown} {amount}"), None),
        _ => (format!("set {shown} to {amount} keep ancestors"), None),
    }
}
