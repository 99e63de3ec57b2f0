//! Targets of one day by store and slot, kept beside the log so that a till need not replay the plan of
//! a hundred thousand stores. Derived: whatever does not fit the log is made anew, never believed.

mod layout;

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use fenjie_calendar::{Date, Level};
use fenjie_exchange::log::LOG_FILE;
use fenjie_plan::Plan;
use serde::{Deserialize, Serialize};

use crate::error::FactsError;
use layout::{Header, Row};

/// The folder of derived files in a plan directory.
pub const CACHE_FOLDER: &str = "cache";
const FILE: &str = "today.bin";
/// Bytes at the end of a log in which its last hash stands.
const TAIL: u64 = 80;

/// What a kept day belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayKey {
    /// Length and last hash of the log.
    pub log: String,
    /// The measure's code.
    pub measure: String,
    /// The day, as `2026-03-07`.
    pub day: String,
}

/// A slot of the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DaySlot {
    /// As people read it.
    pub label: String,
    /// From this minute on.
    pub from: u16,
    /// Before this minute.
    pub to: u16,
}

/// A store's day as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreDay {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The working target of each slot in steps; the day's alone where the plan has no slots.
    pub targets: Vec<i64>,
}

/// One day of all stores, in a file.
#[derive(Debug)]
pub struct DayTargets {
    file: File,
    header: Header,
}

impl DayKey {
    /// The key of a plan directory's log as it stands; reads its last bytes.
    ///
    /// # Errors
    /// `facts_io` where there is no log.
    pub fn of(directory: &Path, measure: &str, day: Date) -> Result<DayKey, FactsError> {
        let path = directory.join(LOG_FILE);
        let read = || -> std::io::Result<String> {
            let mut file = File::open(&path)?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
            let mut tail = Vec::new();
            file.read_to_end(&mut tail)?;
            Ok(format!("{length}:{}", String::from_utf8_lossy(&tail)))
        };
        Ok(DayKey {
            log: read().map_err(|error| FactsError::io(&path, &error))?,
            measure: measure.to_owned(),
            day: day.to_string(),
        })
    }
}

impl DayTargets {
    /// The kept day, where one is kept of exactly this log, measure and day.
    pub fn open(directory: &Path, key: &DayKey) -> Option<DayTargets> {
        let mut file = File::open(path(directory)).ok()?;
        let header = Header::read(&mut file)?;
        (header.key == *key).then_some(DayTargets { file, header })
    }

    /// Keeps a day of the members at the ends of the first dimension; the file appears whole. Gives
    /// how many there are.
    ///
    /// # Errors
    /// `request_invalid` where the plan has no such day; `facts_io`, after which the plan itself is
    /// to be asked.
    pub fn build(
        directory: &Path,
        key: &DayKey,
        plan: &Plan,
        measure: usize,
        day: Date,
    ) -> Result<u64, FactsError> {
        let refused = |error: fenjie_plan::PlanError| {
            use fenjie_message::{Lang, Message};
            FactsError::request(error.text(Lang::Zh), error.text(Lang::En))
        };
        let axes = plan.model().axes();
        let time = axes.last().expect("time is always there");
        let place = plan.place(&format!("day={day}")).map_err(refused)?;
        let day_node = place.0[axes.len() - 1];
        let slots: Vec<u32> = time
            .tree
            .children(day_node)
            .filter(|node| time.time_level_of(*node) == Some(Level::Slot))
            .collect();
        let periods = if slots.is_empty() {
            vec![day_node]
        } else {
            slots
        };
        let view = plan.working(measure).map_err(refused)?;
        let stores = &axes[0].tree;
        let mut members = vec![0; axes.len() - 1];
        let mut rows = Vec::new();
        for node in (0..stores.len() as u32).filter(|node| stores.is_leaf(*node)) {
            members[0] = node;
            let targets = view.series(&members, &periods).ok_or_else(|| {
                FactsError::request(
                    format!("方案没有 {day} 的目标"),
                    format!("the plan has no targets for {day}"),
                )
            })?;
            rows.push(Row {
                code: stores.code(node),
                name: stores.name(node),
                targets,
            });
        }
        let bounds = day_slots(plan, periods.len())?;
        let path = path(directory);
        layout::write(&path, key, bounds, &rows).map_err(|error| FactsError::io(&path, &error))?;
        Ok(rows.len() as u64)
    }

    /// The day's slots; one, the whole day, where the plan has none.
    pub fn slots(&self) -> &[DaySlot] {
        &self.header.slots
    }

    /// A store by its code or its name; none where nobody or several are called so, or where the file
    /// is not what was written: then the plan itself is to be asked.
    pub fn find(&mut self, store: &str) -> Option<StoreDay> {
        layout::find(&mut self.file, &self.header, store)
    }
}

fn path(directory: &Path) -> PathBuf {
    directory.join(CACHE_FOLDER).join(FILE)
}

fn day_slots(plan: &Plan, count: usize) -> Result<Vec<DaySlot>, FactsError> {
    let slots = &plan.model().definition().calendar.slots;
    if count == 1 {
        return Ok(vec![DaySlot {
            label: slots.label(0).to_owned(),
            from: 0,
            to: 1440,
        }]);
    }
    let bounds = slots.bounds().map_err(|error| {
        use fenjie_message::{Lang, Message};
        FactsError::request(error.text(Lang::Zh), error.text(Lang::En))
    })?;
    let labelled = bounds.ranges().iter().enumerate();
    let labelled = labelled.map(|(at, range)| DaySlot {
        label: slots.label(at).to_owned(),
        from: range.start,
        to: range.end,
    });
    Ok(labelled.collect())
}
