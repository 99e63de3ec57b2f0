//! Passwords: hashed with argon2id, verified in the same time whether the account exists or not.
//! Must not know accounts.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use unicode_normalization::UnicodeNormalization;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Memory, in KiB.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
    /// Lanes.
    pub lanes: u32,
}

impl Default for Cost {
    /// 19 MiB and two passes, as OWASP advises for argon2id.
    fn default() -> Self {
        Cost {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

impl Cost {
    /// The least there is; for tests, where hundreds of people sign in.
    pub const CHEAP: Cost = Cost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };
}

/// Hashes passwords and verifies them.
pub struct Passwords {
    argon: Argon2<'static>,
    /// The hash of a password that nobody knows, at the same cost.
    dummy: String,
}

impl Passwords {
    /// Passwords at a cost.
    ///
    /// # Panics
    /// Where the cost is not one that argon2 knows; [`Cost::default`] and [`Cost::CHEAP`] are.
    pub fn new(cost: Cost) -> Passwords {
        let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, None);
        let params = params.expect("a cost that argon2 knows");
        let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let unknown = crate::secret::Secret::random("").text().to_owned();
        let dummy = hashed(&argon, &unknown);
        Passwords { argon, dummy }
    }

    /// The hash of a password, with a salt of its own, as a PHC string.
    pub fn hash(&self, password: &str) -> String {
        hashed(&self.argon, &composed(password))
    }

    /// Whether a password is the one that was hashed. Without a hash (no such account, or one that
    /// signs in elsewhere) it is not, and finding that out takes as long.
    pub fn fits(&self, kept: Option<&str>, password: &str) -> bool {
        let text = kept.unwrap_or(&self.dummy);
        let Ok(hash) = PasswordHash::new(text) else {
            return false;
        };
        let password = composed(password);
        let fits = self.argon.verify_password(password.as_bytes(), &hash);
        fits.is_ok() && kept.is_some()
    }
}

fn hashed(argon: &Argon2<'_>, password: &str) -> String {
    let hash = argon.hash_password(password.as_bytes());
    hash.expect("a password of bounded length is hashed")
        .to_string()
}

/// One form for what different keyboards send for the same letters.
fn composed(password: &str) -> String {
    password.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use super::{Cost, Passwords};

    #[test]
    fn the_password_fits_and_nothing_else_does() {
        let passwords = Passwords::new(Cost::CHEAP);
        let kept = passwords.hash("三月的雨 in Hangzhou");
        assert!(kept.starts_with("$argon2id$v=19$"), "{kept}");
        assert!(passwords.fits(Some(&kept), "三月的雨 in Hangzhou"));
        assert!(!passwords.fits(Some(&kept), "三月的雨 in hangzhou"));
        assert!(!passwords.fits(None, "三月的雨 in Hangzhou"));
        assert!(!passwords.fits(Some("not a hash"), "x"));
        assert_ne!(kept, passwords.hash("三月的雨 in Hangzhou"));
    }

    #[test]
    fn a_letter_typed_in_two_ways_is_one_letter() {
        let passwords = Passwords::new(Cost::CHEAP);
        let kept = passwords.hash("cafe\u{301} am Fluss");
        assert!(passwords.fits(Some(&kept), "caf\u{e9} am Fluss"));
    }

    #[test]
    fn the_usual_cost_is_what_owasp_advises() {
        let kept = Passwords::new(Cost::default()).hash("a rather long one");
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
    }
}
