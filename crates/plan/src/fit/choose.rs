//! Controlled rounding of a matrix with whole row and column totals: row by row the cells with
//! the largest claims are rounded up, a claim being the cell's fraction and what its column is
//! owed; the few columns left over are put right along alternating paths.
//! Must not know families or bounds.

use super::flow::{Matrix, Need, push};
use super::prove::largest_distance;

/// Adding this to a double below 2^51 leaves a whole number in its low bits.
pub(super) const WHOLE: f64 = 4_503_599_627_370_496.0;

/// How far a cell may lie from its real value, in steps; tried in this order. The second only
/// forgives that the real values carry rounding errors of their own.
pub(super) const REACH: [f64; 3] = [1.0, 1.0 + 1e-6, 2.0];

/// Rounds so that rows and columns have the given totals; gives the largest distance too. `None` where cells would have to move
/// further than the last of [`REACH`]. Values lie below 2^51. `by_col`: the real column sums, where
/// they are not the totals.
pub(super) fn matrix(
    values: &[f64],
    rows: &[i64],
    cols: &[i64],
    by_col: Option<&[f64]>,
) -> Option<(Vec<i64>, f64)> {
    let mut cells = vec![0i64; values.len()];
    let mut worst = 0.0f64;
    let mut columns = Columns {
        owed: by_col.map_or_else(
            || vec![0.0; cols.len()],
            |sums| {
                cols.iter()
                    .zip(sums)
                    .map(|(total, sum)| *total as f64 - sum)
                    .collect()
            },
        ),
        sum: vec![0; cols.len()],
        fraction: vec![0.0; cols.len()],
        claim: vec![0.0; cols.len()],
        tied: Vec::new(),
    };
    let mut need: Need = [vec![0; rows.len()], cols.to_vec()];
    if !cols.is_empty() {
        let runs = values
            .chunks_exact(cols.len())
            .zip(cells.chunks_exact_mut(cols.len()));
        for (at, (values, cells)) in runs.enumerate() {
            need[0][at] = columns.row(values, cells, rows[at]);
            worst = worst.max(largest_distance(values, cells));
        }
    }
    for (need, sum) in need[1].iter_mut().zip(&columns.sum) {
        *need -= sum;
    }
    let edges = Matrix {
        rows: rows.len(),
        cols: cols.len(),
    };
    if need.iter().flatten().all(|need| *need == 0) {
        return Some((cells, worst));
    }
    for reach in REACH {
        let room = |cell: usize, now: i64| within(values[cell], now, reach);
        if push(&edges, &mut cells, &mut need, &room) {
            let worst = largest_distance(values, &cells);
            return Some((cells, worst));
        }
    }
    None
}

/// One step down and one step up, as far as the cell stays nearer to its real value than `reach`.
pub(super) fn within(value: f64, now: i64, reach: f64) -> (i64, i64) {
    let off = now as f64 - value;
    let down = now > 0 && 1.0 - off < reach;
    let up = value > 0.0 && off + 1.0 < reach;
    (i64::from(down), i64::from(up))
}

/// The columns while rows are rounded one after the other.
struct Columns {
    /// Real minus whole, summed over the rows so far.
    owed: Vec<f64>,
    /// Whole values so far.
    sum: Vec<i64>,
    fraction: Vec<f64>,
    claim: Vec<f64>,
    tied: Vec<u32>,
}

/// The claim of a cell that is whole already: below any other.
const NO_CLAIM: f64 = -1e9;

impl Columns {
    /// Rounds one row; gives what it still lacks.
    fn row(&mut self, values: &[f64], cells: &mut [i64], total: i64) -> i64 {
        let floors = self.floors(values, cells);
        let lacks = total - floors;
        let wanted = usize::try_from(lacks).unwrap_or(0).min(cells.len());
        let (bar, from_tied) = self.bar(wanted);
        let risen = self.raise(cells, bar);
        for at in &self.tied[..from_tied] {
            let at = *at as usize;
            cells[at] += 1;
            self.sum[at] += 1;
            self.owed[at] -= 1.0;
        }
        lacks - risen - from_tied as i64
    }

    /// Writes the floors, fractions and claims of a row; gives the sum of the floors. Free of
    /// branches, so that several cells are done at once.
    fn floors(&mut self, values: &[f64], cells: &mut [i64]) -> i64 {
        let n = values.len();
        let (fraction, claim) = (&mut self.fraction[..n], &mut self.claim[..n]);
        let (owed, cells) = (&self.owed[..n], &mut cells[..n]);
        let mut sum = 0;
        for at in 0..n {
            let lifted = values[at] + WHOLE;
            let off_nearest = values[at] - (lifted - WHOLE);
            // All ones where the nearest whole number lies above.
            let over = (off_nearest.to_bits() as i64) >> 63;
            let whole = (lifted.to_bits() as i64 - WHOLE.to_bits() as i64) + over;
            let rest = off_nearest + f64::from_bits((over as u64) & 1.0f64.to_bits());
            let wish = rest + owed[at];
            cells[at] = whole;
            fraction[at] = rest;
            claim[at] = if rest > 0.0 { wish } else { NO_CLAIM };
            sum += whole;
        }
        sum
    }

    /// Raises the claims at or above the bar; gives how many.
    fn raise(&mut self, cells: &mut [i64], bar: f64) -> i64 {
        let n = cells.len();
        let (fraction, claim) = (&self.fraction[..n], &self.claim[..n]);
        let (owed, sum) = (&mut self.owed[..n], &mut self.sum[..n]);
        let mut risen = 0;
        for at in 0..n {
            let rises = claim[at] >= bar;
            let by = i64::from(rises);
            let paid = if rises { 1.0 } else { 0.0 };
            cells[at] += by;
            sum[at] += cells[at];
            owed[at] += fraction[at] - paid;
            risen += by;
        }
        risen
    }

    /// The bar at or above which `wanted` claims lie, nearly; how many of `tied` make up the rest.
    fn bar(&mut self, wanted: usize) -> (f64, usize) {
        let count = |bar: f64| {
            let at_or_above = |claim: &f64| u32::from(*claim >= bar);
            self.claim.iter().map(at_or_above).sum::<u32>() as usize
        };
        let (mut low, mut n_low) = (NO_CLAIM / 2.0, count(NO_CLAIM / 2.0));
        let (mut high, mut n_high) = (f64::INFINITY, 0);
        self.tied.clear();
        if wanted >= n_low {
            return (low, 0);
        }
        let mut guess = 0.5;
        for turn in 0..24 {
            if n_high == wanted {
                return (high, 0);
            }
            if n_low - n_high <= 16 {
                break;
            }
            let n = count(guess);
            if n >= wanted {
                (low, n_low) = (guess, n);
            } else {
                (high, n_high) = (guess, n);
            }
            if n == wanted {
                return (guess, 0);
            }
            let (bottom, top) = (low.max(-2.0), high.min(3.0));
            let part = (n_low - wanted) as f64 / (n_low - n_high) as f64;
            let part = if turn % 3 == 2 {
                0.5
            } else {
                part.clamp(0.02, 0.98)
            };
            guess = bottom + (top - bottom) * part;
        }
        self.gather(low, high);
        let missing = wanted - n_high;
        let claim = &self.claim;
        let order = |a: &u32, b: &u32| {
            claim[*b as usize]
                .total_cmp(&claim[*a as usize])
                .then(a.cmp(b))
        };
        if missing < self.tied.len() {
            self.tied.select_nth_unstable_by(missing, order);
        }
        (high, missing)
    }

    /// Lists the claims from `low` up to below `high`.
    fn gather(&mut self, low: f64, high: f64) {
        let inside = |claim: &f64| (*claim >= low) & (*claim < high);
        for (run, claims) in self.claim.chunks(16).enumerate() {
            if claims
                .iter()
                .map(|claim| u32::from(inside(claim)))
                .sum::<u32>()
                > 0
            {
                let found = (0..claims.len()).filter(|at| inside(&claims[*at]));
                self.tied.extend(found.map(|at| (run * 16 + at) as u32));
            }
        }
    }
}
