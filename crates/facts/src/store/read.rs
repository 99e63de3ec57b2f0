//! Reads the segments in effect: sums, lines, and which rows are superseded.

use std::collections::BTreeMap;

use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals};
use rustc_hash::FxHashSet;

use super::Store;
use crate::drill;
use crate::error::FactsError;
use crate::record::{FoundLines, LineFilter};
use crate::scan::{SegmentUnit, Unit, add_up};
use crate::segment::read::SegmentFile;
use crate::skips::{self, Skip};
use crate::state::SegmentState;

impl Store {
    pub(super) fn sums(&self, plan: &Plan, request: &ActualRequest) -> Result<Actuals, FactsError> {
        let segments = self.units(plan)?;
        add_up(plan, request, &groups(&segments))
    }

    pub(super) fn found(
        &self,
        plan: &Plan,
        filter: &LineFilter,
        limit: usize,
    ) -> Result<FoundLines, FactsError> {
        let segments = self.units(plan)?;
        drill::find(plan, filter, limit, &segments, &groups(&segments))
    }

    /// The segments with lines that count.
    fn units(&self, plan: &Plan) -> Result<Vec<SegmentUnit>, FactsError> {
        let skipped = self.all_skips()?;
        let mut units = Vec::new();
        for segment in &self.state.segments {
            let undone = |import: &&u64| !self.state.in_effect(**import);
            let out_of_effect: FxHashSet<i64> = segment
                .imports
                .iter()
                .filter(undone)
                .map(|&import| import as i64)
                .collect();
            if out_of_effect.len() == segment.imports.len() {
                continue;
            }
            let file = SegmentFile::open(&self.sized(&segment.stored.segment)?)?;
            let axes = plan.model().axes();
            let codes = axes[..axes.len() - 1].iter().map(|axis| axis.code.as_str());
            units.push(SegmentUnit {
                number: segment.number,
                axes: SegmentUnit::find_axes(&file, codes),
                file,
                import: segment.imports[0],
                several: segment.imports.len() > 1,
                undone: out_of_effect,
                out: self.out_of(segment.number, &skipped),
            });
        }
        Ok(units)
    }

    /// The rows that imports in effect supersede, by segment, in order.
    pub(super) fn all_skips(&self) -> Result<BTreeMap<u64, Vec<u32>>, FactsError> {
        let mut by_segment: BTreeMap<u64, Vec<u32>> = BTreeMap::new();
        for segment in &self.state.segments {
            for skip in self.skips_beside(segment)? {
                if self.state.in_effect(skip.by) {
                    by_segment.entry(skip.segment).or_default().push(skip.row);
                }
            }
        }
        for rows in by_segment.values_mut() {
            rows.sort_unstable();
            rows.dedup();
        }
        Ok(by_segment)
    }

    pub(super) fn out_of(&self, segment: u64, skips: &BTreeMap<u64, Vec<u32>>) -> Vec<u32> {
        skips.get(&segment).cloned().unwrap_or_default()
    }

    pub(super) fn skips_beside(&self, segment: &SegmentState) -> Result<Vec<Skip>, FactsError> {
        match &segment.stored.skips {
            Some(file) => skips::read(&self.sized(file)?),
            None => Ok(Vec::new()),
        }
    }
}

/// A unit for each row group.
fn groups(segments: &[SegmentUnit]) -> Vec<Unit<'_>> {
    let groups =
        |segment| (0..SegmentUnit::groups(segment)).map(move |at| Unit::Group(segment, at));
    segments.iter().flat_map(groups).collect()
}
