//! Writing amounts: the wire form, and 元/万/亿 for people. Reads nothing.

use crate::Step;

/// The unit an amount is shown in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum DisplayUnit {
    /// As it is: 元, pieces, customers.
    #[default]
    One,
    /// 万, ten thousands.
    Wan,
    /// 亿, hundred millions.
    Yi,
}

impl DisplayUnit {
    /// How many decimal places the unit moves the point.
    ///
    /// ```
    /// assert_eq!(fenjie_money::DisplayUnit::Wan.places(), 4);
    /// ```
    pub fn places(self) -> u32 {
        match self {
            DisplayUnit::One => 0,
            DisplayUnit::Wan => 4,
            DisplayUnit::Yi => 8,
        }
    }

    /// What stands after the number: nothing, 万 or 亿.
    ///
    /// ```
    /// assert_eq!(fenjie_money::DisplayUnit::Yi.suffix(), "亿");
    /// ```
    pub fn suffix(self) -> &'static str {
        match self {
            DisplayUnit::One => "",
            DisplayUnit::Wan => "万",
            DisplayUnit::Yi => "亿",
        }
    }
}

impl Step {
    /// The amount as a plain decimal, the wire form: `833333.34`, `-5.00`.
    ///
    /// ```
    /// use fenjie_money::Step;
    /// assert_eq!(Step::cent().format(83_333_334), "833333.34");
    /// assert_eq!(Step::cent().format(-500), "-5.00");
    /// assert_eq!(Step::parse("100").unwrap().format(7), "700");
    /// ```
    pub fn format(&self, count: i64) -> String {
        let mut text = String::with_capacity(24);
        self.format_into(count, &mut text);
        text
    }

    /// Appends the wire form of an amount to a text; the buffer is the caller's to reuse.
    ///
    /// ```
    /// let mut text = String::from("total ");
    /// fenjie_money::Step::cent().format_into(12345, &mut text);
    /// assert_eq!(text, "total 123.45");
    /// ```
    pub fn format_into(&self, count: i64, text: &mut String) {
        let units = u128::from(count.unsigned_abs()) * u128::from(self.units());
        write_decimal(count < 0, units, self.decimals(), text);
    }

    /// The amount with thousands grouped, exactly, in the unit asked for. In 元 the step's decimals
    /// stay; in 万 and 亿 trailing zeros of the fraction go.
    ///
    /// ```
    /// use fenjie_money::{DisplayUnit, Step};
    /// let cent = Step::cent();
    /// assert_eq!(cent.format_grouped(1_000_000_000, DisplayUnit::One), "10,000,000.00");
    /// assert_eq!(cent.format_grouped(1_000_000_000, DisplayUnit::Wan), "1,000万");
    /// assert_eq!(cent.format_grouped(83_333_334, DisplayUnit::Wan), "83.333334万");
    /// assert_eq!(cent.format_grouped(12_000_000_000, DisplayUnit::Yi), "1.2亿");
    /// ```
    pub fn format_grouped(&self, count: i64, unit: DisplayUnit) -> String {
        let plain = self.plain_in(count, unit);
        let plain = match unit {
            DisplayUnit::One => plain.as_str(),
            DisplayUnit::Wan | DisplayUnit::Yi => trim_fraction(&plain),
        };
        group(plain) + unit.suffix()
    }

    /// The amount rounded half away from zero to so many decimals of the unit, for charts and
    /// headings; never for a figure that is added up.
    ///
    /// ```
    /// use fenjie_money::{DisplayUnit, Step};
    /// assert_eq!(Step::cent().format_rounded(83_333_334, DisplayUnit::Wan, 2), "83.33万");
    /// assert_eq!(Step::cent().format_rounded(-99_999_999, DisplayUnit::Wan, 1), "-100.0万");
    /// ```
    pub fn format_rounded(&self, count: i64, unit: DisplayUnit, places: u32) -> String {
        let exact = u128::from(count.unsigned_abs()) * u128::from(self.units());
        let have = self.decimals() + unit.places();
        if places >= have {
            let mut plain = self.plain_in(count, unit);
            if have == 0 && places > 0 {
                plain.push('.');
            }
            plain.extend(std::iter::repeat_n('0', (places - have) as usize));
            return group(&plain) + unit.suffix();
        }
        let divisor = 10u128.pow(have - places);
        let rounded = (exact + divisor / 2) / divisor;
        let mut plain = String::new();
        write_decimal(count < 0 && rounded > 0, rounded, places, &mut plain);
        group(&plain) + unit.suffix()
    }

    fn plain_in(&self, count: i64, unit: DisplayUnit) -> String {
        let units = u128::from(count.unsigned_abs()) * u128::from(self.units());
        let mut text = String::new();
        write_decimal(count < 0, units, self.decimals() + unit.places(), &mut text);
        text
    }

    /// The wire form of a count that may lie outside `i64`, for messages about neighbours.
    pub(crate) fn format_wide(&self, count: i128) -> String {
        let mut text = String::new();
        let units = count
            .unsigned_abs()
            .saturating_mul(u128::from(self.units()));
        write_decimal(count < 0, units, self.decimals(), &mut text);
        text
    }
}

/// Appends `units × 10^-decimals` with exactly so many decimals.
pub(crate) fn write_decimal(negative: bool, units: u128, decimals: u32, text: &mut String) {
    const ROOM: usize = 72;
    let decimals = decimals as usize;
    assert!(
        decimals <= 28,
        "steps have at most 18 decimals and units add at most 8"
    );
    let mut buffer = [b'0'; ROOM];
    let mut at = ROOM;
    let mut digit = |at: &mut usize, value: u8| {
        if ROOM - *at == decimals && decimals > 0 {
            *at -= 1;
            buffer[*at] = b'.';
        }
        *at -= 1;
        buffer[*at] = b'0' + value;
    };
    let mut left = units;
    while left > u128::from(u64::MAX) {
        digit(&mut at, (left % 10) as u8);
        left /= 10;
    }
    let mut left = left as u64;
    while left > 0 {
        digit(&mut at, (left % 10) as u8);
        left /= 10;
    }
    let least = if decimals == 0 { 1 } else { decimals + 2 };
    while ROOM - at < least {
        digit(&mut at, 0);
    }
    if negative {
        text.push('-');
    }
    text.push_str(std::str::from_utf8(&buffer[at..]).expect("only ASCII digits were written"));
}

fn trim_fraction(plain: &str) -> &str {
    if plain.contains('.') {
        plain.trim_end_matches('0').trim_end_matches('.')
    } else {
        plain
    }
}

/// Puts a comma between every three digits before the point.
fn group(plain: &str) -> String {
    let (whole, fraction) = match plain.find('.') {
        Some(at) => plain.split_at(at),
        None => (plain, ""),
    };
    let (sign, digits) = whole.split_at(usize::from(whole.starts_with('-')));
    let mut text = String::with_capacity(plain.len() + digits.len() / 3);
    text.push_str(sign);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text.push_str(fraction);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_form_has_the_decimals_of_the_step() {
        let check = |step: &str, count: i64, want: &str| {
            assert_eq!(Step::parse(step).unwrap().format(count), want);
        };
        check("0.01", 0, "0.00");
        check("0.01", 7, "0.07");
        check("0.01", -7, "-0.07");
        check("0.01", i64::MIN, "-92233720368547758.08");
        check("1", 0, "0");
        check("0.5", 3, "1.5");
        check("100", -3, "-300");
        check("0.000000000000000001", 1, "0.000000000000000001");
        check(
            "999999999999999999",
            i64::MAX,
            "9223372036854775797776627963145224193",
        );
    }

    #[test]
    fn people_see_groups_and_units() {
        let cent = Step::cent();
        assert_eq!(cent.format_grouped(0, DisplayUnit::One), "0.00");
        assert_eq!(cent.format_grouped(99_999, DisplayUnit::One), "999.99");
        assert_eq!(cent.format_grouped(-100_000, DisplayUnit::One), "-1,000.00");
        assert_eq!(
            cent.format_grouped(46_147_000, DisplayUnit::Wan),
            "46.147万"
        );
        assert_eq!(cent.format_grouped(-5, DisplayUnit::Wan), "-0.000005万");
        assert_eq!(cent.format_grouped(0, DisplayUnit::Yi), "0亿");
        assert_eq!(Step::one().format_grouped(100, DisplayUnit::One), "100");
        assert_eq!(
            Step::one().format_rounded(100, DisplayUnit::One, 2),
            "100.00"
        );
        assert_eq!(cent.format_rounded(-1, DisplayUnit::Wan, 2), "0.00万");
        assert_eq!(cent.format_rounded(5, DisplayUnit::One, 1), "0.1");
    }
}
