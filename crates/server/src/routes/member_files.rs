//! Members of a dimension as files over HTTP: taken in, looked at first where wanted, and given out.

use std::collections::BTreeMap;

use axum::extract::State as Shared;
use axum::response::Response;
use fenjie_app::files::Received;
use fenjie_app::organisation::{
    self, MemberFile, MemberReading, MembersOf, MembersTaken, MembersWish, import_members,
    read_member_file,
};
use fenjie_app::{Answer, AppError, Verb, exports};
use fenjie_message::{Lang, Message};
use fenjie_store::DimensionId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::dimensions::{SpanBody, today};
use crate::multipart::Upload;
use crate::problem::{Problem, ProblemBody};
use crate::refused::{MOST_LISTED, RefusedRowBody, refused_row};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};
use crate::write::json;

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new()
        .routes(routes!(get_members_file))
        .routes(routes!(create_member_import))
}

/// Which members, and how.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct MembersFileQuery {
    /// As of which day; today unless said.
    #[param(example = "2026-11-22")]
    pub on: Option<String>,
    /// With everything that each member was and will be, a row for each time: what can be taken in
    /// again. `on` is not looked at then.
    #[serde(default)]
    pub history: bool,
    /// How it is written; csv unless said.
    #[serde(default)]
    #[param(inline)]
    pub format: MembersFormat,
}

/// How a members file is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MembersFormat {
    /// Comma separated, UTF-8.
    #[default]
    Csv,
    /// A workbook; every cell is a text, so that codes such as `007` stay as they are.
    Xlsx,
}

/// Gives the members of a dimension as a members file: of a day, from which a plan is made, or with
/// their history.
#[utoipa::path(get, path = "/dimensions/{dimension}/members-file", tag = "organisation",
    params(("dimension" = String, Path), MembersFileQuery), responses(
    (status = 200, body = String, content_type = "text/csv",
        description = "the file, under the media type of its format"),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_members_file(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(id): Named<DimensionId>,
    Asking(query): Asking<MembersFileQuery>,
) -> Result<Response, Problem> {
    let found = async {
        let mut unit = state.app.reading(&actor).await?;
        let code = organisation::dimension(&mut unit, &id).await?.code;
        let on = today(&state, query.on);
        let which = match query.history {
            true => MembersOf::Always,
            false => MembersOf::Day(&on),
        };
        let form = match query.format {
            MembersFormat::Csv => exports::Form::Csv,
            MembersFormat::Xlsx => exports::Form::Xlsx,
        };
        let bytes = organisation::members_file(&mut unit, &id, which, form).await?;
        let name = format!("{code}.{}", form.ending());
        Ok(crate::download::bytes(bytes, &name, form.media_type()))
    };
    found.await.map_err(|error| Problem::new(error, actor.lang))
}

/// A file of members.
#[derive(ToSchema)]
#[expect(
    dead_code,
    reason = "it describes a form; the form is read part by part"
)]
pub struct MemberForm {
    /// The file: CSV, XLSX or another kind of table.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// How it is read and what is done with it, as JSON.
    #[schema(inline)]
    options: Option<MemberOptionsBody>,
}

/// How a file of members is read, and what is done with it.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MemberOptionsBody {
    /// Check and report everything, write nothing.
    pub dry_run: bool,
    /// From which day on rows hold that name no first day; today unless said.
    #[schema(example = "2026-12-01")]
    pub from: Option<String>,
    /// The columns of `code`, `name`, `parent`, `from`, `until`, where they have unusual names.
    #[schema(example = json!({ "code": "门店编号" }))]
    pub columns: BTreeMap<String, String>,
    /// The columns that hold numbers of the members; all that hold some unless said.
    #[schema(example = json!(["capacity"]))]
    pub attributes: Option<Vec<String>>,
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
    /// Why.
    pub why: Option<String>,
}

impl MemberOptionsBody {
    fn reading(&self) -> Result<MemberReading, AppError> {
        let known = ["code", "name", "parent", "from", "until"];
        if let Some(role) = self
            .columns
            .keys()
            .find(|role| !known.contains(&role.as_str()))
        {
            let role: String = role.chars().take(40).collect();
            return Err(AppError::invalid(
                "options.columns",
                "role_unknown",
                format!("`{role}` 不是成员文件的列；只有 {}", known.join("、")),
                format!(
                    "`{role}` is no column of members; there are {}",
                    known.join(", ")
                ),
            ));
        }
        let delimiter = self.delimiter.as_deref().map(|text| match text.as_bytes() {
            [byte] if byte.is_ascii() => Ok(*byte),
            _ => Err(AppError::invalid(
                "options.delimiter",
                "delimiter_invalid",
                "分隔符须是一个 ASCII 字符",
                "the delimiter is one ASCII character",
            )),
        });
        Ok(MemberReading {
            sheet: self.sheet.clone(),
            header_row: self.header_row,
            delimiter: delimiter.transpose()?,
            encoding: self.encoding.clone(),
            columns: self.columns.clone(),
            attributes: self.attributes.clone(),
        })
    }
}

/// What became of a file of members, or would.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberImportBody {
    /// What people call the file.
    #[schema(example = "stores.xlsx")]
    pub file: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// The sheet it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Whether it was only looked at.
    pub dry_run: bool,
    /// How many rows it has.
    pub rows: usize,
    /// Which column is what; attributes under their own names.
    #[schema(example = json!({ "code": "编码", "parent": "上级", "capacity": "capacity" }))]
    pub columns: BTreeMap<String, String>,
    /// Columns that say nothing that is kept.
    pub ignored: Vec<String>,
    /// How many members are new.
    pub added: usize,
    /// How many are something else on some day.
    pub changed: usize,
    /// How many the file says nothing new of.
    pub unchanged: usize,
    /// The new and the changed ones, in the order of the file; the first thousand.
    pub members: Vec<MemberTakenBody>,
    /// What a person should know of how it was read.
    pub notes: Vec<String>,
    /// How much is wrong; nothing is written where there is anything.
    pub refused_count: usize,
    /// What is wrong, in the order of the file; the first thousand.
    pub refused: Vec<RefusedRowBody>,
}

/// A member that is new or changed.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MemberTakenBody {
    /// Its code.
    #[schema(example = "S1")]
    pub code: String,
    /// What it was; empty for a new one.
    pub before: Vec<SpanBody>,
    /// What it is with the file.
    pub after: Vec<SpanBody>,
}

fn body(file: &MemberFile, dry_run: bool, taken: MembersTaken, lang: Lang) -> MemberImportBody {
    let spans = |spans: Vec<_>| spans.into_iter().map(SpanBody::from).collect();
    let members = taken.members.into_iter().map(|member| MemberTakenBody {
        code: member.code,
        before: spans(member.before),
        after: spans(member.after),
    });
    let table = &file.table;
    let faults = taken.faults.iter().take(MOST_LISTED);
    MemberImportBody {
        file: file.name.clone(),
        sha256: file.sha256.clone(),
        sheet: table.sheet.clone(),
        dry_run,
        rows: table.count,
        columns: table.used.iter().cloned().collect(),
        ignored: table.ignored.clone(),
        added: taken.added,
        changed: taken.changed,
        unchanged: taken.unchanged,
        members: members.collect(),
        notes: table.notes.iter().map(|note| note.text(lang)).collect(),
        refused_count: taken.faults.len(),
        refused: faults.map(|fault| refused_row(fault, lang)).collect(),
    }
}

/// Takes members in from a file, with the days from which each holds: all of it, or nothing where a row
/// is at fault (`rows_refused` names each with row, column, value and rule). With `dry_run` nothing is
/// written and the answer says what would be.
#[utoipa::path(post, path = "/dimensions/{dimension}/member-imports", tag = "organisation",
    request_body(content = MemberForm, content_type = "multipart/form-data"),
    params(("dimension" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "repeats are answered alike for 24 hours")),
    responses(
    (status = 200, body = MemberImportBody),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn create_member_import(
    Shared(state): Shared<State>,
    Named(of): Named<DimensionId>,
    mut upload: Upload,
) -> Result<Reply, Problem> {
    let lang = upload.lang();
    let done = async {
        upload.asked.actor.may(Verb::ManageOrganisation)?;
        let file: Received = upload.file()?;
        let options: MemberOptionsBody = match upload.text("options") {
            Some(text) => json(text.as_bytes())?,
            None => MemberOptionsBody::default(),
        };
        upload.finish()?;
        let wish = MembersWish {
            from: today(&state, options.from.clone()),
            dry_run: options.dry_run,
            why: fenjie_app::operations::check_why(options.why.clone())?,
        };
        let file = read_member_file(file, options.reading()?).await?;
        if wish.dry_run {
            let mut unit = state.app.reading(&upload.asked.actor).await?;
            let taken = import_members(&mut unit, &of, &file, &wish).await?;
            return Answer::ok(&body(&file, true, taken, lang));
        }
        let answer = state.app.write(&upload.asked, move |unit| {
            let (of, file, wish) = (of.clone(), file.clone(), wish.clone());
            Box::pin(async move {
                let taken = import_members(unit, &of, &file, &wish).await?;
                Answer::ok(&body(&file, false, taken, lang))
            })
        });
        answer.await
    };
    done.await
        .map(Reply)
        .map_err(|error| Problem::new(error, lang))
}
