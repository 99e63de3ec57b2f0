//! Old offenders, by name and size, that may only get fewer and smaller.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::{Finding, Ratchet};

const FILE: &str = "xtask/ratchet.txt";
const HEADER: &str = "\
# Known breaches of tidy: rule, place, size. They may only shrink.
# `cargo xtask tidy --lower` writes smaller sizes; nothing adds a line but a person.
";

/// Rules that may have known offenders. All others admit none.
const RATCHETED: [&str; 4] = ["doctest", "float-lint", "function-length", "link"];

type Known = BTreeMap<(String, String), usize>;

/// Takes away the findings that the file knows, adds one for each line that is too generous.
pub fn apply(root: &Path, findings: Vec<Finding>, mode: Ratchet) -> Result<Vec<Finding>> {
    let path = root.join(FILE);
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let known = parse(&text)?;
    let (left, lowered) = compare(findings, &known);
    if mode == Ratchet::Lower {
        std::fs::write(&path, print(&lowered))?;
        return Ok(left);
    }
    Ok(left.into_iter().chain(stale(&known, &lowered)).collect())
}

/// The findings that are new or larger, and the known ones at their present size.
fn compare(findings: Vec<Finding>, known: &Known) -> (Vec<Finding>, Known) {
    let mut lowered = Known::new();
    let mut left = Vec::new();
    for finding in findings {
        let key = (finding.rule.to_owned(), finding.place.clone());
        match known.get(&key) {
            Some(&size) if finding.count <= size => {
                // Two items of one name share a line: the larger stands for both.
                let entry = lowered.entry(key).or_default();
                *entry = finding.count.max(*entry);
            }
            _ => left.push(finding),
        }
    }
    (left, lowered)
}

fn stale(known: &Known, lowered: &Known) -> Vec<Finding> {
    let smaller = known
        .iter()
        .filter(|(key, size)| lowered.get(key).is_none_or(|now| now < size));
    let finding = |((rule, place), size): (&(String, String), &usize)| Finding {
        rule: "ratchet",
        place: FILE.to_owned(),
        line: 0,
        count: *size,
        text: format!("`{rule} {place} {size}` is too generous; run `cargo xtask tidy --lower`"),
    };
    smaller.map(finding).collect()
}

fn parse(text: &str) -> Result<Known> {
    let mut known = Known::new();
    for line in text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
    {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [rule, place, size] = words.as_slice() else {
            bail!("{FILE}: `{line}` is not `rule place size`");
        };
        if !RATCHETED.contains(rule) {
            bail!("{FILE}: rule `{rule}` admits no known offenders");
        }
        let size = size.parse().with_context(|| format!("{FILE}: `{line}`"))?;
        known.insert(((*rule).to_owned(), (*place).to_owned()), size);
    }
    Ok(known)
}

fn print(known: &Known) -> String {
    let line =
        |((rule, place), size): (&(String, String), &usize)| format!("{rule} {place} {size}\n");
    HEADER.to_owned() + &known.iter().map(line).collect::<String>()
}

#[cfg(test)]
mod tests {
    use super::{Finding, compare, parse, stale};

    fn long(place: &str, count: usize) -> Finding {
        let rule = "function-length";
        Finding {
            rule,
            place: place.to_owned(),
            line: 1,
            count,
            text: String::new(),
        }
    }

    #[test]
    fn sizes_only_shrink() {
        let known = parse("function-length a#f 90\nfunction-length b#g 100\n").expect("two lines");
        let (left, lowered) = compare(
            vec![long("a#f", 85), long("b#g", 101), long("c#h", 82)],
            &known,
        );
        let places: Vec<&str> = left.iter().map(|finding| finding.place.as_str()).collect();
        assert_eq!(places, ["b#g", "c#h"]);
        assert_eq!(stale(&known, &lowered).len(), 2);
        assert!(parse("header a 1").is_err());
    }
}
