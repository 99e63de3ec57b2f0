//! A short run of what the fuzz targets drive, so that they do not rot where no fuzzer runs.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::harness::{Folder, root};

#[path = "../../../../fuzz/src/entries.rs"]
mod entries;

/// Bytes near a seed: some overwritten, perhaps cut off.
fn near(seed: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edits = vec((any::<Index>(), any::<u8>()), 0..6);
    (edits, prop::option::weighted(0.2, any::<Index>())).prop_map(move |(edits, cut)| {
        let mut bytes = seed.clone();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        bytes
    })
}

/// Plans with one line moved elsewhere and some bytes overwritten.
fn plans() -> impl Strategy<Value = Vec<u8>> {
    let words = [
        "nan",
        "\"-1\"",
        "\"1e400\"",
        "2026-02-29",
        "{}",
        "[]",
        "\"*\"",
        "\"999%\"",
        "0",
        "\"\"",
        "true",
        "\"time.day\"",
    ];
    let plan = PLAN.replace('\r', "");
    let edit = (any::<Index>(), prop::sample::select(words.to_vec()));
    vec(edit, 0..3).prop_flat_map(move |edits| {
        let mut lines: Vec<String> = plan.lines().map(str::to_owned).collect();
        for (at, word) in edits {
            let at = at.index(lines.len());
            let key = lines[at].split_once('=').map(|(key, _)| key.to_owned());
            if let Some(key) = key {
                lines[at] = format!("{key}= {word}");
            }
        }
        near(lines.join("\n").into_bytes())
    })
}

const PLAN: &str = r#"plan = "p"
period = "2026-02"
measure = "s"
total = "900"
[calendar]
week_starts = "friday"
weekdays = { fri = 1.2 }
levels = ["month", "day"]
[axes]
region = ["A", "B"]
product = { X = ["x1", "x2"], Y = [] }
[[do]]
decompose = ["region", "product"]
by = "equal"
[[do]]
decompose = "time.day"
by = "calendar"
[[do]]
fit = { region = { A = "500", B = "400" } }
[[do]]
hold = "region=A, product=X"
at = "100"
until = "2026-12-31"
[[do]]
bound = "region=B"
floor = "10"
cap = "800"
[[do]]
set = "region=B"
to = "+10%"
keep = "total"
[[do]]
transfer = "5"
from = "product=X"
to = "product=Y"
[[do]]
layer = "stretch"
rate = "3%"
"#;

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn plan_files_near_a_plan(bytes in plans()) {
        entries::plan_file(&bytes);
    }

    #[test]
    fn totals_and_weights(total in "[-+]?[0-9]{0,20}(\\.[0-9]{0,3})?万?",
                          weights in vec("-?[0-9]{1,22}(\\.[0-9]{0,4})?|nan|1e[0-9]{1,3}", 0..12)) {
        entries::allocator(format!("{total}\n{}", weights.join("\n")).as_bytes());
    }

    #[test]
    fn log_lines_near_a_log(bytes in near(LOG.as_bytes().to_vec())) {
        entries::log_lines(&bytes);
    }

    #[test]
    fn delimited_sales_files(bytes in near(SALES.as_bytes().to_vec())) {
        entries::sales_file(&[&[0], &bytes[..]].concat());
    }

    #[test]
    fn cells_of_sales(date in "[0-9/:TZ+ 年月日.-]{0,20}", amount in "[-+()0-9.,万亿元￥eE%]{0,16}",
                      credit in "(S[1-4]:[0-9.]{0,6}%?[;,]?){0,3}") {
        entries::sales_cells(format!("{date}\t1\t\tS1\t\ta\n2026-03-01\t{amount}\t1\tS2\t{credit}\tb\n").as_bytes());
    }

    #[test]
    fn delimited_member_files(bytes in near(TABLE.as_bytes().to_vec())) {
        entries::member_file(&[&[0], &bytes[..]].concat());
    }
}

const TABLE: &str = "code,name,parent,from\nall,合计,,\na,\"甲\n一\",all,2026-01-01\nb,乙,all,\n";

const SALES: &str = "日期,store,金额,数量,单号,客户,分成\n2026-03-01 08:30,S1,\"1,200.50\",3,A1,张三,\n\
    03/04/2026,S2,(5.005),1,A2,李四,S1:60%;S2:40%\n2026-03-01T16:30:00Z,S9,1万,,A1,,\n";

const LOG: &str = concat!(
    r#"{"set":"region=A","to":"+10%"}"#,
    "\n",
    r#"{"decompose":"region","by":{"weights":{"A":"3","B":"2.5"}}}"#,
    "\n",
    r#"{"hold":"region=A","at":"5","until":"2026-12-31"}"#,
    "\n",
);

#[test]
fn binary_member_files() {
    let folder = Folder::with_plan(PLAN);
    for (choice, name) in [(2, "cells.xlsx"), (7, "cells.parquet")] {
        assert_eq!(
            folder
                .run(&format!("decompose plan.toml --output {name}"))
                .code,
            0
        );
        let seed = std::fs::read(folder.path().join(name)).unwrap();
        let cases = ProptestConfig {
            cases: 48,
            failure_persistence: None,
            ..ProptestConfig::default()
        };
        proptest!(cases, |(bytes in near(seed))| {
            entries::member_file(&[&[choice], &bytes[..]].concat());
        });
    }
}

#[test]
fn every_target_drives_an_entry() {
    for target in std::fs::read_dir(root().join("fuzz/fuzz_targets")).unwrap() {
        let path = target.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(
            text.contains(&format!("fenjie_fuzz::{name}(bytes)")),
            "{name}"
        );
    }
}
