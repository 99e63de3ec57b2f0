//! Chains: the steps that a request has to pass, each for a role, a person, or the author's superior,
//! some only above a threshold.

use fenjie_money::Step;
use fenjie_plan::Decimal;
use fenjie_store::people::{Role, User};
use fenjie_store::rhythm_approval::{Approver, Chain, ChainStep, Subject};
use fenjie_store::{ChainId, PlanId, UserId};
use serde_json::{Value as Json, json};

use super::stale;
use crate::{AppError, Unit, Verb, rights};

/// The most steps of a chain.
pub const MOST_STEPS: usize = 10;
/// The most days of a step.
pub const MOST_DAYS: u32 = 90;

/// The steps where nobody has set any: one, by a director.
pub fn usual() -> Vec<ChainStep> {
    vec![ChainStep {
        approver: Approver::Role(Role::Director),
        over_rate: None,
        over_amount: None,
        days: None,
        escalate_to: None,
    }]
}

fn invalid(field: String, code: &'static str, zh: String, en: String) -> AppError {
    AppError::invalid(field, code, zh, en)
}

async fn check(unit: &mut Unit, steps: &[ChainStep]) -> Result<(), AppError> {
    if steps.len() > MOST_STEPS {
        return Err(invalid(
            "steps".into(),
            "chain_too_long",
            format!("审批链至多 {MOST_STEPS} 步"),
            format!("a chain has at most {MOST_STEPS} steps"),
        ));
    }
    for (number, step) in steps.iter().enumerate() {
        let field = |name: &str| format!("steps[{number}].{name}");
        if step.days.is_some_and(|days| days == 0 || days > MOST_DAYS) {
            return Err(invalid(
                field("days"),
                "chain_days",
                format!("期限须为 1 至 {MOST_DAYS} 天"),
                format!("a step has 1 to {MOST_DAYS} days"),
            ));
        }
        for (name, text) in [
            ("over_rate", &step.over_rate),
            ("over_amount", &step.over_amount),
        ] {
            let Some(text) = text else { continue };
            let read = Decimal::parse(text).ok();
            if read.is_none_or(|read| read.is_negative()) {
                return Err(invalid(
                    field(name),
                    "threshold_invalid",
                    format!("门槛 `{text}` 须为不小于零的数，例如 `5%`、`100000`"),
                    format!(
                        "the threshold `{text}` is a number of zero or more, such as `5%` or `100000`"
                    ),
                ));
            }
        }
        match &step.approver {
            Approver::Superior => {}
            Approver::Role(role) => {
                if !rights::role_may(*role, Verb::Approve) {
                    return Err(no_approver(field("approver"), role.code()));
                }
            }
            Approver::User(id) => check_user(unit, field("approver"), id).await?,
        }
        if let Some(id) = &step.escalate_to {
            check_user(unit, field("escalate_to"), id).await?;
        }
    }
    Ok(())
}

async fn check_user(unit: &mut Unit, field: String, id: &UserId) -> Result<(), AppError> {
    let organisation = unit.organisation();
    let found: Option<User> = unit.tx.user(&organisation, id).await?;
    let may = |user: User| user.active && rights::role_may(user.role, Verb::Approve);
    match found.is_some_and(may) {
        true => Ok(()),
        false => Err(no_approver(field, id.as_str())),
    }
}

fn no_approver(field: String, who: &str) -> AppError {
    invalid(
        field,
        "approver_may_not",
        format!("`{who}` 没有审批权限"),
        format!("`{who}` may not approve"),
    )
}

fn audited(chain: &Chain) -> Json {
    json!({ "plan": chain.plan, "subject": chain.subject, "steps": chain.steps })
}

/// Sets a chain: for a plan, or for all that have none of their own.
///
/// # Errors
/// `forbidden`, `not_found`, `chain_too_long`, `chain_days`, `threshold_invalid`, `approver_may_not`;
/// `chain_exists` where there is one already.
pub async fn create(
    unit: &mut Unit,
    plan: Option<PlanId>,
    subject: Subject,
    steps: Vec<ChainStep>,
) -> Result<Chain, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    check(unit, &steps).await?;
    let organisation = unit.organisation();
    if let Some(id) = &plan {
        let found = unit.tx.plan(&organisation, id).await?;
        found.ok_or_else(|| AppError::not_found(id.to_string()))?;
    }
    let known = unit.tx.chains(&organisation).await?;
    let same = |known: &&Chain| known.plan == plan && known.subject == subject;
    if let Some(known) = known.iter().find(same) {
        return Err(AppError::conflict(
            "chain_exists",
            format!("已有审批链 {}，请修改它", known.id),
            format!("there is the chain {} already; change that", known.id),
        ));
    }
    let chain = Chain {
        id: ChainId::of(unit.app.bits()),
        organisation,
        plan,
        subject,
        steps,
        revision: 1,
        updated_at: unit.now,
    };
    unit.tx.add_chain(&chain).await?;
    unit.record(
        "approval_chain.create",
        &chain.id,
        Json::Null,
        audited(&chain),
    );
    Ok(chain)
}

/// The chains of the organisation: for whoever may submit, who needs to know who decides, and for
/// whoever reads the audit.
///
/// # Errors
/// `forbidden`.
pub async fn list(unit: &mut Unit) -> Result<Vec<Chain>, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let role = unit.actor.role;
    if !rights::role_may(role, Verb::Submit) && !rights::role_may(role, Verb::ReadAudit) {
        return Err(AppError::Forbidden { verb: Verb::Submit });
    }
    let organisation = unit.organisation();
    Ok(unit.tx.chains(&organisation).await?)
}

/// A chain of the organisation.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &ChainId) -> Result<Chain, AppError> {
    let mut known = list(unit).await?.into_iter();
    known
        .find(|chain| chain.id == *id)
        .ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Writes a chain's steps anew, where it is still revision `seen`. Requests that were made stay with
/// the steps they were made with.
///
/// # Errors
/// Those of [`create`]; `version_stale`.
pub async fn update(
    unit: &mut Unit,
    id: &ChainId,
    seen: i64,
    steps: Vec<ChainStep>,
) -> Result<Chain, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = get(unit, id).await?;
    check(unit, &steps).await?;
    let after = Chain {
        steps,
        revision: before.revision + 1,
        updated_at: unit.now,
        ..before.clone()
    };
    if !unit.tx.update_chain(&after, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record(
        "approval_chain.update",
        id,
        audited(&before),
        audited(&after),
    );
    Ok(after)
}

/// Takes a chain away, where it is still revision `seen`: the organisation's, or the usual one, stands.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`.
pub async fn remove(unit: &mut Unit, id: &ChainId, seen: i64) -> Result<(), AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = get(unit, id).await?;
    let organisation = unit.organisation();
    if !unit.tx.remove_chain(&organisation, id, seen).await? {
        return Err(stale(seen, before.revision));
    }
    unit.record("approval_chain.remove", id, audited(&before), Json::Null);
    Ok(())
}

/// The steps for a plan and subject: its own chain's, the organisation's, the usual ones.
pub(crate) async fn steps_for(
    unit: &mut Unit,
    plan: &PlanId,
    subject: Subject,
) -> Result<Vec<ChainStep>, AppError> {
    let organisation = unit.organisation();
    let known = unit.tx.chains(&organisation).await?;
    let of = |wanted: Option<&PlanId>| {
        let mut known = known.iter();
        known.find(|chain| chain.subject == subject && chain.plan.as_ref() == wanted)
    };
    let chain = of(Some(plan)).or_else(|| of(None));
    Ok(chain.map_or_else(usual, |chain| chain.steps.clone()))
}

/// The largest change that is asked for: as a rate in millionths (none where it is from nothing), and
/// as an amount in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Changed {
    /// As a rate, in millionths.
    pub rate: Option<i64>,
    /// As an amount, in steps.
    pub amount: i64,
}

/// Whether a step is needed for a change: it has no threshold, or the change is above one of them.
pub(crate) fn needed(step: &ChainStep, changed: Changed, unit: Step) -> bool {
    let rate = step
        .over_rate
        .as_deref()
        .and_then(|text| Decimal::parse(text).ok());
    let amount = step
        .over_amount
        .as_deref()
        .and_then(|text| unit.parse_amount(text).ok());
    if rate.is_none() && amount.is_none() {
        return true;
    }
    let above_rate = rate
        .and_then(|rate| rate.at_scale(6))
        .is_some_and(|rate| changed.rate.is_none_or(|found| i128::from(found) > rate));
    above_rate || amount.is_some_and(|amount| changed.amount > amount)
}

#[cfg(test)]
mod tests {
    use super::{Changed, needed, usual};
    use fenjie_money::Step;

    #[test]
    fn a_step_with_a_threshold_is_for_larger_changes() {
        let cent = Step::cent();
        for (over_rate, over_amount, rate, amount, told) in [
            (None, None, Some(0), 0, true),
            (Some("5%"), None, Some(50_000), 1, false),
            (Some("5%"), None, Some(50_001), 1, true),
            (Some("5%"), None, None, 1, true),
            (None, Some("10万"), Some(0), 10_000_000, false),
            (None, Some("10万"), Some(0), 10_000_001, true),
            (Some("5%"), Some("10万"), Some(10), 10_000_001, true),
            (Some("5%"), Some("10万"), Some(10), 10, false),
        ] {
            let mut step = usual().remove(0);
            step.over_rate = over_rate.map(str::to_owned);
            step.over_amount = over_amount.map(str::to_owned);
            let changed = Changed { rate, amount };
            assert_eq!(needed(&step, changed, cent), told, "{step:?} {changed:?}");
        }
    }
}
