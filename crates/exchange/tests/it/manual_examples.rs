//! Every example of the manual's page on plan files, read.

use std::path::Path;

use fenjie_exchange::plan_file::load_text;
use fenjie_message::Lang;

use crate::{Folder, say};

/// What an example of the manual may leave out, in the manual's language.
fn surroundings(example: &str, lang: Lang) -> String {
    let has = |key: &str| example.lines().any(|line| line.starts_with(key));
    let names = match lang {
        Lang::Zh => [
            "华东\", \"华南",
            "满意度",
            "张三\", \"李四",
            "订单日期",
            "销售额",
            "地区",
            "人员",
        ],
        Lang::En => [
            "East\", \"South",
            "Satisfaction",
            "Zhang San\", \"Li Si",
            "order_date",
            "sales",
            "region",
            "person",
        ],
    };
    let [regions, level, people, date, amount, region, person] = names;
    let mut text = String::new();
    for (key, line) in [
        ("plan ", "plan = \"x\"".to_owned()),
        ("period ", "period = \"2026\"".to_owned()),
        (
            "measure",
            format!("measure = [\"s\", \"units\", {{ name = \"{level}\", kind = \"level\" }}]"),
        ),
    ] {
        // `period` also stands in tables, behind their heading.
        let top = example.split("\n[").next().unwrap_or("");
        let stands = !top.starts_with('[') && top.lines().any(|line| line.starts_with(key));
        if !stands && (key != "measure" || !has("[[measure]]")) {
            text.push_str(&format!("{line}\n"));
        }
    }
    text.push_str(example);
    if !has("[axes") {
        text.push_str(&format!(
            "\n[axes]\nregion = [\"{regions}\"]\nproduct = [\"A\", \"B\", \"C\"]\nstore = [\"S1\"]\n\
             [axes.org]\nlevels = [\"{person}\"]\nmembers = [\"{people}\"]\n"
        ));
    }
    if !has("[history") {
        text.push_str(&format!(
            "\n[history.orders]\nfile = \"orders.csv\"\n\
             columns = {{ date = \"{date}\", amount = \"{amount}\"{} }}\n",
            if has("[axes") {
                String::new()
            } else {
                format!(", region = \"{region}\"")
            }
        ));
    }
    text
}

#[test]
fn the_manual_tells_what_is_so() {
    let folder = Folder::new();
    folder.file(
        "org.csv",
        "工号,姓名,上级,人数,id,name,parent,people\n1,甲,,2,1,A,,2\n2,乙,1,3,2,B,1,3\n",
    );
    folder.file("2027.csv", "2027-01-01,元旦,off\n");
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/manual");
    for (lang, page) in [(Lang::Zh, "zh/plan-file.md"), (Lang::En, "en/plan-file.md")] {
        let rows = match lang {
            Lang::Zh => "订单日期,销售额,地区,状态\n2025-01-02,1.5,华东,完成\n",
            Lang::En => "order_date,sales,region,status\n2025-01-02,1.5,East,done\n",
        };
        folder.file("orders.csv", rows);
        let text = std::fs::read_to_string(manual.join(page)).unwrap();
        let mut count = 0;
        for example in text.split("```toml\n").skip(1) {
            let example = example.split("```").next().unwrap();
            let whole = surroundings(example, lang);
            let read = load_text(&whole, folder.0.path());
            read.unwrap_or_else(|error| panic!("{page}: {}\n{whole}", say(&error)));
            count += 1;
        }
        for cell in text
            .lines()
            .filter(|line| line.starts_with("| `\"") || line.starts_with("| `{"))
        {
            let written = cell.split('|').nth(1).unwrap();
            let bases = written
                .split('`')
                .skip(1)
                .step_by(2)
                .filter(|_| !cell.contains("04-01"));
            for basis in bases.filter(|_| text.contains("`by`") && !is_year(cell)) {
                let example = format!("[[do]]\ndecompose = \"region\"\nby = {basis}\n");
                let whole = surroundings(&example, lang);
                let read = load_text(&whole, folder.0.path());
                read.unwrap_or_else(|error| panic!("{page}: {}\n{whole}", say(&error)));
                count += 1;
            }
        }
        assert!(count > 30, "{page} has {count} examples");
    }
}

/// A row of the table on years, not of that on bases.
fn is_year(cell: &str) -> bool {
    ["calendar\"` |", "04-01", "4-4-5", "\"13\""]
        .iter()
        .any(|year| cell.contains(year))
}
