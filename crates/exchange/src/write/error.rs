//! Why something cannot be written. Knows no file format but by name.

use fenjie_message::{Lang, Message, english};

/// Why a file cannot be written. Whatever the reason, no partial file is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WriteError {
    /// The path is a folder.
    PathIsFolder {
        /// The path.
        path: String,
    },
    /// The folder that the file should lie in is not there.
    FolderMissing {
        /// The path of the file.
        path: String,
    },
    /// The ending names no format that cells are written in.
    FormatUnknown {
        /// The path.
        path: String,
    },
    /// The system does not let us write it.
    FileUnwritable {
        /// The path.
        path: String,
        /// What the system said.
        reason: String,
    },
    /// An amount has more digits than the format keeps exactly.
    AmountTooWide {
        /// The column.
        column: String,
        /// The 0-based row among those written.
        row: u64,
        /// The amount, in steps.
        steps: i64,
    },
    /// Two columns have the same name.
    ColumnDuplicate {
        /// The name.
        column: String,
    },
}

impl WriteError {
    pub(super) fn unwritable(path: &str, reason: impl std::fmt::Display) -> Self {
        WriteError::FileUnwritable {
            path: path.to_owned(),
            reason: reason.to_string(),
        }
    }
}

impl Message for WriteError {
    fn code(&self) -> &'static str {
        match self {
            WriteError::PathIsFolder { .. } => "path_is_folder",
            WriteError::FolderMissing { .. } => "folder_missing",
            WriteError::FormatUnknown { .. } => "format_unknown",
            WriteError::FileUnwritable { .. } => "file_unwritable",
            WriteError::AmountTooWide { .. } => "amount_too_wide",
            WriteError::ColumnDuplicate { .. } => "column_duplicate",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (WriteError::PathIsFolder { path }, Lang::Zh) => {
                format!("`{path}` 是文件夹，不能写成文件")
            }
            (WriteError::PathIsFolder { path }, Lang::En) => {
                format!("`{path}` is a folder and cannot be written as a file")
            }
            (WriteError::FolderMissing { path }, Lang::Zh) => {
                format!("无法写入 `{path}`：它所在的文件夹不存在")
            }
            (WriteError::FolderMissing { path }, Lang::En) => {
                format!("`{path}` cannot be written: its folder does not exist")
            }
            (WriteError::FormatUnknown { path }, Lang::Zh) => {
                format!("从 `{path}` 的扩展名看不出要写成什么格式")
            }
            (WriteError::FormatUnknown { path }, Lang::En) => {
                format!("the ending of `{path}` names no format to write")
            }
            (WriteError::FileUnwritable { path, reason }, Lang::Zh) => {
                format!("无法写入 `{path}`：{reason}")
            }
            (WriteError::FileUnwritable { path, reason }, Lang::En) => {
                format!("`{path}` cannot be written: {reason}")
            }
            (WriteError::AmountTooWide { column, row, steps }, Lang::Zh) => {
                format!(
                    "第 {} 行 `{column}` 列的 {steps} 超过 18 位，无法精确写入",
                    row + 1
                )
            }
            (WriteError::AmountTooWide { column, row, steps }, Lang::En) => format!(
                "{steps} in row {}, column `{column}`, has over 18 digits and cannot be written \
                 exactly",
                row + 1
            ),
            (WriteError::ColumnDuplicate { column }, Lang::Zh) => {
                format!("要写的表有两个 `{column}` 列")
            }
            (WriteError::ColumnDuplicate { column }, Lang::En) => {
                format!("the table to write has two columns `{column}`")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            WriteError::FolderMissing { .. } => ("先建好文件夹", "make the folder first"),
            WriteError::FormatUnknown { .. } => (
                "用 `.csv`、`.json`、`.jsonl` 或 `.parquet`",
                "use `.csv`, `.json`, `.jsonl` or `.parquet`",
            ),
            WriteError::AmountTooWide { .. } => ("改写成 CSV 或 JSON", "write CSV or JSON instead"),
            _ => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

impl std::fmt::Display for WriteError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for WriteError {}
