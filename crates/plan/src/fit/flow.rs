//! Flows between two partitions of the cells: whole values are pushed along alternating paths
//! until both meet their totals; what cannot be reached is a cut, and names the clash.
//! Must not know where the totals come from or how near the values are to anything.

use std::collections::VecDeque;

/// Cells as edges between the groups of two partitions, side 0 and side 1.
pub(super) trait Edges {
    /// Groups on a side.
    fn nodes(&self, side: usize) -> usize;
    /// Cells of a group.
    fn degree(&self, side: usize, node: usize) -> usize;
    /// One cell of a group.
    fn cell(&self, side: usize, node: usize, at: usize) -> usize;
    /// The group of a cell.
    fn end(&self, side: usize, cell: usize) -> usize;
    /// Whether the group takes any total.
    fn open(&self, side: usize, node: usize) -> bool;
}

/// A full matrix: every row a group, every column a group.
pub(super) struct Matrix {
    pub rows: usize,
    pub cols: usize,
}

impl Edges for Matrix {
    fn nodes(&self, side: usize) -> usize {
        if side == 0 { self.rows } else { self.cols }
    }
    fn degree(&self, side: usize, _: usize) -> usize {
        if side == 0 { self.cols } else { self.rows }
    }
    fn cell(&self, side: usize, node: usize, at: usize) -> usize {
        if side == 0 {
            node * self.cols + at
        } else {
            at * self.cols + node
        }
    }
    fn end(&self, side: usize, cell: usize) -> usize {
        if side == 0 {
            cell / self.cols
        } else {
            cell % self.cols
        }
    }
    fn open(&self, _: usize, _: usize) -> bool {
        false
    }
}

/// Any two partitions; the last group of each side is what is in none, and is open.
pub(super) struct Listed<'a> {
    label: [&'a [u32]; 2],
    start: [Vec<u32>; 2],
    cells: [Vec<u32>; 2],
}

impl<'a> Listed<'a> {
    /// `groups` counts the stated groups of each side.
    pub fn new(label: [&'a [u32]; 2], groups: [usize; 2]) -> Self {
        let lists = |side: usize| {
            let mut start = vec![0u32; groups[side] + 2];
            for label in label[side] {
                start[*label as usize + 1] += 1;
            }
            for at in 1..start.len() {
                start[at] += start[at - 1];
            }
            let mut next = start.clone();
            let mut cells = vec![0u32; label[side].len()];
            for (cell, label) in label[side].iter().enumerate() {
                cells[next[*label as usize] as usize] = cell as u32;
                next[*label as usize] += 1;
            }
            (start, cells)
        };
        let ((start0, cells0), (start1, cells1)) = (lists(0), lists(1));
        Listed {
            label,
            start: [start0, start1],
            cells: [cells0, cells1],
        }
    }
}

impl Edges for Listed<'_> {
    fn nodes(&self, side: usize) -> usize {
        self.start[side].len() - 1
    }
    fn degree(&self, side: usize, node: usize) -> usize {
        (self.start[side][node + 1] - self.start[side][node]) as usize
    }
    fn cell(&self, side: usize, node: usize, at: usize) -> usize {
        self.cells[side][self.start[side][node] as usize + at] as usize
    }
    fn end(&self, side: usize, cell: usize) -> usize {
        self.label[side][cell] as usize
    }
    fn open(&self, side: usize, node: usize) -> bool {
        node + 2 == self.start[side].len()
    }
}

/// The same cells with the two sides exchanged.
struct Turned<'a, E>(&'a E);

impl<E: Edges> Edges for Turned<'_, E> {
    fn nodes(&self, side: usize) -> usize {
        self.0.nodes(1 - side)
    }
    fn degree(&self, side: usize, node: usize) -> usize {
        self.0.degree(1 - side, node)
    }
    fn cell(&self, side: usize, node: usize, at: usize) -> usize {
        self.0.cell(1 - side, node, at)
    }
    fn end(&self, side: usize, cell: usize) -> usize {
        self.0.end(1 - side, cell)
    }
    fn open(&self, side: usize, node: usize) -> bool {
        self.0.open(1 - side, node)
    }
}

/// How far a cell of the given index and value may go down and up.
pub(super) trait Room: Fn(usize, i64) -> (i64, i64) {}
impl<F: Fn(usize, i64) -> (i64, i64)> Room for F {}

/// What each group still lacks (above zero) or has too much (below zero).
pub(super) type Need = [Vec<i64>; 2];

/// The groups that a failed search came to, per side.
pub(super) type Cut = [Vec<usize>; 2];

pub(super) const UNSEEN: u32 = u32::MAX;
const SOURCE: u32 = u32::MAX - 1;

/// Moves values along alternating paths until no group lacks or exceeds anything that a path
/// could bring. True when every group meets its total.
pub(super) fn push(
    edges: &impl Edges,
    cells: &mut [i64],
    need: &mut Need,
    room: &impl Room,
) -> bool {
    push_from(edges, cells, need, room);
    need.reverse();
    push_from(&Turned(edges), cells, need, room);
    need.reverse();
    (0..2).all(|side| (0..edges.nodes(side)).all(|at| need[side][at] == 0 || edges.open(side, at)))
}

/// Serves side-0 groups that lack and side-1 groups that exceed.
fn push_from(edges: &impl Edges, cells: &mut [i64], need: &mut Need, room: &impl Room) {
    loop {
        let mut walk = Walk::new(edges);
        let mut moved = false;
        for (side, node) in sources(edges, need) {
            while let Some(end) = walk.search(edges, cells, need, room, (side, node)) {
                walk.augment(edges, cells, need, room, (side, node), end);
                moved = true;
                walk.release((side, node));
                let lacks = if side == 0 {
                    need[0][node] > 0
                } else {
                    need[1][node] < 0
                };
                if !lacks {
                    break;
                }
            }
        }
        if !moved {
            return;
        }
    }
}

fn sources(edges: &impl Edges, need: &Need) -> Vec<(usize, usize)> {
    let lacking = (0..edges.nodes(0)).filter(|n| need[0][*n] > 0 && !edges.open(0, *n));
    let exceeding = (0..edges.nodes(1)).filter(|n| need[1][*n] < 0 && !edges.open(1, *n));
    lacking
        .map(|node| (0, node))
        .chain(exceeding.map(|node| (1, node)))
        .collect()
}

/// One round of searches; a group seen once is not searched again in the round.
struct Walk {
    /// The cell through which each group was reached.
    via: [Vec<u32>; 2],
    queue: VecDeque<(usize, usize)>,
}

impl Walk {
    fn new(edges: &impl Edges) -> Self {
        let via = [vec![UNSEEN; edges.nodes(0)], vec![UNSEEN; edges.nodes(1)]];
        Walk {
            via,
            queue: VecDeque::new(),
        }
    }

    fn release(&mut self, (side, node): (usize, usize)) {
        self.via[side][node] = UNSEEN;
    }

    /// From a group of side 0 a cell must rise, from a group of side 1 a cell must fall.
    fn search(
        &mut self,
        edges: &impl Edges,
        cells: &[i64],
        need: &Need,
        room: &impl Room,
        from: (usize, usize),
    ) -> Option<(usize, usize)> {
        if self.via[from.0][from.1] != UNSEEN {
            return None;
        }
        self.via[from.0][from.1] = SOURCE;
        self.queue.clear();
        self.queue.push_back(from);
        while let Some((side, node)) = self.queue.pop_front() {
            let other = 1 - side;
            for at in 0..edges.degree(side, node) {
                let cell = edges.cell(side, node, at);
                let next = edges.end(other, cell);
                if self.via[other][next] != UNSEEN {
                    continue;
                }
                let (down, up) = room(cell, cells[cell]);
                if (if side == 0 { up } else { down }) <= 0 {
                    continue;
                }
                self.via[other][next] = cell as u32;
                let short = need[other][next];
                let takes = if other == 1 { short > 0 } else { short < 0 };
                if takes || edges.open(other, next) {
                    return Some((other, next));
                }
                self.queue.push_back((other, next));
            }
        }
        None
    }

    fn augment(
        &self,
        edges: &impl Edges,
        cells: &mut [i64],
        need: &mut Need,
        room: &impl Room,
        from: (usize, usize),
        end: (usize, usize),
    ) {
        let mut amount = need[from.0][from.1].abs();
        if !edges.open(end.0, end.1) {
            amount = amount.min(need[end.0][end.1].abs());
        }
        let mut path = Vec::new();
        let (mut side, mut node) = end;
        while (side, node) != from {
            let cell = self.via[side][node] as usize;
            // A group of side 1 is reached through a rising cell, one of side 0 by a falling one.
            let (down, up) = room(cell, cells[cell]);
            amount = amount.min(if side == 1 { up } else { down });
            path.push((cell, side == 1));
            side = 1 - side;
            node = edges.end(side, cell);
        }
        for (cell, rises) in path {
            cells[cell] += if rises { amount } else { -amount };
        }
        need[from.0][from.1] -= if from.0 == 0 { amount } else { -amount };
        need[end.0][end.1] -= if end.0 == 1 { amount } else { -amount };
    }
}

/// The smallest cut found: groups that some group still in need can reach, though none of them
/// can take or give. Only after [`push`] has failed.
pub(super) fn smallest_cut(
    edges: &impl Edges,
    cells: &[i64],
    need: &Need,
    room: &impl Room,
) -> Cut {
    let mut best: Option<Cut> = None;
    let mut keep = |cut: Cut| {
        let size = |cut: &Cut| cut[0].len() + cut[1].len();
        if best.as_ref().is_none_or(|best| size(&cut) < size(best)) {
            best = Some(cut);
        }
    };
    for source in sources(edges, need).into_iter().take(64) {
        keep(reached(edges, cells, need, room, source));
    }
    let turned = Turned(edges);
    let need_turned = [need[1].clone(), need[0].clone()];
    for source in sources(&turned, &need_turned).into_iter().take(64) {
        let [one, zero] = reached(&turned, cells, &need_turned, room, source);
        keep([zero, one]);
    }
    best.unwrap_or_default()
}

fn reached(
    edges: &impl Edges,
    cells: &[i64],
    need: &Need,
    room: &impl Room,
    source: (usize, usize),
) -> Cut {
    let mut walk = Walk::new(edges);
    walk.search(edges, cells, need, room, source);
    let seen = |side: usize| {
        let via = &walk.via[side];
        (0..via.len()).filter(|node| via[*node] != UNSEEN).collect()
    };
    [seen(0), seen(1)]
}
