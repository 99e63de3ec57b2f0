//! Targets of lines as sums of the finest lines below them, where a figure is rounded or compared: so
//! every grain of a board comes to the same total, to the cent (rule T4).

use fenjie_plan::{Grain, View};

use crate::board::BoardRequest;
use crate::targets::{Figures, Judged, Plain};
use crate::weights::Weights;

/// Sums of the finest lines, line after line.
pub(crate) struct Leaves {
    width: usize,
    target: Vec<i64>,
    expected: Vec<i64>,
    expected_base: Vec<i64>,
}

impl Leaves {
    /// Reads every finest line once and adds it to the line that holds it. The lines are every
    /// combination of the nodes, the last dimension fastest.
    pub(crate) fn read(
        base: &View<'_>,
        plain: &mut Plain<'_>,
        request: &BoardRequest,
        nodes: &[Vec<u32>],
        judged: &[Judged],
    ) -> Leaves {
        let model = base.plan().model();
        let width = request.periods.len();
        let lines = nodes.iter().map(Vec::len).product::<usize>();
        let none = vec![0i64; lines * width];
        let mut sums = Leaves {
            width,
            target: none.clone(),
            expected: none.clone(),
            expected_base: none,
        };
        let mut weights = Weights::new(model, &request.periods, request.as_of);
        each_leaf(base, nodes, |line, members| {
            plain.read(members);
            let gone = weights.of(members);
            for (at, judged) in judged.iter().enumerate() {
                let (target, expected) = plain.read.judge(at, *judged, &gone[at]);
                let cell = line * width + at;
                sums.target[cell] += target;
                sums.expected[cell] += expected;
                sums.expected_base[cell] += plain.read.due_base[at];
            }
        });
        sums
    }

    /// The figures of a line.
    pub(crate) fn of(&self, line: usize, figures: &mut Figures) {
        let cells = line * self.width..(line + 1) * self.width;
        let copy = |out: &mut Vec<i64>, sums: &[i64]| {
            out.clear();
            out.extend_from_slice(&sums[cells.clone()]);
        };
        copy(&mut figures.target, &self.target);
        copy(&mut figures.expected, &self.expected);
        copy(&mut figures.expected_base, &self.expected_base);
    }
}

/// Visits the finest members that the plan has cells for, with the number of the line that holds them.
fn each_leaf(base: &View<'_>, nodes: &[Vec<u32>], mut visit: impl FnMut(usize, &[u32])) {
    let axes = base.plan().model().axes();
    let mut finest = Grain {
        depths: vec![usize::MAX; nodes.len()],
    };
    finest.depths.push(0);
    // For each dimension the finest nodes, each with the place of the line's node that holds it.
    let mut leaves: Vec<Vec<(u32, usize)>> = Vec::with_capacity(nodes.len());
    for (axis, lines) in nodes.iter().enumerate() {
        let tree = &axes[axis].tree;
        let place = |node: u32| {
            let at = lines.partition_point(|line| *line <= node).checked_sub(1)?;
            tree.contains(lines[at], node).then_some((node, at))
        };
        let known = base.nodes(axis, &finest).into_iter();
        leaves.push(known.filter_map(place).collect());
    }
    if leaves.iter().any(Vec::is_empty) {
        return;
    }
    let mut at = vec![0usize; leaves.len()];
    let mut members: Vec<u32> = leaves.iter().map(|own| own[0].0).collect();
    loop {
        let places = at.iter().zip(&leaves).zip(nodes);
        let line = places.fold(0, |line, ((at, own), nodes)| {
            line * nodes.len() + own[*at].1
        });
        visit(line, &members);
        let mut axis = leaves.len();
        loop {
            let Some(next) = axis.checked_sub(1) else {
                return;
            };
            axis = next;
            at[axis] += 1;
            if at[axis] < leaves[axis].len() {
                members[axis] = leaves[axis][at[axis]].0;
                break;
            }
            at[axis] = 0;
            members[axis] = leaves[axis][0].0;
        }
    }
}
