//! What `[alerts]` says becomes rules. Must not know what they watch.

use fenjie_plan::Definition;
use fenjie_track::AlertRules;

use crate::alert_rules::set_rule;
use crate::plan_file::error::Refusal;
use crate::plan_file::scalar::Text;
use crate::plan_file::wire::alerts::AlertsTable;

/// The rules: the usual ones with what is written put in.
pub(super) fn alert_rules(
    entry: Option<&AlertsTable>,
    definition: &Definition,
) -> Result<AlertRules, Refusal> {
    let mut rules = AlertRules::default();
    let Some(entry) = entry else {
        return Ok(rules);
    };
    let mut set = |rule: &str, value: &Text| {
        set_rule(&mut rules, rule, value, &definition.measures)
            .map_err(|error| Refusal::value(error, value.span))
    };
    // `pace` after `days`: where it is off, the days say nothing.
    let texts = [
        ("days", &entry.days),
        ("pace", &entry.pace),
        ("silent_days", &entry.silent_days),
        ("required_over_run", &entry.required_over_run),
        ("quiet_hours", &entry.quiet_hours),
    ];
    for (rule, value) in texts {
        value.as_ref().map(|value| set(rule, value)).transpose()?;
    }
    for (code, value) in entry.bands.iter().flat_map(|bands| &bands.0) {
        set(&format!("band.{}", code.text), value)?;
    }
    rules.missed = entry.missed.unwrap_or(rules.missed);
    rules.action_due = entry.action_due.unwrap_or(rules.action_due);
    Ok(rules)
}
