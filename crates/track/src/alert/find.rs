//! Finds what the rules of alerts speak of (rule T6). Writes no words of its own.

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::{ActionState, Plan};
use rustc_hash::FxHashSet;

use super::words::Words;
use super::{Alert, AlertFigures, AlertRequest, AlertRules, AlertSeverity};
use crate::actuals::{Actuals, UNASSIGNED};
use crate::board::{Board, BoardRequest, is_held_back};
use crate::error::TrackError;
use crate::ratio::Ratio;
use crate::standing::{Line, Standing};
use crate::stated::stated_board;
use crate::status::Status;
use crate::weights::one_day;

/// A plan, its results and the board of the day.
pub(super) struct Finder<'a> {
    pub(super) plan: &'a Plan,
    pub(super) actuals: &'a Actuals,
    pub(super) request: &'a AlertRequest,
    pub(super) rules: &'a AlertRules,
    board: Board,
}

impl<'a> Finder<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        actuals: &'a Actuals,
        request: &'a AlertRequest,
        rules: &'a AlertRules,
    ) -> Result<Finder<'a>, TrackError> {
        Ok(Finder {
            board: Board::new(plan, actuals, &board_request(request, request.as_of))?,
            plan,
            actuals,
            request,
            rules,
        })
    }

    /// The members with a target, without what is held back.
    pub(super) fn lines(&self) -> impl Iterator<Item = &Standing> {
        let members = self.board.standings.iter();
        members.filter(|line| {
            line.line == Line::Member && line.target > 0 && !is_held_back(self.plan, &line.members)
        })
    }

    /// Pace below the line on the last selling days, one by one.
    pub(super) fn behind(&self) -> Result<Vec<Alert>, TrackError> {
        let Some(rule) = self.rules.pace else {
            return Ok(Vec::new());
        };
        let is_behind = |line: &Standing| {
            line.pace.is_some_and(|pace| pace < rule.below)
                && !matches!(
                    line.status,
                    Status::Reached | Status::Missed | Status::NotBegun
                )
        };
        let mut found: Vec<(&Standing, u32)> = self
            .lines()
            .filter(|line| is_behind(line))
            .map(|line| (line, 1))
            .collect();
        // Results that are not by day say nothing about the days before.
        let wanted = match self.has_days() {
            true => rule.days.max(1),
            false => 1,
        };
        let days = self.selling_days(wanted);
        if days.len() < wanted as usize {
            return Ok(Vec::new());
        }
        for day in &days[1..] {
            let earlier = self.actuals.until(self.plan.model(), *day);
            let board = Board::new(self.plan, &earlier, &board_request(self.request, *day))?;
            let behind: FxHashSet<&[u32]> = board
                .standings
                .iter()
                .filter(|line| is_behind(line))
                .map(|line| line.members.as_slice())
                .collect();
            found.retain_mut(|(line, days)| {
                *days += 1;
                behind.contains(line.members.as_slice())
            });
        }
        Ok(found
            .into_iter()
            .map(|(line, days)| {
                let figures = AlertFigures {
                    in_a_row: Some(days),
                    ..figures_of(line)
                };
                let severity = match line.status {
                    Status::FarBehind => AlertSeverity::Urgent,
                    _ => AlertSeverity::Warning,
                };
                self.alert(
                    "behind",
                    severity,
                    &line.members,
                    line.period,
                    figures,
                    |words, lang| words.behind(lang),
                )
            })
            .collect())
    }

    fn has_days(&self) -> bool {
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let in_period = |node: &&u32| time.tree.contains(self.request.period, **node);
        let mut known = self.actuals.periods.iter().filter(in_period);
        known.all(|node| time.days_of(*node).is_some_and(|days| days.days() == 1))
    }

    /// The last selling days of the running period by the plan's own calendar, the latest first.
    fn selling_days(&self, most: u32) -> Vec<Date> {
        let model = self.plan.model();
        let time = model.axes().last().expect("time is always there");
        let days = time
            .days_of(self.request.period)
            .expect("a period has its days");
        let whose = model.member_days(&vec![0; self.request.depths.len()]);
        let mut gone: Vec<Date> = days
            .dates()
            .filter(|day| *day <= self.request.as_of)
            .collect();
        gone.retain(|day| model.weight_of_days(whose, one_day(*day)) > 0);
        gone.into_iter().rev().take(most as usize).collect()
    }

    /// Members that missed the last closed period, and those of whom an action plan is due.
    pub(super) fn missed(&self, found: &mut Vec<Alert>) {
        for streak in self.plan.streaks(self.request.measure) {
            let (Some(period), Some(target), Some(actual)) = (
                streak.periods.last(),
                streak.target.last(),
                streak.actual.last(),
            ) else {
                continue;
            };
            let figures = AlertFigures {
                target: Some(*target),
                actual: Some(*actual),
                gap: Some(target - actual),
                in_a_row: Some(streak.periods.len() as u32),
                ..AlertFigures::default()
            };
            if self.rules.missed {
                found.push(self.alert(
                    "missed",
                    AlertSeverity::Warning,
                    &streak.members,
                    *period,
                    figures.clone(),
                    |words, lang| words.missed(lang),
                ));
            }
            if self.rules.action_due && streak.action == ActionState::Due {
                found.push(self.alert(
                    "action_due",
                    AlertSeverity::Urgent,
                    &streak.members,
                    *period,
                    figures,
                    |words, lang| words.action_due(lang),
                ));
            }
        }
    }

    /// Filed action plans whose day has come without a look at their effect.
    pub(super) fn actions(&self, found: &mut Vec<Alert>) {
        if !self.rules.action_due {
            return;
        }
        for filed in self.plan.action_plans() {
            let due = filed.plan.due;
            if filed.check.is_some() || due > self.request.as_of {
                continue;
            }
            let figures = AlertFigures {
                day: Some(due),
                ..AlertFigures::default()
            };
            let mut alert = self.alert(
                "action_unchecked",
                AlertSeverity::Warning,
                &filed.members,
                self.request.period,
                figures,
                |words, lang| words.action_unchecked(lang, due),
            );
            alert.owner.clone_from(&filed.plan.owner);
            found.push(alert);
        }
    }

    /// Ratios outside their bands.
    pub(super) fn off_band(&self, found: &mut Vec<Alert>) -> Result<(), TrackError> {
        for band in &self.rules.bands {
            let lines = stated_board(
                self.plan,
                self.actuals,
                band.measure,
                &self.request.depths,
                &[self.request.period],
                self.request.as_of,
            )?;
            for line in lines {
                let Some(value) = line.actual else { continue };
                let below = band.low.is_some_and(|low| value < low);
                let above = band.high.is_some_and(|high| value > high);
                if !below && !above {
                    continue;
                }
                let figures = AlertFigures {
                    value: Some(value),
                    low: band.low,
                    high: band.high,
                    ..AlertFigures::default()
                };
                let severity = AlertSeverity::Warning;
                let mut alert = self.alert(
                    "off_band",
                    severity,
                    &line.members,
                    line.period,
                    figures,
                    |_, _| String::new(),
                );
                let words = |lang| self.words(band.measure, &alert).off_band(lang);
                (alert.zh, alert.en) = (words(Lang::Zh), words(Lang::En));
                found.push(alert);
            }
        }
        Ok(())
    }

    /// What is left asks far more than was done so far, day target for day target, where the pace has not
    /// said so already.
    pub(super) fn hard_to_reach(&self, found: &mut Vec<Alert>) {
        let Some(most) = self.rules.required_over_run else {
            return;
        };
        let said: Vec<Vec<u32>> = found
            .iter()
            .filter(|alert| alert.code == "behind")
            .map(|alert| alert.members.clone())
            .collect();
        for line in self.lines().filter(|line| !said.contains(&line.members)) {
            let Some(times) = line.times_as_well().filter(|times| *times > most) else {
                continue;
            };
            let figures = AlertFigures {
                value: Some(times),
                ..figures_of(line)
            };
            let severity = AlertSeverity::Notice;
            found.push(self.alert(
                "hard_to_reach",
                severity,
                &line.members,
                line.period,
                figures,
                |words, lang| words.hard_to_reach(lang),
            ));
        }
    }

    pub(super) fn alert(
        &self,
        code: &'static str,
        severity: AlertSeverity,
        members: &[u32],
        period: u32,
        figures: AlertFigures,
        text: impl Fn(&Words<'_>, Lang) -> String,
    ) -> Alert {
        let mut alert = Alert {
            code,
            severity,
            members: members.to_vec(),
            period,
            owner: self.owner(members, period),
            figures,
            deliver_at: self.deliver_at(),
            zh: String::new(),
            en: String::new(),
        };
        let words = self.words(self.request.measure, &alert);
        let (zh, en) = (text(&words, Lang::Zh), text(&words, Lang::En));
        (alert.zh, alert.en) = (zh, en);
        alert
    }

    fn words<'w>(&'w self, measure: usize, alert: &'w Alert) -> Words<'w> {
        Words {
            plan: self.plan,
            measure,
            members: &alert.members,
            period: alert.period,
            figures: &alert.figures,
        }
    }

    fn deliver_at(&self) -> Option<(Date, u16)> {
        let minute = self.request.minute?;
        let (days, minute) = match self.rules.quiet {
            Some(quiet) => quiet.deliver_at(minute),
            None => (0, minute),
        };
        let day = match days {
            0 => self.request.as_of,
            _ => self.request.as_of.tomorrow().unwrap_or(Date::MAX),
        };
        Some((day, minute))
    }

    /// The owner of the duty nearest to a place, the later one of two equally near.
    fn owner(&self, members: &[u32], period: u32) -> String {
        let model = self.plan.model();
        let mut nearest: Option<(usize, &str)> = None;
        for duty in &model.definition().duties {
            let Ok(place) = model.place(&duty.at) else {
                continue;
            };
            let nodes = members.iter().chain([&period]);
            let mut pairs = place.0.iter().zip(nodes).zip(model.axes());
            let holds = pairs.all(|((outer, inner), axis)| {
                *outer == 0 || (*inner != UNASSIGNED && axis.tree.contains(*outer, *inner))
            });
            let depths = place.0.iter().zip(model.axes());
            let depth: usize = depths.map(|(node, axis)| axis.tree.depth(*node)).sum();
            let nearer = nearest.is_none_or(|(other, _)| depth >= other);
            if holds && nearer && !duty.owner.is_empty() {
                nearest = Some((depth, &duty.owner));
            }
        }
        nearest.map_or_else(String::new, |(_, owner)| owner.to_owned())
    }
}

fn board_request(request: &AlertRequest, as_of: Date) -> BoardRequest {
    BoardRequest::new(
        request.measure,
        request.depths.clone(),
        vec![request.period],
        as_of,
    )
}

fn figures_of(line: &Standing) -> AlertFigures {
    let projected = line
        .projection
        .and_then(|projection| Ratio::new(projection.middle.into(), line.target.into()));
    AlertFigures {
        target: Some(line.target),
        actual: Some(line.actual),
        gap: Some(line.gap),
        pace: line.pace,
        projected,
        needed_per_day: line.needed_per_day(),
        done_per_day: line.done_per_day(),
        ..AlertFigures::default()
    }
}
