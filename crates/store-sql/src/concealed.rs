//! Secrets that have to be read again (channels, authenticators, identity providers) as they lie in the
//! database: concealed with ChaCha20-Poly1305 under a key made from the one in the data folder, each
//! bound to the record that it belongs to. Must not know what they open.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use fenjie_store::{Kept, StoreError};

use crate::transaction::SqlTransaction;

/// What a concealed secret begins with; anything else is read as it stands.
const MARK: &str = "c1:";
const NONCE: usize = 12;

/// Conceals a secret that belongs to `owner`.
fn conceal(key: &[u8; 32], owner: &str, secret: &str) -> Kept<String> {
    let nonce = rand::random::<[u8; NONCE]>();
    let payload = Payload {
        msg: secret.as_bytes(),
        aad: owner.as_bytes(),
    };
    let sealed = ChaCha20Poly1305::new(&Key::from(*key))
        .encrypt(&Nonce::from(nonce), payload)
        .map_err(|_| unreadable(owner))?;
    let all = nonce.iter().chain(&sealed);
    let digits: String = all.map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{MARK}{digits}"))
}

/// Reads a secret of `owner` again.
fn reveal(key: Option<&[u8; 32]>, owner: &str, kept: String) -> Kept<String> {
    let Some(digits) = kept.strip_prefix(MARK) else {
        return Ok(kept);
    };
    let key = key.ok_or_else(|| unreadable(owner))?;
    let pair = |at: usize| {
        let digits = digits.get(at..at + 2)?;
        u8::from_str_radix(digits, 16).ok()
    };
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(pair).collect();
    let bytes = bytes.filter(|bytes| bytes.len() > NONCE);
    let bytes = bytes.ok_or_else(|| unreadable(owner))?;
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&bytes[..NONCE]);
    let payload = Payload {
        msg: &bytes[NONCE..],
        aad: owner.as_bytes(),
    };
    let opened = ChaCha20Poly1305::new(&Key::from(*key))
        .decrypt(&Nonce::from(nonce), payload)
        .map_err(|_| unreadable(owner))?;
    String::from_utf8(opened).map_err(|_| unreadable(owner))
}

fn unreadable(owner: &str) -> StoreError {
    let file = crate::SEAL_FILE;
    StoreError::Damaged {
        reason: format!("the secret of {owner} cannot be read with the {file} of this data folder"),
    }
}

impl SqlTransaction {
    /// A secret as it is kept. Without a key, which only a database without a data folder has, it is
    /// kept as it stands.
    pub(crate) fn concealed(&self, owner: &str, secret: &str) -> Kept<String> {
        match &self.seal {
            Some(seal) => conceal(&seal.secrets_key(), owner, secret),
            None => Ok(secret.to_owned()),
        }
    }

    /// A secret as it was given.
    pub(crate) fn revealed(&self, owner: &str, kept: String) -> Kept<String> {
        let key = self.seal.as_ref().map(|seal| seal.secrets_key());
        reveal(key.as_ref(), owner, kept)
    }
}

#[cfg(test)]
mod tests {
    use super::{conceal, reveal};

    #[test]
    fn a_secret_is_read_with_its_own_key_for_its_own_record_alone() {
        let key = [7; 32];
        let kept = conceal(&key, "channel ch_1", "topsecret 机密").unwrap();
        assert!(!kept.contains("topsecret"), "{kept}");
        let again = conceal(&key, "channel ch_1", "topsecret 机密").unwrap();
        assert_ne!(kept, again, "the same secret never looks the same");
        let read = |key: Option<&[u8; 32]>, owner: &str, kept: &str| {
            reveal(key, owner, kept.to_owned()).ok()
        };
        assert_eq!(
            read(Some(&key), "channel ch_1", &kept).as_deref(),
            Some("topsecret 机密")
        );
        assert_eq!(read(Some(&[8; 32]), "channel ch_1", &kept), None);
        assert_eq!(read(Some(&key), "channel ch_2", &kept), None);
        assert_eq!(read(None, "channel ch_1", &kept), None);
        for at in 3..kept.len() {
            let mut bytes = kept.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let turned = String::from_utf8(bytes).unwrap();
            assert_eq!(read(Some(&key), "channel ch_1", &turned), None, "{at}");
        }
        for odd in ["c1:", "c1:zz", "c1:é", "c1:0"] {
            assert_eq!(read(Some(&key), "channel ch_1", odd), None, "{odd}");
        }
        assert_eq!(
            read(None, "channel ch_1", "as it stands").as_deref(),
            Some("as it stands")
        );
    }
}
