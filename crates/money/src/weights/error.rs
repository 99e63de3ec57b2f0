//! Why weights were refused. Knows no reading.

use fenjie_message::{Lang, Message};

/// Why weights were refused. Indexes count from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum WeightsError {
    /// There is no weight at all.
    Empty,
    /// A weight is longer than can be read: 10,000 characters, or an exponent beyond 10,000.
    TooLong {
        /// Which weight.
        index: usize,
        /// How long it is.
        chars: usize,
    },
    /// A weight is NaN or infinite.
    NotFinite {
        /// Which weight.
        index: usize,
        /// What was typed.
        text: String,
    },
    /// A weight is below zero.
    Negative {
        /// Which weight.
        index: usize,
        /// What was typed.
        text: String,
    },
    /// A weight is no number.
    Invalid {
        /// Which weight.
        index: usize,
        /// What was typed.
        text: String,
    },
    /// All weights are zero and that is refused.
    AllZero,
}

impl Message for WeightsError {
    fn code(&self) -> &'static str {
        match self {
            WeightsError::Empty => "weights_empty",
            WeightsError::TooLong { .. } => "weight_too_long",
            WeightsError::NotFinite { .. } => "weight_not_finite",
            WeightsError::Negative { .. } => "weight_negative",
            WeightsError::Invalid { .. } => "weight_invalid",
            WeightsError::AllZero => "weights_all_zero",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (WeightsError::Empty, Lang::Zh) => "没有任何权重".into(),
            (WeightsError::Empty, Lang::En) => "there are no weights".into(),
            (WeightsError::TooLong { index, chars }, Lang::Zh) => {
                format!("weights[{index}] 太长，有 {chars} 个字符")
            }
            (WeightsError::TooLong { index, chars }, Lang::En) => {
                format!("weights[{index}] is too long, {chars} characters")
            }
            (WeightsError::NotFinite { index, text }, Lang::Zh) => {
                format!("weights[{index}] 的 `{text}` 不是有限的数")
            }
            (WeightsError::NotFinite { index, text }, Lang::En) => {
                format!("weights[{index}] is `{text}`, which is not a finite number")
            }
            (WeightsError::Negative { index, text }, Lang::Zh) => {
                format!("weights[{index}] 的 `{text}` 小于零")
            }
            (WeightsError::Negative { index, text }, Lang::En) => {
                format!("weights[{index}] is `{text}`, which is below zero")
            }
            (WeightsError::Invalid { index, text }, Lang::Zh) => {
                format!("weights[{index}] 的 `{text}` 不是数字")
            }
            (WeightsError::Invalid { index, text }, Lang::En) => {
                format!("weights[{index}] is `{text}`, which is not a number")
            }
            (WeightsError::AllZero, Lang::Zh) => "权重全部为零".into(),
            (WeightsError::AllZero, Lang::En) => "all weights are zero".into(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            WeightsError::Empty => ("至少给出一个权重", "give at least one weight"),
            WeightsError::TooLong { .. } => (
                "权重最长 10,000 个字符，指数不超过 ±10,000",
                "a weight has at most 10,000 characters and an exponent within ±10,000",
            ),
            WeightsError::NotFinite { .. } | WeightsError::Invalid { .. } => (
                "权重写成普通小数，例如 98 或 1.25；没有权重的成员写 0",
                "write weights as plain decimals such as 98 or 1.25; a member without one gets 0",
            ),
            WeightsError::Negative { .. } => (
                "权重必须大于或等于零；不参与分摊的成员写 0",
                "a weight is zero or more; a member who takes no part gets 0",
            ),
            WeightsError::AllZero => (
                "至少给一个成员大于零的权重，或设置 zero_basis = \"equal\" 按人头均分",
                "give a member a positive weight, or set zero_basis = \"equal\" for equal shares",
            ),
        };
        Some(lang.pick(zh, en).into())
    }
}
