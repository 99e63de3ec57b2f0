//! One amount down a tree from a binary file, for comparison with other programs
//! (`benches/peers/spread.py`): prints CPU seconds of the kernel and a checksum over the leaves.
//!
//! The file, little-endian: how many nodes and how many of them have an entry (u64 each), the entries
//! (where each node's children start, and the end of the last ones; u32), the weights (u32).

use std::error::Error;
use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::time::Instant;

use fenjie_money::Scratch;
use fenjie_money::kernel::share_down_tree;

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    const MODULUS: i128 = (1 << 61) - 1;
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [path, total] = args.as_slice() else {
        return Err("usage: spread_bench FILE TOTAL".into());
    };
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let nodes = usize::try_from(number(&mut file)?)?;
    let entries = usize::try_from(number(&mut file)?)?;
    let child_start = words(&mut file, entries)?;
    let weights = words(&mut file, nodes)?;
    let total: i64 = total.parse()?;

    // The caller's own memory, there before the kernel starts.
    let (mut amounts, mut scratch) = (vec![-1i64; nodes], Scratch::default());
    // The scheduler tells time in ticks, so the amount is shared several times.
    const PASSES: u32 = 5;
    let (before, start) = (cpu_seconds()?, Instant::now());
    for _ in 0..PASSES {
        share_down_tree(total, &child_start, &weights, &mut amounts, &mut scratch);
    }
    let (seconds, wall) = (cpu_seconds()? - before, start.elapsed().as_secs_f64());
    let (seconds, wall) = (seconds / f64::from(PASSES), wall / f64::from(PASSES));

    let is_leaf = |node: usize| {
        let range = child_start.get(node).zip(child_start.get(node + 1));
        range.is_none_or(|(first, end)| first == end)
    };
    let (mut leaves, mut sum, mut checksum) = (0u64, 0i128, 0i128);
    for (node, amount) in amounts
        .iter()
        .enumerate()
        .filter(|(node, _)| is_leaf(*node))
    {
        leaves += 1;
        sum += i128::from(*amount);
        checksum = (checksum + node as i128 * i128::from(*amount)) % MODULUS;
    }
    println!(
        "{{\"answer\":\"{leaves} leaves, sum {sum}, checksum {checksum}\",\
         \"cpu_s\":{seconds:.6},\"wall_s\":{wall:.6}}}"
    );
    Ok(())
}

fn number(file: &mut impl Read) -> Outcome<u64> {
    let mut word = [0; 8];
    file.read_exact(&mut word)?;
    Ok(u64::from_le_bytes(word))
}

fn words(file: &mut impl Read, count: usize) -> Outcome<Vec<u32>> {
    let mut words = Vec::with_capacity(count);
    let mut buffer = vec![0u8; 1 << 20];
    while words.len() < count {
        let bytes = (4 * (count - words.len())).min(buffer.len());
        file.read_exact(&mut buffer[..bytes])?;
        let (chunks, _) = buffer[..bytes].as_chunks::<4>();
        words.extend(chunks.iter().map(|word| u32::from_le_bytes(*word)));
    }
    Ok(words)
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
