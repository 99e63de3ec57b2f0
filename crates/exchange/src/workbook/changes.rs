//! What was changed in a workbook: exported, edited and current figures side by side become
//! operations and conflicts. Applies nothing.

use fenjie_plan::{ChangeBy, Keep, Operation, Place, Plan};

use super::WorkbookError;
use super::edits::{Edit, edits_of};
use super::error::SheetCell;
use super::machine::{Block, Machine, axes_of, measures_of};
use super::opened::find;
use crate::table::XlsxSheets;

/// A cell that was changed both in the workbook and in the plan, differently.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The cell.
    pub at: SheetCell,
    /// Index of the measure.
    pub measure: usize,
    /// The place.
    pub place: Place,
    /// The value when the workbook was written, in steps.
    pub exported: i64,
    /// The value in the workbook now, in steps.
    pub edited: i64,
    /// The value in the plan now, in steps.
    pub current: i64,
}

/// What was changed in a workbook.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ImportedChanges {
    /// What makes the plan as the workbook says, in the order of sheets and cells.
    pub operations: Vec<Operation>,
    /// The cell each operation comes from; as many as `operations`.
    pub cells: Vec<SheetCell>,
    /// Cells that somebody has to decide about.
    pub conflicts: Vec<Conflict>,
    /// Cells as they were, and changed ones that the plan already agrees with.
    pub unchanged: usize,
}

/// A changed cell with its place in the plan of now.
struct Placed<'m> {
    edit: Edit,
    block: usize,
    measure: usize,
    place: Place,
    code: &'m str,
}

/// Compares a workbook with the plan of now.
pub(super) fn read(
    machine: &Machine,
    book: &XlsxSheets,
    plan: &Plan,
) -> Result<ImportedChanges, WorkbookError> {
    refuse_other_plan(machine, plan)?;
    let mut changes = ImportedChanges::default();
    let mut placed: Vec<Placed<'_>> = Vec::new();
    for (at, block) in machine.blocks.iter().enumerate() {
        let found = find(book, block, at + 1)?;
        let step = plan.step(block.grid.measure);
        let edits = edits_of(block, &found, step)?;
        let cells = block.grid.rows.len() * block.grid.columns.len();
        changes.unchanged += cells - edits.len();
        for edit in edits {
            let place = place_of(plan, block, &edit)?;
            let (measure, code) = (
                block.grid.measure,
                machine.measures[block.grid.measure].0.as_str(),
            );
            placed.push(Placed {
                edit,
                block: at,
                measure,
                place,
                code,
            });
        }
    }
    drop_repeats(&mut placed, &mut changes)?;
    refuse_overlaps(plan, &placed)?;
    for one in placed {
        compare(plan, one, &mut changes)?;
    }
    Ok(changes)
}

/// Puts a changed cell beside the plan of now.
fn compare(
    plan: &Plan,
    one: Placed<'_>,
    changes: &mut ImportedChanges,
) -> Result<(), WorkbookError> {
    let Some(current) = plan.base(one.measure).value(&one.place) else {
        let id = plan.model().place_text(&one.place);
        return Err(WorkbookError::PlaceUnknown {
            at: one.edit.at,
            id,
        });
    };
    let Edit {
        at,
        exported,
        edited,
        ..
    } = one.edit;
    if current == edited {
        changes.unchanged += 1;
    } else if current == exported {
        let step = plan.step(one.measure);
        changes.operations.push(Operation::Set {
            measure: one.code.to_owned(),
            at: plan.model().address(&one.place),
            change: ChangeBy::To(step.format(edited)),
            keep: Keep::Nothing,
        });
        changes.cells.push(at);
    } else {
        let (measure, place) = (one.measure, one.place);
        changes.conflicts.push(Conflict {
            at,
            measure,
            place,
            exported,
            edited,
            current,
        });
    }
    Ok(())
}

fn refuse_other_plan(machine: &Machine, plan: &Plan) -> Result<(), WorkbookError> {
    let definition = plan.model().definition();
    let measures = |measures: &[(String, String)]| {
        let texts = measures
            .iter()
            .map(|(code, step)| format!("{code} ({step})"));
        texts.collect::<Vec<_>>().join(", ")
    };
    let stated = [
        ("name", machine.plan.clone(), definition.name.clone()),
        (
            "period",
            machine.period.clone(),
            definition.period.to_string(),
        ),
        (
            "dimensions",
            machine.axes.join(", "),
            axes_of(plan).join(", "),
        ),
        (
            "measures",
            measures(&machine.measures),
            measures(&measures_of(plan)),
        ),
    ];
    match stated
        .into_iter()
        .find(|(_, workbook, plan)| workbook != plan)
    {
        Some((what, workbook, plan)) => Err(WorkbookError::OtherPlan {
            what,
            workbook,
            plan,
        }),
        None => Ok(()),
    }
}

/// The place of a changed cell in the plan of now.
fn place_of(plan: &Plan, block: &Block, edit: &Edit) -> Result<Place, WorkbookError> {
    let not_editable = || WorkbookError::NotEditable {
        at: edit.at.clone(),
    };
    if !block.editable {
        return Err(not_editable());
    }
    let axes = plan.model().axes();
    let mut place = Place(vec![0; axes.len()]);
    let (row, column) = (
        &block.grid.rows[edit.row].id,
        &block.grid.columns[edit.column].id,
    );
    for id in block
        .fixed
        .iter()
        .chain([row, column])
        .filter(|id| *id != "*")
    {
        let member_of = |code: &str| {
            id.strip_prefix(code)
                .and_then(|rest| rest.strip_prefix('='))
        };
        let named = axes
            .iter()
            .enumerate()
            .find_map(|(axis, known)| member_of(&known.code).map(|member| (axis, member)));
        let (axis, member) = named.ok_or_else(not_editable)?;
        let tree = &axes[axis].tree;
        let node = tree
            .find(member)
            .ok()
            .filter(|node| tree.code(*node) == member);
        place.0[axis] = node.ok_or_else(|| WorkbookError::PlaceUnknown {
            at: edit.at.clone(),
            id: id.clone(),
        })?;
    }
    Ok(place)
}

/// The same figure may stand on several sheets; changed alike, it is one change.
fn drop_repeats(
    placed: &mut Vec<Placed<'_>>,
    changes: &mut ImportedChanges,
) -> Result<(), WorkbookError> {
    let mut seen: rustc_hash::FxHashMap<(usize, Place), (i64, SheetCell)> = Default::default();
    let mut kept = Vec::with_capacity(placed.len());
    for one in placed.drain(..) {
        let key = (one.measure, one.place.clone());
        match seen.get(&key) {
            Some((edited, _)) if *edited == one.edit.edited => changes.unchanged += 1,
            Some((_, first)) => {
                let (first, second) = (first.clone(), one.edit.at);
                return Err(WorkbookError::ChangesOverlap { first, second });
            }
            None => {
                seen.insert(key, (one.edit.edited, one.edit.at.clone()));
                kept.push(one);
            }
        }
    }
    *placed = kept;
    Ok(())
}

/// Two changes of which one would move what the other states.
fn refuse_overlaps(plan: &Plan, placed: &[Placed<'_>]) -> Result<(), WorkbookError> {
    let axes = plan.model().axes();
    let touches = |a: &Place, b: &Place| {
        a.0.iter().zip(&b.0).enumerate().all(|(axis, (a, b))| {
            let tree = &axes[axis].tree;
            tree.contains(*a, *b) || tree.contains(*b, *a)
        })
    };
    for (at, one) in placed.iter().enumerate() {
        for other in &placed[..at] {
            let are_leaves = !one.edit.is_total && !other.edit.is_total && one.block == other.block;
            if !are_leaves && one.measure == other.measure && touches(&one.place, &other.place) {
                return Err(WorkbookError::ChangesOverlap {
                    first: other.edit.at.clone(),
                    second: one.edit.at.clone(),
                });
            }
        }
    }
    Ok(())
}
