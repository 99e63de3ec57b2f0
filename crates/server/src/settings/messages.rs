//! The keys about messages to people outside and about backups. Must not know where a text came from.

use std::path::PathBuf;

use fenjie_notify::{MailServer, Network, Outward, Security};

use super::SettingsError;
use super::keys::{Key, count, filled, parsed, put};

/// What is set about messages and backups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageSettings {
    /// Whether webhooks may lead to this machine and to inner networks.
    pub private_networks: bool,
    /// Whether webhooks may be `http`.
    pub plain_http: bool,
    /// The mail server: `smtps://host:465`, `smtp://host:587` (STARTTLS), `smtp+plain://127.0.0.1:25`.
    pub mail_server: Option<url::Url>,
    /// The account at the mail server.
    pub mail_account: Option<String>,
    /// A file with that account's password.
    pub mail_password_file: Option<PathBuf>,
    /// From whom mail comes.
    pub mail_from: Option<String>,
    /// Where backups are made; `backups` in the folder where missing.
    pub backup_folder: Option<PathBuf>,
    /// How many backups are kept.
    pub backups_kept: usize,
}

impl Default for MessageSettings {
    fn default() -> MessageSettings {
        MessageSettings {
            private_networks: false,
            plain_http: false,
            mail_server: None,
            mail_account: None,
            mail_password_file: None,
            mail_from: None,
            backup_folder: None,
            backups_kept: 7,
        }
    }
}

const YES_OR_NO: (&str, &str) = ("须为 true 或 false", "has to be true or false");

pub(super) const KEYS: &[Key] = &[
    Key {
        name: "messages.private_networks",
        usual: "false",
        text: (
            "消息是否可以发往本机与内网",
            "whether messages may go to this machine and inner networks",
        ),
        set: |all, text| put(&mut all.messages.private_networks, parsed(text, YES_OR_NO)?),
    },
    Key {
        name: "messages.plain_http",
        usual: "false",
        text: (
            "消息是否可以发往 http 地址",
            "whether messages may go to http addresses",
        ),
        set: |all, text| put(&mut all.messages.plain_http, parsed(text, YES_OR_NO)?),
    },
    Key {
        name: "mail.server",
        usual: "",
        text: (
            "邮件服务器：smtps://主机:465、smtp://主机:587（STARTTLS）；本机可用 smtp+plain://127.0.0.1:25",
            "the mail server: smtps://host:465, smtp://host:587 (STARTTLS), or on this machine smtp+plain://127.0.0.1:25",
        ),
        set: |all, text| {
            let wrong = (
                "须如 smtps://mail.example.cn:465，不带账号与密码",
                "has to be like smtps://mail.example.cn:465, without account and password",
            );
            let url: url::Url = parsed(text, wrong)?;
            let has_secret = !url.username().is_empty() || url.password().is_some();
            let loopback = matches!(url.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
            let is_known = match url.scheme() {
                "smtps" | "smtp" => url.has_host(),
                "smtp+plain" => loopback,
                _ => false,
            };
            match is_known && !has_secret {
                true => put(&mut all.messages.mail_server, Some(url)),
                false => Err(wrong),
            }
        },
    },
    Key {
        name: "mail.account",
        usual: "",
        text: ("邮件服务器的账号", "the account at the mail server"),
        set: |all, text| {
            put(
                &mut all.messages.mail_account,
                Some(filled(text)?.to_owned()),
            )
        },
    },
    Key {
        name: "mail.password_file",
        usual: "",
        text: (
            "存放邮件账号密码的文件",
            "a file with the password of the mail account",
        ),
        set: |all, text| {
            put(
                &mut all.messages.mail_password_file,
                Some(filled(text)?.into()),
            )
        },
    },
    Key {
        name: "mail.from",
        usual: "",
        text: (
            "发件人，如 分解 <fenjie@example.cn>",
            "from whom mail comes, such as fenjie <fenjie@example.com>",
        ),
        set: |all, text| match fenjie_notify::channel::mail::receivers(text) {
            Ok(found) if found.len() == 1 => {
                put(&mut all.messages.mail_from, Some(text.to_owned()))
            }
            _ => Err(("须为一个邮件地址", "has to be one mail address")),
        },
    },
    Key {
        name: "backups.folder",
        usual: "",
        text: (
            "定时备份存放的目录；默认为数据目录下的 backups",
            "where scheduled backups are made; `backups` in the data folder where missing",
        ),
        set: |all, text| put(&mut all.messages.backup_folder, Some(filled(text)?.into())),
    },
    Key {
        name: "backups.kept",
        usual: "7",
        text: ("保留多少个定时备份", "how many scheduled backups are kept"),
        set: |all, text| put(&mut all.messages.backups_kept, count(text, 1, 1000)?),
    },
];

impl MessageSettings {
    /// What the application sends messages with.
    ///
    /// # Errors
    /// `secret_unreadable` for the password's file.
    pub fn outward(&self) -> Result<Outward, SettingsError> {
        let network = Network {
            private: self.private_networks,
            plain: self.plain_http,
            ..Network::default()
        };
        let mut outward = Outward {
            network,
            mail: None,
        };
        let (Some(url), Some(from)) = (&self.mail_server, &self.mail_from) else {
            return Ok(outward);
        };
        let password = match &self.mail_password_file {
            None => None,
            Some(path) => Some(std::fs::read_to_string(path).map_err(|error| {
                SettingsError::SecretUnreadable {
                    path: path.clone(),
                    reason: error.to_string(),
                }
            })?),
        };
        let password = password.map(|text| text.trim().to_owned());
        let (security, port) = match url.scheme() {
            "smtps" => (Security::Tls, 465),
            "smtp" => (Security::StartTls, 587),
            _ => (Security::None, 25),
        };
        let host = url.host_str().unwrap_or_default();
        outward.mail = Some(MailServer {
            host: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            security,
            account: self.mail_account.clone().zip(password),
            from: from.clone(),
        });
        Ok(outward)
    }
}

#[cfg(test)]
mod tests {
    use fenjie_notify::Security;

    use crate::settings::{Place, ServeSettings};

    #[test]
    fn a_mail_server_is_named_without_its_secrets() {
        let mut settings = ServeSettings::default();
        let mut told = |key: &str, value: &str| {
            let set = settings.set(Place::Option(key.into()), key, value);
            set.is_ok()
        };
        for refused in [
            "mail.example.cn",
            "https://mail.example.cn",
            "smtps://me:secret@mail.example.cn",
            "smtp+plain://mail.example.cn:25",
        ] {
            assert!(!told("mail.server", refused), "{refused}");
        }
        assert!(told("mail.server", "smtp://mail.example.cn"));
        assert!(told("mail.from", "分解 <fenjie@example.cn>"));
        assert!(!told("mail.from", "a@example.cn, b@example.cn"));
        let outward = settings.messages.outward().unwrap();
        let mail = outward.mail.unwrap();
        assert_eq!((mail.port, mail.security), (587, Security::StartTls));
        assert!(!outward.network.private && !outward.network.plain);
    }
}
