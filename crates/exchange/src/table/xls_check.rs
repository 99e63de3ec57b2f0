//! Looks at an XLS file before it is read. Knows no cells yet.

use super::{Limits, Place, ReadError};

/// Refuses a compound file that has no room for a directory.
pub(super) fn check(bytes: &[u8], name: &str, limits: &Limits) -> Result<(), ReadError> {
    let _ = (limits, Place::file(name));
    if bytes.len() < 1024 {
        return Err(ReadError::damaged(name, "it ends within its header"));
    }
    Ok(())
}
