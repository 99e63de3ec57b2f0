//! The lines of a log: what they hold. Must not know files.

use fenjie_plan::Operation;
use serde_json::{Map, Value as Json, json};

use super::chain::{Reason, open_line, sealed};
use crate::plan_file::{operation_json, operation_of_json};

/// One operation in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEntry {
    /// Its number; the definition is 0, the first operation 1.
    pub sequence: u64,
    /// When, RFC 3339.
    pub at: String,
    /// Who.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
    /// What.
    pub operation: Operation,
    /// Whether the next line was written with this one: both count, or neither.
    pub goes_on: bool,
    /// SHA-256 over the hash before and this line, in hexadecimal digits.
    pub hash: String,
}

/// The first line: what the plan is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogHeader {
    /// When the directory was made, RFC 3339.
    pub at: String,
    /// By whom.
    pub who: Option<String>,
    /// The plan file's name.
    pub file: String,
    /// The plan file's text without its operations.
    pub text: String,
    /// The files it names.
    pub inputs: Vec<StoredInput>,
    /// SHA-256 of this line, in hexadecimal digits.
    pub hash: String,
}

/// A file kept in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredInput {
    /// The path as the plan writes it.
    pub path: String,
    /// SHA-256 of its bytes in hexadecimal digits.
    pub sha256: String,
    /// Where it lies in the directory.
    pub stored: String,
}

/// Who signs a line, when and why.
#[derive(Clone, Copy, Debug)]
pub struct Stamp<'a> {
    /// When, RFC 3339; this crate reads no clock.
    pub at: &'a str,
    /// Who.
    pub who: Option<&'a str>,
    /// Why.
    pub why: Option<&'a str>,
}

/// The key of a line whose next line belongs to the same write.
const GOES_ON: &str = "goes_on";

fn stamped(sequence: u64, stamp: &Stamp<'_>) -> Map<String, Json> {
    let mut entry = Map::new();
    entry.insert("sequence".into(), sequence.into());
    entry.insert("at".into(), stamp.at.into());
    for (key, value) in [("who", stamp.who), ("why", stamp.why)] {
        if let Some(value) = value {
            entry.insert(key.into(), value.into());
        }
    }
    entry
}

impl LogHeader {
    /// The header and its line.
    pub(super) fn write(mut self) -> (LogHeader, String) {
        let stamp = Stamp {
            at: &self.at,
            who: self.who.as_deref(),
            why: None,
        };
        let mut entry = stamped(0, &stamp);
        let inputs = self.inputs.iter().map(
            |input| json!({ "path": input.path, "sha256": input.sha256, "stored": input.stored }),
        );
        entry.insert(
            "definition".into(),
            json!({ "file": self.file, "text": self.text, "inputs": inputs.collect::<Vec<_>>() }),
        );
        let (line, hash) = sealed(entry, "");
        self.hash = hash;
        (self, line)
    }

    pub(super) fn read(line: &str) -> Result<LogHeader, Reason> {
        let (json, hash) = open_line(line, "")?;
        let definition = &json["definition"];
        let text = |json: &Json, key: &str| json[key].as_str().map(str::to_owned);
        // A stored file lies in the folder of inputs and nowhere else.
        let inside = |stored: &String| {
            let name = stored.strip_prefix("inputs/");
            name.is_some_and(|name| !name.contains(['/', '\\', ':']) && !name.starts_with('.'))
        };
        let input = |input: &Json| {
            Some(StoredInput {
                path: text(input, "path")?,
                sha256: text(input, "sha256")?,
                stored: text(input, "stored").filter(inside)?,
            })
        };
        let header = || {
            let inputs: Option<Vec<_>> =
                definition["inputs"].as_array()?.iter().map(input).collect();
            Some(LogHeader {
                at: text(&json, "at")?,
                who: text(&json, "who"),
                file: text(definition, "file")?,
                text: text(definition, "text")?,
                inputs: inputs?,
                hash,
            })
        };
        header().ok_or_else(|| Reason::new("不是方案定义", "it is no definition of a plan"))
    }
}

impl LogEntry {
    /// The entry and its line; `goes_on` where the next line belongs to the same write.
    pub(super) fn write(
        operation: &Operation,
        stamp: &Stamp<'_>,
        sequence: u64,
        before: &str,
        goes_on: bool,
    ) -> (LogEntry, String) {
        let mut entry = stamped(sequence, stamp);
        if goes_on {
            entry.insert(GOES_ON.into(), true.into());
        }
        entry.insert("op".into(), operation_json(operation));
        let (line, hash) = sealed(entry, before);
        let entry = LogEntry {
            sequence,
            at: stamp.at.to_owned(),
            who: stamp.who.map(str::to_owned),
            why: stamp.why.map(str::to_owned),
            operation: operation.clone(),
            goes_on,
            hash,
        };
        (entry, line)
    }

    pub(super) fn read(line: &str, sequence: u64, before: &str) -> Result<LogEntry, Reason> {
        use fenjie_message::{Lang, Message};
        let (mut json, hash) = open_line(line, before)?;
        if json["sequence"].as_u64() != Some(sequence) {
            return Err(Reason::new(
                format!("它的序号应为 {sequence}"),
                format!("its sequence is not {sequence}"),
            ));
        }
        let operation = operation_of_json(json["op"].take())
            .map_err(|error| Reason::new(error.text(Lang::Zh), error.text(Lang::En)))?;
        let text = |key: &str| json[key].as_str().map(str::to_owned);
        let at = text("at").ok_or_else(|| Reason::new("没有时间", "it has no time"))?;
        Ok(LogEntry {
            sequence,
            at,
            who: text("who"),
            why: text("why"),
            operation,
            goes_on: json[GOES_ON].as_bool().unwrap_or(false),
            hash,
        })
    }
}
