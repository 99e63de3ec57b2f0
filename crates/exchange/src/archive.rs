//! Plan directories as one file (zip), out and in. What comes in is bounded, and goes nowhere but into
//! its folder. Must not know what the files say.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use fenjie_message::{Lang, Message, english};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

/// The most files of an archive.
pub const MOST_FILES: usize = 10_000;
/// The most bytes that an archive unpacks to.
pub const MOST_BYTES: u64 = 2 << 30;

/// A file on its way into an archive.
pub enum Packed {
    /// Bytes in memory.
    Bytes(Vec<u8>),
    /// A file on the disk.
    File(PathBuf),
}

/// Why an archive cannot be written or taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ArchiveError {
    /// It is no archive, or a damaged one.
    Unreadable {
        /// What the reader said.
        reason: String,
    },
    /// A file of another name than a plan directory has.
    NameUnknown {
        /// The name.
        name: String,
    },
    /// More files than it may have.
    TooManyFiles {
        /// How many there are.
        files: usize,
    },
    /// It unpacks to more than it may.
    TooLarge,
    /// The system refuses.
    Unwritable {
        /// What the system said.
        reason: String,
    },
}

impl Message for ArchiveError {
    fn code(&self) -> &'static str {
        match self {
            ArchiveError::Unreadable { .. } => "archive_unreadable",
            ArchiveError::NameUnknown { .. } => "archive_name_unknown",
            ArchiveError::TooManyFiles { .. } => "archive_too_many_files",
            ArchiveError::TooLarge => "archive_too_large",
            ArchiveError::Unwritable { .. } => "archive_unwritable",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (ArchiveError::Unreadable { reason }, Lang::Zh) => {
                format!("压缩包读不出来：{reason}")
            }
            (ArchiveError::Unreadable { reason }, Lang::En) => {
                format!("the archive cannot be read: {reason}")
            }
            (ArchiveError::NameUnknown { name }, Lang::Zh) => {
                format!("方案目录里没有 `{name}` 这样的文件")
            }
            (ArchiveError::NameUnknown { name }, Lang::En) => {
                format!("a plan directory has no file such as `{name}`")
            }
            (ArchiveError::TooManyFiles { files }, Lang::Zh) => {
                format!("压缩包里有 {files} 个文件，最多 {MOST_FILES} 个")
            }
            (ArchiveError::TooManyFiles { files }, Lang::En) => {
                format!("the archive has {files} files; {MOST_FILES} is the most")
            }
            (ArchiveError::TooLarge, Lang::Zh) => {
                format!("压缩包解开后超过 {MOST_BYTES} 字节")
            }
            (ArchiveError::TooLarge, Lang::En) => {
                format!("the archive unpacks to more than {MOST_BYTES} bytes")
            }
            (ArchiveError::Unwritable { reason }, Lang::Zh) => format!("写不进去：{reason}"),
            (ArchiveError::Unwritable { reason }, Lang::En) => {
                format!("it cannot be written: {reason}")
            }
        }
    }
}

impl std::fmt::Display for ArchiveError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for ArchiveError {}

fn unreadable(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Unreadable {
        reason: error.to_string().chars().take(200).collect(),
    }
}

fn unwritable(error: impl std::fmt::Display) -> ArchiveError {
    ArchiveError::Unwritable {
        reason: error.to_string(),
    }
}

/// Writes files into one archive under their names.
///
/// # Errors
/// `archive_unwritable`.
pub fn pack(
    archive: &Path,
    files: impl IntoIterator<Item = (String, Packed)>,
) -> Result<(), ArchiveError> {
    let file = File::create(archive).map_err(unwritable)?;
    let mut writer = ZipWriter::new(BufWriter::with_capacity(1 << 18, file));
    for (name, packed) in files {
        // Segments are compressed already.
        let method = match name.ends_with(".parquet") {
            true => CompressionMethod::Stored,
            false => CompressionMethod::Deflated,
        };
        let options = SimpleFileOptions::default().compression_method(method);
        writer
            .start_file(name, options.large_file(true))
            .map_err(unwritable)?;
        match packed {
            Packed::Bytes(bytes) => writer.write_all(&bytes).map_err(unwritable)?,
            Packed::File(path) => {
                let mut file = File::open(path).map_err(unwritable)?;
                std::io::copy(&mut file, &mut writer).map_err(unwritable)?;
            }
        }
    }
    let mut file = writer.finish().map_err(unwritable)?;
    file.flush().map_err(unwritable)?;
    file.get_ref().sync_all().map_err(unwritable)
}

/// The bytes of one file of an archive, which has to be there.
///
/// # Errors
/// `archive_unreadable`; `archive_too_large` where it has more than `most` bytes.
pub fn one_of(archive: &Path, name: &str, most: u64) -> Result<Vec<u8>, ArchiveError> {
    let file = File::open(archive).map_err(unreadable)?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    let entry = zip.by_name(name).map_err(unreadable)?;
    let mut bytes = Vec::new();
    let read = entry.take(most + 1).read_to_end(&mut bytes);
    match read.map_err(unreadable)? as u64 > most {
        true => Err(ArchiveError::TooLarge),
        false => Ok(bytes),
    }
}

/// Unpacks files of an archive into a folder: those that are named, each no longer than is said, each to
/// the place that is said. Other files of it are not looked at.
///
/// # Errors
/// [`ArchiveError`]; what was unpacked before stays in the folder.
pub fn unpack_files(
    archive: &Path,
    files: impl IntoIterator<Item = (String, u64, PathBuf)>,
) -> Result<(), ArchiveError> {
    let file = File::open(archive).map_err(unreadable)?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    for (name, most, to) in files {
        let entry = zip.by_name(&name).map_err(unreadable)?;
        write_bounded(entry, most, &to)?;
    }
    Ok(())
}

/// Writes what is read to a new file, where it is no longer than `most`; gives its length.
fn write_bounded(from: impl Read, most: u64, to: &Path) -> Result<u64, ArchiveError> {
    std::fs::create_dir_all(to.parent().unwrap_or(to)).map_err(unwritable)?;
    let mut out = BufWriter::new(File::create(to).map_err(unwritable)?);
    let copied = std::io::copy(&mut from.take(most + 1), &mut out).map_err(unreadable)?;
    if copied > most {
        return Err(ArchiveError::TooLarge);
    }
    out.flush().map_err(unwritable)?;
    Ok(copied)
}

/// Unpacks the archive of a plan directory into a folder: the log, its inputs, its facts, at the top or
/// under one folder; any other name is refused, and so is what unpacks to too much.
///
/// # Errors
/// [`ArchiveError`]; what was unpacked before stays in the folder.
pub fn unpack_directory(archive: &Path, into: &Path) -> Result<(), ArchiveError> {
    let file = File::open(archive).map_err(unreadable)?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(unreadable)?;
    if zip.len() > MOST_FILES {
        return Err(ArchiveError::TooManyFiles { files: zip.len() });
    }
    let mut names = Vec::with_capacity(zip.len());
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(unreadable)?;
        let name = entry.name().map_err(unreadable)?.into_owned();
        names.push((name, entry.is_file()));
    }
    let top = names
        .iter()
        .find_map(|(name, _)| name.strip_suffix("log.jsonl"))
        .unwrap_or_default()
        .to_owned();
    let mut left = MOST_BYTES;
    for (at, (name, is_file)) in names.iter().enumerate() {
        if !is_file && name.ends_with('/') {
            continue;
        }
        let own = name
            .strip_prefix(&top)
            .filter(|own| *is_file && is_ours(own));
        let own = own.ok_or_else(|| ArchiveError::NameUnknown {
            name: name.chars().filter(|c| !c.is_control()).take(80).collect(),
        })?;
        let entry = zip.by_index(at).map_err(unreadable)?;
        left -= write_bounded(entry, left, &into.join(own))?;
    }
    Ok(())
}

/// Whether a plan directory may hold a file of this name.
fn is_ours(name: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && name.len() <= 200
            && !name.starts_with("..")
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'))
    };
    match name.split('/').collect::<Vec<&str>>().as_slice() {
        [file] => matches!(*file, "log.jsonl" | "content.json" | ".lock" | "content"),
        ["inputs", file] | ["facts", file] | ["facts", "mappings", file] => plain(file),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::{ArchiveError, Packed, is_ours, pack, unpack_directory};

    #[test]
    fn only_names_of_a_plan_directory_are_taken_in() {
        for good in [
            "log.jsonl",
            "inputs/ab12.csv",
            "facts/1-0a1b2c3d.parquet",
            "facts/mappings/x.toml",
        ] {
            assert!(is_ours(good), "{good}");
        }
        for bad in [
            "",
            "../log.jsonl",
            "/etc/passwd",
            "inputs/../log.jsonl",
            "inputs/",
            "inputs/..",
            "inputs/a/b",
            "inputs\\a",
            "C:log.jsonl",
            "log.jsonl/x",
            "plan.toml",
        ] {
            assert!(!is_ours(bad), "{bad}");
        }
    }

    #[test]
    fn an_archive_goes_there_and_back_and_a_trick_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let archive = folder.path().join("a.zip");
        let files = |name: &str| {
            vec![
                ("p/log.jsonl".to_owned(), Packed::Bytes(b"{}".to_vec())),
                (name.to_owned(), Packed::Bytes(vec![7; 1000])),
            ]
        };
        pack(&archive, files("p/inputs/a.csv")).unwrap();
        let into = folder.path().join("into");
        unpack_directory(&archive, &into).unwrap();
        assert_eq!(
            std::fs::read(into.join("inputs/a.csv")).unwrap(),
            vec![7; 1000]
        );
        for trick in [
            "p/../../a.csv",
            "../a.csv",
            "/elsewhere/a.csv",
            "q/inputs/a.csv",
        ] {
            pack(&archive, files(trick)).unwrap();
            let refused = unpack_directory(&archive, &folder.path().join("other"));
            assert!(
                matches!(refused, Err(ArchiveError::NameUnknown { .. })),
                "{trick}"
            );
        }
        std::fs::write(&archive, b"PK\x03\x04 not really").unwrap();
        let refused = unpack_directory(&archive, &into);
        assert!(matches!(refused, Err(ArchiveError::Unreadable { .. })));
    }
}
