//! Reading a plan: values of the base or of a layer at any grain, as rows of periods. Detail by the
//! calendar is computed on the way, a row at a time. Changes nothing.

use crate::cube::Cube;
use crate::error::PlanError;
use crate::frontier::each_combination;
use crate::model::{Model, Place};
use crate::state::Plan;

/// How fine to read: a depth on every axis, time last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grain {
    /// Depth in each axis's tree; 0 is the total.
    pub depths: Vec<usize>,
}

/// The cells of the base, or of one layer, to read from.
#[derive(Clone, Debug)]
pub struct View<'p> {
    plan: &'p Plan,
    cube: std::borrow::Cow<'p, Cube>,
    profile_depth: usize,
}

impl Plan {
    /// The base targets of a flow.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.base(0).cell_count(), 5 * 3 * 3 * 12);
    /// ```
    pub fn base(&self, measure: usize) -> View<'_> {
        let grid = self.grid(measure);
        View {
            plan: self,
            cube: std::borrow::Cow::Borrowed(&grid.cube),
            profile_depth: grid.profile_depth,
        }
    }

    pub(crate) fn view_on<'p>(&'p self, measure: usize, cube: &'p Cube) -> View<'p> {
        View {
            plan: self,
            cube: std::borrow::Cow::Borrowed(cube),
            profile_depth: self.grid(measure).profile_depth,
        }
    }

    pub(crate) fn view_of(&self, measure: usize, cube: Cube) -> View<'_> {
        let profile_depth = self.grid(measure).profile_depth;
        View {
            plan: self,
            cube: std::borrow::Cow::Owned(cube),
            profile_depth,
        }
    }

    /// Reads a grain: `region, time.month`; axes not named are totalled. `finest` is everything there
    /// is, `stored` leaves out what the calendar computes.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.grain(0, "region, month").unwrap().depths, [1, 0, 0, 2]);
    /// assert_eq!(plan.grain(0, "stored").unwrap().depths, [1, 1, 1, 2]);
    /// ```
    pub fn grain(&self, measure: usize, text: &str) -> Result<Grain, PlanError> {
        let time = self.model.time();
        let grid = self.grid(measure);
        let stored = |axis: usize| {
            let frontier = grid.cube.frontier(axis);
            let tree = &self.model.axes()[axis].tree;
            let depths = frontier
                .leaves()
                .iter()
                .map(|leaf| tree.depth(frontier.node(*leaf)));
            depths.max().unwrap_or(0)
        };
        let mut depths: Vec<usize> = (0..=time).map(stored).collect();
        match text.trim() {
            "" | "stored" => return Ok(Grain { depths }),
            "finest" => {
                depths[time] = self.time_depth(measure);
                return Ok(Grain { depths });
            }
            _ => {}
        }
        let mut wanted = vec![0; depths.len()];
        for part in text
            .split([',', ','])
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            let (axis, depth) = self.model.axis_level(part)?;
            let depth = depth.unwrap_or(depths[axis]);
            let most = if axis == time {
                self.time_depth(measure)
            } else {
                depths[axis]
            };
            if depth > most {
                return Err(PlanError::NotDecomposed {
                    place: part.into(),
                    axis: self.model.axes()[axis].code.clone(),
                });
            }
            wanted[axis] = depth;
        }
        Ok(Grain { depths: wanted })
    }
}

impl Model {
    /// The nodes of an axis at a depth, and those above it that have nothing below, in order.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.model().nodes_at_depth(3, 2).len(), 12);
    /// ```
    pub fn nodes_at_depth(&self, axis: usize, depth: usize) -> Vec<u32> {
        let tree = &self.axes()[axis].tree;
        (0..tree.len() as u32)
            .filter(|node| {
                let own = tree.depth(*node);
                own == depth || (own < depth && tree.is_leaf(*node))
            })
            .collect()
    }
}

impl View<'_> {
    /// The plan read from.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.base(0).plan().operations().len(), 0);
    /// ```
    pub fn plan(&self) -> &Plan {
        self.plan
    }

    pub(crate) fn cube(&self) -> &Cube {
        &self.cube
    }

    pub(crate) fn profile_depth(&self) -> usize {
        self.profile_depth
    }

    /// Stored cells: leaves times leaves.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert_eq!(Plan::new(example::definition()).unwrap().base(0).cell_count(), 1);
    /// ```
    pub fn cell_count(&self) -> usize {
        self.cube.cell_count()
    }

    /// The total of everything, in steps.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert_eq!(plan.base(0).total(), 1_000_000_000);
    /// ```
    pub fn total(&self) -> i64 {
        self.cube.total()
    }

    /// The nodes of an axis that a grain has rows (or columns) for. Below the stored cells of a
    /// dimension there are none.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let grain = plan.grain(0, "region, month").unwrap();
    /// assert_eq!(plan.base(0).nodes(0, &grain).len(), 5);
    /// ```
    pub fn nodes(&self, axis: usize, grain: &Grain) -> Vec<u32> {
        let model = &self.plan.model;
        if axis == model.time() {
            return model.nodes_at_depth(axis, grain.depths[axis]);
        }
        let (tree, frontier) = (&model.axes()[axis].tree, self.cube.frontier(axis));
        let depth = grain.depths[axis];
        (0..frontier.len() as u32)
            .filter(|at| {
                let own = tree.depth(frontier.node(*at));
                own == depth || (own < depth && frontier.is_leaf(*at))
            })
            .map(|at| frontier.node(at))
            .collect()
    }

    /// The value of one place, or nothing where the plan is not that fine.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let place = plan.place("region=华东").unwrap();
    /// assert_eq!(plan.base(0).value(&place), Some(300_000_000));
    /// ```
    pub fn value(&self, place: &Place) -> Option<i64> {
        let time = self.plan.model.time();
        let series = self.series(&place.0[..time], &[place.0[time]])?;
        series.first().copied()
    }

    /// The values of some members over some periods, in order; nothing where not that fine. Costs
    /// the members' cells once per stored period, whatever number of periods is asked for.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let months = plan.model().nodes_at_depth(3, 2);
    /// let east = plan.place("region=华东").unwrap();
    /// let values = plan.base(0).series(&east.0[..3], &months).unwrap();
    /// assert_eq!(values.iter().sum::<i64>(), 300_000_000);
    /// ```
    pub fn series(&self, members: &[u32], periods: &[u32]) -> Option<Vec<i64>> {
        let mut rows = self.rows(periods)?;
        rows.row(members).map(<[i64]>::to_vec)
    }

    /// Visits every row of a grain: the members' nodes, the periods, and their values.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let grain = plan.grain(0, "region, month").unwrap();
    /// let (mut rows, mut sum) = (0, 0);
    /// plan.base(0).each_row(&grain, |_members, _periods, values| {
    ///     rows += 1;
    ///     sum += values.iter().sum::<i64>();
    /// });
    /// assert_eq!((rows, sum), (5, 1_000_000_000));
    /// ```
    pub fn each_row(&self, grain: &Grain, mut visit: impl FnMut(&[u32], &[u32], &[i64])) {
        let time = self.plan.model.time();
        let periods = self.nodes(time, grain);
        let members: Vec<Vec<u32>> = (0..time).map(|axis| self.nodes(axis, grain)).collect();
        let lists: Vec<&[u32]> = members.iter().map(Vec::as_slice).collect();
        let Some(mut rows) = self.rows(&periods) else {
            return;
        };
        if lists.is_empty() {
            if let Some(values) = rows.row(&[]) {
                visit(&[], &periods, values);
            }
            return;
        }
        each_combination(&lists, |nodes| {
            if let Some(values) = rows.row(nodes) {
                visit(nodes, &periods, values);
            }
        });
    }
}
