//! Parts in a coarser step, the rest shown with the one member who takes it (rule A7).

use num_bigint::BigUint;

use crate::{Policy, Weights, allocate, definition};

/// Parts that are multiples of a coarser step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stepped {
    /// Each member's part, in counts of the fine step. One of them carries the rest.
    pub parts: Vec<i64>,
    /// Who carries what did not fill a coarse step; none where all was filled.
    pub rest_member: Option<usize>,
    /// The rest inside that member's part, in counts of the fine step.
    pub rest: i64,
}

/// Allocates whole multiples of `coarse` counts; what does not fill one goes to one member by the
/// same policy (rule A7). For the largest remainder that is the member whose exact share of the
/// total exceeds its multiples the most, ties to the earlier one.
///
/// # Panics
/// As [`allocate`], and where `coarse` is below 1.
///
/// ```
/// use fenjie_money::{Policy, Weights, allocate_stepped};
/// let stepped = allocate_stepped(1_050, &Weights::equal(3), Policy::LargestRemainder, 100);
/// assert_eq!(stepped.parts, [400, 350, 300]);
/// assert_eq!((stepped.rest_member, stepped.rest), (Some(1), 50));
/// ```
pub fn allocate_stepped(total: i64, weights: &Weights, policy: Policy, coarse: i64) -> Stepped {
    assert!(coarse >= 1, "a coarser step is at least one count");
    let rest = total % coarse;
    let mut parts = allocate(total / coarse, weights, policy);
    for part in &mut parts {
        *part *= coarse;
    }
    if rest == 0 {
        return Stepped {
            parts,
            rest_member: None,
            rest,
        };
    }
    let mut big = weights.to_big();
    if weights.is_all_zero() {
        big.fill(BigUint::from(1u8));
    }
    let member = definition::receiver(policy, &big)
        .unwrap_or_else(|| furthest_below(total.unsigned_abs(), &big, &parts));
    parts[member] += rest;
    Stepped {
        parts,
        rest_member: Some(member),
        rest,
    }
}

/// The member whose exact share exceeds its part the most, ties by index.
fn furthest_below(amount: u64, weights: &[BigUint], parts: &[i64]) -> usize {
    let sum: BigUint = weights.iter().sum();
    // Lifted by the amount so that nothing goes below zero.
    let lacking = |i: usize| {
        let share = &weights[i] * amount;
        (share + &sum * amount) - &sum * parts[i].unsigned_abs()
    };
    let mut best = 0;
    for i in 1..weights.len() {
        if lacking(i) > lacking(best) {
            best = i;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_hundreds_and_their_rest() {
        let weights = Weights::from_u64(vec![5, 3, 2]);
        let check = |total, policy, want: [i64; 3], member| {
            let got = allocate_stepped(total, &weights, policy, 100);
            assert_eq!(
                (got.parts.as_slice(), got.rest_member),
                (&want[..], member),
                "{total}"
            );
        };
        check(1_000, Policy::LargestRemainder, [500, 300, 200], None);
        check(1_070, Policy::LargestRemainder, [570, 300, 200], Some(0));
        check(
            -1_070,
            Policy::LargestRemainder,
            [-570, -300, -200],
            Some(0),
        );
        check(1_070, Policy::Last, [500, 300, 270], Some(2));
        check(1_170, Policy::First, [670, 300, 200], Some(0));
        check(99, Policy::LargestRemainder, [99, 0, 0], Some(0));
        check(1_099, Policy::Member(1), [500, 399, 200], Some(1));
    }

    #[test]
    fn zero_weight_never_takes_the_rest() {
        let weights = Weights::from_u64(vec![0, 1, 0]);
        for policy in [
            Policy::LargestRemainder,
            Policy::First,
            Policy::Last,
            Policy::Member(0),
        ] {
            assert_eq!(
                allocate_stepped(150, &weights, policy, 100).parts,
                [0, 150, 0]
            );
        }
        let none = Weights::from_u64(vec![0, 0]);
        assert_eq!(
            allocate_stepped(150, &none, Policy::Last, 100).parts,
            [0, 150]
        );
    }
}
