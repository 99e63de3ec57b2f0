//! Why a plan file or the log of a plan directory cannot be understood: one variant per reason. The
//! texts are in `error_text`.

use std::fmt;
use std::sync::Arc;

use fenjie_message::{Lang, Message, english};

use super::error_text;
use super::node::Span;
use crate::table::{Place, ReadError};

/// A place in a plan file; line and column are 1-based, the column counts characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePlace {
    /// The file's name, without its folder.
    pub file: String,
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

/// A message of another module, carried along.
pub type Cause = Arc<dyn Message + Send + Sync>;

/// Why a plan file is refused, and where.
#[derive(Clone, Debug)]
pub struct PlanFileError {
    pub(crate) place: Option<FilePlace>,
    pub(crate) fault: Box<Fault>,
}

impl PlanFileError {
    /// Where in the plan file the reason lies; none where it is the file as a whole.
    pub fn place(&self) -> Option<&FilePlace> {
        self.place.as_ref()
    }

    /// The place in a member file or history file, where the reason lies in one of those.
    pub fn table_place(&self) -> Option<&Place> {
        match &*self.fault {
            Fault::Cell { place, .. } | Fault::MemberUnknown { place, .. } => Some(place),
            _ => None,
        }
    }

    /// The reason.
    pub fn fault(&self) -> &Fault {
        &self.fault
    }
}

/// The reasons.
#[derive(Clone, Debug)]
#[expect(
    missing_docs,
    reason = "the fields are the words and places named in the texts"
)]
pub enum Fault {
    /// There is no such file.
    FileMissing { path: String },
    /// The system does not let us read it.
    FileUnreadable { path: String, reason: String },
    /// It is larger than a plan file may be.
    FileTooLarge {
        path: String,
        bytes: u64,
        allowed: u64,
    },
    /// Its bytes are not UTF-8.
    NotUtf8 { path: String, line: usize },
    /// It is no TOML.
    Syntax { reason: String },
    /// A key stands twice in one table.
    KeyTwice { key: String },
    /// A key that nobody knows there.
    KeyUnknown {
        key: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    /// A key that must be there is not.
    KeyMissing { key: String },
    /// Another kind of value is wanted there.
    TypeWrong { expected: String, found: String },
    /// A word that nobody knows there.
    WordUnknown {
        word: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    /// None of the keys of which exactly one is wanted.
    ChoiceMissing { known: Vec<String> },
    /// Two of the keys of which exactly one is wanted.
    ChoiceTwice { keys: [String; 2] },
    /// A name of an axis, measure or reference that the plan does not define.
    NameUnknown {
        what: Named,
        name: String,
        nearest: Option<String>,
        known: Vec<String>,
    },
    /// A name defined twice.
    NameTwice { what: Named, name: String },
    /// A name that cannot be written in an address.
    NameUnusable { what: Named, name: String },
    /// A member file in which no column is the code.
    CodeColumnMissing { place: Place, known: Vec<String> },
    /// A place that is not written as `axis=member`.
    AddressInvalid { part: String },
    /// A value that its own module refuses.
    Value { cause: Cause },
    /// A member list that is no tree.
    Tree {
        file: Option<String>,
        cause: fenjie_plan::TreeError,
    },
    /// A file that cannot be read as a table.
    Table { cause: ReadError },
    /// A cell of a member or history file that its own module refuses.
    Cell { place: Place, cause: Cause },
    /// A cell that must not be empty.
    CellEmpty { place: Place },
    /// A row of history whose member the plan does not have.
    MemberUnknown {
        place: Place,
        axis: String,
        member: String,
        nearest: Vec<String>,
        rows: usize,
    },
    /// A reference without the column of a date, for which a period is asked.
    DatesMissing { reference: String },
    /// The sums of a reference do not fit the range of amounts.
    SumsTooLarge { reference: String, decimals: u32 },
    /// Neither `from`-`to` nor any other sense can be made of it; both texts are given.
    Other {
        code: &'static str,
        zh: String,
        en: String,
    },
}

impl Fault {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        error_text::code(self)
    }
}

/// What a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each says itself")]
pub enum Named {
    Axis,
    Measure,
    Reference,
    Member,
    Column,
}

impl Named {
    /// Several of them, in English.
    pub(crate) fn plural(self) -> &'static str {
        match self {
            Named::Axis => "axes",
            Named::Measure => "measures",
            Named::Reference => "references",
            Named::Member => "members",
            Named::Column => "columns",
        }
    }

    pub(crate) fn text(self, lang: Lang) -> &'static str {
        match self {
            Named::Axis => lang.pick("维度", "axis"),
            Named::Measure => lang.pick("指标", "measure"),
            Named::Reference => lang.pick("参考数据", "reference"),
            Named::Member => lang.pick("成员", "member"),
            Named::Column => lang.pick("列", "column"),
        }
    }
}

/// A fault on its way up, before it is known which file it lies in.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    pub(crate) fault: Box<Fault>,
    pub(crate) span: Option<Span>,
}

impl Refusal {
    /// A fault at a place.
    pub(crate) fn at(fault: Fault, span: Span) -> Refusal {
        Refusal {
            fault: Box::new(fault),
            span: Some(span),
        }
    }

    /// The same, with a place if it has none yet.
    pub(crate) fn or_at(mut self, span: Span) -> Refusal {
        self.span.get_or_insert(span);
        self
    }

    /// What another module refuses, at a place.
    pub(crate) fn value(cause: impl Message + Send + Sync + 'static, span: Span) -> Refusal {
        Refusal::at(
            Fault::Value {
                cause: Arc::new(cause),
            },
            span,
        )
    }

    /// The refusal of a file's text, its place counted in lines and columns.
    pub(crate) fn in_file(self, file: &str, text: &str) -> PlanFileError {
        let place = place_of(self.span.unwrap_or_default(), file, text);
        PlanFileError {
            place: Some(place),
            fault: self.fault,
        }
    }
}

/// A place counted in lines and columns.
pub(super) fn place_of(span: Span, file: &str, text: &str) -> FilePlace {
    let before = text.get(..span.start).unwrap_or("");
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    FilePlace {
        file: file.to_owned(),
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Refusal {
        Refusal {
            fault: Box::new(fault),
            span: None,
        }
    }
}

impl From<Fault> for PlanFileError {
    fn from(fault: Fault) -> PlanFileError {
        PlanFileError {
            place: None,
            fault: Box::new(fault),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&error_text::text(&self.fault, Lang::En))
    }
}

impl std::error::Error for Refusal {}

fn owned(words: &'static [&'static str]) -> Vec<String> {
    words
        .iter()
        .filter(|word| !word.starts_with('$'))
        .map(|word| (*word).to_owned())
        .collect()
}

impl serde::de::Error for Refusal {
    fn custom<T: fmt::Display>(message: T) -> Self {
        let text = message.to_string();
        Fault::Other {
            code: "value_invalid",
            zh: text.clone(),
            en: text,
        }
        .into()
    }

    fn invalid_type(found: serde::de::Unexpected<'_>, expected: &dyn serde::de::Expected) -> Self {
        use serde::de::Unexpected as Found;
        let found = match found {
            Found::Bool(_) => "flag",
            Found::Str(_) => "text",
            Found::Seq => "list",
            Found::Map => "table",
            _ => "number",
        };
        Fault::TypeWrong {
            expected: expected.to_string(),
            found: found.into(),
        }
        .into()
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let known = owned(expected);
        let nearest = super::near::nearest(variant, &known);
        Fault::WordUnknown {
            word: variant.into(),
            nearest,
            known,
        }
        .into()
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let known = owned(expected);
        let nearest = super::near::nearest(field, &known);
        Fault::KeyUnknown {
            key: field.into(),
            nearest,
            known,
        }
        .into()
    }

    fn missing_field(field: &'static str) -> Self {
        Fault::KeyMissing { key: field.into() }.into()
    }

    fn duplicate_field(field: &'static str) -> Self {
        Fault::KeyTwice { key: field.into() }.into()
    }
}

impl Message for PlanFileError {
    fn code(&self) -> &'static str {
        error_text::code(&self.fault)
    }

    fn text(&self, lang: Lang) -> String {
        let text = error_text::text(&self.fault, lang);
        match (&self.place, lang) {
            (None, _) => text,
            (Some(place), Lang::Zh) => {
                format!(
                    "`{}` 第 {} 行第 {} 列：{text}",
                    place.file, place.line, place.column
                )
            }
            (Some(place), Lang::En) => {
                format!(
                    "`{}` line {}, column {}: {text}",
                    place.file, place.line, place.column
                )
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        error_text::hint(&self.fault, lang)
    }
}

impl fmt::Display for PlanFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&english(self))
    }
}

impl std::error::Error for PlanFileError {}
