//! Actual sales of a plan: those imported into its directory, or files read for this run. Decides
//! nothing about targets.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use fenjie_calendar::Date;
use fenjie_facts::import::{ImportOptions, Mapping, read};
use fenjie_facts::{FactsError, LineFilter, SalesLines, Store, actuals_of};
use fenjie_message::{Lang, Message};
use fenjie_plan::Plan;
use fenjie_track::{ActualRequest, Actuals, UNASSIGNED};

use crate::failure::{Exit, Failure};
use crate::import::Round;
use crate::open::Opened;
use crate::terminal::Terminal;

/// Where actual sales come from.
#[derive(Args, Clone, Debug)]
pub struct ActualArgs {
    /// Sales files to use instead of what was imported; may be repeated
    /// [default: what was imported into the plan directory]
    #[arg(long, value_name = "FILE")]
    pub actuals: Vec<PathBuf>,
    /// Which column of those files is what: 'date=Order Date, amount=Sales'
    #[arg(long, value_name = "COLUMNS", requires = "actuals")]
    pub map: Option<String>,
    /// Round amounts of those files that are finer than the step: half_up, half_even
    /// [default: refused]
    #[arg(long, value_name = "RULE", requires = "actuals")]
    pub round: Option<Round>,
}

/// Sales that can be added up.
pub enum Sales {
    /// Imported ones.
    Store(Box<Store>),
    /// Files of this run.
    Files(Vec<SalesLines>),
}

impl Sales {
    /// Opens the facts of a plan directory, or reads the files.
    ///
    /// # Errors
    /// A plan file without `--actuals`, a directory without imports, and what the files are refused
    /// for.
    pub fn open(
        args: &ActualArgs,
        opened: &Opened,
        terminal: &mut Terminal,
    ) -> Result<Sales, Failure> {
        if !args.actuals.is_empty() {
            return files(args, opened, terminal);
        }
        let path = opened.path.display().to_string();
        if opened.log.is_none() {
            return Err(Failure::new(NoDirectory { path }, Exit::Refused));
        }
        let store = Store::open(&opened.path)?;
        if !store.imports().iter().any(|import| import.in_effect) {
            return Err(Failure::new(NoSales { path }, Exit::Refused));
        }
        Ok(Sales::Store(Box::new(store)))
    }

    /// Adds up (rule T3).
    ///
    /// # Errors
    /// Those of [`Store::actuals`].
    pub fn add_up(&self, plan: &Plan, request: &ActualRequest) -> Result<Actuals, FactsError> {
        match self {
            Sales::Store(store) => store.actuals(plan, request),
            Sales::Files(files) => {
                let mut parts = Vec::new();
                for lines in files {
                    parts.push(actuals_of(lines, plan, request)?);
                }
                Ok(together(parts, request))
            }
        }
    }
}

/// A sales line of one day, for one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DayLine {
    /// Minutes since midnight, where the line says.
    pub minute: Option<u16>,
    /// In steps.
    pub amount: i64,
    /// Its node on the axis asked for, or [`UNASSIGNED`].
    pub node: u32,
}

impl Sales {
    /// The lines of some members on a day, with their nodes on an axis.
    ///
    /// # Errors
    /// Those of [`Store::lines`].
    pub fn day_lines(
        &self,
        plan: &Plan,
        (measure, axis): (usize, usize),
        members: &[u32],
        day_node: u32,
        day: Date,
    ) -> Result<Vec<DayLine>, FactsError> {
        match self {
            Sales::Store(store) => {
                let filter = LineFilter {
                    within: members.to_vec(),
                    periods: vec![day_node],
                    until: Some(day),
                };
                let found = store.lines(plan, &filter, usize::MAX)?;
                let tree = &plan.model().axes()[axis].tree;
                let lines = found.lines.into_iter().filter_map(|line| {
                    let amount = line.values.get(measure).copied().flatten()?;
                    let code = line.members.get(axis).map_or("", String::as_str);
                    Some(DayLine {
                        minute: line.minute,
                        amount,
                        node: tree.find(code).unwrap_or(UNASSIGNED),
                    })
                });
                Ok(lines.collect())
            }
            Sales::Files(files) => {
                let of = |lines| lines_of_day(lines, plan, (measure, axis), members, day);
                Ok(files.iter().flat_map(of).collect())
            }
        }
    }
}

/// The lines of some members on a day, of a file.
fn lines_of_day(
    lines: &SalesLines,
    plan: &Plan,
    (measure, axis): (usize, usize),
    members: &[u32],
    day: Date,
) -> Vec<DayLine> {
    let model = plan.model();
    let code = &model.definition().measures[measure].code;
    let Some(amounts) = lines
        .amounts
        .iter()
        .find(|amounts| amounts.measure == *code)
    else {
        return Vec::new();
    };
    let epoch = Date::constant(1970, 1, 1);
    let number = (day.duration_since(epoch).as_hours() / 24) as i32;
    // For each dimension looked into, which of its texts count.
    let counting: Vec<Option<Vec<bool>>> = (members.iter().enumerate())
        .map(|(axis, node)| {
            let tree = &model.axes()[axis].tree;
            let counts = |text: &String| {
                tree.find(text)
                    .is_ok_and(|found| tree.contains(*node, found))
            };
            let texts = lines.members.get(axis)?;
            (*node != 0).then(|| texts.dictionary.iter().map(counts).collect())
        })
        .collect();
    let counts = |row: usize| {
        let axes = counting.iter().enumerate();
        lines.dates[row] == number
            && axes
                .flat_map(|(axis, known)| known.as_ref().map(|known| (axis, known)))
                .all(|(axis, known)| known[lines.members[axis].codes[row] as usize])
    };
    let texts = lines.members.get(axis);
    let tree = &model.axes()[axis].tree;
    let of = |text: &String| tree.find(text).unwrap_or(UNASSIGNED);
    let nodes: Vec<u32> = texts.map_or(Vec::new(), |texts| {
        texts.dictionary.iter().map(of).collect()
    });
    let node = |row: usize| texts.map_or(UNASSIGNED, |texts| nodes[texts.codes[row] as usize]);
    let has_value = |row: usize| amounts.present.get(row).copied().unwrap_or(true);
    (0..lines.dates.len())
        .filter(|row| counts(*row) && has_value(*row))
        .map(|row| DayLine {
            minute: lines
                .minutes
                .get(row)
                .and_then(|minute| u16::try_from(*minute).ok()),
            amount: amounts.values[row],
            node: node(row),
        })
        .collect()
}

/// Reads the files as an import would, strictly.
fn files(args: &ActualArgs, opened: &Opened, terminal: &mut Terminal) -> Result<Sales, Failure> {
    let definition = &opened.loaded.definition;
    let mut files = Vec::new();
    for path in &args.actuals {
        let options = ImportOptions {
            round: args.round.map(Round::rounding),
            zone: opened.loaded.zone.clone(),
            ..ImportOptions::default()
        };
        let mapping = match &args.map {
            Some(text) => Mapping::parse(text)?,
            None => Mapping::default(),
        };
        let imported = read(path, definition, &mapping, &options)?;
        for note in &imported.report.notes {
            terminal.warn(note, None);
        }
        files.push(imported.lines);
    }
    Ok(Sales::Files(files))
}

/// Several results as one: rows of the same members are added up.
fn together(mut parts: Vec<Actuals>, request: &ActualRequest) -> Actuals {
    if parts.len() == 1 {
        return parts.pop().expect("there is one");
    }
    let width = request.periods.len();
    let mut rows: BTreeMap<Vec<u32>, Vec<Vec<i64>>> = BTreeMap::new();
    let mut zeros: BTreeMap<Vec<u32>, Vec<(usize, usize)>> = BTreeMap::new();
    let mut whole = Actuals {
        measures: request.measures.clone(),
        periods: request.periods.clone(),
        members: vec![Vec::new(); request.depths.len()],
        values: vec![Vec::new(); request.measures.len()],
        ..Actuals::default()
    };
    for part in &parts {
        whole.lines += part.lines;
        whole.unassigned_lines += part.unassigned_lines;
        whole.outside_lines += part.outside_lines;
        whole.through = whole.through.max(part.through);
        for (measure, row, at) in &part.zeros {
            let own = zeros.entry(part.members_of(*row)).or_default();
            own.push((*measure, *at));
        }
        for row in 0..part.row_count() {
            let members = part.members.iter().map(|axis| axis[row]).collect();
            let empty = || vec![vec![0; width]; part.values.len()];
            let sums = rows.entry(members).or_insert_with(empty);
            for (sums, values) in sums.iter_mut().zip(&part.values) {
                for (sum, value) in sums.iter_mut().zip(&values[row * width..]) {
                    *sum += value;
                }
            }
        }
    }
    for (row, (members, sums)) in rows.into_iter().enumerate() {
        let taken = zeros.get(&members).into_iter().flatten();
        let taken = taken.filter(|(measure, at)| sums[*measure][*at] == 0);
        let cells = taken.map(|(measure, at)| (*measure, row, *at));
        whole.zeros.extend(cells);
        for (axis, node) in whole.members.iter_mut().zip(members) {
            axis.push(node);
        }
        for (values, sums) in whole.values.iter_mut().zip(sums) {
            values.extend(sums);
        }
    }
    whole
}

/// Says that the newest sales are older than the day looked from (rule T6).
pub fn say_late(through: Option<Date>, as_of: Date, terminal: &mut Terminal) {
    let late = match through {
        Some(day) if day < as_of => Late {
            through: day,
            as_of,
        },
        _ => return,
    };
    terminal.warn(&late, None);
}

#[derive(Debug)]
struct Late {
    through: Date,
    as_of: Date,
}

impl Message for Late {
    fn code(&self) -> &'static str {
        "sales_late"
    }

    fn text(&self, lang: Lang) -> String {
        let (through, as_of) = (self.through, self.as_of);
        match lang {
            Lang::Zh => format!("销售数据只到 {through}，看的是 {as_of}；之后几天按没有销售计算"),
            Lang::En => format!(
                "sales have arrived up to {through} only, looked at from {as_of}; the days since count \
                 as days without sales"
            ),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let through = self.through;
        Some(match lang {
            Lang::Zh => format!("导入新的销售，或用 `--as-of {through}` 从有数据的那天看"),
            Lang::En => format!("import what is missing, or look from `--as-of {through}`"),
        })
    }
}

#[derive(Debug)]
struct NoDirectory {
    path: String,
}

impl Message for NoDirectory {
    fn code(&self) -> &'static str {
        "not_a_plan_directory"
    }

    fn text(&self, lang: Lang) -> String {
        let path = &self.path;
        match lang {
            Lang::Zh => format!("`{path}` 是方案文件，不是方案目录，没有存放销售数据的地方"),
            Lang::En => format!("`{path}` is a plan file, not a plan directory that keeps sales"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let path = &self.path;
        Some(match lang {
            Lang::Zh => format!(
                "用 `fenjie init {path} DIR` 建立方案目录再 `fenjie import`，或用 `--actuals 销售.csv` 直接看"
            ),
            Lang::En => format!(
                "make one by `fenjie init {path} DIR` and `fenjie import`, or name files by \
                 `--actuals sales.csv`"
            ),
        })
    }
}

#[derive(Debug)]
struct NoSales {
    path: String,
}

impl Message for NoSales {
    fn code(&self) -> &'static str {
        "no_sales_yet"
    }

    fn text(&self, lang: Lang) -> String {
        let path = &self.path;
        match lang {
            Lang::Zh => format!("`{path}` 里还没有销售数据"),
            Lang::En => format!("`{path}` has no sales yet"),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let path = &self.path;
        Some(match lang {
            Lang::Zh => format!("用 `fenjie import {path} 销售.csv` 导入"),
            Lang::En => format!("bring them in by `fenjie import {path} sales.csv`"),
        })
    }
}
