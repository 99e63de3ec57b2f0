//! Saved views.

use async_trait::async_trait;
use fenjie_store::view::{View, ViewRecords};
use fenjie_store::{Kept, Listed, OrganisationId, Page, PlanId, UserId, ViewId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, unreadable};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<View> {
    let plan: Option<String> = row.take("plan_id")?;
    let id = |text: String| PlanId::parse(&text).map_err(|error| unreadable("plan_id", error));
    Ok(View {
        id: row.parsed("id", ViewId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        owner: row.parsed("owner_id", UserId::parse)?,
        plan: plan.map(id).transpose()?,
        name: row.take("name")?,
        content: row.json("content")?,
        shared: row.truth("shared")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

#[async_trait]
impl ViewRecords for SqlTransaction {
    async fn add_view(&mut self, view: &View) -> Kept<()> {
        sqlx::query(
            "INSERT INTO views (organisation_id, id, owner_id, plan_id, name, content, shared, \
             revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(view.organisation.as_str().to_owned())
        .bind(view.id.as_str().to_owned())
        .bind(view.owner.as_str().to_owned())
        .bind(view.plan.as_ref().map(|id| id.as_str().to_owned()))
        .bind(view.name.clone())
        .bind(view.content.to_string())
        .bind(i64::from(view.shared))
        .bind(view.revision)
        .bind(instant(view.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("views"))?;
        Ok(())
    }

    async fn update_view(&mut self, view: &View, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE views SET name = $1, content = $2, shared = $3, updated_at = $4, \
             revision = revision + 1 WHERE organisation_id = $5 AND id = $6 AND revision = $7",
        )
        .bind(view.name.clone())
        .bind(view.content.to_string())
        .bind(i64::from(view.shared))
        .bind(instant(view.updated_at))
        .bind(view.organisation.as_str().to_owned())
        .bind(view.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("views"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_view(&mut self, organisation: &OrganisationId, id: &ViewId) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM views WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("views"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn view(&mut self, organisation: &OrganisationId, id: &ViewId) -> Kept<Option<View>> {
        let row = sqlx::query("SELECT * FROM views WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("views"))?;
        row.as_ref().map(read).transpose()
    }

    async fn views(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        page: &Page,
    ) -> Kept<Listed<View>> {
        let rows = sqlx::query(
            "SELECT * FROM views WHERE organisation_id = $1 AND (owner_id = $2 OR shared = 1) \
             AND id > $3 ORDER BY id LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(
            page.after
                .as_ref()
                .map_or(String::new(), |after| after.0.clone()),
        )
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("views"))?;
        let found = rows.iter().map(read).collect::<Kept<Vec<View>>>()?;
        Ok(Listed::of(found, page.limit, |view| view.id.to_string()))
    }
}
