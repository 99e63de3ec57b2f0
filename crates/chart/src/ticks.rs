//! Round marks of an axis of amounts, exact. Knows no pixels and no texts.

/// The marks of an axis: equal steps of 1, 2 or 5 times a power of ten that begin at or below the
/// least value and end at or above the most, in minor units (count × units of the step).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ticks {
    pub(crate) values: Vec<i128>,
    /// The power of ten that all marks are multiples of.
    pub(crate) power: u32,
}

impl Ticks {
    /// Marks for values between two bounds, zero included: an axis is never cut.
    pub(crate) fn around_zero(least: i128, most: i128, about: usize, whole: i128) -> Ticks {
        let least = least.min(0);
        let most = most.max(0);
        let (least, most) = if least == most {
            (0, whole)
        } else {
            (least, most)
        };
        let about = i128::try_from(about.max(1)).expect("a handful");
        let (step, power) = {
            let span = most.saturating_sub(least);
            round_up((span / about).saturating_add(i128::from(span % about > 0)))
        };
        let first = least.div_euclid(step);
        let last = -(-most).div_euclid(step);
        Ticks {
            values: (first..=last).map(|at| at.saturating_mul(step)).collect(),
            power,
        }
    }

    pub(crate) fn first(&self) -> i128 {
        self.values[0]
    }

    pub(crate) fn last(&self) -> i128 {
        self.values[self.values.len() - 1]
    }
}

/// The smallest of 1, 2, 5 × 10^n that is not below the value.
fn round_up(value: i128) -> (i128, u32) {
    let mut ten = 1i128;
    let mut power = 0;
    loop {
        for digit in [1, 2, 5] {
            let step = ten.saturating_mul(digit);
            if step >= value {
                return (step, power);
            }
        }
        ten = ten.saturating_mul(10);
        power += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_hold_all_values() {
        let check = |least, most, about, want: &[i128]| {
            assert_eq!(Ticks::around_zero(least, most, about, 100).values, want);
        };
        check(0, 1068, 5, &[0, 500, 1000, 1500]);
        check(0, 1068, 6, &[0, 200, 400, 600, 800, 1000, 1200]);
        check(0, 0, 5, &[0, 20, 40, 60, 80, 100]);
        check(-150, 900, 5, &[-500, 0, 500, 1000]);
        check(20, 30, 3, &[0, 10, 20, 30]);
        check(-7, -3, 4, &[-8, -6, -4, -2, 0]);
    }

    #[test]
    fn the_largest_amounts_have_marks_too() {
        let most = i128::from(i64::MAX) * 999_999_999_999_999_999;
        let ticks = Ticks::around_zero(-most, most, 5, 1);
        assert!(ticks.first() <= -most && ticks.last() >= most);
        assert!(ticks.values.len() < 12);
        assert_eq!(Ticks::around_zero(0, 1, 5, 1).values, [0, 1]);
    }
}
