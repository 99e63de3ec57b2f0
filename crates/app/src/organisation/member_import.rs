//! Members of a dimension from a file: all of it, or nothing where one row is at fault. Must not know
//! HTTP.

use std::collections::{BTreeMap, HashMap};

use fenjie_exchange::member_table::{
    MemberOptions, MemberTable, MemberTableRow, RowFault, read_members,
};
use fenjie_exchange::table::{Limits, ReadOptions};
use fenjie_plan::Decimal;
use fenjie_store::dimension::{DimensionRecord, MemberRecord, MemberSpan};
use fenjie_store::{DimensionId, MemberId, StoreError};
use serde_json::{Value as Json, json};

use super::members::{MOST_SPANS, check_attributes};
use super::spans::{changed, day, faults, holds};
use super::{MOST_MEMBERS, check_code, check_name, dimension, taken};
use crate::files::Received;
use crate::imports::READERS;
use crate::{AppError, Unit, Verb};

/// The most rows of a file of members.
const MOST_ROWS: u64 = 100_000;
/// The most bytes of a file of members, unpacked.
const LARGEST: u64 = 256 << 20;
/// The most changed members that an answer and an audit record tell one by one.
const MOST_TOLD: usize = 1_000;

/// A file of members that was read.
#[derive(Clone, Debug)]
pub struct MemberFile {
    /// What people call it.
    pub name: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// What it says.
    pub table: MemberTable,
}

/// What is to be done with it.
#[derive(Clone, Debug, Default)]
pub struct MembersWish {
    /// From which day on rows hold that name no first day.
    pub from: String,
    /// Whether it is only looked at.
    pub dry_run: bool,
    /// Why.
    pub why: Option<String>,
}

/// What became of a file, or would.
#[derive(Clone, Debug, Default)]
pub struct MembersTaken {
    /// How many members are new.
    pub added: usize,
    /// How many are something else on some day.
    pub changed: usize,
    /// How many the file says nothing new of.
    pub unchanged: usize,
    /// The members that are new or changed, in the order of the file; the first thousand.
    pub members: Vec<MemberTaken>,
    /// What is wrong, in the order of the file. Nothing was written where there is any.
    pub faults: Vec<RowFault>,
}

/// A member that is new or changed.
#[derive(Clone, Debug)]
pub struct MemberTaken {
    /// Its code.
    pub code: String,
    /// What it was; empty for a new one.
    pub before: Vec<MemberSpan>,
    /// What it is now.
    pub after: Vec<MemberSpan>,
}

/// How a file of members is read; what is missing is found out.
#[derive(Clone, Debug, Default)]
pub struct MemberReading {
    /// The sheet of a workbook.
    pub sheet: Option<String>,
    /// The row of the header.
    pub header_row: Option<usize>,
    /// The delimiter of a text.
    pub delimiter: Option<u8>,
    /// The encoding of a text.
    pub encoding: Option<String>,
    /// The columns of `code`, `name`, `parent`, `from`, `until`, where they have unusual names.
    pub columns: BTreeMap<String, String>,
    /// The columns that hold numbers of the members.
    pub attributes: Option<Vec<String>>,
}

impl MemberReading {
    fn options(self) -> MemberOptions {
        let limits = Limits {
            rows: MOST_ROWS,
            expanded_bytes: LARGEST,
            ..Limits::default()
        };
        MemberOptions {
            read: ReadOptions {
                sheet: self.sheet,
                header_row: self.header_row,
                delimiter: self.delimiter,
                encoding: self.encoding,
                limits,
                ..ReadOptions::default()
            },
            columns: self.columns,
            attributes: self.attributes,
        }
    }
}

/// Reads a file of members, as one of the few files that are read at once.
///
/// # Errors
/// Those of reading tables; `too_large`.
pub async fn read_member_file(
    file: Received,
    reading: MemberReading,
) -> Result<MemberFile, AppError> {
    let _permit = READERS.acquire().await.map_err(AppError::internal)?;
    let options = reading.options();
    let read = tokio::task::spawn_blocking(move || {
        let table = read_members(&file.path(), &options).map_err(AppError::refused)?;
        Ok(MemberFile {
            name: file.called.clone(),
            sha256: file.sha256.clone(),
            table,
        })
    });
    read.await.map_err(AppError::internal)?
}

/// Takes the members of a file into a dimension. Rows with a first day are the member's history from
/// the earliest of those days on; rows without hold from the day of the wish. What the file has no
/// column for stays, and so do members that it does not name.
///
/// # Errors
/// `forbidden`, `not_found`, `date_invalid`, `rows_refused`, `too_large`; what the store refuses.
pub async fn import_members(
    unit: &mut Unit,
    of: &DimensionId,
    file: &MemberFile,
    wish: &MembersWish,
) -> Result<MembersTaken, AppError> {
    unit.actor.may(Verb::ManageOrganisation)?;
    let dimension = dimension(unit, of).await?;
    day("from", &wish.from)?;
    let organisation = unit.organisation();
    let before = unit.tx.members(&organisation, of).await?;
    let found = Found::of(&dimension, before, file, wish);
    if found.members.len() > MOST_MEMBERS {
        return Err(AppError::TooLarge {
            what: "members",
            most: MOST_MEMBERS as u64,
        });
    }
    let found = found.judged(file);
    if wish.dry_run || !found.faults.is_empty() {
        let taken = found.told();
        return match wish.dry_run {
            true => Ok(taken),
            false => Err(AppError::RowsRefused {
                file: file.name.clone(),
                rows: taken.faults.into(),
            }),
        };
    }
    found.keep(unit).await?;
    let taken = found.told();
    if taken.added + taken.changed > 0 {
        let (before, after) = audit(&taken, file, wish);
        unit.record("member.import", of, before, after);
    }
    Ok(taken)
}

fn audit(taken: &MembersTaken, file: &MemberFile, wish: &MembersWish) -> (Json, Json) {
    let spans = |pick: fn(&MemberTaken) -> &Vec<MemberSpan>| {
        let each = taken.members.iter();
        let each = each.map(|member| (member.code.clone(), json!(pick(member))));
        Json::Object(each.collect())
    };
    let after = json!({ "file": file.name, "sha256": file.sha256, "added": taken.added,
        "changed": taken.changed, "why": wish.why, "members": spans(|member| &member.after) });
    (json!({ "members": spans(|member| &member.before) }), after)
}

/// The members as they would be, and what of them is new.
struct Found {
    members: Vec<MemberRecord>,
    /// What the changed ones were, by their place among `members`.
    before: BTreeMap<usize, MemberRecord>,
    /// The places of new and changed ones, in the order of the file.
    touched: Vec<usize>,
    unchanged: usize,
    faults: Vec<RowFault>,
}

impl Found {
    fn of(
        dimension: &DimensionRecord,
        members: Vec<MemberRecord>,
        file: &MemberFile,
        wish: &MembersWish,
    ) -> Found {
        let mut places: HashMap<String, usize> = members
            .iter()
            .enumerate()
            .map(|(at, member)| (member.code.clone(), at))
            .collect();
        let mut found = Found {
            members,
            before: BTreeMap::new(),
            touched: Vec::new(),
            unchanged: 0,
            faults: file.table.faults.clone(),
        };
        for rows in by_code(&file.table.rows) {
            let code = rows[0].code.as_str();
            let known = places.get(code).copied();
            let own: &[MemberSpan] = known.map_or(&[], |at| &found.members[at].spans);
            let spans = match Rows::of(&rows, &file.table, wish).on(own) {
                Ok(spans) => spans,
                Err(fault) => {
                    found.faults.push(*fault);
                    continue;
                }
            };
            match known {
                Some(at) if same(&found.members[at].spans, &spans) => found.unchanged += 1,
                Some(at) => {
                    found.before.insert(at, found.members[at].clone());
                    found.members[at].spans = spans;
                    found.touched.push(at);
                }
                None => {
                    places.insert(code.to_owned(), found.members.len());
                    found.touched.push(found.members.len());
                    found.members.push(MemberRecord {
                        id: MemberId::of(0),
                        organisation: dimension.organisation.clone(),
                        dimension: dimension.id.clone(),
                        code: code.to_owned(),
                        spans,
                        revision: 1,
                        updated_at: dimension.updated_at,
                    });
                }
            }
        }
        found
    }

    /// The same with what does not stand as a tree. A row that could not be read is a fault already;
    /// what hangs on it is not told as well.
    fn judged(mut self, file: &MemberFile) -> Found {
        if self.faults.is_empty() {
            let mut rows: HashMap<&str, Vec<&MemberTableRow>> = HashMap::new();
            for row in &file.table.rows {
                rows.entry(&row.code).or_default().push(row);
            }
            let told = faults(&self.members).into_iter().map(|fault| {
                let own = rows.get(fault.member.code.as_str());
                let own = own.and_then(|own| row_of(own, &fault.span.valid_from));
                // Of who is not in the file the row of whom they were below.
                let above = fault.span.parent.as_deref().unwrap_or_default();
                let above = || rows.get(above).and_then(|rows| rows.last().copied());
                let (row, role) = match (own, above()) {
                    (Some(own), _) => (own.row, fault.error.field().unwrap_or("code")),
                    (None, Some(above)) => (above.row, "until"),
                    (None, None) => (0, "code"),
                };
                let role = role.strip_prefix("valid_").map_or(role, |end| match end {
                    "to" => "until",
                    _ => "from",
                });
                let value = match (role, own) {
                    ("parent", _) => fault.span.parent.clone(),
                    ("until", Some(_)) => fault.span.valid_to.clone(),
                    ("until", None) => {
                        let last = above().and_then(|row| row.until);
                        last.map(|last| last.to_string())
                    }
                    _ => Some(fault.member.code.clone()),
                };
                let value = value.unwrap_or_default();
                RowFault::of(row, file.table.column(role), &value, &fault.error).or_hint(
                    "改正上级或日期；上级须在这些日子都在",
                    "mend the parent or the days: the parent is to be there on all of them",
                )
            });
            self.faults = told.collect();
        }
        self.faults.sort_by_key(|fault| fault.row);
        self
    }

    async fn keep(&self, unit: &mut Unit) -> Result<(), AppError> {
        for &at in &self.touched {
            let mut member = self.members[at].clone();
            member.updated_at = unit.now;
            match self.before.get(&at) {
                Some(before) => {
                    member.revision = before.revision + 1;
                    if !unit.tx.update_member(&member, before.revision).await? {
                        return Err(StoreError::Busy.into());
                    }
                }
                None => {
                    member.id = MemberId::of(unit.app.bits());
                    let added = unit.tx.add_member(&member).await;
                    added.map_err(|error| taken(error, &member.code))?;
                }
            }
        }
        Ok(())
    }

    fn told(&self) -> MembersTaken {
        let told = self.touched.iter().take(MOST_TOLD).map(|at| MemberTaken {
            code: self.members[*at].code.clone(),
            before: self
                .before
                .get(at)
                .map_or(Vec::new(), |own| own.spans.clone()),
            after: self.members[*at].spans.clone(),
        });
        MembersTaken {
            added: self.touched.len() - self.before.len(),
            changed: self.before.len(),
            unchanged: self.unchanged,
            members: told.collect(),
            faults: self.faults.clone(),
        }
    }
}

/// The row that says what a member is from a day on; else its first.
fn row_of<'r>(rows: &[&'r MemberTableRow], from: &str) -> Option<&'r MemberTableRow> {
    let begins = |row: &&&MemberTableRow| row.from.is_some_and(|own| own.to_string() == from);
    rows.iter().find(begins).or(rows.first()).copied()
}

/// The rows of each member, in the order of the first of each.
fn by_code(rows: &[MemberTableRow]) -> Vec<Vec<&MemberTableRow>> {
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut found: Vec<Vec<&MemberTableRow>> = Vec::new();
    for row in rows {
        let next = found.len();
        let at = *places.entry(row.code.as_str()).or_insert(next);
        match found.get_mut(at) {
            Some(own) => own.push(row),
            None => found.push(vec![row]),
        }
    }
    found
}

/// The rows of one member, oldest first.
struct Rows<'a> {
    rows: Vec<(String, &'a MemberTableRow)>,
    is_dated: bool,
    table: &'a MemberTable,
}

impl<'a> Rows<'a> {
    fn of(rows: &[&'a MemberTableRow], table: &'a MemberTable, wish: &MembersWish) -> Rows<'a> {
        let dated = rows.iter().map(|row| {
            let from = row.from.map_or(wish.from.clone(), |day| day.to_string());
            (from, *row)
        });
        let mut dated: Vec<_> = dated.collect();
        dated.sort_by(|one, other| one.0.cmp(&other.0));
        Rows {
            is_dated: rows.iter().any(|row| row.from.is_some()),
            rows: dated,
            table,
        }
    }

    fn fault(&self, row: &MemberTableRow, error: &AppError) -> Box<RowFault> {
        let field = error.field().unwrap_or("code");
        let (role, value) = match field {
            "valid_to" => ("until", row.until.map(|day| day.to_string())),
            "valid_from" => ("from", row.from.map(|day| day.to_string())),
            "name" => ("name", row.name.clone()),
            field => match field.strip_prefix("attributes.") {
                Some(name) => {
                    let own = row.attributes.iter().find(|(own, _)| own == name);
                    (name, own.and_then(|(_, value)| value.clone()))
                }
                None => ("code", Some(row.code.clone())),
            },
        };
        let fault = RowFault::of(
            row.row,
            self.table.column(role),
            &value.unwrap_or_default(),
            error,
        );
        Box::new(fault.or_hint("改正这一格后重试", "mend the cell and try again"))
    }

    /// The member's spans, where it has been what `own` says so far.
    fn on(&self, own: &[MemberSpan]) -> Result<Vec<MemberSpan>, Box<RowFault>> {
        let mut spans = own.to_vec();
        for (at, (from, row)) in self.rows.iter().enumerate() {
            let refused = |error: AppError| self.fault(row, &error);
            check_code("code", &row.code).map_err(refused)?;
            let next = self.rows.get(at + 1).map(|(next, _)| next);
            let last = row.until.map(|day| day.to_string());
            if next.is_some_and(|next| next == from || last.is_some_and(|last| last >= *next)) {
                return Err(Box::new(self.overlap(row, from)));
            }
            let kept = spans.iter().rev().find(|span| span.valid_from <= *from);
            let wanted = wanted(row, from, kept.or(spans.first()));
            check_name("name", &wanted.name).map_err(refused)?;
            check_attributes(&wanted.attributes).map_err(refused)?;
            // A row without a day that says what is so already leaves what is planned for later.
            let now = spans.iter().find(|span| holds(span, from));
            let says_nothing = now.is_some_and(|now| {
                same_content(now, &wanted)
                    && (row.until.is_none() || now.valid_to == wanted.valid_to)
            });
            if !self.is_dated && says_nothing {
                continue;
            }
            spans = changed(&spans, wanted);
        }
        if spans.len() > MOST_SPANS {
            let last = self.rows.last().map(|(_, row)| *row);
            let error = AppError::invalid(
                "code",
                "changed_too_often",
                format!("一个成员至多变动 {MOST_SPANS} 次"),
                format!("a member changes {MOST_SPANS} times at most"),
            );
            return Err(self.fault(last.unwrap_or(self.rows[0].1), &error));
        }
        Ok(spans)
    }

    fn overlap(&self, row: &MemberTableRow, from: &str) -> RowFault {
        let error = AppError::invalid(
            "valid_from",
            "days_overlap",
            format!("`{}` 从 {from} 起的一行与下一行的日子重叠", row.code),
            format!(
                "the row of `{}` from {from} on overlaps the next one",
                row.code
            ),
        );
        let column = self.table.column("from").or(self.table.column("code"));
        RowFault::of(row.row, column, from, &error).or_hint(
            "同一成员的各行起止日不能重叠，起始日不能相同",
            "rows of one member neither overlap nor begin on the same day",
        )
    }
}

/// What a row says, with what it does not say from `kept`.
fn wanted(row: &MemberTableRow, from: &str, kept: Option<&MemberSpan>) -> MemberSpan {
    let said = row.name.clone().filter(|name| !name.is_empty());
    let name = said.or_else(|| kept.map(|kept| kept.name.clone()));
    let mut attributes = kept.map_or(BTreeMap::new(), |kept| kept.attributes.clone());
    for (name, value) in &row.attributes {
        match value {
            Some(value) => attributes.insert(name.clone(), value.clone()),
            None => attributes.remove(name),
        };
    }
    MemberSpan {
        valid_from: from.to_owned(),
        valid_to: row.until.map(|day| day.to_string()),
        name: name.unwrap_or_else(|| row.code.clone()),
        parent: match &row.parent {
            Some(parent) => Some(parent.clone()).filter(|parent| !parent.is_empty()),
            None => kept.and_then(|kept| kept.parent.clone()),
        },
        attributes,
    }
}

/// Whether two say the same apart from their days; `120` and `120.0` are one number.
fn same_content(one: &MemberSpan, other: &MemberSpan) -> bool {
    let numbers = |span: &MemberSpan| -> Vec<(String, Option<Decimal>)> {
        let each = span.attributes.iter();
        each.map(|(name, value)| (name.clone(), Decimal::parse(value).ok()))
            .collect()
    };
    one.name == other.name && one.parent == other.parent && numbers(one) == numbers(other)
}

fn same(one: &[MemberSpan], other: &[MemberSpan]) -> bool {
    let days = |spans: &[MemberSpan]| -> Vec<(String, Option<String>)> {
        let each = spans.iter();
        each.map(|span| (span.valid_from.clone(), span.valid_to.clone()))
            .collect()
    };
    let mut pairs = one.iter().zip(other);
    days(one) == days(other) && pairs.all(|(one, other)| same_content(one, other))
}
