//! `fenjie track`: where every node stands, as a table for people or as a file. Decides how much is
//! shown and where; the parts below decide how.

mod asked;
mod columns;
mod figures;
mod gap;
mod head;
mod long;
mod picture;
mod print;
mod report;
mod stated;
mod target;
mod workbook;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use fenjie_message::Lang;
use fenjie_plan::Plan;
use fenjie_track::{Composition, StatedStanding};

use self::asked::Asked;
use self::report::Report;
use self::target::Target;
use crate::actual::{ActualArgs, Sales, say_late};
use crate::cli::PlanArgs;
use crate::decompose::Unit;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::Terminal;

pub use self::asked::period_at;
pub use self::figures::{Figures, dash, ink, percent};

/// Arguments of `fenjie track`.
#[derive(Args, Debug)]
pub struct TrackArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    actuals: ActualArgs,
    /// Whose rows: 'region', 'region, month', 'org.person'; may be repeated; all is every grouping
    /// [default: the first dimension]
    #[arg(long, short, value_name = "GRAIN", visible_alias = "by")]
    level: Vec<String>,
    /// The period: 'month=2017-03', or month, week, quarter, year for the one now running
    /// [default: the month now running]
    #[arg(long, short, value_name = "PERIOD")]
    period: Option<String>,
    /// A row for each period of that level so far, not only for one
    #[arg(long)]
    each: bool,
    /// Only inside a member: 'region=华东'
    #[arg(long, value_name = "ADDRESS")]
    within: Option<String>,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Unit of amounts in tables and workbooks: 元, 万, 亿 (one, wan, yi)
    #[arg(long, value_name = "UNIT")]
    unit: Option<Unit>,
    /// In which order: rank, gap, pace, target, actual, member [default: rank]
    #[arg(long, value_name = "ORDER")]
    sort: Option<Order>,
    /// Only the first rows
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Only those behind
    #[arg(long)]
    behind: bool,
    /// The shares of the sources of business beside their target shares
    #[arg(long)]
    composition: bool,
    /// What the gap comes from: member, product, days, weeks, price, or a dimension
    #[arg(long, value_name = "REASON")]
    bridge: Option<String>,
    /// A picture into --output: burn-up, board, calendar, bridge, composition
    #[arg(long, value_name = "CHART", requires = "output")]
    chart: Option<Picture>,
    /// The picture's ground: light, dark [default: light]
    #[arg(long, value_name = "THEME", requires = "chart")]
    theme: Option<Ground>,
    /// The picture's width in pixels, 320 to 4000; a PNG has twice as many [default: 760]
    #[arg(long, value_name = "PIXELS", requires = "chart",
          value_parser = clap::value_parser!(u32).range(320..=4000))]
    width: Option<u32>,
    /// Where to: .xlsx, .csv, .json, .jsonl, .parquet, with --chart .svg, .png; `-` is standard output
    /// [default: a table to read]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Format whatever the ending: csv, json, jsonl, parquet; table prints one to read [default: csv]
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
}

/// Orders of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Order {
    /// Best attainment first.
    #[default]
    Rank,
    /// Largest gap first.
    Gap,
    /// Farthest behind first.
    Pace,
    /// Largest working target first.
    Target,
    /// Largest actual first.
    Actual,
    /// As the plan declares them.
    Member,
}

/// Pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Picture {
    /// Actual against the plan line, day by day.
    BurnUp,
    /// A bullet for each row.
    Board,
    /// A square for each day.
    Calendar,
    /// From target to actual.
    Bridge,
    /// Shares of the sources of business.
    Composition,
}

/// Grounds of pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ground {
    /// White.
    Light,
    /// Nearly black.
    Dark,
}

/// Formats of a long table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// To read.
    Table,
    /// Commas.
    Csv,
    /// One document.
    Json,
    /// A line each.
    Jsonl,
    /// Columns.
    Parquet,
}

/// Tracks.
///
/// # Errors
/// Those of the plan and of the facts, and output that cannot be written; then nothing is left of it.
pub fn run(args: &TrackArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let target = target::of(args, terminal)?;
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let asked = Asked::of(args, &plan)?;
    let sales = Sales::open(&args.actuals, &opened, terminal)?;
    let report = Report::of(args, &plan, asked, &sales)?;
    let last = plan.model().definition().period.last();
    let until = report.asked.as_of.min(last);
    // Results kept by month are not late inside the month.
    let through = report.actuals.through;
    let through = through.filter(|day| !asked::in_one_period(&plan, *day, until));
    say_late(through, until, terminal);
    let unit = args.unit.map(Unit::display);
    let shown = Figures::of(&plan, report.asked.measure, unit, terminal.lang);
    let parts = match (&args.bridge, args.chart) {
        (Some(reason), _) => Some(reason.as_str()),
        (None, Some(Picture::Bridge)) => Some("member"),
        (None, _) => None,
    };
    let parts =
        parts.map(|reason| gap::bridge(&plan, &report.asked, &sales, reason, terminal.lang));
    let extras = Extras {
        parts: parts.transpose()?,
        mixes: match args.composition || args.chart == Some(Picture::Composition) {
            true => gap::compositions(&plan, &report.asked, &sales)?,
            false => Vec::new(),
        },
        stated: stated::lines(&plan, &report.asked, &sales)?,
    };
    match target {
        Target::Table => {
            print::print(&report, &shown, terminal)?;
            extras.print(&plan, &shown, terminal)?;
        }
        Target::Long(path, format) => {
            let rows = long::write(&report, &extras, &path, format)?;
            if path != Path::new("-") {
                say_written(&path, rows, terminal);
            }
        }
        Target::Workbook(path) => {
            workbook::write(&report, &opened, &path, unit, terminal.lang)?;
            say_file(&path, terminal);
        }
        Target::Picture(path) => {
            let picture = args.chart.expect("a picture is asked for");
            let look = picture::look(args, unit, terminal.lang);
            picture::write(&report, picture, &extras, &path, &look)?;
            say_file(&path, terminal);
        }
    }
    Ok(Exit::Done)
}

/// What stands beside the standings.
struct Extras {
    parts: Option<gap::Parts>,
    mixes: Vec<Composition>,
    stated: Vec<(usize, StatedStanding)>,
}

impl Extras {
    fn print(
        &self,
        plan: &Plan,
        shown: &Figures<'_>,
        terminal: &mut Terminal,
    ) -> Result<(), Failure> {
        stated::print(plan, &self.stated, shown.lang, terminal)?;
        for mix in &self.mixes {
            gap::print_composition(plan, mix, shown, terminal)?;
        }
        match &self.parts {
            Some(parts) => parts.print(shown, terminal),
            None => Ok(()),
        }
    }

    /// Tables beside the rows, by name; for JSON.
    fn tables(&self, plan: &Plan, measure: usize) -> Vec<(&'static str, Vec<long::Row<'static>>)> {
        let mut tables = Vec::new();
        if !self.stated.is_empty() {
            tables.push(("stated", stated::rows(plan, &self.stated)));
        }
        if !self.mixes.is_empty() {
            let rows = self
                .mixes
                .iter()
                .flat_map(|mix| gap::composition_rows(plan, measure, mix));
            tables.push(("composition", rows.collect()));
        }
        if let Some(parts) = &self.parts {
            tables.push(("bridge", parts.rows(plan, measure)));
        }
        tables
    }
}

fn say_file(path: &Path, terminal: &mut Terminal) {
    let path = path.display();
    terminal.say(match terminal.lang {
        Lang::Zh => format!("已写入 `{path}`"),
        Lang::En => format!("wrote `{path}`"),
    });
}

fn say_written(path: &Path, rows: u64, terminal: &mut Terminal) {
    let path = path.display();
    terminal.say(match terminal.lang {
        Lang::Zh => format!("已写入 `{path}`，共 {rows} 行"),
        Lang::En => format!("wrote `{path}`, {rows} rows"),
    });
}
