//! How wide a text will be, without a font: an upper estimate that layout can rely on.

use unicode_width::UnicodeWidthChar;

use crate::escape::plain;

/// The most characters of a name that a picture carries, in its title element.
const LONGEST: usize = 200;

/// The width of a text in pixels at a font size, a little more than usual fonts need.
pub(crate) fn text_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| em(plain(c))).sum::<f64>() * size
}

fn em(c: char) -> f64 {
    match c {
        '0'..='9' | '+' | '-' | '−' | '–' => 0.6,
        ' ' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | 'i' | 'j' | 'l' => 0.3,
        'f' | 'r' | 't' | 'I' | '(' | ')' | '[' | ']' | '/' | '·' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        'a'..='z' => 0.6,
        'A'..='Z' => 0.7,
        '…' => 1.0,
        c => match c.width() {
            Some(0) => 0.0,
            Some(1) | None => 0.7,
            Some(_) => 1.0,
        },
    }
}

/// The text if it fits, else its beginning and an ellipsis; empty where not even that fits.
pub(crate) fn shorten(text: &str, size: f64, width: f64) -> String {
    let head: String = text.chars().take(LONGEST).collect();
    if head.len() == text.len() && text_width(text, size) <= width {
        return head;
    }
    let room = width - text_width("…", size);
    let mut used = 0.0;
    let mut short = String::new();
    for c in head.chars() {
        used += em(plain(c)) * size;
        if used > room {
            break;
        }
        short.push(c);
    }
    let short = short.trim_end();
    if short.is_empty() {
        return String::new();
    }
    format!("{short}…")
}

/// The whole name for a title element, or as much as a picture should carry.
pub(crate) fn whole(text: &str) -> String {
    let mut chars = text.chars();
    let head: String = chars.by_ref().take(LONGEST).collect();
    if chars.next().is_some() {
        head + "…"
    } else {
        head
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_ends_in_an_ellipsis() {
        assert_eq!(shorten("南京新街口店", 12.0, 100.0), "南京新街口店");
        assert_eq!(shorten("南京新街口店", 12.0, 48.0), "南京新…");
        assert_eq!(shorten("Nanjing Road flagship", 12.0, 60.0), "Nanjing…");
        assert_eq!(shorten("南京", 12.0, 3.0), "");
        assert_eq!(shorten("", 12.0, 3.0), "");
        let long = "店".repeat(5000);
        assert_eq!(whole(&long).chars().count(), 201);
        assert!(text_width(&shorten(&long, 12.0, 90.0), 12.0) <= 90.0);
    }

    #[test]
    fn widths_are_those_of_a_generous_font() {
        assert!((text_width("目标", 12.0) - 24.0).abs() < 1e-9);
        assert!(text_width("1,068.00万", 12.0) > 50.0);
        assert!(text_width("\u{301}", 12.0).abs() < 1e-9);
    }
}
