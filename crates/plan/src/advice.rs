//! What to do about a refusal, beside what was refused. Knows the errors, not the plan.

use fenjie_message::{Lang, Message};

use crate::error::{PlanError, listed};

impl PlanError {
    /// What would be right, where that can be told.
    pub(crate) fn advice(&self, lang: Lang) -> Option<String> {
        let of = |zh: &str, en: &str, list: &[String]| {
            (!list.is_empty()).then(|| format!("{} {}", lang.pick(zh, en), listed(list)))
        };
        match self {
            PlanError::AxisUnknown { known, .. }
            | PlanError::LevelUnknown { known, .. }
            | PlanError::MeasureUnknown { known, .. }
            | PlanError::ReferenceUnknown { known, .. }
            | PlanError::AttributeUnknown { known, .. } => of("已有的是", "there is", known),
            PlanError::MemberUnknown {
                nearest,
                ambiguous: false,
                ..
            } => of("相近的成员", "the nearest are", nearest),
            PlanError::NotHeld { holds, .. } => of("现有锁定", "held are", holds),
            PlanError::Adjust(error) => error.hint(lang),
            _ => {
                let (zh, en) = self.what_to_do()?;
                Some(lang.pick(zh, en).to_owned())
            }
        }
    }

    fn what_to_do(&self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            PlanError::MemberUnknown { .. } => {
                ("用编码代替名称", "use the code instead of the name")
            }
            PlanError::NotDecomposed { .. } => (
                "先加一步 decompose，把这条轴分解到该层级",
                "add a `decompose` step that brings the axis to that level first",
            ),
            PlanError::PlaceHeld { .. } => ("先用 release 解除锁定", "release the hold first"),
            PlanError::WeightsAllZero { .. } => (
                "写 zero_basis = \"equal\" 平均分摊，或换一个依据",
                "write zero_basis = \"equal\" to share equally, or choose another basis",
            ),
            PlanError::HoldsExceed { .. } | PlanError::AllHeld { .. } => (
                "提高总额，或解除其中一个锁定",
                "raise the total, or release one of the holds",
            ),
            PlanError::NobodyEffective { .. } => (
                "补一个在岗成员，或用 hold_back 预留",
                "add a member for that time, or keep it with `hold_back`",
            ),
            PlanError::TooManyCells { .. } => (
                "日和时段用 by = \"calendar\",不必逐格存储",
                "use by = \"calendar\" for days and slots: they are not stored one by one",
            ),
            PlanError::WeightNegative { .. } => (
                "权重不小于零；不参与的成员写 0",
                "a weight is zero or more; a member who takes no part gets 0",
            ),
            PlanError::MarginsDiffer { .. } => (
                "改到各维度的合计都等于总额",
                "change them until every axis sums to the total",
            ),
            PlanError::Negative { .. } => (
                "目标不能小于零；减少扣减的金额",
                "a target is zero or more; take away less",
            ),
            PlanError::OutOfRange { .. } => (
                "金额按指标的最小单位计数，不超过 64 位整数；可改用更大的 step",
                "amounts are 64-bit counts of the measure's step; a coarser step brings them into range",
            ),
            PlanError::SharesNotWhole { .. } => (
                "占比合计须是 100%；只想按比例分，写 weights",
                "shares sum to 100%; write `weights` where only proportions are meant",
            ),
            PlanError::CompositionNeedsShares { .. } => (
                "写 by = { shares = { … } }，合计 100%",
                "write by = { shares = { … } }, 100% together",
            ),
            PlanError::AmountsExceed { .. } | PlanError::AmountsDiffer { .. } => (
                "改其中的金额，或留一个成员不写，由它承担其余",
                "change the amounts, or leave one member out to take the rest",
            ),
            PlanError::FloorAboveCap { .. } => {
                ("降低下限，或提高上限", "lower the floor, or raise the cap")
            }
            PlanError::BoundsClash { .. } => (
                "放宽列出的上下限，或把总额改到最接近的可行值",
                "loosen one of these limits, or take the nearest possible total",
            ),
            PlanError::Amount { code, .. }
                if ["amount_invalid", "amount_empty", "amount_not_finite"].contains(code) =>
            {
                (
                    "金额写作 10000000.00、1,000万、1.2亿",
                    "write amounts as 10000000.00, 1,000万 or 1.2亿",
                )
            }
            _ => return None,
        })
    }
}
