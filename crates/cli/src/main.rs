//! The binary `fenjie`: reads arguments, calls the domain, prints. Decides nothing about targets.

mod calendar;
mod failure;

use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use fenjie_message::Lang;

use crate::failure::Failure;

/// Sales targets, decomposed exactly 销售目标分解
#[derive(Parser)]
#[command(name = "fenjie", version)]
struct Cli {
    /// Language of messages and tables [default: that of the terminal]
    #[arg(long, global = true)]
    lang: Option<Spoken>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, ValueEnum)]
enum Spoken {
    Zh,
    En,
}

#[derive(Subcommand)]
enum Command {
    Calendar(calendar::CalendarArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let lang = match cli.lang {
        Some(Spoken::Zh) => Lang::Zh,
        Some(Spoken::En) => Lang::En,
        None => Lang::from_locale(&locale()),
    };
    let mut out = BufWriter::new(std::io::stdout().lock());
    let done = match &cli.command {
        Command::Calendar(args) => {
            calendar::run(args, lang, plan_calendar, &mut out, &mut std::io::stderr())
        }
    };
    let flushed = out
        .flush()
        .map_err(|reason| Failure::file(Path::new("-"), &reason));
    match done.and(flushed) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) if failure.reader_gone() => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{}", failure.shown(lang));
            ExitCode::FAILURE
        }
    }
}

/// The locale of messages, by the order of POSIX.
fn locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

fn plan_calendar(path: &Path) -> Result<calendar::PlanCalendar, Failure> {
    let unsupported = std::io::Error::new(std::io::ErrorKind::Unsupported, "plan files come later");
    Err(Failure::file(path, &unsupported))
}
