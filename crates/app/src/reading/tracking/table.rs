//! Standings as a table to take away: CSV, JSON, a workbook; as much of them as somebody sees (rule R3).
//! Must not know HTTP.

use std::path::Path;
use std::sync::Arc;

use fenjie_exchange::progress_workbook::{
    Progress, ProgressGroup, ProgressOptions, progress_workbook,
};
use fenjie_exchange::workbook::{Provenance, workbook_of_table};
use fenjie_exchange::write::push_csv_text;
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_store::PlanId;
use fenjie_track::{Line, Thresholds};
use serde_json::{Map, Value as Json};

use super::standings::{Lines, StandingSeen};
use super::{Ground, Made, TrackAsked, ground};
use crate::exports::Form;
use crate::{Actor, App, AppError, Reach};

/// The columns: what a line is, then its figures.
const COLUMNS: [&str; 23] = [
    "measure",
    "period",
    "as_of",
    "line",
    "at",
    "name",
    "status",
    "closed",
    "rank",
    "base",
    "carried",
    "working",
    "target",
    "actual",
    "attainment",
    "elapsed",
    "expected",
    "gap",
    "gap_to_date",
    "pace",
    "run_rate",
    "required_rate",
    "projection",
];
/// How many of them are figures.
const FIGURES: usize = 15;

/// Writes where the members within reach stand.
///
/// # Errors
/// Those of [`standings`](super::standings()); `format_unfit`.
pub async fn standings_file(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
    form: Form,
) -> Result<Made, AppError> {
    if !matches!(form, Form::Csv | Form::Json | Form::Xlsx) {
        return Err(form.unfit());
    }
    let now = app.now().to_string();
    let folder = app.folder().to_owned();
    let (at, by) = (asked.at.clone(), asked.by.clone());
    ground(app, actor, plan, &asked, move |ground| {
        let lines = ground.lines(at.as_deref(), by.as_deref())?;
        let rows = ground.rows(&lines);
        let bytes = match form {
            Form::Json => json(&rows)?,
            Form::Xlsx if *ground.within().reach == Reach::All => {
                ground.workbook(&lines, by.as_deref(), now)?
            }
            Form::Xlsx => table(&folder, &rows)?,
            _ => csv(&rows),
        };
        let lang = ground.opened.actor.lang;
        let name = &ground.opened.record.name;
        let (what, period) = (lang.pick("进度", "standings"), ground.period_code());
        Ok(Made {
            name: format!("{name} {what} {period}.{}", form.ending()),
            tag: Made::tag_of(&[&String::from_utf8_lossy(&csv(&rows)), form.ending()]),
            form,
            bytes,
        })
    })
    .await
}

/// A line in the order of the columns.
type Row = [Option<String>; COLUMNS.len()];

impl Ground {
    fn rows(&self, lines: &Lines) -> Vec<Row> {
        let head = || {
            let about = [
                self.measure_code(),
                self.period_code(),
                self.as_of.to_string(),
            ];
            about.map(Some)
        };
        let totals = lines.totals.iter().map(|line| {
            let mut seen = self.standing(line);
            seen.line = "total";
            row(head(), seen)
        });
        let members = lines.members.iter();
        totals
            .chain(members.map(|line| row(head(), self.standing(line))))
            .collect()
    }

    /// The workbook with live formulas, for who sees all of it.
    fn workbook(&self, lines: &Lines, by: Option<&str>, now: String) -> Result<Vec<u8>, AppError> {
        let (mut others, mut members) = (lines.members.clone(), lines.members.clone());
        members.retain(|line| line.line == Line::Member);
        others.retain(|line| line.line != Line::Member);
        let depths = self.depths(by)?;
        let lang = self.opened.actor.lang;
        let progress = Progress {
            plan: self.plan(),
            measure: self.measure,
            as_of: self.as_of,
            thresholds: Thresholds::default(),
            whole: &lines.totals,
            groups: vec![ProgressGroup {
                depths: &depths,
                members: &members,
                others: &others,
                left_out: &[],
            }],
        };
        let options = ProgressOptions {
            lang,
            unit: match lang {
                Lang::Zh => DisplayUnit::Wan,
                Lang::En => DisplayUnit::One,
            },
            provenance: Provenance {
                file: self.opened.record.name.clone(),
                hash: self.plan().content_hash(),
                made_at: now,
                checks: Vec::new(),
            },
            notes: vec![(
                lang.pick("销售数据到", "sales through").to_owned(),
                lines.through.clone().unwrap_or_default(),
            )],
        };
        progress_workbook(&progress, &options).map_err(AppError::refused)
    }
}

fn row(head: [Option<String>; 3], seen: StandingSeen) -> Row {
    let [measure, period, as_of] = head;
    [
        measure,
        period,
        as_of,
        Some(seen.line.to_owned()),
        Some(seen.at),
        Some(seen.name),
        Some(seen.status.to_owned()),
        Some(seen.closed.to_string()),
        seen.rank.map(|rank| rank.to_string()),
        Some(seen.base),
        Some(seen.carried),
        Some(seen.working),
        Some(seen.target),
        Some(seen.actual),
        seen.attainment,
        Some(seen.elapsed),
        Some(seen.expected),
        Some(seen.gap),
        Some(seen.gap_to_date),
        seen.pace,
        seen.run_rate,
        seen.required_rate,
        seen.projection.map(|ends| ends.middle),
    ]
}

fn csv(rows: &[Row]) -> Vec<u8> {
    let mut out = Vec::from("\u{feff}");
    out.extend_from_slice(COLUMNS.join(",").as_bytes());
    out.push(b'\n');
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            let cell = cell.as_deref().unwrap_or_default();
            // A figure below zero is no formula.
            match at >= COLUMNS.len() - FIGURES {
                true => out.extend_from_slice(cell.as_bytes()),
                false => push_csv_text(cell, &mut out),
            }
        }
        out.push(b'\n');
    }
    out
}

fn json(rows: &[Row]) -> Result<Vec<u8>, AppError> {
    let object = |row: &Row| {
        let pairs = COLUMNS.iter().zip(row);
        let pairs = pairs.map(|(name, cell)| ((*name).to_owned(), Json::from(cell.clone())));
        Json::Object(pairs.collect::<Map<_, _>>())
    };
    let objects: Vec<Json> = rows.iter().map(object).collect();
    serde_json::to_vec(&objects).map_err(AppError::internal)
}

fn table(folder: &Path, rows: &[Row]) -> Result<Vec<u8>, AppError> {
    let folder = tempfile::tempdir_in(folder).map_err(AppError::internal)?;
    let path = folder.path().join("standings.csv");
    std::fs::write(&path, csv(rows)).map_err(AppError::internal)?;
    workbook_of_table(&path, FIGURES).map_err(AppError::refused)
}
