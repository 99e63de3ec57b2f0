//! Secrets of our own making: keys of programs, sessions, one-time links. 256 random bits each; only
//! their SHA-256 is kept. Must not know whose they are.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

/// What the key of a program begins with.
pub const TOKEN_PREFIX: &str = "fj_";
/// The longest secret that is looked at; ours are shorter.
pub const LONGEST: usize = 256;

/// A secret: shown once, then only its hash is known.
pub struct Secret(String);

impl Secret {
    /// 256 random bits behind a prefix, in letters that a link can carry.
    pub fn random(prefix: &str) -> Secret {
        let bits: [u8; 32] = rand::random();
        Secret(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bits)))
    }

    /// The secret itself.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        hash(&self.0)
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// SHA-256 of a secret, in hexadecimal digits. Enough for 256 random bits; passwords are hashed by
/// [`crate::password`].
pub fn hash(secret: &str) -> String {
    let digest = Sha256::digest(secret.as_bytes());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether two hashes are the same, in a time that tells nothing.
pub fn same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq;
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::{Secret, hash, same};

    #[test]
    fn a_secret_is_long_random_and_never_printed() {
        let one = Secret::random("fj_");
        let other = Secret::random("fj_");
        assert_eq!(one.text().len(), 3 + 43);
        assert_ne!(one.text(), other.text());
        assert_eq!(one.hash(), hash(one.text()));
        assert_eq!(one.hash().len(), 64);
        assert!(!format!("{one:?}").contains(&one.text()[3..]));
        assert!(same(&one.hash(), &hash(one.text())));
        assert!(!same(&one.hash(), &other.hash()));
    }
}
