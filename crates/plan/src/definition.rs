//! What a plan is about: period, calendar, dimensions, measures, references, duties. Knows nothing of
//! targets: those come from the operations.

use fenjie_calendar::{Date, DateRange, DayWeights, Level, SalesCalendar, Slots};

use crate::measure::Measure;
use crate::operation::Address;
use crate::tree::Tree;

/// The code of the time axis.
pub const TIME: &str = "time";

/// A dimension of the plan.
#[derive(Clone, Debug)]
pub struct Dimension {
    /// Stable code, used in addresses.
    pub code: String,
    /// What people read.
    pub name: String,
    /// Its members.
    pub tree: Tree,
    /// Whether it is a business composition, whose shares must be stated and sum to 100 % (rule D10).
    pub composition: bool,
}

/// A member's own calendar (rules C4, C5); its descendants share it.
#[derive(Clone, Debug)]
pub struct MemberCalendar {
    /// Dimension code.
    pub dimension: String,
    /// Member code.
    pub member: String,
    /// Day coefficients in full.
    pub day_weights: DayWeights,
    /// Slot shares in full.
    pub slots: Slots,
}

/// Who answers for a place, by when, and how (rule D13).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Duty {
    /// The place.
    pub at: Address,
    /// 负责人
    pub owner: String,
    /// 执行 R
    pub responsible: Vec<String>,
    /// 负责 A
    pub accountable: Vec<String>,
    /// 咨询 C
    pub consulted: Vec<String>,
    /// 知会 I
    pub informed: Vec<String>,
    /// 截止日
    pub deadline: Option<Date>,
    /// 里程碑: day and what is due.
    pub milestones: Vec<(Date, String)>,
    /// 策略
    pub strategy: String,
}

/// Figures from elsewhere, used as weights: sales history, another plan. Columnar: row `i` is
/// `dates[i]`, `members[axis].1[i]`, `values[i]`.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Name used by operations.
    pub name: String,
    /// Where the figures come from, for explanations.
    pub source: String,
    /// The day of each row; empty where the reference has no time.
    pub dates: Vec<Date>,
    /// For each mapped dimension: its code, the distinct member texts, and each row's index in them.
    pub members: Vec<ReferenceColumn>,
    /// The values, in counts of `10^-decimals`.
    pub values: Vec<i64>,
    /// Digits behind the point of a value.
    pub decimals: u32,
}

/// One dimension's column of a reference.
#[derive(Clone, Debug, Default)]
pub struct ReferenceColumn {
    /// Dimension code.
    pub dimension: String,
    /// Distinct member codes or names.
    pub dictionary: Vec<String>,
    /// Each row's index into the dictionary.
    pub codes: Vec<u32>,
}

/// What the plan is about.
#[derive(Clone, Debug)]
pub struct Definition {
    /// The plan's name.
    pub name: String,
    /// Its days.
    pub period: DateRange,
    /// Weeks, fiscal year, holidays, day coefficients, slots.
    pub calendar: SalesCalendar,
    /// The levels of the time axis, from the top; each nests in the one before.
    pub time_levels: Vec<Level>,
    /// What is counted; the first flow is the plan's main one.
    pub measures: Vec<Measure>,
    /// The dimensions, in the order that settles ties (rule A3).
    pub dimensions: Vec<Dimension>,
    /// Members with calendars of their own.
    pub member_calendars: Vec<MemberCalendar>,
    /// Figures from elsewhere.
    pub references: Vec<Reference>,
    /// Owners, roles, deadlines, strategies.
    pub duties: Vec<Duty>,
    /// The day the plan is looked at from, for holds that expire; none means they all stand.
    pub today: Option<Date>,
}
