//! What a program is told of a file of sales, by the command line and by the server alike: the report
//! as JSON, and what makes a file the import that it is. Must not know terminals or HTTP.

use std::path::Path;

use fenjie_message::{Lang, Message};
use fenjie_money::Step;
use fenjie_plan::Definition;
use serde_json::{Map, Value, json};

use super::{
    ImportError, ImportOptions, ImportReport, Imported, Rounded, RowRefusal, fingerprint,
    role_words, state,
};
use crate::record::{Added, ImportMeta};

/// What is remembered of a file; the same file read in the same way is the same import. `file` is
/// what people call it.
///
/// # Errors
/// `file_changed` where it is not the file that was read; what the system refuses.
pub fn meta(
    path: &Path,
    file: &str,
    imported: &Imported,
    definition: &Definition,
    options: &ImportOptions,
) -> Result<ImportMeta, ImportError> {
    let read = fingerprint(path);
    let (sha256, bytes) = read.map_err(|error| super::reading::unreadable(path, &error))?;
    if imported.report.read_at != Some(state(path)?) {
        let source = imported.report.source.clone();
        return Err(ImportError::FileChanged { source });
    }
    let columns = imported.report.columns.text(definition);
    Ok(ImportMeta {
        file: file.to_owned(),
        sha256,
        bytes,
        mapping: columns + &manner(options, &imported.report),
        refused: imported.report.refused_rows as u64,
    })
}

/// What beside the columns makes the same file another import.
fn manner(options: &ImportOptions, report: &ImportReport) -> String {
    let mut out = String::new();
    let mut add = |name: &str, value: String| out += &format!("; {name} {value}");
    for constant in &report.asked.members {
        add(
            "member",
            format!("{}={}", constant.dimension, constant.member),
        );
    }
    if let Some(sheet) = &report.sheet {
        add("sheet", sheet.clone());
    }
    if let Some(zone) = &options.zone {
        add("zone", zone.clone());
    }
    if let Some(order) = report.asked.date_order {
        add("date order", format!("{order:?}"));
    }
    if let Some(round) = report.asked.round {
        add("round", format!("{round:?}"));
    }
    out
}

/// A file's report for programs. `file` is what people call it, `errors` where its refused rows are.
pub fn report_json(
    file: &str,
    report: &ImportReport,
    added: Option<&Added>,
    errors: Option<&str>,
    definition: &Definition,
    lang: Lang,
) -> Value {
    let columns = report.columns.used.iter().map(
        |column| json!({ "role": role_words(column.role, definition).1, "column": column.column }),
    );
    let totals = report.totals.iter().map(|total| {
        let measure = &definition.measures[total.measure];
        let amount = i64::try_from(total.total).unwrap_or(i64::MAX);
        (
            measure.code.clone(),
            Value::from(measure.step.format(amount)),
        )
    });
    let unknown = report.unknown.iter().map(|unknown| {
        json!({
            "dimension": definition.dimensions[unknown.dimension].code,
            "text": unknown.text,
            "lines": unknown.lines,
            "nearest": unknown.nearest,
        })
    });
    let rounded = report.rounded.iter().map(|rounded| {
        let measure = &definition.measures[rounded.measure].code;
        json!({ "measure": measure, "rows": rounded.rows, "difference": rounding(rounded) })
    });
    let mut notes: Vec<Value> = Vec::new();
    let mut note = |message: &dyn Message| {
        notes.push(json!({ "code": message.code(), "message": message.text(lang) }));
    };
    report.read_notes.iter().for_each(|message| note(message));
    report.notes.iter().for_each(|message| note(message));
    let refused = report.refusals.iter().map(|row| row_json(row, lang));
    json!({
        "file": file,
        "sheet": report.sheet,
        "rows": report.rows,
        "lines": report.lines,
        "from": report.days.map(|(first, _)| first.to_string()),
        "to": report.days.map(|(_, last)| last.to_string()),
        "totals": totals.collect::<Map<_, _>>(),
        "columns": columns.collect::<Vec<_>>(),
        "unused_columns": report.columns.unused,
        "mapping": report.columns.mapping,
        "unassigned": report.unassigned,
        "unknown_count": report.unknown_count,
        "unknown": unknown.collect::<Vec<_>>(),
        "outside": report.outside,
        "repeated_in_file": report.repeated,
        "rounded": rounded.collect::<Vec<_>>(),
        "refused_rows": report.refused_rows,
        "faults": report.fault_count,
        "refused": refused.collect::<Vec<_>>(),
        "errors_file": errors,
        "import": added.map(|added| added.number),
        "already": added.map(|added| added.already),
        "repeated": added.map(|added| added.repeated),
        "replaced": added.map(|added| added.replaced),
        "notes": notes,
    })
}

/// A refused row for programs.
pub fn row_json(refusal: &RowRefusal, lang: Lang) -> Value {
    json!({
        "row": refusal.row,
        "column": refusal.column,
        "value": refusal.value,
        "code": refusal.fault.code(),
        "message": refusal.fault.text(lang),
    })
}

/// What rounding added, as a decimal.
pub fn rounding(rounded: &Rounded) -> String {
    let step = Step::power(18).expect("at most 18 decimals");
    let Ok(count) = i64::try_from(rounded.difference) else {
        return format!("{}e-18", rounded.difference);
    };
    let text = step.format(count);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if count > 0 {
        format!("+{text}")
    } else {
        text.to_owned()
    }
}
