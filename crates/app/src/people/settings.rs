//! What the operator has set about people. Must not know where settings are read from.

use fenjie_identity::password::Cost;
use jiff::SignedDuration;

/// What the operator has set about people.
#[derive(Clone, Debug)]
pub struct PeopleSettings {
    /// What hashing one password costs.
    pub password_cost: Cost,
    /// After how long without a request a session ends; 12 hours unless set.
    pub idle: SignedDuration,
    /// After how long a session ends whatever happens; 7 days unless set.
    pub absolute: SignedDuration,
    /// How long a one-time link to a new password works; 1 hour unless set.
    pub reset: SignedDuration,
    /// SHA-256 of the secret that a first set-up from another machine has to show; none where it can
    /// only be done at this machine.
    pub setup_secret_hash: Option<String>,
    /// Where people find this server, such as `https://fenjie.example.com`; none where it is taken
    /// from the request.
    pub public_url: Option<String>,
    /// Whether an identity provider may be called by plain HTTP or at a private address.
    pub private_providers: bool,
}

impl Default for PeopleSettings {
    fn default() -> Self {
        PeopleSettings {
            password_cost: Cost::default(),
            idle: SignedDuration::from_hours(12),
            absolute: SignedDuration::from_hours(7 * 24),
            reset: SignedDuration::from_hours(1),
            setup_secret_hash: None,
            public_url: None,
            private_providers: false,
        }
    }
}
