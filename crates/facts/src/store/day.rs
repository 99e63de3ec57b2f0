//! One member's day without a plan: the lines of a code of the first dimension. For a till that has to
//! answer at once; must not know targets.

use std::path::Path;

use fenjie_calendar::Date;
use rustc_hash::FxHashSet;

use super::Store;
use crate::error::FactsError;
use crate::scan::{GroupPages, Need, PageRows, Pages, SegmentUnit, day_number, day_of};
use crate::segment::read::SegmentFile;
use crate::segment::{DATE, axis_column};

/// A line of a member's day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DayLine {
    /// The day.
    pub day: Date,
    /// Minutes since midnight.
    pub minute: Option<u16>,
    /// The value in steps.
    pub amount: i64,
}

impl Store {
    /// The lines in effect of one member of a dimension on some days, by day and minute; their values of a
    /// measure. Reads the pages of that member alone: segments are ordered by the first dimension.
    ///
    /// # Errors
    /// `segment_damaged`, `facts_io`.
    pub fn day_lines(
        &self,
        dimension: &str,
        member: &str,
        measure: &str,
        days: (Date, Date),
    ) -> Result<Vec<DayLine>, FactsError> {
        let days = (day_number(days.0), day_number(days.1));
        let skipped = self.all_skips()?;
        let mut found = Vec::new();
        for segment in &self.state.segments {
            if segment
                .days
                .is_none_or(|(first, last)| last < days.0 || first > days.1)
            {
                continue;
            }
            let undone = |import: &&u64| !self.state.in_effect(**import);
            let undone: FxHashSet<i64> = segment
                .imports
                .iter()
                .filter(undone)
                .map(|&import| import as i64)
                .collect();
            if undone.len() == segment.imports.len() {
                continue;
            }
            let path = self.sized(&segment.stored.segment)?;
            let file = SegmentFile::open(Path::new(&path))?;
            let unit = SegmentUnit {
                number: segment.number,
                axes: SegmentUnit::find_axes(&file, [dimension].into_iter()),
                file,
                import: segment.imports[0],
                several: segment.imports.len() > 1,
                undone,
                out: self.out_of(segment.number, &skipped),
            };
            for group in 0..SegmentUnit::groups(&unit) {
                if may_have(&unit, group, dimension, member, days) {
                    take(&unit, group, member, measure, days, &mut found)?;
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }
}

/// Whether a row group may have lines of the member on the days, by its least and greatest values.
fn may_have(
    unit: &SegmentUnit,
    group: usize,
    dimension: &str,
    member: &str,
    days: (i32, i32),
) -> bool {
    let file = &unit.file;
    let Some(column) = file.column(&axis_column(dimension)) else {
        return false;
    };
    let texts = file.texts_within(group, column);
    let dates = file
        .column(DATE)
        .and_then(|date| file.numbers_within(group, date));
    texts.is_none_or(|(least, most)| (least..=most).contains(&member.as_bytes()))
        && dates.is_none_or(|(first, last)| first <= i64::from(days.1) && last >= i64::from(days.0))
}

fn take(
    unit: &SegmentUnit,
    group: usize,
    member: &str,
    measure: &str,
    days: (i32, i32),
    found: &mut Vec<DayLine>,
) -> Result<(), FactsError> {
    let mut pages = GroupPages::open(unit, group, 1)?;
    let mut wanted = None;
    pages.each_text(0, &mut |code, text| {
        if text == member {
            wanted = Some(code as u32);
        }
    })?;
    let Some(wanted) = wanted else { return Ok(()) };
    let dates = pages.dates().to_vec();
    let need = Need {
        axes: vec![true],
        minutes: true,
        measures: vec![measure.to_owned()],
        origin: false,
    };
    let of_day = |page: &PageRows, row: usize| {
        let day = dates[page.dates[row] as usize];
        page.axes[0][row] == wanted && (days.0..=days.1).contains(&day)
    };
    let mut keep = |page: &PageRows| (0..page.rows).any(|row| of_day(page, row));
    let mut page = PageRows::default();
    while pages.next(&need, &mut page, &mut keep)? {
        for row in (0..page.rows).filter(|&row| of_day(&page, row)) {
            let has = page.amounts[0]
                .get(row)
                .filter(|_| page.present[0].get(row) != Some(&false));
            if page.out.get(row) != Some(&true)
                && let Some(&amount) = has
            {
                let minute = page.minutes.get(row).copied().unwrap_or(-1);
                found.push(DayLine {
                    day: day_of(dates[page.dates[row] as usize]),
                    minute: u16::try_from(minute).ok(),
                    amount,
                });
            }
        }
    }
    Ok(())
}
