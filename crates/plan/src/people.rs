//! What people bring into a plan: commitments that are kept or wished for, and leavers whose open rest
//! goes on (rules D8, D12). Knows no arithmetic of its own.

use std::sync::Arc;

use fenjie_calendar::Date;

use crate::decompose::merged;
use crate::error::PlanError;
use crate::finding::{Finding, Severity};
use crate::frontier::each_combination;
use crate::model::Place;
use crate::operation::{Address, CommitMode};
use crate::settle::{Constraint, settle};
use crate::state::{Hold, Plan, settle_error};
use crate::trace::Trace;

/// The reason of a hold that a commitment made.
const COMMITTED: &str = "commit";

impl Plan {
    /// People's figures: kept while the rest is shared, or taken as the wish that the plan comes
    /// nearest to under its total (rule D8). What each costs the others is noted.
    pub(crate) fn commit(
        &mut self,
        number: usize,
        measure: &str,
        values: &[(Address, String)],
        mode: CommitMode,
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        let root = vec![0u32; self.model.axes().len()];
        let total = self.grid(measure).cube.get(&root);
        let mut wishes = Vec::with_capacity(values.len());
        for (at, text) in values {
            let place = self.visible_place(measure, at)?;
            let value = self.amount(measure, text, &self.model.place_text(&place))?;
            self.refuse_closed(measure, &place, value)?;
            if value < 0 {
                let place = self.model.place_text(&place);
                return Err(PlanError::Negative {
                    place,
                    value: text.clone(),
                });
            }
            if mode == CommitMode::Keep {
                self.refuse_held_by_another(measure, &place)?;
            }
            wishes.push((place, value));
        }
        let before: Vec<i64> = wishes
            .iter()
            .map(|(place, _)| {
                let positions = self.positions(measure, place).expect("visible");
                self.grid(measure).cube.get(&positions)
            })
            .collect();
        let mut constraints = Vec::with_capacity(wishes.len());
        for (place, value) in &wishes {
            let positions = self.positions(measure, place).expect("visible");
            let text = self.step(measure).format(*value);
            let name = format!("{} {text}", self.model.place_text(place));
            constraints.push(Constraint::fixed(positions, *value, name));
        }
        constraints.extend(self.visible_constraints(measure));
        if mode == CommitMode::Near {
            for (place, value) in &wishes {
                let positions = self.positions(measure, place).expect("visible");
                let model = self.model.clone();
                let cube = &mut self.grid_mut(measure).cube;
                settle(&model, cube, &positions, *value, &[], trace.as_deref_mut())
                    .map_err(|error| settle_error(self, measure, error))?;
            }
            constraints = self.visible_constraints(measure);
        }
        let model = self.model.clone();
        let cube = &mut self.grid_mut(measure).cube;
        settle(&model, cube, &root, total, &merged(constraints), trace)
            .map_err(|error| settle_error(self, measure, error))?;
        for ((place, value), before) in wishes.into_iter().zip(before) {
            self.note_commitment(measure, &place, value, before);
            if mode == CommitMode::Keep {
                self.holds
                    .retain(|known| known.measure != measure || known.place != place);
                self.holds.push(Hold {
                    measure,
                    place,
                    value,
                    owner: "承诺".into(),
                    reason: COMMITTED.into(),
                    until: None,
                    operation: number,
                });
            }
        }
        Ok(())
    }

    fn note_commitment(&mut self, measure: usize, place: &Place, wish: i64, before: i64) {
        let positions = self.positions(measure, place).expect("visible");
        let now = self.grid(measure).cube.get(&positions);
        let step = self.step(measure);
        let (wish_text, now_text) = (step.format(wish), step.format(now));
        let cost = step.format(before.saturating_sub(now).saturating_abs());
        let place = self.model.place_text(place);
        let (zh, en) = match before.cmp(&now) {
            std::cmp::Ordering::Greater => (
                format!("，其他成员因此多承担 {cost}"),
                format!(": the others take {cost} more"),
            ),
            std::cmp::Ordering::Less => (
                format!("，其他成员因此少承担 {cost}"),
                format!(": the others take {cost} less"),
            ),
            std::cmp::Ordering::Equal => (String::new(), String::new()),
        };
        self.findings.push(Finding {
            severity: Severity::Note,
            code: "commitment_cost",
            operation: 0,
            zh: format!("{place} 承诺 {wish_text}，方案为 {now_text}{zh}"),
            en: format!("{place} committed to {wish_text}, the plan has {now_text}{en}"),
            place,
        });
    }

    /// A commitment may renew an earlier one, but not undo what somebody else holds.
    fn refuse_held_by_another(&self, measure: usize, place: &Place) -> Result<(), PlanError> {
        let ours = |hold: &Hold| {
            hold.measure == measure && hold.place == *place && hold.reason == COMMITTED
        };
        match self.holds.iter().any(ours) {
            true => Ok(()),
            false => self.refuse_held(measure, place),
        }
    }

    /// A leaver's open rest goes to the successor, or back to the parent as held back (rule D12).
    pub(crate) fn leave(
        &mut self,
        measure: &str,
        member: &Address,
        date: Date,
        successor: Option<&str>,
    ) -> Result<(), PlanError> {
        let measures = self.flows_named(measure)?;
        let place = self.model.place(member)?;
        let time = self.model.time();
        let Some(axis) = (0..time).find(|axis| place.0[*axis] != 0) else {
            return Err(PlanError::Parameter {
                name: "leave".into(),
                value: self.model.place_text(&place),
                zh: "要写明离职的成员",
                en: "the leaving member must be named",
            });
        };
        let node = place.0[axis];
        let tree = &self.model.axes()[axis].tree;
        let heir = match successor {
            Some(name) => self.model.member_on(axis, name)?,
            None => {
                let parent = tree.parent(node).unwrap_or(0);
                let code = format!("{}{}", tree.code(parent), crate::tree::HOLD_BACK_MARK);
                self.model.member_on(axis, &code)?
            }
        };
        if tree.contains(node, heir) {
            return Err(PlanError::Parameter {
                name: "successor".into(),
                value: tree.name(heir).into(),
                zh: "接任者不能是离职者本人或其下级",
                en: "the successor must not be the leaver or below",
            });
        }
        let mut handed_over = false;
        for measure in measures {
            let frontier = self.grid(measure).cube.frontier(axis);
            let Some((leaver, heir)) = frontier.position(node).zip(frontier.position(heir)) else {
                continue;
            };
            let heir = frontier.leaves_in(heir)[0];
            self.open_day_of(measure, date)?;
            self.hand_over(measure, axis, leaver, heir, date);
            handed_over = true;
        }
        if !handed_over {
            return Err(PlanError::NotDecomposed {
                place: self.model.place_text(&place),
                axis: self.model.axes()[axis].code.clone(),
            });
        }
        Arc::make_mut(&mut self.model).end_membership(axis, node, date);
        Ok(())
    }

    /// One flow by its name, or all of them: whoever leaves, leaves every target.
    fn flows_named(&self, name: &str) -> Result<Vec<usize>, PlanError> {
        if !name.is_empty() {
            return Ok(vec![self.model.flow_index(name)?]);
        }
        let measures = self.model.definition.measures.iter().enumerate();
        Ok(measures
            .filter(|(_, measure)| measure.is_flow())
            .map(|(index, _)| index)
            .collect())
    }

    /// Stores the days of the period that a date falls into, where it is not its first day.
    fn open_day_of(&mut self, measure: usize, date: Date) -> Result<(), PlanError> {
        let time = self.model.time();
        let frontier = self.grid(measure).cube.frontier(time);
        let cut = frontier
            .leaves()
            .iter()
            .map(|leaf| frontier.node(*leaf))
            .find(|node| {
                let range = self.model.period_range(*node);
                range.start < date && range.contains(date)
            });
        let Some(node) = cut else { return Ok(()) };
        let Some(depth) = self.model.day_depth() else {
            return Ok(());
        };
        self.open_period(measure, node, depth)
    }

    fn hand_over(&mut self, measure: usize, axis: usize, leaver: u32, heir: u32, date: Date) {
        let time = self.model.time();
        let model = self.model.clone();
        let cube = &mut self.grid_mut(measure).cube;
        let mut lists: Vec<Vec<u32>> = cube.leaf_lists().into_iter().map(<[u32]>::to_vec).collect();
        lists[axis] = cube.frontier(axis).leaves_in(leaver).to_vec();
        let open: Vec<u32> = lists[time]
            .iter()
            .copied()
            .filter(|leaf| !cube.closed_at(*leaf).0)
            .filter(|leaf| model.period_range(cube.frontier(time).node(*leaf)).start >= date)
            .collect();
        lists[time] = open;
        let slices: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let mut moves = Vec::new();
        each_combination(&slices, |at| moves.push((at.to_vec(), cube.get(at))));
        for (mut at, value) in moves {
            cube.add_to_cell(&at, -value);
            at[axis] = heir;
            cube.add_to_cell(&at, value);
        }
    }
}
