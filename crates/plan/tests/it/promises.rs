//! Promises of single rules over any figures: fits near their real values, commitments kept, nobody
//! paid before joining, explanations that end in the number (rules D8, D9, D12).

use fenjie_message::Lang;
use fenjie_plan::fit::{Family, Prior, Problem, fitted_real};
use fenjie_plan::{Plan, fit};
use proptest::prelude::*;

use crate::{script, steps};

/// Three regions' and two products' totals with one sum.
fn margins() -> impl Strategy<Value = ([i64; 3], [i64; 2])> {
    (0..9_000i64, 0..9_000i64, 0..9_000i64, 0.0..1.0f64).prop_map(|(a, b, c, share)| {
        let total = a + b + c;
        let first = (total as f64 * share) as i64;
        ([a, b, c], [first, total - first])
    })
}

fn months(plan: &Plan, member: &str) -> Vec<i64> {
    let months = ["2026-01", "2026-02", "2026-03", "2026-04"];
    let place = |month: &&str| plan.place(&format!("org={member}, month={month}")).unwrap();
    months
        .iter()
        .map(|month| plan.value(0, &place(month)).unwrap())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    /// D9: both margins exactly, every cell within a step of its fitted value, zeros stay zero.
    #[test]
    fn a_fit_meets_both_margins((regions, products) in margins(), prior in prop::collection::vec(0..50i64, 6)) {
        let [a, b, c] = regions;
        let [x, y] = products;
        let rows: Vec<String> = ["华东 A", "华东 B", "华南 A", "华南 B", "华北 A", "华北 B"]
            .iter()
            .zip(&prior)
            .map(|(place, value)| format!("{place} {value}"))
            .collect();
        let plan = format!("region: 华东, 华南, 华北 | product: A, B | history sales by region product: {}", rows.join(", "));
        let step = format!("fit region 华东 {a}, 华南 {b}, 华北 {c} & product A {x}, B {y} prior history sales");
        let families = vec![Family::each(0, regions.to_vec()), Family::each(1, products.to_vec())];
        let problem = Problem { shape: &[3, 2], prior: Prior::I64(&prior), families, bounds: None };
        let Ok(plan) = Plan::replay(script::definition(&plan), &steps::operations(&step)) else {
            prop_assert!(fit::fit(&problem).is_err());
            return Ok(());
        };
        let real = fitted_real(&problem).unwrap();
        let value = |at: &str| plan.value(0, &plan.place(at).unwrap()).unwrap();
        for (region, total) in ["华东", "华南", "华北"].iter().zip(regions) {
            prop_assert_eq!(value(&format!("region={region}")), total);
        }
        prop_assert_eq!((value("product=A"), value("product=B")), (x, y));
        for (at, (real, prior)) in real.iter().zip(&prior).enumerate() {
            let (region, product) = (["华东", "华南", "华北"][at / 2], ["A", "B"][at % 2]);
            let cell = value(&format!("region={region}, product={product}"));
            prop_assert!((cell as f64 - real).abs() < 1.0, "{} against {}", cell, real);
            prop_assert!(*prior != 0 || cell == 0);
        }
    }

    /// D8: what is committed stands, the total stays, the rest keeps its proportions within a step.
    #[test]
    fn commitments_are_kept_under_the_total(total in 0..50_000i64, mine in 0..60_000i64) {
        let plan = "org: 张三 3, 李四 2, 王五 4, 赵六 1";
        let open = steps::operations(&format!("total {total}; decompose org by weight"));
        let before = Plan::replay(script::definition(plan), &open).unwrap();
        let mut after = before.clone();
        let kept = after.apply(steps::operations(&format!("commit org=张三 {mine}")).remove(0));
        prop_assert_eq!(kept.is_err(), mine > total);
        if kept.is_err() {
            return Ok(());
        }
        let value = |plan: &Plan, name: &str| plan.value(0, &plan.place(&format!("org={name}")).unwrap()).unwrap();
        prop_assert_eq!(value(&after, "张三"), mine);
        prop_assert_eq!(after.base(0).total(), total);
        let rest_before: i64 = total - value(&before, "张三");
        for name in ["李四", "王五", "赵六"] {
            if rest_before > 0 {
                let exact = value(&before, name) as f64 * (total - mine) as f64 / rest_before as f64;
                prop_assert!((value(&after, name) as f64 - exact).abs() < 1.0);
            }
        }
    }

    /// D12: whoever joins or leaves has nothing outside the months they are there.
    #[test]
    fn nobody_has_a_share_while_away(
        from in 1..120i64, days in 1..60i64, total in 0..100_000i64,
        time_first in any::<bool>(), by in prop::sample::select(vec!["equal", "calendar", "days", "pattern 1 2 3 4"]),
        typed in 0..3_000i64,
    ) {
        let first = fenjie_calendar::Date::constant(2026, 1, 1);
        let day = |after: i64| first.checked_add(jiff::Span::new().days(after)).unwrap();
        let (start, end) = (day(from), day(from + days));
        let plan = format!("org: 张三 2, 李四 3 from {start} until {end}, 王五 1 | time: 2026-01..2026-04 by month");
        let (org, time) = ("decompose org by weight".to_owned(), format!("decompose time.month by {by}"));
        let order = if time_first { format!("{time}; {org}") } else { format!("{org}; {time}") };
        let text = format!("total {total}; {order}; set month=2026-01 to 0; set month=2026-01 to {typed}; set * to +10%");
        let plan = Plan::replay(script::definition(&plan), &steps::operations(&text)).unwrap();
        for (at, value) in months(&plan, "李四").into_iter().enumerate() {
            let month = fenjie_calendar::DateRange::parse(&format!("2026-{:02}", at + 1)).unwrap();
            if end <= month.start || start >= month.end {
                prop_assert_eq!(value, 0, "{} from {} until {}", month, start, end);
            }
        }
        prop_assert!(plan.verify().is_ok());
    }

    /// Explain: the chain of allocations is unbroken and ends in the number, in both languages.
    #[test]
    fn an_explanation_ends_in_the_number(
        amounts in prop::collection::vec((0..3usize, 0..9_000u32), 0..5), place in 0..6usize,
    ) {
        let plan = "region: 华东 3, 华南 1 | time: 2026-03..2026-04 by month day";
        let places = ["region=华东", "month=2026-04", "region=华南, month=2026-03"];
        let mut text = "total 9000; decompose region by weight; decompose time.month; decompose time.day by calendar".to_owned();
        for (at, amount) in amounts {
            text.push_str(&format!("; set {} to {amount}", places[at]));
        }
        let plan = Plan::replay(script::definition(plan), &steps::operations(&text)).unwrap();
        let at = ["", "region=华东", "month=2026-03", "region=华南, month=2026-03", "region=华东, day=2026-04-07", "day=2026-03-08"][place];
        let place = plan.place(at).unwrap();
        let origin = plan.explain(0, &place).unwrap();
        prop_assert_eq!(Some(origin.value), plan.value(0, &place));
        if let Some(last) = origin.steps.last() {
            prop_assert_eq!(last.value, origin.value);
        }
        for pair in origin.steps.windows(2) {
            prop_assert_eq!(pair[0].value, pair[1].parent_value);
        }
        let shown = plan.step(0).format(origin.value);
        for lang in [Lang::Zh, Lang::En] {
            prop_assert!(origin.sentence(&plan, lang).contains(&shown));
        }
    }
}
