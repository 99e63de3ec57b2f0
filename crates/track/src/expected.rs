//! The targets due by a day: whole periods that are gone, and days of the running one (rule T2). Reads
//! the plan's own figures, so that what is due adds up to the cent.

use fenjie_calendar::{Date, DateRange};
use fenjie_plan::{MemberDays, Rows, View};

use crate::ratio::Ratio;
use crate::weights::{days_of, one_day};

/// The nodes of the time axis whose targets make up what is due in each of some periods.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    as_of: Date,
    /// All nodes to read, in the order of the row.
    pub(crate) nodes: Vec<u32>,
    /// For each period: where its nodes stand, and whether the last of them is only partly gone.
    spans: Vec<(usize, usize, bool)>,
    /// The share of the last node that is gone, by the days it was asked for last.
    gone: Option<(MemberDays, u32, (i128, i128))>,
}

impl Due {
    /// Whole nodes as far as possible; below the finest one that the view can read, a part of a node
    /// is due by weight.
    pub(crate) fn new(view: &View<'_>, periods: &[u32], as_of: Date) -> Due {
        let mut due = Due {
            as_of,
            nodes: Vec::new(),
            spans: Vec::with_capacity(periods.len()),
            gone: None,
        };
        for period in periods {
            let from = due.nodes.len();
            let partly = due.cover(view, *period);
            due.spans.push((from, due.nodes.len(), partly));
        }
        due
    }

    fn cover(&mut self, view: &View<'_>, node: u32) -> bool {
        let axes = view.plan().model().axes();
        let time = axes.last().expect("time is always there");
        let days = time.days_of(node).expect("a period has its days");
        if days.start > self.as_of {
            return false;
        }
        if days.end <= one_day(self.as_of).end {
            self.nodes.push(node);
            return false;
        }
        let below: Vec<u32> = time.tree.children(node).collect();
        let is_day = days.days() <= 1;
        if below.is_empty() || is_day || view.rows(&below[..1]).is_none() {
            self.nodes.push(node);
            return true;
        }
        let mut partly = false;
        for child in below {
            partly |= self.cover(view, child);
        }
        partly
    }

    /// Whether a node is only partly gone, so that what is due of it is rounded.
    pub(crate) fn is_partly(&self) -> bool {
        self.spans.iter().any(|(_, _, partly)| *partly)
    }

    /// What is due in each period for some members, from the values of [`Due::nodes`].
    pub(crate) fn sums(
        &mut self,
        view: &View<'_>,
        members: &[u32],
        values: &[i64],
        out: &mut Vec<i64>,
    ) {
        out.clear();
        for at in 0..self.spans.len() {
            let (from, to, partly) = self.spans[at];
            let whole = if partly { to - 1 } else { to };
            let mut sum: i64 = values[from..whole].iter().sum();
            if partly && values[whole] != 0 {
                let (gone, all) = self.share_gone(view, members, self.nodes[whole]);
                let share = Ratio::new(i128::from(values[whole]) * gone, all);
                sum += share.map_or(0, |share| share.rounded(0));
            }
            out.push(sum);
        }
    }

    /// The weight of the days gone of a node and of all its days, by the calendar of some members.
    fn share_gone(&mut self, view: &View<'_>, members: &[u32], node: u32) -> (i128, i128) {
        let model = view.plan().model();
        let whose = days_of(model, members);
        if let Some((known, of, share)) = self.gone
            && (known, of) == (whose, node)
        {
            return share;
        }
        let time = model.axes().last().expect("time is always there");
        let days = time.days_of(node).expect("a period has its days");
        let gone = DateRange {
            start: days.start,
            end: one_day(self.as_of).end,
        };
        let weight = |days: DateRange| i128::from(model.weight_of_days(whose, days));
        let share = (weight(gone), weight(days));
        self.gone = Some((whose, node, share));
        share
    }

    /// A reader of the nodes.
    pub(crate) fn rows<'v>(&self, view: &'v View<'v>) -> Option<Rows<'v>> {
        view.rows(&self.nodes)
    }
}
