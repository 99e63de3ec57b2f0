//! Which passwords are taken: long enough, not the login, not one of the commonest. Must not know
//! accounts.

use fenjie_message::{Lang, Message};

/// The shortest password, in characters.
pub const SHORTEST: usize = 10;
/// The longest password, in characters.
pub const LONGEST: usize = 128;

/// The commonest of ten letters and more, in lower case, a line each.
const COMMONEST: &str = include_str!("commonest.txt");

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WeakPassword {
    /// Fewer than [`SHORTEST`] characters.
    TooShort,
    /// More than [`LONGEST`] characters.
    TooLong,
    /// It is the login, or the login with little around it.
    IsLogin,
    /// One of the commonest, one character over and over, or a run along the alphabet.
    Common,
}

/// Whether a password may be taken by whoever has this login.
///
/// # Errors
/// [`WeakPassword`], the first rule that it breaks.
pub fn check(password: &str, login: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(WeakPassword::TooShort);
    }
    if length > LONGEST {
        return Err(WeakPassword::TooLong);
    }
    let folded = password.to_lowercase();
    let login = login.to_lowercase();
    if folded == login || (login.chars().count() >= 4 && little_around(&folded, &login)) {
        return Err(WeakPassword::IsLogin);
    }
    if COMMONEST.lines().any(|common| common == folded) || monotonous(&folded) {
        return Err(WeakPassword::Common);
    }
    Ok(())
}

/// Whether a password is the login and up to four characters more.
fn little_around(password: &str, login: &str) -> bool {
    password.contains(login) && password.chars().count() <= login.chars().count() + 4
}

/// One character throughout, or every character the next (or the one before) of its neighbour.
fn monotonous(password: &str) -> bool {
    let letters: Vec<i64> = password
        .chars()
        .map(|letter| i64::from(u32::from(letter)))
        .collect();
    let steps: Vec<i64> = letters.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let even = steps.iter().all(|step| *step == steps[0]);
    even && steps[0].abs() <= 1
}

impl Message for WeakPassword {
    fn code(&self) -> &'static str {
        match self {
            WeakPassword::TooShort => "password_too_short",
            WeakPassword::TooLong => "password_too_long",
            WeakPassword::IsLogin => "password_is_login",
            WeakPassword::Common => "password_common",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            WeakPassword::TooShort if zh => format!("密码至少 {SHORTEST} 个字符"),
            WeakPassword::TooShort => format!("a password has at least {SHORTEST} characters"),
            WeakPassword::TooLong if zh => format!("密码至多 {LONGEST} 个字符"),
            WeakPassword::TooLong => format!("a password has at most {LONGEST} characters"),
            WeakPassword::IsLogin => lang
                .pick("密码不能是登录名", "a password is not the login")
                .into(),
            WeakPassword::Common => lang
                .pick("这个密码太常见", "this password is one of the commonest")
                .into(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = lang.pick(
            "几个不相干的词连起来就很好",
            "a few unrelated words do well",
        );
        Some(text.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{WeakPassword, check};

    #[test]
    fn what_is_easily_guessed_is_not_taken() {
        let table = [
            ("short", Err(WeakPassword::TooShort)),
            ("一二三四五六七八九", Err(WeakPassword::TooShort)),
            ("wang.fang@acme", Err(WeakPassword::IsLogin)),
            ("WANG.FANG@ACME", Err(WeakPassword::IsLogin)),
            ("wang.fang@acme1!", Err(WeakPassword::IsLogin)),
            ("password123", Err(WeakPassword::Common)),
            ("Password123", Err(WeakPassword::Common)),
            ("woaini1314520", Err(WeakPassword::Common)),
            ("1111111111", Err(WeakPassword::Common)),
            ("abcdefghijkl", Err(WeakPassword::Common)),
            ("lkjihgfedcba", Err(WeakPassword::Common)),
            ("月底 之前 一定 完成", Ok(())),
            ("correct horse battery", Ok(())),
        ];
        for (password, expected) in table {
            assert_eq!(check(password, "wang.fang@acme"), expected, "{password}");
        }
        assert_eq!(check(&"ab".repeat(65), "x"), Err(WeakPassword::TooLong));
        assert_eq!(check(&"ab".repeat(64), "x"), Ok(()));
    }
}
