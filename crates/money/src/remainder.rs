//! Gives one step each to the k largest remainders, ties to the earlier member, without sorting.
//! Knows remainders only; where they come from is the caller's.

use std::cmp::Ordering;

/// A remainder as a kernel keeps it: narrow where the weights' sum allows.
pub(crate) trait Remainder: Copy + Ord {
    fn wide(self) -> u64;
    fn narrow(wide: u64) -> Self;
    /// How many of the remainders are at least `cut`.
    fn count_from(remainders: &[Self], cut: Self) -> usize;
    /// The smallest and the largest remainder in `low..=last`, without a branch per value.
    fn range_within(remainders: &[Self], low: Self, last: Self) -> (Self, Self);
}

impl Remainder for u32 {
    fn wide(self) -> u64 {
        u64::from(self)
    }

    fn narrow(wide: u64) -> u32 {
        u32::try_from(wide).expect("cuts are at most the modulus, which fits")
    }

    fn count_from(remainders: &[u32], cut: u32) -> usize {
        // Groups of fewer than 2^32 members: a u32 counter keeps the lanes as wide as the values.
        remainders.iter().map(|&r| u32::from(r >= cut)).sum::<u32>() as usize
    }

    fn range_within(remainders: &[u32], low: u32, last: u32) -> (u32, u32) {
        remainders
            .iter()
            .fold((last, low), |(smallest, largest), &r| {
                let (at_least, at_most) = (r >= low, r <= last);
                let smallest = smallest.min(if at_least { r } else { last });
                (smallest, largest.max(if at_most { r } else { low }))
            })
    }
}

impl Remainder for u64 {
    fn wide(self) -> u64 {
        self
    }

    fn narrow(wide: u64) -> u64 {
        wide
    }

    fn count_from(remainders: &[u64], cut: u64) -> usize {
        remainders.iter().map(|&r| u64::from(r >= cut)).sum::<u64>() as usize
    }

    fn range_within(remainders: &[u64], low: u64, last: u64) -> (u64, u64) {
        remainders
            .iter()
            .fold((last, low), |(smallest, largest), &r| {
                let (at_least, at_most) = (r >= low, r <= last);
                let smallest = smallest.min(if at_least { r } else { last });
                (smallest, largest.max(if at_most { r } else { low }))
            })
    }
}

/// Adds one to the parts of the `steps` largest remainders (rules A2, A3).
///
/// Every remainder is below `modulus`, and fewer members than there are get a step.
pub(crate) fn give_largest<R: Remainder>(
    steps: usize,
    modulus: u64,
    remainders: &[R],
    parts: &mut [i64],
) {
    if steps == 0 {
        return;
    }
    assert!(
        steps < remainders.len(),
        "fewer steps are left over than there are members"
    );
    if remainders.len() <= FEW {
        give_few(steps, remainders, parts);
        return;
    }
    match find_cut(steps, modulus, remainders) {
        Cut::Clean(cut) => add_from(R::narrow(cut), remainders, parts),
        Cut::Tied { value, members } => give_tied(members, value, remainders, parts),
    }
}

/// Where the largest remainders begin.
enum Cut {
    /// Exactly the members at or above this get a step.
    Clean(u64),
    /// All above `value` get one, and the first `members` of those at it.
    Tied { value: u64, members: usize },
}

/// Searches the cut by counting. Remainders mostly lie evenly, so each pass moves the cut by as
/// many mean spacings as members are wrong; every fourth pass draws the bracket up to the values
/// inside it, so that equal remainders end the search, and every eighth halves it.
fn find_cut<R: Remainder>(steps: usize, modulus: u64, remainders: &[R]) -> Cut {
    // At least `low` are too many members, at least `high` too few.
    let (mut low, mut low_count) = (0u64, remainders.len());
    let (mut high, mut high_count) = (modulus, 0usize);
    let spacing = modulus / remainders.len() as u64;
    let mut cut = spacing * (remainders.len() - steps) as u64;
    let mut pass = 0;
    while high - low > 1 {
        pass += 1;
        if pass % 4 == 0 {
            (low, high) = tighten(remainders, low, high);
            if high - low <= 1 {
                break;
            }
            cut = if pass % 8 == 0 {
                low + (high - low) / 2
            } else {
                interpolate(low, high, low_count - steps, low_count - high_count)
            };
        }
        cut = cut.clamp(low + 1, high - 1);
        let count = R::count_from(remainders, R::narrow(cut));
        let wrong = spacing.saturating_mul(count.abs_diff(steps) as u64);
        match count.cmp(&steps) {
            Ordering::Equal => return Cut::Clean(cut),
            Ordering::Greater => {
                (low, low_count) = (cut, count);
                cut = cut.saturating_add(wrong);
            }
            Ordering::Less => {
                (high, high_count) = (cut, count);
                cut = cut.saturating_sub(wrong);
            }
        }
    }
    Cut::Tied {
        value: low,
        members: steps - high_count,
    }
}

/// Up to so many members are ranked pair by pair.
const FEW: usize = 8;

/// Ranks every pair without a branch; the earlier of two equals comes first.
fn give_few<R: Remainder>(steps: usize, remainders: &[R], parts: &mut [i64]) {
    let mut ranks = [0usize; FEW];
    for later in 1..remainders.len() {
        let mut rank = 0;
        for earlier in 0..later {
            let first = usize::from(remainders[earlier] >= remainders[later]);
            rank += first;
            ranks[earlier] += 1 - first;
        }
        ranks[later] = rank;
    }
    for (part, rank) in parts.iter_mut().zip(ranks) {
        *part = part.wrapping_add(i64::from(rank < steps));
    }
}

/// A cut strictly inside the bracket, where `above` of `all` members should lie below it.
fn interpolate(low: u64, high: u64, above: usize, all: usize) -> u64 {
    let width = high - low;
    let offset = match width.checked_mul(above as u64) {
        Some(product) => product / all as u64,
        None => (u128::from(width) * above as u128 / all as u128) as u64,
    };
    low + offset.clamp(1, width - 1)
}

/// The bracket drawn up to the smallest and largest remainder inside it.
fn tighten<R: Remainder>(remainders: &[R], low: u64, high: u64) -> (u64, u64) {
    let (smallest, largest) = R::range_within(remainders, R::narrow(low), R::narrow(high - 1));
    (smallest.wide(), largest.wide() + 1)
}

fn add_from<R: Remainder>(cut: R, remainders: &[R], parts: &mut [i64]) {
    for (part, &remainder) in parts.iter_mut().zip(remainders) {
        *part = part.wrapping_add(i64::from(remainder >= cut));
    }
}

/// One step to everyone above `tie`, and to the first `tied` members at it.
fn give_tied<R: Remainder>(tied: usize, tie: u64, remainders: &[R], parts: &mut [i64]) {
    let tie = R::narrow(tie);
    let mut left = tied;
    for (part, &remainder) in parts.iter_mut().zip(remainders) {
        let at_tie = remainder == tie && left > 0;
        left -= usize::from(at_tie);
        *part = part.wrapping_add(i64::from(remainder > tie || at_tie));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by_sorting(steps: usize, remainders: &[u64]) -> Vec<i64> {
        let mut order: Vec<usize> = (0..remainders.len()).collect();
        order.sort_by_key(|&i| (std::cmp::Reverse(remainders[i]), i));
        let mut parts = vec![0; remainders.len()];
        for &i in &order[..steps] {
            parts[i] = 1;
        }
        parts
    }

    fn check(steps: usize, modulus: u64, remainders: &[u64]) {
        let want = by_sorting(steps, remainders);
        let mut got = vec![0; remainders.len()];
        give_largest(steps, modulus, remainders, &mut got);
        assert_eq!(got, want, "{steps} of {remainders:?}");
        if modulus <= u64::from(u32::MAX) {
            let narrow: Vec<u32> = remainders.iter().map(|&r| r as u32).collect();
            let mut got = vec![0; remainders.len()];
            give_largest(steps, modulus, &narrow, &mut got);
            assert_eq!(got, want, "narrow {steps} of {remainders:?}");
        }
    }

    #[test]
    fn ties_go_to_the_earlier_member() {
        check(2, 10, &[5, 5, 5, 5]);
        check(1, 10, &[0, 0]);
        check(3, 10, &[9, 0, 9, 3, 3, 3]);
        check(1, u64::MAX, &[u64::MAX - 1, u64::MAX - 1, 0]);
    }

    proptest! {
        #[test]
        fn any_remainders_agree_with_sorting(
            modulus in prop_oneof![1u64..20, 1u64..5_000, 1u64..u64::MAX],
            seeds in prop::collection::vec(any::<u64>(), 2..300),
            steps in any::<prop::sample::Index>(),
            bunched in any::<bool>(),
        ) {
            let (wide, near) = (modulus / 3 + 1, modulus / 7 + 1);
            let bunch = |r: u64| if bunched { r / wide * near } else { r };
            let remainders: Vec<u64> =
                seeds.iter().map(|s| bunch(s % modulus) % modulus).collect();
            check(steps.index(remainders.len()), modulus, &remainders);
        }
    }
}
