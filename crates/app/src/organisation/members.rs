//! Members of a dimension: added, moved, ended, looked up on a day, written as a members file.

use std::collections::BTreeMap;

use fenjie_store::dimension::{MemberRecord, MemberSpan};
use fenjie_store::{Cursor, DimensionId, Listed, MemberId, Page};
use serde_json::{Value as Json, json};

use super::spans::{changed, check, day, ended, on};
use super::{check_code, check_name, dimension, stale, taken};
use crate::{AppError, Unit, Verb};

/// The most members of a dimension.
pub const MOST_MEMBERS: usize = 50_000;
/// The most attributes of a member.
const MOST_ATTRIBUTES: usize = 30;
/// The longest history of a member.
pub(super) const MOST_SPANS: usize = 500;

/// A member to be added.
#[derive(Clone, Debug, Default)]
pub struct NewMember {
    /// Its code; does not change.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// The code of the member above; none at the top.
    pub parent: Option<String>,
    /// The first day.
    pub valid_from: String,
    /// The last day; none for as far as anybody knows.
    pub valid_to: Option<String>,
    /// Numbers by name, decimal.
    pub attributes: BTreeMap<String, String>,
}

/// What changes of a member from a day on; what is not named stays.
#[derive(Clone, Debug, Default)]
pub struct MemberChange {
    /// From which day on.
    pub from: String,
    /// What people call it.
    pub name: Option<String>,
    /// The member above; `Some(None)` for the top.
    pub parent: Option<Option<String>>,
    /// Numbers by name, all of them.
    pub attributes: Option<BTreeMap<String, String>>,
    /// Whether the day before `from` is its last.
    pub ends: bool,
}

/// Which members somebody wants to see.
#[derive(Clone, Debug, Default)]
pub struct MembersAsked {
    /// As of which day.
    pub on: String,
    /// Directly below which member; an empty text for the top.
    pub parent: Option<String>,
    /// Whose code or name holds this text.
    pub search: Option<String>,
}

/// A member on a day.
#[derive(Clone, Debug)]
pub struct SeenMember {
    /// Its record, with its whole history.
    pub record: MemberRecord,
    /// What it is on that day.
    pub span: MemberSpan,
}

fn audited(member: &MemberRecord) -> Json {
    json!({ "dimension": member.dimension, "code": member.code, "spans": member.spans })
}

pub(super) fn check_attributes(attributes: &BTreeMap<String, String>) -> Result<(), AppError> {
    if attributes.len() > MOST_ATTRIBUTES {
        return Err(AppError::TooLarge {
            what: "attributes",
            most: MOST_ATTRIBUTES as u64,
        });
    }
    for (name, value) in attributes {
        check_name("attributes", name)?;
        if fenjie_plan::Decimal::parse(value).is_err() {
            let shown: String = value.chars().take(40).collect();
            return Err(AppError::invalid(
                format!("attributes.{name}"),
                "number_invalid",
                format!("`{shown}` 不是数"),
                format!("`{shown}` is no number"),
            ));
        }
    }
    Ok(())
}

/// Adds a member.
///
/// # Errors
/// `forbidden`, `not_found`, `code_invalid`, `code_taken`, `date_invalid`, `parent_missing`,
/// `days_overlap`, `too_large`.
pub async fn add_member(
    unit: &mut Unit,
    of: &DimensionId,
    new: NewMember,
) -> Result<MemberRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let dimension = dimension(unit, of).await?;
    check_code("code", &new.code)?;
    check_name("name", &new.name)?;
    check_attributes(&new.attributes)?;
    day("valid_from", &new.valid_from)?;
    if let Some(last) = &new.valid_to {
        day("valid_to", last)?;
    }
    let organisation = unit.organisation();
    let mut all = unit.tx.members(&organisation, of).await?;
    if all.len() >= MOST_MEMBERS {
        return Err(AppError::TooLarge {
            what: "members",
            most: MOST_MEMBERS as u64,
        });
    }
    let member = MemberRecord {
        id: MemberId::of(unit.app.bits()),
        organisation,
        dimension: dimension.id,
        code: new.code,
        spans: vec![MemberSpan {
            valid_from: new.valid_from,
            valid_to: new.valid_to,
            name: new.name.trim().to_owned(),
            parent: new.parent,
            attributes: new.attributes,
        }],
        revision: 1,
        updated_at: unit.now,
    };
    let added = unit.tx.add_member(&member).await;
    added.map_err(|error| taken(error, &member.code))?;
    all.push(member.clone());
    check(&all, &member.code)?;
    unit.record("member.create", &member.id, Json::Null, audited(&member));
    Ok(member)
}

/// A member with its history.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn member(unit: &mut Unit, id: &MemberId) -> Result<MemberRecord, AppError> {
    unit.actor.may(Verb::ReadOrganisation)?;
    let organisation = unit.organisation();
    let found = unit.tx.member(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Moves, names, weighs or ends a member from a day on, where it is still revision `seen`.
///
/// # Errors
/// `forbidden`, `not_found`, `version_stale`, `date_invalid`, `parent_missing`, `parent_circle`.
pub async fn change_member(
    unit: &mut Unit,
    id: &MemberId,
    seen: i64,
    change: MemberChange,
) -> Result<MemberRecord, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let before = member(unit, id).await?;
    let from = day("from", &change.from)?;
    let yesterday = from.yesterday().map_err(AppError::internal)?.to_string();
    let spans = match change.ends {
        true => ended(&before.spans, &yesterday),
        false => {
            let kept = on(&before, &change.from)
                .or_else(|| {
                    before
                        .spans
                        .iter()
                        .rev()
                        .find(|s| s.valid_from <= change.from)
                })
                .or(before.spans.first());
            let kept = kept.ok_or_else(|| AppError::internal("a member without days"))?;
            let wanted = MemberSpan {
                valid_from: change.from.clone(),
                valid_to: None,
                name: change.name.unwrap_or_else(|| kept.name.clone()),
                parent: change.parent.unwrap_or_else(|| kept.parent.clone()),
                attributes: change.attributes.unwrap_or_else(|| kept.attributes.clone()),
            };
            check_name("name", &wanted.name)?;
            check_attributes(&wanted.attributes)?;
            changed(&before.spans, wanted)
        }
    };
    if spans.is_empty() || spans.len() > MOST_SPANS {
        return Err(AppError::invalid(
            "from",
            "no_days_left",
            "这样成员就一天都不在了，或变动太多",
            "the member would not be there on any day, or has changed too often",
        ));
    }
    let after = MemberRecord {
        spans,
        revision: before.revision + 1,
        updated_at: unit.now,
        ..before.clone()
    };
    let organisation = unit.organisation();
    let mut all = unit.tx.members(&organisation, &before.dimension).await?;
    if let Some(own) = all.iter_mut().find(|own| own.id == *id) {
        *own = after.clone();
    }
    check(&all, &after.code)?;
    if !unit.tx.update_member(&after, seen).await? {
        return Err(stale(seen, before.revision, audited(&before)));
    }
    unit.record("member.update", id, audited(&before), audited(&after));
    Ok(after)
}

/// The members of a dimension on a day, by code.
///
/// # Errors
/// `forbidden`, `not_found`, `date_invalid`.
pub async fn members(
    unit: &mut Unit,
    of: &DimensionId,
    asked: &MembersAsked,
    page: &Page,
) -> Result<Listed<SeenMember>, AppError> {
    let dimension = dimension(unit, of).await?;
    day("on", &asked.on)?;
    let organisation = unit.organisation();
    let all = unit.tx.members(&organisation, &dimension.id).await?;
    let search = asked.search.as_ref().map(|text| text.to_lowercase());
    let after = page.after.as_ref().map(|after| after.0.as_str());
    let mut found: Vec<SeenMember> = all
        .into_iter()
        .filter(|member| after.is_none_or(|after| member.code.as_str() > after))
        .filter_map(|record| {
            let span = on(&record, &asked.on)?.clone();
            let parent = span.parent.as_deref().unwrap_or_default();
            let below = asked.parent.as_ref().is_none_or(|wanted| wanted == parent);
            let named = search.as_ref().is_none_or(|text| {
                record.code.to_lowercase().contains(text) || span.name.to_lowercase().contains(text)
            });
            (below && named).then_some(SeenMember { record, span })
        })
        .collect();
    found.sort_by(|one, other| one.record.code.cmp(&other.record.code));
    let more = found.len() > page.limit;
    found.truncate(page.limit);
    let next = found.last().filter(|_| more);
    let next = next.map(|last| Cursor(last.record.code.clone()));
    Ok(Listed { items: found, next })
}

/// Refuses a member of an account that is not in the organisation's dimension, where there is one with
/// members.
///
/// # Errors
/// `member_unknown`; what the store refuses.
pub async fn check_account_member(unit: &mut Unit, code: &str) -> Result<(), AppError> {
    let organisation = unit.organisation();
    let known = unit.tx.dimensions(&organisation).await?;
    let Some(own) = known.into_iter().find(|one| one.is_organisation) else {
        return Ok(());
    };
    let all = unit.tx.members(&organisation, &own.id).await?;
    match all.is_empty() || all.iter().any(|member| member.code == code) {
        true => Ok(()),
        false => {
            let shown: String = code.chars().take(60).collect();
            Err(AppError::invalid(
                "member",
                "member_unknown",
                format!("组织维度 `{}` 里没有 `{shown}`", own.code),
                format!(
                    "the organisation's dimension `{}` has no `{shown}`",
                    own.code
                ),
            ))
        }
    }
}
