//! Members from a file, every row judged: what can be read is given, what cannot is named with its row,
//! column and value. Must not know trees, nor what is there already.

use std::collections::BTreeMap;
use std::path::Path;

use fenjie_calendar::Date;
use fenjie_message::{Lang, Message};
use fenjie_plan::Decimal;

use crate::plan_file::{
    MEMBER_CODE, MEMBER_FROM, MEMBER_NAME, MEMBER_PARENT, MEMBER_UNTIL, nearest,
};
use crate::table::{CellRef, ReadError, ReadNote, ReadOptions, Table, parse_date, read_table};

/// How a file of members is read; the default finds everything out by itself.
#[derive(Clone, Debug, Default)]
pub struct MemberOptions {
    /// Sheet, header, delimiter, encoding.
    pub read: ReadOptions,
    /// The column of a role (`code`, `name`, `parent`, `from`, `until`), where its name is unusual.
    pub columns: BTreeMap<String, String>,
    /// The columns that hold numbers of the members; all that hold a number where missing.
    pub attributes: Option<Vec<String>>,
}

/// What a file says of members.
#[derive(Clone, Debug, Default)]
pub struct MemberTable {
    /// The sheet it stands on.
    pub sheet: Option<String>,
    /// How many rows there are.
    pub count: usize,
    /// The columns that were used, by role, attributes under their own names.
    pub used: Vec<(String, String)>,
    /// The columns that say nothing of a member that we keep.
    pub ignored: Vec<String>,
    /// The rows that can be read, in the order of the file.
    pub rows: Vec<MemberTableRow>,
    /// What is wrong, in the order of the file.
    pub faults: Vec<RowFault>,
    /// What a person should know of how it was read.
    pub notes: Vec<ReadNote>,
}

impl MemberTable {
    /// The column that has a role.
    pub fn column(&self, role: &str) -> Option<&str> {
        let found = self.used.iter().find(|(own, _)| own == role);
        found.map(|(_, column)| column.as_str())
    }
}

/// A row; of a column that the file does not have there is nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MemberTableRow {
    /// The row as people count it.
    pub row: usize,
    /// The code.
    pub code: String,
    /// What people call it.
    pub name: Option<String>,
    /// The code of the member above; an empty text for the top.
    pub parent: Option<String>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// Numbers by name; none where the cell is empty.
    pub attributes: Vec<(String, Option<String>)>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowFault {
    /// The row as people count it.
    pub row: usize,
    /// The column at fault.
    pub column: Option<String>,
    /// The value as it stands.
    pub value: String,
    /// Stable code of the rule.
    pub code: &'static str,
    /// The fault in one sentence, in Chinese and English.
    pub text: [String; 2],
    /// What to do, in Chinese and English.
    pub hint: Option<[String; 2]>,
}

impl RowFault {
    /// The fault in one sentence.
    pub fn text(&self, lang: Lang) -> &str {
        let [zh, en] = &self.text;
        lang.pick(zh, en)
    }

    /// What to do.
    pub fn hint(&self, lang: Lang) -> Option<&str> {
        let [zh, en] = self.hint.as_ref()?;
        Some(lang.pick(zh, en))
    }

    /// A fault that a message tells.
    pub fn of(row: usize, column: Option<&str>, value: &str, message: &dyn Message) -> RowFault {
        let hint = |lang| message.hint(lang).unwrap_or_default();
        let hints = [hint(Lang::Zh), hint(Lang::En)];
        RowFault {
            row,
            column: column.map(str::to_owned),
            value: value.chars().take(80).collect(),
            code: message.code(),
            text: [message.text(Lang::Zh), message.text(Lang::En)],
            hint: Some(hints).filter(|[zh, _]| !zh.is_empty()),
        }
    }

    /// The same with what to do, where nothing is said yet.
    pub fn or_hint(mut self, zh: &str, en: &str) -> RowFault {
        self.hint
            .get_or_insert_with(|| [zh.to_owned(), en.to_owned()]);
        self
    }
}

/// Reads a file of members: CSV, XLSX and whatever else tables come as.
///
/// # Errors
/// [`ReadError`] where the file cannot be read, or lacks a column it needs or was said to have.
pub fn read_members(path: &Path, options: &MemberOptions) -> Result<MemberTable, ReadError> {
    let mut read = options.read.clone();
    read.keep_faults = true;
    let table = read_table(path, &read)?;
    let columns = Columns::find(&table, options)?;
    Ok(columns.rows(&table))
}

/// Positions of the columns in the table.
struct Columns {
    code: usize,
    name: Option<usize>,
    parent: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    attributes: Vec<usize>,
}

impl Columns {
    fn find(table: &Table, options: &MemberOptions) -> Result<Columns, ReadError> {
        let position = |name: &str| table.columns.iter().position(|column| column.name == name);
        let missing = |wanted: &str| {
            let known: Vec<String> = table.columns.iter().map(|own| own.name.clone()).collect();
            ReadError::ColumnMissing {
                place: crate::table::Place::file(&table.source)
                    .in_sheet(table.sheet.as_deref())
                    .at_row(table.header_row),
                column: wanted.to_owned(),
                nearest: nearest(wanted, &known),
                known,
            }
        };
        let role = |role: &str, usual: &[&str]| match options.columns.get(role) {
            Some(name) => position(name).map(Some).ok_or_else(|| missing(name)),
            None => Ok(usual.iter().find_map(|usual| position(usual))),
        };
        let code = role("code", &MEMBER_CODE)?.ok_or_else(|| missing("code"))?;
        let mut columns = Columns {
            code,
            name: role("name", &MEMBER_NAME)?,
            parent: role("parent", &MEMBER_PARENT)?,
            from: role("from", &MEMBER_FROM)?,
            until: role("until", &MEMBER_UNTIL)?,
            attributes: Vec::new(),
        };
        columns.attributes = match &options.attributes {
            Some(names) => names
                .iter()
                .map(|name| position(name).ok_or_else(|| missing(name)))
                .collect::<Result<_, _>>()?,
            None => columns.with_numbers(table),
        };
        Ok(columns)
    }

    fn named(&self) -> [(&'static str, Option<usize>); 5] {
        [
            ("code", Some(self.code)),
            ("name", self.name),
            ("parent", self.parent),
            ("from", self.from),
            ("until", self.until),
        ]
    }

    fn is_role(&self, at: usize) -> bool {
        self.named().iter().any(|(_, own)| *own == Some(at))
    }

    /// Every other column that holds a number somewhere: what else stands in it is a fault.
    fn with_numbers(&self, table: &Table) -> Vec<usize> {
        let all = 0..table.columns.len();
        all.filter(|at| {
            let mut cells = table.columns[*at].entries();
            !self.is_role(*at) && cells.any(|cell| Decimal::parse(cell.text).is_ok())
        })
        .collect()
    }

    fn rows(&self, table: &Table) -> MemberTable {
        let column = |at: usize| table.columns[at].name.clone();
        let roles = self.named().into_iter();
        let roles = roles.filter_map(|(role, at)| Some((role.to_owned(), column(at?))));
        let attributes = self.attributes.iter().map(|at| (column(*at), column(*at)));
        let mut found = MemberTable {
            sheet: table.sheet.clone(),
            count: table.rows + table.ragged.len(),
            used: roles.chain(attributes).collect(),
            ignored: (0..table.columns.len())
                .filter(|at| !self.is_role(*at) && !self.attributes.contains(at))
                .map(column)
                .collect(),
            rows: Vec::with_capacity(table.rows),
            faults: Vec::new(),
            notes: table.notes.clone(),
        };
        for row in 0..table.rows {
            let line = table.line(row);
            let mut judged = Judged {
                table,
                row,
                line,
                faults: &mut found.faults,
                is_good: true,
            };
            let read = self.row(&mut judged);
            if judged.is_good {
                found.rows.push(read);
            }
        }
        let ragged = table.ragged.iter();
        let ragged = ragged.map(|(row, fields)| ragged_row(*row, *fields, table.header.len()));
        found.faults.extend(ragged);
        found.faults.sort_by_key(|fault| fault.row);
        found
    }

    fn row(&self, judged: &mut Judged<'_>) -> MemberTableRow {
        let text = |at: Option<usize>| at.map(|at| judged.cell(at).text.to_owned());
        let (name, parent) = (text(self.name), text(self.parent));
        let code = judged.cell(self.code).text.to_owned();
        if code.is_empty() {
            judged.refuse(self.code, &CodeEmpty);
        }
        let attributes = self.attributes.iter().map(|&at| {
            let number = judged.number(at);
            (judged.table.columns[at].name.clone(), number)
        });
        let attributes = attributes.collect();
        MemberTableRow {
            row: judged.line,
            code,
            name,
            parent,
            attributes,
            from: self.from.and_then(|at| judged.day(at)),
            until: self.until.and_then(|at| judged.day(at)),
        }
    }
}

/// A row about to be read.
struct Judged<'a> {
    table: &'a Table,
    row: usize,
    line: usize,
    faults: &'a mut Vec<RowFault>,
    is_good: bool,
}

impl<'a> Judged<'a> {
    fn cell(&self, at: usize) -> CellRef<'a> {
        self.table.cell(self.row, at)
    }

    fn refuse(&mut self, at: usize, message: &dyn Message) {
        let (column, value) = (&self.table.columns[at].name, self.cell(at).text);
        let fault = RowFault::of(self.line, Some(column), value, message);
        self.faults.push(fault);
        self.is_good = false;
    }

    fn day(&mut self, at: usize) -> Option<Date> {
        let cell = self.cell(at);
        if cell.is_empty() {
            return None;
        }
        parse_date(cell.text)
            .map_err(|error| self.refuse(at, &error))
            .ok()
    }

    fn number(&mut self, at: usize) -> Option<String> {
        let cell = self.cell(at);
        if cell.is_empty() {
            return None;
        }
        match Decimal::parse(cell.text) {
            Ok(_) => Some(cell.text.to_owned()),
            Err(error) => {
                self.refuse(at, &error);
                None
            }
        }
    }
}

/// A row without a code.
#[derive(Debug)]
struct CodeEmpty;

impl Message for CodeEmpty {
    fn code(&self) -> &'static str {
        "code_empty"
    }

    fn text(&self, lang: Lang) -> String {
        lang.pick("这一行没有代码", "the row has no code").into()
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let hint = lang.pick(
            "填上代码，或删去这一行",
            "give it a code, or take the row away",
        );
        Some(hint.into())
    }
}

impl std::fmt::Display for CodeEmpty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

fn ragged_row(row: usize, fields: usize, wanted: usize) -> RowFault {
    RowFault {
        row,
        column: None,
        value: fields.to_string(),
        code: "fields_wrong",
        text: [
            format!("这一行有 {fields} 格，表头有 {wanted} 格"),
            format!("the row has {fields} fields, the header {wanted}"),
        ],
        hint: Some([
            "含逗号的文字要加引号".to_owned(),
            "put texts with commas between quotes".to_owned(),
        ]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> MemberTable {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members.csv");
        std::fs::write(&path, text).unwrap();
        read_members(&path, &MemberOptions::default()).unwrap()
    }

    #[test]
    fn every_fault_has_its_row_column_value_and_rule() {
        let found = of("编码,名称,上级,生效日期,容量,备注\n\
                        S1,人民路店,east,2026-01-01,120,好\n\
                        ,无码,east,2026-01-01,1,\n\
                        S2,湖滨店,east,2026-02-30,12O,\n\
                        S3,x\n");
        assert_eq!(found.count, 4);
        assert_eq!(found.ignored, ["备注"]);
        assert_eq!(found.rows.len(), 1);
        assert_eq!(
            found.rows[0].attributes,
            [("容量".into(), Some("120".into()))]
        );
        let told: Vec<String> = found
            .faults
            .iter()
            .map(|fault| {
                let column = fault.column.as_deref().unwrap_or("-");
                format!("{} {column} {} {}", fault.row, fault.value, fault.code)
            })
            .collect();
        assert_eq!(
            told,
            [
                "3 编码  code_empty",
                "4 容量 12O decimal_invalid",
                "4 生效日期 2026-02-30 date_missing",
                "5 - 2 fields_wrong"
            ]
        );
        assert!(found.faults.iter().all(|fault| fault.hint.is_some()));
    }

    #[test]
    fn a_column_that_was_named_and_is_not_there_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("members.csv");
        std::fs::write(&path, "number,title\nS1,x\n").unwrap();
        let mut options = MemberOptions::default();
        let without = read_members(&path, &options).unwrap_err();
        assert_eq!(without.code(), "column_missing");
        options.columns.insert("code".into(), "number".into());
        assert_eq!(read_members(&path, &options).unwrap().rows[0].code, "S1");
        options.columns.insert("name".into(), "titel".into());
        let near = read_members(&path, &options).unwrap_err();
        assert!(near.text(Lang::En).contains("titel"), "{near}");
    }
}
