//! `fenjie decompose`: every target of a plan, as a table for people or as a file. Decides how much is
//! written and where; the parts below decide how.

mod overview;
mod periods;
mod progress;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use fenjie_exchange::plan_cells::{CellsAsked, write_cells};
use fenjie_exchange::workbook::{Provenance, WorkbookOptions, write_workbook};
use fenjie_exchange::write::CellFormat;
use fenjie_message::{Lang, Message};
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;

use crate::cli::PlanArgs;
use crate::failure::{EndingUnknown, Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

/// Arguments of `fenjie decompose`.
#[derive(Args, Debug)]
pub struct DecomposeArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Where to: .xlsx, .csv, .parquet, .json, .jsonl; `-` is standard output
    /// [default: a table to read]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// How fine: 'region, month', 'org.person, time.day', finest, stored, all
    /// [default: finest in files]
    #[arg(long, short, value_name = "GRAIN")]
    level: Option<String>,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Unit of amounts in tables and workbooks: 元, 万, 亿 (one, wan, yi)
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
    /// The member whose days and slots the workbook shows: 'store=S1'
    #[arg(long, value_name = "ADDRESS")]
    store: Option<String>,
    /// Format whatever the ending: csv, json, jsonl, parquet; table prints one to read
    /// [default: csv]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// Units that people read amounts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unit {
    /// As they are.
    #[value(name = "元", alias = "one", alias = "yuan", alias = "1")]
    One,
    /// Ten thousands.
    #[value(name = "万", aliases = ["wan", "万元"])]
    Wan,
    /// Hundred millions.
    #[value(name = "亿", aliases = ["yi", "亿元"])]
    Yi,
}

impl Unit {
    pub fn display(self) -> DisplayUnit {
        match self {
            Unit::One => DisplayUnit::One,
            Unit::Wan => DisplayUnit::Wan,
            Unit::Yi => DisplayUnit::Yi,
        }
    }
}

/// Formats of a long table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Csv,
    Json,
    Jsonl,
    Parquet,
}

impl Format {
    /// The format of a long table; none for a table to read.
    fn cells(self) -> Option<CellFormat> {
        Some(match self {
            Format::Table => return None,
            Format::Csv => CellFormat::Csv,
            Format::Json => CellFormat::Json,
            Format::Jsonl => CellFormat::JsonLines,
            Format::Parquet => CellFormat::Parquet,
        })
    }
}

/// Decomposes.
///
/// # Errors
/// Those of the plan, and output that cannot be written; then nothing is left of it.
pub fn run(args: &DecomposeArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let target = target(args, terminal)?;
    let progress = progress::Progress::start(terminal);
    let opened = Opened::read(&args.plan, terminal)?;
    let target = match (target, &opened.loaded.output.file) {
        (None, Some(file)) => by_ending(beside(&opened.path, file), None)?,
        (target, _) => target.unwrap_or(Target::Table),
    };
    keep_inputs(&opened, &target)?;
    let plan = opened.plan(terminal)?;
    // A duty of nobody is left out of no file silently.
    for duty in &plan.model().definition().duties {
        plan.model().place(&duty.at)?;
    }
    let measure = measure(&plan, args.measure.as_deref())?;
    let unit = args.unit.map(Unit::display).or_else(|| hinted(&opened));
    let levels = opened.loaded.output.levels.join(", ");
    let hinted = Some(levels.as_str()).filter(|levels| !levels.is_empty());
    let level = args.level.as_deref().or(hinted);
    match target {
        Target::Table => {
            let asked = overview::Asked {
                level,
                measure: args.measure.as_ref().map(|_| measure),
                unit,
            };
            progress.end();
            overview::print(&plan, &asked, terminal)?;
        }
        Target::Cells(path, format) => {
            let level = level.unwrap_or("finest");
            let asked = CellsAsked {
                measure,
                level,
                most: u64::MAX,
                layer: &|_| true,
                seen: &|_| true,
                named: None,
                expect: &|rows| progress.expect(rows),
                advance: &|rows| progress.advance(rows),
            };
            let rows = write_cells(&plan, &asked, &path, format)?;
            progress.end();
            if path != Path::new("-") {
                say_written(&path, rows, terminal);
            }
        }
        Target::Workbook(path) => {
            workbook(&opened, &plan, args, unit, &path, terminal)?;
            progress.end();
        }
    }
    Ok(Exit::Done)
}

enum Target {
    Table,
    Cells(PathBuf, CellFormat),
    Workbook(PathBuf),
}

/// What the command line asks for, if it does. An ending nobody knows is said before anything is read.
fn target(args: &DecomposeArgs, terminal: &Terminal) -> Result<Option<Target>, Failure> {
    let asked = args.format.map(Format::cells);
    let path = match (&args.output, asked) {
        (_, Some(None)) => return Ok(Some(Target::Table)),
        (Some(path), _) => path.clone(),
        (None, None) if !terminal.json => return Ok(None),
        (None, _) => PathBuf::from("-"),
    };
    if path == Path::new("-") {
        let usual = if terminal.json {
            CellFormat::Json
        } else {
            CellFormat::Csv
        };
        return Ok(Some(Target::Cells(path, asked.flatten().unwrap_or(usual))));
    }
    by_ending(path, asked.flatten()).map(Some)
}

/// What a file's ending asks for, unless a format was named.
fn by_ending(path: PathBuf, asked: Option<CellFormat>) -> Result<Target, Failure> {
    let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
    if ending == "xlsx" && asked.is_none() {
        return Ok(Target::Workbook(path));
    }
    match asked.or_else(|| CellFormat::of_path(&path)) {
        Some(format) => Ok(Target::Cells(path, format)),
        None => {
            let endings = "`.xlsx` `.csv` `.parquet` `.json` `.jsonl`";
            Err(EndingUnknown::of(&path, endings, true))
        }
    }
}

/// A path that the plan names counts from the plan's folder.
fn beside(plan: &Path, file: &str) -> PathBuf {
    plan.parent().unwrap_or(Path::new("")).join(file)
}

/// Refuses to write over the plan or a file that it reads.
fn keep_inputs(opened: &Opened, target: &Target) -> Result<(), Failure> {
    let (Target::Cells(path, _) | Target::Workbook(path)) = target else {
        return Ok(());
    };
    // What is not there yet is nobody's input.
    let Ok(written) = path.canonicalize() else {
        return Ok(());
    };
    let inputs = opened.loaded.inputs.iter().map(|input| &input.file);
    let mut read = inputs.chain([&opened.path]);
    if read.any(|file| file.canonicalize().is_ok_and(|file| file == written)) {
        let path = path.display().to_string();
        return Err(Failure::new(OutputIsInput { path }, Exit::Usage));
    }
    Ok(())
}

/// The unit the plan's `[output]` asks for.
fn hinted(opened: &Opened) -> Option<DisplayUnit> {
    let unit = opened.loaded.output.unit.as_deref()?;
    Unit::from_str(unit, true).ok().map(Unit::display)
}

fn say_written(path: &Path, rows: u64, terminal: &mut Terminal) {
    let path = path.display();
    terminal.say(match terminal.lang {
        Lang::Zh => format!("已写入 `{path}`，共 {rows} 行"),
        Lang::En => format!("wrote `{path}`, {rows} rows"),
    });
}

/// Writes a workbook that says what it was made of and that its plan was proven.
fn workbook(
    opened: &Opened,
    plan: &Plan,
    args: &DecomposeArgs,
    unit: Option<DisplayUnit>,
    path: &Path,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = terminal.lang;
    let usual = match lang {
        Lang::Zh => DisplayUnit::Wan,
        Lang::En => DisplayUnit::One,
    };
    let proof = plan.verify();
    let file = opened
        .path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let options = WorkbookOptions {
        lang,
        unit: unit.unwrap_or(usual),
        store: args
            .store
            .as_deref()
            .map(|address| plan.place(address))
            .transpose()?,
        month: None,
        provenance: Provenance {
            file,
            hash: plan.content_hash(),
            made_at: now(),
            checks: crate::verify::lines(&proof, lang),
        },
    };
    write_workbook(plan, path, &options)?;
    let path = path.display();
    terminal.say(match lang {
        Lang::Zh => format!("已写入 `{path}`"),
        Lang::En => format!("wrote `{path}`"),
    });
    Ok(())
}

/// The time of this run where it is.
fn now() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%d %H:%M").to_string()
}

#[derive(Debug)]
struct OutputIsInput {
    path: String,
}

impl Message for OutputIsInput {
    fn code(&self) -> &'static str {
        "output_is_input"
    }

    fn text(&self, lang: Lang) -> String {
        let path = &self.path;
        match lang {
            Lang::Zh => format!("`{path}` 是方案要读的文件，不能被结果覆盖"),
            Lang::En => format!("the plan reads `{path}`, so results cannot go there"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick("换一个文件名", "give the output another name");
        Some(hint.to_owned())
    }
}
