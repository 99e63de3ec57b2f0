//! Members of a dimension from the columns that name them: the deepest that is filled counts and must
//! lie under the others. Unknown texts stay texts (rule T3).

use fenjie_exchange::table::Column;
use fenjie_plan::{Dimension, Tree};
use rustc_hash::FxHashMap;

use super::RowFault;
use super::dates::narrow;

/// A column that names members, and the depth it speaks of.
pub(super) struct MemberColumn<'t> {
    pub column: &'t Column,
    pub depth: Option<usize>,
}

/// A dimension's members, row by row.
#[derive(Debug, Default)]
pub(super) struct Members {
    /// Distinct codes and unknown texts.
    pub dictionary: Vec<String>,
    /// Whether the text is a known member.
    pub known: Vec<bool>,
    /// Each row's index into the dictionary.
    pub codes: Vec<u32>,
    /// Each row's index of a combination of cells, and what is wrong with each: empty where nothing is.
    pub faults: Option<(Vec<u32>, Vec<Option<RowFault>>)>,
}

/// Whether the word stands for a total of other rows.
pub(super) fn is_total_word(text: &str) -> bool {
    let word: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != ':' && *c != '：')
        .collect();
    matches!(
        word.to_lowercase().as_str(),
        "合计"
            | "小计"
            | "总计"
            | "累计"
            | "总和"
            | "total"
            | "subtotal"
            | "grandtotal"
            | "totals"
            | "sum"
    )
}

/// Resolves the members of every row; `columns` go from the top level down.
pub(super) fn read_members(
    dimension: &Dimension,
    columns: &[MemberColumn<'_>],
    strict: bool,
) -> Members {
    let (codes, combinations) = combined(columns);
    let finder = Finder::new(dimension, strict);
    let mut members = Members::default();
    let mut at: FxHashMap<String, u32> = FxHashMap::default();
    let mut entry_of = Vec::with_capacity(combinations.len());
    let mut faults = Vec::with_capacity(combinations.len());
    for combination in &combinations {
        let cells = columns.iter().zip(combination);
        let cells = cells.map(|(column, &code)| (column.depth, column.column.entry(code).text));
        let (text, known, fault) = match finder.find(cells) {
            Ok(Found::Member(node)) => (dimension.tree.code(node).to_owned(), true, None),
            Ok(Found::Text(text)) => (text.to_owned(), false, None),
            Err(fault) => (String::new(), false, Some(fault)),
        };
        let entry = *at.entry(text).or_insert_with_key(|text| {
            members.dictionary.push(text.clone());
            members.known.push(known);
            members.dictionary.len() as u32 - 1
        });
        entry_of.push(entry);
        faults.push(fault);
    }
    members.codes = codes.iter().map(|&code| entry_of[code as usize]).collect();
    if faults.iter().any(Option::is_some) {
        members.faults = Some((codes, faults));
    }
    members
}

/// A constant for every row.
pub(super) fn constant(code: &str, rows: usize) -> Members {
    Members {
        dictionary: vec![code.to_owned()],
        known: vec![true],
        codes: vec![0; rows],
        faults: None,
    }
}

/// Nothing known of any row.
pub(super) fn nobody(rows: usize) -> Members {
    Members {
        known: vec![false],
        ..constant("", rows)
    }
}

/// Each row's combination of cells, and the combinations.
fn combined(columns: &[MemberColumn<'_>]) -> (Vec<u32>, Vec<Vec<u32>>) {
    let Some((first, rest)) = columns.split_first() else {
        return (Vec::new(), Vec::new());
    };
    let mut codes = first.column.codes().to_vec();
    let mut combinations: Vec<Vec<u32>> = (0..first.column.entry_count() as u32)
        .map(|code| vec![code])
        .collect();
    for column in rest {
        let mut seen: FxHashMap<(u32, u32), u32> = FxHashMap::default();
        let mut wider: Vec<Vec<u32>> = Vec::new();
        for (code, &other) in codes.iter_mut().zip(column.column.codes()) {
            *code = *seen.entry((*code, other)).or_insert_with(|| {
                let mut combination = combinations[*code as usize].clone();
                combination.push(other);
                wider.push(combination);
                wider.len() as u32 - 1
            });
        }
        combinations = wider;
    }
    (codes, combinations)
}

enum Found<'t> {
    Member(u32),
    Text(&'t str),
}

/// Looks members up by depth and under another.
struct Finder<'d> {
    name: &'d str,
    tree: &'d Tree,
    strict: bool,
    /// For how many unknown texts the nearest members were looked for.
    searched: std::cell::Cell<usize>,
    /// Nodes by code and by name, made when a plain look-up does not settle it.
    by_text: std::cell::OnceCell<FxHashMap<&'d str, Vec<u32>>>,
}

impl<'d> Finder<'d> {
    fn new(dimension: &'d Dimension, strict: bool) -> Self {
        Finder {
            name: &dimension.name,
            tree: &dimension.tree,
            strict,
            searched: std::cell::Cell::new(0),
            by_text: std::cell::OnceCell::new(),
        }
    }

    fn find<'t>(
        &self,
        cells: impl Iterator<Item = (Option<usize>, &'t str)>,
    ) -> Result<Found<'t>, RowFault> {
        let (mut node, mut found) = (0, Found::Text(""));
        for (depth, text) in cells.filter(|(_, text)| !text.is_empty()) {
            let narrowed = narrow(text);
            let found_here = match self.under(node, depth, text)? {
                None if *text != *narrowed => self.under(node, depth, &narrowed)?,
                found => found,
            };
            match found_here {
                Some(deeper) => {
                    (node, found) = (deeper, Found::Member(deeper));
                }
                None if is_total_word(text) => return Err(RowFault::TotalRow),
                None if self.strict => {
                    let (dimension, nearest) = (self.name.to_owned(), self.nearest(text));
                    return Err(RowFault::MemberUnknown { dimension, nearest });
                }
                None if !is_fit(text) => return Err(RowFault::TextUnfit),
                None => found = Found::Text(text),
            }
        }
        Ok(found)
    }

    /// The node of a text under another node; `None` where nobody is called so.
    fn under(&self, upper: u32, depth: Option<usize>, text: &str) -> Result<Option<u32>, RowFault> {
        let tree = self.tree;
        let fits = |node: u32| depth.is_none_or(|depth| tree.depth(node) == depth);
        // One look-up settles nearly all: the only one of that code or name, at its level, under it.
        if let Some(node) = tree.with_code(text)
            && fits(node)
            && tree.contains(upper, node)
        {
            return Ok(Some(node));
        }
        let all = self.by_text().get(text).map_or(&[][..], Vec::as_slice);
        let at_level: Vec<u32> = all.iter().copied().filter(|&node| fits(node)).collect();
        let inside: Vec<u32> = at_level
            .iter()
            .copied()
            .filter(|&node| tree.contains(upper, node))
            .collect();
        let coded = inside.iter().find(|&&node| tree.code(node) == text);
        match (inside.as_slice(), coded, at_level.first()) {
            (_, Some(&node), _) | (&[node], None, _) => Ok(Some(node)),
            ([], _, None) => Ok(None),
            ([], _, Some(&node)) => Err(RowFault::MemberElsewhere {
                upper: tree.name(upper).to_owned(),
                under: tree
                    .parent(node)
                    .map_or(String::new(), |up| tree.name(up).to_owned()),
            }),
            (several, None, _) => Err(RowFault::MemberAmbiguous {
                dimension: self.name.to_owned(),
                codes: several
                    .iter()
                    .take(5)
                    .map(|&node| tree.code(node).to_owned())
                    .collect(),
            }),
        }
    }

    /// What an unknown text may mean; looked for a few times only, as it takes long in large trees.
    fn nearest(&self, text: &str) -> Vec<String> {
        self.searched.set(self.searched.get() + 1);
        match self.searched.get() {
            ..=SEARCHED_UNKNOWN => nearest_members(self.tree, text),
            _ => Vec::new(),
        }
    }

    fn by_text(&self) -> &FxHashMap<&'d str, Vec<u32>> {
        self.by_text.get_or_init(|| {
            let mut map: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
            for node in 0..self.tree.len() as u32 {
                let (code, name) = (self.tree.code(node), self.tree.name(node));
                map.entry(code).or_default().push(node);
                if name != code {
                    map.entry(name).or_default().push(node);
                }
            }
            map
        })
    }
}

/// For how many unknown texts the nearest members are looked for.
pub(super) const SEARCHED_UNKNOWN: usize = 20;

/// Members that an unknown text may mean.
pub(super) fn nearest_members(tree: &Tree, text: &str) -> Vec<String> {
    let short: String = text.chars().take(40).collect();
    tree.find(&short)
        .err()
        .map_or(Vec::new(), |unknown| unknown.nearest)
}

/// Whether a text may be kept: no control characters, at most 1,000 characters.
pub(super) fn is_fit(text: &str) -> bool {
    text.len() <= 4_000 && text.chars().count() <= 1_000 && !text.chars().any(char::is_control)
}
