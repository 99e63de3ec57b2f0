//! Plan files: TOML that a planner writes becomes a definition and operations, with the place of
//! everything that is refused. Must not know how operations are carried out.

mod access;
mod back;
mod bare_keys;
mod build;
mod edit;
mod error;
mod error_text;
mod near;
mod node;
mod note;
mod reader;
mod scalar;
mod schema;
mod sums;
mod template;
mod wire;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};

use fenjie_plan::{CarryShare, Decimal, Definition, Operation};
use fenjie_track::AlertRules;
use serde::Deserialize;

pub use edit::{append_operations, operation_json, operation_of_json, operation_text};
pub use error::{Cause, Fault, FilePlace, Named, PlanFileError};
pub use note::PlanNote;
pub use schema::schema;
pub use template::template;

pub(crate) use back::entry_of;
pub(crate) use build::{
    MEMBER_CODE, MEMBER_FROM, MEMBER_NAME, MEMBER_PARENT, MEMBER_UNTIL, StoredFile, hexadecimal,
    sha256_of, stays_inside,
};
pub(crate) use edit::without_operations;
pub(crate) use near::nearest;

use build::Files;
use error::Refusal;
use node::{Node, Span, Value};
use reader::Reader;
use wire::plan::PlanEntry;

/// The most bytes a plan file may have: 16 MiB.
pub const LARGEST_PLAN_FILE: u64 = 16 << 20;

/// A plan as its file states it.
#[derive(Clone, Debug)]
pub struct LoadedPlan {
    /// What the plan is about.
    pub definition: Definition,
    /// The operations in order: the totals stated at the top, then those of `[[do]]`.
    pub operations: Vec<Operation>,
    /// Where each operation stands, and who wants it why; as many as `operations`.
    pub origins: Vec<OperationOrigin>,
    /// The files the plan names, in the order in which they were read.
    pub inputs: Vec<Input>,
    /// What a planner should know of how the plan was read.
    pub notes: Vec<Cause>,
    /// How results are written where the command line does not say.
    pub output: OutputHints,
    /// How shortfalls are carried where the command line does not say.
    pub carry: CarryHints,
    /// When `fenjie alerts` speaks up: the usual rules with what `[alerts]` says put in.
    pub alerts: AlertRules,
    /// The business time zone of `[calendar]`, such as `Asia/Shanghai` (rule C1).
    pub zone: Option<String>,
}

/// Where an operation comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationOrigin {
    /// Its place in the plan file.
    pub place: Option<FilePlace>,
    /// Who wants it.
    pub who: Option<String>,
    /// Why.
    pub why: Option<String>,
}

/// A file that a plan names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The path as the plan writes it.
    pub path: String,
    /// Where it was read.
    pub file: PathBuf,
    /// SHA-256 of its bytes in hexadecimal digits.
    pub sha256: String,
}

/// What `[output]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutputHints {
    /// The file; its ending tells the format.
    pub file: Option<String>,
    /// Unit of amounts: 元, 万, 亿.
    pub unit: Option<String>,
    /// Levels to write.
    pub levels: Vec<String>,
}

/// What `[carry]` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CarryHints {
    /// Whose shortfall is carried, as a grain of the dimensions.
    pub of: Option<String>,
    /// The level that is carried.
    pub level: Option<String>,
    /// The level inside which it is made good.
    pub horizon: Option<String>,
    /// How it is shared.
    pub share: Option<CarryShare>,
    /// The most a period takes, of its base.
    pub cap: Option<Decimal>,
}

/// Inside which level a shortfall is made good where nobody says: weeks inside their month (rule J1),
/// months inside their quarter, quarters inside their year.
///
/// ```
/// assert_eq!(fenjie_exchange::plan_file::usual_horizon("piece"), "month");
/// ```
pub fn usual_horizon(level: &str) -> &'static str {
    match level {
        "month" => "quarter",
        "quarter" => "year",
        _ => "month",
    }
}

/// The axis by which the members of a grain are called, where it names one axis: `org` of
/// `org.store`.
pub(crate) fn member_axis(of: &str) -> Option<&str> {
    let axis = of.split_once('.').map_or(of, |(axis, _)| axis).trim();
    let is_one = !of.contains([',', '，', ';']) && !axis.is_empty();
    is_one.then_some(axis)
}

/// Reads a plan file and the files it names, whose paths count from its folder.
///
/// # Errors
/// [`PlanFileError`] with file, line and column, or with file, row and column of a table.
pub fn load(path: &Path) -> Result<LoadedPlan, PlanFileError> {
    let text = read_text(path)?;
    let base = path.parent().unwrap_or(Path::new(""));
    load_named(&text, &file_name(path), Files::beside(base))
}

/// Reads the text of a plan whose files lie in `base`.
///
/// # Errors
/// As [`load`].
///
/// ```
/// use std::path::Path;
/// let plan = fenjie_exchange::plan_file::load_text(
///     "plan = \"2026\"\nperiod = \"2026\"\nmeasure = \"销售额\"\ntotal = \"1000万\"\n\
///      [axes]\nregion = [\"华东\", \"华南\"]\n[[do]]\ndecompose = \"region\"\nby = \"equal\"\n",
///     Path::new("."),
/// )?;
/// assert_eq!(plan.operations.len(), 2);
/// # Ok::<(), fenjie_exchange::plan_file::PlanFileError>(())
/// ```
pub fn load_text(text: &str, base: &Path) -> Result<LoadedPlan, PlanFileError> {
    load_named(text, "plan.toml", Files::beside(base))
}

/// Reads the text of a plan that names no files; one that does is refused, and none is looked for.
///
/// # Errors
/// As [`load`].
///
/// ```
/// let plan = "plan = \"x\"\nperiod = \"2026\"\nmeasure = \"x\"\n[axes]\na = { members = \"/etc/passwd\" }\n";
/// assert!(fenjie_exchange::plan_file::load_text_alone(plan).is_err());
/// ```
pub fn load_text_alone(text: &str) -> Result<LoadedPlan, PlanFileError> {
    load_named(text, "plan.toml", Files::stored(BTreeMap::new()))
}

/// Reads the text of a plan of this name whose files lie in `base`.
pub(crate) fn load_text_named(
    text: &str,
    name: &str,
    base: &Path,
) -> Result<LoadedPlan, PlanFileError> {
    load_named(text, name, Files::beside(base))
}

/// Reads the text of a plan whose files lie elsewhere, by the paths it writes.
pub(crate) fn load_stored(
    text: &str,
    name: &str,
    files: BTreeMap<String, StoredFile>,
) -> Result<LoadedPlan, PlanFileError> {
    load_named(text, name, Files::stored(files))
}

fn load_named(text: &str, name: &str, mut files: Files) -> Result<LoadedPlan, PlanFileError> {
    let in_file = |refusal: Refusal| refusal.in_file(name, text);
    let node = Node::from_toml(text).map_err(in_file)?;
    let places = operation_places(&node, text);
    let entry = PlanEntry::deserialize(Reader(node)).map_err(in_file)?;
    let built = build::plan(&entry, &places, &mut files).map_err(in_file)?;
    let origins = built.origins.into_iter().map(|(span, origin)| {
        let place = error::place_of(span, name, text);
        OperationOrigin {
            place: Some(place),
            ..origin
        }
    });
    Ok(LoadedPlan {
        origins: origins.collect(),
        definition: built.definition,
        operations: built.operations,
        notes: built.notes,
        output: built.output,
        carry: built.carry,
        alerts: built.alerts,
        zone: built.zone,
        inputs: files.into_inputs(),
    })
}

/// The place of each entry of `[[do]]`: that of its first key.
fn operation_places(plan: &Node, text: &str) -> Vec<Span> {
    let Value::Table(entries) = &plan.value else {
        return Vec::new();
    };
    let list = entries
        .iter()
        .find(|(key, _)| key.name == "do")
        .map(|(_, node)| &node.value);
    let Some(Value::List(items)) = list else {
        return Vec::new();
    };
    let place = |item: &Node| match &item.value {
        Value::Table(keys) => keys.first().map_or(item.span, |(key, _)| key.span),
        _ => item.span,
    };
    debug_assert!(items.iter().all(|item| item.span.end <= text.len()));
    items.iter().map(place).collect()
}

fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// The text of a plan file.
pub(crate) fn read_text(path: &Path) -> Result<String, PlanFileError> {
    let shown = path.display().to_string();
    let unreadable = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => Fault::FileMissing {
            path: shown.clone(),
        },
        _ => Fault::FileUnreadable {
            path: shown.clone(),
            reason: error.to_string(),
        },
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let stated = file.metadata().map_err(unreadable)?.len();
    // A pipe states no length, so the limit is watched while reading too.
    let mut bytes = Vec::new();
    file.take(LARGEST_PLAN_FILE + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > LARGEST_PLAN_FILE {
        return Err(Fault::FileTooLarge {
            path: shown,
            bytes: stated.max(bytes.len() as u64),
            allowed: LARGEST_PLAN_FILE,
        }
        .into());
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|byte| **byte == b'\n').count() + 1;
        PlanFileError::from(Fault::NotUtf8 { path: shown, line })
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
