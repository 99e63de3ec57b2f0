//! Alerts: what a rule says about the plan on a day, in words for people (rule T6). Sends nothing.

mod find;
mod rules;
mod silence;
mod words;

use std::collections::BTreeMap;

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_plan::Plan;

pub use rules::{AlertRules, BandRule, PaceRule, QuietHours};

use crate::actuals::Actuals;
use crate::error::TrackError;
use crate::ratio::Ratio;
use find::Finder;

/// What alerts are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlertRequest {
    /// The flow, by index.
    pub measure: usize,
    /// A depth for each dimension.
    pub depths: Vec<usize>,
    /// The running period, a node of the time axis: the month.
    pub period: u32,
    /// The day looked from; it counts as gone. After the plan's last day nothing new happens: the plan
    /// is said to have ended, and is looked at from that day.
    pub as_of: Date,
    /// The minute of the day looked from, for quiet hours; nothing delivers at once.
    pub minute: Option<u16>,
}

/// What a rule says about a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// Which rule, stable: `behind`, `silent`, `missed`, `action_due`, `action_unchecked`,
    /// `hard_to_reach`, `off_band`, `ended`.
    pub code: &'static str,
    /// How much it matters.
    pub severity: AlertSeverity,
    /// A node for each dimension.
    pub members: Vec<u32>,
    /// The period, a node of the time axis.
    pub period: u32,
    /// Who answers for the place: the owner of the nearest duty, else empty.
    pub owner: String,
    /// The figures it speaks of.
    pub figures: AlertFigures,
    /// When it is delivered, held to the end of quiet hours; nothing is at once.
    pub deliver_at: Option<(Date, u16)>,
    /// The sentence in Chinese.
    pub zh: String,
    /// The sentence in English.
    pub en: String,
}

/// How much an alert matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AlertSeverity {
    /// 紧急
    Urgent,
    /// 警告
    Warning,
    /// 提示
    Notice,
}

/// The figures of an alert; amounts in steps, what does not apply is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AlertFigures {
    /// The target.
    pub target: Option<i64>,
    /// The actual.
    pub actual: Option<i64>,
    /// Target − actual.
    pub gap: Option<i64>,
    /// Attainment − elapsed.
    pub pace: Option<Ratio>,
    /// Projection ÷ target.
    pub projected: Option<Ratio>,
    /// Needed on each selling day left.
    pub needed_per_day: Option<i64>,
    /// Done on each selling day gone.
    pub done_per_day: Option<i64>,
    /// Days or periods in a row.
    pub in_a_row: Option<u32>,
    /// A ratio's value.
    pub value: Option<Ratio>,
    /// The band's lower end.
    pub low: Option<Ratio>,
    /// The band's upper end.
    pub high: Option<Ratio>,
    /// The day by which something is due, or of the last booking.
    pub day: Option<Date>,
}

/// One owner's alerts as one text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// The owner; empty for places nobody answers for.
    pub owner: String,
    /// The alerts, by their index, urgent ones first.
    pub alerts: Vec<usize>,
    /// When it is delivered: with the latest of its alerts.
    pub deliver_at: Option<(Date, u16)>,
    /// Chinese, a line for each alert.
    pub zh: String,
    /// English, a line for each alert.
    pub en: String,
}

/// The alerts of a plan on a day, urgent ones first, then by place. The actual results come by days
/// and through `as_of`; those of bands hold the ratios' flows too.
///
/// # Errors
/// `track_not_a_flow`, `track_no_days`, `track_not_decomposed`.
///
/// ```
/// use fenjie_plan::{Plan, example};
/// use fenjie_track::{Actuals, AlertRequest, AlertRules, alerts};
/// let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
/// let march = plan.place("month=2026-03").unwrap().0[3];
/// let request = AlertRequest {
///     measure: 0, depths: vec![1, 0, 0], period: march,
///     as_of: "2026-03-10".parse().unwrap(), minute: None,
/// };
/// let none = Actuals::empty(3, vec![0], vec![march]);
/// let found = alerts(&plan, &none, &request, &AlertRules::default()).unwrap();
/// assert!(found.iter().any(|alert| alert.code == "silent"));
/// ```
pub fn alerts(
    plan: &Plan,
    actuals: &Actuals,
    request: &AlertRequest,
    rules: &AlertRules,
) -> Result<Vec<Alert>, TrackError> {
    let last = plan.model().definition().period.last();
    let has_ended = request.as_of > last;
    let request = &AlertRequest {
        as_of: request.as_of.min(last),
        ..request.clone()
    };
    let finder = Finder::new(plan, actuals, request, rules)?;
    let mut found = finder.behind()?;
    match has_ended {
        true => finder.ended(last, &mut found),
        false => finder.silent(&mut found),
    }
    finder.missed(&mut found);
    finder.actions(&mut found);
    finder.off_band(&mut found)?;
    finder.hard_to_reach(&mut found);
    found.sort_by(|a, b| {
        let key = |alert: &Alert| (alert.severity, alert.members.clone(), alert.code);
        key(a).cmp(&key(b))
    });
    Ok(found)
}

/// The alerts of each owner as one text, owners in order, places without an owner last.
///
/// ```
/// assert!(fenjie_track::digests(&[]).is_empty());
/// ```
pub fn digests(alerts: &[Alert]) -> Vec<Digest> {
    let mut owners: BTreeMap<(bool, &str), Vec<usize>> = BTreeMap::new();
    for (at, alert) in alerts.iter().enumerate() {
        let key = (alert.owner.is_empty(), alert.owner.as_str());
        owners.entry(key).or_default().push(at);
    }
    let digest = |((_, owner), mut own): ((bool, &str), Vec<usize>)| {
        own.sort_by_key(|at| (alerts[*at].severity, *at));
        let lines = |lang: Lang| {
            let lines = own.iter().map(|at| {
                let alert = &alerts[*at];
                format!("- {}: {}", alert.severity.name(lang), alert.text(lang))
            });
            lines.collect::<Vec<_>>().join("\n")
        };
        Digest {
            owner: owner.to_owned(),
            deliver_at: own.iter().filter_map(|at| alerts[*at].deliver_at).max(),
            zh: lines(Lang::Zh).replace(": ", "："),
            en: lines(Lang::En),
            alerts: own,
        }
    };
    owners.into_iter().map(digest).collect()
}

impl Alert {
    /// The sentence.
    ///
    /// ```
    /// # use fenjie_plan::{Plan, example};
    /// # use fenjie_track::{Actuals, AlertRequest, AlertRules, alerts};
    /// # let plan = Plan::replay(example::definition(), &example::operations()).unwrap();
    /// # let march = plan.place("month=2026-03").unwrap().0[3];
    /// # let request = AlertRequest {
    /// #     measure: 0, depths: vec![1, 0, 0], period: march,
    /// #     as_of: "2026-03-10".parse().unwrap(), minute: None,
    /// # };
    /// # let none = Actuals::empty(3, vec![0], vec![march]);
    /// let found = alerts(&plan, &none, &request, &AlertRules::default()).unwrap();
    /// let east = found.iter().find(|alert| alert.members == [3, 0, 0]).unwrap();
    /// assert!(east.text(fenjie_message::Lang::Zh).starts_with("华东"));
    /// ```
    pub fn text(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

impl AlertSeverity {
    /// The stable code.
    ///
    /// ```
    /// assert_eq!(fenjie_track::AlertSeverity::Urgent.code(), "urgent");
    /// ```
    pub fn code(self) -> &'static str {
        match self {
            AlertSeverity::Urgent => "urgent",
            AlertSeverity::Warning => "warning",
            AlertSeverity::Notice => "notice",
        }
    }

    /// What people call it.
    ///
    /// ```
    /// use fenjie_message::Lang;
    /// assert_eq!(fenjie_track::AlertSeverity::Urgent.name(Lang::Zh), "紧急");
    /// ```
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            AlertSeverity::Urgent => lang.pick("紧急", "urgent"),
            AlertSeverity::Warning => lang.pick("警告", "warning"),
            AlertSeverity::Notice => lang.pick("提示", "notice"),
        }
    }
}
