//! The texts of messages, written anew by an organisation where it wants to.

use fenjie_message::Lang;
use fenjie_notify::{Template, Topic};
use fenjie_store::channel::WrittenTemplate;
use serde_json::{Value as Json, json};

use crate::{AppError, Unit, Verb};

/// The text of a topic in a language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Of what.
    pub topic: Topic,
    /// In which language.
    pub language: &'static str,
    /// What it says.
    pub template: Template,
    /// Whether the organisation wrote it.
    pub own: bool,
    /// Its revision; 0 for the product's own.
    pub revision: i64,
}

/// The code of a language.
pub fn code(lang: Lang) -> &'static str {
    lang.pick("zh", "en")
}

/// The text of a topic as it is used now.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn get(unit: &mut Unit, topic: Topic, lang: Lang) -> Result<Text, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    let kept = unit
        .tx
        .template(&organisation, topic.code(), code(lang))
        .await?;
    Ok(match kept {
        Some(kept) => Text {
            topic,
            language: code(lang),
            template: Template {
                title: kept.title,
                body: kept.body,
            },
            own: true,
            revision: kept.revision,
        },
        None => Text {
            topic,
            language: code(lang),
            template: topic.template(lang),
            own: false,
            revision: 0,
        },
    })
}

/// The texts of all topics in both languages.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(unit: &mut Unit) -> Result<Vec<Text>, AppError> {
    let mut texts = Vec::new();
    for topic in Topic::ALL {
        for lang in [Lang::Zh, Lang::En] {
            texts.push(get(unit, *topic, lang).await?);
        }
    }
    Ok(texts)
}

fn audited(text: &Text) -> Json {
    json!({ "title": text.template.title, "body": text.template.body, "own": text.own })
}

/// Writes a text anew, where it is still revision `seen` (0 for the product's own).
///
/// # Errors
/// `forbidden`, `version_stale`, those of the template with the field.
pub async fn put(
    unit: &mut Unit,
    topic: Topic,
    lang: Lang,
    seen: i64,
    template: Template,
) -> Result<Text, AppError> {
    let before = get(unit, topic, lang).await?;
    template
        .check(topic)
        .map_err(|no| AppError::invalid(no.field, no.code, no.zh, no.en))?;
    let organisation = unit.organisation();
    let written = WrittenTemplate {
        topic: topic.code().to_owned(),
        language: code(lang).to_owned(),
        title: template.title.trim().to_owned(),
        body: template.body.trim().to_owned(),
        revision: seen + 1,
        updated_at: unit.now,
    };
    if !unit.tx.put_template(&organisation, &written, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(&before),
        });
    }
    let after = get(unit, topic, lang).await?;
    let target = format!("{}/{}", topic.code(), code(lang));
    unit.record("template.update", target, audited(&before), audited(&after));
    Ok(after)
}

/// Takes a text away, so that the product's own counts again.
///
/// # Errors
/// `forbidden`, `not_found` where the organisation has none.
pub async fn remove(unit: &mut Unit, topic: Topic, lang: Lang) -> Result<(), AppError> {
    let before = get(unit, topic, lang).await?;
    let organisation = unit.organisation();
    let target = format!("{}/{}", topic.code(), code(lang));
    if !unit
        .tx
        .remove_template(&organisation, topic.code(), code(lang))
        .await?
    {
        return Err(AppError::not_found(target));
    }
    let after = get(unit, topic, lang).await?;
    unit.record("template.remove", target, audited(&before), audited(&after));
    Ok(())
}
