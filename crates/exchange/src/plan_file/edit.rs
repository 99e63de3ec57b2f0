//! Changes the text of a plan file and leaves every other byte as it is: one more operation at its
//! end, or the definition alone. Must not know what operations do.

use std::io::Write;
use std::path::Path;

use fenjie_plan::Operation;
use serde::Deserialize;
use serde_json::Value as Json;

use super::bare_keys::quote;
use super::error::{Fault, PlanFileError, Refusal};
use super::node::Node;
use super::reader::Reader;
use super::wire::plan::PlanEntry;
use super::{entry_of, file_name, read_text};

/// Writes more operations at the end of a plan file, all of them or none: the file is replaced in one
/// step.
///
/// # Errors
/// [`PlanFileError`] where the file cannot be read or written, is no plan, or lists its operations
/// as `do = [ … ]`, which nothing can follow.
pub fn append_operations(
    path: &Path,
    operations: &[Operation],
    who: Option<&str>,
    why: Option<&str>,
) -> Result<(), PlanFileError> {
    let text = read_text(path)?;
    let name = file_name(path);
    let before = count_operations(&text, &name)?;
    let line_break = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let mut longer = text.clone();
    if !longer.is_empty() && !longer.ends_with('\n') {
        longer.push_str(line_break);
    }
    for operation in operations {
        longer.push_str(line_break);
        longer.push_str(&operation_text(operation, who, why).replace('\n', line_break));
    }
    match count_operations(&longer, &name) {
        Ok(after) if after == before + operations.len() => replace(path, &longer),
        _ => Err(Fault::Other {
            code: "plan_file_not_appendable",
            zh: format!("`{name}` 的操作写成了 do = [ … ]，其后不能再追加"),
            en: format!("`{name}` lists its operations as do = [ … ], which nothing can follow"),
        }
        .into()),
    }
}

/// An operation as a `[[do]]` entry of a plan file, with a line break at its end.
///
/// ```
/// use fenjie_exchange::plan_file::operation_text;
/// use fenjie_plan::{Address, Operation};
/// let at = Address::parse("region=华东").unwrap();
/// let release = Operation::Release { measure: "销售额".into(), at };
/// assert_eq!(
///     operation_text(&release, Some("王芳"), None),
///     "[[do]]\nrelease = \"region=华东\"\nmeasure = \"销售额\"\nwho = \"王芳\"\n"
/// );
/// ```
pub fn operation_text(operation: &Operation, who: Option<&str>, why: Option<&str>) -> String {
    let mut text = "[[do]]\n".to_owned();
    let Json::Object(mut entry) = operation_json(operation) else {
        unreachable!("an entry is an object");
    };
    for (key, value) in [("who", who), ("why", why)] {
        if let Some(value) = value.filter(|_| !entry.contains_key(key)) {
            entry.insert(key.into(), value.into());
        }
    }
    for (key, value) in &entry {
        text.push_str(&toml_key(key));
        text.push_str(" = ");
        write_value(value, &mut text);
        text.push('\n');
    }
    text
}

/// An operation as the JSON of a log line; [`operation_of_json`] reads it back.
pub fn operation_json(operation: &Operation) -> Json {
    serde_json::to_value(entry_of(operation)).expect("entries are plain JSON")
}

/// Reads the JSON of an operation, as [`operation_json`] writes it. Names are taken as they are.
///
/// # Errors
/// The reason where it is no operation, or several in one.
pub fn operation_of_json(json: Json) -> Result<Operation, PlanFileError> {
    let refused = |refusal: Refusal| PlanFileError::from(*refusal.fault);
    let entry = super::wire::operation::OperationEntry::deserialize(Reader(Node::from_json(json)))
        .map_err(refused)?;
    let written = super::build::operations(&entry, &super::build::Scope::Open, &[]);
    let mut operations = written.map_err(refused)?.operations;
    match (operations.pop(), operations.len()) {
        (Some(operation), 0) => Ok(operation),
        _ => Err(Fault::Other {
            code: "operation_not_single",
            zh: "这里应恰好是一个操作".into(),
            en: "exactly one operation is expected here".into(),
        }
        .into()),
    }
}

/// The plan's text without its operations and totals, which a log keeps line by line.
pub(crate) fn without_operations(text: &str, name: &str) -> Result<String, PlanFileError> {
    let source = quote(text);
    let mut document: toml_edit::DocumentMut = source.text.parse().map_err(|error| {
        let error: toml_edit::TomlError = error;
        PlanFileError::from(Fault::Other {
            code: "plan_file_syntax",
            zh: format!("`{name}` 不合 TOML 语法：{}", error.message()),
            en: format!("`{name}` is not TOML: {}", error.message()),
        })
    })?;
    for key in ["do", "total", "totals"] {
        document.remove(key);
    }
    Ok(document.to_string())
}

fn count_operations(text: &str, name: &str) -> Result<usize, PlanFileError> {
    let in_file = |refusal: Refusal| refusal.in_file(name, text);
    let node = Node::from_toml(text).map_err(in_file)?;
    Ok(PlanEntry::deserialize(Reader(node))
        .map_err(in_file)?
        .operations
        .len())
}

fn replace(path: &Path, text: &str) -> Result<(), PlanFileError> {
    let unwritable = |error: std::io::Error| {
        PlanFileError::from(Fault::Other {
            code: "plan_file_unwritable",
            zh: format!("无法写入 `{}`：{error}", path.display()),
            en: format!("`{}` cannot be written: {error}", path.display()),
        })
    };
    let target = path.canonicalize().map_err(unwritable)?;
    let folder = target.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    file.write_all(text.as_bytes()).map_err(unwritable)?;
    let permissions = std::fs::metadata(&target)
        .map_err(unwritable)?
        .permissions();
    file.as_file()
        .set_permissions(permissions)
        .map_err(unwritable)?;
    file.as_file().sync_all().map_err(unwritable)?;
    file.persist(&target)
        .map_err(|error| unwritable(error.error))?;
    Ok(())
}

fn toml_key(key: &str) -> String {
    let bare = key
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    if bare && !key.is_empty() {
        key.to_owned()
    } else {
        toml_text(key)
    }
}

/// A basic string, which may stand as key and as value.
fn toml_text(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

fn write_value(value: &Json, text: &mut String) {
    let between = |at: usize| if at > 0 { ", " } else { "" };
    match value {
        Json::Null => text.push_str("\"\""),
        Json::Bool(flag) => text.push_str(if *flag { "true" } else { "false" }),
        Json::Number(number) => text.push_str(&number.to_string()),
        Json::String(string) => text.push_str(&toml_text(string)),
        Json::Array(items) => {
            text.push('[');
            for (at, item) in items.iter().enumerate() {
                text.push_str(between(at));
                write_value(item, text);
            }
            text.push(']');
        }
        Json::Object(entries) if entries.is_empty() => text.push_str("{}"),
        Json::Object(entries) => {
            text.push_str("{ ");
            for (at, (key, item)) in entries.iter().enumerate() {
                text.push_str(between(at));
                text.push_str(&toml_key(key));
                text.push_str(" = ");
                write_value(item, text);
            }
            text.push_str(" }");
        }
    }
}
