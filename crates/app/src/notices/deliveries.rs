//! What became of messages: listed, looked at, tried anew by whoever operates the server.

use fenjie_store::delivery::{Delivery, DeliveryState};
use fenjie_store::{DeliveryId, Listed, Page};
use serde_json::json;

use crate::{AppError, Unit, Verb};

/// The messages of the organisation, newest first.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(
    unit: &mut Unit,
    state: Option<DeliveryState>,
    page: &Page,
) -> Result<Listed<Delivery>, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    Ok(unit.tx.deliveries(&organisation, state, page).await?)
}

/// A message of the organisation.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &DeliveryId) -> Result<Delivery, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    let found = unit.tx.delivery(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Lets a message that was given up be tried anew.
///
/// # Errors
/// `forbidden`, `not_found`, `delivery_not_failed`.
pub async fn retry(unit: &mut Unit, id: &DeliveryId) -> Result<Delivery, AppError> {
    let before = get(unit, id).await?;
    let organisation = unit.organisation();
    if !unit.tx.retry_delivery(&organisation, id, unit.now).await? {
        return Err(AppError::conflict(
            "delivery_not_failed",
            "只有已放弃的消息可以重发",
            "only a message that was given up is tried anew",
        ));
    }
    let state = |state: DeliveryState| json!({ "state": state.code() });
    unit.record(
        "delivery.retry",
        id,
        state(before.state),
        state(DeliveryState::Waiting),
    );
    unit.app.wake();
    get(unit, id).await
}
