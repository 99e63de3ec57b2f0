//! Reading amounts as people write them: 1,000万, ￥1,200, (1,200.00), full-width digits.
//! Knows the step; writes nothing.

mod error;

use num_bigint::BigUint;

pub use error::AmountError;

use crate::Step;
use crate::decimal::{self, Decimal, Fault, Mantissa};
use crate::weights::is_not_finite;

/// The longest amount that is looked at, in characters.
const LONGEST_AMOUNT: usize = 400;

impl Step {
    /// Reads an amount as an exact count of steps (rule A1).
    ///
    /// Understood: `10000000.00`, `1,000万`, `46.147万`, `1.2亿`, `1亿2000万`, `￥1,200`, `1200元`,
    /// `-5万`, `5-`, `(1,200.00)`, full-width digits and signs, `1e7`. Commas must stand between
    /// groups of three, or of four as in `1000,0000`.
    ///
    /// # Errors
    /// Texts that are empty, longer than 400 characters, no number, NaN or infinite, beyond `i64`
    /// steps, or no whole number of steps (with the two nearest values).
    ///
    /// ```
    /// use fenjie_money::{AmountError, Step};
    /// let cent = Step::cent();
    /// assert_eq!(cent.parse_amount("46.147万")?, 46_147_000);
    /// assert_eq!(cent.parse_amount("（１，２００．００）")?, -120_000);
    /// assert_eq!(
    ///     cent.parse_amount("0.125").unwrap_err().to_string(),
    ///     "`0.125` is not a whole number of steps of 0.01; the nearest are 0.12 and 0.13 \
    ///      [amount_not_multiple]",
    /// );
    /// # Ok::<(), AmountError>(())
    /// ```
    pub fn parse_amount(&self, text: &str) -> Result<i64, AmountError> {
        if let Some(count) = self.parse_plain(text) {
            return Ok(count);
        }
        let (negative, number) = read_amount(text)?;
        self.count_of(negative, &number, text)
    }

    /// The common case, `-833333.34` in at most 18 characters, without a detour. Anything else,
    /// errors included, is left to the thorough reader.
    fn parse_plain(&self, text: &str) -> Option<i64> {
        let bytes = text.as_bytes();
        let (negative, bytes) = match bytes {
            [b'-', rest @ ..] => (true, rest),
            rest => (false, rest),
        };
        if self.units() != 1 || bytes.len() > 18 || !bytes.first()?.is_ascii_digit() {
            return None;
        }
        let mut value = 0i64;
        let mut decimals: Option<u32> = None;
        for &b in bytes {
            match b {
                b'0'..=b'9' => {
                    value = value * 10 + i64::from(b - b'0');
                    decimals = decimals.map(|count| count + 1);
                }
                b'.' if decimals.is_none() => decimals = Some(0),
                _ => return None,
            }
        }
        let missing = self.decimals().checked_sub(decimals.unwrap_or(0))?;
        let count = value.checked_mul(10i64.checked_pow(missing)?)?;
        Some(if negative { -count } else { count })
    }

    /// A number as a count of steps.
    fn count_of(&self, negative: bool, number: &Decimal, text: &str) -> Result<i64, AmountError> {
        let out_of_range = || AmountError::OutOfRange {
            text: decimal::shorten(text),
            step: self.format(1),
        };
        let shift = number.exponent + self.decimals() as i32;
        let digits = number.mantissa.to_big();
        let ten = BigUint::from(10u8);
        let power = ten.pow(shift.unsigned_abs());
        let units = BigUint::from(self.units());
        let (dividend, divisor) = if shift >= 0 {
            (digits * power, units)
        } else {
            (digits, units * power)
        };
        let whole = &dividend / &divisor;
        let exact = &whole * &divisor == dividend;
        let magnitude = u64::try_from(whole).map_err(|_| out_of_range())?;
        let signed = |magnitude: u64| {
            let wide = i128::from(magnitude);
            if negative { -wide } else { wide }
        };
        if !exact {
            let (inner, outer) = (signed(magnitude), signed(magnitude) + signed(1));
            return Err(AmountError::NotMultiple {
                text: decimal::shorten(text),
                step: self.format(1),
                below: self.format_wide(inner.min(outer)),
                above: self.format_wide(inner.max(outer)),
            });
        }
        i64::try_from(signed(magnitude)).map_err(|_| out_of_range())
    }
}

/// Reads an amount's sign and exact value, whatever it is written with.
pub(crate) fn read_amount(typed: &str) -> Result<(bool, Decimal), AmountError> {
    let chars = typed.chars().take(LONGEST_AMOUNT + 1).count();
    if chars > LONGEST_AMOUNT {
        return Err(AmountError::TooLong {
            chars: typed.chars().count(),
        });
    }
    let invalid = || AmountError::Invalid {
        text: decimal::shorten(typed),
    };
    let plain: String = typed.chars().map(narrow_char).collect();
    let plain = plain.trim();
    if plain.is_empty() {
        return Err(AmountError::Empty);
    }
    let (negative, body) = read_sign(plain).ok_or_else(invalid)?;
    if is_not_finite(body) {
        return Err(AmountError::NotFinite {
            text: decimal::shorten(typed),
        });
    }
    let (body, yuan) = strip_currency(body);
    match read_units(body, yuan) {
        Ok(number) => Ok((negative && !number.mantissa.is_zero(), number)),
        Err(Fault::NotANumber) => Err(invalid()),
        Err(Fault::TooLong) => Err(AmountError::TooLong { chars }),
    }
}

/// Full-width and look-alike characters as the ASCII they stand for.
fn narrow_char(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => {
            char::from_u32(u32::from(c) - 0xFEE0).expect("full-width forms mirror ASCII")
        }
        '\u{2212}' => '-',
        '\u{FFE5}' => '¥',
        '\u{3000}' | '\u{00A0}' | '\u{202F}' | '\u{2009}' => ' ',
        other => other,
    }
}

/// The sign, written before, after, around as parentheses, or behind the currency sign.
fn read_sign(text: &str) -> Option<(bool, &str)> {
    let text = match text.strip_prefix('¥') {
        Some(rest) if rest.starts_with(['-', '+']) => rest,
        _ => text,
    };
    let (negative, inner) = if let Some(inner) = text.strip_prefix('(') {
        (true, inner.strip_suffix(')')?)
    } else if let Some(inner) = text.strip_prefix('-') {
        (true, inner)
    } else if let Some(inner) = text.strip_prefix('+') {
        (false, inner)
    } else if let Some(inner) = text.strip_suffix('-') {
        (true, inner)
    } else {
        (false, text)
    };
    let inner = inner.trim();
    let second = inner.starts_with(['-', '+', '(']) || inner.ends_with(['-', ')']);
    (!second).then_some((negative, inner))
}

/// Takes off ￥, RMB, CNY, 人民币 in front and 元 behind; says whether 元 was written.
fn strip_currency(text: &str) -> (&str, bool) {
    let mut rest = text;
    for prefix in ["人民币", "RMB", "CNY", "rmb", "cny"] {
        if let Some(after) = rest.strip_prefix(prefix) {
            rest = after.trim_start();
            break;
        }
    }
    rest = rest.strip_prefix('¥').unwrap_or(rest).trim_start();
    for suffix in ["元整", "圆整", "元", "圆"] {
        if let Some(before) = rest.strip_suffix(suffix) {
            return (before.trim_end(), true);
        }
    }
    (rest, false)
}

/// Chinese units and the power of ten each stands for; longer names first.
const UNITS: [(&str, i32); 10] = [
    ("万亿", 12),
    ("千亿", 11),
    ("百亿", 10),
    ("十亿", 9),
    ("亿", 8),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("万", 4),
    ("千", 3),
];

/// Reads `12`, `46.147万` or `1亿2000万500元`: every number but the last is whole, and each part
/// stays below the unit before it.
fn read_units(text: &str, yuan: bool) -> Result<Decimal, Fault> {
    let unit_at = |text: &str| text.find(|c: char| "十百千万亿".contains(c));
    let Some(mut at) = unit_at(text) else {
        return read_grouped(text);
    };
    let mut rest = text;
    let mut sum: Option<Decimal> = None;
    let mut ceiling = i32::MAX;
    loop {
        let (number, tail) = rest.split_at(at);
        let found = UNITS
            .iter()
            .find_map(|&(name, power)| Some((power, tail.strip_prefix(name)?)));
        // `3万5` means 35,000 to some and 30,005 to others: a bare tail needs its 元.
        let (power, tail) = match found {
            Some(found) => found,
            None if tail.is_empty() && yuan => (0, tail),
            None => return Err(Fault::NotANumber),
        };
        let number = read_grouped(number.trim_end())?;
        rest = tail.trim_start();
        if !rest.is_empty() && number.exponent < 0 {
            return Err(Fault::NotANumber);
        }
        sum = Some(add_below(sum, lifted(number, power), ceiling)?);
        if rest.is_empty() {
            return sum.ok_or(Fault::NotANumber);
        }
        ceiling = power;
        at = unit_at(rest).unwrap_or(rest.len());
    }
}

fn lifted(number: Decimal, power: i32) -> Decimal {
    if number.mantissa.is_zero() {
        return number;
    }
    Decimal {
        exponent: number.exponent + power,
        ..number
    }
}

/// The sum so far plus a part that must stay below `10^ceiling`.
fn add_below(sum: Option<Decimal>, part: Decimal, ceiling: i32) -> Result<Decimal, Fault> {
    let Some(sum) = sum else { return Ok(part) };
    let digits = part.mantissa.to_big().to_string().len() as i32;
    if digits + part.exponent > ceiling {
        return Err(Fault::NotANumber);
    }
    let exponent = sum.exponent.min(part.exponent);
    let ten = BigUint::from(10u8);
    let scaled = |number: &Decimal| {
        number.mantissa.to_big() * ten.pow((number.exponent - exponent).unsigned_abs())
    };
    let mantissa = Mantissa::Large(scaled(&sum) + scaled(&part));
    Ok(Decimal { mantissa, exponent })
}

/// Reads a decimal whose digits before the point may be grouped by commas.
fn read_grouped(text: &str) -> Result<Decimal, Fault> {
    if !text.contains(',') {
        return decimal::read(text);
    }
    let whole = &text[..text.find('.').unwrap_or(text.len())];
    let mut groups = whole.split(',');
    let first = groups.next().map_or(0, str::len);
    let mut lengths = groups.map(str::len);
    let size = lengths.next().unwrap_or(0);
    let regular = matches!(size, 3 | 4) && lengths.all(|length| length == size);
    if !regular || first == 0 || first > size || text[whole.len()..].contains(',') {
        return Err(Fault::NotANumber);
    }
    decimal::read(&text.replace(',', ""))
}
