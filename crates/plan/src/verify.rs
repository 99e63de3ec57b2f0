//! Proves a plan: recomputes it from its operations and checks every sum, hold, limit, composition and
//! layer by a plain second reckoning that shares no code with the first (DESIGN 4, Verify).

use crate::adjustment::Decision;
use crate::cube::Cube;
use crate::finding::{Finding, Severity};
use crate::frontier::each_combination;
use crate::operation::{MarginTotals, Operation};
use crate::profile::Detail;
use crate::state::Plan;
use crate::weigher::nodes_at;

/// The outcome of all checks.
#[derive(Clone, Debug)]
pub struct Verification {
    /// One entry per kind of check.
    pub checks: Vec<Check>,
}

/// One kind of check: how many things were compared and which differ.
#[derive(Clone, Debug)]
pub struct Check {
    /// Stable code.
    pub code: &'static str,
    /// What was checked, in Chinese.
    pub zh: &'static str,
    /// What was checked, in English.
    pub en: &'static str,
    /// How many comparisons.
    pub counted: u64,
    /// What differs; at most a thousand are listed.
    pub failures: Vec<Finding>,
}

const MOST_FAILURES: usize = 1000;

impl Verification {
    /// Whether nothing differs.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// assert!(plan.verify().is_ok());
    /// ```
    pub fn is_ok(&self) -> bool {
        self.checks.iter().all(|check| check.failures.is_empty())
    }
}

impl Check {
    pub(crate) fn new(code: &'static str, zh: &'static str, en: &'static str) -> Check {
        Check {
            code,
            zh,
            en,
            counted: 0,
            failures: Vec::new(),
        }
    }

    pub(crate) fn compare(&mut self, equal: bool, say: impl FnOnce() -> (String, String, String)) {
        self.counted += 1;
        if !equal && self.failures.len() < MOST_FAILURES {
            let (place, zh, en) = say();
            let code = self.code;
            let severity = Severity::Error;
            self.failures.push(Finding {
                severity,
                code,
                operation: 0,
                place,
                zh,
                en,
            });
        }
    }
}

impl Plan {
    /// Recomputes the plan from its operations and proves it.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// let sums = plan.verify().checks.into_iter().find(|check| check.code == "sums").unwrap();
    /// assert!(sums.counted > 1000);
    /// ```
    pub fn verify(&self) -> Verification {
        let mut checks = vec![
            self.check_replay(),
            Check::new(
                "sums",
                "每个合计等于下级之和",
                "every total is the sum of its parts",
            ),
            Check::new(
                "detail",
                "周段、日、时段合计等于所属期间",
                "week pieces, days and slots sum to their period",
            ),
            Check::new("holds", "锁定值不变", "held values stand"),
            Check::new(
                "limits",
                "在上下限之内",
                "values lie within floors and caps",
            ),
            Check::new("margins", "声明的总额全部满足", "every stated total is met"),
            Check::new(
                "layers",
                "各层合计等于下级之和",
                "every layer's totals are sums",
            ),
        ];
        for measure in 0..self.grids.len() {
            if self.model.definition.measures[measure].is_flow() {
                self.check_sums(measure, &self.grid(measure).cube, &mut checks[1]);
                self.check_detail(measure, &mut checks[2]);
                self.check_layers(measure, &mut checks[6]);
            }
        }
        self.check_holds(&mut checks[3]);
        self.check_limits(&mut checks[4]);
        self.check_margins(&mut checks[5]);
        if !self.adjustments.closes.is_empty() {
            checks.push(self.check_closed());
        }
        if !self.adjustments.carries.is_empty() {
            let mut carried = Check::new(
                "carried",
                "结转给出与承接相等，各期合计不变",
                "what is carried sums to zero, so that totals stay",
            );
            for measure in 0..self.grids.len() {
                self.check_carried(measure, &mut carried);
            }
            checks.push(carried);
        }
        Verification { checks }
    }

    fn check_replay(&self) -> Check {
        let mut check = Check::new(
            "replay",
            "按步骤重算得到同样的数",
            "the same operations give the same integers",
        );
        let again = Plan::replay(self.model.definition.clone(), &self.log());
        let ours = self.content_hash();
        let equal = again
            .as_ref()
            .is_ok_and(|again| again.content_hash() == ours);
        check.compare(equal, || {
            let why = again
                .err()
                .map(|refusal| refusal.to_string())
                .unwrap_or_default();
            (
                String::new(),
                format!("重算结果不同 {why}"),
                format!("recomputing differs {why}"),
            )
        });
        check
    }

    /// Adds every cell up in wide integers along one axis at a time, straight from the definition.
    fn check_sums(&self, measure: usize, cube: &Cube, check: &mut Check) {
        let axes = cube.frontiers().len();
        let every: Vec<Vec<u32>> = cube
            .frontiers()
            .iter()
            .map(|frontier| (0..frontier.len() as u32).collect())
            .collect();
        for axis in 0..axes {
            let frontier = cube.frontier(axis);
            let inner: Vec<u32> = (0..frontier.len() as u32)
                .filter(|at| !frontier.is_leaf(*at))
                .collect();
            let mut lists: Vec<&[u32]> = every.iter().map(Vec::as_slice).collect();
            lists[axis] = &inner;
            let mut child = vec![0u32; axes];
            each_combination(&lists, |at| {
                child.copy_from_slice(at);
                let sum: i128 = frontier
                    .children(at[axis])
                    .map(|below| {
                        child[axis] = below;
                        i128::from(cube.get(&child))
                    })
                    .sum();
                let value = cube.get(at);
                check.compare(sum == i128::from(value), || {
                    let place = self.positions_text(measure, at);
                    let total = self.step(measure).format(value);
                    let parts = crate::state::text_of(self.step(measure), sum);
                    (
                        place.clone(),
                        format!("{place} 是 {total}，下级合计 {parts}"),
                        format!("{place} is {total}, its parts sum to {parts}"),
                    )
                });
            });
        }
    }

    fn check_detail(&self, measure: usize, check: &mut Check) {
        let grid = self.grid(measure);
        let time = self.model.time();
        let tree = &self.model.axes()[time].tree;
        if grid.profile_depth == 0 {
            return;
        }
        let mut detail = Detail::new(&self.model, grid.profile_depth);
        let mut amounts = Vec::new();
        let mut sums: Vec<i128> = Vec::new();
        each_combination(&grid.cube.leaf_lists(), |at| {
            let nodes = nodes_at(grid.cube.frontiers(), at);
            let (from, value) = (nodes[time], grid.cube.get(at));
            let below = detail.all(&nodes, from, value, &mut amounts);
            if below.is_empty() {
                return;
            }
            sums.clear();
            sums.resize((tree.end(from) - from) as usize, 0);
            for (node, amount) in below.iter().zip(&amounts) {
                let parent = tree.parent(*node).expect("below a stored period");
                sums[(parent - from) as usize] += i128::from(*amount);
            }
            let mut right = sums[0] == i128::from(value);
            for (node, amount) in below.iter().zip(&amounts) {
                let has_parts = !tree.is_leaf(*node) && tree.depth(*node) < grid.profile_depth;
                right &= !has_parts || sums[(node - from) as usize] == i128::from(*amount);
            }
            check.compare(right, || {
                let place = self.positions_text(measure, at);
                let zh = format!("{place} 的明细合计不等于该期间");
                let en = format!("the detail of {place} does not sum to it");
                (place, zh, en)
            });
        });
    }

    fn check_layers(&self, measure: usize, check: &mut Check) {
        match self.layers(measure) {
            Ok(layers) => {
                for layer in &layers {
                    self.check_sums(measure, layer.view.cube(), check);
                }
            }
            Err(error) => check.compare(false, || {
                (String::new(), error.to_string(), error.to_string())
            }),
        }
    }

    fn check_holds(&self, check: &mut Check) {
        for hold in &self.holds {
            let value = self.value(hold.measure, &hold.place);
            let expired = hold.has_expired(self.model.definition.today);
            check.compare(
                expired || value.is_none_or(|value| value == hold.value),
                || {
                    let place = self.model.place_text(&hold.place);
                    let held = self.step(hold.measure).format(hold.value);
                    let now = self.step(hold.measure).format(value.unwrap_or(0));
                    (
                        place.clone(),
                        format!("{place} 锁定在 {held}，现在是 {now}"),
                        format!("{place} is held at {held} but stands at {now}"),
                    )
                },
            );
        }
    }

    fn check_limits(&self, check: &mut Check) {
        for limit in &self.limits {
            let value = self.value(limit.measure, &limit.place);
            let within = value.is_none_or(|value| {
                limit.floor.is_none_or(|floor| value >= floor)
                    && limit.cap.is_none_or(|cap| value <= cap)
            });
            check.compare(within, || {
                let place = self.model.place_text(&limit.place);
                let now = self.step(limit.measure).format(value.unwrap_or(0));
                (
                    place.clone(),
                    format!("{place} 的 {now} 超出上下限"),
                    format!("{now} of {place} lies outside its floor and cap"),
                )
            });
        }
    }

    /// Whether an operation may share the members of a margin anew.
    fn reshares(&self, operation: &Operation, axis: usize, depth: usize) -> bool {
        let Operation::Decompose(act) = operation else {
            return false;
        };
        let Ok((of_act, named)) = self.model.axis_level(&act.axis) else {
            return false;
        };
        let level = || self.model.level(of_act, &act.level).ok();
        of_act == axis && named.or_else(level).is_none_or(|reached| reached <= depth)
    }

    /// Margins in amounts, as far as no later operation has changed values on purpose.
    fn check_margins(&self, check: &mut Check) {
        let last_fit = self
            .operations
            .iter()
            .rposition(|op| matches!(op, Operation::Fit { .. }));
        let Some(last_fit) = last_fit else { return };
        let edits = |op: &Operation| {
            !matches!(
                op,
                Operation::Decompose(_)
                    | Operation::Layer(_)
                    | Operation::State { .. }
                    | Operation::Release { .. }
                    | Operation::Hold { amount: None, .. }
                    | Operation::Close(_)
                    | Operation::Carry(_)
                    | Operation::Act(_)
                    | Operation::CheckAction(_)
                    | Operation::Waive(_)
                    | Operation::Revise(_)
                    | Operation::Decide(Decision {
                        approved: false,
                        ..
                    })
                    | Operation::Resolve(_)
            )
        };
        if self.operations[last_fit + 1..].iter().any(edits) {
            return;
        }
        let Operation::Fit {
            measure, margins, ..
        } = &self.operations[last_fit]
        else {
            return;
        };
        let Ok(measure) = self.model.flow_index(measure) else {
            return;
        };
        for margin in margins {
            let MarginTotals::Amounts(amounts) = &margin.totals else {
                continue;
            };
            let Ok((axis, depth)) = self.margin_level(margin) else {
                continue;
            };
            let later = &self.operations[last_fit + 1..];
            if later.iter().any(|later| self.reshares(later, axis, depth)) {
                continue;
            }
            for (member, text) in amounts {
                let mut place = crate::Place(vec![0; self.model.axes().len()]);
                let Ok(node) = self.model.member_on(axis, member) else {
                    continue;
                };
                place.0[axis] = node;
                let wanted = self.step(measure).parse_amount(text).ok();
                let value = self.value(measure, &place);
                check.compare(wanted == value, || {
                    let place = self.model.place_text(&place);
                    let now = self.step(measure).format(value.unwrap_or(0));
                    (
                        place.clone(),
                        format!("{place} 声明为 {text}，现在是 {now}"),
                        format!("{place} is stated as {text} but stands at {now}"),
                    )
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Address, Keep, Operation, Plan, example};

    fn failing(plan: &Plan) -> Vec<&'static str> {
        let checks = plan.verify().checks.into_iter();
        checks
            .filter(|check| !check.failures.is_empty())
            .map(|check| check.code)
            .collect()
    }

    fn plan() -> Plan {
        let mut operations = example::operations();
        let at = Address::parse("region=华东, product=A").unwrap();
        operations.push(Operation::Hold {
            measure: String::new(),
            at: at.clone(),
            amount: None,
            keep: Keep::Nothing,
            owner: "王芳".into(),
            reason: "新店开业".into(),
            until: None,
        });
        Plan::replay(example::definition(), &operations).unwrap()
    }

    #[test]
    fn a_sound_plan_proves_itself() {
        assert_eq!(failing(&plan()), Vec::<&str>::new());
    }

    #[test]
    fn a_corrupted_cell_breaks_the_sums_and_the_replay() {
        let mut plan = plan();
        let cube = &mut plan.grids[0].cube;
        let last: Vec<u32> = cube
            .leaf_lists()
            .iter()
            .map(|leaves| leaves[leaves.len() - 1])
            .collect();
        let offset = cube.offset(&last);
        cube.put(offset, cube.at(offset) + 1);
        assert_eq!(failing(&plan), ["replay", "sums"]);
    }

    #[test]
    fn a_moved_cell_breaks_the_replay_the_hold_and_the_margins() {
        let mut plan = plan();
        let cube = &mut plan.grids[0].cube;
        let first: Vec<u32> = cube.leaf_lists().iter().map(|leaves| leaves[0]).collect();
        cube.add_to_cell(&first, 5);
        assert_eq!(failing(&plan), ["replay", "margins"]);
        let held = plan.positions(0, &plan.holds[0].place.clone()).unwrap();
        let cube = &mut plan.grids[0].cube;
        let inside: Vec<u32> = held
            .iter()
            .enumerate()
            .map(|(axis, at)| cube.frontier(axis).leaves_in(*at)[0])
            .collect();
        cube.add_to_cell(&inside, 5);
        assert_eq!(failing(&plan), ["replay", "holds", "margins"]);
    }

    #[test]
    fn a_total_that_is_no_sum_is_named() {
        let mut plan = plan();
        let july = plan.place("month=2026-07").unwrap();
        let positions = plan.positions(0, &july).unwrap();
        let cube = &mut plan.grids[0].cube;
        let offset = cube.offset(&positions);
        cube.put(offset, 0);
        let checks = plan.verify().checks;
        let sums = checks.iter().find(|check| check.code == "sums").unwrap();
        assert!(
            sums.failures
                .iter()
                .any(|failure| failure.place == "month=2026-07")
        );
    }
}
