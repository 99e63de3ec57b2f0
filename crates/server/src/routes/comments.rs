//! Remarks on cells over HTTP.

use axum::extract::State as Shared;
use fenjie_app::rhythm::comment::{self, Amended, NewComment};
use fenjie_app::{Answer, AppError};
use fenjie_store::rhythm_comment::Comment;
use fenjie_store::{CommentId, PlanId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::called::{Called, Known, Peopled, among, called, page_called};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_comments, create_comment))
        .routes(routes!(get_comment, amend_comment))
}

/// A remark on a cell.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CommentBody {
    /// Its identifier.
    #[schema(value_type = String, example = "cmt_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: CommentId,
    /// Of which plan.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub plan: PlanId,
    /// The first remark of its thread.
    #[schema(value_type = String, example = "cmt_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub thread: CommentId,
    /// Of which measure.
    #[schema(example = "sales")]
    pub measure: String,
    /// Which cell; empty for the plan's total.
    #[schema(example = "region=华东, month=2026-07")]
    pub at: String,
    /// What is said.
    #[schema(example = "七月有新店开业，请按 46 万考虑")]
    pub text: String,
    /// Who is meant to read it.
    #[schema(value_type = Vec<String>)]
    pub mentions: Vec<UserId>,
    /// Who says it.
    #[schema(value_type = String, example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub author: UserId,
    /// When.
    pub created_at: String,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub edited_at: Option<String>,
    /// Who settled the thread.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub resolved_by: Option<UserId>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<String>,
    /// What the people above are called, by identifier.
    #[schema(value_type = std::collections::HashMap<String, String>,
        example = json!({"usr_0d9m3m7e5w8qf2v6h1c4k0r9ts": "王芳"}))]
    pub people: Called,
    /// Its revision; the ETag.
    #[schema(example = 1)]
    pub revision: i64,
}

impl Peopled for CommentBody {
    fn people(&self) -> Vec<&UserId> {
        let others = self.mentions.iter().chain(&self.resolved_by);
        [&self.author].into_iter().chain(others).collect()
    }

    fn name(&mut self, known: &Known) {
        self.people = among(known, &Peopled::people(self));
    }
}

fn body(comment: Comment) -> CommentBody {
    CommentBody {
        id: comment.id,
        plan: comment.plan,
        thread: comment.thread,
        measure: comment.measure,
        at: comment.place,
        text: comment.text,
        mentions: comment.mentions,
        author: comment.author,
        created_at: comment.created_at.to_string(),
        edited_at: comment.edited_at.map(|at| at.to_string()),
        resolved_by: comment.resolved_by,
        resolved_at: comment.resolved_at.map(|at| at.to_string()),
        people: Called::new(),
        revision: comment.revision,
    }
}

/// Which remarks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct CommentsQuery {
    /// On this cell alone.
    #[param(example = "region=华东, month=2026-07")]
    pub at: Option<String>,
    /// Of this measure alone.
    pub measure: Option<String>,
    /// Of this thread alone.
    #[param(value_type = Option<String>)]
    pub thread: Option<CommentId>,
    /// Of settled threads, or of open ones alone.
    pub resolved: Option<bool>,
    /// Meant for the asker alone.
    #[serde(default)]
    pub mine: bool,
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
}

/// Lists the remarks on a plan's cells that the asker sees, in the order they were made.
#[utoipa::path(get, path = "/plans/{plan}/comments", tag = "comments",
    params(("plan" = String, Path), CommentsQuery), responses(
    (status = 200, body = List<CommentBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_comments(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<CommentsQuery>,
) -> Result<axum::Json<List<CommentBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = PageQuery {
        cursor: query.cursor,
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let wanted = comment::Wanted {
        at: query.at,
        measure: query.measure,
        thread: query.thread,
        resolved: query.resolved,
        mine: query.mine,
    };
    let listed = comment::list(&state.app, &actor, &plan, &wanted, &page).await;
    let list = List::of(listed.map_err(refused)?, body);
    let items = page_called(&state.app, &actor, list.items).await;
    Ok(axum::Json(List {
        items: items.map_err(refused)?,
        next: list.next,
    }))
}

/// A remark to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentWanted {
    /// Of which measure; the first that is decomposed where not said.
    #[schema(example = "sales")]
    pub measure: Option<String>,
    /// Which cell; the plan's total where not said.
    #[serde(default)]
    #[schema(example = "region=华东, month=2026-07")]
    pub at: String,
    /// What is said, 1 to 2,000 characters.
    #[schema(
        example = "七月有新店开业，请按 46 万考虑",
        min_length = 1,
        max_length = 2000
    )]
    pub text: String,
    /// Who is meant to read it: up to 20 people who see the cell.
    #[serde(default)]
    #[schema(value_type = Vec<String>, max_items = 20)]
    pub mentions: Vec<UserId>,
    /// The remark that it answers; then the cell is that one's.
    #[schema(value_type = Option<String>)]
    pub reply_to: Option<CommentId>,
}

/// Makes a remark on a cell, or answers one.
#[utoipa::path(post, path = "/plans/{plan}/comments", tag = "comments",
    request_body = CommentWanted,
    params(("plan" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = CommentBody, headers(("ETag" = String), ("Location" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_comment(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<CommentWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    if let Some(answer) = state.app.answered(&write.asked).await.map_err(refused)? {
        return Ok(Reply(answer));
    }
    let new = NewComment {
        measure: write.body.measure,
        at: write.body.at,
        text: write.body.text,
        mentions: write.body.mentions,
        reply_to: write.body.reply_to,
    };
    let prepared = comment::prepare(&state.app, &write.asked.actor, &plan, new).await;
    let prepared = prepared.map_err(refused)?;
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "comments", move |unit| {
            let prepared = prepared.clone();
            Box::pin(async move {
                let made = comment::create(unit, prepared).await?;
                let (place, revision) = (format!("/api/v1/comments/{}", made.id), made.revision);
                let body = called(unit, body(made)).await?;
                Ok(Answer::created(place, &body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}

/// Gives a remark.
#[utoipa::path(get, path = "/comments/{comment}", tag = "comments",
    params(("comment" = String, Path)), responses(
    (status = 200, body = CommentBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_comment(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<CommentId>,
) -> Result<Reply, Problem> {
    let found = async {
        let found = comment::get(&state.app, &actor, &id).await?;
        let revision = found.revision;
        let mut unit = state.app.reading(&actor).await?;
        let body = called(&mut unit, body(found)).await?;
        Ok::<Answer, AppError>(Answer::ok(&body)?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// What a remark is to be; what is not named stays.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentAmended {
    /// What is said; only by its author.
    #[schema(
        example = "七月有新店开业，请按 48 万考虑",
        min_length = 1,
        max_length = 2000
    )]
    pub text: Option<String>,
    /// Whether its thread is settled.
    pub resolved: Option<bool>,
}

/// Writes one's own remark anew, or settles a thread.
#[utoipa::path(patch, path = "/comments/{comment}", tag = "comments",
    request_body = CommentAmended,
    params(("comment" = String, Path), ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = CommentBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn amend_comment(
    Shared(state): Shared<State>,
    Named(id): Named<CommentId>,
    write: Write<CommentAmended>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let found = comment::get(&state.app, &write.asked.actor, &id).await;
    let plan = found.map_err(refused)?.plan;
    let seen = write.seen().map_err(refused)?;
    let amended = Amended {
        text: write.body.text,
        resolved: write.body.resolved,
    };
    let answer = state
        .app
        .write_and_tell(&write.asked, Some(&plan), "comments", move |unit| {
            let (id, amended) = (id.clone(), amended.clone());
            Box::pin(async move {
                let after = comment::amend(unit, &id, seen, amended).await?;
                let revision = after.revision;
                let body = called(unit, body(after)).await?;
                Ok(Answer::ok(&body)?.tagged(revision))
            })
        });
    answer.await.map(Reply).map_err(refused)
}
