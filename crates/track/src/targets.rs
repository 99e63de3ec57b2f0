//! Reads what the plan asks of one line after the other: base, working, and what of them is due.

use fenjie_plan::{Rows, View};

use crate::board::BoardRequest;
use crate::expected::Due;

/// One line's figures for every period.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) base: Vec<i64>,
    pub(crate) working: Vec<i64>,
    pub(crate) due_base: Vec<i64>,
    pub(crate) due_working: Vec<i64>,
}

/// Reads the targets of one line after the other.
pub(crate) struct Reader<'v> {
    base: &'v View<'v>,
    working: Option<&'v View<'v>>,
    due: Due,
    base_rows: Rows<'v>,
    base_due: Rows<'v>,
    working_rows: Option<(Rows<'v>, Rows<'v>)>,
}

impl<'v> Reader<'v> {
    pub(crate) fn new(
        base: &'v View<'v>,
        working: Option<&'v View<'v>>,
        request: &BoardRequest,
    ) -> Option<Reader<'v>> {
        let due = Due::new(base, &request.periods, request.as_of);
        let working_rows = match working {
            Some(view) => Some((view.rows(&request.periods)?, due.rows(view)?)),
            None => None,
        };
        Some(Reader {
            base_rows: base.rows(&request.periods)?,
            base_due: due.rows(base)?,
            base,
            working,
            due,
            working_rows,
        })
    }

    /// Whether any of the line's targets is other than zero.
    pub(crate) fn read(&mut self, members: &[u32], figures: &mut Figures) -> bool {
        let take = |rows: &mut Rows<'_>, out: &mut Vec<i64>| {
            out.clear();
            out.extend_from_slice(rows.row(members).unwrap_or(&[]));
        };
        take(&mut self.base_rows, &mut figures.base);
        let values = self.base_due.row(members).unwrap_or(&[]);
        self.due
            .sums(self.base, members, values, &mut figures.due_base);
        match (&mut self.working_rows, self.working) {
            (Some((rows, due_rows)), Some(view)) => {
                take(rows, &mut figures.working);
                let values = due_rows.row(members).unwrap_or(&[]);
                self.due
                    .sums(view, members, values, &mut figures.due_working);
            }
            _ => {
                figures.working.clone_from(&figures.base);
                figures.due_working.clone_from(&figures.due_base);
            }
        }
        let all = figures.base.iter().chain(&figures.working);
        all.into_iter().any(|value| *value != 0)
    }
}
