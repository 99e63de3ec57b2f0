//! Names beside the identifiers of people: one look-up for an answer or a page of them. Must not know
//! areas.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use fenjie_app::people::names::names;
use fenjie_app::{Actor, App, AppError, Unit};
use fenjie_store::UserId;

/// What the people of an answer are called, by identifier.
pub(crate) type Called = BTreeMap<String, String>;

/// An answer that names people by identifier.
pub(crate) trait Peopled {
    /// Everybody in it.
    fn people(&self) -> Vec<&UserId>;
    /// Puts the names of those who are known beside them.
    fn name(&mut self, known: &Known);
}

/// Names by identifier.
pub(crate) type Known = BTreeMap<UserId, String>;

/// The names of some people.
pub(crate) fn among(known: &Known, people: &[&UserId]) -> Called {
    let people = people.iter();
    let named = people.filter_map(|id| Some((id.to_string(), known.get(*id)?.clone())));
    named.collect()
}

/// An answer with names.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn called<T: Peopled>(unit: &mut Unit, one: T) -> Result<T, AppError> {
    let mut named = all_called(unit, vec![one]).await?;
    Ok(named.remove(0))
}

/// Answers with names, outside a transaction of their own.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn page_called<T: Peopled>(
    app: &App,
    actor: &Arc<Actor>,
    items: Vec<T>,
) -> Result<Vec<T>, AppError> {
    if items.is_empty() {
        return Ok(items);
    }
    let mut unit = app.reading(actor).await?;
    all_called(&mut unit, items).await
}

/// Answers with names.
///
/// # Errors
/// What the store refuses.
pub(crate) async fn all_called<T: Peopled>(
    unit: &mut Unit,
    mut items: Vec<T>,
) -> Result<Vec<T>, AppError> {
    let ids: BTreeSet<UserId> = items.iter().flat_map(Peopled::people).cloned().collect();
    let known = names(unit, ids).await?;
    for item in &mut items {
        item.name(&known);
    }
    Ok(items)
}
