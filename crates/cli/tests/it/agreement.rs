//! One source for a figure (rule T4): every output of the command line says the same to the cent, the
//! workbook also after LibreOffice computed it anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use calamine::{Data, Reader, Xlsx, open_workbook};
use serde_json::Value;

use crate::harness::Folder;

/// For each store or `total`: base, carried, target, actual, attainment, expected, gap.
type Figures = BTreeMap<String, BTreeMap<&'static str, String>>;

const NAMES: [&str; 7] = [
    "base",
    "carried",
    "target",
    "actual",
    "attainment",
    "expected",
    "gap",
];

/// The chain in the second week of March: the week before is closed and carried.
fn chain() -> Folder {
    let folder = Folder::with_example("store-chain");
    for line in [
        "init plan.toml plan",
        "import plan sales.csv",
        "close plan 2026-W10 --as-of 2026-03-16 --carry --yes",
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
    }
    folder
}

const WEEK: &str = "track plan --as-of 2026-03-16 --period week --level store --unit 元 -q";

fn json(folder: &Folder, line: &str) -> Value {
    serde_json::from_str(&folder.run(line).out).unwrap()
}

/// What JSON says of every store and the whole.
fn of_json(folder: &Folder) -> Figures {
    let json = json(folder, &format!("{WEEK} --json"));
    let of = |row: &Value| -> BTreeMap<&str, String> {
        let text = |name: &&'static str| (*name, row[*name].as_str().unwrap().to_owned());
        NAMES.iter().map(text).collect()
    };
    let stores = json["rows"].as_array().unwrap().iter();
    let stores = stores.filter(|row| row["line"] == "member");
    let mut all: Figures = stores
        .map(|row| (row["store_name"].as_str().unwrap().to_owned(), of(row)))
        .collect();
    all.insert("合计".into(), of(&json["whole"][0]));
    assert_eq!(all.len(), 5);
    all
}

#[test]
fn files_say_the_same() {
    let folder = chain();
    let truth = of_json(&folder);
    for format in ["csv", "jsonl", "parquet"] {
        let ran = folder.run(&format!("{WEEK} --output week.{format}"));
        assert_eq!(ran.code, 0, "{}", ran.shown());
    }
    let csv = folder.read("week.csv");
    let mut rows = csv.trim_start_matches('\u{feff}').lines();
    let head: Vec<&str> = rows.next().unwrap().split(',').collect();
    let mut compared = 0;
    for row in rows {
        let fields: Vec<&str> = row.split(',').collect();
        let field = |name: &str| fields[head.iter().position(|known| *known == name).unwrap()];
        let Some(store) = truth.get(field("store_name")) else {
            continue;
        };
        for name in NAMES {
            assert_eq!(
                field(name),
                store[name],
                "{name} of {}",
                field("store_name")
            );
        }
        compared += 1;
    }
    assert_eq!(compared, 4);
    for line in folder.read("week.jsonl").lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let Some(store) = row["store_name"].as_str().map(|name| &truth[name]) else {
            continue;
        };
        for name in NAMES {
            assert_eq!(row[name], store[name], "{name}");
        }
    }
    let parquet = super::track_parts::parquet(&folder.path().join("week.parquet"));
    let rows = parquet.lines().filter(|line| line.contains("\"member\""));
    assert_eq!(rows.clone().count(), 4);
    for row in rows {
        let store = truth
            .keys()
            .find(|name| row.contains(&format!("\"{name}\"")));
        for (name, value) in &truth[store.unwrap()] {
            assert!(
                row.contains(&format!(" {name}: {value},")),
                "{name} {value} in {row}"
            );
        }
    }
}

/// `1,234.50` as `1234.50`; a share is compared as shown, with one decimal.
fn plain(text: &str) -> String {
    text.trim_start_matches('+').replace(',', "")
}

/// A share of six digits with one: `0.637895` as `63.8%`.
fn percent(share: &str) -> String {
    let millionths: i64 = share.replace('.', "").parse().unwrap();
    let tenths = (millionths + 500).div_euclid(1000);
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[test]
fn the_table_says_the_same() {
    let folder = chain();
    let truth = of_json(&folder);
    let out = folder.run(WEEK).out;
    let mut parts = out.split("\n\n");
    let head = parts.nth(1).unwrap();
    let mut rows = parts.next().unwrap().lines();
    let words = |line: &str| -> Vec<String> { line.split_whitespace().map(Into::into).collect() };
    let columns = words(rows.next().unwrap());
    let at = |name: &str| columns.iter().position(|known| known == name).unwrap();
    let mut compared = 0;
    for row in rows {
        let mut cells = words(row);
        if cells[0] == "合计" {
            cells.insert(0, String::new());
        }
        let Some(store) = truth.get(&cells[1]) else {
            assert_eq!(cells[0], "未归属");
            continue;
        };
        for (column, name) in [
            ("基准", "base"),
            ("结转", "carried"),
            ("目标", "target"),
            ("实绩", "actual"),
            ("差额", "gap"),
        ] {
            assert_eq!(
                plain(&cells[at(column)]),
                store[name],
                "{column} of {}",
                cells[1]
            );
        }
        assert_eq!(cells[at("完成率")], percent(&store["attainment"]));
        compared += 1;
    }
    assert_eq!(compared, 5);
    let whole = &truth["合计"];
    for name in ["base", "carried", "target", "actual", "expected", "gap"] {
        assert!(plain(head).contains(&whole[name]), "{name} in {head}");
    }
}

#[test]
fn the_workbook_says_the_same_before_and_after_it_is_computed_anew() {
    let folder = chain();
    let truth = of_json(&folder);
    let ran = folder.run(&format!("{WEEK} --output week.xlsx"));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let path = folder.path().join("week.xlsx");
    compare(&path, &truth);
    if let Some(again) = recalculated(folder.path(), &path) {
        compare(&again, &truth);
    }
}

fn compare(path: &Path, truth: &Figures) {
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let sheet = book.worksheet_range("门店").unwrap();
    let rows: Vec<&[Data]> = sheet.rows().collect();
    let is_head = |row: &&[Data]| row.iter().any(|cell| cell == "应完成");
    let head = rows.iter().position(is_head).unwrap();
    let at = |name: &str| rows[head].iter().position(|cell| cell == name).unwrap();
    let mut compared = 0;
    for row in &rows[head + 1..] {
        let Some(store) = truth.get(&row[at("门店")].to_string()) else {
            continue;
        };
        for (column, name) in [
            ("基准目标", "base"),
            ("结转", "carried"),
            ("目标", "target"),
            ("实绩", "actual"),
            ("应完成", "expected"),
            ("差额", "gap"),
            ("完成率", "attainment"),
        ] {
            let Data::Float(value) = row[at(column)] else {
                panic!("{column} is {:?}", row[at(column)]);
            };
            let shown = match name {
                "attainment" => format!("{value:.6}"),
                _ => format!("{value:.2}"),
            };
            assert_eq!(shown, store[name], "{column}");
        }
        compared += 1;
    }
    assert_eq!(compared, 5);
}

/// A setting of a fresh profile: recalculate whatever is loaded.
const ALWAYS_RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Loads a workbook in LibreOffice and saves it again; nothing where it is not installed.
fn recalculated(folder: &Path, path: &Path) -> Option<PathBuf> {
    let profile = folder.join("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    let settings = profile.join("user/registrymodifications.xcu");
    std::fs::write(settings, ALWAYS_RECALCULATE).unwrap();
    let profile = format!("-env:UserInstallation=file://{}", profile.display());
    let format = ["--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"];
    let out = folder.join("out");
    let run = Command::new("soffice")
        .arg(profile)
        .args(format)
        .arg("--outdir")
        .args([&out, &path.to_path_buf()])
        .output();
    match run {
        Ok(output) if output.status.success() => Some(out.join(path.file_name().unwrap())),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            println!("not run: there is no `soffice` here");
            None
        }
    }
}

#[test]
fn packs_alerts_and_closes_say_the_same() {
    let folder = chain();
    let truth = of_json(&folder);
    let pack = json(
        &folder,
        "review plan --week 2026-W11 --as-of 2026-03-16 --json",
    );
    let same = |figures: &Value, row: &Value, names: &[&str]| {
        for name in names {
            assert_eq!(figures[*name], row[*name], "{name}");
        }
    };
    let whole = serde_json::to_value(&truth["合计"]).unwrap();
    same(&pack["results"][0]["figures"], &whole, &NAMES);
    for list in ["need_help", "champions"] {
        for one in pack["people"][list].as_array().unwrap() {
            let store = serde_json::to_value(&truth[one["who"].as_str().unwrap()]).unwrap();
            same(&one["period"], &store, &NAMES);
        }
    }
    // Alerts look at the month that runs.
    let month = "track plan --as-of 2026-03-16 --level store --json -q";
    let months = json(&folder, month);
    let found = json(&folder, "alerts plan --as-of 2026-03-16 --json");
    let behind = found["alerts"].as_array().unwrap().iter();
    let behind: Vec<&Value> = behind.filter(|alert| alert["code"] == "behind").collect();
    assert!(!behind.is_empty());
    for alert in behind {
        let store = alert["place"]
            .as_str()
            .unwrap()
            .trim_start_matches("store=");
        let rows = months["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["store"] == store).unwrap();
        same(&alert["figures"], row, &["target", "actual", "gap", "pace"]);
    }
    // Before a close and at it the results are the same; the base is what a closed week is judged by.
    let week = "track plan --as-of 2026-03-20 --period 'piece=2026-03/W11' --level store --json -q";
    let week = json(&folder, week);
    let close = json(&folder, "close plan 2026-W11 --as-of 2026-03-20 --json");
    let close = &close["periods"][0];
    same(close, &week["whole"][0], &["base", "working", "actual"]);
    for member in close["members"].as_array().unwrap() {
        let store = member["place"]
            .as_str()
            .unwrap()
            .trim_start_matches("store=");
        let rows = week["rows"].as_array().unwrap();
        let row = rows.iter().find(|row| row["store"] == store);
        let row = row.unwrap_or_else(|| panic!("{store}"));
        same(
            member,
            row,
            &["base", "carried", "working", "actual", "gap"],
        );
    }
}
