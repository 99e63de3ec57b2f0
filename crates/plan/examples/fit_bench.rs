//! Fits and rounds one table from a binary file and prints CPU seconds, peak memory and a
//! checksum, for comparison with other programs (`benches/peers/fit.py` writes the file).
//!
//! File, little-endian: number of axes (u64), length of each (u64), prior (f64 per cell,
//! row-major), then the totals of each axis (i64). `--real FILE` writes the fitted real values.

use std::error::Error;
use std::fs;

use fenjie_plan::fit::{Family, Prior, Problem, fit, fitted_real};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args
        .first()
        .ok_or("usage: fit_bench FILE [--runs N] [--real FILE] [--cells FILE]")?;
    let option = |name: &str| {
        args.iter()
            .position(|arg| arg == name)
            .and_then(|at| args.get(at + 1))
            .cloned()
    };
    let bytes = fs::read(path)?;
    let mut words = bytes.as_chunks::<8>().0.iter();
    let mut next = || words.next().copied().ok_or("the file is too short");
    let axes = usize::try_from(u64::from_le_bytes(next()?))?;
    let mut shape = Vec::new();
    for _ in 0..axes {
        shape.push(usize::try_from(u64::from_le_bytes(next()?))?);
    }
    let n_cells: usize = shape.iter().product();
    let mut prior = Vec::with_capacity(n_cells);
    for _ in 0..n_cells {
        prior.push(f64::from_le_bytes(next()?));
    }
    let mut families = Vec::new();
    for (axis, length) in shape.iter().enumerate() {
        let totals = (0..*length).map(|_| next().map(i64::from_le_bytes));
        families.push(Family::each(axis, totals.collect::<Result<_, _>>()?));
    }
    drop(bytes);
    let problem = Problem {
        shape: &shape,
        prior: Prior::F64(&prior),
        families,
        bounds: None,
    };
    let runs = option("--runs").map_or(Ok(1), |runs| runs.parse::<u32>())?;
    let mut fitted = None;
    // The kernel counts in ticks of some milliseconds: the mean of many runs is finer.
    let before = cpu_seconds()?;
    for _ in 0..runs.max(1) {
        fitted = Some(fit(&problem)?);
    }
    let seconds = (cpu_seconds()? - before) / f64::from(runs.max(1));
    let fitted = fitted.ok_or("no run")?;
    let checksum = fitted
        .cells
        .iter()
        .enumerate()
        .fold(0u64, |sum, (at, cell)| {
            sum.wrapping_mul(0x100_0000_01b3)
                .wrapping_add(at as u64 ^ *cell as u64)
        });
    println!(
        "{{\"cpu_seconds\":{seconds:.6},\"peak_kib\":{},\"passes\":{},\"worst\":{:.6},\"beyond\":{},\"checksum\":\"{checksum:016x}\"}}",
        peak_kib()?,
        fitted.iterations,
        fitted.worst,
        fitted.beyond.len(),
    );
    if let Some(path) = option("--real") {
        let real = fitted_real(&problem)?;
        fs::write(
            path,
            real.iter()
                .flat_map(|value| value.to_le_bytes())
                .collect::<Vec<u8>>(),
        )?;
    }
    if let Some(path) = option("--cells") {
        let cells = fitted.cells.iter().flat_map(|value| value.to_le_bytes());
        fs::write(path, cells.collect::<Vec<u8>>())?;
    }
    Ok(())
}

/// User and system time of this process so far, from the first scheduler's own nanoseconds.
fn cpu_seconds() -> Result<f64, Box<dyn Error>> {
    let line = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: u64 = line
        .split_whitespace()
        .next()
        .ok_or("no schedstat")?
        .parse()?;
    Ok(nanoseconds as f64 * 1e-9)
}

/// The most memory this process has held.
fn peak_kib() -> Result<u64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find(|line| line.starts_with("VmHWM:"))
        .ok_or("no VmHWM")?;
    Ok(line.split_whitespace().nth(1).ok_or("no value")?.parse()?)
}
