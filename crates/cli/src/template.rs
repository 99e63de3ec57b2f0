//! `fenjie new`, `fenjie schema`, `fenjie completions`: texts that come with the program. Knows no plan.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap_complete::Shell;
use fenjie_exchange::write::AtomicFile;
use fenjie_message::{Lang, Message};

use crate::failure::{Exit, Failure};
use crate::terminal::{Terminal, not_written};

/// Arguments of `fenjie new`.
#[derive(Args, Debug)]
pub struct NewArgs {
    /// Where to; a file that exists is not touched [default: standard output]
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Arguments of `fenjie completions`.
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell: bash, zsh, fish, elvish, powershell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

/// Writes the template of a plan file.
///
/// # Errors
/// A file that exists already, or cannot be written.
pub fn new(args: &NewArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let text = fenjie_exchange::plan_file::template(terminal.lang);
    let Some(path) = args.file.as_deref().filter(|path| *path != Path::new("-")) else {
        terminal
            .out()
            .write_all(text.as_bytes())
            .map_err(|reason| not_written(&reason))?;
        return Ok(Exit::Done);
    };
    let shown = path.display().to_string();
    if path.exists() {
        return Err(Failure::new(FileExists { path: shown }, Exit::Unwritable));
    }
    let mut file = AtomicFile::create(path)?;
    file.write_all(text.as_bytes())
        .map_err(|reason| Failure::unwritable(path, &reason))?;
    file.commit()?;
    terminal.say(match terminal.lang {
        Lang::Zh => format!("已写入 `{shown}`，下一步：fenjie decompose {shown}"),
        Lang::En => format!("wrote `{shown}`; next: fenjie decompose {shown}"),
    });
    Ok(Exit::Done)
}

/// Prints the JSON Schema of plan files.
///
/// # Errors
/// Where nothing can be written.
pub fn schema(terminal: &mut Terminal) -> Result<Exit, Failure> {
    let text = fenjie_exchange::plan_file::schema();
    terminal
        .out()
        .write_all(text.as_bytes())
        .map_err(|reason| not_written(&reason))?;
    Ok(Exit::Done)
}

/// Prints completions.
///
/// # Errors
/// Where nothing can be written.
pub fn completions(args: &CompletionsArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let mut text = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut crate::help::command(terminal.lang),
        "fenjie",
        &mut text,
    );
    terminal
        .out()
        .write_all(&text)
        .map_err(|reason| not_written(&reason))?;
    Ok(Exit::Done)
}

#[derive(Debug)]
struct FileExists {
    path: String,
}

impl Message for FileExists {
    fn code(&self) -> &'static str {
        "file_exists"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 已经存在，没有改动它", self.path),
            Lang::En => format!("`{}` exists already and was not touched", self.path),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(lang.pick("换一个文件名", "give another name").into())
    }
}
