//! The channels: what each wants to be sent, and what its answers mean. Must not know records.

mod dingtalk;
mod feishu;
pub mod mail;
mod sign;
mod webhook;
mod wecom;

use fenjie_message::Lang;
use serde::{Deserialize, Serialize};

use crate::error::cut_short;
use crate::net::{Network, Posted, Request, post};
use crate::template::{Filled, Values};
use crate::{MailServer, SendError};

/// How much of an answer is kept, in characters.
const KEPT_ANSWER: usize = 300;

/// What kind of channel it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// 企业微信群机器人.
    Wecom,
    /// 钉钉群机器人.
    Dingtalk,
    /// 飞书群机器人.
    Feishu,
    /// A program of theirs, with our signature.
    Webhook,
    /// Mail.
    Mail,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 5] = [
        Kind::Wecom,
        Kind::Dingtalk,
        Kind::Feishu,
        Kind::Webhook,
        Kind::Mail,
    ];

    /// Its stable name.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Wecom => "wecom",
            Kind::Dingtalk => "dingtalk",
            Kind::Feishu => "feishu",
            Kind::Webhook => "webhook",
            Kind::Mail => "mail",
        }
    }

    /// The kind of a stable name.
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What people call it.
    pub fn name(self, lang: Lang) -> &'static str {
        match self {
            Kind::Wecom => lang.pick("企业微信群机器人", "WeCom robot"),
            Kind::Dingtalk => lang.pick("钉钉群机器人", "DingTalk robot"),
            Kind::Feishu => lang.pick("飞书群机器人", "Feishu robot"),
            Kind::Webhook => lang.pick("签名回调", "signed webhook"),
            Kind::Mail => lang.pick("邮件", "mail"),
        }
    }

    /// How many messages it takes in a minute: as the robots document it, and as we bound ourselves.
    pub fn per_minute(self) -> u32 {
        match self {
            Kind::Wecom | Kind::Dingtalk => 20,
            Kind::Feishu => 100,
            Kind::Webhook => 600,
            Kind::Mail => 120,
        }
    }

    /// Whether it needs a secret to be of use.
    pub fn needs_secret(self) -> bool {
        self == Kind::Webhook
    }
}

/// A message, ready for any channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its identifier: the same at every attempt, so that receivers can drop what came twice.
    pub id: String,
    /// What it is about, the topic's stable name.
    pub topic: String,
    /// When it is sent, in milliseconds since 1970.
    pub at: i64,
    /// Its title.
    pub title: Filled,
    /// Its text.
    pub body: Filled,
    /// The values in it, for programs.
    pub values: Values,
}

/// Where a message goes.
#[derive(Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Through what.
    pub kind: Kind,
    /// The robot's or program's address; for mail the receivers, with commas.
    pub address: String,
    /// The secret that signs, where the channel has one.
    pub secret: Option<String>,
}

impl std::fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outgoing")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// What the operator has set up for messages.
#[derive(Clone, Debug, Default)]
pub struct Outward {
    /// Which addresses may be written to.
    pub network: Network,
    /// The mail server; none where mail is not set up.
    pub mail: Option<MailServer>,
}

/// Checks an address before it is kept, without asking anybody.
///
/// # Errors
/// Those of the address; `mail_address_invalid`.
pub fn check_address(kind: Kind, address: &str, network: &Network) -> Result<(), SendError> {
    match kind {
        Kind::Mail => mail::receivers(address).map(drop),
        _ => crate::net::parse(address, network).map(drop),
    }
}

/// Sends a message, once; gives what was answered, cut short.
///
/// # Errors
/// Those of the address, of the way there, and of whoever answered.
pub async fn send(
    outgoing: &Outgoing,
    letter: &Letter,
    outward: &Outward,
) -> Result<String, SendError> {
    let secret = outgoing.secret.as_deref();
    let request = match outgoing.kind {
        Kind::Mail => return mail::send(&outgoing.address, letter, outward.mail.as_ref()).await,
        Kind::Wecom => wecom::request(&outgoing.address, letter),
        Kind::Dingtalk => dingtalk::request(&outgoing.address, secret, letter)?,
        Kind::Feishu => feishu::request(&outgoing.address, secret, letter),
        Kind::Webhook => webhook::request(&outgoing.address, secret, letter),
    };
    let posted = post(&request, &outward.network).await?;
    judge(outgoing.kind, &posted)
}

/// What an answer means.
///
/// # Errors
/// `receiver_refused`, `receiver_too_fast`.
pub fn judge(kind: Kind, posted: &Posted) -> Result<String, SendError> {
    let body = cut_short(&posted.body, KEPT_ANSWER);
    let answer = format!("{} {body}", posted.status).trim().to_owned();
    match posted.status {
        200..=299 => {}
        429 | 503 => {
            let after = posted.after;
            return Err(SendError::TooFast { after, answer });
        }
        // Redirects are not followed; what is wrong with the request stays wrong.
        300..=407 | 409..=428 | 430..=499 => {
            return Err(SendError::Answered {
                answer,
                lasting: true,
            });
        }
        _ => {
            return Err(SendError::Answered {
                answer,
                lasting: false,
            });
        }
    }
    match kind {
        Kind::Wecom => wecom::judge(&posted.body, answer),
        Kind::Dingtalk => dingtalk::judge(&posted.body, answer),
        Kind::Feishu => feishu::judge(&posted.body, answer),
        Kind::Webhook | Kind::Mail => Ok(answer),
    }
}

/// The code in an answer that a robot gives with status 200; none where it is no such answer.
fn code(body: &str, names: &[&str]) -> Option<i64> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    names.iter().find_map(|name| body.get(name)?.as_i64())
}

/// The answer of a robot: its code says whether it took the message, whatever the status.
fn by_code(
    code: Option<i64>,
    answer: String,
    too_fast: &[i64],
    lasting: &[i64],
) -> Result<String, SendError> {
    match code {
        Some(0) => Ok(answer),
        Some(code) if too_fast.contains(&code) => Err(SendError::TooFast {
            // Their limits are by the minute.
            after: Some(std::time::Duration::from_secs(60)),
            answer,
        }),
        Some(code) => Err(SendError::Answered {
            lasting: lasting.contains(&code),
            answer,
        }),
        // Not a robot's answer at all: a page of somebody in between.
        None => Err(SendError::Answered {
            answer,
            lasting: false,
        }),
    }
}

/// A text cut to so many bytes at the end of a line, or of a character where a line alone is longer.
fn within(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most - "\n…".len();
    let mut end = room;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let cut = &text[..end];
    let line = cut.rfind('\n').filter(|at| *at > room / 2);
    format!("{}\n…", &cut[..line.unwrap_or(end)])
}

fn json_request(url: String, body: &serde_json::Value) -> Request {
    Request {
        url,
        headers: Vec::new(),
        body: body.to_string(),
    }
}

#[cfg(test)]
mod tests;
