//! The iteration: sweeps of proportional fitting, sped up by Newton steps where sweeps are slow.
//! Must not know how the cells are laid out.

/// A table whose factors are adjusted until every group meets its total.
/// Vectors over groups are concatenated in the order of the families.
pub(super) trait Scaling {
    /// One round over all families; gives the largest miss met on the way, in tolerances.
    fn sweep(&mut self) -> f64;
    /// Stated minus present total of every group; `present` gets the present totals.
    fn miss(&mut self, miss: &mut Vec<f64>, present: &mut Vec<f64>);
    /// How much the totals change when the factors change by these relative amounts.
    fn response(&mut self, change: &[f64], out: &mut Vec<f64>);
    /// Multiplies the factors.
    fn scale(&mut self, by: &[f64]);
    /// The factors, to come back to.
    fn factors(&self) -> Vec<Vec<f64>>;
    /// Comes back.
    fn restore(&mut self, factors: Vec<Vec<f64>>);
}

/// How far a group may be off its total in real numbers before rounding makes it exact: a
/// thousandth of a step and a part in 10^9, or what doubles can tell apart where that is more.
pub(super) fn tolerance(total: f64) -> f64 {
    let wanted = (total * 1e-9).min(1e-3);
    wanted.max(total * 1e-14).max(1e-12)
}

/// Sweeps before a Newton step is thought of.
const SWEEPS_FIRST: usize = 10;
/// Sweeps without halving the miss after which the totals are taken to be impossible or nearly.
const SWEEPS_STALLED: usize = 150;
/// Passes over the cells, at most.
const MOST_PASSES: usize = 20_000;
/// Conjugate gradient steps within a Newton step, at most.
const MOST_STEPS: usize = 80;

/// Where the iteration came to.
pub(super) struct Outcome {
    pub passes: usize,
    /// Every group within [`tolerance`].
    pub converged: bool,
}

/// Sweeps until every group is within tolerance, or no headway is made.
pub(super) fn converge(table: &mut impl Scaling) -> Outcome {
    let (mut passes, mut since, mut next) = (0, 0, SWEEPS_FIRST);
    let (mut best, mut last) = (f64::INFINITY, f64::INFINITY);
    let mut sweeps = 0;
    loop {
        let miss = table.sweep();
        passes += 1;
        sweeps += 1;
        if miss <= 1.0 {
            return Outcome {
                passes,
                converged: true,
            };
        }
        if miss < best * 0.5 {
            (best, since) = (miss, 0);
        } else {
            since += 1;
        }
        if !miss.is_finite() || since > SWEEPS_STALLED || passes > MOST_PASSES {
            return Outcome {
                passes,
                converged: false,
            };
        }
        if sweeps >= next && slow(miss, last) {
            let kept = table.factors();
            passes += newton(table);
            let after = table.sweep();
            passes += 1;
            if after.is_finite() && after < miss * 0.7 {
                next = sweeps + 1;
                last = f64::INFINITY;
                (best, since) = (best.min(after), since / 2);
                continue;
            }
            table.restore(kept);
            next = sweeps + 20;
        }
        last = miss;
    }
}

/// Whether a dozen more sweeps at the present rate would not do.
fn slow(miss: f64, last: f64) -> bool {
    let rate = (miss / last).min(1.0);
    let mut reached = miss;
    for _ in 0..12 {
        reached *= rate;
    }
    reached > 1.0
}

/// One Newton step on the factors by conjugate gradients; gives the passes it took.
fn newton(table: &mut impl Scaling) -> usize {
    let (mut miss, mut present, mut answer) = (Vec::new(), Vec::new(), Vec::new());
    table.miss(&mut miss, &mut present);
    let condition = |r: &[f64]| -> Vec<f64> {
        r.iter()
            .zip(&present)
            .map(|(r, s)| if *s > 0.0 { r / s } else { 0.0 })
            .collect()
    };
    let mut change = vec![0.0; miss.len()];
    let mut rest = miss;
    let mut scaled = condition(&rest);
    let mut along = scaled.clone();
    let mut energy = product(&rest, &scaled);
    let enough = energy * 1e-6;
    let mut passes = 1;
    for _ in 0..MOST_STEPS {
        if energy <= enough || energy == 0.0 {
            break;
        }
        table.response(&along, &mut answer);
        passes += 1;
        let curvature = product(&along, &answer);
        if curvature <= 0.0 || !curvature.is_finite() {
            break;
        }
        let step = energy / curvature;
        for (at, (change, rest)) in change.iter_mut().zip(&mut rest).enumerate() {
            *change += step * along[at];
            *rest -= step * answer[at];
        }
        scaled = condition(&rest);
        let next = product(&rest, &scaled);
        let keep = next / energy;
        energy = next;
        for (along, scaled) in along.iter_mut().zip(&scaled) {
            *along = scaled + keep * *along;
        }
    }
    for change in &mut change {
        // Close to the exponential for small changes, and never zero or below.
        let bounded = change.clamp(-3.0, 3.0);
        *change = if bounded < 0.0 {
            1.0 / (1.0 - bounded)
        } else {
            1.0 + bounded
        };
    }
    table.scale(&change);
    passes
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
