//! Where a number comes from, as far as somebody may know (rule R3): everything within reach in full;
//! of what lies above it the rule and its basis, without others' amounts, names or weights.

use std::sync::Arc;

use fenjie_message::Lang;
use fenjie_plan::{Origin, Place, Plan, TraceStep};
use fenjie_store::PlanId;

use super::basis::basis_of;
use super::lists::{HoldSeen, LimitSeen};
use super::within::Within;
use crate::{Actor, App, AppError, Verb};

/// A part of a total: its code, name and value.
pub type NamedPart = (String, String, String);

/// Where a number comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explained {
    /// The plan's version.
    pub version: u64,
    /// The place.
    pub at: String,
    /// The measure's code.
    pub measure: String,
    /// Its unit.
    pub unit: String,
    /// The value; none where a level or ratio has none.
    pub value: Option<String>,
    /// All of it in one sentence.
    pub sentence: String,
    /// How it was shared out, from the top.
    pub steps: Vec<StepTold>,
    /// The hold on the place.
    pub hold: Option<HoldSeen>,
    /// Floors and caps on the place or around it, within reach.
    pub limits: Vec<LimitSeen>,
    /// What each layer adds, those that the role may see.
    pub layers: Vec<(&'static str, String)>,
    /// What is carried here, and the working target.
    pub carried: Option<(String, String)>,
    /// The operations that changed the value.
    pub changes: Vec<ChangeTold>,
    /// Where it is a total: the axis it opens along, and its parts by code, name and value.
    pub parts: Option<(String, Vec<NamedPart>)>,
}

/// One sharing-out on the way to the number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepTold {
    /// The operation's number; none where the calendar did it.
    pub operation: Option<usize>,
    /// What it was, in words.
    pub act: String,
    /// What it went by, in words.
    pub basis: Option<String>,
    /// The axis.
    pub axis: String,
    /// The arithmetic, where what was shared is within reach.
    pub shown: Option<StepShown>,
}

/// The arithmetic of one sharing-out: parent × weight ÷ sum of weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepShown {
    /// The place that was shared out.
    pub parent: String,
    /// Its value.
    pub parent_value: String,
    /// What was left to share after what is fixed.
    pub shared: String,
    /// The member or period that got this part.
    pub member: String,
    /// Its weight.
    pub weight: String,
    /// The sum of all weights.
    pub weight_sum: String,
    /// How many shared.
    pub siblings: usize,
    /// The part.
    pub value: String,
    /// The place of its remainder among all, from 1.
    pub remainder_rank: usize,
    /// Whether it got a left-over step (rule A2).
    pub got_remainder_step: bool,
    /// Whether it is off its proportional part: held, limited, typed.
    pub limited: bool,
}

/// An operation that changed the value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeTold {
    /// Its number.
    pub operation: usize,
    /// What it was, in words.
    pub act: String,
    /// The value after it.
    pub after: String,
}

/// Explains the value of a place.
///
/// # Errors
/// `forbidden`; `not_found` for what is hidden or not there; `not_decomposed`.
pub async fn explain(
    app: &App,
    actor: &Arc<Actor>,
    plan: &PlanId,
    at: &str,
    measure: Option<&str>,
    version: Option<i64>,
) -> Result<Explained, AppError> {
    let opened = app.open_at(actor, plan, version, Verb::ReadPlan).await?;
    let (at, measure) = (at.to_owned(), measure.map(str::to_owned));
    let lang = actor.lang;
    let told = tokio::task::spawn_blocking(move || {
        let within = opened.within();
        let place = match at.trim() {
            "*" => within.place("at", "")?,
            at => within.place("at", at)?,
        };
        let measure = within.measure(measure.as_deref())?;
        let mut told = tell(&within, measure, &place, lang)?;
        told.version = opened.loaded.sequence();
        Ok(told)
    });
    told.await.map_err(AppError::internal)?
}

fn tell(
    within: &Within<'_>,
    measure: usize,
    place: &Place,
    lang: Lang,
) -> Result<Explained, AppError> {
    let plan = within.plan;
    let counted = &plan.model().definition().measures[measure];
    let mut told = Explained {
        version: 0,
        at: plan.model().place_text(place),
        measure: counted.code.clone(),
        unit: counted.unit.clone(),
        value: None,
        sentence: String::new(),
        steps: Vec::new(),
        hold: None,
        limits: Vec::new(),
        layers: Vec::new(),
        carried: None,
        changes: Vec::new(),
        parts: None,
    };
    if !counted.is_flow() {
        stated(plan, measure, place, lang, &mut told);
        return Ok(told);
    }
    let refused = |error: fenjie_plan::PlanError| AppError::refused(error);
    let mut origin = plan.explain(measure, place).map_err(refused)?;
    told.steps = origin
        .steps
        .iter()
        .map(|step| step_told(within, measure, step, lang))
        .collect();
    let above = told.steps.iter().filter(|step| step.shown.is_none());
    let above = above
        .map(|step| above_words(step, lang))
        .collect::<String>();
    cut(within, &mut origin)?;
    told.sentence = origin.sentence(plan, lang) + &above;
    fill(plan, &origin, lang, &mut told);
    Ok(told)
}

/// The value of a level or ratio is stated, or it is computed from what is.
fn stated(plan: &Plan, measure: usize, place: &Place, lang: Lang, told: &mut Explained) {
    let decimals = plan.step(measure).decimals().max(2);
    let value = plan.stated_value(measure, place);
    told.value = value
        .and_then(|value| value.rounded(decimals))
        .map(|value| value.to_string());
    let name = &plan.model().definition().measures[measure].name;
    let mut known = plan.statements().iter();
    let by_hand = known.any(|known| known.measure == measure && known.place == *place);
    let at = &told.at;
    told.sentence = match (&told.value, by_hand, lang) {
        (Some(value), true, Lang::Zh) => format!("{at}：{name} {value}，是直接设定的，不做分解"),
        (Some(value), true, Lang::En) => format!("{at}: {name} {value}, stated and not decomposed"),
        (Some(value), false, Lang::Zh) => format!("{at}：{name} {value}，由下级期间或分子分母得出"),
        (Some(value), false, Lang::En) => {
            format!("{at}: {name} {value}, from its periods or from what it is a ratio of")
        }
        (None, _, Lang::Zh) => format!("{at}：{name} 没有设定"),
        (None, _, Lang::En) => format!("{at}: {name} is not stated"),
    };
}

/// Takes out of an origin what is not within reach, so that its sentence cannot tell it.
fn cut(within: &Within<'_>, origin: &mut Origin) -> Result<(), AppError> {
    let plan = within.plan;
    let layers = plan.layers(origin.measure).map_err(AppError::refused)?;
    let mut seen = layers.iter().map(|layer| within.sees_layer(layer.rule));
    origin.layers.retain(|_| seen.next().unwrap_or(false));
    if !within.sees_carried(origin.measure) {
        origin.carried = None;
    }
    if within.cut_axis().is_none() {
        return Ok(());
    }
    origin.steps.retain(|step| within.sees(&step.parent.0));
    origin.limits.retain(|limit| within.sees(&limit.place.0));
    if let Some(carried) = &mut origin.carried {
        if carried
            .members
            .as_ref()
            .is_some_and(|row| !within.sees(row))
        {
            (carried.steps, carried.close) = (Vec::new(), None);
        }
        if !carried.rows.iter().all(|(row, _)| within.sees(row)) {
            carried.rows.clear();
        }
    }
    if let Some((axis, parts)) = &origin.parts
        && !parts.iter().all(|(node, _)| within.sees_node(*axis, *node))
    {
        origin.parts = None;
    }
    Ok(())
}

fn step_told(within: &Within<'_>, measure: usize, step: &TraceStep, lang: Lang) -> StepTold {
    let plan = within.plan;
    let operation = plan.operation(step.operation);
    let axis = &plan.model().axes()[step.axis];
    let text = |value: i64| plan.step(measure).format(value);
    let shown = within.sees(&step.parent.0).then(|| StepShown {
        parent: plan.model().place_text(&step.parent),
        parent_value: text(step.parent_value),
        shared: text(step.shared),
        member: axis.tree.code(step.child).to_owned(),
        weight: step.weight.clone(),
        weight_sum: step.weight_sum.clone(),
        siblings: step.siblings,
        value: text(step.value),
        remainder_rank: step.part.rank + 1,
        got_remainder_step: step.part.got_unit,
        limited: step.limited,
    });
    StepTold {
        operation: operation.map(|_| step.operation),
        act: match operation {
            Some(operation) => operation.name(lang).to_owned(),
            None => lang.pick("日历", "calendar").to_owned(),
        },
        basis: operation.and_then(|operation| basis_of(operation, lang)),
        axis: axis.code.clone(),
        shown,
    }
}

/// What is said of a step above one's part.
fn above_words(step: &StepTold, lang: Lang) -> String {
    let (act, axis) = (&step.act, &step.axis);
    match (&step.basis, lang) {
        (Some(basis), Lang::Zh) => {
            format!("；上级沿 {axis} {act}，依据：{basis}（数额不在您的范围内）")
        }
        (None, Lang::Zh) => format!("；上级沿 {axis} {act}（数额不在您的范围内）"),
        (Some(basis), Lang::En) => {
            format!("; above your part: {act} along {axis} by {basis}, its amounts are not yours")
        }
        (None, Lang::En) => {
            format!("; above your part: {act} along {axis}, its amounts are not yours")
        }
    }
}

fn fill(plan: &Plan, origin: &Origin, lang: Lang, told: &mut Explained) {
    let model = plan.model();
    let text = |value: i64| plan.step(origin.measure).format(value);
    let code = &model.definition().measures[origin.measure].code;
    told.value = Some(text(origin.value));
    told.hold = origin.hold.as_ref().map(|hold| HoldSeen {
        measure: code.clone(),
        at: model.place_text(&hold.place),
        value: text(hold.value),
        owner: hold.owner.clone(),
        reason: hold.reason.clone(),
        until: hold.until.map(|day| day.to_string()),
        operation: hold.operation,
    });
    let limits = origin.limits.iter().map(|limit| LimitSeen {
        measure: code.clone(),
        at: model.place_text(&limit.place),
        floor: limit.floor.map(text),
        cap: limit.cap.map(text),
    });
    told.limits = limits.collect();
    let layers = origin.layers.iter();
    told.layers = layers
        .map(|(layer, adds)| (layer.code(), text(*adds)))
        .collect();
    let carried = origin.carried.as_ref();
    told.carried = carried.map(|carried| (text(carried.part), text(carried.working)));
    let changes = origin.changes.iter().map(|change| ChangeTold {
        operation: change.operation,
        act: change.what.name(lang).to_owned(),
        after: text(change.after),
    });
    told.changes = changes.collect();
    told.parts = origin.parts.as_ref().map(|(axis, parts)| {
        let axis = &model.axes()[*axis];
        let parts = parts.iter().map(|(node, value)| {
            let (code, name) = (axis.tree.code(*node), axis.label(*node, lang));
            (code.to_owned(), name.to_owned(), text(*value))
        });
        (axis.code.clone(), parts.collect())
    });
}
