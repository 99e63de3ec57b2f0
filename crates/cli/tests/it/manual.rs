//! The manual's pages on tracking: what a page says a command prints is what it prints.

use std::path::Path;

use crate::harness::{Folder, root, run, shared, words};

/// The blocks of a page, in order.
fn blocks(page: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root().join("docs/manual").join(page)).unwrap();
    let parts = text.split("```").skip(1).step_by(2);
    parts
        .map(|block| {
            block
                .trim_start_matches(|c| c != '\n')
                .trim_matches('\n')
                .to_owned()
        })
        .collect()
}

/// Runs every command block of a page and looks for the blocks below it in what the last line prints.
fn page(folder: &Folder, page: &str, lang: &str, put: &dyn Fn(&str) -> String) {
    let (mut printed, mut compared) = (String::new(), 0);
    for block in blocks(page) {
        if block.lines().all(|line| line.starts_with("fenjie ")) {
            for line in block.lines() {
                let line = put(line.trim_start_matches("fenjie "));
                let ran = run(folder.path(), &words(&format!("{line} --lang {lang}")), b"");
                assert_eq!(ran.code, 0, "{page}: {line}\n{}", ran.shown());
                printed = ran.out;
            }
        } else {
            assert!(
                printed.contains(&block),
                "{page}:\n{block}\n-- is not in\n{printed}"
            );
            compared += 1;
        }
    }
    assert!(compared > 3, "{page} compares {compared}");
}

#[test]
fn real_data_prints_what_its_page_says() {
    let Some(orders) = shared("superstore_cn/orders.csv") else {
        return;
    };
    let data = orders.ancestors().nth(2).unwrap();
    let put = |line: &str| {
        line.replace("../shared/data", &data.display().to_string())
            .replace("examples/", &format!("{}/examples/", root().display()))
    };
    for (name, lang) in [("zh/real-data.md", "zh"), ("en/real-data.md", "en")] {
        // Plans name the table beside the checkout.
        if Path::new("../../../shared/data").exists() {
            page(&Folder::new(), name, lang, &put);
        }
    }
}

#[test]
fn track_prints_what_its_page_says() {
    let Some(orders) = shared("superstore_cn/orders.csv") else {
        return;
    };
    for (name, plan, lang) in [
        ("zh/track.md", "plan.toml", "zh"),
        ("en/track.md", "plan.en.toml", "en"),
    ] {
        let path = root().join("examples/superstore-2017").join(plan);
        let text = std::fs::read_to_string(path).unwrap();
        let table = orders.display().to_string();
        let text = text.replace("../../../shared/data/superstore_cn/orders.csv", &table);
        let folder = Folder::with_plan(&text);
        let ran = folder.run(&format!(
            "track plan.toml --actuals {table} --round half_up --as-of 2017-03-15 --lang {lang} -q"
        ));
        let block = blocks(name).into_iter().nth(1).unwrap();
        assert!(
            ran.out.contains(&block),
            "{name}:\n{block}\n-- is not in\n{}",
            ran.out
        );
    }
}

#[test]
fn today_prints_what_its_page_says() {
    let folder = crate::track::stores();
    for (name, lang) in [("zh/today.md", "zh"), ("en/today.md", "en")] {
        let ran = folder.run(&format!(
            "today plan.toml 人民路店 --actuals sales.csv --at '2026-03-06 15:00' --lang {lang} -q"
        ));
        let block = blocks(name).into_iter().nth(1).unwrap();
        assert!(
            ran.out.contains(&block),
            "{name}:\n{block}\n-- is not in\n{}",
            ran.out
        );
    }
}
