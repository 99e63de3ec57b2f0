//! What running accounts needs beside [`crate::people`]: keys listed and withdrawn, administrators
//! counted, people by e-mail. Must not know who may do it.

use async_trait::async_trait;

use crate::people::{Token, User};
use crate::{Kept, Listed, OrganisationId, Page, Timestamp, TokenId, UserId};

/// Further records of people.
#[async_trait]
pub trait AccountRecords {
    /// Holds the people of an organisation against other writers until the transaction ends, so that
    /// what was counted stays true.
    async fn hold_people(&mut self, organisation: &OrganisationId) -> Kept<()>;
    /// How many administrators may sign in.
    async fn administrators(&mut self, organisation: &OrganisationId) -> Kept<u64>;
    /// The people with an e-mail address, compared without case; two at most.
    async fn users_by_email(
        &mut self,
        organisation: &OrganisationId,
        email: &str,
    ) -> Kept<Vec<User>>;
    /// The keys of somebody, or of everybody, by identifier.
    async fn tokens(
        &mut self,
        organisation: &OrganisationId,
        user: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<Token>>;
    /// A key of the organisation.
    async fn token(&mut self, organisation: &OrganisationId, id: &TokenId) -> Kept<Option<Token>>;
    /// Withdraws a key. Gives whether it was still in use.
    async fn revoke_token(
        &mut self,
        organisation: &OrganisationId,
        id: &TokenId,
        at: Timestamp,
    ) -> Kept<bool>;
    /// Withdraws all keys of somebody. Gives how many were still in use.
    async fn revoke_tokens(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        at: Timestamp,
    ) -> Kept<u64>;
    /// Notes that a key was used.
    async fn touch_token(
        &mut self,
        organisation: &OrganisationId,
        id: &TokenId,
        at: Timestamp,
    ) -> Kept<()>;
}
