//! Rust text as the rules see it: comments and literals blanked out, test code marked.
//! A scanner, not a parser: it knows brackets and literals, and no grammar.

use std::collections::BTreeSet;
use std::ops::Range;

use super::files::Text;

/// One Rust file.
pub struct Source<'a> {
    /// Path from the root, with `/`.
    pub path: &'a str,
    /// The lines as written.
    pub lines: Vec<&'a str>,
    /// The text with comments and literals blanked; same lines, same bytes per line.
    pub code: String,
    /// Byte offsets in `code` where lines begin.
    starts: Vec<usize>,
    tests: Vec<Range<usize>>,
}

impl<'a> Source<'a> {
    /// All Rust files among the texts, with the files that only tests include known as such.
    pub fn all(texts: &'a [Text]) -> Vec<Self> {
        let rust = texts.iter().filter(|text| text.path.ends_with(".rs"));
        let mut sources: Vec<Self> = rust.map(|text| Self::new(&text.path, &text.text)).collect();
        let outer: BTreeSet<String> = sources
            .iter()
            .flat_map(|source| source.test_modules())
            .collect();
        for source in &mut sources {
            let stem = source.path.trim_end_matches(".rs").trim_end_matches("/mod");
            let included = outer.iter().any(|module| {
                stem == module || stem.starts_with(module.as_str()) && is_below(stem, module)
            });
            if included || is_test_path(source.path) {
                source.tests = std::iter::once(0..source.code.len()).collect();
            }
        }
        sources
    }

    /// One file by itself.
    pub fn new(path: &'a str, text: &'a str) -> Self {
        let code = mask(text);
        let mut starts = vec![0];
        starts.extend(code.match_indices('\n').map(|(at, _)| at + 1));
        let mut source = Self {
            path,
            lines: text.lines().collect(),
            code,
            starts,
            tests: Vec::new(),
        };
        source.tests = source.test_ranges();
        source
    }

    /// The crate's folder name, when the file belongs to one: `money` of `crates/money/src/…`.
    pub fn krate(&self) -> Option<&'a str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    /// Whether the file lies in a crate's `src`.
    pub fn in_src(&self) -> bool {
        self.path.contains("/src/")
    }

    /// The one-based line of a byte offset.
    pub fn line_of(&self, at: usize) -> usize {
        self.starts.partition_point(|&start| start <= at)
    }

    /// Whether the offset lies in code that only tests compile.
    pub fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// Identifiers of the code in order, with their offsets.
    pub fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        let bytes = self.code.as_bytes();
        let mut at = 0;
        std::iter::from_fn(move || {
            while at < bytes.len() && !is_word(bytes[at]) {
                at += 1;
            }
            let from = at;
            while at < bytes.len() && is_word(bytes[at]) {
                at += 1;
            }
            (from < at).then(|| (from, &self.code[from..at]))
        })
    }

    /// The block that opens at or after the offset: from its `{` to past its `}`. None where a
    /// `;` outside of brackets comes first.
    pub fn block_after(&self, at: usize) -> Option<Range<usize>> {
        let bytes = self.code.as_bytes();
        let mut depth = 0_usize;
        let mut open = None;
        for (place, &byte) in bytes.iter().enumerate().skip(at) {
            match byte {
                b'(' | b'[' => depth += 1,
                b')' | b']' => depth = depth.saturating_sub(1),
                b';' if depth == 0 && open.is_none() => return None,
                b'{' => {
                    open = open.or(Some((place, depth)));
                    depth += 1;
                }
                b'}' => {
                    depth = depth.saturating_sub(1);
                    if let Some((from, outside)) = open
                        && depth == outside
                    {
                        return Some(from..place + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }

    fn test_ranges(&self) -> Vec<Range<usize>> {
        let mut ranges = Vec::new();
        for (at, mark) in self.code.match_indices("#[cfg(test)]") {
            if let Some(block) = self.block_after(at + mark.len()) {
                ranges.push(at..block.end);
            }
        }
        for (at, mark) in self.code.match_indices("#[test]") {
            if let Some(block) = self.block_after(at + mark.len()) {
                ranges.push(at..block.end);
            }
        }
        ranges
    }

    /// Paths, without ending, of `#[cfg(test)] mod name;` declared here.
    fn test_modules(&self) -> Vec<String> {
        let (folder, file) = self.path.rsplit_once('/').unwrap_or(("", self.path));
        let stem = file.trim_end_matches(".rs");
        let home = match stem {
            "lib" | "main" | "mod" => folder.to_owned(),
            _ => format!("{folder}/{stem}"),
        };
        let mut modules = Vec::new();
        for (at, mark) in self.code.match_indices("#[cfg(test)]") {
            let rest = self.code[at + mark.len()..].trim_start();
            let rest = rest.strip_prefix("pub(crate) ").unwrap_or(rest);
            let Some(rest) = rest.strip_prefix("mod ") else {
                continue;
            };
            let name: String = rest
                .chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect();
            if rest[name.len()..].trim_start().starts_with(';') {
                modules.push(format!("{home}/{name}"));
            }
        }
        modules
    }
}

/// Whether the byte may stand in an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn is_below(stem: &str, module: &str) -> bool {
    stem.as_bytes().get(module.len()) == Some(&b'/')
}

fn is_test_path(path: &str) -> bool {
    path.split('/')
        .any(|part| matches!(part, "tests" | "benches" | "fuzz" | "tests.rs"))
}

/// Blanks comments, strings and characters, byte for byte, keeping every line end.
fn mask(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = literal_end(bytes, at);
        if end == at {
            at += 1;
            continue;
        }
        for byte in &mut code[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    String::from_utf8(code).expect("whole literals were blanked, so characters stayed whole")
}

/// The end of the comment or literal that begins at the offset, or the offset itself.
fn literal_end(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let fresh = at == 0 || !is_word(bytes[at - 1]);
    match rest {
        [b'/', b'/', ..] => at + rest.iter().position(|&b| b == b'\n').unwrap_or(rest.len()),
        [b'/', b'*', ..] => at + comment_length(rest),
        [b'"', ..] => at + quoted_length(rest),
        [b'b' | b'c', b'"', ..] if fresh => at + 1 + quoted_length(&rest[1..]),
        [b'r', b'"' | b'#', ..] if fresh => at + raw_length(rest, 1),
        [b'b' | b'c', b'r', b'"' | b'#', ..] if fresh => at + raw_length(rest, 2),
        [b'b', b'\'', ..] if fresh => at + 1 + character_length(&rest[1..]),
        [b'\'', ..] => at + character_length(rest),
        _ => at,
    }
}

fn comment_length(rest: &[u8]) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        match &rest[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth -= 1;
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    rest.len()
}

fn quoted_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

fn raw_length(rest: &[u8], prefix: usize) -> usize {
    let hashes = rest[prefix..].iter().take_while(|&&b| b == b'#').count();
    if rest.get(prefix + hashes) != Some(&b'"') {
        return 0; // `r#name` is an identifier
    }
    let close: Vec<u8> = std::iter::once(b'"')
        .chain(std::iter::repeat_n(b'#', hashes))
        .collect();
    let from = prefix + hashes + 1;
    let found = rest[from..]
        .windows(close.len())
        .position(|window| window == close);
    found.map_or(rest.len(), |place| from + place + close.len())
}

/// A character literal's length, 0 for a lifetime.
fn character_length(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        let close = rest.iter().skip(3).position(|&b| b == b'\'');
        return close.map_or(0, |place| place + 4);
    }
    let close = rest.iter().skip(2).take(4).position(|&b| b == b'\'');
    match close {
        // One character of up to four bytes; a longer reach is a lifetime followed by another.
        Some(place) if std::str::from_utf8(&rest[1..place + 2]).is_ok_and(one_character) => {
            place + 3
        }
        _ => 0,
    }
}

fn one_character(text: &str) -> bool {
    text.chars().count() == 1
}

#[cfg(test)]
mod tests {
    use super::Source;

    #[test]
    fn literals_and_comments_are_blank() {
        let text =
            "let a = \"x.unwrap()\"; // todo!\nlet b = r#\"dbg!\"#; let c = '\"'; f::<'a>();";
        let source = Source::new("a.rs", text);
        assert!(!source.code.contains("unwrap") && !source.code.contains("todo"));
        assert!(!source.code.contains("dbg") && source.code.contains("f::<'a>();"));
        assert_eq!(source.code.len(), text.len());
    }

    #[test]
    fn characters_of_any_width_are_blank() {
        let source = Source::new(
            "a.rs",
            "match c { '万' => 1, '\\'' => 2, '\\u{4e07}' => 3, _ => x }",
        );
        assert!(!source.code.contains('万') && source.code.ends_with("_ => x }"));
    }

    #[test]
    fn test_code_is_known() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n fn b() { if x { } }\n}\nfn c() {}\n";
        let source = Source::new("crates/money/src/a.rs", text);
        let place = |name: &str| source.code.find(name).expect("written above");
        assert!(!source.is_test(place("fn a")) && !source.is_test(place("fn c")));
        assert!(source.is_test(place("fn b")));
        assert_eq!(source.line_of(place("fn c")), 6);
    }
}
