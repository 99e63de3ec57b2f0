//! One word per thing: names that the glossary gives to nothing, found where names are made.

use super::Finding;
use super::source::Source;

/// Words with another word in the glossary, or with none because they say nothing.
const BANNED: [(&str, &str); 20] = [
    ("split", "decompose, allocate"),
    ("splits", "parts"),
    ("spread", "allocate"),
    ("splash", "allocate"),
    ("cascade", "decompose"),
    ("distribute", "allocate"),
    ("distribution", "allocation"),
    ("breakback", "set"),
    ("rollover", "carry forward"),
    ("goal", "target"),
    ("goals", "targets"),
    ("kpi", "measure"),
    ("data", "the thing's own name"),
    ("info", "the thing's own name"),
    ("manager", "the thing's own name"),
    ("helper", "the thing's own name"),
    ("helpers", "the thing's own name"),
    ("util", "the thing's own name"),
    ("utils", "the thing's own name"),
    ("idx", "index, or the whole word"),
];

/// Keywords after which a name is made.
const MAKERS: [&str; 9] = [
    "fn", "struct", "enum", "trait", "type", "mod", "const", "static", "let",
];

/// Names that traits of others ask for, with what makes them.
const FOREIGN: [(&str, &str); 2] = [("type", "Data"), ("fn", "get_info")];

/// Names made in the crates' code outside of tests.
pub fn check(source: &Source) -> Vec<Finding> {
    if source.krate().is_none() || !source.in_src() {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let (mut maker, mut before) = (false, "");
    for (at, word) in source.words() {
        let foreign = FOREIGN.contains(&(before, word));
        if maker && !foreign && !matches!(word, "mut" | "fn") {
            findings.extend(banned(word).map(|(part, better)| Finding {
                rule: "glossary",
                place: source.path.to_owned(),
                line: source.line_of(at),
                count: 1,
                text: format!("`{word}`: not `{part}` but {better}"),
            }));
        }
        // `let mut x` still makes a name, and so does `const fn x`.
        let waits = maker && word == "mut";
        maker = !source.is_test(at) && (waits || MAKERS.contains(&word));
        before = word;
    }
    findings
}

fn banned(name: &str) -> Option<(&'static str, &'static str)> {
    let parts = parts(name);
    BANNED
        .into_iter()
        .find(|(word, _)| parts.iter().any(|part| part == word))
}

/// The words of a name, `snake_case` or `CamelCase`, in lower case.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut before = '_';
    for c in name.chars() {
        if c == '_' || c.is_uppercase() && !before.is_uppercase() {
            parts.push(String::new());
        }
        if c != '_' {
            parts
                .last_mut()
                .expect("begins with one")
                .extend(c.to_lowercase());
        }
        before = c;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    #[test]
    fn made_names_are_found_and_used_ones_are_not() {
        let text = "fn split_row() {}\nstruct PlanData;\nlet mut week_idx = 0;\n\
                    let metadata = text.split(',').map(|data| data.split_at(3));\n";
        let found = check(&Source::new("crates/plan/src/a.rs", text));
        let lines: Vec<usize> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, [1, 2, 3]);
        assert!(check(&Source::new("xtask/src/a.rs", text)).is_empty());
    }
}
