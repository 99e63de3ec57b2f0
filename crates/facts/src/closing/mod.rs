//! Closing periods with the results they ended with: which periods, by which rule, and what was sold
//! in them. Must not know arguments or who closes.

mod period;
mod results;
mod rule;

use fenjie_calendar::CalendarError;
use fenjie_message::{Lang, Message, english};
use fenjie_plan::PlanError;

pub use period::{NoPeriod, periods};
pub use results::{Wanted, closes, members};
pub use rule::{RuleAsked, periods_at, rule, time};

use crate::FactsError;

/// Why a period cannot be closed.
#[derive(Debug)]
pub enum ClosingError {
    /// A text means no period.
    Period(NoPeriod),
    /// A text that the calendar does not understand.
    Calendar(CalendarError),
    /// What the plan refuses.
    Plan(PlanError),
    /// What the sales are refused for.
    Facts(FactsError),
}

impl From<CalendarError> for ClosingError {
    fn from(error: CalendarError) -> ClosingError {
        ClosingError::Calendar(error)
    }
}

impl From<PlanError> for ClosingError {
    fn from(error: PlanError) -> ClosingError {
        ClosingError::Plan(error)
    }
}

impl From<FactsError> for ClosingError {
    fn from(error: FactsError) -> ClosingError {
        ClosingError::Facts(error)
    }
}

impl ClosingError {
    fn inner(&self) -> &dyn Message {
        match self {
            ClosingError::Period(error) => error,
            ClosingError::Calendar(error) => error,
            ClosingError::Plan(error) => error,
            ClosingError::Facts(error) => error,
        }
    }
}

impl Message for ClosingError {
    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn text(&self, lang: Lang) -> String {
        self.inner().text(lang)
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        self.inner().hint(lang)
    }
}

impl std::fmt::Display for ClosingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for ClosingError {}
