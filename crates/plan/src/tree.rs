//! A dimension's members as a tree in flat arrays, in depth-first order: the subtree of a node is
//! the contiguous run `node..end(node)`. Knows nothing of amounts or operations.

use fenjie_calendar::{Date, DateRange};
use rustc_hash::FxHashMap;

use crate::decimal::Decimal;
use crate::tree_error::TreeError;

/// One row of a member list, as a file or the plan gives it.
#[derive(Clone, Debug, Default)]
pub struct MemberRow {
    /// Stable code, unique in its dimension (but see effective dates).
    pub code: String,
    /// What people read; the code where it is empty.
    pub name: String,
    /// The parent's code; nothing or empty for the root.
    pub parent: Option<String>,
    /// First effective day.
    pub from: Option<Date>,
    /// Day after the last effective one.
    pub until: Option<Date>,
    /// Numbers usable as weights, by attribute name.
    pub attributes: Vec<(String, Decimal)>,
    /// Row in the source, 1-based, for messages; 0 where there is none.
    pub row: usize,
}

/// What a node stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// An ordinary member.
    Member,
    /// The part of its parent that is not handed down (预留).
    HoldBack,
}

/// The code given to a held-back line of a parent.
pub const HOLD_BACK_MARK: &str = "~held_back";

/// Members as a tree. Node 0 is the root.
#[derive(Clone, Debug)]
pub struct Tree {
    axis: String,
    codes: Arena,
    names: Arena,
    parent: Vec<u32>,
    end: Vec<u32>,
    depth: Vec<u8>,
    kinds: Vec<NodeKind>,
    /// Names of the levels below the root, from the top.
    levels: Vec<String>,
    attributes: Vec<(String, Vec<Option<Decimal>>)>,
    effective: Vec<(u32, DateRange)>,
    by_code: FxHashMap<String, u32>,
    by_name: FxHashMap<String, Option<u32>>,
}

/// Many short texts in one run of bytes.
#[derive(Clone, Debug, Default)]
struct Arena {
    bytes: String,
    starts: Vec<u64>,
}

impl Arena {
    fn push(&mut self, text: &str) {
        self.starts.push(self.bytes.len() as u64);
        self.bytes.push_str(text);
    }
    fn get(&self, index: usize) -> &str {
        let start = self.starts[index] as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.bytes.len(), |e| *e as usize);
        &self.bytes[start..end]
    }
}

const NO_PARENT: u32 = u32::MAX;

impl Tree {
    /// Members without a hierarchy under one unnamed total.
    ///
    /// ```
    /// let tree = fenjie_plan::Tree::flat("region", "全部", &["华东", "华南"]).unwrap();
    /// assert_eq!(tree.len(), 3);
    /// assert_eq!(tree.name(0), "全部");
    /// ```
    pub fn flat(axis: &str, total: &str, members: &[&str]) -> Result<Tree, TreeError> {
        let mut rows = vec![MemberRow {
            code: "*".into(),
            name: total.into(),
            ..<_>::default()
        }];
        rows.extend(members.iter().map(|member| MemberRow {
            code: (*member).into(),
            name: (*member).into(),
            parent: Some("*".into()),
            ..<_>::default()
        }));
        Tree::build(axis, &[axis.to_owned()], rows)
    }

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

    /// The axis this tree belongs to.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.axis(), "region");
    /// ```
    pub fn axis(&self) -> &str {
        &self.axis
    }

    /// Number of nodes, the root included.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.len(), 2);
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "a tree always has its root")]
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// A node's stable code.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.code(1), "华东");
    /// ```
    pub fn code(&self, node: u32) -> &str {
        self.codes.get(node as usize)
    }

    /// What people call a node.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.name(1), "华东");
    /// ```
    pub fn name(&self, node: u32) -> &str {
        self.names.get(node as usize)
    }

    /// The parent, or nothing for the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!((tree.parent(1), tree.parent(0)), (Some(0), None));
    /// ```
    pub fn parent(&self, node: u32) -> Option<u32> {
        Some(self.parent[node as usize]).filter(|parent| *parent != NO_PARENT)
    }

    /// One past the last node of the subtree.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.end(0), 2);
    /// ```
    pub fn end(&self, node: u32) -> u32 {
        self.end[node as usize]
    }

    /// Distance from the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.depth(1), 1);
    /// ```
    pub fn depth(&self, node: u32) -> usize {
        usize::from(self.depth[node as usize])
    }

    /// Whether a node has no children.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.is_leaf(1));
    /// ```
    pub fn is_leaf(&self, node: u32) -> bool {
        self.end[node as usize] == node + 1
    }

    /// Member or held-back line.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.kind(1), fenjie_plan::NodeKind::Member);
    /// ```
    pub fn kind(&self, node: u32) -> NodeKind {
        self.kinds[node as usize]
    }

    /// The children in their declared order.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东", "华南"]).unwrap();
    /// assert_eq!(tree.children(0).count(), 2);
    /// ```
    pub fn children(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let end = self.end(node);
        let mut next = node + 1;
        std::iter::from_fn(move || {
            let child = next;
            (child < end).then(|| {
                next = self.end(child);
                child
            })
        })
    }

    /// Whether `inner` lies in the subtree of `outer` (or is it).
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东", "华南"]).unwrap();
    /// assert!(tree.contains(0, 2) && !tree.contains(1, 2));
    /// ```
    pub fn contains(&self, outer: u32, inner: u32) -> bool {
        outer <= inner && inner < self.end(outer)
    }

    /// The name of the level at a depth; the root's is the axis's own name.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.level_name(1), "region");
    /// ```
    pub fn level_name(&self, depth: usize) -> &str {
        match depth {
            0 => &self.axis,
            _ => self.levels.get(depth - 1).map_or("", String::as_str),
        }
    }

    /// Names of the levels below the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.level_names(), ["region"]);
    /// ```
    pub fn level_names(&self) -> &[String] {
        &self.levels
    }

    /// The depth of a level by its name.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.level_depth("region"), Some(1));
    /// ```
    pub fn level_depth(&self, name: &str) -> Option<usize> {
        self.levels
            .iter()
            .position(|level| level == name)
            .map(|at| at + 1)
    }

    /// A node by its code, or else by its name where that is unique.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.find("华东").unwrap(), 1);
    /// assert_eq!(tree.find("华北").unwrap_err().nearest, ["华东"]);
    /// ```
    pub fn find(&self, member: &str) -> Result<u32, UnknownMember> {
        if let Some(node) = self.by_code.get(member) {
            return Ok(*node);
        }
        match self.by_name.get(member) {
            Some(Some(node)) => Ok(*node),
            Some(None) => Err(UnknownMember {
                axis: self.axis.clone(),
                member: member.into(),
                nearest: self.codes_named(member),
                ambiguous: true,
            }),
            None => Err(UnknownMember {
                axis: self.axis.clone(),
                member: member.into(),
                nearest: self.nearest(member),
                ambiguous: false,
            }),
        }
    }

    fn codes_named(&self, name: &str) -> Vec<String> {
        let nodes = (0..self.len() as u32).filter(|node| self.name(*node) == name);
        nodes
            .take(5)
            .map(|node| self.code(node).to_owned())
            .collect()
    }

    fn nearest(&self, member: &str) -> Vec<String> {
        let wanted: Vec<char> = member.chars().collect();
        let mut scored: Vec<(usize, u32)> = (1..self.len().min(20_000) as u32)
            .map(|node| {
                let name = self.name(node);
                let shared = wanted.iter().filter(|ch| name.contains(**ch)).count();
                (
                    wanted.len().abs_diff(name.chars().count()) + 2 * (wanted.len() - shared),
                    node,
                )
            })
            .collect();
        scored.sort();
        scored
            .iter()
            .take(3)
            .map(|(_, node)| self.name(*node).to_owned())
            .collect()
    }

    /// An attribute's value for every node.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.attribute("capacity").is_none());
    /// ```
    pub fn attribute(&self, name: &str) -> Option<&[Option<Decimal>]> {
        let found = self.attributes.iter().find(|(known, _)| known == name);
        found.map(|(_, values)| values.as_slice())
    }

    /// The attributes' names.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.attribute_names().count(), 0);
    /// ```
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.iter().map(|(name, _)| name.as_str())
    }

    /// The nodes whose membership is limited in time, with their days.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.effective().is_empty());
    /// ```
    pub fn effective(&self) -> &[(u32, DateRange)] {
        &self.effective
    }

    /// Ends a member's membership on a day (rule D12).
    pub(crate) fn end_membership(&mut self, node: u32, until: Date) {
        match self.effective.iter_mut().find(|(known, _)| *known == node) {
            Some((_, range)) => range.end = until,
            None => {
                self.effective.push((
                    node,
                    DateRange {
                        start: Date::MIN,
                        end: until,
                    },
                ));
                self.effective.sort_by_key(|(node, _)| *node);
            }
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

/// A member that an axis does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownMember {
    /// The axis looked in.
    pub axis: String,
    /// What was asked for.
    pub member: String,
    /// Names near to it, or the codes that share an ambiguous name.
    pub nearest: Vec<String>,
    /// Whether several members have this name.
    pub ambiguous: bool,
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
