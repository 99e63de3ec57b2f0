//! Which cells have no choice: those on no ring of possible moves between two partitions.
//! Must not know where the totals come from.

use super::flow::{Edges, Room, UNSEEN};

/// The cells that have the same value in every table with these totals and room: those on no ring
/// of the graph of possible moves, found by its strongly connected components.
pub(super) fn unmovable(edges: &impl Edges, cells: &[i64], room: &impl Room) -> Vec<bool> {
    let ring = rings(edges, cells, room);
    let alone = |cell| ring[0][edges.end(0, cell)] != ring[1][edges.end(1, cell)];
    (0..cells.len()).map(alone).collect()
}

/// Strongly connected components (Tarjan, without recursion), by number per side and group.
fn rings(edges: &impl Edges, cells: &[i64], room: &impl Room) -> [Vec<u32>; 2] {
    let first = edges.nodes(0);
    let n = first + edges.nodes(1);
    let place = |id: usize| if id < first { (0, id) } else { (1, id - first) };
    let (mut order, mut low) = (vec![0u32; n], vec![0u32; n]);
    let (mut ring, mut next_edge) = (vec![UNSEEN; n], vec![0usize; n]);
    let (mut count, mut rings) = (0u32, 0u32);
    let mut open = Vec::new();
    for root in 0..n {
        if order[root] != 0 {
            continue;
        }
        let mut path = vec![root];
        while let Some(&at) = path.last() {
            if order[at] == 0 {
                count += 1;
                (order[at], low[at]) = (count, count);
                open.push(at);
            }
            match step(edges, cells, room, place(at), next_edge[at]) {
                Some((edge, (side, node))) => {
                    next_edge[at] = edge + 1;
                    let to = if side == 0 { node } else { first + node };
                    if order[to] == 0 {
                        path.push(to);
                    } else if ring[to] == UNSEEN {
                        low[at] = low[at].min(order[to]);
                    }
                }
                None => {
                    path.pop();
                    if let Some(&above) = path.last() {
                        low[above] = low[above].min(low[at]);
                    }
                    if low[at] == order[at] {
                        close(&mut open, &mut ring, at, rings);
                        rings += 1;
                    }
                }
            }
        }
    }
    let second = ring.split_off(first);
    [ring, second]
}

fn close(open: &mut Vec<usize>, ring: &mut [u32], until: usize, number: u32) {
    while let Some(member) = open.pop() {
        ring[member] = number;
        if member == until {
            break;
        }
    }
}

/// The next possible move out of a group from its edge `from` on. The two open groups are joined
/// both ways: what is in neither partition may have any total.
fn step(
    edges: &impl Edges,
    cells: &[i64],
    room: &impl Room,
    (side, node): (usize, usize),
    from: usize,
) -> Option<(usize, (usize, usize))> {
    let other = 1 - side;
    let degree = edges.degree(side, node);
    for at in from..degree {
        let cell = edges.cell(side, node, at);
        let (down, up) = room(cell, cells[cell]);
        if (if side == 0 { up } else { down }) > 0 {
            return Some((at, (other, edges.end(other, cell))));
        }
    }
    let last = edges.nodes(other) - 1;
    (from <= degree && edges.open(side, node) && edges.open(other, last))
        .then_some((degree.max(from), (other, last)))
}
