//! Sign-in elsewhere: an organisation's identity provider, who is who there, and sign-ins on their
//! way. Must not know the protocol.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, Timestamp, UserId};

/// An organisation's identity provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityProvider {
    /// Whose.
    pub organisation: OrganisationId,
    /// Its address, as it calls itself.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// Our secret there; none for a public client.
    pub client_secret: Option<String>,
    /// What people read on the button.
    pub label: String,
    /// Whether an account is found by a verified e-mail address the first time.
    pub by_email: bool,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A sign-in that has gone to the provider and not come back yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInElsewhere {
    /// Whose.
    pub organisation: OrganisationId,
    /// SHA-256 of the state that the provider gives back.
    pub state_hash: String,
    /// SHA-256 of the secret that the browser keeps meanwhile.
    pub browser_hash: String,
    /// The nonce that the provider has to repeat.
    pub nonce: String,
    /// The PKCE verifier.
    pub verifier: String,
    /// Where the provider sends the browser back to.
    pub redirect_uri: String,
    /// Where to go afterwards, a path of ours.
    pub return_to: String,
    /// Until when.
    pub expires_at: Timestamp,
}

/// Records of sign-in elsewhere.
#[async_trait]
pub trait ElsewhereRecords {
    /// An organisation's provider.
    async fn identity_provider(
        &mut self,
        organisation: &OrganisationId,
    ) -> Kept<Option<IdentityProvider>>;
    /// Writes a provider, in place of the one there was. `seen` is the revision that was seen, 0 for
    /// none. Gives whether it still was that one.
    async fn keep_identity_provider(
        &mut self,
        provider: &IdentityProvider,
        seen: i64,
    ) -> Kept<bool>;
    /// Takes a provider away. Gives whether there was one.
    async fn remove_identity_provider(&mut self, organisation: &OrganisationId) -> Kept<bool>;
    /// Whose account somebody at a provider is.
    async fn user_elsewhere(
        &mut self,
        organisation: &OrganisationId,
        issuer: &str,
        subject: &str,
    ) -> Kept<Option<UserId>>;
    /// Notes whose account somebody at a provider is.
    async fn link_elsewhere(
        &mut self,
        organisation: &OrganisationId,
        issuer: &str,
        subject: &str,
        user: &UserId,
    ) -> Kept<()>;
    /// Notes a sign-in on its way.
    async fn add_sign_in_elsewhere(&mut self, sign_in: &SignInElsewhere) -> Kept<()>;
    /// Takes a sign-in on its way: a look-up that begins without an organisation, and that is given
    /// once.
    async fn take_sign_in_elsewhere(&mut self, state_hash: &str) -> Kept<Option<SignInElsewhere>>;
}
