//! The working rhythm of an organisation: targets are released level by level, committed to or
//! countered, reconciled and refit; plans are submitted, approved along a chain, published, locked,
//! recalled; people remark on cells. Must not know HTTP or SQL.

pub mod approval;
pub mod approval_state;
pub mod chain;
pub mod comment;
pub mod commitment;
pub mod deputy;
pub mod due;
pub mod eligible;
pub mod mine;
pub mod publish;
pub mod reconciliation;
pub mod refit;
pub mod release;
pub mod status;
pub mod submission;
mod telling;
pub mod version;

pub use fenjie_money::Step;
use fenjie_plan::{Address, Place, Plan};
use fenjie_store::people::User;
use fenjie_store::plans::PlanRecord;
use fenjie_store::{Notice, Page, PlanId, Timestamp};
use futures::future::BoxFuture;
use jiff::civil::Date;
use jiff::tz::TimeZone;
pub(crate) use telling::{due as tell_due, waiting_for};

use crate::working::Loaded;
use crate::{Answer, App, AppError, Asked, Unit};

/// The longest reason, note or remark, in characters.
pub const LONGEST_TEXT: usize = 2000;

/// A text of `least` to [`LONGEST_TEXT`] characters, without white space around it.
///
/// # Errors
/// `text_missing`, `text_too_long`.
pub fn checked_text(field: &str, text: &str, needed: bool) -> Result<String, AppError> {
    let text = text.trim();
    if needed && text.is_empty() {
        return Err(AppError::invalid(
            field,
            "text_missing",
            format!("须填写 {field}"),
            format!("{field} has to say something"),
        ));
    }
    if text.chars().count() > LONGEST_TEXT {
        return Err(AppError::invalid(
            field,
            "text_too_long",
            format!("{field} 至多 {LONGEST_TEXT} 个字"),
            format!("{field} has at most {LONGEST_TEXT} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// A day, such as `2026-11-30`.
///
/// # Errors
/// `day_invalid`.
pub fn day(field: &str, text: &str) -> Result<Date, AppError> {
    text.parse().map_err(|_| {
        AppError::invalid(
            field,
            "day_invalid",
            format!("`{text}` 不是日期；例如 `2026-11-30`"),
            format!("`{text}` is no day, such as `2026-11-30`"),
        )
    })
}

/// The revision that was seen is not the one that is there.
pub(crate) fn stale(seen: i64, found: i64) -> AppError {
    AppError::Stale {
        seen: seen.unsigned_abs(),
        found: found.unsigned_abs(),
        changed: serde_json::Value::Null,
    }
}

/// A flow of a plan, by code or name; the first where none is named.
///
/// # Errors
/// `measure_unknown`.
pub(crate) fn flow(plan: &Plan, named: Option<&str>) -> Result<usize, AppError> {
    let measures = &plan.model().definition().measures;
    let mut flows = measures
        .iter()
        .enumerate()
        .filter(|(_, measure)| measure.is_flow());
    let found = match named.filter(|named| !named.is_empty()) {
        None => flows.next(),
        Some(named) => flows.find(|(_, measure)| measure.code == named || measure.name == named),
    };
    found.map(|(index, _)| index).ok_or_else(|| {
        let named = named.unwrap_or_default();
        AppError::invalid(
            "measure",
            "measure_unknown",
            format!("方案没有可分解的指标 `{named}`"),
            format!("the plan has no flow `{named}`"),
        )
    })
}

/// The code of a measure.
pub(crate) fn code_of(plan: &Plan, measure: usize) -> &str {
    &plan.model().definition().measures[measure].code
}

/// The period that a text names, a node of the time axis; the whole plan where it names none.
///
/// # Errors
/// `period_invalid`; the refusal of the plan where there is no such period.
pub(crate) fn period(plan: &Plan, text: &str) -> Result<u32, AppError> {
    let address = Address::parse(text).map_err(|part| period_invalid(&part))?;
    let place = plan.model().place(&address).map_err(AppError::refused)?;
    let time = place.0.len() - 1;
    match place.0[..time].iter().all(|node| *node == 0) {
        true => Ok(place.0[time]),
        false => Err(period_invalid(text)),
    }
}

fn period_invalid(text: &str) -> AppError {
    AppError::invalid(
        "period",
        "period_invalid",
        format!("`{text}` 不是期间；例如 `quarter=2026-Q1`"),
        format!("`{text}` is no period, such as `quarter=2026-Q1`"),
    )
}

/// The place of a member of the organisation tree in a period, over everything else.
pub(crate) fn place_of(plan: &Plan, axis: usize, node: u32, period: u32) -> Place {
    let mut nodes = vec![0; plan.model().axes().len()];
    nodes[axis] = node;
    if let Some(time) = nodes.last_mut() {
        *time = period;
    }
    Place(nodes)
}

/// The dimension that is the organisation tree.
///
/// # Errors
/// `plan_without_organisation`.
pub(crate) fn organisation_axis(loaded: &Loaded, record: &PlanRecord) -> Result<usize, AppError> {
    loaded.scope_axis(record).ok_or_else(|| {
        AppError::conflict(
            "plan_without_organisation",
            "方案没有组织维度，目标无法下达到人",
            "the plan has no dimension that is the organisation tree",
        )
    })
}

/// Where the organisation is.
pub(crate) async fn zone(unit: &mut Unit) -> Result<TimeZone, AppError> {
    let organisation = unit.organisation();
    let found = unit.tx.organisation(&organisation).await?;
    let name = found.map_or_else(|| "UTC".to_owned(), |found| found.zone);
    TimeZone::get(&name).map_err(AppError::internal)
}

/// The day that it is there.
pub(crate) fn day_of(zone: &TimeZone, at: Timestamp) -> Date {
    at.to_zoned(zone.clone()).date()
}

/// The end of a day there.
pub(crate) fn end_of(zone: &TimeZone, day: Date) -> Result<Timestamp, AppError> {
    let next = day.tomorrow().map_err(AppError::internal)?;
    let begins = next.to_zoned(zone.clone()).map_err(AppError::internal)?;
    Ok(begins.timestamp())
}

/// Everybody of the organisation who may sign in.
pub(crate) async fn everybody(unit: &mut Unit) -> Result<Vec<User>, AppError> {
    let organisation = unit.organisation();
    let mut page = Page {
        after: None,
        limit: fenjie_store::page::MOST,
    };
    let mut found = Vec::new();
    loop {
        let some = unit.tx.users(&organisation, &page).await?;
        found.extend(some.items.into_iter().filter(|user| user.active));
        match some.next {
            Some(next) => page.after = Some(next),
            None => return Ok(found),
        }
    }
}

/// The record of a plan within a unit of work, which has to be where the asker saw it, and stays
/// there until the unit ends.
///
/// # Errors
/// `not_found`; `version_stale` where its log has grown since.
pub(crate) async fn same_plan(unit: &mut Unit, seen: &PlanRecord) -> Result<PlanRecord, AppError> {
    let organisation = unit.organisation();
    let found = unit.tx.plan_to_change(&organisation, &seen.id).await?;
    let found = found.ok_or_else(|| AppError::not_found(seen.id.to_string()))?;
    match found.last_sequence == seen.last_sequence {
        true => Ok(found),
        false => Err(AppError::Stale {
            seen: seen.last_sequence,
            found: found.last_sequence,
            changed: serde_json::Value::Null,
        }),
    }
}

impl App {
    /// [`App::write`], and others hear that something of a plan has changed.
    ///
    /// # Errors
    /// Those of [`App::write`].
    pub async fn write_and_tell(
        &self,
        asked: &Asked,
        plan: Option<&PlanId>,
        topic: &str,
        work: impl for<'u> Fn(&'u mut Unit) -> BoxFuture<'u, Result<Answer, AppError>> + Send + Sync,
    ) -> Result<Answer, AppError> {
        let answer = self.write(asked, work).await?;
        if !answer.replayed {
            let notice = Notice {
                organisation: asked.actor.organisation.clone(),
                plan: plan.cloned(),
                topic: topic.to_owned(),
                sequence: 0,
            };
            self.store().announce(&notice).await?;
        }
        Ok(answer)
    }
}
