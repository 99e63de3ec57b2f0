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
    let mut of_inner_type = false;
    for (number, line) in source.code.lines().enumerate() {
        if line.starts_with("impl") {
            of_inner_type = is_inner_type(source, line);
        } else if line.starts_with('}') {
            of_inner_type = false;
        }
        if let Some(name) = public_function(line)
            && !source.is_test(at)
            && !of_inner_type
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

/// Whether the block implements a type that this file declares without `pub`: its functions can be
/// reached by the crate only.
fn is_inner_type(source: &Source, header: &str) -> bool {
    let header = header.split(" for ").last().unwrap_or(header);
    let header = header.trim_start_matches("impl").trim_start();
    let mut depth = 0;
    // `impl<'a, T> Name<T>`: the parameters of the block come first.
    let bare: String = header
        .chars()
        .skip_while(|&c| {
            depth += i32::from(c == '<') - i32::from(c == '>');
            depth > 0 || c == '>' || c == ' '
        })
        .take_while(|&c| c.is_alphanumeric() || c == '_')
        .collect();
    let kinds = ["struct ", "enum "].map(|kind| format!("{kind}{bare}"));
    source.code.lines().any(|line| {
        let declared = line
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        kinds.iter().any(|kind| {
            let rest = declared.strip_prefix(kind.as_str());
            rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
        })
    })
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

    #[test]
    fn types_of_the_crate_alone_need_no_examples() {
        let text = "//! x\npub(crate) struct A<'a>(&'a str);\nimpl<'a> A<'a> {\n    pub fn a() {}\n}\n\
                    pub struct Ab;\nimpl Ab {\n    pub fn b() {}\n}\n";
        let found = check(&Source::new("crates/money/src/a.rs", text));
        let places: Vec<&str> = found.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["crates/money/src/a.rs#b"]);
    }
}
