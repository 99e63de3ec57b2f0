//! The folder of facts: who may write, what is put there, what is left over. Must not know what the
//! files say.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use fenjie_exchange::log::chain::sync_folder;
use sha2::{Digest, Sha256};

use crate::error::FactsError;

/// Name of the file whose lock keeps writers apart; it stays empty.
const LOCK_FILE: &str = ".lock";
/// The ending of a file that is being written.
const PART: &str = ".part";
/// How long a second writer waits.
const PATIENCE: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// A file of the store, as the manifest names it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct StoredFile {
    pub(crate) name: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
}

/// Holds the lock of the folder until it is dropped.
#[derive(Debug)]
pub(crate) struct Locked {
    _file: File,
}

/// Makes the folder where it is missing and waits shortly until nobody else writes.
pub(crate) fn lock(folder: &Path) -> Result<Locked, FactsError> {
    let io = |error: io::Error| FactsError::io(folder, &error);
    if !folder.is_dir() {
        fs::create_dir(folder).or_else(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Ok(()),
            _ => Err(io(error)),
        })?;
        let parent = folder.parent().unwrap_or(Path::new("."));
        sync_folder(parent).map_err(io)?;
    }
    let mut options = OpenOptions::new();
    let file = options.create(true).truncate(false).write(true);
    let file = file.open(folder.join(LOCK_FILE)).map_err(io)?;
    let mut waited = Duration::ZERO;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Locked { _file: file }),
            Err(TryLockError::WouldBlock) if waited < PATIENCE => {
                std::thread::sleep(PAUSE);
                waited += PAUSE;
            }
            Err(TryLockError::WouldBlock) => {
                return Err(FactsError::Busy {
                    path: folder.display().to_string(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(io(error)),
        }
    }
}

/// Removes what an interrupted writer left and what a compaction put aside. The caller holds the
/// lock.
pub(crate) fn sweep(folder: &Path, known: &BTreeSet<&str>) -> Result<(), FactsError> {
    let entries = fs::read_dir(folder).map_err(|error| FactsError::io(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| FactsError::io(folder, &error))?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else { continue };
        if is_ours(name) && !known.contains(name) {
            let removed = fs::remove_file(entry.path());
            removed.map_err(|error| FactsError::io(&entry.path(), &error))?;
        }
    }
    Ok(())
}

/// Whether a name is one that this store gives to a file.
pub(crate) fn is_ours(name: &str) -> bool {
    if name.ends_with(PART) {
        return name.starts_with('.');
    }
    let Some((stem, ending)) = name.rsplit_once('.') else {
        return false;
    };
    let number = stem.split_once('-').map(|(number, hash)| {
        !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
            && hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
    });
    number == Some(true) && ["parquet", "ids", "skips"].contains(&ending)
}

/// Files that are being written for one line of the manifest; dropped before it is written, none of
/// them is left.
#[derive(Debug)]
pub(crate) struct Parts {
    folder: PathBuf,
    number: u64,
    made: Vec<PathBuf>,
    kept: bool,
}

impl Parts {
    pub(crate) fn new(folder: &Path, number: u64) -> Parts {
        Parts {
            folder: folder.to_owned(),
            number,
            made: Vec::new(),
            kept: false,
        }
    }

    /// The folder they lie in.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes a file of this ending, brings it to the disk and gives it the name of its content.
    pub(crate) fn write(
        &mut self,
        ending: &str,
        write: impl FnOnce(Hashing<BufWriter<File>>) -> Result<Hashing<BufWriter<File>>, FactsError>,
    ) -> Result<StoredFile, FactsError> {
        let part = self.folder.join(format!(".{}-{ending}{PART}", self.number));
        let io = |error: io::Error| FactsError::io(&part, &error);
        let file = File::create(&part).map_err(io)?;
        self.made.push(part.clone());
        let written = write(Hashing::new(BufWriter::with_capacity(1 << 18, file)))?;
        let (buffered, sha256, bytes) = written.finish();
        let file = buffered
            .into_inner()
            .map_err(|error| io(error.into_error()))?;
        file.sync_all().map_err(io)?;
        let name = format!("{}-{}.{ending}", self.number, &sha256[..8]);
        let place = self.folder.join(&name);
        fs::rename(&part, &place).map_err(io)?;
        *self.made.last_mut().expect("it was put there above") = place;
        Ok(StoredFile {
            name,
            sha256,
            bytes,
        })
    }

    /// Brings the names to the disk too; the manifest may name the files now.
    pub(crate) fn settle(&self) -> Result<(), FactsError> {
        sync_folder(&self.folder).map_err(|error| FactsError::io(&self.folder, &error))
    }

    /// The manifest names them.
    pub(crate) fn keep(mut self) {
        self.kept = true;
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        if !self.kept {
            for path in &self.made {
                // What cannot be removed now is swept away by the next writer.
                fs::remove_file(path).ok();
            }
        }
    }
}

/// Counts and hashes what is written.
pub(crate) struct Hashing<W> {
    inner: W,
    digest: Sha256,
    bytes: u64,
}

impl<W: Write> Hashing<W> {
    fn new(inner: W) -> Hashing<W> {
        Hashing {
            inner,
            digest: Sha256::new(),
            bytes: 0,
        }
    }

    fn finish(self) -> (W, String, u64) {
        (self.inner, hexadecimal(&self.digest.finalize()), self.bytes)
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.digest.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// SHA-256 and length of a file.
pub(crate) fn hash_of(path: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(path)?;
    let (mut digest, mut bytes) = (Sha256::new(), 0);
    let mut buffer = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((hexadecimal(&digest.finalize()), bytes));
        }
        digest.update(&buffer[..read]);
        bytes += read as u64;
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("writing to a string does not fail");
    }
    text
}
