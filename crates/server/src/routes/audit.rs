//! The audit over HTTP: read and proved, never written.

use axum::extract::State as Shared;
use fenjie_app::{AppError, audit};
use fenjie_message::Message;
use fenjie_store::Timestamp;
use fenjie_store::audit::{AuditFilter, AuditRecord, AuditVerification};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::problem::{Problem, ProblemBody};
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, List, PageQuery};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(list_audit))
        .routes(routes!(verify_audit))
}

/// One change, as it was recorded.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditBody {
    /// Its number within the organisation, from 1 without a gap.
    #[schema(example = 1)]
    pub number: i64,
    /// When, in UTC.
    #[schema(example = "2026-01-05T08:00:00Z")]
    pub at: String,
    /// Who: an identifier of a user, or `system` with a job's name.
    #[schema(example = "usr_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub who: String,
    /// Where from: an address, the session or key, the request's number.
    #[schema(example = "127.0.0.1 tok_0d9m3m7e5w8qf2v6h1c4k0r9ts 7f3a")]
    pub origin: String,
    /// What was done.
    #[schema(example = "plan.operation")]
    pub action: String,
    /// To what.
    #[schema(example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub target: String,
    /// What it was before.
    pub before: serde_json::Value,
    /// What it is after.
    pub after: serde_json::Value,
    /// `done`, or the code of the refusal.
    #[schema(example = "done")]
    pub result: String,
    /// SHA-256 over the hash before and this record.
    pub hash: String,
}

impl From<AuditRecord> for AuditBody {
    fn from(record: AuditRecord) -> AuditBody {
        let entry = record.entry;
        AuditBody {
            number: record.number,
            at: entry.at.to_string(),
            who: entry.who,
            origin: entry.origin,
            action: entry.action,
            target: entry.target,
            before: entry.before,
            after: entry.after,
            result: entry.result,
            hash: record.hash,
        }
    }
}

/// What proving the chain has found.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditVerificationBody {
    /// Whether nothing is wrong.
    #[schema(example = true)]
    pub ok: bool,
    /// How many records were read.
    #[schema(example = 1)]
    pub records: u64,
    /// The number of the last record, 0 for none.
    #[schema(example = 1)]
    pub last_number: i64,
    /// Its hash: noted elsewhere, it proves later that nothing before it was changed.
    pub last_hash: String,
    /// What is wrong, at most 100.
    pub faults: Vec<AuditFaultBody>,
}

/// Something wrong with the chain.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditFaultBody {
    /// Stable code.
    #[schema(example = "audit_changed")]
    pub code: String,
    /// The sentence.
    #[schema(example = "record 7 is not what was written")]
    pub message: String,
}

/// Which records; what is missing does not matter.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// How many, 1 to 500; 50 unless said.
    #[param(minimum = 1, maximum = 500)]
    pub limit: Option<usize>,
    /// Who: an identifier of a user.
    pub who: Option<String>,
    /// What was done, such as `plan.create`; with a dot at its end all that begins so: `plan.`.
    pub action: Option<String>,
    /// To what: an identifier.
    pub target: Option<String>,
    /// From this instant on.
    #[param(example = "2026-01-05T08:00:00Z", format = "date-time")]
    pub since: Option<String>,
    /// Before this instant.
    #[param(example = "2026-02-05T08:00:00Z", format = "date-time")]
    pub until: Option<String>,
    /// `newest` first, or `oldest` first, which it is unless said.
    #[param(inline)]
    pub order: Option<AuditOrder>,
}

/// In which order records come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuditOrder {
    /// By number.
    #[default]
    Oldest,
    /// By number, backwards.
    Newest,
}

impl AuditQuery {
    fn filter(&self) -> Result<AuditFilter, AppError> {
        let instant = |field: &str, text: &Option<String>| {
            let read = |text: &String| {
                text.parse::<Timestamp>().map_err(|_| {
                    AppError::invalid(
                        field,
                        "instant_invalid",
                        format!("`{field}` 须为 RFC 3339 的时刻，如 2026-01-05T08:00:00Z"),
                        format!(
                            "`{field}` is an instant of RFC 3339, such as 2026-01-05T08:00:00Z"
                        ),
                    )
                })
            };
            text.as_ref().map(read).transpose()
        };
        Ok(AuditFilter {
            who: self.who.clone(),
            action: self.action.clone(),
            target: self.target.clone(),
            since: instant("since", &self.since)?,
            until: instant("until", &self.until)?,
            newest_first: self.order == Some(AuditOrder::Newest),
        })
    }
}

/// Lists what was changed, by whom and when.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditQuery), responses(
    (status = 200, body = List<AuditBody>),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn list_audit(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Asking(query): Asking<AuditQuery>,
) -> Result<axum::Json<List<AuditBody>>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let page = PageQuery {
        cursor: query.cursor.clone(),
        limit: query.limit,
    };
    let page = page.page().map_err(refused)?;
    let filter = query.filter().map_err(refused)?;
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let listed = audit::list(&mut unit, &filter, &page).await;
    Ok(axum::Json(List::of(
        listed.map_err(refused)?,
        AuditBody::from,
    )))
}

/// Proves the chain from its first record to its end.
#[utoipa::path(get, path = "/audit/verification", tag = "audit", responses(
    (status = 200, body = AuditVerificationBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn verify_audit(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
) -> Result<axum::Json<AuditVerificationBody>, Problem> {
    let refused = |error| Problem::new(error, actor.lang);
    let mut unit = state.app.reading(&actor).await.map_err(refused)?;
    let proved = audit::verify(&mut unit).await.map_err(refused)?;
    let AuditVerification {
        records,
        end,
        faults,
    } = proved;
    Ok(axum::Json(AuditVerificationBody {
        ok: faults.is_empty(),
        records,
        last_number: end.number,
        last_hash: end.hash,
        faults: faults
            .iter()
            .map(|fault| AuditFaultBody {
                code: fault.code().to_owned(),
                message: fault.text(actor.lang),
            })
            .collect(),
    }))
}
