//! Texts of unknown origin made safe for SVG. Knows characters, no layout.

/// Appends a text so that it can stand between tags and in quoted attributes: markup escaped,
/// white space made plain, and what XML cannot carry or what would turn a line around replaced.
pub(crate) fn escape_into(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(plain(c)),
        }
    }
}

/// The character as it is drawn.
pub(crate) fn plain(c: char) -> char {
    match c {
        '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => ' ',
        // Not XML, or a control that reorders what stands after it.
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        c => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_and_control_characters_do_no_harm() {
        let check = |text: &str, want: &str| {
            let mut out = String::new();
            escape_into(text, &mut out);
            assert_eq!(out, want);
        };
        check("华东 & <b>", "华东 &amp; &lt;b&gt;");
        check("\" onload='x", "&quot; onload=&#39;x");
        check("a\u{0}b\u{1b}[31m\n", "a\u{fffd}b\u{fffd}[31m ");
        check("\u{202e}开店", "\u{fffd}开店");
        check("]]>", "]]&gt;");
    }
}
