//! An operation that was refused, with its number. Knows the error, not the plan.

use fenjie_message::{Lang, Message};

use crate::error::PlanError;

/// An operation that cannot be carried out, with its number counted from 1 (0: the definition).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The operation's number.
    pub operation: usize,
    /// Why.
    pub error: PlanError,
}

impl Message for Refusal {
    fn code(&self) -> &'static str {
        self.error.code()
    }
    fn text(&self, lang: Lang) -> String {
        if self.operation == 0 {
            return self.error.text(lang);
        }
        let text = self.error.text(lang);
        match lang {
            Lang::Zh => format!("第 {} 步：{text}", self.operation),
            Lang::En => format!("step {}: {text}", self.operation),
        }
    }
    fn hint(&self, lang: Lang) -> Option<String> {
        self.error.hint(lang)
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for Refusal {}
