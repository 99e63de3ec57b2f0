//! A definition made ready for arithmetic: axes with flat trees, day weights per period and calendar,
//! places found by name. Knows no amounts.

use fenjie_calendar::{Date, DateRange, DayWeights, Level, SalesCalendar, Slots};
use rustc_hash::FxHashMap;

use crate::definition::Definition;
use crate::error::PlanError;
use crate::measure::Measure;
use crate::operation::Address;
use crate::periods::{DayTable, PeriodNode, between, overlap, time_axis};
use crate::tree::{Tree, UnknownMember};

/// One axis of the plan: a dimension, or time (always the last).
#[derive(Clone, Debug)]
pub struct Axis {
    /// Stable code.
    pub code: String,
    /// What people read.
    pub name: String,
    /// Members or periods.
    pub tree: Tree,
    /// Whether its shares must be stated and sum to 100 %.
    pub composition: bool,
    /// The period of each node, on the time axis.
    pub(crate) periods: Vec<PeriodNode>,
    /// Days on which a member counts, where they are limited by itself or an ancestor.
    pub(crate) limits: FxHashMap<u32, DateRange>,
}

/// A node on every axis: a cell, or the total of a box of cells.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place(pub Vec<u32>);

/// The definition, compiled.
#[derive(Clone, Debug)]
pub struct Model {
    pub(crate) definition: Definition,
    pub(crate) axes: Vec<Axis>,
    start: Date,
    tables: Vec<DayTable>,
    /// Table of plain days and of workdays, for the named bases (rule C6).
    days_table: usize,
    workdays_table: usize,
    /// Per dimension: the calendar of each node, where any differs.
    member_tables: Vec<Option<Vec<u32>>>,
}

impl Model {
    /// Compiles a definition: builds the time axis, sums day weights, resolves member calendars.
    pub(crate) fn new(definition: Definition) -> Result<Model, PlanError> {
        let time = time_axis(&definition)?;
        let mut axes: Vec<Axis> = definition
            .dimensions
            .iter()
            .map(|dimension| Axis {
                code: dimension.code.clone(),
                name: dimension.name.clone(),
                tree: dimension.tree.clone(),
                composition: dimension.composition,
                periods: Vec::new(),
                limits: limits_of(&dimension.tree),
            })
            .collect();
        axes.push(time);
        let mut model = Model {
            start: definition.period.start,
            member_tables: vec![None; axes.len()],
            axes,
            definition,
            tables: Vec::new(),
            days_table: 0,
            workdays_table: 0,
        };
        model.fill_tables()?;
        Ok(model)
    }

    fn fill_tables(&mut self) -> Result<(), PlanError> {
        let calendar = self.definition.calendar.clone();
        self.add_table(&calendar, &calendar.day_weights, &calendar.slots);
        self.days_table = self.tables.len();
        self.add_table(&calendar, &DayWeights::calendar_days(), &calendar.slots);
        self.workdays_table = self.tables.len();
        self.add_table(&calendar, &DayWeights::workdays(), &calendar.slots);
        let member_calendars = std::mem::take(&mut self.definition.member_calendars);
        let mut found = Vec::with_capacity(member_calendars.len());
        for own in &member_calendars {
            let axis = self.axis_index(&own.dimension)?;
            let node = self.axes[axis]
                .tree
                .find(&own.member)
                .map_err(unknown_member)?;
            found.push((self.axes[axis].tree.depth(node), axis, node, own));
        }
        // Upper members first, so that the nearest of a node's ancestors is written last.
        found.sort_by_key(|(depth, ..)| *depth);
        for (_, axis, node, own) in found {
            let table = self.tables.len() as u32;
            self.add_table(&calendar, &own.day_weights, &own.slots);
            let tree = &self.axes[axis].tree;
            let of_node = self.member_tables[axis].get_or_insert_with(|| vec![0; tree.len()]);
            of_node[node as usize..tree.end(node) as usize].fill(table);
        }
        self.definition.member_calendars = member_calendars;
        Ok(())
    }

    fn add_table(&mut self, calendar: &SalesCalendar, weights: &DayWeights, slots: &Slots) {
        let mut running = vec![0u64];
        for date in self.definition.period.dates() {
            let weight = weights.millionths(date, &calendar.holidays);
            running.push(running.last().copied().unwrap_or(0) + weight);
        }
        let time = self.axes.last().expect("time is always there");
        let nodes = time
            .periods
            .iter()
            .map(|period| match period.slot {
                Some(slot) => {
                    let share = slots.shares().get(usize::from(slot));
                    share.map_or(0, |(_, share)| u64::from(share.millionths()))
                }
                None => between(&running, self.start, period.range),
            })
            .collect();
        self.tables.push(DayTable { running, nodes });
    }

    /// The position of the time axis.
    pub(crate) fn time(&self) -> usize {
        self.axes.len() - 1
    }

    /// The axes; time is the last.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// assert_eq!(model.axes().last().unwrap().code, "time");
    /// ```
    pub fn axes(&self) -> &[Axis] {
        &self.axes
    }

    /// What the plan is about.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// assert_eq!(model.definition().measures[0].name, "销售额");
    /// ```
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// An axis by its code or name.
    pub(crate) fn axis_index(&self, name: &str) -> Result<usize, PlanError> {
        self.find_axis(name).ok_or_else(|| PlanError::AxisUnknown {
            axis: name.into(),
            known: self.axis_names(),
        })
    }

    fn find_axis(&self, name: &str) -> Option<usize> {
        let is_it = |axis: &Axis| axis.code == name || axis.name == name;
        self.axes.iter().position(is_it)
    }

    fn axis_names(&self) -> Vec<String> {
        self.axes.iter().map(|axis| axis.code.clone()).collect()
    }

    /// An axis and a depth by `axis.level`, `axis`, or a level's own name.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.model().axis_level("time.month").unwrap(), (3, Some(2)));
    /// assert_eq!(plan.model().axis_level("product").unwrap(), (1, None));
    /// ```
    pub fn axis_level(&self, text: &str) -> Result<(usize, Option<usize>), PlanError> {
        if let Some((axis, level)) = text.split_once('.') {
            let axis = self.axis_index(axis)?;
            return Ok((axis, Some(self.level(axis, level)?)));
        }
        if let Some(axis) = self.find_axis(text) {
            return Ok((axis, None));
        }
        for (axis, known) in self.axes[..self.time()].iter().enumerate() {
            if let Some(depth) = known.tree.level_depth(text) {
                return Ok((axis, Some(depth)));
            }
        }
        if Level::parse(text).is_ok() {
            return Ok((self.time(), Some(self.level(self.time(), text)?)));
        }
        let mut known = self.axis_names();
        for level in self.axes.iter().flat_map(|axis| axis.tree.level_names()) {
            if !known.contains(level) {
                known.push(level.clone());
            }
        }
        Err(PlanError::AxisUnknown {
            axis: text.into(),
            known,
        })
    }

    /// The depth of a level on an axis.
    pub(crate) fn level(&self, axis: usize, name: &str) -> Result<usize, PlanError> {
        let known = &self.axes[axis];
        if axis == self.time()
            && let Ok(level) = Level::parse(name)
            && let Some(node) = known
                .periods
                .iter()
                .position(|period| period.level == Some(level))
        {
            return Ok(known.tree.depth(node as u32));
        }
        known
            .tree
            .level_depth(name)
            .ok_or_else(|| PlanError::LevelUnknown {
                axis: known.code.clone(),
                level: name.into(),
                known: known.tree.level_names().to_vec(),
            })
    }

    /// A measure's index by code or name; the first flow where empty.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.model().measure_index("sales").unwrap(), 0);
    /// ```
    pub fn measure_index(&self, name: &str) -> Result<usize, PlanError> {
        let measures = &self.definition.measures;
        let found = if name.is_empty() {
            measures.iter().position(Measure::is_flow)
        } else {
            measures
                .iter()
                .position(|measure| measure.code == name || measure.name == name)
        };
        found.ok_or_else(|| PlanError::MeasureUnknown {
            measure: name.into(),
            known: measures
                .iter()
                .map(|measure| measure.code.clone())
                .collect(),
        })
    }

    /// A measure by code or name, which must be a flow.
    pub(crate) fn flow_index(&self, name: &str) -> Result<usize, PlanError> {
        let index = self.measure_index(name)?;
        let measure = &self.definition.measures[index];
        if measure.is_flow() {
            Ok(index)
        } else {
            Err(PlanError::NotAFlow {
                measure: measure.code.clone(),
            })
        }
    }

    /// The place that an address names; axes not named stand at their root. A period finer than the
    /// level it is named with stands for the one that holds it: `piece=2026-03-13` is that day's piece.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// let place = model.place(&fenjie_plan::Address::parse("quarter=2026-Q3").unwrap()).unwrap();
    /// assert_eq!(place.0[..3], [0, 0, 0]);
    /// assert_eq!(plan.place("month=2026-03-13").unwrap(), plan.place("month=2026-03").unwrap());
    /// ```
    pub fn place(&self, address: &Address) -> Result<Place, PlanError> {
        let mut nodes = vec![0u32; self.axes.len()];
        let mut named = vec![false; self.axes.len()];
        for (key, member) in &address.0 {
            let (axis, depth) = self.axis_level(key)?;
            if std::mem::replace(&mut named[axis], true) {
                return Err(PlanError::AddressTwice {
                    axis: self.axes[axis].code.clone(),
                });
            }
            nodes[axis] = self.member(axis, depth, member)?;
        }
        Ok(Place(nodes))
    }

    fn member(&self, axis: usize, depth: Option<usize>, member: &str) -> Result<u32, PlanError> {
        let tree = &self.axes[axis].tree;
        if axis == self.time() {
            let found = self.period(member)?;
            return Ok(depth.map_or(found, |depth| upper(tree, found, depth)));
        }
        match tree.find(member) {
            Ok(node) => Ok(node),
            Err(unknown) if unknown.ambiguous && depth.is_some() => {
                let mut there = (0..tree.len() as u32)
                    .filter(|node| tree.name(*node) == member && Some(tree.depth(*node)) == depth);
                match (there.next(), there.next()) {
                    (Some(node), None) => Ok(node),
                    _ => Err(unknown_member(unknown)),
                }
            }
            Err(unknown) => Err(unknown_member(unknown)),
        }
    }

    /// Ends a member's days (rule D12).
    pub(crate) fn end_membership(&mut self, axis: usize, node: u32, until: Date) {
        self.axes[axis].tree.end_membership(node, until);
        self.axes[axis].limits = limits_of(&self.axes[axis].tree);
    }

    /// Whether an axis's shares must be stated; a fit states them as margins.
    pub(crate) fn set_composition(&mut self, axis: usize, composition: bool) {
        self.axes[axis].composition = composition;
    }

    /// The depth of days on the time axis, where the plan has them.
    pub(crate) fn day_depth(&self) -> Option<usize> {
        let time = &self.axes[self.time()];
        let day = time
            .periods
            .iter()
            .position(|period| period.level == Some(Level::Day))?;
        Some(time.tree.depth(day as u32))
    }

    /// A member of one axis, by code or name.
    pub(crate) fn member_on(&self, axis: usize, member: &str) -> Result<u32, PlanError> {
        self.member(axis, None, member)
    }

    /// The depth of the time axis down to which cells are stored: the last level above week pieces,
    /// weeks, days and slots.
    pub(crate) fn planning_depth(&self) -> usize {
        let fine = |level: Option<Level>| {
            matches!(
                level,
                Some(Level::Week | Level::Piece | Level::Day | Level::Slot)
            )
        };
        let time = &self.axes[self.time()];
        let mut deepest = 0;
        for (node, period) in time.periods.iter().enumerate() {
            if !fine(period.level) {
                deepest = deepest.max(time.tree.depth(node as u32));
            }
        }
        deepest
    }

    fn period(&self, text: &str) -> Result<u32, PlanError> {
        let tree = &self.axes[self.time()].tree;
        if let Ok(node) = tree.find(text) {
            return Ok(node);
        }
        let year = self.definition.period.start.year();
        let with_year = format!("{year}-{text}");
        if let Ok(node) = tree.find(&with_year) {
            return Ok(node);
        }
        match self.definition.calendar.find(text) {
            Ok(period) => tree.find(&period.key).map_err(unknown_member),
            Err(_) => tree.find(text).map_err(unknown_member),
        }
    }

    /// A place in words: `region=华东, month=2026-07`; `*` for the plan's total.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// let place = plan.place("month=2026-07").unwrap();
    /// assert_eq!(model.place_text(&place), "month=2026-07");
    /// ```
    pub fn place_text(&self, place: &Place) -> String {
        let parts: Vec<String> = self
            .address(place)
            .0
            .iter()
            .map(|(key, member)| format!("{key}={member}"))
            .collect();
        if parts.is_empty() {
            "*".into()
        } else {
            parts.join(", ")
        }
    }

    /// The address of a place, by stable codes.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// let place = plan.place("product=A").unwrap();
    /// assert_eq!(model.address(&place).to_string(), "product=A");
    /// ```
    pub fn address(&self, place: &Place) -> Address {
        let parts = place.0.iter().enumerate().filter(|(_, node)| **node != 0);
        Address(
            parts
                .map(|(axis, node)| {
                    let known = &self.axes[axis];
                    let key = match known.periods.get(*node as usize) {
                        Some(PeriodNode {
                            level: Some(level), ..
                        }) => level.code().to_owned(),
                        _ => known.code.clone(),
                    };
                    (key, known.tree.code(*node).to_owned())
                })
                .collect(),
        )
    }

    /// The calendar of a place's members.
    pub(crate) fn table_of(&self, nodes: &[u32]) -> usize {
        for (axis, of_node) in self.member_tables.iter().enumerate() {
            if let Some(of_node) = of_node
                && of_node[nodes[axis] as usize] != 0
            {
                return of_node[nodes[axis] as usize] as usize;
            }
        }
        0
    }

    /// The table of a named calendar basis.
    pub(crate) fn basis_table(&self, basis: crate::CalendarBasis, nodes: &[u32]) -> usize {
        match basis {
            crate::CalendarBasis::Coefficients => self.table_of(nodes),
            crate::CalendarBasis::Workdays => self.workdays_table,
            crate::CalendarBasis::Days => self.days_table,
        }
    }

    /// The days on which a place's members count, where limited (rule D12).
    pub(crate) fn limit_of(&self, nodes: &[u32]) -> Option<DateRange> {
        let mut limit: Option<DateRange> = None;
        for (axis, node) in nodes.iter().enumerate().take(self.time()) {
            if let Some(range) = self.axes[axis].limits.get(node) {
                limit = Some(limit.map_or(*range, |known| overlap(known, *range)));
            }
        }
        limit
    }

    /// Whether any member of an axis has limited days.
    pub(crate) fn has_limits(&self, axis: usize) -> bool {
        !self.axes[axis].limits.is_empty()
    }

    /// Whether any member of any axis has limited days.
    pub(crate) fn has_any_limits(&self) -> bool {
        self.axes.iter().any(|axis| !axis.limits.is_empty())
    }

    /// The weight of a period in a calendar, on the days that count.
    pub(crate) fn period_weight(&self, table: usize, node: u32, limit: Option<DateRange>) -> u64 {
        let table = &self.tables[table];
        let period = &self.axes[self.time()].periods[node as usize];
        match limit {
            Some(limit) if period.slot.is_none() => {
                let days = overlap(period.range, limit);
                if days.start >= days.end {
                    0
                } else {
                    between(&table.running, self.start, days)
                }
            }
            _ => table.nodes[node as usize],
        }
    }

    /// The days of a period.
    pub(crate) fn period_range(&self, node: u32) -> DateRange {
        self.axes[self.time()].periods[node as usize].range
    }
}

impl Axis {
    /// The level of a node in words: `region`, `month`.
    ///
    /// On time the calendar's own level code; elsewhere the tree's level name.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// let july = plan.place("month=2026-07").unwrap();
    /// assert_eq!(model.axes()[3].level_of(july.0[3]), "month");
    /// ```
    pub fn level_of(&self, node: u32) -> &str {
        match self.periods.get(node as usize) {
            Some(PeriodNode {
                level: Some(level), ..
            }) => level.code(),
            _ => self.tree.level_name(self.tree.depth(node)),
        }
    }

    /// What people call a node: a member's name, a period's name in their language.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// use fenjie_message::Lang;
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// let july = plan.place("month=2026-07").unwrap().0[3];
    /// let time = &plan.model().axes()[3];
    /// assert_eq!((time.label(july, Lang::Zh), time.label(july, Lang::En)), ("2026年7月", "July 2026"));
    /// ```
    pub fn label(&self, node: u32, lang: fenjie_message::Lang) -> &str {
        match self.periods.get(node as usize) {
            Some(period) => lang.pick(self.tree.name(node), &period.label_en),
            None => self.tree.name(node),
        }
    }

    /// The days of a node of the time axis.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// let july = plan.place("month=2026-07").unwrap();
    /// assert_eq!(model.axes()[3].days_of(july.0[3]).unwrap().days(), 31);
    /// ```
    pub fn days_of(&self, node: u32) -> Option<DateRange> {
        self.periods.get(node as usize).map(|period| period.range)
    }

    /// The calendar level of a node of the time axis.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// # let model = plan.model();
    /// assert!(model.axes()[0].time_level_of(0).is_none());
    /// ```
    pub fn time_level_of(&self, node: u32) -> Option<Level> {
        self.periods
            .get(node as usize)
            .and_then(|period| period.level)
    }
}

pub(crate) fn unknown_member(unknown: UnknownMember) -> PlanError {
    PlanError::MemberUnknown {
        axis: unknown.axis,
        member: unknown.member,
        nearest: unknown.nearest,
        ambiguous: unknown.ambiguous,
    }
}

/// The node at a depth that holds another, which stands itself where it is not deeper.
fn upper(tree: &Tree, node: u32, depth: usize) -> u32 {
    let mut node = node;
    while tree.depth(node) > depth {
        node = tree.parent(node).expect("only a root is at no depth");
    }
    node
}

fn limits_of(tree: &Tree) -> FxHashMap<u32, DateRange> {
    let mut limits: FxHashMap<u32, DateRange> = FxHashMap::default();
    for (node, range) in tree.effective() {
        for below in *node..tree.end(*node) {
            limits
                .entry(below)
                .and_modify(|known| *known = overlap(*known, *range))
                .or_insert(*range);
        }
    }
    limits
}
