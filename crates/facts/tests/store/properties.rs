//! What holds for any sales lines, imports and orders.

use proptest::prelude::*;

use crate::{Line, STAMP, bring, day_number, open, plan, request, slow_sums, total};

fn any_line() -> impl Strategy<Value = Line> {
    let texts = |known: &'static [&'static str]| prop::sample::select(known);
    (
        -20i32..400,
        texts(&["华东", "华南", "东北", "火星", ""]),
        texts(&["A", "B", "C", "D"]),
        texts(&["线上", "线下"]),
        -1_000_000i64..1_000_000,
        0u32..40,
    )
        .prop_map(|(day, region, product, channel, cents, id)| Line {
            day: day_number("2026-01-01") + day,
            minute: -1,
            members: [region.into(), product.into(), channel.into()],
            cents,
            id: if id < 12 {
                format!("o{id}")
            } else {
                String::new()
            },
        })
}

/// The lines that count: of each id those of the last import in effect that states it.
fn counting(imports: &[(Vec<Line>, bool)]) -> Vec<Line> {
    let in_effect = || imports.iter().enumerate().filter(|(_, (_, on))| *on);
    let mut lines = Vec::new();
    for (at, (own, _)) in in_effect() {
        for line in own {
            let later = in_effect().any(|(other, (theirs, _))| {
                other > at && !line.id.is_empty() && theirs.iter().any(|one| one.id == line.id)
            });
            if !later {
                lines.push(line.clone());
            }
        }
    }
    lines
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn imports_undone_brought_back_and_put_together_are_what_they_say(
        files in prop::collection::vec(prop::collection::vec(any_line(), 0..30), 1..5),
        steps in prop::collection::vec((0usize..6, 0usize..4), 0..8),
        depths in prop::array::uniform3(0usize..2),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (plan, mut store) = (plan(), open(folder.path()));
        let mut imports = Vec::new();
        let mut numbers = Vec::new();
        let mut files = files.into_iter();
        for (step, at) in steps.into_iter().chain([(0, 0); 4]) {
            match step {
                0..3 => {
                    if let Some(lines) = files.next() {
                        let name = format!("f{}", imports.len());
                        numbers.push(bring(&mut store, &name, &lines));
                        imports.push((lines, true));
                    }
                }
                3 | 4 if at < imports.len() => {
                    if imports[at].1 {
                        store.undo(numbers[at], &STAMP).unwrap();
                    } else {
                        store.redo(numbers[at], &STAMP).unwrap();
                    }
                    imports[at].1 = !imports[at].1;
                }
                _ => {
                    store.compact(&STAMP).unwrap();
                }
            }
        }
        let request = request(&plan, depths);
        let expected = slow_sums(&plan, &request, &counting(&imports));
        prop_assert_eq!(&store.actuals(&plan, &request).unwrap(), &expected);
        prop_assert_eq!(&open(folder.path()).actuals(&plan, &request).unwrap(), &expected);
        store.compact(&STAMP).unwrap();
        prop_assert_eq!(&store.actuals(&plan, &request).unwrap(), &expected);
        store.verify().unwrap();
    }

    #[test]
    fn the_order_of_rows_changes_nothing(
        lines in prop::collection::vec(any_line(), 0..60),
        depths in prop::array::uniform3(0usize..2),
    ) {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut first, mut second) = (open(one.path()), open(other.path()));
        let mut turned = lines.clone();
        turned.reverse();
        bring(&mut first, "a", &lines);
        bring(&mut second, "a", &turned);
        let plan = plan();
        let request = request(&plan, depths);
        let actuals = first.actuals(&plan, &request).unwrap();
        prop_assert_eq!(&actuals, &second.actuals(&plan, &request).unwrap());
        // Totals equal the file's, but for the days outside the plan.
        let year = day_number("2026-01-01")..=day_number("2026-12-31");
        let inside = lines.iter().filter(|line| year.contains(&line.day));
        prop_assert_eq!(total(&first), inside.map(|line| line.cents).sum::<i64>());
    }

    #[test]
    fn the_order_of_imports_without_ids_changes_nothing(
        files in prop::collection::vec(prop::collection::vec(any_line(), 0..20), 1..5),
    ) {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (mut first, mut second) = (open(one.path()), open(other.path()));
        let plain = |lines: &[Line]| -> Vec<Line> {
            lines.iter().cloned().map(|line| line.with_id("")).collect()
        };
        for (at, lines) in files.iter().enumerate() {
            bring(&mut first, &format!("f{at}"), &plain(lines));
        }
        for (at, lines) in files.iter().enumerate().rev() {
            bring(&mut second, &format!("f{at}"), &plain(lines));
        }
        let plan = plan();
        let request = request(&plan, [1, 1, 1]);
        let (first, second) = (first.actuals(&plan, &request), second.actuals(&plan, &request));
        prop_assert_eq!(first.unwrap(), second.unwrap());
    }
}
