//! What code outside of tests must not say: everywhere, below the command line, on floors 0–1.

use super::Finding;
use super::source::{Source, is_word};

/// Crates of floors 0 and 1: no input or output, no clock, no threads.
pub const PURE: [&str; 4] = ["message", "money", "calendar", "plan"];

const EVERYWHERE: [(&str, &str); 6] = [
    (
        ".unwrap()",
        "say `expect(\"<the invariant>\")` or hand the error up",
    ),
    ("todo!", "unfinished code does not land"),
    ("unimplemented!", "unfinished code does not land"),
    ("dbg!", "left from a search"),
    ("#[allow(", "say `#[expect(lint, reason = \"…\")]`"),
    ("#![allow(", "say `#![expect(lint, reason = \"…\")]`"),
];
const QUIET: [(&str, &str); 4] = [
    ("println!", "only the command line talks"),
    ("print!", "only the command line talks"),
    ("eprintln!", "only the command line talks"),
    ("eprint!", "only the command line talks"),
];
const FORBIDDEN_PURE: [(&str, &str); 10] = [
    ("SystemTime", "time is an argument"),
    ("Instant", "time is an argument"),
    ("Zoned::now", "time is an argument"),
    ("Timestamp::now", "time is an argument"),
    ("std::fs", "floors 0–1 do no input or output"),
    ("std::io", "floors 0–1 do no input or output"),
    ("std::net", "floors 0–1 do no input or output"),
    ("std::env", "floors 0–1 read no surroundings"),
    ("std::process", "floors 0–1 start nothing"),
    ("thread::", "floors 0–1 start nothing"),
];

/// Forbidden calls outside of tests, and floors 0–1 that do not deny float arithmetic.
pub fn check(source: &Source) -> Vec<Finding> {
    let mut findings = find(source, &EVERYWHERE);
    let Some(krate) = source.krate().filter(|_| source.in_src()) else {
        return findings;
    };
    let pure = PURE.contains(&krate);
    if pure || krate == "exchange" {
        findings.extend(find(source, &QUIET));
    }
    if pure {
        findings.extend(find(source, &FORBIDDEN_PURE));
        if source.path.ends_with("/src/lib.rs") && !source.code.contains(FLOATS) {
            let text = format!("does not say `{FLOATS}`");
            findings.push(Finding {
                rule: "float-lint",
                ..finding(source, 0, text)
            });
        }
    }
    findings
}

const FLOATS: &str = "deny(clippy::float_arithmetic)";

fn find(source: &Source, list: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (call, why) in list {
        for (at, _) in source.code.match_indices(call) {
            let whole = at == 0 || !is_word(call.as_bytes()[0]) || {
                !is_word(source.code.as_bytes()[at - 1])
            };
            if whole && !source.is_test(at) {
                findings.push(finding(
                    source,
                    source.line_of(at),
                    format!("`{call}`: {why}"),
                ));
            }
        }
    }
    findings
}

fn finding(source: &Source, line: usize, text: String) -> Finding {
    Finding {
        rule: "calls",
        place: source.path.to_owned(),
        line,
        count: 1,
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Source, check};

    fn lines(path: &str, text: &str) -> Vec<usize> {
        check(&Source::new(path, text))
            .iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn forbidden_calls_are_found_by_floor() {
        let text = "a.unwrap();\nprintln!();\nstd::fs::read();\n#[cfg(test)]\nmod t { fn x() { b.unwrap() } }";
        let mut pure = lines("crates/plan/src/a.rs", text);
        pure.sort_unstable();
        assert_eq!(pure, [1, 2, 3]);
        assert_eq!(lines("crates/exchange/src/a.rs", text), [1, 2]);
        assert_eq!(lines("crates/cli/src/a.rs", text), [1]);
        assert_eq!(lines("crates/plan/src/lib.rs", "mod a;"), [0]);
    }
}
