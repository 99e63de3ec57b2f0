//! Project chores: `cargo xtask …`. One file per chore; none of them is part of the product.

mod bench;
mod demo;
mod process;
mod python;
mod setup;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "\
Usage: cargo xtask <chore>

  setup           installs what the tests need beyond Rust (LibreOffice, PostgreSQL)
  test [--slow]   setup, format, tidy, clippy, build, all tests; --slow adds the heavy drills
  tidy [--lower]  rules of the house that no compiler knows; --lower tightens xtask/ratchet.txt
  demo            builds fenjie, decomposes a year into a workbook, tracks a store chain in March
  bench           kernels and whole commands beside their peers, into docs/benchmarks.md
  bench server    the server's section of that page alone
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        ["setup"] => setup::run(),
        ["test"] => return test::run(test::Depth::Usual),
        ["test", "--slow"] => return test::run(test::Depth::Slow),
        ["tidy"] => tidy::run(tidy::Ratchet::Keep),
        ["tidy", "--lower"] => tidy::run(tidy::Ratchet::Lower),
        ["demo"] => demo::run(),
        ["bench"] => bench::run(),
        ["bench", "server"] => bench::server(),
        [] | ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("unknown chore `{}`\n\n{USAGE}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why:#}");
            ExitCode::FAILURE
        }
    }
}
