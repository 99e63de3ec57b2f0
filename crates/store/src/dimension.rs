//! Dimensions of an organisation with effective dates, its measures and calendars. Must not know what a
//! plan makes of them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::{DimensionId, EntryId, Kept, Listed, MemberId, OrganisationId, Page, Timestamp};

/// A dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionRecord {
    /// Its identifier.
    pub id: DimensionId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Its code, as plans name it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whether its members are the organisation tree, which accounts belong to.
    pub is_organisation: bool,
    /// Grows with every change of it or its members: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A member, with all that it was and will be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRecord {
    /// Its identifier.
    pub id: MemberId,
    /// Whose.
    pub organisation: OrganisationId,
    /// Of which dimension.
    pub dimension: DimensionId,
    /// Its code: never changes, never given again.
    pub code: String,
    /// What it is and when, ascending, without overlap.
    pub spans: Vec<MemberSpan>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a member is for a while.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSpan {
    /// The first day, `2026-11-22`.
    pub valid_from: String,
    /// The last day; none for as far as anybody knows.
    pub valid_to: Option<String>,
    /// What people call it.
    pub name: String,
    /// The code of the member above; none at the top.
    pub parent: Option<String>,
    /// Numbers by name, decimal: capacity, area, weight …
    pub attributes: BTreeMap<String, String>,
}

/// A measure or a calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct EntryRecord {
    /// Its identifier.
    pub id: EntryId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What it is.
    pub kind: EntryKind,
    /// Its code, as plans name it.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What it says.
    pub content: Json,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryKind {
    /// 指标
    Measure,
    /// 日历
    Calendar,
}

impl EntryKind {
    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            EntryKind::Measure => "measure",
            EntryKind::Calendar => "calendar",
        }
    }

    /// The kind of a stable name.
    pub fn parse(code: &str) -> Option<EntryKind> {
        let all = [EntryKind::Measure, EntryKind::Calendar];
        all.into_iter().find(|kind| kind.code() == code)
    }
}

/// Records of dimensions, members, measures and calendars.
#[async_trait]
pub trait DimensionRecords {
    /// Adds a dimension.
    async fn add_dimension(&mut self, dimension: &DimensionRecord) -> Kept<()>;
    /// Writes a dimension anew, where its revision is still `seen`. Gives whether it was.
    async fn update_dimension(&mut self, dimension: &DimensionRecord, seen: i64) -> Kept<bool>;
    /// Takes a dimension away that has no members. Gives whether it was there.
    async fn remove_dimension(
        &mut self,
        organisation: &OrganisationId,
        id: &DimensionId,
    ) -> Kept<bool>;
    /// A dimension of the organisation.
    async fn dimension(
        &mut self,
        organisation: &OrganisationId,
        id: &DimensionId,
    ) -> Kept<Option<DimensionRecord>>;
    /// The dimensions of the organisation, by code.
    async fn dimensions(&mut self, organisation: &OrganisationId) -> Kept<Vec<DimensionRecord>>;
    /// Adds a member.
    async fn add_member(&mut self, member: &MemberRecord) -> Kept<()>;
    /// Writes a member anew, where its revision is still `seen`. Gives whether it was.
    async fn update_member(&mut self, member: &MemberRecord, seen: i64) -> Kept<bool>;
    /// A member of the organisation.
    async fn member(
        &mut self,
        organisation: &OrganisationId,
        id: &MemberId,
    ) -> Kept<Option<MemberRecord>>;
    /// The members of a dimension, by code.
    async fn members(
        &mut self,
        organisation: &OrganisationId,
        dimension: &DimensionId,
    ) -> Kept<Vec<MemberRecord>>;
    /// Adds a measure or calendar.
    async fn add_entry(&mut self, entry: &EntryRecord) -> Kept<()>;
    /// Writes an entry anew, where its revision is still `seen`. Gives whether it was.
    async fn update_entry(&mut self, entry: &EntryRecord, seen: i64) -> Kept<bool>;
    /// Takes an entry away. Gives whether it was there.
    async fn remove_entry(&mut self, organisation: &OrganisationId, id: &EntryId) -> Kept<bool>;
    /// An entry of the organisation.
    async fn entry(
        &mut self,
        organisation: &OrganisationId,
        id: &EntryId,
    ) -> Kept<Option<EntryRecord>>;
    /// The entries of a kind, by identifier.
    async fn entries(
        &mut self,
        organisation: &OrganisationId,
        kind: EntryKind,
        page: &Page,
    ) -> Kept<Listed<EntryRecord>>;
}
