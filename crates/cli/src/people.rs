//! What the commands on accounts share: the records, the organisation, a password from the terminal or
//! from standard input, never from an argument. Knows no rule of accounts.

use std::io::{BufRead, IsTerminal, Read};

use fenjie_app::people::operator;
use fenjie_app::{App, AppError};
use fenjie_message::{Lang, Message};
use fenjie_store::organisation::Organisation;

use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, app_refused, application, open_store, refused};
use crate::terminal::Terminal;

/// The longest line that is read as a password, in bytes.
const LONGEST: u64 = 4096;

/// Opens the records, for one who writes.
///
/// # Errors
/// What the set-up or the database refuses.
pub async fn open(records: &RecordsArgs) -> Result<App, Failure> {
    let settings = records.settings()?;
    let store = open_store(&settings).await.map_err(refused)?;
    application(&settings, store)
}

/// The organisation of a code, or the only one.
///
/// # Errors
/// `not_found`.
pub async fn organisation(app: &App, code: Option<&str>) -> Result<Organisation, Failure> {
    operator::organisation(app, code).await.map_err(app_refused)
}

/// A field that is needed for what was asked.
///
/// # Errors
/// `argument_needed` without it.
pub fn needed<T>(value: Option<T>, name: &'static str) -> Result<T, Failure> {
    value.ok_or_else(|| Failure::new(Needed { name }, Exit::Usage))
}

/// A password: from standard input where said so, otherwise typed twice without being shown.
///
/// # Errors
/// No terminal to type at; two different ones.
pub fn password(from_stdin: bool, terminal: &mut Terminal) -> Result<String, Failure> {
    let stdin = std::io::stdin();
    if from_stdin {
        let mut line = String::new();
        let read = stdin.lock().take(LONGEST).read_line(&mut line);
        read.map_err(|_| Failure::new(Unasked, Exit::Usage))?;
        return Ok(line.trim_end_matches(['\r', '\n']).to_owned());
    }
    if !stdin.is_terminal() {
        return Err(Failure::new(Unasked, Exit::Usage));
    }
    let lang = terminal.lang;
    let ask = |text: &str| {
        rpassword::prompt_password(text).map_err(|_| Failure::new(Unasked, Exit::Usage))
    };
    let first = ask(lang.pick("新密码：", "New password: "))?;
    let second = ask(lang.pick("再输一次：", "Once more: "))?;
    match first == second {
        true => Ok(first),
        false => Err(Failure::new(Different, Exit::Refused)),
    }
}

/// A refusal for what is missing.
#[derive(Debug)]
struct Needed {
    name: &'static str,
}

impl Message for Needed {
    fn code(&self) -> &'static str {
        "argument_needed"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("还缺 {}", self.name),
            Lang::En => format!("{} is missing", self.name),
        }
    }
}

/// Nobody can be asked for a password.
#[derive(Debug)]
struct Unasked;

impl Message for Unasked {
    fn code(&self) -> &'static str {
        "password_unasked"
    }

    fn text(&self, lang: Lang) -> String {
        lang.pick(
            "这里没有终端，无法询问密码",
            "there is no terminal to ask for a password",
        )
        .into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let text = lang.pick(
            "用 --password-stdin 从标准输入读取",
            "give it on standard input with --password-stdin",
        );
        Some(text.into())
    }
}

/// The two passwords are not the same.
#[derive(Debug)]
struct Different;

impl Message for Different {
    fn code(&self) -> &'static str {
        "passwords_differ"
    }

    fn text(&self, lang: Lang) -> String {
        lang.pick("两次输入的密码不同", "the two passwords are not the same")
            .into()
    }
}

/// A refusal of the application, as a failure.
pub fn told<T>(found: Result<T, AppError>) -> Result<T, Failure> {
    found.map_err(app_refused)
}
