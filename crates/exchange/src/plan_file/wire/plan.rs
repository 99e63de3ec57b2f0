//! How a plan file is written, from the top. Must not know what its parts mean to each other.

use serde::{Deserialize, Serialize};

use crate::plan_file::scalar::{Many, Table, Text};
use crate::plan_file::wire::adjustment::CarryTable;
use crate::plan_file::wire::alerts::AlertsTable;
use crate::plan_file::wire::axes::AxisEntry;
use crate::plan_file::wire::calendar::CalendarEntry;
use crate::plan_file::wire::operation::{OperationEntry, TotalValue};

/// A plan file
#[derive(Clone, Debug, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "fenjie plan file")]
pub(crate) struct PlanEntry {
    /// The plan's name
    pub(crate) plan: Text,
    /// Its days: "2026", "2026-03", "2026..2028", "2026-01-01..2026-03-31", "FY2026"
    pub(crate) period: Text,
    /// The day the plan is looked at from, for holds that expire
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) today: Option<Text>,
    /// What is counted; the first flow is the main one
    #[serde(default)]
    pub(crate) measure: Many<MeasureEntry>,
    /// Total of the main flow
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) total: Option<TotalValue>,
    /// Totals by measure
    #[serde(default)]
    pub(crate) totals: Table<TotalValue>,
    /// How time is cut and weighed
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) calendar: Option<CalendarEntry>,
    /// The dimensions, in the order that settles ties
    #[serde(default)]
    pub(crate) axes: Table<AxisEntry>,
    /// Figures from elsewhere, by name
    #[serde(default)]
    pub(crate) history: Table<ReferenceEntry>,
    /// The operations, in order
    #[serde(default, rename = "do")]
    pub(crate) operations: Vec<OperationEntry>,
    /// Who answers for what, by when
    #[serde(default)]
    pub(crate) duty: Vec<DutyEntry>,
    /// How shortfalls are carried where the command line does not say
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) carry: Option<CarryTable>,
    /// When `fenjie alerts` speaks up
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) alerts: Option<AlertsTable>,
    /// How results are written where the command line does not say
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) output: Option<OutputEntry>,
}

one_of! {
    /// A measure: its name, or a table
    MeasureEntry {
        #[serde(rename = "$text")]
        Name(Text),
        #[serde(rename = "$table")]
        Table(Box<MeasureTable>),
    }
}

entry! {
    /// What is counted
    MeasureTable {
        name: Text,
        ;
        /// Stable code; the name where absent
        code: Text,
        /// flow (adds up), level (last or mean of its periods), ratio
        kind: Text,
        /// "CNY", "件"
        unit: Text,
        /// The size of one count: "0.01"
        step: Text,
        /// target or expense
        role: Text,
        /// Of a level: last or mean
        period_value: Text,
        /// Of a ratio: the flow above the line
        numerator: Text,
        /// Of a ratio: the flow below the line
        denominator: Text,
        /// Of a level or ratio: rising or falling
        trend: Text,
    }
}

entry! {
    /// A reference: sales history or another plan, read exactly
    ReferenceEntry {
        /// CSV, XLSX, XLS, ODS or Parquet
        file: Text,
        /// Which column is what: amount, date, and a dimension's code for its members
        columns: Table<Text>,
        ;
        sheet: Text,
        header_row: usize,
        encoding: Text,
        /// Only the rows with these values, by column
        filters: Table<Many<Text>>,
        /// Only the rows of these days
        period: Text,
        /// A member the plan does not have: refuse or ignore
        unknown: Text,
        /// Round every row half away from zero to so many decimals; exact where absent
        decimals: u32,
    }
}

entry! {
    /// Who answers for a place, by when, and how
    DutyEntry {
        at: crate::plan_file::wire::place::PlaceEntry,
        ;
        owner: Text,
        /// 执行 R
        responsible: Many<Text>,
        /// 负责 A
        accountable: Many<Text>,
        /// 咨询 C
        consulted: Many<Text>,
        /// 知会 I
        informed: Many<Text>,
        deadline: Text,
        /// What is due, by day
        milestones: Table<Text>,
        strategy: Text,
    }
}

entry! {
    /// How results are written where the command line does not say
    OutputEntry {
        ;
        /// The file; its ending tells the format
        file: Text,
        /// Unit of amounts in tables and workbooks: "元", "万", "亿"
        unit: Text,
        /// Levels to write
        levels: Many<Text>,
    }
}
