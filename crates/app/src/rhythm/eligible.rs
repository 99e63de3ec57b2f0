//! Who may decide at a step: the approver, whoever stands in for them today, and once it is overdue
//! whoever it is escalated to. Nobody decides on their own request. Must not know how they sign in.

use fenjie_store::people::User;
use fenjie_store::rhythm_approval::{Approval, ApprovalState, ApprovalStep, Approver};
use fenjie_store::{Timestamp, UserId};

use super::deputy::standing_in;
use super::{day_of, everybody, zone};
use crate::{AppError, Unit, Verb, rights};

/// How somebody comes to decide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Who.
    pub user: UserId,
    /// For whom they stand in.
    pub acting_for: Option<UserId>,
    /// Whether it came to them because it is overdue.
    pub escalated: bool,
}

/// The people of an organisation on a day: accounts, and who stands in for whom.
pub struct People {
    users: Vec<User>,
    standing_in: Vec<(UserId, UserId)>,
}

impl People {
    /// The people as they are now.
    ///
    /// # Errors
    /// What the store refuses.
    pub async fn now(unit: &mut Unit) -> Result<People, AppError> {
        let zone = zone(unit).await?;
        let today = day_of(&zone, unit.now);
        let organisation = unit.organisation();
        Ok(People {
            users: everybody(unit).await?,
            standing_in: standing_in(&mut *unit.tx, &organisation, today).await?,
        })
    }

    /// Somebody who may sign in.
    pub fn user(&self, id: &UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == *id)
    }

    /// Somebody's name.
    pub fn name(&self, id: &UserId) -> Option<&str> {
        self.user(id).map(|user| user.name.as_str())
    }

    /// Whoever somebody reports to.
    pub fn superior(&self, id: &UserId) -> Option<&User> {
        self.user(self.user(id)?.reports_to.as_ref()?)
    }

    /// Whoever answers for a member of the organisation tree: those whose member it is, and who
    /// stands in for them.
    pub fn owners(&self, node: &str) -> Vec<UserId> {
        let own = self
            .users
            .iter()
            .filter(|user| user.member.as_deref() == Some(node));
        let own: Vec<UserId> = own.map(|user| user.id.clone()).collect();
        let deputies = self.standing_in.iter();
        let deputies =
            deputies.filter(|(away, deputy)| own.contains(away) && !own.contains(deputy));
        let deputies: Vec<UserId> = deputies.map(|(_, deputy)| deputy.clone()).collect();
        own.into_iter().chain(deputies).collect()
    }

    /// Everybody who may decide at a step of a request.
    pub fn claims(
        &self,
        step: &ApprovalStep,
        author: &UserId,
        due_at: Option<Timestamp>,
        now: Timestamp,
    ) -> Vec<Claim> {
        let may = |user: &&User| rights::role_may(user.role, Verb::Approve);
        let named: Vec<&User> = match &step.approver {
            Approver::Role(role) => {
                let of_role = self.users.iter().filter(|user| user.role == *role);
                of_role.filter(may).collect()
            }
            Approver::User(id) => self.user(id).into_iter().filter(may).collect(),
            Approver::Superior => self.superior(author).into_iter().filter(may).collect(),
        };
        let claim = |user: &UserId, acting_for: Option<&UserId>, escalated| Claim {
            user: user.clone(),
            acting_for: acting_for.cloned(),
            escalated,
        };
        let mut found: Vec<Claim> = Vec::new();
        found.extend(named.iter().map(|user| claim(&user.id, None, false)));
        for user in &named {
            let theirs = self.standing_in.iter().filter(|(away, _)| *away == user.id);
            found.extend(theirs.map(|(away, deputy)| claim(deputy, Some(away), false)));
        }
        if due_at.is_some_and(|due_at| due_at <= now) {
            match &step.escalate_to {
                Some(id) => found.extend(self.user(id).map(|user| claim(&user.id, None, true))),
                None => {
                    let above = named.iter().filter_map(|user| self.superior(&user.id));
                    found.extend(above.filter(may).map(|user| claim(&user.id, None, true)));
                }
            }
        }
        // Neither the author nor anybody in the author's name; everybody once, by their nearest claim.
        found.retain(|claim| claim.user != *author && claim.acting_for.as_ref() != Some(author));
        found.retain(|claim| self.user(&claim.user).is_some());
        let mut seen: Vec<UserId> = Vec::new();
        found.retain(|claim| {
            let first = !seen.contains(&claim.user);
            seen.push(claim.user.clone());
            first
        });
        found
    }

    /// Everybody who may decide on a request now.
    pub fn deciders(&self, approval: &Approval, now: Timestamp) -> Vec<Claim> {
        match (approval.state, approval.steps.get(approval.step)) {
            (ApprovalState::Waiting, Some(step)) => {
                self.claims(step, &approval.author, approval.due_at, now)
            }
            _ => Vec::new(),
        }
    }
}
