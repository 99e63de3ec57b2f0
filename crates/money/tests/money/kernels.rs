//! Every fast kernel against the plain definition, group by group.

use fenjie_money::kernel::{Periodic, roll_up, share_down_tree, share_down_tree_u64};
use fenjie_money::{Policy, Scratch, allocate_u64, allocate_with};
use proptest::prelude::*;

use crate::definition::{big, by_definition};

/// Child ranges of a tree in level order, from the number of children of each node in turn.
fn level_order(children: &[u32]) -> Vec<u32> {
    let mut starts = vec![1u32];
    for (node, count) in children.iter().enumerate() {
        let nodes = starts[starts.len() - 1];
        if node as u32 >= nodes {
            break;
        }
        starts.push(nodes + count);
    }
    starts
}

fn tree_by_definition<T>(total: i64, starts: &[u32], weights: &[T]) -> Vec<i64>
where
    T: Copy + Into<num_bigint::BigInt>,
{
    let mut amounts = vec![0; weights.len()];
    amounts[0] = total;
    for node in 0..starts.len() - 1 {
        let range = starts[node] as usize..starts[node + 1] as usize;
        if !range.is_empty() {
            let parts = by_definition(amounts[node], &big(&weights[range.clone()]));
            amounts[range].copy_from_slice(&parts);
        }
    }
    amounts
}

fn any_total() -> impl Strategy<Value = i64> {
    prop_oneof![-5_000i64..5_000, any::<i64>(), Just(i64::MIN)]
}

fn any_weight() -> impl Strategy<Value = u32> {
    prop_oneof![Just(0u32), 0u32..10, 0u32..100_000, any::<u32>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn a_tree_is_shared_as_its_groups_are(
        total in any_total(),
        children in prop::collection::vec(0u32..30, 1..12),
        seeds in prop::collection::vec(any_weight(), 400),
        flat in any::<bool>(),
    ) {
        let starts = level_order(&children);
        let nodes = starts[starts.len() - 1] as usize;
        let weights: Vec<u32> = if flat { vec![7; nodes] } else { seeds[..nodes].to_vec() };
        let mut amounts = vec![1; nodes];
        let mut scratch = Scratch::default();
        share_down_tree(total, &starts, &weights, &mut amounts, &mut scratch);
        prop_assert_eq!(&amounts, &tree_by_definition(total, &starts, &weights));

        let mut wide: Vec<u64> = weights.iter().map(|&w| u64::from(w)).collect();
        roll_up(&starts, &mut wide);
        share_down_tree_u64(total, &starts, &wide, &mut amounts, &mut scratch);
        prop_assert_eq!(&amounts, &tree_by_definition(total, &starts, &wide));
    }

    #[test]
    fn a_table_shares_as_the_definition_does(
        totals in prop::collection::vec(any_total(), 1..5),
        weights in prop::collection::vec(0u32..40, 1..12),
        factor in 1u32..1_000,
    ) {
        let scaled: Vec<u32> = weights.iter().map(|w| w * factor).collect();
        let periodic = Periodic::new(&scaled).unwrap();
        prop_assert_eq!(periodic.members(), weights.len());
        let mut rows = vec![0; totals.len() * weights.len()];
        periodic.share_each(&totals, &mut rows);
        let mut row = vec![0; weights.len()];
        for (&total, shared) in totals.iter().zip(rows.chunks(weights.len())) {
            let want = by_definition(total, &big(&weights));
            periodic.share_into(total, &mut row);
            prop_assert_eq!(&row, &want);
            prop_assert_eq!(shared, &want[..]);
        }
    }

    #[test]
    fn large_groups_and_kept_buffers(
        total in any_total(),
        seeds in prop::collection::vec(any::<u64>(), 1..1_500),
        bits in 0u32..64,
        kinds in 1u64..2_000,
    ) {
        let bunched: Vec<u64> = seeds.iter().map(|s| (s % kinds) << (bits / 2)).collect();
        let free: Vec<u64> = seeds.iter().map(|s| s >> bits).collect();
        let mut scratch = Scratch::default();
        for weights in [bunched, free] {
            let mut parts = vec![9; weights.len()];
            allocate_with(total, &weights, Policy::LargestRemainder, &mut parts, &mut scratch);
            prop_assert_eq!(&parts, &by_definition(total, &big(&weights)));
        }
    }
}

#[test]
fn every_amount_of_a_few_small_groups() {
    let groups: [&[u64]; 6] = [
        &[1],
        &[1, 1],
        &[6, 6, 8],
        &[1, 2, 3, 4],
        &[0, 5, 0, 5, 3],
        &[1; 13],
    ];
    for weights in groups {
        for total in -60..60 {
            let mut parts = vec![0; weights.len()];
            allocate_u64(total, weights, Policy::LargestRemainder, &mut parts);
            assert_eq!(
                parts,
                by_definition(total, &big(weights)),
                "{total} by {weights:?}"
            );
        }
    }
}

#[test]
fn a_group_of_a_hundred_thousand() {
    let weights: Vec<u64> = (0..100_000u64).map(|i| i * 7_919 % 1_009).collect();
    let mut parts = vec![0; weights.len()];
    for total in [1, 99_999, 123_456_789, i64::MAX, i64::MIN] {
        allocate_u64(total, &weights, Policy::LargestRemainder, &mut parts);
        assert_eq!(parts, by_definition(total, &big(&weights)), "{total}");
    }
}

#[test]
fn tables_know_their_limits() {
    assert!(Periodic::new(&[]).is_none());
    assert!(Periodic::new(&[u32::MAX, 1]).is_none());
    assert!(Periodic::new(&[u32::MAX, u32::MAX]).is_some());
    let zero = Periodic::new(&[0, 0, 0]).unwrap();
    let mut parts = [0; 3];
    zero.share_into(10, &mut parts);
    assert_eq!(parts, [4, 3, 3]);
    let one = Periodic::new(&[9]).unwrap();
    let mut part = [0];
    for total in [0, 5, i64::MAX, i64::MIN] {
        one.share_into(total, &mut part);
        assert_eq!(part, [total]);
    }
}

#[test]
#[should_panic(expected = "children lie behind their parent")]
fn a_cycle_is_no_tree() {
    let mut amounts = [0; 4];
    share_down_tree(
        1,
        &[1, 2, 2, 4],
        &[1; 4],
        &mut amounts,
        &mut Scratch::default(),
    );
    share_down_tree(
        1,
        &[1, 1, 1, 4],
        &[1; 4],
        &mut amounts,
        &mut Scratch::default(),
    );
}
