//! Puts small segments together. Every line keeps its import, so that undoing goes on; the old files
//! go after the manifest's line is on the disk.

use std::collections::BTreeMap;

use fenjie_exchange::log::Stamp;

use super::add::store;
use super::{Store, check_time};
use crate::error::FactsError;
use crate::folder::{self, Parts};
use crate::ids;
use crate::manifest::{Change, CompactEntry};
use crate::record::Compacted;
use crate::segment::order::order;
use crate::segment::read::SegmentFile;
use crate::segment::whole::Gather;
use crate::skips::Skip;
use crate::state::SegmentState;

/// A segment of fewer lines is small.
const SMALL: u64 = 1 << 22;
/// The most lines that are put together at once; they are in memory meanwhile.
const TOGETHER: u64 = 1 << 24;

impl Store {
    pub(super) fn put_together(&mut self, stamp: &Stamp<'_>) -> Result<Compacted, FactsError> {
        check_time(stamp)?;
        let lock = self.lock()?;
        let chosen = self.small_segments();
        if chosen.len() < 2 {
            return Ok(Compacted::default());
        }
        let number = self.manifest.entries.len() as u64 + 1;
        let mut parts = Parts::new(&self.folder, number);
        let entry = self.write_together(&mut parts, number, &chosen)?;
        parts.settle()?;
        let bytes = |files: &mut dyn Iterator<Item = u64>| files.sum::<u64>();
        let size =
            |segment: &SegmentState| bytes(&mut segment.stored.files().map(|file| file.bytes));
        let compacted = Compacted {
            segments: chosen.len(),
            lines: entry.lines,
            bytes_before: chosen.iter().map(size).sum(),
            bytes_after: bytes(&mut entry.stored.files().map(|file| file.bytes)),
        };
        self.append(Change::Compact(entry), stamp)?;
        parts.keep();
        // The new line is on the disk: what it took the place of may go.
        folder::sweep(&self.folder, &self.state.names())?;
        drop(lock);
        Ok(compacted)
    }

    fn small_segments(&self) -> Vec<SegmentState> {
        let mut lines = 0;
        let small = self
            .state
            .segments
            .iter()
            .filter(|segment| segment.lines < SMALL);
        let fitting = small.take_while(|segment| {
            lines += segment.lines;
            lines <= TOGETHER
        });
        fitting.cloned().collect()
    }

    fn write_together(
        &self,
        parts: &mut Parts,
        number: u64,
        chosen: &[SegmentState],
    ) -> Result<CompactEntry, FactsError> {
        let mut axes: Vec<String> = Vec::new();
        let mut files = Vec::new();
        for segment in chosen {
            let file = SegmentFile::open(&self.sized(&segment.stored.segment)?)?;
            for axis in file.columns().filter_map(|name| name.strip_prefix("axis.")) {
                if !axes.iter().any(|known| known == axis) {
                    axes.push(axis.to_owned());
                }
            }
            files.push(file);
        }
        let mut gather = Gather::new(axes);
        let mut first_rows = BTreeMap::new();
        let mut rows = 0u32;
        for (segment, file) in chosen.iter().zip(&files) {
            first_rows.insert(segment.number, rows);
            let mut handle = file.file()?;
            for group in 0..file.groups() {
                gather.take(file, &mut handle, group, segment.imports[0])?;
                rows += file.group_rows(group) as u32;
            }
        }
        let columns = gather.finish();
        let order = order(&columns.lines);
        let mut place = vec![0u32; order.len()];
        for (row, &line) in order.iter().enumerate() {
            place[line as usize] = row as u32;
        }
        let moved = |segment: u64, row: u32| {
            let first = first_rows.get(&segment)?;
            place.get((first + row) as usize).copied()
        };
        let ids = self.moved_ids(chosen, &moved)?;
        let skips = self.moved_skips(number, chosen, &moved)?;
        let dates = &columns.lines.dates;
        let days = dates.iter().min().copied().zip(dates.iter().max().copied());
        Ok(CompactEntry {
            of: chosen.iter().map(|segment| segment.number).collect(),
            lines: u64::from(rows),
            days,
            stored: store(parts, &columns, &order, &ids, &skips)?,
        })
    }

    fn moved_ids(
        &self,
        chosen: &[SegmentState],
        moved: &impl Fn(u64, u32) -> Option<u32>,
    ) -> Result<Vec<ids::IdEntry>, FactsError> {
        let mut all = Vec::new();
        for segment in chosen {
            let Some(file) = &segment.stored.ids else {
                continue;
            };
            ids::read_all(&self.sized(file)?, |mut entry| {
                if let Some(row) = moved(segment.number, entry.row) {
                    entry.row = row;
                    all.push(entry);
                }
            })?;
        }
        all.sort_unstable();
        Ok(all)
    }

    /// What the new segment has to say: rows of its own that any import supersedes, and rows of others
    /// that its imports supersede.
    fn moved_skips(
        &self,
        number: u64,
        chosen: &[SegmentState],
        moved: &impl Fn(u64, u32) -> Option<u32>,
    ) -> Result<Vec<Skip>, FactsError> {
        let gone = |segment: u64| chosen.iter().any(|one| one.number == segment);
        let mut all = Vec::new();
        for segment in &self.state.segments {
            for skip in self.skips_beside(segment)? {
                match moved(skip.segment, skip.row) {
                    Some(row) => all.push(Skip {
                        segment: number,
                        row,
                        by: skip.by,
                    }),
                    None if gone(segment.number) => all.push(skip),
                    None => {}
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        Ok(all)
    }
}
