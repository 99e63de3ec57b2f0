//! How little and how much a box can become when everything fixed or limited inside it is kept, and
//! which part of it is fixed (rules D4, D5). Changes nothing.

use std::collections::BTreeMap;

use crate::settle::Work;

/// The least and most a box can become, the fixed part of it, and that part's value now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Interval {
    pub(crate) floor: i128,
    /// None where nothing limits it.
    pub(crate) cap: Option<i128>,
    pub(crate) held: i128,
    pub(crate) held_now: i128,
}

impl Interval {
    /// Anything from zero.
    pub(crate) fn free() -> Interval {
        Interval {
            floor: 0,
            cap: None,
            held: 0,
            held_now: 0,
        }
    }

    fn empty() -> Interval {
        Interval {
            cap: Some(0),
            ..Interval::free()
        }
    }

    fn plus(self, other: Interval) -> Interval {
        Interval {
            floor: self.floor + other.floor,
            cap: self.cap.zip(other.cap).map(|(a, b)| a + b),
            held: self.held + other.held,
            held_now: self.held_now + other.held_now,
        }
    }
}

impl Work<'_> {
    /// What a box may become; `inside` are the constraints within it, itself included.
    pub(crate) fn interval(&self, place: &[u32], inside: &[usize]) -> Interval {
        let own = inside
            .iter()
            .find(|index| self.constraints[**index].place == place);
        let own = own.map(|index| &self.constraints[*index]);
        if let Some(fixed) = own.filter(|constraint| constraint.is_fixed()) {
            let value = i128::from(fixed.floor);
            return Interval {
                floor: value,
                cap: Some(value),
                held: value,
                held_now: i128::from(self.cube.get(place)),
            };
        }
        let below: Vec<usize> = inside
            .iter()
            .copied()
            .filter(|index| self.constraints[*index].place != place)
            .collect();
        let mut interval = match self.axis_that_cuts_nothing(place, &below) {
            _ if below.is_empty() => Interval::free(),
            Some(axis) => self.sum_of_children(place, axis, &below),
            None => self.sum_of_disjoint(place, &below),
        };
        if let Some(own) = own {
            interval.floor = interval.floor.max(i128::from(own.floor));
            let cap = (own.cap != i64::MAX).then_some(i128::from(own.cap));
            interval.cap = match (interval.cap, cap) {
                (Some(a), Some(b)) => Some(a.min(b)),
                (a, b) => a.or(b),
            };
        }
        // Limits that clash are found where they are met; here they must not cross.
        interval.cap = interval.cap.map(|cap| cap.max(interval.floor));
        interval
    }

    fn sum_of_children(&self, place: &[u32], axis: usize, below: &[usize]) -> Interval {
        let buckets = self.buckets(place, axis, below);
        let all = self.cube.frontier(axis).children(place[axis]).count();
        let start = if buckets.len() < all {
            Interval::free()
        } else {
            Interval::empty()
        };
        let mut child = place.to_vec();
        buckets.into_iter().fold(start, |sum, (at, inside)| {
            child[axis] = at;
            sum.plus(self.interval(&child, &inside))
        })
    }

    /// Where constraints cross, those that do not overlap are counted, the largest first.
    fn sum_of_disjoint(&self, place: &[u32], below: &[usize]) -> Interval {
        let mut order: Vec<usize> = below.to_vec();
        order.sort_by_key(|index| {
            std::cmp::Reverse(self.cell_count(&self.constraints[*index].place))
        });
        let mut counted: Vec<usize> = Vec::new();
        for index in order {
            let own = &self.constraints[index].place;
            let apart = |known: &usize| !self.overlaps(own, &self.constraints[*known].place);
            if counted.iter().all(apart) {
                counted.push(index);
            }
        }
        let cells = |index: &usize| self.cell_count(&self.constraints[*index].place);
        let covered: usize = counted.iter().map(cells).sum();
        let start = if covered < self.cell_count(place) {
            Interval::free()
        } else {
            Interval::empty()
        };
        counted.into_iter().fold(start, |sum, index| {
            let constraint = &self.constraints[index];
            let now = i128::from(self.cube.get(&constraint.place));
            let value = i128::from(constraint.floor);
            let fixed = constraint.is_fixed();
            sum.plus(Interval {
                floor: value.max(0),
                cap: (constraint.cap != i64::MAX).then_some(i128::from(constraint.cap)),
                held: if fixed { value } else { 0 },
                held_now: if fixed { now } else { 0 },
            })
        })
    }

    /// Constraints by the child along an axis that they lie in.
    pub(crate) fn buckets(
        &self,
        place: &[u32],
        axis: usize,
        below: &[usize],
    ) -> BTreeMap<u32, Vec<usize>> {
        let frontier = self.cube.frontier(axis);
        let mut buckets: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
        for index in below {
            let child = frontier
                .upward(self.constraints[*index].place[axis])
                .find(|at| frontier.parent(*at) == Some(place[axis]))
                .expect("a constraint inside lies below one child");
            buckets.entry(child).or_default().push(*index);
        }
        buckets
    }

    fn overlaps(&self, a: &[u32], b: &[u32]) -> bool {
        a.iter().zip(b).enumerate().all(|(axis, (a, b))| {
            let frontier = self.cube.frontier(axis);
            frontier.contains(*a, *b) || frontier.contains(*b, *a)
        })
    }

    fn cell_count(&self, place: &[u32]) -> usize {
        let leaves = |(axis, at): (usize, &u32)| self.cube.frontier(axis).leaves_in(*at).len();
        place.iter().enumerate().map(leaves).product()
    }
}
