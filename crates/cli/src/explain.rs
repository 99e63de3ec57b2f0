//! `fenjie explain`: where a number comes from, as a sentence or as JSON. Knows no arithmetic.

use clap::Args;
use fenjie_message::Lang;
use fenjie_plan::{Origin, Place, Plan, TraceStep};
use serde_json::{Value, json};

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::terminal::Terminal;

/// Arguments of `fenjie explain`.
#[derive(Args, Debug)]
pub struct ExplainArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The cell or total: 'region=华东, month=2026-07'; without it the plan's total
    #[arg(value_name = "ADDRESS", default_value = "")]
    address: String,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
}

/// Explains a number.
///
/// # Errors
/// Those of the plan, and places it does not have.
pub fn run(args: &ExplainArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let measure = measure(&plan, args.measure.as_deref())?;
    let address = if args.address.trim() == "*" {
        ""
    } else {
        &args.address
    };
    let place = plan.place(address)?;
    if !plan.model().definition().measures[measure].is_flow() {
        statement(&plan, measure, &place, terminal)?;
        return Ok(Exit::Done);
    }
    let origin = plan.explain(measure, &place)?;
    match terminal.json {
        true => terminal.print_json(&origin_json(&plan, &origin, terminal.lang))?,
        false => terminal.print(origin.sentence(&plan, terminal.lang))?,
    }
    Ok(Exit::Done)
}

/// A level or ratio was stated, or it was not.
fn statement(
    plan: &Plan,
    measure: usize,
    place: &Place,
    terminal: &mut Terminal,
) -> Result<(), Failure> {
    let stated = plan
        .statements()
        .iter()
        .find(|stated| stated.measure == measure && stated.place == *place)
        .map(|stated| stated.value.to_string());
    let name = &plan.model().definition().measures[measure].name;
    let at = plan.model().place_text(place);
    if terminal.json {
        return terminal.print_json(&json!({ "place": at, "measure": name, "value": stated }));
    }
    terminal.print(match (stated, terminal.lang) {
        (Some(value), Lang::Zh) => format!("{at}：{name} {value}，是直接设定的，不做分解"),
        (Some(value), Lang::En) => format!("{at}: {name} {value}, stated and not decomposed"),
        (None, Lang::Zh) => format!("{at}：{name} 没有设定"),
        (None, Lang::En) => format!("{at}: {name} is not stated"),
    })
}

fn origin_json(plan: &Plan, origin: &Origin, lang: Lang) -> Value {
    let step = plan.step(origin.measure);
    let text = |value: i64| step.format(value);
    let model = plan.model();
    let measure = &model.definition().measures[origin.measure];
    json!({
        "place": model.place_text(&origin.place),
        "measure": measure.code,
        "unit": measure.unit,
        "value": text(origin.value),
        "sentence": origin.sentence(plan, lang),
        "steps": origin.steps.iter().map(|step| step_json(plan, origin.measure, step)).collect::<Vec<_>>(),
        "hold": origin.hold.as_ref().map(|hold| json!({
            "value": text(hold.value),
            "owner": hold.owner,
            "reason": hold.reason,
            "until": hold.until.map(|date| date.to_string()),
            "operation": hold.operation,
        })),
        "limits": origin.limits.iter().map(|limit| json!({
            "place": model.place_text(&limit.place),
            "floor": limit.floor.map(text),
            "cap": limit.cap.map(text),
        })).collect::<Vec<_>>(),
        "layers": origin.layers.iter().map(|(layer, value)| json!({
            "layer": layer.code(),
            "adds": text(*value),
        })).collect::<Vec<_>>(),
        "changes": origin.changes.iter().map(|change| json!({
            "operation": change.operation,
            "after": text(change.after),
        })).collect::<Vec<_>>(),
        "parts": origin.parts.as_ref().map(|(axis, parts)| {
            let axis = &model.axes()[*axis];
            json!({
                "axis": axis.code,
                "members": parts.iter().map(|(node, value)| json!({
                    "member": axis.tree.code(*node),
                    "name": axis.tree.name(*node),
                    "value": text(*value),
                })).collect::<Vec<_>>(),
            })
        }),
    })
}

fn step_json(plan: &Plan, measure: usize, step: &TraceStep) -> Value {
    let text = |value: i64| plan.step(measure).format(value);
    let axis = &plan.model().axes()[step.axis];
    json!({
        "operation": (step.operation > 0).then_some(step.operation),
        "axis": axis.code,
        "parent": plan.model().place_text(&step.parent),
        "parent_value": text(step.parent_value),
        "shared": text(step.shared),
        "member": axis.tree.code(step.child),
        "weight": step.weight,
        "weight_sum": step.weight_sum,
        "siblings": step.siblings,
        "value": text(step.value),
        "remainder_rank": step.part.rank + 1,
        "got_remainder_step": step.part.got_unit,
        "limited": step.limited,
    })
}
