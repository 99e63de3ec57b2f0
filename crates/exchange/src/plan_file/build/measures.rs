//! Measures and duties as written become the domain's. Must not know operations.

use fenjie_money::Step;
use fenjie_plan::{Duty, LevelPeriod, Measure, MeasureKind, MeasureRole, Trend};

use super::{date, optional_date, or_empty, other, word};
use crate::plan_file::error::{Fault, Named, Refusal};
use crate::plan_file::scalar::{Many, Text};
use crate::plan_file::wire::plan::{DutyEntry, MeasureEntry, MeasureTable};

/// The measures in their order; at least one, no code or name twice.
pub(super) fn measures(entries: &[MeasureEntry]) -> Result<Vec<Measure>, Refusal> {
    let mut measures: Vec<Measure> = Vec::new();
    for entry in entries {
        let (measure, name) = match entry {
            MeasureEntry::Name(name) => (Measure::sales(name, name), name),
            MeasureEntry::Table(table) => (measure(table)?, &table.name),
        };
        if measures
            .iter()
            .any(|known| known.code == measure.code || known.name == measure.name)
        {
            let fault = Fault::NameTwice {
                what: Named::Measure,
                name: measure.code,
            };
            return Err(Refusal::at(fault, name.span));
        }
        measures.push(measure);
    }
    if measures.is_empty() {
        return Err(Fault::KeyMissing {
            key: "measure".into(),
        }
        .into());
    }
    Ok(measures)
}

fn measure(table: &MeasureTable) -> Result<Measure, Refusal> {
    let code = table.code.as_ref().unwrap_or(&table.name);
    for name in [code, &table.name] {
        if name.trim().is_empty() {
            let fault = Fault::NameUnusable {
                what: Named::Measure,
                name: name.text.clone(),
            };
            return Err(Refusal::at(fault, name.span));
        }
    }
    let kind = kind(table)?;
    let unit = table.unit.as_ref().map_or("CNY", |unit| unit.text.as_str());
    let step = match &table.step {
        Some(step) => Step::parse(step).map_err(|error| Refusal::value(error, step.span))?,
        None if kind == MeasureKind::Flow && !is_currency(unit) => Step::one(),
        None => Step::cent(),
    };
    let roles = [
        ("target", MeasureRole::Target),
        ("expense", MeasureRole::Expense),
    ];
    let trends = [("rising", Trend::Rising), ("falling", Trend::Falling)];
    Ok(Measure {
        code: code.text.clone(),
        name: table.name.text.clone(),
        kind,
        unit: unit.to_owned(),
        step,
        role: table
            .role
            .as_ref()
            .map_or(Ok(MeasureRole::Target), |role| word(role, &roles))?,
        trend: table
            .trend
            .as_ref()
            .map(|trend| word(trend, &trends))
            .transpose()?,
    })
}

fn kind(table: &MeasureTable) -> Result<MeasureKind, Refusal> {
    #[derive(Clone, Copy, PartialEq)]
    enum Kind {
        Flow,
        Level,
        Ratio,
    }
    let kinds = [
        ("flow", Kind::Flow),
        ("level", Kind::Level),
        ("ratio", Kind::Ratio),
    ];
    let kind = table
        .kind
        .as_ref()
        .map_or(Ok(Kind::Flow), |kind| word(kind, &kinds))?;
    let belongs = |key: Option<&Text>, name: &str, to: &str, fits: bool| match key {
        Some(text) if !fits => Err(other(
            "key_unfit",
            text.span,
            format!("`{name}` 只用于 kind = \"{to}\" 的指标"),
            format!("`{name}` belongs to measures of kind = \"{to}\""),
        )),
        _ => Ok(()),
    };
    belongs(
        table.period_value.as_ref(),
        "period_value",
        "level",
        kind == Kind::Level,
    )?;
    belongs(
        table.numerator.as_ref(),
        "numerator",
        "ratio",
        kind == Kind::Ratio,
    )?;
    belongs(
        table.denominator.as_ref(),
        "denominator",
        "ratio",
        kind == Kind::Ratio,
    )?;
    belongs(
        table.trend.as_ref(),
        "trend",
        "level\" / \"ratio",
        kind != Kind::Flow,
    )?;
    let text = |text: &Option<Text>| text.as_ref().map(|text| text.text.clone());
    Ok(match kind {
        Kind::Flow => MeasureKind::Flow,
        Kind::Ratio => MeasureKind::Ratio {
            numerator: text(&table.numerator),
            denominator: text(&table.denominator),
        },
        Kind::Level => {
            let words = [("last", LevelPeriod::Last), ("mean", LevelPeriod::Mean)];
            let value = table.period_value.as_ref();
            MeasureKind::Level(value.map_or(Ok(LevelPeriod::Last), |value| word(value, &words))?)
        }
    })
}

/// Money has cents; pieces have not.
fn is_currency(unit: &str) -> bool {
    let code = unit.len() == 3 && unit.bytes().all(|b| b.is_ascii_uppercase());
    code || matches!(unit, "元" | "人民币" | "¥" | "￥" | "$" | "€" | "£")
}

/// Who answers for what.
pub(super) fn duties(entries: &[DutyEntry]) -> Result<Vec<Duty>, Refusal> {
    entries.iter().map(duty).collect()
}

fn duty(entry: &DutyEntry) -> Result<Duty, Refusal> {
    let people = |people: &Option<Many<Text>>| people.as_ref().map(Many::texts).unwrap_or_default();
    let mut milestones = Vec::new();
    for (day, what) in entry.milestones.iter().flat_map(|table| &table.0) {
        milestones.push((date(day)?, what.text.clone()));
    }
    Ok(Duty {
        at: entry.at.address()?,
        owner: or_empty(entry.owner.as_ref()),
        responsible: people(&entry.responsible),
        accountable: people(&entry.accountable),
        consulted: people(&entry.consulted),
        informed: people(&entry.informed),
        deadline: optional_date(entry.deadline.as_ref())?,
        milestones,
        strategy: or_empty(entry.strategy.as_ref()),
    })
}
