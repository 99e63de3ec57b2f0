//! `cargo xtask setup`: installs what the tests need beyond Rust. Never asks, never fails the
//! tests: where it cannot install, it says how and goes on.

use std::process::Command;

use anyhow::Result;

use crate::process::{program, succeeds};
use crate::python::{PROVIDER, SCHEMATHESIS};

/// Something the tests need, by what it is for.
struct Part {
    name: &'static str,
    packages: &'static [&'static str],
    here: fn() -> bool,
    without: &'static str,
    on_macos: &'static str,
}

const PARTS: [Part; 2] = [
    Part {
        name: "LibreOffice Calc",
        packages: &["libreoffice-calc-nogui", "fonts-noto-cjk"],
        here: has_calc,
        without: "the tests that recalculate workbooks will pass over themselves",
        on_macos: "brew install --cask libreoffice",
    },
    Part {
        name: "PostgreSQL",
        packages: &["postgresql"],
        here: has_postgres,
        without: "the tests on PostgreSQL will say `skipped: no PostgreSQL`",
        on_macos: "brew install postgresql@15",
    },
];

/// Installs LibreOffice Calc (it recalculates our workbooks in the tests), a Chinese font, and
/// PostgreSQL (the records' tests run on it; they start a cluster of their own), and an identity
/// provider (sign-in elsewhere is tested against it), and schemathesis (asks all that is described).
pub fn run() -> Result<()> {
    for part in &PARTS {
        install(part);
    }
    PROVIDER.install();
    SCHEMATHESIS.install();
    Ok(())
}

fn install(part: &Part) {
    if (part.here)() {
        println!("setup: {} is here", part.name);
        return;
    }
    if !succeeds(program("apt-get").arg("--version")) {
        return explain(part, "this machine has no apt-get");
    }
    let Some(rank) = rank() else {
        return explain(part, "not root, and sudo asks for a password");
    };
    println!("setup: installing {}", part.packages.join(" "));
    for _ in 0..2 {
        // A stale package list is the usual reason for a failed install, so it is fetched first.
        succeeds(apt_get(rank).args(["-qq", "update"]));
        let install = ["-qq", "install", "-y", "--no-install-recommends"];
        succeeds(apt_get(rank).args(install).args(part.packages));
        if (part.here)() {
            return println!("setup: {} was installed", part.name);
        }
    }
    explain(part, "apt-get could not install it");
}

/// Whether a PostgreSQL server can be started on this machine.
pub fn has_postgres() -> bool {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let installed = versions
        .flatten()
        .any(|entry| entry.path().join("bin/initdb").is_file());
    installed || succeeds(program("initdb").arg("--version"))
}

/// Whether workbooks can be recalculated on this machine.
pub fn has_calc() -> bool {
    ["soffice", "libreoffice"]
        .iter()
        .any(|name| succeeds(program(name).arg("--version")))
}

#[derive(Clone, Copy)]
enum Rank {
    Root,
    Sudo,
}

fn rank() -> Option<Rank> {
    let id = program("id").arg("-u").output().ok()?;
    if id.stdout.trim_ascii() == b"0" {
        return Some(Rank::Root);
    }
    succeeds(program("sudo").args(["-n", "true"])).then_some(Rank::Sudo)
}

fn apt_get(rank: Rank) -> Command {
    let quiet = "DEBIAN_FRONTEND=noninteractive";
    match rank {
        Rank::Root => {
            let mut command = program("env");
            command.args([quiet, "apt-get"]);
            command
        }
        Rank::Sudo => {
            let mut command = program("sudo");
            command.args(["-n", "env", quiet, "apt-get"]);
            command
        }
    }
}

fn explain(part: &Part, why: &str) {
    println!("setup: {} is missing, and {why}", part.name);
    println!("setup: {}", part.without);
    let packages = part.packages.join(" ");
    println!("hint: Debian, Ubuntu: sudo apt-get install {packages}");
    println!("hint: macOS: {}", part.on_macos);
}
