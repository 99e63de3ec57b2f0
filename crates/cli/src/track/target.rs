//! Where the result goes: a table to read, a long table, a workbook, a picture. Writes nothing.

use std::path::{Path, PathBuf};

use super::{Format, TrackArgs};
use crate::failure::{EndingUnknown, Failure};
use crate::terminal::Terminal;

/// Where to, and how.
#[derive(Debug, PartialEq, Eq)]
pub enum Target {
    /// A table to read.
    Table,
    /// A row for each standing.
    Long(PathBuf, Format),
    /// A workbook.
    Workbook(PathBuf),
    /// A picture: `svg` or `png`.
    Picture(PathBuf),
}

/// What the command line asks for. An ending nobody knows is said before anything is read.
///
/// # Errors
/// [`EndingUnknown`].
pub fn of(args: &TrackArgs, terminal: &Terminal) -> Result<Target, Failure> {
    let path = match (&args.output, args.format) {
        (_, Some(Format::Table)) => return Ok(Target::Table),
        (Some(path), _) => path.clone(),
        (None, None) if !terminal.json => return Ok(Target::Table),
        (None, _) => PathBuf::from("-"),
    };
    if path == Path::new("-") && args.chart.is_none() {
        let usual = match terminal.json {
            true => Format::Json,
            false => Format::Csv,
        };
        return Ok(Target::Long(path, args.format.unwrap_or(usual)));
    }
    let ending = path.extension().unwrap_or_default().to_string_lossy();
    let ending = ending.to_ascii_lowercase();
    let asked = match (args.chart, ending.as_str(), args.format) {
        (Some(_), "svg" | "png", _) => Target::Picture(path),
        (Some(_), _, _) => return Err(EndingUnknown::of(&path, "`.svg` `.png`", false)),
        (None, _, Some(format)) => Target::Long(path, format),
        (None, "xlsx", None) => Target::Workbook(path),
        (None, "csv", None) => Target::Long(path, Format::Csv),
        (None, "json", None) => Target::Long(path, Format::Json),
        (None, "jsonl" | "ndjson", None) => Target::Long(path, Format::Jsonl),
        (None, "parquet", None) => Target::Long(path, Format::Parquet),
        (None, ..) => {
            return Err(EndingUnknown::of(
                &path,
                "`.xlsx` `.csv` `.json` `.jsonl` `.parquet`",
                false,
            ));
        }
    };
    Ok(asked)
}
