//! Holds and limits as constraints on the cells of a measure, and the check after every operation that
//! they still stand (rules D4, D5). Knows no operation.

use crate::cube::Cube;
use crate::error::PlanError;
use crate::model::Place;
use crate::operation::LayerAmount;
use crate::settle::Constraint;
use crate::state::{Hold, Plan};
use crate::weigher::nodes_at;

impl Plan {
    /// Holds and limits in force on visible places, one constraint per place.
    pub(crate) fn visible_constraints(&self, measure: usize) -> Vec<Constraint> {
        crate::decompose::merged(self.stated_constraints(measure, None))
    }

    /// Those of them that share cells with a region.
    pub(crate) fn constraints_near(&self, measure: usize, region: &[u32]) -> Vec<Constraint> {
        crate::decompose::merged(self.stated_constraints(measure, Some(region)))
    }

    /// What bears on a region of cells: everything fixed or limited inside it, and of what cuts
    /// across its edge the part inside, so that the whole keeps its value or limits while nothing
    /// outside the region moves.
    pub(crate) fn constraints_on(&self, measure: usize, region: &[u32]) -> Vec<Constraint> {
        let cube = &self.grid(measure).cube;
        let mut constraints = self.constraints_near(measure, region);
        let mut parts = Vec::new();
        for constraint in &constraints {
            let Some(part) = common_part(cube, region, &constraint.place) else {
                continue;
            };
            if part == constraint.place || part == region {
                continue;
            }
            let outside = cube.get(&constraint.place) - cube.get(&part);
            let cap = match constraint.cap {
                i64::MAX => i64::MAX,
                cap => (cap - outside).max(0),
            };
            parts.push(Constraint {
                place: part,
                floor: (constraint.floor - outside).clamp(0, cap),
                cap,
                name: constraint.name.clone(),
            });
        }
        constraints.extend(parts);
        constraints
    }

    /// Every hold and limit in force on a visible place, one by one; only those that share cells
    /// with a region, where one is given, for putting a name to each takes its time.
    fn stated_constraints(&self, measure: usize, near: Option<&[u32]>) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        let cube = &self.grid(measure).cube;
        let positions = |place: &Place| {
            let positions = self.positions(measure, place)?;
            let apart = near.is_some_and(|region| common_part(cube, region, &positions).is_none());
            (!apart).then_some(positions)
        };
        let step = self.step(measure);
        let today = self.model.definition.today;
        for hold in self.holds.iter().filter(|hold| hold.measure == measure) {
            if hold.has_expired(today) {
                continue;
            }
            if let Some(place) = positions(&hold.place) {
                let name = format!("{} {}", self.model.place_text(&hold.place), {
                    step.format(hold.value)
                });
                constraints.push(Constraint {
                    place,
                    floor: hold.value,
                    cap: hold.value,
                    name,
                });
            }
        }
        for limit in self.limits.iter().filter(|limit| limit.measure == measure) {
            if let Some(place) = positions(&limit.place) {
                let text = |value: Option<i64>| value.map_or("…".into(), |v| step.format(v));
                let place_text = self.model.place_text(&limit.place);
                constraints.push(Constraint {
                    place,
                    floor: limit.floor.unwrap_or(0),
                    cap: limit.cap.unwrap_or(i64::MAX),
                    name: format!("{place_text} {}–{}", text(limit.floor), text(limit.cap)),
                });
            }
        }
        constraints
    }

    /// After every operation: holds and limits still hold. A refusal here restores the plan.
    pub(crate) fn check_constraints(&self) -> Result<(), PlanError> {
        for measure in 0..self.grids.len() {
            if self.all_stand(measure) {
                continue;
            }
            for constraint in self.stated_constraints(measure, None) {
                let value = self.grid(measure).cube.get(&constraint.place);
                if value < constraint.floor || value > constraint.cap {
                    let step = self.step(measure);
                    let nearest = value.clamp(constraint.floor, constraint.cap);
                    return Err(PlanError::BoundsClash {
                        place: self.positions_text(measure, &constraint.place),
                        total: step.format(value),
                        nearest: step.format(nearest),
                        clashing: vec![constraint.name],
                    });
                }
            }
        }
        for rule in &self.layers {
            let measure = self.model.flow_index(&rule.measure)?;
            let total = self.grid(measure).cube.total();
            if let LayerAmount::Rate(rate) = &rule.amount
                && rate.of_rounded(total).is_none()
            {
                return Err(PlanError::OutOfRange {
                    place: rule.layer.code().into(),
                });
            }
        }
        Ok(())
    }

    /// Whether every hold and limit of a measure stands; says nothing of which does not.
    fn all_stand(&self, measure: usize) -> bool {
        let cube = &self.grid(measure).cube;
        let value = |place| Some(cube.get(&self.positions(measure, place)?));
        let today = self.model.definition.today;
        self.holds
            .iter()
            .filter(|hold| hold.measure == measure && !hold.has_expired(today))
            .all(|hold| value(&hold.place).is_none_or(|value| value == hold.value))
            && self
                .limits
                .iter()
                .filter(|limit| limit.measure == measure)
                .all(|limit| {
                    value(&limit.place).is_none_or(|value| {
                        value >= limit.floor.unwrap_or(0) && value <= limit.cap.unwrap_or(i64::MAX)
                    })
                })
    }

    pub(crate) fn positions_text(&self, measure: usize, positions: &[u32]) -> String {
        let cube = &self.grid(measure).cube;
        self.model
            .place_text(&Place(nodes_at(cube.frontiers(), positions)))
    }

    pub(crate) fn refuse_held(&self, measure: usize, place: &Place) -> Result<(), PlanError> {
        let held = self
            .holds
            .iter()
            .find(|hold| hold.measure == measure && hold.place == *place)
            .filter(|hold| !hold.has_expired(self.model.definition.today));
        match held {
            Some(hold) => Err(PlanError::PlaceHeld {
                place: self.model.place_text(place),
                owner: hold.owner.clone(),
                reason: hold.reason.clone(),
            }),
            None => Ok(()),
        }
    }
}

impl Hold {
    /// Whether the last day in force has passed; without a day to look from nothing expires.
    pub(crate) fn has_expired(&self, today: Option<fenjie_calendar::Date>) -> bool {
        let last = self.until.zip(today);
        last.is_some_and(|(until, today)| today > until)
    }
}

/// The cells that two boxes share: on every axis the deeper of the two.
pub(crate) fn common_part(cube: &Cube, a: &[u32], b: &[u32]) -> Option<Vec<u32>> {
    let deeper = |(axis, (a, b)): (usize, (&u32, &u32))| {
        let frontier = cube.frontier(axis);
        if frontier.contains(*a, *b) {
            Some(*b)
        } else {
            frontier.contains(*b, *a).then_some(*a)
        }
    };
    a.iter().zip(b).enumerate().map(deeper).collect()
}
