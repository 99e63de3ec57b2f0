//! A slice as JSON, written as it is read: headers of rows and columns, cells as decimal texts or
//! null, marks by index. Must not know how amounts come about.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fenjie_message::Lang;
use fenjie_plan::{Address, Axis, MeasureKind, NodeKind, Place};
use fenjie_store::rhythm_comment::Remarked;

use super::axes::Side;
use super::matrix::Page;
use super::within::Within;
use crate::working::Opened;

/// The cells of one layer, row by row.
pub(super) struct LayerCells {
    /// `base`, `working`, or a layer's code.
    pub code: &'static str,
    /// The level at which it starts, where it does.
    pub level: String,
    /// In steps; nothing where the plan is not that fine.
    pub amounts: Vec<Option<i64>>,
    /// Instead, the values of a level or ratio.
    pub texts: Vec<Option<String>>,
}

/// What is drawn.
pub(super) struct Drawn<'d> {
    pub opened: &'d Opened,
    pub within: Within<'d>,
    pub measure: usize,
    /// Rows and columns.
    pub sides: (&'d Side, &'d Side),
    pub page: &'d Page,
    pub layers: &'d [LayerCells],
    /// Where open remarks are.
    pub remarked: &'d Remarked,
    /// Whether there are more rows, more columns.
    pub next: (bool, bool),
    pub lang: Lang,
}

/// The answer as JSON.
pub(super) fn draw(drawn: &Drawn<'_>) -> String {
    let cells = drawn.page.rows.len() * drawn.page.columns.len() * drawn.layers.len();
    let headers = drawn.page.rows.len() + drawn.page.columns.len();
    let mut out = String::with_capacity(1024 + cells * 16 + headers * 160);
    out.push_str("{\"plan\":");
    text(&mut out, drawn.opened.record.id.as_str());
    out.push_str(&format!(",\"version\":{}", drawn.opened.loaded.sequence()));
    measure(&mut out, drawn);
    out.push_str(",\"at\":");
    text(&mut out, &fixed(drawn));
    let (rows, columns) = drawn.sides;
    side(&mut out, drawn, "row", rows, &drawn.page.rows, drawn.next.0);
    side(
        &mut out,
        drawn,
        "column",
        columns,
        &drawn.page.columns,
        drawn.next.1,
    );
    out.push_str(",\"layers\":[");
    for (at, layer) in drawn.layers.iter().enumerate() {
        comma(&mut out, at);
        write_layer(&mut out, drawn, layer);
    }
    out.push_str("],\"marks\":");
    marks(&mut out, drawn);
    out.push('}');
    out
}

/// A JSON string.
pub(super) fn text(out: &mut String, text: &str) {
    let plain = |byte: u8| byte >= 0x20 && byte != b'"' && byte != b'\\';
    if text.bytes().all(plain) {
        out.push('"');
        out.push_str(text);
        out.push('"');
    } else {
        out.push_str(&serde_json::Value::from(text).to_string());
    }
}

fn comma(out: &mut String, at: usize) {
    if at > 0 {
        out.push(',');
    }
}

fn measure(out: &mut String, drawn: &Drawn<'_>) {
    let measure = &drawn.within.plan.model().definition().measures[drawn.measure];
    let kind = match measure.kind {
        MeasureKind::Flow => "flow",
        MeasureKind::Level(_) => "level",
        MeasureKind::Ratio { .. } => "ratio",
    };
    out.push_str(",\"measure\":{\"code\":");
    text(out, &measure.code);
    out.push_str(",\"name\":");
    text(out, &measure.name);
    out.push_str(&format!(",\"kind\":\"{kind}\",\"unit\":"));
    text(out, &measure.unit);
    out.push_str(",\"step\":");
    text(out, &measure.step.format(1));
    out.push('}');
}

/// The address of what stands on no side.
fn fixed(drawn: &Drawn<'_>) -> String {
    let mut place = drawn.page.from.clone();
    let (rows, columns) = drawn.sides;
    for axis in rows.axes.iter().chain(&columns.axes) {
        place.0[*axis] = 0;
    }
    key(drawn, &place)
}

/// A place as part of an address; empty for a total.
fn key(drawn: &Drawn<'_>, place: &Place) -> String {
    let model = drawn.within.plan.model();
    match place.0.iter().all(|node| *node == 0) {
        true => String::new(),
        false => model.place_text(place),
    }
}

fn side(
    out: &mut String,
    drawn: &Drawn<'_>,
    name: &str,
    side: &Side,
    shown: &[Vec<u32>],
    more: bool,
) {
    let axes = drawn.within.plan.model().axes();
    out.push_str(&format!(",\"{name}_axes\":["));
    for (at, axis) in side.axes.iter().map(|axis| &axes[*axis]).enumerate() {
        comma(out, at);
        out.push_str("{\"code\":");
        text(out, &axis.code);
        out.push_str(",\"name\":");
        text(out, &axis.name);
        out.push_str(",\"levels\":[");
        for (at, level) in axis.tree.level_names().iter().enumerate() {
            comma(out, at);
            text(out, level);
        }
        out.push_str("]}");
    }
    out.push_str(&format!(
        "],\"{name}_count\":{},\"{name}s\":[",
        side.count()
    ));
    let mut headers: HashMap<(usize, u32), String> = HashMap::new();
    let leaves: Vec<Opens> = side
        .axes
        .iter()
        .map(|axis| Opens::of(drawn, *axis))
        .collect();
    for (at, nodes) in shown.iter().enumerate() {
        comma(out, at);
        let mut place = Place(vec![0; axes.len()]);
        for (axis, node) in side.axes.iter().zip(nodes) {
            place.0[*axis] = *node;
        }
        out.push_str("{\"key\":");
        text(out, &key(drawn, &place));
        out.push_str(",\"members\":[");
        for (at, (axis, node)) in side.axes.iter().zip(nodes).enumerate() {
            comma(out, at);
            let header = headers.entry((*axis, *node));
            out.push_str(header.or_insert_with(|| member(drawn, *axis, *node, &leaves[at])));
        }
        out.push_str("]}");
    }
    out.push(']');
    if let Some(last) = shown.last().filter(|_| more) {
        let cursor = URL_SAFE_NO_PAD.encode(side.key(&drawn.within, last));
        let next = if name == "row" {
            "next"
        } else {
            "next_columns"
        };
        out.push_str(&format!(",\"{next}\":\"{cursor}\""));
    }
}

/// Which nodes of an axis have cells of their own below them.
pub(super) struct Opens {
    /// The nodes that are stored without parts, ascending; none on time.
    leaves: Vec<u32>,
    /// The depth down to which time has amounts.
    depth: usize,
}

impl Opens {
    fn of(drawn: &Drawn<'_>, axis: usize) -> Opens {
        let plan = drawn.within.plan;
        let time = plan.model().axes().len() - 1;
        let flow = plan.model().definition().measures[drawn.measure].is_flow();
        let depth = match flow {
            true => plan.time_depth(drawn.measure),
            false => usize::MAX,
        };
        let leaves = match axis != time && flow {
            true => {
                let depths = vec![usize::MAX; time + 1];
                plan.base(drawn.measure)
                    .nodes(axis, &fenjie_plan::Grain { depths })
            }
            false => Vec::new(),
        };
        Opens { leaves, depth }
    }

    /// Whether a node can be opened into parts that are within reach.
    fn expandable(&self, within: &Within<'_>, axis: usize, node: u32) -> bool {
        let known = &within.plan.model().axes()[axis];
        let tree = &known.tree;
        let by_plan = match self.leaves.is_empty() {
            true => tree.depth(node) < self.depth,
            false => {
                let next = self.leaves.partition_point(|leaf| *leaf <= node);
                self.leaves
                    .get(next)
                    .is_some_and(|leaf| *leaf < tree.end(node))
            }
        };
        by_plan && has_parts(within, axis, node)
    }
}

/// Whether any part of a node is within reach.
fn has_parts(within: &Within<'_>, axis: usize, node: u32) -> bool {
    let tree = &within.plan.model().axes()[axis].tree;
    tree.children(node)
        .any(|child| within.sees_node(axis, child))
}

/// A member or period as a header.
fn member(drawn: &Drawn<'_>, axis: usize, node: u32, opens: &Opens) -> String {
    let within = &drawn.within;
    let known: &Axis = &within.plan.model().axes()[axis];
    let mut out = String::from("{\"code\":");
    text(&mut out, known.tree.code(node));
    out.push_str(",\"name\":");
    text(&mut out, known.label(node, drawn.lang));
    out.push_str(",\"level\":");
    text(&mut out, known.level_of(node));
    out.push_str(&format!(
        ",\"depth\":{},\"leaf\":{},\"expandable\":{}",
        known.tree.depth(node),
        !has_parts(within, axis, node),
        opens.expandable(within, axis, node)
    ));
    if known.tree.kind(node) == NodeKind::HoldBack {
        out.push_str(",\"held_back\":true");
    }
    if let Some(days) = known.days_of(node) {
        out.push_str(&format!(
            ",\"from\":\"{}\",\"until\":\"{}\"",
            days.start, days.end
        ));
        if within.plan.is_closed(node) {
            out.push_str(",\"closed\":true");
        }
    }
    out.push('}');
    out
}

fn write_layer(out: &mut String, drawn: &Drawn<'_>, layer: &LayerCells) {
    out.push_str(&format!("{{\"layer\":\"{}\"", layer.code));
    if !layer.level.is_empty() {
        out.push_str(",\"level\":");
        text(out, &layer.level);
    }
    out.push_str(",\"cells\":[");
    let width = drawn.page.columns.len();
    let step = drawn.within.plan.step(drawn.measure);
    for row in 0..drawn.page.rows.len() {
        comma(out, row);
        out.push('[');
        for column in 0..width {
            comma(out, column);
            let at = row * width + column;
            match (layer.amounts.get(at), layer.texts.get(at)) {
                (Some(Some(amount)), _) => {
                    out.push('"');
                    step.format_into(*amount, out);
                    out.push('"');
                }
                (_, Some(Some(value))) => text(out, value),
                _ => out.push_str("null"),
            }
        }
        out.push(']');
    }
    out.push_str("]}");
}

/// Which cells are held, limited and remarked on, as pairs of row and column.
fn marks(out: &mut String, drawn: &Drawn<'_>) {
    let (page, plan) = (drawn.page, drawn.within.plan);
    let index = |side: &[Vec<u32>]| -> HashMap<Vec<u32>, usize> {
        side.iter()
            .cloned()
            .enumerate()
            .map(|(at, nodes)| (nodes, at))
            .collect()
    };
    let (mut rows, mut columns) = (None, None);
    let mut find = |place: &Place| -> Option<(usize, usize)> {
        let (row_axes, column_axes) = (&page.row_axes, &page.column_axes);
        let on_side = |axis: &usize| row_axes.contains(axis) || column_axes.contains(axis);
        let apart = (0..place.0.len()).filter(|axis| !on_side(axis));
        if apart
            .into_iter()
            .any(|axis| place.0[axis] != page.from.0[axis])
        {
            return None;
        }
        let pick = |axes: &[usize]| axes.iter().map(|axis| place.0[*axis]).collect::<Vec<u32>>();
        let row = rows
            .get_or_insert_with(|| index(&page.rows))
            .get(&pick(row_axes));
        let row = row.copied()?;
        let columns = columns.get_or_insert_with(|| index(&page.columns));
        Some((row, columns.get(&pick(column_axes)).copied()?))
    };
    let holds = plan.holds().iter();
    let held: Vec<_> = holds
        .filter(|hold| hold.measure == drawn.measure)
        .filter_map(|hold| find(&hold.place))
        .collect();
    let limits = plan.limits().iter();
    let limited: Vec<_> = limits
        .filter(|limit| limit.measure == drawn.measure)
        .filter_map(|limit| find(&limit.place))
        .collect();
    let commented = commented(drawn, &mut find);
    for (name, pairs) in [
        ("{\"held\":[", held),
        ("],\"limited\":[", limited),
        ("],\"commented\":[", commented),
    ] {
        out.push_str(name);
        for (at, (row, column)) in pairs.iter().enumerate() {
            comma(out, at);
            out.push_str(&format!("[{row},{column}]"));
        }
    }
    out.push_str("]}");
}

/// Which of the cells have open remarks. Every cell on the page is within reach, and so are its remarks.
fn commented(
    drawn: &Drawn<'_>,
    find: &mut impl FnMut(&Place) -> Option<(usize, usize)>,
) -> Vec<(usize, usize)> {
    let model = drawn.within.plan.model();
    let code = &model.definition().measures[drawn.measure].code;
    let cells = drawn.remarked.cells.iter();
    let own = cells.filter(|(measure, _)| measure == code);
    // Members may have gone since.
    let places = own.filter_map(|(_, place)| model.place(&Address::parse(place).ok()?).ok());
    let places = places.filter(|place| drawn.within.sees(&place.0));
    let mut found: Vec<_> = places.filter_map(|place| find(&place)).collect();
    found.sort_unstable();
    found.dedup();
    found
}
