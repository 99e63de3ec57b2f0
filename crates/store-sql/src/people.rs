//! People and the keys of programs.

use async_trait::async_trait;
use fenjie_store::people::{PeopleRecords, Role, Scope, Token, User};
use fenjie_store::{Kept, Listed, OrganisationId, Page, TokenId, UserId};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::transaction::SqlTransaction;
use crate::values::{Columns, ROWS_AT_ONCE, instant, maybe_instant, unreadable};
use crate::wrong::wrong;

pub(crate) fn read_user(row: &AnyRow) -> Kept<User> {
    let reports_to: Option<String> = row.take("reports_to")?;
    let id = |text: String| UserId::parse(&text).map_err(|error| unreadable("reports_to", error));
    Ok(User {
        id: row.parsed("id", UserId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        login: row.take("login")?,
        name: row.take("name")?,
        email: row.take("email")?,
        role: row.parsed("role", |text| Role::parse(text).ok_or("no such role"))?,
        scope: row.parsed("scope", |text| Scope::parse(text).ok_or("no such scope"))?,
        member: row.take("member")?,
        reports_to: reports_to.map(id).transpose()?,
        language: row.take("language")?,
        active: row.truth("active")?,
        password_hash: row.take("password_hash")?,
        revision: row.take("revision")?,
        created_at: row.instant("created_at")?,
    })
}

pub(crate) fn read_token(row: &AnyRow) -> Kept<Token> {
    Ok(Token {
        id: row.parsed("id", TokenId::parse)?,
        organisation: row.parsed("organisation_id", OrganisationId::parse)?,
        user: row.parsed("user_id", UserId::parse)?,
        name: row.take("name")?,
        secret_hash: row.take("secret_hash")?,
        scopes: row.json("scopes")?,
        expires_at: row.maybe_instant("expires_at")?,
        used_at: row.maybe_instant("used_at")?,
        revoked_at: row.maybe_instant("revoked_at")?,
        created_at: row.instant("created_at")?,
    })
}

#[async_trait]
impl PeopleRecords for SqlTransaction {
    async fn add_user(&mut self, user: &User) -> Kept<()> {
        sqlx::query(
            "INSERT INTO users (organisation_id, id, login, login_folded, name, email, role, scope, \
             member, reports_to, language, active, password_hash, revision, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(user.organisation.as_str().to_owned())
        .bind(user.id.as_str().to_owned())
        .bind(user.login.clone())
        .bind(user.login.to_lowercase())
        .bind(user.name.clone())
        .bind(user.email.clone())
        .bind(user.role.code())
        .bind(user.scope.code())
        .bind(user.member.clone())
        .bind(user.reports_to.as_ref().map(|id| id.as_str().to_owned()))
        .bind(user.language.clone())
        .bind(i64::from(user.active))
        .bind(user.password_hash.clone())
        .bind(user.revision)
        .bind(instant(user.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("users"))?;
        Ok(())
    }

    async fn update_user(&mut self, user: &User, seen: i64) -> Kept<bool> {
        let done = sqlx::query(
            "UPDATE users SET login = $1, login_folded = $2, name = $3, email = $4, role = $5, \
             scope = $6, member = $7, reports_to = $8, language = $9, active = $10, \
             password_hash = $11, revision = revision + 1 \
             WHERE organisation_id = $12 AND id = $13 AND revision = $14",
        )
        .bind(user.login.clone())
        .bind(user.login.to_lowercase())
        .bind(user.name.clone())
        .bind(user.email.clone())
        .bind(user.role.code())
        .bind(user.scope.code())
        .bind(user.member.clone())
        .bind(user.reports_to.as_ref().map(|id| id.as_str().to_owned()))
        .bind(user.language.clone())
        .bind(i64::from(user.active))
        .bind(user.password_hash.clone())
        .bind(user.organisation.as_str().to_owned())
        .bind(user.id.as_str().to_owned())
        .bind(seen)
        .execute(self.on())
        .await
        .map_err(wrong("users"))?;
        Ok(done.rows_affected() == 1)
    }

    async fn user(&mut self, organisation: &OrganisationId, id: &UserId) -> Kept<Option<User>> {
        let row = sqlx::query("SELECT * FROM users WHERE organisation_id = $1 AND id = $2")
            .bind(organisation.as_str().to_owned())
            .bind(id.as_str().to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("users"))?;
        row.as_ref().map(read_user).transpose()
    }

    async fn user_by_login(
        &mut self,
        organisation: &OrganisationId,
        login: &str,
    ) -> Kept<Option<User>> {
        let row =
            sqlx::query("SELECT * FROM users WHERE organisation_id = $1 AND login_folded = $2")
                .bind(organisation.as_str().to_owned())
                .bind(login.to_lowercase())
                .fetch_optional(self.on())
                .await
                .map_err(wrong("users"))?;
        row.as_ref().map(read_user).transpose()
    }

    async fn names(
        &mut self,
        organisation: &OrganisationId,
        ids: &[UserId],
    ) -> Kept<Vec<(UserId, String)>> {
        let mut found = Vec::with_capacity(ids.len());
        for some in ids.chunks(ROWS_AT_ONCE) {
            let places = (0..some.len()).map(|at| format!("${}", at + 2));
            let text = format!(
                "SELECT id, name FROM users WHERE organisation_id = $1 AND id IN ({}) ORDER BY id",
                places.collect::<Vec<_>>().join(", ")
            );
            let mut asked = sqlx::query(AssertSqlSafe(text)).bind(organisation.as_str().to_owned());
            for id in some {
                asked = asked.bind(id.as_str().to_owned());
            }
            let rows = asked.fetch_all(self.on()).await.map_err(wrong("users"))?;
            for row in &rows {
                found.push((row.parsed("id", UserId::parse)?, row.take("name")?));
            }
        }
        Ok(found)
    }

    async fn users(&mut self, organisation: &OrganisationId, page: &Page) -> Kept<Listed<User>> {
        let rows = sqlx::query(
            "SELECT * FROM users WHERE organisation_id = $1 AND id > $2 ORDER BY id LIMIT $3",
        )
        .bind(organisation.as_str().to_owned())
        .bind(
            page.after
                .as_ref()
                .map_or(String::new(), |after| after.0.clone()),
        )
        .bind(page.limit as i64 + 1)
        .fetch_all(self.on())
        .await
        .map_err(wrong("users"))?;
        let found = rows.iter().map(read_user).collect::<Kept<Vec<User>>>()?;
        Ok(Listed::of(found, page.limit, |user| user.id.to_string()))
    }

    async fn subordinates(
        &mut self,
        organisation: &OrganisationId,
        id: &UserId,
    ) -> Kept<Vec<String>> {
        // UNION keeps each once, so that people who report to each other in a ring end it.
        let rows = sqlx::query(
            "WITH RECURSIVE below (id) AS ( \
             SELECT id FROM users WHERE organisation_id = $1 AND reports_to = $2 \
             UNION \
             SELECT users.id FROM users JOIN below ON users.reports_to = below.id \
             WHERE users.organisation_id = $3) \
             SELECT DISTINCT users.member AS member FROM users JOIN below ON below.id = users.id \
             WHERE users.organisation_id = $4 AND users.member IS NOT NULL ORDER BY member",
        )
        .bind(organisation.as_str().to_owned())
        .bind(id.as_str().to_owned())
        .bind(organisation.as_str().to_owned())
        .bind(organisation.as_str().to_owned())
        .fetch_all(self.on())
        .await
        .map_err(wrong("users"))?;
        rows.iter().map(|row| row.take("member")).collect()
    }

    async fn has_users(&mut self) -> Kept<bool> {
        let row = sqlx::query(
            "SELECT id FROM users WHERE password_hash IS NOT NULL OR login_folded <> 'local' LIMIT 1",
        )
        .fetch_optional(self.on())
        .await
        .map_err(wrong("users"))?;
        Ok(row.is_some())
    }

    async fn add_token(&mut self, token: &Token) -> Kept<()> {
        let scopes =
            serde_json::to_string(&token.scopes).map_err(|error| unreadable("scopes", error))?;
        sqlx::query(
            "INSERT INTO tokens (organisation_id, id, user_id, name, secret_hash, scopes, expires_at, \
             used_at, revoked_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(token.organisation.as_str().to_owned())
        .bind(token.id.as_str().to_owned())
        .bind(token.user.as_str().to_owned())
        .bind(token.name.clone())
        .bind(token.secret_hash.clone())
        .bind(scopes)
        .bind(maybe_instant(token.expires_at))
        .bind(maybe_instant(token.used_at))
        .bind(maybe_instant(token.revoked_at))
        .bind(instant(token.created_at))
        .execute(self.on())
        .await
        .map_err(wrong("tokens"))?;
        Ok(())
    }

    async fn token_by_secret(&mut self, secret_hash: &str) -> Kept<Option<Token>> {
        let row = sqlx::query("SELECT * FROM tokens WHERE secret_hash = $1")
            .bind(secret_hash.to_owned())
            .fetch_optional(self.on())
            .await
            .map_err(wrong("tokens"))?;
        row.as_ref().map(read_token).transpose()
    }
}
