//! A text with values in its places, written for a reader: values cannot leave their places. Must not
//! know topics.

use super::{Value, Values};

/// For whom a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Mail and calendars: no marks.
    Plain,
    /// Group robots: marks of the template count, marks in values do not.
    Markdown,
}

/// What stands where nothing was given.
const NOTHING: &str = "—";

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Words(String),
    Place(Value),
}

/// A text with values in its places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    pieces: Vec<Piece>,
}

/// Words and names of places, in turn; none where a brace is left open.
fn taken_apart(text: &str) -> Option<Vec<(String, Option<String>)>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(open) = rest.find(['{', '}']) {
        if rest.as_bytes()[open] == b'}' {
            return None;
        }
        let close = rest[open..].find('}')? + open;
        let name = rest[open + 1..close].trim();
        if name.contains('{') {
            return None;
        }
        parts.push((rest[..open].to_owned(), Some(name.to_owned())));
        rest = &rest[close + 1..];
    }
    parts.push((rest.to_owned(), None));
    Some(parts)
}

/// The names of the places in a text; none where a brace is left open.
pub(super) fn places(text: &str) -> Option<Vec<String>> {
    let parts = taken_apart(text)?;
    Some(parts.into_iter().filter_map(|(_, place)| place).collect())
}

impl Filled {
    /// Values in the places of a text; a text with a brace left open is taken as it is.
    pub(super) fn of(text: &str, values: &Values) -> Filled {
        let parts = taken_apart(text).unwrap_or_else(|| vec![(text.to_owned(), None)]);
        let mut pieces = Vec::new();
        for (words, place) in parts {
            if !words.is_empty() {
                pieces.push(Piece::Words(words));
            }
            if let Some(name) = place {
                let value = values.get(&name).cloned();
                pieces.push(Piece::Place(value.unwrap_or_else(|| NOTHING.into())));
            }
        }
        Filled { pieces }
    }

    /// The text for a reader.
    pub fn written(&self, format: Format) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match (piece, format) {
                (Piece::Words(words), Format::Markdown) => text.push_str(words),
                (Piece::Words(words), Format::Plain) => text.push_str(&words.replace("**", "")),
                (Piece::Place(Value::Text(value)), _) => text.push_str(&safe(value, format)),
                (Piece::Place(Value::Lines(lines)), _) => {
                    let lines: Vec<String> = lines
                        .iter()
                        .map(|line| format!("- {}", safe(line, format)))
                        .collect();
                    text.push_str(&lines.join("\n"));
                }
            }
        }
        text
    }

    /// The text on one line, for titles and subjects.
    pub fn on_one_line(&self, format: Format) -> String {
        let text = self.written(format);
        text.split_whitespace().collect::<Vec<&str>>().join(" ")
    }
}

/// A value that stays in its place: on one line, and for robots with the wide twins of the letters
/// that could call people, begin a link or make a mark. The robots document no way to escape them.
fn safe(value: &str, format: Format) -> String {
    let mut text = String::with_capacity(value.len());
    for letter in value.chars() {
        let letter = match letter {
            '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => ' ',
            // Hidden letters that turn the direction of what follows.
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => continue,
            letter if letter.is_control() => continue,
            letter => letter,
        };
        let wide = match letter {
            '<' => '＜',
            '>' => '＞',
            '[' => '［',
            ']' => '］',
            '@' => '＠',
            '#' => '＃',
            '*' => '＊',
            '`' => '｀',
            '_' => '＿',
            '~' => '～',
            '\\' => '＼',
            '|' => '｜',
            letter => letter,
        };
        text.push(if format == Format::Markdown {
            wide
        } else {
            letter
        });
    }
    match format {
        Format::Markdown => text.replace("://", "：//"),
        Format::Plain => text,
    }
}
