//! Standings and alerts within reach. Ranks and shares are among what the asker sees, or are not given.

use std::sync::Arc;

use fenjie_plan::Tree;
use fenjie_store::{Listed, Page, PlanId};
use fenjie_track::{AlertRequest, Board, BoardRequest, Line, Standing, UNASSIGNED, members_label};

use super::super::lists::paged;
use super::words::{members_at, ratio};
use super::{Ground, Part, TrackAsked, ground};
use crate::{Actor, App, AppError, Reach};

/// Where one member stands in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandingSeen {
    /// The members; empty for the whole plan.
    pub at: String,
    /// What people call them.
    pub name: String,
    /// `member`, `above` or `unassigned`.
    pub line: &'static str,
    /// Whether the period is closed.
    pub closed: bool,
    /// The original target.
    pub base: String,
    /// What carrying adds or takes.
    pub carried: String,
    /// The working target.
    pub working: String,
    /// The target it is judged by.
    pub target: String,
    /// What was sold.
    pub actual: String,
    /// Actual ÷ target; none without a target.
    pub attainment: Option<String>,
    /// The share of the target whose days are gone.
    pub elapsed: String,
    /// What is due by the day looked from.
    pub expected: String,
    /// Target − actual.
    pub gap: String,
    /// Expected − actual.
    pub gap_to_date: String,
    /// Attainment − elapsed.
    pub pace: Option<String>,
    /// Done per weighted day.
    pub run_rate: Option<String>,
    /// Needed per weighted day left.
    pub required_rate: Option<String>,
    /// Where it ends as it went so far.
    pub projection: Option<ProjectionSeen>,
    /// Its status's code.
    pub status: &'static str,
    /// Its status in words.
    pub status_name: String,
    /// 1 for the best attainment among the lines given.
    pub rank: Option<u32>,
    /// The gap ÷ the gap of the member above, where that is within reach.
    pub share_of_gap: Option<String>,
}

/// Where a period ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProjectionSeen {
    /// P10.
    pub low: String,
    /// The middle.
    pub middle: String,
    /// P90.
    pub high: String,
    /// Days the band is learned from.
    pub days: u32,
}

/// Standings of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standings {
    /// The plan's version.
    pub version: u64,
    /// The measure's code.
    pub measure: String,
    /// The period's code.
    pub period: String,
    /// The day looked from.
    pub as_of: String,
    /// The last day that sales have arrived for.
    pub through: Option<String>,
    /// The totals of the asker's parts.
    pub totals: Vec<StandingSeen>,
    /// The lines.
    pub lines: Listed<StandingSeen>,
}

/// Where the members within reach stand.
///
/// # Errors
/// `forbidden`, `not_found`, what is wrong with the question; `track_not_a_flow`.
pub async fn standings(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
    page: Page,
) -> Result<Standings, AppError> {
    let (at, by) = (asked.at.clone(), asked.by.clone());
    ground(app, actor, plan, &asked, move |ground| {
        let found = ground.lines(at.as_deref(), by.as_deref())?;
        let seen = |line: &Standing| ground.standing(line);
        let lines = paged(found.members.iter().map(seen).enumerate(), &page)?;
        Ok(Standings {
            version: ground.opened.loaded.sequence(),
            measure: ground.measure_code(),
            period: ground.period_code(),
            as_of: ground.as_of.to_string(),
            through: found.through,
            totals: found.totals.iter().map(seen).collect(),
            lines,
        })
    })
    .await
}

/// The lines that somebody sees; ranks and shares only where they say nothing of others.
pub(super) struct Lines {
    /// What the lines are inside of; the root where they come from several parts.
    pub within: Vec<u32>,
    pub members: Vec<Standing>,
    pub totals: Vec<Standing>,
    /// The last day that sales have arrived for.
    pub through: Option<String>,
}

/// The board of one part, at least as fine as the part itself.
fn board(
    ground: &Ground,
    part: &Part,
    depths: &[usize],
) -> Result<(Board, Option<String>), AppError> {
    let own = ground.own_depths(&part.within);
    let depths: Vec<usize> = match part.below {
        true => depths
            .iter()
            .zip(&own)
            .map(|(wanted, own)| *wanted.max(own))
            .collect(),
        false => {
            let cut = ground.within().cut_axis();
            let axes = depths.iter().zip(&own).enumerate();
            axes.map(|(axis, (wanted, own))| match cut == Some(axis) {
                true => *own,
                false => *wanted.max(own),
            })
            .collect()
        }
    };
    let actuals = ground.results(depths.clone(), &part.within)?;
    let request = BoardRequest {
        within: part.within.clone(),
        ..BoardRequest::new(ground.measure, depths, vec![ground.period], ground.as_of)
    };
    let board = Board::new(ground.plan(), &actuals, &request).map_err(AppError::refused)?;
    Ok((board, actuals.through.map(|day| day.to_string())))
}

/// Lines of nobody are shown where there is something in them; those of an unknown member of the
/// organisation only to who sees all of it.
fn shown(ground: &Ground, line: &Standing) -> bool {
    let unknown = match ground.within().cut_axis() {
        Some(cut) => line.members[cut] == UNASSIGNED,
        None => false,
    };
    !unknown && (line.line == Line::Member || line.actual != 0)
}

impl Ground {
    /// Where the members within reach stand, and the totals of the asker's parts.
    pub(super) fn lines(&self, at: Option<&str>, by: Option<&str>) -> Result<Lines, AppError> {
        let depths = self.depths(by)?;
        let parts = self.parts(at)?;
        let mut found = Lines {
            within: match &parts[..] {
                [one] => one.within.clone(),
                _ => vec![0; self.time()],
            },
            members: Vec::new(),
            totals: Vec::new(),
            through: None,
        };
        for part in &parts {
            let (mut board, arrived) = board(self, part, &depths)?;
            found.through = found.through.max(arrived);
            let comparable = parts.len() == 1 && part.below;
            let lines = board.standings.iter_mut().filter(|_| !comparable);
            for line in lines.chain(&mut board.totals) {
                (line.rank, line.share_of_gap) = (None, None);
            }
            if self.is_line(&parts, part, &depths) {
                let mut lines = board.standings;
                lines.retain(|line| shown(self, line));
                found.members.extend(lines);
            }
            found.totals.extend(board.totals);
        }
        Ok(found)
    }

    /// Whether a part that is seen alone, without what is below it, is a line at these depths.
    fn is_line(&self, parts: &[Part], part: &Part, depths: &[usize]) -> bool {
        let Some(cut) = self.within().cut_axis().filter(|_| !part.below) else {
            return true;
        };
        let tree: &Tree = &self.plan().model().axes()[cut].tree;
        let own = part.within[cut];
        let finer =
            |other: &Part| other.within[cut] != own && tree.contains(own, other.within[cut]);
        tree.depth(own) >= depths[cut] || !parts.iter().any(finer)
    }

    pub(super) fn measure_code(&self) -> String {
        self.plan().model().definition().measures[self.measure]
            .code
            .clone()
    }

    pub(super) fn standing(&self, line: &Standing) -> StandingSeen {
        let amount = |steps: i64| self.amount(steps);
        let rate = |rate: fenjie_track::Ratio| amount(rate.rounded(0));
        let lang = self.opened.actor.lang;
        StandingSeen {
            at: members_at(self.plan(), &line.members),
            name: members_label(self.plan(), &line.members, lang),
            line: match line.line {
                Line::Member => "member",
                Line::Above => "above",
                Line::Unassigned => "unassigned",
            },
            closed: line.closed,
            base: amount(line.base),
            carried: amount(line.carried),
            working: amount(line.working),
            target: amount(line.target),
            actual: amount(line.actual),
            attainment: line.attainment.map(ratio),
            elapsed: ratio(line.elapsed),
            expected: amount(line.expected),
            gap: amount(line.gap),
            gap_to_date: amount(line.gap_to_date),
            pace: line.pace.map(ratio),
            run_rate: line.run_rate.map(rate),
            required_rate: line.required_rate.map(rate),
            projection: line.projection.map(|projection| ProjectionSeen {
                low: amount(projection.low),
                middle: amount(projection.middle),
                high: amount(projection.high),
                days: projection.days,
            }),
            status: line.status.code(),
            status_name: line.status.text(lang),
            rank: line.rank,
            share_of_gap: line.share_of_gap.map(ratio),
        }
    }
}

/// Something that needs a look (rule T6).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertSeen {
    /// Its stable code.
    pub code: &'static str,
    /// `urgent`, `warning` or `note`.
    pub severity: &'static str,
    /// The members.
    pub at: String,
    /// What people call them.
    pub name: String,
    /// The period's code.
    pub period: String,
    /// Who answers for the place; empty where nobody does.
    pub owner: String,
    /// The sentence.
    pub message: String,
}

/// What needs a look, within reach, urgent first.
///
/// # Errors
/// Those of [`standings`]; `track_no_days`.
pub async fn alerts(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: TrackAsked,
    page: Page,
) -> Result<(u64, Listed<AlertSeen>), AppError> {
    let by = asked.by.clone();
    ground(app, actor, plan, &asked, move |ground| {
        let depths = ground.depths(by.as_deref())?;
        let plan = ground.plan();
        let rules = &ground.opened.loaded.definition().alerts;
        let mut measures = vec![ground.measure];
        let bands = rules.bands.iter().map(|band| band.measure);
        measures.extend(flows_of(plan, bands));
        measures.sort_unstable();
        measures.dedup();
        let root = vec![0; ground.time()];
        let actuals = ground.results_of(measures, depths.clone(), &root, ground.days())?;
        let request = AlertRequest {
            measure: ground.measure,
            depths,
            period: ground.period,
            as_of: ground.as_of,
            minute: None,
        };
        let found = fenjie_track::alerts(plan, &actuals, &request, rules);
        let found = found.map_err(AppError::refused)?;
        let within = ground.within();
        let lang = ground.opened.actor.lang;
        let time = &plan.model().axes()[ground.time()];
        let seen = found
            .iter()
            .filter(|alert| *within.reach == Reach::All || within.sees(&alert.members));
        let seen = seen.map(|alert| AlertSeen {
            code: alert.code,
            severity: alert.severity.code(),
            at: members_at(plan, &alert.members),
            name: members_label(plan, &alert.members, lang),
            period: time.tree.code(alert.period).to_owned(),
            owner: alert.owner.clone(),
            message: alert.text(lang).to_owned(),
        });
        let listed = paged(seen.enumerate(), &page)?;
        Ok((ground.opened.loaded.sequence(), listed))
    })
    .await
}

/// The flows that ratios with bands are made of.
fn flows_of(plan: &fenjie_plan::Plan, ratios: impl Iterator<Item = usize>) -> Vec<usize> {
    let model = plan.model();
    let measures = &model.definition().measures;
    let parts = ratios.flat_map(|ratio| match &measures[ratio].kind {
        fenjie_plan::MeasureKind::Ratio {
            numerator,
            denominator,
        } => [numerator.clone(), denominator.clone()],
        _ => [None, None],
    });
    let named = parts.flatten();
    named
        .filter_map(|name| model.measure_index(&name).ok())
        .collect()
}
