//! Why a message did not go out. Must not know who wanted to send it.

use std::time::Duration;

use fenjie_message::{Lang, Message, english};

/// Why a message did not go out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The address is not one that is written to: its scheme, its port, a name in it, or where it leads.
    Refused {
        /// The address without what is secret in it.
        address: String,
        /// Stable code of the reason, such as `address_private`.
        code: &'static str,
        /// Why, in Chinese.
        zh: String,
        /// Why, in English.
        en: String,
    },
    /// Nobody answers there.
    Unreachable {
        /// What the system says, without addresses that carry secrets.
        reason: String,
    },
    /// It took too long.
    TimedOut,
    /// They answered that they do not take it.
    Answered {
        /// What they said, cut short.
        answer: String,
        /// Whether the same message would be refused again.
        lasting: bool,
    },
    /// They want fewer messages.
    TooFast {
        /// After how long they take the next, where they said.
        after: Option<Duration>,
        /// What they said, cut short.
        answer: String,
    },
    /// The server is not set up for it, such as mail without a mail server.
    NotSetUp {
        /// What is missing, in Chinese.
        zh: String,
        /// What is missing, in English.
        en: String,
    },
}

impl SendError {
    /// Whether trying again has no use.
    pub fn is_lasting(&self) -> bool {
        match self {
            SendError::Refused { code, .. } => *code != "name_unknown",
            SendError::Answered { lasting, .. } => *lasting,
            SendError::Unreachable { .. } | SendError::TimedOut | SendError::TooFast { .. } => {
                false
            }
            // Set up today, it may go out tomorrow.
            SendError::NotSetUp { .. } => false,
        }
    }

    /// After how long they take the next message, where they said.
    pub fn after(&self) -> Option<Duration> {
        match self {
            SendError::TooFast { after, .. } => *after,
            _ => None,
        }
    }

    /// An address that is not written to.
    pub(crate) fn refused(
        address: impl Into<String>,
        code: &'static str,
        zh: impl Into<String>,
        en: impl Into<String>,
    ) -> SendError {
        SendError::Refused {
            address: address.into(),
            code,
            zh: zh.into(),
            en: en.into(),
        }
    }
}

impl Message for SendError {
    fn code(&self) -> &'static str {
        match self {
            SendError::Refused { code, .. } => code,
            SendError::Unreachable { .. } => "receiver_unreachable",
            SendError::TimedOut => "receiver_timed_out",
            SendError::Answered { .. } => "receiver_refused",
            SendError::TooFast { .. } => "receiver_too_fast",
            SendError::NotSetUp { .. } => "channel_not_set_up",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let zh = lang == Lang::Zh;
        match self {
            SendError::Refused {
                address, zh: why, ..
            } if zh => format!("不向 `{address}` 发送：{why}"),
            SendError::Refused { address, en, .. } => {
                format!("nothing is sent to `{address}`: {en}")
            }
            SendError::Unreachable { reason } if zh => format!("连不上接收方：{reason}"),
            SendError::Unreachable { reason } => {
                format!("the receiver cannot be reached: {reason}")
            }
            SendError::TimedOut => lang
                .pick("接收方没有及时回应", "the receiver did not answer in time")
                .into(),
            SendError::Answered { answer, .. } if zh => format!("接收方拒绝：{answer}"),
            SendError::Answered { answer, .. } => format!("the receiver refused: {answer}"),
            SendError::TooFast { answer, .. } if zh => format!("接收方要求放慢：{answer}"),
            SendError::TooFast { answer, .. } => {
                format!("the receiver wants fewer messages: {answer}")
            }
            SendError::NotSetUp { zh: text, .. } if zh => text.clone(),
            SendError::NotSetUp { en, .. } => en.clone(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = match self {
            SendError::Refused { code, .. } if *code == "address_private" => lang.pick(
                "确需发往内网时，请运维人员在配置中允许",
                "where an inner network is meant, the operator has to allow it",
            ),
            SendError::TooFast { .. } | SendError::TimedOut | SendError::Unreachable { .. } => {
                lang.pick("会自动重试", "it is tried again by itself")
            }
            _ => return None,
        };
        Some(text.into())
    }
}

impl std::fmt::Display for SendError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for SendError {}

/// A text of others, cut to `most` characters, without control characters.
pub(crate) fn cut_short(text: &str, most: usize) -> String {
    let plain = |letter: char| if letter.is_control() { ' ' } else { letter };
    let mut cut: String = text.trim().chars().map(plain).take(most).collect();
    if text.trim().chars().count() > most {
        cut.push('…');
    }
    cut
}
