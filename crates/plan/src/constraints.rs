//! Holds and limits as constraints on the cells of a measure, and the check after every operation that
//! they still stand (rules D4, D5). Knows no operation.

use crate::error::PlanError;
use crate::model::Place;
use crate::settle::Constraint;
use crate::state::Plan;
use crate::weigher::nodes_at;

impl Plan {
    /// Holds and limits in force on visible places, one constraint per place.
    pub(crate) fn visible_constraints(&self, measure: usize) -> Vec<Constraint> {
        let mut constraints = Vec::new();
        let step = self.step(measure);
        let today = self.model.definition.today;
        for hold in self.holds.iter().filter(|hold| hold.measure == measure) {
            if hold
                .until
                .is_some_and(|until| today.is_some_and(|today| today > until))
            {
                continue;
            }
            if let Some(place) = self.positions(measure, &hold.place) {
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
            if let Some(place) = self.positions(measure, &limit.place) {
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
        crate::decompose::merged(constraints)
    }

    /// After every operation: holds and limits still hold. A refusal here restores the plan.
    pub(crate) fn check_constraints(&self) -> Result<(), PlanError> {
        for measure in 0..self.grids.len() {
            for constraint in self.visible_constraints(measure) {
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
        Ok(())
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
            .find(|hold| hold.measure == measure && hold.place == *place);
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
