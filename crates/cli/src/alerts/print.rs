//! Alerts for people: urgent ones first, or a text for each owner, and when they go out. Computes nothing.

use fenjie_calendar::Date;
use fenjie_message::Lang;
use fenjie_review::Watch;
use fenjie_track::{Alert, AlertSeverity, Digest};

use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::today::moment::Moment;

/// After an import so many are said in full.
pub const MOST_AFTER_IMPORT: usize = 10;

/// What was found and what becomes of it.
pub struct Shown<'a> {
    /// What was watched.
    pub watch: &'a Watch<'a>,
    /// The moment looked from.
    pub moment: Moment,
    /// When they go out.
    pub deliver_at: (Date, u16),
    /// The alerts.
    pub alerts: &'a [Alert],
    /// A text for each owner, where asked for.
    pub digests: Option<&'a [Digest]>,
}

impl Shown<'_> {
    /// Whether quiet hours hold them back.
    pub fn held(&self) -> bool {
        self.deliver_at != (self.moment.day, self.moment.minute)
    }
}

/// A day and a time of day: `2026-03-19 08:00`.
pub fn clock((day, minute): (Date, u16)) -> String {
    format!("{day} {:02}:{:02}", minute / 60, minute % 60)
}

/// One alert as a line: `紧急 湖滨店落后 8.2 个百分点；……（赵敏）`
pub fn line(alert: &Alert, lang: Lang) -> String {
    let (severity, text) = (alert.severity.name(lang), alert.text(lang));
    let owner = match (alert.owner.as_str(), lang) {
        ("", _) => String::new(),
        (owner, Lang::Zh) => format!("（{owner}）"),
        (owner, Lang::En) => format!(" ({owner})"),
    };
    match lang {
        Lang::Zh => format!("{severity}：{text}{owner}"),
        Lang::En => format!("{severity}: {text}{owner}"),
    }
}

/// Prints what was found.
///
/// # Errors
/// Where nothing can be written.
pub fn print(shown: &Shown<'_>, terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    if shown.alerts.is_empty() {
        let as_of = shown.watch.as_of;
        return terminal.print(match lang {
            Lang::Zh => format!("到 {as_of} 为止没有预警"),
            Lang::En => format!("no alerts as of {as_of}"),
        });
    }
    terminal.print(heading(shown, lang))?;
    terminal.print("")?;
    match shown.digests {
        Some(digests) => {
            for digest in digests {
                terminal.print(owner(digest, lang))?;
                terminal.print(lang.pick(&digest.zh, &digest.en))?;
                terminal.print("")?;
            }
        }
        None => by_severity(shown.alerts, terminal)?,
    }
    terminal.print(last_line(shown, lang))
}

fn heading(shown: &Shown<'_>, lang: Lang) -> String {
    let (plan, watch) = (shown.watch.plan, shown.watch);
    let definition = plan.model().definition();
    let time = plan.model().axes().last().expect("time is always there");
    let (name, measure) = (&definition.name, &definition.measures[watch.measure].name);
    let period = time.label(watch.period(), lang);
    let as_of = watch.as_of;
    match lang {
        Lang::Zh => format!("{name} · {measure} · {period} · 截至 {as_of}"),
        Lang::En => format!("{name} · {measure} · {period} · as of {as_of}"),
    }
}

fn by_severity(alerts: &[Alert], terminal: &mut Terminal) -> Result<(), Failure> {
    let lang = terminal.lang;
    let levels = [
        AlertSeverity::Urgent,
        AlertSeverity::Warning,
        AlertSeverity::Notice,
    ];
    for severity in levels {
        let own: Vec<&Alert> = alerts
            .iter()
            .filter(|alert| alert.severity == severity)
            .collect();
        if own.is_empty() {
            continue;
        }
        let (name, count) = (severity.name(lang), own.len());
        terminal.print(match lang {
            Lang::Zh => format!("{name}（{count} 条）"),
            Lang::En => format!("{name} ({count})"),
        })?;
        for alert in own {
            let text = alert.text(lang);
            terminal.print(match (alert.owner.as_str(), lang) {
                ("", _) => format!("- {text}"),
                (owner, Lang::Zh) => format!("- {text}（{owner}）"),
                (owner, Lang::En) => format!("- {text} ({owner})"),
            })?;
        }
        terminal.print("")?;
    }
    Ok(())
}

fn owner(digest: &Digest, lang: Lang) -> String {
    let count = digest.alerts.len();
    let owner = match digest.owner.as_str() {
        "" => lang.pick("没有负责人", "nobody answers for"),
        owner => owner,
    };
    match lang {
        Lang::Zh => format!("{owner}（{count} 条）"),
        Lang::En => format!("{owner} ({count})"),
    }
}

fn last_line(shown: &Shown<'_>, lang: Lang) -> String {
    let count = shown.alerts.len();
    let urgent = shown
        .alerts
        .iter()
        .filter(|alert| alert.severity == AlertSeverity::Urgent)
        .count();
    let mut text = match (lang, count) {
        (Lang::Zh, _) => format!("共 {count} 条，紧急 {urgent} 条"),
        (Lang::En, 1) => format!("1 alert, {urgent} urgent"),
        (Lang::En, _) => format!("{count} alerts, {urgent} urgent"),
    };
    if shown.held() {
        let when = clock(shown.deliver_at);
        text.push_str(&match lang {
            Lang::Zh => format!("；现在是免打扰时段，{when} 发出"),
            Lang::En => format!("; quiet hours now, they go out at {when}"),
        });
    }
    text
}
