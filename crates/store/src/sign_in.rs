//! What a sign-in needs beside the password: authenticators, recovery codes, one-time links, and how
//! often it was tried in vain. Must not know how codes are checked.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, Timestamp, UserId};

/// Somebody's authenticator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorRecord {
    /// Whose.
    pub organisation: OrganisationId,
    /// Who has it.
    pub user: UserId,
    /// The secret that their device and we share, in base 32.
    pub secret: String,
    /// Since when it is asked for; none until a first code was right.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was taken.
    pub last_step: Option<i64>,
}

/// A one-time link to a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordReset {
    /// Whose.
    pub organisation: OrganisationId,
    /// Who may choose a new password.
    pub user: UserId,
    /// SHA-256 of the secret in the link.
    pub secret_hash: String,
    /// Who made it.
    pub created_by: UserId,
    /// Until when it works.
    pub expires_at: Timestamp,
}

/// How often something was tried in vain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    /// How often, since it last went well or was long ago.
    pub failures: i64,
    /// When it was last tried.
    pub last_at: Option<Timestamp>,
}

/// Records of signing in.
#[async_trait]
pub trait SignInRecords {
    /// Writes somebody's authenticator, in place of the one they had.
    async fn keep_authenticator(&mut self, authenticator: &AuthenticatorRecord) -> Kept<()>;
    /// Somebody's authenticator.
    async fn authenticator(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<Option<AuthenticatorRecord>>;
    /// Takes a code's step, where no later one was taken. Gives whether it was taken.
    async fn take_step(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        step: i64,
    ) -> Kept<bool>;
    /// Takes an authenticator away with its recovery codes. Gives whether there was one.
    async fn remove_authenticator(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<bool>;
    /// Writes somebody's recovery codes, hashed, in place of those they had.
    async fn keep_recovery_codes(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        hashes: &[String],
    ) -> Kept<()>;
    /// Uses a recovery code up. Gives whether it was there.
    async fn take_recovery_code(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        hash: &str,
    ) -> Kept<bool>;
    /// How many recovery codes somebody has left.
    async fn recovery_codes_left(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<u64>;
    /// Adds a one-time link.
    async fn add_reset(&mut self, reset: &PasswordReset) -> Kept<()>;
    /// The link whose secret has this hash: a look-up that begins without an organisation.
    async fn reset_by_secret(&mut self, secret_hash: &str) -> Kept<Option<PasswordReset>>;
    /// Takes all of somebody's links out of use. Gives how many.
    async fn remove_resets(&mut self, organisation: &OrganisationId, user: &UserId) -> Kept<u64>;
    /// How often `subject` was tried in vain, held against others until the transaction ends.
    /// Without an organisation: on the whole server.
    async fn attempts(
        &mut self,
        organisation: Option<&OrganisationId>,
        subject: &str,
    ) -> Kept<Attempts>;
    /// Writes how often `subject` was tried in vain.
    async fn set_attempts(
        &mut self,
        organisation: Option<&OrganisationId>,
        subject: &str,
        attempts: Attempts,
    ) -> Kept<()>;
    /// Forgets what was last tried before a moment. Gives how many.
    async fn forget_attempts(&mut self, before: Timestamp) -> Kept<u64>;
}
