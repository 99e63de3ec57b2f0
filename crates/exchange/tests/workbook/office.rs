//! The workbook in LibreOffice: recalculated from scratch, no total differs.

use std::path::{Path, PathBuf};
use std::process::Command;

use fenjie_exchange::workbook::{read_changes, verify_workbook};
use fenjie_plan::Plan;

use crate::patch::{Book, with_results};
use crate::{Folder, chain, example_plan, show};

/// A setting of a fresh profile: recalculate whatever is loaded.
const ALWAYS_RECALCULATE: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"#;

/// Loads a workbook in LibreOffice and saves it again; nothing where it is not installed.
pub fn recalculated(folder: &Folder, path: &Path) -> Option<PathBuf> {
    let profile = folder.path("profile");
    std::fs::create_dir_all(profile.join("user")).unwrap();
    std::fs::write(
        profile.join("user/registrymodifications.xcu"),
        ALWAYS_RECALCULATE,
    )
    .unwrap();
    let out = folder.path("out");
    let run = Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            profile.display()
        ))
        .args([
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
        ])
        .args([&out, &path.to_path_buf()])
        .output();
    match run {
        Ok(output) if output.status.success() => Some(out.join(path.file_name().unwrap())),
        Ok(output) => panic!("{}", String::from_utf8_lossy(&output.stderr)),
        Err(_) => {
            eprintln!("not run: there is no `soffice` here");
            None
        }
    }
}

/// A workbook whose stored results are all wrong has ours once it is recalculated.
fn check(plan: &Plan, refer: &str) {
    let folder = Folder::new();
    let path = folder.workbook(plan);
    let before = show(&path, refer);
    let mut book = Book::open(&path);
    book.change_all(|xml| with_results(&xml, Some("0")))
        .save(&path);
    assert!(!verify_workbook(&path).unwrap().is_ok());
    let Some(again) = recalculated(&folder, &path) else {
        return;
    };
    let report = verify_workbook(&again).unwrap();
    assert_eq!(report.differences, []);
    assert_eq!(report.changed, 0);
    let changes = read_changes(&again, plan).unwrap();
    assert_eq!((changes.operations.len(), changes.conflicts.len()), (0, 0));
    let figures = |text: &str| -> Vec<String> {
        let cells = text.lines().flat_map(|line| line.split(" | "));
        let values = cells.filter_map(|cell| cell.split(" =").next()?.parse::<f64>().ok());
        values.map(|value| format!("{value:.6}")).collect()
    };
    assert_eq!(figures(&show(&again, refer)), figures(&before));
}

#[test]
fn recalculating_the_year_changes_nothing() {
    check(&example_plan(), "总览");
}

#[test]
fn recalculating_the_chain_changes_nothing() {
    check(&chain::plan(), "总览");
}

#[test]
fn an_edit_saved_by_libreoffice_comes_back() {
    let plan = example_plan();
    let folder = Folder::new();
    let path = folder.workbook(&plan);
    let mut book = Book::open(&path);
    book.number("区域×月", "G6", "130000").save(&path);
    let Some(again) = recalculated(&folder, &path) else {
        return;
    };
    assert!(verify_workbook(&again).unwrap().is_ok());
    let changes = read_changes(&again, &plan).unwrap();
    assert_eq!(changes.operations.len(), 1);
    assert_eq!(changes.cells[0].cell, "G6");
}
