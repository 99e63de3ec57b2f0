//! Notices between listeners of one process and, through PostgreSQL, between processes. A notice says
//! that there is something to read; it carries nothing that is not in the records, and may be lost.

use std::time::Duration;

use fenjie_store::{Kept, Notice, OrganisationId};
use serde::{Deserialize, Serialize};
use sqlx::AnyPool;
use sqlx::postgres::PgListener;
use sqlx::{PgConnection, Row};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;

use crate::wrong::wrong;

/// How many notices a slow listener may be behind before it has to read anew.
const NOTICES: usize = 1024;
/// What they are sent on.
const CHANNEL: &str = "fenjie";
/// The pause before another attempt to connect.
const PAUSE: Duration = Duration::from_millis(200);

/// A notice on its way, with the process that sent it: it has told its own listeners already.
#[derive(Serialize, Deserialize)]
struct Sent {
    from: u64,
    notice: Notice,
}

/// Where notices are sent and heard.
pub(crate) struct Notices {
    here: broadcast::Sender<Notice>,
    /// This process and the one who listens to the others; none where there are no others.
    others: Option<(u64, JoinHandle<()>)>,
}

impl Notices {
    /// Within this process alone.
    pub(crate) fn here() -> Notices {
        Notices {
            here: broadcast::channel(NOTICES).0,
            others: None,
        }
    }

    /// Between all processes on a PostgreSQL database.
    pub(crate) async fn through(url: &str) -> Kept<Notices> {
        let here = broadcast::channel(NOTICES).0;
        let this: u64 = rand::random();
        let listener = listening(url).await.map_err(wrong("notices"))?;
        let hearing = hear(url.to_owned(), listener, this, here.clone());
        Ok(Notices {
            here,
            others: Some((this, tokio::spawn(hearing))),
        })
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Notice> {
        self.here.subscribe()
    }

    pub(crate) async fn announce(&self, pool: &AnyPool, notice: &Notice) -> Kept<()> {
        // Nobody listening is no fault.
        let _ = self.here.send(notice.clone());
        let Some((from, _)) = self.others else {
            return Ok(());
        };
        let sent = Sent {
            from,
            notice: notice.clone(),
        };
        let text = serde_json::to_string(&sent)
            .map_err(|error| crate::values::unreadable("notice", error))?;
        sqlx::query("SELECT CAST(pg_notify($1, $2) AS TEXT)")
            .bind(CHANNEL)
            .bind(text)
            .execute(pool)
            .await
            .map_err(wrong("notices"))?;
        Ok(())
    }
}

impl Drop for Notices {
    fn drop(&mut self) {
        if let Some((_, hearing)) = &self.others {
            hearing.abort();
        }
    }
}

async fn listening(url: &str) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect(url).await?;
    // Whether it was cut has to be known: what was said meanwhile was not heard.
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}

/// Hears the others until it is aborted; where the line is cut, it is laid anew and everybody told.
async fn hear(url: String, listener: PgListener, this: u64, here: broadcast::Sender<Notice>) {
    let mut listener = Some(listener);
    loop {
        let Some(line) = &mut listener else {
            tokio::time::sleep(PAUSE).await;
            listener = relay(&url, &here).await.ok();
            continue;
        };
        match line.try_recv().await {
            Ok(Some(heard)) => match serde_json::from_str::<Sent>(heard.payload()) {
                Ok(sent) if sent.from != this => {
                    let _ = here.send(sent.notice);
                }
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a notice of another release"),
            },
            Ok(None) | Err(_) => {
                tracing::warn!("the line to the database was cut; connecting again");
                listener = None;
            }
        }
    }
}

/// Listens again, and tells everybody here that something may have been missed.
async fn relay(url: &str, here: &broadcast::Sender<Notice>) -> Result<PgListener, sqlx::Error> {
    let listener = listening(url).await?;
    let mut connection = <PgConnection as sqlx::Connection>::connect(url).await?;
    let rows = sqlx::query("SELECT id FROM organisations")
        .fetch_all(&mut connection)
        .await?;
    for row in rows {
        let id: String = row.try_get("id")?;
        if let Ok(organisation) = OrganisationId::parse(&id) {
            let _ = here.send(Notice {
                organisation,
                plan: None,
                topic: "reconnected".into(),
                sequence: 0,
            });
        }
    }
    Ok(listener)
}
