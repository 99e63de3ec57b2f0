//! Mappings of columns, kept in the plan directory under `facts/mappings/NAME.toml`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use fenjie_exchange::write::{AtomicFile, WriteError};

use super::{ImportError, Mapping};
use crate::store::FACTS_FOLDER;

/// Where the mappings of a plan directory lie.
pub fn mappings_folder(directory: &Path) -> PathBuf {
    directory.join(FACTS_FOLDER).join("mappings")
}

/// The mappings that were kept, by name.
///
/// # Errors
/// `mapping_damaged` where one cannot be read.
pub fn kept_mappings(directory: &Path) -> Result<Vec<Mapping>, ImportError> {
    let Ok(entries) = fs::read_dir(mappings_folder(directory)) else {
        return Ok(Vec::new());
    };
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(path).map_err(|error| ImportError::MappingDamaged {
            name: name.clone().into_owned(),
            reason: error.to_string(),
        })?;
        Mapping::from_toml(&name, &text)
    };
    paths.iter().map(read).collect()
}

/// Keeps the columns that were used under a name, which [`super::is_mapping_name`] let pass; gives
/// the file.
///
/// # Errors
/// What the system refuses.
pub fn keep_mapping(directory: &Path, name: &str, used: &Mapping) -> Result<PathBuf, WriteError> {
    let folder = mappings_folder(directory);
    let unwritable = |path: &Path, error: &std::io::Error| WriteError::FileUnwritable {
        path: path.display().to_string(),
        reason: error.to_string(),
    };
    fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
    let path = folder.join(format!("{name}.toml"));
    let mut file = AtomicFile::create(&path)?;
    let written = file.write_all(used.to_toml().as_bytes());
    written.map_err(|error| unwritable(&path, &error))?;
    file.commit()?;
    Ok(path)
}
