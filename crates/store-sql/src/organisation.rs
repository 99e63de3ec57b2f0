//! Organisations.

use async_trait::async_trait;
use fenjie_store::organisation::{Organisation, OrganisationRecords};
use fenjie_store::{Kept, OrganisationId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Organisation> {
    Ok(Organisation {
        id: row.parsed("id", OrganisationId::parse)?,
        code: row.take("code")?,
        name: row.take("name")?,
        language: row.take("language")?,
        zone: row.take("zone")?,
        created_at: row.instant("created_at")?,
    })
}

#[async_trait]
impl OrganisationRecords for SqlTransaction {
    async fn add_organisation(&mut self, organisation: &Organisation) -> Kept<()> {
        sqlx::query(
            "INSERT INTO organisations (id, code, name, language, zone, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(organisation.id.as_str().to_owned())
        .bind(organisation.code.clone())
        .bind(organisation.name.clone())
        .bind(organisation.language.clone())
        .bind(organisation.zone.clone())
        .bind(instant(organisation.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("organisations"))?;
        let seal = self.seal.as_ref();
        let seal = seal.map_or(String::new(), |seal| seal.on(&organisation.id, 0, ""));
        sqlx::query(
            "INSERT INTO audit_ends (organisation_id, number, hash, seal) VALUES ($1, 0, '', $2)",
        )
        .bind(organisation.id.as_str().to_owned())
        .bind(seal)
        .execute(self.on())
        .await
        .map_err(wrong("audit_ends"))?;
        Ok(())
    }

    async fn organisations(&mut self) -> Kept<Vec<Organisation>> {
        let rows = sqlx::query("SELECT * FROM organisations ORDER BY code")
            .fetch_all(self.on())
            .await
            .map_err(wrong("organisations"))?;
        rows.iter().map(read).collect()
    }

    async fn organisation(&mut self, id: &OrganisationId) -> Kept<Option<Organisation>> {
        let row = sqlx::query("SELECT * FROM organisations WHERE id = $1")
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("organisations"))?;
        row.as_ref().map(read).transpose()
    }
}
