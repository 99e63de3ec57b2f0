//! `fenjie serve`: the server, in the foreground, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use fenjie_app::authenticate::secret_hash;
use fenjie_app::jobs::{BackupSettings, Runner, RunnerSettings};
use fenjie_app::people::PeopleSettings;
use fenjie_app::{App, AppError, Settings, SystemClock};
use fenjie_message::{Lang, Message};
use fenjie_server::frame::{Frame, logs};
use fenjie_server::settings::{Place, ServeSettings, SettingsError};
use fenjie_server::{State, serve};
use fenjie_store::Store;
use fenjie_store::page::MOST;
use fenjie_store::people::Role;
use fenjie_store::{Page, StoreError};
use fenjie_store_sql::SqlStore;

use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// Arguments of `fenjie serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    #[command(flatten)]
    pub records: RecordsArgs,
    /// The address to listen on [default: 127.0.0.1:8737]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<SocketAddr>,
    /// Say whether the configuration holds, and end
    #[arg(long)]
    check_config: bool,
}

/// Where a server's records are: what every command that works on them takes.
#[derive(Args, Clone, Debug)]
pub struct RecordsArgs {
    /// A configuration file [default: FENJIE_CONFIG]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the records, files and sales lie [default: fenjie-data]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// PostgreSQL instead of SQLite in the folder: postgres://user@host/database
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl RecordsArgs {
    /// The set-up: configuration file, environment, then what the command line says.
    ///
    /// # Errors
    /// Those of [`ServeSettings`].
    pub fn settings(&self) -> Result<ServeSettings, Failure> {
        let mut settings = ServeSettings::default();
        let named = std::env::var_os("FENJIE_CONFIG").map(PathBuf::from);
        if let Some(path) = self.config.clone().or(named) {
            settings.read_file(&path).map_err(refused)?;
        }
        let variables = std::env::vars_os().filter_map(|(name, value)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        });
        settings.read_environment(variables).map_err(refused)?;
        if let Some(folder) = &self.folder {
            settings.folder.clone_from(folder);
        }
        if let Some(url) = &self.database_url {
            let place = Place::Option("database-url".into());
            settings.set(place, "database_url", url).map_err(refused)?;
        }
        Ok(settings)
    }
}

/// The records of a set-up.
///
/// # Errors
/// What the database refuses.
pub async fn open_store(settings: &ServeSettings) -> Result<Arc<dyn Store>, StoreError> {
    Ok(match &settings.database_url {
        Some(url) => Arc::new(SqlStore::postgres(url).await?.sealed(&settings.folder)?),
        None => Arc::new(SqlStore::sqlite(&settings.folder).await?),
    })
}

/// An application on the records of a set-up.
///
/// # Errors
/// A secret that cannot be read.
pub fn application(settings: &ServeSettings, store: Arc<dyn Store>) -> Result<App, Failure> {
    let secret = settings.secret().map_err(refused)?;
    let app_settings = Settings {
        folder: settings.folder.clone(),
        local_without_account: !settings.exposed(),
        people: PeopleSettings {
            idle: settings.session_idle,
            absolute: settings.session_absolute,
            setup_secret_hash: secret.as_deref().map(secret_hash),
            public_url: settings.base_url.as_ref().map(|url| {
                let text = url.as_str();
                text.trim_end_matches('/').to_owned()
            }),
            private_providers: settings.private_providers,
            ..PeopleSettings::default()
        },
    };
    let app = App::new(store, Arc::new(SystemClock), app_settings);
    let messages = &settings.messages;
    let backups = messages.backup_folder.clone();
    Ok(app
        .with_outward(messages.outward().map_err(refused)?)
        .with_retention(settings.retention)
        .with_backups(BackupSettings {
            folder: backups.unwrap_or_else(|| settings.folder.join("backups")),
            kept: messages.backups_kept,
        }))
}

/// Serves until the process is told to stop.
///
/// # Errors
/// What the set-up or the database refuses; an address that cannot be listened on.
pub fn run(args: &ServeArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut settings = args.records.settings()?;
    if let Some(listen) = args.listen {
        settings.listen = listen;
    }
    let secret = settings.secret().map_err(refused)?;
    if settings.exposed() && secret.is_none() {
        let listen = settings.listen.to_string();
        return Err(refused(SettingsError::NoSecret { listen }));
    }
    if args.check_config {
        terminal.say(
            terminal
                .lang
                .pick("配置没有问题", "the configuration holds"),
        );
        return Ok(Exit::Done);
    }
    logs::install(&settings.log_level, settings.log_format);
    runtime()?.block_on(async {
        let store = open_store(&settings).await.map_err(refused)?;
        let app = application(&settings, store)?;
        if settings.exposed() && !has_administrator(&app).await.map_err(app_refused)? {
            let listen = settings.listen.to_string();
            return Err(refused(SettingsError::NoAdministrator { listen }));
        }
        let token = settings.metrics_token.as_deref().map(secret_hash);
        let frame = Frame::new(settings.limits.clone(), settings.network(), token);
        let runner = Runner::new(&app, RunnerSettings::default());
        let state = State::new(app).framed(frame);
        let served = serve(settings.listen, state).await;
        let served = served.map_err(|error| failed(&error))?;
        let address = served.address().map_err(|error| failed(&error))?;
        terminal.say(format!("http://{address}"));
        let (stop, stopping) = tokio::sync::oneshot::channel::<()>();
        let jobs = tokio::spawn(async move {
            let stopped = async move { drop(stopping.await) };
            runner.until(stopped).await;
        });
        let ended = served.until(stopped()).await;
        // Jobs go on as long as requests do, and hand back what they had not finished.
        drop(stop);
        jobs.await.map_err(|error| failed(&error))?;
        ended.map_err(|error| failed(&error))
    })?;
    Ok(Exit::Done)
}

/// What asynchronous commands run on.
///
/// # Errors
/// Where the system gives no threads.
pub fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| failed(&error))
}

/// Whether somebody can look after the server.
async fn has_administrator(app: &App) -> Result<bool, AppError> {
    let mut tx = app.store().read().await?;
    for organisation in tx.organisations().await? {
        let mut page = Page {
            after: None,
            limit: MOST,
        };
        loop {
            let people = tx.users(&organisation.id, &page).await?;
            let found = people.items.iter().any(|user| {
                user.active && user.role == Role::Administrator && user.password_hash.is_some()
            });
            if found {
                return Ok(true);
            }
            match people.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
    }
    Ok(false)
}

/// Resolves when the process is asked to stop.
async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminated) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupted => {}
                _ = terminated.recv() => {}
            }
            return;
        }
    }
    let _ = interrupted.await;
}

/// A refusal of set-up or records.
pub fn refused(error: impl Message + 'static) -> Failure {
    Failure::new(error, Exit::Refused)
}

/// A refusal of the application.
pub fn app_refused(error: AppError) -> Failure {
    Failure::new(error, Exit::Refused)
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::new(CannotServe(error.to_string()), Exit::Refused)
}

/// The server cannot be started, or broke.
#[derive(Debug)]
struct CannotServe(String);

impl Message for CannotServe {
    fn code(&self) -> &'static str {
        "cannot_serve"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("服务无法运行：{}", self.0),
            Lang::En => format!("the server cannot run: {}", self.0),
        }
    }
}
