//! A store's day without the plan: equal to the plan's own answer, never older than the log.

use std::fs;

use fenjie_exchange::log::PlanLog;
use fenjie_facts::today_index::{DayKey, DayTargets};
use fenjie_facts::{DayLine, Store};
use fenjie_plan::{Address, Operation, Plan, example};
use fenjie_track::slot_nodes;

use crate::{STAMP, bring, date, line};

const PLAN: &str = r#"
plan = "两店"
period = "2026"
measure = { name = "销售额", code = "sales" }
total = "1000万"

[axes]
shop = { members = "org.csv" }

[[do]]
decompose = "shop"
by = { attribute = "people" }
"#;

#[test]
fn a_kept_day_equals_the_plans_own() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    let day = date("2026-03-06");
    fs::write(folder.path().join("log.jsonl"), "a log").unwrap();
    let key = DayKey::of(folder.path(), "sales", day).unwrap();
    assert!(DayTargets::open(folder.path(), &key).is_none());
    assert_eq!(
        DayTargets::build(folder.path(), &key, &plan, 0, day).unwrap(),
        5
    );
    let mut kept = DayTargets::open(folder.path(), &key).unwrap();
    assert_eq!(kept.slots().len(), 4);
    assert_eq!((kept.slots()[1].from, kept.slots()[1].to), (600, 840));
    let slots = slot_nodes(&plan, day).unwrap();
    for node in 1..=5 {
        let code = plan.model().axes()[0].tree.code(node);
        let own = plan
            .working(0)
            .unwrap()
            .series(&[node, 0, 0], &slots)
            .unwrap();
        assert_eq!(kept.find(code).unwrap().targets, own);
    }
    assert_eq!(kept.find("火星"), None);
    // Another day, measure or log has no kept day.
    let other = DayKey::of(folder.path(), "sales", date("2026-03-07")).unwrap();
    assert!(DayTargets::open(folder.path(), &other).is_none());
    fs::write(folder.path().join("log.jsonl"), "a log that went on").unwrap();
    let other = DayKey::of(folder.path(), "sales", day).unwrap();
    assert!(DayTargets::open(folder.path(), &other).is_none());
}

#[test]
fn a_damaged_kept_day_is_never_believed() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    let day = date("2026-03-06");
    fs::write(folder.path().join("log.jsonl"), "a log").unwrap();
    let key = DayKey::of(folder.path(), "sales", day).unwrap();
    DayTargets::build(folder.path(), &key, &plan, 0, day).unwrap();
    let path = folder.path().join("cache/today.bin");
    let whole = fs::read(&path).unwrap();
    let truth = DayTargets::open(folder.path(), &key)
        .unwrap()
        .find("华东")
        .unwrap();
    let rows = whole.len() - 5 * (8 * 4 + 24 + 6);
    for at in rows..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        fs::write(&path, &bytes).unwrap();
        let found = DayTargets::open(folder.path(), &key).and_then(|mut kept| kept.find("华东"));
        assert!(found.is_none_or(|found| found == truth), "byte {at}");
    }
    for at in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..at]).unwrap();
        let found = DayTargets::open(folder.path(), &key).and_then(|mut kept| kept.find("华东"));
        assert!(found.is_none_or(|found| found == truth), "cut at {at}");
    }
}

#[test]
fn a_change_of_the_plan_makes_the_kept_day_stale() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("plan.toml");
    fs::write(&file, PLAN).unwrap();
    fs::write(folder.path().join("org.csv"), "code,people\nS1,2\nS2,1\n").unwrap();
    let directory = folder.path().join("plan");
    let mut log = PlanLog::create(&directory, &file, &STAMP).unwrap();
    let before = DayKey::of(&directory, "sales", date("2026-03-06")).unwrap();
    let release = Operation::Release {
        measure: String::new(),
        at: Address::parse("shop=S1").unwrap(),
    };
    log.append(&release, &STAMP).unwrap();
    let after = DayKey::of(&directory, "sales", date("2026-03-06")).unwrap();
    assert_ne!(before, after);
}

#[test]
fn a_members_lines_of_a_day_are_found_without_the_plan() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let sale = |day: &str, region: &str, cents| line(day, [region, "A", "线上"], cents);
    bring(
        &mut store,
        "a",
        &[
            sale("2026-03-06", "华东", 1).at(9, 0).with_id("o1"),
            sale("2026-03-06", "华东", 2).with_id("o2"),
            sale("2026-03-06", "华南", 4).at(9, 0),
            sale("2026-03-07", "华东", 8).at(9, 0),
        ],
    );
    let second = bring(
        &mut store,
        "b",
        &[sale("2026-03-06", "华东", 16).at(8, 0).with_id("o1")],
    );
    let day = (date("2026-03-06"), date("2026-03-06"));
    let lines = |store: &Store| store.day_lines("region", "华东", "sales", day).unwrap();
    let line = |minute, amount| DayLine {
        day: date("2026-03-06"),
        minute,
        amount,
    };
    assert_eq!(lines(&store), [line(None, 2), line(Some(480), 16)]);
    store.compact(&STAMP).unwrap();
    assert_eq!(lines(&store), [line(None, 2), line(Some(480), 16)]);
    store.undo(second, &STAMP).unwrap();
    assert_eq!(lines(&store), [line(None, 2), line(Some(540), 1)]);
    assert_eq!(store.day_lines("region", "火星", "sales", day).unwrap(), []);
    assert_eq!(store.day_lines("shop", "华东", "sales", day).unwrap(), []);
}
