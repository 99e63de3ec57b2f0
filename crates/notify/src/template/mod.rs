//! Texts with places for values, in Chinese and English, written anew by an organisation where it
//! wants to. Must not know channels or who reads them.

mod topic;
mod written;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use topic::Topic;
pub use written::{Filled, Format};

/// The longest title, in characters.
pub const LONGEST_TITLE: usize = 200;
/// The longest text, in characters.
pub const LONGEST_BODY: usize = 4000;

/// What stands in a place of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One text; its line ends become spaces.
    Text(String),
    /// A line for each.
    Lines(Vec<String>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

/// Values by the name of their place.
pub type Values = BTreeMap<String, Value>;

/// A title and a text; `{plan}` is a place for a value, `**` on both sides makes bold, a line that
/// begins with `- ` is an item of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// The title.
    pub title: String,
    /// The text.
    pub body: String,
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoTemplate {
    /// `title` or `body`.
    pub field: &'static str,
    /// Stable code, such as `template_place_unknown`.
    pub code: &'static str,
    /// Why, in Chinese.
    pub zh: String,
    /// Why, in English.
    pub en: String,
}

impl Template {
    /// Checks a template that an organisation wrote for a topic.
    ///
    /// # Errors
    /// `template_length`, `template_brace_open`, `template_place_unknown`.
    pub fn check(&self, topic: Topic) -> Result<(), NoTemplate> {
        let parts = [
            ("title", &self.title, LONGEST_TITLE),
            ("body", &self.body, LONGEST_BODY),
        ];
        for (field, text, most) in parts {
            let fault = |code, zh: String, en: String| NoTemplate {
                field,
                code,
                zh,
                en,
            };
            let letters = text.trim().chars().count();
            if letters == 0 || letters > most {
                return Err(fault(
                    "template_length",
                    format!("须为 1 至 {most} 个字"),
                    format!("it has 1 to {most} characters"),
                ));
            }
            let places = written::places(text).ok_or_else(|| {
                let (zh, en) = ("花括号没有成对", "a brace is not closed");
                fault("template_brace_open", zh.into(), en.into())
            })?;
            let known = topic.places();
            if let Some(place) = places.iter().find(|place| !known.contains(&place.as_str())) {
                return Err(fault(
                    "template_place_unknown",
                    format!("没有 `{{{place}}}`；可以用 {}", known.join("、")),
                    format!("there is no `{{{place}}}`; there are {}", known.join(", ")),
                ));
            }
        }
        Ok(())
    }

    /// The title and the text with values in their places.
    pub fn fill(&self, values: &Values) -> (Filled, Filled) {
        (
            Filled::of(&self.title, values),
            Filled::of(&self.body, values),
        )
    }
}

#[cfg(test)]
mod tests {
    use fenjie_message::Lang;

    use super::{Format, Template, Topic, Values};

    #[test]
    fn every_topic_has_checked_texts_in_both_languages() {
        for topic in Topic::ALL.iter().copied() {
            for lang in [Lang::Zh, Lang::En] {
                let template = topic.template(lang);
                assert_eq!(template.check(topic), Ok(()), "{topic:?}");
            }
            assert_eq!(Topic::parse(topic.code()), Some(topic));
        }
    }

    #[test]
    fn a_template_of_an_organisation_is_bounded_and_names_known_places_only() {
        let told = |title: &str, body: &str| {
            let template = Template {
                title: title.into(),
                body: body.into(),
            };
            template
                .check(Topic::PeriodClosed)
                .map_err(|no| (no.field, no.code))
        };
        assert_eq!(told("{period} 已关账", "{actual} / {target}"), Ok(()));
        assert_eq!(told("", "x"), Err(("title", "template_length")));
        assert_eq!(
            told(&"长".repeat(201), "x"),
            Err(("title", "template_length"))
        );
        assert_eq!(
            told("a", "{secret}"),
            Err(("body", "template_place_unknown"))
        );
        assert_eq!(told("{period", "x"), Err(("title", "template_brace_open")));
        assert_eq!(told("period}", "x"), Err(("title", "template_brace_open")));
    }

    #[test]
    fn a_name_cannot_call_everybody_or_forge_what_surrounds_it() {
        let evil = "<@all> @all @所有人 **x** [付款](https://evil.example) `c`\n# 标题\n> 引用 <at user_id=\"all\"></at>";
        let template = Template {
            title: "{who}".into(),
            body: "**{who}** 已确认\n- {missing}".into(),
        };
        let values = Values::from([("who".to_owned(), evil.into())]);
        let (title, body) = template.fill(&values);
        for text in [
            title.written(Format::Markdown),
            body.written(Format::Markdown),
        ] {
            for forbidden in ["<", "@", "](", "`", "# ", "https://"] {
                assert!(!text.contains(forbidden), "{forbidden} in {text}");
            }
        }
        let text = body.written(Format::Markdown);
        assert_eq!(text.matches("**").count(), 2, "{text}");
        assert!(text.ends_with("- —"), "{text}");
        assert!(!title.written(Format::Plain).contains('\n'));
        assert!(
            !body.written(Format::Plain).starts_with("**"),
            "marks are for robots"
        );
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays_a_text() {
        let template = Template {
            title: "{who}".into(),
            body: "{who}{plan}".into(),
        };
        let values = Values::from([
            ("who".to_owned(), "{plan}".into()),
            ("plan".to_owned(), "A".into()),
        ]);
        assert_eq!(template.fill(&values).1.written(Format::Plain), "{plan}A");
    }

    #[test]
    fn lines_become_a_list() {
        let template = Template {
            title: "x".into(),
            body: "到期：\n{alerts}".into(),
        };
        let lines = super::Value::Lines(vec!["湖滨店 <落后>".into(), "a\nb".into()]);
        let values = Values::from([("alerts".to_owned(), lines)]);
        let text = template.fill(&values).1.written(Format::Markdown);
        assert_eq!(text, "到期：\n- 湖滨店 ＜落后＞\n- a b");
    }
}
