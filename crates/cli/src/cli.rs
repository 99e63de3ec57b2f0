//! The command line as clap reads it: the options all commands share, and the commands. Their texts
//! in both languages are in `help`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::language::Spoken;
use crate::terminal::Colour;
use crate::{action, alerts, carry, close, import, imports, review, revise, serve, today, track};
use crate::{allocate, calendar, check, decompose, diff, directory, edit, explain};
use crate::{audit, backup, doctor, migrate};
use crate::{import_plan, mcp, template, verify};
use crate::{organisation, token, user};

/// Sales targets, decomposed exactly
#[derive(Parser, Debug)]
#[command(name = "fenjie", version, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    pub shared: Shared,
    #[command(subcommand)]
    pub command: Command,
}

/// What every command takes.
#[derive(Args, Debug)]
pub struct Shared {
    /// Language of messages and tables: zh, en [default: FENJIE_LANG, then the locale]
    #[arg(long, global = true, value_name = "LANG", display_order = 101)]
    pub lang: Option<Spoken>,
    /// Print JSON for scripts, errors included
    #[arg(long, global = true, display_order = 100)]
    pub json: bool,
    /// Say no warnings, notes or progress
    #[arg(long, short, global = true, display_order = 102)]
    pub quiet: bool,
    /// Colours: auto, always, never; NO_COLOR is respected [default: auto]
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        display_order = 103
    )]
    pub color: Colour,
}

/// Where a plan is, and the day it is looked at from.
#[derive(Args, Clone, Debug)]
pub struct PlanArgs {
    /// A plan file or a plan directory
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// The day to look from: which holds have expired, which periods are over [default: the plan's
    /// `today`, else today]
    #[arg(long, value_name = "DATE", display_order = 90)]
    pub as_of: Option<String>,
}

/// The commands.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Write every target of a plan: a table, a workbook, CSV, Parquet or JSON
    Decompose(decompose::DecomposeArgs),
    /// Say where a number comes from
    Explain(explain::ExplainArgs),
    /// Prove all sums, holds and bounds of a plan or an exported workbook
    Verify(verify::VerifyArgs),
    /// Find structural faults before anything is computed
    Check(check::CheckArgs),
    /// Compare two plans cell by cell
    Diff(diff::DiffArgs),
    /// Print the days or periods of a range as the calendar sees them
    Calendar(calendar::CalendarArgs),
    /// Allocate an amount over weights, exactly
    Allocate(allocate::AllocateArgs),
    /// Write a commented plan file to start from
    New(template::NewArgs),
    /// Type a number: preview first, written with --yes
    Set(edit::SetArgs),
    /// Pin a value until it is released
    Hold(edit::HoldArgs),
    /// End a hold
    Release(edit::ReleaseArgs),
    /// Move an amount from one place to another
    Transfer(edit::TransferArgs),
    /// Type a number while its siblings absorb, so that every total stays
    Reallocate(edit::ReallocateArgs),
    /// Read a changed workbook back: preview first, written with --yes
    ImportPlan(import_plan::ImportPlanArgs),
    /// Make a plan directory, which keeps the log, from a plan file
    Init(directory::InitArgs),
    /// List the operations of a plan
    Log(directory::LogArgs),
    /// Take an operation out of effect
    Undo(directory::UndoArgs),
    /// Bring the operation that was undone last back into effect
    Redo(directory::RedoArgs),
    /// Compute a plan directory anew from its log and compare the content hash
    Replay(directory::ReplayArgs),
    /// Bring actual sales in: checked, all or nothing, safe to repeat
    Import(import::ImportArgs),
    /// List imports, undo one, compact, prove them
    Imports(imports::ImportsArgs),
    /// Say where every node stands: target, actual, pace, what is needed
    Track(track::TrackArgs),
    /// A store's slots for now: target, done, left
    Today(today::TodayArgs),
    /// Close a period with the results it ended with
    Close(close::CloseArgs),
    /// Carry what closed periods fell short of to later ones
    Carry(carry::CarryArgs),
    /// Action plans: which are due, write one, note its effect
    Action(action::ActionArgs),
    /// Propose, approve or reject another target; how often each was revised
    Revise(revise::ReviseArgs),
    /// Write the pack of a weekly meeting
    Review(review::ReviewArgs),
    /// What needs a look, by rule
    Alerts(alerts::AlertsArgs),
    /// Serve a team over HTTP
    Serve(serve::ServeArgs),
    /// Back a server up while it runs: records, files, sales
    Backup(backup::BackupArgs),
    /// Bring a backup back into an empty folder or database
    Restore(backup::RestoreArgs),
    /// Look whether a server is whole: database, logs, files, sales, audit
    Doctor(doctor::DoctorArgs),
    /// Bring a server's database to this release, with a copy made before
    Migrate(migrate::MigrateArgs),
    /// Accounts of a server: list, make, change, stop; passwords
    User(user::UserArgs),
    /// Keys for programs: list, make, withdraw
    Token(token::TokenArgs),
    /// Organisations of a server: list, make
    Organisation(organisation::OrganisationArgs),
    /// Prove that the audit was only ever appended to
    Audit(audit::AuditArgs),
    /// Let an assistant read and change plans over standard input and output (MCP)
    Mcp(mcp::McpArgs),
    /// Print the JSON Schema of plan files
    Schema,
    /// Print completions for a shell: bash, zsh, fish, elvish, powershell
    Completions(template::CompletionsArgs),
}
