//! One-time codes of an authenticator (TOTP, RFC 6238) and recovery codes for when it is lost. Must
//! not know accounts.

use totp_rs::{Algorithm, Builder, Secret, Totp};

/// How many recovery codes there are at once.
pub const RECOVERY_CODES: usize = 10;
/// Letters of recovery codes: none that is taken for another.
const LETTERS: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";
/// Seconds that a code is shown.
const STEP: u64 = 30;

/// An authenticator: a secret that somebody's device and we share.
pub struct Authenticator {
    totp: Totp,
}

impl Authenticator {
    /// A new one, with 160 random bits.
    pub fn random(issuer: &str, account: &str) -> Authenticator {
        let bits: [u8; 20] = rand::random();
        Authenticator::of(Secret::new(bits.into()), issuer, account)
            .expect("160 bits are enough for an authenticator")
    }

    /// One that was kept. None where the text is no secret of ours.
    pub fn kept(secret: &str, issuer: &str, account: &str) -> Option<Authenticator> {
        Authenticator::of(Secret::try_from_base32(secret).ok()?, issuer, account)
    }

    fn of(secret: Secret, issuer: &str, account: &str) -> Option<Authenticator> {
        let plain = |text: &str| text.replace(':', " ");
        let totp = Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_skew(1)
            .with_step_duration(STEP)
            .with_secret(secret)
            .with_issuer(Some(plain(issuer)))
            .with_account_name(plain(account))
            .build();
        Some(Authenticator { totp: totp.ok()? })
    }

    /// The secret in base 32: what is typed into an authenticator, and what is kept.
    pub fn secret(&self) -> String {
        self.totp.secret().to_base32()
    }

    /// `otpauth://totp/…`: what an authenticator reads from a picture.
    pub fn uri(&self) -> String {
        self.totp.to_url().unwrap_or_default()
    }

    /// The step that a code is of, where it is right at this moment (Unix seconds), one step before or
    /// one after, and later than `last`, the step of the code that was taken before: a code works once.
    pub fn step_of(&self, code: &str, seconds: u64, last: Option<u64>) -> Option<u64> {
        let code: String = code
            .chars()
            .filter(|letter| !letter.is_whitespace())
            .collect();
        if code.len() != 6 || !code.bytes().all(|digit| digit.is_ascii_digit()) {
            return None;
        }
        let step = self.totp.check(&code, seconds)?;
        last.is_none_or(|last| step > last).then_some(step)
    }

    /// The code that a device shows at this moment (Unix seconds).
    pub fn code_at(&self, seconds: u64) -> String {
        self.totp.generate(seconds).to_string()
    }
}

/// New recovery codes such as `k7mpq-x2w9d-3hf8a`, 75 bits each.
pub fn recovery_codes() -> Vec<String> {
    let code = |_| {
        let mut bits: u128 = rand::random();
        let mut group = || {
            let letters = (0..5).map(|_| {
                let letter = LETTERS[(bits % 31) as usize] as char;
                bits /= 31;
                letter
            });
            letters.collect::<String>()
        };
        format!("{}-{}-{}", group(), group(), group())
    };
    (0..RECOVERY_CODES).map(code).collect()
}

/// What is kept of a recovery code; blanks, dashes and case do not matter. None where it is no such
/// code.
pub fn recovery_hash(code: &str) -> Option<String> {
    let letters: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_lowercase())
        .take(16)
        .collect();
    let known = letters.bytes().all(|letter| LETTERS.contains(&letter));
    (letters.len() == 15 && known).then(|| crate::secret::hash(&letters))
}

#[cfg(test)]
mod tests {
    use super::{Authenticator, recovery_codes, recovery_hash};

    #[test]
    fn a_code_is_taken_once_and_near_its_time() {
        // RFC 6238, appendix B: the secret `12345678901234567890` at 59 s.
        let kept =
            Authenticator::kept("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "分解", "王:芳").unwrap();
        assert_eq!(kept.code_at(59), "287082");
        assert_eq!(kept.step_of("287 082", 59, None), Some(1));
        assert_eq!(kept.step_of("287082", 89, None), Some(1));
        assert_eq!(kept.step_of("287082", 29, None), Some(1));
        assert_eq!(kept.step_of("287082", 120, None), None);
        assert_eq!(kept.step_of("287082", 59, Some(1)), None);
        assert_eq!(kept.step_of("287083", 59, None), None);
        for odd in ["", "28708", "2870822", "２８７０８２", "-87082"] {
            assert_eq!(kept.step_of(odd, 59, None), None, "{odd}");
        }
    }

    #[test]
    fn a_device_is_told_all_it_needs() {
        let new = Authenticator::random("fenjie", "wang@acme");
        assert!(
            new.uri()
                .starts_with("otpauth://totp/fenjie:wang%40acme?secret="),
            "{}",
            new.uri()
        );
        let kept = Authenticator::kept(&new.secret(), "fenjie", "wang@acme").unwrap();
        assert_eq!(kept.code_at(1_000_000), new.code_at(1_000_000));
        assert!(Authenticator::kept("not base 32!", "a", "b").is_none());
    }

    #[test]
    fn recovery_codes_are_read_as_people_write_them() {
        let codes = recovery_codes();
        assert_eq!(codes.len(), 10);
        for code in &codes {
            let loud = code.to_uppercase().replace('-', " ");
            assert_eq!(recovery_hash(code), recovery_hash(&loud));
            assert!(recovery_hash(code).is_some());
        }
        assert_eq!(recovery_hash("287082"), None);
        assert_eq!(recovery_hash(&"a".repeat(1_000_000)), None);
    }
}
