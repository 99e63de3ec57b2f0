//! Sign-ins on devices, and known devices.

use async_trait::async_trait;
use fenjie_store::session::{Device, Session, SessionRecords};
use fenjie_store::{Kept, OrganisationId, SessionId, Timestamp, UserId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, instant};
use crate::wrong::wrong;

fn read(row: &AnyRow) -> Kept<Session> {
    Ok(Session {
        id: row.parsed("id", SessionId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        user: row.parsed("user_id", UserId::parse)?,
        secret_hash: row.take("secret_hash")?,
        means: row.take("means")?,
        address: row.take("address")?,
        agent: row.take("agent")?,
        created_at: row.instant("created_at")?,
        seen_at: row.instant("seen_at")?,
        expires_at: row.instant("expires_at")?,
    })
}

/// What runs out, each statement with the moment as its only parameter.
const EXPIRING: [&str; 4] = [
    "DELETE FROM sessions WHERE expires_at <= $1",
    "DELETE FROM known_devices WHERE expires_at <= $1",
    "DELETE FROM password_resets WHERE expires_at <= $1",
    "DELETE FROM sign_ins_elsewhere WHERE expires_at <= $1",
];

#[async_trait]
impl SessionRecords for SqlTransaction {
    async fn add_session(&mut self, session: &Session) -> Kept<()> {
        sqlx::query(
            "INSERT INTO sessions (organisation_id, id, user_id, secret_hash, means, address, agent, \
             created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(session.organisation.as_str().to_owned())
        .bind(session.id.as_str().to_owned())
        .bind(session.user.as_str().to_owned())
        .bind(session.secret_hash.clone())
        .bind(session.means.clone())
        .bind(session.address.clone())
        .bind(session.agent.clone())
        .bind(instant(session.created_at))
        .bind(instant(session.seen_at))
        .bind(instant(session.expires_at))
        .execute(self.on())
        .await
        .map_err(wrong("sessions"))?;
        Ok(())
    }

    async fn session_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Session>> {
        let row = sqlx::query("SELECT * FROM sessions WHERE secret_hash = $1")
            .bind(secret_hash.to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("sessions"))?;
        row.as_ref().map(read).transpose()
    }

    async fn sessions(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
    ) -> Kept<Vec<Session>> {
        let rows = sqlx::query(
            "SELECT * FROM sessions WHERE organisation_id = $1 AND user_id = $2 \
             ORDER BY seen_at DESC, id",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("sessions"))?;
        rows.iter().map(read).collect()
    }

    async fn touch_session(
        &mut self,
        organisation: &OrganisationId,
        id: &SessionId,
        at: Timestamp,
    ) -> Kept<()> {
        sqlx::query("UPDATE sessions SET seen_at = $1 WHERE organisation_id = $2 AND id = $3")
            .bind(instant(at))
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("sessions"))?;
        Ok(())
    }

    async fn renew_session(
        &mut self,
        organisation: &OrganisationId,
        id: &SessionId,
        secret_hash: &str,
    ) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE sessions SET secret_hash = $1 WHERE organisation_id = $2 AND id = $3",
        )
        .bind(secret_hash.to_owned())
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .execute(self.on())
        .await
        .map_err(wrong("sessions"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_session(
        &mut self,
        organisation: &OrganisationId,
        id: &SessionId,
    ) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM sessions WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("sessions"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_sessions(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        but: Option<&SessionId>,
    ) -> Kept<u64> {
        let done = sqlx::query(
            "DELETE FROM sessions WHERE organisation_id = $1 AND user_id = $2 AND id <> $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(but.map_or(String::new(), |id| id.as_str().to_owned()))
        .execute(self.on())
        .await
        .map_err(wrong("sessions"))?;
        Ok(done.rows_affected())
    }

    async fn forget_expired(&mut self, now: Timestamp) -> Kept<u64> {
        let mut gone = 0;
        for statement in EXPIRING {
            let done = sqlx::query(statement)
                .bind(instant(now))
                .execute(self.on())
                .await
                .map_err(wrong("sessions"))?;
            gone += done.rows_affected();
        }
        Ok(gone)
    }

    async fn add_device(&mut self, device: &Device) -> Kept<()> {
        sqlx::query(
            "INSERT INTO known_devices (organisation_id, user_id, secret_hash, expires_at) \
             VALUES ($1, $2, $3, $4)",
        )
        .bind(device.organisation.as_str().to_owned())
        .bind(device.user.as_str().to_owned())
        .bind(device.secret_hash.clone())
        .bind(instant(device.expires_at))
        .execute(self.on())
        .await
        .map_err(wrong("known_devices"))?;
        Ok(())
    }

    async fn knows_device(
        &mut self,
        organisation: &OrganisationId,
        user: &UserId,
        secret_hash: &str,
        now: Timestamp,
    ) -> Kept<bool> {
        let row = sqlx::query(
            "SELECT user_id FROM known_devices WHERE organisation_id = $1 AND user_id = $2 \
             AND secret_hash = $3 AND expires_at > $4",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.as_str().to_owned())
        .bind(secret_hash.to_owned())
        .bind(instant(now))
        .fetch_optional(self.on())
        .await
        .map_err(wrong("known_devices"))?;
        Ok(row.is_some())
    }

    async fn forget_devices(&mut self, organisation: &OrganisationId, user: &UserId) -> Kept<u64> {
        let done =
            sqlx::query("DELETE FROM known_devices WHERE organisation_id = $1 AND user_id = $2")
                .bind(organisation.as_str().to_owned())
                .bind(user.as_str().to_owned())
                .execute(self.on())
                .await
                .map_err(wrong("known_devices"))?;
        Ok(done.rows_affected())
    }
}
