//! `cargo xtask tidy`: rules of the house that no compiler knows. Also a test, so that
//! `cargo test` holds them. Every rule is a pure function from sources to findings.

mod calls;
mod doctests;
mod documents;
mod files;
mod floors;
mod ratchet;
mod source;
mod words;

use std::path::Path;

use anyhow::{Result, bail};

use crate::process::root;
use source::Source;

/// What to do with `xtask/ratchet.txt`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Ratchet {
    /// Compare with it.
    Keep,
    /// Write the smaller counts into it; a larger count stays a finding.
    Lower,
}

/// One breach of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule, as the ratchet file names it.
    pub rule: &'static str,
    /// File, and the item in it where a rule is counted by item.
    pub place: String,
    /// One-based line, 0 for a whole file.
    pub line: usize,
    /// How much is wrong; rules without a measure say 1.
    pub count: usize,
    /// What is wrong and what to do.
    pub text: String,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{}: {} [{}]", self.place, self.text, self.rule),
            line => write!(f, "{}:{line}: {} [{}]", self.place, self.text, self.rule),
        }
    }
}

/// Prints what breaks a rule; any finding is an error.
pub fn run(mode: Ratchet) -> Result<()> {
    let root = root();
    let findings = check(&root)?;
    let findings = ratchet::apply(&root, findings, mode)?;
    for finding in &findings {
        println!("{finding}");
    }
    if !findings.is_empty() {
        bail!("tidy: {} found", findings.len());
    }
    println!("tidy: clean");
    Ok(())
}

fn check(root: &Path) -> Result<Vec<Finding>> {
    let texts = files::texts(root)?;
    let sources = Source::all(&texts);
    let mut findings = floors::check(&crate::process::metadata()?);
    findings.extend(files::check(&texts));
    findings.extend(documents::check(root, &texts));
    for source in &sources {
        findings.extend(files::check_functions(source));
        findings.extend(words::check(source));
        findings.extend(calls::check(source));
        findings.extend(doctests::check(source));
    }
    findings.sort_by(|a, b| (&a.place, a.line, a.rule).cmp(&(&b.place, b.line, b.rule)));
    Ok(findings)
}

#[cfg(test)]
mod tests {
    use super::{Ratchet, check, ratchet};

    #[test]
    fn the_house_is_tidy() {
        let root = crate::process::root();
        let findings = check(&root).expect("the workspace can be read");
        let findings = ratchet::apply(&root, findings, Ratchet::Keep).expect("a readable ratchet");
        let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
        assert!(lines.is_empty(), "\n{}", lines.join("\n"));
    }
}
