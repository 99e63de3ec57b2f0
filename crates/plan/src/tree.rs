//! A dimension's members as a tree in flat arrays, in depth-first order: the subtree of a node is
//! the contiguous run `node..end(node)`. Knows nothing of amounts or operations.

use std::sync::{Arc, OnceLock};

use fenjie_calendar::{Date, DateRange};

use crate::decimal::Decimal;
use crate::text_index::TextIndex;
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

/// Members as a tree. Node 0 is the root. Cheap to clone: the arrays are shared.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) parts: Arc<Parts>,
}

/// The arrays of a tree, by node.
#[derive(Clone, Debug, Default)]
pub(crate) struct Parts {
    pub(crate) axis: String,
    pub(crate) codes: Arena,
    /// None where every name is the code.
    pub(crate) names: Option<Arena>,
    pub(crate) parent: Vec<u32>,
    pub(crate) end: Vec<u32>,
    pub(crate) depth: Vec<u8>,
    /// Held-back lines, ascending.
    pub(crate) held_back: Vec<u32>,
    /// Names of the levels below the root, from the top.
    pub(crate) levels: Vec<String>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) effective: Vec<(u32, DateRange)>,
    /// Made when first asked for: nodes by the hash of their code, and of their name.
    pub(crate) by_code: OnceLock<TextIndex>,
    pub(crate) by_name: OnceLock<TextIndex>,
}

/// A number that members carry. Digits are brought to one scale where they fit.
#[derive(Clone, Debug)]
pub struct Attribute {
    pub(crate) name: String,
    pub(crate) values: AttributeValues,
}

/// An attribute's values by node.
#[derive(Clone, Debug)]
pub(crate) enum AttributeValues {
    /// At a common scale; `i64::MIN` is none.
    Narrow {
        scale: u32,
        digits: Vec<i64>,
    },
    Wide(Vec<Option<Decimal>>),
}

impl Attribute {
    /// The value of a node, where it has one.
    ///
    /// ```
    /// use fenjie_plan::{Decimal, MemberRow, Tree};
    /// let three = Decimal::parse("3").unwrap();
    /// let root = MemberRow { code: "all".into(), attributes: vec![("people".into(), three)],
    ///                        ..MemberRow::default() };
    /// let tree = Tree::build("org", &[], vec![root]).unwrap();
    /// assert_eq!(tree.attribute("people").unwrap().value(0), Some(three));
    /// ```
    pub fn value(&self, node: u32) -> Option<Decimal> {
        match &self.values {
            AttributeValues::Narrow { scale, digits } => {
                let digits = digits[node as usize];
                (digits != i64::MIN).then(|| Decimal::new(i128::from(digits), *scale))
            }
            AttributeValues::Wide(values) => values[node as usize],
        }
    }

    /// From one value per node.
    pub(crate) fn of(name: String, values: Vec<Option<Decimal>>) -> Attribute {
        let scale = values
            .iter()
            .flatten()
            .map(|value| value.scale())
            .max()
            .unwrap_or(0);
        let narrow = |value: &Option<Decimal>| match value {
            None => Some(i64::MIN),
            Some(value) => i64::try_from(value.at_scale(scale)?)
                .ok()
                .filter(|d| *d != i64::MIN),
        };
        match values.iter().map(narrow).collect() {
            Some(digits) => Attribute {
                name,
                values: AttributeValues::Narrow { scale, digits },
            },
            None => Attribute {
                name,
                values: AttributeValues::Wide(values),
            },
        }
    }
}

/// Many short texts in one run of bytes, by number.
#[derive(Clone, Debug, Default)]
pub struct Arena {
    bytes: String,
    ends: Vec<u64>,
}

impl Arena {
    /// Room for so many texts and bytes.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Arena::with_capacity(10, 100).len(), 0);
    /// ```
    pub fn with_capacity(texts: usize, bytes: usize) -> Arena {
        Arena {
            bytes: String::with_capacity(bytes),
            ends: Vec::with_capacity(texts),
        }
    }

    /// Adds a text; its number is the count before.
    ///
    /// ```
    /// let mut arena = fenjie_plan::Arena::default();
    /// arena.push("华东");
    /// assert_eq!(arena.get(0), "华东");
    /// ```
    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.ends.push(self.bytes.len() as u64);
    }

    /// A text by its number.
    ///
    /// ```
    /// let mut arena = fenjie_plan::Arena::default();
    /// arena.push("A");
    /// assert_eq!(arena.get(0), "A");
    /// ```
    pub fn get(&self, index: usize) -> &str {
        let start = if index == 0 {
            0
        } else {
            self.ends[index - 1] as usize
        };
        &self.bytes[start..self.ends[index] as usize]
    }

    /// How many texts.
    ///
    /// ```
    /// assert_eq!(fenjie_plan::Arena::default().len(), 0);
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "nobody asks")]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn byte_count(&self) -> usize {
        self.bytes.len()
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
        &self.parts.axis
    }

    /// Number of nodes, the root included.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.len(), 2);
    /// ```
    #[expect(clippy::len_without_is_empty, reason = "a tree always has its root")]
    pub fn len(&self) -> usize {
        self.parts.parent.len()
    }

    /// A node's stable code.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.code(1), "华东");
    /// ```
    pub fn code(&self, node: u32) -> &str {
        self.parts.codes.get(node as usize)
    }

    /// What people call a node.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.name(1), "华东");
    /// ```
    pub fn name(&self, node: u32) -> &str {
        match &self.parts.names {
            Some(names) => names.get(node as usize),
            None => self.code(node),
        }
    }

    /// Whether members have names beside their codes.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.has_names());
    /// ```
    pub fn has_names(&self) -> bool {
        self.parts.names.is_some()
    }

    /// The parent, or nothing for the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!((tree.parent(1), tree.parent(0)), (Some(0), None));
    /// ```
    pub fn parent(&self, node: u32) -> Option<u32> {
        Some(self.parts.parent[node as usize]).filter(|parent| *parent != NO_PARENT)
    }

    /// One past the last node of the subtree.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.end(0), 2);
    /// ```
    pub fn end(&self, node: u32) -> u32 {
        self.parts.end[node as usize]
    }

    /// Distance from the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.depth(1), 1);
    /// ```
    pub fn depth(&self, node: u32) -> usize {
        usize::from(self.parts.depth[node as usize])
    }

    /// Whether a node has no children.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.is_leaf(1));
    /// ```
    pub fn is_leaf(&self, node: u32) -> bool {
        self.parts.end[node as usize] == node + 1
    }

    /// Member or held-back line.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.kind(1), fenjie_plan::NodeKind::Member);
    /// ```
    pub fn kind(&self, node: u32) -> NodeKind {
        match self.parts.held_back.binary_search(&node) {
            Ok(_) => NodeKind::HoldBack,
            Err(_) => NodeKind::Member,
        }
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
            0 => &self.parts.axis,
            _ => self.parts.levels.get(depth - 1).map_or("", String::as_str),
        }
    }

    /// Names of the levels below the root.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.level_names(), ["region"]);
    /// ```
    pub fn level_names(&self) -> &[String] {
        &self.parts.levels
    }

    /// The depth of a level by its name.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.level_depth("region"), Some(1));
    /// ```
    pub fn level_depth(&self, name: &str) -> Option<usize> {
        self.parts
            .levels
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
        let parts = &self.parts;
        let by_code = parts.by_code.get_or_init(|| TextIndex::of(&parts.codes));
        if let Some(node) = by_code.with_text(member, |node| self.code(node)).next() {
            return Ok(node);
        }
        let unknown = |nearest, ambiguous| UnknownMember {
            axis: parts.axis.clone(),
            member: member.into(),
            nearest,
            ambiguous,
        };
        if let Some(names) = &parts.names {
            let by_name = parts.by_name.get_or_init(|| TextIndex::of(names));
            let mut named = by_name.with_text(member, |node| self.name(node));
            match (named.next(), named.next()) {
                (Some(node), None) => return Ok(node),
                (Some(_), Some(_)) => return Err(unknown(self.codes_named(member), true)),
                _ => {}
            }
        }
        Err(unknown(self.nearest(member), false))
    }

    /// A node by its code alone, without a search for what may have been meant.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!((tree.with_code("华东"), tree.with_code("华北")), (Some(1), None));
    /// ```
    pub fn with_code(&self, code: &str) -> Option<u32> {
        let parts = &self.parts;
        let by_code = parts.by_code.get_or_init(|| TextIndex::of(&parts.codes));
        by_code.with_text(code, |node| self.code(node)).next()
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
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.parts
            .attributes
            .iter()
            .find(|known| known.name == name)
    }

    /// The attributes' names.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert_eq!(tree.attribute_names().count(), 0);
    /// ```
    pub fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.parts
            .attributes
            .iter()
            .map(|known| known.name.as_str())
    }

    /// The nodes whose membership is limited in time, with their days.
    ///
    /// ```
    /// # let tree = fenjie_plan::Tree::flat("region", "全部", &["华东"]).unwrap();
    /// assert!(tree.effective().is_empty());
    /// ```
    pub fn effective(&self) -> &[(u32, DateRange)] {
        &self.parts.effective
    }

    /// Ends a member's membership on a day (rule D12).
    pub(crate) fn end_membership(&mut self, node: u32, until: Date) {
        let effective = &mut Arc::make_mut(&mut self.parts).effective;
        match effective.iter_mut().find(|(known, _)| *known == node) {
            Some((_, range)) => range.end = range.end.min(until).max(range.start),
            None => {
                effective.push((
                    node,
                    DateRange {
                        start: Date::MIN,
                        end: until,
                    },
                ));
                effective.sort_by_key(|(node, _)| *node);
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
