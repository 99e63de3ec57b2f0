//! The operations by which a running plan is adjusted: closing, carrying, action plans, revisions,
//! decisions (rules J1–J6). Knows nothing of how they are carried out.

use fenjie_calendar::Date;
use fenjie_message::Lang;

use crate::decimal::Decimal;
use crate::operation::{Address, ChangeBy, Keep};

/// Closes a period with the results it ended with (rules J4, J6). A later close of the same period
/// replaces it and needs a reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Close {
    /// The flow.
    pub measure: String,
    /// The period: `piece=2026-03-06`, `month=2026-03`.
    pub period: Address,
    /// The members results are kept for, as a grain of the dimensions: `region`, `org.store`.
    pub of: String,
    /// What was sold, by members; who is not named sold nothing.
    pub actuals: Vec<(Address, String)>,
    /// Sold by nobody who is known, as text; part of the total.
    pub unassigned: Option<String>,
    /// Why a closed period is closed again.
    pub reason: String,
}

/// Shares what is left of closed periods over later open ones (rules J1–J4).
#[derive(Clone, Debug, PartialEq)]
pub struct CarryRule {
    /// The flow.
    pub measure: String,
    /// Whose shortfall is carried, as a grain of the dimensions; the first dimension where empty.
    pub of: String,
    /// The level that is closed and carried: `piece`, `month`.
    pub level: String,
    /// The level of the period inside which a shortfall is carried: `month`, `quarter`, `year`.
    pub horizon: String,
    /// Over which of the later periods, and how.
    pub share: CarryShare,
    /// The most a period may take, as a rate of its base: `0.2` is 20 %.
    pub cap: Option<Decimal>,
}

/// How a shortfall is shared over the later periods (rule J1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CarryShare {
    /// By the calendar's weights of the periods.
    #[default]
    Weights,
    /// By the base targets of the periods.
    Base,
    /// Equally.
    Equal,
    /// All of it to the next period.
    Next,
}

/// An action plan after two missed periods in a row (rule J5, 改进计划).
#[derive(Clone, Debug, PartialEq)]
pub struct ActionPlan {
    /// The flow.
    pub measure: String,
    /// Whose plan it is: members, no period.
    pub at: Address,
    /// Why the target was missed.
    pub causes: Vec<(Cause, String)>,
    /// What will be done.
    pub measures: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// By when.
    pub due: Date,
}

/// Why a target was missed: the five causes of the brief.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// 市场环境
    Market,
    /// 目标设定
    Target,
    /// 销售策略
    Strategy,
    /// 团队执行
    Execution,
    /// 客户反馈
    Customers,
}

impl Cause {
    /// All five, in the brief's order.
    pub const ALL: [Cause; 5] = [
        Cause::Market,
        Cause::Target,
        Cause::Strategy,
        Cause::Execution,
        Cause::Customers,
    ];

    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Cause::Market.code(), "market");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Cause::Market => "market",
            Cause::Target => "target",
            Cause::Strategy => "strategy",
            Cause::Execution => "execution",
            Cause::Customers => "customers",
        }
    }

    /// What people call it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_plan::Cause::Market.name(Lang::Zh), "市场环境");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Cause::Market => lang.pick("市场环境", "market"),
            Cause::Target => lang.pick("目标设定", "target"),
            Cause::Strategy => lang.pick("销售策略", "strategy"),
            Cause::Execution => lang.pick("团队执行", "execution"),
            Cause::Customers => lang.pick("客户反馈", "customers"),
        }
    }
}

/// What became of an action plan, looked at later.
#[derive(Clone, Debug, PartialEq)]
pub struct ActionCheck {
    /// The action plan, by its number in the log.
    pub sequence: u64,
    /// Whether it worked.
    pub effect: Effect,
    /// What was seen.
    pub note: String,
}

/// Whether an action plan worked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// 有效
    Effective,
    /// 部分有效
    Partly,
    /// 无效
    Ineffective,
}

impl Effect {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Effect::Partly.code(), "partly");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            Effect::Effective => "effective",
            Effect::Partly => "partly",
            Effect::Ineffective => "ineffective",
        }
    }

    /// What people call it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_plan::Effect::Partly.name(Lang::Zh), "部分有效");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Effect::Effective => lang.pick("有效", "effective"),
            Effect::Partly => lang.pick("部分有效", "partly effective"),
            Effect::Ineffective => lang.pick("无效", "not effective"),
        }
    }
}

/// Lets adjustments of a member go on although an action plan is due (rule J5).
#[derive(Clone, Debug, PartialEq)]
pub struct Waiver {
    /// The flow.
    pub measure: String,
    /// Who need not wait: members, no period.
    pub at: Address,
    /// Why.
    pub reason: String,
}

/// A target changed while it runs (rule J6). Takes effect when it is approved.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// The flow.
    pub measure: String,
    /// The place.
    pub at: Address,
    /// The change.
    pub change: ChangeBy,
    /// What keeps its value.
    pub keep: Keep,
    /// Why; never empty.
    pub reason: String,
}

/// An answer to a revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The revision, by its number in the log.
    pub sequence: u64,
    /// Approved or rejected.
    pub approved: bool,
    /// Why.
    pub reason: String,
}

/// What a review meeting decided.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolution {
    /// The period under review: `piece=2026-03-06`.
    pub period: Address,
    /// Whom it concerns; everyone where empty.
    pub at: Address,
    /// What was decided.
    pub text: String,
    /// Who does it.
    pub owner: String,
    /// By when.
    pub due: Option<Date>,
}
