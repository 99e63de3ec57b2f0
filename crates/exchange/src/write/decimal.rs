//! Writes amounts as decimals, fast: two digits at a time from a table, no allocation, no floats.

use fenjie_money::Step;

/// "00" to "99", one after the other.
const PAIRS: [u8; 200] = {
    let mut pairs = [0; 200];
    let mut n = 0;
    while n < 100 {
        pairs[2 * n] = b'0' + (n / 10) as u8;
        pairs[2 * n + 1] = b'0' + (n % 10) as u8;
        n += 1;
    }
    pairs
};

/// Enough for a sign, 37 digits of `i64 × u64`, a point and a zero before it.
const ROOM: usize = 44;

/// Appends the wire form of a count of steps: `833333.34`, `-5.00`. As [`Step::format`], for bulk.
///
/// ```
/// use fenjie_money::Step;
/// let mut out = Vec::new();
/// fenjie_exchange::write::push_amount(&mut out, -500, Step::cent());
/// assert_eq!(out, b"-5.00");
/// ```
pub fn push_amount(out: &mut Vec<u8>, count: i64, step: Step) {
    if step.units() == 1 && step.decimals() <= 18 {
        push_scaled(
            out,
            count < 0,
            count.unsigned_abs(),
            step.decimals() as usize,
        );
    } else {
        let value = u128::from(count.unsigned_abs()) * u128::from(step.units());
        push_wide(out, count < 0, value, step.decimals() as usize);
    }
}

#[inline]
fn push_scaled(out: &mut Vec<u8>, negative: bool, value: u64, decimals: usize) {
    let mut digits = [b'0'; ROOM];
    let start = write_digits(&mut digits, value);
    push_digits(out, negative, &digits, start, decimals);
}

fn push_wide(out: &mut Vec<u8>, negative: bool, value: u128, decimals: usize) {
    const HALF: u128 = 10u128.pow(19);
    let mut digits = [b'0'; ROOM];
    let mut start = write_digits(&mut digits, (value % HALF) as u64);
    if value >= HALF {
        // The low 19 digits are all there, zeros in front of them included.
        let mut high = [b'0'; ROOM];
        let high_start = write_digits(&mut high, (value / HALF) as u64);
        start = high_start - 19;
        digits[start..ROOM - 19].copy_from_slice(&high[high_start..]);
    }
    push_digits(out, negative, &digits, start, decimals);
}

/// Writes a number at the end of the room and gives where it starts; zero is `0`.
#[inline]
fn write_digits(digits: &mut [u8; ROOM], mut value: u64) -> usize {
    let mut at = ROOM;
    while value >= 100 {
        let pair = (value % 100) as usize * 2;
        value /= 100;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    }
    if value >= 10 {
        let pair = value as usize * 2;
        at -= 2;
        digits[at..at + 2].copy_from_slice(&PAIRS[pair..pair + 2]);
    } else {
        at -= 1;
        digits[at] = b'0' + value as u8;
    }
    at
}

/// Copies sign, whole digits, point and decimals. The room before `start` holds zeros.
#[inline]
fn push_digits(
    out: &mut Vec<u8>,
    negative: bool,
    digits: &[u8; ROOM],
    start: usize,
    decimals: usize,
) {
    if negative {
        out.push(b'-');
    }
    if decimals == 0 {
        out.extend_from_slice(&digits[start..]);
        return;
    }
    let point = ROOM - decimals;
    // A number below one has a zero before its point.
    let start = start.min(point - 1);
    let mut text = [b'.'; ROOM + 1];
    let whole = point - start;
    text[..whole].copy_from_slice(&digits[start..point]);
    text[whole + 1..whole + 1 + decimals].copy_from_slice(&digits[point..]);
    out.extend_from_slice(&text[..whole + 1 + decimals]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(count: i64, step: &str) -> String {
        let mut out = Vec::new();
        push_amount(&mut out, count, Step::parse(step).unwrap());
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn amounts() {
        assert_eq!(text(0, "0.01"), "0.00");
        assert_eq!(text(-5, "0.01"), "-0.05");
        assert_eq!(text(83_333_334, "0.01"), "833333.34");
        assert_eq!(text(7, "100"), "700");
        assert_eq!(text(i64::MIN, "1"), "-9223372036854775808");
        assert_eq!(
            text(i64::MAX, "999999999999999999"),
            "9223372036854775797776627963145224193"
        );
    }

    proptest! {
        #[test]
        fn as_the_step_formats(
            count in prop_oneof![any::<i64>(), -200i64..200],
            units in prop_oneof![Just(1u64), 1u64..1_000_000_000_000_000_000],
            decimals in 0usize..=18,
        ) {
            let mut digits = format!("{units:0>width$}", width = decimals + 1);
            if decimals > 0 {
                digits.insert(digits.len() - decimals, '.');
            }
            let step = Step::parse(&digits).unwrap();
            prop_assert_eq!(text(count, &digits), step.format(count));
        }
    }
}
