//! Dimensions with their members, measures and calendars.

use async_trait::async_trait;
use fenjie_store::dimension::{
    DimensionRecord, DimensionRecords, EntryKind, EntryRecord, MemberRecord,
};
use fenjie_store::{DimensionId, EntryId, Kept, Listed, MemberId, OrganisationId, Page};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, unreadable};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<DimensionRecord> {
    Ok(DimensionRecord {
        id: row.parsed("id", DimensionId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        code: row.take("code")?,
        name: row.take("name")?,
        is_organisation: row.truth("is_organisation")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn read_member(row: &AnyRow) -> Kept<MemberRecord> {
    Ok(MemberRecord {
        id: row.parsed("id", MemberId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        dimension: row.parsed("dimension_id", DimensionId::parse)?,
        code: row.take("code")?,
        spans: row.json("spans")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn read_entry(row: &AnyRow) -> Kept<EntryRecord> {
    Ok(EntryRecord {
        id: row.parsed("id", EntryId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        kind: row.parsed("kind", |text| EntryKind::parse(text).ok_or("no such kind"))?,
        code: row.take("code")?,
        name: row.take("name")?,
        content: row.json("content")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn spans(member: &MemberRecord) -> Kept<String> {
    serde_json::to_string(&member.spans).map_err(|error| unreadable("spans", error))
}

#[async_trait]
impl DimensionRecords for SqlTransaction {
    async fn add_dimension(&mut self, dimension: &DimensionRecord) -> Kept<()> {
        sqlx::query(
            "INSERT INTO dimensions (organisation_id, id, code, name, is_organisation, revision, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(dimension.organisation.as_str().to_owned())
        .bind(dimension.id.as_str().to_owned())
        .bind(dimension.code.clone())
        .bind(dimension.name.clone())
        .bind(i64::from(dimension.is_organisation))
        .bind(dimension.revision)
        .bind(instant(dimension.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("dimensions"))?;
        Ok(())
    }

    async fn update_dimension(&mut self, dimension: &DimensionRecord, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE dimensions SET name = $1, is_organisation = $2, updated_at = $3, \
             revision = revision + 1 WHERE organisation_id = $4 AND id = $5 AND revision = $6",
        )
        .bind(dimension.name.clone())
        .bind(i64::from(dimension.is_organisation))
        .bind(instant(dimension.updated_at))
        .bind(dimension.organisation.as_str().to_owned())
        .bind(dimension.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("dimensions"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_dimension(
        &mut self,
        organisation: &OrganisationId,
        id: &DimensionId,
    ) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM dimensions WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("dimensions"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn dimension(
        &mut self,
        organisation: &OrganisationId,
        id: &DimensionId,
    ) -> Kept<Option<DimensionRecord>> {
        let row = sqlx::query("SELECT * FROM dimensions WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("dimensions"))?;
        row.as_ref().map(read).transpose()
    }

    async fn dimensions(&mut self, organisation: &OrganisationId) -> Kept<Vec<DimensionRecord>> {
        let rows = sqlx::query("SELECT * FROM dimensions WHERE organisation_id = $1 ORDER BY code")
            .bind(organisation.as_str().to_owned())
            .fetch_all(self.on())
            .await
            .map_err(wrong("dimensions"))?;
        rows.iter().map(read).collect()
    }

    async fn add_member(&mut self, member: &MemberRecord) -> Kept<()> {
        sqlx::query(
            "INSERT INTO members (organisation_id, id, dimension_id, code, spans, revision, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(member.organisation.as_str().to_owned())
        .bind(member.id.as_str().to_owned())
        .bind(member.dimension.as_str().to_owned())
        .bind(member.code.clone())
        .bind(spans(member)?)
        .bind(member.revision)
        .bind(instant(member.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("members"))?;
        Ok(())
    }

    async fn update_member(&mut self, member: &MemberRecord, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE members SET spans = $1, updated_at = $2, revision = revision + 1 \
             WHERE organisation_id = $3 AND id = $4 AND revision = $5",
        )
        .bind(spans(member)?)
        .bind(instant(member.updated_at))
        .bind(member.organisation.as_str().to_owned())
        .bind(member.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("members"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn member(
        &mut self,
        organisation: &OrganisationId,
        id: &MemberId,
    ) -> Kept<Option<MemberRecord>> {
        let row = sqlx::query("SELECT * FROM members WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("members"))?;
        row.as_ref().map(read_member).transpose()
    }

    async fn members(
        &mut self,
        organisation: &OrganisationId,
        dimension: &DimensionId,
    ) -> Kept<Vec<MemberRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM members WHERE organisation_id = $1 AND dimension_id = $2 ORDER BY code",
        )
        .bind(organisation.as_str().to_owned())
        .bind(dimension.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("members"))?;
        rows.iter().map(read_member).collect()
    }

    async fn add_entry(&mut self, entry: &EntryRecord) -> Kept<()> {
        sqlx::query(
            "INSERT INTO entries (organisation_id, id, kind, code, name, content, revision, \
             updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(entry.organisation.as_str().to_owned())
        .bind(entry.id.as_str().to_owned())
        .bind(entry.kind.code())
        .bind(entry.code.clone())
        .bind(entry.name.clone())
        .bind(entry.content.to_string())
        .bind(entry.revision)
        .bind(instant(entry.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("entries"))?;
        Ok(())
    }

    async fn update_entry(&mut self, entry: &EntryRecord, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE entries SET name = $1, content = $2, updated_at = $3, \
             revision = revision + 1 WHERE organisation_id = $4 AND id = $5 AND revision = $6",
        )
        .bind(entry.name.clone())
        .bind(entry.content.to_string())
        .bind(instant(entry.updated_at))
        .bind(entry.organisation.as_str().to_owned())
        .bind(entry.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("entries"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_entry(&mut self, organisation: &OrganisationId, id: &EntryId) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM entries WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("entries"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn entry(
        &mut self,
        organisation: &OrganisationId,
        id: &EntryId,
    ) -> Kept<Option<EntryRecord>> {
        let row = sqlx::query("SELECT * FROM entries WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("entries"))?;
        row.as_ref().map(read_entry).transpose()
    }

    async fn entries(
        &mut self,
        organisation: &OrganisationId,
        kind: EntryKind,
        page: &Page,
    ) -> Kept<Listed<EntryRecord>> {
        let rows = sqlx::query(
            "SELECT * FROM entries WHERE organisation_id = $1 AND kind = $2 AND id > $3 \
             ORDER BY id LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(kind.code())
        .bind(
            page.after
                .as_ref()
                .map_or(String::new(), |after| after.0.clone()),
        )
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("entries"))?;
        let found = rows
            .iter()
            .map(read_entry)
            .collect::<Kept<Vec<EntryRecord>>>()?;
        Ok(Listed::of(found, page.limit, |entry| entry.id.to_string()))
    }
}
