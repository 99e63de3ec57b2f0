//! Shares by table: the largest-remainder method repeats itself every sum of the weights, so that
//! small integer weights need one look-up and one multiply-add per cell. Knows one group at a time.

use crate::Policy;
use crate::allocate::mirror;
use crate::share::{Scratch, share};

/// A table of the shares of every amount below the sum of some small weights:
/// `share(A) = (A div W) × w + share(A mod W)`.
#[derive(Clone, Debug)]
pub struct Periodic {
    weights: Vec<u64>,
    sum: u64,
    /// `2^64 / sum` rounded down, to divide by multiplying.
    reciprocal: u64,
    /// `share(r)` for every `r` below the sum, one row after the other.
    table: Vec<u16>,
}

impl Periodic {
    /// The most entries a table may have: 16 MiB.
    pub const MOST_ENTRIES: usize = 8 << 20;

    /// Builds the table, or none where it would be too large: weights above 65,535 after division
    /// by their common divisor, or more than [`Periodic::MOST_ENTRIES`] of sum × members. Weights
    /// that are all zero count as equal (rule A5); no weights give none.
    ///
    /// ```
    /// use fenjie_money::kernel::Periodic;
    /// assert!(Periodic::new(&[10, 30, 30, 30]).is_some());
    /// assert!(Periodic::new(&[1_000_000_007, 3]).is_none());
    /// ```
    pub fn new(weights: &[u32]) -> Option<Periodic> {
        if weights.is_empty() {
            return None;
        }
        let divisor = weights.iter().fold(0, |a, &b| common_divisor(a, b));
        let weights: Vec<u64> = match divisor {
            0 => vec![1; weights.len()],
            _ => weights.iter().map(|&w| u64::from(w / divisor)).collect(),
        };
        let sum: u64 = weights.iter().sum();
        let entries = usize::try_from(sum).ok()?.checked_mul(weights.len())?;
        if entries > Periodic::MOST_ENTRIES || weights.iter().any(|&w| w > u64::from(u16::MAX)) {
            return None;
        }
        let mut scratch = Scratch::default();
        Periodic::tabulate(sum, weights.len(), |amount, parts| {
            let policy = Policy::LargestRemainder;
            share(amount, &weights, policy, parts, &mut scratch);
        })
    }

    /// Tabulates any sharing of amounts from 0 that repeats itself, for instance several levels
    /// at once: the caller promises that `parts(A + period) = parts(A) + parts(period)`. None
    /// where the period is 0, a part of it passes 65,535 or the table would be too large.
    ///
    /// ```
    /// use fenjie_money::kernel::Periodic;
    /// // Two thirds to the first; of the rest, half each.
    /// let nested = Periodic::tabulate(6, 3, |amount, parts| {
    ///     let rest = amount as i64 - (amount as i64 * 2 + 1) / 3;
    ///     parts.copy_from_slice(&[amount as i64 - rest, rest - rest / 2, rest / 2]);
    /// }).unwrap();
    /// let mut parts = [0; 3];
    /// nested.share_into(601, &mut parts);
    /// assert_eq!(parts, [401, 100, 100]);
    /// ```
    pub fn tabulate(
        period: u64,
        members: usize,
        mut parts: impl FnMut(u64, &mut [i64]),
    ) -> Option<Periodic> {
        let entries = usize::try_from(period).ok()?.checked_mul(members)?;
        if entries == 0 || entries > Periodic::MOST_ENTRIES {
            return None;
        }
        let mut row = vec![0i64; members];
        parts(period, &mut row);
        let narrow = |&part: &i64| u16::try_from(part).ok();
        let weights = row.iter().map(narrow).map(|part| part.map(u64::from));
        let weights = weights.collect::<Option<Vec<u64>>>()?;
        let mut table = Vec::with_capacity(entries);
        for amount in 0..period {
            parts(amount, &mut row);
            for part in &row {
                table.push(narrow(part)?);
            }
        }
        let reciprocal = ((1u128 << 64) / u128::from(period)).min(u128::from(u64::MAX)) as u64;
        Some(Periodic {
            weights,
            sum: period,
            reciprocal,
            table,
        })
    }

    /// How many entries the table has.
    ///
    /// ```
    /// assert_eq!(fenjie_money::kernel::Periodic::new(&[1, 3]).unwrap().entries(), 8);
    /// ```
    pub fn entries(&self) -> usize {
        self.table.len()
    }

    /// How many members share.
    ///
    /// ```
    /// assert_eq!(fenjie_money::kernel::Periodic::new(&[1, 3]).unwrap().members(), 2);
    /// ```
    pub fn members(&self) -> usize {
        self.weights.len()
    }

    /// Writes each member's part of the total, as [`crate::allocate`] by largest remainder.
    ///
    /// # Panics
    /// Where the slice has not one place per member.
    ///
    /// ```
    /// let slots = fenjie_money::kernel::Periodic::new(&[10, 30, 30, 30]).unwrap();
    /// let mut parts = [0; 4];
    /// slots.share_into(1_411_765, &mut parts);
    /// assert_eq!(parts, [141_177, 423_530, 423_529, 423_529]);
    /// ```
    pub fn share_into(&self, total: i64, out: &mut [i64]) {
        assert_eq!(out.len(), self.weights.len(), "one part per member");
        let (times, rest) = self.divide(total.unsigned_abs());
        for ((part, &weight), &extra) in out.iter_mut().zip(&self.weights).zip(self.row(rest)) {
            *part = times.wrapping_mul(weight).wrapping_add(u64::from(extra)) as i64;
        }
        if total < 0 {
            mirror(out);
        }
    }

    /// Shares each amount of a list in its own row: days into slots, months into days.
    ///
    /// # Panics
    /// Where `out` is not `amounts × members` long.
    ///
    /// ```
    /// let slots = fenjie_money::kernel::Periodic::new(&[10, 30, 30, 30]).unwrap();
    /// let mut cells = [0; 8];
    /// slots.share_each(&[100, -11], &mut cells);
    /// assert_eq!(cells, [10, 30, 30, 30, -1, -4, -3, -3]);
    /// ```
    pub fn share_each(&self, amounts: &[i64], out: &mut [i64]) {
        let members = self.weights.len();
        assert_eq!(
            out.len(),
            amounts.len() * members,
            "one row of members per amount"
        );
        match members {
            2 => self.share_rows::<2>(amounts, out),
            3 => self.share_rows::<3>(amounts, out),
            4 => self.share_rows::<4>(amounts, out),
            5 => self.share_rows::<5>(amounts, out),
            6 => self.share_rows::<6>(amounts, out),
            7 => self.share_rows::<7>(amounts, out),
            8 => self.share_rows::<8>(amounts, out),
            _ => {
                for (&amount, row) in amounts.iter().zip(out.chunks_exact_mut(members)) {
                    self.share_into(amount, row);
                }
            }
        }
    }

    /// Rows of a width known to the compiler, which unrolls them.
    fn share_rows<const MEMBERS: usize>(&self, amounts: &[i64], out: &mut [i64]) {
        let weights: &[u64; MEMBERS] = self
            .weights
            .as_slice()
            .try_into()
            .expect("the caller counted the members");
        let (table, _) = self.table.as_chunks::<MEMBERS>();
        let (rows, _) = out.as_chunks_mut::<MEMBERS>();
        for (&amount, row) in amounts.iter().zip(rows) {
            let (times, rest) = self.divide(amount.unsigned_abs());
            let sign = amount >> 63;
            for ((part, &weight), &extra) in row.iter_mut().zip(weights).zip(&table[rest]) {
                let magnitude = times.wrapping_mul(weight).wrapping_add(u64::from(extra)) as i64;
                *part = (magnitude ^ sign).wrapping_sub(sign);
            }
        }
    }

    /// The amount after which everything repeats.
    pub(super) fn period(&self) -> u64 {
        self.sum
    }

    pub(super) fn parts_of_period(&self) -> &[u64] {
        &self.weights
    }

    pub(super) fn table(&self) -> &[u16] {
        &self.table
    }

    /// The parts of an amount below the period.
    #[inline]
    pub(super) fn row(&self, rest: usize) -> &[u16] {
        &self.table[rest * self.weights.len()..][..self.weights.len()]
    }

    /// How many whole sums an amount holds, and the rest below one.
    #[inline]
    pub(super) fn divide(&self, amount: u64) -> (u64, usize) {
        let near = ((u128::from(amount) * u128::from(self.reciprocal)) >> 64) as u64;
        let over = amount.wrapping_sub(near.wrapping_mul(self.sum));
        let short = u64::from(over >= self.sum);
        (near + short, (over - short * self.sum) as usize)
    }
}

fn common_divisor(mut a: u32, mut b: u32) -> u32 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
