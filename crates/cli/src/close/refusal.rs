//! Why a period is not closed. Decides nothing.

use fenjie_calendar::Date;
use fenjie_message::{Lang, Message};

/// The reasons.
#[derive(Debug)]
pub enum Unfit {
    /// Its last day is not over (rule J4).
    NotEnded {
        label: String,
        last: Date,
        as_of: Date,
    },
    /// Closed early without saying why.
    EarlyWithoutReason,
    /// Closed again without saying why (rule J6).
    AgainWithoutReason,
}

impl Message for Unfit {
    fn code(&self) -> &'static str {
        match self {
            Unfit::NotEnded { .. } => "period_not_ended",
            Unfit::EarlyWithoutReason | Unfit::AgainWithoutReason => "reason_missing",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Unfit::NotEnded { label, last, as_of }, Lang::Zh) => {
                format!("{label} 到 {last} 才结束，今天是 {as_of}，不能关账")
            }
            (Unfit::NotEnded { label, last, as_of }, Lang::En) => {
                format!("{label} ends on {last} and today is {as_of}: it stays open")
            }
            (Unfit::EarlyWithoutReason, Lang::Zh) => "提前关账要写明原因".into(),
            (Unfit::EarlyWithoutReason, Lang::En) => "closing early needs a reason".into(),
            (Unfit::AgainWithoutReason, Lang::Zh) => "再次关账要写明原因".into(),
            (Unfit::AgainWithoutReason, Lang::En) => "closing again needs a reason".into(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = match self {
            Unfit::NotEnded { .. } => lang.pick(
                "结束之后再关；一定要提前关，加 `--early --why '…'`",
                "close it when it has ended, or with `--early --why '…'`",
            ),
            _ => lang.pick("用 `--why '…'`", "say it with `--why '…'`"),
        };
        Some(hint.into())
    }
}
