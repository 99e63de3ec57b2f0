//! Small words and short amounts of sentences. Knows no pack.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::CarryShare;

use crate::label::Label;

/// An amount as short as a sentence needs it: 35.26万, 352,600.
pub(super) fn short(count: i64, step: Step, lang: Lang) -> String {
    let whole =
        u128::from(count.unsigned_abs()) * u128::from(step.units()) / 10u128.pow(step.decimals());
    match (lang, whole) {
        (Lang::Zh, 100_000_000..) => step.format_rounded(count, DisplayUnit::Yi, 2),
        (Lang::Zh, 10_000..) => step.format_rounded(count, DisplayUnit::Wan, 2),
        (Lang::En, 10_000..) => step.format_rounded(count, DisplayUnit::One, 0),
        _ => step.format_grouped(count, DisplayUnit::One),
    }
}

/// A measure's unit as people say it.
pub(super) fn unit(unit: &str, lang: Lang) -> String {
    match unit.trim() {
        "CNY" | "RMB" => lang.pick("元", "CNY").to_owned(),
        other => other.to_owned(),
    }
}

/// A level of time as people say it.
pub(super) fn level(code: &str, lang: Lang) -> String {
    Level::parse(code).map_or_else(|_| code.to_owned(), |level| level.name(lang).to_owned())
}

/// How a shortfall is shared.
pub(super) fn share(share: CarryShare, lang: Lang) -> &'static str {
    match share {
        CarryShare::Weights => lang.pick("按日历权重", "by the calendar's weights"),
        CarryShare::Base => lang.pick("按基准目标", "by their base targets"),
        CarryShare::Equal => lang.pick("平均", "equally"),
        CarryShare::Next => lang.pick("全部给下一期", "all to the next one"),
    }
}

/// Names one after the other.
pub(super) fn listed(labels: &[Label], lang: Lang) -> String {
    let texts: Vec<&str> = labels.iter().map(|label| label.text(lang)).collect();
    texts.join(lang.pick("、", "; "))
}
