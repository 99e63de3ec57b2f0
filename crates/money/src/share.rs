//! Largest-remainder shares of one amount over one group of weights, on machine words.
//! The arithmetic under every allocation; knows no signs, no trees and no texts.

use crate::Policy;
use crate::remainder::give_largest;

/// Weights as kernels hold them.
pub(crate) trait Weight: Copy {
    fn wide(self) -> u64;
    /// The sum, in an accumulator that cannot overflow and lets the loop use wide lanes.
    fn sum(weights: &[Self]) -> u128;
}

impl Weight for u32 {
    fn wide(self) -> u64 {
        u64::from(self)
    }

    fn sum(weights: &[u32]) -> u128 {
        u128::from(weights.iter().map(|&w| u64::from(w)).sum::<u64>())
    }
}

impl Weight for u64 {
    fn wide(self) -> u64 {
        self
    }

    fn sum(weights: &[u64]) -> u128 {
        weights.iter().map(|&w| u128::from(w)).sum()
    }
}

/// Buffers an allocation needs and a caller may keep between calls, so that a million allocations
/// cost no heap traffic. It holds nothing between calls.
///
/// ```
/// use fenjie_money::{Policy, Scratch, allocate_with};
/// let mut scratch = Scratch::default();
/// let mut parts = [0; 3];
/// allocate_with(2, &[6, 6, 8], Policy::LargestRemainder, &mut parts, &mut scratch);
/// assert_eq!(parts, [1, 0, 1]);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    narrow: Vec<u32>,
    wide: Vec<u64>,
}

/// Parts of a magnitude, written as the bits of `u64` (2^63 shows as `i64::MIN`), so that the
/// caller can mirror them without a special case.
///
/// Panics where there are no weights but an amount: nobody could get it.
pub(crate) fn share<W: Weight>(
    amount: u64,
    weights: &[W],
    policy: Policy,
    parts: &mut [i64],
    scratch: &mut Scratch,
) {
    assert_eq!(weights.len(), parts.len(), "one part per weight");
    assert!(
        amount == 0 || !weights.is_empty(),
        "an amount needs at least one member"
    );
    if amount == 0 {
        parts.fill(0);
        return;
    }
    let sum = W::sum(weights);
    if sum == 0 {
        share_equally(amount, policy, parts);
    } else if sum < 1 << 31 {
        share_narrow(amount, sum as u32, weights, policy, parts, scratch);
    } else if sum < 1 << 63 {
        share_wide(
            amount,
            sum as u64,
            weights,
            policy,
            parts,
            &mut scratch.wide,
        );
    } else {
        share_huge(amount, sum, weights, policy, parts);
    }
}

/// Equal parts, for weights that are all zero (rule A5).
pub(crate) fn share_equally(amount: u64, policy: Policy, parts: &mut [i64]) {
    let count = parts.len() as u64;
    let (each, left) = (amount / count, amount % count);
    parts.fill(each as i64);
    let target = match policy {
        Policy::First | Policy::Largest => 0,
        Policy::Last => parts.len() - 1,
        Policy::Member(index) if index < parts.len() => index,
        Policy::Member(_) | Policy::LargestRemainder => {
            for part in &mut parts[..left as usize] {
                *part = part.wrapping_add(1);
            }
            return;
        }
    };
    parts[target] = parts[target].wrapping_add(left as i64);
}

/// Sums below 2^31: remainders stay in 32 bits. With `amount = times × sum + rest`, a part is
/// `times × weight + rest × weight ÷ sum`, and the quotient comes from one multiplication by
/// `rest ÷ sum` in 32 binary places, which is right or one too small.
pub(crate) fn share_narrow<W: Weight>(
    amount: u64,
    sum: u32,
    weights: &[W],
    policy: Policy,
    parts: &mut [i64],
    scratch: &mut Scratch,
) {
    let (times, rest) = (amount / u64::from(sum), (amount % u64::from(sum)) as u32);
    if rest == 0 {
        multiply(times, weights, parts);
        return;
    }
    let Ok(times) = u32::try_from(times) else {
        return share_wide(
            amount,
            u64::from(sum),
            weights,
            policy,
            parts,
            &mut scratch.wide,
        );
    };
    let ratio = ((u64::from(rest) << 32) / u64::from(sum)) as u32;
    let remainders = room(&mut scratch.narrow, weights.len());
    let mut given = 0u64;
    for ((weight, part), remainder) in weights.iter().zip(&mut *parts).zip(&mut *remainders) {
        let weight = weight.wide() as u32;
        let near = (wide_product(ratio, weight) >> 32) as u32;
        // The remainder less the sum: negative where the quotient is right already.
        let over = wide_product(rest, weight).wrapping_sub(wide_product(near, sum));
        let over = over.wrapping_sub(u64::from(sum));
        let right = over >> 63;
        let whole = u64::from(near) + 1 - right;
        *remainder = (over as u32).wrapping_add(sum & (right as u32).wrapping_neg());
        *part = (wide_product(times, weight) + whole) as i64;
        given += whole;
    }
    let steps = u64::from(rest) - given;
    match receiver(policy, weights) {
        None => give_largest(steps as usize, u64::from(sum), remainders, parts),
        Some(target) => parts[target] = parts[target].wrapping_add(steps as i64),
    }
}

/// Room for one value per member; what the buffer grew to once, it keeps.
fn room<T: Copy + Default>(buffer: &mut Vec<T>, members: usize) -> &mut [T] {
    if buffer.len() < members {
        buffer.resize(members, T::default());
    }
    &mut buffer[..members]
}

/// 32 by 32 bits, which machines multiply in lanes.
fn wide_product(a: u32, b: u32) -> u64 {
    u64::from(a) * u64::from(b)
}

/// Sums from 2^31 to below 2^63: the same with 64-bit remainders and 64 binary places.
pub(crate) fn share_wide<W: Weight>(
    amount: u64,
    sum: u64,
    weights: &[W],
    policy: Policy,
    parts: &mut [i64],
    remainders: &mut Vec<u64>,
) {
    let (times, rest) = (amount / sum, amount % sum);
    if rest == 0 {
        multiply(times, weights, parts);
        return;
    }
    let ratio = ((u128::from(rest) << 64) / u128::from(sum)) as u64;
    let remainders = room(remainders, weights.len());
    let mut given = 0u64;
    for ((weight, part), remainder) in weights.iter().zip(&mut *parts).zip(&mut *remainders) {
        let weight = weight.wide();
        let near = ((u128::from(ratio) * u128::from(weight)) >> 64) as u64;
        let over = rest
            .wrapping_mul(weight)
            .wrapping_sub(near.wrapping_mul(sum));
        let short = u64::from(over >= sum);
        let whole = near + short;
        *remainder = over - short * sum;
        *part = times.wrapping_mul(weight).wrapping_add(whole) as i64;
        given += whole;
    }
    let steps = rest - given;
    match receiver(policy, weights) {
        None => give_largest(steps as usize, sum, remainders, parts),
        Some(target) => parts[target] = parts[target].wrapping_add(steps as i64),
    }
}

/// Sums of 2^63 and more: 128-bit division, rare enough to be plain.
fn share_huge<W: Weight>(amount: u64, sum: u128, weights: &[W], policy: Policy, parts: &mut [i64]) {
    let mut given = 0u64;
    let mut remainders = Vec::with_capacity(weights.len());
    for (weight, part) in weights.iter().zip(&mut *parts) {
        let product = u128::from(amount) * u128::from(weight.wide());
        let whole = (product / sum) as u64;
        remainders.push(product % sum);
        *part = whole as i64;
        given += whole;
    }
    let steps = amount - given;
    if let Some(target) = receiver(policy, weights) {
        parts[target] = parts[target].wrapping_add(steps as i64);
        return;
    }
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_unstable_by_key(|&i| (std::cmp::Reverse(remainders[i]), i));
    for &i in &order[..steps as usize] {
        parts[i] = parts[i].wrapping_add(1);
    }
}

/// Exact multiples: every part is `times × weight`.
fn multiply<W: Weight>(times: u64, weights: &[W], parts: &mut [i64]) {
    for (weight, part) in weights.iter().zip(parts) {
        *part = times.wrapping_mul(weight.wide()) as i64;
    }
}

/// The one member who takes all left-over steps, or none for the largest remainders (rule A6).
pub(crate) fn receiver<W: Weight>(policy: Policy, weights: &[W]) -> Option<usize> {
    let positive = |w: &W| w.wide() > 0;
    match policy {
        Policy::LargestRemainder => None,
        Policy::First => weights.iter().position(positive),
        Policy::Last => weights.iter().rposition(positive),
        Policy::Largest => {
            let largest = weights.iter().map(|w| w.wide()).max()?;
            weights.iter().position(|w| w.wide() == largest)
        }
        Policy::Member(index) => weights.get(index).is_some_and(positive).then_some(index),
    }
}
