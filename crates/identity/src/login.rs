//! Logins: how one is written so that two people never have what looks like the same. Must not know
//! accounts.

use unicode_normalization::UnicodeNormalization;

/// The longest login, in characters.
pub const LONGEST: usize = 64;

/// A login as it is kept and looked up: trimmed, in the compatible composed form (full-width letters
/// are letters), without invisible characters. Case is folded where logins are compared.
///
/// None where it is empty, longer than [`LONGEST`], or has blanks or control characters inside.
pub fn normalised(text: &str) -> Option<String> {
    // Nobody types more; longer texts are not worth the work.
    if text.len() > LONGEST * 8 {
        return None;
    }
    let login: String = text.trim().nfkc().collect();
    let visible =
        |letter: char| !letter.is_whitespace() && !letter.is_control() && !invisible(letter);
    let length = login.chars().count();
    (length > 0 && length <= LONGEST && login.chars().all(visible)).then_some(login)
}

/// Letters that take no room, or turn the direction of reading.
fn invisible(letter: char) -> bool {
    matches!(letter, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn what_looks_the_same_is_the_same() {
        assert_eq!(normalised(" ｗａｎｇ ").as_deref(), Some("wang"));
        assert_eq!(normalised("王芳").as_deref(), Some("王芳"));
        assert_eq!(normalised("jose\u{301}"), normalised("jos\u{e9}"));
        for odd in [
            "",
            "  ",
            "wang fang",
            "wang\u{200b}",
            "a\nb",
            "a\u{202e}b",
            &"a".repeat(65),
        ] {
            assert_eq!(normalised(odd), None, "{odd:?}");
        }
    }
}
