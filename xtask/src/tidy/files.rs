//! Which files are looked at, what begins them, how long they and their functions may be,
//! and what must not be written into any of them.

use std::path::Path;

use anyhow::{Context, Result};

use super::Finding;
use super::source::Source;

const LONGEST_FILE: usize = 600;
const LONGEST_FUNCTION: usize = 80;

/// A table of sentences, one arm for each reason, is read by line and not by flow.
const LONGEST_TABLE: usize = 160;
const TABLES: [&str; 7] = [
    "zh", "en", "text_zh", "text_en", "hint_zh", "hint_en", "code",
];

/// Endings of the files that people write.
const WRITTEN: [&str; 12] = [
    "rs", "toml", "md", "py", "csv", "json", "jsonl", "txt", "yml", "yaml", "sh", "sql",
];
const PASSED_OVER: [&str; 7] = [
    "target",
    ".git",
    ".venv",
    "node_modules",
    "corpus",
    "artifacts",
    "__pycache__",
];

/// One file that people write.
pub struct Text {
    /// Path from the root, with `/`.
    pub path: String,
    /// What it holds.
    pub text: String,
}

/// Every file that people write, by path.
pub fn texts(root: &Path) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    let mut folders = vec![root.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            let kind = entry.file_type()?;
            if kind.is_dir() && !PASSED_OVER.contains(&name.as_str()) {
                folders.push(path);
            } else if kind.is_file() && is_written(&path) {
                let bytes = std::fs::read(&path).with_context(|| path.display().to_string())?;
                // A test input in another encoding is no text to us.
                let Ok(text) = String::from_utf8(bytes) else {
                    continue;
                };
                let path = path
                    .strip_prefix(root)?
                    .to_string_lossy()
                    .replace('\\', "/");
                texts.push(Text { path, text });
            }
        }
    }
    texts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(texts)
}

fn is_written(path: &Path) -> bool {
    match path.extension() {
        Some(ending) => WRITTEN.iter().any(|known| ending == *known),
        None => path.ends_with(".ci/run"),
    }
}

/// Headers, lengths, paths of one machine, open ends without a name.
pub fn check(texts: &[Text]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for Text { path, text } in texts {
        let found = |rule, line, count, text: String| Finding {
            rule,
            place: path.clone(),
            line,
            count,
            text,
        };
        if path.ends_with(".rs") {
            if !text.starts_with("//!") {
                let text = "the first line is not a `//!` header".to_owned();
                findings.push(found("header", 1, 1, text));
            }
            let lines = text.lines().count();
            if lines > LONGEST_FILE {
                let text = format!("{lines} lines, {LONGEST_FILE} at most");
                findings.push(found("file-length", 0, lines, text));
            }
        }
        if path != "Cargo.lock" {
            for (number, line) in text.lines().enumerate() {
                if let Some(folder) = machine_path(path, line) {
                    let text = format!("`{folder}` is a path of one machine");
                    findings.push(found("machine-path", number + 1, 1, text));
                }
                if has_open_end(line) {
                    let text = "an open end names its issue: `TODO(issue): …`".to_owned();
                    findings.push(found("open-end", number + 1, 1, text));
                }
            }
        }
    }
    findings
}

/// Functions outside of tests, from `fn` to the closing brace.
pub fn check_functions(source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    let words: Vec<(usize, &str)> = source.words().collect();
    for pair in words.windows(2) {
        let [(at, "fn"), (name_at, name)] = pair else {
            continue;
        };
        // `fn(u32)` is a type, not a function.
        if source.is_test(*at) || source.code[at + 2..].starts_with('(') {
            continue;
        }
        let Some(block) = source.block_after(*name_at) else {
            continue;
        };
        let line = source.line_of(*at);
        let lines = source.line_of(block.end - 1) + 1 - line;
        let most = if TABLES.contains(name) {
            LONGEST_TABLE
        } else {
            LONGEST_FUNCTION
        };
        if lines > most {
            findings.push(Finding {
                rule: "function-length",
                place: format!("{}#{name}", source.path),
                line,
                count: lines,
                text: format!("`{name}` has {lines} lines, {most} at most"),
            });
        }
    }
    findings
}

/// The folder of one machine that the line names, if it does.
fn machine_path(path: &str, line: &str) -> Option<String> {
    let document = path.ends_with(".md");
    // A temporary folder is a harmless example in a document.
    let folders: &[&str] = if document {
        &["work", "root", "home"]
    } else {
        &["work", "root", "home", "tmp"]
    };
    for folder in folders {
        let wanted = format!("/{folder}/");
        for (at, _) in line.match_indices(&wanted) {
            let before = line[..at].chars().next_back();
            if before.is_none_or(|c| !c.is_alphanumeric() && !"._-~$})*/".contains(c)) {
                return Some(wanted);
            }
        }
    }
    None
}

fn has_open_end(line: &str) -> bool {
    let mark = concat!("TO", "DO");
    line.match_indices(mark).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + mark.len()..];
        let alone = before.is_none_or(|c| !c.is_alphanumeric() && c != '_')
            && after
                .chars()
                .next()
                .is_none_or(|c| !c.is_alphanumeric() && c != '_');
        let quoted = before == Some('`');
        alone && !quoted && !after.starts_with('(')
    })
}

#[cfg(test)]
mod tests {
    use super::{Source, Text, check, check_functions};

    fn rules(path: &str, text: &str) -> Vec<&'static str> {
        let text = Text {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        check(&[text]).iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn each_rule_finds_its_breach() {
        assert_eq!(rules("a.rs", "use x;\n"), ["header"]);
        assert_eq!(rules("a.rs", &"//! x\n".repeat(601)), ["file-length"]);
        assert_eq!(
            rules("a.toml", concat!("x = \"", "/ho", "me/me/y\"\n")),
            ["machine-path"]
        );
        assert_eq!(
            rules("a.md", concat!("see /t", "mp/y, src/ho", "me/\n")),
            [""; 0]
        );
        assert_eq!(rules("a.py", concat!("# TO", "DO later\n")), ["open-end"]);
        assert_eq!(
            rules("a.py", concat!("# TO", "DO(weekly): later\n")),
            [""; 0]
        );
    }

    #[test]
    fn a_long_function_is_found_by_name() {
        let text = format!(
            "//! x\nfn long(a: [u8; 3]) {{\n{}}}\n",
            "    f();\n".repeat(80)
        );
        let found = check_functions(&Source::new("crates/x/src/a.rs", &text));
        assert_eq!(found[0].place, "crates/x/src/a.rs#long");
        assert_eq!(found[0].count, 82);
    }
}
