//! Identity providers, who is who there, and sign-ins on their way.

use async_trait::async_trait;
use fenjie_store::elsewhere::{ElsewhereRecords, IdentityProvider, SignInElsewhere};
use fenjie_store::{Kept, OrganisationId, UserId};

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant};
use crate::wrong::wrong;

fn provider_of(organisation: &OrganisationId) -> String {
    format!("identity provider {organisation}")
}

#[async_trait]
impl ElsewhereRecords for SqlTransaction {
    async fn identity_provider(
        &mut self,
        organisation: &OrganisationId,
    ) -> Kept<Option<IdentityProvider>> {
        let row = sqlx::query("SELECT * FROM identity_providers WHERE organisation_id = $1")
            .bind(organisation.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("identity_providers"))?;
        let Some(row) = row else { return Ok(None) };
        let secret: Option<String> = row.take("client_secret")?;
        let owner = provider_of(organisation);
        let secret = secret.map(|kept| self.revealed(&owner, kept)).transpose()?;
        Ok(Some(IdentityProvider {
            organisation: organisation.clone(),
            issuer: row.take("issuer")?,
            client_id: row.take("client_id")?,
            client_secret: secret,
            label: row.take("label")?,
            by_email: row.truth("by_email")?,
            revision: row.take("revision")?,
            updated_at: row.instant("updated_at")?,
        }))
    }

    async fn keep_identity_provider(
        &mut self,
        provider: &IdentityProvider,
        seen: i64,
    ) -> Kept<bool> {
        let owner = provider_of(&provider.organisation);
        let secret = provider.client_secret.as_deref();
        let secret = secret
            .map(|secret| self.concealed(&owner, secret))
            .transpose()?;
        let done = sqlx::query(
            "INSERT INTO identity_providers (organisation_id, issuer, client_id, client_secret, \
             label, by_email, revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
             ON CONFLICT (organisation_id) DO UPDATE SET issuer = excluded.issuer, \
             client_id = excluded.client_id, client_secret = excluded.client_secret, \
             label = excluded.label, by_email = excluded.by_email, \
             revision = excluded.revision, updated_at = excluded.updated_at \
             WHERE identity_providers.revision = $9",
        )
        .bind(provider.organisation.as_str().to_owned())
        .bind(provider.issuer.clone())
        .bind(provider.client_id.clone())
        .bind(secret)
        .bind(provider.label.clone())
        .bind(i64::from(provider.by_email))
        .bind(provider.revision)
        .bind(instant(provider.updated_at))
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("identity_providers"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_identity_provider(&mut self, organisation: &OrganisationId) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM identity_providers WHERE organisation_id = $1")
            .bind(organisation.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("identity_providers"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn user_elsewhere(
        &mut self,
        organisation: &OrganisationId,
        issuer: &str,
        subject: &str,
    ) -> Kept<Option<UserId>> {
        let row = sqlx::query(
            "SELECT user_id FROM identities WHERE organisation_id = $1 AND issuer = $2 \
             AND subject = $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(issuer.to_owned())
        .bind(subject.to_owned())
        .fetch_optional(self.on())
        .await
        .map_err(wrong("identities"))?;
        row.map(|row| row.parsed("user_id", UserId::parse))
            .transpose()
    }

    async fn link_elsewhere(
        &mut self,
        organisation: &OrganisationId,
        issuer: &str,
        subject: &str,
        user: &UserId,
    ) -> Kept<()> {
        sqlx::query(
            "INSERT INTO identities (organisation_id, issuer, subject, user_id) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(organisation.as_str().to_owned())
        .bind(issuer.to_owned())
        .bind(subject.to_owned())
        .bind(user.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("identities"))?;
        Ok(())
    }

    async fn add_sign_in_elsewhere(&mut self, sign_in: &SignInElsewhere) -> Kept<()> {
        sqlx::query(
            "INSERT INTO sign_ins_elsewhere (organisation_id, state_hash, browser_hash, nonce, \
             verifier, redirect_uri, return_to, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(sign_in.organisation.as_str().to_owned())
        .bind(sign_in.state_hash.clone())
        .bind(sign_in.browser_hash.clone())
        .bind(sign_in.nonce.clone())
        .bind(sign_in.verifier.clone())
        .bind(sign_in.redirect_uri.clone())
        .bind(sign_in.return_to.clone())
        .bind(instant(sign_in.expires_at))
        .execute(self.on())
        .await
        .map_err(wrong("sign_ins_elsewhere"))?;
        Ok(())
    }

    async fn take_sign_in_elsewhere(&mut self, state_hash: &str) -> Kept<Option<SignInElsewhere>> {
        let row = sqlx::query("DELETE FROM sign_ins_elsewhere WHERE state_hash = $1 RETURNING *")
            .bind(state_hash.to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("sign_ins_elsewhere"))?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(SignInElsewhere {
            organisation: row.parsed("organisation_id", OrganisationId::parse)?,
            state_hash: row.take("state_hash")?,
            browser_hash: row.take("browser_hash")?,
            nonce: row.take("nonce")?,
            verifier: row.take("verifier")?,
            redirect_uri: row.take("redirect_uri")?,
            return_to: row.take("return_to")?,
            expires_at: row.instant("expires_at")?,
        }))
    }
}
