//! Keys listed and withdrawn, administrators counted, people by e-mail.

use async_trait::async_trait;
use fenjie_store::account::AccountRecords;
use fenjie_store::people::{Token, User};
use fenjie_store::{Kept, Listed, OrganisationId, Page, Timestamp, TokenId, UserId};

use crate::people::{read_token, read_user};
use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant};
use crate::wrong::wrong;

#[async_trait]
impl AccountRecords for SqlTransaction {
    async fn hold_people(&mut self, organisation: &OrganisationId) -> Kept<()> {
        // Writing what is there already takes the row's lock.
        sqlx::query("UPDATE organisations SET code = code WHERE id = $1")
            .bind(organisation.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("organisations"))?;
        Ok(())
    }

    async fn administrators(&mut self, organisation: &OrganisationId) -> Kept<u64> {
        let row = sqlx::query(
            "SELECT CAST(count(*) AS BIGINT) AS people FROM users WHERE organisation_id = $1 \
             AND role = 'administrator' AND active = 1 \
             AND (password_hash IS NOT NULL OR login_folded <> 'local')",
        )
        .bind(organisation.as_str().to_owned())
        .fetch_one(self.on())
        .await
        .map_err(wrong("users"))?;
        row.count("people")
    }

    async fn users_by_email(
        &mut self,
        organisation: &OrganisationId,
        email: &str,
    ) -> Kept<Vec<User>> {
        let rows = sqlx::query(
            "SELECT * FROM users WHERE organisation_id = $1 AND lower(email) = $2 \
             ORDER BY id LIMIT 2",
        )
        .bind(organisation.as_str().to_owned())
        .bind(email.to_ascii_lowercase())
        .fetch_all(self.on())
        .await
        .map_err(wrong("users"))?;
        rows.iter().map(read_user).collect()
    }

    async fn tokens(
        &mut self,
        organisation: &OrganisationId,
        user: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<Token>> {
        let rows = sqlx::query(
            "SELECT * FROM tokens WHERE organisation_id = $1 AND ($2 = '' OR user_id = $2) \
             AND id > $3 ORDER BY id LIMIT $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.map_or(String::new(), |id| id.as_str().to_owned()))
        .bind(
            page.after
                .as_ref()
                .map_or(String::new(), |after| after.0.clone()),
        )
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("tokens"))?;
        let found = rows.iter().map(read_token).collect::<Kept<Vec<Token>>>()?;
        Ok(Listed::of(found, page.limit, |token| token.id.to_string()))
    }

    async fn token(&mut self, organisation: &OrganisationId, id: &TokenId) -> Kept<Option<Token>> {
        let row = sqlx::query("SELECT * FROM tokens WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("tokens"))?;
        row.as_ref().map(read_token).transpose()
    }

    async fn revoke_token(
        &mut self,
        organisation: &OrganisationId,
        id: &TokenId,
        at: Timestamp,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE tokens SET revoked_at = $1 WHERE organisation_id = $2 AND id = $3 \
             AND revoked_at IS NULL",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("tokens"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn revoke_tokens(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        at: Timestamp,
    ) -> Kept<u64> {
        let done = sqlx::query(
            "UPDATE tokens SET revoked_at = $1 WHERE organisation_id = $2 AND user_id = $3 \
             AND revoked_at IS NULL",
        )
        .bind(instant(at))
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("tokens"))?;
        Ok(done.rows_affected())
    }

    async fn touch_token(
        &mut self,
        organisation: &OrganisationId,
        id: &TokenId,
        at: Timestamp,
    ) -> Kept<()> {
        sqlx::query("UPDATE tokens SET used_at = $1 WHERE organisation_id = $2 AND id = $3")
            .bind(instant(at))
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("tokens"))?;
        Ok(())
    }
}
