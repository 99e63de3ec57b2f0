//! `cargo xtask test`: everything that must hold before a change lands, in one command.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};

use crate::process::{
    cargo, program, read, root, run as run_program, run_and_keep, succeeds, target_dir,
};
use crate::python::{PROVIDER, SCHEMATHESIS};
use crate::{setup, tidy};

/// How hard to look.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What every change has to pass.
    Usual,
    /// Longer properties, heavy drills, fuzzing.
    Slow,
}

/// Runs the steps in order and stops at the first that fails; the last line counts the tests.
pub fn run(depth: Depth) -> ExitCode {
    let mut report = Report::default();
    let ended = steps(depth, &mut report);
    report.print(depth);
    if let Err(why) = &ended {
        println!("{why:#}");
    }
    println!("{}", report.counts);
    if ended.is_ok() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn steps(depth: Depth, report: &mut Report) -> Result<()> {
    report.step("setup", setup::run)?;
    report.step("format", || {
        run_program(cargo().args(["fmt", "--all", "--check"]))
    })?;
    report.step("tidy", || tidy::run(tidy::Ratchet::Keep))?;
    let clippy = [
        "clippy",
        "--workspace",
        "--all-targets",
        "--quiet",
        "--",
        "-D",
        "warnings",
    ];
    report.step("clippy", || run_program(cargo().args(clippy)))?;
    report.step("build", || {
        run_program(cargo().args(["test", "--workspace", "--no-run", "-q"]))
    })?;
    let mut counts = Counts::default();
    let tested = report.step("test", || {
        let tests = run_and_keep(&mut tests(depth));
        stop_postgres();
        let (shown, ended) = tests?;
        counts = Counts::read(&shown);
        ended
    });
    report.counts = counts;
    tested?;
    if setup::has_postgres() {
        let mut counts = Counts::default();
        let tested = report.step("postgres", || {
            let tests = run_and_keep(&mut tests_on_postgres()?);
            stop_postgres();
            let (shown, ended) = tests?;
            counts = Counts::read(&shown);
            ended
        });
        report.counts.add(&counts);
        tested?;
    }
    if depth == Depth::Slow {
        report.step("fuzz", fuzz)?;
    }
    Ok(())
}

fn tests(depth: Depth) -> Command {
    let mut command = cargo();
    // All suites run, so that the counts are those of the whole project.
    command.args(["test", "--workspace", "--no-fail-fast"]);
    // What the set-up could install must not be passed over; on a build machine nothing may be.
    if setup::has_postgres() || std::env::var_os("CI").is_some() {
        command.env("FENJIE_REQUIRE_POSTGRES", "1");
    }
    if PROVIDER.is_here() || std::env::var_os("CI").is_some() {
        command.env("FENJIE_REQUIRE_OIDC", "1");
    }
    if SCHEMATHESIS.is_here() || std::env::var_os("CI").is_some() {
        command.env("FENJIE_REQUIRE_SCHEMATHESIS", "1");
    }
    if depth == Depth::Slow {
        command
            .env("FENJIE_SLOW", "1")
            .env("PROPTEST_CASES", "4096");
    }
    command
}

/// The server's tests once more, on the other kind of database: the program that was built for the
/// tests of all. Asked for by its package alone it would be built again, with other features.
fn tests_on_postgres() -> Result<Command> {
    let built = read(cargo().args([
        "test",
        "--workspace",
        "--no-run",
        "--quiet",
        "--message-format=json",
    ]))?;
    let mut messages = built.lines().filter_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        let source = message["target"]["src_path"].as_str()?;
        source
            .ends_with("crates/server/tests/it/main.rs")
            .then(|| message["executable"].as_str().map(str::to_owned))?
    });
    let tests = messages
        .next_back()
        .context("the server's tests were not built")?;
    let mut command = program(&tests);
    command
        .current_dir(root().join("crates/server"))
        .arg("--quiet")
        .env("FENJIE_TEST_DATABASE", "postgresql")
        .env("FENJIE_REQUIRE_POSTGRES", "1");
    Ok(command)
}

/// Ends the cluster that the tests have started, with what is in it: it is made anew where it is
/// needed again. Left alone, it would end when idle for some minutes.
fn stop_postgres() {
    let Ok(target) = target_dir() else { return };
    let folder = target.join("postgres/cluster");
    let Ok(text) = std::fs::read_to_string(folder.join("postmaster.pid")) else {
        return;
    };
    let id = text.lines().next().unwrap_or_default();
    succeeds(program("kill").args(["-QUIT", id]));
    for _ in 0..100 {
        if !folder.join("postmaster.pid").exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    // What cannot be removed now is removed by whoever starts the next one.
    std::fs::remove_dir_all(&folder).ok();
}

fn fuzz() -> Result<()> {
    let folder = root().join("fuzz/fuzz_targets");
    if !folder.is_dir() || !succeeds(program("cargo").args(["+nightly", "fuzz", "--version"])) {
        println!("fuzz: cargo-fuzz with a nightly toolchain is not here, passed over");
        return Ok(());
    }
    let mut targets = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "rs") {
            targets.extend(
                path.file_stem()
                    .map(|stem| stem.to_string_lossy().into_owned()),
            );
        }
    }
    targets.sort();
    for target in targets {
        let words = [
            "+nightly",
            "fuzz",
            "run",
            &target,
            "--",
            "-max_total_time=120",
        ];
        run_program(program("cargo").args(words))?;
    }
    Ok(())
}

/// What was done, how long it took, how the tests went.
#[derive(Default)]
struct Report {
    steps: Vec<(&'static str, Duration, Outcome)>,
    counts: Counts,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
}

impl Report {
    fn step(&mut self, name: &'static str, work: impl FnOnce() -> Result<()>) -> Result<()> {
        println!("\n== {name}");
        let start = Instant::now();
        let ended = work();
        let outcome = if ended.is_ok() {
            Outcome::Passed
        } else {
            Outcome::Failed
        };
        self.steps.push((name, start.elapsed(), outcome));
        ended.map_err(|why| anyhow!("step `{name}` failed: {why:#}"))
    }

    fn print(&self, depth: Depth) {
        println!("\n== summary");
        for (name, took, outcome) in &self.steps {
            let mark = if *outcome == Outcome::Passed {
                "ok"
            } else {
                "FAILED"
            };
            println!("{name:<8} {:>8.1} s  {mark}", took.as_secs_f64());
        }
        if !setup::has_calc() {
            println!("note: no LibreOffice, so no workbook was recalculated");
        }
        if !setup::has_postgres() {
            println!("note: no PostgreSQL, so the records were tested on SQLite alone");
        }
        if !PROVIDER.is_here() {
            println!("note: no identity provider, so nobody signed in elsewhere");
        }
        if !SCHEMATHESIS.is_here() {
            println!("note: no schemathesis, so the described interface was not tried out");
        }
        let real = std::env::var_os("FENJIE_SHARED")
            .map_or_else(|| root().join("../shared"), std::path::PathBuf::from);
        if !real.join("data").is_dir() {
            println!("note: no `data` in FENJIE_SHARED or `../shared`, real data was not tried");
        }
        if depth == Depth::Usual {
            println!("note: `cargo xtask test --slow` adds the heavy drills");
        }
    }
}

/// Tests of all suites together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Counts {
    /// Sums the `test result:` lines that cargo shows, one for each suite.
    fn read(shown: &str) -> Self {
        let mut counts = Self::default();
        for line in shown.lines() {
            let Some((_, tail)) = line.split_once("test result: ") else {
                continue;
            };
            let tail = tail.split_once(". ").map_or(tail, |(_, tail)| tail);
            for part in tail.split(';') {
                let mut words = part.split_whitespace();
                let (Some(count), Some(kind)) = (words.next(), words.next()) else {
                    continue;
                };
                let count = count.parse().unwrap_or(0);
                match kind {
                    "passed" => counts.passed += count,
                    "failed" => counts.failed += count,
                    "ignored" => counts.skipped += count,
                    _ => {}
                }
            }
        }
        counts
    }

    fn add(&mut self, others: &Self) {
        self.passed += others.passed;
        self.failed += others.failed;
        self.skipped += others.skipped;
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Counts;

    #[test]
    fn counts_sum_over_suites() {
        let shown = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n\
                     test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n";
        let counts = Counts::read(shown);
        assert_eq!(
            counts,
            Counts {
                passed: 15,
                failed: 2,
                skipped: 1
            }
        );
        assert_eq!(counts.to_string(), "15 passed, 2 failed, 1 skipped");
    }
}
