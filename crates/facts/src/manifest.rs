//! The manifest: a chained line for each import, undo, redo and compaction. What it does not name does
//! not exist. Must not know what is in a segment.

use std::fs;
use std::path::{Path, PathBuf};

use fenjie_exchange::log::Stamp;
use fenjie_exchange::log::chain::{Reason, append, open_line, sealed, text_of, whole_lines};
use serde::{Deserialize, Serialize};

use crate::error::{FactsError, FactsNote};
use crate::folder::{StoredFile, is_ours};
use crate::record::ImportMeta;

/// The name of the manifest in its folder.
pub(crate) const MANIFEST_FILE: &str = "manifest.jsonl";

/// What one line says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// An import.
    Import(ImportEntry),
    /// An import is taken out of effect.
    Undo(u64),
    /// And brought back.
    Redo(u64),
    /// Segments are one now.
    Compact(CompactEntry),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ImportEntry {
    pub(crate) file: String,
    pub(crate) sha256: String,
    pub(crate) bytes: u64,
    pub(crate) mapping: String,
    pub(crate) refused: u64,
    pub(crate) lines: u64,
    pub(crate) repeated: u64,
    pub(crate) replaced: u64,
    pub(crate) days: Option<(i32, i32)>,
    /// Measure code and sum; sums are texts because they may be wider than a JSON number.
    pub(crate) sums: Vec<(String, String)>,
    pub(crate) stored: StoredSegment,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CompactEntry {
    /// The numbers of the segments that it takes the place of.
    pub(crate) of: Vec<u64>,
    pub(crate) lines: u64,
    pub(crate) days: Option<(i32, i32)>,
    pub(crate) stored: StoredSegment,
}

/// A segment and what lies beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredSegment {
    pub(crate) segment: StoredFile,
    /// Its external ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ids: Option<StoredFile>,
    /// The rows that its imports supersede.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) skips: Option<StoredFile>,
}

impl StoredSegment {
    pub(crate) fn files(&self) -> impl Iterator<Item = &StoredFile> {
        [Some(&self.segment), self.ids.as_ref(), self.skips.as_ref()]
            .into_iter()
            .flatten()
    }
}

impl ImportEntry {
    pub(crate) fn meta(&self) -> ImportMeta {
        ImportMeta {
            file: self.file.clone(),
            sha256: self.sha256.clone(),
            bytes: self.bytes,
            mapping: self.mapping.clone(),
            refused: self.refused,
        }
    }
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) sequence: u64,
    pub(crate) at: String,
    pub(crate) who: Option<String>,
    pub(crate) why: Option<String>,
    pub(crate) change: Change,
    pub(crate) hash: String,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    sequence: u64,
    at: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(flatten)]
    change: Change,
}

/// The lines read so far.
#[derive(Clone, Debug)]
pub(crate) struct Manifest {
    path: PathBuf,
    pub(crate) entries: Vec<Entry>,
    /// Bytes that have been read and checked.
    length: u64,
}

impl Manifest {
    /// Reads the manifest of a folder; there may be none yet.
    pub(crate) fn open(folder: &Path) -> Result<(Manifest, Option<FactsNote>), FactsError> {
        let mut manifest = Manifest {
            path: folder.join(MANIFEST_FILE),
            entries: Vec::new(),
            length: 0,
        };
        let note = manifest.catch_up()?;
        Ok((manifest, note))
    }

    /// The hash of the whole manifest.
    pub(crate) fn hash(&self) -> &str {
        self.entries.last().map_or("", |entry| &entry.hash)
    }

    /// Reads what others appended; a last line without its end was never acknowledged.
    pub(crate) fn catch_up(&mut self) -> Result<Option<FactsNote>, FactsError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(FactsError::io(&self.path, &error)),
        };
        let Some(new) = bytes.get(self.length as usize..) else {
            let reason = Reason::new("文件变短了", "the file has become shorter");
            return Err(self.damaged(reason));
        };
        let (whole, torn) = whole_lines(new);
        for line in whole.split_inclusive(|byte| *byte == b'\n') {
            let entry = text_of(line).and_then(|text| self.read_line(text));
            let entry = entry.map_err(|reason| self.damaged(reason))?;
            self.entries.push(entry);
            self.length += line.len() as u64;
        }
        Ok((!torn.is_empty()).then(|| FactsNote::TornLine {
            path: self.path.display().to_string(),
            line: self.entries.len() + 1,
            bytes: torn.len(),
        }))
    }

    fn read_line(&self, line: &str) -> Result<Entry, Reason> {
        let (json, hash) = open_line(line, self.hash())?;
        let wire: Wire = serde_json::from_value(json).map_err(|error| {
            Reason::new(format!("内容不对：{error}"), format!("it says: {error}"))
        })?;
        let sequence = self.entries.len() as u64 + 1;
        if wire.sequence != sequence {
            return Err(Reason::new(
                format!("它的序号应为 {sequence}"),
                format!("its sequence is not {sequence}"),
            ));
        }
        let stored = match &wire.change {
            Change::Import(import) => Some(&import.stored),
            Change::Compact(compact) => Some(&compact.stored),
            Change::Undo(_) | Change::Redo(_) => None,
        };
        // A stored file lies in this folder and nowhere else.
        let foreign = stored.and_then(|stored| stored.files().find(|file| !is_ours(&file.name)));
        if let Some(file) = foreign {
            let name = &file.name;
            return Err(Reason::new(
                format!("`{name}` 不是数据段的文件名"),
                format!("`{name}` is no name of a stored file"),
            ));
        }
        Ok(Entry {
            sequence,
            at: wire.at,
            who: wire.who,
            why: wire.why,
            change: wire.change,
            hash,
        })
    }

    fn damaged(&self, reason: Reason) -> FactsError {
        FactsError::ManifestDamaged {
            path: self.path.display().to_string(),
            line: self.entries.len() + 1,
            zh: reason.zh,
            en: reason.en,
        }
    }

    /// Appends a line; what it says is in effect when it is on the disk. The caller holds the lock.
    pub(crate) fn append(&mut self, change: Change, stamp: &Stamp<'_>) -> Result<u64, FactsError> {
        let io = |error: std::io::Error| FactsError::io(&self.path, &error);
        let sequence = self.entries.len() as u64 + 1;
        let wire = Wire {
            sequence,
            at: stamp.at.to_owned(),
            who: stamp.who.map(str::to_owned),
            why: stamp.why.map(str::to_owned),
            change,
        };
        let json = serde_json::to_value(&wire).expect("an entry is plain JSON");
        let serde_json::Value::Object(json) = json else {
            unreachable!("an entry is an object");
        };
        let (line, hash) = sealed(json, self.hash());
        if !self.path.exists() {
            fs::File::create(&self.path).map_err(io)?;
            let folder = self.path.parent().unwrap_or(Path::new("."));
            fenjie_exchange::log::chain::sync_folder(folder).map_err(io)?;
        }
        append(&self.path, self.length, &line).map_err(io)?;
        self.length += line.len() as u64;
        self.entries.push(Entry {
            sequence,
            at: wire.at,
            who: wire.who,
            why: wire.why,
            change: wire.change,
            hash,
        });
        Ok(sequence)
    }
}
