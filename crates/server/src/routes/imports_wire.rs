//! Imports as they travel. Must not know routes.

use fenjie_app::files::in_language;
use fenjie_message::Lang;
use fenjie_store::imports::ImportRecord;
use fenjie_store::{ImportId, PlanId};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use utoipa::ToSchema;

use crate::problem::ProblemBody;
use crate::refused::RefusedRowBody;

/// How a file of sales is read, as `fenjie import` asks for it.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ImportOptionsBody {
    /// Which column is what; `id=-` leaves it out.
    #[schema(example = "date=Order Date, amount=Sales")]
    pub mapping: Option<String>,
    /// Use a mapping that was kept under this name.
    pub use_mapping: Option<String>,
    /// Keep the mapping under this name, for files with the same columns.
    pub save_mapping: Option<String>,
    /// All lines belong to these members.
    #[schema(example = json!(["store=S1"]))]
    pub members: Vec<String>,
    /// The sheet of a workbook; the first visible one where missing.
    pub sheet: Option<String>,
    /// The row of the header; found where missing.
    #[schema(minimum = 1)]
    pub header_row: Option<usize>,
    /// The delimiter of a text, one ASCII character; found where missing.
    #[schema(example = ",")]
    pub delimiter: Option<String>,
    /// The encoding of a text; found where missing.
    #[schema(example = "gb18030")]
    pub encoding: Option<String>,
    /// Business time zone of timestamps with an offset; the plan's own where missing.
    #[schema(example = "Asia/Shanghai")]
    pub zone: Option<String>,
    /// Which comes first in `03/04/2026`; the column decides where missing.
    pub date_order: Option<DateOrder>,
    /// Round amounts finer than the measure's step; refused where missing.
    pub round: Option<Rounding>,
    /// Refuse unknown members instead of keeping them as unassigned.
    pub strict: bool,
    /// Bring the good rows in where others are refused.
    pub partial: bool,
    /// Check and report everything, write nothing.
    pub dry_run: bool,
    /// Why.
    pub why: Option<String>,
}

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum DateOrder {
    /// `04/03/2026` is 4 March.
    Dmy,
    /// `03/04/2026` is 4 March.
    Mdy,
}

/// How amounts finer than the step are rounded.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// A half away from zero.
    HalfUp,
    /// A half to the even step.
    HalfEven,
}

/// An import.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ImportBody {
    /// Its identifier.
    #[schema(value_type = String, example = "imp_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub id: ImportId,
    /// Into which plan.
    #[schema(value_type = String, example = "pln_0d9m3m7e5w8qf2v6h1c4k0r9ts")]
    pub plan: PlanId,
    /// What people call the file.
    #[schema(example = "sales.csv")]
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
    /// `waiting`, `reading`, `writing`, `done`, `refused`, `cancelled`, `interrupted`, `undone`.
    #[schema(example = "done")]
    pub state: String,
    /// Whether it only checks.
    pub dry_run: bool,
    /// Its number in the plan's facts, once its lines are there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What was found, as `fenjie import --json` tells it, without the refused rows.
    #[schema(value_type = Option<Object>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub report: Option<Json>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<ProblemBody>,
    /// When it was asked for.
    #[schema(example = "2026-11-22T08:00:00Z")]
    pub created_at: String,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// Its revision; the ETag.
    pub revision: i64,
}

/// An import on its way out.
pub fn body(import: &ImportRecord, lang: Lang) -> ImportBody {
    let report = import.report.as_ref().map(|kept| {
        let mut report = in_language(kept, lang).clone();
        if let Some(fields) = report.as_object_mut() {
            fields.remove("refused");
            fields.remove("errors_file");
        }
        report
    });
    let problem = import.problem.as_ref().map(|kept| {
        let told = in_language(kept, lang);
        let text = |field: &str| told[field].as_str().map(str::to_owned);
        ProblemBody {
            code: text("code").unwrap_or_default(),
            message: text("message").unwrap_or_default(),
            field: None,
            hint: text("hint"),
            changed: None,
            refused: None,
        }
    });
    ImportBody {
        id: import.id.clone(),
        plan: import.plan.clone(),
        file: import.file.clone(),
        sha256: import.sha256.clone(),
        bytes: import.bytes,
        state: import.state.code().to_owned(),
        dry_run: import.dry_run,
        number: import.number,
        report,
        problem,
        created_at: import.created_at.to_string(),
        ended_at: import.ended_at.map(|at| at.to_string()),
        revision: import.revision,
    }
}

/// The refused rows that an import's report names.
pub fn refused_rows(import: &ImportRecord, lang: Lang) -> Vec<RefusedRowBody> {
    let report = import.report.as_ref();
    let rows = report.map(|kept| in_language(kept, lang)["refused"].clone());
    rows.and_then(|rows| serde_json::from_value(rows).ok())
        .unwrap_or_default()
}
