//! The step of a measure: what one count is worth. Knows how to be read, not how amounts are read.

use crate::amount::AmountError;
use crate::decimal::{self, Mantissa};

/// The size of one count: `units × 10^-decimals`, such as 0.01 yuan, one piece or 100 yuan.
///
/// The decimals typed are kept for writing: a step of `100.00` is as large as `100` but writes
/// `300.00` instead of `300`, and the two are not equal; [`Step::same_size`] compares sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    units: u64,
    decimals: u32,
}

impl Step {
    /// The most decimals a step may have.
    pub const MOST_DECIMALS: u32 = 18;

    /// Reads a step: a plain positive decimal with at most 18 decimals and 18 digits.
    ///
    /// # Errors
    /// [`AmountError::StepInvalid`] for anything else, zero and negative numbers included.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert_eq!(Step::parse("0.01")?, Step::cent());
    /// assert_eq!(Step::parse("100.00")?.format(3), "300.00");
    /// assert_eq!(Step::parse("0").unwrap_err().to_string(),
    ///     "`0` is not a step, which is a positive decimal such as 0.01, 1 or 100 [step_invalid]");
    /// # Ok::<(), fenjie_money::AmountError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Step, AmountError> {
        let invalid = || AmountError::StepInvalid {
            text: decimal::shorten(text),
        };
        let typed = text.trim();
        let decimals = typed
            .split_once('.')
            .map_or(0, |(_, fraction)| fraction.len());
        let number = decimal::read(typed).map_err(|_| invalid())?;
        if decimals > Step::MOST_DECIMALS as usize || typed.contains(['e', 'E']) {
            return Err(invalid());
        }
        let decimals = decimals as u32;
        let Mantissa::Small(mantissa) = number.mantissa else {
            return Err(invalid());
        };
        // The reader drops trailing zeros of the fraction; they come back here.
        let dropped = decimals.checked_add_signed(number.exponent).unwrap_or(0);
        let units = decimal::power_of_ten(dropped).and_then(|power| mantissa.checked_mul(power));
        match units {
            Some(units) if units > 0 && units < 1_000_000_000_000_000_000 => Ok(Step {
                units: units as u64,
                decimals,
            }),
            _ => Err(invalid()),
        }
    }

    /// One hundredth, the step of money.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Step::cent().format(5), "0.05");
    /// ```
    pub fn cent() -> Step {
        Step {
            units: 1,
            decimals: 2,
        }
    }

    /// One whole unit, the step of pieces, customers and deals.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Step::one().format(5), "5");
    /// ```
    pub fn one() -> Step {
        Step {
            units: 1,
            decimals: 0,
        }
    }

    /// The step of `10^-decimals`; at most 18 decimals.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert_eq!(Step::power(2), Some(Step::cent()));
    /// assert_eq!(Step::power(19), None);
    /// ```
    pub fn power(decimals: u32) -> Option<Step> {
        (decimals <= Step::MOST_DECIMALS).then_some(Step { units: 1, decimals })
    }

    /// How many decimals an amount of this step is written with.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Step::cent().decimals(), 2);
    /// ```
    pub fn decimals(&self) -> u32 {
        self.decimals
    }

    /// How many times `10^-decimals` one step is.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Step::parse("0.5").unwrap().units(), 5);
    /// ```
    pub fn units(&self) -> u64 {
        self.units
    }

    /// Whether two steps are worth the same, however they are written.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert!(Step::parse("100.00").unwrap().same_size(&Step::parse("100").unwrap()));
    /// ```
    pub fn same_size(&self, other: &Step) -> bool {
        let scaled = |step: &Step, decimals: u32| {
            u128::from(step.units) * 10u128.pow(decimals.saturating_sub(step.decimals))
        };
        scaled(self, other.decimals) == scaled(other, self.decimals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_keep_the_decimals_typed() {
        for (text, units, decimals) in [
            ("0.01", 1, 2),
            ("1", 1, 0),
            ("100", 100, 0),
            ("100.00", 10_000, 2),
            ("0.50", 50, 2),
        ] {
            assert_eq!(Step::parse(text), Ok(Step { units, decimals }), "`{text}`");
        }
        assert_eq!(
            Step::parse(" 0.000000000000000001 ").map(|step| step.decimals()),
            Ok(18)
        );
    }

    #[test]
    fn what_is_no_step_is_refused() {
        for text in [
            "",
            "0",
            "0.00",
            "-1",
            "+1",
            "1e2",
            "abc",
            "NaN",
            "inf",
            "0.0000000000000000001",
            "1,0",
        ] {
            assert_eq!(
                Step::parse(text).unwrap_err(),
                AmountError::StepInvalid { text: text.into() }
            );
        }
        assert!(Step::parse(&"9".repeat(400)).is_err());
    }
}
