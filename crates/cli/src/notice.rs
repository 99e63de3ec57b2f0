//! What the commands themselves have to say that stops nothing. Decides nothing.

use fenjie_message::{Lang, Message};

/// A remark of a command.
#[derive(Debug)]
pub enum Notice {
    /// All weights were zero and became equal (rule A5).
    WeightsAllZero,
    /// What did not fill a step (rule A7).
    Rest {
        /// Who got it, counted from 0.
        member: usize,
        /// How much.
        amount: String,
    },
}

impl Message for Notice {
    fn code(&self) -> &'static str {
        match self {
            Notice::WeightsAllZero => "weights_all_zero",
            Notice::Rest { .. } => "rest_below_step",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (Notice::WeightsAllZero, Lang::Zh) => "权重全部为零，按相等分摊".into(),
            (Notice::WeightsAllZero, Lang::En) => {
                "all weights are zero; the shares are equal".into()
            }
            (Notice::Rest { member, amount }, Lang::Zh) => {
                format!(
                    "不足一个单位的 {amount} 归第 {} 个成员，已含在它的数里",
                    member + 1
                )
            }
            (Notice::Rest { member, amount }, Lang::En) => format!(
                "{amount} does not fill a step; it went to member {} and is inside that part",
                member + 1
            ),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            Notice::WeightsAllZero => Some(
                lang.pick(
                    "要拒绝这种情况，加 `--zero-basis refuse`",
                    "refuse that with `--zero-basis refuse`",
                )
                .into(),
            ),
            Notice::Rest { .. } => None,
        }
    }
}
