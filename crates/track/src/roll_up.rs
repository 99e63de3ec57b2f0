//! Actual results brought to a coarser grain: sums of rows and of neighbouring periods, in dense arrays
//! where the members are few. Knows no target.

use fenjie_calendar::Date;
use fenjie_plan::{LevelPeriod, MeasureKind, Model, Tree};
use rustc_hash::FxHashMap;

use crate::actuals::{Actuals, UNASSIGNED};

/// Up to so many groups, or so many for each row, are numbered in an array.
const FEW: usize = 1 << 16;
const FEW_FOR_EACH_ROW: usize = 8;

impl Actuals {
    /// The results at coarser depths and over periods that are each a union of own ones, in order;
    /// they may hold each other (a month and its weeks). Rows are in order, UNASSIGNED last. A line
    /// booked above a depth keeps its own node; at depth 0 everything is one, unassigned lines
    /// included, so the sum of a flow never changes (rule T3). Levels are not added up: a value
    /// counts at exactly its own members, and over periods as the measure says, zero being none.
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
        let values = (self.measures.iter().zip(&self.values))
            .map(
                |(measure, values)| match &model.definition().measures[*measure].kind {
                    MeasureKind::Level(kind) => self.levels(values, &groups, &spans, *kind),
                    MeasureKind::Ratio { .. } => {
                        self.levels(values, &groups, &spans, LevelPeriod::Last)
                    }
                    MeasureKind::Flow => self.sums(values, &groups, &spans),
                },
            )
            .collect();
        Actuals {
            measures: self.measures.clone(),
            periods: periods.to_vec(),
            values,
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
                    *sum += values[*from..*to].iter().sum::<i64>();
                }
            }
        }
        sums
    }

    fn sums(&self, values: &[i64], groups: &Groups, spans: &[(usize, usize)]) -> Vec<i64> {
        let (width, wide) = (self.periods.len(), spans.len());
        let mut out = vec![0i64; groups.count * wide];
        let same = wide == width
            && spans
                .iter()
                .enumerate()
                .all(|(at, span)| *span == (at, at + 1));
        if width == 0 || wide == 0 {
            return out;
        }
        for (row, group) in values.chunks_exact(width).zip(&groups.of_row) {
            let at = *group as usize * wide;
            let sums = &mut out[at..at + wide];
            if same {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += *value;
                }
            } else {
                for (sum, (from, to)) in sums.iter_mut().zip(spans) {
                    *sum += row[*from..*to].iter().sum::<i64>();
                }
            }
        }
        out
    }

    fn levels(
        &self,
        values: &[i64],
        groups: &Groups,
        spans: &[(usize, usize)],
        kind: LevelPeriod,
    ) -> Vec<i64> {
        let wide = spans.len();
        let mut out = vec![0i64; groups.count * wide];
        if self.periods.is_empty() {
            return out;
        }
        for (row, own) in values.chunks_exact(self.periods.len()).enumerate() {
            let group = groups.of_row[row] as usize;
            let exactly = (self.members.iter().zip(&groups.members))
                .all(|(own, upper)| own[row] == upper[group]);
            if !exactly {
                continue;
            }
            for (at, (from, to)) in spans.iter().enumerate() {
                let mut known = own[*from..*to].iter().copied().filter(|value| *value != 0);
                out[group * wide + at] = match kind {
                    LevelPeriod::Last => known.next_back().unwrap_or(0),
                    LevelPeriod::Mean => mean(known),
                };
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

/// Rows with the same members above them.
struct Groups {
    count: usize,
    of_row: Vec<u32>,
    members: Vec<Vec<u32>>,
}

impl Groups {
    fn new(members: &[Vec<u32>], uppers: &[Vec<u32>], all_one: &[bool]) -> Groups {
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
