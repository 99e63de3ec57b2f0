//! Carries shortfalls of many rows over a year of weeks, for comparison with other programs.
//!
//! `prepare DIR ROWS` writes `base.bin` and `sold.bin` (ROWS × 52 counts, i64, little-endian, row after
//! row), `weights.bin` (52, i64) and `horizons.bin` (52, i64: which horizon a week is in; 4, 4, 5
//! weeks to a month). `run DIR ROWS CLOSED HORIZON` closes the first CLOSED weeks, carries within
//! `month` or `year` by weights, writes `carried.bin` (as `base.bin`) and prints CPU seconds of the
//! carrying alone and a checksum over every carried amount.

use std::error::Error;
use std::fs;
use std::path::Path;
use std::time::Instant;

use fenjie_money::kernel::{Carry, CarryBy};

type Outcome<T> = Result<T, Box<dyn Error>>;

const WEEKS: usize = 52;

fn main() -> Outcome<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["prepare", folder, rows] => prepare(Path::new(folder), rows.parse()?),
        ["run", folder, rows, closed, horizon] => {
            run(Path::new(folder), rows.parse()?, closed.parse()?, horizon)
        }
        _ => Err("usage: carry_bench prepare DIR ROWS | run DIR ROWS CLOSED month|year".into()),
    }
}

/// A stream of numbers that is the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

/// Weeks of 8.5 weighted days, some with a holiday; targets of some thousand yuan in cents; sales of
/// 60 to 140 % of them.
fn prepare(folder: &Path, rows: usize) -> Outcome<()> {
    let mut numbers = Numbers(20_260_101);
    let (mut base, mut sold) = (
        Vec::with_capacity(rows * WEEKS),
        Vec::with_capacity(rows * WEEKS),
    );
    for _ in 0..rows {
        let usual = 200_000 + numbers.below(1_800_000);
        for _ in 0..WEEKS {
            let target = usual * (90 + numbers.below(21)) / 100;
            base.push(target as i64);
            sold.push((target * (60 + numbers.below(81)) / 100) as i64);
        }
    }
    let weights: Vec<i64> = (0..WEEKS)
        .map(|_| 85 - numbers.below(3) as i64 * 10)
        .collect();
    let months = [4, 4, 5].into_iter().cycle().enumerate();
    let horizons: Vec<i64> = months
        .flat_map(|(month, weeks)| std::iter::repeat_n(month as i64, weeks))
        .take(WEEKS)
        .collect();
    for (name, values) in [
        ("base", &base),
        ("sold", &sold),
        ("weights", &weights),
        ("horizons", &horizons),
    ] {
        write(&folder.join(format!("{name}.bin")), values)?;
    }
    Ok(())
}

fn run(folder: &Path, rows: usize, closed: usize, horizon: &str) -> Outcome<()> {
    const MODULUS: i128 = (1 << 61) - 1;
    let read = |name: &str, count: usize| read(&folder.join(format!("{name}.bin")), count);
    let (base, sold) = (read("base", rows * WEEKS)?, read("sold", rows * WEEKS)?);
    let (weights, horizons) = (read("weights", WEEKS)?, read("horizons", WEEKS)?);
    let horizons = match horizon {
        "year" => vec![0; WEEKS],
        _ => horizons,
    };
    let mut carried = vec![0i64; rows * WEEKS];
    let (before, start) = (cpu_seconds()?, Instant::now());
    let mut kernels = kernels(&weights, &horizons);
    let is_closed: Vec<bool> = (0..WEEKS).map(|week| week < closed).collect();
    let (mut open, mut unrecovered) = (0i64, 0i64);
    let each = base.chunks_exact(WEEKS).zip(sold.chunks_exact(WEEKS));
    for ((base, sold), carried) in each.zip(carried.chunks_exact_mut(WEEKS)) {
        for (weeks, kernel) in &mut kernels {
            let weeks = weeks.clone();
            let (base, sold) = (&base[weeks.clone()], &sold[weeks.clone()]);
            let rest = kernel
                .row(base, sold, &is_closed[weeks.clone()], &mut carried[weeks])
                .map_err(|_| "beyond 64 bits")?;
            open += rest.open;
            unrecovered += rest.unrecovered;
        }
    }
    let (seconds, wall) = (cpu_seconds()? - before, start.elapsed().as_secs_f64());
    let mut checksum = 0i128;
    for (at, value) in carried.iter().enumerate() {
        checksum = (checksum + (at as i128 + 1) * i128::from(*value)).rem_euclid(MODULUS);
    }
    write(&folder.join("carried.bin"), &carried)?;
    let answer = format!("open {open}, unrecovered {unrecovered}, checksum {checksum}");
    println!("{{\"answer\":\"{answer}\",\"cpu_s\":{seconds:.6},\"wall_s\":{wall:.6}}}");
    Ok(())
}

/// A kernel for each horizon, with its weeks.
fn kernels(weights: &[i64], horizons: &[i64]) -> Vec<(std::ops::Range<usize>, Carry)> {
    let mut kernels = Vec::new();
    let mut first = 0;
    while first < horizons.len() {
        let same = horizons[first..]
            .iter()
            .take_while(|h| **h == horizons[first]);
        let weeks = first..first + same.count();
        let weights: Vec<u64> = weights[weeks.clone()].iter().map(|w| *w as u64).collect();
        first = weeks.end;
        kernels.push((weeks, Carry::new(&weights, CarryBy::Weights, None)));
    }
    kernels
}

fn write(path: &Path, values: &[i64]) -> Outcome<()> {
    let bytes: Vec<u8> = values
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    Ok(fs::write(path, bytes)?)
}

fn read(path: &Path, count: usize) -> Outcome<Vec<i64>> {
    let bytes = fs::read(path)?;
    let (chunks, _) = bytes.as_chunks::<8>();
    if chunks.len() != count {
        return Err(format!(
            "{} has {} values, not {count}",
            path.display(),
            chunks.len()
        )
        .into());
    }
    Ok(chunks
        .iter()
        .map(|bytes| i64::from_le_bytes(*bytes))
        .collect())
}

/// User and system time of this thread so far, from the scheduler's own nanoseconds.
fn cpu_seconds() -> Outcome<f64> {
    let line = fs::read_to_string("/proc/self/schedstat")?;
    let nanoseconds: u64 = line
        .split_whitespace()
        .next()
        .ok_or("no schedstat")?
        .parse()?;
    Ok(nanoseconds as f64 * 1e-9)
}
