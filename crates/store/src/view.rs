//! Saved views: what somebody looks at, under a name. Must not know what a view shows.

use async_trait::async_trait;

use crate::{Kept, Listed, OrganisationId, Page, PlanId, Timestamp, UserId, ViewId};

/// A saved view.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// Its identifier.
    pub id: ViewId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Who saved it.
    pub owner: UserId,
    /// Of which plan.
    pub plan: Option<PlanId>,
    /// Its name.
    pub name: String,
    /// What it shows: rows, columns, measure, filters, as the interface writes them.
    pub content: serde_json::Value,
    /// Whether others of the organisation see it too.
    pub shared: bool,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Records of saved views.
#[async_trait]
pub trait ViewRecords {
    /// Adds a view.
    async fn add_view(&mut self, view: &View) -> Kept<()>;
    /// Writes a view anew, where its revision is still `seen`. Gives whether it was.
    async fn update_view(&mut self, view: &View, seen: i64) -> Kept<bool>;
    /// Takes a view away. Gives whether it was there.
    async fn remove_view(&mut self, organisation: &OrganisationId, id: &ViewId) -> Kept<bool>;
    /// A view of the organisation.
    async fn view(&mut self, organisation: &OrganisationId, id: &ViewId) -> Kept<Option<View>>;
    /// The views that `user` sees: their own and the shared ones.
    async fn views(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        page: &Page,
    ) -> Kept<Listed<View>>;
}
