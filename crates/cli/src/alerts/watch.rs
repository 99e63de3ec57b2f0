//! Looks at the facts with a plan's rules: now, and once more after an import. Prints nothing itself but
//! what an import made new.

use std::collections::HashSet;

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_message::Lang;
use fenjie_plan::{MeasureKind, Plan};
use fenjie_review::Span;
use fenjie_track::{ActualRequest, Alert, AlertRequest, AlertRules, alerts};

use crate::actual::Sales;
use crate::failure::Failure;
use crate::open::{Opened, measure};
use crate::review::depths;
use crate::terminal::Terminal;
use crate::today::moment::Moment;

/// So many days before the running period are read, so that a silence may reach back.
const DAYS_BEFORE: i64 = 14;

/// What is watched, by which rules, on which day.
#[derive(Debug)]
pub struct Watch<'p> {
    /// The plan.
    pub plan: &'p Plan,
    /// The flow, by index.
    pub measure: usize,
    /// A depth for each dimension.
    pub depths: Vec<usize>,
    /// The rules.
    pub rules: AlertRules,
    /// The last whole day, at most the plan's last.
    pub as_of: Date,
    /// Whether the plan's days are over.
    pub has_ended: bool,
    /// The last day with results, once they were looked at.
    pub through: Option<Date>,
}

impl<'p> Watch<'p> {
    /// The usual watch of a plan.
    ///
    /// # Errors
    /// A plan without a flow.
    pub fn usual(opened: &Opened, plan: &'p Plan, as_of: Date) -> Result<Watch<'p>, Failure> {
        let measure = measure(plan, None)?;
        let last = plan.model().definition().period.last();
        Ok(Watch {
            plan,
            measure,
            depths: depths(plan, measure, None)?,
            rules: opened.loaded.alerts.clone(),
            as_of: as_of.min(last),
            has_ended: as_of > last,
            through: None,
        })
    }

    /// The running period: the month of the day.
    pub fn period(&self) -> u32 {
        Span::around(self.plan, self.as_of)
    }

    /// What the rules say; nothing before the plan begins.
    ///
    /// # Errors
    /// Those of the facts; plans whose time does not go down to days.
    pub fn found(&mut self, sales: &Sales) -> Result<Vec<Alert>, Failure> {
        let definition = self.plan.model().definition();
        if self.as_of < definition.period.start {
            return Ok(Vec::new());
        }
        let actuals = sales.add_up(self.plan, &self.needs())?;
        self.through = actuals.through;
        let request = AlertRequest {
            measure: self.measure,
            depths: self.depths.clone(),
            period: self.period(),
            as_of: match self.has_ended {
                true => definition.period.end,
                false => self.as_of,
            },
            minute: None,
        };
        Ok(alerts(self.plan, &actuals, &request, &self.rules)?)
    }

    /// The results by days from a little before the running period, with the flows of the ratios that
    /// have bands.
    fn needs(&self) -> ActualRequest {
        let model = self.plan.model();
        let measures = &model.definition().measures;
        let time = model.axes().last().expect("time is always there");
        let days = time.days_of(self.period()).expect("a period has days");
        let before = days.start.checked_sub(jiff::Span::new().days(DAYS_BEFORE));
        let wide = DateRange {
            start: before.unwrap_or(days.start),
            end: days.end,
        };
        let is_day = |node: &u32| {
            let own = time.days_of(*node).expect("a period has days");
            time.time_level_of(*node) == Some(Level::Day) && wide.contains(own.start)
        };
        let mut flows = vec![self.measure];
        for band in &self.rules.bands {
            if let MeasureKind::Ratio {
                numerator,
                denominator,
            } = &measures[band.measure].kind
            {
                let parts = [numerator, denominator];
                let named = |own: &usize| {
                    let code = Some(&measures[*own].code);
                    parts.iter().any(|part| part.as_ref() == code)
                };
                flows.extend((0..measures.len()).filter(named));
            }
        }
        flows.sort_unstable();
        flows.dedup();
        ActualRequest {
            measures: flows,
            depths: self.depths.clone(),
            periods: (0..time.tree.len() as u32).filter(is_day).collect(),
            until: self.as_of,
            within: vec![0; self.depths.len()],
        }
    }

    /// When something of that moment goes out: at once, or at the end of the quiet hours.
    pub fn deliver_at(&self, moment: Moment) -> (Date, u16) {
        let Some(quiet) = self.rules.quiet else {
            return (moment.day, moment.minute);
        };
        let (days, minute) = quiet.deliver_at(moment.minute);
        let day = moment
            .day
            .checked_add(jiff::Span::new().days(i64::from(days)));
        (day.unwrap_or(moment.day), minute)
    }
}

/// Says what an import made new: alerts that were not there before it.
pub fn after_import(before: &[Alert], after: &[Alert], terminal: &mut Terminal) {
    let key = |alert: &Alert| (alert.code, alert.members.clone(), alert.period);
    let known: HashSet<_> = before.iter().map(key).collect();
    let fresh: Vec<&Alert> = after
        .iter()
        .filter(|alert| !known.contains(&key(alert)))
        .collect();
    if fresh.is_empty() {
        return;
    }
    let (count, lang) = (fresh.len(), terminal.lang);
    terminal.say(match lang {
        Lang::Zh => format!("导入后新增预警 {count} 条："),
        Lang::En if count == 1 => "1 new alert after this import:".into(),
        Lang::En => format!("{count} new alerts after this import:"),
    });
    for alert in fresh.iter().take(super::print::MOST_AFTER_IMPORT) {
        terminal.say(super::print::line(alert, lang));
    }
    if count > super::print::MOST_AFTER_IMPORT {
        terminal.say(lang.pick(
            "其余用 `fenjie alerts` 查看",
            "`fenjie alerts` lists the rest",
        ));
    }
}
