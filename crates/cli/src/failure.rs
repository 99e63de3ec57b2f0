//! What a command answers when it refuses: a message in the user's language. Decides no exit code.

use std::path::Path;

use fenjie_message::{Lang, Message};

/// A refusal, whichever crate it comes from.
#[derive(Debug)]
pub struct Failure {
    message: Box<dyn Message>,
    reader_gone: bool,
}

impl Failure {
    /// A file that cannot be read or written.
    pub fn file(path: &Path, reason: &std::io::Error) -> Self {
        let reader_gone = reason.kind() == std::io::ErrorKind::BrokenPipe;
        let path = path.display().to_string();
        Self {
            reader_gone,
            ..Self::from(FileFailure {
                path,
                reason: reason.to_string(),
            })
        }
    }

    /// Whether whoever read the output has stopped, as `head` does; nothing is wrong then.
    pub fn reader_gone(&self) -> bool {
        self.reader_gone
    }

    /// Code, text and hint as they go to the terminal.
    pub fn shown(&self, lang: Lang) -> String {
        self.headed(lang, lang.pick("错误", "error"))
    }

    /// The same for what does not stop the command.
    pub fn notice(&self, lang: Lang) -> String {
        self.headed(lang, lang.pick("注意", "warning"))
    }

    fn headed(&self, lang: Lang, heading: &str) -> String {
        let text = format!(
            "{heading}: {} [{}]",
            self.message.text(lang),
            self.message.code()
        );
        match self.message.hint(lang) {
            Some(hint) => format!("{text}\n{}: {hint}", lang.pick("提示", "hint")),
            None => text,
        }
    }
}

impl<M: Message + 'static> From<M> for Failure {
    fn from(message: M) -> Self {
        Self {
            message: Box::new(message),
            reader_gone: false,
        }
    }
}

#[derive(Debug)]
struct FileFailure {
    path: String,
    reason: String,
}

impl Message for FileFailure {
    fn code(&self) -> &'static str {
        "file_failed"
    }

    fn text(&self, lang: Lang) -> String {
        let Self { path, reason } = self;
        match lang {
            Lang::Zh => format!("无法读写文件 `{path}`：{reason}"),
            Lang::En => format!("the file `{path}` cannot be read or written: {reason}"),
        }
    }
}
