//! A store's slots on a day (rule C5): 徐汇店 on Friday 2026-03-06 has 6,000.00 of the brief's week, in
//! slots of 600, 1,800, 1,800 and 1,800.

use expect_test::{Expect, expect};
use fenjie_message::Lang;
use fenjie_track::{Actuals, Phase, slot_nodes, slots_today};

use crate::shop::{date, member, week};

fn check(done: [i64; 4], without_time: i64, minute: u16, wanted: Expect) {
    let plan = week();
    let day = date("2026-03-06");
    let store = member(&plan, "徐汇店");
    let by_slot = Actuals {
        measures: vec![0],
        periods: slot_nodes(&plan, day).unwrap(),
        members: vec![vec![store]],
        values: vec![done.iter().map(|own| own * 100).collect()],
        ..Actuals::default()
    };
    let by_day = Actuals {
        periods: vec![crate::shop::period(&plan, "day=2026-03-06")],
        values: vec![vec![(done.iter().sum::<i64>() + without_time) * 100]],
        ..by_slot.clone()
    };
    let today = slots_today(&plan, &by_slot, &by_day, 0, &[store], day, minute).unwrap();
    let yuan = |count: i64| plan.step(0).format(count);
    let mut text = format!(
        "{} of {}, {} left, due {} = {}, {}\n",
        yuan(today.done),
        yuan(today.target),
        yuan(today.left),
        yuan(today.expected),
        today.elapsed.percent_text(1),
        today.status.text(Lang::Zh),
    );
    for slot in &today.slots {
        let phase = match slot.phase {
            Phase::Gone => "gone",
            Phase::Running => "running",
            Phase::ToCome => "to come",
        };
        text += &format!(
            "{} {} + {} = {}, done {}, left {}, {phase}\n",
            slot.label,
            yuan(slot.target),
            yuan(slot.added),
            yuan(slot.working),
            yuan(slot.done),
            yuan(slot.left),
        );
    }
    wanted.assert_eq(&text);
}

#[test]
fn what_the_morning_missed_goes_to_the_rest_of_the_day() {
    check(
        [600, 900, 0, 0],
        0,
        15 * 60,
        expect![[r#"
        1500.00 of 6000.00, 4500.00 left, due 3300.00 = 55.0%, ▼ 落后
        开业–10:00 600.00 + 0.00 = 600.00, done 600.00, left 0.00, gone
        10:00–14:00 1800.00 + 0.00 = 1800.00, done 900.00, left 900.00, gone
        14:00–16:00 1800.00 + 450.00 = 2250.00, done 0.00, left 2250.00, running
        16:00–闭店 1800.00 + 450.00 = 2250.00, done 0.00, left 2250.00, to come
    "#]],
    );
}

#[test]
fn a_good_morning_changes_nothing_later() {
    check(
        [1000, 1800, 500, 0],
        0,
        14 * 60,
        expect![[r#"
        3300.00 of 6000.00, 2700.00 left, due 2400.00 = 40.0%, ▲ 领先
        开业–10:00 600.00 + 0.00 = 600.00, done 1000.00, left 0.00, gone
        10:00–14:00 1800.00 + 0.00 = 1800.00, done 1800.00, left 0.00, gone
        14:00–16:00 1800.00 + 0.00 = 1800.00, done 500.00, left 1300.00, running
        16:00–闭店 1800.00 + 0.00 = 1800.00, done 0.00, left 1800.00, to come
    "#]],
    );
}

#[test]
fn nothing_sold_all_day() {
    check(
        [0, 0, 0, 0],
        0,
        24 * 60 - 1,
        expect![[r#"
        0.00 of 6000.00, 6000.00 left, due 5996.25 = 99.9%, ▼ 落后
        开业–10:00 600.00 + 0.00 = 600.00, done 0.00, left 600.00, gone
        10:00–14:00 1800.00 + 200.00 = 2000.00, done 0.00, left 2000.00, gone
        14:00–16:00 1800.00 + 1200.00 = 3000.00, done 0.00, left 3000.00, gone
        16:00–闭店 1800.00 + 4200.00 = 6000.00, done 0.00, left 6000.00, running
    "#]],
    );
    check(
        [0, 0, 0, 0],
        0,
        0,
        expect![[r#"
        0.00 of 6000.00, 6000.00 left, due 0.00 = 0.0%, ○ 未开始
        开业–10:00 600.00 + 0.00 = 600.00, done 0.00, left 600.00, running
        10:00–14:00 1800.00 + 0.00 = 1800.00, done 0.00, left 1800.00, to come
        14:00–16:00 1800.00 + 0.00 = 1800.00, done 0.00, left 1800.00, to come
        16:00–闭店 1800.00 + 0.00 = 1800.00, done 0.00, left 1800.00, to come
    "#]],
    );
}

#[test]
fn lines_without_a_time_count_for_the_day_and_for_what_is_short() {
    check(
        [300, 900, 0, 0],
        500,
        15 * 60,
        expect![[r#"
        1700.00 of 6000.00, 4300.00 left, due 3300.00 = 55.0%, ▼ 落后
        开业–10:00 600.00 + 0.00 = 600.00, done 300.00, left 300.00, gone
        10:00–14:00 1800.00 + 0.00 = 1800.00, done 900.00, left 900.00, gone
        14:00–16:00 1800.00 + 350.00 = 2150.00, done 0.00, left 2150.00, running
        16:00–闭店 1800.00 + 350.00 = 2150.00, done 0.00, left 2150.00, to come
    "#]],
    );
}

#[test]
fn slots_of_members_nobody_knows_have_no_target() {
    let plan = week();
    let day = date("2026-03-06");
    let none = Actuals::empty(1, vec![0], slot_nodes(&plan, day).unwrap());
    let unknown = [fenjie_track::UNASSIGNED];
    let today = slots_today(&plan, &none, &none, 0, &unknown, day, 720).unwrap();
    assert_eq!((today.target, today.slots.len()), (0, 4));
    assert_eq!(today.status, fenjie_track::Status::NoTarget);
}
