//! Looks at the facts with a plan's rules: now, and once more after an import. Prints nothing itself but
//! what an import made new.

use std::collections::HashSet;

use fenjie_message::Lang;
use fenjie_review::Watch;
use fenjie_track::Alert;

use crate::actual::Sales;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// What the rules say; nothing before the plan begins.
///
/// # Errors
/// Those of the facts; plans whose time does not go down to days.
pub fn found(watch: &mut Watch<'_>, sales: &Sales) -> Result<Vec<Alert>, Failure> {
    if !watch.has_begun() {
        return Ok(Vec::new());
    }
    let actuals = sales.add_up(watch.plan, &watch.needs())?;
    Ok(watch.found(&actuals)?)
}

/// Says what an import made new: alerts that were not there before it.
pub fn after_import(before: &[Alert], after: &[Alert], terminal: &mut Terminal) {
    let key = |alert: &Alert| (alert.code, alert.members.clone(), alert.period);
    let known: HashSet<_> = before.iter().map(key).collect();
    let fresh: Vec<&Alert> = after
        .iter()
        .filter(|alert| !known.contains(&key(alert)))
        .collect();
    if fresh.is_empty() {
        return;
    }
    let (count, lang) = (fresh.len(), terminal.lang);
    terminal.say(match lang {
        Lang::Zh => format!("导入后新增预警 {count} 条："),
        Lang::En if count == 1 => "1 new alert after this import:".into(),
        Lang::En => format!("{count} new alerts after this import:"),
    });
    for alert in fresh.iter().take(super::print::MOST_AFTER_IMPORT) {
        terminal.say(super::print::line(alert, lang));
    }
    if count > super::print::MOST_AFTER_IMPORT {
        terminal.say(lang.pick(
            "其余用 `fenjie alerts` 查看",
            "`fenjie alerts` lists the rest",
        ));
    }
}
