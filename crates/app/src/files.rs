//! Files on their way in: where they lie, what they are called, what a refusal of a file says. Must
//! not know how they came.

use std::path::{Path, PathBuf};

use fenjie_exchange::archive::unpack_directory;
pub use fenjie_exchange::member_table::RowFault;
use fenjie_facts::{FACTS_FOLDER, Store as Facts};
use fenjie_message::{Lang, Message};
use fenjie_store::{ImportId, OrganisationId, PlanId};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

use crate::working::plan_folder;
use crate::{App, AppError, Unit};

/// The longest name of a file, in bytes: what file systems take, with room for an ending.
pub const LONGEST_FILE_NAME: usize = 200;

/// A file that was received whole and lies on this machine; dropped, it is gone.
#[derive(Debug)]
pub struct Received {
    folder: TempDir,
    /// Its name on the disk: the last of its path.
    pub name: String,
    /// What people call it: a name, or a path relative to a plan file.
    pub called: String,
    /// SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

impl Received {
    /// A file of this name that lies in a folder of its own.
    pub fn new(folder: TempDir, name: String, sha256: String, bytes: u64) -> Received {
        Received {
            folder,
            called: name.clone(),
            name,
            sha256,
            bytes,
        }
    }

    /// The same with what people call it.
    pub fn called(self, called: String) -> Received {
        Received { called, ..self }
    }

    /// Where it lies.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.name)
    }

    /// Its bytes.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn read(&self) -> Result<Vec<u8>, AppError> {
        std::fs::read(self.path()).map_err(AppError::internal)
    }

    /// Moves it to a folder that lasts.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn settle(self, folder: &Path) -> Result<(), AppError> {
        let parent = folder.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent).map_err(AppError::internal)?;
        std::fs::rename(self.folder.keep(), folder).map_err(AppError::internal)
    }
}

/// A new folder for a file on its way in.
///
/// # Errors
/// What the system refuses.
pub fn incoming(app: &App) -> Result<TempDir, AppError> {
    let folder = app.folder().join("incoming");
    std::fs::create_dir_all(&folder).map_err(AppError::internal)?;
    tempfile::tempdir_in(&folder).map_err(AppError::internal)
}

/// Where the file of an import and its refused rows lie.
pub fn import_folder(app: &App, organisation: &OrganisationId, id: &ImportId) -> PathBuf {
    let folder = app.folder().join("imports").join(organisation.as_str());
    folder.join(id.as_str())
}

/// The name of a file as somebody sent it: one name, of visible characters, that leads nowhere.
///
/// # Errors
/// `file_name_invalid`.
pub fn file_name(sent: &str) -> Result<String, AppError> {
    let name = sent.trim();
    let is_name = !name.is_empty()
        && name.len() <= LONGEST_FILE_NAME
        && !name.starts_with('.')
        && !name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|'])
        && !name.chars().any(char::is_control);
    match is_name {
        true => Ok(name.to_owned()),
        false => Err(AppError::invalid(
            "file",
            "file_name_invalid",
            format!(
                "文件名 `{}` 须是不带路径的普通名字，至多 {LONGEST_FILE_NAME} 字节",
                shown(name)
            ),
            format!(
                "the file name `{}` has to be a plain name without a path, at most \
                 {LONGEST_FILE_NAME} bytes",
                shown(name)
            ),
        )),
    }
}

/// The relative path of a file that comes with a plan: plain names, none leading upward.
///
/// # Errors
/// `file_name_invalid`.
pub fn file_path(sent: &str) -> Result<String, AppError> {
    let parts = sent.split('/').map(file_name);
    let parts = parts.collect::<Result<Vec<String>, AppError>>()?;
    match parts.len() <= 8 {
        true => Ok(parts.join("/")),
        false => file_name(sent),
    }
}

/// A name as a message may show it.
fn shown(name: &str) -> String {
    let visible = name
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    visible.take(60).collect()
}

/// A refusal in both languages, as it is kept: `{"zh": {code, message, hint}, "en": …}`.
pub fn told(refusal: &dyn Message) -> Json {
    let in_lang = |lang: Lang| {
        json!({
            "code": refusal.code(),
            "message": refusal.text(lang),
            "hint": refusal.hint(lang),
        })
    };
    json!({ "zh": in_lang(Lang::Zh), "en": in_lang(Lang::En) })
}

/// The part of something kept in both languages that is in this one.
pub fn in_language(kept: &Json, lang: Lang) -> &Json {
    &kept[lang.pick("zh", "en")]
}

/// Unpacks the archive of a plan directory into a folder of its own; its sales are read through.
///
/// # Errors
/// Those of the archive; `manifest_damaged`, `segment_damaged`.
pub async fn unpacked(app: &App, archive: Received) -> Result<TempDir, AppError> {
    let folder = incoming(app)?;
    let into = folder.path().to_owned();
    let done = tokio::task::spawn_blocking(move || {
        unpack_directory(&archive.path(), &into).map_err(AppError::refused)?;
        let facts = Facts::open(&into).map_err(AppError::refused)?;
        facts.verify().map(|_| ()).map_err(AppError::refused)
    });
    done.await.map_err(AppError::internal)??;
    Ok(folder)
}

/// Copies the sales of a plan directory to where a plan of ours has them, before it is committed.
///
/// # Errors
/// What the system refuses.
pub async fn copy_facts(unit: &mut Unit, plan: &PlanId, from: &Path) -> Result<(), AppError> {
    let target = plan_folder(&unit.app, &unit.actor.organisation, plan);
    let from = from.to_owned();
    let done = tokio::task::spawn_blocking(move || {
        let facts = Facts::open(&from).map_err(AppError::refused)?;
        let target = target.join(FACTS_FOLDER);
        for file in facts.files() {
            std::fs::create_dir_all(&target).map_err(AppError::internal)?;
            let name = file.file_name().unwrap_or_default();
            std::fs::copy(&file, target.join(name)).map_err(AppError::internal)?;
        }
        Ok(())
    });
    done.await.map_err(AppError::internal)?
}
