//! Authenticators, recovery codes, one-time links, and what was tried in vain.

use async_trait::async_trait;
use fenjie_store::sign_in::{Attempts, AuthenticatorRecord, PasswordReset, SignInRecords};
use fenjie_store::{Kept, OrganisationId, Timestamp, UserId};

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant, maybe_instant};
use crate::wrong::wrong;

fn named(organisation: Option<&OrganisationId>) -> String {
    organisation.map_or(String::new(), |id| id.as_str().to_owned())
}

fn authenticator_of(user: &UserId) -> String {
    format!("authenticator {user}")
}

#[async_trait]
impl SignInRecords for SqlTransaction {
    async fn keep_authenticator(&mut self, authenticator: &AuthenticatorRecord) -> Kept<()> {
        let owner = authenticator_of(&authenticator.user);
        let secret = self.concealed(&owner, &authenticator.secret)?;
        sqlx::query(
            "INSERT INTO authenticators (organisation_id, user_id, secret, confirmed_at, last_step) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id) DO UPDATE SET \
             secret = excluded.secret, confirmed_at = excluded.confirmed_at, \
             last_step = excluded.last_step",
        )
        .bind(authenticator.organisation.as_str().to_owned())
        .bind(authenticator.user.as_str().to_owned())
        .bind(secret)
        .bind(maybe_instant(authenticator.confirmed_at))
        .bind(authenticator.last_step)
        .execute(self.on())
        .await
        .map_err(wrong("authenticators"))?;
        Ok(())
    }

    async fn authenticator(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<Option<AuthenticatorRecord>> {
        let row =
            sqlx::query("SELECT * FROM authenticators WHERE organisation_id = $1 AND user_id = $2")
                .bind(organisation.as_str().to_owned())
                .bind(user.as_str().to_owned())
                .fetch_optional(self.on())
                .await
                .map_err(wrong("authenticators"))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(AuthenticatorRecord {
            organisation: organisation.clone(),
            user: user.clone(),
            secret: self.revealed(&authenticator_of(user), row.take("secret")?)?,
            confirmed_at: row.maybe_instant("confirmed_at")?,
            last_step: row.take("last_step")?,
        }))
    }

    async fn take_step(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        step: i64,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE authenticators SET last_step = $1 WHERE organisation_id = $2 AND user_id = $3 \
             AND (last_step IS NULL OR last_step < $1)",
        )
        .bind(step)
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("authenticators"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_authenticator(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<bool> {
        self.keep_recovery_codes(organisation, user, &[]).await?;
        let done =
            sqlx::query("DELETE FROM authenticators WHERE organisation_id = $1 AND user_id = $2")
                .bind(organisation.as_str().to_owned())
                .bind(user.as_str().to_owned())
                .execute(self.on())
                .await
                .map_err(wrong("authenticators"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn keep_recovery_codes(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        hashes: &[String],
    ) -> Kept<()> {
        sqlx::query("DELETE FROM recovery_codes WHERE organisation_id = $1 AND user_id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(user.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("recovery_codes"))?;
        for hash in hashes {
            sqlx::query(
                "INSERT INTO recovery_codes (organisation_id, user_id, code_hash) \
                 VALUES ($1, $2, $3)",
            )
            .bind(organisation.as_str().to_owned())
            .bind(user.as_str().to_owned())
            .bind(hash.clone())
            .execute(self.on())
            .await
            .map_err(wrong("recovery_codes"))?;
        }
        Ok(())
    }

    async fn take_recovery_code(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        hash: &str,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "DELETE FROM recovery_codes WHERE organisation_id = $1 AND user_id = $2 \
             AND code_hash = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(hash.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("recovery_codes"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn recovery_codes_left(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<u64> {
        let row = sqlx::query(
            "SELECT CAST(count(*) AS BIGINT) AS codes FROM recovery_codes \
             WHERE organisation_id = $1 AND user_id = $2",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .fetch_one(self.on())
        .await
        .map_err(wrong("recovery_codes"))?;
        row.count("codes")
    }

    async fn add_reset(&mut self, reset: &PasswordReset) -> Kept<()> {
        sqlx::query(
            "INSERT INTO password_resets (organisation_id, user_id, secret_hash, created_by, \
             expires_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(reset.organisation.as_str().to_owned())
        .bind(reset.user.as_str().to_owned())
        .bind(reset.secret_hash.clone())
        .bind(reset.created_by.as_str().to_owned())
        .bind(instant(reset.expires_at))
        .execute(self.on())
        .await
        .map_err(wrong("password_resets"))?;
        Ok(())
    }

    async fn reset_by_secret(&mut self, secret_hash: &str) -> Kept<Option<PasswordReset>> {
        let row = sqlx::query("SELECT * FROM password_resets WHERE secret_hash = $1")
            .bind(secret_hash.to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("password_resets"))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(PasswordReset {
            organisation: row.parsed("organisation_id", OrganisationId::parse)?,
            user: row.parsed("user_id", UserId::parse)?,
            secret_hash: secret_hash.to_owned(),
            created_by: row.parsed("created_by", UserId::parse)?,
            expires_at: row.instant("expires_at")?,
        }))
    }

    async fn remove_resets(&mut self, organisation: &OrganisationId, user: &UserId) -> Kept<u64> {
        let done =
            sqlx::query("DELETE FROM password_resets WHERE organisation_id = $1 AND user_id = $2")
                .bind(organisation.as_str().to_owned())
                .bind(user.as_str().to_owned())
                .execute(self.on())
                .await
                .map_err(wrong("password_resets"))?;
        Ok(done.rows_affected())
    }

    async fn attempts(
        &mut self,
        organisation: Option<&OrganisationId>,
        subject: &str,
    ) -> Kept<Attempts> {
        // Writing nothing new takes the row's lock: those who try at once are counted one by one.
        sqlx::query(
            "INSERT INTO sign_in_attempts (organisation_id, subject, failures) VALUES ($1, $2, 0) \
             ON CONFLICT (organisation_id, subject) DO UPDATE SET failures = sign_in_attempts.failures",
        )
        .bind(named(organisation))
        .bind(subject.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("sign_in_attempts"))?;
        let row = sqlx::query(
            "SELECT failures, last_at FROM sign_in_attempts \
             WHERE organisation_id = $1 AND subject = $2",
        )
        .bind(named(organisation))
        .bind(subject.to_owned())
        .fetch_one(self.on())
        .await
        .map_err(wrong("sign_in_attempts"))?;
        Ok(Attempts {
            failures: row.take("failures")?,
            last_at: row.maybe_instant("last_at")?,
        })
    }

    async fn set_attempts(
        &mut self,
        organisation: Option<&OrganisationId>,
        subject: &str,
        attempts: Attempts,
    ) -> Kept<()> {
        sqlx::query(
            "UPDATE sign_in_attempts SET failures = $1, last_at = $2 \
             WHERE organisation_id = $3 AND subject = $4",
        )
        .bind(attempts.failures)
        .bind(maybe_instant(attempts.last_at))
        .bind(named(organisation))
        .bind(subject.to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("sign_in_attempts"))?;
        Ok(())
    }

    async fn forget_attempts(&mut self, before: Timestamp) -> Kept<u64> {
        let done =
            sqlx::query("DELETE FROM sign_in_attempts WHERE last_at IS NULL OR last_at < $1")
                .bind(instant(before))
                .execute(self.on())
                .await
                .map_err(wrong("sign_in_attempts"))?;
        Ok(done.rows_affected())
    }
}
