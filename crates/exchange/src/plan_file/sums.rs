//! Exact sums of rows that have the same key, and exact numbers from texts. Knows no tables.

use fenjie_plan::{Decimal, DecimalError};
use rustc_hash::FxHashMap;

/// A sum that leaves the range of amounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLarge;

/// Sums by key, in the order in which keys were first seen.
pub(crate) struct Sums {
    /// What each part of a key counts for in a single number; none where that number is too large.
    factors: Option<Vec<u64>>,
    dense: Vec<u32>,
    by_number: FxHashMap<u64, u32>,
    by_key: FxHashMap<Box<[u32]>, u32>,
    rows: Vec<u32>,
    totals: Vec<i128>,
}

impl Sums {
    /// For keys whose parts are below `sizes`, of about so many rows.
    pub(crate) fn new(sizes: &[usize], rows: usize) -> Sums {
        let mut factors = Vec::with_capacity(sizes.len());
        let mut product = Some(1u64);
        for size in sizes {
            factors.push(product.unwrap_or(0));
            product = product.and_then(|product| product.checked_mul(*size as u64));
        }
        let keys = product
            .filter(|keys| *keys <= 4 * rows as u64 + 1024)
            .unwrap_or(0);
        Sums {
            factors: product.map(|_| factors),
            dense: vec![u32::MAX; keys as usize],
            by_number: FxHashMap::default(),
            by_key: FxHashMap::default(),
            rows: Vec::new(),
            totals: Vec::new(),
        }
    }

    /// Adds a row's value to its key.
    pub(crate) fn add(&mut self, key: &[u32], row: u32, value: i128) {
        let next = self.totals.len() as u32;
        let slot = match &self.factors {
            Some(factors) => {
                let parts = key.iter().zip(factors);
                let number = parts
                    .map(|(part, factor)| u64::from(*part) * factor)
                    .sum::<u64>();
                if self.dense.is_empty() {
                    *self.by_number.entry(number).or_insert(next)
                } else {
                    let slot = &mut self.dense[number as usize];
                    if *slot == u32::MAX {
                        *slot = next;
                    }
                    *slot
                }
            }
            None => *self.by_key.entry(key.into()).or_insert(next),
        };
        if slot == next {
            self.rows.push(row);
            self.totals.push(0);
        }
        // 2^32 rows of at most 2^100 stay within i128.
        self.totals[slot as usize] = self.totals[slot as usize].saturating_add(value);
    }

    /// The sums, and for each the first row of its key.
    pub(crate) fn finish(self, values: &mut Vec<i64>) -> Result<Vec<u32>, TooLarge> {
        // What adds all of them up must not leave the range either.
        let whole = self
            .totals
            .iter()
            .try_fold(0i128, |sum, total| sum.checked_add(*total));
        i64::try_from(whole.ok_or(TooLarge)?).map_err(|_| TooLarge)?;
        for total in self.totals {
            values.push(i64::try_from(total).map_err(|_| TooLarge)?);
        }
        Ok(self.rows)
    }
}

/// A number as digits and decimals: `129.696` is (129696, 3); rounded half away from zero to so many
/// decimals where asked.
pub(crate) fn exact_number(text: &str, round: Option<u32>) -> Result<(i128, u32), DecimalError> {
    let (digits, scale) = match plain(text) {
        Some(number) => number,
        None => {
            let number = Decimal::parse(text)?;
            (number.digits(), number.scale())
        }
    };
    match round
        .and_then(|places| scale.checked_sub(places))
        .filter(|dropped| *dropped > 0)
    {
        None => Ok((digits, scale)),
        Some(dropped) => {
            let divisor = 10i128.checked_pow(dropped).unwrap_or(i128::MAX);
            let half = divisor / 2 * digits.signum();
            Ok(((digits + half) / divisor, scale - dropped))
        }
    }
}

/// The common case, `-129.696` in at most 18 characters.
fn plain(text: &str) -> Option<(i128, u32)> {
    let (negative, body) = match text.as_bytes() {
        [b'-', rest @ ..] => (true, rest),
        rest => (false, rest),
    };
    if body.is_empty() || body.len() > 18 || !body[0].is_ascii_digit() {
        return None;
    }
    let (mut digits, mut scale, mut point) = (0i64, 0, false);
    for byte in body {
        match byte {
            b'0'..=b'9' => {
                digits = digits * 10 + i64::from(byte - b'0');
                scale += u32::from(point);
            }
            b'.' if !point => point = true,
            _ => return None,
        }
    }
    while scale > 0 && digits % 10 == 0 {
        digits /= 10;
        scale -= 1;
    }
    Some((i128::from(if negative { -digits } else { digits }), scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly() {
        let check = |text: &str, round, expected| {
            assert_eq!(exact_number(text, round).ok(), expected, "`{text}`");
        };
        check("129.696", None, Some((129_696, 3)));
        check("-7", None, Some((-7, 0)));
        check("1,234.50", None, Some((12_345, 1)));
        check(
            "0.30000000000000004",
            None,
            Some((30_000_000_000_000_004, 17)),
        );
        check("0.30000000000000004", Some(2), Some((30, 2)));
        check("129.695", Some(2), Some((12_970, 2)));
        check("-129.695", Some(2), Some((-12_970, 2)));
        check("NaN", None, None);
        check("", None, None);
        check("1e5", None, None);
    }

    #[test]
    fn keys_add_up_however_they_are_kept() {
        for sizes in [
            [2, 3],
            [1 << 20, 1 << 20],
            [usize::MAX >> 1, usize::MAX >> 1],
        ] {
            let mut sums = Sums::new(&sizes, 4);
            sums.add(&[1, 2], 0, 5);
            sums.add(&[0, 2], 1, 7);
            sums.add(&[1, 2], 2, -2);
            let mut values = Vec::new();
            assert_eq!(sums.finish(&mut values), Ok(vec![0, 1]));
            assert_eq!(values, [3, 7]);
        }
    }

    #[test]
    fn sums_beyond_the_range_are_refused() {
        let mut sums = Sums::new(&[2], 2);
        sums.add(&[0], 0, i128::from(i64::MAX));
        sums.add(&[0], 1, 1);
        assert_eq!(sums.finish(&mut Vec::new()), Err(TooLarge));
    }
}
