//! People, their roles and scopes, and the keys of programs. Must not know how a password is checked.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{Kept, Listed, OrganisationId, Page, Timestamp, TokenId, UserId};

/// What somebody may do (rule R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 管理员: people, settings, operating; no amounts of a plan unless they are planner too.
    Administrator,
    /// 计划员: owns the plan.
    Planner,
    /// 总监: sets and approves.
    Director,
    /// 经理: commits, adjusts inside their part, reviews.
    Manager,
    /// 销售: sees and commits to their own.
    Salesperson,
    /// 审计: reads everything, changes nothing.
    Auditor,
    /// 只读: reads what the scope gives.
    ReadOnly,
}

impl Role {
    /// All of them.
    pub const ALL: [Role; 7] = [
        Role::Administrator,
        Role::Planner,
        Role::Director,
        Role::Manager,
        Role::Salesperson,
        Role::Auditor,
        Role::ReadOnly,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Role::Administrator => "administrator",
            Role::Planner => "planner",
            Role::Director => "director",
            Role::Manager => "manager",
            Role::Salesperson => "salesperson",
            Role::Auditor => "auditor",
            Role::ReadOnly => "read_only",
        }
    }

    /// The role of a stable name.
    pub fn parse(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// Whose rows somebody sees (rule R3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// 本人: their own member alone.
    Own,
    /// 本人及下属: their member and all below it, and those of the people who report to them.
    OwnAndSubordinates,
    /// 本部门: the department and its direct members.
    Department,
    /// 本部门及下级: the department and all below it.
    DepartmentAndBelow,
    /// 全部: everything of the organisation.
    All,
}

impl Scope {
    /// All of them.
    pub const ALL: [Scope; 5] = [
        Scope::Own,
        Scope::OwnAndSubordinates,
        Scope::Department,
        Scope::DepartmentAndBelow,
        Scope::All,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Scope::Own => "own",
            Scope::OwnAndSubordinates => "own_and_subordinates",
            Scope::Department => "department",
            Scope::DepartmentAndBelow => "department_and_below",
            Scope::All => "all",
        }
    }

    /// The scope of a stable name.
    pub fn parse(code: &str) -> Option<Scope> {
        Scope::ALL.into_iter().find(|scope| scope.code() == code)
    }
}

/// Somebody with an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their identifier.
    pub id: UserId,
    /// Whose.
    pub organisation: OrganisationId,
    /// What they sign in with; unique within the organisation, compared without case.
    pub login: String,
    /// What they are called.
    pub name: String,
    /// Where mail reaches them.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
    /// Whose rows they see.
    pub scope: Scope,
    /// Their member in the organisation tree, by code.
    pub member: Option<String>,
    /// To whom they report.
    pub reports_to: Option<UserId>,
    /// Their language, `zh` or `en`; none for the organisation's.
    pub language: Option<String>,
    /// Whether they may sign in.
    pub active: bool,
    /// The hash of their password; none where they sign in elsewhere.
    pub password_hash: Option<String>,
    /// Grows with every change: the record's ETag.
    pub revision: i64,
    /// Since when.
    pub created_at: Timestamp,
}

/// A program's key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// Its identifier.
    pub id: TokenId,
    /// Whose.
    pub organisation: OrganisationId,
    /// On whose behalf it acts.
    pub user: UserId,
    /// What it is for.
    pub name: String,
    /// SHA-256 of the secret, in hexadecimal digits.
    pub secret_hash: String,
    /// What it may do, such as `plan:read`; see `app`'s list.
    pub scopes: Vec<String>,
    /// Until when; none for always.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub used_at: Option<Timestamp>,
    /// When it was withdrawn.
    pub revoked_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// Records of people.
#[async_trait]
pub trait PeopleRecords {
    /// Adds somebody.
    ///
    /// # Errors
    /// `record_conflict` where the login is taken.
    async fn add_user(&mut self, user: &User) -> Kept<()>;
    /// Writes somebody anew, where their revision is still `seen`. Gives whether it was.
    async fn update_user(&mut self, user: &User, seen: i64) -> Kept<bool>;
    /// Somebody of the organisation.
    async fn user(&mut self, organisation: &OrganisationId, id: &UserId) -> Kept<Option<User>>;
    /// Somebody by login, without case.
    async fn user_by_login(
        &mut self,
        organisation: &OrganisationId,
        login: &str,
    ) -> Kept<Option<User>>;
    /// What people of the organisation are called, by identifier: those of `ids` who are there.
    async fn names(
        &mut self,
        organisation: &OrganisationId,
        ids: &[UserId],
    ) -> Kept<Vec<(UserId, String)>>;
    /// The people of the organisation, by identifier.
    async fn users(&mut self, organisation: &OrganisationId, page: &Page) -> Kept<Listed<User>>;
    /// The members (codes, ascending, each once) of the people who report to somebody, over all levels.
    async fn subordinates(
        &mut self,
        organisation: &OrganisationId,
        id: &UserId,
    ) -> Kept<Vec<String>>;
    /// Whether anybody has an account on this server, beside the one of a local first run.
    async fn has_users(&mut self) -> Kept<bool>;
    /// Adds a key.
    async fn add_token(&mut self, token: &Token) -> Kept<()>;
    /// The key whose secret has this hash: the one look-up that begins without an organisation.
    async fn token_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Token>>;
}
