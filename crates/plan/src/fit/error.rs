//! Why a table cannot be fitted: the reasons, in Chinese and English.
//! Must not know how fitting is done, nor what a family or group is called in the plan.

use std::fmt;

use fenjie_message::{Lang, Message};

/// A group by its family's place in the problem and its place in the family.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Group {
    /// Index into `Problem::families`.
    pub family: usize,
    /// Index into the family's totals or boxes.
    pub group: usize,
}

/// A group and the total stated for it, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stated {
    /// Which group.
    pub group: Group,
    /// What was stated.
    pub total: i64,
}

/// A group whose total would have to change, and to what, for all totals to be possible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// Which group.
    pub group: Group,
    /// What was stated.
    pub stated: i64,
    /// What would be possible together with the other proposals.
    pub proposed: i64,
}

/// Why no table is given. No number is ever given that misses a stated total.
#[derive(Clone, Debug, PartialEq)]
pub enum FitError {
    /// A family, shape, prior or bound does not suit the others: `fit_malformed`.
    Malformed {
        /// Index into `Problem::families`, where one family is at fault.
        family: Option<usize>,
        /// What is wrong, Chinese and English.
        what: (&'static str, &'static str),
    },
    /// A total below zero beside others that are not: `negative_total`.
    NegativeTotal(Stated),
    /// A prior that is negative or not finite: `prior_not_a_weight`.
    PriorNotAWeight {
        /// Row-major index.
        cell: usize,
        /// What it is.
        value: f64,
    },
    /// A cell's floor above its cap: `floor_above_cap`.
    FloorAboveCap {
        /// Row-major index.
        cell: usize,
        /// Its floor.
        floor: i64,
        /// Its cap.
        cap: i64,
    },
    /// A floor on a cell that must stay zero because its prior is zero: `floor_on_zero`.
    FloorOnZero {
        /// Row-major index.
        cell: usize,
        /// Its floor.
        floor: i64,
    },
    /// Families that each cover everything sum differently: `margins_differ`.
    MarginsDiffer {
        /// Family index and sum, every covering family.
        sums: Vec<(usize, i128)>,
    },
    /// No table with these zeros and bounds has these totals: `fit_infeasible`.
    Infeasible {
        /// The smallest set found of groups that cannot all hold.
        clash: Vec<Stated>,
        /// The nearest totals found that could.
        proposal: Vec<Proposal>,
        /// Row-major indices of cells whose floor or cap takes part.
        bounds: Vec<usize>,
    },
    /// Real numbers meet the totals but no whole numbers were found: `rounding_not_found`.
    RoundingNotFound {
        /// Groups that the best attempt missed.
        groups: Vec<Stated>,
    },
    /// A cell or total too large to be counted in steps: `fit_too_large`.
    TooLarge,
}

impl FitError {
    /// The same reason for the problem with all signs turned.
    pub(super) fn negated(mut self) -> Self {
        match &mut self {
            FitError::NegativeTotal(stated) => stated.total = -stated.total,
            FitError::PriorNotAWeight { value, .. } => *value = -*value,
            FitError::FloorAboveCap { floor, cap, .. } => (*floor, *cap) = (-*cap, -*floor),
            FitError::FloorOnZero { floor, .. } => *floor = -*floor,
            FitError::MarginsDiffer { sums } => sums.iter_mut().for_each(|(_, sum)| *sum = -*sum),
            FitError::Infeasible {
                clash, proposal, ..
            } => {
                clash
                    .iter_mut()
                    .for_each(|stated| stated.total = -stated.total);
                for change in proposal {
                    change.stated = -change.stated;
                    change.proposed = -change.proposed;
                }
            }
            FitError::RoundingNotFound { groups } => {
                groups
                    .iter_mut()
                    .for_each(|stated| stated.total = -stated.total);
            }
            FitError::Malformed { .. } | FitError::TooLarge => {}
        }
        self
    }
}

impl Message for FitError {
    fn code(&self) -> &'static str {
        match self {
            FitError::Malformed { .. } => "fit_malformed",
            FitError::NegativeTotal(_) => "negative_total",
            FitError::PriorNotAWeight { .. } => "prior_not_a_weight",
            FitError::FloorAboveCap { .. } => "floor_above_cap",
            FitError::FloorOnZero { .. } => "floor_on_zero",
            FitError::MarginsDiffer { .. } => "margins_differ",
            FitError::Infeasible { .. } => "fit_infeasible",
            FitError::RoundingNotFound { .. } => "rounding_not_found",
            FitError::TooLarge => "fit_too_large",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            FitError::MarginsDiffer { .. } => Some(
                lang.pick(
                    "请把各轴合计改成同一个数",
                    "make every axis sum to the same amount",
                )
                .into(),
            ),
            FitError::Infeasible { proposal, .. } if !proposal.is_empty() => {
                let head = lang.pick("最近的可行合计：", "nearest totals that are possible: ");
                let items = listed(lang, proposal, |change| {
                    let group = named(lang, change.group);
                    format!("{group} {} → {}", change.stated, change.proposed)
                });
                Some(format!("{head}{items}"))
            }
            FitError::RoundingNotFound { .. } => Some(
                lang.pick(
                    "请放宽其中一项合计，或允许更多单元格不为零",
                    "loosen one of these totals, or let more cells be above zero",
                )
                .into(),
            ),
            _ => None,
        }
    }
}

impl FitError {
    fn chinese(&self) -> String {
        let zh = Lang::Zh;
        match self {
            FitError::Malformed {
                family: Some(family),
                what,
            } => {
                format!("第 {} 组边际：{}", family + 1, what.0)
            }
            FitError::Malformed { family: None, what } => what.0.into(),
            FitError::NegativeTotal(stated) => {
                format!("{} 的合计为负数 {}", named(zh, stated.group), stated.total)
            }
            FitError::PriorNotAWeight { cell, value } => {
                format!("第 {cell} 个单元格的依据值 {value} 不是非负有限数")
            }
            FitError::FloorAboveCap { cell, floor, cap } => {
                format!("第 {cell} 个单元格的下限 {floor} 高于上限 {cap}")
            }
            FitError::FloorOnZero { cell, floor } => {
                format!("第 {cell} 个单元格必须为零，却有下限 {floor}")
            }
            FitError::MarginsDiffer { sums } => {
                let items = listed(zh, sums, |(family, sum)| {
                    format!("第 {} 组 {sum}", family + 1)
                });
                format!("各轴的合计不相等：{items}")
            }
            FitError::Infeasible { clash, bounds, .. } => {
                let items = listed(zh, clash, |s| stated(zh, s));
                let limits = listed(zh, bounds, |cell| format!("第 {cell} 个单元格"));
                let limits = if bounds.is_empty() {
                    limits
                } else {
                    format!("，受上下限所限：{limits}")
                };
                format!("这些合计不能同时成立：{items}{limits}")
            }
            FitError::RoundingNotFound { groups } => {
                let items = listed(zh, groups, |s| stated(zh, s));
                format!("找不到满足全部合计的整数解，未能满足：{items}")
            }
            FitError::TooLarge => "数值过大，无法按步长计数".into(),
        }
    }

    fn english(&self) -> String {
        let en = Lang::En;
        match self {
            FitError::Malformed {
                family: Some(family),
                what,
            } => {
                format!("family {}: {}", family + 1, what.1)
            }
            FitError::Malformed { family: None, what } => what.1.into(),
            FitError::NegativeTotal(stated) => {
                format!(
                    "the total of {} is negative: {}",
                    named(en, stated.group),
                    stated.total
                )
            }
            FitError::PriorNotAWeight { cell, value } => {
                format!("the prior of cell {cell} is {value}, not a finite number of zero or more")
            }
            FitError::FloorAboveCap { cell, floor, cap } => {
                format!("the floor {floor} of cell {cell} is above its cap {cap}")
            }
            FitError::FloorOnZero { cell, floor } => {
                format!("cell {cell} must stay zero but has the floor {floor}")
            }
            FitError::MarginsDiffer { sums } => {
                let items = listed(en, sums, |(family, sum)| {
                    format!("family {} {sum}", family + 1)
                });
                format!("the margins sum differently: {items}")
            }
            FitError::Infeasible { clash, bounds, .. } => {
                let items = listed(en, clash, |s| stated(en, s));
                let limits = listed(en, bounds, |cell| format!("cell {cell}"));
                let limits = if bounds.is_empty() {
                    limits
                } else {
                    format!(", limited by bounds of {limits}")
                };
                format!("these totals cannot all hold: {items}{limits}")
            }
            FitError::RoundingNotFound { groups } => {
                let items = listed(en, groups, |s| stated(en, s));
                format!("no whole numbers found that meet every total, missed: {items}")
            }
            FitError::TooLarge => "the amounts are too large to be counted in steps".into(),
        }
    }
}

/// How many items a sentence names before it says how many more there are.
const NAMED: usize = 12;

fn listed<T>(lang: Lang, items: &[T], show: impl Fn(&T) -> String) -> String {
    let shown: Vec<String> = items.iter().take(NAMED).map(show).collect();
    let mut text = shown.join(lang.pick("、", ", "));
    if items.len() > NAMED {
        let rest = items.len() - NAMED;
        let tail = match lang {
            Lang::Zh => format!("等，另有 {rest} 项"),
            Lang::En => format!(" and {rest} more"),
        };
        text.push_str(&tail);
    }
    text
}

fn named(lang: Lang, group: Group) -> String {
    let (family, place) = (group.family + 1, group.group + 1);
    match lang {
        Lang::Zh => format!("第 {family} 组边际第 {place} 项"),
        Lang::En => format!("family {family} group {place}"),
    }
}

fn stated(lang: Lang, stated: &Stated) -> String {
    format!("{} = {}", named(lang, stated.group), stated.total)
}

impl fmt::Display for FitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for FitError {}
