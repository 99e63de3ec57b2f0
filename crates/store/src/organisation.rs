//! Organisations: walled off from each other in every query. Must not know who may do what.

use async_trait::async_trait;

use crate::{Kept, OrganisationId, Timestamp};

/// An organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its identifier.
    pub id: OrganisationId,
    /// The short name that people sign in with, such as `acme`.
    pub code: String,
    /// What it calls itself.
    pub name: String,
    /// Its language, `zh` or `en`.
    pub language: String,
    /// Its time zone, such as `Asia/Shanghai`.
    pub zone: String,
    /// Since when.
    pub created_at: Timestamp,
}

/// Records of organisations.
#[async_trait]
pub trait OrganisationRecords {
    /// Adds an organisation.
    async fn add_organisation(&mut self, organisation: &Organisation) -> Kept<()>;
    /// All organisations, by code. For the operator and for jobs only.
    async fn organisations(&mut self) -> Kept<Vec<Organisation>>;
    /// The organisation of this identifier.
    async fn organisation(&mut self, id: &OrganisationId) -> Kept<Option<Organisation>>;
}
