//! What happens to a plan, as it happens, cut to what the listener sees: of changes out of their sight
//! they learn that the version moved. Must not know HTTP or SQL.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use fenjie_exchange::plan_file::operation_json;
use fenjie_store::{Notice, PlanId};
use serde::Serialize;
use serde_json::Value as Json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use crate::operations::seen;
use crate::{Actor, App, AppError, Reach, Verb};

/// How long a change that nobody announced may go unnoticed.
const LOOK_AGAIN: Duration = Duration::from_secs(10);

/// A change of a plan.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Event {
    /// The version that it made.
    pub sequence: u64,
    /// Who, where the listener may know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// What, as a plan file writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<Json>,
    /// Whether it may have moved amounts that the listener sees.
    pub yours: bool,
}

/// Somebody who listens to a plan.
pub struct Listener {
    app: App,
    actor: Arc<Actor>,
    plan: PlanId,
    notices: Receiver<Notice>,
    seen: u64,
    ready: VecDeque<Event>,
}

impl App {
    /// Listens to a plan from a version on; from now on where none is given.
    ///
    /// # Errors
    /// `not_found`, `forbidden`.
    pub async fn follow(
        &self,
        actor: &Arc<Actor>,
        plan: &PlanId,
        since: Option<u64>,
    ) -> Result<Listener, AppError> {
        let notices = self.store().notices();
        let opened = self.open_plan(actor, plan, Verb::ReadPlan).await?;
        let now = opened.loaded.sequence();
        Ok(Listener {
            app: self.clone(),
            actor: actor.clone(),
            plan: plan.clone(),
            notices,
            seen: since.map_or(now, |since| since.min(now)),
            ready: VecDeque::new(),
        })
    }
}

impl Listener {
    /// The next change; none once the plan is not the listener's to see any more.
    pub async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            self.look().await.ok()?;
            if self.ready.is_empty() {
                self.wait().await?;
            }
        }
    }

    /// Waits for a notice of this plan, or a while.
    async fn wait(&mut self) -> Option<()> {
        let news = async {
            loop {
                match self.notices.recv().await {
                    // A plan is named with its log; a notice without may be of anything.
                    Ok(notice) if notice.plan.as_ref().is_none_or(|plan| *plan == self.plan) => {
                        return Some(());
                    }
                    Ok(_) => {}
                    Err(RecvError::Lagged(_)) => return Some(()),
                    Err(RecvError::Closed) => return None,
                }
            }
        };
        tokio::time::timeout(LOOK_AGAIN, news)
            .await
            .unwrap_or(Some(()))
    }

    /// What has happened since; permission is asked anew.
    async fn look(&mut self) -> Result<(), AppError> {
        let opened = self
            .app
            .open_plan(&self.actor, &self.plan, Verb::ReadPlan)
            .await?;
        let now = opened.loaded.sequence();
        if now <= self.seen {
            return Ok(());
        }
        let model = opened.loaded.plan().model();
        let ranges = match &opened.reach {
            Reach::Nodes { axis, .. } => opened.reach.ranges(&model.axes()[*axis].tree),
            _ => None,
        };
        match opened.loaded.since(self.seen) {
            Some(since) => {
                for recent in since {
                    let entry = &recent.entry;
                    let known = seen(model, &opened.reach, self.actor.role, &entry.operation);
                    let touches = || {
                        ranges
                            .as_ref()
                            .is_none_or(|(axis, ranges)| recent.footprint.touches(*axis, ranges))
                    };
                    self.ready.push_back(Event {
                        sequence: entry.sequence,
                        who: entry.who.clone().filter(|_| known),
                        at: known.then(|| entry.at.clone()),
                        why: entry.why.clone().filter(|_| known),
                        operation: known.then(|| operation_json(&entry.operation)),
                        yours: known || touches(),
                    });
                }
            }
            // Too long ago to be remembered one by one.
            None => self.ready.push_back(Event {
                sequence: now,
                who: None,
                at: None,
                why: None,
                operation: None,
                yours: true,
            }),
        }
        self.seen = now;
        Ok(())
    }
}
