//! Rows grouped by the members above them: numbered in an array where the members are few, by a hash
//! where they are many. Knows no amounts.

use rustc_hash::FxHashMap;

use crate::actuals::UNASSIGNED;

/// Up to so many groups, or so many for each row, are numbered in an array.
const FEW: usize = 1 << 16;
const FEW_FOR_EACH_ROW: usize = 8;

/// Rows with the same members above them.
pub(crate) struct Groups {
    /// How many groups there are.
    pub(crate) count: usize,
    /// The group of each row.
    pub(crate) of_row: Vec<u32>,
    /// For each dimension the node of each group, in order.
    pub(crate) members: Vec<Vec<u32>>,
}

impl Groups {
    pub(crate) fn new(members: &[Vec<u32>], uppers: &[Vec<u32>], all_one: &[bool]) -> Groups {
        let rows = members.first().map_or(0, Vec::len);
        if members.is_empty() {
            return Groups {
                count: 1,
                of_row: vec![0],
                members: Vec::new(),
            };
        }
        let axes: Vec<Ranks> = (members.iter().zip(uppers).zip(all_one))
            .map(|((nodes, upper), all_one)| Ranks::new(nodes, upper, *all_one))
            .collect();
        let product = axes.iter().try_fold(1u64, |product, axis| {
            product.checked_mul(axis.nodes.len() as u64)
        });
        match product {
            Some(product) if product <= FEW.max(rows * FEW_FOR_EACH_ROW) as u64 => {
                Groups::dense(members, &axes, rows, product as usize)
            }
            Some(_) => Groups::hashed(members, &axes, rows, |axes, row| key(axes, members, row)),
            None => Groups::hashed(members, &axes, rows, |axes, row| {
                wide_key(axes, members, row)
            }),
        }
    }

    fn dense(members: &[Vec<u32>], axes: &[Ranks], rows: usize, product: usize) -> Groups {
        let mut keys = vec![0u32; rows];
        for (axis, nodes) in axes.iter().zip(members) {
            let size = axis.nodes.len() as u32;
            for (key, node) in keys.iter_mut().zip(nodes) {
                *key = *key * size + axis.rank(*node);
            }
        }
        let mut number = vec![u32::MAX; product];
        for key in &keys {
            number[*key as usize] = 0;
        }
        let mut groups = Groups::none(axes.len());
        for (key, number) in number.iter_mut().enumerate() {
            if *number == 0 {
                *number = groups.count as u32;
                groups.push(axes, key as u128);
            }
        }
        for key in &mut keys {
            *key = number[*key as usize];
        }
        groups.of_row = keys;
        groups
    }

    fn hashed<K: Copy + Ord + std::hash::Hash + Into<u128>>(
        members: &[Vec<u32>],
        axes: &[Ranks],
        rows: usize,
        key: impl Fn(&[Ranks], usize) -> K,
    ) -> Groups {
        debug_assert_eq!(axes.len(), members.len());
        let mut known: FxHashMap<K, u32> = FxHashMap::default();
        let mut keys: Vec<K> = Vec::new();
        let mut of_row: Vec<u32> = Vec::with_capacity(rows);
        for row in 0..rows {
            let key = key(axes, row);
            let number = *known.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() as u32 - 1
            });
            of_row.push(number);
        }
        let mut order: Vec<u32> = (0..keys.len() as u32).collect();
        order.sort_unstable_by_key(|number| keys[*number as usize]);
        let mut place = vec![0u32; keys.len()];
        let mut groups = Groups::none(axes.len());
        for number in order {
            place[number as usize] = groups.count as u32;
            groups.push(axes, keys[number as usize].into());
        }
        for number in &mut of_row {
            *number = place[*number as usize];
        }
        groups.of_row = of_row;
        groups
    }

    fn none(axes: usize) -> Groups {
        Groups {
            count: 0,
            of_row: Vec::new(),
            members: vec![Vec::new(); axes],
        }
    }

    fn push(&mut self, axes: &[Ranks], key: u128) {
        let mut rest = key;
        for (axis, nodes) in axes.iter().zip(&mut self.members).rev() {
            let size = axis.nodes.len() as u128;
            nodes.push(axis.nodes[(rest % size) as usize]);
            rest /= size;
        }
        self.count += 1;
    }
}

fn key(axes: &[Ranks], members: &[Vec<u32>], row: usize) -> u64 {
    axes.iter().zip(members).fold(0, |key, (axis, nodes)| {
        key * axis.nodes.len() as u64 + u64::from(axis.rank(nodes[row]))
    })
}

fn wide_key(axes: &[Ranks], members: &[Vec<u32>], row: usize) -> u128 {
    axes.iter().zip(members).fold(0, |key, (axis, nodes)| {
        key * axis.nodes.len() as u128 + u128::from(axis.rank(nodes[row]))
    })
}

/// The upper nodes of one dimension that occur, numbered in order, UNASSIGNED last.
struct Ranks {
    nodes: Vec<u32>,
    /// The number of each node's upper node.
    of_node: Vec<u32>,
    unassigned: u32,
}

impl Ranks {
    /// Where all is one, unassigned lines stand at the root with the others.
    fn new(nodes: &[u32], upper: &[u32], all_one: bool) -> Ranks {
        let mut occurs = vec![false; upper.len()];
        let mut has_unassigned = false;
        for node in nodes {
            match *node {
                UNASSIGNED if all_one => occurs[0] = true,
                UNASSIGNED => has_unassigned = true,
                node => occurs[upper[node as usize] as usize] = true,
            }
        }
        let mut ranks = Ranks {
            nodes: Vec::new(),
            of_node: vec![0; upper.len()],
            unassigned: 0,
        };
        let mut number = vec![0u32; upper.len()];
        for (node, occurs) in occurs.iter().enumerate() {
            if *occurs {
                number[node] = ranks.nodes.len() as u32;
                ranks.nodes.push(node as u32);
            }
        }
        for (of_node, upper) in ranks.of_node.iter_mut().zip(upper) {
            *of_node = number[*upper as usize];
        }
        if has_unassigned {
            ranks.unassigned = ranks.nodes.len() as u32;
            ranks.nodes.push(UNASSIGNED);
        }
        ranks
    }

    fn rank(&self, node: u32) -> u32 {
        match node {
            UNASSIGNED => self.unassigned,
            node => self.of_node[node as usize],
        }
    }
}
