//! `fenjie calendar`: the days or periods of a range with what the calendar says of them. Reads a
//! holiday table if asked; knows no targets.

mod lines;
mod print;

use std::path::{Path, PathBuf};

use clap::Args;
use fenjie_calendar::{
    CalendarError, DateRange, DayWeights, Holidays, Level, SalesCalendar, YearRule, parse_weekday,
};

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::Opened;
use crate::terminal::{Terminal, not_written};

/// Arguments of `fenjie calendar`.
#[derive(Args, Debug, Default)]
pub struct CalendarArgs {
    /// Days to print: 2026, 2026-Q1, 2026-03, 2026-W10, FY2026, 2026-01-01..2026-03-31
    /// [default: the plan's period]
    #[arg(required_unless_present = "plan")]
    pub range: Option<String>,
    /// Use the calendar of this plan file; the options below go before what it says
    #[arg(long, value_name = "PLAN.toml")]
    pub plan: Option<PathBuf>,
    /// First day of the week: monday, friday, 周五 [default: monday,
    /// or the day after a year of whole weeks ends]
    #[arg(long, value_name = "WEEKDAY")]
    pub week_starts: Option<String>,
    /// How years are cut: 04-01, "4-5-4 nearest saturday to january",
    /// "13 last sunday of december" [default: 01-01]
    #[arg(long, value_name = "RULE")]
    pub year: Option<String>,
    /// Holidays: CN, none, a CSV file, or CN+FILE for a file's years on top of CN [default: CN]
    #[arg(long, value_name = "TABLE")]
    pub holidays: Option<String>,
    /// What days weigh: coefficients, workdays, calendar-days [default: coefficients]
    #[arg(long, value_name = "BASIS")]
    pub basis: Option<Basis>,
    /// Seven coefficients, Monday first [default: 1,1,1,1,1.2,1.5,1.8]
    #[arg(long, value_name = "LIST", conflicts_with = "basis")]
    pub weekdays: Option<String>,
    /// Print the periods of this level with their weights: year to piece [default: day]
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Print CSV
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
}

/// The named bases of rule C6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Basis {
    /// Monday to Thursday 1, Friday 1.2, Saturday 1.5, Sunday 1.8
    Coefficients,
    /// Monday to Friday and make-up workdays 1, days off 0
    Workdays,
    /// every day 1
    CalendarDays,
}

/// Writes the days or periods asked for, and says what to be careful of.
///
/// # Errors
/// Those of the calendar, and a holiday table or plan that cannot be read.
pub fn run(args: &CalendarArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let plan = args
        .plan
        .as_deref()
        .map(|path| read_plan(path, terminal))
        .transpose()?;
    let (calendar, plan_range) = match plan {
        Some((calendar, range)) => (calendar, Some(range)),
        None => (SalesCalendar::default(), None),
    };
    let calendar = with_options(calendar, args)?;
    let range = match (&args.range, plan_range) {
        (Some(text), Some(within)) => match calendar.find_within(text, within) {
            Ok(period) => period.range,
            Err(_) => calendar.range(text)?,
        },
        (Some(text), None) => calendar.range(text)?,
        (None, Some(range)) => range,
        (None, None) => {
            return Err(CalendarError::PeriodEmpty {
                text: String::new(),
            }
            .into());
        }
    };
    let level = args.level.as_deref().map_or(Ok(Level::Day), Level::parse)?;
    warn(&calendar, range, terminal);
    let lang = terminal.lang;
    let written = match level {
        Level::Day => print::write(args, &lines::days(&calendar, range), terminal),
        Level::Slot => {
            let error = CalendarError::LevelsDoNotNest {
                above: None,
                below: Some(Level::Slot),
                example: String::new(),
            };
            return Err(error.into());
        }
        level => {
            let levels = [level];
            let tree = calendar.tree(range, &levels)?;
            print::write(args, &lines::periods(&calendar, &tree, lang), terminal)
        }
    };
    written.map_err(|reason| not_written(&reason))?;
    Ok(Exit::Done)
}

/// The calendar and period of a plan.
fn read_plan(path: &Path, terminal: &mut Terminal) -> Result<(SalesCalendar, DateRange), Failure> {
    let plan = PlanArgs {
        plan: path.to_owned(),
        as_of: None,
    };
    let definition = Opened::read(&plan, terminal)?.loaded.definition;
    Ok((definition.calendar, definition.period))
}

/// A calendar with what the command line says in its place.
fn with_options(
    mut calendar: SalesCalendar,
    args: &CalendarArgs,
) -> Result<SalesCalendar, Failure> {
    if let Some(rule) = &args.year {
        calendar.year = YearRule::parse(rule)?;
        // Weeks follow a year that whole weeks fill, unless the next option says otherwise.
        if let Some(last) = calendar.year.ends_on() {
            calendar.week_starts = last.next();
        }
    }
    if let Some(weekday) = &args.week_starts {
        calendar.week_starts = parse_weekday(weekday)?;
    }
    if let Some(table) = &args.holidays {
        calendar.holidays = holidays(table)?;
    }
    match args.basis {
        Some(Basis::Coefficients) => calendar.day_weights = DayWeights::brief(),
        Some(Basis::Workdays) => calendar.day_weights = DayWeights::workdays(),
        Some(Basis::CalendarDays) => calendar.day_weights = DayWeights::calendar_days(),
        None => {}
    }
    if let Some(list) = &args.weekdays {
        calendar.day_weights.by_weekday = DayWeights::parse_weekdays(list)?;
    }
    Ok(calendar)
}

fn holidays(table: &str) -> Result<Holidays, Failure> {
    let read = |path: &str| {
        let path = Path::new(path);
        let text =
            std::fs::read_to_string(path).map_err(|reason| Failure::unreadable(path, &reason))?;
        Ok::<_, Failure>(Holidays::parse_csv(&text)?)
    };
    match table {
        "CN" | "cn" => Ok(Holidays::china()),
        "none" | "无" => Ok(Holidays::none()),
        table => match table.strip_prefix("CN+") {
            Some(path) => Ok(Holidays::china().replaced_by(&read(path)?)),
            None => read(table),
        },
    }
}

/// Years without a holiday table are said, never guessed (rule C4).
fn warn(calendar: &SalesCalendar, range: DateRange, terminal: &mut Terminal) {
    let years = calendar.holidays.unknown_years(range);
    if !years.is_empty() {
        terminal.warn(&CalendarError::HolidaysUnknownYear { years }, None);
    }
}
