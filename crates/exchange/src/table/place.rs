//! Where in a file something is, in words. Knows no errors.

use std::fmt::Write;

use fenjie_message::Lang;

/// A place in a file. Rows are 1-based rows of the sheet or lines of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// The file's name, without its folder.
    pub file: Box<str>,
    /// Apart, so that errors stay small.
    within: Box<Within>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Within {
    sheet: Option<String>,
    row: Option<usize>,
    column: Option<String>,
}

impl Place {
    /// The file as a whole.
    pub fn file(name: &str) -> Self {
        Place {
            file: name.into(),
            ..Place::default()
        }
    }

    /// The same place in a sheet.
    pub fn in_sheet(mut self, sheet: Option<&str>) -> Self {
        self.within.sheet = sheet.map(str::to_owned);
        self
    }

    /// The same place at a row.
    pub fn at_row(mut self, row: usize) -> Self {
        self.within.row = Some(row);
        self
    }

    /// The same place in a column.
    pub fn in_column(mut self, column: &str) -> Self {
        self.within.column = Some(column.to_owned());
        self
    }

    /// The sheet of a workbook.
    pub fn sheet(&self) -> Option<&str> {
        self.within.sheet.as_deref()
    }

    /// The row or line.
    pub fn row(&self) -> Option<usize> {
        self.within.row
    }

    /// The column's name.
    pub fn column(&self) -> Option<&str> {
        self.within.column.as_deref()
    }

    /// The place in words, such as ``文件 `a.csv` 第 3 行``, ``file `a.csv`, row 3``.
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        let write = match lang {
            Lang::Zh => self.write_zh(&mut out),
            Lang::En => self.write_en(&mut out),
        };
        write.expect("writing to a string does not fail");
        out
    }

    fn write_zh(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "文件 `{}`", self.file)?;
        if let Some(sheet) = self.sheet() {
            write!(out, " 工作表 `{sheet}`")?;
        }
        if let Some(row) = self.row() {
            write!(out, " 第 {row} 行")?;
        }
        if let Some(column) = self.column() {
            write!(out, " `{column}` 列")?;
        }
        Ok(())
    }

    fn write_en(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "file `{}`", self.file)?;
        if let Some(sheet) = self.sheet() {
            write!(out, ", sheet `{sheet}`")?;
        }
        if let Some(row) = self.row() {
            write!(out, ", row {row}")?;
        }
        if let Some(column) = self.column() {
            write!(out, ", column `{column}`")?;
        }
        Ok(())
    }
}

/// The letters of a 0-based column: 0 is `A`, 26 is `AA`.
pub fn column_letters(column: u32) -> String {
    let mut letters = Vec::new();
    let mut rest = u64::from(column) + 1;
    while rest > 0 {
        rest -= 1;
        letters.push(b'A' + (rest % 26) as u8);
        rest /= 26;
    }
    letters
        .iter()
        .rev()
        .map(|&letter| char::from(letter))
        .collect()
}

/// The name of a cell by 0-based row and column: (0, 27) is `AB1`.
pub fn cell_name(row: u32, column: u32) -> String {
    format!("{}{}", column_letters(column), u64::from(row) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_named_as_in_a_workbook() {
        let names: Vec<_> = [0, 25, 26, 701, 702, 16383].map(column_letters).into();
        assert_eq!(names, ["A", "Z", "AA", "ZZ", "AAA", "XFD"]);
        assert_eq!(cell_name(0, 27), "AB1");
    }
}
