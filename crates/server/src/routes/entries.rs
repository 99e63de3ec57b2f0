//! What the routes of measures and calendars share: how they travel, and what is done. Must not know
//! paths; each kind says its own.

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::organisation::{self, EntryWanted};
use fenjie_store::EntryId;
use fenjie_store::dimension::{EntryKind, EntryRecord};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::problem::Problem;
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

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
fn body(entry: EntryRecord) -> EntryBody {
    EntryBody {
        id: entry.id,
        code: entry.code,
        name: entry.name,
        content: entry.content,
        revision: entry.revision,
        updated_at: entry.updated_at.to_string(),
    }
}

fn wanted(kind: EntryKind, body: EntryBodyWanted) -> EntryWanted {
    EntryWanted {
        kind,
        code: body.code,
        name: body.name,
        content: body.content,
    }
}

/// A page of the entries of a kind.
pub async fn list(
    kind: EntryKind,
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<EntryBody>>, Problem> {
    let listed = state.read(&actor, async |unit| {
        organisation::entries(unit, kind, &query.page()?).await
    });
    Ok(axum::Json(List::of(listed.await?, body)))
}

/// Adds an entry of a kind, whose own path is below `place`.
pub async fn create(
    kind: EntryKind,
    place: &'static str,
    Shared(state): Shared<State>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let wanted = wanted(kind, write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let made = organisation::add_entry(unit, wanted).await?;
            let (place, revision) = (format!("{place}/{}", made.id), made.revision);
            Ok(Answer::created(place, &body(made))?.tagged(revision))
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// An entry of a kind.
pub async fn get(
    kind: EntryKind,
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<EntryId>,
) -> Result<Reply, Problem> {
    let found = state.read(&actor, async |unit| {
        let found = organisation::entry(unit, kind, &id).await?;
        let revision = found.revision;
        Ok(Answer::ok(&body(found))?.tagged(revision))
    });
    found.await.map(Reply)
}

/// Writes an entry of a kind anew.
pub async fn update(
    kind: EntryKind,
    Shared(state): Shared<State>,
    Named(id): Named<EntryId>,
    write: Write<EntryBodyWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let seen = write.seen().map_err(refused)?;
    let wanted = wanted(kind, write.body);
    let answer = state.app.write(&write.asked, move |unit| {
        let (id, wanted) = (id.clone(), wanted.clone());
        Box::pin(async move {
            let made = organisation::update_entry(unit, &id, seen, wanted).await?;
            let revision = made.revision;
            Ok(Answer::ok(&body(made))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes an entry of a kind away.
pub async fn remove(
    kind: EntryKind,
    Shared(state): Shared<State>,
    Named(id): Named<EntryId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let answer = state.app.write(&write.asked, move |unit| {
        let id = id.clone();
        Box::pin(async move {
            organisation::remove_entry(unit, kind, &id).await?;
            Ok(Answer::nothing())
        })
    });
    answer
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
