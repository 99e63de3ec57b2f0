//! Programs from Python's packages that tests run beside the product, each in a folder of its own below
//! `target`, so that nothing of the machine changes. Must not know what the tests do with them.

use crate::process::{program, succeeds, target_dir};

/// A program of a package.
pub struct Package {
    /// Its folder below `target`.
    folder: &'static str,
    /// The program.
    program: &'static str,
    /// The package, pinned.
    pinned: &'static str,
    /// What it is, in a sentence.
    called: &'static str,
    /// What is missed without it.
    missed: &'static str,
}

/// The identity provider that sign-in elsewhere is tested against.
pub const PROVIDER: Package = Package {
    folder: "oidc",
    program: "oidc-provider-mock",
    pinned: "oidc-provider-mock==0.3.4",
    called: "the identity provider",
    missed: "the tests of sign-in elsewhere will say `skipped: no identity provider`",
};

/// The program that asks every route what the described interface allows and forbids.
pub const SCHEMATHESIS: Package = Package {
    folder: "schemathesis-venv",
    program: "schemathesis",
    pinned: "schemathesis==4.32.5",
    called: "schemathesis",
    missed: "its test will say `skipped: schemathesis is not installed`",
};

impl Package {
    /// Whether it is here.
    pub fn is_here(&self) -> bool {
        let Ok(target) = target_dir() else {
            return false;
        };
        let programs = target.join(self.folder).join("bin");
        programs.join(self.program).is_file()
    }

    /// Installs it where it is missing; says how where it cannot.
    pub fn install(&self) {
        let called = self.called;
        if self.is_here() {
            return println!("setup: {called} is here");
        }
        let Ok(target) = target_dir() else { return };
        let folder = target.join(self.folder);
        println!("setup: installing {}", self.pinned);
        let made = succeeds(program("python3").args(["-m", "venv"]).arg(&folder));
        let pip = folder.join("bin/pip");
        let install = ["install", "--quiet", self.pinned];
        let installed = made && succeeds(program(&pip.to_string_lossy()).args(install));
        if installed && self.is_here() {
            return println!("setup: {called} was installed");
        }
        println!("setup: {called} is missing, and Python's pip could not install it");
        println!("setup: {}", self.missed);
        println!("hint: Debian, Ubuntu: sudo apt-get install python3-venv");
    }
}
