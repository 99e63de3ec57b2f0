//! Mail by SMTP: plain text in UTF-8, a message identifier that stays the same at every attempt. Must
//! not know other channels.

use std::time::Duration;

use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message as Mail};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use super::Letter;
use crate::SendError;
use crate::error::cut_short;
use crate::template::Format;

/// The most receivers of one channel.
pub const MOST_RECEIVERS: usize = 50;
/// How long a mail server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How the way to the mail server is kept secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte, usually on port 465.
    Tls,
    /// STARTTLS, refused where the server does not offer it; usually on port 587.
    StartTls,
    /// Nothing: for a mail server on this machine.
    None,
}

/// The mail server, as the operator has set it.
#[derive(Clone, PartialEq, Eq)]
pub struct MailServer {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the way is kept secret.
    pub security: Security,
    /// Account and password.
    pub account: Option<(String, String)>,
    /// From whom, such as `fenjie <fenjie@example.com>`.
    pub from: String,
}

impl std::fmt::Debug for MailServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailServer({}:{})", self.host, self.port)
    }
}

fn mailbox(text: &str) -> Result<Mailbox, SendError> {
    text.trim().parse().map_err(|_| {
        SendError::refused(
            cut_short(text, 60),
            "mail_address_invalid",
            "不是邮件地址",
            "it is no mail address",
        )
    })
}

/// The receivers that a text names, with commas between.
///
/// # Errors
/// `mail_address_invalid` with the first that is none.
pub fn receivers(text: &str) -> Result<Vec<Mailbox>, SendError> {
    let parts = text
        .split([',', '，', ';'])
        .filter(|part| !part.trim().is_empty());
    let found = parts
        .map(mailbox)
        .collect::<Result<Vec<Mailbox>, SendError>>()?;
    if found.is_empty() || found.len() > MOST_RECEIVERS {
        return Err(SendError::refused(
            cut_short(text, 60),
            "mail_address_invalid",
            format!("须有 1 至 {MOST_RECEIVERS} 个邮件地址"),
            format!("there are 1 to {MOST_RECEIVERS} mail addresses"),
        ));
    }
    Ok(found)
}

/// Sends a message to every receiver of a text at once.
pub(super) async fn send(
    to: &str,
    letter: &Letter,
    server: Option<&MailServer>,
) -> Result<String, SendError> {
    let server = server.ok_or_else(|| SendError::NotSetUp {
        zh: "没有设置邮件服务器".into(),
        en: "no mail server is set up".into(),
    })?;
    let from = mailbox(&server.from)?;
    let domain = from.email.domain().to_owned();
    let mut mail = Mail::builder()
        .from(from)
        .subject(letter.title.on_one_line(Format::Plain))
        .message_id(Some(format!("<{}@{domain}>", letter.id)))
        .header(ContentType::TEXT_PLAIN);
    for receiver in receivers(to)? {
        mail = mail.to(receiver);
    }
    let mail = mail
        .body(letter.body.written(Format::Plain))
        .map_err(|error| failed(&error.to_string(), true))?;
    let answer = transport(server)?
        .send(mail)
        .await
        .map_err(|error| wrong(&error))?;
    let said: Vec<&str> = answer.message().collect();
    Ok(cut_short(
        &format!("{} {}", answer.code(), said.join(" ")),
        300,
    ))
}

fn transport(server: &MailServer) -> Result<AsyncSmtpTransport<Tokio1Executor>, SendError> {
    let parameters = || {
        TlsParameters::new(server.host.clone()).map_err(|error| SendError::Unreachable {
            reason: cut_short(&error.to_string(), 200),
        })
    };
    let tls = match server.security {
        Security::Tls => Tls::Wrapper(parameters()?),
        Security::StartTls => Tls::Required(parameters()?),
        Security::None => Tls::None,
    };
    let mut made = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&server.host)
        .port(server.port)
        .tls(tls)
        .timeout(Some(TIMEOUT));
    if let Some((account, password)) = &server.account {
        made = made.credentials(Credentials::new(account.clone(), password.clone()));
    }
    Ok(made.build())
}

fn failed(answer: &str, lasting: bool) -> SendError {
    SendError::Answered {
        answer: cut_short(answer, 300),
        lasting,
    }
}

/// What a mail server says: 5xx stays so, 4xx may pass.
fn wrong(error: &SmtpError) -> SendError {
    if error.is_timeout() {
        return SendError::TimedOut;
    }
    if error.is_permanent() || error.is_transient() {
        let mut text = error.to_string();
        if let Some(source) = std::error::Error::source(error) {
            text = format!("{text}: {source}");
        }
        return failed(&text, error.is_permanent());
    }
    SendError::Unreachable {
        reason: cut_short(&error.to_string(), 200),
    }
}
