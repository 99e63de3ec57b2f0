//! Why an operation cannot be carried out: one variant per reason, with a code, both languages, the
//! place and a hint. Knows no arithmetic.

use std::fmt;

use fenjie_message::{Lang, Message};

use crate::adjust_error::AdjustError;

/// Why an operation is refused. Nothing of it has taken effect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the fields are the places and values named in the texts below"
)]
pub enum PlanError {
    /// An axis or level that the plan does not have.
    AxisUnknown { axis: String, known: Vec<String> },
    /// A level that an axis does not have.
    LevelUnknown {
        axis: String,
        level: String,
        known: Vec<String>,
    },
    /// A member that an axis does not have.
    MemberUnknown {
        axis: String,
        member: String,
        nearest: Vec<String>,
        ambiguous: bool,
    },
    /// An address that names one axis twice.
    AddressTwice { axis: String },
    /// A measure that the plan does not have.
    MeasureUnknown { measure: String, known: Vec<String> },
    /// A level or ratio where a flow is needed (rule D11).
    NotAFlow { measure: String },
    /// A flow where a level or ratio is needed.
    IsAFlow { measure: String },
    /// An amount that cannot be read.
    Amount {
        place: String,
        code: &'static str,
        zh: String,
        en: String,
    },
    /// A place finer than the plan has been decomposed to.
    NotDecomposed { place: String, axis: String },
    /// A reference that the plan does not have.
    ReferenceUnknown {
        reference: String,
        known: Vec<String>,
    },
    /// A reference without what is asked of it.
    ReferenceLacks { reference: String, what: String },
    /// An attribute that an axis's members do not have.
    AttributeUnknown {
        axis: String,
        attribute: String,
        known: Vec<String>,
    },
    /// A weight below zero (rule A5).
    WeightNegative { place: String, value: String },
    /// Weights that are all zero where that is refused (rule A5).
    WeightsAllZero { place: String },
    /// Shares that do not sum to 100 % (rules D2, D10).
    SharesNotWhole { place: String, sum: String },
    /// A composition axis without stated shares (rule D10).
    CompositionNeedsShares { axis: String },
    /// A weight or amount for a member that is not among the children.
    NotAChild { member: String, level: String },
    /// Typed amounts above the amount to be shared (rule D8).
    AmountsExceed {
        place: String,
        typed: String,
        total: String,
    },
    /// Typed amounts for everybody that do not meet the total.
    AmountsDiffer {
        place: String,
        typed: String,
        total: String,
    },
    /// Holds above their total (rule D4).
    HoldsExceed {
        place: String,
        total: String,
        held: String,
        holds: Vec<String>,
    },
    /// Everything is held, and it is not the total.
    AllHeld {
        place: String,
        total: String,
        held: String,
        holds: Vec<String>,
    },
    /// Floors or caps that cannot be met (rule D5).
    BoundsClash {
        place: String,
        total: String,
        nearest: String,
        clashing: Vec<String>,
    },
    /// A floor above its cap.
    FloorAboveCap {
        place: String,
        floor: String,
        cap: String,
    },
    /// A typed number on a held place.
    PlaceHeld {
        place: String,
        owner: String,
        reason: String,
    },
    /// A place that is not held.
    NotHeld { place: String, holds: Vec<String> },
    /// Margins with different sums (rule D9).
    MarginsDiffer { sums: Vec<(String, String)> },
    /// Crossing totals that no cells can meet (rules D4, D9).
    FitInfeasible {
        code: &'static str,
        zh: String,
        en: String,
    },
    /// A result beyond the range of an amount.
    OutOfRange { place: String },
    /// A change below zero.
    Negative { place: String, value: String },
    /// More cells than memory should hold.
    TooManyCells { axes: Vec<(String, usize)> },
    /// Nobody is effective in a period (rule D12).
    NobodyEffective { place: String, amount: String },
    /// An operation number that cannot be undone.
    CannotUndo { sequence: u64 },
    /// A calendar that refuses.
    Calendar {
        code: &'static str,
        zh: String,
        en: String,
    },
    /// A number out of its meaning (rate, smoothing, pattern).
    Parameter {
        name: String,
        value: String,
        zh: &'static str,
        en: &'static str,
    },
    /// A layer stated twice.
    LayerTwice { layer: String },
    /// A close, carry, action plan or revision that cannot be (rules J1–J6).
    Adjust(Box<AdjustError>),
}

impl Message for PlanError {
    fn code(&self) -> &'static str {
        match self {
            PlanError::AxisUnknown { .. } => "axis_unknown",
            PlanError::LevelUnknown { .. } => "level_unknown",
            PlanError::MemberUnknown {
                ambiguous: true, ..
            } => "member_ambiguous",
            PlanError::MemberUnknown { .. } => "member_unknown",
            PlanError::AddressTwice { .. } => "address_axis_twice",
            PlanError::MeasureUnknown { .. } => "measure_unknown",
            PlanError::NotAFlow { .. } => "measure_not_a_flow",
            PlanError::IsAFlow { .. } => "measure_is_a_flow",
            PlanError::Amount { code, .. } => code,
            PlanError::NotDecomposed { .. } => "place_not_decomposed",
            PlanError::ReferenceUnknown { .. } => "reference_unknown",
            PlanError::ReferenceLacks { .. } => "reference_lacks",
            PlanError::AttributeUnknown { .. } => "attribute_unknown",
            PlanError::WeightNegative { .. } => "weight_negative",
            PlanError::WeightsAllZero { .. } => "weights_all_zero",
            PlanError::SharesNotWhole { .. } => "shares_not_100",
            PlanError::CompositionNeedsShares { .. } => "composition_needs_shares",
            PlanError::NotAChild { .. } => "member_not_at_level",
            PlanError::AmountsExceed { .. } => "amounts_exceed_total",
            PlanError::AmountsDiffer { .. } => "amounts_differ_from_total",
            PlanError::HoldsExceed { .. } => "holds_exceed_total",
            PlanError::AllHeld { .. } => "everything_held",
            PlanError::BoundsClash { .. } => "bounds_clash",
            PlanError::FloorAboveCap { .. } => "floor_above_cap",
            PlanError::PlaceHeld { .. } => "place_held",
            PlanError::NotHeld { .. } => "place_not_held",
            PlanError::MarginsDiffer { .. } => "margins_differ",
            PlanError::FitInfeasible { code, .. } => code,
            PlanError::OutOfRange { .. } => "amount_out_of_range",
            PlanError::Negative { .. } => "target_negative",
            PlanError::TooManyCells { .. } => "too_many_cells",
            PlanError::NobodyEffective { .. } => "nobody_effective",
            PlanError::CannotUndo { .. } => "cannot_undo",
            PlanError::Calendar { code, .. } => code,
            PlanError::Parameter { .. } => "parameter_invalid",
            PlanError::LayerTwice { .. } => "layer_twice",
            PlanError::Adjust(error) => error.code(),
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        self.advice(lang)
    }
}

pub(crate) fn listed(items: &[String]) -> String {
    let shown: Vec<String> = items
        .iter()
        .take(8)
        .map(|item| format!("`{item}`"))
        .collect();
    let more = if items.len() > 8 { " …" } else { "" };
    format!("{}{more}", shown.join(", "))
}

impl PlanError {
    fn zh(&self) -> String {
        match self {
            PlanError::AxisUnknown { axis, .. } => format!("方案里没有轴或层级 `{axis}`"),
            PlanError::LevelUnknown { axis, level, .. } => {
                format!("轴 `{axis}` 没有层级 `{level}`")
            }
            PlanError::MemberUnknown {
                axis,
                member,
                nearest,
                ambiguous: true,
            } => {
                format!(
                    "轴 `{axis}` 有多个成员叫 `{member}`，编码为 {}",
                    listed(nearest)
                )
            }
            PlanError::MemberUnknown { axis, member, .. } => {
                format!("轴 `{axis}` 没有成员 `{member}`")
            }
            PlanError::AddressTwice { axis } => format!("位置里轴 `{axis}` 写了两次"),
            PlanError::MeasureUnknown { measure, .. } => format!("方案里没有指标 `{measure}`"),
            PlanError::NotAFlow { measure } => {
                format!("指标 `{measure}` 不是可累加的流量，只能设定，不能分解")
            }
            PlanError::IsAFlow { measure } => format!("指标 `{measure}` 是流量，用 set 或分解"),
            PlanError::Amount { place, zh, .. } => format!("{place}：{zh}"),
            PlanError::NotDecomposed { place, axis } => {
                format!("{place} 还没有分解出来（轴 `{axis}`）")
            }
            PlanError::ReferenceUnknown { reference, .. } => {
                format!("方案里没有历史数据 `{reference}`")
            }
            PlanError::ReferenceLacks { reference, what } => {
                format!("历史数据 `{reference}` 没有{what}")
            }
            PlanError::AttributeUnknown {
                axis, attribute, ..
            } => {
                format!("轴 `{axis}` 的成员没有属性 `{attribute}`")
            }
            PlanError::WeightNegative { place, value } => format!("{place} 的权重是负数 {value}"),
            PlanError::WeightsAllZero { place } => format!("{place} 下面的权重全是零"),
            PlanError::SharesNotWhole { place, sum } => {
                format!("{place} 的占比合计是 {sum}，不是 100%")
            }
            PlanError::CompositionNeedsShares { axis } => {
                format!("业绩构成 `{axis}` 必须写明合计 100% 的占比")
            }
            PlanError::NotAChild { member, level } => {
                format!("成员 `{member}` 不在要分解到的层级 `{level}`")
            }
            PlanError::AmountsExceed {
                place,
                typed,
                total,
            } => {
                format!("{place}：填写的合计 {typed} 超过总额 {total}")
            }
            PlanError::AmountsDiffer {
                place,
                typed,
                total,
            } => {
                format!("{place}：每个成员都填写了，合计 {typed} 不等于总额 {total}")
            }
            PlanError::HoldsExceed {
                place,
                total,
                held,
                holds,
            } => {
                format!(
                    "{place} 的总额 {total} 小于锁定的 {held}：{}",
                    listed(holds)
                )
            }
            PlanError::AllHeld {
                place,
                total,
                held,
                holds,
            } => {
                format!(
                    "{place} 的下级全部锁定，合计 {held}，不能变成 {total}：{}",
                    listed(holds)
                )
            }
            PlanError::BoundsClash {
                place,
                total,
                nearest,
                clashing,
            } => format!(
                "{place} 的 {total} 满足不了上下限，最接近的可行总额是 {nearest}：{}",
                listed(clashing)
            ),
            PlanError::FloorAboveCap { place, floor, cap } => {
                format!("{place} 的下限 {floor} 高于上限 {cap}")
            }
            PlanError::PlaceHeld {
                place,
                owner,
                reason,
            } => {
                format!("{place} 已被 {owner} 锁定（{reason}）")
            }
            PlanError::NotHeld { place, .. } => format!("{place} 没有锁定"),
            PlanError::MarginsDiffer { sums } => {
                let sums: Vec<String> = sums
                    .iter()
                    .map(|(axis, sum)| format!("{axis} 合计 {sum}"))
                    .collect();
                format!("各维度的合计不一致：{}", sums.join("，"))
            }
            PlanError::FitInfeasible { zh, .. } | PlanError::Calendar { zh, .. } => zh.clone(),
            PlanError::OutOfRange { place } => format!("{place} 的金额超出可表示范围"),
            PlanError::Negative { place, value } => format!("{place} 会变成负数 {value}"),
            PlanError::TooManyCells { axes } => {
                let axes: Vec<String> = axes.iter().map(|(a, n)| format!("{a} {n}")).collect();
                format!("单元格太多：{}", axes.join(" × "))
            }
            PlanError::NobodyEffective { place, amount } => {
                format!("{place} 没有任何在岗成员，{amount} 无人承接")
            }
            PlanError::CannotUndo { sequence } => format!("第 {sequence} 步不能撤销"),
            PlanError::Parameter {
                name, value, zh, ..
            } => format!("`{name}` = {value}:{zh}"),
            PlanError::LayerTwice { layer } => format!("层 `{layer}` 声明了两次"),
            PlanError::Adjust(error) => error.text(Lang::Zh),
        }
    }

    fn en(&self) -> String {
        match self {
            PlanError::AxisUnknown { axis, .. } => {
                format!("the plan has no axis or level `{axis}`")
            }
            PlanError::LevelUnknown { axis, level, .. } => {
                format!("axis `{axis}` has no level `{level}`")
            }
            PlanError::MemberUnknown {
                axis,
                member,
                nearest,
                ambiguous: true,
            } => {
                format!(
                    "axis `{axis}` has several members named `{member}`, codes {}",
                    listed(nearest)
                )
            }
            PlanError::MemberUnknown { axis, member, .. } => {
                format!("axis `{axis}` has no member `{member}`")
            }
            PlanError::AddressTwice { axis } => format!("the place names axis `{axis}` twice"),
            PlanError::MeasureUnknown { measure, .. } => {
                format!("the plan has no measure `{measure}`")
            }
            PlanError::NotAFlow { measure } => {
                format!("measure `{measure}` does not add up: it is stated, not decomposed")
            }
            PlanError::IsAFlow { measure } => {
                format!("measure `{measure}` is a flow: use set or decompose")
            }
            PlanError::Amount { place, en, .. } => format!("{place}: {en}"),
            PlanError::NotDecomposed { place, axis } => {
                format!("{place} has not been decomposed yet (axis `{axis}`)")
            }
            PlanError::ReferenceUnknown { reference, .. } => {
                format!("the plan has no history `{reference}`")
            }
            PlanError::ReferenceLacks { reference, what } => {
                format!("history `{reference}` has no {what}")
            }
            PlanError::AttributeUnknown {
                axis, attribute, ..
            } => {
                format!("members of axis `{axis}` have no attribute `{attribute}`")
            }
            PlanError::WeightNegative { place, value } => {
                format!("the weight of {place} is negative: {value}")
            }
            PlanError::WeightsAllZero { place } => format!("all weights below {place} are zero"),
            PlanError::SharesNotWhole { place, sum } => {
                format!("the shares of {place} sum to {sum}, not to 100%")
            }
            PlanError::CompositionNeedsShares { axis } => {
                format!("composition `{axis}` needs stated shares that sum to 100%")
            }
            PlanError::NotAChild { member, level } => {
                format!("member `{member}` is not at the level `{level}` that is decomposed to")
            }
            PlanError::AmountsExceed {
                place,
                typed,
                total,
            } => {
                format!("{place}: the typed amounts sum to {typed}, above the total {total}")
            }
            PlanError::AmountsDiffer {
                place,
                typed,
                total,
            } => {
                format!(
                    "{place}: everybody's amount is typed and they sum to {typed}, not to {total}"
                )
            }
            PlanError::HoldsExceed {
                place,
                total,
                held,
                holds,
            } => {
                format!(
                    "the total {total} of {place} is less than the held {held}: {}",
                    listed(holds)
                )
            }
            PlanError::AllHeld {
                place,
                total,
                held,
                holds,
            } => format!(
                "everything below {place} is held and sums to {held}, so it cannot become {total}: {}",
                listed(holds)
            ),
            PlanError::BoundsClash {
                place,
                total,
                nearest,
                clashing,
            } => format!(
                "{total} for {place} cannot meet its floors and caps, the nearest possible total is {nearest}: {}",
                listed(clashing)
            ),
            PlanError::FloorAboveCap { place, floor, cap } => {
                format!("the floor {floor} of {place} is above its cap {cap}")
            }
            PlanError::PlaceHeld {
                place,
                owner,
                reason,
            } => {
                format!("{place} is held by {owner} ({reason})")
            }
            PlanError::NotHeld { place, .. } => format!("{place} is not held"),
            PlanError::MarginsDiffer { sums } => {
                let sums: Vec<String> = sums
                    .iter()
                    .map(|(axis, sum)| format!("{axis} sums to {sum}"))
                    .collect();
                format!("the stated totals differ: {}", sums.join(", "))
            }
            PlanError::FitInfeasible { en, .. } | PlanError::Calendar { en, .. } => en.clone(),
            PlanError::OutOfRange { place } => format!("the amount of {place} is out of range"),
            PlanError::Negative { place, value } => {
                format!("{place} would become negative: {value}")
            }
            PlanError::TooManyCells { axes } => {
                let axes: Vec<String> = axes.iter().map(|(a, n)| format!("{a} {n}")).collect();
                format!("too many cells: {}", axes.join(" × "))
            }
            PlanError::NobodyEffective { place, amount } => {
                format!("no member is effective in {place}, so nobody can take {amount}")
            }
            PlanError::CannotUndo { sequence } => format!("step {sequence} cannot be undone"),
            PlanError::Parameter {
                name, value, en, ..
            } => format!("`{name}` = {value}: {en}"),
            PlanError::LayerTwice { layer } => format!("layer `{layer}` is declared twice"),
            PlanError::Adjust(error) => error.text(Lang::En),
        }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for PlanError {}

impl From<AdjustError> for PlanError {
    fn from(error: AdjustError) -> PlanError {
        PlanError::Adjust(Box::new(error))
    }
}
