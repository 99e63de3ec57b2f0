//! The seal on the ends of audit chains: an HMAC under a key that lies in the data folder and not in
//! the database, so that who can write to the database alone cannot make a chain anew unseen. The key
//! that conceals secrets is made from it.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use fenjie_store::{Kept, OrganisationId, StoreError};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key in a data folder.
pub const SEAL_FILE: &str = "audit.key";
const KEY_BYTES: usize = 32;

/// The key that seals.
pub(crate) struct Seal {
    key: [u8; KEY_BYTES],
}

impl Seal {
    /// The key of a data folder, made where there is none.
    pub(crate) fn of(folder: &Path) -> Kept<Seal> {
        let path = folder.join(SEAL_FILE);
        let io = |error: std::io::Error| StoreError::ReadOnly {
            reason: format!("{}: {error}", path.display()),
        };
        match File::open(&path) {
            Ok(mut file) => {
                let mut found = Vec::new();
                file.read_to_end(&mut found).map_err(io)?;
                let key = found.try_into().map_err(|_| StoreError::Damaged {
                    reason: format!("{} is no key of {KEY_BYTES} bytes", path.display()),
                })?;
                Ok(Seal { key })
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                std::fs::create_dir_all(folder).map_err(io)?;
                make(&path).map_err(io)?;
                // Where two came at once, the one that stands is everybody's.
                Seal::of(folder)
            }
            Err(error) => Err(io(error)),
        }
    }

    /// The key that secrets are concealed with: made from this one, and never the same.
    pub(crate) fn secrets_key(&self) -> [u8; KEY_BYTES] {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        mac.update(b"fenjie secrets 1");
        mac.finalize().into_bytes().into()
    }

    /// The seal on the end of a chain, in hexadecimal digits.
    pub(crate) fn on(&self, organisation: &OrganisationId, number: i64, hash: &str) -> String {
        let mut mac =
            Hmac::<Sha256>::new_from_slice(&self.key).expect("HMAC takes a key of any length");
        let number = number.to_string();
        for field in [organisation.as_str(), &number, hash] {
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field.as_bytes());
        }
        let sealed = mac.finalize().into_bytes();
        sealed.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

/// Writes a new key whole and synced, or not at all; a key that is there stays.
fn make(path: &Path) -> std::io::Result<()> {
    let part = path.with_extension(format!("key.{:016x}.partial", rand::random::<u64>()));
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&part)?;
    file.write_all(&rand::random::<[u8; KEY_BYTES]>())?;
    file.sync_all()?;
    let made = std::fs::hard_link(&part, path);
    std::fs::remove_file(&part)?;
    match made {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}
