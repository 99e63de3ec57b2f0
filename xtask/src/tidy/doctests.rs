//! Every public function of floors 0–1 shows itself in an example that runs.

use super::Finding;
use super::calls::PURE;
use super::source::Source;

/// `pub fn` without a doc block that holds an example. Trait implementations carry no `pub`.
pub fn check(source: &Source) -> Vec<Finding> {
    if !source.krate().is_some_and(|krate| PURE.contains(&krate)) || !source.in_src() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut at = 0;
    for (number, line) in source.code.lines().enumerate() {
        if let Some(name) = public_function(line)
            && !source.is_test(at)
            && !has_example(&source.lines[..number])
        {
            findings.push(Finding {
                rule: "doctest",
                place: format!("{}#{name}", source.path),
                line: number + 1,
                count: 1,
                text: format!("`{name}` is public and has no example"),
            });
        }
        at += line.len() + 1;
    }
    findings
}

/// The name of the public function that the line begins, if it does.
fn public_function(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("pub ")?;
    let rest = rest.strip_prefix("const ").unwrap_or(rest);
    let rest = rest.strip_prefix("fn ")?;
    rest.split(|c: char| !c.is_alphanumeric() && c != '_')
        .next()
}

/// Whether the doc block that ends right above holds a code block (or hides from readers).
fn has_example(above: &[&str]) -> bool {
    for line in above.iter().rev() {
        let line = line.trim();
        if line.starts_with("///") {
            if line.contains("```") {
                return true;
            }
            continue;
        }
        if line.contains("doc(hidden)") {
            return true;
        }
        let attribute = line.starts_with("#[") || line.ends_with(")]") || line.ends_with(',');
        if !attribute {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn examples_are_looked_for_above_attributes() {
        let text = "//! x\n/// A.\n/// ```\n/// ```\n#[must_use]\npub fn a() {}\n\n\
                    /// B.\npub const fn b() {}\npub(crate) fn c() {}\n";
        let found = check(&Source::new("crates/money/src/a.rs", text));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "crates/money/src/a.rs#b");
        assert!(check(&Source::new("crates/cli/src/a.rs", text)).is_empty());
    }
}
