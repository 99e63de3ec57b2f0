//! What operations would do, without doing them. Must not know HTTP or SQL.

use std::sync::Arc;

use fenjie_plan::{Operation, Place, Plan};
use fenjie_store::PlanId;

use crate::operations::{Effect, Moved, authorise};
use crate::rhythm::status;
use crate::working::rules;
use crate::{Actor, App, AppError, Reach, Verb};

/// What operations would do.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The version of the plan that they were tried on.
    pub version: u64,
    /// What each would do.
    pub effects: Vec<Effect>,
    /// The totals of what the asker sees, before and after: measure, place, values.
    pub totals: Vec<(String, String, Moved)>,
}

/// Tries operations on a copy of a plan, within the rules that hold for doing them. A key that only
/// reads plans is enough, where the role may do them.
///
/// # Errors
/// Those of applying them, but the version.
pub async fn preview(
    app: &App,
    actor: &Arc<Actor>,
    id: &PlanId,
    mut operations: Vec<Operation>,
) -> Result<Preview, AppError> {
    let actor = &Arc::new(actor.trying());
    let verb = authorise(actor, &mut operations)?;
    let opened = app.open_plan(actor, id, verb).await?;
    let follows = status::all_follow(opened.loaded.plan(), &operations);
    status::writable(&opened.record, follows)?;
    let (version, reach) = (opened.loaded.sequence(), opened.reach);
    let plan = opened.loaded.plan().clone();
    drop(opened.loaded);
    let actor = actor.clone();
    let tried = move || tried(plan, &actor, verb, &reach, &operations);
    let tried = tokio::task::spawn_blocking(tried).await;
    let (effects, totals) = tried.map_err(AppError::internal)??;
    Ok(Preview {
        version,
        effects,
        totals,
    })
}

type Tried = (Vec<Effect>, Vec<(String, String, Moved)>);

fn tried(
    mut plan: Plan,
    actor: &Actor,
    verb: Verb,
    reach: &Reach,
    operations: &[Operation],
) -> Result<Tried, AppError> {
    let kept = rules::totals(&plan, actor, verb, reach);
    let before = totals(&plan, reach);
    let mut effects = Vec::with_capacity(operations.len());
    for operation in operations {
        rules::changes_closed(&plan, actor, operation, Some("?"))?;
        let change = plan.apply(operation.clone()).map_err(AppError::refused)?;
        if verb == Verb::EditPlan {
            rules::within(&plan, reach, &change.footprint)?;
        }
        effects.push(Effect::of(&plan, reach, &change));
    }
    rules::totals_stay(&plan, &kept)?;
    let after = totals(&plan, reach);
    let told = before.iter().zip(&after).map(|(before, after)| {
        let (measure, place, value) = before;
        let step = plan.step(*measure);
        let known = &plan.model().definition().measures[*measure];
        let moved = Moved {
            before: step.format(*value),
            after: step.format(after.2),
        };
        (known.code.clone(), plan.model().place_text(place), moved)
    });
    Ok((effects, told.collect()))
}

/// The totals of what somebody sees: of every flow, of each member that their part begins at.
fn totals(plan: &Plan, reach: &Reach) -> Vec<(usize, Place, i64)> {
    let root = Place(vec![0; plan.model().axes().len()]);
    let places: Vec<Place> = match reach {
        Reach::All => vec![root],
        Reach::Nothing => Vec::new(),
        Reach::Nodes { axis, nodes } => nodes
            .iter()
            .map(|reached| {
                let mut place = root.clone();
                place.0[*axis] = reached.node;
                place
            })
            .collect(),
    };
    let measures = plan.model().definition().measures.iter().enumerate();
    let flows = measures.filter(|(_, measure)| measure.is_flow());
    flows
        .flat_map(|(measure, _)| places.iter().map(move |place| (measure, place.clone())))
        .filter_map(|(measure, place)| {
            let value = plan.value(measure, &place)?;
            Some((measure, place, value))
        })
        .collect()
}
