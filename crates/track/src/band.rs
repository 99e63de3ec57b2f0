//! How far a projection may be off: from how unevenly the days so far went (rule T2). Exact whole
//! numbers; the one rounding is down to a whole step at the end. A day's weight may be in any unit.

use crate::ratio::Ratio;
use crate::standing::Projection;

/// Student's t at 90 %, in thousandths, for 1, 2, … degrees of freedom; 1282 for very many.
const T90: [u32; 30] = [
    3078, 1886, 1638, 1533, 1476, 1440, 1415, 1397, 1383, 1372, 1363, 1356, 1350, 1345, 1341, 1337,
    1333, 1330, 1328, 1325, 1323, 1321, 1319, 1318, 1316, 1315, 1314, 1313, 1311, 1310,
];

/// The days so far: results and weights of those with a weight.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unevenness {
    /// How many days.
    pub(crate) days: u32,
    /// The standard deviation of a day's result per million of weight, in steps.
    deviation: u128,
    /// No day was below zero, so what is sold stays sold.
    only_sales: bool,
}

/// The weights of the days left, in the unit of those the unevenness was learned with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Left {
    sum: u128,
    squares: u128,
}

impl Left {
    /// One day more.
    pub(crate) fn add(&mut self, weight: u64) {
        self.sum += u128::from(weight);
        self.squares = self.squares.saturating_add(u128::from(weight).pow(2));
    }

    /// All days left together.
    pub(crate) fn sum(&self) -> i128 {
        i128::try_from(self.sum).unwrap_or(i128::MAX)
    }
}

impl Unevenness {
    /// From the results and weights of the days gone, days without weight left out.
    pub(crate) fn of(days: impl Iterator<Item = (i64, u64)> + Clone) -> Unevenness {
        let (mut count, mut actual, mut weight) = (0u32, 0i128, 0i128);
        let mut only_sales = true;
        for (result, own) in days.clone().filter(|(_, own)| *own > 0) {
            count += 1;
            actual += i128::from(result);
            weight += i128::from(own);
            only_sales &= result >= 0;
        }
        let mut found = Unevenness {
            days: count,
            deviation: 0,
            only_sales,
        };
        if count < 2 {
            return found;
        }
        let rate = |result: i128, weight: i128| match Ratio::new(result * 1_000_000, weight) {
            Some(rate) => rate.rounded(0),
            None => 0,
        };
        let mean = rate(actual, weight);
        // Differences are brought below 2^54 so that the squares of 2^20 days still add up.
        let differences = days
            .filter(|(_, own)| *own > 0)
            .map(|(result, own)| rate(result.into(), own.into()).abs_diff(mean));
        let largest = differences.clone().max().unwrap_or(0);
        let shift = (64 - largest.leading_zeros()).saturating_sub(54);
        let squares: u128 = differences
            .map(|difference| u128::from(difference >> shift).pow(2))
            .sum();
        found.deviation = (squares / u128::from(count - 1)).isqrt() << shift;
        found
    }

    /// Where a period ends when the share `elapsed` of it brought `actual`; nothing before that share
    /// is above zero.
    pub(crate) fn project(&self, actual: i64, elapsed: Ratio, left: &Left) -> Option<Projection> {
        if elapsed.above() <= 0 {
            return None;
        }
        let middle = i128::from(actual).checked_mul(elapsed.below())?;
        let middle = Ratio::new(middle, elapsed.above())?.rounded(0);
        Some(self.around(middle, actual, left))
    }

    /// Middle 80 % around a point: t × deviation × √(Σ w² of the days left + (Σ w)² ÷ days), the
    /// weights left as seen from the mean of so many days.
    pub(crate) fn around(&self, middle: i64, actual: i64, left: &Left) -> Projection {
        let mut projection = Projection {
            low: middle,
            middle,
            high: middle,
            days: self.days,
        };
        if self.days < 2 || left.sum == 0 {
            return projection;
        }
        let t = T90.get(self.days as usize - 2).copied().unwrap_or(1282);
        let mean = left.sum.saturating_mul(left.sum) / u128::from(self.days);
        let reach = left.squares.saturating_add(mean).isqrt();
        let half = self
            .deviation
            .saturating_mul(reach)
            .saturating_mul(t.into())
            / 1_000_000_000;
        let half = i64::try_from(half).unwrap_or(i64::MAX);
        projection.low = middle.saturating_sub(half);
        projection.high = middle.saturating_add(half);
        if self.only_sales {
            projection.low = projection.low.max(actual.min(middle));
        }
        projection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 1_000_000;

    /// So many days of weight 1.0 gone and left.
    fn project(days: Unevenness, actual: i64, gone: u32, left: u32) -> Option<Projection> {
        let elapsed = Ratio::new(gone.into(), i128::from(gone + left)).unwrap();
        let mut weights = Left::default();
        (0..left).for_each(|_| weights.add(DAY));
        days.project(actual, elapsed, &weights)
    }

    #[test]
    fn even_days_have_a_band_of_nothing() {
        let even = Unevenness::of([100i64; 10].into_iter().map(|result| (result, DAY)));
        let found = project(even, 1000, 10, 20).unwrap();
        assert_eq!((found.low, found.middle, found.high), (3000, 3000, 3000));
    }

    #[test]
    fn by_hand_two_days_of_80_and_120() {
        // Mean 100, deviation √(800 ÷ 1) = 28; two days left: √(2 + 4 ÷ 2) = 2; t of one degree 3.078.
        let days = [(80i64, DAY), (120, DAY)];
        let found = project(Unevenness::of(days.into_iter()), 200, 2, 2);
        let wanted = Projection {
            low: 400 - 172,
            middle: 400,
            high: 400 + 172,
            days: 2,
        };
        assert_eq!(found, Some(wanted));
        assert!(!wanted.is_firm());
    }

    #[test]
    fn the_unit_of_the_weights_does_not_matter() {
        // The same days weighed by targets of 100.00 each: the deviation is 28.28 to the cent.
        let days = [(8000i64, 10_000u64), (12_000, 10_000)];
        let (mut left, half) = (Left::default(), Ratio::percent(50));
        (0..2).for_each(|_| left.add(10_000));
        let found = Unevenness::of(days.into_iter()).project(20_000, half, &left);
        let found = found.unwrap();
        assert_eq!((found.middle, found.high - found.middle), (40_000, 17_411));
    }

    #[test]
    fn weights_take_the_weekday_out() {
        // 10 a day, 18 on Sundays of weight 1.8: nothing is uneven about it.
        let days = [(10i64, DAY), (10, DAY), (18, 1_800_000), (10, DAY)];
        let found = Unevenness::of(days.into_iter());
        assert_eq!(found.deviation, 0);
    }

    #[test]
    fn one_day_has_no_band_and_no_day_no_projection() {
        let one = Unevenness::of([(50i64, DAY)].into_iter());
        let found = project(one, 50, 1, 3).unwrap();
        assert_eq!((found.low, found.middle, found.high), (200, 200, 200));
        assert_eq!(project(Unevenness::default(), 0, 0, 3), None);
    }

    #[test]
    fn what_is_sold_stays_sold_unless_there_were_returns() {
        let sales = [(1000i64, DAY), (0, DAY)];
        let found = project(Unevenness::of(sales.into_iter()), 1000, 2, 1);
        assert_eq!(found.unwrap().low, 1000);
        let returns = [(1100i64, DAY), (-100, DAY)];
        let found = project(Unevenness::of(returns.into_iter()), 1000, 2, 1);
        assert!(found.unwrap().low < 1000);
    }

    #[test]
    fn the_largest_amounts_do_not_leave_the_range() {
        let days = [(i64::MAX, 1u64), (i64::MIN + 1, 1), (0, DAY)];
        let found = project(Unevenness::of(days.into_iter()), i64::MAX, 1, 365);
        assert_eq!(found.unwrap().middle, i64::MAX);
    }
}
