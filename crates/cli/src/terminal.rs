//! The terminal a command talks to: data on standard output, talk on standard error, in one language,
//! with or without colour. Knows no command.

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use clap::ValueEnum;
use fenjie_message::{Lang, Message};

use crate::failure::{Failure, Spot, headed};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Also into files and pipes.
    Always,
    /// Nowhere.
    Never,
}

/// Where a command writes and how.
pub struct Terminal {
    /// The language of everything said.
    pub lang: Lang,
    /// Whether scripts are listening: JSON instead of tables and sentences.
    pub json: bool,
    /// Whether warnings and notes are left out.
    pub quiet: bool,
    colour: Colour,
    out: Box<dyn Write>,
    talk: Box<dyn Write>,
}

impl Terminal {
    /// The process's own output.
    pub fn standard(lang: Lang, json: bool, quiet: bool, colour: Colour) -> Self {
        let out = Box::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        Self {
            lang,
            json,
            quiet,
            colour,
            out,
            talk: Box::new(io::stderr()),
        }
    }

    /// Standard output, for data.
    pub fn out(&mut self) -> &mut dyn Write {
        &mut *self.out
    }

    /// Writes a text and a line break to standard output.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn print(&mut self, text: impl std::fmt::Display) -> Result<(), Failure> {
        writeln!(self.out, "{text}").map_err(|reason| not_written(&reason))
    }

    /// Writes a JSON value, indented, to standard output.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn print_json(&mut self, value: &serde_json::Value) -> Result<(), Failure> {
        self.print(format_args!("{value:#}"))
    }

    /// Hands everything on.
    ///
    /// # Errors
    /// Where nothing can be written.
    pub fn flush(&mut self) -> Result<(), Failure> {
        self.out.flush().map_err(|reason| not_written(&reason))
    }

    /// Says something beside the data, unless quiet. Nobody listening is no failure.
    pub fn say(&mut self, text: impl std::fmt::Display) {
        if !self.quiet {
            let _ = writeln!(self.talk, "{text}");
        }
    }

    /// Says what does not stop the command, unless quiet.
    pub fn warn(&mut self, message: &dyn Message, spot: Option<&Spot>) {
        let heading = self.paint(self.lang.pick("注意", "warning"), "33");
        self.say(headed(self.lang, &heading, message, spot));
    }

    /// Says why the command stops; quiet does not hide it.
    pub fn fail(&mut self, failure: &Failure) {
        let text = match self.json {
            true => failure.json(self.lang),
            false => {
                let shown = failure.shown(self.lang);
                let heading = self.lang.pick("错误", "error");
                let rest = shown.strip_prefix(heading).unwrap_or(&shown);
                format!("{}{rest}", self.paint(heading, "1;31"))
            }
        };
        let _ = writeln!(self.talk, "{text}");
    }

    /// A text on standard output in a colour, where that takes colours; none for an empty style.
    pub fn ink(&self, text: &str, style: &str) -> String {
        match !style.is_empty() && colours(self.colour, io::stdout().is_terminal()) {
            true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    fn paint(&self, text: &str, style: &str) -> String {
        match colours(self.colour, io::stderr().is_terminal()) {
            true => format!("\u{1b}[{style}m{text}\u{1b}[0m"),
            false => text.to_owned(),
        }
    }

    /// Columns a table may take: those of the terminal, or 120 where there is none.
    pub fn width(&self) -> usize {
        let columns = std::env::var("COLUMNS")
            .ok()
            .and_then(|text| text.parse().ok());
        let probed = io::stdout()
            .is_terminal()
            .then(|| comfy_table::Table::new().width().map(usize::from))
            .flatten();
        probed.or(columns).unwrap_or(120).max(40)
    }
}

/// Whether to colour what goes to a terminal or not.
pub fn colours(colour: Colour, is_terminal: bool) -> bool {
    match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
            is_terminal && !refused
        }
    }
}

/// Standard output that takes nothing more.
pub fn not_written(reason: &io::Error) -> Failure {
    Failure::unwritable(Path::new("-"), reason)
}
