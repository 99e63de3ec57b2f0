//! Allocating one amount over one group of members (rules A1–A6). Knows no tree and no text.

use crate::share::{Scratch, share};
use crate::weights::Weighing;
use crate::{Policy, Weights, definition};

/// Allocates a total over weights: parts sum to the total (A1), each is the exact share rounded
/// down or up, left-over steps go where the policy says (A2, A3, A6), `allocate(−x)` mirrors
/// `allocate(x)` (A4), and weights that are all zero mean equal shares (A5).
///
/// # Panics
/// Where there are no weights and the total is not zero.
///
/// ```
/// use fenjie_money::{Policy, Weights, allocate};
/// let weights = Weights::parse(&["98", "92", "98", "123", "102", "92"])?;
/// let parts = allocate(61_300, &weights, Policy::LargestRemainder);
/// assert_eq!(parts, [9_929, 9_322, 9_929, 12_463, 10_335, 9_322]);
/// # Ok::<(), fenjie_money::WeightsError>(())
/// ```
pub fn allocate(total: i64, weights: &Weights, policy: Policy) -> Vec<i64> {
    if let Weighing::Small(small) = weights.weighing() {
        let mut parts = vec![0; small.len()];
        allocate_u64(total, small, policy, &mut parts);
        return parts;
    }
    definition::allocate(total, &weights.to_big(), policy)
}

/// Allocates over plain integer weights into the caller's slice. Up to a few members nothing is
/// put on the heap but one small buffer; [`allocate_with`] keeps even that.
///
/// # Panics
/// Where the slices differ in length, or there are no weights and the total is not zero.
///
/// ```
/// use fenjie_money::{Policy, allocate_u64};
/// let mut parts = [0; 2];
/// allocate_u64(12_000, &[33_333, 66_667], Policy::LargestRemainder, &mut parts);
/// assert_eq!(parts, [4_000, 8_000]);
/// ```
pub fn allocate_u64(total: i64, weights: &[u64], policy: Policy, out: &mut [i64]) {
    allocate_with(total, weights, policy, out, &mut Scratch::default());
}

/// [`allocate_u64`] with buffers the caller keeps between calls.
///
/// # Panics
/// As [`allocate_u64`].
///
/// ```
/// use fenjie_money::{Policy, Scratch, allocate_with};
/// let mut scratch = Scratch::default();
/// let mut parts = [0; 3];
/// allocate_with(-100, &[1, 1, 1], Policy::Last, &mut parts, &mut scratch);
/// assert_eq!(parts, [-33, -33, -34]);
/// ```
pub fn allocate_with(
    total: i64,
    weights: &[u64],
    policy: Policy,
    out: &mut [i64],
    scratch: &mut Scratch,
) {
    share(total.unsigned_abs(), weights, policy, out, scratch);
    if total < 0 {
        mirror(out);
    }
}

/// Turns parts of a magnitude into parts of its negative (rule A4).
pub(crate) fn mirror(parts: &mut [i64]) {
    for part in parts {
        *part = part.wrapping_neg();
    }
}
