//! Products of a matrix of weights with vectors, each sum in one fixed order.
//! Must not know what rows and columns stand for.

const LANES: usize = 8;

/// Sum of products, in eight running sums that are added up at the end.
pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0f64; LANES];
    let (a_runs, a_rest) = a.as_chunks::<LANES>();
    let (b_runs, b_rest) = b.as_chunks::<LANES>();
    for (a, b) in a_runs.iter().zip(b_runs) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Adds a multiple of a row.
pub(super) fn add_scaled(sums: &mut [f64], row: &[f64], by: f64) {
    for (sum, value) in sums.iter_mut().zip(row) {
        *sum += value * by;
    }
}

/// `by_row[i]` = row i times `col_weight`.
pub(super) fn row_sums(cells: &[f64], col_weight: &[f64], by_row: &mut [f64]) {
    for (row, sum) in cells.chunks_exact(col_weight.len()).zip(by_row) {
        *sum = dot(row, col_weight);
    }
}

/// `by_col[j]` = `row_weight` times column j.
pub(super) fn col_sums(cells: &[f64], row_weight: &[f64], by_col: &mut [f64]) {
    by_col.fill(0.0);
    for (row, weight) in cells.chunks_exact(by_col.len()).zip(row_weight) {
        add_scaled(by_col, row, *weight);
    }
}

/// Both products in one pass over the cells.
pub(super) fn both_sums(
    cells: &[f64],
    row_weight: &[f64],
    col_weight: &[f64],
    by_row: &mut [f64],
    by_col: &mut [f64],
) {
    by_col.fill(0.0);
    for (at, row) in cells.chunks_exact(col_weight.len()).enumerate() {
        by_row[at] = dot(row, col_weight);
        add_scaled(by_col, row, row_weight[at]);
    }
}
