//! The identity provider that sign-in elsewhere is tested against: a package of its own folder below
//! `target`, so that nothing of the machine changes.

use crate::process::{program, succeeds, target_dir};

/// The package, pinned.
const PACKAGE: &str = "oidc-provider-mock==0.3.4";

/// Whether the provider is here.
pub fn has_provider() -> bool {
    let Ok(target) = target_dir() else {
        return false;
    };
    target.join("oidc/bin/oidc-provider-mock").is_file()
}

/// Installs the provider where it is missing; says how where it cannot.
pub fn install() {
    if has_provider() {
        return println!("setup: the identity provider is here");
    }
    let Ok(target) = target_dir() else { return };
    let folder = target.join("oidc");
    println!("setup: installing {PACKAGE}");
    let made = succeeds(program("python3").args(["-m", "venv"]).arg(&folder));
    let pip = folder.join("bin/pip");
    let installed =
        made && succeeds(program(&pip.to_string_lossy()).args(["install", "--quiet", PACKAGE]));
    if installed && has_provider() {
        return println!("setup: the identity provider was installed");
    }
    println!("setup: the identity provider is missing, and Python's pip could not install it");
    println!("setup: the tests of sign-in elsewhere will say `skipped: no identity provider`");
    println!("hint: Debian, Ubuntu: sudo apt-get install python3-venv");
}
