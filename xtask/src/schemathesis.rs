//! The program that asks every route what the described interface allows and forbids: a package of its
//! own folder below `target`, so that nothing of the machine changes.

use crate::process::{program, succeeds, target_dir};

/// The package, pinned.
const PACKAGE: &str = "schemathesis==4.32.5";

/// Whether it is here.
pub fn has_schemathesis() -> bool {
    let Ok(target) = target_dir() else {
        return false;
    };
    target.join("schemathesis-venv/bin/schemathesis").is_file()
}

/// Installs it where it is missing; says how where it cannot.
pub fn install() {
    if has_schemathesis() {
        return println!("setup: schemathesis is here");
    }
    let Ok(target) = target_dir() else { return };
    let folder = target.join("schemathesis-venv");
    println!("setup: installing {PACKAGE}");
    let made = succeeds(program("python3").args(["-m", "venv"]).arg(&folder));
    let pip = folder.join("bin/pip");
    let installed =
        made && succeeds(program(&pip.to_string_lossy()).args(["install", "--quiet", PACKAGE]));
    if installed && has_schemathesis() {
        return println!("setup: schemathesis was installed");
    }
    println!("setup: schemathesis is missing, and Python's pip could not install it");
    println!("setup: its test will say `skipped: schemathesis is not installed`");
    println!("hint: Debian, Ubuntu: sudo apt-get install python3-venv");
}
