//! Sales over HTTP: entered one at a time, and the lines behind a figure.

use std::collections::HashMap;

use axum::extract::State as Shared;
use fenjie_app::imports::{self, AskedLines};
use fenjie_app::{Answer, AppError, sales};
use fenjie_store::imports::SaleRecord;
use fenjie_store::{PlanId, SaleId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, Named, PageQuery};
use crate::write::Write;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_sales, create_sale))
        .routes(routes!(list_sales_lines))
        .routes(routes!(verify_sales))
        .routes(routes!(void_sale))
}

/// A sale to be entered.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaleWanted {
    /// The day.
    #[schema(example = "2026-11-22")]
    pub date: String,
    /// The time of day.
    #[schema(example = "14:05")]
    pub time: Option<String>,
    /// Members by dimension; of the organisation dimension one's own unless said.
    #[serde(default)]
    #[schema(example = json!({ "store": "S1" }))]
    pub members: HashMap<String, String>,
    /// Amounts by measure, as decimal strings.
    #[schema(example = json!({ "sales": "128.50" }))]
    pub amounts: HashMap<String, String>,
    /// The customer.
    pub customer: Option<String>,
    /// Its number in another system; the same number is the same sale.
    pub external_id: Option<String>,
}

/// A sale that was entered.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SaleBody {
    /// Its identifier.
    #[schema(value_type = String, example = "sal_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: SaleId,
    /// Of which plan.
    #[schema(value_type = String)]
    pub plan: PlanId,
    /// The day.
    pub date: String,
    /// The time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Members by dimension.
    pub members: HashMap<String, String>,
    /// Amounts by measure, as decimal strings.
    pub amounts: HashMap<String, String>,
    /// The customer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// Its number in another system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When it was entered.
    pub created_at: String,
    /// When it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub voided_at: Option<String>,
}

fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn body(sale: SaleRecord) -> SaleBody {
    let content = sales::content(&sale);
    let (date, minute, members, amounts, customer) = match content {
        Some(content) => (
            content.date,
            content.minute,
            content.members,
            content.amounts,
            content.customer,
        ),
        None => Default::default(),
    };
    SaleBody {
        id: sale.id,
        plan: sale.plan,
        date,
        time: minute.map(time),
        members: members.into_iter().collect(),
        amounts: amounts.into_iter().collect(),
        customer: Some(customer).filter(|customer| !customer.is_empty()),
        external_id: sale.external_id,
        created_at: sale.created_at.to_string(),
        voided_at: sale.voided_at.map(|at| at.to_string()),
    }
}

/// Lists the sales that the asker entered by hand, the latest first; of who sees all, everybody's.
#[utoipa::path(get, path = "/plans/{plan}/sales", tag = "sales",
    params(("plan" = String, Path), PageQuery), responses(
    (status = 200, body = List<SaleBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_sales(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<PageQuery>,
) -> Result<axum::Json<List<SaleBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = query.page().map_err(refused)?;
    let listed = sales::list(&state.app, &actor, &plan, &page).await;
    Ok(axum::Json(List::of(listed.map_err(refused)?, body)))
}

/// Enters one sale: one's own, or of those within reach. It counts in every figure when this answers.
#[utoipa::path(post, path = "/plans/{plan}/sales", tag = "sales", request_body = SaleWanted,
    params(("plan" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 201, body = SaleBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_sale(
    Shared(state): Shared<State>,
    Named(plan): Named<PlanId>,
    write: Write<SaleWanted>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let entered = async {
        let actor = &write.asked.actor;
        let body_wanted = write.body;
        let wanted = sales::Wanted {
            date: body_wanted.date,
            time: body_wanted.time,
            members: body_wanted.members,
            amounts: body_wanted.amounts,
            customer: body_wanted.customer,
            external_id: body_wanted.external_id,
        };
        sales::enter(&state.app, &write.asked, &plan, wanted, |sale| {
            Answer::with(201, &body(sale))
        })
        .await
        .inspect_err(|error| tracing::debug!(user = %actor.user, %error, "a sale was refused"))
    };
    entered
        .await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Takes a sale back that was entered by hand: it counts no more.
#[utoipa::path(delete, path = "/sales/{sale}", tag = "sales", params(("sale" = String, Path)), responses(
    (status = 200, body = SaleBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn void_sale(
    Shared(state): Shared<State>,
    Named(id): Named<SaleId>,
    write: Write<()>,
) -> Result<Reply, Problem> {
    let lang = write.lang();
    let done = sales::take_back(&state.app, &write.asked, &id, |sale| {
        Answer::ok(&body(sale))
    });
    done.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}

/// Which lines.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct LinesQuery {
    /// A place, such as `store=S1, month=2026-03`; `store=未归属` for unknown members; everything where
    /// missing.
    #[param(example = "store=S1, month=2026-03")]
    pub at: Option<String>,
    /// The last day that counts.
    #[param(example = "2026-03-31")]
    pub until: Option<String>,
    /// How many, 1 to 1000; 50 unless said.
    #[param(minimum = 1, maximum = 1000)]
    pub limit: Option<usize>,
}

/// The lines behind a figure.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LinesBody {
    /// How many there are within reach.
    pub count: u64,
    /// The first of them, by day, import and row.
    pub items: Vec<LineBody>,
}

/// A sales line as it was brought.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LineBody {
    /// The import it came with.
    pub import: u64,
    /// The row of its file.
    pub row: u32,
    /// The day.
    pub date: String,
    /// The time of day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// For each dimension the member's code, or the text of the file.
    pub members: HashMap<String, String>,
    /// For each measure that the line has the amount.
    pub amounts: HashMap<String, String>,
    /// The customer.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub customer: String,
    /// The external id.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub external_id: String,
    /// The share of a shared sale, in millionths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_millionths: Option<u32>,
}

/// Lists the sales lines behind a figure, as many as the asker may see.
#[utoipa::path(get, path = "/plans/{plan}/sales-lines", tag = "sales",
    params(("plan" = String, Path), LinesQuery), responses(
    (status = 200, body = LinesBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_sales_lines(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<LinesQuery>,
) -> Result<axum::Json<LinesBody>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let asked = asked(query).map_err(refused)?;
    let found = imports::lines_behind(&state.app, &actor, &plan, asked).await;
    let found = found.map_err(refused)?;
    let items = found.lines.into_iter().map(|line| LineBody {
        import: line.import,
        row: line.source_row,
        date: line.date.to_string(),
        time: line.minute.map(time),
        members: found.dimensions.iter().cloned().zip(line.members).collect(),
        amounts: found
            .measures
            .iter()
            .zip(line.values)
            .filter_map(|((code, step), value)| Some((code.clone(), step.format(value?))))
            .collect(),
        customer: line.customer,
        external_id: line.external_id,
        credit_millionths: line.credit,
    });
    Ok(axum::Json(LinesBody {
        count: found.count,
        items: items.collect(),
    }))
}

fn asked(query: LinesQuery) -> Result<AskedLines, AppError> {
    let limit = query.limit.unwrap_or(50);
    if limit == 0 || limit > 1_000 {
        return Err(AppError::invalid(
            "limit",
            "limit_out_of_range",
            "limit 须在 1 与 1000 之间",
            "limit is between 1 and 1000",
        ));
    }
    let at = query.at.unwrap_or_default();
    if at.chars().count() > 1_000 {
        return Err(AppError::TooLarge {
            what: "at",
            most: 1_000,
        });
    }
    let until = query.until.as_deref().map(str::parse).transpose();
    let until = until.map_err(|_| {
        AppError::invalid(
            "until",
            "date_invalid",
            "日期须写成 2026-11-22",
            "a day is written as 2026-11-22",
        )
    })?;
    Ok(AskedLines { at, until, limit })
}

/// What was checked of a plan's sales, all of it as it was written.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SalesVerifiedBody {
    /// Lines of the manifest.
    pub entries: usize,
    /// Files whose bytes were read again.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Sales lines.
    pub lines: u64,
}

/// Reads every file of a plan's sales again and compares it with its checksum.
#[utoipa::path(get, path = "/plans/{plan}/sales-verification", tag = "sales",
    params(("plan" = String, Path)), responses(
    (status = 200, body = SalesVerifiedBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn verify_sales(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
) -> Result<axum::Json<SalesVerifiedBody>, Problem> {
    let found = imports::verify(&state.app, &actor, &plan).await;
    let found = found.map_err(|error| Problem::new(error, actor.lang))?;
    Ok(axum::Json(SalesVerifiedBody {
        entries: found.entries,
        files: found.files,
        bytes: found.bytes,
        lines: found.lines,
    }))
}
