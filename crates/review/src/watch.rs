//! What is watched by a plan's rules on a day (rule T6): which results are read, and when something goes
//! out. Must not know where sales are kept.

use fenjie_calendar::{Date, DateRange, Level};
use fenjie_plan::{MeasureKind, Plan, PlanError};
use fenjie_track::{ActualRequest, Actuals, Alert, AlertRequest, AlertRules, TrackError, alerts};

use crate::Span;

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
    /// The usual watch of a plan: one measure, the finest level of the first dimension.
    ///
    /// # Errors
    /// A measure without a grain.
    ///
    /// ```
    /// use fenjie_plan::{Plan, example};
    /// let plan = Plan::replay(example::definition(), &example::operations())?;
    /// use fenjie_review::Watch;
    /// let rules = fenjie_track::AlertRules::default();
    /// let watch = Watch::usual(&plan, 0, rules, "2026-03-18".parse()?)?;
    /// assert_eq!(watch.depths.iter().skip(1).sum::<usize>(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn usual(
        plan: &'p Plan,
        measure: usize,
        rules: AlertRules,
        as_of: Date,
    ) -> Result<Watch<'p>, PlanError> {
        let mut depths = plan.grain(measure, "stored")?.depths;
        depths.truncate(plan.model().axes().len() - 1);
        depths.iter_mut().skip(1).for_each(|depth| *depth = 0);
        let last = plan.model().definition().period.last();
        Ok(Watch {
            plan,
            measure,
            depths,
            rules,
            as_of: as_of.min(last),
            has_ended: as_of > last,
            through: None,
        })
    }

    /// The running period: the month of the day.
    pub fn period(&self) -> u32 {
        Span::around(self.plan, self.as_of)
    }

    /// Whether the plan has begun by then.
    pub fn has_begun(&self) -> bool {
        self.as_of >= self.plan.model().definition().period.start
    }

    /// What the rules say of the results that [`Watch::needs`] asks for; nothing before the plan
    /// begins.
    ///
    /// # Errors
    /// Plans whose time does not go down to days.
    pub fn found(&mut self, actuals: &Actuals) -> Result<Vec<Alert>, TrackError> {
        let definition = self.plan.model().definition();
        if !self.has_begun() {
            return Ok(Vec::new());
        }
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
        alerts(self.plan, actuals, &request, &self.rules)
    }

    /// The results by days from a little before the running period, with the flows of the ratios that
    /// have bands.
    pub fn needs(&self) -> ActualRequest {
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
    pub fn deliver_at(&self, day: Date, minute: u16) -> (Date, u16) {
        let Some(quiet) = self.rules.quiet else {
            return (day, minute);
        };
        let (days, minute) = quiet.deliver_at(minute);
        let later = day.checked_add(jiff::Span::new().days(i64::from(days)));
        (later.unwrap_or(day), minute)
    }
}
