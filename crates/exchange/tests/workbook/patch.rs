//! Edits a workbook as a spreadsheet program or a script would leave it, by patching the XML of its
//! sheets.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// The entries of a workbook, unpacked.
pub struct Book {
    entries: Vec<(String, Vec<u8>)>,
}

impl Book {
    pub fn open(path: &Path) -> Book {
        let bytes = std::fs::read(path).unwrap();
        let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut entries = Vec::new();
        for at in 0..archive.len() {
            let mut entry = archive.by_index(at).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            entries.push((name, content));
        }
        Book { entries }
    }

    pub fn save(&self, path: &Path) {
        let mut writer = ZipWriter::new(std::fs::File::create(path).unwrap());
        for (name, content) in &self.entries {
            writer
                .start_file(name.as_str(), SimpleFileOptions::default())
                .unwrap();
            writer.write_all(content).unwrap();
        }
        writer.finish().unwrap();
    }

    fn text(&self, entry: &str) -> String {
        let (_, content) = self.entries.iter().find(|(name, _)| name == entry).unwrap();
        String::from_utf8(content.clone()).unwrap()
    }

    /// The entry of a sheet: the writer numbers them in order.
    fn entry(&self, sheet: &str) -> String {
        let workbook = self.text("xl/workbook.xml");
        let mut names = workbook.split("<sheet name=\"").skip(1);
        let at = names.position(|rest| rest.split('"').next() == Some(sheet));
        format!(
            "xl/worksheets/sheet{}.xml",
            at.expect("the sheet is there") + 1
        )
    }

    /// Changes the XML of a sheet.
    pub fn change(&mut self, sheet: &str, change: impl FnOnce(String) -> String) -> &mut Book {
        let entry = self.entry(sheet);
        let changed = change(self.text(&entry));
        let known = self
            .entries
            .iter_mut()
            .find(|(name, _)| *name == entry)
            .unwrap();
        known.1 = changed.into_bytes();
        self
    }

    /// Changes the XML of every sheet.
    pub fn change_all(&mut self, change: impl Fn(String) -> String) -> &mut Book {
        for (name, content) in &mut self.entries {
            if name.starts_with("xl/worksheets/sheet") {
                *content = change(String::from_utf8(content.clone()).unwrap()).into_bytes();
            }
        }
        self
    }

    /// Replaces what a cell holds, keeping its style.
    pub fn put(&mut self, sheet: &str, cell: &str, content: &str, kind: &str) -> &mut Book {
        self.change(sheet, |xml| {
            let start = xml
                .find(&format!("<c r=\"{cell}\""))
                .expect("the cell is there");
            let head = start + xml[start..].find('>').unwrap();
            let end = match xml[..head].ends_with('/') {
                true => head + 1,
                false => start + xml[start..].find("</c>").unwrap() + 4,
            };
            let style = xml[start..head]
                .split(" s=\"")
                .nth(1)
                .unwrap()
                .split('"')
                .next()
                .unwrap();
            let new = format!("<c r=\"{cell}\" s=\"{style}\"{kind}>{content}</c>");
            format!("{}{new}{}", &xml[..start], &xml[end..])
        })
    }

    /// Types a number.
    pub fn number(&mut self, sheet: &str, cell: &str, number: &str) -> &mut Book {
        self.put(sheet, cell, &format!("<v>{number}</v>"), "")
    }

    /// Types a text.
    pub fn words(&mut self, sheet: &str, cell: &str, text: &str) -> &mut Book {
        self.put(
            sheet,
            cell,
            &format!("<is><t>{text}</t></is>"),
            " t=\"inlineStr\"",
        )
    }

    /// Takes out a row, as deleting it would.
    pub fn without_row(&mut self, sheet: &str, row: u32) -> &mut Book {
        self.change(sheet, |xml| {
            let start = xml.find(&format!("<row r=\"{row}\"")).unwrap();
            let end = start + xml[start..].find("</row>").unwrap() + 6;
            format!("{}{}", &xml[..start], &xml[end..])
        })
    }

    /// Lets two rows change places, as sorting would.
    pub fn swap_rows(&mut self, sheet: &str, first: u32, second: u32) -> &mut Book {
        self.change(sheet, |xml| {
            let row = |number: u32| {
                let start = xml.find(&format!("<row r=\"{number}\"")).unwrap();
                (start, start + xml[start..].find("</row>").unwrap() + 6)
            };
            let ((a, b), (c, d)) = (row(first), row(second));
            let upper = renumbered(&xml[c..d], second, first);
            let lower = renumbered(&xml[a..b], first, second);
            format!("{}{upper}{}{lower}{}", &xml[..a], &xml[b..c], &xml[d..])
        })
    }

    /// Copies a row's ids and figures to another row.
    pub fn copy_row(&mut self, sheet: &str, from: u32, to: u32) -> &mut Book {
        self.change(sheet, |xml| {
            let start = xml.find(&format!("<row r=\"{from}\"")).unwrap();
            let end = start + xml[start..].find("</row>").unwrap() + 6;
            let copy = renumbered(&xml[start..end], from, to);
            xml.replace("</sheetData>", &format!("{copy}</sheetData>"))
        })
    }
}

/// A row's XML with another number.
fn renumbered(xml: &str, from: u32, to: u32) -> String {
    let mut out = xml.replacen(
        &format!("<row r=\"{from}\""),
        &format!("<row r=\"{to}\""),
        1,
    );
    for column in 'A'..='Z' {
        let cell = |row: u32| format!("<c r=\"{column}{row}\"");
        out = out.replace(&cell(from), &cell(to));
    }
    out
}

/// XML whose formulas have these results; none where `None`.
pub fn with_results(xml: &str, result: Option<&str>) -> String {
    let mut out = String::with_capacity(xml.len());
    let mut rest = xml;
    while let Some(at) = rest.find("</f><v>") {
        let end = at + rest[at..].find("</v>").unwrap() + 4;
        out.push_str(&rest[..at + 4]);
        if let Some(result) = result {
            out.push_str(&format!("<v>{result}</v>"));
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}
