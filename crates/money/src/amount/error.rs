//! Why a step or an amount was refused. Knows no reading.

use fenjie_message::{Lang, Message};

/// Why a step or an amount was refused. Texts are shortened to 40 characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", fenjie_message::english(self))]
pub enum AmountError {
    /// The step is no positive decimal.
    StepInvalid {
        /// What was typed.
        text: String,
    },
    /// There is nothing.
    Empty,
    /// The text is longer than any amount.
    TooLong {
        /// How long it is.
        chars: usize,
    },
    /// NaN or infinite.
    NotFinite {
        /// What was typed.
        text: String,
    },
    /// No number.
    Invalid {
        /// What was typed.
        text: String,
    },
    /// More steps than 64 bits count.
    OutOfRange {
        /// What was typed.
        text: String,
        /// The step's size.
        step: String,
    },
    /// Not a whole number of steps.
    NotMultiple {
        /// What was typed.
        text: String,
        /// The step's size.
        step: String,
        /// The nearest value below.
        below: String,
        /// The nearest value above.
        above: String,
    },
}

impl Message for AmountError {
    fn code(&self) -> &'static str {
        match self {
            AmountError::StepInvalid { .. } => "step_invalid",
            AmountError::Empty => "amount_empty",
            AmountError::TooLong { .. } => "amount_too_long",
            AmountError::NotFinite { .. } => "amount_not_finite",
            AmountError::Invalid { .. } => "amount_invalid",
            AmountError::OutOfRange { .. } => "amount_out_of_range",
            AmountError::NotMultiple { .. } => "amount_not_multiple",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            AmountError::Empty | AmountError::Invalid { .. } | AmountError::NotFinite { .. } => (
                "金额可以写成 10000000.00、1,000万、1.2亿、￥1,200 或 -5万",
                "write amounts as 10000000.00, 1,000万, 1.2亿, ￥1,200 or -5万",
            ),
            AmountError::OutOfRange { .. } => (
                "请改用更粗的最小单位",
                "a coarser step brings it into range",
            ),
            AmountError::NotMultiple { .. } => (
                "请改成其中一个，或改用更细的最小单位",
                "take one of the two, or a finer step",
            ),
            AmountError::StepInvalid { .. } | AmountError::TooLong { .. } => return None,
        };
        Some(lang.pick(zh, en).into())
    }
}

impl AmountError {
    fn chinese(&self) -> String {
        match self {
            AmountError::StepInvalid { text } => {
                format!("`{text}` 不能作最小单位，最小单位是大于零的小数，例如 0.01、1 或 100")
            }
            AmountError::Empty => "金额是空的".into(),
            AmountError::TooLong { chars } => format!("金额太长，有 {chars} 个字符"),
            AmountError::NotFinite { text } => format!("`{text}` 不是有限的数"),
            AmountError::Invalid { text } => format!("`{text}` 不是金额"),
            AmountError::OutOfRange { text, step } => {
                format!("`{text}` 太大，以 {step} 为最小单位时超出 64 位整数")
            }
            AmountError::NotMultiple {
                text,
                step,
                below,
                above,
            } => {
                format!("`{text}` 不是最小单位 {step} 的整数倍，最接近的是 {below} 和 {above}")
            }
        }
    }

    fn english(&self) -> String {
        match self {
            AmountError::StepInvalid { text } => format!(
                "`{text}` is not a step, which is a positive decimal such as 0.01, 1 or 100"
            ),
            AmountError::Empty => "the amount is empty".into(),
            AmountError::TooLong { chars } => {
                format!("the amount is too long, {chars} characters")
            }
            AmountError::NotFinite { text } => format!("`{text}` is not a finite number"),
            AmountError::Invalid { text } => format!("`{text}` is not an amount"),
            AmountError::OutOfRange { text, step } => {
                format!("`{text}` is beyond 64 bits in steps of {step}")
            }
            AmountError::NotMultiple {
                text,
                step,
                below,
                above,
            } => format!(
                "`{text}` is not a whole number of steps of {step}; \
                 the nearest are {below} and {above}"
            ),
        }
    }
}
