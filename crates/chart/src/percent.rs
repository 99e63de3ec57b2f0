//! Percentages of amounts, exact in whole numbers. Knows no layout.

/// Per mille of a base, rounded half away from zero; none where the base is not positive.
pub(crate) fn per_mille(part: i128, base: i128) -> Option<i64> {
    if base <= 0 {
        return None;
    }
    let doubled = part.saturating_mul(2000);
    let rounded = doubled.saturating_add(if part < 0 { -base } else { base }) / (base * 2);
    Some(i64::try_from(rounded).unwrap_or(if part < 0 { i64::MIN } else { i64::MAX }))
}

/// Attainment for people: `72.9%`, rounded as everywhere (rule T4); the status says what is reached.
pub(crate) fn attainment(actual: i128, target: i128) -> Option<String> {
    Some(tenths(per_mille(actual, target)?) + "%")
}

/// A count of tenths as a decimal: 729 is `72.9`.
pub(crate) fn tenths(count: i64) -> String {
    let sign = if count < 0 { "-" } else { "" };
    let size = count.unsigned_abs();
    format!("{sign}{}.{}", size / 10, size % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attainment_has_one_decimal_and_no_limits() {
        assert_eq!(attainment(729, 1000).unwrap(), "72.9%");
        assert_eq!(attainment(2, 3).unwrap(), "66.7%");
        assert_eq!(attainment(100_000_000, 100_000_000).unwrap(), "100.0%");
        assert_eq!(attainment(1234, 1000).unwrap(), "123.4%");
        assert_eq!(attainment(-55, 1000).unwrap(), "-5.5%");
        assert_eq!(attainment(5, 0), None);
        assert_eq!(attainment(5, -10), None);
    }

    #[test]
    fn the_largest_amounts_do_not_overflow() {
        let most = i128::from(i64::MAX);
        assert_eq!(per_mille(most, most), Some(1000));
        assert_eq!(per_mille(-most, 1), Some(i64::MIN));
    }
}
