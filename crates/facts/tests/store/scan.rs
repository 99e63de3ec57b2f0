//! Sums by members and periods, compared with sums made line by line.

use fenjie_facts::{Store, actuals_of};
use fenjie_message::Message;
use fenjie_track::UNASSIGNED;

use crate::{Line, bring, columns, date, line, open, plan, request, slow_sums};

fn some_lines() -> Vec<Line> {
    vec![
        line("2026-01-01", ["华东", "A", "线上"], 100),
        line("2026-01-31", ["华东", "A", "线上"], 50),
        line("2026-02-01", ["华东", "B", "线下"], 7),
        line("2026-07-15", ["火星", "A", "线上"], 1000),
        line("2026-07-15", ["华南", "", "线上"], 2000),
        line("2026-12-31", ["华南", "C", "合作伙伴"], -30),
        line("2025-12-31", ["华南", "C", "合作伙伴"], 9999),
        line("2027-01-01", ["华南", "C", "合作伙伴"], 9999),
    ]
}

fn stored(lines: &[Line]) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "all", lines);
    (folder, store)
}

#[test]
fn every_line_is_in_one_cell() {
    let (plan, lines) = (plan(), some_lines());
    let (_folder, store) = stored(&lines);
    for depths in [[0, 0, 0], [1, 0, 0], [0, 1, 1], [1, 1, 1]] {
        let request = request(&plan, depths);
        let expected = slow_sums(&plan, &request, &lines);
        assert_eq!(
            store.actuals(&plan, &request).unwrap(),
            expected,
            "{depths:?}"
        );
        let direct = actuals_of(&columns(&lines), &plan, &request).unwrap();
        assert_eq!(direct, expected, "{depths:?} in memory");
    }
}

#[test]
fn unknown_members_are_kept_apart_and_counted() {
    let (plan, lines) = (plan(), some_lines());
    let (_folder, store) = stored(&lines);
    let actuals = store.actuals(&plan, &request(&plan, [1, 0, 0])).unwrap();
    let last = actuals.members[0].len() - 1;
    assert_eq!(actuals.members[0][last], UNASSIGNED);
    assert_eq!(actuals.values[0][last * 12..].iter().sum::<i64>(), 1000);
    assert_eq!((actuals.lines, actuals.unassigned_lines), (6, 2));
    // The last day looked at is the last one that counts: 1 January 2027 is behind it.
    assert_eq!(
        (actuals.outside_lines, actuals.through),
        (1, Some(date("2026-12-31")))
    );
}

#[test]
fn only_what_was_asked_for_is_added() {
    let (plan, lines) = (plan(), some_lines());
    let (_folder, store) = stored(&lines);
    let mut asked = request(&plan, [1, 1, 0]);
    asked.until = date("2026-01-31");
    asked.within[0] = plan.place("region=华东").unwrap().0[0];
    let actuals = store.actuals(&plan, &asked).unwrap();
    assert_eq!(actuals, slow_sums(&plan, &asked, &lines));
    assert_eq!(actuals.lines, 2);
    asked.periods.truncate(1);
    asked.until = date("2026-12-31");
    assert_eq!(store.actuals(&plan, &asked).unwrap().lines, 2);
    asked.within[0] = plan.place("region=华西").unwrap().0[0];
    let none = store.actuals(&plan, &asked).unwrap();
    assert_eq!(
        (none.lines, none.members[0].len(), none.through),
        (0, 0, None)
    );
}

#[test]
fn slots_take_lines_by_their_minute() {
    let plan = plan();
    let at = |hour, minute| line("2026-03-02", ["华东", "A", "线上"], 1).at(hour, minute);
    let lines = [
        at(9, 59),
        at(10, 0),
        at(13, 59),
        at(16, 0),
        at(23, 59),
        line("2026-03-02", ["华东", "A", "线上"], 100),
        line("2026-03-03", ["华东", "A", "线上"], 5000),
    ];
    let (_folder, store) = stored(&lines);
    let mut asked = request(&plan, [0, 0, 0]);
    let axes = plan.model().axes();
    let day = plan.place("day=2026-03-02").unwrap().0[3];
    let next = plan.place("day=2026-03-03").unwrap().0[3];
    asked.periods = axes[3].tree.children(day).chain([next]).collect();
    let actuals = store.actuals(&plan, &asked).unwrap();
    // A line without a time is one of the first slot.
    assert_eq!(actuals.values[0], [101, 2, 0, 2, 5000]);
    assert_eq!(actuals.lines, 7);
}

#[test]
fn sums_at_the_edge_are_exact_or_refused() {
    let plan = plan();
    let huge = |cents| line("2026-03-02", ["华东", "A", "线上"], cents);
    let lines = [huge(i64::MAX), huge(i64::MAX), huge(-i64::MAX), huge(-7)];
    let (_folder, store) = stored(&lines);
    let asked = request(&plan, [0, 0, 0]);
    let sum: i64 = store.actuals(&plan, &asked).unwrap().values[0].iter().sum();
    assert_eq!(sum, i64::MAX - 7, "no order of adding matters");
    let (_folder, store) = stored(&lines[..2]);
    let refused = store.actuals(&plan, &asked).unwrap_err();
    assert_eq!(refused.code(), "sum_too_large");
    assert!(refused.to_string().contains("sales"));
}

#[test]
fn requests_that_do_not_fit_the_plan_are_refused() {
    let (plan, (_folder, store)) = (plan(), stored(&some_lines()));
    let mut asked = request(&plan, [0, 0, 0]);
    asked.depths.pop();
    assert_eq!(
        store.actuals(&plan, &asked).unwrap_err().code(),
        "request_invalid"
    );
    let mut asked = request(&plan, [0, 0, 0]);
    asked.within[1] = 77;
    assert_eq!(
        store.actuals(&plan, &asked).unwrap_err().code(),
        "request_invalid"
    );
    let mut asked = request(&plan, [0, 0, 0]);
    asked.measures = vec![4];
    assert_eq!(
        store.actuals(&plan, &asked).unwrap_err().code(),
        "request_invalid"
    );
    let mut asked = request(&plan, [0, 0, 0]);
    asked.periods = vec![u32::MAX];
    assert_eq!(
        store.actuals(&plan, &asked).unwrap_err().code(),
        "request_invalid"
    );
}
