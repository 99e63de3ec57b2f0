//! Members of a dimension as a file: those of a day, from which a plan is made, or each with its whole
//! history, from which the same members come again. Must not know HTTP.

use std::collections::HashMap;
use std::path::Path;

use fenjie_exchange::workbook::workbook_of_table;
use fenjie_exchange::write::push_csv_text;
use fenjie_store::DimensionId;
use fenjie_store::dimension::{MemberRecord, MemberSpan};

use super::dimension;
use super::spans::{day, on};
use crate::exports::Form;
use crate::{AppError, Unit};

/// Which members a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MembersOf<'a> {
    /// Those of a day, each once, with its first and its last day.
    Day(&'a str),
    /// All that ever were and will be: a row for each time that one was something.
    Always,
}

/// The members of a dimension as a file: CSV or a workbook.
///
/// # Errors
/// `forbidden`, `not_found`, `date_invalid`, `format_unfit`; what the system refuses.
pub async fn members_file(
    unit: &mut Unit,
    of: &DimensionId,
    which: MembersOf<'_>,
    form: Form,
) -> Result<Vec<u8>, AppError> {
    let dimension = dimension(unit, of).await?;
    if let MembersOf::Day(on_day) = which {
        day("on", on_day)?;
    }
    let organisation = unit.organisation();
    let all = unit.tx.members(&organisation, &dimension.id).await?;
    let rows = rows(&all, which);
    let text = written(&rows);
    match form {
        Form::Csv => Ok(text),
        Form::Xlsx => as_workbook(unit.app.folder(), text).await,
        _ => Err(AppError::invalid(
            "format",
            "format_unfit",
            "成员文件只能是 csv 或 xlsx",
            "a members file is csv or xlsx",
        )),
    }
}

/// A row of a members file.
struct Row<'m> {
    code: &'m str,
    span: &'m MemberSpan,
    from: &'m str,
    until: &'m str,
}

/// The rows, each member behind what it is below, as people write it.
fn rows<'m>(all: &'m [MemberRecord], which: MembersOf<'_>) -> Vec<Row<'m>> {
    let mut below: HashMap<Option<&str>, Vec<(&MemberRecord, &MemberSpan)>> = HashMap::new();
    for member in all {
        let span = match which {
            MembersOf::Day(on_day) => on(member, on_day),
            MembersOf::Always => member.spans.last(),
        };
        if let Some(span) = span {
            let theirs = below.entry(span.parent.as_deref()).or_default();
            theirs.push((member, span));
        }
    }
    let mut rows = Vec::new();
    let mut waiting: Vec<Option<&str>> = vec![None];
    while let Some(above) = waiting.pop() {
        for (member, span) in below.remove(&above).unwrap_or_default() {
            rows.extend(rows_of(member, span, which));
            waiting.push(Some(member.code.as_str()));
        }
    }
    // Who is below somebody that is something else by then.
    let mut rest: Vec<_> = below.into_values().flatten().collect();
    rest.sort_by(|one, other| one.0.code.cmp(&other.0.code));
    let rest = rest.into_iter();
    rows.extend(rest.flat_map(|(member, span)| rows_of(member, span, which)));
    rows
}

fn rows_of<'m>(
    member: &'m MemberRecord,
    span: &'m MemberSpan,
    which: MembersOf<'_>,
) -> Vec<Row<'m>> {
    let row = |span: &'m MemberSpan, from: &'m MemberSpan, until: &'m MemberSpan| Row {
        code: &member.code,
        span,
        from: &from.valid_from,
        until: until.valid_to.as_deref().unwrap_or_default(),
    };
    let own = &member.spans;
    match which {
        MembersOf::Always => own.iter().map(|span| row(span, span, span)).collect(),
        MembersOf::Day(_) => {
            let first = own.first().unwrap_or(span);
            vec![row(span, first, own.last().unwrap_or(span))]
        }
    }
}

fn written(rows: &[Row<'_>]) -> Vec<u8> {
    let mut attributes: Vec<&String> = rows
        .iter()
        .flat_map(|row| row.span.attributes.keys())
        .collect();
    attributes.sort_unstable();
    attributes.dedup();
    let mut out = Vec::from("code,name,parent,from,until");
    for name in &attributes {
        out.push(b',');
        push_csv_text(name, &mut out);
    }
    out.push(b'\n');
    for row in rows {
        push_csv_text(row.code, &mut out);
        let parent = row.span.parent.as_deref().unwrap_or_default();
        for text in [row.span.name.as_str(), parent, row.from, row.until] {
            out.push(b',');
            push_csv_text(text, &mut out);
        }
        for name in &attributes {
            out.push(b',');
            let value = row.span.attributes.get(*name);
            push_csv_text(value.map_or("", String::as_str), &mut out);
        }
        out.push(b'\n');
    }
    out
}

async fn as_workbook(folder: &Path, text: Vec<u8>) -> Result<Vec<u8>, AppError> {
    let folder = folder.join("outgoing");
    let made = tokio::task::spawn_blocking(move || {
        std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
        let own = tempfile::tempdir_in(&folder).map_err(AppError::internal)?;
        let csv = own.path().join("members.csv");
        std::fs::write(&csv, text).map_err(AppError::internal)?;
        // Codes stay texts: `007` is no number.
        workbook_of_table(&csv, 0).map_err(AppError::refused)
    });
    made.await.map_err(AppError::internal)?
}
