//! Values of level and ratio measures (rule D11): stated ones, a period's from its sub-periods, and
//! ratios computed from their flows. Exact fractions; nothing is ever added up or shared.

use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::measure::{LevelPeriod, MeasureKind};
use crate::model::Place;
use crate::state::Plan;

/// An exact fraction in lowest terms, its denominator above zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fraction {
    above: i128,
    below: i128,
}

impl Fraction {
    /// `above ÷ below` in lowest terms; nothing for a denominator of zero.
    ///
    /// ```
    /// use fenjie_plan::Fraction;
    /// assert_eq!(Fraction::new(6, -4).unwrap().to_string(), "-3/2");
    /// assert!(Fraction::new(1, 0).is_none());
    /// ```
    pub fn new(above: i128, below: i128) -> Option<Fraction> {
        if below == 0 || above == i128::MIN || below == i128::MIN {
            return None;
        }
        let (mut a, mut b) = (above.unsigned_abs(), below.unsigned_abs());
        while b != 0 {
            (a, b) = (b, a % b);
        }
        let divisor = i128::try_from(a.max(1)).ok()? * below.signum();
        Some(Fraction {
            above: above / divisor,
            below: below / divisor,
        })
    }

    /// The numerator.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Fraction::new(6, 4).unwrap().above(), 3);
    /// ```
    pub fn above(self) -> i128 {
        self.above
    }

    /// The denominator.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Fraction::new(6, 4).unwrap().below(), 2);
    /// ```
    pub fn below(self) -> i128 {
        self.below
    }

    /// As a decimal with so many digits behind the point, rounded half away from zero (a named
    /// rounding, for showing only); nothing where it leaves the range.
    ///
    /// ```
    /// use fenjie_plan::Fraction;
    /// assert_eq!(Fraction::new(2, 3).unwrap().rounded(4).unwrap().to_string(), "0.6667");
    /// ```
    pub fn rounded(self, digits: u32) -> Option<Decimal> {
        let scaled = self.above.checked_mul(10i128.checked_pow(digits)?)?;
        let twice = scaled.checked_abs()?.checked_mul(2)?;
        let whole = twice.checked_add(self.below)? / self.below.checked_mul(2)?;
        Some(Decimal::new(whole * scaled.signum(), digits))
    }

    fn of(value: Decimal) -> Option<Fraction> {
        Fraction::new(value.digits(), 10i128.checked_pow(value.scale())?)
    }

    fn plus(self, other: Fraction) -> Option<Fraction> {
        let above = self
            .above
            .checked_mul(other.below)?
            .checked_add(other.above.checked_mul(self.below)?)?;
        Fraction::new(above, self.below.checked_mul(other.below)?)
    }
}

impl std::fmt::Display for Fraction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.below {
            1 => write!(f, "{}", self.above),
            below => write!(f, "{}/{below}", self.above),
        }
    }
}

impl Plan {
    /// The value of a level or ratio at a place (rule D11): the stated one; else a level's last or
    /// mean of the periods below that have one, or a ratio's numerator over its denominator where
    /// both are flows of the plan. Nothing where none of these is known, and for a flow.
    ///
    /// ```
    /// use fenjie_plan::{Decimal, LevelPeriod, Measure, MeasureKind, Operation, Address, Plan, example};
    /// let mut definition = example::definition();
    /// let kind = MeasureKind::Level(LevelPeriod::Last);
    /// definition.measures.push(Measure { kind, ..Measure::sales("csat", "满意度") });
    /// let state = |quarter: &str, value: &str| Operation::State {
    ///     measure: "csat".into(), at: Address::parse(quarter).unwrap(), value: Decimal::parse(value).unwrap(),
    /// };
    /// let operations = [state("quarter=2026-Q1", "85"), state("quarter=2026-Q2", "88")];
    /// let plan = Plan::replay(definition, &operations).unwrap();
    /// let year = plan.place("").unwrap();
    /// assert_eq!(plan.stated_value(1, &year).unwrap().to_string(), "88");
    /// ```
    pub fn stated_value(&self, measure: usize, place: &Place) -> Option<Fraction> {
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        let stated: BTreeMap<u32, Decimal> = self
            .statements
            .iter()
            .filter(|known| known.measure == measure && known.place.0[..time] == place.0[..time])
            .filter(|known| tree.contains(place.0[time], known.place.0[time]))
            .map(|known| (known.place.0[time], known.value))
            .collect();
        match &self.model.definition.measures[measure].kind {
            MeasureKind::Flow => None,
            MeasureKind::Level(period) => self.level_value(place.0[time], &stated, *period),
            MeasureKind::Ratio {
                numerator,
                denominator,
            } => match stated.get(&place.0[time]) {
                Some(value) => Fraction::of(*value),
                None => {
                    let above = self.flow_value(numerator.as_deref()?, place)?;
                    let below = self.flow_value(denominator.as_deref()?, place)?;
                    let hundred = i128::from(self.model.definition.measures[measure].per());
                    Fraction::new(
                        above.above.checked_mul(below.below)?.checked_mul(hundred)?,
                        above.below.checked_mul(below.above)?,
                    )
                }
            },
        }
    }

    fn level_value(
        &self,
        node: u32,
        stated: &BTreeMap<u32, Decimal>,
        period: LevelPeriod,
    ) -> Option<Fraction> {
        if let Some(value) = stated.get(&node) {
            return Fraction::of(*value);
        }
        let tree = &self.model.axes()[self.model.time()].tree;
        let has_any = |child: &u32| stated.range(*child..tree.end(*child)).next().is_some();
        let mut parts = tree
            .children(node)
            .filter(has_any)
            .map(|child| self.level_value(child, stated, period));
        match period {
            LevelPeriod::Last => parts.last()?,
            LevelPeriod::Mean => {
                let first = parts.next()??;
                let mut count = 1i128;
                let sum = parts.try_fold(first, |sum, part| {
                    count += 1;
                    sum.plus(part?)
                })?;
                Fraction::new(sum.above, sum.below.checked_mul(count)?)
            }
        }
    }

    /// A flow's value in units, not in steps.
    fn flow_value(&self, name: &str, place: &Place) -> Option<Fraction> {
        let measure = self.model.flow_index(name).ok()?;
        let step = self.step(measure);
        let count = i128::from(self.value(measure, place)?);
        Fraction::new(
            count.checked_mul(i128::from(step.units()))?,
            10i128.checked_pow(step.decimals())?,
        )
    }
}
