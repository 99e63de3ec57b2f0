//! Saved views: everybody keeps their own, and may share them.

use fenjie_store::view::View;
use fenjie_store::{Listed, Page, PlanId, ViewId};
use serde_json::{Value as Json, json};

use crate::{AppError, Unit, Verb};

/// The longest name, in characters.
pub const LONGEST_NAME: usize = 100;
/// The largest content, in bytes of JSON.
pub const LARGEST_CONTENT: usize = 32 * 1024;

/// What a view is to be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// Of which plan.
    pub plan: Option<PlanId>,
    /// What it shows.
    pub content: Json,
    /// Whether others see it too.
    pub shared: bool,
}

fn check(wanted: &Wanted) -> Result<(), AppError> {
    let letters = wanted.name.trim().chars().count();
    if letters == 0 || letters > LONGEST_NAME {
        return Err(AppError::invalid(
            "name",
            "name_length",
            format!("名称须为 1 至 {LONGEST_NAME} 个字"),
            format!("a name has 1 to {LONGEST_NAME} characters"),
        ));
    }
    if wanted.content.to_string().len() > LARGEST_CONTENT {
        return Err(AppError::TooLarge {
            what: "content",
            most: LARGEST_CONTENT as u64,
        });
    }
    Ok(())
}

fn audited(view: &View) -> Json {
    json!({ "name": view.name, "plan": view.plan, "content": view.content, "shared": view.shared })
}

/// Saves a view.
///
/// # Errors
/// `name_length`, `too_large`.
pub async fn create(unit: &mut Unit, wanted: Wanted) -> Result<View, AppError> {
    unit.actor.may(Verb::Own)?;
    check(&wanted)?;
    let view = View {
        id: ViewId::of(unit.app.bits()),
        organisation: unit.organisation(),
        owner: unit.actor.user.clone(),
        plan: wanted.plan,
        name: wanted.name.trim().to_owned(),
        content: wanted.content,
        shared: wanted.shared,
        revision: 1,
        updated_at: unit.now,
    };
    unit.tx.add_view(&view).await?;
    unit.record("view.create", &view.id, Json::Null, audited(&view));
    Ok(view)
}

/// The views that the asker sees: their own and the shared ones.
///
/// # Errors
/// What the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<View>, AppError> {
    unit.actor.may(Verb::Own)?;
    let (organisation, user) = (unit.organisation(), unit.actor.user.clone());
    Ok(unit.tx.views(&organisation, &user, page).await?)
}

/// A view that the asker sees.
///
/// # Errors
/// `not_found`.
pub async fn get(unit: &mut Unit, id: &ViewId) -> Result<View, AppError> {
    unit.actor.may(Verb::Own)?;
    let organisation = unit.organisation();
    let found = unit.tx.view(&organisation, id).await?;
    let seen = found.filter(|view| view.shared || view.owner == unit.actor.user);
    seen.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// A view that is the asker's own.
async fn own(unit: &mut Unit, id: &ViewId) -> Result<View, AppError> {
    let view = get(unit, id).await?;
    if view.owner != unit.actor.user {
        return Err(AppError::Forbidden { verb: Verb::Own });
    }
    Ok(view)
}

/// Writes one's own view anew, where it is still revision `seen`.
///
/// # Errors
/// `not_found`, `forbidden`, `version_stale`, those of [`create`].
pub async fn update(
    unit: &mut Unit,
    id: &ViewId,
    seen: i64,
    wanted: Wanted,
) -> Result<View, AppError> {
    let before = own(unit, id).await?;
    check(&wanted)?;
    let after = View {
        name: wanted.name.trim().to_owned(),
        content: wanted.content,
        shared: wanted.shared,
        updated_at: unit.now,
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_view(&after, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(&before),
        });
    }
    unit.record("view.update", id, audited(&before), audited(&after));
    Ok(after)
}

/// Takes one's own view away.
///
/// # Errors
/// `not_found`, `forbidden`.
pub async fn remove(unit: &mut Unit, id: &ViewId) -> Result<(), AppError> {
    let before = own(unit, id).await?;
    let organisation = unit.organisation();
    unit.tx.remove_view(&organisation, id).await?;
    unit.record("view.remove", id, audited(&before), Json::Null);
    Ok(())
}
