//! Reads what the plan asks of one line after the other: base, working, what it is judged by, and what
//! of it is due (rules T1, T2).

use fenjie_plan::{Rows, View};

use crate::board::BoardRequest;
use crate::expected::Due;
use crate::leaves::Leaves;
use crate::ratio::Ratio;
use crate::weights::Gone;

/// One line's figures for every period.
#[derive(Default)]
pub(crate) struct Figures {
    pub(crate) base: Vec<i64>,
    pub(crate) working: Vec<i64>,
    /// What it is judged by.
    pub(crate) target: Vec<i64>,
    /// What of that is due.
    pub(crate) expected: Vec<i64>,
    /// What of the base is due.
    pub(crate) expected_base: Vec<i64>,
}

impl Figures {
    /// Those of a line that nothing is asked of.
    pub(crate) fn nothing(periods: usize) -> Figures {
        Figures {
            base: vec![0; periods],
            working: vec![0; periods],
            target: vec![0; periods],
            expected: vec![0; periods],
            expected_base: vec![0; periods],
        }
    }
}

/// What a period's target is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Judged {
    /// Open: the working target.
    Working,
    /// Closed, or inside a closed one: the base.
    Base,
    /// It holds a closed one, and all that was carried from it: the base.
    Whole,
    /// It holds a closed one: the base and what came from outside.
    Holding,
}

/// Reads the targets of one line after the other.
pub(crate) struct Reader<'v> {
    plain: Plain<'v>,
    judged: Vec<Judged>,
    /// Where something is rounded or compared: the sums of the finest lines.
    leaves: Option<Leaves>,
}

impl<'v> Reader<'v> {
    /// The lines are every combination of the nodes; nothing where the plan is not that fine.
    pub(crate) fn new(
        base: &'v View<'v>,
        working: Option<&'v View<'v>>,
        request: &BoardRequest,
        nodes: &[Vec<u32>],
        judged: &[Judged],
    ) -> Option<Reader<'v>> {
        let mut plain = Plain::new(base, working, request)?;
        let compared = working.is_some() && judged.contains(&Judged::Holding);
        let leaves = (plain.due.is_partly() || compared)
            .then(|| Leaves::read(base, &mut plain, request, nodes, judged));
        Some(Reader {
            plain,
            judged: judged.to_vec(),
            leaves,
        })
    }

    /// Reads the line of some members, the `line`-th combination; whether any of its targets is other
    /// than zero.
    pub(crate) fn read(&mut self, line: usize, members: &[u32], figures: &mut Figures) -> bool {
        self.plain.read(members);
        let read = &self.plain.read;
        figures.base.clone_from(&read.base);
        figures.working.clone_from(&read.working);
        match &self.leaves {
            Some(leaves) => leaves.of(line, figures),
            None => {
                figures.expected_base.clone_from(&read.due_base);
                figures.target.clear();
                figures.expected.clear();
                for (at, judged) in self.judged.iter().enumerate() {
                    let (target, expected) = match judged {
                        Judged::Working => (read.working[at], read.due_working[at]),
                        Judged::Base | Judged::Whole | Judged::Holding => {
                            (read.base[at], read.due_base[at])
                        }
                    };
                    figures.target.push(target);
                    figures.expected.push(expected);
                }
            }
        }
        let mut all = figures.base.iter().chain(&figures.working);
        all.any(|value| *value != 0)
    }
}

/// What a line's cells say, as they are.
#[derive(Default)]
pub(crate) struct Read {
    pub(crate) base: Vec<i64>,
    pub(crate) working: Vec<i64>,
    pub(crate) due_base: Vec<i64>,
    pub(crate) due_working: Vec<i64>,
}

impl Read {
    /// What a finest line is judged by in a period, and what of it is due.
    pub(crate) fn judge(&self, at: usize, judged: Judged, gone: &Gone) -> (i64, i64) {
        let (base, due) = (self.base[at], self.due_base[at]);
        match judged {
            Judged::Working => (self.working[at], self.due_working[at]),
            Judged::Base | Judged::Whole => (base, due),
            Judged::Holding if self.working[at] <= base => (base, due),
            // What came from outside is due as the base is.
            Judged::Holding => {
                let target = self.working[at];
                let (share, whole) = match base > 0 {
                    true => (i128::from(due), base.into()),
                    false => gone.share(),
                };
                let due = Ratio::new(i128::from(target) * share, whole);
                (target, due.map_or(0, |due| due.rounded(0)))
            }
        }
    }
}

/// Reads the cells of one line after the other.
pub(crate) struct Plain<'v> {
    base: &'v View<'v>,
    working: Option<&'v View<'v>>,
    pub(crate) due: Due,
    width: usize,
    base_rows: Rows<'v>,
    base_due: Rows<'v>,
    working_rows: Option<(Rows<'v>, Rows<'v>)>,
    pub(crate) read: Read,
    values: Vec<i64>,
}

impl<'v> Plain<'v> {
    fn new(
        base: &'v View<'v>,
        working: Option<&'v View<'v>>,
        request: &BoardRequest,
    ) -> Option<Plain<'v>> {
        let due = Due::new(base, &request.periods, request.as_of);
        let working_rows = match working {
            Some(view) => Some((view.rows(&request.periods)?, due.rows(view)?)),
            None => None,
        };
        Some(Plain {
            base_rows: base.rows(&request.periods)?,
            base_due: due.rows(base)?,
            width: request.periods.len(),
            base,
            working,
            due,
            working_rows,
            read: Read::default(),
            values: Vec::new(),
        })
    }

    pub(crate) fn read(&mut self, members: &[u32]) {
        let (width, nodes) = (self.width, self.due.nodes.len());
        let (read, due) = (&mut self.read, &mut self.due);
        take(&mut self.base_rows, members, width, &mut read.base);
        take(&mut self.base_due, members, nodes, &mut self.values);
        due.sums(self.base, members, &self.values, &mut read.due_base);
        match (&mut self.working_rows, self.working) {
            (Some((rows, due_rows)), Some(view)) => {
                take(rows, members, width, &mut read.working);
                take(due_rows, members, nodes, &mut self.values);
                due.sums(view, members, &self.values, &mut read.due_working);
            }
            _ => {
                read.working.clone_from(&read.base);
                read.due_working.clone_from(&read.due_base);
            }
        }
    }
}

/// Reads a row; zeros where its cells are not there.
fn take(rows: &mut Rows<'_>, members: &[u32], width: usize, out: &mut Vec<i64>) {
    out.clear();
    out.extend_from_slice(rows.row(members).unwrap_or(&[]));
    out.resize(width, 0);
}
