//! Sums by cell: in an array where cells are few, by hash where they are many. Knows no members.

use rustc_hash::FxHashMap;

use super::LOW;

/// The most cells that are kept in an array, over all measures.
const MOST_DENSE: u64 = 1 << 24;

/// A sum that is being made. Sixty-four bits wrap; whoever uses them knows that none will be left.
pub(crate) trait Sum: Copy + Default + Send + Sync {
    fn plus(self, value: i64) -> Self;
    fn joined(self, other: Self) -> Self;
    fn whole(self) -> Option<i64>;
}

impl Sum for i64 {
    #[inline]
    fn plus(self, value: i64) -> Self {
        self.wrapping_add(value)
    }

    fn joined(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn whole(self) -> Option<i64> {
        Some(self)
    }
}

impl Sum for i128 {
    fn plus(self, value: i64) -> Self {
        self.wrapping_add(i128::from(value))
    }

    fn joined(self, other: Self) -> Self {
        self.wrapping_add(other)
    }

    fn whole(self) -> Option<i64> {
        i64::try_from(self).ok()
    }
}

/// Sums of several measures by cell.
pub(crate) enum Cells<S> {
    /// One slot per cell, and one behind them for lines that do not count.
    Dense {
        touched: Vec<bool>,
        sums: Vec<Vec<S>>,
    },
    /// A slot per cell that occurs.
    Sparse {
        slots: FxHashMap<u64, u32>,
        sums: Vec<Vec<S>>,
    },
}

impl<S: Sum> Cells<S> {
    /// Room for cells below `count`.
    pub(crate) fn new(count: u64, measures: usize, lines: u64) -> Cells<S> {
        let slots = count.saturating_mul(measures.max(1) as u64);
        if slots <= MOST_DENSE && slots / 64 <= lines.max(1 << 14) {
            let len = count as usize + 1;
            return Cells::Dense {
                touched: vec![false; len],
                sums: (0..measures).map(|_| vec![S::default(); len]).collect(),
            };
        }
        Cells::Sparse {
            slots: FxHashMap::default(),
            sums: (0..measures).map(|_| vec![S::default()]).collect(),
        }
    }

    /// Turns cells into slots; a line with a mark does not count.
    pub(crate) fn find(&mut self, cells: &[u64], found: &mut Vec<u32>) {
        found.clear();
        match self {
            Cells::Dense { touched, .. } => {
                let behind = touched.len() as u32 - 1;
                for &cell in cells {
                    let slot = if cell <= LOW { cell as u32 } else { behind };
                    touched[slot as usize] = true;
                    found.push(slot);
                }
            }
            Cells::Sparse { slots, sums } => {
                let (mut last, mut slot) = (u64::MAX, 0);
                for &cell in cells {
                    if cell > LOW {
                        found.push(0);
                        continue;
                    }
                    if cell != last {
                        let next = slots.len() as u32 + 1;
                        slot = *slots.entry(cell).or_insert(next);
                        last = cell;
                    }
                    found.push(slot);
                }
                for sums in sums {
                    sums.resize(slots.len() + 1, S::default());
                }
            }
        }
    }

    /// Adds a measure's values to the slots of their lines.
    pub(crate) fn add(&mut self, measure: usize, found: &[u32], values: &[i64]) {
        let (Cells::Dense { sums, .. } | Cells::Sparse { sums, .. }) = self;
        let sums = &mut sums[measure];
        for (&slot, &value) in found.iter().zip(values) {
            let sum = &mut sums[slot as usize];
            *sum = sum.plus(value);
        }
    }

    /// Both together.
    pub(crate) fn join(&mut self, other: Cells<S>) {
        match (self, other) {
            (
                Cells::Dense { touched, sums },
                Cells::Dense {
                    touched: touched_too,
                    sums: others,
                },
            ) => {
                for (own, other) in touched.iter_mut().zip(touched_too) {
                    *own |= other;
                }
                for (own, other) in sums.iter_mut().zip(others) {
                    for (own, other) in own.iter_mut().zip(other) {
                        *own = own.joined(other);
                    }
                }
            }
            (
                Cells::Sparse { slots, sums },
                Cells::Sparse {
                    slots: others,
                    sums: theirs,
                },
            ) => {
                for (cell, from) in others {
                    let next = slots.len() as u32 + 1;
                    let to = *slots.entry(cell).or_insert(next) as usize;
                    for (own, their) in sums.iter_mut().zip(&theirs) {
                        if own.len() <= to {
                            own.resize(to + 1, S::default());
                        }
                        own[to] = own[to].joined(their[from as usize]);
                    }
                }
            }
            _ => unreachable!("all threads keep their cells in the same way"),
        }
    }

    /// The cells that lines went to, in order, with their slots.
    pub(crate) fn occurring(&self) -> Vec<(u64, u32)> {
        match self {
            Cells::Dense { touched, .. } => {
                let cells = &touched[..touched.len() - 1];
                let occurring = cells.iter().enumerate().filter(|(_, touched)| **touched);
                occurring
                    .map(|(cell, _)| (cell as u64, cell as u32))
                    .collect()
            }
            Cells::Sparse { slots, .. } => {
                let mut all: Vec<(u64, u32)> = slots.iter().map(|(&c, &s)| (c, s)).collect();
                all.sort_unstable();
                all
            }
        }
    }

    /// A measure's sum at a slot.
    pub(crate) fn sum(&self, measure: usize, slot: u32) -> S {
        let (Cells::Dense { sums, .. } | Cells::Sparse { sums, .. }) = self;
        sums[measure][slot as usize]
    }
}
