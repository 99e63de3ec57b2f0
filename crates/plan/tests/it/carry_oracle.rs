//! Rules J1–J5 and decision 0014 written down a second time, plainly, with whole numbers of any size.
//! Knows the base targets of a plan and its own log; nothing of how a plan computes.

use std::collections::BTreeMap;

use fenjie_calendar::{Date, Level, SalesCalendar};
use num_bigint::BigInt;

/// A piece or a month, days from `first` to `last`.
#[derive(Clone, Debug)]
pub struct Period {
    pub node: u32,
    pub first: Date,
    pub last: Date,
}

/// A person or a team.
#[derive(Clone, Debug)]
pub struct Member {
    pub node: u32,
    pub team: Option<u32>,
    /// Day weights of its own.
    pub calendar: SalesCalendar,
    pub from: Date,
    pub until: Date,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Share {
    Weights,
    Base,
    Equal,
    Next,
}

/// One step of the log, as far as carrying looks at it.
#[derive(Clone, Debug)]
pub enum Step {
    Close {
        level: Level,
        period: u32,
        teams: bool,
        sold: BTreeMap<u32, i64>,
    },
    Carry {
        level: Level,
        horizon: Level,
        share: Share,
        percent: Option<i64>,
        teams: bool,
    },
    /// An action plan with its due date; a waiver has none.
    Cover {
        of: u32,
        due: Option<Date>,
    },
    Undo(usize),
    Other,
}

/// What a row carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// What every period gets beyond its base; closed ones give.
    pub parts: BTreeMap<u32, i64>,
    /// Of every counted period: carried, counted, open after it, kept.
    pub steps: Vec<(u32, i64, i64, i64, i64)>,
    pub open: i64,
    pub unrecovered: i64,
    pub waiting: bool,
}

/// A plan as carrying sees it. Step 1 is `log[0]`.
pub struct Oracle<'a> {
    pub pieces: &'a [Period],
    pub months: &'a [Period],
    pub people: &'a [Member],
    pub teams: &'a [Member],
    pub log: &'a [Step],
    pub base: &'a dyn Fn(u32, u32) -> i64,
}

impl Oracle<'_> {
    /// Who carries what after the whole log; none where nothing is carried.
    pub fn rows(&self) -> Option<BTreeMap<u32, Row>> {
        let acts: Vec<usize> = self.numbers(|step| matches!(step, Step::Carry { .. }));
        let Step::Carry { teams, .. } = &self.log[*acts.last()? - 1] else {
            unreachable!()
        };
        let rows = self.members(*teams).iter();
        Some(
            rows.map(|row| (row.node, self.row(row, *teams, &acts)))
                .collect(),
        )
    }

    fn row(&self, member: &Member, teams: bool, acts: &[usize]) -> Row {
        let mut made = Row::default();
        for number in acts.iter().rev() {
            let Step::Carry { teams: of, .. } = &self.log[*number - 1] else {
                unreachable!()
            };
            if *of != teams {
                continue;
            }
            let due = self.due_before(*number);
            if due.contains(&member.node) || member.team.is_some_and(|team| due.contains(&team)) {
                made.waiting = true;
                continue;
            }
            self.carry(member, *number, &mut made);
            break;
        }
        // Only the last act makes a row wait.
        let last = self.due_before(*acts.last().expect("an act"));
        let above = |node: &u32| *node == member.node || member.team == Some(*node);
        made.waiting = last.iter().any(above);
        made
    }

    fn carry(&self, member: &Member, number: usize, made: &mut Row) {
        let Step::Carry {
            level,
            horizon,
            share,
            percent,
            teams,
        } = &self.log[number - 1]
        else {
            unreachable!()
        };
        let closes = self.closes(number, *level, *teams);
        let mut groups: BTreeMap<i64, Vec<&Period>> = BTreeMap::new();
        for period in self.periods(*level) {
            groups
                .entry(key(period, *horizon))
                .or_default()
                .push(period);
        }
        for periods in groups.values() {
            let rule = (*share, *percent);
            self.carry_group(member, periods, &closes, rule, *teams, made);
        }
    }

    fn carry_group(
        &self,
        member: &Member,
        periods: &[&Period],
        closes: &BTreeMap<u32, usize>,
        (share, percent): (Share, Option<i64>),
        teams: bool,
        made: &mut Row,
    ) {
        let base: Vec<BigInt> = periods
            .iter()
            .map(|period| BigInt::from((self.base)(member.node, period.node)))
            .collect();
        let weights: Vec<BigInt> = periods
            .iter()
            .map(|period| weight(member, period))
            .collect();
        let mut carried = vec![BigInt::ZERO; periods.len()];
        let mut open = BigInt::ZERO;
        let mut lacking: BTreeMap<u32, i64> = BTreeMap::new();
        for at in 0..periods.len() {
            let Some(close) = closes.get(&periods[at].node) else {
                continue;
            };
            let sold = BigInt::from(self.sold(*close, member.node, teams));
            let working = &base[at] + &carried[at];
            let counted = sold.clone().min(working.clone());
            open += &base[at] - &counted;
            let told = (small(&carried[at]), small(&counted), small(&open));
            made.steps
                .push((periods[at].node, told.0, told.1, told.2, 0));
            lacking.insert(periods[at].node, small(&(&working - &counted)));
            made.parts
                .insert(periods[at].node, small(&(&counted - &base[at])));
            if sold >= working {
                continue;
            }
            let is_open = |at: &usize| !closes.contains_key(&periods[*at].node);
            let earlier: BigInt = (0..at).filter(is_open).map(|at| &carried[at]).sum();
            let later = at + 1..periods.len();
            let most = |at: usize| percent.map(|percent| &base[at] * percent / 100);
            let of: Vec<Slice> = later
                .clone()
                .map(|at| Slice {
                    weight: match share {
                        Share::Weights => weights[at].clone(),
                        Share::Base => base[at].clone(),
                        Share::Equal | Share::Next => BigInt::from(weights[at] > BigInt::ZERO),
                    },
                    most: most(at),
                })
                .collect();
            let parts = match share {
                Share::Next => one_after_the_other(&open - earlier, &of),
                _ => in_proportion(&open - earlier, &of),
            };
            for (at, part) in later.zip(parts) {
                carried[at] = part;
            }
        }
        let mut standing = BigInt::ZERO;
        for (period, part) in periods.iter().zip(&carried) {
            if !closes.contains_key(&period.node) {
                standing += part;
                made.parts.insert(period.node, small(part));
            }
        }
        made.open += small(&open);
        let mut left = small(&(open - standing));
        made.unrecovered += left;
        // What nobody takes stays with the last that fell short of what they were asked for.
        for (node, lacking) in lacking.into_iter().rev() {
            let kept = left.min(lacking);
            left -= kept;
            *made.parts.get_mut(&node).expect("a counted period") += kept;
            let step = made.steps.iter_mut().find(|step| step.0 == node);
            step.expect("a counted period").4 = kept;
        }
        assert_eq!(left, 0);
    }

    /// Steps in force before a number that are of a kind, by their numbers.
    fn numbers(&self, kind: impl Fn(&Step) -> bool) -> Vec<usize> {
        let mut undone = vec![false; self.log.len() + 1];
        for number in (1..=self.log.len()).rev() {
            if let (Step::Undo(of), false) = (&self.log[number - 1], undone[number]) {
                undone[*of] = true;
            }
        }
        let stays = |number: &usize| !undone[*number] && kind(&self.log[*number - 1]);
        (1..=self.log.len()).filter(stays).collect()
    }

    fn periods(&self, level: Level) -> &[Period] {
        match level {
            Level::Month => self.months,
            _ => self.pieces,
        }
    }

    fn members(&self, teams: bool) -> &[Member] {
        if teams { self.teams } else { self.people }
    }

    /// The last close of each period before a step that is of a level and fine enough.
    fn closes(&self, before: usize, of: Level, for_teams: bool) -> BTreeMap<u32, usize> {
        let mut last: BTreeMap<u32, usize> = BTreeMap::new();
        for number in self.numbers(|step| matches!(step, Step::Close { .. })) {
            if let Step::Close { level, period, .. } = &self.log[number - 1]
                && number < before
                && *level == of
            {
                last.insert(*period, number);
            }
        }
        // The last close stands for its period, also where it is too coarse.
        last.retain(|_, number| match &self.log[*number - 1] {
            Step::Close { teams, .. } => !*teams || for_teams,
            _ => false,
        });
        last
    }

    fn sold(&self, close: usize, node: u32, teams: bool) -> i64 {
        let Step::Close {
            teams: kept, sold, ..
        } = &self.log[close - 1]
        else {
            unreachable!()
        };
        if *kept == teams {
            return sold.get(&node).copied().unwrap_or(0);
        }
        let people = self
            .people
            .iter()
            .filter(|person| person.team == Some(node));
        people
            .map(|person| sold.get(&person.node).copied().unwrap_or(0))
            .sum()
    }

    /// Who has missed two periods in a row without an action plan, just before a step (rule J5).
    fn due_before(&self, before: usize) -> Vec<u32> {
        let mut acts = self.numbers(|step| matches!(step, Step::Carry { .. }));
        let mut closes = self.numbers(|step| matches!(step, Step::Close { .. }));
        acts.retain(|number| *number < before);
        closes.retain(|number| *number < before);
        let of = acts.last().or(closes.last());
        let Some(of) = of else { return Vec::new() };
        let (Step::Carry { level, teams, .. } | Step::Close { level, teams, .. }) =
            &self.log[*of - 1]
        else {
            unreachable!()
        };
        let last = self.closes(before, *level, *teams);
        let is_due = |member: &&Member| {
            let missed = self.missed(member.node, *level, *teams, &last);
            missed.len() >= 2 && self.asks(member, *level, &missed, before)
        };
        let members = self.members(*teams).iter().filter(is_due);
        members.map(|member| member.node).collect()
    }

    /// The periods missed in a row up to the last closed one.
    fn missed<'p>(
        &'p self,
        node: u32,
        level: Level,
        teams: bool,
        closes: &BTreeMap<u32, usize>,
    ) -> Vec<&'p Period> {
        let mut missed = Vec::new();
        let periods = self.periods(level).iter().rev();
        for period in periods.skip_while(|period| !closes.contains_key(&period.node)) {
            let Some(close) = closes.get(&period.node) else {
                break;
            };
            let base = (self.base)(node, period.node);
            if base == 0 {
                continue;
            }
            if self.sold(*close, node, teams) >= base {
                break;
            }
            missed.insert(0, period);
        }
        missed
    }

    /// Whether two misses (later: two that begin after the last plan's due date) have no plan filed
    /// since they were closed.
    fn asks(&self, member: &Member, level: Level, missed: &[&Period], before: usize) -> bool {
        let first_close = |of: &Period| {
            let is_it = |step: &Step| match step {
                Step::Close {
                    level: own, period, ..
                } => *own == level && *period == of.node,
                _ => false,
            };
            self.numbers(is_it)[0]
        };
        let known = |two: &[&Period]| first_close(two[0]).max(first_close(two[1]));
        let mut since = known(missed);
        let mut asks = true;
        for number in self.numbers(|step| matches!(step, Step::Cover { .. })) {
            let Step::Cover { of, due } = &self.log[number - 1] else {
                unreachable!()
            };
            let theirs = *of == 0 || *of == member.node || member.team == Some(*of);
            if number >= before || number < since || !theirs {
                continue;
            }
            asks = false;
            let Some(due) = due else { continue };
            let mut later = missed.to_vec();
            later.retain(|period| period.first > *due);
            if later.len() >= 2 && known(&later) > number {
                (asks, since) = (true, known(&later));
            }
        }
        asks
    }
}

/// Which month, quarter or half year a period lies in.
fn key(period: &Period, horizon: Level) -> i64 {
    let month = i64::from(period.first.month()) - 1;
    match horizon {
        Level::Month => month,
        Level::Quarter => month / 3,
        _ => 0,
    }
}

/// The day weights of a period on the days that a member is there, in millionths.
fn weight(member: &Member, period: &Period) -> BigInt {
    let mut sum = 0u64;
    let mut day = period.first;
    while day <= period.last {
        if day >= member.from && day <= member.until {
            let calendar = &member.calendar;
            sum += calendar.day_weights.millionths(day, &calendar.holidays);
        }
        day = day.tomorrow().expect("a day in this century");
    }
    BigInt::from(sum)
}

/// One of several that share an amount.
struct Slice {
    weight: BigInt,
    most: Option<BigInt>,
}

fn one_after_the_other(amount: BigInt, of: &[Slice]) -> Vec<BigInt> {
    let mut left = amount;
    let mut parts = Vec::new();
    for slice in of {
        let most = match &slice.most {
            _ if slice.weight == BigInt::ZERO => BigInt::ZERO,
            Some(most) => most.clone(),
            None => left.clone(),
        };
        let part = left.clone().min(most);
        left -= &part;
        parts.push(part);
    }
    parts
}

/// Largest remainder; who would get more than its most gets that, and the others share the rest.
fn in_proportion(amount: BigInt, of: &[Slice]) -> Vec<BigInt> {
    let mut parts = vec![BigInt::ZERO; of.len()];
    let mut left = amount;
    let takes = |at: &usize| of[*at].weight > BigInt::ZERO;
    let mut free: Vec<usize> = (0..of.len()).filter(takes).collect();
    loop {
        let sum: BigInt = free.iter().map(|at| &of[*at].weight).sum();
        let passes = |at: &usize| {
            let most = of[*at].most.as_ref();
            most.is_some_and(|most| &left * &of[*at].weight > most * &sum)
        };
        let full: Vec<usize> = free.iter().copied().filter(passes).collect();
        if full.is_empty() {
            break;
        }
        for at in &full {
            parts[*at] = of[*at].most.clone().expect("passed");
        }
        for at in &full {
            left -= &parts[*at];
        }
        free.retain(|at| !full.contains(at));
    }
    let sum: BigInt = free.iter().map(|at| &of[*at].weight).sum();
    if sum == BigInt::ZERO {
        return parts;
    }
    let mut rest = left.clone();
    let mut remainders: Vec<(BigInt, usize)> = Vec::new();
    for at in free {
        let exact = &left * &of[at].weight;
        parts[at] = &exact / &sum;
        rest -= &parts[at];
        remainders.push((exact % &sum, at));
    }
    remainders.sort_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
    for (_, at) in remainders.iter().take(small(&rest) as usize) {
        parts[*at] += 1;
    }
    parts
}

fn small(number: &BigInt) -> i64 {
    i64::try_from(number).expect("amounts of the tests are small")
}
