//! What always holds: rows in any order, totals of sums, shares between nothing and all, bridges that
//! add up.

use std::collections::BTreeMap;

use fenjie_plan::Plan;
use fenjie_track::{
    Actuals, Board, BoardRequest, Bridge, BridgeBy, BridgeRequest, Ratio, UNASSIGNED, burn_up,
};
use proptest::prelude::*;

use crate::shop::{days, march, week};

/// Lines of sales: member, day, amount.
fn lines() -> impl Strategy<Value = Vec<(u32, usize, i64)>> {
    let member = prop_oneof![6 => 0u32..6, 1 => Just(UNASSIGNED)];
    prop::collection::vec((member, 0usize..31, -50_000i64..9_000_000), 0..40)
}

/// Rows of the lines that lie on or before a day.
fn actuals(plan: &Plan, lines: &[(u32, usize, i64)], last: usize) -> Actuals {
    let periods = days(plan);
    let mut rows: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
    for (member, day, amount) in lines.iter().filter(|line| line.1 <= last) {
        let row = rows
            .entry(*member)
            .or_insert_with(|| vec![0; periods.len()]);
        row[*day % periods.len()] += *amount;
    }
    Actuals {
        measures: vec![0],
        members: vec![rows.keys().copied().collect()],
        values: vec![rows.into_values().flatten().collect()],
        periods,
        ..Actuals::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_board_adds_up(lines in lines(), last in 0usize..31, depth in 0usize..=2) {
        let plan = march("833333.34");
        let as_of = plan.model().axes()[1].days_of(days(&plan)[last]).unwrap().start;
        let sold = actuals(&plan, &lines, last);
        let pieces = plan.model().nodes_at_depth(1, 1);
        let periods: Vec<u32> = std::iter::once(0).chain(pieces).collect();
        let request = BoardRequest::new(0, vec![depth], periods.clone(), as_of);
        let board = Board::new(&plan, &sold, &request).unwrap();
        let total = &board.totals[0];
        // The total is what was sold, unassigned lines included, and the month's target.
        prop_assert_eq!(total.actual, sold.total(0));
        prop_assert_eq!(total.working, 83_333_334);
        for at in 0..periods.len() {
            let own = board.standings.iter().skip(at).step_by(periods.len());
            let sum = own.map(|line| (line.actual, line.target, line.expected)).fold(
                (0, 0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1, sum.2 + own.2));
            let total = &board.totals[at];
            prop_assert_eq!(sum, (total.actual, total.target, total.expected));
        }
        // The month is its weeks.
        let weeks = &board.totals[1..];
        prop_assert_eq!(total.expected, weeks.iter().map(|own| own.expected).sum::<i64>());
        prop_assert_eq!(total.gap, weeks.iter().map(|own| own.gap).sum::<i64>());
        for line in board.standings.iter().chain(&board.totals) {
            prop_assert!(line.elapsed >= Ratio::percent(0) && line.elapsed <= Ratio::percent(100));
            prop_assert!(line.expected >= 0 && line.expected <= line.target);
            prop_assert_eq!(line.gap, line.target - line.actual);
            if let (Some(attainment), Some(pace)) = (line.attainment, line.pace) {
                prop_assert_eq!(attainment.minus(line.elapsed), pace);
            }
            if let Some(projection) = line.projection {
                prop_assert!(projection.low <= projection.middle);
                prop_assert!(projection.middle <= projection.high);
            }
        }
    }

    #[test]
    fn every_grouping_has_the_same_total(lines in lines()) {
        let plan = week();
        let sold = actuals(&plan, &lines, 6);
        let request = BoardRequest::new(0, vec![2], vec![0], "2026-03-09".parse().unwrap());
        let boards = Board::groupings(&plan, &sold, &request).unwrap();
        prop_assert_eq!(&boards[1], &Board::new(&plan, &sold, &request).unwrap());
        prop_assert_eq!(&boards[0].totals, &boards[1].totals);
    }

    #[test]
    fn ranks_count_who_is_better(lines in lines()) {
        let plan = week();
        let sold = actuals(&plan, &lines, 30);
        let as_of = "2026-03-09".parse().unwrap();
        let request = BoardRequest::new(0, vec![2], vec![0], as_of);
        let board = Board::new(&plan, &sold, &request).unwrap();
        let ranked: Vec<(Ratio, u32)> = board.standings.iter()
            .filter_map(|line| Some((line.attainment?, line.rank?))).collect();
        for (attainment, rank) in &ranked {
            let better = ranked.iter().filter(|(other, _)| other > attainment).count();
            prop_assert_eq!(*rank as usize, better + 1);
        }
    }

    #[test]
    fn bridges_add_up_to_the_same_gap(lines in lines(), last in 0usize..31) {
        let plan = march("833333.34");
        let as_of = plan.model().axes()[1].days_of(days(&plan)[last]).unwrap().start;
        let sold = actuals(&plan, &lines, last);
        let mut gaps = Vec::new();
        for by in [BridgeBy::Axis(0), BridgeBy::Periods(1), BridgeBy::Periods(2)] {
            let request = BridgeRequest { measure: 0, members: vec![0], period: 0, as_of, by };
            let bridge = Bridge::new(&plan, &sold, &request).unwrap();
            prop_assert_eq!(bridge.parts.iter().map(|part| part.gap).sum::<i64>(), bridge.gap);
            gaps.push(bridge.gap);
        }
        let request = BoardRequest::new(0, vec![0], vec![0], as_of);
        let board = Board::new(&plan, &sold, &request).unwrap();
        prop_assert!(gaps.iter().all(|gap| *gap == board.totals[0].gap_to_date));
        let series = burn_up(&plan, &sold, 0, &[0], 0, as_of).unwrap();
        prop_assert_eq!(series.base[last] - series.actual[last], gaps[0]);
    }

    #[test]
    fn roll_ups_keep_every_cent_in_order(
        rows in prop::collection::btree_map(
            prop::collection::vec(prop_oneof![4 => 0u32..4, 1 => Just(UNASSIGNED)], 3),
            prop::collection::vec(-100i64..1000, 12), 0..40),
        depths in prop::collection::vec(0usize..=1, 3),
    ) {
        let plan = Plan::new(fenjie_plan::example::definition()).unwrap();
        let model = plan.model();
        let months = model.nodes_at_depth(3, 2);
        let own = Actuals {
            measures: vec![0],
            periods: months,
            members: (0..3).map(|axis| rows.keys().map(|row| row[axis]).collect()).collect(),
            values: vec![rows.values().flatten().copied().collect()],
            ..Actuals::default()
        };
        let quarters = model.nodes_at_depth(3, 1);
        let found = own.rolled_up(model, &depths, &quarters);
        let mut wanted: BTreeMap<Vec<u32>, Vec<i64>> = BTreeMap::new();
        for (members, values) in &rows {
            let upper = members.iter().zip(&depths)
                .map(|(node, depth)| if *depth == 0 { 0 } else { *node });
            let sums = wanted.entry(upper.collect()).or_insert_with(|| vec![0; 4]);
            for (month, value) in values.iter().enumerate() {
                sums[month / 3] += value;
            }
        }
        let got: Vec<(Vec<u32>, Vec<i64>)> = (0..found.row_count())
            .map(|row| (found.members_of(row), found.values_of(0, row).to_vec())).collect();
        prop_assert_eq!(got, wanted.into_iter().collect::<Vec<_>>());
        for (kept, grouping) in own.groupings(model, &[1, 1, 1], &quarters).iter().enumerate() {
            prop_assert_eq!(grouping.total(0), own.total(0), "grouping {}", kept);
            let depths: Vec<usize> = (0..3).map(|axis| kept >> axis & 1).collect();
            prop_assert_eq!(grouping, &own.rolled_up(model, &depths, &quarters));
        }
    }
}
