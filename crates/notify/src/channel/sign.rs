//! HMAC-SHA256 in the forms that receivers ask for. Must not know channels.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length will do");
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

/// In base 64.
pub(super) fn base64(key: &[u8], message: &[u8]) -> String {
    STANDARD.encode(mac(key, message))
}

/// In hexadecimal digits.
pub(super) fn hexadecimal(key: &[u8], message: &[u8]) -> String {
    mac(key, message)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
