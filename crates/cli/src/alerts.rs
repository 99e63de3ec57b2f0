//! `fenjie alerts`: what needs a look, by rule (rule T6). Sends nothing; says what would go out and when.

mod json;
mod print;
mod watch;

use clap::Args;
use fenjie_calendar::Date;
use fenjie_exchange::alert_rules::{RULES, set_rule};
use fenjie_message::{Lang, Message};
use fenjie_plan::Plan;
use fenjie_review::Watch;
use fenjie_track::{AlertRules, digests};

use crate::actual::{ActualArgs, Sales, say_late};
use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure};
use crate::open::{Opened, measure};
use crate::review::depths;
use crate::terminal::Terminal;
use crate::today::moment::{self, Moment};

/// Arguments of `fenjie alerts`.
#[derive(Args, Debug)]
pub struct AlertsArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    actuals: ActualArgs,
    /// The moment it is sent: '2026-03-18 09:00'; results count through the day before, unless
    /// `--as-of` says otherwise [default: now]
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// Rules for this run: 'pace=-5,days=3', 'silent_days=off', 'band.conversion=10%..30%'; may be
    /// repeated [default: `[alerts]` of the plan file]
    #[arg(long, value_name = "RULES")]
    rule: Vec<String>,
    /// When nobody is to be disturbed: 21:00-08:00, or off
    #[arg(long, value_name = "HOURS")]
    quiet_hours: Option<String>,
    /// One text for each owner
    #[arg(long)]
    digest: bool,
    /// Whose lines: 'region', 'org.store' [default: the finest level of the first dimension]
    #[arg(long, value_name = "GRAIN")]
    of: Option<String>,
    /// The measure, by code or name [default: the plan's first flow]
    #[arg(long, value_name = "MEASURE")]
    measure: Option<String>,
}

pub use watch::{after_import, found};

/// Lists what needs a look. Ends with 1 where something does.
///
/// # Errors
/// Those of the plan and of the facts; rules and moments nobody understands.
pub fn run(args: &AlertsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let moment = moment::of(args.at.as_deref(), None)?;
    let opened = Opened::read(&args.plan, terminal)?;
    let plan = opened.plan(terminal)?;
    let measure = measure(&plan, args.measure.as_deref())?;
    let rules = rules(args, &opened.loaded.alerts, &plan)?;
    let sales = Sales::open(&args.actuals, &opened, terminal)?;
    let as_of = as_of(args, &opened, moment);
    let last = plan.model().definition().period.last();
    let mut watch = Watch {
        plan: &plan,
        measure,
        depths: depths(&plan, measure, args.of.as_deref())?,
        rules,
        as_of: as_of.min(last),
        has_ended: as_of > last,
        through: None,
    };
    let mut alerts = found(&mut watch, &sales)?;
    say_late(watch.through, watch.as_of, terminal);
    let deliver_at = watch.deliver_at(moment.day, moment.minute);
    for alert in &mut alerts {
        alert.deliver_at = Some(deliver_at);
    }
    let digests = args.digest.then(|| digests(&alerts));
    let shown = print::Shown {
        watch: &watch,
        moment,
        deliver_at,
        alerts: &alerts,
        digests: digests.as_deref(),
    };
    match terminal.json {
        true => terminal.print_json(&json::shown(&shown, terminal.lang))?,
        false => print::print(&shown, terminal)?,
    }
    Ok(match alerts.is_empty() {
        true => Exit::Done,
        false => Exit::Found,
    })
}

/// The last whole day: `--as-of`, the plan's own day, else the day before the moment.
fn as_of(args: &AlertsArgs, opened: &Opened, moment: Moment) -> Date {
    let today = opened.loaded.definition.today;
    let today = today.expect("an opened plan has a day");
    let is_the_clocks = args.at.is_some() || today == moment.day;
    match &args.plan.as_of {
        None if is_the_clocks => moment.day.yesterday().unwrap_or(moment.day),
        _ => today,
    }
}

/// The plan's rules with those of the command line put in.
fn rules(args: &AlertsArgs, of_plan: &AlertRules, plan: &Plan) -> Result<AlertRules, Failure> {
    let mut rules = of_plan.clone();
    let measures = &plan.model().definition().measures;
    let mut set = |rule: &str, value: &str| {
        set_rule(&mut rules, rule, value, measures)
            .map_err(|error| Failure::new(error, Exit::Usage))
    };
    for text in &args.rule {
        for part in text
            .split([',', '，'])
            .filter(|part| !part.trim().is_empty())
        {
            let Some((rule, value)) = part.split_once(['=', '＝']) else {
                let text = part.trim().to_owned();
                return Err(Failure::new(NotARule { text }, Exit::Usage));
            };
            set(rule.trim(), value.trim())?;
        }
    }
    if let Some(hours) = &args.quiet_hours {
        set("quiet_hours", hours)?;
    }
    Ok(rules)
}

#[derive(Debug)]
struct NotARule {
    text: String,
}

impl Message for NotARule {
    fn code(&self) -> &'static str {
        "alert_rule_expected"
    }

    fn text(&self, lang: Lang) -> String {
        let text = &self.text;
        match lang {
            Lang::Zh => format!("`{text}` 不是 规则=值"),
            Lang::En => format!("`{text}` is not rule=value"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let known = RULES.join(lang.pick("、", ", "));
        Some(match lang {
            Lang::Zh => format!("例如 --rule pace=-5,days=3；规则有 {known}"),
            Lang::En => format!("such as --rule pace=-5,days=3; the rules are {known}"),
        })
    }
}
