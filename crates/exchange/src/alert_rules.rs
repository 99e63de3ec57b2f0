//! Alert rules as people write them, in a plan file's `[alerts]` and on a command line: `pace` −5, `days`
//! 3, `quiet_hours` 21:00-08:00 (rule T6). Knows no results.

use fenjie_message::{Lang, Message};
use fenjie_plan::{Decimal, Measure, MeasureKind};
use fenjie_track::{AlertRules, BandRule, PaceRule, QuietHours, Ratio};

/// The rules by name, in the order of the manual.
pub const RULES: [&str; 8] = [
    "pace",
    "days",
    "silent_days",
    "required_over_run",
    "missed",
    "action_due",
    "quiet_hours",
    "band",
];

/// Why a rule cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum RuleError {
    /// No rule has that name.
    RuleUnknown {
        /// As it was written.
        rule: String,
    },
    /// A value that the rule does not take.
    ValueWrong {
        /// The rule.
        rule: String,
        /// As it was written.
        value: String,
    },
    /// A band of something that is no ratio of the plan.
    NotARatio {
        /// As it was written.
        measure: String,
        /// The plan's ratios.
        known: Vec<String>,
    },
}

impl Message for RuleError {
    fn code(&self) -> &'static str {
        match self {
            RuleError::RuleUnknown { .. } => "alert_rule_unknown",
            RuleError::ValueWrong { .. } => "alert_value_wrong",
            RuleError::NotARatio { .. } => "alert_not_a_ratio",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (RuleError::RuleUnknown { rule }, Lang::Zh) => format!("没有 `{rule}` 这条预警规则"),
            (RuleError::RuleUnknown { rule }, Lang::En) => {
                format!("there is no alert rule `{rule}`")
            }
            (RuleError::ValueWrong { rule, value }, Lang::Zh) => {
                format!("预警规则 `{rule}` 不能是 `{value}`")
            }
            (RuleError::ValueWrong { rule, value }, Lang::En) => {
                format!("the alert rule `{rule}` cannot be `{value}`")
            }
            (RuleError::NotARatio { measure, .. }, Lang::Zh) => {
                format!("`{measure}` 不是方案里的比率指标，没有区间可言")
            }
            (RuleError::NotARatio { measure, .. }, Lang::En) => {
                format!("`{measure}` is no ratio of the plan, so it has no band")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(match self {
            RuleError::RuleUnknown { .. } => {
                let known: Vec<String> = RULES.iter().map(|rule| format!("`{rule}`")).collect();
                match lang {
                    Lang::Zh => format!("可以写 {}", known.join("、")),
                    Lang::En => format!("there are {}", known.join(", ")),
                }
            }
            RuleError::ValueWrong { rule, .. } => {
                let (zh, en) = wanted(rule);
                lang.pick(zh, en).to_owned()
            }
            RuleError::NotARatio { known, .. } if known.is_empty() => lang
                .pick("方案里没有比率指标", "the plan has no ratios")
                .to_owned(),
            RuleError::NotARatio { known, .. } => match lang {
                Lang::Zh => format!("比率指标有 {}", known.join("、")),
                Lang::En => format!("its ratios are {}", known.join(", ")),
            },
        })
    }
}

/// What a rule takes.
fn wanted(rule: &str) -> (&'static str, &'static str) {
    match rule {
        "pace" => (
            "写百分点：-5 表示进度落后超过 5 个百分点；不要这条规则写 off",
            "write points: -5 means more than 5 points behind; off switches it off",
        ),
        "days" | "silent_days" => (
            "写 1 到 366 的天数；不要这条规则写 off",
            "write days from 1 to 366; off switches it off",
        ),
        "required_over_run" => (
            "写倍数：1.3 表示余下每天要做到目前的 1.3 倍以上；不要这条规则写 off",
            "write a factor: 1.3 means that over 1.3 times today's rate is needed; off switches it off",
        ),
        "quiet_hours" => (
            "写成 21:00-08:00；不要免打扰时段写 off",
            "write 21:00-08:00; off means none",
        ),
        "missed" | "action_due" => ("写 on 或 off", "write on or off"),
        _ => (
            "写成 10%..30%，一边可以空着：10%..",
            "write 10%..30%; one side may be left out: 10%..",
        ),
    }
}

/// Sets one rule, by its name in [`RULES`] and its value as text; `off` switches a rule off. A band is
/// `band.CODE`.
///
/// # Errors
/// [`RuleError`], with what the rule takes.
///
/// ```
/// use fenjie_exchange::alert_rules::set_rule;
/// use fenjie_track::{AlertRules, Ratio};
/// let mut rules = AlertRules::default();
/// set_rule(&mut rules, "pace", "-8", &[]).unwrap();
/// set_rule(&mut rules, "days", "2", &[]).unwrap();
/// set_rule(&mut rules, "silent_days", "off", &[]).unwrap();
/// let pace = rules.pace.unwrap();
/// assert_eq!((pace.below, pace.days), (Ratio::percent(-8), 2));
/// assert_eq!(rules.silent_days, None);
/// assert!(set_rule(&mut rules, "pace", "fast", &[]).is_err());
/// ```
pub fn set_rule(
    rules: &mut AlertRules,
    rule: &str,
    value: &str,
    measures: &[Measure],
) -> Result<(), RuleError> {
    let wrong = || RuleError::ValueWrong {
        rule: rule.to_owned(),
        value: value.to_owned(),
    };
    let is_off = is_off(value);
    let usual = AlertRules::default()
        .pace
        .expect("pace is watched by default");
    match rule {
        "pace" if is_off => rules.pace = None,
        "pace" => {
            let below = points(value).ok_or_else(wrong)?;
            let days = rules.pace.map_or(usual.days, |pace| pace.days);
            rules.pace = Some(PaceRule { below, days });
        }
        "days" => {
            let days = days(value).ok_or_else(wrong)?;
            let below = rules.pace.map_or(usual.below, |pace| pace.below);
            rules.pace = Some(PaceRule { below, days });
        }
        "silent_days" if is_off => rules.silent_days = None,
        "silent_days" => rules.silent_days = Some(days(value).ok_or_else(wrong)?),
        "required_over_run" if is_off => rules.required_over_run = None,
        "required_over_run" => {
            let factor = ratio(value).filter(|factor| factor.above() > 0);
            rules.required_over_run = Some(factor.ok_or_else(wrong)?);
        }
        "missed" => rules.missed = switch(value).ok_or_else(wrong)?,
        "action_due" => rules.action_due = switch(value).ok_or_else(wrong)?,
        "quiet_hours" if is_off => rules.quiet = None,
        "quiet_hours" => rules.quiet = Some(quiet_hours(value).ok_or_else(wrong)?),
        _ => {
            let Some(code) = rule.strip_prefix("band.") else {
                let rule = rule.to_owned();
                return Err(RuleError::RuleUnknown { rule });
            };
            let measure = ratio_measure(code, measures)?;
            rules.bands.retain(|band| band.measure != measure);
            if !is_off {
                let (low, high) = band(value).ok_or_else(wrong)?;
                rules.bands.push(BandRule { measure, low, high });
            }
        }
    }
    Ok(())
}

/// Reads `21:00-08:00`; full-width colons and dashes are read too. Nothing where it is no range of hours,
/// or an empty one.
///
/// ```
/// use fenjie_exchange::alert_rules::quiet_hours;
/// let quiet = quiet_hours("21:00-08:00").unwrap();
/// assert_eq!((quiet.from, quiet.to), (21 * 60, 8 * 60));
/// assert!(quiet_hours("21:00").is_none() && quiet_hours("08:00-08:00").is_none());
/// ```
pub fn quiet_hours(text: &str) -> Option<QuietHours> {
    let plain: String = text
        .chars()
        .map(|c| match c {
            '：' => ':',
            '–' | '—' | '－' | '~' | '～' | '至' => '-',
            c => c,
        })
        .collect();
    let (from, to) = plain.split_once('-')?;
    let (from, to) = (minute(from.trim())?, minute(to.trim())?);
    (from != to).then_some(QuietHours { from, to })
}

/// The minute of the day: `8:00`, `21:30`; `24:00` is midnight.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_clock = (1..=2).contains(&hour.len()) && minute.len() == 2;
    if !is_clock || !is_number(hour) || !is_number(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    match (hour, minute) {
        (0..=23, 0..=59) => Some(hour * 60 + minute),
        (24, 0) => Some(0),
        _ => None,
    }
}

fn is_off(text: &str) -> bool {
    switch(text) == Some(false)
}

fn switch(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "on" | "true" | "yes" | "开" | "是" => Some(true),
        "off" | "false" | "no" | "关" | "否" => Some(false),
        _ => None,
    }
}

fn days(text: &str) -> Option<u32> {
    let days = text.trim().trim_end_matches(['天', '日']).trim();
    days.parse().ok().filter(|days| (1..=366).contains(days))
}

/// Percentage points: `-5`, `-5.5`, `-5%`, `-5点`.
fn points(text: &str) -> Option<Ratio> {
    let plain = text.trim().replace('−', "-");
    let plain = plain.trim_end_matches(['%', '％', '点']).trim();
    let points = Decimal::parse(plain).ok()?;
    let hundred = 10i128.checked_pow(points.scale().checked_add(2)?)?;
    let ratio = Ratio::new(points.digits(), hundred)?;
    // Beyond these no pace is ever below, or every one is.
    (ratio >= Ratio::percent(-1000) && ratio <= Ratio::percent(1000)).then_some(ratio)
}

/// A share or a factor: `1.3`, `130%`.
fn ratio(text: &str) -> Option<Ratio> {
    let decimal = Decimal::parse(text.trim()).ok()?;
    Ratio::new(decimal.digits(), 10i128.checked_pow(decimal.scale())?)
}

/// `10%..30%`, `10%..`, `..30%`.
fn band(text: &str) -> Option<(Option<Ratio>, Option<Ratio>)> {
    let (low, high) = text.split_once("..")?;
    let side = |text: &str| match text.trim() {
        "" => Some(None),
        text => ratio(text).map(Some),
    };
    let (low, high) = (side(low)?, side(high)?);
    match (low, high) {
        (None, None) => None,
        (Some(low), Some(high)) if low > high => None,
        both => Some(both),
    }
}

fn ratio_measure(name: &str, measures: &[Measure]) -> Result<usize, RuleError> {
    let is_ratio = |measure: &Measure| matches!(measure.kind, MeasureKind::Ratio { .. });
    let found = measures
        .iter()
        .position(|own| is_ratio(own) && (own.code == name || own.name == name));
    found.ok_or_else(|| RuleError::NotARatio {
        measure: name.to_owned(),
        known: measures
            .iter()
            .filter(|own| is_ratio(own))
            .map(|own| own.code.clone())
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_as_people_write_them() {
        let table = [
            ("pace", "-5", true),
            ("pace", "-5.5%", true),
            ("pace", "−5点", true),
            ("pace", "-100000", false),
            ("pace", "", false),
            ("days", "3", true),
            ("days", "3天", true),
            ("days", "0", false),
            ("days", "367", false),
            ("required_over_run", "130%", true),
            ("required_over_run", "0", false),
            ("required_over_run", "-1", false),
            ("missed", "off", true),
            ("missed", "关", true),
            ("missed", "maybe", false),
            ("quiet_hours", "21：00–8:00", true),
            ("quiet_hours", "25:00-8:00", false),
            ("quiet_hours", "12:60-13:00", false),
            ("quiet_hours", "off", true),
            ("loud", "1", false),
            ("band.conversion", "10%..30%", false),
        ];
        for (rule, value, wanted) in table {
            let mut rules = AlertRules::default();
            let set = set_rule(&mut rules, rule, value, &[]);
            assert_eq!(set.is_ok(), wanted, "{rule} = {value}");
        }
        assert_eq!(band("30%..10%"), None);
        assert_eq!(band("..30%").unwrap().1, Some(Ratio::percent(30)));
    }
}
