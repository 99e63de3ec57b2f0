//! Makes a plan directory from a plan file: whole, or not at all. Must not know how it is opened or
//! appended to.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use super::chain::sync_folder;
use super::entry::{LogEntry, LogHeader, Stamp, StoredInput};
use super::error::LogError;
use super::file::LOCK_FILE;
use super::log_path;
use super::store::check_time;
use crate::plan_file::{
    Input, LoadedPlan, StoredFile, load_stored, load_text_named, read_text, sha256_of,
    without_operations,
};

/// The folder of inputs in a plan directory.
const INPUTS: &str = "inputs";

/// Makes the directory; [`super::PlanLog::create`] says what of.
pub(super) fn create(
    directory: &Path,
    plan_file: &Path,
    stamp: &Stamp<'_>,
) -> Result<(), LogError> {
    check_time(stamp.at)?;
    refuse_occupied(directory)?;
    let text = read_text(plan_file)?;
    let name = plan_file
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let plan = load_text_named(&text, &name, plan_file.parent().unwrap_or(Path::new("")))?;
    lay_down(directory, (name, text), &plan, stamp)
}

/// Makes the directory of a plan whose files came with it, by the paths that it writes: no other file
/// is looked for.
pub(super) fn create_from(
    directory: &Path,
    text: String,
    files: &BTreeMap<String, PathBuf>,
    stamp: &Stamp<'_>,
) -> Result<(), LogError> {
    check_time(stamp.at)?;
    refuse_occupied(directory)?;
    let mut stored = BTreeMap::new();
    for (written, file) in files {
        let sha256 = sha256_of(file).map_err(|error| LogError::io(file, &error))?;
        let file = file.clone();
        stored.insert(written.clone(), StoredFile { file, sha256 });
    }
    let name = "plan.toml".to_owned();
    let plan = load_stored(&text, &name, stored)?;
    lay_down(directory, (name, text), &plan, stamp)
}

fn lay_down(
    directory: &Path,
    (name, text): (String, String),
    plan: &LoadedPlan,
    stamp: &Stamp<'_>,
) -> Result<(), LogError> {
    let parent = parent_of(directory);
    let made = tempfile::Builder::new()
        .prefix(".fenjie-")
        .tempdir_in(parent);
    let made = made.map_err(|error| LogError::io(parent, &error))?;
    let header = LogHeader {
        at: stamp.at.to_owned(),
        who: stamp.who.map(str::to_owned),
        text: without_operations(&text, &name)?,
        file: name,
        inputs: store_inputs(&plan.inputs, made.path())?,
        hash: String::new(),
    };
    let lines = first_lines(header, plan, stamp);
    let write = || -> std::io::Result<()> {
        let mut log = fs::File::create(log_path(made.path()))?;
        log.write_all(lines.as_bytes())?;
        log.sync_all()?;
        fs::File::create(made.path().join(LOCK_FILE))?;
        sync_folder(made.path())
    };
    write().map_err(|error| LogError::io(directory, &error))?;
    put_in_place(made, directory)
}

/// The definition and every operation of the plan file, a line each.
fn first_lines(header: LogHeader, plan: &LoadedPlan, stamp: &Stamp<'_>) -> String {
    let (header, mut lines) = header.write();
    let mut before = header.hash;
    for (number, operation) in plan.operations.iter().enumerate() {
        let origin = &plan.origins[number];
        let own = Stamp {
            at: stamp.at,
            who: origin.who.as_deref().or(stamp.who),
            why: origin.why.as_deref().or(stamp.why),
        };
        let (entry, line) = LogEntry::write(operation, &own, number as u64 + 1, &before, false);
        lines.push_str(&line);
        before = entry.hash;
    }
    lines
}

/// The folder that a path lies in.
fn parent_of(path: &Path) -> &Path {
    let parent = path
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty());
    parent.unwrap_or(Path::new("."))
}

fn refuse_occupied(directory: &Path) -> Result<(), LogError> {
    match fs::read_dir(directory) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(LogError::DirectoryNotEmpty {
                path: directory.display().to_string(),
            }),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(LogError::io(directory, &error)),
    }
}

/// Copies every input under the hash of its content.
fn store_inputs(inputs: &[Input], directory: &Path) -> Result<Vec<StoredInput>, LogError> {
    let folder = directory.join(INPUTS);
    fs::create_dir(&folder).map_err(|error| LogError::io(&folder, &error))?;
    let mut stored = Vec::new();
    for input in inputs {
        let ending = input
            .file
            .extension()
            .map(|ending| ending.to_string_lossy().to_lowercase());
        // `.csv.gz` keeps both endings, by which readers know what it is.
        let name = input
            .file
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        let ending = match ending.as_deref() {
            Some("gz") if name.ends_with(".csv.gz") => ".csv.gz".to_owned(),
            Some(ending) => format!(".{ending}"),
            None => String::new(),
        };
        let name = format!("{}{ending}", input.sha256);
        let path = folder.join(&name);
        let io = |error: std::io::Error| LogError::io(&input.file, &error);
        fs::copy(&input.file, &path).map_err(io)?;
        if sha256_of(&path).map_err(io)? != input.sha256 {
            return Err(io(std::io::Error::other("it changed while it was copied")));
        }
        fs::File::open(&path)
            .and_then(|file| file.sync_all())
            .map_err(io)?;
        stored.push(StoredInput {
            path: input.path.clone(),
            sha256: input.sha256.clone(),
            stored: format!("{INPUTS}/{name}"),
        });
    }
    sync_folder(&folder).map_err(|error| LogError::io(&folder, &error))?;
    Ok(stored)
}

/// Moves the finished directory to its name.
fn put_in_place(made: tempfile::TempDir, directory: &Path) -> Result<(), LogError> {
    let io = |error: std::io::Error| LogError::io(directory, &error);
    open_to_group(made.path()).map_err(io)?;
    if directory.is_dir() {
        fs::remove_dir(directory).map_err(io)?;
    }
    fs::rename(made.path(), directory).map_err(io)?;
    // It has another name now: nothing is left to clean up.
    let _ = made.keep();
    sync_folder(parent_of(directory)).map_err(io)
}

/// A temporary folder is its owner's alone; a plan directory has the usual rights.
fn open_to_group(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    let _ = folder;
    Ok(())
}
