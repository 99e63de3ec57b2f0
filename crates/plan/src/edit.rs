//! Operations that change values which are already there: typing, holding, limiting, moving amounts,
//! commitments, leavers (rules D4–D8, D12). Every one ends in settling a box.

use crate::constraints::common_part;
use crate::decompose::merged;
use crate::error::PlanError;
use crate::frontier::each_combination;
use crate::model::Place;
use crate::operation::{Address, ChangeBy, Keep, TotalAmount};
use crate::settle::{Constraint, settle};
use crate::state::{Hold, Limit, Plan, read_amount, settle_error};
use crate::trace::Trace;

impl Plan {
    pub(crate) fn state_total(
        &mut self,
        measure: &str,
        amount: &TotalAmount,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        let value = match amount {
            TotalAmount::Amount(text) => self.amount(measure, text, "total")?,
            TotalAmount::Grown {
                reference,
                period,
                growth,
            } => self.grown_total(measure, reference, *period, *growth)?,
        };
        let root = Place(vec![0; self.model.axes().len()]);
        self.bring(measure, &root, value, &Keep::Nothing, trace)?;
        self.grid_mut(measure).stated = Some(value);
        Ok(())
    }

    /// A reference's sum, grown, rounded half up to the measure's step (a named rounding).
    fn grown_total(
        &self,
        measure: usize,
        name: &str,
        period: Option<fenjie_calendar::DateRange>,
        growth: crate::Decimal,
    ) -> Result<i64, PlanError> {
        let reference = crate::history::find(&self.model, name)?;
        let out_of_range = || PlanError::OutOfRange {
            place: format!("history {name}"),
        };
        let (sum, rows) = crate::history::total(reference, period).ok_or_else(out_of_range)?;
        if rows == 0 {
            let what = period.map_or("rows".into(), |period| format!("rows in {period}"));
            return Err(PlanError::ReferenceLacks {
                reference: name.into(),
                what,
            });
        }
        let step = self.step(measure);
        let grown = crate::Decimal::new(sum, reference.decimals)
            .times(growth.plus(crate::Decimal::ONE).ok_or_else(out_of_range)?)
            .ok_or_else(out_of_range)?;
        let scale = grown.scale().max(step.decimals());
        let digits = grown.at_scale(scale).ok_or_else(out_of_range)?;
        let divisor = 10i128
            .checked_pow(scale - step.decimals())
            .and_then(|power| power.checked_mul(i128::from(step.units())))
            .ok_or_else(out_of_range)?;
        let twice = digits
            .checked_mul(2)
            .and_then(|twice| twice.checked_add(divisor));
        let whole = divisor.checked_mul(2).ok_or_else(out_of_range)?;
        let half_up = twice.ok_or_else(out_of_range)?.div_euclid(whole);
        i64::try_from(half_up).map_err(|_| out_of_range())
    }

    /// The value a typed change comes to.
    pub(crate) fn changed(
        &self,
        measure: usize,
        place: &Place,
        change: &ChangeBy,
    ) -> Result<i64, PlanError> {
        let positions = self
            .positions(measure, place)
            .expect("the place is visible");
        let now = self.grid(measure).cube.get(&positions);
        let text = || self.model.place_text(place);
        let out_of_range = || PlanError::OutOfRange { place: text() };
        let step = self.step(measure);
        let read = |amount: &str| match step.parse_amount(amount) {
            Ok(count) => Ok(count),
            Err(_) => read_amount(step, amount, &text()),
        };
        let value = match change {
            ChangeBy::To(amount) => read(amount)?,
            ChangeBy::By(amount) => {
                let by = read(amount)?;
                now.checked_add(by).ok_or_else(out_of_range)?
            }
            ChangeBy::Percent(rate) => {
                let by = rate.of_rounded(now).ok_or_else(out_of_range)?;
                now.checked_add(by).ok_or_else(out_of_range)?
            }
            ChangeBy::Times(factor) => factor.of_rounded(now).ok_or_else(out_of_range)?,
        };
        Ok(value)
    }

    /// Brings a place to a value while holds stay and what is to be kept is kept (rules D4, D6, D7).
    pub(crate) fn bring(
        &mut self,
        measure: usize,
        place: &Place,
        value: i64,
        keep: &Keep,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        if value < 0 {
            return Err(PlanError::Negative {
                place: self.model.place_text(place),
                value: self.step(measure).format(value),
            });
        }
        self.refuse_closed(measure, place, value)?;
        let positions = self
            .positions(measure, place)
            .expect("the place is visible");
        let mut region = self.region_to_keep(measure, &positions, keep)?;
        let now = self.grid(measure).cube.get(&positions);
        if *keep == Keep::Total && region == positions && value != now {
            return Err(PlanError::Parameter {
                name: "keep".into(),
                value: keep.text(),
                zh: "填写的就是总额，不能同时保持总额",
                en: "the typed place is the total itself, which cannot be kept too",
            });
        }
        for constraint in &self.constraints_near(measure, &positions) {
            if constraint.is_fixed()
                && constraint.place != positions
                && self.inside(measure, &positions, &constraint.place)
            {
                region = self.bounding(measure, &region, &constraint.place);
            }
        }
        let mut constraints = self.constraints_on(measure, &region);
        let cube = &self.grid(measure).cube;
        let total = if region == positions {
            value
        } else {
            cube.get(&region)
        };
        if region != positions {
            if *keep == Keep::Ancestors {
                constraints.extend(self.sibling_totals(measure, &positions, &region));
            }
            let text = self.step(measure).format(value);
            let name = format!("{} {text}", self.model.place_text(place));
            constraints.insert(0, Constraint::fixed(positions, value, name));
        }
        self.settle_keeping(measure, place, (&region, total), constraints, keep, trace)?;
        let root = place.0.iter().all(|node| *node == 0);
        if let Some(stated) = &mut self.grid_mut(measure).stated
            && root
        {
            *stated = value;
        }
        Ok(())
    }

    /// Settles a region. Where the plan's total is kept, so are the totals that the last fit stated; a
    /// typed total on an axis lets the stated totals of that axis go, as they cannot all stay.
    fn settle_keeping(
        &mut self,
        measure: usize,
        place: &Place,
        (region, total): (&[u32], i64),
        constraints: Vec<Constraint>,
        keep: &Keep,
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let model = self.model.clone();
        if *keep == Keep::Total {
            for crossed in [false, true] {
                let mut kept = constraints.clone();
                kept.extend(self.stated_margins(measure, place, crossed));
                if kept.len() == constraints.len() {
                    continue;
                }
                let cube = &mut self.grid_mut(measure).cube;
                let trace = trace.as_deref_mut();
                if settle(&model, cube, region, total, &merged(kept), trace).is_ok() {
                    return Ok(());
                }
            }
        }
        let cube = &mut self.grid_mut(measure).cube;
        settle(&model, cube, region, total, &merged(constraints), trace)
            .map_err(|error| settle_error(self, measure, error))
    }

    /// The totals that the last fit stated and that still stand; without those on axes that the place
    /// itself names, where these are in the way.
    fn stated_margins(&self, measure: usize, place: &Place, crossed: bool) -> Vec<Constraint> {
        let grid = self.grid(measure);
        let own_axis = |margin: &Place| {
            margin
                .0
                .iter()
                .zip(&place.0)
                .any(|(margin, own)| *margin != 0 && *own != 0)
        };
        let still = |(margin, value): &&(Place, i64)| {
            margin != place && !(crossed && own_axis(margin)) && {
                let positions = self.positions(measure, margin);
                positions.is_some_and(|at| grid.cube.get(&at) == *value)
            }
        };
        let kept = grid.margins.iter().filter(still);
        kept.filter_map(|(margin, value)| {
            let name = self.model.place_text(margin);
            Some(Constraint::fixed(
                self.positions(measure, margin)?,
                *value,
                name,
            ))
        })
        .collect()
    }

    fn inside(&self, measure: usize, inner: &[u32], outer: &[u32]) -> bool {
        let cube = &self.grid(measure).cube;
        inner
            .iter()
            .zip(outer)
            .enumerate()
            .all(|(axis, (inner, outer))| cube.frontier(axis).contains(*outer, *inner))
    }

    /// The smallest box around two boxes.
    fn bounding(&self, measure: usize, a: &[u32], b: &[u32]) -> Vec<u32> {
        let cube = &self.grid(measure).cube;
        a.iter()
            .zip(b)
            .enumerate()
            .map(|(axis, (a, b))| {
                let frontier = cube.frontier(axis);
                frontier
                    .upward(*a)
                    .find(|above| frontier.contains(*above, *b))
                    .expect("the root is above everything")
            })
            .collect()
    }

    fn region_to_keep(
        &self,
        measure: usize,
        positions: &[u32],
        keep: &Keep,
    ) -> Result<Vec<u32>, PlanError> {
        let cube = &self.grid(measure).cube;
        Ok(match keep {
            Keep::Nothing => positions.to_vec(),
            Keep::Total => vec![0; positions.len()],
            Keep::Parent(axis) => {
                let (axis, _) = self.model.axis_level(axis)?;
                let mut region = positions.to_vec();
                region[axis] = cube.frontier(axis).parent(positions[axis]).unwrap_or(0);
                region
            }
            Keep::Ancestors => positions
                .iter()
                .enumerate()
                .map(|(axis, at)| cube.frontier(axis).parent(*at).unwrap_or(0))
                .collect(),
        })
    }

    /// Totals beside a reallocated place: along every axis, each sibling's total stays.
    fn sibling_totals(&self, measure: usize, positions: &[u32], region: &[u32]) -> Vec<Constraint> {
        let cube = &self.grid(measure).cube;
        let moved: Vec<usize> = (0..region.len())
            .filter(|axis| region[*axis] != positions[*axis])
            .collect();
        let mut totals = Vec::new();
        if moved.len() < 2 {
            return totals;
        }
        for axis in moved {
            for child in cube.frontier(axis).children(region[axis]) {
                let mut place = region.to_vec();
                place[axis] = child;
                let value = cube.get(&place);
                let name = self.positions_text(measure, &place);
                totals.push(Constraint::fixed(place, value, name));
            }
        }
        totals
    }

    pub(crate) fn hold(
        &mut self,
        mut hold: Hold,
        at: &Address,
        amount: Option<&str>,
        keep: &Keep,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = hold.measure;
        let visible = self.visible_place(measure, at);
        self.holds
            .retain(|known| known.measure != measure || known.place != hold.place);
        match (visible, amount) {
            (Ok(place), None) => {
                let positions = self.positions(measure, &place).expect("just found visible");
                hold.value = self.grid(measure).cube.get(&positions);
            }
            (Ok(place), Some(amount)) => {
                hold.value = self.amount(measure, amount, &self.model.place_text(&place))?;
                self.bring(measure, &place, hold.value, keep, trace)?;
            }
            // A hold may be stated before its place is decomposed: it takes effect when it is.
            (Err(PlanError::NotDecomposed { .. }), Some(amount)) => {
                hold.value = self.amount(measure, amount, &self.model.place_text(&hold.place))?;
            }
            (Err(error), _) => return Err(error),
        }
        if hold.value < 0 {
            let place = self.model.place_text(&hold.place);
            return Err(PlanError::Negative {
                place,
                value: self.step(measure).format(hold.value),
            });
        }
        self.holds.push(hold);
        Ok(())
    }

    pub(crate) fn release(&mut self, measure: &str, at: &Address) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        let place = self.model.place(at)?;
        let before = self.holds.len();
        self.holds
            .retain(|hold| hold.measure != measure || hold.place != place);
        if self.holds.len() == before {
            return Err(PlanError::NotHeld {
                place: self.model.place_text(&place),
                holds: self
                    .holds
                    .iter()
                    .map(|hold| self.model.place_text(&hold.place))
                    .collect(),
            });
        }
        Ok(())
    }

    pub(crate) fn bound(
        &mut self,
        measure: &str,
        at: &Address,
        floor: Option<&str>,
        cap: Option<&str>,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        let place = match self.visible_place(measure, at) {
            Err(PlanError::NotDecomposed { .. }) => self.model.place(at)?,
            found => found?,
        };
        let text = self.model.place_text(&place);
        let read = |amount: Option<&str>| {
            amount
                .map(|amount| self.amount(measure, amount, &text))
                .transpose()
        };
        let (floor, cap) = (read(floor)?, read(cap)?);
        let step = self.step(measure);
        if let (Some(low), Some(high)) = (floor, cap)
            && low > high
        {
            let (floor, cap) = (step.format(low), step.format(high));
            return Err(PlanError::FloorAboveCap {
                place: text,
                floor,
                cap,
            });
        }
        let below_zero = |bound: &Option<i64>| bound.filter(|bound| *bound < 0);
        if let Some(bound) = below_zero(&floor).or(below_zero(&cap)) {
            return Err(PlanError::Negative {
                place: text,
                value: step.format(bound),
            });
        }
        let known = |limit: &Limit| limit.measure == measure && limit.place == place;
        self.limits.retain(|limit| !known(limit));
        self.limits.push(Limit {
            measure,
            place: place.clone(),
            floor,
            cap,
        });
        let Some(positions) = self.positions(measure, &place) else {
            return Ok(());
        };
        let now = self.grid(measure).cube.get(&positions);
        let wanted = now.max(floor.unwrap_or(0)).min(cap.unwrap_or(i64::MAX));
        if wanted != now {
            self.limits.pop();
            let is_total = positions.iter().all(|at| *at == 0);
            let keep = if is_total { Keep::Nothing } else { Keep::Total };
            self.bring(measure, &place, wanted, &keep, trace)?;
            self.limits.push(Limit {
                measure,
                place,
                floor,
                cap,
            });
        }
        Ok(())
    }

    pub(crate) fn transfer(
        &mut self,
        measure: &str,
        from: &Address,
        to: &Address,
        amount: &str,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let measure = self.model.flow_index(measure)?;
        let (from, to) = (
            self.visible_place(measure, from)?,
            self.visible_place(measure, to)?,
        );
        let text = format!(
            "{} → {}",
            self.model.place_text(&from),
            self.model.place_text(&to)
        );
        let moved = self.amount(measure, amount, &text)?;
        let source = self.positions(measure, &from).expect("visible");
        let target = self.positions(measure, &to).expect("visible");
        if common_part(&self.grid(measure).cube, &source, &target).is_some() {
            return Err(PlanError::Parameter {
                name: "transfer".into(),
                value: text,
                zh: "两处不能有重叠的单元格",
                en: "the two places must not have cells in common",
            });
        }
        self.refuse_hold_around_one(measure, &from, &to)?;
        let out_of_range = || PlanError::OutOfRange {
            place: text.clone(),
        };
        let cube = &self.grid(measure).cube;
        let less = cube
            .get(&source)
            .checked_sub(moved)
            .ok_or_else(out_of_range)?;
        let more = cube
            .get(&target)
            .checked_add(moved)
            .ok_or_else(out_of_range)?;
        for (place, value) in [(&from, less), (&to, more)] {
            if value < 0 {
                return Err(PlanError::Negative {
                    place: self.model.place_text(place),
                    value: self.step(measure).format(value),
                });
            }
        }
        self.refuse_closed(measure, &from, less)?;
        self.refuse_closed(measure, &to, more)?;
        self.move_amount(measure, &source, &target, moved, trace)
    }

    /// A hold that contains only one of two places would lose what is moved.
    fn refuse_hold_around_one(
        &self,
        measure: usize,
        from: &Place,
        to: &Place,
    ) -> Result<(), PlanError> {
        let today = self.model.definition.today;
        let contains = |outer: &Place, inner: &Place| {
            let nodes = outer.0.iter().zip(&inner.0).enumerate();
            nodes
                .into_iter()
                .all(|(axis, (outer, inner))| self.model.axes()[axis].tree.contains(*outer, *inner))
        };
        let held = self.holds.iter().find(|hold| {
            hold.measure == measure
                && !hold.has_expired(today)
                && contains(&hold.place, from) != contains(&hold.place, to)
        });
        match held {
            None => Ok(()),
            Some(hold) => Err(PlanError::PlaceHeld {
                place: self.model.place_text(&hold.place),
                owner: hold.owner.clone(),
                reason: hold.reason.clone(),
            }),
        }
    }

    /// Takes an amount out of one box in proportion to its cells and puts it into another, at the
    /// same places of every axis the two have in common: all totals over both stay as they are.
    fn move_amount(
        &mut self,
        measure: usize,
        source: &[u32],
        target: &[u32],
        moved: i64,
        mut trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let cube = &self.grid(measure).cube;
        let common = |axis: usize| match source[axis] == target[axis] {
            true => cube.frontier(axis).leaves_in(source[axis]).to_vec(),
            false => vec![source[axis]],
        };
        let lists: Vec<Vec<u32>> = (0..source.len()).map(common).collect();
        let lists: Vec<&[u32]> = lists.iter().map(Vec::as_slice).collect();
        let mut slices = Vec::new();
        each_combination(&lists, |at| slices.push((at.to_vec(), cube.get(at))));
        let less = cube.get(source) - moved;
        let constraints = self.constraints_on(measure, source);
        self.settle_to(measure, source, less, constraints, trace.as_deref_mut())?;
        for (mut at, before) in slices {
            let given = before - self.grid(measure).cube.get(&at);
            if given == 0 {
                continue;
            }
            for axis in 0..at.len() {
                if source[axis] != target[axis] {
                    at[axis] = target[axis];
                }
            }
            let more = self.grid(measure).cube.get(&at) + given;
            let constraints = self.constraints_on(measure, &at);
            self.settle_to(measure, &at, more, constraints, trace.as_deref_mut())?;
        }
        Ok(())
    }

    fn settle_to(
        &mut self,
        measure: usize,
        place: &[u32],
        value: i64,
        constraints: Vec<Constraint>,
        trace: Option<&mut Trace>,
    ) -> Result<(), PlanError> {
        let constraints = merged(constraints);
        let model = self.model.clone();
        let cube = &mut self.grid_mut(measure).cube;
        settle(&model, cube, place, value, &constraints, trace)
            .map_err(|error| settle_error(self, measure, error))
    }
}
