//! The files a plan names: where they lie, and what they hold by SHA-256. Must not know what is read
//! from them.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::plan_file::Input;
use crate::plan_file::error::{Fault, Refusal};
use crate::plan_file::scalar::Text;
use crate::table::ReadError;

/// Finds the files of a plan and remembers what they held.
pub(crate) struct Files {
    base: PathBuf,
    /// Where each written path lies instead, for a plan directory.
    stored: Option<BTreeMap<String, StoredFile>>,
    inputs: Vec<Input>,
}

/// A file that a plan directory keeps.
#[derive(Clone, Debug)]
pub(crate) struct StoredFile {
    /// Where it lies.
    pub(crate) file: PathBuf,
    /// What it held when it was taken in.
    pub(crate) sha256: String,
}

impl Files {
    /// Paths count from this folder.
    pub(crate) fn beside(base: &Path) -> Files {
        Files {
            base: base.to_owned(),
            stored: None,
            inputs: Vec::new(),
        }
    }

    /// Only these files exist, by the paths as the plan writes them.
    pub(crate) fn stored(files: BTreeMap<String, StoredFile>) -> Files {
        Files {
            base: PathBuf::new(),
            stored: Some(files),
            inputs: Vec::new(),
        }
    }

    /// Where the file lies; it is an input of the plan from now on.
    pub(crate) fn find(&mut self, written: &Text) -> Result<PathBuf, Refusal> {
        let path = match &self.stored {
            Some(files) => files.get(&written.text).map(|stored| stored.file.clone()),
            None => Some(self.base.join(&written.text)),
        };
        let refuse = |cause| Refusal::at(Fault::Table { cause }, written.span);
        let missing = || {
            refuse(ReadError::FileMissing {
                path: written.text.clone(),
            })
        };
        let path = path.ok_or_else(missing)?;
        if self.inputs.iter().any(|input| input.path == written.text) {
            return Ok(path);
        }
        let sha256 = sha256_of(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => missing(),
            _ => refuse(ReadError::FileUnreadable {
                path: written.text.clone(),
                reason: error.to_string(),
            }),
        })?;
        let kept = self
            .stored
            .as_ref()
            .and_then(|files| files.get(&written.text));
        if kept.is_some_and(|kept| kept.sha256 != sha256) {
            return Err(changed(written, &path));
        }
        self.inputs.push(Input {
            path: written.text.clone(),
            file: path.clone(),
            sha256,
        });
        Ok(path)
    }

    /// Every file found so far.
    pub(crate) fn into_inputs(self) -> Vec<Input> {
        self.inputs
    }
}

/// Whether a path is relative and never leads upward.
pub(crate) fn stays_inside(path: &str) -> bool {
    let mut parts = Path::new(path).components();
    !path.is_empty()
        && !path.contains(['\\', '\0'])
        && parts.all(|part| matches!(part, std::path::Component::Normal(_)))
}

fn changed(written: &Text, path: &Path) -> Refusal {
    let shown = path.display();
    let fault = Fault::Other {
        code: "input_changed",
        zh: format!(
            "存档的输入文件 `{shown}`（`{}`）与记录的 SHA-256 不符",
            written.text
        ),
        en: format!(
            "the stored input `{shown}` (`{}`) does not have its SHA-256",
            written.text
        ),
    };
    Refusal::at(fault, written.span)
}

/// The SHA-256 of a file in hexadecimal digits.
pub(crate) fn sha256_of(path: &Path) -> io::Result<String> {
    let mut file = File::open(path)?;
    // A device or a pipe has no end, or is gone once it was read.
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(hexadecimal(&digest.finalize())),
            count => digest.update(&buffer[..count]),
        }
    }
}

/// Bytes as hexadecimal digits.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string does not fail");
            text
        })
}
