//! What alerts say, in Chinese and English: who, how far, what it takes (rule T6). Computes nothing.

use fenjie_calendar::{Date, Level};
use fenjie_message::Lang;
use fenjie_money::DisplayUnit;
use fenjie_plan::Plan;

use super::AlertFigures;
use crate::board::members_label;
use crate::ratio::Ratio;

/// Writes the sentences of one place.
pub(crate) struct Words<'p> {
    pub(crate) plan: &'p Plan,
    pub(crate) measure: usize,
    pub(crate) members: &'p [u32],
    pub(crate) period: u32,
    pub(crate) figures: &'p AlertFigures,
}

impl Words<'_> {
    /// "华东 is 8.2 points behind; at today's rate the month ends at 91 %; 35.26万 a day are needed,
    /// 30.39万 are done"
    pub(crate) fn behind(&self, lang: Lang) -> String {
        let who = self.who(lang);
        let figures = self.figures;
        let points = figures.pace.map_or_else(String::new, |pace| {
            Ratio::percent(0).minus(pace).points_text(1)
        });
        let mut parts = vec![match lang {
            Lang::Zh => format!("{who}落后 {points} 个百分点"),
            Lang::En => format!("{who} is {points} points behind"),
        }];
        if let Some(projected) = figures.projected {
            let (period, end) = (self.period(lang), percent(projected, 0, lang));
            parts.push(match lang {
                Lang::Zh => format!("照目前日均，{period}预计完成 {end}"),
                Lang::En => format!("at today's rate {period} ends at {end}"),
            });
        }
        parts.extend(self.needed(lang));
        parts.join(lang.pick("；", "; "))
    }

    fn needed(&self, lang: Lang) -> Option<String> {
        let needed = self.amount(self.figures.needed_per_day?);
        let done = self.amount(self.figures.done_per_day?);
        Some(match lang {
            Lang::Zh => format!("日均需完成 {needed}，目前日均 {done}"),
            Lang::En => format!("{needed} a day are needed, {done} are done"),
        })
    }

    pub(crate) fn silent(&self, lang: Lang) -> String {
        let who = self.who(lang);
        let days = self.figures.in_a_row.unwrap_or(0);
        let last = self.figures.day;
        if self.members.iter().all(|node| *node == 0) {
            return nobody(lang, days, last);
        }
        match (lang, last) {
            (Lang::Zh, Some(day)) => {
                format!("{who}已连续 {days} 个营业日没有业绩，最近一笔在 {day}")
            }
            (Lang::Zh, None) => format!("{who}已连续 {days} 个营业日没有业绩"),
            (Lang::En, Some(day)) => {
                format!("{who} has booked nothing for {days} selling days, last on {day}")
            }
            (Lang::En, None) => format!("{who} has booked nothing for {days} selling days"),
        }
    }

    pub(crate) fn missed(&self, lang: Lang) -> String {
        let who = self.who(lang);
        let amount = |value: Option<i64>| self.amount(value.unwrap_or(0));
        let figures = self.figures;
        let (target, actual) = (amount(figures.target), amount(figures.actual));
        let gap = amount(figures.gap);
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        let period = time.label(self.period, lang);
        let text = match lang {
            Lang::Zh => {
                format!("{who}在 {period} 未达成：目标 {target}，实绩 {actual}，缺口 {gap}")
            }
            Lang::En => format!("{who} missed {period}: {actual} of {target}, {gap} short"),
        };
        match (figures.in_a_row.unwrap_or(1), lang) {
            (0 | 1, _) => text,
            (times, Lang::Zh) => format!("{text}，已连续 {times} 期"),
            (times, Lang::En) => format!("{text}, {times} periods in a row"),
        }
    }

    pub(crate) fn action_due(&self, lang: Lang) -> String {
        let (who, times) = (self.who(lang), self.figures.in_a_row.unwrap_or(2));
        match lang {
            Lang::Zh => format!("{who}连续 {times} 期未达成，须提交改进计划；在此之前不能调整目标"),
            Lang::En => format!(
                "{who} missed {times} periods in a row: an action plan is due, and adjustments wait for it"
            ),
        }
    }

    pub(crate) fn action_unchecked(&self, lang: Lang, due: Date) -> String {
        let who = self.who(lang);
        match lang {
            Lang::Zh => format!("{who}的改进计划已于 {due} 到期，尚未检查效果"),
            Lang::En => {
                format!("the action plan of {who} was due on {due}; its effect is unchecked")
            }
        }
    }

    pub(crate) fn off_band(&self, lang: Lang) -> String {
        let (who, figures) = (self.who(lang), self.figures);
        let name = &self.plan.model().definition().measures[self.measure].name;
        let shown = |ratio: Option<Ratio>| ratio.map_or("–".into(), |own| percent(own, 1, lang));
        let (value, low, high) = (
            shown(figures.value),
            shown(figures.low),
            shown(figures.high),
        );
        let below = figures.value < figures.low && figures.low.is_some();
        match (below, lang) {
            (true, Lang::Zh) => format!("{who}的{name}为 {value}，低于下限 {low}"),
            (false, Lang::Zh) => format!("{who}的{name}为 {value}，高于上限 {high}"),
            (true, Lang::En) => format!("{name} of {who} is {value}, below its floor of {low}"),
            (false, Lang::En) => format!("{name} of {who} is {value}, above its cap of {high}"),
        }
    }

    pub(crate) fn hard_to_reach(&self, lang: Lang) -> String {
        let who = self.who(lang);
        let needed = self.amount(self.figures.needed_per_day.unwrap_or(0));
        let done = self.amount(self.figures.done_per_day.unwrap_or(0));
        let times = self.figures.value.map_or_else(String::new, |times| {
            let count = times.rounded(1);
            format!("{}.{}", count / 10, count % 10)
        });
        match lang {
            Lang::Zh => format!(
                "{who}要做到目前的 {times} 倍才能达成目标：日均需完成 {needed}，目前日均 {done}"
            ),
            Lang::En => format!(
                "{who} must do {times} times as well as so far: {needed} a day are needed, {done} are done"
            ),
        }
    }

    fn who(&self, lang: Lang) -> String {
        let named = members_label(self.plan, self.members, lang);
        match (self.members.iter().all(|node| *node == 0), lang) {
            (true, Lang::Zh) => "整体".into(),
            (true, Lang::En) => "the total".into(),
            // Latin names stand apart from Chinese words.
            (_, Lang::Zh) if named.ends_with(|end: char| end.is_ascii_alphanumeric()) => {
                format!("{named} ")
            }
            _ => named,
        }
    }

    fn period(&self, lang: Lang) -> &str {
        let time = self
            .plan
            .model()
            .axes()
            .last()
            .expect("time is always there");
        match time.time_level_of(self.period) {
            Some(Level::Year) => lang.pick("全年", "the year"),
            Some(Level::Half) => lang.pick("半年", "the half year"),
            Some(Level::Quarter) => lang.pick("本季", "the quarter"),
            Some(Level::Month) => lang.pick("本月", "the month"),
            Some(Level::Week | Level::Piece) => lang.pick("本周", "the week"),
            Some(Level::Day | Level::Slot) => lang.pick("当日", "the day"),
            None => lang.pick("全期", "the period"),
        }
    }

    /// In 万 and 亿 with two decimals where it is that much, else as it is.
    fn amount(&self, count: i64) -> String {
        let step = self.plan.step(self.measure);
        let units = i128::from(count).abs() * i128::from(step.units());
        let whole = units / 10i128.pow(step.decimals());
        match whole {
            100_000_000.. => step.format_rounded(count, DisplayUnit::Yi, 2),
            10_000.. => step.format_rounded(count, DisplayUnit::Wan, 2),
            _ => step.format_rounded(count, DisplayUnit::One, step.decimals().min(2)),
        }
    }
}

/// The plan's days are over.
pub(crate) fn ended(last: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("方案期间已于 {last} 结束"),
        Lang::En => format!("the plan's period ended on {last}"),
    }
}

/// Nobody booked anything: likely the results have not come.
fn nobody(lang: Lang, days: u32, last: Option<Date>) -> String {
    match (lang, last) {
        (Lang::Zh, Some(day)) => {
            format!("已连续 {days} 个营业日没有任何业绩，最近一笔在 {day}，可能数据未到")
        }
        (Lang::Zh, None) => format!("已连续 {days} 个营业日没有任何业绩，可能数据未到"),
        (Lang::En, Some(day)) => format!(
            "nobody has booked anything for {days} selling days, last on {day}; results may be missing"
        ),
        (Lang::En, None) => {
            format!("nobody has booked anything for {days} selling days; results may be missing")
        }
    }
}

/// `91%`; in English with a space, as its sentence has it.
fn percent(ratio: Ratio, decimals: u32, lang: Lang) -> String {
    let text = ratio.points_text(decimals);
    match lang {
        Lang::Zh => format!("{text}%"),
        Lang::En => format!("{text} %"),
    }
}
