//! A slice of a plan: rows by columns over any axes, the base and its layers, at the grain asked for,
//! a page at a time. Must not know HTTP; what it looks like on the wire is `render`'s.

use std::fmt;
use std::sync::Arc;

use fenjie_message::Lang;
use fenjie_plan::{LayerKind, Place, View};
use fenjie_store::PlanId;
use fenjie_store::rhythm_comment::Remarked;

use super::axes::Side;
use super::cache::{Key, Rendered};
use super::matrix::Page;
use super::render::{Drawn, LayerCells, draw};
use super::within::Within;
use crate::working::Opened;
use crate::{Actor, App, AppError, Verb};

/// The most columns of one answer.
pub const MOST_COLUMNS: usize = 400;
/// The most cells of one answer, all layers together.
pub const MOST_CELLS: usize = 200_000;

/// Which slice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SliceAsked {
    /// Which published version; the plan as it is now where missing.
    pub version: Option<i64>,
    /// The rows: `region`, `region:2`, `org:store`, `org:all`, several with commas between.
    pub rows: String,
    /// The columns, in the same words.
    pub columns: String,
    /// Where the slice stands on the axes that are on no side, and where sides begin.
    pub at: String,
    /// The measure; the first flow where missing.
    pub measure: Option<String>,
    /// `base`, `working`, `carried`, another layer's code, several with commas between, or `all`.
    pub layers: String,
    /// Behind which row.
    pub after: Option<String>,
    /// How many rows.
    pub limit: usize,
    /// Behind which column.
    pub column_after: Option<String>,
    /// How many columns, 1 to [`MOST_COLUMNS`].
    pub column_limit: usize,
    /// The language of names.
    pub lang: Lang,
}

/// What a slice stands for besides its question: the ETag of its answer. Written `12` without remarks,
/// `12.3` with them; what writes to the plan goes by the version alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SliceTag {
    /// The plan's version.
    pub version: u64,
    /// How often its remarks had changed.
    pub remarks: u64,
}

impl SliceTag {
    /// A tag as it was written.
    pub fn parse(text: &str) -> Option<SliceTag> {
        let (version, remarks) = text.split_once('.').unwrap_or((text, "0"));
        Some(SliceTag {
            version: version.parse().ok()?,
            remarks: remarks.parse().ok()?,
        })
    }
}

impl fmt::Display for SliceTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.remarks {
            0 => write!(f, "{}", self.version),
            remarks => write!(f, "{}.{remarks}", self.version),
        }
    }
}

/// A slice for an asker, out of memory where the same was asked before; `None` where the plan is
/// still the version that they have seen.
///
/// # Errors
/// `not_found`, what is wrong with the question, `slice_too_large`.
pub async fn slice(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    asked: SliceAsked,
    seen: Option<SliceTag>,
) -> Result<(SliceTag, Option<Arc<Rendered>>), AppError> {
    let (opened, remarked) = match asked.version {
        // Remarks are on the plan as it is.
        Some(_) => {
            let opened = app.open_at(actor, plan, asked.version, Verb::ReadPlan);
            (opened.await?, Arc::default())
        }
        None => {
            let moment = app.moment(actor).await?;
            let remarked = app.remarked(actor, plan, moment.as_deref());
            let remarked = remarked.await?;
            let opened = app.open_plan_at(actor, plan, Verb::ReadPlan, moment);
            (opened.await?, remarked)
        }
    };
    let tag = SliceTag {
        version: opened.loaded.sequence(),
        remarks: remarked.changes,
    };
    if seen == Some(tag) {
        return Ok((tag, None));
    }
    let key = Key {
        plan: plan.clone(),
        sequence: tag.version,
        remarks: tag.remarks,
        reach: opened.reach.clone(),
        role: actor.role,
        asked,
    };
    if let Some(known) = app.slices().get(&key) {
        return Ok((tag, Some(known)));
    }
    let made = tokio::task::spawn_blocking(move || {
        let text = make(&opened, &remarked, &key.asked)?;
        Ok::<_, AppError>((key, Arc::new(Rendered::new(text))))
    });
    let (key, rendered) = made.await.map_err(AppError::internal)??;
    app.slices().put(key, &rendered);
    Ok((tag, Some(rendered)))
}

fn make(opened: &Opened, remarked: &Remarked, asked: &SliceAsked) -> Result<String, AppError> {
    let within = opened.within();
    let measure = within.measure(asked.measure.as_deref())?;
    let from = begins(&within, asked)?;
    let rows = Side::parse(&within, "rows", &asked.rows, &from)?;
    let columns = Side::parse(&within, "columns", &asked.columns, &from)?;
    if let Some(axis) = rows.axes.iter().find(|axis| columns.axes.contains(axis)) {
        let code = &within.plan.model().axes()[*axis].code;
        return Err(AppError::invalid(
            "columns",
            "axis_twice",
            format!("轴 {code} 不能同时作行和列"),
            format!("the axis {code} cannot be both rows and columns"),
        ));
    }
    let mut from = from;
    if let Some(cut) = within.cut_axis()
        && !rows.axes.contains(&cut)
        && !columns.axes.contains(&cut)
        && !within.sees_node(cut, from.0[cut])
    {
        from.0[cut] = within.only_top(cut, "at")?;
    }
    let on_rows = rows.page(&within, asked.after.as_deref(), asked.limit)?;
    let on_columns = columns.page(&within, asked.column_after.as_deref(), asked.column_limit)?;
    let next = (on_rows.end < rows.count(), on_columns.end < columns.count());
    let page = Page::of(from, (&rows, &columns), on_rows, on_columns);
    let layers = cells(&within, measure, &page, &asked.layers)?;
    let drawn = Drawn {
        opened,
        within,
        measure,
        sides: (&rows, &columns),
        page: &page,
        layers: &layers,
        remarked,
        next,
        lang: asked.lang,
    };
    Ok(draw(&drawn))
}

/// Where the slice begins. Where the axis that rows are cut on is left out, the sides choose among its
/// visible nodes, or it is the asker's only part.
fn begins(within: &Within<'_>, asked: &SliceAsked) -> Result<Place, AppError> {
    match asked.at.trim() {
        "" | "*" => Ok(Place(vec![0; within.plan.model().axes().len()])),
        at => within.place_from("at", at),
    }
}

/// The cells of the layers asked for.
fn cells(
    within: &Within<'_>,
    measure: usize,
    page: &Page,
    layers: &str,
) -> Result<Vec<LayerCells>, AppError> {
    let plan = within.plan;
    let mut made = Vec::new();
    let size = page.rows.len() * page.columns.len();
    let check = |count: usize| match size.saturating_mul(count) > MOST_CELLS {
        true => Err(AppError::TooLarge {
            what: "slice",
            most: MOST_CELLS as u64,
        }),
        false => Ok(()),
    };
    check(1)?;
    if !plan.model().definition().measures[measure].is_flow() {
        if layers.trim() != "base" {
            return Err(unknown_layer(layers));
        }
        made.push(LayerCells {
            code: "base",
            level: String::new(),
            texts: page.stated(plan, measure),
            amounts: Vec::new(),
        });
        return Ok(made);
    }
    let wanted: Vec<&str> = layers.split([',', '，']).map(str::trim).collect();
    for wanted in wanted.iter().filter(|wanted| !wanted.is_empty()) {
        let before = made.len();
        add(within, measure, page, wanted, &mut made)?;
        if made.len() == before {
            return Err(unknown_layer(wanted));
        }
        check(made.len())?;
    }
    Ok(made)
}

fn add(
    within: &Within<'_>,
    measure: usize,
    page: &Page,
    wanted: &str,
    made: &mut Vec<LayerCells>,
) -> Result<(), AppError> {
    let plan = within.plan;
    let is = |code: &str| wanted == code || wanted == "all";
    let mut put = |code: &'static str, level: &str, view: &View<'_>| {
        made.push(LayerCells {
            code,
            level: level.to_owned(),
            amounts: page.amounts(view),
            texts: Vec::new(),
        });
    };
    let failed = |error: fenjie_plan::PlanError| AppError::refused(error);
    if is("base") {
        put("base", "", &plan.base(measure));
    }
    if within.sees_carried(measure) {
        let carried = match is("working") || is("carried") {
            true => plan.carried(measure).map_err(failed)?,
            false => None,
        };
        if wanted == "working" || (wanted == "all" && carried.is_some()) {
            put("working", "", &plan.working(measure).map_err(failed)?);
        }
        if let Some(carried) = carried.filter(|_| is("carried")) {
            put("carried", "", &carried.view);
        }
    }
    let others = within.plan.layer_rules().iter();
    let kinds: Vec<LayerKind> = others.map(|rule| rule.layer).collect();
    if !kinds
        .iter()
        .any(|kind| *kind != LayerKind::Carried && is(kind.code()))
    {
        return Ok(());
    }
    for layer in plan.layers(measure).map_err(failed)? {
        let rule = layer.rule;
        if rule.layer != LayerKind::Carried && is(rule.layer.code()) && within.sees_layer(rule) {
            put(rule.layer.code(), &rule.level, &layer.view);
        }
    }
    Ok(())
}

/// A layer that is not there and one that the role may not see are the same.
fn unknown_layer(layer: &str) -> AppError {
    AppError::invalid(
        "layer",
        "layer_unknown",
        format!(
            "没有层 `{layer}`；可用 base、working、carried、over_assignment、stretch、challenge 或 all"
        ),
        format!(
            "there is no layer `{layer}`; say base, working, carried, over_assignment, stretch, \
             challenge or all"
        ),
    )
}
