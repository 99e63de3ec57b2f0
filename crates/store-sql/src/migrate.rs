//! Brings a database to the schema of this release. A released migration is never edited; a new one
//! is added to the list.

use std::borrow::Cow;

use fenjie_store::{Kept, StoreError};
use sqlx::AnyPool;
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, SqlSafeStr};

use crate::dialect::Dialect;
use crate::wrong;

/// The migrations, in order: number, name, text. `{bytes}` stands for the dialect's type of bytes.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (
        1,
        "organisations",
        include_str!("../migrations/0001_organisations.sql"),
    ),
    (2, "people", include_str!("../migrations/0002_people.sql")),
    (3, "plans", include_str!("../migrations/0003_plans.sql")),
    (4, "views", include_str!("../migrations/0004_views.sql")),
    (5, "audit", include_str!("../migrations/0005_audit.sql")),
    (
        6,
        "kept answers",
        include_str!("../migrations/0006_kept_answers.sql"),
    ),
    (
        20,
        "reports to",
        include_str!("../migrations/0020_reports_to.sql"),
    ),
    (
        30,
        "audit guard",
        include_str!("../migrations/0030_audit_guard.sql"),
    ),
    (31, "probes", include_str!("../migrations/0031_probes.sql")),
    (32, "merges", include_str!("../migrations/0032_merges.sql")),
    (
        40,
        "sign-in",
        include_str!("../migrations/0040_sign_in.sql"),
    ),
    (
        50,
        "releases",
        include_str!("../migrations/0050_releases.sql"),
    ),
    (
        51,
        "approvals",
        include_str!("../migrations/0051_approvals.sql"),
    ),
    (
        52,
        "versions",
        include_str!("../migrations/0052_versions.sql"),
    ),
    (
        53,
        "comments",
        include_str!("../migrations/0053_comments.sql"),
    ),
    (
        60,
        "imports",
        include_str!("../migrations/0060_imports.sql"),
    ),
    (
        61,
        "dimensions",
        include_str!("../migrations/0061_dimensions.sql"),
    ),
    (
        70,
        "notifications",
        include_str!("../migrations/0070_notifications.sql"),
    ),
    (71, "jobs", include_str!("../migrations/0071_jobs.sql")),
];

/// Runs what has not run yet; `only` for a schema of an earlier release.
pub(crate) async fn migrate(pool: &AnyPool, dialect: Dialect, only: Option<&[i64]>) -> Kept<()> {
    let wanted = |number: &i64| only.is_none_or(|only| only.contains(number));
    let migrations = MIGRATIONS.iter().filter(|(number, ..)| wanted(number));
    let migrations = migrations.map(|(number, name, text)| {
        let sql = AssertSqlSafe(dialect.text(text)).into_sql_str();
        Migration::new(
            *number,
            Cow::Borrowed(*name),
            MigrationType::Simple,
            sql,
            false,
        )
    });
    let migrator = Migrator {
        migrations: migrations.collect(),
        ..Migrator::DEFAULT
    };
    migrator.run(pool).await.map_err(|error| match error {
        MigrateError::VersionMissing(found) => StoreError::TooNew {
            found,
            known: known(),
        },
        MigrateError::Execute(error) => wrong::of("schema", &error),
        other => StoreError::Damaged {
            reason: other.to_string(),
        },
    })
}

/// The highest number that this program knows.
pub(crate) fn known() -> i64 {
    numbers().max().unwrap_or(0)
}

/// The numbers of the migrations, in order.
pub(crate) fn numbers() -> impl Iterator<Item = i64> {
    MIGRATIONS.iter().map(|(number, ..)| *number)
}
