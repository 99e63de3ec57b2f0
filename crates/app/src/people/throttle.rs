//! How often somebody may try a password, and when again. A stranger slows down those who come like
//! they do, and nobody else: a device that has signed in before has a count of its own, and every
//! address one for each account. Must not know passwords.
//!
//! | count | free | then waits | at most | forgotten after |
//! |---|---|---|---|---|
//! | a known device, for its account | 5 | 1, 2, 4 … s | 15 min | 24 h |
//! | an address, for one account | 5 | 1, 2, 4 … s | 15 min | 24 h |
//! | an account, from all unknown devices | 50 | 1, 2, 4 … s | 1 min | 24 h |
//! | an address, for all accounts | 100 | 1, 2, 4 … s | 15 min | 1 h |

use std::net::IpAddr;

use fenjie_identity::secret;
use fenjie_store::sign_in::Attempts;
use fenjie_store::{OrganisationId, Timestamp, Transaction};
use jiff::SignedDuration;

use crate::AppError;

/// One count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    organisation: Option<OrganisationId>,
    subject: String,
    ladder: &'static Ladder,
}

/// How a count slows down.
#[derive(Debug, PartialEq, Eq)]
struct Ladder {
    free: i64,
    most_seconds: i64,
    forgotten_after_hours: i64,
    /// Whether signing in begins the count anew.
    forgiven: bool,
}

const CLOSE: Ladder = Ladder {
    free: 5,
    most_seconds: 15 * 60,
    forgotten_after_hours: 24,
    forgiven: true,
};
const ACCOUNT: Ladder = Ladder {
    free: 50,
    most_seconds: 60,
    forgotten_after_hours: 24,
    forgiven: true,
};
const ADDRESS: Ladder = Ladder {
    free: 100,
    most_seconds: 15 * 60,
    forgotten_after_hours: 1,
    forgiven: false,
};

impl Ladder {
    /// How long to wait after so many failures.
    fn wait(&self, failures: i64) -> SignedDuration {
        let over = failures - self.free;
        if over < 0 {
            return SignedDuration::ZERO;
        }
        let seconds = 1i64.checked_shl(over.min(30) as u32).unwrap_or(i64::MAX);
        SignedDuration::from_secs(seconds.min(self.most_seconds))
    }

    /// What is left of a count by now.
    fn now(&self, attempts: Attempts, now: Timestamp) -> Attempts {
        let forgotten = SignedDuration::from_hours(self.forgotten_after_hours);
        match attempts.last_at {
            Some(last) if now.duration_since(last) < forgotten => attempts,
            _ => Attempts::default(),
        }
    }
}

/// The counts of a sign-in: of a known device alone, otherwise of address and account. They are in
/// one order always, so that two who meet wait for each other only one way round.
pub fn counts(
    organisation: Option<&OrganisationId>,
    login: &str,
    address: &str,
    known_device: Option<&str>,
) -> Vec<Count> {
    let login = secret::hash(&login.to_lowercase());
    let count = |subject: String, ladder| Count {
        organisation: organisation.cloned(),
        subject,
        ladder,
    };
    if let Some(device) = known_device {
        return vec![count(format!("device:{device}"), &CLOSE)];
    }
    let net = net(address);
    vec![
        Count {
            organisation: None,
            subject: format!("address:{net}"),
            ladder: &ADDRESS,
        },
        count(format!("account:{login}"), &ACCOUNT),
        count(format!("pair:{login}:{net}"), &CLOSE),
    ]
}

/// The count of something that somebody who is signed in proves once more.
pub fn own_count(organisation: &OrganisationId, what: &str) -> Vec<Count> {
    vec![Count {
        organisation: Some(organisation.clone()),
        subject: what.to_owned(),
        ladder: &CLOSE,
    }]
}

/// What counts as one address: of IPv6 the half that a household has.
fn net(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => match v6.to_ipv4_mapped() {
            Some(v4) => v4.to_string(),
            None => {
                let [a, b, c, d, ..] = v6.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
        },
        _ => address.to_owned(),
    }
}

/// Counts a try before it is made, so that those who try at once are all counted.
///
/// # Errors
/// `too_many_requests` with the seconds to wait; then nothing is counted.
pub async fn begin(
    tx: &mut dyn Transaction,
    counts: &[Count],
    now: Timestamp,
) -> Result<(), AppError> {
    let mut found = Vec::new();
    let mut wait = SignedDuration::ZERO;
    for count in counts {
        let kept = tx
            .attempts(count.organisation.as_ref(), &count.subject)
            .await?;
        let attempts = count.ladder.now(kept, now);
        if let Some(last) = attempts.last_at {
            wait = wait.max(count.ladder.wait(attempts.failures) - now.duration_since(last));
        }
        found.push(attempts);
    }
    if wait.is_positive() {
        let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX);
        return Err(AppError::TooMany {
            retry_after: seconds.saturating_add(1),
        });
    }
    for (count, attempts) in counts.iter().zip(found) {
        let more = Attempts {
            failures: attempts.failures + 1,
            last_at: Some(now),
        };
        tx.set_attempts(count.organisation.as_ref(), &count.subject, more)
            .await?;
    }
    Ok(())
}

/// Begins the counts anew: somebody has proved who they are. The address' own count only takes this
/// one try back.
///
/// # Errors
/// What the store refuses.
pub async fn forgive(
    tx: &mut dyn Transaction,
    counts: &[Count],
    now: Timestamp,
) -> Result<(), AppError> {
    for count in counts {
        let before = tx
            .attempts(count.organisation.as_ref(), &count.subject)
            .await?;
        let after = match count.ladder.forgiven {
            true => Attempts::default(),
            false => less(before, now),
        };
        tx.set_attempts(count.organisation.as_ref(), &count.subject, after)
            .await?;
    }
    Ok(())
}

/// Takes one try back: it was neither right nor wrong.
///
/// # Errors
/// What the store refuses.
pub async fn take_back(
    tx: &mut dyn Transaction,
    counts: &[Count],
    now: Timestamp,
) -> Result<(), AppError> {
    for count in counts {
        let before = tx
            .attempts(count.organisation.as_ref(), &count.subject)
            .await?;
        tx.set_attempts(
            count.organisation.as_ref(),
            &count.subject,
            less(before, now),
        )
        .await?;
    }
    Ok(())
}

fn less(attempts: Attempts, now: Timestamp) -> Attempts {
    Attempts {
        failures: (attempts.failures - 1).max(0),
        last_at: attempts.last_at.or(Some(now)),
    }
}

#[cfg(test)]
mod tests {
    use super::{ACCOUNT, CLOSE, counts, net};

    #[test]
    fn the_wait_doubles_and_has_an_end() {
        let waits = |failures| CLOSE.wait(failures).as_secs();
        assert_eq!([0, 4, 5, 6, 7, 10].map(waits), [0, 0, 1, 2, 4, 32]);
        assert_eq!([15, 100, i64::MAX].map(waits), [900, 900, 900]);
        assert_eq!(ACCOUNT.wait(1_000_000).as_secs(), 60);
    }

    #[test]
    fn a_known_device_is_counted_alone() {
        assert_eq!(counts(None, "wang", "192.0.2.1", Some("d1")).len(), 1);
        let one = counts(None, "Wang", "192.0.2.1", None);
        assert_eq!(one, counts(None, "wang", "192.0.2.1", None));
        assert_eq!(one.len(), 3);
    }

    #[test]
    fn neighbours_of_one_household_are_one_address() {
        assert_eq!(net("2001:db8:1:2:3:4:5:6"), net("2001:db8:1:2::9"));
        assert_ne!(net("2001:db8:1:2::1"), net("2001:db8:1:3::1"));
        assert_eq!(net("::ffff:192.0.2.1"), "192.0.2.1");
    }
}
