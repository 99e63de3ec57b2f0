//! `cargo xtask bench`: our kernels, then whole commands beside their peers, and the table of it.

use anyhow::{Context, Result};

use crate::process::{cargo, program, root, run as run_program, run_and_keep, target_dir};

/// The peers, each at the version that the table names.
const PEERS: [&str; 8] = [
    "numpy==2.4.6",
    "polars==2.1.0",
    "duckdb==2.0.0",
    "pandas==3.1.1",
    "ipfn==1.4.4",
    "XlsxWriter==3.3.1",
    "pyarrow==26.0.1",
    "openpyxl==3.1.5",
];

/// Runs the kernels and the side-by-side comparisons and writes `docs/benchmarks.md`.
pub fn run() -> Result<()> {
    let target = target_dir()?;
    let work = target.join("bench");
    std::fs::create_dir_all(&work)?;
    let kernels = work.join("kernels.txt");
    let (shown, ended) =
        run_and_keep(cargo().args(["bench", "--package", "fenjie-money", "--bench", "kernels"]))?;
    ended.context("the kernels")?;
    std::fs::write(&kernels, shown)?;

    run_program(cargo().args(["build", "--release", "--package", "fenjie"]))?;
    let harnesses = [
        "--package",
        "fenjie-money",
        "--package",
        "fenjie-plan",
        "--package",
        "fenjie-facts",
        "--package",
        "fenjie-server",
        "--examples",
    ];
    run_program(cargo().args(["build", "--release"]).args(harnesses))?;
    let python = peers_python()?;
    run_program(
        program(&python)
            .arg("benches/peers/run.py")
            .arg("--fenjie")
            .arg(target.join("release/fenjie"))
            .arg("--work")
            .arg(&work)
            .arg("--kernels")
            .arg(&kernels)
            .arg("--table")
            .arg(root().join("docs/benchmarks.md")),
    )
}

/// Measures the server and writes its section of `docs/benchmarks.md` anew; the rest stays.
pub fn server() -> Result<()> {
    let release = target_dir()?.join("release");
    run_program(cargo().args(["build", "--release", "--package", "fenjie"]))?;
    let harnesses = ["--package", "fenjie-server", "--examples"];
    run_program(cargo().args(["build", "--release"]).args(harnesses))?;
    run_program(
        program("python3")
            .arg("benches/peers/server.py")
            .arg("--fenjie")
            .arg(release.join("fenjie"))
            .arg("--page")
            .arg(root().join("docs/benchmarks.md")),
    )
}

/// Python in an environment of its own, so that the peers touch nothing else on the machine.
fn peers_python() -> Result<String> {
    let folder = target_dir()?.join("peers-venv");
    let python = folder.join("bin/python");
    if !python.exists() {
        run_program(program("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    let python = python
        .to_str()
        .context("the build folder's path is not UTF-8")?
        .to_owned();
    let install = [
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ];
    run_program(program(&python).args(install).args(PEERS))?;
    Ok(python)
}
