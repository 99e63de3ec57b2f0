//! How often somebody asked lately, in bounded memory. Must not know who they are: a key is a number.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use super::limits::Rate;

/// The most callers that are told apart; beyond that the newest share one count.
const MOST_CALLERS: usize = 20_000;

/// Counts by caller. For each only the moment is kept at which they have rested from all they asked.
pub(crate) struct Rates {
    rate: Rate,
    began: Instant,
    hashing: RandomState,
    rested: Mutex<HashMap<u64, Duration>>,
}

impl Rates {
    /// No counts yet.
    pub(crate) fn new(rate: Rate) -> Rates {
        Rates {
            rate,
            began: Instant::now(),
            hashing: RandomState::new(),
            rested: Mutex::default(),
        }
    }

    /// Counts a request; where it is one too many, the seconds until it is not.
    pub(crate) fn count(&self, caller: &[u8]) -> Result<(), u32> {
        self.count_at(caller, self.began.elapsed())
    }

    fn count_at(&self, caller: &[u8], now: Duration) -> Result<(), u32> {
        if self.rate.per_second == 0 {
            return Ok(());
        }
        let each = Duration::from_secs(1) / self.rate.per_second;
        let room = each * self.rate.burst.max(1);
        let Ok(mut rested) = self.rested.lock() else {
            return Ok(());
        };
        let mut key = self.hashing.hash_one(caller);
        if rested.len() >= MOST_CALLERS && !rested.contains_key(&key) {
            rested.retain(|_, until| *until > now);
            if rested.len() >= MOST_CALLERS {
                key = 0;
            }
        }
        let until = rested.entry(key).or_insert(now);
        let next = (*until).max(now) + each;
        if next > now + room {
            let wait = next - now - room;
            return Err(wait.as_secs().saturating_add(1).try_into().unwrap_or(60));
        }
        *until = next;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{MOST_CALLERS, Rates};
    use crate::frame::Rate;

    #[test]
    fn a_burst_is_taken_and_then_one_at_a_time() {
        let rates = Rates::new(Rate {
            per_second: 2,
            burst: 3,
        });
        let at = |half: u32| Duration::from_millis(500) * half;
        let taken = |half| rates.count_at(b"wang", at(half)).is_ok();
        assert_eq!(
            [taken(0), taken(0), taken(0), taken(0)],
            [true, true, true, false]
        );
        assert_eq!([taken(1), taken(1)], [true, false]);
        assert!(
            rates.count_at(b"li", at(1)).is_ok(),
            "others are not held up"
        );
        assert_eq!(
            [taken(9), taken(9), taken(9), taken(9)],
            [true, true, true, false]
        );
    }

    #[test]
    fn many_callers_take_bounded_memory() {
        let rates = Rates::new(Rate {
            per_second: 1,
            burst: 1,
        });
        for number in 0..MOST_CALLERS as u32 + 5_000 {
            let _ = rates.count_at(&number.to_be_bytes(), Duration::ZERO);
        }
        assert!(rates.rested.lock().unwrap().len() <= MOST_CALLERS + 1);
        assert!(rates.count_at(b"new", Duration::from_secs(5)).is_ok());
        assert!(
            rates.rested.lock().unwrap().len() < 10,
            "who rested is forgotten"
        );
    }
}
