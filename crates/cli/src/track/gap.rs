//! What a gap comes from (rule T5), and what business it is made of (rule D10): small tables of their
//! own, for people and for machines. Decides no figure.

use std::borrow::Cow;

use fenjie_calendar::Level;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Axis, Plan};
use fenjie_track::{
    ActualRequest, Actuals, Bridge, BridgeBy, BridgeOf, BridgeRequest, Composition, Ratio,
    UNASSIGNED, composition,
};

use super::asked::{Asked, days, time_depth};
use super::figures::{Figures, percent, points};
use super::long::{Field, Row, share};
use crate::actual::Sales;
use crate::failure::{Exit, Failure};
use crate::tabular::{Align, Tabular};
use crate::terminal::Terminal;

/// Codes that a dimension of products has.
const PRODUCTS: [&str; 6] = ["product", "sku", "item", "category", "goods", "brand"];
/// What its name says.
const PRODUCT_NAMES: [&str; 4] = ["产品", "商品", "品类", "类别"];

/// A gap taken apart, with what its parts are called.
pub struct Parts {
    /// The bridge.
    pub bridge: Bridge,
    /// What it was taken apart by, in words.
    pub by: String,
    /// A label for each part.
    pub labels: Vec<String>,
    /// Whether something is carried, which a bridge leaves out.
    of_base: bool,
}

/// Takes the gap of the last period asked for apart.
///
/// # Errors
/// Dimensions the plan does not have, plans without pieces, and those of the facts.
pub fn bridge(
    plan: &Plan,
    asked: &Asked,
    sales: &Sales,
    reason: &str,
    lang: Lang,
) -> Result<Parts, Failure> {
    let (by, name) = by(plan, asked, reason, lang)?;
    let period = *asked.periods.last().expect("a period is asked for");
    let mut measures = vec![asked.measure];
    let mut depths = own_depths(plan, asked);
    match by {
        BridgeBy::Axis(axis) => depths[axis] += 1,
        BridgeBy::PriceVolume(pieces) => measures.push(pieces),
        BridgeBy::Periods(_) => {}
    }
    let actuals = add_up(plan, asked, sales, measures, depths, period)?;
    let request = BridgeRequest {
        measure: asked.measure,
        members: asked.within.clone(),
        period,
        as_of: asked.as_of,
        by,
    };
    let bridge = Bridge::new(plan, &actuals, &request)?;
    let labels = bridge
        .parts
        .iter()
        .map(|part| part.label(plan, lang))
        .collect();
    Ok(Parts {
        bridge,
        by: name,
        labels,
        of_base: plan.carried(asked.measure)?.is_some(),
    })
}

fn own_depths(plan: &Plan, asked: &Asked) -> Vec<usize> {
    let axes = plan.model().axes();
    let own = asked.within.iter().enumerate();
    own.map(|(axis, node)| axes[axis].tree.depth(*node))
        .collect()
}

fn add_up(
    plan: &Plan,
    asked: &Asked,
    sales: &Sales,
    measures: Vec<usize>,
    depths: Vec<usize>,
    period: u32,
) -> Result<Actuals, Failure> {
    let one = Asked {
        periods: vec![period],
        ..asked.clone()
    };
    let request = ActualRequest {
        measures,
        depths,
        periods: days(plan, &one),
        until: asked.as_of,
        within: asked.within.clone(),
    };
    Ok(sales.add_up(plan, &request)?)
}

/// What a reason means in this plan, and what it is called.
fn by(plan: &Plan, asked: &Asked, reason: &str, lang: Lang) -> Result<(BridgeBy, String), Failure> {
    let model = plan.model();
    let axes = &model.axes()[..model.axes().len() - 1];
    let depths = own_depths(plan, asked);
    let is_open = |axis: usize| !axes[axis].tree.is_leaf(asked.within[axis]);
    let of_axis = |axis: usize| (BridgeBy::Axis(axis), axes[axis].name.clone());
    let none = || Failure::new(ReasonUnknown::of(plan, reason), Exit::Usage);
    match reason.trim() {
        "member" | "members" | "成员" => {
            let named = asked
                .groupings
                .iter()
                .find_map(|group| (0..axes.len()).find(|axis| group[*axis] > depths[*axis]));
            let axis = named.or_else(|| (0..axes.len()).find(|axis| is_open(*axis)));
            axis.map(of_axis).ok_or_else(none)
        }
        "product" | "products" | "产品" => (0..axes.len())
            .find(|axis| is_product(&axes[*axis]))
            .map(of_axis)
            .ok_or_else(none),
        "days" | "day" | "日期" | "日" => by_level(plan, Level::Day, lang).ok_or_else(none),
        "weeks" | "week" | "周" => by_level(plan, Level::Piece, lang)
            .or_else(|| by_level(plan, Level::Week, lang))
            .ok_or_else(none),
        "price" | "价格" | "价量" => {
            let name = lang.pick("价格和数量", "price and volume").to_owned();
            let pieces = pieces(plan, asked.measure).ok_or_else(none)?;
            Ok((BridgeBy::PriceVolume(pieces), name))
        }
        name => {
            let found = axes
                .iter()
                .position(|axis| axis.code == name || axis.name == name);
            found.map(of_axis).ok_or_else(none)
        }
    }
}

fn by_level(plan: &Plan, level: Level, lang: Lang) -> Option<(BridgeBy, String)> {
    Some((
        BridgeBy::Periods(time_depth(plan, level)?),
        level.name(lang).to_owned(),
    ))
}

/// Whether a dimension is one of products, by its code or name.
fn is_product(axis: &Axis) -> bool {
    let code = axis.code.to_lowercase();
    PRODUCTS.iter().any(|word| code.contains(word))
        || PRODUCT_NAMES.iter().any(|word| axis.name.contains(word))
}

/// The flow that counts pieces: another target whose unit is no currency.
fn pieces(plan: &Plan, measure: usize) -> Option<usize> {
    let measures = &plan.model().definition().measures;
    let is_money = |unit: &str| {
        unit.contains('元') || unit.len() == 3 && unit.bytes().all(|byte| byte.is_ascii_uppercase())
    };
    (0..measures.len()).find(|at| {
        let other = &measures[*at];
        *at != measure
            && other.is_flow()
            && other.role == fenjie_plan::MeasureRole::Target
            && !is_money(&other.unit)
    })
}

impl Parts {
    /// Prints target, parts, actual.
    ///
    /// # Errors
    /// Output that cannot be written.
    pub fn print(&self, shown: &Figures<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
        let (lang, bridge) = (shown.lang, &self.bridge);
        let (target, actual, gap) = (
            shown.amount(bridge.target),
            shown.amount(bridge.actual),
            shown.amount(bridge.gap),
        );
        let by = &self.by;
        terminal.print("")?;
        let expected = match self.of_base {
            true => lang.pick("应完成（按基准目标）", "expected by the base"),
            false => lang.pick("应完成", "expected"),
        };
        terminal.print(match lang {
            Lang::Zh => format!("差额分解（按{by}，到今天为止）：{expected} {target} − 实绩 {actual} = {gap}"),
            Lang::En => format!("what the gap comes from (by {by}, to date): {expected} {target} − actual {actual} = {gap}"),
        })?;
        let headings = [
            by.as_str(),
            lang.pick("应完成", "expected"),
            lang.pick("实绩", "actual"),
            lang.pick("差额", "gap"),
            lang.pick("占差额", "of the gap"),
        ];
        let align = [
            Align::Left,
            Align::Right,
            Align::Right,
            Align::Right,
            Align::Right,
        ];
        let mut table = Tabular::new(&headings, &align);
        for (part, label) in bridge.parts.iter().zip(&self.labels) {
            let of_gap = Ratio::new(part.gap.into(), bridge.gap.into());
            let (target, actual) = match part.of {
                BridgeOf::Volume | BridgeOf::Price => (String::new(), String::new()),
                _ => (shown.amount(part.target), shown.amount(part.actual)),
            };
            table.row([
                label.clone(),
                target,
                actual,
                shown.signed(part.gap),
                percent(of_gap),
            ]);
        }
        table.row([
            lang.pick("合计", "total").into(),
            target,
            actual,
            shown.signed(bridge.gap),
            String::new(),
        ]);
        terminal.print(table)
    }

    /// A row for each part.
    pub fn rows(&self, plan: &Plan, measure: usize) -> Vec<Row<'static>> {
        let step = plan.step(measure);
        let amount = |count: i64| Field::amount(step, count);
        let named = |name: &'static str, field| (Cow::Borrowed(name), field);
        let parts = self.bridge.parts.iter().zip(&self.labels);
        parts
            .map(|(part, label)| {
                let code = match part.of {
                    BridgeOf::Node {
                        node: UNASSIGNED, ..
                    } => "unassigned".to_owned(),
                    BridgeOf::Node { axis, node } => {
                        plan.model().axes()[axis].tree.code(node).to_owned()
                    }
                    BridgeOf::Above => "above".to_owned(),
                    BridgeOf::Volume => "volume".to_owned(),
                    BridgeOf::Price => "price".to_owned(),
                };
                vec![
                    named("part", Field::of(code)),
                    named("name", Field::of(label.clone())),
                    named("target", amount(part.target)),
                    named("actual", amount(part.actual)),
                    named("gap", amount(part.gap)),
                ]
            })
            .collect()
    }
}

/// The make-up of the last period's result, for each axis that is a composition.
///
/// # Errors
/// Plans without one, and those of the facts.
pub fn compositions(
    plan: &Plan,
    asked: &Asked,
    sales: &Sales,
) -> Result<Vec<Composition>, Failure> {
    let axes = plan.model().axes();
    let found: Vec<usize> = (0..axes.len() - 1)
        .filter(|axis| axes[*axis].composition)
        .collect();
    if found.is_empty() {
        return Err(Failure::new(NoComposition, Exit::Refused));
    }
    let period = *asked.periods.last().expect("a period is asked for");
    let mut all = Vec::new();
    for axis in found {
        let mut depths = own_depths(plan, asked);
        depths[axis] += 1;
        let actuals = add_up(plan, asked, sales, vec![asked.measure], depths, period)?;
        all.push(composition(
            plan,
            &actuals,
            asked.measure,
            axis,
            &asked.within,
            period,
        )?);
    }
    Ok(all)
}

/// Prints shares beside target shares.
///
/// # Errors
/// Output that cannot be written.
pub fn print_composition(
    plan: &Plan,
    mix: &Composition,
    shown: &Figures<'_>,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let lang = shown.lang;
    let axis = &plan.model().axes()[mix.axis];
    let headings = [
        axis.name.as_str(),
        lang.pick("目标", "target"),
        lang.pick("目标占比", "target share"),
        lang.pick("实绩", "actual"),
        lang.pick("实绩占比", "actual share"),
        lang.pick("差（点）", "points"),
    ];
    let align = [
        Align::Left,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
        Align::Right,
    ];
    let mut table = Tabular::new(&headings, &align);
    for row in &mix.rows {
        let name = match row.node {
            UNASSIGNED => lang.pick("未归属", "unassigned"),
            node => axis.label(node, lang),
        };
        table.row([
            name.to_owned(),
            shown.amount(row.target),
            percent(row.target_share),
            shown.amount(row.actual),
            percent(row.actual_share),
            points(row.difference),
        ]);
    }
    let (target, actual) = (shown.amount(mix.target), shown.amount(mix.actual));
    let total = lang.pick("合计", "total").to_owned();
    table.row([
        total,
        target,
        String::new(),
        actual,
        String::new(),
        String::new(),
    ]);
    terminal.print("")?;
    terminal.print(table)
}

/// A row for each source of business.
pub fn composition_rows(plan: &Plan, measure: usize, mix: &Composition) -> Vec<Row<'static>> {
    let step = plan.step(measure);
    let axis = &plan.model().axes()[mix.axis];
    let named = |name: &'static str, field| (Cow::Borrowed(name), field);
    let rows = mix.rows.iter().map(|row| {
        let known = (row.node != UNASSIGNED).then_some(row.node);
        let code = Field::Text(known.map(|node| axis.tree.code(node).to_owned().into()));
        vec![
            named("axis", Field::of(axis.code.clone())),
            named("member", code),
            named("target", Field::amount(step, row.target)),
            named("target_share", share(row.target_share)),
            named("actual", Field::amount(step, row.actual)),
            named("actual_share", share(row.actual_share)),
            named("difference", share(row.difference)),
        ]
    });
    rows.collect()
}

#[derive(Debug)]
struct ReasonUnknown {
    reason: String,
    /// What can be written instead.
    known: Vec<String>,
    has_pieces: bool,
}

impl ReasonUnknown {
    fn of(plan: &Plan, reason: &str) -> ReasonUnknown {
        let axes = plan.model().axes();
        let dimensions = &axes[..axes.len() - 1];
        let has = |level| time_depth(plan, level).is_some();
        let has_weeks = has(Level::Piece) || has(Level::Week);
        let has_pieces = pieces(plan, usize::MAX).is_some();
        let known = [
            ("member", !dimensions.is_empty()),
            ("product", dimensions.iter().any(is_product)),
            ("days", has(Level::Day)),
            ("weeks", has_weeks),
            ("price", has_pieces),
        ];
        let named = known.iter().filter(|(_, is)| *is);
        let mut known: Vec<String> = named.map(|(name, _)| (*name).to_owned()).collect();
        known.extend(dimensions.iter().map(|axis| axis.code.clone()));
        ReasonUnknown {
            reason: reason.to_owned(),
            known,
            has_pieces,
        }
    }
}

impl Message for ReasonUnknown {
    fn code(&self) -> &'static str {
        "bridge_unknown"
    }

    fn text(&self, lang: Lang) -> String {
        let reason = &self.reason;
        match (lang, reason.as_str(), self.has_pieces) {
            (Lang::Zh, "price", false) => "方案里没有计件数的指标，分不出价格和数量".into(),
            (Lang::En, "price", false) => {
                "the plan counts no pieces, so price and volume cannot be told apart".into()
            }
            (Lang::Zh, ..) => format!("差额不能按 `{reason}` 拆开"),
            (Lang::En, ..) => format!("a gap cannot be taken apart by `{reason}` here"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let known = self.known.join("`, `");
        Some(match (lang, self.known.is_empty()) {
            (Lang::Zh, true) => "这个方案没有维度，也没有分到周和日".into(),
            (Lang::En, true) => "this plan has no dimensions, weeks or days".into(),
            (Lang::Zh, false) => format!("可以用 `{known}`"),
            (Lang::En, false) => format!("use `{known}`"),
        })
    }
}

#[derive(Debug)]
struct NoComposition;

impl Message for NoComposition {
    fn code(&self) -> &'static str {
        "no_composition"
    }

    fn text(&self, lang: Lang) -> String {
        lang.pick(
            "方案没有业绩构成的维度",
            "the plan has no dimension that is a composition",
        )
        .into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick(
            "在 [axes] 里给这个维度写 `composition = true`",
            "write `composition = true` at the dimension in [axes]",
        );
        Some(hint.to_owned())
    }
}
