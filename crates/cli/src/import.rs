//! `fenjie import`: bring actual sales in: checked, all or nothing, safe to repeat. Knows no formats.

mod answer;
mod mappings;
mod options;
mod refusal;

pub use self::options::Round;

use std::path::{Path, PathBuf};

use clap::Args;
use fenjie_exchange::log::Stamp;
use fenjie_facts::import::{ImportError, ImportOptions, Imported, read};
use fenjie_facts::{Added, ImportMeta, Store};
use fenjie_message::{Lang, Message};
use fenjie_plan::Plan;
use fenjie_review::Watch;
use fenjie_track::Alert;

use crate::actual::Sales;
use crate::alerts::{after_import, found};
use crate::cli::PlanArgs;
use crate::edit::commit::now;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

use answer::Answer;
use options::FileArgs;

/// Arguments of `fenjie import`.
#[derive(Args, Debug)]
pub struct ImportArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Files of sales: CSV, TSV, XLSX, XLS, XLSB, ODS, Parquet, JSON, JSON lines, gzip of text
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    read: FileArgs,
    /// Bring the good rows in where others are refused
    #[arg(long)]
    partial: bool,
    /// Write the refused rows with their reasons to this file; with --partial they go to
    /// FILE.refused.csv by themselves
    #[arg(long, value_name = "FILE")]
    errors: Option<PathBuf>,
    /// Check and show everything, write nothing
    #[arg(long)]
    dry_run: bool,
    /// Do not look for new alerts afterwards
    #[arg(long)]
    no_alerts: bool,
    /// Who brings it in
    #[arg(long, value_name = "NAME")]
    who: Option<String>,
    /// Why
    #[arg(long, value_name = "REASON")]
    why: Option<String>,
}

/// One file on its way in.
struct Checked {
    path: PathBuf,
    imported: Imported,
    meta: ImportMeta,
    errors: Option<PathBuf>,
}

/// Brings actual sales in. Ends with 1 where rows of a partial import were left out.
///
/// # Errors
/// Those of the plan; files that are refused, with every bad row; what the system refuses.
pub fn run(args: &ImportArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    if opened.log.is_none() && !args.dry_run {
        let path = opened.path.display().to_string();
        return Err(Failure::new(NoDirectory { path }, Exit::Refused));
    }
    let definition = &opened.loaded.definition;
    mappings::check_name(args.read.save_map.as_deref())?;
    let mapping = mappings::chosen(&args.read, &opened)?;
    let mut options = args.read.options(args.partial, mappings::saved(&opened)?)?;
    options.zone = options.zone.or_else(|| opened.loaded.zone.clone());
    if args.files.len() > 1 && args.errors.is_some() {
        return Err(Failure::new(ErrorsOfSeveral, Exit::Usage));
    }
    let mut checked = Vec::new();
    for path in &args.files {
        match read(path, definition, &mapping, &options) {
            Ok(imported) => {
                let meta = meta(path, &imported, &opened, &options)?;
                let errors = write_errors(args, path, &options, &imported.report, terminal)?;
                checked.push(Checked {
                    path: path.clone(),
                    imported,
                    meta,
                    errors,
                });
            }
            Err(ImportError::RowsRefused { report }) => {
                let errors = write_errors(args, path, &options, &report, terminal)?;
                return refusal::rows(path, *report, errors, definition, terminal);
            }
            Err(error) => return Err(refusal::file(error, path)),
        }
    }
    let exit = match checked
        .iter()
        .any(|file| file.imported.report.refused_rows > 0)
    {
        true => Exit::Found,
        false => Exit::Done,
    };
    let watched = Watched::before(&opened, args.dry_run || args.no_alerts, terminal);
    let mut answer = Answer::new(definition, args.dry_run);
    let mut store = opened
        .log
        .as_ref()
        .map(|_| Store::open(&opened.path))
        .transpose()?;
    for file in checked {
        let Checked {
            path,
            imported,
            meta,
            errors,
        } = file;
        let Imported { lines, report } = imported;
        let added = match &mut store {
            Some(store) if args.dry_run => Some(store.preview(&lines, definition, &meta)?),
            Some(store) => Some(add(store, lines, &meta, args, &opened)?),
            None => None,
        };
        answer.file(&path, &report, added.as_ref(), errors.as_deref(), terminal)?;
    }
    if let Some(name) = &args.read.save_map {
        mappings::save(name, &answer.used, &opened, args.dry_run, terminal)?;
    }
    answer.finish(&opened.path, terminal)?;
    if let Some(watched) = watched {
        watched.after(&opened, terminal);
    }
    Ok(exit)
}

/// With more members than this, in a dimension, alerts are left to `fenjie alerts`: they would take
/// longer than the import.
const MOST_WATCHED: usize = 20_000;

/// The alerts before an import, to say which are new after it (rule T6).
struct Watched {
    plan: Plan,
    alerts: Vec<Alert>,
}

impl Watched {
    /// What the rules say before; `None` where nobody listens or the plan has ended. An alert that
    /// cannot be computed never stops an import.
    fn before(opened: &Opened, is_off: bool, terminal: &mut Terminal) -> Option<Watched> {
        let last = opened.loaded.definition.period.last();
        let has_ended = opened.loaded.definition.today.is_none_or(|day| day > last);
        if is_off || has_ended || terminal.quiet || terminal.json {
            return None;
        }
        let trees = opened.loaded.definition.dimensions.iter();
        if trees.map(|known| known.tree.len()).max() > Some(MOST_WATCHED) {
            terminal.say(terminal.lang.pick(
                "成员很多，导入时不算预警；需要时运行 `fenjie alerts`",
                "so many members: no alerts on import; `fenjie alerts` finds them",
            ));
            return None;
        }
        let definition = opened.loaded.definition.clone();
        let plan = Plan::replay(definition, &opened.loaded.operations).ok()?;
        let alerts = alerts_now(opened, &plan)?;
        Some(Watched { plan, alerts })
    }

    fn after(&self, opened: &Opened, terminal: &mut Terminal) {
        if let Some(alerts) = alerts_now(opened, &self.plan) {
            after_import(&self.alerts, &alerts, terminal);
        }
    }
}

fn alerts_now(opened: &Opened, plan: &Plan) -> Option<Vec<Alert>> {
    let store = Store::open(&opened.path).ok()?;
    if !store.imports().iter().any(|import| import.in_effect) {
        return Some(Vec::new());
    }
    let as_of = plan.model().definition().today?;
    let (measure, rules) = (measure(plan, None).ok()?, opened.loaded.alerts.clone());
    let mut watch = Watch::usual(plan, measure, rules, as_of).ok()?;
    found(&mut watch, &Sales::Store(Box::new(store))).ok()
}

fn add(
    store: &mut Store,
    lines: fenjie_facts::SalesLines,
    meta: &ImportMeta,
    args: &ImportArgs,
    opened: &Opened,
) -> Result<Added, Failure> {
    let at = now();
    let stamp = Stamp {
        at: &at,
        who: args.who.as_deref(),
        why: args.why.as_deref(),
    };
    Ok(store.add(lines, &opened.loaded.definition, meta, &stamp)?)
}

/// What is remembered of a file; the same file read in the same way is the same import.
fn meta(
    path: &Path,
    imported: &Imported,
    opened: &Opened,
    options: &ImportOptions,
) -> Result<ImportMeta, Failure> {
    let file = path.file_name().unwrap_or(path.as_os_str());
    let (file, definition) = (file.to_string_lossy(), &opened.loaded.definition);
    fenjie_facts::import::meta(path, &file, imported, definition, options)
        .map_err(|error| refusal::file(error, path))
}

/// Writes the refused rows apart where that is asked for, or where the others are brought in.
fn write_errors(
    args: &ImportArgs,
    path: &Path,
    options: &ImportOptions,
    report: &fenjie_facts::import::ImportReport,
    terminal: &Terminal,
) -> Result<Option<PathBuf>, Failure> {
    let beside =
        || (args.partial && !args.dry_run).then(|| fenjie_facts::import::refused_name(path));
    let target = args.errors.clone().or_else(beside);
    let Some(target) = target.filter(|_| report.refused_rows > 0) else {
        return Ok(None);
    };
    let rows = fenjie_facts::import::write_refused(path, options, report, terminal.lang)
        .map_err(|error| refusal::file(error, path))?;
    let mut file = fenjie_exchange::write::AtomicFile::create(&target)?;
    std::io::Write::write_all(&mut file, rows.as_bytes())
        .map_err(|reason| Failure::unwritable(&target, &reason))?;
    file.commit()?;
    Ok(Some(target))
}

/// Sales can only be kept in a plan directory.
#[derive(Debug)]
struct NoDirectory {
    path: String,
}

impl Message for NoDirectory {
    fn code(&self) -> &'static str {
        "plan_directory_needed"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 是方案文件，销售数据存在方案目录里", self.path),
            Lang::En => format!(
                "`{}` is a plan file; sales are kept in a plan directory",
                self.path
            ),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let zh = "用 `fenjie init 方案文件 目录` 建立方案目录；只想检查用 `--dry-run`";
        let en = "make one with `fenjie init PLAN DIRECTORY`; to check the file only, `--dry-run`";
        Some(lang.pick(zh, en).into())
    }
}

/// One file cannot hold the refused rows of several.
#[derive(Debug)]
struct ErrorsOfSeveral;

impl Message for ErrorsOfSeveral {
    fn code(&self) -> &'static str {
        "errors_of_several_files"
    }

    fn text(&self, lang: Lang) -> String {
        let zh = "`--errors` 只能对应一个文件";
        lang.pick(zh, "`--errors` is for one file only").into()
    }
}
