//! When jobs are asked for: each organisation has a schedule of every kind, changes it, and what was
//! missed while nobody was there is made up for. Must not know HTTP or SQL.

use fenjie_store::jobs::Schedule;
use fenjie_store::organisation::Organisation;
use fenjie_store::{Listed, Page, ScheduleId, Timestamp};
use jiff::tz::TimeZone;
use serde_json::{Value as Json, json};

use super::{Kind, Rule, Wanted, made};
use crate::{App, AppError, Unit, Verb};

/// The most missed moments that are made up for one by one.
const MOST_MISSED: usize = 31;

/// What a schedule is to be.
#[derive(Clone, Debug)]
pub struct Change {
    /// When: five fields as in a crontab.
    pub rule: String,
    /// Whether every missed moment is made up for.
    pub each: bool,
    /// Whether it is in force.
    pub active: bool,
}

/// The usual schedule of a kind: its rule, whether each missed moment counts, whether it is in force.
/// Closing changes plans, so somebody has to want it.
fn usual(kind: Kind) -> (&'static str, bool, bool) {
    match kind {
        Kind::ClosePeriods => ("30 1 * * *", true, false),
        Kind::Alerts => ("30 8 * * *", false, true),
        Kind::Deadlines => ("0 8 * * *", false, true),
        Kind::Compact => ("0 4 * * 0", false, true),
        Kind::Backup => ("30 2 * * *", false, true),
        Kind::CleanUp => ("15 * * * *", false, true),
    }
}

/// The zone of an organisation; UTC where it names none that is known.
pub fn zone(organisation: &Organisation) -> TimeZone {
    TimeZone::get(&organisation.zone).unwrap_or(TimeZone::UTC)
}

fn audited(schedule: &Schedule) -> Json {
    json!({ "rule": schedule.rule, "each": schedule.each, "active": schedule.active })
}

/// Gives every organisation the schedules that it has not got yet. Whatever concerns the server as a
/// whole (backups) is the first organisation's.
pub(super) async fn provide(app: &App) -> Result<(), AppError> {
    let known = app.store().read().await?.organisations().await?;
    let first = known
        .iter()
        .min_by_key(|one| one.created_at)
        .map(|one| one.id.clone());
    for organisation in &known {
        let page = Page {
            limit: 100,
            ..Page::default()
        };
        let mut tx = app.store().read().await?;
        let have = tx.schedules(&organisation.id, &page).await?.items;
        drop(tx);
        let now = app.now();
        for kind in Kind::ALL {
            let is_known = have.iter().any(|schedule| schedule.kind == kind.code());
            let is_the_servers = kind == Kind::Backup && first.as_ref() != Some(&organisation.id);
            if is_known || is_the_servers {
                continue;
            }
            let (text, each, active) = usual(kind);
            let next = Rule::parse(text)
                .ok()
                .and_then(|rule| rule.next(now, &zone(organisation)));
            let Some(next_at) = next else { continue };
            let mut tx = app.store().write().await?;
            tx.add_schedule(&Schedule {
                id: ScheduleId::of(app.bits()),
                organisation: organisation.id.clone(),
                kind: kind.code().to_owned(),
                rule: text.to_owned(),
                each,
                active,
                parameters: json!({}),
                next_at,
                revision: 1,
                updated_at: now,
            })
            .await?;
            tx.commit().await?;
        }
    }
    Ok(())
}

/// Asks for the jobs whose moment has come. Two processes that do so at once ask for each job once.
pub(super) async fn ask_due(app: &App) -> Result<usize, AppError> {
    let now = app.now();
    let mut tx = app.store().read().await?;
    let due = tx.schedules_due(now).await?;
    let mut organisations = Vec::new();
    if !due.is_empty() {
        organisations = tx.organisations().await?;
    }
    drop(tx);
    let mut asked = 0;
    for schedule in due {
        let own = organisations
            .iter()
            .find(|one| one.id == schedule.organisation);
        let (Some(organisation), Some(kind)) = (own, Kind::parse(&schedule.kind)) else {
            continue;
        };
        let Ok(rule) = Rule::parse(&schedule.rule) else {
            continue;
        };
        let zone = zone(organisation);
        let Some(next_at) = rule.next(now, &zone) else {
            continue;
        };
        let mut tx = app.store().write().await?;
        if !tx.move_schedule(&schedule, next_at).await? {
            continue;
        }
        for slot in missed(&schedule, &rule, &zone, now) {
            let wanted = Wanted {
                kind,
                plan: None,
                slot,
                run_key: format!("{}:{slot}", schedule.id),
                parameters: schedule.parameters.clone(),
            };
            let job = made(app, &schedule.organisation, now, wanted);
            asked += usize::from(tx.add_job(&job).await?);
        }
        tx.commit().await?;
    }
    Ok(asked)
}

/// The moments that a job is done for: the last of them, or each where the schedule says so.
fn missed(schedule: &Schedule, rule: &Rule, zone: &TimeZone, now: Timestamp) -> Vec<Timestamp> {
    let last = rule
        .last(now, zone)
        .filter(|last| *last >= schedule.next_at);
    let last = last.unwrap_or(schedule.next_at);
    if !schedule.each {
        return vec![last];
    }
    let mut slots = vec![schedule.next_at];
    while let Some(next) = slots.last().and_then(|at| rule.next(*at, zone)) {
        if next > now {
            break;
        }
        slots.push(next);
    }
    let surplus = slots.len().saturating_sub(MOST_MISSED);
    slots.split_off(surplus)
}

/// The schedules of the organisation.
///
/// # Errors
/// `forbidden`; what the store refuses.
pub async fn list(unit: &mut Unit, page: &Page) -> Result<Listed<Schedule>, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    Ok(unit.tx.schedules(&organisation, page).await?)
}

/// A schedule of the organisation.
///
/// # Errors
/// `forbidden`, `not_found`.
pub async fn get(unit: &mut Unit, id: &ScheduleId) -> Result<Schedule, AppError> {
    unit.actor.may(Verb::Operate)?;
    let organisation = unit.organisation();
    let found = unit.tx.schedule(&organisation, id).await?;
    found.ok_or_else(|| AppError::not_found(id.to_string()))
}

/// Writes a schedule anew, where it is still revision `seen`.
///
/// # Errors
/// `forbidden`, `not_found`, `rule_invalid`, `version_stale`.
pub async fn update(
    unit: &mut Unit,
    id: &ScheduleId,
    seen: i64,
    change: Change,
) -> Result<Schedule, AppError> {
    let before = get(unit, id).await?;
    let own = unit.tx.organisation(&before.organisation).await?;
    let zone = own.as_ref().map_or(TimeZone::UTC, zone);
    let wrong = |text: &str| {
        AppError::invalid(
            "rule",
            "rule_invalid",
            format!("`{text}` 不是时间规则，例如 `30 8 * * 1-5`；每小时最多四次"),
            format!(
                "`{text}` is no rule of times, such as `30 8 * * 1-5`; four times an hour at most"
            ),
        )
    };
    let rule = Rule::parse(&change.rule).map_err(|no| wrong(&no.text))?;
    let next_at = rule
        .next(unit.now, &zone)
        .ok_or_else(|| wrong(&change.rule))?;
    let after = Schedule {
        rule: change
            .rule
            .split_whitespace()
            .collect::<Vec<&str>>()
            .join(" "),
        each: change.each,
        active: change.active,
        next_at,
        updated_at: unit.now,
        revision: before.revision + 1,
        ..before.clone()
    };
    if !unit.tx.update_schedule(&after, seen).await? {
        return Err(AppError::Stale {
            seen: seen.unsigned_abs(),
            found: before.revision.unsigned_abs(),
            changed: audited(&before),
        });
    }
    unit.record("schedule.update", id, audited(&before), audited(&after));
    unit.app.wake();
    Ok(after)
}
