//! Approvals: chains, requests, decisions, and who stands in for whom.

use async_trait::async_trait;
use fenjie_store::rhythm_approval::{
    Approval, ApprovalDecision, ApprovalFilter, ApprovalRecords, ApprovalState, Chain, Deputy,
    Subject,
};
use fenjie_store::{
    ApprovalId, ChainId, DeputyId, Kept, Listed, OrganisationId, Page, PlanId, UserId,
};
use serde::Serialize;
use sqlx::any::AnyRow;

use crate::rhythm::maybe_user;
use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

fn json(column: &str, value: &impl Serialize) -> Kept<String> {
    serde_json::to_string(value).map_err(|error| unreadable(column, error))
}

fn subject(text: &str) -> Result<Subject, &'static str> {
    Subject::parse(text).ok_or("no such subject")
}

fn read_chain(row: &AnyRow) -> Kept<Chain> {
    let plan: String = row.take("plan_id")?;
    let plan = match plan.is_empty() {
        true => None,
        false => Some(row.parsed("plan_id", PlanId::parse)?),
    };
    Ok(Chain {
        id: row.parsed("id", ChainId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan,
        subject: row.parsed("subject", subject)?,
        steps: row.json("steps")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn read_approval(row: &AnyRow) -> Kept<Approval> {
    let state = |text: &str| ApprovalState::parse(text).ok_or("no such state");
    Ok(Approval {
        id: row.parsed("id", ApprovalId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        plan: row.parsed("plan_id", PlanId::parse)?,
        subject: row.parsed("subject", subject)?,
        sequence: row.count("sequence")?,
        content_hash: row.take("content_hash")?,
        author: row.parsed("author_id", UserId::parse)?,
        comment: row.take("comment")?,
        steps: row.json("steps")?,
        step: row.count("step")? as usize,
        due_at: row.maybe_instant("due_at")?,
        state: row.parsed("state", state)?,
        changed_rate: row.take("changed_rate")?,
        changed_amount: row.take("changed_amount")?,
        revision: row.take("revision")?,
        created_at: row.instant("created_at")?,
        closed_at: row.maybe_instant("closed_at")?,
    })
}

fn read_decision(row: &AnyRow) -> Kept<ApprovalDecision> {
    Ok(ApprovalDecision {
        approval: row.parsed("approval_id", ApprovalId::parse)?,
        step: row.count("step")? as usize,
        by: row.parsed("by_id", UserId::parse)?,
        acting_for: maybe_user(row, "acting_for")?,
        escalated: row.truth("escalated")?,
        approved: row.truth("approved")?,
        comment: row.take("comment")?,
        at: row.instant("at")?,
    })
}

fn read_deputy(row: &AnyRow) -> Kept<Deputy> {
    Ok(Deputy {
        id: row.parsed("id", DeputyId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        user: row.parsed("user_id", UserId::parse)?,
        deputy: row.parsed("deputy_id", UserId::parse)?,
        from: row.parsed("from_day", str::parse)?,
        until: row.parsed("until_day", str::parse)?,
        reason: row.take("reason")?,
        created_by: row.parsed("created_by", UserId::parse)?,
        created_at: row.instant("created_at")?,
        revoked_at: row.maybe_instant("revoked_at")?,
        revision: row.take("revision")?,
    })
}

#[async_trait]
impl ApprovalRecords for SqlTransaction {
    async fn add_chain(&mut self, chain: &Chain) -> Kept<()> {
        sqlx::query(
            "INSERT INTO approval_chains (organisation_id, id, plan_id, subject, steps, revision, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(chain.organisation.as_str().to_owned())
        .bind(chain.id.as_str().to_owned())
        .bind(chain.plan.as_ref().map_or("", PlanId::as_str).to_owned())
        .bind(chain.subject.code())
        .bind(json("steps", &chain.steps)?)
        .bind(chain.revision)
        .bind(instant(chain.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("approval_chains"))?;
        Ok(())
    }

    async fn update_chain(&mut self, chain: &Chain, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE approval_chains SET steps = $1, updated_at = $2, revision = revision + 1 \
             WHERE organisation_id = $3 AND id = $4 AND revision = $5",
        )
        .bind(json("steps", &chain.steps)?)
        .bind(instant(chain.updated_at))
        .bind(chain.organisation.as_str().to_owned())
        .bind(chain.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("approval_chains"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_chain(
        &mut self,
        organisation: &OrganisationId,
        id: &ChainId,
        seen: i64,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "DELETE FROM approval_chains WHERE organisation_id = $1 AND id = $2 AND revision = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("approval_chains"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn chains(&mut self, organisation: &OrganisationId) -> Kept<Vec<Chain>> {
        let rows =
            sqlx::query("SELECT * FROM approval_chains WHERE organisation_id = $1 ORDER BY id")
                .bind(organisation.as_str().to_owned())
                .fetch_all(self.on())
                .await
                .map_err(wrong("approval_chains"))?;
        rows.iter().map(read_chain).collect()
    }

    async fn add_approval(&mut self, approval: &Approval) -> Kept<()> {
        sqlx::query(
            "INSERT INTO approvals (organisation_id, id, plan_id, subject, sequence, content_hash, \
             author_id, comment, steps, step, due_at, state, changed_rate, changed_amount, revision, \
             created_at, closed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, \
             $14, $15, $16, $17)",
        )
        .bind(approval.organisation.as_str().to_owned())
        .bind(approval.id.as_str().to_owned())
        .bind(approval.plan.as_str().to_owned())
        .bind(approval.subject.code())
        .bind(approval.sequence as i64)
        .bind(approval.content_hash.clone())
        .bind(approval.author.as_str().to_owned())
        .bind(approval.comment.clone())
        .bind(json("steps", &approval.steps)?)
        .bind(approval.step as i64)
        .bind(maybe_instant(approval.due_at))
        .bind(approval.state.code())
        .bind(approval.changed_rate)
        .bind(approval.changed_amount)
        .bind(approval.revision)
        .bind(instant(approval.created_at))
        .bind(maybe_instant(approval.closed_at))
        .execute(self.on())
        .await
        .map_err(wrong("approvals"))?;
        Ok(())
    }

    async fn update_approval(&mut self, approval: &Approval, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE approvals SET steps = $1, step = $2, due_at = $3, state = $4, closed_at = $5, \
             revision = revision + 1 WHERE organisation_id = $6 AND id = $7 AND revision = $8",
        )
        .bind(json("steps", &approval.steps)?)
        .bind(approval.step as i64)
        .bind(maybe_instant(approval.due_at))
        .bind(approval.state.code())
        .bind(maybe_instant(approval.closed_at))
        .bind(approval.organisation.as_str().to_owned())
        .bind(approval.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("approvals"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn approval(
        &mut self,
        organisation: &OrganisationId,
        id: &ApprovalId,
    ) -> Kept<Option<Approval>> {
        let row = sqlx::query("SELECT * FROM approvals WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("approvals"))?;
        row.as_ref().map(read_approval).transpose()
    }

    async fn approvals(
        &mut self,
        organisation: &OrganisationId,
        filter: &ApprovalFilter,
        page: &Page,
    ) -> Kept<Listed<Approval>> {
        let after = page.after.as_ref().map_or("", |after| after.0.as_str());
        let rows = sqlx::query(
            "SELECT * FROM approvals WHERE organisation_id = $1 AND ($2 = '' OR plan_id = $2) \
             AND ($3 = '' OR author_id = $3) AND ($4 = '' OR state = $4) AND id > $5 \
             ORDER BY id LIMIT $6",
        )
        .bind(organisation.as_str().to_owned())
        .bind(filter.plan.as_ref().map_or("", PlanId::as_str).to_owned())
        .bind(filter.author.as_ref().map_or("", UserId::as_str).to_owned())
        .bind(filter.state.map_or("", ApprovalState::code))
        .bind(after.to_owned())
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("approvals"))?;
        let found = rows.iter().map(read_approval).collect::<Kept<Vec<_>>>()?;
        Ok(Listed::of(found, page.limit, |approval| {
            approval.id.to_string()
        }))
    }

    async fn add_decision(
        &mut self,
        organisation: &OrganisationId,
        decision: &ApprovalDecision,
    ) -> Kept<()> {
        sqlx::query(
            "INSERT INTO approval_decisions (organisation_id, approval_id, step, by_id, acting_for, \
             escalated, approved, comment, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(organisation.as_str().to_owned())
        .bind(decision.approval.as_str().to_owned())
        .bind(decision.step as i64)
        .bind(decision.by.as_str().to_owned())
        .bind(decision.acting_for.as_ref().map(|id| id.as_str().to_owned()))
        .bind(i64::from(decision.escalated))
        .bind(i64::from(decision.approved))
        .bind(decision.comment.clone())
        .bind(instant(decision.at))
        .execute(self.on())
        .await
        .map_err(wrong("approval_decisions"))?;
        Ok(())
    }

    async fn decisions(
        &mut self,
        organisation: &OrganisationId,
        approval: &ApprovalId,
    ) -> Kept<Vec<ApprovalDecision>> {
        let rows = sqlx::query(
            "SELECT * FROM approval_decisions WHERE organisation_id = $1 AND approval_id = $2 \
             ORDER BY step",
        )
        .bind(organisation.as_str().to_owned())
        .bind(approval.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("approval_decisions"))?;
        rows.iter().map(read_decision).collect()
    }

    async fn add_deputy(&mut self, deputy: &Deputy) -> Kept<()> {
        sqlx::query(
            "INSERT INTO deputies (organisation_id, id, user_id, deputy_id, from_day, until_day, \
             reason, created_by, created_at, revoked_at, revision) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(deputy.organisation.as_str().to_owned())
        .bind(deputy.id.as_str().to_owned())
        .bind(deputy.user.as_str().to_owned())
        .bind(deputy.deputy.as_str().to_owned())
        .bind(deputy.from.to_string())
        .bind(deputy.until.to_string())
        .bind(deputy.reason.clone())
        .bind(deputy.created_by.as_str().to_owned())
        .bind(instant(deputy.created_at))
        .bind(maybe_instant(deputy.revoked_at))
        .bind(deputy.revision)
        .execute(self.on())
        .await
        .map_err(wrong("deputies"))?;
        Ok(())
    }

    async fn update_deputy(&mut self, deputy: &Deputy, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE deputies SET revoked_at = $1, revision = revision + 1 \
             WHERE organisation_id = $2 AND id = $3 AND revision = $4",
        )
        .bind(maybe_instant(deputy.revoked_at))
        .bind(deputy.organisation.as_str().to_owned())
        .bind(deputy.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("deputies"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn deputies(&mut self, organisation: &OrganisationId) -> Kept<Vec<Deputy>> {
        let rows = sqlx::query("SELECT * FROM deputies WHERE organisation_id = $1 ORDER BY id")
            .bind(organisation.as_str().to_owned())
            .fetch_all(self.on())
            .await
            .map_err(wrong("deputies"))?;
        rows.iter().map(read_deputy).collect()
    }
}
