//! A file made in memory for somebody: its bytes, its name, and a tag that changes with what it says.

use sha2::{Digest, Sha256};

use crate::exports::Form;

/// A file that was made.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is to be called.
    pub name: String,
    /// What it is written as.
    pub form: Form,
    /// It.
    pub bytes: Vec<u8>,
    /// Changes whenever anything in it does.
    pub tag: String,
}

impl Made {
    /// The tag of a file that is fully determined by these texts.
    pub(super) fn tag_of(texts: &[&str]) -> String {
        let mut hash = Sha256::new();
        for text in texts {
            hash.update(text.len().to_le_bytes());
            hash.update(text.as_bytes());
        }
        let hash = hash.finalize();
        hash.iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
