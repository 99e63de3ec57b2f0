//! Levels: the last value of each member, added up over members.

use fenjie_facts::{AmountColumn, SalesLines, Store, TextColumn, actuals_of};
use fenjie_plan::{LevelPeriod, Measure, MeasureKind, Plan, example};

use crate::{STAMP, day_number, file, request};

/// The brief's plan with a second measure: people employed.
fn plan() -> Plan {
    let mut definition = example::definition();
    definition.measures.push(Measure {
        kind: MeasureKind::Level(LevelPeriod::Last),
        ..Measure::sales("people", "人数")
    });
    Plan::new(definition).unwrap()
}

fn lines(rows: &[(&str, u32, Option<i64>)]) -> SalesLines {
    let one = |text: &str| TextColumn {
        dictionary: vec![text.into()],
        codes: vec![0; rows.len()],
    };
    SalesLines {
        dates: rows.iter().map(|(day, ..)| day_number(day)).collect(),
        members: vec![
            TextColumn {
                dictionary: vec!["华东".into(), "华南".into()],
                codes: rows.iter().map(|(_, region, _)| *region).collect(),
            },
            one("A"),
            one("线上"),
        ],
        amounts: vec![
            AmountColumn {
                measure: "sales".into(),
                values: vec![1; rows.len()],
                present: Vec::new(),
            },
            AmountColumn {
                measure: "people".into(),
                values: rows
                    .iter()
                    .map(|(.., people)| people.unwrap_or(0))
                    .collect(),
                present: rows.iter().map(|(.., people)| people.is_some()).collect(),
            },
        ],
        source_rows: (2..).take(rows.len()).collect(),
        ..SalesLines::default()
    }
}

#[test]
fn the_last_value_of_each_member_is_added_up() {
    let plan = plan();
    let lines = lines(&[
        ("2026-01-20", 0, Some(12)),
        ("2026-01-05", 0, Some(10)),
        ("2026-01-25", 0, None),
        ("2026-01-07", 1, Some(5)),
        ("2026-02-07", 1, Some(6)),
        ("2026-02-07", 1, Some(7)),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    let definition = plan.model().definition();
    store
        .add(lines.clone(), definition, &file("a"), &STAMP)
        .unwrap();
    let mut asked = request(&plan, [0, 0, 0]);
    asked.measures = vec![1, 0];
    let actuals = store.actuals(&plan, &asked).unwrap();
    // January: 12 in the east and 5 in the south; in February the south alone said something.
    assert_eq!(actuals.values[0][..3], [17, 7, 0]);
    assert_eq!(actuals.values[1][..3], [4, 2, 0]);
    assert_eq!(actuals.measures, [1, 0]);
    assert_eq!(actuals_of(&lines, &plan, &asked).unwrap(), actuals);
    asked.depths = vec![1, 0, 0];
    let by_region = store.actuals(&plan, &asked).unwrap();
    assert_eq!(by_region.members[0].len(), 2);
    assert_eq!(by_region.values[0][..2], [12, 0]);
    assert_eq!(by_region.values[0][12..14], [5, 7]);
}

#[test]
fn a_value_of_zero_is_told_from_none() {
    let plan = plan();
    let lines = lines(&[
        ("2026-01-05", 0, Some(10)),
        ("2026-01-20", 0, Some(0)),
        ("2026-02-07", 1, None),
        ("2026-02-08", 1, Some(3)),
    ]);
    let mut asked = request(&plan, [1, 0, 0]);
    asked.measures = vec![1, 0];
    let actuals = actuals_of(&lines, &plan, &asked).unwrap();
    assert_eq!(actuals.values[0][..2], [0, 0]);
    assert_eq!(actuals.values[0][12..14], [0, 3]);
    // In January the east said zero, and the south nothing.
    let zeros: Vec<(usize, usize, usize)> = actuals.zeros.iter().copied().collect();
    assert_eq!(zeros, [(0, 0, 0)]);
    asked.measures = vec![0, 1];
    let turned = actuals_of(&lines, &plan, &asked).unwrap();
    assert!(turned.zeros.contains(&(1, 0, 0)));
}
