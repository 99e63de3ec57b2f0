//! The apostrophe that keeps a text in CSV from being taken for a formula: put on when writing,
//! taken off when reading. Knows no files.

/// Whether a spreadsheet program would take the text for a formula, or the text looks like one that
/// was guarded already and must be guarded again to come back as it was.
pub(crate) fn needs_guard(text: &str) -> bool {
    text.trim_start_matches('\'')
        .starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Takes off the apostrophe that [`needs_guard`] asked for.
pub(crate) fn without_guard(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if needs_guard(rest) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guarded_text_comes_back() {
        for text in [
            "=1+1", "+86", "-其他", "@x", "'=a", "''-b", "'a", "a=b", "", "'",
        ] {
            let written = if needs_guard(text) {
                format!("'{text}")
            } else {
                text.to_owned()
            };
            assert!(!written.starts_with(['=', '+', '-', '@']));
            assert_eq!(without_guard(&written), text);
        }
    }
}
