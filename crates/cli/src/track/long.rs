//! Standings as a long table for machines: stable English columns, amounts exact, shares as decimals
//! with six digits. CSV, JSON, JSON lines, Parquet. Decides no figure.

use std::borrow::Cow;
use std::io::Write;
use std::path::Path;

use fenjie_calendar::Date;
use fenjie_exchange::write::{AtomicFile, RowColumn, push_csv_text, write_parquet_rows};
use fenjie_money::Step;
use fenjie_plan::Axis;
use fenjie_track::{Line, Ratio, Standing, UNASSIGNED};
use serde_json::{Map, Value};

use super::report::Report;
use super::{Extras, Format};
use crate::failure::Failure;

/// When so much has gathered it is handed on.
const FLUSH_BYTES: usize = 1 << 18;
/// Digits behind the point of shares.
const DIGITS: u32 = 6;

/// One value of a row, where there is one.
#[derive(Clone, Debug)]
pub enum Field<'r> {
    /// Codes and names.
    Text(Option<Cow<'r, str>>),
    /// Steps.
    Amount(Step, Option<i64>),
    /// Millionths.
    Share(Option<i64>),
    /// A date.
    Day(Date),
    /// Counts.
    Count(Option<u64>),
    /// Yes or no.
    Is(bool),
}

/// Names and values of a row.
pub type Row<'r> = Vec<(Cow<'r, str>, Field<'r>)>;

/// Writes every standing and says how many.
///
/// # Errors
/// Output that cannot be written.
pub fn write(
    report: &Report<'_>,
    extras: &Extras,
    path: &Path,
    format: Format,
) -> Result<u64, Failure> {
    let columns = Columns::of(report);
    let file = AtomicFile::create(path)?;
    if format == Format::Parquet {
        let rows: Vec<Row<'_>> = rows_of(report, extras, &columns).collect();
        write_parquet_rows(file, by_column(&rows))?;
        return Ok(rows.len() as u64);
    }
    let mut out = Out {
        path,
        has_mark: format != Format::Jsonl && format != Format::Json && !file.is_stdout(),
        file,
        bytes: Vec::new(),
        rows: 0,
    };
    if format == Format::Json {
        let mut head = super::head::json(report);
        for (name, rows) in extras.tables(report.plan, report.asked.measure) {
            let rows = rows.iter().map(|row| Value::Object(object(row)));
            head[name] = rows.collect();
        }
        let text = format!("{head:#}");
        let open = text.strip_suffix("\n}").unwrap_or(&text);
        out.bytes.extend_from_slice(open.as_bytes());
        out.bytes.extend_from_slice(b",\n  \"rows\": [");
    }
    let rows: Box<dyn Iterator<Item = Row<'_>>> = match format {
        Format::Json => Box::new(report.standings().map(|standing| columns.row(standing))),
        _ => rows_of(report, extras, &columns),
    };
    for row in rows {
        match format {
            Format::Json => out.in_array(&row),
            Format::Jsonl => out.line(&row),
            Format::Csv | Format::Table | Format::Parquet => out.comma(&row),
        }
        out.rows += 1;
        if out.bytes.len() >= FLUSH_BYTES {
            out.hand_on()?;
        }
    }
    if format == Format::Json {
        out.bytes.extend_from_slice(b"\n  ]\n}\n");
    }
    out.hand_on()?;
    out.file.commit()?;
    Ok(out.rows)
}

/// The rows of one table: the one that is asked for beside the standings, else those.
fn rows_of<'r>(
    report: &'r Report<'_>,
    extras: &Extras,
    columns: &'r Columns<'_>,
) -> Box<dyn Iterator<Item = Row<'r>> + 'r> {
    let mut tables = extras.tables(report.plan, report.asked.measure);
    match tables.pop().filter(|(name, _)| *name != "stated") {
        Some((_, rows)) => Box::new(rows.into_iter()),
        None => Box::new(report.standings().map(|standing| columns.row(standing))),
    }
}

/// Rows as columns; every row has the same names and kinds.
fn by_column(rows: &[Row<'_>]) -> Vec<(String, RowColumn)> {
    let Some(first) = rows.first() else {
        return vec![("period".to_owned(), RowColumn::Texts(Vec::new()))];
    };
    let column = |at: usize| {
        let fields = rows.iter().map(|row| &row[at].1);
        macro_rules! all {
            ($kind:pat => $value:expr) => {
                fields
                    .map(|field| match field {
                        $kind => $value,
                        _ => unreachable!("a column is of one kind"),
                    })
                    .collect()
            };
        }
        match &first[at].1 {
            Field::Text(_) => {
                RowColumn::Texts(all!(Field::Text(text) => text.as_deref().map(str::to_owned)))
            }
            Field::Amount(step, _) => {
                RowColumn::Amounts(*step, all!(Field::Amount(_, count) => *count))
            }
            Field::Share(_) => RowColumn::Shares(all!(Field::Share(share) => *share)),
            Field::Day(_) => RowColumn::Days(all!(Field::Day(day) => Some(*day))),
            Field::Count(_) => {
                RowColumn::Counts(all!(Field::Count(count) => count.map(|count| count as i64)))
            }
            Field::Is(_) => RowColumn::Flags(all!(Field::Is(is) => Some(*is))),
        }
    };
    let names = first.iter().enumerate();
    names
        .map(|(at, (name, _))| (name.to_string(), column(at)))
        .collect()
}

struct Out<'p> {
    path: &'p Path,
    file: AtomicFile,
    /// Whether a byte order mark goes first, for spreadsheet programs.
    has_mark: bool,
    bytes: Vec<u8>,
    rows: u64,
}

impl Out<'_> {
    fn comma(&mut self, row: &Row<'_>) {
        if self.rows == 0 {
            if self.has_mark {
                self.bytes.extend_from_slice(b"\xef\xbb\xbf");
            }
            for (at, (name, _)) in row.iter().enumerate() {
                self.separate(at);
                push_csv_text(name, &mut self.bytes);
            }
            self.bytes.push(b'\n');
        }
        let mut figure = String::new();
        for (at, (_, field)) in row.iter().enumerate() {
            self.separate(at);
            match field {
                // A negative figure is no formula.
                Field::Text(Some(text)) if text.parse::<f64>().is_err() => {
                    push_csv_text(text, &mut self.bytes);
                }
                field => {
                    figure.clear();
                    field.write(&mut figure);
                    self.bytes.extend_from_slice(figure.as_bytes());
                }
            }
        }
        self.bytes.push(b'\n');
    }

    fn separate(&mut self, at: usize) {
        if at > 0 {
            self.bytes.push(b',');
        }
    }

    fn in_array(&mut self, row: &Row<'_>) {
        let before: &[u8] = if self.rows > 0 { b",\n    " } else { b"\n    " };
        self.bytes.extend_from_slice(before);
        self.object(row);
    }

    fn line(&mut self, row: &Row<'_>) {
        self.object(row);
        self.bytes.push(b'\n');
    }

    fn object(&mut self, row: &Row<'_>) {
        let text = Value::Object(object(row)).to_string();
        self.bytes.extend_from_slice(text.as_bytes());
    }

    fn hand_on(&mut self) -> Result<(), Failure> {
        let written = self.file.write_all(&self.bytes);
        self.bytes.clear();
        written.map_err(|error| Failure::unwritable(self.path, &error))
    }
}

/// A row as an object.
pub fn object(row: &Row<'_>) -> Map<String, Value> {
    let values = row.iter().map(|(name, field)| {
        let value = match field {
            Field::Count(count) => (*count).into(),
            Field::Is(is) => (*is).into(),
            field => field.text().into(),
        };
        (name.to_string(), value)
    });
    values.collect()
}

impl<'r> Field<'r> {
    /// A text.
    pub fn of(text: impl Into<Cow<'r, str>>) -> Field<'r> {
        Field::Text(Some(text.into()))
    }

    /// An amount.
    pub fn amount(step: Step, count: i64) -> Field<'r> {
        Field::Amount(step, Some(count))
    }

    /// What CSV and JSON hold; nothing for a value that is not there.
    fn text(&self) -> Option<String> {
        let is_there = match self {
            Field::Text(text) => text.is_some(),
            Field::Amount(_, count) | Field::Share(count) => count.is_some(),
            Field::Count(count) => count.is_some(),
            Field::Day(_) | Field::Is(_) => true,
        };
        let mut text = String::new();
        self.write(&mut text);
        is_there.then_some(text)
    }

    fn write(&self, text: &mut String) {
        use std::fmt::Write as _;
        let written = match self {
            Field::Text(own) => {
                text.push_str(own.as_deref().unwrap_or_default());
                Ok(())
            }
            Field::Amount(step, count) => {
                if let Some(count) = count {
                    step.format_into(*count, text);
                }
                Ok(())
            }
            Field::Share(share) => share.map_or(Ok(()), |share| write_millionths(share, text)),
            Field::Day(day) => write!(text, "{day}"),
            Field::Count(count) => count.map_or(Ok(()), |count| write!(text, "{count}")),
            Field::Is(is) => write!(text, "{is}"),
        };
        written.expect("writing to a string does not fail");
    }
}

/// A share with six digits.
pub fn share<'r>(share: Option<Ratio>) -> Field<'r> {
    Field::Share(share.map(|share| share.rounded(DIGITS)))
}

fn write_millionths(share: i64, text: &mut String) -> std::fmt::Result {
    use std::fmt::Write as _;
    let (sign, count) = (if share < 0 { "-" } else { "" }, share.unsigned_abs());
    write!(text, "{sign}{}.{:06}", count / 1_000_000, count % 1_000_000)
}

/// Which columns there are.
pub struct Columns<'p> {
    axes: &'p [Axis],
    step: Step,
    /// Dimensions that tell rows apart, with the names of their columns: level, code, name.
    shown: Vec<(usize, [String; 3])>,
    /// Whether rows stand at several levels.
    has_levels: bool,
}

impl<'p> Columns<'p> {
    /// The columns of a report.
    pub fn of(report: &Report<'p>) -> Columns<'p> {
        let axes = report.plan.model().axes();
        let named = |code: &str| {
            [
                format!("{code}_level"),
                code.to_owned(),
                format!("{code}_name"),
            ]
        };
        let is_shown = |axis: &usize| report.groups.iter().any(|group| group.depths[*axis] > 0);
        Columns {
            axes,
            step: report.plan.step(report.asked.measure),
            shown: (0..axes.len() - 1)
                .filter(is_shown)
                .map(|axis| (axis, named(&axes[axis].code)))
                .collect(),
            has_levels: report.groups.len() > 1,
        }
    }

    /// A standing as a row.
    pub fn row(&self, standing: &Standing) -> Row<'_> {
        let mut row = Row::with_capacity(3 * self.shown.len() + 29);
        for (axis, names) in &self.shown {
            self.member((*axis, names), standing.members[*axis], &mut row);
        }
        let time = self.axes.last().expect("time is always there");
        let days = time.days_of(standing.period).expect("a period has days");
        let mut put = |name: &'static str, field| row.push((Cow::Borrowed(name), field));
        put("period", Field::of(time.tree.code(standing.period)));
        put("start", Field::Day(days.start));
        put("last", Field::Day(days.last()));
        let line = match standing.line {
            Line::Member => "member",
            Line::Above => "above",
            Line::Unassigned => "unassigned",
        };
        put("line", Field::of(line));
        put("closed", Field::Is(standing.closed));
        self.figures(standing, &mut put);
        row
    }

    fn member<'r>(
        &'r self,
        (axis, [levels, codes, names]): (usize, &'r [String; 3]),
        node: u32,
        row: &mut Row<'r>,
    ) {
        let axis = &self.axes[axis];
        let known = (node != UNASSIGNED).then_some(node);
        let text = |text: Option<&'r str>| Field::Text(text.map(Cow::Borrowed));
        if self.has_levels {
            let level = text(known.map(|node| axis.level_of(node)));
            row.push((Cow::Borrowed(levels), level));
        }
        let code = text(known.map(|node| axis.tree.code(node)));
        row.push((Cow::Borrowed(codes), code));
        if axis.tree.has_names() {
            let name = text(known.map(|node| axis.tree.name(node)));
            row.push((Cow::Borrowed(names), name));
        }
    }

    fn figures<'r>(&'r self, standing: &Standing, put: &mut impl FnMut(&'static str, Field<'r>)) {
        let amount = |count: i64| Field::amount(self.step, count);
        let rate = |rate: Option<Ratio>| Field::Amount(self.step, rate.map(|rate| rate.rounded(0)));
        let weight = |weight: u64| share(Ratio::new(weight.into(), 1_000_000));
        put("base", amount(standing.base));
        put("carried", amount(standing.carried));
        put("working", amount(standing.working));
        put("target", amount(standing.target));
        put("actual", amount(standing.actual));
        put("attainment", share(standing.attainment));
        put("elapsed", share(Some(standing.elapsed)));
        put("pace", share(standing.pace));
        put("expected", amount(standing.expected));
        put("gap", amount(standing.gap));
        put("gap_to_date", amount(standing.gap_to_date));
        put("run_rate", rate(standing.run_rate));
        put("required_rate", rate(standing.required_rate));
        let projected = standing.projection;
        let end = |value: Option<i64>| Field::Amount(self.step, value);
        put("projection", end(projected.map(|ends| ends.middle)));
        put("projection_low", end(projected.map(|ends| ends.low)));
        put("projection_high", end(projected.map(|ends| ends.high)));
        let days = projected.map_or(0, |ends| ends.days);
        put("projection_days", Field::Count(Some(days.into())));
        put("status", Field::of(standing.status.code()));
        put("rank", Field::Count(standing.rank.map(u64::from)));
        put("share_of_gap", share(standing.share_of_gap));
        put("weight_gone", weight(standing.weight_gone));
        put("weight_left", weight(standing.weight_left));
        put("days_gone", Field::Count(Some(standing.days_gone.into())));
        put("days_left", Field::Count(Some(standing.days_left.into())));
    }
}
