//! Takes an import: a segment, its external ids and the rows they supersede, visible with one line of
//! the manifest. Must not know how lines are added up.

use std::io::Write;

use fenjie_exchange::log::Stamp;
use fenjie_plan::Definition;
use parquet::errors::ParquetError;

use super::{Store, check_time};
use crate::error::FactsError;
use crate::folder::Parts;
use crate::ids::{self, IdEntry};
use crate::lines::SalesLines;
use crate::manifest::{Change, ImportEntry, StoredSegment};
use crate::record::{Added, ImportMeta};
use crate::segment::columns::{SegmentColumns, check};
use crate::segment::order::order;
use crate::segment::{MOST_ROWS, write::write};
use crate::skips::{self, Skip};

/// What external ids that are there already come to.
#[derive(Default)]
struct Overlap {
    repeated: u64,
    replaced: u64,
    skips: Vec<Skip>,
}

impl Store {
    pub(super) fn would_add(
        &self,
        lines: &SalesLines,
        definition: &Definition,
        meta: &ImportMeta,
    ) -> Result<Added, FactsError> {
        check(lines, definition)?;
        let number = self.manifest.entries.len() as u64 + 1;
        let order = order(lines);
        let own = ids::entries_of(lines, &order, number);
        self.answer(lines, meta, number, || self.overlap(&own, number))
            .map(|(added, _)| added)
    }

    fn answer(
        &self,
        lines: &SalesLines,
        meta: &ImportMeta,
        number: u64,
        overlap: impl FnOnce() -> Result<Overlap, FactsError>,
    ) -> Result<(Added, Overlap), FactsError> {
        let count = lines.dates.len() as u64;
        if count > MOST_ROWS {
            return Err(FactsError::TooManyLines {
                lines: count,
                limit: MOST_ROWS,
            });
        }
        if let Some(number) = self.same_file(meta) {
            let added = Added {
                number,
                already: true,
                lines: count,
                repeated: count,
                replaced: 0,
            };
            return Ok((added, Overlap::default()));
        }
        let overlap = overlap()?;
        let added = Added {
            number,
            already: false,
            lines: count,
            repeated: overlap.repeated,
            replaced: overlap.replaced,
        };
        Ok((added, overlap))
    }

    pub(super) fn take(
        &mut self,
        lines: SalesLines,
        definition: &Definition,
        meta: &ImportMeta,
        stamp: &Stamp<'_>,
    ) -> Result<Added, FactsError> {
        check_time(stamp)?;
        let columns = SegmentColumns::of(lines, definition)?;
        let order = order(&columns.lines);
        let lock = self.lock()?;
        let number = self.manifest.entries.len() as u64 + 1;
        let own = ids::entries_of(&columns.lines, &order, number);
        let overlap = || self.overlap(&own, number);
        let (added, overlap) = self.answer(&columns.lines, meta, number, overlap)?;
        if added.already {
            return Ok(added);
        }
        let mut parts = Parts::new(&self.folder, number);
        let stored = store(&mut parts, &columns, &order, &own, &overlap.skips)?;
        parts.settle()?;
        let dates = &columns.lines.dates;
        let entry = ImportEntry {
            file: meta.file.clone(),
            sha256: meta.sha256.clone(),
            bytes: meta.bytes,
            mapping: meta.mapping.clone(),
            refused: meta.refused,
            lines: added.lines,
            repeated: added.repeated,
            replaced: added.replaced,
            days: dates.iter().min().copied().zip(dates.iter().max().copied()),
            sums: sums(&columns.lines),
            stored,
        };
        self.append(Change::Import(entry), stamp)?;
        parts.keep();
        drop(lock);
        Ok(added)
    }

    /// Looks all earlier lines up whose external id is among these. Every one of them is superseded,
    /// whether it counts now or not, so that any import can be undone later in any order.
    fn overlap(&self, own: &[IdEntry], number: u64) -> Result<Overlap, FactsError> {
        let mut overlap = Overlap::default();
        if own.is_empty() {
            return Ok(overlap);
        }
        let skipped = self.all_skips()?;
        let mut found: Vec<(u128, bool, u64)> = Vec::new();
        for segment in &self.state.segments {
            let Some(file) = &segment.stored.ids else {
                continue;
            };
            let out = self.out_of(segment.number, &skipped);
            ids::common(&self.sized(file)?, own, |entry| {
                let counts =
                    self.state.in_effect(entry.import) && out.binary_search(&entry.row).is_err();
                found.push((entry.key, counts, entry.content));
                overlap.skips.push(Skip {
                    segment: segment.number,
                    row: entry.row,
                    by: number,
                });
            })?;
        }
        overlap.skips.sort_unstable();
        found.retain(|(_, counts, _)| *counts);
        found.sort_unstable();
        let mut own = own.chunk_by(|one, other| one.key == other.key).peekable();
        for earlier in found.chunk_by(|one, other| one.0 == other.0) {
            while own.peek().is_some_and(|lines| lines[0].key < earlier[0].0) {
                own.next();
            }
            let lines = own.peek().expect("only ids of these lines were found");
            let before: Vec<u64> = earlier.iter().map(|(.., content)| *content).collect();
            let mut now: Vec<u64> = lines.iter().map(|line| line.content).collect();
            now.sort_unstable();
            if before == now {
                overlap.repeated += now.len() as u64;
            } else {
                overlap.replaced += before.len() as u64;
            }
        }
        Ok(overlap)
    }
}

/// Writes the files of a segment.
pub(super) fn store(
    parts: &mut Parts,
    columns: &SegmentColumns,
    order: &[u32],
    ids: &[IdEntry],
    skips: &[Skip],
) -> Result<StoredSegment, FactsError> {
    let folder = parts.folder().to_owned();
    let io = |error: std::io::Error| FactsError::io(&folder, &error);
    let refused = |error: ParquetError| match error {
        ParquetError::External(error) => match error.downcast::<std::io::Error>() {
            Ok(error) => io(*error),
            Err(error) => io(std::io::Error::other(error)),
        },
        error => io(std::io::Error::other(error)),
    };
    let segment = parts.write("parquet", |sink| {
        let mut sink = write(sink, columns, order).map_err(refused)?;
        sink.flush().map_err(io)?;
        Ok(sink)
    })?;
    let beside = |parts: &mut Parts,
                  ending,
                  empty,
                  write: &dyn Fn(&mut dyn Write) -> std::io::Result<()>| {
        if empty {
            return Ok(None);
        }
        let file = parts.write(ending, |mut sink| {
            write(&mut sink).map_err(io)?;
            Ok(sink)
        });
        file.map(Some)
    };
    Ok(StoredSegment {
        segment,
        ids: beside(parts, "ids", ids.is_empty(), &|mut sink| {
            ids::write(ids, &mut sink)
        })?,
        skips: beside(parts, "skips", skips.is_empty(), &|mut sink| {
            skips::write(skips, &mut sink)
        })?,
    })
}

fn sums(lines: &SalesLines) -> Vec<(String, String)> {
    let sum = |values: &[i64]| values.iter().map(|&value| i128::from(value)).sum::<i128>();
    let sums = lines.amounts.iter();
    sums.map(|amount| (amount.measure.clone(), sum(&amount.values).to_string()))
        .collect()
}
