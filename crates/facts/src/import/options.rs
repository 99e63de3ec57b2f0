//! How a file of sales is to be read. Reads nothing.

use fenjie_exchange::table::Limits;

use serde::{Deserialize, Serialize};

use super::Mapping;

/// How a file of sales is to be read; the default finds everything out and refuses what is doubtful.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportOptions {
    /// The sheet of a workbook; without it the first visible one.
    pub sheet: Option<String>,
    /// The 1-based row of the header; without it the one of the first rows that names most columns.
    pub header_row: Option<usize>,
    /// The delimiter of a text; without it the one that fits.
    pub delimiter: Option<u8>,
    /// The encoding of a text, such as `gb18030`; without it the one that fits.
    pub encoding: Option<String>,
    /// The business time zone, such as `Asia/Shanghai`, that timestamps with an offset are turned
    /// into (rule C1); without it they count as written.
    pub zone: Option<String>,
    /// Which of day and month comes first in `03/04/2026`; without it the column itself decides.
    pub date_order: Option<DateOrder>,
    /// How amounts finer than their step are rounded; without it they are refused.
    pub round: Option<Rounding>,
    /// Whether unknown members are refused instead of kept as unassigned (rule T3).
    pub strict: bool,
    /// Whether the good rows count where others are refused.
    pub partial: bool,
    /// Dimension and member of every line, for files without that column.
    pub members: Vec<(String, String)>,
    /// Saved mappings: where none is asked for, the first whose columns are all in the header is used.
    pub saved: Vec<Mapping>,
    /// What may be spent on the file.
    pub limits: Limits,
}

impl ImportOptions {
    /// These options, and of a mapping what they do not say: order of days, rounding, constants.
    pub(super) fn with(&self, mapping: &Mapping) -> ImportOptions {
        let mut whole = self.clone();
        whole.date_order = whole.date_order.or(mapping.date_order);
        whole.round = whole.round.or(mapping.round);
        for constant in &mapping.members {
            if whole
                .members
                .iter()
                .all(|(dimension, _)| *dimension != constant.dimension)
            {
                let member = (constant.dimension.clone(), constant.member.clone());
                whole.members.push(member);
            }
        }
        whole
    }
}

/// Which of day and month comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DateOrder {
    /// `04/03/2026` is 4 March.
    #[serde(rename = "dmy")]
    DayFirst,
    /// `03/04/2026` is 4 March.
    #[serde(rename = "mdy")]
    MonthFirst,
}

/// How an amount finer than the step is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest step, a half away from zero.
    HalfUp,
    /// To the nearest step, a half to the even one.
    HalfEven,
}
