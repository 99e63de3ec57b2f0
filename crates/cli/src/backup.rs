//! `fenjie backup` and `fenjie restore`: a server's records and folder, whole. Knows no file.

use std::path::{Path, PathBuf};

use clap::Args;
use fenjie_app::operating::{
    Backup, BackupEnd, backup, backup_to_file, checked, laid_out, lay_out,
};
use fenjie_message::Lang;
use fenjie_store_sql::{restore_postgres, restore_sqlite};
use serde_json::json;

use crate::beside;
use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, app_refused, refused, runtime};
use crate::terminal::Terminal;

/// Arguments of `fenjie backup`.
#[derive(Args, Debug)]
pub struct BackupArgs {
    /// The folder to make, or the one file where the name ends in .zip; it must not be there yet
    #[arg(value_name = "DIR|FILE.zip")]
    to: PathBuf,
    #[command(flatten)]
    records: RecordsArgs,
}

/// Arguments of `fenjie restore`.
#[derive(Args, Debug)]
pub struct RestoreArgs {
    /// The backup: its folder, or its one file
    #[arg(value_name = "DIR|FILE.zip")]
    from: PathBuf,
    #[command(flatten)]
    records: RecordsArgs,
}

/// Backs up while the server runs, or while it does not.
///
/// # Errors
/// `backup_exists`; what the database or the system refuses.
pub fn run(args: &BackupArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let settings = args.records.settings()?;
    let made = runtime()?.block_on(async {
        let store = beside::open(&settings).await.map_err(refused)?;
        let (folder, to, now) = (&settings.folder, &args.to, beside::now());
        let made = match to.extension().is_some_and(|ending| ending == "zip") {
            true => backup_to_file(&store, folder, to, now).await,
            false => backup(&store, folder, to, now).await,
        };
        made.map_err(app_refused)
    })?;
    said(&made, &args.to, ["已备份到", "backed up to"], terminal)
}

/// Restores into an empty folder, and into an empty PostgreSQL database where one is named.
///
/// # Errors
/// `backup_damaged`, `folder_not_empty`; what the database or the system refuses.
pub fn restore(args: &RestoreArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let settings = args.records.settings()?;
    let from = laid_out(&args.from).map_err(app_refused)?;
    let known = checked(from.folder()).map_err(app_refused)?;
    let folder = &settings.folder;
    let records = lay_out(&known, from.folder(), folder).map_err(app_refused)?;
    let restored = runtime()?.block_on(async {
        match &settings.database_url {
            Some(url) => restore_postgres(&records, url).await,
            None => restore_sqlite(&records, folder).await,
        }
    });
    if let Err(why) = restored {
        // It was empty before, and half a server is worse than none.
        std::fs::remove_dir_all(folder).ok();
        return Err(refused(why));
    }
    said(&known, folder, ["已恢复到", "restored into"], terminal)
}

/// What a backup noted of the audit; nothing where none is named.
///
/// # Errors
/// A backup that cannot be read.
pub fn noted(against: Option<&Path>) -> Result<Vec<BackupEnd>, Failure> {
    let Some(backup) = against else {
        return Ok(Vec::new());
    };
    let backup = laid_out(backup).map_err(app_refused)?;
    Ok(checked(backup.folder()).map_err(app_refused)?.audit_ends)
}

fn said(
    backup: &Backup,
    place: &Path,
    done: [&str; 2],
    terminal: &mut Terminal,
) -> Result<Exit, Failure> {
    let bytes: u64 = backup.files.iter().map(|file| file.bytes).sum();
    let files = backup.files.len();
    if terminal.json {
        let place = place.display().to_string();
        terminal.print_json(&json!({ "place": place, "bytes": bytes, "backup": backup }))?;
        return Ok(Exit::Done);
    }
    let place = place.display();
    terminal.print(match terminal.lang {
        Lang::Zh => format!("{} `{place}`：{files} 个文件，{bytes} 字节", done[0]),
        Lang::En => format!("{} `{place}`: {files} files, {bytes} bytes", done[1]),
    })?;
    Ok(Exit::Done)
}
