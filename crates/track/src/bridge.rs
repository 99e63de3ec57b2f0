//! The gap bridge: what a gap is made of, part by part, to the last cent (rule T5).

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::Plan;

use crate::actuals::Actuals;
use crate::error::TrackError;

/// What a gap is taken apart by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BridgeBy {
    /// The members of an axis one level below the one asked for: regions, products.
    Axis(usize),
    /// The periods of a depth of the time axis: weeks, days.
    Periods(usize),
    /// Price and volume, by the index of the flow that counts pieces.
    PriceVolume(usize),
}

/// What a bridge is asked for. Both sides are to date: the base targets of the days gone, and the
/// results through the end of `as_of`; in a period that is over that is all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgeRequest {
    /// The flow, by index.
    pub measure: usize,
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The period, a node of the time axis.
    pub period: u32,
    /// The day looked from; it counts as gone.
    pub as_of: Date,
    /// What it is taken apart by.
    pub by: BridgeBy,
}

/// A gap and its parts. Amounts in steps; `target − actual = gap`, the sum of the parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bridge {
    /// The target due by the day looked from.
    pub target: i64,
    /// The actual.
    pub actual: i64,
    /// Target − actual.
    pub gap: i64,
    /// The parts, in the order of the axis.
    pub parts: Vec<BridgePart>,
}

/// One part of a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BridgePart {
    /// What it is.
    pub of: BridgeOf,
    /// Its target, in steps; zero for price and volume.
    pub target: i64,
    /// Its actual, in steps; zero for price and volume.
    pub actual: i64,
    /// What it adds to the gap, signed: above zero is missing.
    pub gap: i64,
}

/// What a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BridgeOf {
    /// A node of an axis, or [`crate::UNASSIGNED`].
    Node {
        /// the axis, by index
        axis: usize,
        /// the node
        node: u32,
    },
    /// Booked on the member itself, by nobody below it.
    Above,
    /// Fewer pieces at the target's price: (target pieces − pieces) × target price, rounded half
    /// away from zero.
    Volume,
    /// The rest: another price.
    Price,
}

impl Bridge {
    /// Takes a gap apart.
    ///
    /// # Errors
    /// `track_not_decomposed` where the target is not decomposed that far; `track_measure_missing`
    /// where the results have no pieces.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_track::{Actuals, Bridge, BridgeBy, BridgeRequest};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let march = plan.place("month=2026-03").unwrap().0[3];
    /// let request = BridgeRequest {
    ///     measure: 0, members: vec![0, 0, 0], period: march,
    ///     as_of: "2026-03-31".parse().unwrap(), by: BridgeBy::Axis(0),
    /// };
    /// let none = Actuals::empty(3, vec![0], vec![march]);
    /// let bridge = Bridge::new(&plan, &none, &request).unwrap();
    /// assert_eq!(bridge.gap, 83_333_334);
    /// assert_eq!(bridge.parts.iter().map(|part| part.gap).sum::<i64>(), bridge.gap);
    /// ```
    pub fn new(
        plan: &Plan,
        actuals: &Actuals,
        request: &BridgeRequest,
    ) -> Result<Bridge, TrackError> {
        let _ = (plan, actuals, request);
        todo!()
    }
}

impl BridgePart {
    /// What people call the part: a member, a period, `数量`, `价格`.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// use fenjie_plan::{Plan, example};
    /// use fenjie_track::{BridgeOf, BridgePart};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let part = BridgePart { of: BridgeOf::Volume, target: 0, actual: 0, gap: 5 };
    /// assert_eq!(part.label(&plan, Lang::Zh), "数量");
    /// ```
    pub fn label(&self, plan: &Plan, lang: Lang) -> String {
        let _ = (plan, lang);
        todo!()
    }
}
