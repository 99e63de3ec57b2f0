//! `fenjie review`: the pack of a weekly, monthly, quarterly or yearly meeting, as Markdown, workbook or JSON, and the
//! meeting's decisions into the log. Computes no figure.

mod decide;

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Args;
use fenjie_calendar::Level;
use fenjie_exchange::review_json;
use fenjie_exchange::review_workbook::write_review;
use fenjie_exchange::write::AtomicFile;
use fenjie_facts::Store;
use fenjie_message::Lang;
use fenjie_plan::Plan;
use fenjie_review::{Pack, ReviewRequest, Span, markdown};

use crate::actual::{ActualArgs, Sales};
use crate::carry::rule::{RuleArgs, rule};
use crate::cli::PlanArgs;
use crate::edit::Signed;
use crate::failure::{EndingUnknown, Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::{Terminal, not_written};

/// Arguments of `fenjie review`.
#[derive(Args, Debug)]
pub struct ReviewArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    actuals: ActualArgs,
    /// The week: 2026-W11, or a day in it [default: the last week that is over]
    #[arg(long, value_name = "WEEK", conflicts_with = "month")]
    week: Option<String>,
    /// The month instead of a week: 2026-03
    #[arg(long, value_name = "MONTH")]
    month: Option<String>,
    /// Any period: 2026-Q1, 2026; or week, month, quarter, year for the last one that is over
    #[arg(long, value_name = "PERIOD", conflicts_with_all = ["week", "month"])]
    period: Option<String>,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
    /// Whose lines: 'region', 'org.store' [default: the finest level of the first dimension]
    #[arg(long, value_name = "GRAIN")]
    of: Option<String>,
    /// How many members a list shows at most [default: 10]
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Where to: .md, .xlsx or .json; `-` is standard output [default: Markdown on standard output]
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Note a decision of this meeting: preview first, written with --yes
    #[arg(long, value_name = "TEXT", requires = "owner")]
    decide: Option<String>,
    /// Who carries the decision out
    #[arg(long, value_name = "NAME", requires = "decide")]
    owner: Option<String>,
    /// By when
    #[arg(long, value_name = "DATE", requires = "decide")]
    due: Option<String>,
    /// Whom the decision concerns: 'store=S1' [default: everyone]
    #[arg(long, value_name = "ADDRESS", requires = "decide")]
    at: Option<String>,
    #[command(flatten)]
    signed: Signed,
}

/// What a pack is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Markdown,
    Workbook,
    Json,
}

/// Writes the pack of a meeting, or notes one of its decisions.
///
/// # Errors
/// Those of the plan and of the facts; a period the plan does not have; output that cannot be written.
pub fn run(args: &ReviewArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let format = format(args.output.as_deref(), terminal.json)?;
    let mut opened = Opened::read(&args.plan, terminal)?;
    let today = opened.loaded.definition.today;
    let today = today.expect("an opened plan has a day");
    let plan = opened.plan(terminal)?;
    let span = span(args, &plan, today)?;
    if let Some(text) = &args.decide {
        let decision = decide::Decision {
            text,
            owner: args.owner.as_deref().unwrap_or_default(),
            due: args.due.as_deref(),
            at: args.at.as_deref(),
        };
        return decide::run(&decision, &span, &plan, &mut opened, &args.signed, terminal);
    }
    let as_of = match args.plan.as_of {
        Some(_) => today,
        None => today.min(span.days.last()),
    };
    let index = measure(&plan, args.measure.as_deref())?;
    let request = ReviewRequest {
        measure: index,
        span,
        as_of,
        depths: depths(&plan, index, args.of.as_deref())?,
        most: args.top.unwrap_or(10).max(1),
        carry: Some(rule(&RuleArgs::default(), &opened, &plan, index)?),
        within: vec![0; plan.model().axes().len() - 1],
        deepest: vec![usize::MAX; plan.model().axes().len() - 1],
    };
    let sales = sales(args, &opened, terminal)?;
    let needs = request.needs(&plan).into_iter();
    let results = needs.map(|asked| sales.add_up(&plan, &asked));
    let results = results.collect::<Result<Vec<_>, _>>()?;
    let pack = Pack::gather(&plan, &request, &results)?;
    write(args.output.as_deref(), format, &pack, terminal)?;
    Ok(Exit::Done)
}

fn span(args: &ReviewArgs, plan: &Plan, today: fenjie_calendar::Date) -> Result<Span, Failure> {
    Ok(match (&args.week, &args.month, &args.period) {
        (Some(week), _, _) => Span::week(plan, week)?,
        (None, Some(month), _) => Span::month(plan, month)?,
        (None, None, Some(period)) => Span::named(plan, period, today)?,
        (None, None, None) => Span::last_week(plan, today)?,
    })
}

/// Imported sales, none of them too: then the pack says so.
fn sales(args: &ReviewArgs, opened: &Opened, terminal: &mut Terminal) -> Result<Sales, Failure> {
    if args.actuals.actuals.is_empty() && opened.log.is_some() {
        return Ok(Sales::Store(Box::new(Store::open(&opened.path)?)));
    }
    Sales::open(&args.actuals, opened, terminal)
}

/// A depth for each dimension: the finest of the first one unless another is asked for.
pub(crate) fn depths(plan: &Plan, measure: usize, of: Option<&str>) -> Result<Vec<usize>, Failure> {
    let dimensions = plan.model().axes().len() - 1;
    let mut depths = plan.grain(measure, of.unwrap_or("stored"))?.depths;
    depths.truncate(dimensions);
    if of.is_none() {
        depths.iter_mut().skip(1).for_each(|depth| *depth = 0);
    }
    Ok(depths)
}

fn format(output: Option<&Path>, json: bool) -> Result<Format, Failure> {
    let Some(path) = output.filter(|path| *path != Path::new("-")) else {
        return Ok(if json { Format::Json } else { Format::Markdown });
    };
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    match ending.to_ascii_lowercase().as_str() {
        "md" | "markdown" => Ok(Format::Markdown),
        "xlsx" => Ok(Format::Workbook),
        "json" => Ok(Format::Json),
        _ => Err(EndingUnknown::of(path, "`.md` `.xlsx` `.json`", false)),
    }
}

fn write(
    output: Option<&Path>,
    format: Format,
    pack: &Pack,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = terminal.lang;
    let text = match format {
        Format::Markdown => markdown(&pack.document(lang)),
        Format::Json => format!("{:#}\n", review_json::pack(pack, lang)),
        Format::Workbook => String::new(),
    };
    let Some(path) = output.filter(|path| *path != Path::new("-")) else {
        let written = terminal.out().write_all(text.as_bytes());
        return written.map_err(|reason| not_written(&reason));
    };
    match format {
        Format::Workbook => write_review(&pack.document(lang), path)?,
        _ => {
            let mut file = AtomicFile::create(path)?;
            file.write_all(text.as_bytes())
                .map_err(|reason| Failure::unwritable(path, &reason))?;
            file.commit()?;
        }
    }
    let path = path.display();
    let what = match pack.span.level {
        Level::Month => lang.pick("月度会议材料", "the month's pack"),
        Level::Quarter => lang.pick("季度会议材料", "the quarter's pack"),
        Level::Year => lang.pick("年度复盘材料", "the year's pack"),
        _ => lang.pick("周会材料", "the week's pack"),
    };
    terminal.say(match lang {
        Lang::Zh => format!("已写入{what} `{path}`"),
        Lang::En => format!("wrote {what} `{path}`"),
    });
    Ok(())
}
