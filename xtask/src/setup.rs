//! `cargo xtask setup`: installs what the tests need beyond Rust. Never asks, never fails the
//! tests: where it cannot install, it says how and goes on.

use std::process::Command;

use anyhow::Result;

use crate::process::{program, succeeds};

const PACKAGES: [&str; 2] = ["libreoffice-calc-nogui", "fonts-noto-cjk"];

/// Installs LibreOffice Calc (it recalculates our workbooks in the tests) and a Chinese font.
pub fn run() -> Result<()> {
    if has_calc() {
        println!("setup: LibreOffice is here");
        return Ok(());
    }
    if !succeeds(program("apt-get").arg("--version")) {
        explain("this machine has no apt-get");
        return Ok(());
    }
    let Some(rank) = rank() else {
        explain("not root, and sudo asks for a password");
        return Ok(());
    };
    println!("setup: installing {}", PACKAGES.join(" "));
    for _ in 0..2 {
        // A stale package list is the usual reason for a failed install, so it is fetched first.
        succeeds(apt_get(rank).args(["-qq", "update"]));
        let install = ["-qq", "install", "-y", "--no-install-recommends"];
        succeeds(apt_get(rank).args(install).args(PACKAGES));
        if has_calc() {
            println!("setup: LibreOffice was installed");
            return Ok(());
        }
    }
    explain("apt-get could not install it");
    Ok(())
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

fn explain(why: &str) {
    println!("setup: LibreOffice Calc is missing, and {why}");
    println!("setup: the tests that recalculate workbooks will pass over themselves");
    println!(
        "hint: Debian, Ubuntu: sudo apt-get install {}",
        PACKAGES.join(" ")
    );
    println!("hint: macOS: brew install --cask libreoffice");
}
