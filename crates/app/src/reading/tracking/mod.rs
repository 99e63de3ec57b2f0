//! Where a plan stands, within reach (rules T1–T6, R3): each question is asked for the parts that
//! somebody sees, so that no rank, share or sum comes from beyond them. Must not know HTTP or SQL.

mod chart;
mod decided;
mod gap;
mod made;
mod review;
mod standings;
mod table;
mod today;
mod words;

use std::sync::Arc;

use fenjie_calendar::{BusinessZone, Date, Level, business_date};
use fenjie_facts::Store;
use fenjie_plan::Plan;
use fenjie_store::PlanId;
use fenjie_track::{ActualRequest, Actuals};

use super::within::Within;
use crate::working::{Opened, plan_folder};
use crate::{Actor, App, AppError, Reach, Verb};

pub use chart::{ChartAsked, ChartKind, Theme, chart};
pub use decided::{
    ActionSeen, ClosingPart, ClosingSeen, RevisionSeen, action_plans, closings, revisions,
};
pub use gap::{
    BridgePartSeen, BridgeSeen, BurnUpSeen, CompositionRowSeen, CompositionSeen, bridge, burn_up,
    compositions,
};
pub use made::Made;
pub use review::{MOST_LISTED, ReviewAsked, review};
pub use standings::{AlertSeen, ProjectionSeen, StandingSeen, Standings, alerts, standings};
pub use table::standings_file;
pub use today::{SlotSeen, TodaySeen, today};

/// What is looked at.
#[derive(Clone, Debug, Default)]
pub struct TrackAsked {
    /// Whose lines: `store`, `region, product`; the finest level of the organisation where missing.
    pub by: Option<String>,
    /// Inside which members; the asker's own part where missing.
    pub at: Option<String>,
    /// A period's code, or `day`, `week`, `month`, `quarter`, `year` for the one now running.
    pub period: Option<String>,
    /// The measure; the first flow where missing.
    pub measure: Option<String>,
    /// The day looked from; today in the plan's business zone where missing.
    pub as_of: Option<String>,
}

/// A part of the plan that somebody sees.
#[derive(Clone, Debug)]
struct Part {
    /// A node for each dimension.
    within: Vec<u32>,
    /// Whether what is below is theirs to see line by line.
    below: bool,
}

/// A plan with its sales, looked at from a day.
struct Ground {
    opened: Opened,
    sales: Store,
    measure: usize,
    as_of: Date,
    minute: u16,
    period: u32,
}

/// Opens a plan and its sales, and does the work away from those who wait for other answers.
async fn ground<T: Send + 'static>(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: &TrackAsked,
    work: impl FnOnce(&Ground) -> Result<T, AppError> + Send + 'static,
) -> Result<T, AppError> {
    let opened = app.open_plan(actor, plan, Verb::ReadActuals).await?;
    let zone = match &opened.loaded.definition().zone {
        Some(zone) => zone.clone(),
        None => {
            let mut unit = app.reading(actor).await?;
            let organisation = unit.tx.organisation(&actor.organisation).await?;
            organisation.map_or_else(|| "UTC".into(), |organisation| organisation.zone)
        }
    };
    let folder = plan_folder(app, &opened.record.organisation, plan);
    let (now, asked) = (app.now(), asked.clone());
    let done = tokio::task::spawn_blocking(move || {
        let zone = BusinessZone::parse(&zone).map_err(AppError::internal)?;
        let (today, minute) = business_date(now, &zone);
        let as_of = match asked.as_of.as_deref().filter(|text| !text.is_empty()) {
            Some(text) => text.parse().map_err(|_| day_invalid(text))?,
            None => today,
        };
        let within = opened.within();
        let measure = within.measure(asked.measure.as_deref())?;
        let period = period(within.plan, asked.period.as_deref(), as_of)?;
        let sales = Store::open(&folder).map_err(AppError::refused)?;
        let minute = if as_of == today { minute } else { 1440 };
        work(&Ground {
            opened,
            sales,
            measure,
            as_of,
            minute,
            period,
        })
    });
    done.await.map_err(AppError::internal)?
}

fn day_invalid(text: &str) -> AppError {
    AppError::invalid(
        "as_of",
        "day_invalid",
        format!("`{text}` 不是日期；写成 2026-03-18"),
        format!("`{text}` is no day; write 2026-03-18"),
    )
}

/// The node of a period by its code, or of the one now running by its level's name.
fn period(plan: &Plan, text: Option<&str>, as_of: Date) -> Result<u32, AppError> {
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let wanted = text.map(str::trim).filter(|text| !text.is_empty());
    let depth = match wanted {
        None => {
            let levels = [
                Level::Month,
                Level::Piece,
                Level::Week,
                Level::Quarter,
                Level::Year,
            ];
            let found = levels.into_iter().find_map(|level| time_depth(plan, level));
            found.unwrap_or(0)
        }
        Some(text) => match plan
            .model()
            .axis_level(&format!("{}.{text}", axes[time].code))
        {
            Ok((_, depth)) => depth.unwrap_or(0),
            Err(_) => {
                let address = match text.contains('=') {
                    true => text.to_owned(),
                    false => format!("{}={text}", axes[time].code),
                };
                let place = plan.place(&address);
                let place = place.map_err(|error| AppError::invalid_by("period", &error))?;
                return Ok(place.0[time]);
            }
        },
    };
    let nodes = plan.model().nodes_at_depth(time, depth);
    let running = nodes.iter().find(|node| {
        let days = axes[time].days_of(**node);
        days.is_some_and(|days| days.contains(as_of))
    });
    Ok(running.or(nodes.last()).copied().unwrap_or(0))
}

/// The depth of a level of the calendar, where the plan has it.
fn time_depth(plan: &Plan, level: Level) -> Option<usize> {
    let time = plan.model().axes().last()?;
    let nodes = 0..time.tree.len() as u32;
    let node = nodes
        .into_iter()
        .find(|node| time.time_level_of(*node) == Some(level))?;
    Some(time.tree.depth(node))
}

impl Ground {
    fn plan(&self) -> &Plan {
        self.opened.loaded.plan()
    }

    fn within(&self) -> Within<'_> {
        self.opened.within()
    }

    fn time(&self) -> usize {
        self.plan().model().axes().len() - 1
    }

    /// An amount of the measure as people read it.
    fn amount(&self, steps: i64) -> String {
        self.plan().step(self.measure).format(steps)
    }

    /// The one place asked about: the asker's own where it is left out.
    fn members(&self, at: Option<&str>) -> Result<Vec<u32>, AppError> {
        let mut place = self.within().place("at", at.unwrap_or_default())?;
        place.0.truncate(self.time());
        Ok(place.0)
    }

    /// The parts that are looked into.
    fn parts(&self, at: Option<&str>) -> Result<Vec<Part>, AppError> {
        let within = self.within();
        let at = at.map(str::trim).unwrap_or_default();
        let mut from = match at {
            "" => vec![0; self.time()],
            at => within.place_from("at", at)?.0,
        };
        from.truncate(self.time());
        let Reach::Nodes { axis, nodes } = within.reach else {
            return Ok(vec![Part {
                within: from,
                below: true,
            }]);
        };
        let tree = &self.plan().model().axes()[*axis].tree;
        let held = nodes.iter().any(|reached| {
            reached.below && from[*axis] != 0 && tree.contains(reached.node, from[*axis])
        });
        if held {
            return Ok(vec![Part {
                within: from,
                below: true,
            }]);
        }
        let named = nodes
            .iter()
            .filter(|reached| tree.contains(from[*axis], reached.node));
        let parts = named.map(|reached| {
            let mut within = from.clone();
            within[*axis] = reached.node;
            Part {
                within,
                below: reached.below,
            }
        });
        Ok(parts.collect())
    }

    /// The days of the period; itself where the plan has no days.
    fn days(&self) -> Vec<u32> {
        let Some(depth) = time_depth(self.plan(), Level::Day) else {
            return vec![self.period];
        };
        let model = self.plan().model();
        let tree = &model.axes()[self.time()].tree;
        let days = model.nodes_at_depth(self.time(), depth);
        let inside: Vec<u32> = days
            .into_iter()
            .filter(|day| tree.contains(self.period, *day))
            .collect();
        match inside.is_empty() {
            true => vec![self.period],
            false => inside,
        }
    }

    /// The results of some members, at these depths, by day.
    fn results(&self, depths: Vec<usize>, within: &[u32]) -> Result<Actuals, AppError> {
        self.results_of(vec![self.measure], depths, within, self.days())
    }

    fn results_of(
        &self,
        measures: Vec<usize>,
        depths: Vec<usize>,
        within: &[u32],
        periods: Vec<u32>,
    ) -> Result<Actuals, AppError> {
        let request = ActualRequest {
            measures,
            depths,
            periods,
            until: self.as_of,
            within: within.to_vec(),
        };
        let found = self.sales.actuals(self.plan(), &request);
        found.map_err(AppError::refused)
    }

    /// The depths of some members themselves.
    fn own_depths(&self, members: &[u32]) -> Vec<usize> {
        let axes = self.plan().model().axes();
        let own = members.iter().zip(axes);
        own.map(|(node, axis)| axis.tree.depth(*node)).collect()
    }

    /// The depths that lines are wanted at: a grain by name, or the finest of the organisation.
    fn depths(&self, by: Option<&str>) -> Result<Vec<usize>, AppError> {
        let plan = self.plan();
        let wrong = |error: fenjie_plan::PlanError| AppError::invalid_by("by", &error);
        let by = by.map(str::trim).filter(|by| !by.is_empty());
        let mut depths = match by {
            Some(by) => plan.grain(self.measure, by).map_err(wrong)?.depths,
            None => {
                let stored = plan.grain(self.measure, "stored").map_err(wrong)?.depths;
                let axis = self
                    .opened
                    .loaded
                    .scope_axis(&self.opened.record)
                    .unwrap_or(0);
                let only = |(at, depth)| if at == axis { depth } else { 0 };
                stored.into_iter().enumerate().map(only).collect()
            }
        };
        depths.truncate(self.time());
        Ok(depths)
    }

    /// The name of a period.
    fn period_code(&self) -> String {
        let time = &self.plan().model().axes()[self.time()];
        time.tree.code(self.period).to_owned()
    }
}
