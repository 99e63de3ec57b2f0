//! Lets keys such as 华东 stand without quotes, which TOML itself does not: quotes them before the
//! text is parsed, and leads places back to the text as it was written. Knows no keys.

/// A text in which every key beyond ASCII is quoted.
pub(super) struct Quoted {
    pub(super) text: String,
    /// Places of the inserted quotes in `text`, ascending.
    inserted: Vec<usize>,
}

impl Quoted {
    /// The place in the text as written.
    pub(super) fn written(&self, at: usize) -> usize {
        at - self.inserted.partition_point(|quote| *quote < at)
    }
}

/// Quotes the keys; texts, comments and values stay as they are.
pub(super) fn quote(text: &str) -> Quoted {
    let mut quoted = Quoted {
        text: String::with_capacity(text.len() + 64),
        inserted: Vec::new(),
    };
    if text.is_ascii() {
        quoted.text.push_str(text);
        return quoted;
    }
    let mut rest = text;
    let mut depth = 0usize;
    let mut line_begins = true;
    let mut in_header = false;
    while let Some(next) = rest.chars().next() {
        let taken = match next {
            '"' | '\'' => string_end(rest, next),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            _ if is_key(next) => {
                let end = rest.find(|c| !is_key(c)).unwrap_or(rest.len());
                let after = rest[end..].trim_start_matches([' ', '\t']).chars().next();
                let key = matches!(after, Some('=' | '.')) || in_header;
                if key && !rest[..end].is_ascii() {
                    quoted.inserted.push(quoted.text.len());
                    quoted.text.push('"');
                    quoted.text.push_str(&rest[..end]);
                    quoted.inserted.push(quoted.text.len());
                    quoted.text.push('"');
                    rest = &rest[end..];
                    line_begins = false;
                    continue;
                }
                end
            }
            _ => {
                match next {
                    '[' if depth == 0 && line_begins => in_header = true,
                    '\n' => in_header = false,
                    '[' | '{' if !in_header => depth += 1,
                    ']' | '}' if !in_header => depth = depth.saturating_sub(1),
                    _ => {}
                }
                next.len_utf8()
            }
        };
        line_begins = match next {
            '\n' => true,
            ' ' | '\t' | '\r' => line_begins,
            _ => false,
        };
        quoted.text.push_str(&rest[..taken]);
        rest = &rest[taken..];
    }
    quoted
}

fn is_key(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '-'
}

/// Where the string that begins here ends; at the end of the line where it is not closed.
fn string_end(text: &str, mark: char) -> usize {
    let triple = [mark; 3].iter().collect::<String>();
    let (closing, many_lines) = if text.starts_with(&triple) {
        (triple.as_str(), true)
    } else {
        (&triple[..1], false)
    };
    let mut at = closing.len();
    while at < text.len() {
        let rest = &text[at..];
        if let Some(after) = rest.strip_prefix(closing) {
            // Up to two quotes may stand before the closing three.
            let more = after
                .chars()
                .take_while(|c| *c == mark && many_lines)
                .count();
            return at + closing.len() + more.min(2);
        }
        let c = rest.chars().next().expect("the rest is not empty");
        if c == '\n' && !many_lines {
            return at;
        }
        at += c.len_utf8();
        if c == '\\' && mark == '"' {
            at += text[at..].chars().next().map_or(0, char::len_utf8);
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[track_caller]
    fn check(written: &str, expected: &str) {
        let quoted = quote(written);
        assert_eq!(quoted.text, expected);
        if let Some(at) = expected.find("此处") {
            assert_eq!(quoted.written(at), written.find("此处").unwrap());
        }
    }

    #[test]
    fn keys_are_quoted_and_nothing_else() {
        check(
            "a = { 东北 = 1, B区 = 2 } # 华东 = 此处",
            "a = { \"东北\" = 1, \"B区\" = 2 } # 华东 = 此处",
        );
        check(
            "[axes.产品]\n食品.零食 = [\"此处\"]",
            "[axes.\"产品\"]\n\"食品\".\"零食\" = [\"此处\"]",
        );
        check(
            "x = \"华东 = 1\"\n'华南' = '此处 = 2'",
            "x = \"华东 = 1\"\n'华南' = '此处 = 2'",
        );
        check(
            "x = \"\"\"\n华东 = \"此处\"\n\"\"\"\n华南 = 1",
            "x = \"\"\"\n华东 = \"此处\"\n\"\"\"\n\"华南\" = 1",
        );
        check(
            "x = \"a\\\" 华东 = \"\n华南= 此处",
            "x = \"a\\\" 华东 = \"\n\"华南\"= 此处",
        );
    }

    #[test]
    fn values_without_quotes_stay_wrong() {
        check("x = 华东", "x = 华东");
        check("x = [华东, 华南]", "x = [华东, 华南]");
        check("x = \"华东\ny = 1", "x = \"华东\ny = 1");
    }
}
