//! Writes binary floating point numbers as the decimals that people meant. Computes nothing.

use std::fmt::Write;

/// A number of a workbook: the shortest decimal, and where that has more than the fifteen digits
/// which spreadsheet programs show, the decimal of fifteen digits: 0.30000000000000004 was 0.3.
/// Whole numbers below 2^53 keep all their digits. The number is finite.
pub(super) fn push_sheet_number(number: f64, out: &mut String) {
    let start = out.len();
    push_double(number, out);
    let digits = out[start..].trim_start_matches(['-', '0', '.']).bytes();
    if digits.filter(u8::is_ascii_digit).count() > 15 && out[start..].contains('.') {
        out.truncate(start);
        let rounded: f64 = format!("{number:.14e}")
            .parse()
            .expect("a float as it was written");
        push_double(rounded, out);
    }
}

/// The shortest decimal that reads back as the same number, without an exponent. The number is
/// finite.
pub(super) fn push_double(number: f64, out: &mut String) {
    // Minus zero is zero to everyone but the processor.
    let number = if number == 0.0 { 0.0 } else { number };
    write!(out, "{number}").expect("writing to a string does not fail");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet(number: f64) -> String {
        let mut out = String::new();
        push_sheet_number(number, &mut out);
        out
    }

    #[test]
    fn sheet_numbers() {
        assert_eq!(sheet(129.696), "129.696");
        assert_eq!(sheet(0.1 + 0.2), "0.3");
        assert_eq!(sheet(-60.704_000_000_000_01), "-60.704");
        assert_eq!(sheet(1_234_567_890_123_456.0), "1234567890123456");
        assert_eq!(sheet(-0.0), "0");
        assert_eq!(sheet(1e-7), "0.0000001");
        assert_eq!(sheet(6_311_735.66), "6311735.66");
        assert_eq!(sheet(1.0 / 3.0), "0.333333333333333");
    }
}
