//! Why the facts of a plan directory cannot be read or written. Decides nothing.

use std::fmt;
use std::io;
use std::path::Path;

use fenjie_message::{Lang, Message, english};

/// The reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the places named in the texts")]
pub enum FactsError {
    /// The system refuses.
    Io {
        path: String,
        zh: String,
        en: String,
    },
    /// Another process writes and does not end.
    Busy { path: String },
    /// A line of the manifest that is not what was written.
    ManifestDamaged {
        path: String,
        line: usize,
        zh: String,
        en: String,
    },
    /// A segment or a file beside it that is missing or not what was written.
    SegmentDamaged { path: String, reason: String },
    /// A time that is not RFC 3339.
    TimeInvalid { text: String },
    /// Columns of different lengths, or a measure that the plan does not have.
    LinesInvalid { zh: String, en: String },
    /// More lines than one import may have.
    TooManyLines { lines: u64, limit: u64 },
    /// No import of this number.
    ImportUnknown { number: u64 },
    /// The import is undone already.
    UndoneAlready { number: u64 },
    /// The import is in effect already.
    InEffectAlready { number: u64 },
    /// The same file is in effect through another import.
    SameFileInEffect { number: u64, other: u64 },
    /// A sum that does not fit.
    SumTooLarge { measure: String },
    /// A request that does not fit the plan.
    RequestInvalid { zh: String, en: String },
}

impl FactsError {
    pub(crate) fn io(path: &Path, error: &io::Error) -> FactsError {
        let known = match error.kind() {
            io::ErrorKind::StorageFull => Some(("空间不足", "there is no room left")),
            io::ErrorKind::QuotaExceeded => Some(("超出磁盘配额", "the disk quota is used up")),
            io::ErrorKind::ReadOnlyFilesystem => Some(("这里只读", "this place is read-only")),
            io::ErrorKind::PermissionDenied => Some(("没有权限", "permission is denied")),
            io::ErrorKind::NotFound => Some(("文件不存在", "it is not there")),
            _ => None,
        };
        let system = || (error.to_string(), error.to_string());
        let (zh, en) = known.map_or_else(system, |(zh, en)| (zh.to_owned(), en.to_owned()));
        FactsError::Io {
            path: path.display().to_string(),
            zh,
            en,
        }
    }

    pub(crate) fn damaged(path: &Path, reason: impl fmt::Display) -> FactsError {
        FactsError::SegmentDamaged {
            path: path.display().to_string(),
            reason: reason.to_string(),
        }
    }

    pub(crate) fn lines(zh: impl Into<String>, en: impl Into<String>) -> FactsError {
        FactsError::LinesInvalid {
            zh: zh.into(),
            en: en.into(),
        }
    }

    pub(crate) fn request(zh: impl Into<String>, en: impl Into<String>) -> FactsError {
        FactsError::RequestInvalid {
            zh: zh.into(),
            en: en.into(),
        }
    }
}

impl Message for FactsError {
    fn code(&self) -> &'static str {
        match self {
            FactsError::Io { .. } => "facts_io",
            FactsError::Busy { .. } => "facts_busy",
            FactsError::ManifestDamaged { .. } => "manifest_damaged",
            FactsError::SegmentDamaged { .. } => "segment_damaged",
            FactsError::TimeInvalid { .. } => "time_invalid",
            FactsError::LinesInvalid { .. } => "lines_invalid",
            FactsError::TooManyLines { .. } => "too_many_lines",
            FactsError::ImportUnknown { .. } => "import_unknown",
            FactsError::UndoneAlready { .. } => "import_undone_already",
            FactsError::InEffectAlready { .. } => "import_in_effect_already",
            FactsError::SameFileInEffect { .. } => "same_file_in_effect",
            FactsError::SumTooLarge { .. } => "sum_too_large",
            FactsError::RequestInvalid { .. } => "request_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.chinese(),
            Lang::En => self.english(),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            FactsError::Io { .. } => (
                "检查磁盘空间和权限后重来；销售数据没有变动",
                "see to disk space and rights, then repeat it; the sales are as they were",
            ),
            FactsError::Busy { .. } => (
                "等另一个导入结束后再试",
                "try again when the other import has ended",
            ),
            FactsError::ManifestDamaged { .. } | FactsError::SegmentDamaged { .. } => (
                "从备份恢复这个文件，或撤销并重新导入",
                "restore the file from a backup, or undo the import and bring it again",
            ),
            FactsError::TimeInvalid { .. } => {
                ("写成 2026-01-05T08:00:00Z", "write 2026-01-05T08:00:00Z")
            }
            FactsError::TooManyLines { .. } => ("分成几个文件导入", "bring it in as several files"),
            FactsError::ImportUnknown { .. } => {
                ("用 `fenjie imports` 查看导入", "see `fenjie imports`")
            }
            FactsError::SumTooLarge { .. } => (
                "检查金额单位，很可能有一行写错了",
                "look at the unit of the amounts: a line is probably wrong",
            ),
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

impl FactsError {
    fn chinese(&self) -> String {
        match self {
            FactsError::Io { path, zh, .. } => format!("`{path}` 读写失败：{zh}"),
            FactsError::Busy { path } => format!("另一个进程正在写 `{path}`"),
            FactsError::ManifestDamaged { path, line, zh, .. } => {
                format!("`{path}` 第 {line} 行损坏：{zh}")
            }
            FactsError::SegmentDamaged { path, reason } => format!("`{path}` 损坏：{reason}"),
            FactsError::TimeInvalid { text } => format!("`{text}` 不是 RFC 3339 时间"),
            FactsError::LinesInvalid { zh, .. } | FactsError::RequestInvalid { zh, .. } => {
                zh.clone()
            }
            FactsError::TooManyLines { lines, limit } => {
                format!("一次导入 {lines} 行，最多 {limit} 行")
            }
            FactsError::ImportUnknown { number } => format!("没有编号为 {number} 的导入"),
            FactsError::UndoneAlready { number } => format!("导入 {number} 已经撤销"),
            FactsError::InEffectAlready { number } => format!("导入 {number} 没有被撤销"),
            FactsError::SameFileInEffect { number, other } => {
                format!("导入 {number} 的文件已由导入 {other} 带入")
            }
            FactsError::SumTooLarge { measure } => format!("指标 `{measure}` 的合计超出范围"),
        }
    }

    fn english(&self) -> String {
        match self {
            FactsError::Io { path, en, .. } => format!("`{path}` failed: {en}"),
            FactsError::Busy { path } => format!("another process is writing to `{path}`"),
            FactsError::ManifestDamaged { path, line, en, .. } => {
                format!("line {line} of `{path}` is damaged: {en}")
            }
            FactsError::SegmentDamaged { path, reason } => {
                format!("`{path}` is damaged: {reason}")
            }
            FactsError::TimeInvalid { text } => format!("`{text}` is no RFC 3339 time"),
            FactsError::LinesInvalid { en, .. } | FactsError::RequestInvalid { en, .. } => {
                en.clone()
            }
            FactsError::TooManyLines { lines, limit } => {
                format!("an import of {lines} lines; {limit} is the most")
            }
            FactsError::ImportUnknown { number } => format!("there is no import {number}"),
            FactsError::UndoneAlready { number } => format!("import {number} is undone already"),
            FactsError::InEffectAlready { number } => format!("import {number} is not undone"),
            FactsError::SameFileInEffect { number, other } => {
                format!("the file of import {number} is in effect as import {other}")
            }
            FactsError::SumTooLarge { measure } => {
                format!("the sum of measure `{measure}` is out of range")
            }
        }
    }
}

impl fmt::Display for FactsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for FactsError {}

/// What was noticed while the facts were opened. Nothing acknowledged is lost by it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are the places named in the texts")]
pub enum FactsNote {
    /// The last line of the manifest was never finished and is left out.
    TornLine {
        path: String,
        line: usize,
        bytes: usize,
    },
}

impl Message for FactsNote {
    fn code(&self) -> &'static str {
        "manifest_torn_line"
    }

    fn text(&self, lang: Lang) -> String {
        let FactsNote::TornLine { path, line, bytes } = self;
        match lang {
            Lang::Zh => format!("`{path}` 第 {line} 行没有写完（{bytes} 字节），从未确认，已舍去"),
            Lang::En => format!(
                "line {line} of `{path}` was never finished ({bytes} bytes) nor acknowledged; it is \
                 left out"
            ),
        }
    }
}
