//! An exact decimal for rates, coefficients and stated ratios. Not for amounts of a flow: those are
//! counts of a step. Knows no axis and no plan.

use std::fmt;

use fenjie_message::{Lang, Message};

/// A decimal number kept exactly as `digits × 10^-scale`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    digits: i128,
    scale: u32,
}

/// Why a text is no decimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecimalError {
    /// The text as it was given.
    pub text: String,
}

impl Message for DecimalError {
    fn code(&self) -> &'static str {
        "decimal_invalid"
    }
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 不是可用的数（最多 30 位有效数字）", self.text),
            Lang::En => {
                format!(
                    "`{}` is not a usable number (30 significant digits at most)",
                    self.text
                )
            }
        }
    }
    fn hint(&self, lang: Lang) -> Option<String> {
        Some(
            lang.pick("写成 1.15、15% 或 -3.5%", "write 1.15, 15% or -3.5%")
                .into(),
        )
    }
}

impl Decimal {
    /// Zero.
    pub const ZERO: Decimal = Decimal {
        digits: 0,
        scale: 0,
    };
    /// One.
    pub const ONE: Decimal = Decimal {
        digits: 1,
        scale: 0,
    };

    /// A decimal from its digits and scale.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// assert_eq!(Decimal::new(115, 2).to_string(), "1.15");
    /// ```
    pub fn new(digits: i128, scale: u32) -> Self {
        Decimal { digits, scale }.trimmed()
    }

    /// Reads `1.15`, `15%`, `-3.5%`, `1,000`. A percent sign divides by one hundred.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// assert_eq!(Decimal::parse("15%").unwrap(), Decimal::parse("0.15").unwrap());
    /// assert!(Decimal::parse("NaN").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, DecimalError> {
        let fail = || DecimalError {
            text: text.chars().take(60).collect(),
        };
        let mut body = text.trim();
        let mut scale = 0u32;
        if let Some(rest) = body.strip_suffix(['%', '%']) {
            body = rest.trim_end();
            scale = 2;
        }
        let negative = body.starts_with('-');
        let body = body.strip_prefix(['-', '+']).unwrap_or(body);
        let mut digits: i128 = 0;
        let mut seen = 0u32;
        let mut fraction = false;
        for (at, ch) in body.char_indices() {
            match ch {
                '0'..='9' => {
                    if digits != 0 || ch != '0' {
                        seen += 1;
                    }
                    if seen > 30 {
                        return Err(fail());
                    }
                    digits = digits * 10 + i128::from(u32::from(ch) - u32::from('0'));
                    scale += u32::from(fraction);
                }
                '.' if !fraction => fraction = true,
                ',' | '_' if !fraction && at > 0 => {}
                _ => return Err(fail()),
            }
        }
        if !body.bytes().any(|b| b.is_ascii_digit()) || scale > 36 {
            return Err(fail());
        }
        Ok(Decimal {
            digits: if negative { -digits } else { digits },
            scale,
        }
        .trimmed())
    }

    fn trimmed(mut self) -> Self {
        while self.scale > 0 && self.digits % 10 == 0 {
            self.digits /= 10;
            self.scale -= 1;
        }
        self
    }

    /// The digits, without the point.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Decimal::parse("0.25").unwrap().digits(), 25);
    /// ```
    pub fn digits(self) -> i128 {
        self.digits
    }

    /// How many digits stand behind the point.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Decimal::parse("0.25").unwrap().scale(), 2);
    /// ```
    pub fn scale(self) -> u32 {
        self.scale
    }

    /// Whether the number is below zero.
    ///
    /// ```
    /// assert!(fenjie_plan::Decimal::parse("-1").unwrap().is_negative());
    /// ```
    pub fn is_negative(self) -> bool {
        self.digits < 0
    }

    /// The sum, or nothing where it leaves the range.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// let sum = Decimal::parse("40%").unwrap().plus(Decimal::parse("60%").unwrap());
    /// assert_eq!(sum, Some(Decimal::ONE));
    /// ```
    pub fn plus(self, other: Decimal) -> Option<Decimal> {
        let scale = self.scale.max(other.scale);
        let sum = self.at_scale(scale)?.checked_add(other.at_scale(scale)?)?;
        Some(Decimal { digits: sum, scale }.trimmed())
    }

    /// The product, or nothing where it leaves the range.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// let product = Decimal::parse("1.2").unwrap().times(Decimal::parse("0.5").unwrap());
    /// assert_eq!(product.unwrap().to_string(), "0.6");
    /// ```
    pub fn times(self, other: Decimal) -> Option<Decimal> {
        let digits = self.digits.checked_mul(other.digits)?;
        Some(
            Decimal {
                digits,
                scale: self.scale + other.scale,
            }
            .trimmed(),
        )
    }

    /// The digits brought to a larger scale, or nothing where they leave the range.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Decimal::parse("1.5").unwrap().at_scale(3), Some(1500));
    /// ```
    pub fn at_scale(self, scale: u32) -> Option<i128> {
        let more = scale.checked_sub(self.scale)?;
        self.digits.checked_mul(10i128.checked_pow(more)?)
    }

    /// A share of an amount, rounded half away from zero (a named rounding): used for percentages
    /// of a total, never for parts that must add up.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// assert_eq!(Decimal::parse("15%").unwrap().of_rounded(1_003), Some(150));
    /// ```
    pub fn of_rounded(self, amount: i64) -> Option<i64> {
        let divisor = 10i128.checked_pow(self.scale)?;
        let product = i128::from(amount).checked_mul(self.digits)?;
        let half = divisor / 2;
        let rounded = if product >= 0 {
            (product + half) / divisor
        } else {
            (product - half) / divisor
        };
        i64::try_from(rounded).ok()
    }

    /// Smaller, equal or larger, by value.
    ///
    /// ```
    /// use fenjie_plan::Decimal;
    /// let (a, b) = (Decimal::parse("5.2").unwrap(), Decimal::parse("5.0").unwrap());
    /// assert_eq!(a.compare(b), std::cmp::Ordering::Greater);
    /// ```
    pub fn compare(self, other: Decimal) -> std::cmp::Ordering {
        let scale = self.scale.max(other.scale);
        match (self.at_scale(scale), other.at_scale(scale)) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => (self.digits.signum()).cmp(&other.digits.signum()),
        }
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.digits < 0 { "-" } else { "" };
        let digits = self.digits.unsigned_abs().to_string();
        let scale = self.scale as usize;
        if scale == 0 {
            return write!(f, "{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        write!(f, "{sign}{whole}.{fraction}")
    }
}
