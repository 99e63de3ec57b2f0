//! The lines behind a figure.

use fenjie_facts::LineFilter;
use fenjie_track::UNASSIGNED;

use crate::{STAMP, bring, date, line, open, plan};

#[test]
fn the_first_lines_and_their_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = open(folder.path());
    let plan = plan();
    bring(
        &mut store,
        "a",
        &[
            line("2026-03-05", ["华东", "A", "线上"], 1).with_id("o1"),
            line("2026-03-04", ["华东", "B", "线上"], 2)
                .with_id("o2")
                .at(9, 30),
            line("2026-04-01", ["火星", "B", "线上"], 3).with_id("o3"),
            line("2025-04-01", ["华东", "B", "线上"], 9).with_id("o9"),
        ],
    );
    bring(
        &mut store,
        "b",
        &[line("2026-03-05", ["华东", "A", "线上"], 5).with_id("o1")],
    );
    let mut filter = LineFilter {
        within: vec![plan.place("region=华东").unwrap().0[0], 0, 0],
        periods: plan.place("month=2026-03").unwrap().0[3..].to_vec(),
        until: None,
    };
    for compacted in [false, true] {
        if compacted {
            store.compact(&STAMP).unwrap();
        }
        let found = store.lines(&plan, &filter, 1).unwrap();
        assert_eq!((found.count, found.lines.len()), (2, 1));
        assert_eq!(found.lines[0].external_id, "o2");
        assert_eq!(found.lines[0].minute, Some(570));
        let found = store.lines(&plan, &filter, 10).unwrap();
        let second = &found.lines[1];
        // The correction is shown, not what it replaced.
        assert_eq!(
            (second.import, second.values[0], second.source_row),
            (2, Some(5), 2)
        );
        assert_eq!((second.date, second.minute), (date("2026-03-05"), None));
        assert_eq!(second.members, ["华东", "A", "线上"]);
    }
    filter.within[0] = UNASSIGNED;
    filter.periods.clear();
    let found = store.lines(&plan, &filter, 10).unwrap();
    assert_eq!(
        (found.count, found.lines[0].members[0].as_str()),
        (1, "火星")
    );
    filter.within[0] = 0;
    assert_eq!(store.lines(&plan, &filter, 10).unwrap().count, 4);
    filter.until = Some(date("2026-03-04"));
    assert_eq!(store.lines(&plan, &filter, 10).unwrap().count, 2);
}
