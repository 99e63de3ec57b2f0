//! Layers above the base (rule L1): over-assignment, stretch, challenge, carried. Each is computed
//! from the base when it is asked for, so a change in the base re-computes them. Stores nothing.

use fenjie_message::Lang;

use crate::cube::Cube;
use crate::error::PlanError;
use crate::model::Model;
use crate::operation::{LayerAmount, LayerKind, LayerRule};
use crate::settle::{settle, settle_within};
use crate::state::Plan;
use crate::view::View;

/// A layer's rule and its cells. The amounts are what the layer adds to the base.
pub struct Layer<'p> {
    /// The rule it was computed by.
    pub rule: &'p LayerRule,
    /// The measure.
    pub measure: usize,
    /// Its cells, to be read like the base's.
    pub view: View<'p>,
}

impl Plan {
    /// The layers of a measure, computed.
    ///
    /// ```
    /// # use fenjie_plan::{Decimal, LayerAmount, LayerKind, LayerRule, Operation, Plan, example};
    /// let mut operations = example::operations();
    /// operations.push(Operation::Layer(LayerRule {
    ///     measure: "".into(), layer: LayerKind::OverAssignment, level: "region".into(),
    ///     amount: LayerAmount::Rate(Decimal::parse("3%").unwrap()), roles: vec![],
    /// }));
    /// let plan = Plan::replay(example::definition(), &operations).unwrap();
    /// let layers = plan.layers(0).unwrap();
    /// assert_eq!(plan.step(0).format(layers[0].view.total()), "300000.00");
    /// ```
    pub fn layers(&self, measure: usize) -> Result<Vec<Layer<'_>>, PlanError> {
        let mut layers = Vec::new();
        for rule in &self.layers {
            if self.model.flow_index(&rule.measure)? == measure {
                let view = match rule.is_carrying() {
                    true => match self.carried(measure)? {
                        Some(carried) => carried.view,
                        None => continue,
                    },
                    false => self.view_of(measure, self.layer_cube(measure, rule)?),
                };
                layers.push(Layer {
                    rule,
                    measure,
                    view,
                });
            }
        }
        Ok(layers)
    }

    /// The rules of all layers.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// assert!(Plan::new(example::definition()).unwrap().layer_rules().is_empty());
    /// ```
    pub fn layer_rules(&self) -> &[LayerRule] {
        &self.layers
    }

    /// Takes a layer in.
    pub(crate) fn add_layer(&mut self, rule: &LayerRule) -> Result<(), PlanError> {
        let measure = self.model.flow_index(&rule.measure)?;
        if !rule.level.is_empty() {
            self.model.axis_level(&rule.level)?;
        }
        let negative = match &rule.amount {
            LayerAmount::Rate(rate) => rate.is_negative().then(|| rate.to_string()),
            LayerAmount::Amount(text) => {
                let amount = self.amount(measure, text, rule.layer.code())?;
                (amount < 0).then(|| text.clone())
            }
        };
        if let Some(value) = negative {
            return Err(PlanError::Parameter {
                name: rule.layer.code().into(),
                value,
                zh: "层只能在基准之上增加",
                en: "a layer adds to the base",
            });
        }
        if self.layers.iter().any(|known| {
            known.layer == rule.layer
                && known.level == rule.level
                && self.model.flow_index(&known.measure).ok() == Some(measure)
        }) {
            return Err(PlanError::LayerTwice {
                layer: rule.layer.code().into(),
            });
        }
        self.layers.push(rule.clone());
        Ok(())
    }

    /// Each starting node gets its amount, which goes down in proportion to the base.
    fn layer_cube(&self, measure: usize, rule: &LayerRule) -> Result<Cube, PlanError> {
        let mut cube = self.grid(measure).cube.clone();
        cube.close(&[]);
        let root = vec![0u32; self.model.axes().len()];
        let starts: Vec<Vec<u32>> = if rule.level.is_empty() {
            vec![root.clone()]
        } else {
            starting_places(&self.model, &cube, &rule.level)?
        };
        let amounts: Vec<i64> = match &rule.amount {
            LayerAmount::Rate(rate) => starts
                .iter()
                .map(|place| rate.of_rounded(cube.get(place)))
                .collect::<Option<_>>()
                .ok_or_else(|| PlanError::OutOfRange {
                    place: rule.layer.code().into(),
                })?,
            LayerAmount::Amount(text) => {
                let total = self.amount(measure, text, rule.layer.code())?;
                settle(&self.model, &mut cube, &root, total, &[], None)
                    .map_err(|error| crate::state::settle_error(self, measure, error))?;
                return Ok(cube);
            }
        };
        let all: i128 = amounts.iter().map(|amount| i128::from(*amount)).sum();
        if i64::try_from(all).is_err() {
            return Err(PlanError::OutOfRange {
                place: rule.layer.code().into(),
            });
        }
        for (place, amount) in starts.iter().zip(amounts) {
            settle_within(&self.model, &mut cube, place, amount, &[], None)
                .map_err(|error| crate::state::settle_error(self, measure, error))?;
        }
        Ok(cube)
    }
}

fn starting_places(model: &Model, cube: &Cube, level: &str) -> Result<Vec<Vec<u32>>, PlanError> {
    let (axis, depth) = model.axis_level(level)?;
    let tree = &model.axes()[axis].tree;
    let depth = depth.unwrap_or(1);
    let frontier = cube.frontier(axis);
    let starts = (0..frontier.len() as u32).filter(|at| {
        let own = tree.depth(frontier.node(*at));
        own == depth || (own < depth && frontier.is_leaf(*at))
    });
    Ok(starts
        .map(|at| {
            let mut place = vec![0u32; model.axes().len()];
            place[axis] = at;
            place
        })
        .collect())
}

impl LayerRule {
    /// Stands for what acts of carrying add to a measure: not by a rate or an amount of its own.
    pub(crate) fn carrying(measure: &str) -> LayerRule {
        LayerRule {
            measure: measure.to_owned(),
            layer: LayerKind::Carried,
            level: String::new(),
            amount: LayerAmount::Amount(String::new()),
            roles: Vec::new(),
        }
    }

    /// Whether it stands for acts of carrying.
    pub(crate) fn is_carrying(&self) -> bool {
        let by_closes = matches!(&self.amount, LayerAmount::Amount(text) if text.is_empty());
        self.layer == LayerKind::Carried && by_closes
    }
}

impl Layer<'_> {
    /// The layer's name with where it starts: `加码 (region)`.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # let plan = Plan::new(example::definition()).unwrap();
    /// assert!(plan.layers(0).unwrap().iter().all(|layer| !layer.title(Default::default()).is_empty()));
    /// ```
    pub fn title(&self, lang: Lang) -> String {
        let name = self.rule.layer.name(lang);
        match (self.rule.layer, self.rule.level.as_str()) {
            (LayerKind::OverAssignment, level) if !level.is_empty() => format!("{name} ({level})"),
            _ => name.to_owned(),
        }
    }
}
