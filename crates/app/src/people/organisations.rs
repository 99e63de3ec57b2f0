//! Organisations, as the operator of a server sees them. Must not know routes: no route makes one.

use fenjie_store::OrganisationId;
use fenjie_store::audit::AuditEntry;
use fenjie_store::organisation::Organisation;
use serde_json::{Value as Json, json};

use super::checks;
use crate::{App, AppError};

/// The longest code, in characters.
const LONGEST_CODE: usize = 40;

/// An organisation to be made.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What people sign in with: lower-case letters, digits, `-`.
    pub code: String,
    /// What it calls itself.
    pub name: String,
    /// Its language, `zh` or `en`.
    pub language: String,
    /// Its time zone, such as `Asia/Shanghai`.
    pub zone: String,
}

/// Makes an organisation.
///
/// # Errors
/// `code_invalid`, `code_taken`, `zone_unknown`, `name_length`, `language_invalid`.
pub async fn add(app: &App, wanted: Wanted) -> Result<Organisation, AppError> {
    check(&wanted)?;
    let organisation = Organisation {
        id: OrganisationId::of(app.bits()),
        name: checks::name(&wanted.name)?,
        language: checks::language(&wanted.language)?,
        zone: wanted.zone,
        code: wanted.code,
        created_at: app.now(),
    };
    let mut tx = app.store().write().await?;
    if tx
        .organisations()
        .await?
        .iter()
        .any(|one| one.code == organisation.code)
    {
        let code = &organisation.code;
        return Err(AppError::conflict(
            "code_taken",
            format!("已有组织 `{code}`"),
            format!("there is an organisation `{code}` already"),
        ));
    }
    tx.add_organisation(&organisation).await?;
    let entry = AuditEntry {
        at: organisation.created_at,
        who: super::operator::WHO.into(),
        origin: super::operator::WHO.into(),
        action: "organisation.create".into(),
        target: organisation.id.to_string(),
        before: Json::Null,
        after: json!({ "code": organisation.code, "name": organisation.name }),
        result: "done".into(),
    };
    tx.append_audit(&organisation.id, &[entry]).await?;
    tx.commit().await?;
    Ok(organisation)
}

fn check(wanted: &Wanted) -> Result<(), AppError> {
    let code = &wanted.code;
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if code.is_empty() || code.len() > LONGEST_CODE || !code.bytes().all(letter) {
        return Err(AppError::invalid(
            "code",
            "code_invalid",
            format!("组织代码须为 1 至 {LONGEST_CODE} 个小写字母、数字或 `-`"),
            format!("a code has 1 to {LONGEST_CODE} lower-case letters, digits or `-`"),
        ));
    }
    if jiff::tz::TimeZone::get(&wanted.zone).is_err() {
        let zone: String = wanted.zone.chars().take(40).collect();
        return Err(AppError::invalid(
            "zone",
            "zone_unknown",
            format!("没有时区 `{zone}`"),
            format!("there is no time zone `{zone}`"),
        ));
    }
    Ok(())
}
