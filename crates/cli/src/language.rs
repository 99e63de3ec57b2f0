//! Which language a command speaks: what the command line says, then `FENJIE_LANG`, then the locale.
//! Must be known before the command line is read, because its errors are in that language.

use std::ffi::OsString;

use clap::ValueEnum;
use fenjie_message::Lang;

/// The languages by the names the command line takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Spoken {
    /// 中文
    Zh,
    /// English
    En,
}

/// The language of this run.
pub fn spoken(words: &[OsString], variable: impl Fn(&str) -> Option<String>) -> Lang {
    if let Some(lang) = asked(words).and_then(|text| known(&text)) {
        return lang;
    }
    let set = |name: &&str| variable(name).filter(|value| !value.is_empty());
    if let Some(lang) = set(&"FENJIE_LANG").and_then(|text| known(&text)) {
        return lang;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(set);
    // Where the system says nothing at all, the product's first language it is.
    locale.map_or(Lang::Zh, |locale| Lang::from_locale(&locale))
}

/// Whether scripts are listening, as far as can be told before the command line is read.
pub fn wants_json(words: &[OsString]) -> bool {
    words
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json")
}

fn asked(words: &[OsString]) -> Option<String> {
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy());
    let mut found = None;
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        } else if word == "--lang" {
            found = words.next().map(|word| word.into_owned());
        } else if let Some(value) = word.strip_prefix("--lang=") {
            found = Some(value.to_owned());
        }
    }
    found
}

fn known(text: &str) -> Option<Lang> {
    let text = text.to_ascii_lowercase();
    match text.as_str() {
        "c" | "posix" => Some(Lang::En),
        _ if text.starts_with("zh") => Some(Lang::Zh),
        _ if text.starts_with("en") => Some(Lang::En),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, variables: &[(&str, &str)], wanted: Lang) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let variable = |name: &str| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        assert_eq!(spoken(&words, variable), wanted, "{line} {variables:?}");
    }

    #[test]
    fn the_nearest_word_counts() {
        check("fenjie", &[], Lang::Zh);
        check("fenjie", &[("LANG", "C.UTF-8")], Lang::En);
        check("fenjie", &[("LANG", "zh_CN.UTF-8")], Lang::Zh);
        check(
            "fenjie",
            &[("LANG", "zh_CN.UTF-8"), ("LC_ALL", "en_GB")],
            Lang::En,
        );
        check(
            "fenjie",
            &[("LANG", "en_US"), ("FENJIE_LANG", "zh")],
            Lang::Zh,
        );
        check(
            "fenjie check a --lang en",
            &[("FENJIE_LANG", "zh")],
            Lang::En,
        );
        check("fenjie --lang=zh check a", &[("LANG", "en_US")], Lang::Zh);
        check("fenjie --lang fr check a", &[("LANG", "en_US")], Lang::En);
        check(
            "fenjie allocate 1 -- --lang=zh",
            &[("LANG", "en_US")],
            Lang::En,
        );
    }
}
