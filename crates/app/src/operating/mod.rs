//! What an operator does with a whole server: back it up, bring it back, look whether it is whole.
//! Must not know who asks; the command line and jobs do.

mod backup;
mod doctor;
mod files;
mod one_file;
mod restore;

pub use backup::{Backup, BackupEnd, BackupFile, FORMAT, MANIFEST_FILE, backup};
pub use doctor::{DoctorCheck, DoctorReport, doctor};
pub use one_file::{LaidOut, backup_to_file, laid_out};
pub use restore::{checked, lay_out};

use std::path::Path;

use crate::AppError;

/// A file or folder that the system refuses.
fn io(path: &Path, error: &std::io::Error) -> AppError {
    let path = path.display();
    AppError::conflict(
        "file_refused",
        format!("`{path}`：{error}"),
        format!("`{path}`: {error}"),
    )
}
