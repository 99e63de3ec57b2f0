//! Alerts for machines: stable codes and keys, amounts and rates as decimal texts. Computes nothing.

use fenjie_exchange::review_json::rate;
use fenjie_message::Lang;
use fenjie_money::Step;
use fenjie_plan::Place;
use fenjie_track::{Alert, Digest};
use serde_json::{Map, Value, json};

use super::print::{Shown, clock};

/// What was found, with texts in a language.
pub fn shown(shown: &Shown<'_>, lang: Lang) -> Value {
    let plan = shown.watch.plan;
    let time = plan.model().axes().last().expect("time is always there");
    let measure = &plan.model().definition().measures[shown.watch.measure];
    let alerts: Vec<Value> = shown
        .alerts
        .iter()
        .map(|alert| one(shown, alert, lang))
        .collect();
    let mut answer = json!({
        "plan": plan.model().definition().name,
        "measure": measure.code,
        "period": time.tree.code(shown.watch.period()),
        "as_of": shown.watch.as_of.to_string(),
        "at": clock((shown.moment.day, shown.moment.minute)),
        "deliver_at": clock(shown.deliver_at),
        "held": shown.held(),
        "alerts": alerts,
    });
    if let Some(digests) = shown.digests {
        let digests: Vec<Value> = digests.iter().map(|own| digest(own, lang)).collect();
        answer["digests"] = digests.into();
    }
    answer
}

fn one(shown: &Shown<'_>, alert: &Alert, lang: Lang) -> Value {
    let plan = shown.watch.plan;
    let time = plan.model().axes().last().expect("time is always there");
    let mut place = alert.members.clone();
    place.push(0);
    json!({
        "code": alert.code,
        "severity": alert.severity.code(),
        "place": plan.model().place_text(&Place(place)),
        "period": time.tree.code(alert.period),
        "owner": alert.owner,
        "deliver_at": alert.deliver_at.map(clock),
        "figures": figures(alert, plan.step(shown.watch.measure)),
        "text": alert.text(lang),
    })
}

/// The figures that apply.
fn figures(alert: &Alert, step: Step) -> Map<String, Value> {
    let own = &alert.figures;
    let amount = |count: Option<i64>| count.map(|count| step.format(count));
    let texts = [
        ("target", amount(own.target)),
        ("actual", amount(own.actual)),
        ("gap", amount(own.gap)),
        ("pace", rate(own.pace)),
        ("projected", rate(own.projected)),
        ("needed_per_day", amount(own.needed_per_day)),
        ("done_per_day", amount(own.done_per_day)),
        ("value", rate(own.value)),
        ("low", rate(own.low)),
        ("high", rate(own.high)),
        ("day", own.day.map(|day| day.to_string())),
    ];
    let mut figures = Map::new();
    for (key, text) in texts {
        if let Some(text) = text {
            figures.insert(key.into(), text.into());
        }
    }
    if let Some(count) = own.in_a_row {
        figures.insert("in_a_row".into(), count.into());
    }
    figures
}

fn digest(digest: &Digest, lang: Lang) -> Value {
    json!({
        "owner": digest.owner,
        "alerts": digest.alerts,
        "deliver_at": digest.deliver_at.map(clock),
        "text": lang.pick(&digest.zh, &digest.en),
    })
}
