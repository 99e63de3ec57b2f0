//! Two levels at once by table: a month into days and each day into slots, without a division per
//! day. Knows one group of groups at a time.

use crate::allocate::mirror;
use crate::kernel::Periodic;

/// A sharing by table whose every part is shared once more, all alike. After so many periods that
/// every part comes out even below, all repeats: with `A = k × that + r`, a cell is
/// `k × its cell of that + its share of the part of r`.
#[derive(Clone, Debug)]
pub struct Nested {
    upper: Periodic,
    /// How many periods of the upper level make all parts come out even.
    periods: u64,
    /// What each cell gets of so many periods.
    cells: Vec<u32>,
    /// The shares of small amounts among the lower members, one row after the other.
    rows: Vec<u16>,
    members: usize,
}

impl Nested {
    /// Puts two levels together; none where a part below so many periods passes 65,535, or a cell
    /// 32 bits.
    ///
    /// ```
    /// use fenjie_money::kernel::{Nested, Periodic};
    /// let days = Periodic::new(&[10, 12, 15, 18]).unwrap();
    /// assert!(Nested::new(days.clone(), &Periodic::new(&[1, 3, 3, 3]).unwrap()).is_some());
    /// assert!(Nested::new(days, &Periodic::new(&[32_749, 1]).unwrap()).is_none());
    /// ```
    pub fn new(upper: Periodic, lower: &Periodic) -> Option<Nested> {
        let (members, sum) = (lower.members(), lower.period());
        let mut periods = 1u64;
        for &part in upper.parts_of_period() {
            let even = sum / common_divisor(sum, part);
            periods = (periods / common_divisor(periods, even)).checked_mul(even)?;
        }
        let mut cells = Vec::with_capacity(upper.members() * members);
        let mut row = vec![0i64; members];
        let mut largest = 0;
        for &part in upper.parts_of_period() {
            let whole = part.checked_mul(periods)?;
            largest = largest.max(whole);
            lower.share_into(i64::try_from(whole).ok()?, &mut row);
            for &cell in &row {
                cells.push(u32::try_from(cell).ok()?);
            }
        }
        let over = upper.table().iter().copied().max()?;
        let largest = largest.checked_add(u64::from(over))?;
        if largest > u64::from(u16::MAX) {
            return None;
        }
        let mut rows = Vec::with_capacity((largest as usize + 1) * members);
        for amount in 0..=largest {
            lower.share_into(amount as i64, &mut row);
            rows.extend(row.iter().map(|&part| part as u16));
        }
        Some(Nested {
            upper,
            periods,
            cells,
            rows,
            members,
        })
    }

    /// How many entries the tables have.
    ///
    /// ```
    /// use fenjie_money::kernel::{Nested, Periodic};
    /// let halves = Periodic::new(&[1, 1]).unwrap();
    /// // Two by two above; below, the amounts 0 to 3 by two.
    /// assert_eq!(Nested::new(halves.clone(), &halves).unwrap().entries(), 4 + 8);
    /// ```
    pub fn entries(&self) -> usize {
        self.upper.entries() + self.rows.len()
    }

    /// Writes the cells of a total: the first part's members, the second part's, and so on.
    ///
    /// # Panics
    /// Where the slice has not one place per cell.
    ///
    /// ```
    /// use fenjie_money::kernel::{Nested, Periodic};
    /// let halves = Periodic::new(&[1, 1]).unwrap();
    /// let mut cells = [0; 4];
    /// Nested::new(halves.clone(), &halves).unwrap().share_into(-7, &mut cells);
    /// assert_eq!(cells, [-2, -2, -2, -1]);
    /// ```
    pub fn share_into(&self, total: i64, out: &mut [i64]) {
        assert_eq!(out.len(), self.cells.len(), "one place per cell");
        let (periods, rest) = self.upper.divide(total.unsigned_abs());
        let (times, periods) = (periods / self.periods, periods % self.periods);
        let (weights, extra) = (self.upper.parts_of_period(), self.upper.row(rest));
        let parts = weights.iter().zip(extra);
        let parts = parts.map(|(&weight, &extra)| (periods * weight) as usize + usize::from(extra));
        match (u32::try_from(times), self.members) {
            (Ok(times), 2) => self.small_rows::<2>(times, parts, out),
            (Ok(times), 3) => self.small_rows::<3>(times, parts, out),
            (Ok(times), 4) => self.small_rows::<4>(times, parts, out),
            (Ok(times), 5) => self.small_rows::<5>(times, parts, out),
            (Ok(times), 6) => self.small_rows::<6>(times, parts, out),
            _ => self.any_rows(times, parts, out),
        }
        if total < 0 {
            mirror(out);
        }
    }

    /// Rows of a width known to the compiler; 32 by 32 bits are multiplied in lanes.
    fn small_rows<const MEMBERS: usize>(
        &self,
        times: u32,
        parts: impl Iterator<Item = usize>,
        out: &mut [i64],
    ) {
        let (rows, _) = self.rows.as_chunks::<MEMBERS>();
        let (cells, _) = self.cells.as_chunks::<MEMBERS>();
        let (out, _) = out.as_chunks_mut::<MEMBERS>();
        for ((part, cells), out) in parts.zip(cells).zip(out) {
            let extra = &rows[part];
            for ((out, &cell), &extra) in out.iter_mut().zip(cells).zip(extra) {
                *out = (u64::from(times) * u64::from(cell) + u64::from(extra)) as i64;
            }
        }
    }

    fn any_rows(&self, times: u64, parts: impl Iterator<Item = usize>, out: &mut [i64]) {
        let rows = self.cells.chunks_exact(self.members);
        let out = out.chunks_exact_mut(self.members);
        for ((part, cells), out) in parts.zip(rows).zip(out) {
            let extra = &self.rows[part * self.members..][..self.members];
            for ((out, &cell), &extra) in out.iter_mut().zip(cells).zip(extra) {
                let whole = times.wrapping_mul(u64::from(cell));
                *out = whole.wrapping_add(u64::from(extra)) as i64;
            }
        }
    }
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}
