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
    pub(crate) axis: String,
    pub(crate) codes: Arena,
    pub(crate) names: Arena,
    pub(crate) parent: Vec<u32>,
    pub(crate) end: Vec<u32>,
    pub(crate) depth: Vec<u8>,
    pub(crate) kinds: Vec<NodeKind>,
    /// Names of the levels below the root, from the top.
    pub(crate) levels: Vec<String>,
    pub(crate) attributes: Vec<(String, Vec<Option<Decimal>>)>,
    pub(crate) effective: Vec<(u32, DateRange)>,
    pub(crate) by_code: FxHashMap<String, u32>,
    pub(crate) by_name: FxHashMap<String, Option<u32>>,
}

/// Many short texts in one run of bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Arena {
    bytes: String,
    starts: Vec<u64>,
}

impl Arena {
    pub(crate) fn push(&mut self, text: &str) {
        self.starts.push(self.bytes.len() as u64);
        self.bytes.push_str(text);
    }
    pub(crate) fn get(&self, index: usize) -> &str {
        let start = self.starts[index] as usize;
        let end = self
            .starts
            .get(index + 1)
            .map_or(self.bytes.len(), |e| *e as usize);
        &self.bytes[start..end]
    }
}

pub(crate) const NO_PARENT: u32 = u32::MAX;

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
