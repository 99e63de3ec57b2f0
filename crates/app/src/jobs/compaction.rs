//! Puts small segments of a plan's sales together; every answer stays the same.

use fenjie_exchange::log::Stamp;
use fenjie_facts::Store as Facts;
use serde_json::json;

use super::task::{Ended, Task};
use crate::AppError;
use crate::working::plan_folder;

pub(super) async fn run(task: &Task) -> Result<Ended, AppError> {
    let Some(plan) = &task.job.plan else {
        return Ok(Ended::With(json!({})));
    };
    let folder = plan_folder(&task.app, &task.organisation.id, plan);
    let at = task.app.now().to_string();
    let who = task.asked.actor.name.clone();
    let compacted = tokio::task::spawn_blocking(move || {
        let mut facts = Facts::open(&folder).map_err(AppError::refused)?;
        let before = facts.segments();
        if before < 2 {
            return Ok((before, before));
        }
        let stamp = Stamp {
            at: &at,
            who: Some(&who),
            why: None,
        };
        facts.compact(&stamp).map_err(AppError::refused)?;
        Ok::<(usize, usize), AppError>((before, facts.segments()))
    });
    let (before, after) = compacted.await.map_err(AppError::internal)??;
    Ok(Ended::With(
        json!({ "segments_before": before, "segments_after": after }),
    ))
}
