//! What a planner reads when a plan file is wrong: place, value, and what would be right. The answers
//! stand in `messages/`; `UPDATE_EXPECT=1` writes them anew.

use std::fmt::Write;
use std::path::Path;

use expect_test::{ExpectFile, expect_file};
use fenjie_exchange::plan_file::{load, load_text, template};
use fenjie_message::Lang;
use proptest::prelude::*;

use crate::{Folder, say};

/// What stands above every plan that does not begin itself.
const HEAD: &str = "plan = \"目标\"\nperiod = \"2026\"\nmeasure = \"销售额\"\n";

/// Every plan, below it what its planner reads.
#[track_caller]
fn check(plans: &[&str], expected: ExpectFile) {
    let mut text = String::new();
    for plan in plans {
        let begins = plan.is_empty() || plan.starts_with("plan =");
        let whole = if begins {
            (*plan).to_owned()
        } else {
            format!("{HEAD}{plan}")
        };
        let answer = match load_text(&whole, Path::new(".")) {
            Ok(_) => "no error".to_owned(),
            Err(error) => say(&error),
        };
        write!(text, "{plan}\n    {}\n\n", answer.replace('\n', "\n    ")).unwrap();
    }
    expected.assert_eq(&text);
}

/// One file beside a plan, in several versions.
#[track_caller]
fn check_files(plan: &str, name: &str, versions: &[&str], expected: ExpectFile) {
    let mut text = format!("{plan}\n");
    for version in versions {
        let folder = Folder::new();
        folder.file(name, version);
        let answer = match load(&folder.file("plan.toml", format!("{HEAD}{plan}"))) {
            Ok(plan) => plan.notes.iter().fold("no error".to_owned(), |text, note| {
                text + "\nnote: " + &say(&**note)
            }),
            Err(error) => say(&error),
        };
        write!(text, "{version}    {}\n\n", answer.replace('\n', "\n    ")).unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn unknown_keys() {
    check(
        &[
            "totl = \"1万\"",
            "[calendar]\nweekstarts = \"friday\"",
            "[[do]]\ndecompose = \"time.month\"\nby = \"equal\"\npolcy = \"first\"",
            "[[do]]\nhodl = \"*\"",
            "[[do]]\nxyz = \"*\"",
            "[[do]]\ndecompose = \"time.month\"\nby = { histroy = \"h\" }",
            "[[do]]\ndecompose = \"time.month\"\nby = \"calender\"",
            "[axes.org]\nmembers = []\nlevel = [\"a\"]",
            "measur = { name = \"x\" }",
        ],
        expect_file!["messages/unknown_keys.txt"],
    );
}

#[test]
fn wrong_types_and_missing_keys() {
    check(
        &[
            "",
            "plan = \"x\"\nperiod = \"2026\"",
            "total = [1]",
            "total = true",
            "[axes]\nregion = \"华东\"",
            "[axes]\nregion = 5",
            "[[do]]\ndecompose = \"time.month\"",
            "[[do]]\ndecompose = \"time.month\"\nby = 3",
            "[[do]]\ndecompose = \"time.month\"\nby = { history = \"h\", smooth = \"3\" }",
            "[[do]]\nundo = -1",
            "do = 3",
            "do = [\"hold\"]",
            "calendar = \"CN\"",
            "[[do]]\nlayer = \"stretch\"",
        ],
        expect_file!["messages/wrong_types_and_missing_keys.txt"],
    );
}

#[test]
fn duplicates_and_syntax() {
    check(
        &[
            "total = \"1\"\ntotal = \"2\"",
            "[axes]\n华东 = [\"A\"]\n华东 = [\"B\"]",
            "[axes]\nregion = [\"华东\", \"华东\"]",
            "total = 1万",
            "total = \"1万",
            "[[do]]\nhold = \"*\"\nrelease = \"*\"",
            "[[do]]\nset = \"*\"\nto = 1\nby = 2",
            "total = 1\n[totals]\n销售额 = 2",
            "[[measure]]\nname = \"x\"",
        ],
        expect_file!["messages/duplicates_and_syntax.txt"],
    );
}

#[test]
fn unknown_names() {
    check(
        &[
            "[totals]\n销售 = \"1万\"",
            "[axes]\nregion = [\"a\"]\n[[do]]\ndecompose = \"regoin\"\nby = \"equal\"",
            "[[do]]\ndecompose = \"time.month\"\nby = { history = \"orders\" }",
            "[[do]]\nset = \"*\"\nto = 1\nmeasure = \"件数\"",
            "[axes]\n\"a.b\" = [\"x\"]",
            "[axes]\ntime = [\"x\"]",
            "[axes]\nstore = [\"S1\"]\n[[calendar.member]]\nat = \"store=S2\"",
            "[history.h]\nfile = \"x.csv\"\ncolumns = { amuont = \"金额\" }",
            "[history.h]\nfile = \"x.csv\"\ncolumns = { date = \"日期\" }",
            "[history.h]\nfile = \"missing.csv\"\ncolumns = { amount = \"金额\" }",
        ],
        expect_file!["messages/unknown_names.txt"],
    );
}

#[test]
fn values_their_modules_refuse() {
    check(
        &[
            "plan = \"x\"\nperiod = \"2026-03..2026-01\"\nmeasure = \"a\"",
            "plan = \"x\"\nperiod = \"2026-W54\"\nmeasure = \"a\"",
            "plan = \"x\"\nperiod = \"2026\"\nmeasure = { name = \"x\", step = \"0\" }",
            "plan = \"x\"\nperiod = \"2026\"\nmeasure = { name = \"x\", trend = \"rising\" }",
            "[calendar]\nweekdays = { 周八 = 1 }",
            "[calendar]\nweekdays = { mon = nan }",
            "[calendar]\nslots = { 早 = 40, 晚 = 50 }",
            "[calendar]\nyear = \"02-29\"",
            "[calendar]\nyear = \"4-4-4\"",
            "[calendar]\nyear = { weeks = \"4-4-5\", ends = \"sometime\" }",
            "[calendar]\nlevels = [\"year\", \"fortnight\"]",
            "[calendar]\nclosed = \"2026-02-29\"",
            "[[do]]\nhold = \"华东\"",
            "[[do]]\nhold = \"*\"\nuntil = \"2026-02-29\"",
            "[[do]]\nlayer = \"strech\"\nrate = \"5%\"",
            "[[do]]\ndecompose = \"time.month\"\nby = { pattern = [4, \"x\"] }",
            "[[do]]\ndecompose = \"time.month\"\nby = \"equal\"\nhold_back = inf",
            "[[do]]\ndecompose = \"time.month\"\nby = \"equal\"\npolicy = \"frist\"",
            "[[do]]\nset = \"*\"\nto = 1\nkeep = \"siblings\"",
        ],
        expect_file!["messages/values_their_modules_refuse.txt"],
    );
}

#[test]
fn member_files() {
    check_files(
        "[axes]\norg = { members = \"org.csv\", attributes = [\"capacity\"] }\n",
        "org.csv",
        &[
            "code,parent,capacity\nz,,1\na,z,二\n",
            "code,parent,capacity\nz,,1\n,z,2\n",
            "编号码,parent,capacity\nz,,1\n",
            "code,parent,capcity\nz,,1\n",
            "code,parent,capacity\nz,,1\na,y,2\n",
            "code,parent,capacity\nz,,1\ny,,1\na,y,2\n",
            "code,parent,capacity\nz,,1\na,z,2\na,z,2\n",
            "code,parent,capacity\nz,,1\nb,z,1\na,z,2\na,b,2\n",
            "code,parent,capacity,from\nz,,1,\na,z,2,2026-02-30\n",
            "code,parent,capacity\nz,a,1\na,z,2\n",
            "code,parent,capacity\n",
        ],
        expect_file!["messages/member_files.txt"],
    );
}

#[test]
fn history_files() {
    check_files(
        "[axes]\nregion = [\"华东\", \"华南\"]\n[history.h]\nfile = \"h.csv\"\ncolumns = { amount = \"金额\", region = \"大区\", date = \"日期\" }\n",
        "h.csv",
        &[
            "大区,金额,日期\n华东,1,2025-01-01\n华中,2,2025-01-01\n华中,2,2025-01-02\n",
            "大区,金额,日期\n华东,一百,2025-01-01\n",
            "大区,金额,日期\n华东,,2025-01-01\n",
            "大区,金额,日期\n华东,1,昨天\n",
            "大区,金额,日期\n华东,1,\n",
            "大区,金额,日期\n,1,2025-01-01\n",
            "大区,数额,日期\n华东,1,2025-01-01\n",
            "大区,金额,日期\n华东,0.1234567890123456,2025-01-01\n华东,12345678,2025-01-01\n",
            "大区,金额,日期\n",
        ],
        expect_file!["messages/history_files.txt"],
    );
}

#[test]
fn history_that_forgives() {
    check_files(
        "[axes]\nregion = [\"华东\", \"华南\"]\n[history.h]\nfile = \"h.csv\"\ncolumns = { amount = \"金额\", region = \"大区\" }\nunknown = \"ignore\"\ndecimals = 2\n",
        "h.csv",
        &[
            "大区,金额\n华东,1\n华中,2\n华中,2\n",
            "大区,金额\n华东,0.1234567890123456\n华东,12345678\n",
        ],
        expect_file!["messages/history_that_forgives.txt"],
    );
}

#[test]
fn files_that_are_no_plan_files() {
    let folder = Folder::new();
    folder.file(
        "gb.toml",
        &*encoding_rs::GB18030.encode("a = 1\nplan = \"目标\"").0,
    );
    folder.file("large.toml", " ".repeat((16 << 20) + 1));
    folder.file(
        "deep.toml",
        format!("x = {}1{}", "[".repeat(5000), "]".repeat(5000)),
    );
    let names = ["none.toml", "gb.toml", "large.toml", "deep.toml"];
    let answers =
        names.map(|name| load(&folder.path(name)).map_or_else(|e| say(&e), |_| name.into()));
    let shown = answers
        .join("\n\n")
        .replace(&folder.0.path().display().to_string(), "…")
        + "\n";
    expect_file!["messages/files_that_are_no_plan_files.txt"].assert_eq(&shown);
    let bom = folder.file("bom.toml", format!("\u{feff}{HEAD}"));
    assert!(load(&bom).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    /// A plan with a piece cut out and something else put there is read or refused, with a place.
    #[test]
    fn no_text_makes_it_panic(
        start in 0.0..1.0f64,
        length in 0usize..40,
        put in "[\\[\\]{}=.,\"'#\n a-z0-9华东\u{3000}-]{0,12}",
    ) {
        let plan = template(Lang::Zh);
        let chars: Vec<char> = plan.chars().collect();
        let start = (start * chars.len() as f64) as usize;
        let end = (start + length).min(chars.len());
        let text: String = chars[..start].iter().copied().chain(put.chars()).chain(chars[end..].iter().copied()).collect();
        if let Err(error) = load_text(&text, Path::new(".")) {
            let place = error.place().expect("a plan's text has places");
            prop_assert!(place.line <= text.lines().count() + 1);
        }
    }
}

#[test]
fn a_fit_without_a_total_states_it() {
    let fit = "[[do]]\nfit = { region = { 华东 = 1, 华南 = 2 } }\n";
    let text = format!("{HEAD}[axes]\nregion = [\"华东\", \"华南\"]\n{fit}");
    let plan = load_text(&text, Path::new(".")).unwrap();
    let plan = fenjie_plan::Plan::replay(plan.definition, &plan.operations).unwrap();
    let whole = plan.value(0, &plan.place("").unwrap()).unwrap();
    assert_eq!(plan.step(0).format(whole), "3.00");
}
