//! Rules A1–A6 as properties over any totals and weights, in every width of weight.

use fenjie_money::{Policy, Weights, allocate, allocate_explained, allocate_stepped};
use num_bigint::{BigInt, BigUint};
use proptest::prelude::*;

use crate::definition::by_definition;

fn any_total() -> impl Strategy<Value = i64> {
    prop_oneof![
        -1_000i64..1_000,
        any::<i64>(),
        Just(i64::MIN),
        Just(i64::MAX)
    ]
}

/// Groups whose weights have much, little or nothing in common, narrow and wide.
fn any_weights() -> impl Strategy<Value = Vec<BigUint>> {
    let weight = prop_oneof![
        3 => (0u64..6).prop_map(BigUint::from),
        3 => (0u64..100_000).prop_map(BigUint::from),
        1 => any::<u64>().prop_map(BigUint::from),
        1 => any::<u128>().prop_map(BigUint::from),
        1 => (any::<u128>(), 0u32..200).prop_map(|(w, bits)| BigUint::from(w) << bits),
    ];
    prop_oneof![
        prop::collection::vec(weight, 1..24),
        prop::collection::vec((0u64..6).prop_map(BigUint::from), 1..60),
        prop::collection::vec((0u64..1 << 30).prop_map(BigUint::from), 1..60),
        prop::collection::vec((0u64..1 << 58).prop_map(BigUint::from), 1..60),
        prop::collection::vec(any::<u64>().prop_map(BigUint::from), 1..60),
    ]
}

fn any_policy() -> impl Strategy<Value = Policy> {
    prop_oneof![
        Just(Policy::LargestRemainder),
        Just(Policy::First),
        Just(Policy::Last),
        Just(Policy::Largest),
        (0usize..70).prop_map(Policy::Member),
    ]
}

fn sum(parts: &[i64]) -> i128 {
    parts.iter().map(|&part| i128::from(part)).sum()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn parts_sum_to_the_total_and_zero_gets_zero(
        total in any_total(), weights in any_weights(), policy in any_policy(),
    ) {
        let parts = allocate(total, &Weights::from_big(weights.clone()), policy);
        prop_assert_eq!(sum(&parts), i128::from(total));
        if weights.iter().any(|w| *w > BigUint::ZERO) {
            for (part, weight) in parts.iter().zip(&weights) {
                prop_assert!(*part == 0 || *weight > BigUint::ZERO);
            }
        }
    }

    #[test]
    fn the_definition_is_met(total in any_total(), weights in any_weights()) {
        let big: Vec<BigInt> = weights.iter().cloned().map(BigInt::from).collect();
        let parts = allocate(total, &Weights::from_big(weights), Policy::LargestRemainder);
        prop_assert_eq!(parts, by_definition(total, &big));
    }

    #[test]
    fn every_part_is_within_one_step_of_its_share(
        total in any_total(), weights in any_weights(),
    ) {
        let whole: BigUint = weights.iter().sum();
        prop_assume!(whole > BigUint::ZERO);
        let whole = BigInt::from(whole);
        let parts = allocate(total, &Weights::from_big(weights.clone()), Policy::LargestRemainder);
        for (part, weight) in parts.iter().zip(weights) {
            let off = BigInt::from(*part) * &whole - BigInt::from(weight) * total;
            prop_assert!(off < whole && -off < whole);
        }
    }

    #[test]
    fn more_weight_never_gets_less_and_equals_differ_by_one(
        total in 0i64..i64::MAX, weights in any_weights(),
    ) {
        let parts = allocate(total, &Weights::from_big(weights.clone()), Policy::LargestRemainder);
        for i in 0..parts.len() {
            for j in 0..i {
                if weights[i] > weights[j] {
                    prop_assert!(parts[i] >= parts[j]);
                }
                if weights[i] == weights[j] {
                    prop_assert!(parts[j] == parts[i] || parts[j] == parts[i] + 1);
                }
            }
        }
    }

    #[test]
    fn the_negative_mirrors(
        total in 0i64..i64::MAX, weights in any_weights(), policy in any_policy(),
    ) {
        let weights = Weights::from_big(weights);
        let mirrored: Vec<i64> =
            allocate(-total, &weights, policy).iter().map(|part| -part).collect();
        prop_assert_eq!(allocate(total, &weights, policy), mirrored);
    }

    #[test]
    fn members_in_another_order_get_the_same_but_for_ties(
        total in any_total(),
        (weights, order) in any_weights().prop_flat_map(|weights| {
            let order: Vec<usize> = (0..weights.len()).collect();
            (Just(weights), Just(order).prop_shuffle())
        }),
    ) {
        let parts = allocate(total, &Weights::from_big(weights.clone()), Policy::LargestRemainder);
        let moved: Vec<BigUint> = order.iter().map(|&i| weights[i].clone()).collect();
        let moved = allocate(total, &Weights::from_big(moved), Policy::LargestRemainder);
        let explained =
            allocate_explained(total, &Weights::from_big(weights), Policy::LargestRemainder);
        let tied = |i: usize| {
            let same = |part: &&fenjie_money::Part| part.remainder == explained[i].remainder;
            explained.iter().filter(same).count() > 1
        };
        for (place, &i) in order.iter().enumerate() {
            prop_assert!(parts[i] == moved[place] || tied(i));
        }
        let sorted = |mut parts: Vec<i64>| {
            parts.sort_unstable();
            parts
        };
        // Tied members may swap their steps, so only remainder classes keep their sums.
        prop_assert_eq!(sum(&sorted(parts)), sum(&sorted(moved)));
    }

    #[test]
    fn a_common_factor_changes_nothing(
        total in any_total(), weights in any_weights(), policy in any_policy(),
        factor in 1u64..1_000_000,
    ) {
        let scaled: Vec<BigUint> = weights.iter().map(|w| w * factor).collect();
        prop_assert_eq!(
            allocate(total, &Weights::from_big(weights), policy),
            allocate(total, &Weights::from_big(scaled), policy)
        );
    }

    #[test]
    fn reasons_agree_with_the_parts(
        total in any_total(), weights in any_weights(), policy in any_policy(),
    ) {
        let weights = Weights::from_big(weights);
        let parts = allocate(total, &weights, policy);
        let explained = allocate_explained(total, &weights, policy);
        let mut ranks: Vec<usize> = explained.iter().map(|part| part.rank).collect();
        for (part, reason) in parts.iter().zip(&explained) {
            prop_assert_eq!(*part, reason.amount);
            prop_assert_eq!(reason.got_unit, reason.amount != reason.floor);
            prop_assert!(reason.amount.unsigned_abs() >= reason.floor.unsigned_abs());
        }
        ranks.sort_unstable();
        prop_assert_eq!(ranks, (1..=explained.len()).collect::<Vec<_>>());
    }

    #[test]
    fn coarse_parts_are_multiples_but_for_one(
        total in -10_000_000i64..10_000_000,
        weights in any_weights(), policy in any_policy(), coarse in 1i64..10_000,
    ) {
        let weights = Weights::from_big(weights);
        let stepped = allocate_stepped(total, &weights, policy, coarse);
        prop_assert_eq!(sum(&stepped.parts), i128::from(total));
        prop_assert_eq!(stepped.rest, total % coarse);
        for (i, part) in stepped.parts.iter().enumerate() {
            let rest = if stepped.rest_member == Some(i) { stepped.rest } else { 0 };
            prop_assert_eq!((part - rest) % coarse, 0);
        }
        if stepped.rest_member.is_none() {
            prop_assert_eq!(stepped.rest, 0);
        }
    }
}
