//! Which format a file's bytes are, and whether its name agrees. Opens no file.

use super::{Place, ReadError, ReadNote};

/// A format that tables are read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// Text with delimiters.
    Text,
    /// gzip of such text.
    Gzip,
    /// Apache Parquet.
    Parquet,
    /// XLSX and XLSM.
    Xlsx,
    /// XLSB.
    Xlsb,
    /// XLS (BIFF in a compound file).
    Xls,
    /// OpenDocument.
    Ods,
    /// JSON lines, or an array of flat objects.
    Json,
}

impl FileKind {
    /// The format's name.
    pub fn name(self) -> &'static str {
        match self {
            FileKind::Text => "plain text",
            FileKind::Gzip => "a gzip file",
            FileKind::Parquet => "Parquet",
            FileKind::Xlsx => "XLSX",
            FileKind::Xlsb => "XLSB",
            FileKind::Xls => "XLS",
            FileKind::Ods => "ODS",
            FileKind::Json => "JSON",
        }
    }

    fn is_workbook(self) -> bool {
        matches!(
            self,
            FileKind::Xlsx | FileKind::Xlsb | FileKind::Xls | FileKind::Ods
        )
    }

    /// The kind that an ending promises; `None` for endings that promise nothing we know.
    fn of_ending(ending: &str) -> Option<FileKind> {
        Some(match ending {
            "csv" | "tsv" | "txt" | "tab" | "psv" => FileKind::Text,
            "gz" => FileKind::Gzip,
            "parquet" | "pq" => FileKind::Parquet,
            "xlsx" | "xlsm" | "xltx" | "xltm" => FileKind::Xlsx,
            "xlsb" => FileKind::Xlsb,
            "xls" | "xlt" | "et" => FileKind::Xls,
            "ods" => FileKind::Ods,
            "json" | "jsonl" | "ndjson" => FileKind::Json,
            _ => return None,
        })
    }
}

/// Tells the format by content. Parquet files may be given by their first bytes alone.
///
/// # Errors
/// The name of what it is instead, where that can be told.
pub(super) fn of_content(bytes: &[u8]) -> Result<FileKind, Option<&'static str>> {
    if bytes.starts_with(b"PAR1") {
        return Ok(FileKind::Parquet);
    }
    if bytes.starts_with(b"\x1f\x8b") {
        return Ok(FileKind::Gzip);
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return of_zip(bytes);
    }
    if bytes.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1") {
        return of_compound(bytes);
    }
    for (start, found) in STRANGERS {
        if bytes.starts_with(start) {
            return Err(Some(found));
        }
    }
    of_text(bytes)
}

const STRANGERS: &[(&[u8], &str)] = &[
    (b"%PDF", "PDF"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"Rar!", "RAR"),
    (b"7z\xbc\xaf", "7z"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ", "xz"),
    (b"SQLite format 3", "SQLite"),
    (b"{\\rtf", "RTF"),
];

/// Whether the start of a file is not enough to tell what it is: a container's directory lies at its
/// end.
pub(super) fn needs_all(start: &[u8]) -> bool {
    start.starts_with(b"PK") || start.starts_with(b"\xd0\xcf\x11\xe0")
}

/// The directory of a zip archive repeats every name, so looking for names needs no unpacking.
fn of_zip(bytes: &[u8]) -> Result<FileKind, Option<&'static str>> {
    let has = |name: &[u8]| memchr::memmem::find(bytes, name).is_some();
    if has(b"xl/workbook.bin") {
        return Ok(FileKind::Xlsb);
    }
    if has(b"xl/workbook.xml") || has(b"xl/worksheets/") {
        return Ok(FileKind::Xlsx);
    }
    if has(b"opendocument.spreadsheet") {
        return Ok(FileKind::Ods);
    }
    if has(b"word/document.xml") || has(b"ppt/presentation.xml") {
        return Err(Some("a Word or PowerPoint document"));
    }
    Err(Some("a zip archive without a workbook"))
}

fn of_compound(bytes: &[u8]) -> Result<FileKind, Option<&'static str>> {
    let has = |name: &str| {
        let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        memchr::memmem::find(bytes, &wide).is_some()
    };
    if has("Workbook") || has("Book") {
        return Ok(FileKind::Xls);
    }
    if has("EncryptedPackage") {
        return Err(Some(ENCRYPTED));
    }
    // A file cut off before its directory is a damaged workbook rather than something else.
    if has("WordDocument") || has("PowerPoint Document") {
        return Err(Some("an old Office document without a workbook"));
    }
    Ok(FileKind::Xls)
}

/// What [`of_content`] says of a workbook behind a password.
pub(super) const ENCRYPTED: &str = "encrypted";

fn of_text(bytes: &[u8]) -> Result<FileKind, Option<&'static str>> {
    let start = &bytes[..bytes.len().min(4096)];
    let wide = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    let controls = |b: &&u8| **b < b' ' && !matches!(**b, b'\t' | b'\n' | b'\r' | 0x0b | 0x0c);
    if !wide && start.iter().filter(controls).count() > 0 {
        return Err(None);
    }
    let text = start
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(start)
        .trim_ascii_start();
    let lower = text[..text.len().min(64)].to_ascii_lowercase();
    for page in [
        &b"<html"[..],
        b"<!doctype",
        b"<table",
        b"<?xml",
        b"<meta",
        b"<head",
    ] {
        if lower.starts_with(page) {
            return Err(Some(if page == b"<?xml" {
                "XML"
            } else {
                "a web page"
            }));
        }
    }
    if is_json(&lower) {
        return Ok(FileKind::Json);
    }
    Ok(FileKind::Text)
}

/// An object with a name, or an array of objects.
fn is_json(start: &[u8]) -> bool {
    let inner = match start {
        [b'[', rest @ ..] => rest.trim_ascii_start(),
        other => other,
    };
    inner
        .strip_prefix(b"{")
        .is_some_and(|rest| rest.trim_ascii_start().starts_with(b"\""))
}

/// Compares content and name. A workbook under another workbook's ending, and text under `.xls`
/// (as many systems export it), are read with a note; every other difference is refused.
pub(super) fn agree(
    name: &str,
    found: Result<FileKind, Option<&'static str>>,
) -> Result<(FileKind, Option<ReadNote>), ReadError> {
    let place = Place::file(name);
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending.to_lowercase())
        .unwrap_or_default();
    let promised = FileKind::of_ending(&ending);
    let kind = match found {
        Ok(kind) => kind,
        Err(Some(ENCRYPTED)) => return Err(ReadError::FileEncrypted { place }),
        Err(Some(found)) if promised.is_some() => {
            return Err(ReadError::NotAsNamed {
                place,
                ending,
                found,
            });
        }
        Err(found) => return Err(ReadError::FormatUnknown { place, found }),
    };
    match promised {
        None => Ok((kind, None)),
        Some(promised) if promised == kind => Ok((kind, None)),
        Some(promised)
            if promised.is_workbook() && kind.is_workbook()
                || promised == FileKind::Xls && kind == FileKind::Text =>
        {
            Ok((
                kind,
                Some(ReadNote::ReadAsFound {
                    place,
                    ending,
                    found: kind.name(),
                }),
            ))
        }
        Some(_) => Err(ReadError::NotAsNamed {
            place,
            ending,
            found: kind.name(),
        }),
    }
}
