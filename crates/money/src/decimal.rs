//! Exact reading of plain unsigned decimals. Knows nothing of steps, units or signs.

use num_bigint::BigUint;

/// The longest text read as one number, in bytes; longer ones are refused, not measured.
pub(crate) const LONGEST: usize = 10_000;

/// The largest exponent read in scientific notation, either way.
const LARGEST_EXPONENT: i32 = 10_000;

/// `mantissa × 10^exponent`, without trailing zeros in a fraction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decimal {
    pub mantissa: Mantissa,
    pub exponent: i32,
}

/// Digits of a number; up to 38 of them stay in a machine word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mantissa {
    Small(u128),
    Large(BigUint),
}

impl Mantissa {
    pub fn is_zero(&self) -> bool {
        match self {
            Mantissa::Small(digits) => *digits == 0,
            Mantissa::Large(_) => false,
        }
    }

    pub fn to_big(&self) -> BigUint {
        match self {
            Mantissa::Small(digits) => BigUint::from(*digits),
            Mantissa::Large(digits) => digits.clone(),
        }
    }
}

/// Why a text is not a plain decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    NotANumber,
    TooLong,
}

/// Reads `12`, `12.50`, `.5`, `5.`, `1.2e3`; no sign, no grouping, no spaces.
pub(crate) fn read(text: &str) -> Result<Decimal, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::TooLong);
    }
    let bytes = text.as_bytes();
    let (number, exponent) = match bytes.iter().position(|b| matches!(b, b'e' | b'E')) {
        None => (bytes, 0),
        Some(at) => (&bytes[..at], read_exponent(&bytes[at + 1..])?),
    };
    let (whole, fraction) = match number.iter().position(|&b| b == b'.') {
        None => (number, &number[..0]),
        Some(at) => (&number[..at], &number[at + 1..]),
    };
    if whole.is_empty() && fraction.is_empty() {
        return Err(Fault::NotANumber);
    }
    if !all_digits(whole) || !all_digits(fraction) {
        return Err(Fault::NotANumber);
    }
    let kept = fraction
        .iter()
        .rposition(|&b| b != b'0')
        .map_or(0, |last| last + 1);
    let fraction = &fraction[..kept];
    let mantissa = read_digits(whole, fraction);
    let exponent = if mantissa.is_zero() {
        0
    } else {
        exponent - fraction.len() as i32
    };
    Ok(Decimal { mantissa, exponent })
}

fn all_digits(bytes: &[u8]) -> bool {
    bytes.iter().all(u8::is_ascii_digit)
}

fn read_exponent(bytes: &[u8]) -> Result<i32, Fault> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    if digits.is_empty() || !all_digits(digits) {
        return Err(Fault::NotANumber);
    }
    let mut value = 0i32;
    for digit in digits {
        value = value * 10 + i32::from(digit - b'0');
        if value > LARGEST_EXPONENT {
            return Err(Fault::TooLong);
        }
    }
    Ok(if negative { -value } else { value })
}

/// Digits of `whole` followed by those of `fraction`, as one integer.
fn read_digits(whole: &[u8], fraction: &[u8]) -> Mantissa {
    let whole = &whole[whole.iter().position(|&b| b != b'0').unwrap_or(whole.len())..];
    let count = whole.len() + fraction.len();
    let digits = whole.iter().chain(fraction);
    if count <= 19 {
        let value = digits.fold(0u64, |value, b| value * 10 + u64::from(b - b'0'));
        return Mantissa::Small(u128::from(value));
    }
    if count <= 38 {
        let value = digits.fold(0u128, |value, b| value * 10 + u128::from(b - b'0'));
        return Mantissa::Small(value);
    }
    let joined = [whole, fraction].concat();
    let value = BigUint::parse_bytes(&joined, 10).expect("every byte was checked to be a digit");
    match u128::try_from(&value) {
        Ok(small) => Mantissa::Small(small),
        Err(_) => Mantissa::Large(value),
    }
}

/// `10^exponent` where it fits.
pub(crate) fn power_of_ten(exponent: u32) -> Option<u128> {
    10u128.checked_pow(exponent)
}

/// A long text cut short for a message, so that an error never repeats a megabyte.
pub(crate) fn shorten(text: &str) -> String {
    const SHOWN: usize = 40;
    if text.chars().nth(SHOWN).is_none() {
        return text.to_string();
    }
    let head: String = text.chars().take(SHOWN).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small(text: &str) -> Option<(u128, i32)> {
        match read(text).ok()? {
            Decimal {
                mantissa: Mantissa::Small(digits),
                exponent,
            } => Some((digits, exponent)),
            Decimal { .. } => None,
        }
    }

    #[test]
    fn plain_decimals_are_read_exactly() {
        assert_eq!(small("12"), Some((12, 0)));
        assert_eq!(small("12.50"), Some((125, -1)));
        assert_eq!(small(".5"), Some((5, -1)));
        assert_eq!(small("5."), Some((5, 0)));
        assert_eq!(small("000.000"), Some((0, 0)));
        assert_eq!(small("1.2e3"), Some((12, 2)));
        assert_eq!(small("1E-05"), Some((1, -5)));
        assert_eq!(
            small("99999999999999999999"),
            Some((99_999_999_999_999_999_999, 0))
        );
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "", ".", "e5", "1e", "1e+", "1.2.3", "1 2", "-1", "+1", "0x10", "1e5.5", "١",
        ] {
            assert_eq!(read(text), Err(Fault::NotANumber), "`{text}`");
        }
        assert_eq!(read("1e10001"), Err(Fault::TooLong));
        assert_eq!(read(&"1".repeat(LONGEST + 1)), Err(Fault::TooLong));
    }
}
