//! Why an adjustment of a running plan is refused: closes, carrying, action plans, revisions (rules
//! J1–J6). Knows no arithmetic.

use fenjie_message::{Lang, Message};

use crate::error::listed;

/// Why a close, a carry, an action plan or a revision is refused. Nothing of it has taken effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are the places and values named in the texts below"
)]
pub enum AdjustError {
    /// A closed period closed again without a reason (rule J6).
    CloseNeedsReason { period: String },
    /// A close of something that is no period, or finer than a day.
    NotAPeriod { place: String },
    /// A result for a place that is no row of the close.
    NotARow { place: String, of: String },
    /// Two results for one row.
    RowTwice { place: String },
    /// A change inside a closed period (rule J4).
    PeriodClosed {
        place: String,
        closed: Vec<ClosedSince>,
    },
    /// A total that the closed periods in it do not allow (rule J4).
    ClosedKeep {
        place: String,
        total: String,
        kept: String,
        closed: Vec<ClosedSince>,
        name: Option<String>,
    },
    /// A horizon that does not lie above the level that is carried.
    HorizonTooShort { level: String, horizon: String },
    /// A place that names a period where only members are meant.
    MembersOnly { place: String },
    /// Something that an act must say.
    Lacks {
        act: &'static str,
        zh: &'static str,
        en: &'static str,
    },
    /// A change of somebody whose action plan is due (rule J5).
    ActionPlanDue { place: String, missed: Vec<String> },
    /// A check of something that is no action plan in effect.
    NoActionPlan { sequence: u64, known: Vec<String> },
    /// An answer to something that is no revision in effect.
    NoRevision { sequence: u64, known: Vec<String> },
    /// A second answer to a revision.
    AnsweredAlready { sequence: u64, by: usize },
}

/// A closed period, and the step of the log that closed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedSince {
    /// The period as a place: `piece=2026-03/W10`.
    pub period: String,
    /// The number of its close.
    pub step: usize,
}

/// The closed periods, each with its step.
fn since(closed: &[ClosedSince], lang: Lang) -> String {
    let told = closed.iter().take(MOST_NAMED).map(|known| {
        let ClosedSince { period, step } = known;
        match lang {
            Lang::Zh => format!("`{period}`（第 {step} 步关账）"),
            Lang::En => format!("`{period}` (closed by step {step})"),
        }
    });
    let told: Vec<String> = told.collect();
    let more = closed.len().saturating_sub(MOST_NAMED);
    let told = told.join(lang.pick("、", ", "));
    match (more, lang) {
        (0, _) => told,
        (_, Lang::Zh) => format!("{told}，另有 {more} 个"),
        (_, Lang::En) => format!("{told} and {more} more"),
    }
}

/// Of many closed periods so many are named.
const MOST_NAMED: usize = 4;

impl Message for AdjustError {
    fn code(&self) -> &'static str {
        match self {
            AdjustError::CloseNeedsReason { .. } => "close_needs_reason",
            AdjustError::NotAPeriod { .. } => "close_not_a_period",
            AdjustError::NotARow { .. } => "close_not_a_row",
            AdjustError::RowTwice { .. } => "close_row_twice",
            AdjustError::PeriodClosed { .. } => "period_closed",
            AdjustError::ClosedKeep { .. } => "closed_periods_keep",
            AdjustError::HorizonTooShort { .. } => "carry_horizon_too_short",
            AdjustError::MembersOnly { .. } => "members_only",
            AdjustError::Lacks { act, .. } => act,
            AdjustError::ActionPlanDue { .. } => "action_plan_due",
            AdjustError::NoActionPlan { .. } => "action_plan_unknown",
            AdjustError::NoRevision { .. } => "revision_unknown",
            AdjustError::AnsweredAlready { .. } => "revision_answered",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            AdjustError::NoActionPlan { known, .. } | AdjustError::NoRevision { known, .. } => {
                return (!known.is_empty())
                    .then(|| format!("{} {}", lang.pick("现有的是", "there is"), listed(known)));
            }
            _ => self.what_to_do()?,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

impl AdjustError {
    fn zh(&self) -> String {
        match self {
            AdjustError::CloseNeedsReason { period } => {
                format!("{period} 已经关账，再次关账要写明原因")
            }
            AdjustError::NotAPeriod { place } => {
                format!("{place} 不能关账：关的是一个期间（周段、周、日、月……），不细于日")
            }
            AdjustError::NotARow { place, of } => format!("{place} 不在实绩的层级 {of} 上"),
            AdjustError::RowTwice { place } => format!("{place} 的实绩写了两次"),
            AdjustError::PeriodClosed { place, closed } => {
                format!("{place}：已关账的期间不再变动：{}", since(closed, Lang::Zh))
            }
            AdjustError::ClosedKeep {
                place,
                total,
                kept,
                closed,
                name,
            } => {
                let name = name.as_ref().map(|name| format!("（{name}）"));
                let name = name.unwrap_or_default();
                let closed = since(closed, Lang::Zh);
                format!("{place} 不能变成 {total}{name}：其中已关账的期间保持 {kept}：{closed}")
            }
            AdjustError::HorizonTooShort { level, horizon } => {
                format!("结转范围 `{horizon}` 不在层级 `{level}` 之上")
            }
            AdjustError::MembersOnly { place } => format!("{place}：这里只写成员，不写期间"),
            AdjustError::Lacks { zh, .. } => (*zh).to_owned(),
            AdjustError::ActionPlanDue { place, missed } => {
                format!(
                    "{place} 连续未达成（{}），要先交改进计划",
                    missed.join("、")
                )
            }
            AdjustError::NoActionPlan { sequence, .. } => {
                format!("第 {sequence} 步不是有效的改进计划")
            }
            AdjustError::NoRevision { sequence, .. } => {
                format!("第 {sequence} 步不是有效的目标调整申请")
            }
            AdjustError::AnsweredAlready { sequence, by } => {
                format!("第 {sequence} 步的申请已由第 {by} 步审批")
            }
        }
    }

    fn en(&self) -> String {
        match self {
            AdjustError::CloseNeedsReason { period } => {
                format!("{period} is closed already; closing it again needs a reason")
            }
            AdjustError::NotAPeriod { place } => format!(
                "{place} cannot be closed: a period is (piece, week, day, month, …), no finer than a day"
            ),
            AdjustError::NotARow { place, of } => {
                format!("{place} is not at the level of the results, {of}")
            }
            AdjustError::RowTwice { place } => format!("{place} has two results"),
            AdjustError::PeriodClosed { place, closed } => {
                format!(
                    "{place}: closed periods change no more: {}",
                    since(closed, Lang::En)
                )
            }
            AdjustError::ClosedKeep {
                place,
                total,
                kept,
                closed,
                name,
            } => {
                let name = name.as_ref().map(|name| format!(" ({name})"));
                let name = name.unwrap_or_default();
                let closed = since(closed, Lang::En);
                format!(
                    "{place} cannot become {total}{name}: the closed periods in it keep {kept}: {closed}"
                )
            }
            AdjustError::HorizonTooShort { level, horizon } => {
                format!("the horizon `{horizon}` does not lie above the level `{level}`")
            }
            AdjustError::MembersOnly { place } => {
                format!("{place}: only members are named here, no period")
            }
            AdjustError::Lacks { en, .. } => (*en).to_owned(),
            AdjustError::ActionPlanDue { place, missed } => format!(
                "{place} missed several periods in a row ({}); an action plan is due first",
                missed.join(", ")
            ),
            AdjustError::NoActionPlan { sequence, .. } => {
                format!("step {sequence} is no action plan in effect")
            }
            AdjustError::NoRevision { sequence, .. } => {
                format!("step {sequence} is no revision in effect")
            }
            AdjustError::AnsweredAlready { sequence, by } => {
                format!("the revision of step {sequence} was answered by step {by}")
            }
        }
    }

    fn what_to_do(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            AdjustError::CloseNeedsReason { .. } => {
                ("写明更正的原因", "say why the results are corrected")
            }
            AdjustError::NotARow { .. } => (
                "实绩写到该层级的成员；不知道是谁的，计入未归属",
                "name members of that level; what nobody is known for goes to `unassigned`",
            ),
            AdjustError::ClosedKeep { .. } => (
                "总额不低于已关账期间之和，并留有未关账的期间来承担；或撤销关账",
                "keep the total above what is closed, with open periods to take the rest, or undo the close",
            ),
            AdjustError::PeriodClosed { .. } => (
                "改后面未关账的期间；实绩有误就写明原因再关一次；目标确实要改，先撤销那一步关账",
                "change later periods that are open; where results were wrong, close again with a \
                 reason; where the target itself must change, undo that close first",
            ),
            AdjustError::HorizonTooShort { .. } => (
                "例如周段在月内结转，月在季或年内结转",
                "such as pieces within the month, months within the quarter or year",
            ),
            AdjustError::ActionPlanDue { .. } => (
                "先提交改进计划，或写明理由免等",
                "file an action plan first, or waive it with a reason",
            ),
            _ => return None,
        })
    }
}
