//! A plan in memory: the model, the cells of every flow, holds, limits, layers, statements — all of it
//! computed from operations, in order. Does no I/O.

use std::sync::Arc;

use fenjie_message::{Lang, Message};
use fenjie_money::Step;

use crate::carrying::Kept;
use crate::cube::Cube;
use crate::decimal::Decimal;
use crate::definition::Definition;
use crate::error::PlanError;
use crate::finding::Finding;
pub(crate) use crate::fit_words::settle_error;
use crate::frontier::Frontier;
use crate::model::{Model, Place};
use crate::operation::{Address, Keep, LayerRule, Operation};
use crate::trace::Trace;
use crate::tree::Tree;

/// The cells of one flow.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) cube: Cube,
    /// Time depth down to which amounts are evaluated on demand by the calendar.
    pub(crate) profile_depth: usize,
    /// The total as last stated.
    pub(crate) stated: Option<i64>,
    /// The totals that the last fit stated, by place.
    pub(crate) margins: Vec<(Place, i64)>,
    /// The closed periods, nodes of the time axis, in order; their cells keep their values.
    pub(crate) closed: Arc<Vec<u32>>,
    /// While an operation is tried: the cells as they were before an axis was opened further.
    pub(crate) replaced: Option<Box<Cube>>,
}

impl Grid {
    /// Puts cells of another shape in place; the old ones are kept while an operation is tried.
    pub(crate) fn replace(&mut self, cube: Cube) {
        let old = std::mem::replace(&mut self.cube, cube);
        self.replaced.get_or_insert(Box::new(old));
        self.close_cells();
    }

    /// Closes a visible period.
    pub(crate) fn close(&mut self, period: u32) {
        if let Err(at) = self.closed.binary_search(&period) {
            Arc::make_mut(&mut self.closed).insert(at, period);
        }
        self.close_cells();
    }

    /// Tells the cells which of them are closed.
    pub(crate) fn close_cells(&mut self) {
        let frontier = self.cube.frontiers().last().expect("time is always there");
        let visible = |node: &u32| frontier.position(*node);
        let positions: Vec<u32> = self.closed.iter().filter_map(visible).collect();
        self.cube.close(&positions);
    }
}

/// A value kept through acts until it is released (rule D4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// Index of the measure.
    pub measure: usize,
    /// The place.
    pub place: Place,
    /// The value kept, in steps.
    pub value: i64,
    /// Who holds it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// Last day in force.
    pub until: Option<fenjie_calendar::Date>,
    /// The operation, counted from 1.
    pub operation: usize,
}

/// A floor and a cap (rule D5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Index of the measure.
    pub measure: usize,
    /// The place.
    pub place: Place,
    /// The least, in steps.
    pub floor: Option<i64>,
    /// The most, in steps.
    pub cap: Option<i64>,
}

/// A stated value of a level or ratio (rule D11).
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// Index of the measure.
    pub measure: usize,
    /// The place.
    pub place: Place,
    /// The value.
    pub value: Decimal,
}

/// A plan: the output of its operations.
#[derive(Clone, Debug)]
pub struct Plan {
    pub(crate) model: Arc<Model>,
    /// One per measure; levels and ratios have an unused one.
    pub(crate) grids: Vec<Grid>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) limits: Vec<Limit>,
    pub(crate) layers: Vec<LayerRule>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) findings: Vec<Finding>,
    pub(crate) operations: Vec<Operation>,
    /// Each operation's number in the log, counted from 1.
    pub(crate) numbers: Vec<usize>,
    /// Operations out of effect and the undos themselves, with their numbers.
    pub(crate) undone: Vec<(usize, Operation)>,
    pub(crate) adjustments: crate::adjusted::Adjustments,
    /// The carried layers, as far as they have been asked for since the last operation.
    pub(crate) kept: Kept,
    /// The dimensions as they were defined, before held-back lines.
    pub(crate) bare: Vec<Tree>,
}

impl Plan {
    /// An empty plan.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.operations().len(), 0);
    /// ```
    pub fn new(definition: Definition) -> Result<Plan, PlanError> {
        let bare = definition
            .dimensions
            .iter()
            .map(|dimension| dimension.tree.clone())
            .collect();
        let model = Model::new(definition)?;
        let axes = model.axes().len();
        let root = vec![Frontier::root(); axes];
        let grid = Grid {
            cube: Cube::zero(root).expect("one cell fits"),
            profile_depth: 0,
            stated: None,
            margins: Vec::new(),
            closed: Arc::default(),
            replaced: None,
        };
        Ok(Plan {
            grids: vec![grid; model.definition().measures.len()],
            holds: Vec::new(),
            limits: Vec::new(),
            layers: Vec::new(),
            statements: Vec::new(),
            findings: Vec::new(),
            operations: Vec::new(),
            numbers: Vec::new(),
            undone: Vec::new(),
            adjustments: Default::default(),
            kept: Kept::new(model.definition().measures.len()),
            model: Arc::new(model),
            bare,
        })
    }

    pub(crate) fn carry_out(
        &mut self,
        number: usize,
        operation: Operation,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let noted = self.findings.len();
        self.forget_layers();
        self.carry(number, &operation, trace)?;
        self.forget_layers();
        for finding in &mut self.findings[noted..] {
            finding.operation = number;
        }
        self.check_constraints()?;
        self.operations.push(operation);
        self.numbers.push(number);
        Ok(())
    }

    /// Carried layers are computed anew after every operation.
    fn forget_layers(&mut self) {
        if !self.adjustments.carries.is_empty() {
            self.kept = Kept::new(self.grids.len());
        }
    }

    fn carry(
        &mut self,
        number: usize,
        operation: &Operation,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        match operation {
            Operation::Total { measure, amount } => self.state_total(measure, amount, trace),
            Operation::Decompose(act) => self.decompose(act, trace),
            Operation::Fit {
                measure,
                margins,
                prior,
                zero_basis,
            } => self.fit(measure, margins, prior, *zero_basis),
            Operation::Set {
                measure,
                at,
                change,
                keep,
            } => {
                let measure = self.model.flow_index(measure)?;
                let place = self.visible_place(measure, at)?;
                let value = self.changed(measure, &place, change)?;
                self.refuse_held(measure, &place)?;
                self.bring(measure, &place, value, keep, trace)
            }
            Operation::Hold {
                measure,
                at,
                amount,
                keep,
                owner,
                reason,
                until,
            } => {
                let measure = self.model.flow_index(measure)?;
                let hold = Hold {
                    measure,
                    place: self.model.place(at)?,
                    value: 0,
                    owner: owner.clone(),
                    reason: reason.clone(),
                    until: *until,
                    operation: number,
                };
                self.hold(hold, at, amount.as_deref(), keep, trace)
            }
            Operation::Release { measure, at } => self.release(measure, at),
            Operation::Bound {
                measure,
                at,
                floor,
                cap,
            } => self.bound(measure, at, floor.as_deref(), cap.as_deref(), trace),
            Operation::Transfer {
                measure,
                from,
                to,
                amount,
            } => self.transfer(measure, from, to, amount, trace),
            Operation::Commit {
                measure,
                values,
                mode,
            } => self.commit(number, measure, values, *mode, trace),
            Operation::Layer(rule) => self.add_layer(rule),
            Operation::State { measure, at, value } => self.state_value(measure, at, *value),
            Operation::Leave {
                measure,
                member,
                date,
                successor,
            } => self.leave(measure, member, *date, successor.as_deref()),
            Operation::Undo { sequence } => Err(PlanError::CannotUndo {
                sequence: *sequence,
            }),
            other => self.adjust(number, other, trace),
        }
    }

    /// The compiled definition.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// assert_eq!(plan.model().axes().len(), 4);
    /// ```
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The compiled definition, to keep when the plan goes on.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let model = Plan::new(example::definition()).unwrap().shared_model();
    /// assert_eq!(model.axes().len(), 4);
    /// ```
    pub fn shared_model(&self) -> Arc<Model> {
        self.model.clone()
    }

    /// The operations in force, in order.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().operations().is_empty());
    /// ```
    pub fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Warnings that came up on the way.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().findings().is_empty());
    /// ```
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The holds in force.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().holds().is_empty());
    /// ```
    pub fn holds(&self) -> &[Hold] {
        &self.holds
    }

    /// The floors and caps.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().limits().is_empty());
    /// ```
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// The stated levels and ratios.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().statements().is_empty());
    /// ```
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The step of a measure.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert_eq!(Plan::new(example::definition()).unwrap().step(0).decimals(), 2);
    /// ```
    pub fn step(&self, measure: usize) -> Step {
        self.model.definition.measures[measure].step
    }

    /// A place by its address as text.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// let plan = Plan::new(example::definition()).unwrap();
    /// let place = plan.place("region=华东").unwrap();
    /// assert_eq!(plan.model().place_text(&place), "region=华东");
    /// ```
    pub fn place(&self, address: &str) -> Result<Place, PlanError> {
        let address = Address::parse(address).map_err(|part| PlanError::Parameter {
            name: "address".into(),
            value: part,
            zh: "位置写成 轴=成员，例如 region=华东, month=2026-07",
            en: "a place is written axis=member, such as region=华东, month=2026-07",
        })?;
        self.model.place(&address)
    }

    pub(crate) fn grid(&self, measure: usize) -> &Grid {
        &self.grids[measure]
    }

    pub(crate) fn grid_mut(&mut self, measure: usize) -> &mut Grid {
        &mut self.grids[measure]
    }

    pub(crate) fn add_findings(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
    }

    pub(crate) fn amount(&self, measure: usize, text: &str, place: &str) -> Result<i64, PlanError> {
        read_amount(self.step(measure), text, place)
    }

    /// Positions of a place in a measure's cube, where all of it is visible.
    pub(crate) fn positions(&self, measure: usize, place: &Place) -> Option<Vec<u32>> {
        let cube = &self.grid(measure).cube;
        place
            .0
            .iter()
            .enumerate()
            .map(|(axis, node)| cube.frontier(axis).position(*node))
            .collect()
    }

    /// A place that operations may touch: detail evaluated on demand is stored first.
    pub(crate) fn visible_place(
        &mut self,
        measure: usize,
        at: &Address,
    ) -> Result<Place, PlanError> {
        let place = self.model.place(at)?;
        let time = self.model.time();
        let node = place.0[time];
        let depth = self.model.axes()[time].tree.depth(node);
        let frontier = self.grid(measure).cube.frontier(time);
        if frontier.position(node).is_none() && depth <= self.grid(measure).profile_depth {
            self.open_period(measure, node, depth)?;
        }
        for (axis, node) in place.0.iter().enumerate() {
            if self
                .grid(measure)
                .cube
                .frontier(axis)
                .position(*node)
                .is_none()
            {
                return Err(PlanError::NotDecomposed {
                    place: self.model.place_text(&place),
                    axis: self.model.axes()[axis].code.clone(),
                });
            }
        }
        Ok(place)
    }

    fn state_value(
        &mut self,
        measure: &str,
        at: &Address,
        value: Decimal,
    ) -> Result<(), PlanError> {
        let measure = self.model.measure_index(measure)?;
        if self.model.definition.measures[measure].is_flow() {
            let measure = self.model.definition.measures[measure].code.clone();
            return Err(PlanError::IsAFlow { measure });
        }
        let place = self.model.place(at)?;
        self.statements
            .retain(|known| known.measure != measure || known.place != place);
        self.statements.push(Statement {
            measure,
            place,
            value,
        });
        Ok(())
    }
}

/// Reads an amount of a measure, naming the place it is for.
pub(crate) fn read_amount(step: Step, text: &str, place: &str) -> Result<i64, PlanError> {
    step.parse_amount(text).map_err(|error| PlanError::Amount {
        place: place.into(),
        code: error.code(),
        zh: error.text(Lang::Zh),
        en: error.text(Lang::En),
    })
}

/// A count of steps as text, also beyond the range of an amount.
pub(crate) fn text_of(step: Step, count: i128) -> String {
    match i64::try_from(count) {
        Ok(count) => step.format(count),
        Err(_) => Decimal::new(
            count.saturating_mul(i128::from(step.units())),
            step.decimals(),
        )
        .to_string(),
    }
}

impl Keep {
    /// The stable text: `nothing`, `total`, `ancestors`, `parent:org`.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Keep::Parent("org".into()).text(), "parent:org");
    /// ```
    pub fn text(&self) -> String {
        match self {
            Keep::Nothing => "nothing".into(),
            Keep::Total => "total".into(),
            Keep::Ancestors => "ancestors".into(),
            Keep::Parent(axis) => format!("parent:{axis}"),
        }
    }
}
