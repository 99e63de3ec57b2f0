//! What an organisation knows of itself: dimensions whose members come, move and leave, measures,
//! calendars. Plans are made from it. Must not know HTTP.

mod entries;
mod member_export;
mod member_import;
mod members;
mod spans;

use fenjie_store::dimension::DimensionRecord;
use fenjie_store::{DimensionId, StoreError};
use serde_json::{Value as Json, json};

pub use entries::{EntryWanted, add_entry, entries, entry, remove_entry, update_entry};
pub use member_export::{MembersOf, members_file};
pub use member_import::{
    MemberFile, MemberReading, MemberTaken, MembersTaken, MembersWish, import_members,
    read_member_file,
};
pub use members::{
    MOST_MEMBERS, MemberChange, MembersAsked, NewMember, SeenMember, add_member, change_member,
    check_account_member, member, members,
};

use crate::{AppError, Unit, Verb};

/// The most dimensions of an organisation.
pub const MOST_DIMENSIONS: usize = 50;
/// The longest code and name, in characters.
pub const LONGEST: usize = 100;

/// What a dimension is to be.
#[derive(Clone, Debug)]
pub struct DimensionWanted {
    /// Its code, as plans name it; does not change.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Whether its members are the organisation tree.
    pub is_organisation: bool,
}

/// Refuses codes that plans cannot name.
pub(crate) fn check_code(field: &str, code: &str) -> Result<(), AppError> {
    let fits = !code.is_empty()
        && code.chars().count() <= LONGEST
        && code.trim() == code
        && !code
            .chars()
            .any(|c| c.is_control() || ",，;=\"".contains(c));
    match fits {
        true => Ok(()),
        false => Err(AppError::invalid(
            field,
            "code_invalid",
            format!("代码须为 1 至 {LONGEST} 个字，不含逗号、分号、等号、引号"),
            format!(
                "a code has 1 to {LONGEST} characters, no comma, semicolon, equals sign, quote"
            ),
        )),
    }
}

/// Refuses names that are none.
pub(crate) fn check_name(field: &str, name: &str) -> Result<(), AppError> {
    let letters = name.trim().chars().count();
    match (1..=LONGEST).contains(&letters) && !name.chars().any(char::is_control) {
        true => Ok(()),
        false => Err(AppError::invalid(
            field,
            "name_length",
            format!("名称须为 1 至 {LONGEST} 个字，不含控制字符"),
            format!("a name has 1 to {LONGEST} characters, none of them control characters"),
        )),
    }
}

fn audited(dimension: &DimensionRecord) -> Json {
    json!({ "code": dimension.code, "name": dimension.name,
        "is_organisation": dimension.is_organisation })
}

/// A code that is there already.
pub(crate) fn taken(error: StoreError, code: &str) -> AppError {
    match error {
        StoreError::Conflict { .. } => AppError::conflict(
            "code_taken",
            format!("`{code}` 已经有了"),
            format!("`{code}` is there already"),
        ),
        other => other.into(),
    }
}

/// The dimensions of the organisation, by code.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn dimensions(unit: &mut Unit) -> Result<Vec<DimensionRecord>, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let organisation = unit.organisation();
    Ok(unit.tx.dimensions(&organisation).await?)
}

/// A dimension.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn dimension(unit: &mut Unit, id: &DimensionId) -> Result<DimensionRecord, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let organisation = unit.organisation();
    let found = unit.tx.dimension(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Adds a dimension.
///
/// # Errors
/// `forbidden`, `code_invalid`, `name_length`, `code_taken`, `organisation_dimension_there`.
pub async fn add_dimension(
    unit: &mut Unit,
    wanted: DimensionWanted,
) -> Result<DimensionRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    check_code("code", &wanted.code)?;
    check_name("name", &wanted.name)?;
    let organisation = unit.organisation();
    let known = unit.tx.dimensions(&organisation).await?;
    if known.len() >= MOST_DIMENSIONS {
        return Err(AppError::TooLarge {
            what: "dimensions",
            most: MOST_DIMENSIONS as u64,
        });
    }
    one_organisation(&known, None, wanted.is_organisation)?;
    let dimension = DimensionRecord {
        id: DimensionId::of(unit.app.bits()),
        organisation,
        code: wanted.code,
        name: wanted.name.trim().to_owned(),
        is_organisation: wanted.is_organisation,
        revision: 1,
        updated_at: unit.now,
    };
    let added = unit.tx.add_dimension(&dimension).await;
    added.map_err(|error| taken(error, &dimension.code))?;
    unit.record(
        "dimension.create",
        &dimension.id,
        Json::Null,
        audited(&dimension),
    );
    Ok(dimension)
}

fn one_organisation(
    known: &[DimensionRecord],
    own: Option<&DimensionId>,
    wanted: bool,
) -> Result<(), AppError> {
    let other = known
        .iter()
        .find(|other| other.is_organisation && Some(&other.id) != own);
    match other.filter(|_| wanted) {
        None => Ok(()),
        Some(other) => Err(AppError::conflict(
            "organisation_dimension_there",
            format!("组织维度已经是 `{}`", other.code),
            format!("the organisation's dimension is `{}` already", other.code),
        )),
    }
}

/// Names a dimension anew, where it is still revision `seen`. Its code stays.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `code_fixed`, those of [`add_dimension`].
pub async fn update_dimension(
    unit: &mut Unit,
    id: &DimensionId,
    seen: i64,
    wanted: DimensionWanted,
) -> Result<DimensionRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = dimension(unit, id).await?;
    if wanted.code != before.code {
        return Err(fixed());
    }
    check_name("name", &wanted.name)?;
    let organisation = unit.organisation();
    let known = unit.tx.dimensions(&organisation).await?;
    one_organisation(&known, Some(id), wanted.is_organisation)?;
    let after = DimensionRecord {
        name: wanted.name.trim().to_owned(),
        is_organisation: wanted.is_organisation,
        revision: before.revision + 1,
        updated_at: unit.now,
        ..before.clone()
    };
    if !unit.tx.update_dimension(&after, seen).await? {
        return Err(stale(seen, before.revision, audited(&before)));
    }
    unit.record("dimension.update", id, audited(&before), audited(&after));
    Ok(after)
}

/// Codes are what plans, sales and accounts refer to.
pub(crate) fn fixed() -> AppError {
    AppError::invalid(
        "code",
        "code_fixed",
        "代码不能改，方案和销售数据都按它引用",
        "a code does not change: plans and sales refer to it",
    )
}

pub(crate) fn stale(seen: i64, found: i64, changed: Json) -> AppError {
    AppError::Stale {
        seen: seen.unsigned_abs(),
        found: found.unsigned_abs(),
        changed,
    }
}

/// Takes a dimension away that has no members.
///
/// # Errors
/// `forbidden`, `not_found`, `dimension_in_use`.
pub async fn remove_dimension(unit: &mut Unit, id: &DimensionId) -> Result<(), AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = dimension(unit, id).await?;
    let organisation = unit.organisation();
    let count = unit.tx.members(&organisation, id).await?.len();
    if count > 0 {
        return Err(AppError::conflict(
            "dimension_in_use",
            format!("这个维度有 {count} 个成员，不能删除"),
            format!("the dimension has {count} members"),
        ));
    }
    unit.tx.remove_dimension(&organisation, id).await?;
    unit.record("dimension.remove", id, audited(&before), Json::Null);
    Ok(())
}
