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
pub(super) const MOST_PASSES: usize = 20_000;
/// Conjugate gradient steps within the first Newton step and within any, at most.
const STEPS: (usize, usize) = (60, 4_000);
/// The largest change of a factor in a Newton step, as an exponent.
const LONGEST: f64 = 4.0;

/// Where the iteration came to.
pub(super) struct Outcome {
    pub passes: usize,
    /// Every group within [`tolerance`].
    pub converged: bool,
}

/// Sweeps until every group is within tolerance, or no headway is made.
pub(super) fn converge(table: &mut impl Scaling, most_passes: usize) -> Outcome {
    let (mut steps, mut reach) = (STEPS.0, LONGEST);
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
        if !miss.is_finite() || since > SWEEPS_STALLED || passes > most_passes {
            return Outcome {
                passes,
                converged: false,
            };
        }
        if sweeps >= next && slow(miss, last) {
            let kept = table.factors();
            let (took, exact) = newton(table, steps, reach);
            // The first sweep brings the last family to its totals again, as before the step.
            table.sweep();
            let after = table.sweep();
            passes += took + 2;

            if !exact {
                steps = (steps * 2).min(STEPS.1);
            }
            if after < miss {
                next = sweeps + 1;
                (last, reach) = (f64::INFINITY, LONGEST);
                continue;
            }
            table.restore(kept);
            reach *= 0.25;
            next = sweeps + 4;
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

/// One Newton step on the factors, no factor's exponent changing by more than `reach`; gives the
/// passes it took and whether the step was found exactly.
fn newton(table: &mut impl Scaling, most_steps: usize, reach: f64) -> (usize, bool) {
    let (mut miss, mut present) = (Vec::new(), Vec::new());
    table.miss(&mut miss, &mut present);
    let (change, passes, exact) = gradients(table, miss, &present, most_steps);
    let longest = change
        .iter()
        .fold(0.0f64, |most, change| most.max(change.abs()));
    let shorter = if longest > reach {
        reach / longest
    } else {
        1.0
    };
    table.scale(
        &change
            .iter()
            .map(|change| growth(change * shorter))
            .collect::<Vec<f64>>(),
    );
    (passes + 1, exact)
}

/// Conjugate gradients: the change of factors that the totals answer with what is missed.
fn gradients(
    table: &mut impl Scaling,
    miss: Vec<f64>,
    present: &[f64],
    most_steps: usize,
) -> (Vec<f64>, usize, bool) {
    let condition = |r: &[f64]| -> Vec<f64> {
        r.iter()
            .zip(present)
            .map(|(r, s)| if *s > 0.0 { r / s } else { 0.0 })
            .collect()
    };
    let mut change = vec![0.0; miss.len()];
    let mut rest = miss;
    let mut scaled = condition(&rest);
    let mut along = scaled.clone();
    let mut answer = Vec::new();
    let mut energy = product(&rest, &scaled);
    let enough = energy * 1e-8;
    for passes in 0..most_steps {
        if energy <= enough || energy == 0.0 {
            return (change, passes, true);
        }
        table.response(&along, &mut answer);
        let curvature = product(&along, &answer);
        if curvature <= 0.0 || !curvature.is_finite() {
            return (change, passes + 1, true);
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
    (change, most_steps, false)
}

/// Nearly the exponential, by the four operations alone; opposite changes undo each other.
fn growth(change: f64) -> f64 {
    let part = change / 64.0;
    let mut growth = (1.0 + part) / (1.0 - part);
    for _ in 0..5 {
        growth *= growth;
    }
    growth
}

fn product(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
