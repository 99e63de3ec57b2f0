//! What was read of the records and is still there: keys with who they speak for, and plans' records.
//! Nothing is believed that was not read at the moment the database is at. Must not know what it is for.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use fenjie_message::Lang;
use fenjie_store::people::Token;
use fenjie_store::plans::PlanRecord;
use fenjie_store::rhythm_comment::Remarked;
use fenjie_store::{OrganisationId, PlanId};

use crate::{Actor, App, AppError};

/// The most that is remembered of a kind.
const MOST: usize = 10_000;
/// How long a request may go by the moment at which it was let in.
const FRESH: Duration = Duration::from_millis(50);

/// The moment at which a request was let in.
#[derive(Clone, Debug)]
pub struct Moment {
    text: String,
    taken: Instant,
}

impl Moment {
    /// A moment of the database, taken now.
    pub(crate) fn now(text: String) -> Moment {
        Moment {
            text,
            taken: Instant::now(),
        }
    }
}

/// The part of a moment that stays while nothing but operations is committed: who somebody is does not
/// depend on those.
pub(crate) fn of_people(moment: &str) -> &str {
    moment.split_once('.').map_or(moment, |(people, _)| people)
}

/// What is remembered.
#[derive(Default)]
pub struct Remembered {
    /// By the hash of a key, and the language asked for.
    pub(crate) keys: Kind<(String, Option<Lang>), (Token, Actor)>,
    /// By organisation and plan.
    pub(crate) plans: Kind<(OrganisationId, PlanId), PlanRecord>,
    /// By organisation and plan: the cells that open remarks are on.
    pub(crate) remarked: Kind<(OrganisationId, PlanId), Arc<Remarked>>,
}

/// What is remembered of one kind, each with the moment at which it was read.
pub(crate) struct Kind<K, V>(Mutex<HashMap<K, (String, V)>>);

impl<K, V> Default for Kind<K, V> {
    fn default() -> Self {
        Kind(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Kind<K, V> {
    /// What was read at this moment.
    pub(crate) fn at(&self, key: &K, moment: &str) -> Option<V> {
        let known = self.0.lock().ok()?;
        let (read, value) = known.get(key)?;
        (read == moment).then(|| value.clone())
    }

    /// Remembers what was read at a moment.
    pub(crate) fn keep(&self, key: K, moment: Option<String>, value: V) {
        let (Ok(mut known), Some(moment)) = (self.0.lock(), moment) else {
            return;
        };
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key, (moment, value));
    }
}

/// The most open remarks of a plan that are marked.
const MOST_REMARKED: usize = 10_000;

impl App {
    /// The cells of a plan that open remarks are on, as of now; `moment` is the one that the database
    /// is at. Remarks are never committed together with nothing but operations.
    pub(crate) async fn remarked(
        &self,
        actor: &Arc<Actor>,
        plan: &PlanId,
        moment: Option<&str>,
    ) -> Result<Arc<Remarked>, AppError> {
        let key = (actor.organisation.clone(), plan.clone());
        let known = &self.remembered().remarked;
        if let Some(found) = moment.and_then(|moment| known.at(&key, of_people(moment))) {
            return Ok(found);
        }
        let mut unit = self.reading(actor).await?;
        let moment = unit.tx.moment().await?;
        let found = unit.tx.remarked(&key.0, plan, MOST_REMARKED).await?;
        drop(unit);
        let found = Arc::new(found);
        let moment = moment.map(|moment| of_people(&moment).to_owned());
        known.keep(key, moment, found.clone());
        Ok(found)
    }

    /// The moment that the database is at, as far as an actor's request may go by the one at which it
    /// was let in.
    pub(crate) async fn moment(&self, actor: &Actor) -> Result<Option<String>, AppError> {
        let given = actor.moment.as_ref();
        match given.filter(|moment| moment.taken.elapsed() < FRESH) {
            Some(moment) => Ok(Some(moment.text.clone())),
            None => Ok(self.store().moment().await?),
        }
    }
}
