//! Rounding where three or more partitions cross: groups that miss their totals are served one
//! step at a time, and groups that stay wrong weigh more and more until something gives.
//! Must not know what the groups stand for.

use super::cells::Support;
use super::choose::REACH;
use super::round::{Kept, needs};

/// Steps tried for each reach, per group and per cell.
const STEPS_PER_GROUP: usize = 2_000;
/// The fewest steps tried.
const STEPS_LEAST: usize = 20_000;
/// Cells of a group looked at for one step.
const LOOKED_AT: usize = 512;

/// Changes whole values until every group meets its total, staying as near as it can.
pub(super) fn search(kept: &Kept, whole: &mut [i64]) {
    let mut state = State::new(kept, whole);
    for reach in REACH.into_iter().chain([3.0, 8.0, 1e30]) {
        if state.run(whole, reach) {
            return;
        }
    }
}

/// Brings whole values as near to the totals as a short search can.
pub(super) fn nearest_totals(support: &Support, whole: &mut [i64], values: &[f64]) {
    let finite = |value: &f64| {
        if value.is_finite() {
            value.min(9.2e18)
        } else {
            0.0
        }
    };
    let totals = |totals: &Vec<i64>| totals.iter().map(|t| Some(*t)).chain([None]).collect();
    let kept = Kept {
        cell: support.cell.clone(),
        value: values.iter().map(finite).collect(),
        label: support.label.clone(),
        totals: support.totals.iter().map(totals).collect(),
        bounds: support.bounds.clone(),
    };
    State::new(&kept, whole).run(whole, 2.0);
}

struct State<'a> {
    kept: &'a Kept,
    need: Vec<Vec<i64>>,
    weight: Vec<Vec<i64>>,
    /// Cells of each group, per family.
    members: Vec<Vec<Vec<u32>>>,
    /// Groups that miss their totals.
    missed: Vec<(u32, u32)>,
    place: Vec<Vec<u32>>,
    /// Until which step a cell stays as it is.
    rests: Vec<u64>,
    step: u64,
    seed: u64,
}

const NOT_MISSED: u32 = u32::MAX;

impl<'a> State<'a> {
    fn new(kept: &'a Kept, whole: &[i64]) -> Self {
        let need = needs(kept, whole);
        let mut members: Vec<Vec<Vec<u32>>> = kept
            .totals
            .iter()
            .map(|totals| vec![Vec::new(); totals.len()])
            .collect();
        for (members, label) in members.iter_mut().zip(&kept.label) {
            for (at, group) in label.iter().enumerate() {
                members[*group as usize].push(at as u32);
            }
        }
        let mut state = State {
            kept,
            weight: need.iter().map(|need| vec![1; need.len()]).collect(),
            place: need
                .iter()
                .map(|need| vec![NOT_MISSED; need.len()])
                .collect(),
            need,
            members,
            missed: Vec::new(),
            rests: vec![0; whole.len()],
            step: 0,
            seed: 0x9E37_79B9_7F4A_7C15,
        };
        for family in 0..state.need.len() {
            for group in 0..state.need[family].len() {
                state.note(family, group);
            }
        }
        state
    }

    /// A number that is the same in every run.
    fn next(&mut self, below: usize) -> usize {
        self.seed ^= self.seed << 13;
        self.seed ^= self.seed >> 7;
        self.seed ^= self.seed << 17;
        (self.seed >> 11) as usize % below.max(1)
    }

    /// Keeps the list of missed groups.
    fn note(&mut self, family: usize, group: usize) {
        let missed = self.need[family][group] != 0;
        let place = self.place[family][group];
        if missed && place == NOT_MISSED {
            self.place[family][group] = self.missed.len() as u32;
            self.missed.push((family as u32, group as u32));
        } else if !missed && place != NOT_MISSED {
            self.missed.swap_remove(place as usize);
            self.place[family][group] = NOT_MISSED;
            if let Some((family, group)) = self.missed.get(place as usize) {
                self.place[*family as usize][*group as usize] = place;
            }
        }
    }

    fn run(&mut self, whole: &mut [i64], reach: f64) -> bool {
        let groups: usize = self.need.iter().map(Vec::len).sum();
        let most = STEPS_LEAST.max(STEPS_PER_GROUP * groups.min(2_000));
        for _ in 0..most {
            if self.missed.is_empty() {
                return true;
            }
            self.step += 1;
            let pick = self.next(self.missed.len());
            let (family, group) = self.missed[pick];
            let up = self.need[family as usize][group as usize] > 0;
            match self.best(whole, family as usize, group as usize, up, reach) {
                Some((at, gain)) => {
                    if gain <= 0 {
                        self.press();
                    }
                    self.change(whole, at, if up { 1 } else { -1 });
                }
                None => self.press(),
            }
        }
        self.missed.is_empty()
    }

    /// Groups that are missed weigh more from now on.
    fn press(&mut self) {
        for (family, group) in &self.missed {
            self.weight[*family as usize][*group as usize] += 1;
        }
    }

    /// The cell of the group whose step helps most, and by how much.
    fn best(
        &mut self,
        whole: &[i64],
        family: usize,
        group: usize,
        up: bool,
        reach: f64,
    ) -> Option<(usize, i64)> {
        let n = self.members[family][group].len();
        let start = if n > LOOKED_AT { self.next(n) } else { 0 };
        let by = if up { 1 } else { -1 };
        let mut best: Option<(i64, f64, usize)> = None;
        for at in 0..n.min(LOOKED_AT) {
            let cell = self.members[family][group][(start + at) % n] as usize;
            let (down_room, up_room) = self.kept.room(cell, whole[cell], reach);
            if (if up { up_room } else { down_room }) == 0 || self.rests[cell] > self.step {
                continue;
            }
            let gain = self.gain(cell, by);
            let off = ((whole[cell] + by) as f64 - self.kept.value[cell]).abs();
            let better = match best {
                Some((most, least, _)) => gain > most || (gain == most && off < least),
                None => true,
            };
            if better {
                best = Some((gain, off, cell));
            }
        }
        best.map(|(gain, _, cell)| (cell, gain))
    }

    /// By how much the weighted misses shrink.
    fn gain(&self, cell: usize, by: i64) -> i64 {
        let mut gain = 0;
        for (family, label) in self.kept.label.iter().enumerate() {
            let group = label[cell] as usize;
            if self.kept.totals[family][group].is_some() {
                let need = self.need[family][group];
                gain += self.weight[family][group] * (need.abs() - (need - by).abs());
            }
        }
        gain
    }

    fn change(&mut self, whole: &mut [i64], cell: usize, by: i64) {
        whole[cell] += by;
        for family in 0..self.kept.label.len() {
            let group = self.kept.label[family][cell] as usize;
            if self.kept.totals[family][group].is_some() {
                self.need[family][group] -= by;
                self.note(family, group);
            }
        }
        self.rests[cell] = self.step + 3 + self.next(8) as u64;
    }
}
