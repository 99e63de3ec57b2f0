//! Builds a dimension's tree from rows: keys, parents, depth-first order, and every fault a member list
//! can have. Knows no amounts.

use fenjie_calendar::{Date, DateRange};
use rustc_hash::FxHashMap;

use crate::tree::{Arena, HOLD_BACK_MARK, MemberRow, NO_PARENT, NodeKind, Tree};
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
        let order = depth_first(axis, &rows, &parents)?;
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
        let count = order.len();
        let mut node_of_row = vec![0u32; count];
        for (node, row) in order.iter().enumerate() {
            node_of_row[*row as usize] = node as u32;
        }
        let mut tree = Tree {
            axis: axis.into(),
            codes: Arena::default(),
            names: Arena::default(),
            parent: Vec::with_capacity(count),
            end: vec![0; count],
            depth: Vec::with_capacity(count),
            kinds: vec![NodeKind::Member; count],
            levels: levels.to_vec(),
            attributes: Vec::new(),
            effective: Vec::new(),
            by_code: FxHashMap::default(),
            by_name: FxHashMap::default(),
        };
        for (node, row_index) in order.iter().enumerate() {
            let row = &rows[*row_index as usize];
            let key = &keys[*row_index as usize];
            tree.codes.push(key);
            tree.names.push(if row.name.is_empty() {
                &row.code
            } else {
                &row.name
            });
            let parent = parents[*row_index as usize];
            if parent == NO_PARENT {
                tree.parent.push(NO_PARENT);
                tree.depth.push(0);
            } else {
                let parent = node_of_row[parent as usize];
                let depth = tree.depth[parent as usize];
                if depth == u8::MAX {
                    return Err(TreeError::TooDeep {
                        axis: axis.into(),
                        member: key.clone(),
                    });
                }
                tree.parent.push(parent);
                tree.depth.push(depth + 1);
            }
            if key.ends_with(HOLD_BACK_MARK) {
                tree.kinds[node] = NodeKind::HoldBack;
            }
            if row.from.is_some() || row.until.is_some() {
                let range = DateRange {
                    start: row.from.unwrap_or(Date::MIN),
                    end: row.until.unwrap_or(Date::MAX),
                };
                tree.effective.push((node as u32, range));
            }
            for (name, value) in &row.attributes {
                let at = match tree.attributes.iter().position(|(known, _)| known == name) {
                    Some(at) => at,
                    None => {
                        tree.attributes.push((name.clone(), vec![None; count]));
                        tree.attributes.len() - 1
                    }
                };
                tree.attributes[at].1[node] = Some(*value);
            }
        }
        tree.close();
        Ok(tree)
    }

    fn close(&mut self) {
        let count = self.parent.len();
        for node in 0..count {
            self.end[node] = node as u32 + 1;
        }
        for node in (1..count).rev() {
            let parent = self.parent[node] as usize;
            self.end[parent] = self.end[parent].max(self.end[node]);
        }
        let deepest = self.depth.iter().copied().max().unwrap_or(0) as usize;
        while self.levels.len() < deepest {
            self.levels.push(format!("level{}", self.levels.len() + 1));
        }
        for node in 0..count {
            self.by_code
                .insert(self.codes.get(node).to_owned(), node as u32);
            let name = self.names.get(node).to_owned();
            self.by_name
                .entry(name)
                .and_modify(|seen| *seen = None)
                .or_insert(Some(node as u32));
        }
    }

    /// The rows this tree was made of, with a held-back line added under each of the parents.
    pub(crate) fn with_hold_back(&self, parents: &[u32]) -> Result<Tree, TreeError> {
        let mut rows = Vec::with_capacity(self.len() + parents.len());
        for node in 0..self.len() as u32 {
            let range = self.effective.iter().find(|(known, _)| *known == node);
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
                    .attributes
                    .iter()
                    .filter_map(|(name, values)| {
                        values[node as usize].map(|value| (name.clone(), value))
                    })
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
        Tree::build(&self.axis, &self.levels, rows)
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
fn depth_first(axis: &str, rows: &[MemberRow], parents: &[u32]) -> Result<Vec<u32>, TreeError> {
    let count = rows.len();
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
    Err(TreeError::Cycle {
        axis: axis.into(),
        members: cycle_from(start, rows, parents),
    })
}

fn cycle_from(start: usize, rows: &[MemberRow], parents: &[u32]) -> Vec<String> {
    let mut seen = vec![false; rows.len()];
    let mut at = start;
    while !seen[at] {
        seen[at] = true;
        at = parents[at] as usize;
    }
    let first = at;
    let mut members = vec![rows[first].code.clone()];
    at = parents[first] as usize;
    while at != first {
        members.push(rows[at].code.clone());
        at = parents[at] as usize;
    }
    members
}
