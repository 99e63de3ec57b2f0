//! Opens a plan, whether a file or a directory that keeps its log, and computes it. The clock is read
//! here and nowhere else. Writes nothing.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use fenjie_calendar::{CalendarError, Date};
use fenjie_exchange::log::{PlanLog, load_any};
use fenjie_exchange::plan_file::{Cause, LoadedPlan};
use fenjie_message::{Lang, Message};
use fenjie_plan::{
    Basis, CalendarBasis, Finding, Margin, MarginTotals, Operation, Plan, PlanError, Refusal,
};

use crate::cli::PlanArgs;
use crate::failure::{Exit, Failure, Spot};
use crate::terminal::Terminal;

/// How many warnings are said in full.
const MOST_SAID: usize = 10;

/// A plan that was read.
pub struct Opened {
    /// Where it is.
    pub path: PathBuf,
    /// What it says.
    pub loaded: LoadedPlan,
    /// The log, where it is a directory.
    pub log: Option<PlanLog>,
}

impl Opened {
    /// Reads a plan file or directory and sets the day it is looked at from.
    ///
    /// # Errors
    /// Those of the plan file, with their place.
    pub fn read(args: &PlanArgs, terminal: &mut Terminal) -> Result<Opened, Failure> {
        let path = args.plan.clone();
        let as_of = args.as_of.as_deref().map(date).transpose()?;
        let open = load_any(&path)
            .map_err(|error| Failure::from(error).with_file(|file| beside(&path, file)))?;
        let (mut loaded, log) = (open.plan, open.log);
        let today = as_of.or(loaded.definition.today);
        loaded.definition.today = Some(today.unwrap_or_else(|| jiff::Zoned::now().date()));
        let unknown = workdays_unknown(&loaded);
        loaded
            .notes
            .extend(unknown.map(|note| Arc::new(note) as Cause));
        for note in loaded.notes.iter().take(MOST_SAID) {
            terminal.warn(&**note, None);
        }
        say_rest(loaded.notes.len(), terminal);
        Ok(Opened { path, loaded, log })
    }

    /// Computes the plan and says what it warns of.
    ///
    /// # Errors
    /// The operation that cannot be carried out, with its place.
    pub fn plan(&self, terminal: &mut Terminal) -> Result<Plan, Failure> {
        let definition = self.loaded.definition.clone();
        let plan = Plan::replay(definition, &self.loaded.operations)
            .map_err(|refusal| self.refused(refusal))?;
        self.say_findings(plan.findings(), terminal);
        Ok(plan)
    }

    /// A refusal with the place of its operation.
    pub fn refused(&self, refusal: Refusal) -> Failure {
        let spot = self.spot(refusal.operation);
        Failure::from(refusal).at(spot)
    }

    /// Where an operation stands, counted from 1.
    pub fn spot(&self, operation: usize) -> Option<Spot> {
        let origin = self.loaded.origins.get(operation.checked_sub(1)?)?;
        let place = origin.place.as_ref()?;
        Some(Spot {
            file: beside(&self.path, &place.file),
            line: Some(place.line),
            column: Some(place.column.to_string()),
            sheet: None,
        })
    }

    /// Says the first findings and how many there are.
    pub fn say_findings(&self, findings: &[Finding], terminal: &mut Terminal) {
        for finding in findings.iter().take(MOST_SAID) {
            terminal.warn(finding, self.spot(finding.operation).as_ref());
        }
        say_rest(findings.len(), terminal);
    }
}

/// The file of that name in the plan's folder, as it can be opened from here.
fn beside(plan: &Path, file: &str) -> String {
    if plan.is_dir() {
        return plan.join(file).display().to_string();
    }
    match plan.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.join(file).display().to_string(),
        _ => file.to_owned(),
    }
}

/// Years whose workdays an operation asks for and no table knows (rule C4), unless the plan file said
/// so already.
fn workdays_unknown(loaded: &LoadedPlan) -> Option<CalendarError> {
    let definition = &loaded.definition;
    let years = definition
        .calendar
        .holidays
        .unknown_years(definition.period);
    let doubt = CalendarError::HolidaysUnknownYear {
        years: years.clone(),
    };
    let is_said = loaded.notes.iter().any(|note| note.code() == doubt.code());
    let asks = |operation: &Operation| match operation {
        Operation::Decompose(act) => counts_workdays(&act.basis),
        Operation::Fit { margins, prior, .. } => {
            let by = |margin: &Margin| match &margin.totals {
                MarginTotals::By(basis) => counts_workdays(basis),
                _ => false,
            };
            counts_workdays(prior) || margins.iter().any(by)
        }
        _ => false,
    };
    let is_asked = !years.is_empty() && !is_said && loaded.operations.iter().any(asks);
    is_asked.then_some(doubt)
}

fn counts_workdays(basis: &Basis) -> bool {
    match basis {
        Basis::Calendar(days) => *days == CalendarBasis::Workdays,
        Basis::Growth { base, .. } => counts_workdays(base),
        Basis::Amounts { rest, .. } => counts_workdays(rest),
        Basis::Mix(parts) => parts.iter().any(|(_, basis)| counts_workdays(basis)),
        _ => false,
    }
}

fn say_rest(count: usize, terminal: &mut Terminal) {
    if count > MOST_SAID {
        let rest = count - MOST_SAID;
        terminal.say(match terminal.lang {
            Lang::Zh => format!("还有 {rest} 条没有列出，共 {count} 条"),
            Lang::En => format!("and {rest} more, {count} in all"),
        });
    }
}

/// A day as the command line writes it.
///
/// # Errors
/// Days that no calendar has.
pub fn date(text: &str) -> Result<Date, Failure> {
    let range = fenjie_calendar::DateRange::parse(text)?;
    match range.days() {
        1 => Ok(range.start),
        _ => Err(Failure::new(
            NotOneDay {
                text: text.to_owned(),
            },
            Exit::Usage,
        )),
    }
}

/// The index of a measure by code or name; the first flow where none is asked for.
///
/// # Errors
/// A measure that the plan does not have, with those it has.
pub fn measure(plan: &Plan, asked: Option<&str>) -> Result<usize, Failure> {
    let measures = &plan.model().definition().measures;
    let found = match asked {
        None => measures.iter().position(|measure| measure.is_flow()),
        Some(name) => measures
            .iter()
            .position(|measure| measure.code == name || measure.name == name),
    };
    let known = || {
        measures
            .iter()
            .map(|measure| measure.code.clone())
            .collect()
    };
    let measure = asked.unwrap_or_default().to_owned();
    found.ok_or_else(|| {
        PlanError::MeasureUnknown {
            measure,
            known: known(),
        }
        .into()
    })
}

#[derive(Debug)]
struct NotOneDay {
    text: String,
}

impl Message for NotOneDay {
    fn code(&self) -> &'static str {
        "date_expected"
    }

    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("`{}` 不是一天", self.text),
            Lang::En => format!("`{}` is not one day", self.text),
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        Some(
            lang.pick("日期写成 2026-03-06", "write days as 2026-03-06")
                .into(),
        )
    }
}
