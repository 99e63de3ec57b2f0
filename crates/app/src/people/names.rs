//! What people are called, for those who read their identifiers beside what they did. Must not know
//! what it was.

use std::collections::{BTreeMap, BTreeSet};

use fenjie_store::UserId;

use crate::{AppError, Unit};

/// What people of the asker's organisation are called: one look-up for all of them.
///
/// # Errors
/// What the store refuses.
pub async fn names(
    unit: &mut Unit,
    ids: BTreeSet<UserId>,
) -> Result<BTreeMap<UserId, String>, AppError> {
    if ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let organisation = unit.organisation();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let found = unit.tx.names(&organisation, &ids).await?;
    Ok(found.into_iter().collect())
}
