//! The texts of messages over HTTP.

use axum::extract::State as Shared;
use fenjie_app::notices::texts::{self, Text};
use fenjie_app::{Answer, AppError};
use fenjie_message::Lang;
use fenjie_notify::{Template, Topic};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::subscriptions::topic;
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{List, Named};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_templates))
        .routes(routes!(get_template, update_template, remove_template))
}

/// The text of a topic in a language.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TemplateBody {
    /// Of what.
    #[schema(example = "period_closed")]
    pub topic: String,
    /// What people call it.
    #[schema(example = "期间关账")]
    pub name: String,
    /// `zh` or `en`.
    #[schema(example = "zh")]
    pub language: String,
    /// The title.
    #[schema(example = "{plan}：{period} 已关账，完成率 {attainment}")]
    pub title: String,
    /// The text.
    pub body: String,
    /// The places that it may have.
    #[schema(example = json!(["plan", "period", "attainment"]))]
    pub places: Vec<String>,
    /// Whether the organisation wrote it.
    pub own: bool,
    /// Its revision, 0 for the product's own; the ETag.
    pub revision: i64,
}

/// What a text is to be.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateWanted {
    /// The title, 1 to 200 characters.
    #[schema(example = "{period} 已关账", min_length = 1, max_length = 200)]
    pub title: String,
    /// The text, 1 to 4,000 characters; `{plan}` is a place, `**` on both sides makes bold.
    #[schema(
        example = "实绩 {actual}，目标 {target}",
        min_length = 1,
        max_length = 4000
    )]
    pub body: String,
}

fn body(text: Text, lang: Lang) -> TemplateBody {
    let places = text.topic.places();
    TemplateBody {
        topic: text.topic.code().to_owned(),
        name: text.topic.name(lang).to_owned(),
        language: text.language.to_owned(),
        title: text.template.title,
        body: text.template.body,
        places: places.iter().map(|place| (*place).to_owned()).collect(),
        own: text.own,
        revision: text.revision,
    }
}

/// What a path names: a topic and a language.
fn named((code, language): (String, String)) -> Result<(Topic, Lang), AppError> {
    let lang = match language.as_str() {
        "zh" => Lang::Zh,
        "en" => Lang::En,
        _ => return Err(AppError::not_found(format!("{code}/{language}"))),
    };
    let found = topic(&code).map_err(|_| AppError::not_found(format!("{code}/{language}")));
    Ok((found?, lang))
}

/// Lists the texts of all topics in both languages.
#[utoipa::path(get, path = "/templates", tag = "channels", responses(
    (status = 200, body = List<TemplateBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_templates(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<List<TemplateBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let texts = texts::list(&mut unit).await.map_err(refused)?;
    let items = texts.into_iter().map(|text| body(text, actor.lang));
    Ok(axum::Json(List {
        items: items.collect(),
        next: None,
    }))
}

/// Gives the text of a topic.
#[utoipa::path(get, path = "/templates/{topic}/{language}", tag = "channels",
    params(("topic" = String, Path), ("language" = String, Path)), responses(
    (status = 200, body = TemplateBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_template(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(path): Named<(String, String)>,
) -> Result<Reply, Problem> {
    let found = async {
        let (topic, lang) = named(path)?;
        let mut unit = state.app.reading(&actor).await?;
        let text = texts::get(&mut unit, topic, lang).await?;
        let revision = text.revision;
        Ok::<Answer, AppError>(Answer::ok(&body(text, actor.lang))?.tagged(revision))
    };
    found
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, actor.lang))
}

/// Writes a text anew.
#[utoipa::path(put, path = "/templates/{topic}/{language}", tag = "channels",
    request_body = TemplateWanted,
    params(("topic" = String, Path), ("language" = String, Path),
        ("If-Match" = String, Header, description = "the ETag that was seen")),
    responses(
    (status = 200, body = TemplateBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn update_template(
    Shared(state): Shared<State>,
    Named(path): Named<(String, String)>,
    write: Write<TemplateWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let (topic, language) = named(path).map_err(refused)?;
    let seen = write.seen().map_err(refused)?;
    let wanted = Template {
        title: write.body.title,
        body: write.body.body,
    };
    let answer = state.app.write(&write.asked, move |unit| {
        let wanted = wanted.clone();
        Box::pin(async move {
            let text = texts::put(unit, topic, language, seen, wanted).await?;
            let revision = text.revision;
            Ok(Answer::ok(&body(text, lang))?.tagged(revision))
        })
    });
    answer.await.map(Reply).map_err(refused)
}

/// Takes a text away, so that the product's own counts again.
#[utoipa::path(delete, path = "/templates/{topic}/{language}", tag = "channels",
    params(("topic" = String, Path), ("language" = String, Path)), responses(
    (status = 204),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn remove_template(
    Shared(state): Shared<State>,
    Named(path): Named<(String, String)>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let refused = |error| Problem::new(error, lang);
    let (topic, language) = named(path).map_err(refused)?;
    let answer = state.app.write(&write.asked, move |unit| {
        Box::pin(async move {
            texts::remove(unit, topic, language).await?;
            Ok(Answer::nothing())
        })
    });
    answer.await.map(Reply).map_err(refused)
}
