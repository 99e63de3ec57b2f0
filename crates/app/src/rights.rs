//! Who may do what: roles by verb (rule R3). Must not know routes; rows are `reach`'s.

use fenjie_message::Lang;
use fenjie_store::people::Role;

/// What somebody may want to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    /// Read plans: slices, explanations, history, differences.
    ReadPlan,
    /// Change a plan's amounts and rules, within reach.
    EditPlan,
    /// Make, name, branch, merge and put away plans.
    ManagePlan,
    /// Release targets to those below.
    Release,
    /// Commit to a target, or counter-offer.
    Commit,
    /// Submit for approval.
    Submit,
    /// Approve or reject.
    Approve,
    /// Publish, lock, unlock, recall.
    Publish,
    /// Close periods, carry, decide on action plans and revisions.
    Close,
    /// Change what is closed.
    ChangeClosed,
    /// Remark on cells.
    Comment,
    /// Read sales, standings, alerts, packs.
    ReadActuals,
    /// Enter one's own sales.
    RecordSales,
    /// Import sales, take imports back.
    ImportActuals,
    /// Take files out.
    Export,
    /// Read who is there.
    ReadPeople,
    /// Add, change and stop accounts.
    ManagePeople,
    /// Read dimensions, measures, calendars.
    ReadOrganisation,
    /// Change dimensions, measures, calendars, approval chains.
    ManageOrganisation,
    /// Read the audit.
    ReadAudit,
    /// See and repeat jobs; channels to people outside; backups.
    Operate,
    /// What everybody may do with what is their own: views, keys, devices, password.
    Own,
}

/// What a key may be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenScope {
    /// `plan:read`
    PlanRead,
    /// `plan:write`
    PlanWrite,
    /// `actuals:read`
    ActualsRead,
    /// `actuals:write`
    ActualsWrite,
    /// `organisation:read`
    OrganisationRead,
    /// `organisation:write`
    OrganisationWrite,
    /// `audit:read`
    AuditRead,
    /// `operate`
    Operate,
}

impl TokenScope {
    /// All of them.
    pub const ALL: [TokenScope; 8] = [
        TokenScope::PlanRead,
        TokenScope::PlanWrite,
        TokenScope::ActualsRead,
        TokenScope::ActualsWrite,
        TokenScope::OrganisationRead,
        TokenScope::OrganisationWrite,
        TokenScope::AuditRead,
        TokenScope::Operate,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            TokenScope::PlanRead => "plan:read",
            TokenScope::PlanWrite => "plan:write",
            TokenScope::ActualsRead => "actuals:read",
            TokenScope::ActualsWrite => "actuals:write",
            TokenScope::OrganisationRead => "organisation:read",
            TokenScope::OrganisationWrite => "organisation:write",
            TokenScope::AuditRead => "audit:read",
            TokenScope::Operate => "operate",
        }
    }

    /// The scope of a stable name.
    pub fn parse(code: &str) -> Option<TokenScope> {
        TokenScope::ALL
            .into_iter()
            .find(|scope| scope.code() == code)
    }
}

impl Verb {
    /// All of them.
    pub const ALL: [Verb; 22] = [
        Verb::ReadPlan,
        Verb::EditPlan,
        Verb::ManagePlan,
        Verb::Release,
        Verb::Commit,
        Verb::Submit,
        Verb::Approve,
        Verb::Publish,
        Verb::Close,
        Verb::ChangeClosed,
        Verb::Comment,
        Verb::ReadActuals,
        Verb::RecordSales,
        Verb::ImportActuals,
        Verb::Export,
        Verb::ReadPeople,
        Verb::ManagePeople,
        Verb::ReadOrganisation,
        Verb::ManageOrganisation,
        Verb::ReadAudit,
        Verb::Operate,
        Verb::Own,
    ];

    /// What a key needs for it.
    pub fn token_scope(self) -> TokenScope {
        match self {
            Verb::ReadPlan | Verb::Export => TokenScope::PlanRead,
            Verb::EditPlan
            | Verb::ManagePlan
            | Verb::Release
            | Verb::Commit
            | Verb::Submit
            | Verb::Approve
            | Verb::Publish
            | Verb::Close
            | Verb::ChangeClosed
            | Verb::Comment => TokenScope::PlanWrite,
            Verb::ReadActuals => TokenScope::ActualsRead,
            Verb::RecordSales | Verb::ImportActuals => TokenScope::ActualsWrite,
            Verb::ReadPeople | Verb::ReadOrganisation => TokenScope::OrganisationRead,
            Verb::ManagePeople | Verb::ManageOrganisation | Verb::Own => {
                TokenScope::OrganisationWrite
            }
            Verb::ReadAudit => TokenScope::AuditRead,
            Verb::Operate => TokenScope::Operate,
        }
    }

    /// Its stable name, such as `edit_plan`.
    pub fn code(self) -> String {
        let mut code = String::new();
        for letter in format!("{self:?}").chars() {
            if letter.is_ascii_uppercase() && !code.is_empty() {
                code.push('_');
            }
            code.push(letter.to_ascii_lowercase());
        }
        code
    }

    /// What it is called.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Verb::ReadPlan => lang.pick("查看方案", "read plans"),
            Verb::EditPlan => lang.pick("修改方案", "change a plan"),
            Verb::ManagePlan => lang.pick("新建与管理方案", "make and manage plans"),
            Verb::Release => lang.pick("下达目标", "release targets"),
            Verb::Commit => lang.pick("确认承诺", "commit to targets"),
            Verb::Submit => lang.pick("提交审批", "submit for approval"),
            Verb::Approve => lang.pick("审批", "approve"),
            Verb::Publish => lang.pick("发布、锁定与撤回", "publish, lock and recall"),
            Verb::Close => lang.pick("封存期间与调整", "close periods and adjust"),
            Verb::ChangeClosed => lang.pick("修改已封存的期间", "change closed periods"),
            Verb::Comment => lang.pick("批注", "remark on cells"),
            Verb::ReadActuals => lang.pick("查看实绩", "read sales and standings"),
            Verb::RecordSales => lang.pick("登记销售", "enter sales"),
            Verb::ImportActuals => lang.pick("导入实绩", "import sales"),
            Verb::Export => lang.pick("导出", "take files out"),
            Verb::ReadPeople => lang.pick("查看用户", "read who is there"),
            Verb::ManagePeople => lang.pick("管理用户", "manage accounts"),
            Verb::ReadOrganisation => lang.pick("查看组织与日历", "read dimensions and calendars"),
            Verb::ManageOrganisation => {
                lang.pick("管理组织与日历", "manage dimensions and calendars")
            }
            Verb::ReadAudit => lang.pick("查看审计记录", "read the audit"),
            Verb::Operate => lang.pick("运行维护", "operate the server"),
            Verb::Own => lang.pick("管理自己的设置", "manage one's own settings"),
        }
    }
}

/// Whether a role may do something at all; rows are cut by [`crate::Reach`].
pub fn role_may(role: Role, verb: Verb) -> bool {
    use Verb::*;
    match role {
        Role::Administrator => true,
        Role::Planner => !matches!(
            verb,
            Approve | ChangeClosed | ManagePeople | ReadAudit | Operate
        ),
        Role::Director => matches!(
            verb,
            ReadPlan
                | EditPlan
                | Release
                | Commit
                | Submit
                | Approve
                | Publish
                | Close
                | Comment
                | ReadActuals
                | Export
                | ReadPeople
                | ReadOrganisation
                | Own
        ),
        Role::Manager => matches!(
            verb,
            ReadPlan
                | EditPlan
                | Release
                | Commit
                | Submit
                | Approve
                | Comment
                | ReadActuals
                | RecordSales
                | Export
                | ReadPeople
                | ReadOrganisation
                | Own
        ),
        Role::Salesperson => matches!(
            verb,
            ReadPlan
                | Commit
                | Comment
                | ReadActuals
                | RecordSales
                | Export
                | ReadOrganisation
                | Own
        ),
        Role::Auditor => matches!(
            verb,
            ReadPlan | ReadActuals | Export | ReadPeople | ReadOrganisation | ReadAudit | Own
        ),
        Role::ReadOnly => matches!(
            verb,
            ReadPlan | ReadActuals | Export | ReadOrganisation | Own
        ),
    }
}
