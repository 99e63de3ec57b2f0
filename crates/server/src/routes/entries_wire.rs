//! Measures and calendars as they travel. Must not know routes.

use fenjie_store::EntryId;
use fenjie_store::dimension::EntryRecord;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

/// A measure or a calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EntryBody {
    /// Its identifier.
    #[schema(value_type = String, example = "ent_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: EntryId,
    /// Its code, as plans name it.
    #[schema(example = "sales")]
    pub code: String,
    /// What people call it.
    #[schema(example = "销售额")]
    pub name: String,
    /// What it says, in the words of a plan file.
    #[schema(value_type = Object, example = json!({ "kind": "flow", "unit": "CNY", "step": "0.01" }))]
    pub content: Json,
    /// Its revision; the ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: String,
}

/// What a measure or a calendar is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryBodyWanted {
    /// Its code, as plans name it; does not change.
    #[schema(example = "sales", min_length = 1, max_length = 100)]
    pub code: String,
    /// What people call it.
    #[schema(example = "销售额", min_length = 1, max_length = 100)]
    pub name: String,
    /// What it says, in the words of a plan file, up to 128 KiB: of a measure what stands in
    /// `measure = { … }` without code and name, of a calendar what stands under `[calendar]`.
    #[schema(value_type = Object, example = json!({ "kind": "flow", "unit": "CNY", "step": "0.01" }))]
    pub content: Json,
}

/// An entry on its way out.
pub fn body(entry: EntryRecord) -> EntryBody {
    EntryBody {
        id: entry.id,
        code: entry.code,
        name: entry.name,
        content: entry.content,
        revision: entry.revision,
        updated_at: entry.updated_at.to_string(),
    }
}
