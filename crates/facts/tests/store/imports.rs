//! Imports: the same file twice, ids again, undo in every order, segments put together.

use fenjie_facts::{FactsError, Store};
use fenjie_message::Message;

use crate::{Line, STAMP, bring, columns, file, line, open, plan, total};

fn sale(id: &str, cents: i64) -> Line {
    line("2026-03-02", ["华东", "A", "线上"], cents).with_id(id)
}

#[test]
fn the_same_file_has_no_second_effect() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let lines = [line("2026-03-02", ["华东", "A", "线上"], 500)];
    assert_eq!(bring(&mut store, "march", &lines), 1);
    let (plan, columns) = (plan(), columns(&lines));
    let definition = plan.model().definition();
    let again = store
        .add(columns.clone(), definition, &file("march"), &STAMP)
        .unwrap();
    assert!(again.already);
    assert_eq!((again.number, again.repeated), (1, 1));
    assert_eq!((total(&store), store.imports().len()), (500, 1));
    // Read in another way it is another import.
    let mut otherwise = file("march");
    otherwise.mapping = "date=下单日".into();
    let added = store.add(columns, definition, &otherwise, &STAMP).unwrap();
    assert!(!added.already);
    assert_eq!(total(&store), 1000);
}

#[test]
fn an_undone_file_may_come_again_but_not_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let lines = [line("2026-03-02", ["华东", "A", "线上"], 500)];
    bring(&mut store, "march", &lines);
    store.undo(1, &STAMP).unwrap();
    assert_eq!(total(&store), 0);
    assert_eq!(
        store.undo(1, &STAMP).unwrap_err().code(),
        "import_undone_already"
    );
    assert_eq!(bring(&mut store, "march", &lines), 3);
    assert_eq!(total(&store), 500);
    let refused = store.redo(1, &STAMP).unwrap_err();
    assert_eq!(
        refused,
        FactsError::SameFileInEffect {
            number: 1,
            other: 3
        }
    );
    store.undo(3, &STAMP).unwrap();
    store.redo(1, &STAMP).unwrap();
    assert_eq!(total(&store), 500);
    assert_eq!(
        store.redo(1, &STAMP).unwrap_err().code(),
        "import_in_effect_already"
    );
    assert_eq!(store.undo(2, &STAMP).unwrap_err().code(), "import_unknown");
}

#[test]
fn an_id_is_not_counted_again_and_a_correction_replaces() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(
        &mut store,
        "first",
        &[sale("o1", 100), sale("o2", 200), sale("o3", 300)],
    );
    let (plan, again) = (
        plan(),
        columns(&[sale("o2", 200), sale("o3", 350), sale("o4", 400)]),
    );
    let definition = plan.model().definition();
    let before = store.preview(&again, definition, &file("second")).unwrap();
    let added = store
        .add(again, definition, &file("second"), &STAMP)
        .unwrap();
    assert_eq!(before, added);
    assert_eq!((added.repeated, added.replaced), (1, 1));
    assert_eq!(total(&store), 100 + 200 + 350 + 400);
    store.undo(2, &STAMP).unwrap();
    assert_eq!(total(&store), 600);
    // The repeated line is stated by both: without the first file it still counts.
    store.redo(2, &STAMP).unwrap();
    store.undo(1, &STAMP).unwrap();
    assert_eq!(total(&store), 200 + 350 + 400);
}

#[test]
fn a_shared_sale_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let part = |region: &str, cents| line("2026-03-02", [region, "A", "线上"], cents).with_id("o1");
    bring(&mut store, "first", &[part("华东", 70), part("华南", 30)]);
    let added = |store: &mut Store, name: &str, lines: &[Line]| {
        let plan = plan();
        let definition = plan.model().definition();
        store
            .add(columns(lines), definition, &file(name), &STAMP)
            .unwrap()
    };
    let again = added(&mut store, "again", &[part("华南", 30), part("华东", 70)]);
    assert_eq!((again.repeated, again.replaced), (2, 0));
    let other = added(&mut store, "other", &[part("华东", 100)]);
    assert_eq!((other.repeated, other.replaced), (0, 2));
    assert_eq!(total(&store), 100);
}

/// Three imports that state the same id: whichever are undone, the last one in effect counts.
#[test]
fn whichever_imports_are_undone_the_last_in_effect_counts() {
    for compacted in [false, true] {
        for undone in 0u32..8 {
            let folder = tempfile::tempdir().unwrap();
            let mut store = open(folder.path());
            for (name, cents) in [("a", 1), ("b", 10), ("c", 100)] {
                bring(&mut store, name, &[sale("o1", cents), sale(name, 1000)]);
            }
            if compacted {
                assert_eq!(store.compact(&STAMP).unwrap().segments, 3);
                assert_eq!(store.segments(), 1);
            }
            let mut expected = [1, 10, 100].into_iter().enumerate();
            let expected = expected.rfind(|(at, _)| undone >> at & 1 == 0);
            let others = 1000 * (3 - i64::from(undone.count_ones()));
            for number in (1..=3).filter(|number| undone >> (number - 1) & 1 == 1) {
                store.undo(number, &STAMP).unwrap();
            }
            let expected = expected.map_or(0, |(_, cents)| cents) + others;
            assert_eq!(total(&store), expected, "undone {undone:03b}, {compacted}");
            // And all come back.
            for number in (1..=3).filter(|number| undone >> (number - 1) & 1 == 1) {
                store.redo(number, &STAMP).unwrap();
            }
            assert_eq!(total(&store), 3100);
        }
    }
}

#[test]
fn imports_after_a_compaction_replace_lines_in_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    bring(&mut store, "a", &[sale("o1", 1), sale("o2", 2)]);
    bring(&mut store, "b", &[sale("o1", 10)]);
    store.compact(&STAMP).unwrap();
    let correction = bring(&mut store, "c", &[sale("o2", 20), sale("o1", 100)]);
    assert_eq!(total(&store), 120);
    store.undo(correction, &STAMP).unwrap();
    assert_eq!(total(&store), 12);
    store.redo(correction, &STAMP).unwrap();
    store.compact(&STAMP).unwrap();
    assert_eq!(total(&store), 120);
    store.undo(2, &STAMP).unwrap();
    store.undo(correction, &STAMP).unwrap();
    assert_eq!(total(&store), 3);
    let verified = store.verify().unwrap();
    assert_eq!((verified.files, verified.lines), (3, 5));
}

#[test]
fn lines_that_do_not_belong_to_the_plan_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let plan = plan();
    let definition = plan.model().definition();
    let mut lines = columns(&[sale("o1", 1)]);
    lines.amounts[0].measure = "profit".into();
    let refused = store
        .add(lines, definition, &file("a"), &STAMP)
        .unwrap_err();
    assert_eq!(refused.code(), "lines_invalid");
    assert!(refused.to_string().contains("profit"));
    let mut lines = columns(&[sale("o1", 1)]);
    lines.dates.push(3);
    let refused = store
        .add(lines, definition, &file("a"), &STAMP)
        .unwrap_err();
    assert_eq!(refused.code(), "lines_invalid");
    let stamp = fenjie_exchange::log::Stamp {
        at: "yesterday",
        ..STAMP
    };
    let lines = columns(&[sale("o1", 1)]);
    let refused = store
        .add(lines, definition, &file("a"), &stamp)
        .unwrap_err();
    assert_eq!(refused.code(), "time_invalid");
    assert!(!folder.path().join("facts").exists(), "nothing was begun");
}

#[test]
fn a_file_without_lines_is_an_import_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    assert_eq!(bring(&mut store, "empty", &[]), 1);
    bring(&mut store, "full", &[sale("o1", 7)]);
    assert_eq!(total(&store), 7);
    store.compact(&STAMP).unwrap();
    assert_eq!((total(&store), store.imports()[0].days), (7, None));
}
