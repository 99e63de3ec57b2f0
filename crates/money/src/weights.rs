//! Weights: non-negative numbers read once, exactly, and never questioned again (rule A5).
//! Knows nothing of amounts.

mod error;

use num_bigint::BigUint;

pub use error::WeightsError;

use crate::ZeroBasis;
use crate::decimal::{self, Decimal, Fault, LONGEST, Mantissa};

/// Non-negative exact weights, one per member in the plan's order.
///
/// Decimals are brought to integers by a common power of ten, so that nothing is rounded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    weighing: Weighing,
    /// Decimals the integers carry beyond what was typed.
    scale: u32,
}

/// The integers, as narrow as they allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Weighing {
    Small(Vec<u64>),
    Big(Vec<BigUint>),
}

/// Digits all weights of one group may take together after scaling.
const MOST_DIGITS: u64 = 100_000_000;

impl Weights {
    /// Reads weights: plain decimals such as `98`, `1.25`, `0.333`, up to 10,000 characters each;
    /// a percentage (`12.5%`) is its hundredth, and scientific notation (`1e-3`) is read exactly.
    ///
    /// # Errors
    /// An empty list, and any weight that is negative, not finite, no number or too long, named by
    /// its index from 0.
    ///
    /// ```
    /// use fenjie_money::{Weights, WeightsError};
    /// let weights = Weights::parse(&["1.5", "0.25"])?;
    /// assert_eq!((weights.text(0), weights.sum_text()), ("1.5".into(), "1.75".into()));
    /// let refused = Weights::parse(&["1", "-2"]);
    /// assert!(matches!(refused, Err(WeightsError::Negative { index: 1, .. })));
    /// # Ok::<(), WeightsError>(())
    /// ```
    pub fn parse<S: AsRef<str>>(texts: &[S]) -> Result<Weights, WeightsError> {
        if texts.is_empty() {
            return Err(WeightsError::Empty);
        }
        let mut numbers = Vec::with_capacity(texts.len());
        for (index, text) in texts.iter().enumerate() {
            numbers.push(read_weight(index, text.as_ref())?);
        }
        let scale = numbers
            .iter()
            .map(|n| n.exponent.min(0).unsigned_abs())
            .max()
            .unwrap_or(0);
        if let Some(small) = scale_small(&numbers, scale) {
            return Ok(Weights {
                weighing: Weighing::Small(small),
                scale,
            });
        }
        let digits = |n: &Decimal| u64::from(scale.saturating_add_signed(n.exponent)) + 38;
        if numbers.iter().map(digits).sum::<u64>() > MOST_DIGITS {
            let exponent = |&i: &usize| numbers[i].exponent.unsigned_abs();
            let index = (0..numbers.len()).max_by_key(exponent).unwrap_or(0);
            return Err(WeightsError::TooLong {
                index,
                chars: texts[index].as_ref().len(),
            });
        }
        let big = numbers
            .into_iter()
            .map(|n| n.mantissa.to_big() * BigUint::from(10u8).pow(lift(&n, scale)))
            .collect();
        Ok(Weights::from_scaled_big(big, scale))
    }

    /// Weights that are integers already.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Weights::from_u64(vec![6, 6, 8]).sum_text(), "20");
    /// ```
    pub fn from_u64(weights: Vec<u64>) -> Weights {
        Weights {
            weighing: Weighing::Small(weights),
            scale: 0,
        }
    }

    /// Weights that are integers of up to 128 bits.
    ///
    /// ```
    /// let weights = fenjie_money::Weights::from_u128(vec![u128::MAX, 0]);
    /// assert_eq!(weights.text(0), u128::MAX.to_string());
    /// ```
    pub fn from_u128(weights: Vec<u128>) -> Weights {
        if let Ok(small) = weights.iter().map(|&w| u64::try_from(w)).collect() {
            return Weights::from_u64(small);
        }
        Weights::from_scaled_big(weights.into_iter().map(BigUint::from).collect(), 0)
    }

    /// Weights that are integers of any size.
    ///
    /// ```
    /// use num_bigint::BigUint;
    /// let weights = fenjie_money::Weights::from_big(vec![BigUint::from(10u8).pow(40)]);
    /// assert_eq!(weights.sum_text().len(), 41);
    /// ```
    pub fn from_big(weights: Vec<BigUint>) -> Weights {
        Weights::from_scaled_big(weights, 0)
    }

    /// Equal weights for so many members.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Weights::equal(12).sum_text(), "12");
    /// ```
    pub fn equal(count: usize) -> Weights {
        Weights::from_u64(vec![1; count])
    }

    /// How many members there are.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Weights::equal(12).len(), 12);
    /// ```
    pub fn len(&self) -> usize {
        match &self.weighing {
            Weighing::Small(small) => small.len(),
            Weighing::Big(big) => big.len(),
        }
    }

    /// Whether there is no member at all.
    ///
    /// ```
    /// assert!(fenjie_money::Weights::equal(0).is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether every weight is zero.
    ///
    /// ```
    /// assert!(fenjie_money::Weights::from_u64(vec![0, 0]).is_all_zero());
    /// ```
    pub fn is_all_zero(&self) -> bool {
        match &self.weighing {
            Weighing::Small(small) => small.iter().all(|&w| w == 0),
            Weighing::Big(big) => big.iter().all(|w| *w == BigUint::ZERO),
        }
    }

    /// Whether one member's weight is zero.
    ///
    /// # Panics
    /// Where there is no such member.
    ///
    /// ```
    /// assert!(fenjie_money::Weights::from_u64(vec![1, 0]).is_zero(1));
    /// ```
    pub fn is_zero(&self, index: usize) -> bool {
        match &self.weighing {
            Weighing::Small(small) => small[index] == 0,
            Weighing::Big(big) => big[index] == BigUint::ZERO,
        }
    }

    /// The weights' sum, as a plain decimal.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Weights::parse(&["0.1", "0.2"]).unwrap().sum_text(), "0.3");
    /// ```
    pub fn sum_text(&self) -> String {
        let sum: BigUint = match &self.weighing {
            Weighing::Small(small) => small.iter().map(|&w| u128::from(w)).sum::<u128>().into(),
            Weighing::Big(big) => big.iter().sum(),
        };
        descale(&sum, self.scale)
    }

    /// One member's weight as a plain decimal, without needless zeros.
    ///
    /// # Panics
    /// Where there is no such member.
    ///
    /// ```
    /// assert_eq!(fenjie_money::Weights::parse(&["01.50"]).unwrap().text(0), "1.5");
    /// ```
    pub fn text(&self, index: usize) -> String {
        match &self.weighing {
            Weighing::Small(small) => descale(&small[index].into(), self.scale),
            Weighing::Big(big) => descale(&big[index], self.scale),
        }
    }

    /// The weights as 64-bit integers in one common scale, where they fit.
    ///
    /// ```
    /// let weights = fenjie_money::Weights::parse(&["1.5", "2"]).unwrap();
    /// assert_eq!(weights.as_u64(), Some(&[15, 20][..]));
    /// ```
    pub fn as_u64(&self) -> Option<&[u64]> {
        match &self.weighing {
            Weighing::Small(small) => Some(small),
            Weighing::Big(_) => None,
        }
    }

    /// Decides once what weights that are all zero mean (rule A5); the flag says whether they
    /// became equal, which the caller owes the user a warning for.
    ///
    /// # Errors
    /// [`WeightsError::AllZero`] where they are all zero and that is refused.
    ///
    /// ```
    /// use fenjie_money::{Weights, ZeroBasis};
    /// let zero = Weights::from_u64(vec![0, 0]);
    /// assert_eq!(zero.clone().with_zero_basis(ZeroBasis::Equal), Ok((Weights::equal(2), true)));
    /// assert!(zero.with_zero_basis(ZeroBasis::Refuse).is_err());
    /// ```
    pub fn with_zero_basis(self, basis: ZeroBasis) -> Result<(Weights, bool), WeightsError> {
        match (self.is_all_zero(), basis) {
            (false, _) => Ok((self, false)),
            (true, ZeroBasis::Equal) => Ok((Weights::equal(self.len()), true)),
            (true, ZeroBasis::Refuse) => Err(WeightsError::AllZero),
        }
    }

    pub(crate) fn weighing(&self) -> &Weighing {
        &self.weighing
    }

    pub(crate) fn to_big(&self) -> Vec<BigUint> {
        match &self.weighing {
            Weighing::Small(small) => small.iter().map(|&w| BigUint::from(w)).collect(),
            Weighing::Big(big) => big.clone(),
        }
    }

    fn from_scaled_big(big: Vec<BigUint>, scale: u32) -> Weights {
        match big.iter().map(u64::try_from).collect() {
            Ok(small) => Weights {
                weighing: Weighing::Small(small),
                scale,
            },
            Err(_) => Weights {
                weighing: Weighing::Big(big),
                scale,
            },
        }
    }
}

/// How many tens a number is multiplied with to reach the common scale.
fn lift(number: &Decimal, scale: u32) -> u32 {
    scale
        .checked_add_signed(number.exponent)
        .expect("the scale is the largest of all")
}

fn scale_small(numbers: &[Decimal], scale: u32) -> Option<Vec<u64>> {
    let scaled = |number: &Decimal| {
        let Mantissa::Small(mantissa) = number.mantissa else {
            return None;
        };
        if mantissa == 0 {
            return Some(0);
        }
        let mantissa = u64::try_from(mantissa).ok()?;
        mantissa.checked_mul(10u64.checked_pow(lift(number, scale))?)
    };
    numbers.iter().map(scaled).collect()
}

/// Reads one weight; `%` and `％` mean hundredths.
fn read_weight(index: usize, typed: &str) -> Result<Decimal, WeightsError> {
    if typed.len() > LONGEST {
        return Err(WeightsError::TooLong {
            index,
            chars: typed.len(),
        });
    }
    let text = typed.trim();
    let shown = || decimal::shorten(typed);
    let (negative, text) = match text.strip_prefix(['-', '−', '－']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if is_not_finite(text) {
        return Err(WeightsError::NotFinite {
            index,
            text: shown(),
        });
    }
    let (text, percent) = match text.strip_suffix(['%', '％']) {
        Some(rest) => (rest.trim_end(), true),
        None => (text, false),
    };
    let mut number = decimal::read(text).map_err(|fault| match fault {
        Fault::NotANumber => WeightsError::Invalid {
            index,
            text: shown(),
        },
        Fault::TooLong => WeightsError::TooLong {
            index,
            chars: typed.len(),
        },
    })?;
    if number.mantissa.is_zero() {
        return Ok(number);
    }
    if negative {
        return Err(WeightsError::Negative {
            index,
            text: shown(),
        });
    }
    if percent {
        number.exponent -= 2;
    }
    Ok(number)
}

/// Whether a text is one of the ways programs write what is no finite number.
pub(crate) fn is_not_finite(unsigned: &str) -> bool {
    [
        "nan", "inf", "infinity", "∞", "#n/a", "#div/0!", "null", "none",
    ]
    .iter()
    .any(|word| unsigned.eq_ignore_ascii_case(word))
}

/// `scaled × 10^-scale` as a plain decimal without trailing zeros.
fn descale(scaled: &BigUint, scale: u32) -> String {
    let digits = scaled.to_string();
    let scale = scale as usize;
    if scale == 0 {
        return digits;
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}.{fraction}")
    }
}
