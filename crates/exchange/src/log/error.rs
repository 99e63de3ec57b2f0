//! Why a plan directory cannot be made, read or written. Decides nothing.

use std::{fmt, io};

use fenjie_message::{Lang, Message, english};

use crate::plan_file::PlanFileError;

/// The reasons.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the fields are the places named in the texts")]
pub enum LogError {
    /// The plan file, or the definition in the log, is refused.
    Plan(PlanFileError),
    /// The system refuses.
    Io {
        path: String,
        kind: io::ErrorKind,
        reason: String,
    },
    /// There is something in the directory already.
    DirectoryNotEmpty { path: String },
    /// The directory holds no log.
    NotAPlan { path: String },
    /// A line that is not what was written.
    Damaged {
        path: String,
        line: usize,
        zh: String,
        en: String,
    },
    /// Others appended after the state that was asked for.
    MovedOn { expected: u64, found: u64 },
    /// A time that is not RFC 3339.
    TimeInvalid { text: String },
    /// An operation number that is not in effect.
    CannotUndo { sequence: u64 },
}

impl From<PlanFileError> for LogError {
    fn from(error: PlanFileError) -> LogError {
        LogError::Plan(error)
    }
}

impl LogError {
    pub(super) fn io(path: &std::path::Path, error: &std::io::Error) -> LogError {
        LogError::Io {
            path: path.display().to_string(),
            kind: error.kind(),
            reason: error.to_string(),
        }
    }

    /// The plan file's error, where that is the reason.
    pub fn plan_file(&self) -> Option<&PlanFileError> {
        match self {
            LogError::Plan(error) => Some(error),
            _ => None,
        }
    }
}

impl Message for LogError {
    fn code(&self) -> &'static str {
        match self {
            LogError::Plan(error) => error.code(),
            LogError::Io { .. } => "log_io",
            LogError::DirectoryNotEmpty { .. } => "directory_not_empty",
            LogError::NotAPlan { .. } => "not_a_plan_directory",
            LogError::Damaged { .. } => "log_damaged",
            LogError::MovedOn { .. } => "log_moved_on",
            LogError::TimeInvalid { .. } => "time_invalid",
            LogError::CannotUndo { .. } => "cannot_undo",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (LogError::Plan(error), _) => error.text(lang),
            (LogError::Io { path, kind, reason }, lang) => {
                let known = refused(*kind).map(|(text, _)| lang.pick(text.0, text.1));
                match lang {
                    Lang::Zh => format!("`{path}` 读写失败：{}", known.unwrap_or(reason)),
                    Lang::En => format!("`{path}` failed: {}", known.unwrap_or(reason)),
                }
            }
            (LogError::DirectoryNotEmpty { path }, Lang::Zh) => format!("目录 `{path}` 不是空的"),
            (LogError::DirectoryNotEmpty { path }, Lang::En) => {
                format!("the directory `{path}` is not empty")
            }
            (LogError::NotAPlan { path }, Lang::Zh) => format!("目录 `{path}` 里没有 log.jsonl"),
            (LogError::NotAPlan { path }, Lang::En) => {
                format!("the directory `{path}` holds no log.jsonl")
            }
            (LogError::Damaged { path, line, zh, .. }, Lang::Zh) => {
                format!("`{path}` 第 {line} 行损坏：{zh}")
            }
            (LogError::Damaged { path, line, en, .. }, Lang::En) => {
                format!("line {line} of `{path}` is damaged: {en}")
            }
            (LogError::MovedOn { expected, found }, Lang::Zh) => {
                format!("日志已从第 {expected} 步前进到第 {found} 步")
            }
            (LogError::MovedOn { expected, found }, Lang::En) => {
                format!("the log has moved on from operation {expected} to {found}")
            }
            (LogError::TimeInvalid { text }, Lang::Zh) => format!("`{text}` 不是 RFC 3339 时间"),
            (LogError::TimeInvalid { text }, Lang::En) => format!("`{text}` is no RFC 3339 time"),
            (LogError::CannotUndo { sequence }, Lang::Zh) => {
                format!("第 {sequence} 步不存在或已经撤销")
            }
            (LogError::CannotUndo { sequence }, Lang::En) => {
                format!("operation {sequence} does not exist or is undone already")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            LogError::Plan(error) => return error.hint(lang),
            LogError::Io { kind, .. } => refused(*kind)?.1,
            LogError::DirectoryNotEmpty { .. } => {
                ("换一个新目录或空目录", "choose a new or empty directory")
            }
            LogError::NotAPlan { .. } => (
                "用 `fenjie init PLAN.toml DIR` 建立方案目录",
                "make one with `fenjie init PLAN.toml DIR`",
            ),
            LogError::Damaged { .. } => (
                "日志只能追加；请从备份恢复这个文件",
                "a log is only ever appended to; restore the file from a backup",
            ),
            LogError::MovedOn { .. } => {
                ("重新预览后再提交", "look at the change again and repeat it")
            }
            LogError::TimeInvalid { .. } => {
                ("写成 2026-01-05T08:00:00Z", "write 2026-01-05T08:00:00Z")
            }
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

/// Two texts, Chinese and English.
type Both = (&'static str, &'static str);

/// What people know a refusal of the system by, and what to do.
fn refused(kind: io::ErrorKind) -> Option<(Both, Both)> {
    Some(match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            (
                ("空间不足", "there is no room left"),
                (
                    "腾出空间后再做一次；方案还是原来的样子",
                    "make room and do it again; the plan is as it was",
                ),
            )
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => (
            ("没有权限", "permission is denied"),
            (
                "要写入的人需要这个目录的写权限；只看不写不受影响",
                "whoever writes needs the right to write to this directory; looking works without it",
            ),
        ),
        _ => return None,
    })
}

impl fmt::Display for LogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for LogError {}

/// What was noticed while a log was opened. Nothing acknowledged is lost by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LogNote {
    /// The last line was never finished and is left out.
    TornLine {
        path: String,
        line: usize,
        bytes: usize,
    },
}

impl Message for LogNote {
    fn code(&self) -> &'static str {
        "log_torn_line"
    }

    fn text(&self, lang: Lang) -> String {
        let LogNote::TornLine { path, line, bytes } = self;
        match lang {
            Lang::Zh => format!("`{path}` 第 {line} 行没有写完（{bytes} 字节），从未确认，已舍去"),
            Lang::En => format!(
                "line {line} of `{path}` was never finished ({bytes} bytes) nor acknowledged; it is \
                 left out"
            ),
        }
    }
}
