//! Targets as a long table: a row for each cell of a grain, written batch after batch, so that memory
//! stays bounded whatever the plan's size. Knows no format.

use std::path::Path;

use fenjie_exchange::write::{
    AmountColumn, CellBatch, CellFormat, CellSchema, CellWriter, TextColumn, Texts, WriteError,
};
use fenjie_plan::{Axis, Grain, Plan, View};

use super::progress::Progress;
use crate::failure::Failure;

/// Rows handed on at once.
const BATCH_ROWS: usize = 1 << 16;

/// Writes the cells of a grain and says how many. `all` is every level of every axis.
///
/// # Errors
/// A grain the plan does not have, and output that cannot be written.
pub fn write(
    plan: &Plan,
    measure: usize,
    level: &str,
    (path, format): (&Path, CellFormat),
    progress: &Progress,
) -> Result<u64, Failure> {
    let grains = grains(plan, measure, level)?;
    let base = plan.base(measure);
    let layers = plan.layers(measure)?;
    let mut views = vec![base];
    views.extend(layers.iter().map(|layer| layer.view.clone()));
    let counted = grains
        .iter()
        .map(|grain| rows_of(&views[0], plan, grain))
        .sum();
    progress.expect(counted);
    let shown = shown_axes(plan, &grains);
    let (schema, axis_of) = schema(plan, measure, &shown, grains.len() > 1);
    let mut table = Table {
        writer: CellWriter::create_as(path, format, schema)?,
        nodes: vec![Vec::new(); plan.model().axes().len()],
        amounts: vec![Vec::new(); views.len()],
        views: &views,
        axis_of,
        written: 0,
    };
    for grain in &grains {
        table.add(grain, progress)?;
    }
    table.finish()
}

/// The grains of a level; of `all` the totals come first and the finest cells last.
fn grains(plan: &Plan, measure: usize, level: &str) -> Result<Vec<Grain>, Failure> {
    if level.trim() != "all" {
        return Ok(vec![plan.grain(measure, level)?]);
    }
    let finest = plan.grain(measure, "finest")?;
    let mut grains = vec![Grain { depths: Vec::new() }];
    for most in &finest.depths {
        let longer = grains.iter().flat_map(|grain| {
            (0..=*most).map(|depth| {
                let mut depths = grain.depths.clone();
                depths.push(depth);
                Grain { depths }
            })
        });
        grains = longer.collect();
    }
    Ok(grains)
}

fn rows_of(view: &View<'_>, plan: &Plan, grain: &Grain) -> u64 {
    let axes = 0..plan.model().axes().len();
    axes.map(|axis| view.nodes(axis, grain).len() as u64)
        .product()
}

/// The axes that tell rows apart, and time.
fn shown_axes(plan: &Plan, grains: &[Grain]) -> Vec<usize> {
    let time = plan.model().axes().len() - 1;
    let is_shown =
        |axis: &usize| *axis == time || grains.iter().any(|grain| grain.depths[*axis] > 0);
    (0..=time).filter(is_shown).collect()
}

/// Per axis its code and name, of time also the days; then the base and each layer. Beside it the
/// axis of each text column.
fn schema(
    plan: &Plan,
    measure: usize,
    shown: &[usize],
    has_levels: bool,
) -> (CellSchema, Vec<usize>) {
    let model = plan.model();
    let (mut texts, mut axis_of) = (Vec::new(), Vec::new());
    let mut column = |index: usize, name: String, dictionary: Texts| {
        texts.push(TextColumn { name, dictionary });
        axis_of.push(index);
    };
    let each = |axis: &Axis, text: &dyn Fn(u32) -> String| -> Texts {
        let dictionary: Vec<String> = (0..axis.tree.len() as u32).map(text).collect();
        dictionary.into()
    };
    let time = model.axes().len() - 1;
    for index in shown.iter().copied() {
        let axis = &model.axes()[index];
        let code = if index == time { "period" } else { &axis.code };
        if has_levels {
            let levels = each(axis, &|node| axis.level_of(node).to_owned());
            column(index, format!("{code}_level"), levels);
        }
        column(index, code.to_owned(), Texts::Codes(axis.tree.clone()));
        if index < time && axis.tree.has_names() {
            column(
                index,
                format!("{code}_name"),
                Texts::Names(axis.tree.clone()),
            );
        }
    }
    let periods = &model.axes()[time];
    let days = |node: u32| periods.days_of(node).expect("a period has days");
    column(
        time,
        "start".into(),
        each(periods, &|node| days(node).start.to_string()),
    );
    column(
        time,
        "last".into(),
        each(periods, &|node| days(node).last().to_string()),
    );
    let about = &model.definition().measures[measure];
    let step = about.step;
    let mut amounts = vec![AmountColumn {
        name: about.code.clone(),
        step,
    }];
    for rule in plan.layer_rules() {
        let is_ours =
            rule.measure.is_empty() || [&about.code, &about.name].contains(&&rule.measure);
        if is_ours {
            let mut name = format!("{}_{}", about.code, rule.layer.code());
            if amounts.iter().any(|known| known.name == name) {
                name = format!("{name}_{}", rule.level);
            }
            amounts.push(AmountColumn { name, step });
        }
    }
    (CellSchema { texts, amounts }, axis_of)
}

/// Rows on their way to the writer: the node of each axis, and the amounts.
struct Table<'v, 'p> {
    writer: CellWriter,
    views: &'v [View<'p>],
    nodes: Vec<Vec<u32>>,
    amounts: Vec<Vec<i64>>,
    /// For each text column, the axis it belongs to.
    axis_of: Vec<usize>,
    written: u64,
}

impl Table<'_, '_> {
    fn add(&mut self, grain: &Grain, progress: &Progress) -> Result<(), Failure> {
        let mut refused = None;
        let views = self.views;
        views[0].each_row(grain, |members, periods, values| {
            if refused.is_some() {
                return;
            }
            let others: Vec<_> = views[1..]
                .iter()
                .filter_map(|view| view.series(members, periods))
                .collect();
            debug_assert_eq!(
                others.len() + 1,
                views.len(),
                "a layer is as fine as its base"
            );
            refused = self.push(members, periods, values, &others, progress).err();
        });
        match refused {
            Some(error) => Err(error.into()),
            None => Ok(()),
        }
    }

    fn push(
        &mut self,
        members: &[u32],
        periods: &[u32],
        values: &[i64],
        others: &[Vec<i64>],
        progress: &Progress,
    ) -> Result<(), WriteError> {
        let (time, dimensions) = self.nodes.split_last_mut().expect("time is always there");
        for (column, node) in dimensions.iter_mut().zip(members) {
            column.resize(column.len() + periods.len(), *node);
        }
        time.extend_from_slice(periods);
        self.amounts[0].extend_from_slice(values);
        for (column, values) in self.amounts[1..].iter_mut().zip(others) {
            column.extend_from_slice(values);
        }
        if self.amounts[0].len() >= BATCH_ROWS {
            progress.advance(self.amounts[0].len() as u64);
            self.hand_on()?;
        }
        Ok(())
    }

    fn hand_on(&mut self) -> Result<(), WriteError> {
        let text_codes: Vec<&[u32]> = self
            .axis_of
            .iter()
            .map(|axis| self.nodes[*axis].as_slice())
            .collect();
        let amounts: Vec<&[i64]> = self.amounts.iter().map(Vec::as_slice).collect();
        self.written += amounts[0].len() as u64;
        self.writer.write(CellBatch {
            text_codes: &text_codes,
            amounts: &amounts,
        })?;
        self.nodes.iter_mut().for_each(Vec::clear);
        self.amounts.iter_mut().for_each(Vec::clear);
        Ok(())
    }

    fn finish(mut self) -> Result<u64, Failure> {
        self.hand_on()?;
        let written = self.written;
        self.writer.finish()?;
        Ok(written)
    }
}
