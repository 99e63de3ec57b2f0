//! Sign-ins on devices, and the devices somebody has signed in on before. Must not know cookies.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, SessionId, Timestamp, UserId};

/// A sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier, which is no secret.
    pub id: SessionId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who signed in.
    pub user: UserId,
    /// SHA-256 of the secret in the cookie, in hexadecimal digits.
    pub secret_hash: String,
    /// How they signed in: `password`, `oidc`, `setup`.
    pub means: String,
    /// From which address.
    pub address: String,
    /// What the browser calls itself, cut short.
    pub agent: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last used, to the minute.
    pub seen_at: Timestamp,
    /// Until when, whatever happens.
    pub expires_at: Timestamp,
}

/// A device that somebody has signed in on before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Whose.
    pub organisation: OrganisationId,
    /// Who signed in there.
    pub user: UserId,
    /// SHA-256 of the secret that the device keeps.
    pub secret_hash: String,
    /// Until when it is known.
    pub expires_at: Timestamp,
}

/// Records of sign-ins.
#[async_trait]
pub trait SessionRecords {
    /// Adds a session.
    async fn add_session(&mut self, session: &Session) -> Kept<()>;
    /// The session whose secret has this hash: a look-up that begins without an organisation.
    async fn session_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Session>>;
    /// Somebody's sessions, the latest first.
    async fn sessions(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<Vec<Session>>;
    /// Notes that a session was used.
    async fn touch_session(
        &mut self,
        organisation: &OrganisationId,
        id: &SessionId,
        at: Timestamp,
    ) -> Kept<()>;
    /// Gives a session another secret; the old one is worth nothing from now on.
    async fn renew_session(
        &mut self,
        organisation: &OrganisationId,
        id: &SessionId,
        secret_hash: &str,
    ) -> Kept<bool>;
    /// Ends a session. Gives whether it was there.
    async fn remove_session(&mut self, organisation: &OrganisationId, id: &SessionId)
    -> Kept<bool>;
    /// Ends all of somebody's sessions but one. Gives how many.
    async fn remove_sessions(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        but: Option<&SessionId>,
    ) -> Kept<u64>;
    /// Forgets sessions, devices, links and half sign-ins that have run out, on the whole server.
    /// Gives how many.
    async fn forget_expired(&mut self, now: Timestamp) -> Kept<u64>;
    /// Adds a known device.
    async fn add_device(&mut self, device: &Device) -> Kept<()>;
    /// Whether a device is known for somebody.
    async fn knows_device(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        secret_hash: &str,
        now: Timestamp,
    ) -> Kept<bool>;
    /// Forgets all of somebody's devices. Gives how many.
    async fn forget_devices(&mut self, organisation: &OrganisationId, user: &UserId) -> Kept<u64>;
}
