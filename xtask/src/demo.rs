//! `cargo xtask demo`: the main jobs on two examples: a year decomposed into a workbook, and a store
//! chain in the middle of March, with sales, misses, carrying and the week's pack.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{cargo, program, root, run as run_program, target_dir};

const PLAN: &str = "examples/brief-2026/plan.toml";
const CHAIN: &str = "examples/store-chain/plan.toml";
const SALES: &str = "examples/store-chain/sales.csv";

/// Builds `fenjie`, decomposes the example's year, proves the workbook and explains one number.
pub fn run() -> Result<()> {
    run_program(cargo().args(["build", "--release", "--package", "fenjie"]))?;
    let target = target_dir()?;
    let fenjie = target
        .join("release")
        .join(format!("fenjie{}", std::env::consts::EXE_SUFFIX));
    let fenjie = fenjie
        .to_str()
        .context("the build folder's path is not UTF-8")?
        .to_owned();
    let folder = target.join("demo");
    std::fs::create_dir_all(&folder)?;
    let workbook = folder.join("目标分解-2026.xlsx");
    let shown = workbook
        .strip_prefix(root())
        .unwrap_or(&workbook)
        .display()
        .to_string();

    println!("\n1. Decompose the year, from the company down to the slot");
    run_program(program(&fenjie).args(["decompose", PLAN, "--output", &shown]))?;
    println!("\n2. Prove every sum, hold and bound, in the plan and in the workbook");
    run_program(program(&fenjie).args(["verify", PLAN]))?;
    run_program(program(&fenjie).args(["verify", &shown]))?;
    println!("\n3. Ask one number where it comes from");
    run_program(program(&fenjie).args(["explain", PLAN, "region=华东, month=2026-07"]))?;
    println!("\nThe workbook is in {shown}");
    march(&fenjie, &folder)
}

/// The store chain on 17 March: what was sold, where it stands, what is adjusted.
fn march(fenjie: &str, folder: &Path) -> Result<()> {
    let chain = folder.join("门店");
    if chain.exists() {
        std::fs::remove_dir_all(&chain)?;
    }
    let folder = folder.strip_prefix(root()).unwrap_or(folder);
    let chain = folder.join("门店").display().to_string();
    let pack = folder.join("周会.md").display().to_string();
    let chart = folder.join("燃起图.svg").display().to_string();
    let say = |words: &[&str]| run_program(program(fenjie).args(words));

    println!("\n4. A store chain: its plan becomes a directory, eleven weeks of sales come in");
    say(&["init", CHAIN, &chain])?;
    say(&["import", &chain, SALES, "--no-alerts"])?;
    println!("\n5. Two weeks of March are closed");
    for friday in ["2026-03-06", "2026-03-13"] {
        say(&["close", &chain, "last", "--as-of", friday, "--yes"])?;
    }
    println!("\n6. Two misses in a row ask for an action plan; then the shortfall is carried");
    let plan = [
        "--cause",
        "market=商圈修路",
        "--do",
        "周末会员日",
        "--owner",
        "赵敏",
    ];
    let day = ["--due", "2026-03-31", "--as-of", "2026-03-13", "--yes"];
    say(&[&["action", &chain, "store=S2"], &plan[..], &day[..]].concat())?;
    say(&[
        "action",
        &chain,
        "--waive",
        "store=S4",
        "--why",
        "店长休假",
        "--yes",
    ])?;
    say(&["carry", &chain, "--as-of", "2026-03-13", "--yes"])?;
    println!(
        "\n7. Where every store stands on the 17th, and one store on the afternoon of the 18th"
    );
    say(&[
        "track",
        &chain,
        "--as-of",
        "2026-03-17",
        "--level",
        "store.store",
    ])?;
    say(&["today", &chain, "S1", "--at", "2026-03-18 15:20"])?;
    println!("\n8. A picture, and the pack of the weekly meeting");
    let picture = ["--chart", "burn-up", "--output", &chart];
    say(&[&["track", &chain, "--as-of", "2026-03-17"], &picture[..]].concat())?;
    let week = [
        "--week",
        "2026-03-06",
        "--as-of",
        "2026-03-13",
        "--output",
        &pack,
    ];
    say(&[&["review", &chain], &week[..]].concat())?;
    say(&["verify", &chain])
}
