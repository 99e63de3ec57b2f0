//! The lines of a segment while they are written or read whole. Knows no file.

use fenjie_money::Step;
use fenjie_plan::Definition;

use crate::error::FactsError;
use crate::lines::{AmountColumn, SalesLines, TextColumn};

/// Lines, with what a segment says of their columns.
#[derive(Clone, Debug, Default)]
pub(crate) struct SegmentColumns {
    /// The dimensions' codes, in the order of `lines.members`.
    pub(crate) axes: Vec<String>,
    /// The measures' steps, in the order of `lines.amounts`.
    pub(crate) steps: Vec<Step>,
    /// The lines.
    pub(crate) lines: SalesLines,
    /// The import of each line; empty where all are of one.
    pub(crate) imports: Vec<u64>,
}

impl SegmentColumns {
    /// Checks the lines against the plan they belong to.
    pub(crate) fn of(
        lines: SalesLines,
        definition: &Definition,
    ) -> Result<SegmentColumns, FactsError> {
        let steps = check(&lines, definition)?;
        Ok(SegmentColumns {
            axes: definition
                .dimensions
                .iter()
                .map(|dimension| dimension.code.clone())
                .collect(),
            steps,
            lines,
            imports: Vec::new(),
        })
    }

    /// How many lines there are.
    pub(crate) fn len(&self) -> usize {
        self.lines.dates.len()
    }
}

/// The steps of the lines' measures; refuses columns that do not belong together.
pub(crate) fn check(lines: &SalesLines, definition: &Definition) -> Result<Vec<Step>, FactsError> {
    let rows = lines.dates.len();
    let whole = |len: usize| len == rows;
    let some = |len: usize| len == 0 || len == rows;
    let text = |column: &TextColumn| {
        let known = column.dictionary.len();
        whole(column.codes.len()) && column.codes.iter().all(|&code| (code as usize) < known)
    };
    let amount = |column: &AmountColumn| whole(column.values.len()) && some(column.present.len());
    let fits = some(lines.minutes.len())
        && lines.members.len() == definition.dimensions.len()
        && lines.members.iter().all(text)
        && lines.amounts.iter().all(amount)
        && lines.customers.iter().all(text)
        && lines.external_ids.iter().all(|ids| whole(ids.len()))
        && some(lines.credits.len())
        && whole(lines.source_rows.len());
    if !fits {
        return Err(FactsError::lines(
            "销售行的各列长短不一",
            "the columns of the sales lines do not belong together",
        ));
    }
    let step_of = |column: &AmountColumn| {
        let measures = &definition.measures;
        let known = measures.iter().find(|known| known.code == column.measure);
        known.map(|known| known.step).ok_or_else(|| {
            FactsError::lines(
                format!("方案里没有指标 `{}`", column.measure),
                format!("the plan has no measure `{}`", column.measure),
            )
        })
    };
    lines.amounts.iter().map(step_of).collect()
}
