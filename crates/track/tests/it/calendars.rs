//! Members with days of their own (rules C4, D12), plans without days, what is held back.

use fenjie_calendar::{Coefficient, DayWeights, Level, Slots};
use fenjie_plan::{
    Basis, CalendarBasis, Decimal, Definition, MemberCalendar, MemberRow, Operation, Plan, Tree,
};
use fenjie_track::{
    Actuals, AlertRequest, AlertRules, Board, BoardRequest, Phase, Status, TrackError, alerts,
    burn_up, slot_nodes, slots_today,
};

use crate::shop::{date, decompose, definition, march, member, operations, sales};

fn store_of<'b>(plan: &Plan, board: &'b Board, name: &str) -> &'b fenjie_track::Standing {
    let node = member(plan, name);
    let mut lines = board.standings.iter();
    lines.find(|line| line.members == [node]).unwrap()
}

/// 朝阳店 is closed on Mondays and opens its Fridays in two slots.
fn own_days() -> Definition {
    let levels = [Level::Week, Level::Day, Level::Slot];
    let mut own = definition("2026-03-06..2026-03-12", &levels);
    let mut day_weights = DayWeights::brief();
    day_weights.by_weekday[0] = Coefficient::parse("0").unwrap();
    own.member_calendars.push(MemberCalendar {
        dimension: "org".into(),
        member: "朝阳店".into(),
        day_weights,
        slots: Slots::parse([("开业–12:00", "50"), ("12:00–闭店", "50")]).unwrap(),
    });
    own
}

#[test]
fn elapsed_is_by_the_members_own_calendar() {
    let plan = Plan::replay(own_days(), &operations("85000")).unwrap();
    let actuals = sales(&plan, "徐汇店: 1000\n朝阳店: 1000");
    let request = BoardRequest::new(0, vec![2], vec![0], date("2026-03-08"));
    let board = Board::new(&plan, &actuals, &request).unwrap();
    let usual = store_of(&plan, &board, "徐汇店");
    let north = store_of(&plan, &board, "朝阳店");
    assert_eq!(usual.elapsed.percent_text(1), "52.9%"); // 4.5 of 8.5
    assert_eq!(north.elapsed.percent_text(1), "60.0%"); // 4.5 of 7.5
    assert_eq!((usual.days_left, north.days_left), (4, 3));
    // 21,250 × 4.5 ÷ 7.5, to the cent the sum of its own day targets.
    assert_eq!(north.expected, 1_275_000);
    assert_eq!(board.totals[0].expected, 2_250_000 + 1_125_000 + 1_275_000);
}

#[test]
fn slots_are_the_members_own() {
    let plan = Plan::replay(own_days(), &operations("85000")).unwrap();
    let day = date("2026-03-06");
    let none = Actuals::empty(1, vec![0], slot_nodes(&plan, day).unwrap());
    let store = [member(&plan, "朝阳店")];
    let today = slots_today(&plan, &none, &none, 0, &store, day, 13 * 60).unwrap();
    assert_eq!(today.slots.len(), 2);
    assert_eq!(today.slots[0].label, "开业–12:00");
    assert_eq!(today.slots[0].phase, Phase::Gone);
    assert_eq!(today.slots[1].added, today.slots[0].target);
    assert_eq!(
        today.slots.iter().map(|slot| slot.target).sum::<i64>(),
        today.target
    );
}

#[test]
fn who_joins_in_the_week_has_only_days_from_then_on() {
    let mut own = definition("2026-03-06..2026-03-12", &[Level::Week, Level::Day]);
    let row = |code: &str, parent: Option<&str>, from: Option<&str>| MemberRow {
        code: code.into(),
        name: code.into(),
        parent: parent.map(Into::into),
        from: from.map(date),
        ..MemberRow::default()
    };
    let rows = vec![
        row("公司", None, None),
        row("老店", Some("公司"), None),
        row("新店", Some("公司"), Some("2026-03-10")),
    ];
    own.dimensions[0].tree = Tree::build("org", &["store".into()], rows).unwrap();
    let steps = [
        operations("20000").remove(0),
        decompose("org", Basis::Equal),
        decompose("time.day", Basis::Calendar(CalendarBasis::Coefficients)),
    ];
    let plan = Plan::replay(own, &steps).unwrap();
    let request = BoardRequest::new(0, vec![1], vec![0], date("2026-03-08"));
    let board = Board::new(&plan, &sales(&plan, "老店: 100"), &request).unwrap();
    let new = store_of(&plan, &board, "新店");
    assert_eq!((new.days_gone, new.days_left, new.expected), (0, 3, 0));
    assert_eq!(new.status, Status::NotBegun);
}

#[test]
fn a_plan_of_months_is_due_by_weight_and_has_no_days_to_draw() {
    let own = definition("2026-Q1", &[Level::Quarter, Level::Month]);
    let mut steps = operations("310000");
    steps.pop();
    steps.push(decompose("time.month", Basis::Equal));
    let plan = Plan::replay(own, &steps).unwrap();
    let months = plan.model().nodes_at_depth(1, 1);
    let actuals = Actuals {
        measures: vec![0],
        periods: months[..1].to_vec(),
        members: vec![vec![member(&plan, "徐汇店")]],
        values: vec![vec![1_000_000]],
        ..Actuals::default()
    };
    let request = BoardRequest::new(0, vec![0], vec![0, months[0]], date("2026-01-15"));
    let board = Board::new(&plan, &actuals, &request).unwrap();
    // January weighs 37.7, its first fifteen days 18.0: 103,333.35 × 18.0 ÷ 37.7.
    let january = &board.totals[1];
    // Rounded store by store: 51,666.67 and twice 25,833.34 of 103,333.35 make 4,933,689 cents due.
    assert_eq!((january.target, january.expected), (10_333_335, 4_933_688));
    assert_eq!(january.elapsed.percent_text(4), "47.7454%");
    assert_eq!(board.totals[0].expected, january.expected);
    assert_eq!(january.projection.unwrap().days, 0);
    let series = burn_up(&plan, &actuals, 0, &[0], 0, date("2026-01-15"));
    assert_eq!(series.unwrap_err(), TrackError::NoDays);
    let slots = slot_nodes(&plan, date("2026-01-15"));
    assert_eq!(slots.unwrap_err(), TrackError::NoSlots);
    let outside = slot_nodes(&plan, date("2026-04-01"));
    assert_eq!(
        outside.unwrap_err().to_string(),
        "2026-04-01 lies outside the plan's period [track_outside_plan]"
    );
}

#[test]
fn what_is_held_back_is_nobodys_to_reach() {
    let mut steps = operations("100000");
    if let Operation::Decompose(act) = &mut steps[1] {
        act.hold_back = Some(Decimal::parse("10%").unwrap());
    }
    let levels = [Level::Month, Level::Piece, Level::Day, Level::Slot];
    let plan = Plan::replay(definition("2026-03", &levels), &steps).unwrap();
    let request = BoardRequest::new(0, vec![1], vec![0], date("2026-03-10"));
    let board = Board::new(&plan, &sales(&plan, "徐汇店: 100"), &request).unwrap();
    let ranked: Vec<Option<u32>> = board.standings.iter().map(|line| line.rank).collect();
    assert_eq!(ranked, [Some(1), Some(2), None]);
    assert_eq!(board.standings[2].target, 1_000_000);
    assert_eq!(board.totals[0].target, 10_000_000);
    let request = AlertRequest {
        measure: 0,
        depths: vec![1],
        period: 0,
        as_of: date("2026-03-10"),
        minute: None,
    };
    let found = alerts(
        &plan,
        &sales(&plan, "徐汇店: 100"),
        &request,
        &AlertRules::default(),
    );
    let held = board.standings[2].members.clone();
    assert!(found.unwrap().iter().all(|alert| alert.members != held));
}

#[test]
fn thresholds_are_free() {
    let plan = march("100000");
    let mut request = BoardRequest::new(0, vec![0], vec![0], date("2026-03-10"));
    request.thresholds.far_behind = fenjie_track::Ratio::percent(-50);
    let board = Board::new(&plan, &sales(&plan, ""), &request).unwrap();
    assert_eq!(board.totals[0].status, Status::Behind);
}
