//! What every pack keeps, whatever was sold.

use fenjie_message::Lang;
use fenjie_review::{Pack, Span, markdown};
use proptest::prelude::*;

use crate::chain::{Sale, pack, plan};

const SHOPS: [&str; 4] = ["S1", "S2", "S3", "S4"];
const DAYS: [&str; 6] = [
    "2026-02-27",
    "2026-03-01",
    "2026-03-05",
    "2026-03-06",
    "2026-03-12",
    "2026-03-31",
];
const WEEKS: [(&str, &str); 3] = [
    ("2026-W09", "2026-03-05"),
    ("2026-W10", "2026-03-09"),
    ("2026-W10", "2026-03-20"),
];

/// Twice the columns for what is twice as wide.
fn columns(line: &str) -> usize {
    let wide = |c: char| matches!(c as u32, 0x2e80..=0xa4cf | 0xff00..=0xff60);
    line.chars().map(|c| if wide(c) { 2 } else { 1 }).sum()
}

fn check(pack: &Pack) {
    for bridge in &pack.bridges {
        let others = bridge.others.as_ref().map(|(_, line)| line);
        let parts = || bridge.parts.iter().chain(others);
        assert_eq!(parts().map(|part| part.gap).sum::<i64>(), bridge.total.gap);
        assert_eq!(
            parts().map(|part| part.target).sum::<i64>(),
            bridge.total.target
        );
        assert_eq!(
            parts().map(|part| part.actual).sum::<i64>(),
            bridge.total.actual
        );
    }
    for line in &pack.results {
        let own = &line.figures;
        assert_eq!(own.working, own.base + own.carried);
        assert_eq!(own.gap, own.target - own.actual);
        assert_eq!(own.gap_to_date, own.expected - own.actual);
    }
    for pair in pack.people.need_help.windows(2) {
        assert!(pair[0].month.gap_to_date >= pair[1].month.gap_to_date);
    }
    for lang in [Lang::Zh, Lang::En] {
        let text = markdown(&pack.document(lang));
        let lines: Vec<&str> = text.lines().collect();
        for pair in lines.windows(2) {
            if pair.iter().all(|line| line.starts_with('|')) {
                assert_eq!(
                    columns(pair[0]),
                    columns(pair[1]),
                    "{}\n{}",
                    pair[0],
                    pair[1]
                );
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn parts_sum_and_columns_line_up(
        sold in prop::collection::vec((0usize..4, 0usize..6, -5_000i64..90_000), 0..30),
        week in 0usize..3,
    ) {
        let plan = plan();
        let sales: Vec<Sale> =
            sold.into_iter().map(|(shop, day, yuan)| (SHOPS[shop], DAYS[day], yuan)).collect();
        let (week, as_of) = WEEKS[week];
        let span = Span::week(&plan, week).unwrap();
        check(&pack(&plan, span, as_of, &sales));
    }
}
