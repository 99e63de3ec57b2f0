//! What is wrong with a set-up. Must not know how it is read.

use std::path::PathBuf;

use fenjie_message::{Lang, Message};

use super::Place;

/// Why a server is not started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// The configuration file cannot be read.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The configuration file is no TOML.
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What the reader says.
        reason: String,
    },
    /// Nobody knows this key.
    Unknown {
        /// Where it stands.
        place: Place,
        /// The key.
        key: String,
        /// The known one that is most like it.
        near: Option<String>,
    },
    /// The value of a key does not hold.
    Invalid {
        /// Where it stands.
        place: Place,
        /// The key.
        key: &'static str,
        /// What is wanted, in Chinese.
        zh: String,
        /// What is wanted, in English.
        en: String,
    },
    /// The file of the secret cannot be read.
    SecretUnreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The secret is too short.
    SecretTooShort {
        /// The file.
        path: PathBuf,
    },
    /// People elsewhere would reach a server without a secret.
    NoSecret {
        /// The address.
        listen: String,
    },
    /// People elsewhere would reach a server without an administrator.
    NoAdministrator {
        /// The address.
        listen: String,
    },
}

impl Message for SettingsError {
    fn code(&self) -> &'static str {
        match self {
            SettingsError::Unreadable { .. } => "settings_unreadable",
            SettingsError::Syntax { .. } => "settings_syntax",
            SettingsError::Unknown { .. } => "setting_unknown",
            SettingsError::Invalid { .. } => "setting_invalid",
            SettingsError::SecretUnreadable { .. } => "secret_unreadable",
            SettingsError::SecretTooShort { .. } => "secret_too_short",
            SettingsError::NoSecret { .. } => "secret_missing",
            SettingsError::NoAdministrator { .. } => "administrator_missing",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            SettingsError::Unreadable { path, reason }
            | SettingsError::SecretUnreadable { path, reason } => {
                let path = path.display();
                match zh {
                    true => format!("无法读取 `{path}`：{reason}"),
                    false => format!("`{path}` cannot be read: {reason}"),
                }
            }
            SettingsError::Syntax { path, line, reason } => {
                let path = path.display();
                match zh {
                    true => format!("{path}:{line} 不是合法的 TOML：{reason}"),
                    false => format!("{path}:{line} is no TOML: {reason}"),
                }
            }
            SettingsError::Unknown { place, key, .. } if zh => {
                format!("{place} 中没有 `{key}` 这个设置")
            }
            SettingsError::Unknown { place, key, .. } => {
                format!("{place}: there is no setting `{key}`")
            }
            SettingsError::Invalid {
                place,
                key,
                zh: text,
                ..
            } if zh => {
                format!("{place} 的 `{key}` {text}")
            }
            SettingsError::Invalid { place, key, en, .. } => format!("{place}: `{key}` {en}"),
            SettingsError::SecretTooShort { path } if zh => {
                format!("`{}` 中的密钥不足 32 个字符", path.display())
            }
            SettingsError::SecretTooShort { path } => {
                format!(
                    "the secret in `{}` has fewer than 32 characters",
                    path.display()
                )
            }
            SettingsError::NoSecret { listen } if zh => {
                format!("监听 {listen} 会让其他机器访问，须先设置密钥")
            }
            SettingsError::NoSecret { listen } => {
                format!("{listen} can be reached from elsewhere, which needs a secret")
            }
            SettingsError::NoAdministrator { listen } if zh => {
                format!("监听 {listen} 会让其他机器访问，须先有管理员账号")
            }
            SettingsError::NoAdministrator { listen } => {
                format!("{listen} can be reached from elsewhere, which needs an administrator")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            SettingsError::Unknown {
                near: Some(near), ..
            } => Some(match lang {
                Lang::Zh => format!("是不是 `{near}`？"),
                Lang::En => format!("did you mean `{near}`?"),
            }),
            SettingsError::SecretTooShort { .. } | SettingsError::NoSecret { .. } => Some(
                lang.pick(
                    "openssl rand -hex 32 > secret，再设置 secret_file",
                    "openssl rand -hex 32 > secret, then set `secret_file`",
                )
                .to_owned(),
            ),
            SettingsError::NoAdministrator { .. } => Some(
                lang.pick(
                    "先用 `fenjie user add` 建立管理员",
                    "make one with `fenjie user add` first",
                )
                .to_owned(),
            ),
            _ => None,
        }
    }
}
