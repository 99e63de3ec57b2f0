//! The binary `fenjie`: reads arguments, calls the domain, prints. Decides nothing about targets.

mod action;
mod actual;
mod alerts;
mod allocate;
mod audit;
mod backup;
mod beside;
mod calendar;
mod carry;
mod check;
mod cli;
mod close;
mod decompose;
mod diff;
mod directory;
mod doctor;
mod edit;
mod explain;
mod failure;
mod help;
mod import;
mod import_plan;
mod imports;
mod language;
mod mcp;
mod migrate;
mod mishap;
mod notice;
mod open;
mod organisation;
mod people;
mod review;
mod revise;
mod serve;
mod spoken;
mod tabular;
mod template;
mod terminal;
mod today;
mod token;
mod track;
mod usage;
mod user;
mod verify;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::terminal::{Colour, Terminal};

#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let words: Vec<OsString> = std::env::args_os().collect();
    let lang = language::spoken(&words, |name| std::env::var(name).ok());
    mishap::install(lang, language::wants_json(&words));
    let read = help::command(lang)
        .try_get_matches_from(&words)
        .and_then(|matches| Cli::from_arg_matches(&matches));
    let cli = match read {
        Ok(cli) => cli,
        Err(error) => return not_understood(&error, &words, lang),
    };
    let shared = &cli.shared;
    let mut terminal = Terminal::standard(lang, shared.json, shared.quiet, shared.color);
    let done = run(&cli.command, &mut terminal);
    let flushed = terminal.flush();
    let ended = match done.and_then(|exit| flushed.map(|()| exit)) {
        Ok(exit) => exit,
        Err(failure) if failure.reader_gone() => Exit::Done,
        Err(failure) => {
            terminal.fail(&failure);
            failure.exit()
        }
    };
    ExitCode::from(ended as u8)
}

/// Help and version are asked for; everything else is a command line that is not understood.
fn not_understood(error: &clap::Error, words: &[OsString], lang: fenjie_message::Lang) -> ExitCode {
    let mut terminal =
        Terminal::standard(lang, language::wants_json(words), false, Colour::default());
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    if asked {
        // Whoever stops reading help has read enough.
        let _ = error.print();
        return ExitCode::SUCCESS;
    }
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        terminal.say(error.render());
        return ExitCode::from(Exit::Usage as u8);
    }
    terminal.fail(&usage::failure(error));
    ExitCode::from(Exit::Usage as u8)
}

fn run(command: &Command, terminal: &mut Terminal) -> Result<Exit, Failure> {
    match command {
        Command::Decompose(args) => decompose::run(args, terminal),
        Command::Explain(args) => explain::run(args, terminal),
        Command::Verify(args) => verify::run(args, terminal),
        Command::Check(args) => check::run(args, terminal),
        Command::Diff(args) => diff::run(args, terminal),
        Command::Calendar(args) => calendar::run(args, terminal),
        Command::Allocate(args) => allocate::run(args, terminal),
        Command::New(args) => template::new(args, terminal),
        Command::Set(args) => edit::set(args, terminal),
        Command::Hold(args) => edit::hold(args, terminal),
        Command::Release(args) => edit::release(args, terminal),
        Command::Transfer(args) => edit::transfer(args, terminal),
        Command::Reallocate(args) => edit::reallocate(args, terminal),
        Command::ImportPlan(args) => import_plan::run(args, terminal),
        Command::Init(args) => directory::init(args, terminal),
        Command::Log(args) => directory::log(args, terminal),
        Command::Undo(args) => directory::undo(args, terminal),
        Command::Redo(args) => directory::redo(args, terminal),
        Command::Replay(args) => directory::replay(args, terminal),
        Command::Import(args) => import::run(args, terminal),
        Command::Imports(args) => imports::run(args, terminal),
        Command::Track(args) => track::run(args, terminal),
        Command::Today(args) => today::run(args, terminal),
        Command::Close(args) => close::run(args, terminal),
        Command::Carry(args) => carry::run(args, terminal),
        Command::Action(args) => action::run(args, terminal),
        Command::Revise(args) => revise::run(args, terminal),
        Command::Review(args) => review::run(args, terminal),
        Command::Alerts(args) => alerts::run(args, terminal),
        Command::Serve(args) => serve::run(args, terminal),
        Command::Backup(args) => backup::run(args, terminal),
        Command::Restore(args) => backup::restore(args, terminal),
        Command::Doctor(args) => doctor::run(args, terminal),
        Command::Migrate(args) => migrate::run(args, terminal),
        Command::User(args) => user::run(args, terminal),
        Command::Token(args) => token::run(args, terminal),
        Command::Organisation(args) => organisation::run(args, terminal),
        Command::Audit(args) => audit::run(args, terminal),
        Command::Mcp(args) => mcp::run(args, terminal),
        Command::Schema => template::schema(terminal),
        Command::Completions(args) => template::completions(args, terminal),
    }
}
