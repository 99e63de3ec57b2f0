//! Levels and ratios against what was stated (rules D11, T3).

use fenjie_calendar::Level;
use fenjie_plan::{
    Address, Decimal, LevelPeriod, Measure, MeasureKind, Operation, Plan, TotalAmount, Trend,
};
use fenjie_track::{Actuals, Status, TrackError, stated_board};

use crate::shop::{date, definition, member};

fn plan() -> Plan {
    let levels = [Level::Quarter, Level::Month];
    let mut own = definition("2026-Q1", &levels);
    let flow = |code: &str| Measure {
        step: fenjie_money::Step::one(),
        ..Measure::sales(code, code)
    };
    let other = |code: &str, kind: MeasureKind, trend: Option<Trend>| Measure {
        kind,
        trend,
        ..Measure::sales(code, code)
    };
    let ratio = MeasureKind::Ratio {
        numerator: Some("deals".into()),
        denominator: Some("visits".into()),
    };
    own.measures.push(flow("deals"));
    own.measures.push(flow("visits"));
    own.measures.push(other("rate", ratio, None));
    own.measures
        .push(other("csat", MeasureKind::Level(LevelPeriod::Mean), None));
    let level = MeasureKind::Level(LevelPeriod::Last);
    own.measures
        .push(other("complaints", level, Some(Trend::Falling)));
    let state = |measure: &str, at: &str, value: &str| Operation::State {
        measure: measure.into(),
        at: Address::parse(at).unwrap(),
        value: Decimal::parse(value).unwrap(),
    };
    let total = |measure: &str, amount: &str| Operation::Total {
        measure: measure.into(),
        amount: TotalAmount::Amount(amount.into()),
    };
    let operations = [
        total("deals", "100"),
        total("visits", "400"),
        state("csat", "org=徐汇店, month=2026-01", "85"),
        state("csat", "org=徐汇店, month=2026-02", "88"),
        state("complaints", "quarter=2026-Q1", "10"),
    ];
    Plan::replay(own, &operations).unwrap()
}

#[test]
fn a_ratio_is_made_of_sums_not_of_ratios() {
    // 30 of 100 and 10 of 100 visits: 20 %, which happens to be the mean; 90 of 300 and 1 of 100 is
    // 22.75 %, which is not.
    let plan = plan();
    let actuals = Actuals {
        measures: vec![1, 2],
        periods: plan.model().nodes_at_depth(1, 1)[..1].to_vec(),
        members: vec![vec![member(&plan, "徐汇店"), member(&plan, "朝阳店")]],
        values: vec![vec![90, 1], vec![300, 100]],
        ..Actuals::default()
    };
    let found = stated_board(&plan, &actuals, 3, &[0], &[0], date("2026-01-31")).unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].target.unwrap().percent_text(2), "25.00%");
    assert_eq!(found[0].actual.unwrap().percent_text(2), "22.75%");
    assert_eq!(found[0].difference.unwrap().points_text(2), "-2.25");
    assert_eq!(found[0].status, Status::FarBehind);
}

#[test]
fn a_level_counts_where_it_was_taken_and_is_not_summed() {
    let plan = plan();
    let store = member(&plan, "徐汇店");
    let actuals = Actuals {
        measures: vec![4],
        periods: plan.model().nodes_at_depth(1, 1),
        members: vec![vec![store]],
        values: vec![vec![8500, 0, 8800]],
        ..Actuals::default()
    };
    let whole = stated_board(&plan, &actuals, 4, &[2], &[0], date("2026-03-31")).unwrap();
    // The mean of what was taken: 85 and 88, the month without a value left out.
    assert_eq!(whole[0].actual.unwrap().rounded(2), 8650);
    assert_eq!(whole[0].target.unwrap().rounded(2), 8650);
    assert_eq!(whole[0].status, Status::Reached);
    let company = stated_board(&plan, &actuals, 4, &[0], &[0], date("2026-03-31")).unwrap();
    assert!(company.is_empty(), "a store's level is not the company's");
}

#[test]
fn what_should_fall_is_reached_from_above() {
    let plan = plan();
    let january = plan.model().nodes_at_depth(1, 1)[..1].to_vec();
    let taken = |value: i64| Actuals {
        measures: vec![5],
        periods: january.clone(),
        members: vec![vec![0]],
        values: vec![vec![value * 100]],
        ..Actuals::default()
    };
    for (value, as_of, status) in [
        (9, "2026-02-01", Status::Reached),
        (10, "2026-02-01", Status::Reached),
        (11, "2026-02-01", Status::FarBehind),
        (11, "2026-03-31", Status::Missed),
    ] {
        let found = stated_board(&plan, &taken(value), 5, &[0], &[0], date(as_of)).unwrap();
        assert_eq!(found[0].status, status, "{value} on {as_of}");
    }
}

#[test]
fn a_flow_has_a_board_of_its_own() {
    let none = Actuals::empty(1, vec![], vec![]);
    let error = stated_board(&plan(), &none, 0, &[0], &[0], date("2026-01-01")).unwrap_err();
    assert_eq!(
        error,
        TrackError::AFlow {
            measure: "sales".into()
        }
    );
}

#[test]
fn nothing_of_it_is_a_value_too() {
    // No complaint at all in January, none counted in February: the target of 10 at most is reached.
    let plan = plan();
    let store = member(&plan, "徐汇店");
    let months = plan.model().nodes_at_depth(1, 1);
    let mut actuals = Actuals {
        measures: vec![5],
        periods: months.clone(),
        members: vec![vec![0, store]],
        values: vec![vec![0, 0, 0, 300, 0, 0]],
        ..Actuals::default()
    };
    let board = |actuals: &Actuals, periods: &[u32]| {
        stated_board(&plan, actuals, 5, &[0], periods, date("2026-02-28")).unwrap()
    };
    let none = board(&actuals, &[0]);
    assert_eq!((none[0].actual, none[0].status), (None, Status::NotBegun));
    actuals.zeros.insert((0, 0, 0));
    let january = board(&actuals, &[0, months[0], months[1]]);
    assert_eq!(january.len(), 2, "February has neither target nor value");
    assert_eq!(january[0].actual.unwrap().rounded(0), 0);
    assert_eq!(january[0].difference.unwrap().rounded(0), -10);
    assert_eq!(january[0].status, Status::Reached);
    // 3 on the last day of January at the store, then 0: the last one counts, the mean is 1.5.
    actuals.zeros.insert((0, 1, 1));
    let rolled = actuals.rolled_up(plan.model(), &[2], &[0]);
    assert_eq!(rolled.row(&[store]), Some(&[0][..]));
    assert!(
        rolled
            .zeros
            .contains(&(0, rolled.find(&[store]).unwrap(), 0))
    );
    actuals.measures = vec![4];
    let rolled = actuals.rolled_up(plan.model(), &[2], &[0]);
    assert_eq!(rolled.row(&[store]), Some(&[150][..]));
    // Looked at from January, February is not known yet.
    let earlier = actuals.until(plan.model(), date("2026-01-31"));
    assert_eq!(earlier.zeros.len(), 1);
}

#[test]
fn no_deal_of_a_hundred_visits_is_a_rate_of_nothing() {
    let plan = plan();
    let actuals = Actuals {
        measures: vec![1, 2],
        periods: vec![0],
        members: vec![vec![member(&plan, "徐汇店")]],
        values: vec![vec![0], vec![100]],
        ..Actuals::default()
    };
    let found = stated_board(&plan, &actuals, 3, &[0], &[0], date("2026-03-31")).unwrap();
    assert_eq!(found[0].actual.unwrap().percent_text(1), "0.0%");
    assert_eq!(found[0].status, Status::Missed);
}
