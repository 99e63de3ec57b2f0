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

/// Rows taken together where that saves going over the sums again.
pub(super) const ROWS: usize = 4;

/// Adds multiples of up to [`ROWS`] rows.
pub(super) fn add_rows(sums: &mut [f64], rows: &[f64], by: &[f64]) {
    let n = sums.len();
    if let [w0, w1, w2, w3] = *by {
        let (r0, rest) = rows.split_at(n);
        let (r1, rest) = rest.split_at(n);
        let (r2, r3) = rest.split_at(n);
        let r3 = &r3[..n];
        for at in 0..n {
            sums[at] += (r0[at] * w0 + r1[at] * w1) + (r2[at] * w2 + r3[at] * w3);
        }
        return;
    }
    for (row, weight) in rows.chunks_exact(n).zip(by) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += value * weight;
        }
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
    for (rows, weight) in cells
        .chunks(ROWS * by_col.len().max(1))
        .zip(row_weight.chunks(ROWS))
    {
        add_rows(by_col, rows, weight);
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
    for (at, rows) in cells.chunks(ROWS * col_weight.len().max(1)).enumerate() {
        let first = at * ROWS;
        for (sum, row) in by_row[first..]
            .iter_mut()
            .zip(rows.chunks_exact(col_weight.len()))
        {
            *sum = dot(row, col_weight);
        }
        add_rows(
            by_col,
            rows,
            &row_weight[first..row_weight.len().min(first + ROWS)],
        );
    }
}
