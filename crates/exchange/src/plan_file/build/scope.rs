//! The names a plan defines, by which operations call axes, measures and references. An open scope
//! takes every name as it is, for logs that were written by us.

use fenjie_calendar::{DateRange, Level};
use fenjie_plan::{Definition, TIME};

use crate::plan_file::error::{Fault, Named, Refusal};
use crate::plan_file::near::nearest;
use crate::plan_file::scalar::Text;

/// What names mean.
pub(crate) enum Scope<'a> {
    /// Every name is taken as it is.
    Open,
    /// Only the definition's names are known.
    Of(&'a Definition),
}

fn unknown(what: Named, name: &Text, known: Vec<String>) -> Refusal {
    let nearest = nearest(name, &known);
    let fault = Fault::NameUnknown {
        what,
        name: name.text.clone(),
        nearest,
        known,
    };
    Refusal::at(fault, name.span)
}

impl Scope<'_> {
    /// The code of a measure; the first flow where none is named.
    pub(crate) fn measure(&self, name: Option<&Text>) -> Result<String, Refusal> {
        self.measure_or(name, true)
    }

    /// The code of a measure; the first level or ratio where none is named.
    pub(crate) fn stated_measure(&self, name: Option<&Text>) -> Result<String, Refusal> {
        self.measure_or(name, false)
    }

    fn measure_or(&self, name: Option<&Text>, flow: bool) -> Result<String, Refusal> {
        let Scope::Of(definition) = self else {
            return Ok(name.map(|name| name.text.clone()).unwrap_or_default());
        };
        let mut measures = definition.measures.iter();
        let found = match name {
            Some(name) => measures.find(|known| known.code == name.text || known.name == name.text),
            None => measures.find(|known| known.is_flow() == flow),
        };
        match (found, name) {
            (Some(measure), _) => Ok(measure.code.clone()),
            (None, Some(name)) => {
                let known = definition
                    .measures
                    .iter()
                    .map(|known| known.code.clone())
                    .collect();
                Err(unknown(Named::Measure, name, known))
            }
            (None, None) => Err(Fault::KeyMissing {
                key: "measure".into(),
            }
            .into()),
        }
    }

    /// The name of a reference.
    pub(crate) fn reference(&self, name: &Text) -> Result<String, Refusal> {
        if let Scope::Of(definition) = self {
            let mut known = definition
                .references
                .iter()
                .map(|reference| reference.name.clone());
            if !known.any(|known| known == name.text) {
                let known = definition
                    .references
                    .iter()
                    .map(|known| known.name.clone())
                    .collect();
                return Err(unknown(Named::Reference, name, known));
            }
        }
        Ok(name.text.clone())
    }

    /// Axis and level of `region`, `time.month`, `month` or `时间.月`; the level is empty where only
    /// the axis is named.
    pub(crate) fn axis_level(&self, text: &Text) -> Result<(String, String), Refusal> {
        let (axis, level) = text.split_once('.').unwrap_or((text, ""));
        let Scope::Of(definition) = self else {
            return Ok((axis.to_owned(), level.to_owned()));
        };
        let dimension = definition
            .dimensions
            .iter()
            .find(|dimension| dimension.code == axis || dimension.name == axis);
        if let Some(dimension) = dimension {
            return Ok((dimension.code.clone(), level.to_owned()));
        }
        if axis == TIME || axis == "时间" {
            return Ok((TIME.into(), time_level(level)));
        }
        if level.is_empty() {
            let mut dimensions = definition.dimensions.iter();
            if let Some(found) = dimensions.find(|known| known.tree.level_depth(axis).is_some()) {
                return Ok((found.code.clone(), axis.to_owned()));
            }
            if Level::parse(axis).is_ok() {
                return Ok((TIME.into(), time_level(axis)));
            }
        }
        let mut known: Vec<String> = definition
            .dimensions
            .iter()
            .map(|dimension| dimension.code.clone())
            .collect();
        known.push(TIME.into());
        known.extend(
            definition
                .time_levels
                .iter()
                .map(|level| format!("{TIME}.{}", level.code())),
        );
        Err(unknown(Named::Axis, text, known))
    }

    /// The code of a level of the time axis; other words stay as they are and are refused later.
    pub(crate) fn level(&self, text: &Text) -> String {
        let word = text.strip_prefix("time.").unwrap_or(text);
        match self {
            Scope::Open => text.text.clone(),
            Scope::Of(_) => time_level(word.trim()),
        }
    }

    /// Days that a text names, fiscal years and weeks included where the plan's calendar is known.
    pub(crate) fn period(&self, text: &Text) -> Result<DateRange, Refusal> {
        let gregorian = DateRange::parse(text);
        let range = match self {
            Scope::Open => gregorian,
            Scope::Of(definition) => definition.calendar.range(text).or(gregorian),
        };
        range.map_err(|error| Refusal::value(error, text.span))
    }
}

/// The level's own code where the calendar knows the word.
fn time_level(word: &str) -> String {
    Level::parse(word).map_or_else(|_| word.to_owned(), |level| level.code().to_owned())
}
