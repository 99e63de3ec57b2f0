//! The audit, read by those who may. Must not know how it is kept.

use fenjie_store::audit::{AuditFilter, AuditRecord, AuditVerification};
use fenjie_store::{Listed, Page};

use crate::{AppError, Unit, Verb};

/// The records that are looked for, page by page.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(
    unit: &mut Unit,
    filter: &AuditFilter,
    page: &Page,
) -> Result<Listed<AuditRecord>, AppError> {
    unit.actor.may(Verb::ReadAudit)?;
    let organisation = unit.organisation();
    Ok(unit.tx.find_audit(&organisation, filter, page).await?)
}

/// Proves the organisation's chain from its first record to its end.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn verify(unit: &mut Unit) -> Result<AuditVerification, AppError> {
    unit.actor.may(Verb::ReadAudit)?;
    let organisation = unit.organisation();
    Ok(unit.tx.verify_audit(&organisation, &[]).await?)
}
