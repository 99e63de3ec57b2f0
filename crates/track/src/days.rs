//! Results and targets of one line after the other by day: how unevenly the days went, and what the days
//! left weigh (rule T2).

use std::ops::Range;

use fenjie_calendar::Date;
use fenjie_plan::{Model, Rows, View};

use crate::actuals::Actuals;
use crate::band::{Left, Unevenness};
use crate::standing::{Projection, Standing};
use crate::targets::Judged;
use crate::weights::days_of;

/// Results by day, and the days of each period.
pub(crate) struct Days {
    results: Actuals,
    /// Where the days of each period stand.
    spans: Vec<Range<usize>>,
}

impl Days {
    /// Nothing where the results do not come by days.
    pub(crate) fn new(
        model: &Model,
        known: &[u32],
        periods: &[u32],
        gather: impl Fn(&[u32]) -> Actuals,
    ) -> Option<Days> {
        let time = model.axes().last().expect("time is always there");
        let is_day = |node: &u32| time.days_of(*node).is_some_and(|days| days.days() == 1);
        let of_a_period =
            |node: &u32| (periods.iter()).any(|period| time.tree.contains(*period, *node));
        let mut own = known.iter().filter(|node| of_a_period(node)).peekable();
        own.peek()?;
        if !own.all(is_day) {
            return None;
        }
        // Of days that have slots the day itself.
        let is_whole = |node: &u32| !time.tree.parent(*node).is_some_and(|upper| is_day(&upper));
        let days = |node: &u32| is_day(node) && is_whole(node) && of_a_period(node);
        let days: Vec<u32> = (0..time.tree.len() as u32).filter(days).collect();
        let span = |period: &u32| {
            let from = days.partition_point(|node| node < period);
            let to = days.partition_point(|node| *node < time.tree.end(*period));
            from..to.max(from)
        };
        let spans: Vec<Range<usize>> = periods.iter().map(span).collect();
        spans.iter().any(|span| span.len() > 1).then(|| Days {
            results: gather(&days),
            spans,
        })
    }

    /// A reader that weighs each day by what the plan asks of it.
    pub(crate) fn reader<'d>(
        &'d self,
        base: &'d View<'d>,
        working: Option<&'d View<'d>>,
        judged: &'d [Judged],
        as_of: Date,
    ) -> DayReader<'d> {
        let time = base.plan().model().axes().last();
        let time = time.expect("time is always there");
        let nodes = &self.results.periods;
        let gone = nodes
            .partition_point(|node| time.days_of(*node).is_some_and(|days| days.start <= as_of));
        DayReader {
            model: base.plan().model(),
            days: self,
            judged,
            gone,
            base: base.rows(nodes),
            working: working.and_then(|view| view.rows(nodes)),
            sold: Vec::new(),
            by_base: Vec::new(),
            by_working: Vec::new(),
            by_calendar: Vec::new(),
        }
    }
}

/// The days of one line after the other.
pub(crate) struct DayReader<'d> {
    model: &'d Model,
    days: &'d Days,
    judged: &'d [Judged],
    /// How many days are gone.
    gone: usize,
    /// Nothing where the plan is not decomposed by days.
    base: Option<Rows<'d>>,
    working: Option<Rows<'d>>,
    sold: Vec<i64>,
    by_base: Vec<u64>,
    by_working: Vec<u64>,
    by_calendar: Vec<u64>,
}

impl DayReader<'_> {
    /// Reads the line of some members, whose results stand in a row.
    pub(crate) fn read(&mut self, members: &[u32], measure_at: usize, row: Option<usize>) {
        self.sold.clear();
        if let Some(row) = row {
            self.sold
                .extend_from_slice(self.days.results.values_of(measure_at, row));
            self.weigh(members);
        }
    }

    /// Reads several lines as one, which has the days of some members.
    pub(crate) fn read_all<'m>(
        &mut self,
        members: &[u32],
        measure_at: usize,
        lines: impl Iterator<Item = &'m [u32]>,
    ) {
        let results = &self.days.results;
        self.sold.clear();
        self.sold.resize(results.periods.len(), 0);
        for row in lines.filter_map(|line| results.find(line)) {
            let values = results.values_of(measure_at, row).iter();
            for (sum, value) in self.sold.iter_mut().zip(values) {
                *sum = sum.saturating_add(*value);
            }
        }
        self.weigh(members);
    }

    fn weigh(&mut self, members: &[u32]) {
        let take = |rows: &mut Option<Rows<'_>>, out: &mut Vec<u64>| {
            out.clear();
            let values = rows.as_mut().and_then(|rows| rows.row(members));
            let weights = values.unwrap_or(&[]).iter();
            out.extend(weights.map(|value| u64::try_from(*value).unwrap_or(0)));
        };
        take(&mut self.base, &mut self.by_base);
        take(&mut self.working, &mut self.by_working);
        let time = self.model.axes().last().expect("time is always there");
        let whose = days_of(self.model, members);
        self.by_calendar.clear();
        self.by_calendar
            .extend(self.days.results.periods.iter().map(|node| {
                let days = time.days_of(*node).expect("a day has its date");
                self.model.weight_of_days(whose, days)
            }));
    }

    /// Where the line read last ends in a period.
    pub(crate) fn project(&self, line: &Standing, at: usize) -> Option<Projection> {
        let span = &self.days.spans[at];
        let mut left = Left::default();
        let unevenness = match self.sold.is_empty() {
            true => Unevenness::default(),
            false => {
                let weights = self.weights(line, at);
                let gone = span.start..self.gone.clamp(span.start, span.end);
                for weight in &weights[gone.end..span.end] {
                    left.add(*weight);
                }
                let days = self.sold[gone.clone()].iter().zip(&weights[gone]);
                Unevenness::of(days.map(|(sold, weight)| (*sold, *weight)))
            }
        };
        unevenness.project(line.actual, line.elapsed, &left)
    }

    /// The weights of the days: their targets; by the calendar where nothing is asked.
    fn weights(&self, line: &Standing, at: usize) -> &[u64] {
        let is_base = self.judged[at] != Judged::Working || self.by_working.is_empty();
        match (line.target > 0, is_base) {
            (true, true) if !self.by_base.is_empty() => &self.by_base,
            (true, false) => &self.by_working,
            _ => &self.by_calendar,
        }
    }
}
