//! Exact fractions of amounts and weights: attainment, shares, rates. Knows no plan.

use std::cmp::Ordering;

/// `above ÷ below` with `below` above zero, not brought to lowest terms. Two fractions are equal when
/// their values are.
#[derive(Clone, Copy, Debug)]
pub struct Ratio {
    above: i128,
    below: i128,
}

impl Ratio {
    /// The fraction; nothing for a denominator of zero.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// assert_eq!(Ratio::new(-6, -4), Ratio::new(3, 2));
    /// assert!(Ratio::new(1, 0).is_none());
    /// ```
    pub fn new(above: i128, below: i128) -> Option<Ratio> {
        match below.cmp(&0) {
            Ordering::Greater => Some(Ratio { above, below }),
            Ordering::Less => Some(Ratio {
                above: -above,
                below: -below,
            }),
            Ordering::Equal => None,
        }
    }

    /// So many percent: `percent(-5)` is −5/100.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// assert_eq!(Some(Ratio::percent(-5)), Ratio::new(-1, 20));
    /// ```
    pub const fn percent(percent: i64) -> Ratio {
        Ratio {
            above: percent as i128,
            below: 100,
        }
    }

    /// The numerator as it was given, its sign that of the fraction.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Ratio::percent(91).above(), 91);
    /// ```
    pub fn above(self) -> i128 {
        self.above
    }

    /// The denominator as it was given, above zero.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Ratio::percent(91).below(), 100);
    /// ```
    pub fn below(self) -> i128 {
        self.below
    }

    /// Whether the value is below zero.
    ///
    /// ```
    /// assert!(fenjie_track::Ratio::percent(-1).is_negative());
    /// ```
    pub fn is_negative(self) -> bool {
        self.above < 0
    }

    /// In counts of `10^-digits`, rounded half away from zero: the one rounding for showing. Values
    /// beyond `i64` stop at its ends.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// let two_thirds = Ratio::new(2, 3).unwrap();
    /// assert_eq!(two_thirds.rounded(4), 6667);
    /// assert_eq!(Ratio::new(-1, 2).unwrap().rounded(0), -1);
    /// ```
    pub fn rounded(self, digits: u32) -> i64 {
        let (mut above, mut below) = (self.above.unsigned_abs(), self.below.unsigned_abs());
        let scale = 10u128.pow(digits.min(18));
        // Only a fraction far finer than what is shown loses bits here.
        while above.checked_mul(2 * scale).is_none() && below > 1 {
            above >>= 1;
            below >>= 1;
        }
        let scaled = above.saturating_mul(scale);
        let whole = scaled / below + u128::from(scaled % below >= below.div_ceil(2));
        let whole = i64::try_from(whole).unwrap_or(i64::MAX);
        if self.above < 0 { -whole } else { whole }
    }

    /// As percent with so many decimals: `91.3%`.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// assert_eq!(Ratio::new(2, 3).unwrap().percent_text(1), "66.7%");
    /// assert_eq!(Ratio::percent(-5).percent_text(0), "-5%");
    /// ```
    pub fn percent_text(self, decimals: u32) -> String {
        format!("{}%", self.points_text(decimals))
    }

    /// As percentage points with so many decimals, without a sign of percent: `-8.2`.
    ///
    /// ```
    /// assert_eq!(fenjie_track::Ratio::new(-41, 500).unwrap().points_text(1), "-8.2");
    /// ```
    pub fn points_text(self, decimals: u32) -> String {
        let count = self.rounded(decimals + 2);
        let sign = if count < 0 { "-" } else { "" };
        let (count, scale) = (count.unsigned_abs(), 10u64.pow(decimals));
        match decimals {
            0 => format!("{sign}{count}"),
            _ => format!(
                "{sign}{}.{:0places$}",
                count / scale,
                count % scale,
                places = decimals as usize
            ),
        }
    }

    /// The difference of two fractions, exact; where the parts leave 128 bits, of their values
    /// rounded to a billionth.
    ///
    /// ```
    /// use fenjie_track::Ratio;
    /// let pace = Ratio::percent(43).minus(Ratio::percent(51));
    /// assert_eq!(pace, Ratio::percent(-8));
    /// ```
    pub fn minus(self, other: Ratio) -> Ratio {
        let exact = || {
            if self.below == other.below {
                return Ratio::new(self.above.checked_sub(other.above)?, self.below);
            }
            let left = self.above.checked_mul(other.below)?;
            let right = other.above.checked_mul(self.below)?;
            Ratio::new(
                left.checked_sub(right)?,
                self.below.checked_mul(other.below)?,
            )
        };
        exact().unwrap_or_else(|| Ratio {
            above: i128::from(self.rounded(9)) - i128::from(other.rounded(9)),
            below: 1_000_000_000,
        })
    }
}

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Ratio {}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Ratio {
    /// Exact, whatever the sizes: by products where they fit, else digit by digit.
    fn cmp(&self, other: &Self) -> Ordering {
        let left = self.above.checked_mul(other.below);
        let right = other.above.checked_mul(self.below);
        if let (Some(left), Some(right)) = (left, right) {
            return left.cmp(&right);
        }
        let (mut a, mut b, mut c, mut d) = (self.above, self.below, other.above, other.below);
        let mut turned = false;
        loop {
            let order = a.div_euclid(b).cmp(&c.div_euclid(d));
            let (left, right) = (a.rem_euclid(b), c.rem_euclid(d));
            let order = match (order, left, right) {
                (Ordering::Equal, 0, 0) => Ordering::Equal,
                (Ordering::Equal, 0, _) => Ordering::Less,
                (Ordering::Equal, _, 0) => Ordering::Greater,
                (Ordering::Equal, ..) => {
                    // left/b against right/d is d/right against b/left, turned round twice.
                    (a, b, c, d) = (b, left, d, right);
                    turned = !turned;
                    continue;
                }
                (order, ..) => order,
            };
            return if turned { order.reverse() } else { order };
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_round_half_away_from_zero() {
        for (above, below, decimals, wanted) in [
            (1, 8, 0, "13%"),
            (1, 8, 1, "12.5%"),
            (-1, 8, 0, "-13%"),
            (-1, 2000, 1, "-0.1%"),
            (-1, 20_000, 1, "0.0%"),
            (10_245, 10_000, 2, "102.45%"),
        ] {
            let ratio = Ratio::new(above, below).unwrap();
            assert_eq!(ratio.percent_text(decimals), wanted);
        }
    }

    proptest! {
        #[test]
        fn order_is_that_of_small_fractions_at_any_size(
            a in -1000i128..1000, b in 1i128..1000, c in -1000i128..1000, d in 1i128..1000,
            left in 1i128..(1 << 116), right in 1i128..(1 << 116),
        ) {
            let small = (a * d).cmp(&(c * b));
            let (x, y) = (Ratio::new(a * left, b * left), Ratio::new(c * right, d * right));
            prop_assert_eq!(x.unwrap().cmp(&y.unwrap()), small);
        }

        #[test]
        fn rounding_is_exact_for_amounts(a in any::<i64>(), b in 1i64..i64::MAX) {
            let whole = Ratio::new(a.into(), b.into()).unwrap().rounded(2);
            let twice = i128::from(a) * 200;
            prop_assume!((twice / i128::from(b)).unsigned_abs() < i64::MAX as u128);
            let error = twice - 2 * i128::from(whole) * i128::from(b);
            prop_assert!(error.abs() <= i128::from(b));
        }
    }
}
