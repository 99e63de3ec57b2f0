//! Files through the store: whatever order rows and files come in, the results are the same, and they
//! are the files' sums to the cent.

use fenjie_exchange::log::Stamp;
use fenjie_exchange::plan_file::load;
use fenjie_facts::import::{ImportOptions, Mapping, read};
use fenjie_facts::{ImportMeta, Store, actuals_of};
use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals};
use proptest::prelude::*;

use super::{Folder, PLAN};

/// Day of the year, store, product, channel, cents.
type Row = (u32, usize, usize, usize, i64);

const STORES: [&str; 6] = ["S1", "湖滨店", "S3", "华北", "没有的店", ""];
const PRODUCTS: [&str; 3] = ["家具", "电器", "?"];
const CHANNELS: [&str; 2] = ["线上", "门店直营"];

fn row() -> impl Strategy<Value = Row> {
    (
        0u32..365,
        0..6usize,
        0..3usize,
        0..2usize,
        -100_000_000i64..100_000_000,
    )
}

fn text(rows: &[Row]) -> String {
    let mut text = String::from("日期,组织,产品,渠道,金额\n");
    for &(day, store, product, channel, cents) in rows {
        let day = jiff::civil::date(2026, 1, 1)
            .checked_add(jiff::Span::new().days(day))
            .unwrap();
        let (sign, cents) = (if cents < 0 { "-" } else { "" }, cents.abs());
        let amount = format!("{sign}{}.{:02}", cents / 100, cents % 100);
        let (store, product) = (STORES[store], PRODUCTS[product]);
        text += &format!("{day},{store},{product},{},{amount}\n", CHANNELS[channel]);
    }
    text
}

fn request(plan: &Plan) -> ActualRequest {
    let time = plan.model().axes().last().unwrap();
    let depth = (0..time.tree.len() as u32)
        .map(|node| time.tree.depth(node))
        .max()
        .unwrap();
    let nodes = 0..time.tree.len() as u32;
    ActualRequest {
        measures: vec![0],
        depths: vec![2, 1, 1],
        periods: nodes
            .filter(|node| time.tree.depth(*node) == depth.min(3))
            .collect(),
        until: jiff::civil::date(2026, 12, 31),
        within: vec![0; 3],
    }
}

/// What files come to in a store that takes them in this order.
fn stored(files: &[String], plan: &Plan, request: &ActualRequest) -> (Actuals, i128) {
    let folder = Folder::new();
    let definition = plan.model().definition();
    let mut store = Store::open(folder.0.path()).unwrap();
    let mut sum = 0;
    for (at, file) in files.iter().enumerate() {
        let name = format!("f{at}.csv");
        let path = folder.file(&name, file);
        let read = read(
            &path,
            definition,
            &Mapping::default(),
            &ImportOptions::default(),
        );
        let read = read.unwrap();
        sum += read.report.totals[0].total;
        let meta = ImportMeta {
            file: name,
            ..ImportMeta::default()
        };
        let stamp = Stamp {
            at: "2026-03-01T08:00:00Z",
            who: None,
            why: None,
        };
        store.add(read.lines, definition, &meta, &stamp).unwrap();
    }
    (store.actuals(plan, request).unwrap(), sum)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn order_changes_nothing(
        first in prop::collection::vec(row(), 1..40).prop_shuffle(),
        second in prop::collection::vec(row(), 1..40),
        turn in 0usize..40,
    ) {
        let folder = Folder::new();
        let loaded = load(&folder.file("plan.toml", PLAN)).unwrap();
        let plan = Plan::replay(loaded.definition, &loaded.operations).unwrap();
        let request = request(&plan);
        let sum = first.iter().chain(&second).map(|row| i128::from(row.4)).sum::<i128>();

        let (one, told) = stored(&[text(&first), text(&second)], &plan, &request);
        prop_assert_eq!(told, sum);
        prop_assert_eq!(i128::from(one.total(0)), sum);

        let mut turned = first.clone();
        turned.rotate_left(turn % first.len());
        let mut back = second.clone();
        back.reverse();
        let (other, _) = stored(&[text(&back), text(&turned)], &plan, &request);
        prop_assert_eq!(&one, &other);

        let all: Vec<Row> = back.into_iter().chain(turned).collect();
        let path = folder.file("alle.csv", text(&all));
        let definition = plan.model().definition();
        let whole = read(&path, definition, &Mapping::default(), &ImportOptions::default()).unwrap();
        let direct = actuals_of(&whole.lines, &plan, &request).unwrap();
        prop_assert_eq!(&one, &direct);
    }
}
