//! What a team's server remembers: types of records, and the traits of those who keep them. Must not
//! know SQL, HTTP or who may see what.

pub mod account;
pub mod audit;
pub mod channel;
pub mod delivery;
pub mod dimension;
pub mod elsewhere;
pub mod error;
pub mod id;
pub mod idempotency;
pub mod imports;
pub mod jobs;
pub mod merge;
pub mod organisation;
pub mod page;
pub mod people;
pub mod plans;
pub mod rhythm;
pub mod rhythm_approval;
pub mod rhythm_comment;
pub mod rhythm_version;
pub mod session;
pub mod sign_in;
pub mod view;

use async_trait::async_trait;

pub use error::StoreError;
pub use id::{
    ApprovalId, ChainId, ChannelId, CommentId, CommitmentId, DeliveryId, DeputyId, DimensionId,
    EntryId, FeedId, ImportId, JobId, MemberId, MergeId, OrganisationId, PlanId, ReleaseId, SaleId,
    ScheduleId, SessionId, SubscriptionId, TokenId, UploadId, UserId, VersionId, ViewId,
};
pub use jiff::Timestamp;
pub use page::{Cursor, Listed, Page};

/// What every record function answers.
pub type Kept<T> = Result<T, StoreError>;

/// A database of records. Two kinds exist, SQLite and PostgreSQL; one conformance suite proves both.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins to read: everything read until the end is of one moment.
    async fn read(&self) -> Kept<Box<dyn Transaction>>;

    /// Begins to write. On SQLite writers queue here, one after another; on PostgreSQL they meet where
    /// they touch the same rows.
    async fn write(&self) -> Kept<Box<dyn Transaction>>;

    /// Tells other processes (and listeners in this one) that a plan's log has grown to `sequence`.
    /// Called after the commit; a lost notice delays, it never loses.
    async fn announce(&self, notice: &Notice) -> Kept<()>;

    /// What is announced from now on, by this process or another one. Where the line to the others was
    /// cut, each organisation is told `reconnected` once it stands again: read what you follow anew.
    fn notices(&self) -> tokio::sync::broadcast::Receiver<Notice>;

    /// Whether the database answers and takes a durable write, tried at most once a second; the reason
    /// where not.
    async fn ready(&self) -> Kept<()>;

    /// Copies everything, as of one moment, into a SQLite file that is not there yet, whichever kind
    /// this is; on the disk when this returns. Others may read and write meanwhile.
    async fn copy_to(&self, file: &std::path::Path) -> Kept<()>;

    /// What the database says of itself, table by table; nothing where it is whole.
    async fn faults(&self) -> Kept<Vec<String>>;

    /// A text that stays the same as long as nothing is committed, by this process or another one: what
    /// was read at that moment is still what is there. None where it cannot be told. What stands before a
    /// `.` in it stays the same also where nothing but operations was committed.
    async fn moment(&self) -> Kept<Option<String>>;

    /// `sqlite` or `postgresql`.
    fn kind(&self) -> &'static str;
}

/// Something others may want to read again.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Notice {
    /// Whose.
    pub organisation: OrganisationId,
    /// Which plan; none where it concerns the organisation as a whole.
    pub plan: Option<PlanId>,
    /// What happened: `operations`, `comments`, `imports`, `commitments`, `versions`, `jobs` …, or
    /// `reconnected`.
    pub topic: String,
    /// How far the plan's log now goes, or 0.
    pub sequence: u64,
}

/// One transaction: everything in it happens, or nothing does. Dropping it takes it back.
#[async_trait]
pub trait Transaction:
    organisation::OrganisationRecords
    + people::PeopleRecords
    + account::AccountRecords
    + session::SessionRecords
    + sign_in::SignInRecords
    + elsewhere::ElsewhereRecords
    + plans::PlanRecords
    + merge::MergeRecords
    + view::ViewRecords
    + rhythm::RhythmRecords
    + rhythm_approval::ApprovalRecords
    + rhythm_version::VersionRecords
    + rhythm_comment::CommentRecords
    + audit::AuditRecords
    + idempotency::IdempotencyRecords
    + channel::ChannelRecords
    + channel::FeedRecords
    + delivery::DeliveryRecords
    + jobs::JobRecords
    + jobs::ScheduleRecords
    + dimension::DimensionRecords
    + imports::ImportRecords
    + Send
{
    /// Writes something of no meaning, to know whether the database takes it.
    async fn probe(&mut self) -> Kept<()>;

    /// Sets a mark to go back to. One mark at a time: another one takes its place.
    async fn mark(&mut self) -> Kept<()>;

    /// Takes back what happened since the mark, also where a statement has failed since.
    async fn back_to_mark(&mut self) -> Kept<()>;

    /// Lets the mark go; what happened since stays with the rest.
    async fn drop_mark(&mut self) -> Kept<()>;

    /// The moment that this transaction reads, to be compared with [`Store::moment`]; the first thing
    /// that is asked of it.
    async fn moment(&mut self) -> Kept<Option<String>>;

    /// Makes it last: on the disk when this returns.
    async fn commit(self: Box<Self>) -> Kept<()>;

    /// The same where only operations of a plan were written, with its status, their audit and the answers
    /// kept of them: what was read of other records before is still what is there.
    async fn commit_operations(self: Box<Self>) -> Kept<()>;
}
