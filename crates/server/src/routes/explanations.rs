//! Where a number comes from, over HTTP.

use axum::extract::State as Shared;
use fenjie_app::Answer;
use fenjie_app::reading::explanation::{self, Explained, StepTold};
use fenjie_store::PlanId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::contents::{HoldBody, LimitBody};
use crate::problem::{Problem, ProblemBody};
use crate::reply::Reply;
use crate::signed::Signed;
use crate::state::State;
use crate::wire::{Asking, Named};

/// The routes of this area.
pub fn routes() -> OpenApiRouter<State> {
    OpenApiRouter::new().routes(routes!(get_explanation))
}

/// Which number.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ExplanationQuery {
    /// The cell or total; the asker's own total where missing.
    #[param(example = "region=华东, month=2026-07")]
    pub at: Option<String>,
    /// The measure's code; the plan's first flow where missing.
    #[param(example = "sales")]
    pub measure: Option<String>,
    /// The number of a published version, to ask that one; the plan as it is now where missing.
    #[param(minimum = 1)]
    pub version: Option<i64>,
}

/// Where a number comes from, as far as the asker may know.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ExplanationBody {
    /// The place.
    #[schema(example = "region=华东, month=2026-07")]
    pub at: String,
    /// The measure's code.
    #[schema(example = "sales")]
    pub measure: String,
    /// Its unit.
    #[schema(example = "CNY")]
    pub unit: String,
    /// The value; missing where a level or ratio has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "250000.00")]
    pub value: Option<String>,
    /// All of it in one sentence, in the language asked for.
    pub sentence: String,
    /// How it was shared out, from the top.
    pub steps: Vec<StepBody>,
    /// The hold on the place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hold: Option<HoldBody>,
    /// Floors and caps on the place or around it.
    pub limits: Vec<LimitBody>,
    /// What each layer adds.
    pub layers: Vec<AddedBody>,
    /// What is carried here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub carried: Option<CarriedBody>,
    /// The operations that changed the value.
    pub changes: Vec<ChangeBody>,
    /// The parts of a total.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parts: Option<PartsBody>,
}

/// One sharing-out on the way to the number.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StepBody {
    /// The operation's number; missing where the calendar did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<usize>,
    /// What it was.
    #[schema(example = "分解")]
    pub act: String,
    /// What it went by.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "日历系数")]
    pub basis: Option<String>,
    /// The axis along which.
    #[schema(example = "time")]
    pub axis: String,
    /// The arithmetic; missing where what was shared out lies above the asker's part.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arithmetic: Option<ArithmeticBody>,
}

/// Parent × weight ÷ sum of weights.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArithmeticBody {
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
    /// Whether it got a left-over step.
    pub got_remainder_step: bool,
    /// Whether it is off its proportional part: held, limited, typed.
    pub limited: bool,
}

/// What a layer adds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddedBody {
    /// The layer's code.
    #[schema(example = "stretch")]
    pub layer: &'static str,
    /// What it adds.
    #[schema(example = "25000.00")]
    pub adds: String,
}

/// What is carried to a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CarriedBody {
    /// What is carried, signed.
    pub part: String,
    /// Base and part.
    pub working: String,
}

/// An operation that changed the value.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    /// Its number.
    pub operation: usize,
    /// What it was.
    #[schema(example = "填写")]
    pub act: String,
    /// The value after it.
    pub after: String,
}

/// The parts of a total.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartsBody {
    /// The axis it opens along.
    pub axis: String,
    /// The parts.
    pub members: Vec<PartBody>,
}

/// A part of a total.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PartBody {
    /// Its code.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its value.
    pub value: String,
}

fn step(told: StepTold) -> StepBody {
    StepBody {
        operation: told.operation,
        act: told.act,
        basis: told.basis,
        axis: told.axis,
        arithmetic: told.shown.map(|shown| ArithmeticBody {
            parent: shown.parent,
            parent_value: shown.parent_value,
            shared: shown.shared,
            member: shown.member,
            weight: shown.weight,
            weight_sum: shown.weight_sum,
            siblings: shown.siblings,
            value: shown.value,
            remainder_rank: shown.remainder_rank,
            got_remainder_step: shown.got_remainder_step,
            limited: shown.limited,
        }),
    }
}

fn body(told: Explained) -> ExplanationBody {
    let layers = told.layers.into_iter();
    let changes = told.changes.into_iter().map(|change| ChangeBody {
        operation: change.operation,
        act: change.act,
        after: change.after,
    });
    ExplanationBody {
        at: told.at,
        measure: told.measure,
        unit: told.unit,
        value: told.value,
        sentence: told.sentence,
        steps: told.steps.into_iter().map(step).collect(),
        hold: told.hold.map(HoldBody::from),
        limits: told.limits.into_iter().map(LimitBody::from).collect(),
        layers: layers
            .map(|(layer, adds)| AddedBody { layer, adds })
            .collect(),
        carried: told
            .carried
            .map(|(part, working)| CarriedBody { part, working }),
        changes: changes.collect(),
        parts: told.parts.map(|(axis, parts)| PartsBody {
            axis,
            members: parts
                .into_iter()
                .map(|(code, name, value)| PartBody { code, name, value })
                .collect(),
        }),
    }
}

/// Explains a number: every sharing-out from the top, holds, limits, layers, changes — of what lies
/// above the asker's part only the rule and its basis.
#[utoipa::path(get, path = "/plans/{plan}/explanations", tag = "slices",
    params(("plan" = String, Path), ExplanationQuery), responses(
    (status = 200, body = ExplanationBody, headers(("ETag" = String))),
    (status = "default", body = ProblemBody, content_type = "application/problem+json"),
))]
async fn get_explanation(
    Shared(state): Shared<State>,
    Signed(actor): Signed,
    Named(plan): Named<PlanId>,
    Asking(query): Asking<ExplanationQuery>,
) -> Result<Reply, Problem> {
    let (at, measure) = (query.at.unwrap_or_default(), query.measure);
    let (app, measure) = (&state.app, measure.as_deref());
    let told = explanation::explain(app, &actor, &plan, &at, measure, query.version).await;
    told.and_then(|told| {
        let version = told.version;
        Ok(Reply(Answer::ok(&body(told))?.tagged(version)))
    })
    .map_err(|error| Problem::new(error, actor.lang))
}
