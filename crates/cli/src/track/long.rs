//! Standings as a long table for machines: stable English columns, amounts exact, shares as decimals
//! with six digits. CSV, JSON, JSON lines. Decides no figure.

use std::io::Write;
use std::path::Path;

use fenjie_exchange::write::{AtomicFile, push_csv_text};
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

/// One value of a row.
pub enum Field {
    /// Codes, amounts, shares.
    Text(String),
    /// Counts.
    Count(u64),
    /// Yes or no.
    Is(bool),
    /// There is none.
    Nothing,
}

/// Names and values of a row.
pub type Row = Vec<(String, Field)>;

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
    // Where a table is asked for that stands beside the rows, it is what CSV and lines hold.
    let asked = match format {
        Format::Json => None,
        _ => extras.tables(report.plan, report.asked.measure).pop(),
    };
    let own = asked.filter(|(name, _)| *name != "stated");
    let rows: Box<dyn Iterator<Item = Row>> = match own {
        Some((_, rows)) => Box::new(rows.into_iter()),
        None => Box::new(report.standings().map(|standing| columns.row(standing))),
    };
    for row in rows {
        match format {
            Format::Json => out.in_array(&row),
            Format::Jsonl => out.line(&row),
            Format::Csv | Format::Table => out.comma(&row),
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

struct Out<'p> {
    path: &'p Path,
    file: AtomicFile,
    /// Whether a byte order mark goes first, for spreadsheet programs.
    has_mark: bool,
    bytes: Vec<u8>,
    rows: u64,
}

impl Out<'_> {
    fn comma(&mut self, row: &Row) {
        if self.rows == 0 {
            if self.has_mark {
                self.bytes.extend_from_slice(b"\xef\xbb\xbf");
            }
            self.fields(row.iter().map(|(name, _)| name.as_str()));
        }
        let texts: Vec<String> = row.iter().map(|(_, field)| field.text()).collect();
        self.fields(texts.iter().map(String::as_str));
    }

    fn fields<'t>(&mut self, texts: impl Iterator<Item = &'t str>) {
        for (at, text) in texts.enumerate() {
            if at > 0 {
                self.bytes.push(b',');
            }
            // A negative figure is no formula.
            match text.parse::<f64>() {
                Ok(_) => self.bytes.extend_from_slice(text.as_bytes()),
                Err(_) => push_csv_text(text, &mut self.bytes),
            }
        }
        self.bytes.push(b'\n');
    }

    fn in_array(&mut self, row: &Row) {
        let before: &[u8] = if self.rows > 0 { b",\n    " } else { b"\n    " };
        self.bytes.extend_from_slice(before);
        self.object(row);
    }

    fn line(&mut self, row: &Row) {
        self.object(row);
        self.bytes.push(b'\n');
    }

    fn object(&mut self, row: &Row) {
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
pub fn object(row: &Row) -> Map<String, Value> {
    let values = row.iter().map(|(name, field)| {
        let value = match field {
            Field::Text(text) => text.clone().into(),
            Field::Count(count) => (*count).into(),
            Field::Is(is) => (*is).into(),
            Field::Nothing => Value::Null,
        };
        (name.clone(), value)
    });
    values.collect()
}

impl Field {
    fn text(&self) -> String {
        match self {
            Field::Text(text) => text.clone(),
            Field::Count(count) => count.to_string(),
            Field::Is(is) => is.to_string(),
            Field::Nothing => String::new(),
        }
    }
}

/// A share with six digits.
pub fn share(share: Option<Ratio>) -> Field {
    let shown = |share: Ratio| {
        let millionths = share.rounded(DIGITS);
        let (sign, count) = (
            if millionths < 0 { "-" } else { "" },
            millionths.unsigned_abs(),
        );
        Field::Text(format!(
            "{sign}{}.{:06}",
            count / 1_000_000,
            count % 1_000_000
        ))
    };
    share.map_or(Field::Nothing, shown)
}

/// Which columns there are.
pub struct Columns<'p> {
    axes: &'p [Axis],
    step: Step,
    /// Dimensions that tell rows apart.
    shown: Vec<usize>,
    /// Whether rows stand at several levels.
    has_levels: bool,
}

impl<'p> Columns<'p> {
    /// The columns of a report.
    pub fn of(report: &Report<'p>) -> Columns<'p> {
        let axes = report.plan.model().axes();
        let is_shown = |axis: &usize| report.groups.iter().any(|group| group.depths[*axis] > 0);
        Columns {
            axes,
            step: report.plan.step(report.asked.measure),
            shown: (0..axes.len() - 1).filter(is_shown).collect(),
            has_levels: report.groups.len() > 1,
        }
    }

    /// A standing as a row.
    pub fn row(&self, standing: &Standing) -> Row {
        let mut row = Row::new();
        for axis in &self.shown {
            self.member(*axis, standing.members[*axis], &mut row);
        }
        let time = self.axes.last().expect("time is always there");
        let days = time.days_of(standing.period).expect("a period has days");
        let mut put = |name: &str, field: Field| row.push((name.to_owned(), field));
        let text = |text: &str| Field::Text(text.to_owned());
        put("period", text(time.tree.code(standing.period)));
        put("start", Field::Text(days.start.to_string()));
        put("last", Field::Text(days.last().to_string()));
        let line = match standing.line {
            Line::Member => "member",
            Line::Above => "above",
            Line::Unassigned => "unassigned",
        };
        put("line", text(line));
        put("closed", Field::Is(standing.closed));
        self.figures(standing, &mut put);
        row
    }

    fn member(&self, axis: usize, node: u32, row: &mut Row) {
        let axis = &self.axes[axis];
        let text = |text: &str| Field::Text(text.to_owned());
        let (level, code, name) = match node {
            UNASSIGNED => (Field::Nothing, Field::Nothing, Field::Nothing),
            node => (
                text(axis.level_of(node)),
                text(axis.tree.code(node)),
                text(axis.tree.name(node)),
            ),
        };
        if self.has_levels {
            row.push((format!("{}_level", axis.code), level));
        }
        row.push((axis.code.clone(), code));
        if axis.tree.has_names() {
            row.push((format!("{}_name", axis.code), name));
        }
    }

    fn figures(&self, standing: &Standing, put: &mut impl FnMut(&str, Field)) {
        let amount = |count: i64| Field::Text(self.step.format(count));
        let rate =
            |rate: Option<Ratio>| rate.map_or(Field::Nothing, |rate| amount(rate.rounded(0)));
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
        let end = |value: Option<i64>| value.map_or(Field::Nothing, amount);
        put("projection", end(projected.map(|ends| ends.middle)));
        put("projection_low", end(projected.map(|ends| ends.low)));
        put("projection_high", end(projected.map(|ends| ends.high)));
        let days = projected.map_or(0, |ends| ends.days);
        put("projection_days", Field::Count(days.into()));
        put("status", Field::Text(standing.status.code().to_owned()));
        put(
            "rank",
            standing
                .rank
                .map_or(Field::Nothing, |rank| Field::Count(rank.into())),
        );
        put("share_of_gap", share(standing.share_of_gap));
        put("weight_gone", weight(standing.weight_gone));
        put("weight_left", weight(standing.weight_left));
        put("days_gone", Field::Count(standing.days_gone.into()));
        put("days_left", Field::Count(standing.days_left.into()));
    }
}
