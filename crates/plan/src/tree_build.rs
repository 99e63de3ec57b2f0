//! Builds a dimension's tree from rows: keys, parents, depth-first order, and every fault a member list
//! can have. Knows no amounts.

use std::sync::Arc;

use fenjie_calendar::{Date, DateRange};
use rustc_hash::FxHashMap;

use crate::decimal::Decimal;
use crate::tree::{Arena, Attribute, HOLD_BACK_MARK, MemberRow, NO_PARENT, Parts, Tree};
use crate::tree_error::TreeError;

impl Tree {
    /// Builds the tree; children keep the order of the rows (rule A3).
    ///
    /// Refused: no rows, a repeated code without disjoint effective dates, an unknown parent, no
    /// root, two roots, a cycle.
    ///
    /// ```
    /// use fenjie_plan::{MemberRow, Tree};
    /// let row = |code: &str, parent: Option<&str>| MemberRow {
    ///     code: code.into(), parent: parent.map(Into::into), ..MemberRow::default()
    /// };
    /// let tree = Tree::build("org", &[], vec![row("all", None), row("east", Some("all"))]).unwrap();
    /// assert_eq!(tree.children(0).collect::<Vec<_>>(), [1]);
    /// assert_eq!(tree.level_name(1), "level1");
    /// ```
    pub fn build(axis: &str, levels: &[String], rows: Vec<MemberRow>) -> Result<Tree, TreeError> {
        if rows.is_empty() {
            return Err(TreeError::Empty { axis: axis.into() });
        }
        let keys = node_keys(axis, &rows)?;
        let parents = parent_rows(axis, &rows)?;
        let order = depth_first(axis, &parents, |row| rows[row].code.clone())?;
        Tree::assemble(axis, levels, rows, keys, &parents, &order)
    }

    fn assemble(
        axis: &str,
        levels: &[String],
        rows: Vec<MemberRow>,
        keys: Vec<String>,
        parents: &[u32],
        order: &[u32],
    ) -> Result<Tree, TreeError> {
        let mut parts = Parts::shaped(axis, levels, parents, order, |row| keys[row].clone())?;
        let mut names = Arena::default();
        let mut attributes: Vec<(String, Vec<Option<Decimal>>)> = Vec::new();
        for (node, row_index) in order.iter().enumerate() {
            let row = &rows[*row_index as usize];
            let key = &keys[*row_index as usize];
            parts.codes.push(key);
            names.push(if row.name.is_empty() {
                &row.code
            } else {
                &row.name
            });
            if key.ends_with(HOLD_BACK_MARK) {
                parts.held_back.push(node as u32);
            }
            if row.from.is_some() || row.until.is_some() {
                let range = DateRange {
                    start: row.from.unwrap_or(Date::MIN),
                    end: row.until.unwrap_or(Date::MAX),
                };
                parts.effective.push((node as u32, range));
            }
            for (name, value) in &row.attributes {
                let at = match attributes.iter().position(|(known, _)| known == name) {
                    Some(at) => at,
                    None => {
                        attributes.push((name.clone(), vec![None; order.len()]));
                        attributes.len() - 1
                    }
                };
                attributes[at].1[node] = Some(*value);
            }
        }
        parts.names = Some(names);
        parts.attributes = attributes
            .into_iter()
            .map(|(name, values)| Attribute::of(name, values))
            .collect();
        Ok(Tree {
            parts: Arc::new(parts),
        })
    }

    /// The rows this tree was made of, with a held-back line added under each of the parents.
    pub(crate) fn with_hold_back(&self, parents: &[u32]) -> Result<Tree, TreeError> {
        let mut rows = Vec::with_capacity(self.len() + parents.len());
        for node in 0..self.len() as u32 {
            let range = self
                .parts
                .effective
                .iter()
                .find(|(known, _)| *known == node);
            rows.push(MemberRow {
                code: self.code(node).into(),
                name: self.name(node).into(),
                parent: self.parent(node).map(|parent| self.code(parent).to_owned()),
                from: range
                    .map(|(_, range)| range.start)
                    .filter(|d| *d != Date::MIN),
                until: range
                    .map(|(_, range)| range.end)
                    .filter(|d| *d != Date::MAX),
                attributes: self
                    .parts
                    .attributes
                    .iter()
                    .filter_map(|known| Some((known.name.clone(), known.value(node)?)))
                    .collect(),
                row: 0,
            });
        }
        for parent in parents {
            rows.push(MemberRow {
                code: format!("{}{HOLD_BACK_MARK}", self.code(*parent)),
                name: format!("{}·预留", self.name(*parent)),
                parent: Some(self.code(*parent).into()),
                ..MemberRow::default()
            });
        }
        Tree::build(&self.parts.axis, &self.parts.levels, rows)
    }
}

impl Parts {
    /// Parents, depths and subtree ends in depth-first order; texts are still to come.
    pub(crate) fn shaped(
        axis: &str,
        levels: &[String],
        parents: &[u32],
        order: &[u32],
        member: impl Fn(usize) -> String,
    ) -> Result<Parts, TreeError> {
        let count = order.len();
        let mut node_of_row = vec![0u32; count];
        for (node, row) in order.iter().enumerate() {
            node_of_row[*row as usize] = node as u32;
        }
        let mut parts = Parts {
            axis: axis.into(),
            parent: Vec::with_capacity(count),
            depth: Vec::with_capacity(count),
            end: (1..=count as u32).collect(),
            levels: levels.to_vec(),
            ..Parts::default()
        };
        for row in order {
            match parents[*row as usize] {
                NO_PARENT => {
                    parts.parent.push(NO_PARENT);
                    parts.depth.push(0);
                }
                parent => {
                    let parent = node_of_row[parent as usize];
                    let depth = parts.depth[parent as usize];
                    if depth == u8::MAX {
                        let member = member(*row as usize);
                        return Err(TreeError::TooDeep {
                            axis: axis.into(),
                            member,
                        });
                    }
                    parts.parent.push(parent);
                    parts.depth.push(depth + 1);
                }
            }
        }
        for node in (1..count).rev() {
            let parent = parts.parent[node] as usize;
            parts.end[parent] = parts.end[parent].max(parts.end[node]);
        }
        let deepest = parts.depth.iter().copied().max().unwrap_or(0) as usize;
        while parts.levels.len() < deepest {
            parts
                .levels
                .push(format!("level{}", parts.levels.len() + 1));
        }
        Ok(parts)
    }
}

/// One key per row: the code, or `code@parent` for the later rows of a member that moved.
fn node_keys(axis: &str, rows: &[MemberRow]) -> Result<Vec<String>, TreeError> {
    let mut first: FxHashMap<&str, usize> = FxHashMap::default();
    let mut again: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
    let mut keys: Vec<String> = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        if row.code.is_empty() {
            return Err(TreeError::CodeEmpty {
                axis: axis.into(),
                row: row.row,
            });
        }
        if let (Some(from), Some(until)) = (row.from, row.until)
            && until < from
        {
            return Err(TreeError::DatesReversed {
                axis: axis.into(),
                member: row.code.clone(),
                row: row.row,
            });
        }
        match first.entry(&row.code) {
            std::collections::hash_map::Entry::Vacant(slot) => {
                slot.insert(at);
                keys.push(row.code.clone());
            }
            std::collections::hash_map::Entry::Occupied(slot) => {
                let earlier = again.entry(&row.code).or_insert_with(|| vec![*slot.get()]);
                for before in earlier.iter() {
                    check_disjoint(axis, &rows[*before], row)?;
                }
                earlier.push(at);
                keys.push(format!(
                    "{}@{}",
                    row.code,
                    row.parent.as_deref().unwrap_or("")
                ));
            }
        }
    }
    Ok(keys)
}

fn check_disjoint(axis: &str, a: &MemberRow, b: &MemberRow) -> Result<(), TreeError> {
    let dated = |row: &MemberRow| row.from.is_some() || row.until.is_some();
    let start = |row: &MemberRow| row.from.unwrap_or(Date::MIN);
    let end = |row: &MemberRow| row.until.unwrap_or(Date::MAX);
    if !dated(a) || !dated(b) {
        let same_parent = a.parent == b.parent;
        let (axis, member, rows) = (axis.to_owned(), a.code.clone(), [a.row, b.row]);
        return Err(if same_parent {
            TreeError::Duplicate { axis, member, rows }
        } else {
            let parent = |row: &MemberRow| row.parent.clone().unwrap_or_default();
            TreeError::TwoParents {
                axis,
                member,
                rows,
                parents: [parent(a), parent(b)],
            }
        });
    }
    if start(a) < end(b) && start(b) < end(a) {
        return Err(TreeError::DatesOverlap {
            axis: axis.into(),
            member: a.code.clone(),
            rows: [a.row, b.row],
        });
    }
    Ok(())
}

fn parent_rows(axis: &str, rows: &[MemberRow]) -> Result<Vec<u32>, TreeError> {
    let mut row_of: FxHashMap<&str, u32> = FxHashMap::default();
    for (at, row) in rows.iter().enumerate() {
        row_of.entry(&row.code).or_insert(at as u32);
    }
    let mut root: Option<usize> = None;
    let mut parents = Vec::with_capacity(rows.len());
    for (at, row) in rows.iter().enumerate() {
        match row.parent.as_deref().filter(|parent| !parent.is_empty()) {
            Some(parent) => match row_of.get(parent) {
                Some(parent) => parents.push(*parent),
                None => {
                    return Err(TreeError::OrphanParent {
                        axis: axis.into(),
                        member: row.code.clone(),
                        parent: parent.into(),
                        row: row.row,
                    });
                }
            },
            None => {
                if let Some(first) = root {
                    return Err(TreeError::TwoRoots {
                        axis: axis.into(),
                        roots: [rows[first].code.clone(), row.code.clone()],
                        rows: [rows[first].row, row.row],
                    });
                }
                root = Some(at);
                parents.push(NO_PARENT);
            }
        }
    }
    Ok(parents)
}

/// Row numbers in depth-first order, or the cycle that hides some of them.
pub(crate) fn depth_first(
    axis: &str,
    parents: &[u32],
    code: impl Fn(usize) -> String,
) -> Result<Vec<u32>, TreeError> {
    let count = parents.len();
    let mut first_child = vec![NO_PARENT; count];
    let mut next_sibling = vec![NO_PARENT; count];
    let mut root = None;
    for row in (0..count).rev() {
        match parents[row] {
            NO_PARENT => root = Some(row as u32),
            parent => {
                next_sibling[row] = first_child[parent as usize];
                first_child[parent as usize] = row as u32;
            }
        }
    }
    let mut order = Vec::with_capacity(count);
    let mut stack: Vec<u32> = root.into_iter().collect();
    while let Some(row) = stack.pop() {
        order.push(row);
        if next_sibling[row as usize] != NO_PARENT {
            stack.push(next_sibling[row as usize]);
        }
        if first_child[row as usize] != NO_PARENT {
            stack.push(first_child[row as usize]);
        }
    }
    if order.len() == count {
        return Ok(order);
    }
    let mut reached = vec![false; count];
    order.iter().for_each(|row| reached[*row as usize] = true);
    let start = (0..count)
        .find(|row| !reached[*row])
        .expect("some row was not reached");
    let members = cycle_from(start, parents).into_iter().map(code).collect();
    Err(TreeError::Cycle {
        axis: axis.into(),
        members,
    })
}

fn cycle_from(start: usize, parents: &[u32]) -> Vec<usize> {
    let mut seen = vec![false; parents.len()];
    let mut at = start;
    while !seen[at] {
        seen[at] = true;
        at = parents[at] as usize;
    }
    let first = at;
    let mut members = vec![first];
    at = parents[first] as usize;
    while at != first {
        members.push(at);
        at = parents[at] as usize;
    }
    members
}
