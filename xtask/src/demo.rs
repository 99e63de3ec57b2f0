//! `cargo xtask demo`: the main jobs on two examples: a year decomposed into a workbook, and a store
//! chain in the middle of March, with sales, misses, carrying and the week's pack.

use std::path::Path;

use anyhow::{Context, Result};

use crate::process::{cargo, program, root, run as run_program, target_dir};

const PLAN: &str = "examples/brief-2026/plan.toml";
const CHAIN: &str = "examples/store-chain/plan.toml";
const SALES: &str = "examples/store-chain/sales.csv";
const PACK_LINES: usize = 10;

/// Builds `fenjie`, then decomposes the example's year and walks a store chain through its March.
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
    march(&fenjie, &folder)?;
    println!(
        "\nTo look at, in {}:",
        folder.strip_prefix(root()).unwrap_or(&folder).display()
    );
    println!("  目标分解-2026.xlsx   the year's targets");
    println!("  燃起图.svg           March of the store chain so far, beside its plan");
    println!("  周会.md, 周会.xlsx   the pack of the weekly meeting");
    println!("  门店                 the plan directory itself, to go on with");
    Ok(())
}

/// The store chain's first weeks of March: what was sold, where it stands, what is adjusted.
fn march(fenjie: &str, folder: &Path) -> Result<()> {
    let chain = folder.join("门店");
    if chain.exists() {
        std::fs::remove_dir_all(&chain)?;
    }
    let pack = folder.join("周会.md");
    let folder = folder.strip_prefix(root()).unwrap_or(folder);
    let within = |name: &str| folder.join(name).display().to_string();
    let chain = within("门店");
    let say = |words: &[&str]| run_program(program(fenjie).args(words));
    let as_of = |command: &str, day: &str, more: &[&str]| {
        say(&[&[command, &chain, "--as-of", day], more].concat())
    };

    println!("\n4. A store chain: its plan becomes a directory, eleven weeks of sales come in");
    say(&["init", CHAIN, &chain])?;
    say(&["import", &chain, SALES, "--no-alerts"])?;
    println!("\n5. On Friday, 13 March: where every store stands, and one store at 15:20");
    as_of("track", "2026-03-13", &["--level", "store.store"])?;
    say(&["today", &chain, "S1", "--at", "2026-03-13 15:20"])?;
    println!("\n6. Two weeks are closed");
    as_of("close", "2026-03-06", &["last", "--yes"])?;
    as_of("close", "2026-03-13", &["last", "--yes"])?;
    println!("\n7. Two misses in a row ask for an action plan; then the shortfall is carried");
    as_of("action", "2026-03-13", &[])?;
    let causes = [
        "store=S2",
        "--cause",
        "market=商圈修路",
        "--do",
        "周末会员日",
    ];
    let owner = ["--owner", "赵敏", "--due", "2026-03-31", "--yes"];
    as_of("action", "2026-03-13", &[&causes[..], &owner[..]].concat())?;
    let waived = ["--waive", "store=S4", "--why", "店长休假", "--yes"];
    as_of("action", "2026-03-13", &waived)?;
    as_of("carry", "2026-03-13", &["--yes"])?;
    say(&["explain", &chain, "store=S2, day=2026-03-14"])?;
    println!("\n8. A picture, the pack of the weekly meeting, and the proof of it all");
    let picture = ["--chart", "burn-up", "--output", &within("燃起图.svg")];
    as_of("track", "2026-03-13", &picture)?;
    for file in ["周会.xlsx", "周会.md"] {
        let week = ["--week", "2026-03-06", "--output", &within(file)];
        as_of("review", "2026-03-13", &week)?;
    }
    show_beginning(&pack)?;
    say(&["verify", &chain])
}

/// Prints the first lines of a pack, so that one sees what it is.
fn show_beginning(pack: &Path) -> Result<()> {
    let text = std::fs::read_to_string(pack).context("the pack of the meeting")?;
    println!();
    for line in text.lines().take(PACK_LINES) {
        println!("    {line}");
    }
    println!("    …\n");
    Ok(())
}
