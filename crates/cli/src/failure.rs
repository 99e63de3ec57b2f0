//! What a command answers when it refuses: a message in the user's language, a place, an exit code.
//! Knows no command.

use std::path::Path;

use fenjie_calendar::CalendarError;
use fenjie_chart::ChartError;
use fenjie_exchange::log::LogError;
use fenjie_exchange::plan_cells::CellsError;
use fenjie_exchange::plan_file::PlanFileError;
use fenjie_exchange::workbook::WorkbookError;
use fenjie_exchange::write::WriteError;
use fenjie_facts::FactsError;
use fenjie_facts::closing::ClosingError;
use fenjie_facts::import::ImportError;
use fenjie_message::{Lang, Message};
use fenjie_money::{AllocateError, AmountError};
use fenjie_plan::{DecimalError, PlanError, Refusal};
use fenjie_review::ReviewError;
use fenjie_track::TrackError;
use serde_json::{Map, Value, json};

/// How a command ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done; a check found nothing.
    Done = 0,
    /// A check found differences or failures.
    Found = 1,
    /// The command line is not understood.
    Usage = 2,
    /// The input is refused.
    Refused = 3,
    /// The output cannot be written.
    Unwritable = 4,
    /// A mistake of the program itself.
    Internal = 70,
}

/// Where in the input a refusal lies.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Spot {
    /// The file, as it can be opened from here.
    pub file: String,
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The line of a text or the row of a table, counted from 1.
    pub line: Option<usize>,
    /// The column: counted in characters from 1, or the name of a table's column.
    pub column: Option<String>,
}

impl Spot {
    /// `plan.toml:3:9`, which terminals and editors open at a click.
    pub fn text(&self) -> String {
        let parts = [
            Some(self.file.clone()),
            self.sheet.clone(),
            self.line.map(|line| line.to_string()),
            self.column.clone(),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(":")
    }

    fn json(&self) -> Value {
        let mut place = Map::new();
        place.insert("file".into(), self.file.clone().into());
        if let Some(sheet) = &self.sheet {
            place.insert("sheet".into(), sheet.clone().into());
        }
        if let Some(line) = self.line {
            place.insert("line".into(), line.into());
        }
        if let Some(column) = &self.column {
            let column = column
                .parse::<u64>()
                .map_or(column.clone().into(), Value::from);
            place.insert("column".into(), column);
        }
        place.into()
    }
}

/// A refusal, whichever crate it comes from.
#[derive(Debug)]
pub struct Failure {
    message: Box<dyn Message>,
    spot: Option<Spot>,
    exit: Exit,
    reader_gone: bool,
}

impl Failure {
    /// A message with its exit code.
    pub fn new(message: impl Message + 'static, exit: Exit) -> Self {
        let message = Box::new(message);
        Self {
            message,
            spot: None,
            exit,
            reader_gone: false,
        }
    }

    /// A file that cannot be read.
    pub fn unreadable(path: &Path, reason: &std::io::Error) -> Self {
        let path = path.display().to_string();
        Self::new(
            FileFailure::Unreadable {
                path,
                reason: reason.to_string(),
            },
            Exit::Refused,
        )
    }

    /// A file, or the standard output `-`, that cannot be written.
    pub fn unwritable(path: &Path, reason: &std::io::Error) -> Self {
        let path = path.display().to_string();
        let message = FileFailure::Unwritable {
            path,
            reason: reason.to_string(),
        };
        let reader_gone = reason.kind() == std::io::ErrorKind::BrokenPipe;
        Self {
            reader_gone,
            ..Self::new(message, Exit::Unwritable)
        }
    }

    /// The same with the place it lies at, unless it has one already.
    pub fn at(mut self, spot: Option<Spot>) -> Self {
        self.spot = self.spot.or(spot);
        self
    }

    /// The same with the file of its place named as it can be opened.
    pub fn with_file(mut self, name: impl Fn(&str) -> String) -> Self {
        if let Some(spot) = &mut self.spot {
            spot.file = name(&spot.file);
        }
        self
    }

    /// Whether whoever read the output has stopped, as `head` does; nothing is wrong then.
    pub fn reader_gone(&self) -> bool {
        self.reader_gone
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// Code, text, place and hint as they go to the terminal.
    pub fn shown(&self, lang: Lang) -> String {
        headed(
            lang,
            lang.pick("错误", "error"),
            &*self.message,
            self.spot.as_ref(),
        )
    }

    /// The same for scripts: one line of JSON.
    pub fn json(&self, lang: Lang) -> String {
        json!({ "error": {
            "code": self.message.code(),
            "message": self.message.text(lang),
            "hint": self.message.hint(lang),
            "place": self.spot.as_ref().map(Spot::json),
        }})
        .to_string()
    }
}

/// A heading such as `error`, code, text, place and hint, each but the first on its own line.
pub fn headed(lang: Lang, heading: &str, message: &dyn Message, spot: Option<&Spot>) -> String {
    let mut text = match lang {
        Lang::Zh => format!("{heading}[{}]：{}", message.code(), message.text(lang)),
        Lang::En => format!("{heading}[{}]: {}", message.code(), message.text(lang)),
    };
    if let Some(spot) = spot {
        text.push_str("\n  --> ");
        text.push_str(&spot.text());
    }
    if let Some(hint) = message.hint(lang) {
        text.push_str(lang.pick("\n提示：", "\nhint: "));
        text.push_str(&hint);
    }
    text
}

/// Errors of other crates that mean: the input is refused.
macro_rules! refused {
    ($($error:ty),*) => {$(
        impl From<$error> for Failure {
            fn from(error: $error) -> Self {
                Failure::new(error, Exit::Refused)
            }
        }
    )*};
}

refused!(
    PlanError,
    Refusal,
    CalendarError,
    AllocateError,
    AmountError,
    DecimalError,
    TrackError,
    ReviewError,
    ImportError,
    ChartError
);

impl From<WriteError> for Failure {
    fn from(error: WriteError) -> Self {
        let exit = match &error {
            WriteError::FormatUnknown { .. } => Exit::Usage,
            WriteError::AmountTooWide { .. } | WriteError::ColumnDuplicate { .. } => Exit::Refused,
            _ => Exit::Unwritable,
        };
        let gone = std::io::Error::from_raw_os_error(BROKEN_PIPE).to_string();
        let reader_gone =
            matches!(&error, WriteError::FileUnwritable { reason, .. } if *reason == gone);
        Self {
            reader_gone,
            ..Failure::new(error, exit)
        }
    }
}

impl From<ClosingError> for Failure {
    fn from(error: ClosingError) -> Self {
        match error {
            ClosingError::Period(error) => Failure::new(error, Exit::Refused),
            ClosingError::Calendar(error) => error.into(),
            ClosingError::Plan(error) => error.into(),
            ClosingError::Facts(error) => error.into(),
        }
    }
}

impl From<CellsError> for Failure {
    fn from(error: CellsError) -> Self {
        match error {
            CellsError::Plan(error) => error.into(),
            CellsError::Write(error) => error.into(),
            many @ CellsError::TooMany { .. } => Failure::new(many, Exit::Refused),
        }
    }
}

impl From<FactsError> for Failure {
    fn from(error: FactsError) -> Self {
        let exit = match error {
            FactsError::Io { .. } => Exit::Unwritable,
            _ => Exit::Refused,
        };
        Failure::new(error, exit)
    }
}

/// What Unix systems call a pipe whose reader is gone.
const BROKEN_PIPE: i32 = 32;

impl From<LogError> for Failure {
    fn from(error: LogError) -> Self {
        let (exit, spot) = match error {
            LogError::Plan(error) => return error.into(),
            LogError::Io { .. } | LogError::DirectoryNotEmpty { .. } => (Exit::Unwritable, None),
            LogError::Damaged { line, .. } => {
                let file = fenjie_exchange::log::LOG_FILE.to_owned();
                (
                    Exit::Refused,
                    Some(Spot {
                        file,
                        line: Some(line),
                        ..Spot::default()
                    }),
                )
            }
            _ => (Exit::Refused, None),
        };
        Failure::new(error, exit).at(spot)
    }
}

impl From<WorkbookError> for Failure {
    fn from(error: WorkbookError) -> Self {
        match error {
            WorkbookError::Write(error) => error.into(),
            WorkbookError::Library { .. } => Failure::new(error, Exit::Unwritable),
            error => Failure::new(error, Exit::Refused),
        }
    }
}

impl From<PlanFileError> for Failure {
    fn from(error: PlanFileError) -> Self {
        let in_plan = error.place().map(|place| Spot {
            file: place.file.clone(),
            line: Some(place.line),
            column: Some(place.column.to_string()),
            sheet: None,
        });
        let in_table = error.table_place().map(|place| Spot {
            file: place.file.to_string(),
            sheet: place.sheet().map(str::to_owned),
            line: place.row(),
            column: place.column().map(str::to_owned),
        });
        let is_output = error.code() == "plan_file_unwritable";
        let exit = if is_output {
            Exit::Unwritable
        } else {
            Exit::Refused
        };
        Failure::new(InPlanFile(error), exit).at(in_table.or(in_plan))
    }
}

/// A refusal of the plan file without the place in its text, which stands on a line of its own.
#[derive(Debug)]
struct InPlanFile(PlanFileError);

impl Message for InPlanFile {
    fn code(&self) -> &'static str {
        self.0.code()
    }

    fn text(&self, lang: Lang) -> String {
        let text = self.0.text(lang);
        let Some(place) = self.0.place() else {
            return text;
        };
        let (file, line, column) = (&place.file, place.line, place.column);
        let before = match lang {
            Lang::Zh => format!("`{file}` 第 {line} 行第 {column} 列："),
            Lang::En => format!("`{file}` line {line}, column {column}: "),
        };
        text.strip_prefix(&before)
            .map_or(text.clone(), str::to_owned)
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        self.0.hint(lang)
    }
}

#[derive(Debug)]
enum FileFailure {
    Unreadable { path: String, reason: String },
    Unwritable { path: String, reason: String },
}

impl Message for FileFailure {
    fn code(&self) -> &'static str {
        match self {
            FileFailure::Unreadable { .. } => "file_unreadable",
            FileFailure::Unwritable { .. } => "file_unwritable",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (FileFailure::Unreadable { path, reason }, Lang::Zh) => {
                format!("无法读取 `{path}`：{reason}")
            }
            (FileFailure::Unreadable { path, reason }, Lang::En) => {
                format!("`{path}` cannot be read: {reason}")
            }
            (FileFailure::Unwritable { path, reason }, Lang::Zh) => {
                format!("无法写入 `{path}`：{reason}")
            }
            (FileFailure::Unwritable { path, reason }, Lang::En) => {
                format!("`{path}` cannot be written: {reason}")
            }
        }
    }
}

/// The ending of an output file that names no format.
#[derive(Debug)]
pub struct EndingUnknown {
    /// The file.
    pub path: String,
    /// The endings that would do: "`.csv` `.json`".
    pub endings: &'static str,
    /// Whether `--format` may say it instead.
    pub or_format: bool,
}

impl EndingUnknown {
    /// The refusal of a file.
    pub fn of(path: &Path, endings: &'static str, or_format: bool) -> Failure {
        let unknown = EndingUnknown {
            path: path.display().to_string(),
            endings,
            or_format,
        };
        Failure::new(unknown, Exit::Usage)
    }
}

impl Message for EndingUnknown {
    fn code(&self) -> &'static str {
        "format_unknown"
    }

    fn text(&self, lang: Lang) -> String {
        let path = &self.path;
        match lang {
            Lang::Zh => format!("从 `{path}` 的后缀看不出要写成什么格式"),
            Lang::En => format!("the ending of `{path}` names no format to write"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let endings = self.endings;
        Some(match (lang, self.or_format) {
            (Lang::Zh, false) => format!("后缀可以是 {endings}"),
            (Lang::Zh, true) => format!("后缀可以是 {endings}，或用 `--format` 指明"),
            (Lang::En, false) => format!("use {endings}"),
            (Lang::En, true) => format!("use {endings}, or say it with `--format`"),
        })
    }
}
