//! The coefficient of a day or share of a slot: an exact decimal. Knows nothing of days.

use std::fmt;

use crate::CalendarError;

/// A multiplier between 0 and 4000, counted in millionths, so that 1.2 is exactly 1.2.
///
/// ```
/// use fenjie_calendar::Coefficient;
/// assert_eq!(Coefficient::parse("1.2")?.millionths(), 1_200_000);
/// assert_eq!(Coefficient::parse("1.20")?.to_string(), "1.2");
/// # Ok::<(), fenjie_calendar::CalendarError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Coefficient(u32);

impl Coefficient {
    /// 0: a closed day.
    pub const ZERO: Self = Self(0);
    /// 1: an ordinary day.
    pub const ONE: Self = Self(1_000_000);
    /// 4000, the largest coefficient.
    pub const MAX: Self = Self(4_000_000_000);

    /// From a count of millionths.
    ///
    /// # Errors
    /// `coefficient_invalid` above 4000.
    ///
    /// ```
    /// use fenjie_calendar::Coefficient;
    /// assert_eq!(Coefficient::from_millionths(1_500_000)?.to_string(), "1.5");
    /// assert!(Coefficient::from_millionths(4_000_000_001).is_err());
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn from_millionths(millionths: u64) -> Result<Self, CalendarError> {
        match u32::try_from(millionths) {
            Ok(count) if count <= Self::MAX.0 => Ok(Self(count)),
            _ => Err(CalendarError::CoefficientInvalid {
                text: format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000),
            }),
        }
    }

    /// Reads a plain decimal with at most six places, `1.2` or `30`; a percentage `120%` is read
    /// as 1.2.
    ///
    /// # Errors
    /// `coefficient_invalid`: negative, above 4000, more than six places, not a plain decimal.
    ///
    /// ```
    /// use fenjie_calendar::Coefficient;
    /// assert_eq!(Coefficient::parse("120%")?, Coefficient::parse("1.2")?);
    /// for bad in ["-1", "1e3", "", ".", "1.0000001", "NaN", "4000.1", "1,2"] {
    ///     assert_eq!(Coefficient::parse(bad).unwrap_err().code(), "coefficient_invalid");
    /// }
    /// # use fenjie_message::Message;
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, CalendarError> {
        let bad = || CalendarError::CoefficientInvalid {
            text: text.to_owned(),
        };
        let number = text.trim();
        let (number, places) = match number.strip_suffix(['%', '％']) {
            Some(percent) => (percent.trim_end(), 4),
            None => (number, 6),
        };
        let (whole, part) = number.split_once('.').unwrap_or((number, ""));
        let part = part.trim_end_matches('0');
        let plain = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if number.is_empty() || number == "." || !plain(whole) || !plain(part) {
            return Err(bad());
        }
        if part.len() > places || whole.len() > 9 {
            return Err(bad());
        }
        let digits = format!("{whole}{part:0<places$}");
        let count = digits.parse::<u64>().map_err(|_| bad())?;
        Self::from_millionths(count).map_err(|_| bad())
    }

    /// The count of millionths: 1.2 is 1,200,000.
    ///
    /// ```
    /// assert_eq!(fenjie_calendar::Coefficient::ONE.millionths(), 1_000_000);
    /// ```
    pub const fn millionths(self) -> u32 {
        self.0
    }

    /// The product, rounded half up to a millionth; 4000 where it would be larger.
    /// `DayWeights::check` refuses seasons that could reach that ceiling.
    ///
    /// ```
    /// use fenjie_calendar::Coefficient;
    /// let saturday = Coefficient::parse("1.5")?;
    /// assert_eq!(saturday.times_rounded_half_up(Coefficient::parse("0.8")?).to_string(), "1.2");
    /// # Ok::<(), fenjie_calendar::CalendarError>(())
    /// ```
    pub fn times_rounded_half_up(self, factor: Self) -> Self {
        let product = (u64::from(self.0) * u64::from(factor.0) + 500_000) / 1_000_000;
        Self(u32::try_from(product).unwrap_or(u32::MAX).min(Self::MAX.0))
    }
}

impl fmt::Display for Coefficient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / 1_000_000, self.0 % 1_000_000);
        let digits = format!("{part:06}");
        let digits = digits.trim_end_matches('0');
        let text = match digits {
            "" => whole.to_string(),
            digits => format!("{whole}.{digits}"),
        };
        f.pad(&text)
    }
}

impl std::str::FromStr for Coefficient {
    type Err = CalendarError;

    fn from_str(text: &str) -> Result<Self, CalendarError> {
        Self::parse(text)
    }
}
