//! What the manifest's lines come to: imports with their standing, segments with what lies beside
//! them. Knows no file.

use std::collections::BTreeSet;

use crate::manifest::{Change, Entry, StoredSegment};
use crate::record::ImportRecord;

/// A segment that is there.
#[derive(Clone, Debug)]
pub(crate) struct SegmentState {
    /// The number of the line that made it.
    pub(crate) number: u64,
    pub(crate) stored: StoredSegment,
    /// The imports whose lines it holds.
    pub(crate) imports: Vec<u64>,
    pub(crate) lines: u64,
    /// The days of its first and last line.
    pub(crate) days: Option<(i32, i32)>,
}

/// Imports and segments after all lines.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) imports: Vec<ImportRecord>,
    pub(crate) segments: Vec<SegmentState>,
}

impl State {
    pub(crate) fn of(entries: &[Entry]) -> State {
        let mut state = State::default();
        for entry in entries {
            state.take(entry);
        }
        state
    }

    fn take(&mut self, entry: &Entry) {
        match &entry.change {
            Change::Import(import) => {
                let sums = import.sums.iter();
                self.imports.push(ImportRecord {
                    number: entry.sequence,
                    at: entry.at.clone(),
                    who: entry.who.clone(),
                    why: entry.why.clone(),
                    meta: import.meta(),
                    lines: import.lines,
                    repeated: import.repeated,
                    replaced: import.replaced,
                    days: import.days,
                    sums: sums
                        .map(|(code, sum)| (code.clone(), sum.parse().unwrap_or(0)))
                        .collect(),
                    in_effect: true,
                });
                self.segments.push(SegmentState {
                    number: entry.sequence,
                    stored: import.stored.clone(),
                    imports: vec![entry.sequence],
                    lines: import.lines,
                    days: import.days,
                });
            }
            Change::Undo(number) | Change::Redo(number) => {
                let in_effect = matches!(entry.change, Change::Redo(_));
                for import in self
                    .imports
                    .iter_mut()
                    .filter(|import| import.number == *number)
                {
                    import.in_effect = in_effect;
                }
            }
            Change::Compact(compact) => {
                let gone = |segment: &SegmentState| compact.of.contains(&segment.number);
                let gone_segments = self.segments.iter().filter(|segment| gone(segment));
                let imports = gone_segments
                    .flat_map(|segment| segment.imports.clone())
                    .collect();
                self.segments.retain(|segment| !gone(segment));
                self.segments.push(SegmentState {
                    number: entry.sequence,
                    stored: compact.stored.clone(),
                    imports,
                    lines: compact.lines,
                    days: compact.days,
                });
            }
        }
    }

    /// Whether an import counts.
    pub(crate) fn in_effect(&self, number: u64) -> bool {
        self.import(number).is_some_and(|import| import.in_effect)
    }

    pub(crate) fn import(&self, number: u64) -> Option<&ImportRecord> {
        let at = self
            .imports
            .binary_search_by_key(&number, |import| import.number);
        at.ok().map(|at| &self.imports[at])
    }

    /// The names of all files that are there.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let files = self
            .segments
            .iter()
            .flat_map(|segment| segment.stored.files());
        files.map(|file| file.name.as_str()).collect()
    }
}
