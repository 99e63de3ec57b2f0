//! Channels to people outside, and who hears of what through them.

use async_trait::async_trait;
use fenjie_store::channel::{Channel, ChannelRecords, Subscription};
use fenjie_store::{ChannelId, Kept, Listed, OrganisationId, Page, PlanId, SubscriptionId, UserId};
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, after, instant, maybe_id};
use crate::wrong::wrong;

fn owner(id: &ChannelId) -> String {
    format!("channel {id}")
}

fn read_channel(tx: &SqlTransaction, row: &AnyRow) -> Kept<Channel> {
    let id = row.parsed("id", ChannelId::parse)?;
    let secret: Option<String> = row.take("secret")?;
    let secret = secret
        .map(|kept| tx.revealed(&owner(&id), kept))
        .transpose()?;
    // The address of a robot alone lets anybody write through it.
    let address = tx.revealed(&owner(&id), row.take("address")?)?;
    Ok(Channel {
        id,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        name: row.take("name")?,
        kind: row.take("kind")?,
        address,
        secret,
        language: row.take("language")?,
        active: row.truth("active")?,
        revision: row.take("revision")?,
        updated_at: row.instant("updated_at")?,
    })
}

fn concealed(tx: &SqlTransaction, channel: &Channel) -> Kept<(String, Option<String>)> {
    let secret = channel.secret.as_deref();
    let owner = owner(&channel.id);
    let secret = secret
        .map(|secret| tx.concealed(&owner, secret))
        .transpose()?;
    Ok((tx.concealed(&owner, &channel.address)?, secret))
}

fn read_subscription(row: &AnyRow) -> Kept<Subscription> {
    Ok(Subscription {
        id: row.parsed("id", SubscriptionId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        topic: row.take("topic")?,
        plan: maybe_id(row, "plan_id", PlanId::parse)?,
        channel: maybe_id(row, "channel_id", ChannelId::parse)?,
        user: maybe_id(row, "user_id", UserId::parse)?,
        created_at: row.instant("created_at")?,
    })
}

#[async_trait]
impl ChannelRecords for SqlTransaction {
    async fn add_channel(&mut self, channel: &Channel) -> Kept<()> {
        let (address, secret) = concealed(self, channel)?;
        sqlx::query(
            "INSERT INTO channels (organisation_id, id, name, kind, address, secret, language, \
             active, revision, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(channel.organisation.as_str().to_owned())
        .bind(channel.id.as_str().to_owned())
        .bind(channel.name.clone())
        .bind(channel.kind.clone())
        .bind(address)
        .bind(secret)
        .bind(channel.language.clone())
        .bind(i64::from(channel.active))
        .bind(channel.revision)
        .bind(instant(channel.updated_at))
        .execute(self.on())
        .await
        .map_err(wrong("channels"))?;
        Ok(())
    }

    async fn update_channel(&mut self, channel: &Channel, seen: i64) -> Kept<bool> {
        let (address, secret) = concealed(self, channel)?;
        let done = sqlx::query(
            "UPDATE channels SET name = $1, address = $2, secret = $3, language = $4, active = $5, \
             updated_at = $6, revision = revision + 1 \
             WHERE organisation_id = $7 AND id = $8 AND revision = $9",
        )
        .bind(channel.name.clone())
        .bind(address)
        .bind(secret)
        .bind(channel.language.clone())
        .bind(i64::from(channel.active))
        .bind(instant(channel.updated_at))
        .bind(channel.organisation.as_str().to_owned())
        .bind(channel.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("channels"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn remove_channel(
        &mut self,
        organisation: &OrganisationId,
        id: &ChannelId,
    ) -> Kept<bool> {
        for statement in [
            "DELETE FROM subscriptions WHERE organisation_id = $1 AND channel_id = $2",
            "UPDATE deliveries SET state = 'failed', error = 'channel_removed' \
             WHERE organisation_id = $1 AND channel_id = $2 AND state = 'waiting'",
        ] {
            sqlx::query(statement)
                .bind(organisation.as_str().to_owned())
                .bind(id.as_str().to_owned())
                .execute(self.on())
                .await
                .map_err(wrong("subscriptions"))?;
        }
        let done = sqlx::query("DELETE FROM channels WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("channels"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn channel(
        &mut self,
        organisation: &OrganisationId,
        id: &ChannelId,
    ) -> Kept<Option<Channel>> {
        let row = sqlx::query("SELECT * FROM channels WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("channels"))?;
        row.as_ref().map(|row| read_channel(self, row)).transpose()
    }

    async fn channels(
        &mut self,
        organisation: &OrganisationId,
        page: &Page,
    ) -> Kept<Listed<Channel>> {
        let rows = sqlx::query(
            "SELECT * FROM channels WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(after(page))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("channels"))?;
        let found = rows
            .iter()
            .map(|row| read_channel(self, row))
            .collect::<Kept<Vec<Channel>>>()?;
        Ok(Listed::of(found, page.limit, |channel| {
            channel.id.to_string()
        }))
    }

    async fn add_subscription(&mut self, subscription: &Subscription) -> Kept<()> {
        let plan = subscription.plan.as_ref().map(|id| id.as_str().to_owned());
        let channel = subscription
            .channel
            .as_ref()
            .map(|id| id.as_str().to_owned());
        let user = subscription.user.as_ref().map(|id| id.as_str().to_owned());
        sqlx::query(
            "INSERT INTO subscriptions (organisation_id, id, topic, plan_id, channel_id, user_id, \
             created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(subscription.organisation.as_str().to_owned())
        .bind(subscription.id.as_str().to_owned())
        .bind(subscription.topic.clone())
        .bind(plan)
        .bind(channel)
        .bind(user)
        .bind(instant(subscription.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("subscriptions"))?;
        Ok(())
    }

    async fn remove_subscription(
        &mut self,
        organisation: &OrganisationId,
        id: &SubscriptionId,
    ) -> Kept<bool> {
        let done = sqlx::query("DELETE FROM subscriptions WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .execute(self.on())
            .await
            .map_err(wrong("subscriptions"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn subscription(
        &mut self,
        organisation: &OrganisationId,
        id: &SubscriptionId,
    ) -> Kept<Option<Subscription>> {
        let row = sqlx::query("SELECT * FROM subscriptions WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("subscriptions"))?;
        row.as_ref().map(read_subscription).transpose()
    }

    async fn subscriptions(
        &mut self,
        organisation: &OrganisationId,
        user: Option<&UserId>,
        page: &Page,
    ) -> Kept<Listed<Subscription>> {
        let user = user.map_or(String::new(), |user| user.as_str().to_owned());
        let rows = sqlx::query(
            "SELECT * FROM subscriptions WHERE organisation_id = $1 AND ($2 = '' OR user_id = $3) \
             AND id > $4 ORDER BY id LIMIT $5",
        )
        .bind(organisation.as_str().to_owned())
        .bind(user.clone())
        .bind(user)
        .bind(after(page))
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("subscriptions"))?;
        let found = rows.iter().map(read_subscription);
        let found = found.collect::<Kept<Vec<Subscription>>>()?;
        Ok(Listed::of(found, page.limit, |one| one.id.to_string()))
    }

    async fn subscribed(
        &mut self,
        organisation: &OrganisationId,
        topic: &str,
    ) -> Kept<Vec<Subscription>> {
        let rows = sqlx::query(
            "SELECT * FROM subscriptions WHERE organisation_id = $1 AND topic = $2 ORDER BY id",
        )
        .bind(organisation.as_str().to_owned())
        .bind(topic.to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("subscriptions"))?;
        rows.iter().map(read_subscription).collect()
    }
}
