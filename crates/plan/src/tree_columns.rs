//! Builds a tree of millions of members from columns, without a row object per member. Lists with
//! repeated codes or dates go the ordinary way; knows no amounts.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::decimal::Decimal;
use crate::text_index::hash_of;
use crate::tree::{Arena, Attribute, AttributeValues, HOLD_BACK_MARK, NO_PARENT, Parts, Tree};
use crate::tree_build::depth_first;
use crate::tree_error::TreeError;

/// Members by columns: row `i` has code `codes.get(i)`, parent `parents[i]` and so on. Codes must be
/// distinct; that is checked.
#[derive(Clone, Debug, Default)]
pub struct MemberColumns {
    /// A code per row.
    pub codes: Arena,
    /// A name per row; the codes where there are none.
    pub names: Option<Arena>,
    /// The distinct parent codes.
    pub parent_codes: Vec<String>,
    /// Each row's index into the parent codes; `u32::MAX` for the root.
    pub parents: Vec<u32>,
    /// Whole-number attributes: name and a value per row.
    pub attributes: Vec<(String, Vec<i64>)>,
    /// Row of the file that the first row stands in, for messages.
    pub first_row: usize,
}

impl Tree {
    /// Builds a large tree; children keep the order of the rows (rule A3). The same faults are refused
    /// as by [`Tree::build`], but a member cannot stand twice here, whatever its dates.
    ///
    /// ```
    /// use fenjie_plan::{Arena, MemberColumns, Tree};
    /// let mut codes = Arena::default();
    /// ["all", "east", "west"].iter().for_each(|code| codes.push(code));
    /// let columns = MemberColumns {
    ///     codes, parent_codes: vec!["all".into()], parents: vec![u32::MAX, 0, 0],
    ///     attributes: vec![("people".into(), vec![5, 3, 2])], ..MemberColumns::default()
    /// };
    /// let tree = Tree::from_columns("org", &[], columns).unwrap();
    /// assert_eq!((tree.len(), tree.find("west").unwrap()), (3, 2));
    /// ```
    pub fn from_columns(
        axis: &str,
        levels: &[String],
        columns: MemberColumns,
    ) -> Result<Tree, TreeError> {
        let count = columns.codes.len();
        if count == 0 {
            return Err(TreeError::Empty { axis: axis.into() });
        }
        refuse_repeats(axis, &columns)?;
        let parents = parent_rows(axis, &columns)?;
        let order = depth_first(axis, &parents, |row| columns.codes.get(row).to_owned())?;
        let code = |row: usize| columns.codes.get(row).to_owned();
        let mut parts = Parts::shaped(axis, levels, &parents, &order, code)?;
        let in_order = order
            .iter()
            .enumerate()
            .all(|(node, row)| node as u32 == *row);
        let sorted = |arena: Arena| {
            if in_order {
                arena
            } else {
                reordered(&arena, &order)
            }
        };
        parts.attributes = columns
            .attributes
            .into_iter()
            .map(|(name, digits)| {
                let digits = if in_order {
                    digits
                } else {
                    order.iter().map(|row| digits[*row as usize]).collect()
                };
                Attribute {
                    name,
                    values: AttributeValues::Narrow { scale: 0, digits },
                }
            })
            .collect();
        parts.names = columns.names.map(sorted);
        parts.codes = sorted(columns.codes);
        parts.held_back = (0..count as u32)
            .filter(|node| parts.codes.get(*node as usize).ends_with(HOLD_BACK_MARK))
            .collect();
        Ok(Tree {
            parts: Arc::new(parts),
        })
    }
}

impl MemberColumns {
    /// Adds an attribute where all its values are whole numbers; says whether they were.
    ///
    /// ```
    /// use fenjie_plan::{Decimal, MemberColumns};
    /// let mut columns = MemberColumns::default();
    /// assert!(columns.add_attribute("people", [Decimal::parse("3").ok()].into_iter()));
    /// assert!(!columns.add_attribute("share", [Decimal::parse("0.5").ok()].into_iter()));
    /// ```
    pub fn add_attribute(
        &mut self,
        name: &str,
        values: impl Iterator<Item = Option<Decimal>>,
    ) -> bool {
        let whole = |value: Option<Decimal>| match value {
            None => Some(i64::MIN),
            Some(value) if value.scale() == 0 => i64::try_from(value.digits()).ok(),
            Some(_) => None,
        };
        match values.map(whole).collect() {
            Some(digits) => {
                self.attributes.push((name.to_owned(), digits));
                true
            }
            None => false,
        }
    }
}

fn reordered(arena: &Arena, order: &[u32]) -> Arena {
    let mut sorted = Arena::with_capacity(arena.len(), arena.byte_count());
    order
        .iter()
        .for_each(|row| sorted.push(arena.get(*row as usize)));
    sorted
}

/// Two members with one code are found without sorting all of them: a bit per hash tells the few that
/// may be repeats, and only those are compared.
fn refuse_repeats(axis: &str, columns: &MemberColumns) -> Result<(), TreeError> {
    let count = columns.codes.len();
    let bits = (count * 16).next_power_of_two().max(64);
    // The upper bits of a product depend on all of the hash.
    let shift = 64 - bits.trailing_zeros();
    let bit_of = |code: &str| (hash_of(code).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> shift) as usize;
    let mut seen = vec![0u64; bits / 64];
    let mut suspects: FxHashSet<u64> = FxHashSet::default();
    for row in 0..count {
        let bit = bit_of(columns.codes.get(row));
        let (word, mask) = (&mut seen[bit / 64], 1u64 << (bit % 64));
        if *word & mask != 0 {
            suspects.insert(bit as u64);
        }
        *word |= mask;
    }
    drop(seen);
    let mut rows: FxHashMap<&str, u32> = FxHashMap::default();
    for row in 0..count as u32 {
        let code = columns.codes.get(row as usize);
        let bit = bit_of(code);
        if !suspects.contains(&(bit as u64)) {
            continue;
        }
        if let Some(first) = rows.insert(code, row) {
            return Err(TreeError::Duplicate {
                axis: axis.into(),
                member: code.into(),
                rows: [columns.row(first), columns.row(row)],
            });
        }
    }
    Ok(())
}

impl MemberColumns {
    fn row(&self, row: u32) -> usize {
        self.first_row + row as usize
    }
}

fn parent_rows(axis: &str, columns: &MemberColumns) -> Result<Vec<u32>, TreeError> {
    let mut row_of: FxHashMap<&str, u32> = FxHashMap::default();
    let mut lengths = [false; 256];
    for code in &columns.parent_codes {
        row_of.insert(code, NO_PARENT);
        lengths[code.len().min(255)] = true;
    }
    for row in 0..columns.codes.len() {
        let code = columns.codes.get(row);
        if lengths[code.len().min(255)]
            && let Some(found) = row_of.get_mut(code)
        {
            *found = row as u32;
        }
    }
    let known: Vec<u32> = columns
        .parent_codes
        .iter()
        .map(|code| row_of[code.as_str()])
        .collect();
    let mut root: Option<usize> = None;
    let mut parents = Vec::with_capacity(columns.parents.len());
    for (row, parent) in columns.parents.iter().enumerate() {
        if *parent == NO_PARENT {
            if let Some(first) = root {
                let code = |row: usize| columns.codes.get(row).to_owned();
                return Err(TreeError::TwoRoots {
                    axis: axis.into(),
                    roots: [code(first), code(row)],
                    rows: [columns.first_row + first, columns.first_row + row],
                });
            }
            root = Some(row);
            parents.push(NO_PARENT);
            continue;
        }
        let found = known[*parent as usize];
        if found == NO_PARENT {
            return Err(TreeError::OrphanParent {
                axis: axis.into(),
                member: columns.codes.get(row).into(),
                parent: columns.parent_codes[*parent as usize].clone(),
                row: columns.first_row + row,
            });
        }
        parents.push(found);
    }
    Ok(parents)
}
