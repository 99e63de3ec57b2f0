//! Things worth saying that do not stop a plan: warnings of operations and structural findings.
//! Each has a code, both languages and a place; how bad it is stands beside it.

use fenjie_message::{Lang, Message};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The plan cannot be computed, or its figures are wrong.
    Error,
    /// The figures are right but probably not meant so.
    Warning,
    /// Good to know.
    Note,
}

/// Something worth saying about a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Stable code.
    pub code: &'static str,
    /// The operation it is about, counted from 1; 0 for the definition.
    pub operation: usize,
    /// The place, as an address; empty where there is none.
    pub place: String,
    /// Chinese text.
    pub zh: String,
    /// English text.
    pub en: String,
}

impl Message for Finding {
    fn code(&self) -> &'static str {
        self.code
    }
    fn text(&self, lang: Lang) -> String {
        lang.pick(&self.zh, &self.en).to_owned()
    }
}

impl Finding {
    /// A warning without an operation number; the plan fills that in.
    pub(crate) fn warning(code: &'static str, place: String, zh: String, en: String) -> Self {
        Finding {
            severity: Severity::Warning,
            code,
            operation: 0,
            place,
            zh,
            en,
        }
    }
}
