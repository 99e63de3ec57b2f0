//! Actual results brought to a coarser grain: sums of rows and of neighbouring periods. Knows no
//! target.

use std::collections::BTreeSet;

use fenjie_calendar::Date;
use fenjie_plan::{LevelPeriod, MeasureKind, Model, Tree};

use crate::actuals::{Actuals, UNASSIGNED};
use crate::groups::Groups;

impl Actuals {
    /// The results at coarser depths and over periods that are each a union of own ones, in order;
    /// they may hold each other (a month and its weeks). Rows are in order, UNASSIGNED last. A line
    /// booked above a depth keeps its own node; at depth 0 everything is one, unassigned lines
    /// included, so the sum of a flow never changes (rule T3). Levels are not added up: a value
    /// counts at exactly its own members, and over periods as the measure says; a zero counts where
    /// [`Actuals::zeros`] says that it was taken.
    ///
    /// ```
    /// use fenjie_track::{Actuals, UNASSIGNED};
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let node = |place: &str, axis: usize| plan.place(place).unwrap().0[axis];
    /// let months = [node("month=2026-01", 3), node("month=2026-02", 3)];
    /// let actuals = Actuals {
    ///     measures: vec![0],
    ///     periods: months.to_vec(),
    ///     members: vec![vec![1, 1, UNASSIGNED], vec![1, 2, 0], vec![0, 0, 3]],
    ///     values: vec![vec![10, 20, 30, 40, 0, 5]],
    ///     ..Default::default()
    /// };
    /// let regions = actuals.rolled_up(plan.model(), &[1, 0, 0], &[node("quarter=2026-Q1", 3)]);
    /// assert_eq!(regions.row(&[1, 0, 0]), Some(&[100][..]));
    /// assert_eq!(regions.row(&[UNASSIGNED, 0, 0]), Some(&[5][..]));
    /// ```
    pub fn rolled_up(&self, model: &Model, depths: &[usize], periods: &[u32]) -> Actuals {
        let uppers: Vec<Vec<u32>> = depths
            .iter()
            .zip(model.axes())
            .map(|(depth, axis)| nodes_above(&axis.tree, *depth))
            .collect();
        let all_one: Vec<bool> = depths.iter().map(|depth| *depth == 0).collect();
        self.gathered(model, &uppers, &all_one, periods)
    }

    /// The results brought to an upper node for each node, and to one for everyone where asked for.
    pub(crate) fn gathered(
        &self,
        model: &Model,
        uppers: &[Vec<u32>],
        all_one: &[bool],
        periods: &[u32],
    ) -> Actuals {
        let groups = Groups::new(&self.members, uppers, all_one);
        let time = &model.axes()[model.axes().len() - 1].tree;
        let spans: Vec<(usize, usize)> = periods
            .iter()
            .map(|period| own_periods(&self.periods, *period, time))
            .collect();
        let mut zeros = BTreeSet::new();
        let mut values = Vec::with_capacity(self.values.len());
        for (at, measure) in self.measures.iter().enumerate() {
            let kind = match &model.definition().measures[*measure].kind {
                MeasureKind::Flow => {
                    values.push(self.sums(&self.values[at], &groups, &spans));
                    continue;
                }
                MeasureKind::Level(kind) => *kind,
                MeasureKind::Ratio { .. } => LevelPeriod::Last,
            };
            values.push(self.levels(at, &groups, &spans, kind, &mut zeros));
        }
        Actuals {
            measures: self.measures.clone(),
            periods: periods.to_vec(),
            values,
            zeros,
            members: groups.members,
            lines: self.lines,
            unassigned_lines: self.unassigned_lines,
            outside_lines: self.outside_lines,
            through: self.through,
        }
    }

    /// Every grouping of the dimensions of these results: each kept as it is or added up, in the
    /// order of the numbers whose bit `axis` says that the dimension is kept. Each comes from the
    /// smallest one that holds it.
    ///
    /// ```
    /// use fenjie_track::Actuals;
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let groupings = Actuals::empty(3, vec![0], vec![0]).groupings(plan.model(), &[1, 1, 1], &[0]);
    /// assert_eq!(groupings.len(), 8);
    /// ```
    pub fn groupings(&self, model: &Model, depths: &[usize], periods: &[u32]) -> Vec<Actuals> {
        let all = (1usize << depths.len()) - 1;
        let mut found: Vec<Option<Actuals>> = vec![None; all + 1];
        found[all] = Some(self.rolled_up(model, depths, periods));
        for kept in (0..all).rev() {
            let smallest = (0..depths.len())
                .filter(|axis| kept >> axis & 1 == 0)
                .filter_map(|axis| found[kept | 1 << axis].as_ref())
                .min_by_key(|known| known.row_count())
                .expect("one more dimension was grouped before");
            let own: Vec<usize> = depths
                .iter()
                .enumerate()
                .map(|(axis, depth)| if kept >> axis & 1 == 1 { *depth } else { 0 })
                .collect();
            found[kept] = Some(smallest.rolled_up(model, &own, periods));
        }
        found.into_iter().flatten().collect()
    }

    /// The results as they were at the end of an earlier day: later periods become zero. A period that
    /// the day lies inside is kept, so results by day are needed for this to be exact.
    ///
    /// ```
    /// use fenjie_track::Actuals;
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let months = plan.model().nodes_at_depth(3, 2);
    /// let year = Actuals {
    ///     measures: vec![0], periods: months[..2].to_vec(), members: vec![vec![1], vec![0], vec![0]],
    ///     values: vec![vec![10, 20]], ..Default::default()
    /// };
    /// let january = year.until(plan.model(), "2026-01-31".parse().unwrap());
    /// assert_eq!(january.row(&[1, 0, 0]), Some(&[10, 0][..]));
    /// ```
    pub fn until(&self, model: &Model, day: Date) -> Actuals {
        let time = model.axes().last().expect("time is always there");
        let kept: Vec<bool> = self
            .periods
            .iter()
            .map(|period| time.days_of(*period).is_some_and(|days| days.start <= day))
            .collect();
        let mut earlier = self.clone();
        if kept.is_empty() {
            return earlier;
        }
        for row in earlier
            .values
            .iter_mut()
            .flat_map(|values| values.chunks_exact_mut(kept.len()))
        {
            for (value, kept) in row.iter_mut().zip(&kept) {
                if !kept {
                    *value = 0;
                }
            }
        }
        earlier.zeros.retain(|(_, _, at)| kept[*at]);
        earlier.through = earlier.through.map(|through| through.min(day));
        earlier
    }

    /// The sums of a measure, by its place in the results, over everything inside some members; an
    /// unassigned member holds what is unassigned there.
    pub(crate) fn sum_within(
        &self,
        model: &Model,
        measure_at: usize,
        members: &[u32],
        periods: &[u32],
    ) -> Vec<i64> {
        let axes = model.axes();
        let time = &axes[axes.len() - 1].tree;
        let spans: Vec<(usize, usize)> = periods
            .iter()
            .map(|period| own_periods(&self.periods, *period, time))
            .collect();
        let mut sums = vec![0; periods.len()];
        for row in 0..self.row_count() {
            let mut nodes = members.iter().zip(&self.members).zip(axes);
            let inside = nodes.all(|((wanted, own), axis)| match (*wanted, own[row]) {
                (0, _) => true,
                (wanted, own) if wanted == own => true,
                (UNASSIGNED, _) | (_, UNASSIGNED) => false,
                (wanted, own) => axis.tree.contains(wanted, own),
            });
            if inside {
                let values = self.values_of(measure_at, row);
                for (sum, (from, to)) in sums.iter_mut().zip(&spans) {
                    let own = values[*from..*to].iter();
                    *sum = own.fold(*sum, |sum: i64, value| sum.saturating_add(*value));
                }
            }
        }
        sums
    }

    fn sums(&self, values: &[i64], groups: &Groups, spans: &[(usize, usize)]) -> Vec<i64> {
        // Added without asking, while noting which bits occur; where sums could leave the range they
        // are added again and stop at its ends.
        let mut bits = 0u64;
        let sums = self.sums_by(values, groups, spans, |sum, value| {
            bits |= (value ^ (value >> 63)) as u64;
            sum.wrapping_add(value)
        });
        match (u128::from(bits) + 1) * values.len() as u128 <= i64::MAX as u128 {
            true => sums,
            false => self.sums_by(values, groups, spans, i64::saturating_add),
        }
    }

    fn sums_by(
        &self,
        values: &[i64],
        groups: &Groups,
        spans: &[(usize, usize)],
        mut add: impl FnMut(i64, i64) -> i64,
    ) -> Vec<i64> {
        let (width, wide) = (self.periods.len(), spans.len());
        let mut out = vec![0i64; groups.count * wide];
        if width == 0 || wide == 0 {
            return out;
        }
        let mut places = spans.iter().enumerate();
        let same = wide == width && places.all(|(at, span)| *span == (at, at + 1));
        for (row, group) in values.chunks_exact(width).zip(&groups.of_row) {
            let at = *group as usize * wide;
            let sums = &mut out[at..at + wide];
            if same {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum = add(*sum, *value);
                }
            } else {
                for (sum, (from, to)) in sums.iter_mut().zip(spans) {
                    *sum = row[*from..*to].iter().fold(*sum, |sum, own| add(sum, *own));
                }
            }
        }
        out
    }

    /// Values at exactly the members of their group; `zeros` takes those that are zero.
    fn levels(
        &self,
        measure_at: usize,
        groups: &Groups,
        spans: &[(usize, usize)],
        kind: LevelPeriod,
        zeros: &mut BTreeSet<(usize, usize, usize)>,
    ) -> Vec<i64> {
        let wide = spans.len();
        let mut out = vec![0i64; groups.count * wide];
        for row in 0..self.row_count() {
            let group = groups.of_row[row] as usize;
            let exactly = (self.members.iter().zip(&groups.members))
                .all(|(own, upper)| own[row] == upper[group]);
            if !exactly {
                continue;
            }
            let own = self.values_of(measure_at, row);
            for (at, (from, to)) in spans.iter().enumerate() {
                let is_taken =
                    |at: &usize| own[*at] != 0 || self.zeros.contains(&(measure_at, row, *at));
                let mut taken = (*from..*to).filter(is_taken).map(|at| own[at]).peekable();
                if taken.peek().is_none() {
                    continue;
                }
                let value = match kind {
                    LevelPeriod::Last => taken.last().unwrap_or(0),
                    LevelPeriod::Mean => mean(taken),
                };
                if value == 0 {
                    zeros.insert((measure_at, group, at));
                }
                out[group * wide + at] = value;
            }
        }
        out
    }
}

/// The mean, rounded half away from zero; zero of nothing.
fn mean(values: impl Iterator<Item = i64>) -> i64 {
    let (sum, count) = values.fold((0i128, 0i128), |(sum, count), value| {
        (sum + i128::from(value), count + 1)
    });
    crate::Ratio::new(sum, count).map_or(0, |mean| mean.rounded(0))
}

/// For each node the one at a depth that holds it; itself where it stands above.
fn nodes_above(tree: &Tree, depth: usize) -> Vec<u32> {
    let mut upper: Vec<u32> = Vec::with_capacity(tree.len());
    for node in 0..tree.len() as u32 {
        let own = match tree.parent(node) {
            Some(parent) if tree.depth(node) > depth => upper[parent as usize],
            _ => node,
        };
        upper.push(own);
    }
    upper
}

/// Where the own periods stand that lie within a period.
fn own_periods(own: &[u32], period: u32, time: &Tree) -> (usize, usize) {
    // Periods stand in the order of the tree, whose nodes come before what they hold.
    let from = own.partition_point(|node| *node < period);
    let to = own.partition_point(|node| *node < time.end(period));
    (from, to.max(from))
}
