//! What a decomposition went by, in words: the rule and its basis, without members, weights or amounts
//! — for those who may know how their number was made, but not what others were given.

use fenjie_message::Lang;
use fenjie_plan::{Basis, CalendarBasis, Operation, Pattern};

/// A basis in words.
pub(super) fn basis_words(basis: &Basis, lang: Lang) -> String {
    let zh = lang == Lang::Zh;
    let plain = |zh: &str, en: &str| lang.pick(zh, en).to_owned();
    match basis {
        Basis::Equal => plain("平均", "equal parts"),
        Basis::Weights(_) => plain("给定权重", "given weights"),
        Basis::Shares(_) => plain("给定占比", "given shares"),
        Basis::Attribute(name) if zh => format!("成员属性“{name}”"),
        Basis::Attribute(name) => format!("the members' {name}"),
        Basis::Capacity(names) => {
            let names = names.join(" × ");
            match zh {
                true => format!("能力（{names}）"),
                false => format!("capacity ({names})"),
            }
        }
        Basis::History { reference, .. } if zh => format!("历史“{reference}”"),
        Basis::History { reference, .. } => format!("the history {reference}"),
        Basis::Growth { base, .. } => {
            let base = basis_words(base, lang);
            match zh {
                true => format!("{base}加各自增长"),
                false => format!("{base}, each with its own growth"),
            }
        }
        Basis::Calendar(CalendarBasis::Coefficients) => plain("日历系数", "the calendar"),
        Basis::Calendar(CalendarBasis::Workdays) => plain("工作日", "workdays"),
        Basis::Calendar(CalendarBasis::Days) => plain("自然日", "calendar days"),
        Basis::Pattern(pattern) => pattern_words(pattern, lang),
        Basis::Amounts { rest, .. } => {
            let rest = basis_words(rest, lang);
            match zh {
                true => format!("部分填写数额，其余按{rest}"),
                false => format!("typed amounts, the rest by {rest}"),
            }
        }
        Basis::Measure(measure) if zh => format!("指标“{measure}”"),
        Basis::Measure(measure) => format!("the measure {measure}"),
        Basis::Mix(parts) => {
            let parts: Vec<String> = parts
                .iter()
                .map(|(_, part)| basis_words(part, lang))
                .collect();
            parts.join(lang.pick("与", " and "))
        }
        Basis::Current => plain("原有数额", "what there was"),
    }
}

fn pattern_words(pattern: &Pattern, lang: Lang) -> String {
    let (zh, en) = match pattern {
        Pattern::List(_) => ("给定节奏", "a given pattern"),
        Pattern::First => ("全部在第一个", "all in the first"),
        Pattern::Last => ("全部在最后一个", "all in the last"),
        Pattern::Bell => ("钟形", "a bell"),
        Pattern::StraightLine(_) => ("直线增长", "a straight line"),
        Pattern::Compound(_) => ("复合增长", "compound growth"),
    };
    lang.pick(zh, en).to_owned()
}

/// What an operation went by, where it shares an amount.
pub(super) fn basis_of(operation: &Operation, lang: Lang) -> Option<String> {
    match operation {
        Operation::Decompose(act) => Some(basis_words(&act.basis, lang)),
        Operation::Fit { prior, .. } => Some(basis_words(prior, lang)),
        // Whatever else moves an amount keeps the proportions that there were (rule D6).
        _ => Some(basis_words(&Basis::Current, lang)),
    }
}
