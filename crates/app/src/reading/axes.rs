//! The rows and columns of a slice: which nodes of which axes, in which order, a page at a time. Must
//! not know amounts.

use fenjie_plan::{Place, Tree};

use super::within::{Within, refused};
use crate::AppError;

/// One side of a slice: the combinations of the nodes of some axes.
#[derive(Clone, Debug)]
pub(super) struct Side {
    /// Which field of the request it is.
    pub field: &'static str,
    /// The axes, outermost first.
    pub axes: Vec<usize>,
    /// The nodes of each, ascending.
    pub lists: Vec<Vec<u32>>,
}

/// Which nodes of an axis, below where the slice begins.
enum Which {
    /// The parts of where it begins.
    Children,
    /// Where it begins, and everything below.
    Whole,
    /// The nodes without parts.
    Leaves,
    /// Where it begins, alone.
    Itself,
    /// The nodes at these depths, and those above that have no parts.
    Depths(Vec<usize>),
}

impl Side {
    /// Reads `region`, `region:1`, `time:quarter/month`, `org:all`, several with commas between.
    pub fn parse(
        within: &Within<'_>,
        field: &'static str,
        text: &str,
        from: &Place,
    ) -> Result<Side, AppError> {
        let model = within.plan.model();
        let (mut axes, mut lists) = (Vec::new(), Vec::new());
        let parts = text.split([',', '，']).map(str::trim);
        for part in parts.filter(|part| !part.is_empty()) {
            let (name, which) = part.split_once(':').unwrap_or((part, "children"));
            let found = model.axis_level(name.trim());
            let (axis, depth) = found.map_err(|error| refused(field, &error))?;
            let which = match depth {
                Some(depth) => Which::Depths(vec![depth]),
                None => Which::parse(within, field, axis, which)?,
            };
            if axes.contains(&axis) {
                let code = &model.axes()[axis].code;
                return Err(AppError::invalid(
                    field,
                    "axis_twice",
                    format!("轴 {code} 出现了两次"),
                    format!("the axis {code} is named twice"),
                ));
            }
            axes.push(axis);
            lists.push(nodes(within, axis, from.0[axis], &which));
        }
        Ok(Side { field, axes, lists })
    }

    /// How many combinations there are.
    pub fn count(&self) -> u64 {
        let counts = self.lists.iter().map(|list| list.len() as u64);
        counts.fold(1, u64::saturating_mul)
    }

    /// The combination at a place in the order.
    pub fn at(&self, mut index: u64) -> Vec<u32> {
        let mut nodes = vec![0; self.lists.len()];
        for (node, list) in nodes.iter_mut().zip(&self.lists).rev() {
            let length = list.len() as u64;
            *node = list[(index % length) as usize];
            index /= length;
        }
        nodes
    }

    /// The text that names a combination to the next page.
    pub fn key(&self, within: &Within<'_>, nodes: &[u32]) -> String {
        let axes = within.plan.model().axes();
        let codes = self.axes.iter().zip(nodes);
        let codes: Vec<&str> = codes
            .map(|(axis, node)| axes[*axis].tree.code(*node))
            .collect();
        codes.join("\u{1f}")
    }

    /// The page behind a key: from where, to where.
    pub fn page(
        &self,
        within: &Within<'_>,
        after: Option<&str>,
        limit: usize,
    ) -> Result<std::ops::Range<u64>, AppError> {
        let count = self.count();
        let from = match after {
            None => 0,
            Some(key) => self.behind(within, key).ok_or_else(|| {
                let field = match self.field {
                    "columns" => "column_cursor",
                    _ => "cursor",
                };
                AppError::invalid(
                    field,
                    "cursor_invalid",
                    format!("{field} 无效，请从头读取"),
                    format!("this {field} does not belong to what is asked; begin anew"),
                )
            })?,
        };
        Ok(from..count.min(from + limit as u64))
    }

    fn behind(&self, within: &Within<'_>, key: &str) -> Option<u64> {
        let axes = within.plan.model().axes();
        let mut codes = key.split('\u{1f}');
        let mut index = 0u64;
        for (axis, list) in self.axes.iter().zip(&self.lists) {
            let node = axes[*axis].tree.with_code(codes.next()?)?;
            let at = list.binary_search(&node).ok()? as u64;
            index = index.checked_mul(list.len() as u64)?.checked_add(at)?;
        }
        (codes.next().is_none()).then_some(index + 1)
    }
}

impl Which {
    fn parse(
        within: &Within<'_>,
        field: &'static str,
        axis: usize,
        text: &str,
    ) -> Result<Which, AppError> {
        let text = text.trim();
        match text {
            "children" => return Ok(Which::Children),
            "all" => return Ok(Which::Whole),
            "leaves" => return Ok(Which::Leaves),
            "self" => return Ok(Which::Itself),
            _ => {}
        }
        let model = within.plan.model();
        let code = &model.axes()[axis].code;
        let deepest = model.axes()[axis].tree.level_names().len();
        let mut depths = Vec::new();
        for part in text.split('/').map(str::trim) {
            let range = part.split_once('-').unwrap_or((part, part));
            if let (Ok(first), Ok(last)) = (range.0.parse::<usize>(), range.1.parse::<usize>()) {
                if first > last || last > deepest {
                    return Err(AppError::invalid(
                        field,
                        "depth_out_of_range",
                        format!("轴 {code} 的层级深度须在 0 与 {deepest} 之间"),
                        format!("the depths of {code} are 0 to {deepest}"),
                    ));
                }
                depths.extend(first..=last);
                continue;
            }
            let level = model.axis_level(&format!("{code}.{part}"));
            let (_, depth) = level.map_err(|error| refused(field, &error))?;
            depths.extend(depth);
        }
        Ok(Which::Depths(depths))
    }
}

/// The nodes of an axis from a node on, as far as they are within reach.
fn nodes(within: &Within<'_>, axis: usize, from: u32, which: &Which) -> Vec<u32> {
    let tree = &within.plan.model().axes()[axis].tree;
    let visible = |node: &u32| within.sees_node(axis, *node);
    let below = from..tree.end(from);
    match which {
        Which::Itself => Vec::from([from]).into_iter().filter(visible).collect(),
        Which::Children if visible(&from) => tree.children(from).filter(visible).collect(),
        Which::Children => {
            let tops = within.tops(axis).into_iter();
            tops.filter(|node| tree.contains(from, *node)).collect()
        }
        Which::Whole => below.filter(visible).collect(),
        Which::Leaves => below
            .filter(|node| tree.is_leaf(*node) && visible(node))
            .collect(),
        Which::Depths(depths) => below
            .filter(|node| at_depth(tree, *node, depths) && visible(node))
            .collect(),
    }
}

/// Whether a node is at one of the depths, or above one without parts of its own.
fn at_depth(tree: &Tree, node: u32, depths: &[usize]) -> bool {
    let own = tree.depth(node);
    let deepest = depths.iter().copied().max().unwrap_or(0);
    depths.contains(&own) || (own < deepest && tree.is_leaf(node))
}
