//! Dimensions as written become trees. Must not know how member files are read.

use fenjie_calendar::Date;
use fenjie_plan::{Dimension, MemberRow, TIME, Tree, TreeError};
use rustc_hash::FxHashSet;

use super::member_columns;
use super::member_rows::{self, MemberFile};
use super::{Files, decimal, optional_date, or_empty};
use crate::plan_file::error::{Cause, Fault, Named, Refusal};
use crate::plan_file::scalar::{Table, Text};
use crate::plan_file::wire::axes::{
    AxisEntry, AxisTable, BranchEntry, MemberEntry, MemberTable, MembersEntry,
};

/// Code of the member above all others where the list has none.
const TOTAL: &str = "*";

/// The dimensions in their order.
pub(super) fn dimensions(
    axes: &Table<AxisEntry>,
    files: &mut Files,
    notes: &mut Vec<Cause>,
) -> Result<Vec<Dimension>, Refusal> {
    let mut dimensions = Vec::new();
    for (code, entry) in &axes.0 {
        let unusable = code.trim() != code.text || code.is_empty();
        let reserved = code.text == TIME || code.text == "时间";
        if unusable || reserved || code.contains(['.', ',', '，', ';', '=', '＝', '\n']) {
            let fault = Fault::NameUnusable {
                what: Named::Axis,
                name: code.text.clone(),
            };
            return Err(Refusal::at(fault, code.span));
        }
        let dimension = dimension(code, entry, files, notes);
        dimensions.push(dimension.map_err(|refusal| refusal.or_at(code.span))?);
    }
    Ok(dimensions)
}

fn dimension(
    code: &Text,
    entry: &AxisEntry,
    files: &mut Files,
    notes: &mut Vec<Cause>,
) -> Result<Dimension, Refusal> {
    let simple = |rows: Vec<MemberRow>, tops| {
        tree(code, &[], with_root(rows, None, tops), None).map(|tree| Dimension {
            code: code.text.clone(),
            name: code.text.clone(),
            tree,
            composition: false,
        })
    };
    match entry {
        AxisEntry::List(list) => simple(listed(list)?, Tops::One),
        AxisEntry::Tree(branches) => simple(branching(branches)?, Tops::Several),
        AxisEntry::Members(table) => from_table(code, table, files, notes),
    }
}

fn from_table(
    code: &Text,
    table: &AxisTable,
    files: &mut Files,
    notes: &mut Vec<Cause>,
) -> Result<Dimension, Refusal> {
    let levels: Vec<String> = table
        .levels
        .iter()
        .flatten()
        .map(|level| level.text.clone())
        .collect();
    let total = table.total.as_ref();
    let (rows, tops, file) = match &table.members {
        MembersEntry::File(file) => {
            let path = files.find(file)?;
            if let Some(columns) = member_columns::read(&path, table) {
                let tree = Tree::from_columns(code, &levels, columns);
                return Ok(Dimension {
                    code: code.text.clone(),
                    name: table.name.as_ref().unwrap_or(code).text.clone(),
                    tree: tree.map_err(|cause| tree_refused(code, Some(file), cause))?,
                    composition: table.composition.unwrap_or(false),
                });
            }
            let from = MemberFile {
                file,
                options: table,
            };
            let rows = member_rows::read(&from, &path, notes)?;
            (rows, Tops::One, Some(file))
        }
        MembersEntry::List(list) => (listed(list)?, Tops::One, None),
        MembersEntry::Tree(branches) => (branching(branches)?, Tops::Several, None),
    };
    Ok(Dimension {
        code: code.text.clone(),
        name: table.name.as_ref().unwrap_or(code).text.clone(),
        tree: tree(code, &levels, with_root(rows, total, tops), file)?,
        composition: table.composition.unwrap_or(false),
    })
}

/// The rows below a member of their own: where a total is named, where none of them has a parent,
/// or where a tree has several tops.
fn with_root(mut rows: Vec<MemberRow>, total: Option<&Text>, tops: Tops) -> Vec<MemberRow> {
    let open = rows.iter().filter(|row| row.parent.is_none()).count();
    let wanted = total.is_some() || open == rows.len() || (tops == Tops::Several && open > 1);
    if rows.is_empty() || !wanted {
        return rows;
    }
    for row in rows.iter_mut().filter(|row| row.parent.is_none()) {
        row.parent = Some(TOTAL.into());
    }
    // What it is called follows the members' own language.
    let english = rows
        .iter()
        .all(|row| row.name.is_ascii() && row.code.is_ascii());
    let usual = if english { "Total" } else { "合计" };
    let name = total.map_or(usual, |total| total.text.as_str());
    rows.insert(
        0,
        MemberRow {
            code: TOTAL.into(),
            name: name.into(),
            ..MemberRow::default()
        },
    );
    rows
}

/// Whether several members without a parent are meant: in a tree they are, in a list of rows with
/// parents one of them lacks its own.
#[derive(Clone, Copy, PartialEq)]
enum Tops {
    One,
    Several,
}

fn tree(
    code: &Text,
    levels: &[String],
    rows: Vec<MemberRow>,
    file: Option<&Text>,
) -> Result<Tree, Refusal> {
    // One level below the total needs no name but the dimension's own.
    let root = rows
        .iter()
        .find(|row| row.parent.is_none())
        .map(|row| row.code.as_str());
    let flat = rows
        .iter()
        .all(|row| row.parent.is_none() || row.parent.as_deref() == root);
    let own = [code.text.clone()];
    let levels = if levels.is_empty() && flat {
        &own
    } else {
        levels
    };
    Tree::build(code, levels, rows).map_err(|cause| tree_refused(code, file, cause))
}

fn tree_refused(code: &Text, file: Option<&Text>, cause: TreeError) -> Refusal {
    let span = file.map_or(code.span, |file| file.span);
    let file = file.map(|file| file.text.clone());
    Refusal::at(Fault::Tree { file, cause }, span)
}

fn listed(list: &[MemberEntry]) -> Result<Vec<MemberRow>, Refusal> {
    let mut rows = Rows::default();
    list.iter().try_for_each(|entry| rows.push(entry, None))?;
    Ok(rows.rows)
}

fn branching(branches: &Table<BranchEntry>) -> Result<Vec<MemberRow>, Refusal> {
    let mut rows = Rows::default();
    rows.grow(branches, None)?;
    Ok(rows.rows)
}

/// Members written in the plan itself, one after the other.
#[derive(Default)]
struct Rows {
    rows: Vec<MemberRow>,
    seen: FxHashSet<String>,
}

impl Rows {
    fn grow(&mut self, branches: &Table<BranchEntry>, above: Option<&str>) -> Result<(), Refusal> {
        for (name, branch) in &branches.0 {
            self.push(&MemberEntry::Name(name.clone()), above)?;
            let code = name.trim();
            match branch {
                BranchEntry::Tree(below) => self.grow(below, Some(code))?,
                BranchEntry::List(list) => {
                    list.iter()
                        .try_for_each(|leaf| self.push(leaf, Some(code)))?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, entry: &MemberEntry, above: Option<&str>) -> Result<(), Refusal> {
        let (row, code, dated) = match entry {
            MemberEntry::Name(name) => (named(name, above)?, name, false),
            MemberEntry::Table(table) => {
                let dated = table.from.is_some() || table.until.is_some();
                (member(table, above)?, &table.code, dated)
            }
        };
        if !self.seen.insert(row.code.clone()) && !dated {
            let fault = Fault::NameTwice {
                what: Named::Member,
                name: row.code,
            };
            return Err(Refusal::at(fault, code.span));
        }
        self.rows.push(MemberRow {
            row: self.rows.len() + 1,
            ..row
        });
        Ok(())
    }
}

fn named(name: &Text, above: Option<&str>) -> Result<MemberRow, Refusal> {
    let code = usable(name)?;
    let (name, parent) = (code.clone(), above.map(str::to_owned));
    Ok(MemberRow {
        code,
        name,
        parent,
        ..MemberRow::default()
    })
}

fn member(table: &MemberTable, above: Option<&str>) -> Result<MemberRow, Refusal> {
    let parent = table.parent.as_ref().map(|parent| parent.text.clone());
    let mut attributes = Vec::new();
    for (name, value) in table.attributes.iter().flat_map(|table| &table.0) {
        attributes.push((name.text.clone(), decimal(value)?));
    }
    Ok(MemberRow {
        code: usable(&table.code)?,
        name: or_empty(table.name.as_ref()),
        parent: parent
            .filter(|parent| !parent.is_empty())
            .or(above.map(str::to_owned)),
        from: optional_date(table.from.as_ref())?,
        until: optional_date(table.until.as_ref())?.map(after),
        attributes,
        row: 0,
    })
}

fn usable(code: &Text) -> Result<String, Refusal> {
    let trimmed = code.trim();
    if trimmed.is_empty() || trimmed == TOTAL || trimmed.contains('\n') {
        let fault = Fault::NameUnusable {
            what: Named::Member,
            name: code.text.clone(),
        };
        return Err(Refusal::at(fault, code.span));
    }
    Ok(trimmed.to_owned())
}

/// The day after a last day.
pub(super) fn after(last: Date) -> Date {
    last.tomorrow().unwrap_or(Date::MAX)
}
