//! Closes, carries, action plans, revisions and resolutions in words. Knows no plan.

use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::{
    ActionPlan, Address, CarryRule, CarryShare, Close, Decimal, Operation, Resolution, Revision,
};

use super::{changed, inside, kept};

/// One operation that adjusts as a short line; none for the others.
pub fn text(operation: &Operation, lang: Lang) -> Option<String> {
    let zh = lang == Lang::Zh;
    Some(match operation {
        Operation::Close(close) => closed(close, lang),
        Operation::Carry(rule) => carried(rule, lang),
        Operation::Act(plan) => action(plan, lang),
        Operation::CheckAction(check) => {
            let (number, effect) = (check.sequence, check.effect.name(lang));
            let note = said(&check.note, lang);
            match lang {
                Lang::Zh => format!("第 {number} 步的改进计划：{effect}{note}"),
                Lang::En => format!("action plan of step {number}: {effect}{note}"),
            }
        }
        Operation::Waive(waiver) if zh => format!("{} 不等改进计划，照常调整", waiver.at),
        Operation::Waive(waiver) => format!("{} is adjusted without an action plan", waiver.at),
        Operation::Revise(revision) => revised(revision, lang),
        Operation::Decide(decision) => {
            let number = decision.sequence;
            match (decision.approved, lang) {
                (true, Lang::Zh) => format!("批准第 {number} 步的目标调整"),
                (false, Lang::Zh) => format!("驳回第 {number} 步的目标调整"),
                (true, Lang::En) => format!("approve the revision of step {number}"),
                (false, Lang::En) => format!("reject the revision of step {number}"),
            }
        }
        Operation::Resolve(resolution) => resolved(resolution, lang),
        _ => return None,
    })
}

fn said(text: &str, lang: Lang) -> String {
    match (text.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("，{text}"),
        (false, Lang::En) => format!(", {text}"),
    }
}

fn closed(close: &Close, lang: Lang) -> String {
    let (period, members) = (&close.period, close.actuals.len());
    let total = total(close).map_or(String::new(), |total| match lang {
        Lang::Zh => format!("，实绩 {total}"),
        Lang::En => format!(", actual {total}"),
    });
    let unassigned = close.unassigned.as_deref().unwrap_or_default();
    let unassigned = grouped([unassigned].into_iter()).unwrap_or_else(|| unassigned.to_owned());
    let unassigned = match (unassigned.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("（未归属 {unassigned}）"),
        (false, Lang::En) => format!(" (unassigned {unassigned})"),
    };
    match (members, unassigned.is_empty(), lang) {
        (0, true, Lang::Zh) => format!("关账 {period}：没有销售"),
        (0, true, Lang::En) => format!("close {period}: nothing was sold"),
        (_, _, Lang::Zh) => format!("关账 {period}：{members} 个成员{total}{unassigned}"),
        (1, _, Lang::En) => format!("close {period}: 1 member{total}{unassigned}"),
        (_, _, Lang::En) => format!("close {period}: {members} members{total}{unassigned}"),
    }
}

/// The sum of all results, where every one of them is a plain number.
fn total(close: &Close) -> Option<String> {
    let amounts = close.actuals.iter().map(|(_, amount)| amount.as_str());
    grouped(amounts.chain(close.unassigned.as_deref()))
}

/// The sum of plain numbers, with as many decimals as they are written with.
fn grouped<'t>(amounts: impl Iterator<Item = &'t str>) -> Option<String> {
    let (mut sum, mut places) = (Decimal::ZERO, 0);
    for amount in amounts {
        sum = sum.plus(Decimal::parse(amount).ok()?)?;
        let fraction = amount.split_once('.').map_or("", |(_, fraction)| fraction);
        places = places.max(u32::try_from(fraction.len()).ok()?);
    }
    let step = Step::power(places)?;
    let count = i64::try_from(sum.at_scale(places)?).ok()?;
    Some(step.format_grouped(count, DisplayUnit::One))
}

fn carried(rule: &CarryRule, lang: Lang) -> String {
    let level = level(&rule.level, lang);
    let horizon = self::level(&rule.horizon, lang);
    let share = share(rule.share, lang);
    let cap = rule.cap.map(|cap| super::percent(&cap.to_string()));
    let cap = cap.map(|cap| cap.trim_start_matches('+').to_owned());
    let cap = match (cap, lang) {
        (None, _) => String::new(),
        (Some(cap), Lang::Zh) => format!("，每期至多加 {cap}%"),
        (Some(cap), Lang::En) => format!(", {cap}% a period at most"),
    };
    // `org.store` is called by its level, the store.
    let named = rule.of.split(',').map(|part| {
        let part = part.trim();
        part.split_once('.').map_or(part, |(_, level)| level)
    });
    let of = named.collect::<Vec<&str>>().join(lang.pick("、", ", "));
    let of = match (of.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!(" {of} 的"),
        (false, Lang::En) => format!(" of {of}"),
    };
    match lang {
        Lang::Zh => format!("结转{of}{level}缺口，在{horizon}内补，{share}{cap}"),
        Lang::En => {
            format!("carry the shortfalls{of} by {level} inside the {horizon}, {share}{cap}")
        }
    }
}

/// A level of time as people call it.
pub fn level(code: &str, lang: Lang) -> String {
    fenjie_calendar::Level::parse(code)
        .map_or_else(|_| code.to_owned(), |level| level.name(lang).to_lowercase())
}

/// How a shortfall is shared, as people say it.
pub fn share(share: CarryShare, lang: Lang) -> &'static str {
    match share {
        CarryShare::Weights => lang.pick("按日历权重分", "by the calendar's weights"),
        CarryShare::Base => lang.pick("按基准目标分", "by the base targets"),
        CarryShare::Equal => lang.pick("平均分", "equally"),
        CarryShare::Next => lang.pick("全给下一期", "all to the next period"),
    }
}

fn action(plan: &ActionPlan, lang: Lang) -> String {
    let (at, owner, due) = (&plan.at, &plan.owner, plan.due);
    let mut causes: Vec<&str> = plan
        .causes
        .iter()
        .map(|(cause, _)| cause.name(lang))
        .collect();
    causes.dedup();
    let count = plan.measures.len();
    match lang {
        Lang::Zh => {
            let causes = causes.join("、");
            let causes = said(&causes, lang);
            format!("改进计划 {at}{causes}，{count} 条措施，{owner} 负责，{due} 前")
        }
        Lang::En => {
            let causes = said(&causes.join(", "), lang);
            let measures = if count == 1 { "measure" } else { "measures" };
            format!("action plan for {at}{causes}, {count} {measures}, {owner}, due {due}")
        }
    }
}

fn revised(revision: &Revision, lang: Lang) -> String {
    let (at, change) = (&revision.at, changed(&revision.change, lang));
    let kept = kept(&revision.keep, lang);
    match lang {
        Lang::Zh => format!("申请调整目标 {at} {change}{kept}"),
        Lang::En => format!("propose {at} {change}{kept}"),
    }
}

fn resolved(resolution: &Resolution, lang: Lang) -> String {
    let everyone = Address::default();
    let at = match resolution.at == everyone {
        true => String::new(),
        false => inside(&resolution.at, lang.pick("（", " (")) + lang.pick("）", ")"),
    };
    let period = match (resolution.period == everyone, lang) {
        (true, _) => String::new(),
        (false, Lang::Zh) => format!("{} ", resolution.period),
        (false, Lang::En) => format!("{}: ", resolution.period),
    };
    let owner = said(&resolution.owner, lang);
    let due = resolution.due.map_or(String::new(), |due| match lang {
        Lang::Zh => format!("，{due} 前"),
        Lang::En => format!(", by {due}"),
    });
    let text = &resolution.text;
    match lang {
        Lang::Zh => format!("会议决定 {period}{text}{at}{owner}{due}"),
        Lang::En => format!("decided, {period}{text}{at}{owner}{due}"),
    }
}
