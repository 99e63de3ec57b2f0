//! Amounts of the periods below a stored one, by table where the weights allow it: sharing by largest
//! remainder repeats itself, over several levels too. Knows weights and indices, no calendar.

use fenjie_money::kernel::{Nested, Periodic};
use fenjie_money::{Policy, Scratch, allocate_with};

use crate::profile::{Block, STORED};

/// Tables up to this size stay near the processor and are better than two smaller ones.
const NEAR_ENTRIES: usize = 1 << 15;
/// So often amounts are shared plainly before a table is worth its making.
const PLAIN_USES: u32 = 24;

/// Buffers of a reader.
#[derive(Debug, Default)]
pub(crate) struct Buffers {
    pub(crate) all: Vec<i64>,
    pub(crate) parts: Vec<i64>,
    pub(crate) upper: Vec<i64>,
    pub(crate) scratch: Scratch,
}

/// Some periods below a stored one, in the order of a row, and the way to their amounts.
#[derive(Debug)]
pub(crate) struct Excerpt {
    block: Block,
    /// Indices into the block's nodes.
    wanted: Vec<usize>,
    /// The groups on the way to them, parents first.
    groups: Vec<usize>,
    uses: u32,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Untried,
    Plain,
    Table(Periodic),
    /// Two levels at once, the lower one alike everywhere.
    Nested(Nested),
    /// A table down to the last level but one, then the last level's.
    Two {
        upper: Periodic,
        lower: Lower,
    },
}

#[derive(Debug)]
enum Lower {
    Same(Periodic),
    /// Tables and, for each parent, which.
    Each(Vec<Periodic>, Vec<usize>),
}

impl Excerpt {
    pub(crate) fn new(block: Block, wanted: Vec<usize>) -> Self {
        let groups = block.groups_above(&wanted);
        Excerpt {
            block,
            wanted,
            groups,
            uses: 0,
            way: Way::Untried,
        }
    }

    /// Writes the amounts of the wanted periods for one amount of the stored period. `room` is how
    /// many table entries may still be made.
    pub(crate) fn write(
        &mut self,
        value: i64,
        out: &mut [i64],
        buffers: &mut Buffers,
        room: &mut usize,
    ) {
        if let Way::Untried = self.way {
            self.uses += 1;
            if self.uses > PLAIN_USES {
                self.way = self.best_way(room);
            }
        }
        match &self.way {
            Way::Table(table) => table.share_into(value, out),
            Way::Nested(nested) => nested.share_into(value, out),
            Way::Two { upper, lower } => {
                buffers.upper.resize(upper.members(), 0);
                upper.share_into(value, &mut buffers.upper);
                lower.write(&buffers.upper, out);
            }
            Way::Untried | Way::Plain => {
                self.block.share(value, &self.groups, buffers);
                for (part, index) in out.iter_mut().zip(&self.wanted) {
                    *part = buffers.all[*index];
                }
            }
        }
    }

    fn best_way(&self, room: &mut usize) -> Way {
        let most = Periodic::MOST_ENTRIES.min(*room);
        let (way, entries) = if let Some(table) =
            self.block
                .table(&self.wanted, &self.groups, most.min(NEAR_ENTRIES))
        {
            let entries = table.entries();
            (Way::Table(table), entries)
        } else if let Some((upper, lower, entries)) = self.two_tables(most) {
            match &lower {
                Lower::Same(alike) if let Some(nested) = Nested::new(upper.clone(), alike) => {
                    let entries = nested.entries();
                    (Way::Nested(nested), entries)
                }
                _ => (Way::Two { upper, lower }, entries),
            }
        } else if let Some(table) = self.block.table(&self.wanted, &self.groups, most) {
            let entries = table.entries();
            (Way::Table(table), entries)
        } else {
            (Way::Plain, 0)
        };
        *room = room.saturating_sub(entries);
        way
    }

    fn two_tables(&self, most: usize) -> Option<(Periodic, Lower, usize)> {
        let parents = self.block.whole_parents(&self.wanted)?;
        let upper = self
            .block
            .table(&parents, &self.block.groups_above(&parents), most)?;
        let mut known: Vec<&[u64]> = Vec::new();
        let mut tables: Vec<Periodic> = Vec::new();
        let mut of_parent = Vec::with_capacity(parents.len());
        let mut entries = upper.entries();
        for parent in &parents {
            let weights = self.block.weights_below(*parent);
            let at = match known.iter().position(|seen| *seen == weights) {
                Some(at) => at,
                None => {
                    let narrow: Option<Vec<u32>> = reduced(weights)
                        .into_iter()
                        .map(|weight| u32::try_from(weight).ok())
                        .collect();
                    let table = Periodic::new(&narrow?)?;
                    entries += table.entries();
                    known.push(weights);
                    tables.push(table);
                    known.len() - 1
                }
            };
            of_parent.push(at);
        }
        if entries > most {
            return None;
        }
        let lower = if tables.len() == 1 {
            Lower::Same(tables.pop().expect("one table"))
        } else {
            Lower::Each(tables, of_parent)
        };
        Some((upper, lower, entries))
    }
}

impl Lower {
    fn write(&self, amounts: &[i64], out: &mut [i64]) {
        match self {
            Lower::Same(table) => table.share_each(amounts, out),
            Lower::Each(tables, of_parent) => {
                let mut rest = out;
                for (amount, table) in amounts.iter().zip(of_parent) {
                    let table = &tables[*table];
                    let (row, after) = rest.split_at_mut(table.members());
                    table.share_into(*amount, row);
                    rest = after;
                }
            }
        }
    }
}

impl Block {
    /// Shares an amount over some groups, parents first; the amounts of all nodes are in the buffer.
    pub(crate) fn share(&self, value: i64, groups: &[usize], buffers: &mut Buffers) {
        let Buffers {
            all,
            parts,
            scratch,
            ..
        } = buffers;
        all.resize(self.nodes.len(), 0);
        for group in groups.iter().map(|group| &self.groups[*group]) {
            let amount = match group.parent {
                STORED => value,
                parent => all[parent],
            };
            parts.clear();
            parts.resize(group.children.len(), 0);
            let policy = Policy::LargestRemainder;
            allocate_with(amount, &group.weights, policy, parts, scratch);
            for (child, part) in group.children.iter().zip(&*parts) {
                all[*child] = *part;
            }
        }
    }

    /// The groups that lead to some nodes.
    fn groups_above(&self, wanted: &[usize]) -> Vec<usize> {
        let mut on_the_way = vec![false; self.nodes.len()];
        wanted.iter().for_each(|index| on_the_way[*index] = true);
        let mut groups: Vec<usize> = (0..self.groups.len())
            .rev()
            .filter(|group| {
                let group = &self.groups[*group];
                let leads = group.children.iter().any(|child| on_the_way[*child]);
                if leads && group.parent != STORED {
                    on_the_way[group.parent] = true;
                }
                leads
            })
            .collect();
        groups.reverse();
        groups
    }

    /// A table of the wanted nodes' amounts, where it has at most so many entries.
    fn table(&self, wanted: &[usize], groups: &[usize], most: usize) -> Option<Periodic> {
        let period = self.period(groups, most)?;
        if usize::try_from(period).ok()?.checked_mul(wanted.len())? > most {
            return None;
        }
        let mut buffers = Buffers::default();
        Periodic::tabulate(period, wanted.len(), |amount, parts| {
            self.share(amount as i64, groups, &mut buffers);
            for (part, index) in parts.iter_mut().zip(wanted) {
                *part = buffers.all[*index];
            }
        })
    }

    /// The least amount that comes out even in every group: from there on everything repeats.
    fn period(&self, groups: &[usize], most: usize) -> Option<u64> {
        // What each node gets of the period, as a reduced fraction.
        let mut fractions = vec![(0u64, 1u64); self.nodes.len()];
        let mut period = 1u64;
        for group in groups.iter().map(|group| &self.groups[*group]) {
            let (above, below) = match group.parent {
                STORED => (1, 1),
                parent => fractions[parent],
            };
            if above == 0 {
                continue;
            }
            let weights = reduced(&group.weights);
            let sum = weights
                .iter()
                .try_fold(0u64, |sum, weight| sum.checked_add(*weight))?;
            let even = below.checked_mul(sum / common_divisor(above, sum))?;
            period = (period / common_divisor(period, even)).checked_mul(even)?;
            if period > most as u64 {
                return None;
            }
            for (child, weight) in group.children.iter().zip(&weights) {
                let (over, under) = (above.checked_mul(*weight)?, below.checked_mul(sum)?);
                let divisor = common_divisor(over, under);
                fractions[*child] = (over / divisor, under / divisor);
            }
        }
        Some(period)
    }

    /// The parents whose children, all of them and in order, are the wanted nodes.
    fn whole_parents(&self, wanted: &[usize]) -> Option<Vec<usize>> {
        let mut parents = Vec::new();
        let mut rest = wanted;
        while let Some(first) = rest.first() {
            let group = self
                .groups
                .iter()
                .find(|group| group.children.first() == Some(first))?;
            rest = rest.strip_prefix(group.children.as_slice())?;
            if group.parent == STORED {
                return None;
            }
            parents.push(group.parent);
        }
        Some(parents)
    }

    fn weights_below(&self, parent: usize) -> &[u64] {
        let group = self.groups.iter().find(|group| group.parent == parent);
        &group.expect("a parent has a group").weights
    }
}

/// Weights divided by what they have in common; all zero means equal (rule A5).
pub(crate) fn reduced(weights: &[u64]) -> Vec<u64> {
    match weights.iter().fold(0, |a, b| common_divisor(a, *b)) {
        0 => vec![1; weights.len()],
        divisor => weights.iter().map(|weight| weight / divisor).collect(),
    }
}

fn common_divisor(mut a: u64, mut b: u64) -> u64 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::profile::Group;

    /// A block from nested weights: pieces, their days, and the slots that all days share.
    fn block(pieces: &[(u64, Vec<u64>)], slots: &[u64]) -> Block {
        let mut nodes = 0;
        let mut next = || {
            nodes += 1;
            nodes - 1
        };
        let (mut top, mut below) = (Vec::new(), Vec::new());
        for (_, days) in pieces {
            let piece = next();
            top.push(piece);
            let mut children = Vec::new();
            let mut slot_groups = Vec::new();
            for _ in days {
                let day = next();
                children.push(day);
                slot_groups.push(Group {
                    parent: day,
                    children: slots.iter().map(|_| next()).collect(),
                    weights: slots.to_vec(),
                });
            }
            below.push(Group {
                parent: piece,
                children,
                weights: days.clone(),
            });
            below.append(&mut slot_groups);
        }
        let mut groups = vec![Group {
            parent: STORED,
            children: top,
            weights: pieces.iter().map(|(weight, _)| *weight).collect(),
        }];
        groups.append(&mut below);
        Block {
            nodes: (0..nodes as u32).collect(),
            groups,
        }
    }

    /// Nodes of one level: 1 pieces, 2 days, 3 slots.
    fn level(block: &Block, depth: usize) -> Vec<usize> {
        let mut nodes = vec![STORED];
        for _ in 0..depth {
            let below = |parent: &usize| {
                let group = block.groups.iter().find(|group| group.parent == *parent);
                group.expect("a level above the last").children.clone()
            };
            nodes = nodes.iter().flat_map(below).collect();
        }
        nodes
    }

    fn check(pieces: &[(u64, Vec<u64>)], slots: &[u64], depth: usize, values: &[i64]) -> bool {
        let reference = block(pieces, slots);
        let wanted = level(&reference, depth);
        let all: Vec<usize> = (0..reference.groups.len()).collect();
        let mut excerpt = Excerpt::new(block(pieces, slots), wanted.clone());
        let (mut buffers, mut room) = (Buffers::default(), usize::MAX);
        let mut out = vec![0; wanted.len()];
        for _ in 0..=PLAIN_USES {
            excerpt.write(7, &mut out, &mut buffers, &mut room);
        }
        for value in values {
            excerpt.write(*value, &mut out, &mut buffers, &mut room);
            reference.share(*value, &all, &mut buffers);
            let plain: Vec<i64> = wanted.iter().map(|index| buffers.all[*index]).collect();
            assert_eq!(out, plain, "{value} over {pieces:?} × {slots:?} at {depth}");
        }
        !matches!(excerpt.way, Way::Plain)
    }

    #[test]
    fn the_brief_goes_by_table_at_every_level() {
        let week = |from: usize, to: usize| -> (u64, Vec<u64>) {
            let days = [10u64, 10, 10, 10, 12, 15, 18].map(|day| day * 100_000);
            (days[from..to].iter().sum(), days[from..to].to_vec())
        };
        let pieces = [week(2, 7), week(0, 7), week(0, 7), week(0, 7), week(0, 4)];
        let slots = [100_000, 300_000, 300_000, 300_000];
        let values = [
            0,
            1,
            -1,
            99,
            123_456_789,
            -987_654_321,
            i64::MAX,
            i64::MIN + 1,
        ];
        for depth in 1..=3 {
            assert!(check(&pieces, &slots, depth, &values));
        }
    }

    proptest! {
        #[test]
        fn tables_are_the_plain_shares(
            pieces in prop::collection::vec(
                (0u64..40, prop::collection::vec(0u64..20, 1..5)),
                1..4,
            ),
            slots in prop::collection::vec(0u64..12, 1..5),
            scale in prop::sample::select(vec![1u64, 100_000, 999_999_999_989]),
            depth in 1usize..=3,
            values in prop::collection::vec(-1_000_000_000_000i64..1_000_000_000_000, 1..20),
        ) {
            let scaled: Vec<(u64, Vec<u64>)> = pieces
                .iter()
                .map(|(weight, days)| (weight * scale, days.clone()))
                .collect();
            check(&scaled, &slots, depth, &values);
        }
    }
}
