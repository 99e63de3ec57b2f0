//! Files on their way out: targets, members, sales, the log, the whole plan directory, as much of them
//! as somebody sees. Must not know HTTP.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fenjie_exchange::archive::{Packed, pack};
use fenjie_exchange::plan_cells::{CellsAsked, write_cells};
use fenjie_exchange::workbook::{
    MOST_SHEET_ROWS, Provenance, WorkbookOptions, workbook_of_table, write_workbook,
};
use fenjie_exchange::write::{CellFormat, push_csv_text};
use fenjie_facts::{FACTS_FOLDER, Store as Facts};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::{Operation, Plan};
use fenjie_store::PlanId;
use tempfile::TempDir;

use crate::reading::tracking::{self, ChartAsked, ChartKind, Made, ReviewAsked, TrackAsked};
use crate::reading::{Within, sees_layer};
use crate::working::{Opened, plan_folder};
use crate::{Actor, App, AppError, Reach, Verb};

/// The most rows of a long table.
pub const MOST_ROWS: u64 = 20_000_000;
/// How many lines of a log are read at once.
const LINES_AT_ONCE: usize = 5_000;

/// What somebody wants to take out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// Every target of a grain.
    Targets,
    /// The members of a dimension, as a members file of a new plan.
    Members,
    /// The log, as a plan directory holds it.
    Log,
    /// The plan directory as a zip, with its inputs and sales.
    Directory,
    /// Where the members stand in a period.
    Standings,
    /// The pack of a meeting.
    Pack,
    /// A picture.
    Chart(ChartKind),
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A workbook.
    Xlsx,
    /// Comma separated, UTF-8 with a byte order mark.
    Csv,
    /// One array of objects.
    Json,
    /// One object per line.
    Jsonl,
    /// Parquet.
    Parquet,
    /// An archive.
    Zip,
    /// A page of text.
    Markdown,
    /// A picture as text.
    Svg,
    /// A picture as pixels.
    Png,
}

impl Form {
    fn cells(self) -> Option<CellFormat> {
        Some(match self {
            Form::Csv => CellFormat::Csv,
            Form::Json => CellFormat::Json,
            Form::Jsonl => CellFormat::JsonLines,
            Form::Parquet => CellFormat::Parquet,
            Form::Xlsx | Form::Zip | Form::Markdown | Form::Svg | Form::Png => return None,
        })
    }

    /// What a file of it ends in.
    pub fn ending(self) -> &'static str {
        match self {
            Form::Xlsx => "xlsx",
            Form::Csv => "csv",
            Form::Json => "json",
            Form::Jsonl => "jsonl",
            Form::Parquet => "parquet",
            Form::Zip => "zip",
            Form::Markdown => "md",
            Form::Svg => "svg",
            Form::Png => "png",
        }
    }

    /// That something cannot be written so.
    pub fn unfit(self) -> AppError {
        let ending = self.ending();
        AppError::invalid(
            "format",
            "format_unfit",
            format!("这样的内容不能写成 `{ending}`"),
            format!("this cannot be written as `{ending}`"),
        )
    }

    /// Its media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Form::Csv => "text/csv; charset=utf-8",
            Form::Json => "application/json",
            Form::Jsonl => "application/jsonl",
            Form::Parquet => "application/vnd.apache.parquet",
            Form::Zip => "application/zip",
            Form::Markdown => "text/markdown; charset=utf-8",
            Form::Svg => "image/svg+xml",
            Form::Png => "image/png",
        }
    }
}

/// What somebody wants to take out, and how.
#[derive(Clone, Debug)]
pub struct ExportAsked {
    /// What.
    pub what: What,
    /// How it is written.
    pub form: Form,
    /// How fine the targets are: `region, month`, `finest`, `stored`, `all`.
    pub level: Option<String>,
    /// Which measure; the first flow where missing.
    pub measure: Option<String>,
    /// Which dimension's members; the organisation's where missing.
    pub dimension: Option<String>,
    /// The member whose days and slots the workbook shows.
    pub store: Option<String>,
    /// Of standings, packs and pictures: whose lines, whose part, which period, seen from which day.
    pub track: TrackAsked,
    /// How many a list of a pack shows.
    pub top: Option<usize>,
}

/// A file that is ready; dropped, it is gone.
pub struct Exported {
    /// The folder it lies in.
    pub folder: TempDir,
    /// Where it lies.
    pub path: PathBuf,
    /// What it is to be called.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
}

/// Writes a file of a plan, as much of it as the asker sees.
///
/// # Errors
/// `forbidden`, `not_found`, `format_unfit`, grains and measures the plan does not have,
/// `too_many_rows`; what the system refuses.
pub async fn export(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: ExportAsked,
) -> Result<Exported, AppError> {
    let opened = app.open_plan(actor, plan, Verb::Export).await?;
    if matches!(asked.what, What::Standings | What::Pack | What::Chart(_)) {
        drop(opened);
        let made = tracked(app, actor, plan, asked).await?;
        return kept(app, made).await;
    }
    let whole = || opened.reach == Reach::All && knows_every_layer(&opened);
    if matches!(asked.what, What::Log | What::Directory) && !whole() {
        return Err(AppError::Forbidden { verb: Verb::Export });
    }
    if !fits(asked.what, asked.form) {
        return Err(asked.form.unfit());
    }
    let folder = outgoing(app)?;
    let path = folder
        .path()
        .join(format!("export.{}", asked.form.ending()));
    let exported = Exported {
        name: format!("{}.{}", opened.record.name, asked.form.ending()),
        media_type: asked.form.media_type(),
        path: path.clone(),
        folder,
    };
    match asked.what {
        What::Targets | What::Members => {
            // Whoever writes to the plan does not wait for files.
            let held = Held {
                plan: opened.loaded.plan().clone(),
                reach: opened.reach.clone(),
                actor: actor.clone(),
                scope_axis: opened.loaded.scope_axis(&opened.record),
                name: opened.record.name.clone(),
                now: app.now().to_string(),
            };
            drop(opened);
            let written = tokio::task::spawn_blocking(move || match asked.what {
                What::Members => members(&held, &asked, &path),
                _ => targets(&held, &asked, &path),
            });
            written.await.map_err(AppError::internal)??;
        }
        What::Log | What::Directory => {
            let record = opened.record.clone();
            drop(opened);
            log_or_directory(app, actor, &record.id, asked.what, path).await?;
        }
        What::Standings | What::Pack | What::Chart(_) => {}
    }
    Ok(exported)
}

/// A folder for a file on its way out.
fn outgoing(app: &App) -> Result<TempDir, AppError> {
    let folder = app.folder().join("outgoing");
    std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
    tempfile::tempdir_in(&folder).map_err(AppError::internal)
}

/// What tracking gives, as a file.
async fn tracked(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: ExportAsked,
) -> Result<Made, AppError> {
    let (form, mut track) = (asked.form, asked.track);
    track.measure = asked.measure;
    match asked.what {
        What::Pack => {
            let asked = ReviewAsked {
                track,
                top: asked.top,
            };
            tracking::review(app, actor, plan, asked, form).await
        }
        What::Chart(kind) => {
            let asked = ChartAsked {
                kind,
                track,
                theme: None,
                width: None,
                unit: None,
            };
            tracking::chart(app, actor, plan, asked, form).await
        }
        _ => tracking::standings_file(app, actor, plan, track, form).await,
    }
}

async fn kept(app: &App, made: Made) -> Result<Exported, AppError> {
    let folder = outgoing(app)?;
    let path = folder.path().join(format!("export.{}", made.form.ending()));
    let written = tokio::fs::write(&path, &made.bytes).await;
    written.map_err(AppError::internal)?;
    Ok(Exported {
        folder,
        path,
        media_type: made.form.media_type(),
        name: made.name,
    })
}

fn fits(what: What, form: Form) -> bool {
    match what {
        What::Targets => form == Form::Xlsx || form.cells().is_some(),
        What::Members => form == Form::Csv,
        What::Log => form == Form::Jsonl,
        What::Directory => form == Form::Zip,
        // They say so themselves.
        What::Standings | What::Pack | What::Chart(_) => true,
    }
}

/// A plan as it was when somebody asked.
struct Held {
    plan: Plan,
    reach: Reach,
    actor: Arc<Actor>,
    scope_axis: Option<usize>,
    name: String,
    now: String,
}

impl Held {
    fn within(&self) -> Within<'_> {
        Within::new(&self.plan, &self.reach, self.actor.role)
    }
}

/// Whether every layer that the log holds, those out of effect too, is for the asker's role.
fn knows_every_layer(opened: &Opened) -> bool {
    let mut all = opened.loaded.plan().operations().iter();
    all.all(|operation| match operation {
        Operation::Layer(rule) => sees_layer(opened.actor.role, rule),
        _ => true,
    })
}

fn targets(held: &Held, asked: &ExportAsked, path: &Path) -> Result<(), AppError> {
    let (plan, within) = (&held.plan, held.within());
    // The plan's own workbook shows every layer, and its totals everything below them.
    let sees_all = held.reach == Reach::All
        && plan
            .layer_rules()
            .iter()
            .all(|rule| within.sees_layer(rule));
    if asked.form == Form::Xlsx && sees_all && asked.level.is_none() {
        let options = workbook_options(held, asked)?;
        return write_workbook(plan, path, &options).map_err(AppError::refused);
    }
    let measure = within.measure(asked.measure.as_deref())?;
    let named = |axis: usize, node: u32| is_named(&within, axis, node);
    let cut = within.cut_axis().is_some();
    let rules = plan.layer_rules().iter();
    let own = &plan.model().definition().measures[measure];
    let layers = rules.filter(|rule| {
        let about = rule.measure.is_empty() || [&own.code, &own.name].contains(&&rule.measure);
        about && within.sees_layer(rule)
    });
    let amounts = 1 + layers.count();
    let is_sheet = asked.form == Form::Xlsx;
    let cells = CellsAsked {
        measure,
        level: asked.level.as_deref().unwrap_or("finest"),
        most: if is_sheet { MOST_SHEET_ROWS } else { MOST_ROWS },
        layer: &|rule| within.sees_layer(rule),
        seen: &|members| within.sees(members),
        named: cut.then_some(&named),
        expect: &|_| {},
        advance: &|_| {},
    };
    let (target, format) = match asked.form.cells() {
        Some(format) => (path.to_owned(), format),
        None => (path.with_extension("csv"), CellFormat::Csv),
    };
    write_cells(plan, &cells, &target, format).map_err(AppError::refused)?;
    if is_sheet {
        let book = workbook_of_table(&target, amounts).map_err(AppError::refused)?;
        std::fs::write(path, book).map_err(AppError::internal)?;
    }
    Ok(())
}

/// Whether a node may be named: what somebody sees, and what is above it.
fn is_named(within: &Within<'_>, axis: usize, node: u32) -> bool {
    let tree = &within.plan.model().axes()[axis].tree;
    within.cut_axis() != Some(axis)
        || within.sees_node(axis, node)
        || within
            .tops(axis)
            .iter()
            .any(|top| tree.contains(node, *top))
}

fn workbook_options(held: &Held, asked: &ExportAsked) -> Result<WorkbookOptions, AppError> {
    let (plan, within, lang) = (&held.plan, held.within(), held.actor.lang);
    let proof = plan.verify();
    let checks = proof.checks.iter().map(|check| {
        let (counted, failed) = (check.counted, check.failures.len());
        match (failed, lang) {
            (0, Lang::Zh) => format!("{}：{counted} 次，通过", check.zh),
            (0, Lang::En) => format!("{}: {counted} compared, ok", check.en),
            (failed, Lang::Zh) => format!("{}：{counted} 次，{failed} 处不符", check.zh),
            (failed, Lang::En) => format!("{}: {counted} compared, {failed} differ", check.en),
        }
    });
    let store = asked.store.as_deref();
    let store = store.map(|address| within.place("store", address));
    Ok(WorkbookOptions {
        lang,
        unit: match lang {
            Lang::Zh => DisplayUnit::Wan,
            Lang::En => DisplayUnit::One,
        },
        store: store.transpose()?,
        month: None,
        provenance: Provenance {
            file: held.name.clone(),
            hash: plan.content_hash(),
            made_at: held.now.clone(),
            checks: checks.collect(),
        },
    })
}

fn members(held: &Held, asked: &ExportAsked, path: &Path) -> Result<(), AppError> {
    let (plan, within) = (&held.plan, held.within());
    let axes = plan.model().axes();
    let dimensions = &axes[..axes.len() - 1];
    let usual = held.scope_axis.unwrap_or(0);
    let index = match &asked.dimension {
        None => usual,
        Some(code) => {
            let found = dimensions.iter().position(|axis| axis.code == *code);
            found.ok_or_else(|| AppError::not_found(code.chars().take(80).collect::<String>()))?
        }
    };
    let axis = dimensions
        .get(index)
        .ok_or_else(|| AppError::not_found("dimension"))?;
    let tree = &axis.tree;
    let attributes: Vec<&str> = tree.attribute_names().collect();
    let mut out = Vec::from("\u{feff}code,name,parent,from,until");
    for name in &attributes {
        out.push(b',');
        push_csv_text(name, &mut out);
    }
    out.push(b'\n');
    for node in 0..tree.len() as u32 {
        if !is_named(&within, index, node) {
            continue;
        }
        let seen = within.sees_node(index, node);
        let days = tree.effective().iter().find(|(own, _)| *own == node);
        let days = days.filter(|_| seen).map(|(_, days)| days);
        let parent = tree.parent(node).map_or("", |parent| tree.code(parent));
        let from = days.map_or(String::new(), |days| days.start.to_string());
        let until = days.map_or(String::new(), |days| days.last().to_string());
        push_csv_text(tree.code(node), &mut out);
        for text in [tree.name(node), parent, &from, &until] {
            out.push(b',');
            push_csv_text(text, &mut out);
        }
        for name in &attributes {
            out.push(b',');
            let value = tree.attribute(name).and_then(|own| own.value(node));
            if let Some(value) = value.filter(|_| seen) {
                out.extend_from_slice(value.to_string().as_bytes());
            }
        }
        out.push(b'\n');
    }
    std::fs::write(path, out).map_err(AppError::internal)
}

/// The log's lines as a plan directory holds them; with inputs and sales the directory itself.
async fn log_or_directory(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    what: What,
    path: PathBuf,
) -> Result<(), AppError> {
    let organisation = &actor.organisation;
    let mut tx = app.store().read().await?;
    let mut log = Vec::new();
    let mut from = 0u64;
    loop {
        let lines = tx.lines(organisation, plan, from, LINES_AT_ONCE).await?;
        for line in &lines {
            log.extend_from_slice(line.line.as_bytes());
            log.push(b'\n');
        }
        from += lines.len() as u64;
        if lines.len() < LINES_AT_ONCE {
            break;
        }
    }
    let inputs = match what {
        What::Directory => tx.inputs(organisation, plan).await?,
        _ => Vec::new(),
    };
    drop(tx);
    let folder = plan_folder(app, organisation, plan);
    let written = tokio::task::spawn_blocking(move || {
        if what == What::Log {
            return std::fs::write(&path, log).map_err(AppError::internal);
        }
        let mut files = vec![("log.jsonl".to_owned(), Packed::Bytes(log))];
        for input in inputs {
            files.push((input.stored, Packed::Bytes(input.bytes)));
        }
        let facts = Facts::open(&folder).map_err(AppError::refused)?;
        for file in facts.files() {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            files.push((format!("{FACTS_FOLDER}/{name}"), Packed::File(file.clone())));
        }
        pack(&path, files).map_err(AppError::refused)
    });
    written.await.map_err(AppError::internal)?
}
