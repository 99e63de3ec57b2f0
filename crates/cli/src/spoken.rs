//! Operations in words, for logs and previews. Knows no plan.

pub mod adjustment;

use fenjie_message::Lang;
use fenjie_plan::{
    Address, Basis, ChangeBy, CommitMode, Keep, LayerAmount, MarginTotals, Operation, TotalAmount,
};

/// One operation as a short line.
pub fn operation_text(operation: &Operation, lang: Lang) -> String {
    if let Some(text) = adjustment::text(operation, lang) {
        return text;
    }
    match lang {
        Lang::Zh => zh(operation),
        Lang::En => en(operation),
    }
}

fn zh(operation: &Operation) -> String {
    match operation {
        Operation::Total { amount, .. } => format!("总额 {}", total(amount, Lang::Zh)),
        Operation::Decompose(act) => {
            let within = inside(&act.within, "，只在 ");
            format!(
                "分解 {}，按{}{within}",
                level(&act.axis, &act.level),
                basis(&act.basis, Lang::Zh)
            )
        }
        Operation::Fit { margins, .. } => {
            let axes: Vec<&str> = margins.iter().map(|margin| margin.axis.as_str()).collect();
            let by = margins
                .iter()
                .any(|margin| matches!(margin.totals, MarginTotals::By(_)));
            let by = if by {
                "（含按依据的合计）"
            } else {
                ""
            };
            format!("拟合 {} 的合计{by}", axes.join("、"))
        }
        Operation::Set {
            at, change, keep, ..
        } => {
            let kept = kept(keep, Lang::Zh);
            format!("{at} {}{kept}", changed(change, Lang::Zh))
        }
        Operation::Hold {
            at, amount, until, ..
        } => {
            let amount = amount
                .as_ref()
                .map_or("现值".into(), |amount| format!("在 {amount}"));
            let until = until.map_or(String::new(), |date| format!("，至 {date}"));
            format!("锁定 {at} {amount}{until}")
        }
        Operation::Release { at, .. } => format!("解除锁定 {at}"),
        Operation::Bound { at, floor, cap, .. } => {
            let bound = |name: &str, bound: &Option<String>| {
                bound
                    .as_ref()
                    .map_or(String::new(), |amount| format!(" {name} {amount}"))
            };
            format!("限定 {at}{}{}", bound("下限", floor), bound("上限", cap))
        }
        Operation::Transfer {
            from, to, amount, ..
        } => {
            format!("调拨 {amount}：从 {from} 到 {to}")
        }
        Operation::Commit { values, mode, .. } => {
            let mode = match mode {
                CommitMode::Keep => "保留承诺，其余重分",
                CommitMode::Near => "尽量贴近承诺",
            };
            format!("承诺 {} 项，{mode}", values.len())
        }
        Operation::Layer(rule) => {
            format!(
                "{} {}{}",
                rule.layer.name(Lang::Zh),
                layer(&rule.amount),
                after(&rule.level, "，起于 ")
            )
        }
        Operation::State { measure, at, value } => format!("{measure} {at} 设为 {value}"),
        Operation::Leave {
            member,
            date,
            successor,
            ..
        } => {
            let next = successor.as_ref().map_or("余额预留在上级".into(), |name| {
                format!("由 {name} 接任")
            });
            format!("{member} 自 {date} 起离开，{next}")
        }
        Operation::Undo { sequence } => format!("撤销第 {sequence} 步"),
        other => other.name(Lang::Zh).to_owned(),
    }
}

fn en(operation: &Operation) -> String {
    match operation {
        Operation::Total { amount, .. } => format!("total {}", total(amount, Lang::En)),
        Operation::Decompose(act) => {
            let within = inside(&act.within, ", only in ");
            let by = basis(&act.basis, Lang::En);
            format!("decompose {} by {by}{within}", level(&act.axis, &act.level))
        }
        Operation::Fit { margins, .. } => {
            let axes: Vec<&str> = margins.iter().map(|margin| margin.axis.as_str()).collect();
            format!("fit the totals of {}", axes.join(", "))
        }
        Operation::Set {
            at, change, keep, ..
        } => {
            let kept = kept(keep, Lang::En);
            format!("{at} {}{kept}", changed(change, Lang::En))
        }
        Operation::Hold {
            at, amount, until, ..
        } => {
            let amount = amount
                .as_ref()
                .map_or("its value".into(), |amount| amount.clone());
            let until = until.map_or(String::new(), |date| format!(" until {date}"));
            format!("hold {at} at {amount}{until}")
        }
        Operation::Release { at, .. } => format!("release {at}"),
        Operation::Bound { at, floor, cap, .. } => {
            let bound = |name: &str, bound: &Option<String>| {
                bound
                    .as_ref()
                    .map_or(String::new(), |amount| format!(" {name} {amount}"))
            };
            format!("bound {at}{}{}", bound("floor", floor), bound("cap", cap))
        }
        Operation::Transfer {
            from, to, amount, ..
        } => {
            format!("transfer {amount} from {from} to {to}")
        }
        Operation::Commit { values, mode, .. } => {
            let mode = match mode {
                CommitMode::Keep => "kept, the rest shared again",
                CommitMode::Near => "everything near to them",
            };
            format!("{} commitments, {mode}", values.len())
        }
        Operation::Layer(rule) => {
            let name = rule.layer.name(Lang::En).to_lowercase();
            format!(
                "{name} {}{}",
                layer(&rule.amount),
                after(&rule.level, " from ")
            )
        }
        Operation::State { measure, at, value } => format!("{measure} {at} stated as {value}"),
        Operation::Leave {
            member,
            date,
            successor,
            ..
        } => {
            let next = successor
                .as_ref()
                .map_or("the rest is held back".into(), |name| {
                    format!("{name} takes over")
                });
            format!("{member} leaves on {date}, {next}")
        }
        Operation::Undo { sequence } => format!("undo step {sequence}"),
        other => other.name(Lang::En).to_owned(),
    }
}

/// What keeps its value, behind a comma.
fn kept(keep: &Keep, lang: Lang) -> String {
    match (keep, lang) {
        (Keep::Nothing, _) => String::new(),
        (Keep::Total, Lang::Zh) => "，总额不变".into(),
        (Keep::Total, Lang::En) => ", keeping the total".into(),
        (Keep::Ancestors, Lang::Zh) => "，所有上级不变".into(),
        (Keep::Ancestors, Lang::En) => ", keeping every total above".into(),
        (Keep::Parent(axis), Lang::Zh) => format!("，{axis} 上级不变"),
        (Keep::Parent(axis), Lang::En) => format!(", keeping its parent on {axis}"),
    }
}

fn total(amount: &TotalAmount, lang: Lang) -> String {
    match (amount, lang) {
        (TotalAmount::Amount(amount), _) => amount.clone(),
        (
            TotalAmount::Grown {
                reference, growth, ..
            },
            Lang::Zh,
        ) => {
            format!("按 {reference} 增长 {growth}")
        }
        (
            TotalAmount::Grown {
                reference, growth, ..
            },
            Lang::En,
        ) => {
            format!("{reference} grown by {growth}")
        }
    }
}

fn level(axis: &str, level: &str) -> String {
    if level.is_empty() {
        axis.to_owned()
    } else {
        format!("{axis}.{level}")
    }
}

fn inside(place: &Address, before: &str) -> String {
    if place.0.is_empty() {
        String::new()
    } else {
        format!("{before}{place}")
    }
}

fn after(text: &str, before: &str) -> String {
    if text.is_empty() {
        String::new()
    } else {
        format!("{before}{text}")
    }
}

fn changed(change: &ChangeBy, lang: Lang) -> String {
    match (change, lang) {
        (ChangeBy::To(amount), Lang::Zh) => format!("改为 {amount}"),
        (ChangeBy::To(amount), Lang::En) => format!("to {amount}"),
        (ChangeBy::By(amount), _) => amount.clone(),
        (ChangeBy::Percent(rate), _) => format!("{}%", percent(&rate.to_string())),
        (ChangeBy::Times(factor), _) => format!("× {factor}"),
    }
}

/// A rate in hundredths with its sign: `0.1` is `+10`.
fn percent(rate: &str) -> String {
    let (sign, digits) = rate
        .strip_prefix('-')
        .map_or(("+", rate), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let padded = format!("{fraction:0<2}");
    let (moved, rest) = padded.split_at(2);
    let whole = format!("{whole}{moved}");
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    if rest.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{rest}")
    }
}

fn layer(amount: &LayerAmount) -> String {
    match amount {
        LayerAmount::Rate(rate) => format!("{}%", percent(&rate.to_string())),
        LayerAmount::Amount(amount) => amount.clone(),
    }
}

fn basis(basis: &Basis, lang: Lang) -> String {
    let (zh, en) = match basis {
        Basis::Equal => ("均分", "equal shares"),
        Basis::Weights(_) => ("权重", "weights"),
        Basis::Shares(_) => ("占比", "shares"),
        Basis::Attribute(name) => return lang_text(lang, "属性 ", "the attribute ", name),
        Basis::Capacity(names) => return lang_text(lang, "能力 ", "capacity ", &names.join(" × ")),
        Basis::History { reference, .. } => return lang_text(lang, "历史 ", "history ", reference),
        Basis::Growth { .. } => ("各自增长", "growth"),
        Basis::Calendar(_) => ("日历", "the calendar"),
        Basis::Pattern(_) => ("形状", "a pattern"),
        Basis::Amounts { .. } => ("填写的金额", "typed amounts"),
        Basis::Measure(name) => return lang_text(lang, "指标 ", "the measure ", name),
        Basis::Mix(_) => ("混合依据", "a mix"),
        Basis::Current => ("现有比例", "what they are"),
    };
    lang.pick(zh, en).into()
}

fn lang_text(lang: Lang, zh: &str, en: &str, name: &str) -> String {
    format!("{}{name}", lang.pick(zh, en))
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn rates_read_as_percent() {
        let rates = ["0.1", "-0.05", "0.125", "1", "0", "0.003"].map(percent);
        assert_eq!(rates, ["+10", "-5", "+12.5", "+100", "+0", "+0.3"]);
    }
}
