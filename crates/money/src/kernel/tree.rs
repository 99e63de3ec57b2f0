//! One amount down a ragged tree, largest remainder at every node. Knows flat arrays only.

use crate::Policy;
use crate::allocate::mirror;
use crate::share::{Scratch, Weight, share};

/// Shares a total down a whole tree, largest remainder at every node (rules A1–A5, D3).
///
/// Nodes are numbered so that the children of a node lie side by side behind it: node 0 is the
/// root, and the children of node `p` are `child_start[p]..child_start[p + 1]`. Nodes without an
/// entry, and nodes with an empty range, are leaves. `weights[i]` is the weight of node `i` among
/// its siblings (the root's is not read); `out[i]` becomes its amount. Children whose weights are
/// all zero share equally.
///
/// # Panics
/// Where the lengths differ or `child_start` is not such a numbering.
///
/// ```
/// use fenjie_money::Scratch;
/// use fenjie_money::kernel::share_down_tree;
/// // A root with two children; the first of them has three, the second two.
/// let child_start = [1, 3, 6, 8];
/// let weights = [0, 2, 1, 1, 1, 1, 3, 1];
/// let mut amounts = [0; 8];
/// share_down_tree(100, &child_start, &weights, &mut amounts, &mut Scratch::default());
/// assert_eq!(amounts, [100, 67, 33, 23, 22, 22, 25, 8]);
/// ```
pub fn share_down_tree(
    total: i64,
    child_start: &[u32],
    weights: &[u32],
    out: &mut [i64],
    scratch: &mut Scratch,
) {
    down_tree(total, child_start, weights, out, scratch);
}

/// [`share_down_tree`] for weights that need 64 bits, such as sums of leaves from [`roll_up`].
///
/// # Panics
/// As [`share_down_tree`].
///
/// ```
/// use fenjie_money::Scratch;
/// use fenjie_money::kernel::{roll_up, share_down_tree_u64};
/// let child_start = [1, 3, 5];
/// let mut weights = [0, 0, 7, 1, 2];
/// roll_up(&child_start, &mut weights);
/// let mut amounts = [0; 5];
/// share_down_tree_u64(-20, &child_start, &weights, &mut amounts, &mut Scratch::default());
/// assert_eq!(amounts, [-20, -6, -14, -2, -4]);
/// ```
pub fn share_down_tree_u64(
    total: i64,
    child_start: &[u32],
    weights: &[u64],
    out: &mut [i64],
    scratch: &mut Scratch,
) {
    down_tree(total, child_start, weights, out, scratch);
}

/// Gives every inner node the sum of its children's weights, from the leaves up.
///
/// # Panics
/// Where `child_start` is no numbering as in [`share_down_tree`], or a sum passes 64 bits.
///
/// ```
/// let mut weights = [0, 0, 7, 1, 2];
/// fenjie_money::kernel::roll_up(&[1, 3, 5], &mut weights);
/// assert_eq!(weights, [10, 3, 7, 1, 2]);
/// ```
pub fn roll_up(child_start: &[u32], weights: &mut [u64]) {
    for (node, range) in child_start.windows(2).enumerate().rev() {
        let (first, end) = (range[0] as usize, range[1] as usize);
        if first < end {
            weights[node] = weights[first..end]
                .iter()
                .try_fold(0u64, |sum, &weight| sum.checked_add(weight))
                .expect("the sum of the leaves' weights fits 64 bits");
        }
    }
}

fn down_tree<W: Weight>(
    total: i64,
    child_start: &[u32],
    weights: &[W],
    out: &mut [i64],
    scratch: &mut Scratch,
) {
    assert_eq!(weights.len(), out.len(), "one amount per node");
    assert!(!out.is_empty(), "a tree has a root");
    assert!(
        child_start
            .last()
            .is_none_or(|&end| end as usize == out.len())
            && child_start.first().is_none_or(|&first| first == 1),
        "child ranges cover every node but the root"
    );
    out[0] = total.unsigned_abs() as i64;
    for (node, range) in child_start.windows(2).enumerate() {
        let (first, end) = (range[0] as usize, range[1] as usize);
        assert!(
            node < first && first <= end,
            "children lie behind their parent"
        );
        if first == end {
            continue;
        }
        // Amounts are magnitudes on the way down, the bits of u64.
        let amount = out[node] as u64;
        share(
            amount,
            &weights[first..end],
            Policy::LargestRemainder,
            &mut out[first..end],
            scratch,
        );
    }
    if total < 0 {
        mirror(out);
    }
}
