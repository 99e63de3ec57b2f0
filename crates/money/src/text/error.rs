//! Why an allocation of texts was refused. Knows no reading.

use fenjie_message::{Lang, Message};

use crate::{AmountError, PolicyError, WeightsError};

/// Why an allocation of texts was refused, in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum AllocateError {
    /// The step is none.
    Step(AmountError),
    /// The policy is unknown.
    Policy(#[from] PolicyError),
    /// The total is no amount, or out of range.
    Total(AmountError),
    /// The weights are none.
    Weights(#[from] WeightsError),
    /// The policy names a member who does not exist or has no weight.
    Member {
        /// The member named.
        index: usize,
        /// How many members there are.
        members: usize,
    },
}

impl Message for AllocateError {
    fn code(&self) -> &'static str {
        match self {
            AllocateError::Step(_) => "step_invalid",
            AllocateError::Policy(_) => "policy_unknown",
            AllocateError::Total(AmountError::OutOfRange { .. }) => "total_out_of_range",
            AllocateError::Total(_) => "total_invalid",
            AllocateError::Weights(reason) => reason.code(),
            AllocateError::Member { .. } => "policy_member_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (AllocateError::Step(reason), _) => reason.text(lang),
            (AllocateError::Policy(reason), _) => reason.text(lang),
            (AllocateError::Total(reason), Lang::Zh) => format!("总额：{}", reason.text(lang)),
            (AllocateError::Total(reason), Lang::En) => format!("total: {}", reason.text(lang)),
            (AllocateError::Weights(reason), _) => reason.text(lang),
            (AllocateError::Member { index, members }, Lang::Zh) if index < members => {
                format!("尾差规则指定的成员 {index} 权重为零，零权重不分得任何金额")
            }
            (AllocateError::Member { index, members }, Lang::En) if index < members => {
                format!(
                    "the policy names member {index}, whose weight is zero and who gets nothing"
                )
            }
            (AllocateError::Member { index, members }, Lang::Zh) => {
                format!("尾差规则指定的成员 {index} 不存在，共有 {members} 个成员")
            }
            (AllocateError::Member { index, members }, Lang::En) => {
                format!("the policy names member {index}, but there are {members} members")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            AllocateError::Step(reason) | AllocateError::Total(reason) => reason.hint(lang),
            AllocateError::Policy(reason) => reason.hint(lang),
            AllocateError::Weights(reason) => reason.hint(lang),
            AllocateError::Member { .. } => Some(
                lang.pick("成员从 0 开始数", "members are counted from 0")
                    .into(),
            ),
        }
    }
}
