//! The rows of a file: every entry read once, every fault found, before any line is made. Knows no
//! file format.

use fenjie_calendar::BusinessZone;
use fenjie_exchange::table::{Column, Table};
use fenjie_plan::Definition;

use super::amounts::{Amounts, read_amounts};
use super::credits::{Credits, read_credits};
use super::dates::{Day, read_days, read_minutes};
use super::faults::Faults;
use super::members::{MemberColumn, Members, constant, is_fit, nobody, read_members};
use super::names::first_people;
use super::reading::Understood;
use super::{ImportError, ImportNote, ImportReport, Role, RowFault, repeats};

/// A measure's column.
pub(super) struct MeasureColumn {
    pub measure: usize,
    pub column: usize,
    pub amounts: Amounts,
}

/// All rows of a file with their values and faults.
pub(super) struct Rows {
    pub table: Table,
    pub report: ImportReport,
    pub days: Vec<Day>,
    pub date_column: usize,
    pub minutes: Option<(usize, Vec<i16>)>,
    pub members: Vec<Members>,
    pub measures: Vec<MeasureColumn>,
    pub external: Option<usize>,
    pub customer: Option<usize>,
    pub credits: Option<(usize, Credits)>,
    pub faults: Faults,
    /// Rows that repeat another.
    pub repeated: Vec<usize>,
}

impl Rows {
    pub fn read(
        understood: Understood,
        definition: &Definition,
        zone: Option<&BusinessZone>,
    ) -> Result<Rows, ImportError> {
        let Understood {
            table,
            columns,
            mut notes,
            options,
            constants,
        } = understood;
        let roles: Vec<Role> = columns.used.iter().map(|column| column.role).collect();
        let powers: Vec<u32> = columns.used.iter().map(|column| column.power).collect();
        let find = |role: Role| roles.iter().position(|other| *other == role);
        let mut faults = Faults::new(&table);
        let date_column = find(Role::Date).expect("a file without days is refused before");
        let dates = &table.columns[date_column];
        let (days, wrong) = read_days(dates, options.date_order, zone, &mut notes);
        faults.of_entries(dates.codes(), wrong, date_column);
        note_offsets(dates, &days, &mut notes);
        let minutes = find(Role::Time).map(|at| {
            let (minutes, wrong) = read_minutes(&table.columns[at]);
            faults.of_entries(table.columns[at].codes(), wrong, at);
            (at, minutes)
        });
        let members = members(
            &table,
            &roles,
            definition,
            options.strict,
            &constants,
            &mut faults,
        );
        let mut measures = Vec::new();
        for (at, role) in roles.iter().enumerate() {
            let Role::Measure(measure) = *role else {
                continue;
            };
            let step = definition.measures[measure].step;
            let column = &table.columns[at];
            let mut amounts = read_amounts(column, step, powers[at], options.round);
            faults.of_entries(column.codes(), std::mem::take(&mut amounts.faults), at);
            measures.push(MeasureColumn {
                measure,
                column: at,
                amounts,
            });
        }
        no_amount(&table, &measures, &mut faults);
        let (external, customer) = (find(Role::ExternalId), find(Role::Customer));
        check_texts(&table, [external, customer], &mut faults);
        let credits = find(Role::Credit)
            .filter(|_| !definition.dimensions.is_empty())
            .map(|at| {
                let tree = &definition.dimensions[first_people(definition)].tree;
                let mut credits = read_credits(&table.columns[at], tree);
                let wrong = std::mem::take(&mut credits.faults);
                faults.of_entries(table.columns[at].codes(), wrong, at);
                (at, credits)
            });
        let report = ImportReport::of(&table, columns, notes, &options);
        let mut rows = Rows {
            table,
            report,
            days,
            date_column,
            minutes,
            members,
            measures,
            external,
            customer,
            credits,
            faults,
            repeated: Vec::new(),
        };
        rows.find_repeats();
        Ok(rows)
    }

    fn find_repeats(&mut self) {
        let Some(external) = self.external else {
            return;
        };
        let column = &self.table.columns[external];
        let found = {
            let id = |row: usize| {
                if self.faults.is_bad(row) {
                    ""
                } else {
                    column.cell(row).text
                }
            };
            repeats::find(self.table.rows, id, |one, other| self.same(one, other))
        };
        for (row, other) in found.clashing {
            let fault = RowFault::IdTwice {
                other: self.table.line(other),
            };
            self.faults.of_row(row, fault, Some(external));
        }
        self.repeated = found.same;
    }

    /// Whether two rows say the same.
    fn same(&self, one: usize, other: usize) -> bool {
        let day =
            |row: usize| self.days[self.table.columns[self.date_column].codes()[row] as usize];
        let text = |at: Option<usize>, row: usize| at.map(|at| self.table.cell(row, at).text);
        let minute = |row: usize| self.minute(row);
        day(one).number == day(other).number
            && minute(one) == minute(other)
            && self
                .members
                .iter()
                .all(|members| members.codes[one] == members.codes[other])
            && self
                .measures
                .iter()
                .all(|measure| measure.value(&self.table, one) == measure.value(&self.table, other))
            && text(self.customer, one) == text(self.customer, other)
            && text(self.credits.as_ref().map(|(at, _)| *at), one)
                == text(self.credits.as_ref().map(|(at, _)| *at), other)
    }

    /// A row's minutes since midnight, -1 for none.
    pub fn minute(&self, row: usize) -> i16 {
        let own = self.days[self.table.columns[self.date_column].codes()[row] as usize].minute;
        match &self.minutes {
            Some((at, minutes)) => match minutes[self.table.columns[*at].codes()[row] as usize] {
                -1 => own,
                minute => minute,
            },
            None => own,
        }
    }
}

impl MeasureColumn {
    /// The value of a row, where it has one.
    pub fn value(&self, table: &Table, row: usize) -> Option<i64> {
        let code = table.columns[self.column].codes()[row] as usize;
        self.amounts.present[code].then(|| self.amounts.values[code])
    }
}

/// Says how many rows have an offset that nobody turned into a business time zone.
fn note_offsets(column: &Column, days: &[Day], notes: &mut Vec<ImportNote>) {
    if days.iter().any(|day| day.offset_as_written) {
        let rows = column
            .codes()
            .iter()
            .filter(|&&code| days[code as usize].offset_as_written);
        notes.push(ImportNote::OffsetsAsWritten {
            column: column.name.clone(),
            rows: rows.count(),
        });
    }
}

fn members(
    table: &Table,
    roles: &[Role],
    definition: &Definition,
    strict: bool,
    constants: &[(usize, String)],
    faults: &mut Faults,
) -> Vec<Members> {
    let mut all = Vec::new();
    for (index, dimension) in definition.dimensions.iter().enumerate() {
        if let Some((_, code)) = constants.iter().find(|(constant, _)| *constant == index) {
            all.push(constant(code, table.rows));
            continue;
        }
        let mut columns = Vec::new();
        let mut deepest = None;
        for (at, role) in roles.iter().enumerate() {
            if let Role::Member { dimension, depth } = *role
                && dimension == index
            {
                columns.push(MemberColumn {
                    column: &table.columns[at],
                    depth,
                });
                deepest = Some(at);
            }
        }
        let Some(deepest) = deepest else {
            all.push(nobody(table.rows));
            continue;
        };
        let mut members = read_members(dimension, &columns, strict);
        if let Some((codes, wrong)) = members.faults.take() {
            faults.of_entries(&codes, wrong, deepest);
        }
        all.push(members);
    }
    all
}

/// Texts that are kept hold no control characters.
fn check_texts(table: &Table, columns: [Option<usize>; 2], faults: &mut Faults) {
    for at in columns.into_iter().flatten() {
        let column = &table.columns[at];
        let unfit = column
            .entries()
            .map(|cell| (!is_fit(cell.text)).then_some(RowFault::TextUnfit));
        faults.of_entries(column.codes(), unfit.collect(), at);
    }
}

/// Rows without any amount are refused.
fn no_amount(table: &Table, measures: &[MeasureColumn], faults: &mut Faults) {
    let every = measures
        .iter()
        .any(|measure| measure.amounts.present.iter().all(|has| *has));
    if every {
        return;
    }
    for row in 0..table.rows {
        let has = |measure: &MeasureColumn| measure.value(table, row).is_some();
        if !faults.is_bad(row) && !measures.iter().any(has) {
            let column = measures.first().map(|measure| measure.column);
            faults.of_row(row, RowFault::AmountMissing, column);
        }
    }
}
