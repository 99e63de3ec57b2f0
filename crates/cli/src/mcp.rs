//! `fenjie mcp`: plans for an assistant on this machine, over standard input and output.

use clap::Args;
use fenjie_message::{Lang, Message};
use fenjie_server::frame::logs;
use fenjie_server::{State, assistants};

use crate::failure::{Exit, Failure};
use crate::serve::{RecordsArgs, application, open_store, runtime};
use crate::terminal::Terminal;

/// Arguments of `fenjie mcp`.
#[derive(Args, Debug)]
pub struct McpArgs {
    #[command(flatten)]
    records: RecordsArgs,
}

/// Serves one assistant until it goes, in the name of whose key `FENJIE_TOKEN` is.
///
/// # Errors
/// What the set-up or the database refuses; a conversation that breaks.
pub fn run(args: &McpArgs, _terminal: &mut Terminal) -> Result<Exit, Failure> {
    let settings = args.records.settings()?;
    logs::install(&settings.log_level, settings.log_format);
    runtime()?.block_on(async {
        let store = open_store(&settings).await;
        let store = store.map_err(|error| Failure::new(error, Exit::Refused))?;
        let state = State::new(application(&settings, store)?);
        let token = std::env::var("FENJIE_TOKEN").ok();
        let tools = assistants::tools(&state, token.as_deref());
        let conversed = tools
            .converse(tokio::io::stdin(), tokio::io::stdout())
            .await;
        conversed.map_err(|reason| Failure::new(BrokenOff(reason), Exit::Refused))
    })?;
    Ok(Exit::Done)
}

/// The conversation broke off.
#[derive(Debug)]
struct BrokenOff(String);

impl Message for BrokenOff {
    fn code(&self) -> &'static str {
        "conversation_broken"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("与助手的对话中断：{}", self.0),
            Lang::En => format!("the conversation with the assistant broke off: {}", self.0),
        }
    }
}
