//! What an account's fields have to hold. Must not know records.

use fenjie_identity::login;

use crate::AppError;

/// The longest name of somebody, in characters.
pub const LONGEST_NAME: usize = 100;
/// The longest e-mail address, in bytes.
pub const LONGEST_EMAIL: usize = 254;
/// The longest code of a member, in characters.
pub const LONGEST_MEMBER: usize = 100;

/// A login in its one form.
///
/// # Errors
/// `login_invalid`.
pub fn login(text: &str) -> Result<String, AppError> {
    login::normalised(text).ok_or_else(|| {
        let most = login::LONGEST;
        AppError::invalid(
            "login",
            "login_invalid",
            format!("登录名须为 1 至 {most} 个字符，不含空格"),
            format!("a login has 1 to {most} characters without blanks"),
        )
    })
}

/// A name, trimmed.
///
/// # Errors
/// `name_length`.
pub fn name(text: &str) -> Result<String, AppError> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(AppError::invalid(
            "name",
            "name_length",
            format!("姓名须为 1 至 {LONGEST_NAME} 个字"),
            format!("a name has 1 to {LONGEST_NAME} characters"),
        ));
    }
    Ok(name.to_owned())
}

/// An e-mail address: something, one @, a domain; no more is known before a mail arrives.
///
/// # Errors
/// `email_invalid`.
pub fn email(text: &str) -> Result<String, AppError> {
    let email = text.trim();
    let odd =
        |letter: char| letter.is_whitespace() || letter.is_control() || "<>,;\"".contains(letter);
    let parts = email.rsplit_once('@');
    let fits = email.len() <= LONGEST_EMAIL
        && !email.contains(odd)
        && parts.is_some_and(|(local, domain)| {
            !local.is_empty() && !local.contains('@') && domain.len() >= 3 && domain.contains('.')
        });
    if !fits {
        return Err(AppError::invalid(
            "email",
            "email_invalid",
            "这不是一个电子邮箱地址",
            "this is no e-mail address",
        ));
    }
    Ok(email.to_owned())
}

/// A language, `zh` or `en`.
///
/// # Errors
/// `language_invalid`.
pub fn language(text: &str) -> Result<String, AppError> {
    match text {
        "zh" | "en" => Ok(text.to_owned()),
        _ => Err(AppError::invalid(
            "language",
            "language_invalid",
            "语言须为 zh 或 en",
            "a language is zh or en",
        )),
    }
}

/// The code of a member of the organisation tree.
///
/// # Errors
/// `member_invalid`.
pub fn member(text: &str) -> Result<String, AppError> {
    let member = text.trim();
    let length = member.chars().count();
    if length == 0 || length > LONGEST_MEMBER || member.chars().any(char::is_control) {
        return Err(AppError::invalid(
            "member",
            "member_invalid",
            format!("成员代码须为 1 至 {LONGEST_MEMBER} 个字"),
            format!("the code of a member has 1 to {LONGEST_MEMBER} characters"),
        ));
    }
    Ok(member.to_owned())
}

#[cfg(test)]
mod tests {
    use super::email;

    #[test]
    fn an_address_is_one_address() {
        for good in ["wang@acme.cn", "王@例子.中国", "a+b@x.y.z"] {
            assert!(email(good).is_ok(), "{good}");
        }
        let long = format!("{}@acme.cn", "a".repeat(300));
        for odd in [
            "", "@a.b", "a@", "a@b", "a@b@c.d", "a b@c.d", "a@b.c\n", "<a@b.c>", &long,
        ] {
            let trimmed = odd.trim() != odd;
            assert!(trimmed || email(odd).is_err(), "{odd}");
        }
    }
}
