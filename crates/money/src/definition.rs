//! The plain definition of an allocation, with big integers: what every fast kernel must equal,
//! and what is used where weights are too large for them. Knows no shortcuts.

use std::cmp::Reverse;

use num_bigint::BigUint;

use crate::Policy;

/// Floors and remainders of one amount's exact shares.
pub(crate) struct Shares {
    /// The amount's magnitude over the weights, rounded down.
    pub floors: Vec<u64>,
    /// What is left of each share, in `sum`-ths of one step.
    pub remainders: Vec<BigUint>,
    /// The weights' sum; members count once each where all weights are zero (rule A5).
    pub sum: BigUint,
    /// Steps the floors leave over.
    pub steps: u64,
    /// The weights used.
    pub weights: Vec<BigUint>,
}

/// Exact shares of a magnitude.
pub(crate) fn shares(amount: u64, weights: &[BigUint]) -> Shares {
    assert!(
        amount == 0 || !weights.is_empty(),
        "an amount needs at least one member"
    );
    let sum: BigUint = weights.iter().sum();
    let (weights, sum) = if sum == BigUint::ZERO {
        (
            vec![BigUint::from(1u8); weights.len()],
            BigUint::from(weights.len()),
        )
    } else {
        (weights.to_vec(), sum)
    };
    let mut floors = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    let mut steps = amount;
    for weight in &weights {
        let product = weight * amount;
        let floor = u64::try_from(&product / &sum).expect("a share is at most the amount");
        remainders.push(product % &sum);
        floors.push(floor);
        steps -= floor;
    }
    Shares {
        floors,
        remainders,
        sum,
        steps,
        weights,
    }
}

/// Members by remainder, the largest first, ties by index (rule A3).
pub(crate) fn order(shares: &Shares) -> Vec<usize> {
    let mut order: Vec<usize> = (0..shares.floors.len()).collect();
    order.sort_by_key(|&i| (Reverse(&shares.remainders[i]), i));
    order
}

/// How many left-over steps each member gets (rules A2, A6).
pub(crate) fn extra_steps(shares: &Shares, order: &[usize], policy: Policy) -> Vec<u64> {
    let mut extra = vec![0; shares.floors.len()];
    match receiver(policy, &shares.weights) {
        Some(target) => extra[target] = shares.steps,
        None => {
            for &i in &order[..shares.steps as usize] {
                extra[i] = 1;
            }
        }
    }
    extra
}

/// The one member who takes all left-over steps, or none for the largest remainders.
pub(crate) fn receiver(policy: Policy, weights: &[BigUint]) -> Option<usize> {
    let positive = |w: &BigUint| *w > BigUint::ZERO;
    match policy {
        Policy::LargestRemainder => None,
        Policy::First => weights.iter().position(positive),
        Policy::Last => weights.iter().rposition(positive),
        Policy::Largest => {
            let largest = weights.iter().max()?;
            weights.iter().position(|w| w == largest)
        }
        Policy::Member(index) => weights.get(index).is_some_and(positive).then_some(index),
    }
}

/// The parts of a total, by the definition.
pub(crate) fn allocate(total: i64, weights: &[BigUint], policy: Policy) -> Vec<i64> {
    let shares = shares(total.unsigned_abs(), weights);
    let order = order(&shares);
    let extra = extra_steps(&shares, &order, policy);
    let part = |(floor, extra): (&u64, &u64)| signed(total, floor + extra);
    shares.floors.iter().zip(&extra).map(part).collect()
}

/// A magnitude with the sign of the total (rule A4).
pub(crate) fn signed(total: i64, magnitude: u64) -> i64 {
    let bits = magnitude as i64;
    if total < 0 { bits.wrapping_neg() } else { bits }
}
