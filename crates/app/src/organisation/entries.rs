//! Measures and calendars: kept under a code, checked as plans would read them.

use fenjie_store::dimension::{EntryKind, EntryRecord};
use fenjie_store::{EntryId, Listed, Page};
use serde_json::{Value as Json, json};

use super::{check_code, check_name, fixed, stale, taken};
use crate::{AppError, Unit, Verb};

/// The largest content, in bytes of JSON.
pub const LARGEST_CONTENT: usize = 128 * 1024;

/// What a measure or calendar is to be.
#[derive(Clone, Debug)]
pub struct EntryWanted {
    /// Which of the two.
    pub kind: EntryKind,
    /// Its code, as plans name it; does not change.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What it says, in the words of a plan file.
    pub content: Json,
}

fn audited(entry: &EntryRecord) -> Json {
    json!({ "code": entry.code, "name": entry.name, "content": entry.content })
}

/// Refuses what a plan file could not say: a plan is made of it and read.
fn check(wanted: &EntryWanted) -> Result<(), AppError> {
    check_code("code", &wanted.code)?;
    check_name("name", &wanted.name)?;
    if wanted.content.to_string().len() > LARGEST_CONTENT {
        return Err(AppError::TooLarge {
            what: "content",
            most: LARGEST_CONTENT as u64,
        });
    }
    let Json::Object(fields) = &wanted.content else {
        return Err(content_invalid("content", "{}"));
    };
    let measure = match wanted.kind {
        EntryKind::Measure => {
            let mut measure = fields.clone();
            measure.insert("name".into(), Json::from(wanted.name.trim()));
            measure.insert("code".into(), Json::from(wanted.code.clone()));
            Json::from(measure)
        }
        EntryKind::Calendar => json!({ "name": "x", "code": "x" }),
    };
    let calendar = match wanted.kind {
        EntryKind::Calendar => wanted.content.clone(),
        EntryKind::Measure => json!({}),
    };
    let plan = json!({ "plan": "x", "period": "2026", "measure": measure, "calendar": calendar,
        "axes": { "x": ["x"] } });
    let text = toml_of(&plan).ok_or_else(|| content_invalid("content", "null"))?;
    fenjie_exchange::plan_file::load_text_alone(&text).map_err(|error| {
        let message: &dyn fenjie_message::Message = &error;
        let told = |lang| message.text(lang);
        AppError::invalid(
            "content",
            message.code(),
            told(fenjie_message::Lang::Zh),
            told(fenjie_message::Lang::En),
        )
    })?;
    Ok(())
}

fn content_invalid(field: &str, what: &str) -> AppError {
    AppError::invalid(
        field,
        "content_invalid",
        format!("内容须是对象，不能是 `{what}`"),
        format!("the content is an object, and nothing in it is `{what}`"),
    )
}

/// A value as TOML on one line; none where it holds what TOML cannot say, or names a file.
fn toml_of(value: &Json) -> Option<String> {
    let Json::Object(fields) = value else {
        return None;
    };
    let lines = fields
        .iter()
        .map(|(key, value)| Some(format!("{} = {}\n", quoted(key), inline(value, 0)?)));
    lines.collect()
}

fn quoted(text: &str) -> String {
    // A JSON text is a TOML text, but for the escape of a slash, which is never written.
    Json::from(text).to_string()
}

fn inline(value: &Json, depth: usize) -> Option<String> {
    if depth > 16 {
        return None;
    }
    Some(match value {
        Json::Null => return None,
        Json::Bool(_) | Json::Number(_) => value.to_string(),
        Json::String(text) => quoted(text),
        Json::Array(items) => {
            let items: Option<Vec<String>> =
                items.iter().map(|item| inline(item, depth + 1)).collect();
            format!("[{}]", items?.join(", "))
        }
        Json::Object(fields) => {
            let fields: Option<Vec<String>> = fields
                .iter()
                .map(|(key, value)| {
                    Some(format!("{} = {}", quoted(key), inline(value, depth + 1)?))
                })
                .collect();
            format!("{{ {} }}", fields?.join(", "))
        }
    })
}

/// The entries of a kind.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn entries(
    unit: &mut Unit,
    kind: EntryKind,
    page: &Page,
) -> Result<Listed<EntryRecord>, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let organisation = unit.organisation();
    Ok(unit.tx.entries(&organisation, kind, page).await?)
}

/// An entry of a kind.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn entry(
    unit: &mut Unit,
    kind: EntryKind,
    id: &EntryId,
) -> Result<EntryRecord, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let organisation = unit.organisation();
    let found = unit.tx.entry(&organisation, id).await?;
    let found = found.filter(|entry| entry.kind == kind);
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Adds an entry.
///
/// # Errors
/// `forbidden`, `code_taken`, those of the content as a plan file would have them.
pub async fn add_entry(unit: &mut Unit, wanted: EntryWanted) -> Result<EntryRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    check(&wanted)?;
    let entry = EntryRecord {
        id: EntryId::of(unit.app.bits()),
        organisation: unit.organisation(),
        kind: wanted.kind,
        code: wanted.code,
        name: wanted.name.trim().to_owned(),
        content: wanted.content,
        revision: 1,
        updated_at: unit.now,
    };
    let added = unit.tx.add_entry(&entry).await;
    added.map_err(|error| taken(error, &entry.code))?;
    let action = format!("{}.create", entry.kind.code());
    unit.record(&action, &entry.id, Json::Null, audited(&entry));
    Ok(entry)
}

/// Writes an entry anew, where it is still revision `seen`. Its code stays.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `code_fixed`, those of [`add_entry`].
pub async fn update_entry(
    unit: &mut Unit,
    id: &EntryId,
    seen: i64,
    wanted: EntryWanted,
) -> Result<EntryRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = entry(unit, wanted.kind, id).await?;
    if wanted.code != before.code {
        return Err(fixed());
    }
    check(&wanted)?;
    let after = EntryRecord {
        name: wanted.name.trim().to_owned(),
        content: wanted.content,
        revision: before.revision + 1,
        updated_at: unit.now,
        ..before.clone()
    };
    if !unit.tx.update_entry(&after, seen).await? {
        return Err(stale(seen, before.revision, audited(&before)));
    }
    let action = format!("{}.update", after.kind.code());
    unit.record(&action, id, audited(&before), audited(&after));
    Ok(after)
}

/// Takes an entry away; plans that were made of it keep their own.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn remove_entry(unit: &mut Unit, kind: EntryKind, id: &EntryId) -> Result<(), AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = entry(unit, kind, id).await?;
    let organisation = unit.organisation();
    unit.tx.remove_entry(&organisation, id).await?;
    let action = format!("{}.remove", kind.code());
    unit.record(&action, id, audited(&before), Json::Null);
    Ok(())
}
