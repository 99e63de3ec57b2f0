//! Whose turn it is: so many at once, so many waiting, the rest turned away at once. Must not know
//! what they want.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// A bounded number of places with a bounded number of waiters.
pub(crate) struct Admission {
    places: Arc<Semaphore>,
    all: usize,
    waiting: AtomicUsize,
    most_waiting: usize,
    wait: Duration,
}

impl Admission {
    pub(crate) fn new(places: usize, most_waiting: usize, wait: Duration) -> Admission {
        Admission {
            places: Arc::new(Semaphore::new(places)),
            all: places,
            waiting: AtomicUsize::new(0),
            most_waiting,
            wait,
        }
    }

    /// A place, kept as long as the permit is; none where too many wait, or it took too long.
    pub(crate) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        if let Ok(permit) = self.places.clone().try_acquire_owned() {
            return Some(permit);
        }
        let before = self.waiting.fetch_add(1, Ordering::Relaxed);
        let leaves = Leaves(&self.waiting);
        if before >= self.most_waiting {
            return None;
        }
        let permit = tokio::time::timeout(self.wait, self.places.clone().acquire_owned()).await;
        drop(leaves);
        permit.ok()?.ok()
    }

    /// How many are in, and how many wait.
    pub(crate) fn count(&self) -> (usize, usize) {
        let inside = self.all - self.places.available_permits();
        (inside, self.waiting.load(Ordering::Relaxed))
    }
}

/// Counts a waiter out, also where the wait was cut off.
struct Leaves<'a>(&'a AtomicUsize);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Admission;

    #[tokio::test]
    async fn so_many_at_once_so_many_waiting_the_rest_turned_away() {
        let admission = Admission::new(1, 1, Duration::from_millis(20));
        let first = admission.enter().await.unwrap();
        let (second, third) = tokio::join!(admission.enter(), admission.enter());
        assert!(second.is_none() && third.is_none());
        assert_eq!(admission.count(), (1, 0));
        drop(first);
        assert!(admission.enter().await.is_some());
    }
}
