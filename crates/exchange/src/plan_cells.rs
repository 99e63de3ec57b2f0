//! Targets as a long table: a row for each cell of a grain, written batch after batch, so that memory
//! stays bounded whatever the plan's size. Knows no format.

use std::path::Path;

use fenjie_message::{Lang, Message, english};
use fenjie_plan::{Axis, Grain, LayerRule, Plan, PlanError, Tree, View};

use crate::write::{
    AmountColumn, CellBatch, CellFormat, CellSchema, CellWriter, TextColumn, Texts, WriteError,
};

/// Rows handed on at once.
const BATCH_ROWS: usize = 1 << 16;

/// Why the cells of a plan could not be written.
#[derive(Clone, Debug)]
pub enum CellsError {
    /// The plan does not have such a grain, or a layer cannot be computed.
    Plan(PlanError),
    /// The file cannot be written.
    Write(WriteError),
    /// There are more rows than whoever asks wants.
    TooMany {
        /// How many there are.
        rows: u64,
        /// How many are wanted at most.
        most: u64,
    },
}

impl From<PlanError> for CellsError {
    fn from(error: PlanError) -> CellsError {
        CellsError::Plan(error)
    }
}

impl From<WriteError> for CellsError {
    fn from(error: WriteError) -> CellsError {
        CellsError::Write(error)
    }
}

impl Message for CellsError {
    fn code(&self) -> &'static str {
        match self {
            CellsError::Plan(error) => error.code(),
            CellsError::Write(error) => error.code(),
            CellsError::TooMany { .. } => "too_many_rows",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (CellsError::Plan(error), _) => error.text(lang),
            (CellsError::Write(error), _) => error.text(lang),
            (CellsError::TooMany { rows, most }, Lang::Zh) => {
                format!("共 {rows} 行，最多 {most} 行")
            }
            (CellsError::TooMany { rows, most }, Lang::En) => {
                format!("{rows} rows; {most} is the most")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            CellsError::Plan(error) => error.hint(lang),
            CellsError::Write(error) => error.hint(lang),
            CellsError::TooMany { .. } => {
                let (zh, en) = ("换粗一些的层级", "ask for a coarser level");
                Some(lang.pick(zh, en).into())
            }
        }
    }
}

impl std::fmt::Display for CellsError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for CellsError {}

/// What a long table holds, and who is told how it goes on.
pub struct CellsAsked<'a> {
    /// The measure, by index.
    pub measure: usize,
    /// How fine: `region, month`, `finest`, `stored`, or `all` for every level of every axis.
    pub level: &'a str,
    /// The most rows.
    pub most: u64,
    /// Whether a layer is wanted.
    pub layer: &'a dyn Fn(&LayerRule) -> bool,
    /// Whether a row is wanted, by its members (one node for each dimension).
    pub seen: &'a dyn Fn(&[u32]) -> bool,
    /// Whether a node of an axis may be named at all: the dictionaries of a Parquet file name every
    /// other node of it too.
    pub named: Option<&'a dyn Fn(usize, u32) -> bool>,
    /// Told once how many rows there are, before the first is written.
    pub expect: &'a dyn Fn(u64),
    /// Told how many rows more were written.
    pub advance: &'a dyn Fn(u64),
}

/// Writes the cells of a grain and says how many.
///
/// # Errors
/// A grain the plan does not have, more rows than wanted, and output that cannot be written.
pub fn write_cells(
    plan: &Plan,
    asked: &CellsAsked<'_>,
    path: &Path,
    format: CellFormat,
) -> Result<u64, CellsError> {
    let measure = asked.measure;
    let grains = grains(plan, measure, asked.level)?;
    let base = plan.base(measure);
    let layers = plan.layers(measure)?;
    let wanted = layers.iter().filter(|layer| (asked.layer)(layer.rule));
    let mut views = vec![base];
    views.extend(wanted.map(|layer| layer.view.clone()));
    let rows = grains
        .iter()
        .map(|grain| rows_of(&views[0], plan, grain))
        .sum();
    if rows > asked.most {
        let most = asked.most;
        return Err(CellsError::TooMany { rows, most });
    }
    (asked.expect)(rows);
    let shown = shown_axes(plan, &grains);
    let (schema, axis_of) = schema(plan, asked, &shown, grains.len() > 1);
    let mut table = Table {
        writer: CellWriter::create_as(path, format, schema)?,
        nodes: vec![Vec::new(); plan.model().axes().len()],
        amounts: vec![Vec::new(); views.len()],
        views: &views,
        axis_of,
        written: 0,
    };
    for grain in &grains {
        table.add(grain, asked)?;
    }
    table.finish()
}

/// The grains of a level; of `all` the totals come first and the finest cells last.
fn grains(plan: &Plan, measure: usize, level: &str) -> Result<Vec<Grain>, CellsError> {
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
    asked: &CellsAsked<'_>,
    shown: &[usize],
    has_levels: bool,
) -> (CellSchema, Vec<usize>) {
    let model = plan.model();
    let (mut texts, mut axis_of) = (Vec::new(), Vec::new());
    let mut column = |index: usize, name: String, dictionary: Texts| {
        texts.push(TextColumn { name, dictionary });
        axis_of.push(index);
    };
    let codes = |index: usize, tree: &Tree| match asked.named {
        None => Texts::Codes(tree.clone()),
        Some(named) => texts_of(tree, |node| named(index, node).then(|| tree.code(node))),
    };
    let names = |index: usize, tree: &Tree| match asked.named {
        None => Texts::Names(tree.clone()),
        Some(named) => texts_of(tree, |node| named(index, node).then(|| tree.name(node))),
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
        column(index, code.to_owned(), codes(index, &axis.tree));
        if index < time && axis.tree.has_names() {
            column(index, format!("{code}_name"), names(index, &axis.tree));
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
    let about = &model.definition().measures[asked.measure];
    let step = about.step;
    let mut amounts = vec![AmountColumn {
        name: about.code.clone(),
        step,
    }];
    for rule in plan.layer_rules() {
        let is_ours =
            rule.measure.is_empty() || [&about.code, &about.name].contains(&&rule.measure);
        if is_ours && (asked.layer)(rule) {
            let mut name = format!("{}_{}", about.code, rule.layer.code());
            if amounts.iter().any(|known| known.name == name) {
                name = format!("{name}_{}", rule.level);
            }
            amounts.push(AmountColumn { name, step });
        }
    }
    (CellSchema { texts, amounts }, axis_of)
}

/// The texts of a tree's nodes, empty where there is none.
fn texts_of<'t>(tree: &'t Tree, text: impl Fn(u32) -> Option<&'t str>) -> Texts {
    let texts: Vec<String> = (0..tree.len() as u32)
        .map(|node| text(node).unwrap_or_default().to_owned())
        .collect();
    texts.into()
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
    fn add(&mut self, grain: &Grain, asked: &CellsAsked<'_>) -> Result<(), CellsError> {
        let mut refused = None;
        let views = self.views;
        views[0].each_row(grain, |members, periods, values| {
            if refused.is_some() || !(asked.seen)(members) {
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
            refused = self.push(members, periods, values, &others, asked).err();
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
        asked: &CellsAsked<'_>,
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
            (asked.advance)(self.amounts[0].len() as u64);
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

    fn finish(mut self) -> Result<u64, CellsError> {
        self.hand_on()?;
        let written = self.written;
        self.writer.finish()?;
        Ok(written)
    }
}
