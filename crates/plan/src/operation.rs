//! The operations a plan's log is made of, in the planner's own terms: axes, levels and members by
//! their codes. Knows nothing of how they are carried out or written down.

use fenjie_calendar::Date;
use fenjie_money::{Policy, ZeroBasis};

use crate::adjustment::{
    ActionCheck, ActionPlan, CarryRule, Close, Decision, Resolution, Revision, Waiver,
};
use crate::decimal::Decimal;

/// A place in the plan: members by axis (or level) name; an axis not named means its total.
///
/// `region=华东, month=2026-07` is `[("region", "华东"), ("month", "2026-07")]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address(pub Vec<(String, String)>);

impl Address {
    /// Reads `region=华东, month=2026-07`; an empty text is the plan's total.
    ///
    /// ```
    /// use fenjie_plan::Address;
    /// let address = Address::parse("region=华东, month=2026-07").unwrap();
    /// assert_eq!(address.to_string(), "region=华东, month=2026-07");
    /// assert!(Address::parse("华东").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        for part in text.split([',', ',', ';']) {
            if part.trim().is_empty() {
                continue;
            }
            let Some((axis, member)) = part.split_once(['=', '=']) else {
                return Err(part.trim().to_owned());
            };
            parts.push((axis.trim().to_owned(), member.trim().to_owned()));
        }
        Ok(Address(parts))
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.0.is_empty() {
            return f.write_str("*");
        }
        for (at, (axis, member)) in self.0.iter().enumerate() {
            let comma = if at > 0 { ", " } else { "" };
            write!(f, "{comma}{axis}={member}")?;
        }
        Ok(())
    }
}

/// Where weights come from (rule D2).
#[derive(Clone, Debug, PartialEq)]
pub enum Basis {
    /// All the same.
    Equal,
    /// Given weights by member; a member not named has zero.
    Weights(Vec<(String, Decimal)>),
    /// Given shares by member; refused unless they sum to 100 % (rule D10).
    Shares(Vec<(String, Decimal)>),
    /// A number that every member carries.
    Attribute(String),
    /// Several attributes multiplied: people × ramp × ability.
    Capacity(Vec<String>),
    /// Proportional to a reference (history, another plan).
    History {
        /// Name of the reference.
        reference: String,
        /// Centred moving average over so many periods of the level, around the year; 1 is none.
        smooth: u32,
        /// Only the rows of this period (`2017`, `2015..2017`); everything where empty.
        period: Option<fenjie_calendar::DateRange>,
    },
    /// A base, each member grown by its own rate, then brought to the total.
    Growth {
        /// What grows.
        base: Box<Basis>,
        /// Rates by member: `0.12` is 12 %.
        rates: Vec<(String, Decimal)>,
        /// The rate of everyone else.
        otherwise: Decimal,
    },
    /// Day weights of the calendar summed over each period (rules C4, C6).
    Calendar(CalendarBasis),
    /// A shape over the children in their order.
    Pattern(Pattern),
    /// Amounts typed by member; what is left is shared over the others (rule D8).
    Amounts {
        /// The typed amounts, as texts of the measure.
        typed: Vec<(String, String)>,
        /// How the others share the rest; equal where not said.
        rest: Box<Basis>,
    },
    /// Proportional to another flow of this plan.
    Measure(String),
    /// Several sources with stated shares that sum to 100 %.
    Mix(Vec<(Decimal, Basis)>),
    /// What the cells were before (only where they exist).
    Current,
}

/// Which days count, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CalendarBasis {
    /// The coefficients of the plan's (or the member's) day types.
    Coefficients,
    /// Workdays, make-up days included.
    Workdays,
    /// Every day the same.
    Days,
}

/// A shape over ordered children.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// A list, repeated when it is shorter than the children: 4 4 5.
    List(Vec<Decimal>),
    /// Everything in the first child.
    First,
    /// Everything in the last child.
    Last,
    /// 1 2 3 … 3 2 1.
    Bell,
    /// A straight line: 1, 1+g, 1+2g …
    StraightLine(Decimal),
    /// Compound growth: 1, (1+g), (1+g)² …
    Compound(Decimal),
}

/// What keeps its value besides the holds when a number is typed (rule D6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Nothing: the ancestors move.
    Nothing,
    /// The plan's total: everything else absorbs.
    Total,
    /// The parent on one axis: the siblings there absorb.
    Parent(String),
    /// Every ancestor on every axis (rule D7, reallocate).
    Ancestors,
}

/// A typed change of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum ChangeBy {
    /// To this amount.
    To(String),
    /// By this amount, signed.
    By(String),
    /// By this rate: `0.1` is +10 %.
    Percent(Decimal),
    /// Times this factor.
    Times(Decimal),
}

impl ChangeBy {
    /// Reads what people type: `1200`, `1.2亿`, `+10%`, `-5万`, `=1200*1.1`, `*1.1`.
    ///
    /// ```
    /// use fenjie_plan::{ChangeBy, Decimal};
    /// assert_eq!(ChangeBy::parse("+10%").unwrap(), ChangeBy::Percent(Decimal::new(1, 1)));
    /// assert_eq!(ChangeBy::parse("-5万").unwrap(), ChangeBy::By("-5万".into()));
    /// assert_eq!(ChangeBy::parse("46.147万").unwrap(), ChangeBy::To("46.147万".into()));
    /// ```
    pub fn parse(text: &str) -> Result<Self, crate::decimal::DecimalError> {
        let text = text.trim();
        if let Some(factor) = text.strip_prefix(['*', '×']) {
            return Ok(ChangeBy::Times(Decimal::parse(factor)?));
        }
        if text.ends_with(['%', '%']) {
            return Ok(ChangeBy::Percent(Decimal::parse(text)?));
        }
        if text.starts_with(['+', '-']) {
            return Ok(ChangeBy::By(text.into()));
        }
        Ok(ChangeBy::To(
            text.strip_prefix('=').unwrap_or(text).trim().into(),
        ))
    }
}

/// Totals stated along one axis at one level (rule D9).
#[derive(Clone, Debug, PartialEq)]
pub struct Margin {
    /// The axis, or the axis and level as `time.month`.
    pub axis: String,
    /// What is stated.
    pub totals: MarginTotals,
}

/// How a margin is stated.
#[derive(Clone, Debug, PartialEq)]
pub enum MarginTotals {
    /// An amount per member.
    Amounts(Vec<(String, String)>),
    /// Shares of the plan's total that sum to 100 %.
    Shares(Vec<(String, Decimal)>),
    /// The plan's total over the level by a basis.
    By(Basis),
}

/// One step of a plan. Every variant is one line of the log.
#[derive(Clone, Debug, PartialEq)]
#[expect(
    missing_docs,
    reason = "common fields: measure (code), at (place), reason (why)"
)]
pub enum Operation {
    /// States the total of a flow.
    Total {
        measure: String,
        amount: TotalAmount,
    },
    /// A target into child targets by a method (rule D1).
    Decompose(Decompose),
    /// Meets totals on several axes at once, nearest to a prior (rule D9).
    Fit {
        measure: String,
        margins: Vec<Margin>,
        prior: Basis,
        zero_basis: ZeroBasis,
    },
    /// Types a number into a total or a leaf (rule D6).
    Set {
        measure: String,
        at: Address,
        change: ChangeBy,
        keep: Keep,
    },
    /// Pins a value until it is released (rule D4).
    Hold {
        measure: String,
        at: Address,
        amount: Option<String>,
        keep: Keep,
        owner: String,
        reason: String,
        until: Option<Date>,
    },
    /// Ends a hold.
    Release { measure: String, at: Address },
    /// States a floor and a cap (rule D5).
    Bound {
        measure: String,
        at: Address,
        floor: Option<String>,
        cap: Option<String>,
    },
    /// Moves an amount from one place to another (rule D7).
    Transfer {
        measure: String,
        from: Address,
        to: Address,
        amount: String,
    },
    /// People's own figures (rule D8).
    Commit {
        measure: String,
        values: Vec<(Address, String)>,
        mode: CommitMode,
    },
    /// A layer above the base (rule L1).
    Layer(LayerRule),
    /// A value of a level or ratio measure (rule D11).
    State {
        measure: String,
        at: Address,
        value: Decimal,
    },
    /// A member leaves; its open rest goes on (rule D12).
    Leave {
        measure: String,
        member: Address,
        date: Date,
        successor: Option<String>,
    },
    /// Closes a period (rules J4, J6).
    Close(Close),
    /// Carries what closed periods fell short of (rules J1–J4).
    Carry(CarryRule),
    /// An action plan (rule J5).
    Act(ActionPlan),
    /// What became of an action plan.
    CheckAction(ActionCheck),
    /// Adjustments go on without an action plan.
    Waive(Waiver),
    /// Proposes another target (rule J6).
    Revise(Revision),
    /// Answers a revision.
    Decide(Decision),
    /// What a meeting decided.
    Resolve(Resolution),
    /// Takes an earlier operation out of effect.
    Undo { sequence: u64 },
}

/// A stated total.
#[derive(Clone, Debug, PartialEq)]
pub enum TotalAmount {
    /// An amount as text: `1000万`.
    Amount(String),
    /// A reference's sum, grown: 2017 × 1.15.
    Grown {
        /// Name of the reference.
        reference: String,
        /// Which of its days; all where empty.
        period: Option<fenjie_calendar::DateRange>,
        /// Growth: `0.15` is 15 %.
        growth: Decimal,
    },
}

/// The recorded act of decomposing.
#[derive(Clone, Debug, PartialEq)]
pub struct Decompose {
    /// The flow.
    pub measure: String,
    /// The axis.
    pub axis: String,
    /// The level to reach, by name; the next one where empty.
    pub level: String,
    /// Only inside this place.
    pub within: Address,
    /// Where the weights come from.
    pub basis: Basis,
    /// Who gets the left-over steps (rule A6).
    pub policy: Policy,
    /// A coarser step, as text (rule A7).
    pub step: Option<String>,
    /// What all-zero weights mean (rule A5).
    pub zero_basis: ZeroBasis,
    /// Part of every parent that is not handed down (预留): `0.05` is 5 %.
    pub hold_back: Option<Decimal>,
}

/// What happens to the figures people committed to (rule D8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommitMode {
    /// They stay; only the rest is shared.
    Keep,
    /// Everything moves to be nearest to them under the total.
    Near,
}

/// A layer above the base, computed from it (rule L1).
#[derive(Clone, Debug, PartialEq)]
pub struct LayerRule {
    /// The flow.
    pub measure: String,
    /// Which layer.
    pub layer: LayerKind,
    /// Over-assignment starts at this axis and level: `org.region`; the whole plan where empty.
    pub level: String,
    /// A rate on top of the base, or an amount for the whole plan.
    pub amount: LayerAmount,
    /// Roles that may see it; everyone where empty.
    pub roles: Vec<String>,
}

/// How much a layer adds.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerAmount {
    /// `0.03` is 3 % of the base.
    Rate(Decimal),
    /// An amount for the whole plan, as text.
    Amount(String),
}

/// The layers of a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerKind {
    /// 加码: children above their parent, as a named line.
    OverAssignment,
    /// 冲刺目标
    Stretch,
    /// 挑战目标
    Challenge,
    /// 结转: comes with tracking.
    Carried,
}

impl LayerKind {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::LayerKind::Stretch.code(), "stretch");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            LayerKind::OverAssignment => "over_assignment",
            LayerKind::Stretch => "stretch",
            LayerKind::Challenge => "challenge",
            LayerKind::Carried => "carried",
        }
    }

    /// What people call it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_plan::LayerKind::Stretch.name(Lang::Zh), "冲刺目标");
    /// ```
    pub fn name(self, lang: fenjie_message::Lang) -> &'static str {
        match self {
            LayerKind::OverAssignment => lang.pick("加码", "Over-assignment"),
            LayerKind::Stretch => lang.pick("冲刺目标", "Stretch"),
            LayerKind::Challenge => lang.pick("挑战目标", "Challenge"),
            LayerKind::Carried => lang.pick("结转", "Carried"),
        }
    }
}
