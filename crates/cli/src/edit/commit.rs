//! Writes operations where the plan keeps them: at the end of a plan file, or in the log of a plan
//! directory. Computes nothing.

use std::path::Path;

use fenjie_exchange::log::Stamp;
use fenjie_exchange::plan_file::append_operations;
use fenjie_exchange::write::AtomicFile;
use fenjie_plan::{Operation, Plan};
use serde_json::{Value, json};

use super::Signed;
use crate::failure::Failure;
use crate::open::Opened;

/// The file of a plan directory that says what its log came to when it was last computed.
pub const CONTENT_FILE: &str = "content.json";

/// Writes operations in order and says where.
///
/// # Errors
/// What the system refuses; a log that others have appended to meanwhile.
pub fn write(
    opened: &mut Opened,
    operations: &[Operation],
    signed: &Signed,
    after: &Plan,
) -> Result<String, Failure> {
    let (who, why) = (signed.who.as_deref(), signed.why.as_deref());
    let Some(log) = &mut opened.log else {
        append_operations(&opened.path, operations, who, why)?;
        return Ok(opened.path.display().to_string());
    };
    let at = now();
    let stamp = Stamp { at: &at, who, why };
    log.append_after(log.last_sequence(), operations, &stamp)?;
    // What was appended is in effect; a note that found no room is written by the next replay.
    let _ = write_content(log.directory(), log.last_sequence(), after);
    Ok(log
        .directory()
        .join(fenjie_exchange::log::LOG_FILE)
        .display()
        .to_string())
}

/// The instant of this run, RFC 3339 in UTC.
pub fn now() -> String {
    let now = jiff::Timestamp::now();
    now.round(jiff::Unit::Second).unwrap_or(now).to_string()
}

/// Notes what the log comes to, so that a later replay can be compared.
///
/// # Errors
/// What the system refuses.
pub fn write_content(directory: &Path, sequence: u64, plan: &Plan) -> Result<(), Failure> {
    let path = directory.join(CONTENT_FILE);
    let mut file = AtomicFile::create(&path)?;
    let content = json!({ "sequence": sequence, "hash": plan.content_hash() });
    std::io::Write::write_all(&mut file, format!("{content}\n").as_bytes())
        .map_err(|reason| Failure::unwritable(&path, &reason))?;
    Ok(file.commit()?)
}

/// What was noted: the number of the last operation and the content hash.
pub fn read_content(directory: &Path) -> Option<(u64, String)> {
    let text = std::fs::read_to_string(directory.join(CONTENT_FILE)).ok()?;
    let content: Value = serde_json::from_str(&text).ok()?;
    Some((
        content["sequence"].as_u64()?,
        content["hash"].as_str()?.to_owned(),
    ))
}
