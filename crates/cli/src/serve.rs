//! `fenjie serve`: the server, in the foreground, until it is told to stop.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use fenjie_app::{App, Settings, SystemClock};
use fenjie_message::{Lang, Message};
use fenjie_server::{State, serve};
use fenjie_store::Store;
use fenjie_store_sql::SqlStore;

use crate::failure::{Exit, Failure};
use crate::terminal::Terminal;

/// Arguments of `fenjie serve`.
#[derive(Args, Debug)]
pub struct ServeArgs {
    /// Where the records, files and sales lie
    #[arg(long, value_name = "DIR", default_value = "fenjie-data")]
    folder: PathBuf,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8737")]
    listen: SocketAddr,
    /// PostgreSQL instead of SQLite in the folder: postgres://user@host/database
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

/// Serves until the process is told to stop.
///
/// # Errors
/// What the database refuses; an address that cannot be listened on.
pub fn run(args: &ServeArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let runtime = runtime.map_err(|error| failed(&error))?;
    runtime.block_on(async {
        let store: Arc<dyn Store> = match &args.database_url {
            Some(url) => Arc::new(
                SqlStore::postgres(url)
                    .await
                    .and_then(|store| store.sealed(&args.folder))
                    .map_err(|error| refused(error))?,
            ),
            None => Arc::new(
                SqlStore::sqlite(&args.folder)
                    .await
                    .map_err(|error| refused(error))?,
            ),
        };
        let settings = Settings {
            folder: args.folder.clone(),
            local_without_account: args.listen.ip().is_loopback(),
            people: fenjie_app::people::PeopleSettings::default(),
        };
        let app = App::new(store, Arc::new(SystemClock), settings);
        let served = serve(args.listen, State::new(app))
            .await
            .map_err(|error| failed(&error))?;
        let address = served.address().map_err(|error| failed(&error))?;
        terminal.say(format!("http://{address}"));
        served
            .until(stopped())
            .await
            .map_err(|error| failed(&error))
    })?;
    Ok(Exit::Done)
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

fn refused(error: impl Message + 'static) -> Failure {
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
