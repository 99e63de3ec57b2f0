//! A file of lines of which each carries the hash of all before it: sealed, opened, appended. Knows
//! nothing of what the lines say, so that every log of a plan directory is one.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use crate::plan_file::hexadecimal;

/// Why a line is none of ours: Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Reason {
    /// Both texts.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Reason {
        Reason {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

const HASH_KEY: &str = ",\"hash\":\"";
const HASH_DIGITS: usize = 64;

/// Closes a line: its JSON with the hash as last key, and a line break. Gives the hash too.
///
/// ```
/// use fenjie_exchange::log::chain::{open_line, sealed};
/// let (line, hash) = sealed(Default::default(), "");
/// assert_eq!(open_line(line.trim_end(), "").unwrap().1, hash);
/// assert!(open_line(line.trim_end(), "another").is_err());
/// ```
pub fn sealed(entry: Map<String, Json>, before: &str) -> (String, String) {
    let body = Json::Object(entry).to_string();
    let hash = hash_of(before, &body);
    let open = body.strip_suffix('}').expect("an object ends with a brace");
    (format!("{open}{HASH_KEY}{hash}\"}}\n"), hash)
}

fn hash_of(before: &str, body: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(before);
    digest.update(body);
    hexadecimal(&digest.finalize())
}

/// The JSON of a line and its hash, checked against the one before.
///
/// # Errors
/// Why it is not the line that was written.
pub fn open_line(line: &str, before: &str) -> Result<(Json, String), Reason> {
    let no_hash = || Reason::new("没有 hash", "it has no hash");
    let open_len = line
        .len()
        .checked_sub(HASH_KEY.len() + HASH_DIGITS + 2)
        .ok_or_else(no_hash)?;
    let (open, rest) = line.split_at_checked(open_len).ok_or_else(no_hash)?;
    let hash = rest
        .strip_prefix(HASH_KEY)
        .and_then(|rest| rest.strip_suffix("\"}"))
        .ok_or_else(no_hash)?;
    let body = format!("{open}}}");
    if hash_of(before, &body) != hash {
        return Err(Reason::new(
            "它的 hash 与内容不符，这一行或更早的行被改动过",
            "its hash does not fit its content: this line or an earlier one was changed",
        ));
    }
    let json = serde_json::from_str(&body).map_err(|error| {
        Reason::new(
            format!("不是 JSON：{error}"),
            format!("it is no JSON: {error}"),
        )
    })?;
    Ok((json, hash.to_owned()))
}

/// A line's text without its end.
///
/// # Errors
/// Where it is not UTF-8.
pub fn text_of(line: &[u8]) -> Result<&str, Reason> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    std::str::from_utf8(line).map_err(|_| Reason::new("不是 UTF-8 文字", "it is not UTF-8 text"))
}

/// The finished lines of a file, and what stands after the last line break.
pub fn whole_lines(bytes: &[u8]) -> (&[u8], &[u8]) {
    let end = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    bytes.split_at(end)
}

/// Appends one line behind `length` bytes in one write and brings it to the disk; what a failed
/// write left is cut off again. The caller holds the lock.
///
/// # Errors
/// What the system refuses; nothing is appended then.
pub fn append(path: &Path, length: u64, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().append(true).open(path)?;
    file.set_len(length)?;
    let written = file
        .write_all(line.as_bytes())
        .and_then(|()| file.sync_data());
    if written.is_err() {
        // The error that matters is the first one; a line without its end is cut at the next opening.
        file.set_len(length).ok();
    }
    written
}

/// Brings a folder's own entries to the disk, where the system has such a thing.
///
/// # Errors
/// What the system refuses.
pub fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}
