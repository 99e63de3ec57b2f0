//! Allocation with its reasons: floor, remainder, rank and who got a left-over step.
//! Slow and exact by the definition; knows nothing of plans.

use num_bigint::BigUint;

use crate::{Policy, Weights, definition};

/// One member's part and why it is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The part, in steps.
    pub amount: i64,
    /// The exact share without its fraction (towards zero), in steps.
    pub floor: i64,
    /// The fraction of one step that was cut off, reduced: `1/3`, or `0`. For a negative total it
    /// is the fraction of the mirrored share (rule A4).
    pub remainder: String,
    /// Whether left-over steps went here.
    pub got_unit: bool,
    /// Place among all remainders, the largest being 1, ties by index (rule A3).
    pub rank: usize,
}

/// [`crate::allocate`] with the reasons for every part.
///
/// # Panics
/// As [`crate::allocate`].
///
/// ```
/// use fenjie_money::{Policy, Weights, allocate_explained};
/// let parts = allocate_explained(2, &Weights::from_u64(vec![6, 6, 8]), Policy::LargestRemainder);
/// assert_eq!((parts[2].floor, parts[2].remainder.as_str(), parts[2].rank), (0, "4/5", 1));
/// assert_eq!(parts.iter().map(|part| part.amount).collect::<Vec<_>>(), [1, 0, 1]);
/// ```
pub fn allocate_explained(total: i64, weights: &Weights, policy: Policy) -> Vec<Part> {
    let shares = definition::shares(total.unsigned_abs(), &weights.to_big());
    let order = definition::order(&shares);
    let extra = definition::extra_steps(&shares, &order, policy);
    let mut ranks = vec![0; order.len()];
    for (place, &member) in order.iter().enumerate() {
        ranks[member] = place + 1;
    }
    (0..order.len())
        .map(|i| Part {
            amount: definition::signed(total, shares.floors[i] + extra[i]),
            floor: definition::signed(total, shares.floors[i]),
            remainder: fraction(&shares.remainders[i], &shares.sum),
            got_unit: extra[i] > 0,
            rank: ranks[i],
        })
        .collect()
}

/// A fraction in lowest terms, `0` for nothing.
fn fraction(numerator: &BigUint, denominator: &BigUint) -> String {
    if *numerator == BigUint::ZERO {
        return "0".into();
    }
    let divisor = common_divisor(numerator.clone(), denominator.clone());
    format!("{}/{}", numerator / &divisor, denominator / &divisor)
}

fn common_divisor(mut a: BigUint, mut b: BigUint) -> BigUint {
    while b != BigUint::ZERO {
        (a, b) = (b.clone(), a % b);
    }
    a
}
