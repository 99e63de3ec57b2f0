//! `cargo xtask demo`: the main job on the first example, from nothing to a workbook.

use anyhow::{Context, Result};

use crate::process::{cargo, program, root, run as run_program, target_dir};

const PLAN: &str = "examples/brief-2026/plan.toml";

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
    Ok(())
}
