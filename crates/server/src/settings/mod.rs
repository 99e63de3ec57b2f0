//! How a server is set up: defaults, then a configuration file, then the environment, then the
//! command line, each over the one before. Must not know routes.

mod error;
mod keys;
mod messages;
mod read;
mod retention;

use std::net::SocketAddr;
use std::path::PathBuf;

use fenjie_app::jobs::Retention;
use fenjie_message::Lang;
use jiff::SignedDuration;

pub use error::SettingsError;
pub use messages::MessageSettings;

use crate::frame::logs::LogFormat;
use crate::frame::{AddressRange, Limits, Network};

/// How a server is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServeSettings {
    /// Where the records, files and sales lie.
    pub folder: PathBuf,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// PostgreSQL instead of SQLite in the folder.
    pub database_url: Option<String>,
    /// A file with at least 32 random characters.
    pub secret_file: Option<PathBuf>,
    /// Under which address people reach the server, such as `https://plans.example.cn`.
    pub base_url: Option<url::Url>,
    /// Proxies whose word about address and TLS is taken.
    pub trusted_proxies: Vec<AddressRange>,
    /// After how long without a request a session ends.
    pub session_idle: SignedDuration,
    /// After how long a session ends whatever happens.
    pub session_absolute: SignedDuration,
    /// What reads `/metrics` from elsewhere than this machine.
    pub metrics_token: Option<String>,
    /// What to log, such as `info` or `warn,fenjie_app=debug`.
    pub log_level: String,
    /// How the lines of the log look.
    pub log_format: LogFormat,
    /// How much is taken at once.
    pub limits: Limits,
    /// Messages to people outside, and backups.
    pub messages: MessageSettings,
    /// For how long what has ended is kept.
    pub retention: Retention,
    /// Whether an identity provider may be called by plain HTTP or at a private address.
    pub private_providers: bool,
}

impl Default for ServeSettings {
    fn default() -> ServeSettings {
        ServeSettings {
            folder: "fenjie-data".into(),
            listen: SocketAddr::from(([127, 0, 0, 1], 8737)),
            database_url: None,
            secret_file: None,
            base_url: None,
            trusted_proxies: Vec::new(),
            session_idle: SignedDuration::from_hours(12),
            session_absolute: SignedDuration::from_hours(7 * 24),
            metrics_token: None,
            log_level: "info".into(),
            log_format: LogFormat::Text,
            limits: Limits::default(),
            messages: MessageSettings::default(),
            retention: Retention::default(),
            private_providers: false,
        }
    }
}

/// Where a value was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A line of the configuration file, from 1.
    File {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// A variable of the environment.
    Environment(String),
    /// An option of the command line.
    Option(String),
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Place::File { path, line } => write!(f, "{}:{line}", path.display()),
            Place::Environment(name) => f.write_str(name),
            Place::Option(name) => write!(f, "--{name}"),
        }
    }
}

impl ServeSettings {
    /// Sets one key, as a text.
    ///
    /// # Errors
    /// `setting_unknown`, `setting_invalid`.
    pub fn set(&mut self, place: Place, key: &str, value: &str) -> Result<(), SettingsError> {
        keys::set(self, place, key, value)
    }

    /// All keys with what they mean: key, variable, usual value, text.
    pub fn table(lang: Lang) -> Vec<[String; 4]> {
        keys::table(lang)
    }

    /// Where requests may come from. On loopback only names of this machine are answered, so that no
    /// page elsewhere can reach the server through a name of its own.
    pub fn network(&self) -> Network {
        let mut hosts: Vec<String> = self
            .base_url
            .iter()
            .filter_map(|url| url.host_str())
            .map(|host| host.trim_matches(['[', ']']).to_ascii_lowercase())
            .collect();
        if self.listen.ip().is_loopback() {
            hosts.extend(["localhost", "127.0.0.1", "::1"].map(str::to_owned));
            hosts.push(self.listen.ip().to_string());
        }
        Network {
            trusted_proxies: self.trusted_proxies.clone(),
            hosts,
            secure: self
                .base_url
                .as_ref()
                .is_some_and(|url| url.scheme() == "https"),
        }
    }

    /// Whether people elsewhere can reach it.
    pub fn exposed(&self) -> bool {
        !self.listen.ip().is_loopback()
    }

    /// The secret, where a file names it.
    ///
    /// # Errors
    /// `secret_unreadable`, `secret_too_short`.
    pub fn secret(&self) -> Result<Option<String>, SettingsError> {
        let Some(path) = &self.secret_file else {
            return Ok(None);
        };
        let text =
            std::fs::read_to_string(path).map_err(|error| SettingsError::SecretUnreadable {
                path: path.clone(),
                reason: error.to_string(),
            })?;
        let secret = text.trim();
        match secret.chars().count() >= 32 {
            true => Ok(Some(secret.to_owned())),
            false => Err(SettingsError::SecretTooShort { path: path.clone() }),
        }
    }
}
