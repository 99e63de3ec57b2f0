//! Reads a configuration file and the environment into settings. Must not know what the keys mean.

use std::path::Path;

use toml_edit::{Document, Item, Value};

use super::{Place, ServeSettings, SettingsError, keys};

/// The largest configuration file, in bytes.
const LARGEST: u64 = 1024 * 1024;

impl ServeSettings {
    /// Reads a configuration file over these settings.
    ///
    /// # Errors
    /// `settings_unreadable`, `settings_syntax`, `setting_unknown` with the place and the near miss,
    /// `setting_invalid`.
    pub fn read_file(&mut self, path: &Path) -> Result<(), SettingsError> {
        let unreadable = |reason: String| SettingsError::Unreadable {
            path: path.to_owned(),
            reason,
        };
        let size = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
        if size.len() > LARGEST {
            return Err(unreadable(format!("> {LARGEST} B")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(error.to_string()))?;
        self.read_text(path, &text)
    }

    /// Reads the text of a configuration file over these settings.
    ///
    /// # Errors
    /// Those of [`ServeSettings::read_file`].
    pub fn read_text(&mut self, path: &Path, text: &str) -> Result<(), SettingsError> {
        let document = Document::parse(text).map_err(|error| SettingsError::Syntax {
            path: path.to_owned(),
            line: line_of(text, error.span().map_or(0, |span| span.start)),
            reason: error.message().to_owned(),
        })?;
        let mut found = Vec::new();
        collect(document.as_table(), "", &mut found);
        for (key, at, value) in found {
            let line = line_of(text, at);
            let place = Place::File {
                path: path.to_owned(),
                line,
            };
            match value {
                Some(value) => self.set(place, &key, &value)?,
                None => return Err(keys::unknown(place, &key)),
            }
        }
        Ok(())
    }

    /// Reads variables of the environment over these settings; those that do not begin with `FENJIE_`
    /// are passed over.
    ///
    /// # Errors
    /// `setting_unknown`, `setting_invalid`.
    pub fn read_environment(
        &mut self,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<(), SettingsError> {
        let mut ours: Vec<(String, String)> = variables.into_iter().collect();
        ours.sort();
        for (name, value) in ours {
            let Some(key) = keys::key_of(&name) else {
                continue;
            };
            self.set(Place::Environment(name), &key, &value)?;
        }
        Ok(())
    }
}

/// A key with its groups before it, where it stands, and its value as a text; none where it is a
/// group that nobody knows.
type Found = (String, usize, Option<String>);

fn collect(table: &dyn toml_edit::TableLike, before: &str, found: &mut Vec<Found>) {
    for (name, item) in table.iter() {
        let key = match before {
            "" => name.to_owned(),
            before => format!("{before}.{name}"),
        };
        let at = table.key(name).and_then(|key| key.span());
        let at = at.or_else(|| item.span()).map_or(0, |span| span.start);
        match item.as_table_like() {
            Some(inner) if keys::is_group(&key) => collect(inner, &key, found),
            Some(_) => found.push((key, at, None)),
            None => found.push((key, at, Some(text_of(item)))),
        }
    }
}

/// A value as it would stand on the command line.
fn text_of(item: &Item) -> String {
    match item.as_value() {
        Some(Value::String(text)) => text.value().clone(),
        Some(Value::Array(several)) => {
            let texts = several.iter().map(|value| match value {
                Value::String(text) => text.value().clone(),
                other => other.to_string().trim().to_owned(),
            });
            texts.collect::<Vec<_>>().join(",")
        }
        Some(other) => other.to_string().trim().to_owned(),
        None => String::new(),
    }
}

fn line_of(text: &str, at: usize) -> usize {
    let before = text.get(..at).unwrap_or(text);
    before.bytes().filter(|byte| *byte == b'\n').count() + 1
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use fenjie_message::{Lang, Message};

    use crate::settings::ServeSettings;

    fn read(text: &str) -> Result<ServeSettings, String> {
        let mut settings = ServeSettings::default();
        let read = settings.read_text(Path::new("fenjie.toml"), text);
        read.map(|()| settings).map_err(|error| {
            let hint = error.hint(Lang::En).unwrap_or_default();
            format!("{} | {} | {hint}", error.code(), error.text(Lang::En))
        })
    }

    #[test]
    fn a_file_sets_what_it_names() {
        let settings = read(
            "listen = \"0.0.0.0:80\"\ntrusted_proxies = [\"10.0.0.0/8\", \"::1\"]\n\
             [limits]\nin_flight = 8\nwait_seconds = 1\n[log]\nformat = \"json\"\n",
        )
        .unwrap();
        assert!(settings.exposed());
        assert_eq!(settings.trusted_proxies.len(), 2);
        assert_eq!(settings.limits.in_flight, 8);
        assert_eq!(settings.limits.wait.as_secs(), 1);
    }

    #[test]
    fn what_nobody_knows_is_refused_with_its_place_and_what_was_meant() {
        let check = |text: &str, expected: &str| {
            assert_eq!(read(text).unwrap_err(), expected);
        };
        check(
            "folder = \"a\"\nlisten_on = \"127.0.0.1:1\"\n",
            "setting_unknown | fenjie.toml:2: there is no setting `listen_on` | did you mean `listen`?",
        );
        check(
            "\n[limits]\nin_fligt = 3\n",
            "setting_unknown | fenjie.toml:3: there is no setting `limits.in_fligt` | \
             did you mean `limits.in_flight`?",
        );
        check(
            "[limit]\nin_flight = 3\n",
            "setting_unknown | fenjie.toml:1: there is no setting `limit` | ",
        );
        check(
            "listen = \"here\"\n",
            "setting_invalid | fenjie.toml:1: `listen` has to be like 127.0.0.1:8737 | ",
        );
        check(
            "[limits]\nstreams = -1\n",
            "setting_invalid | fenjie.toml:2: `limits.streams` has to be a whole number within its bounds | ",
        );
    }

    #[test]
    fn the_environment_is_read_over_the_file() {
        let mut settings = read("[limits]\nin_flight = 8\nstreams = 9\n").unwrap();
        let variables = [
            ("FENJIE_LIMITS_IN_FLIGHT", "5"),
            ("FENJIE_LANG", "zh"),
            ("FENJIE_REQUIRE_POSTGRES", "1"),
            ("PATH", "x"),
        ];
        let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
            pairs.iter().map(own).collect()
        };
        settings.read_environment(owned(&variables)).unwrap();
        assert_eq!((settings.limits.in_flight, settings.limits.streams), (5, 9));
        let odd = settings
            .read_environment(owned(&[("FENJIE_LISTN", "1")]))
            .unwrap_err();
        assert_eq!(
            odd.text(Lang::En),
            "FENJIE_LISTN: there is no setting `FENJIE_LISTN`"
        );
        assert_eq!(
            odd.hint(Lang::En).as_deref(),
            Some("did you mean `FENJIE_LISTEN`?")
        );
    }

    #[test]
    fn the_usual_values_of_the_table_are_the_usual_values() {
        let mut settings = ServeSettings::default();
        for [key, _, usual, _] in ServeSettings::table(Lang::En) {
            let usual = if usual == "[]" { "" } else { &usual };
            if !usual.is_empty() {
                let place = super::Place::Option(key.clone());
                settings.set(place, &key, usual).unwrap();
            }
        }
        assert_eq!(settings, ServeSettings::default());
    }

    /// The manual's table of keys is this one; `UPDATE_EXPECT=1` writes it anew.
    #[test]
    fn the_manual_has_every_key() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/manual");
        for (lang, folder) in [(Lang::Zh, "zh"), (Lang::En, "en")] {
            let path = format!("{root}/{folder}/serve.md");
            let text = std::fs::read_to_string(&path).unwrap();
            let rows = ServeSettings::table(lang);
            let rows = rows.iter().map(|[key, variable, usual, text]| {
                let usual = match usual.as_str() {
                    "" => String::new(),
                    usual => format!("`{usual}`"),
                };
                format!("| `{key}` | `{variable}` | {usual} | {text} |\n")
            });
            let wanted: String = rows.collect();
            let begin = text.find("| `folder` |").unwrap();
            let end = begin + text[begin..].find("\n\n").unwrap() + 1;
            if std::env::var_os("UPDATE_EXPECT").is_some() {
                let anew = format!("{}{wanted}{}", &text[..begin], &text[end..]);
                std::fs::write(&path, anew).unwrap();
            } else {
                assert_eq!(&text[begin..end], wanted, "{path}");
            }
        }
    }
}
