//! Figures as people read them: amounts in a unit, shares, points, bars. Rounds for reading only.

use fenjie_message::Lang;
use fenjie_money::{DisplayUnit, Step};
use fenjie_plan::Plan;
use fenjie_track::{Ratio, Standing, Status};

/// From this total on (in units of the measure) Chinese tables count in 万.
const MANY: i64 = 1_000_000;

/// How the amounts of a measure are shown.
#[derive(Clone, Copy, Debug)]
pub struct Figures<'p> {
    /// The language.
    pub lang: Lang,
    step: Step,
    unit: DisplayUnit,
    own_unit: &'p str,
}

impl<'p> Figures<'p> {
    /// In the unit asked for; else large money in Chinese in 万, by the measure's whole target.
    pub fn of(plan: &'p Plan, measure: usize, unit: Option<DisplayUnit>, lang: Lang) -> Self {
        let about = &plan.model().definition().measures[measure];
        let many = about.step.parse_amount(&MANY.to_string());
        let is_many = plan.base(measure).total() >= many.unwrap_or(i64::MAX);
        let usual = match lang {
            Lang::Zh if about.unit == "CNY" && is_many => DisplayUnit::Wan,
            _ => DisplayUnit::One,
        };
        Figures {
            lang,
            step: about.step,
            unit: unit.unwrap_or(usual),
            own_unit: &about.unit,
        }
    }

    /// What amounts are counted in: `万元`, `USD`.
    pub fn unit_name(&self) -> String {
        match (self.unit, self.lang, self.own_unit) {
            (DisplayUnit::One, Lang::Zh, "CNY") => "元".into(),
            (DisplayUnit::One, _, unit) => unit.into(),
            (unit, Lang::Zh, "CNY") => format!("{}元", unit.suffix()),
            (unit, _, name) => format!("{} {name}", unit.suffix()).trim().into(),
        }
    }

    /// An amount without its unit; in 万 and 亿 rounded to two decimals.
    pub fn amount(&self, count: i64) -> String {
        match self.unit {
            DisplayUnit::One => self.step.format_grouped(count, DisplayUnit::One),
            unit => {
                let text = self.step.format_rounded(count, unit, 2);
                text.trim_end_matches(unit.suffix()).to_owned()
            }
        }
    }

    /// An amount with its sign, also where it is above zero.
    pub fn signed(&self, count: i64) -> String {
        let text = self.amount(count);
        if count > 0 { format!("+{text}") } else { text }
    }

    /// An amount per day; nothing where there is none.
    pub fn rate(&self, rate: Option<Ratio>) -> String {
        rate.map_or_else(dash, |rate| self.amount(rate.rounded(0)))
    }

    /// Whether amounts are rounded for reading.
    pub fn rounds(&self) -> bool {
        self.unit != DisplayUnit::One
    }
}

/// What stands where there is nothing.
pub fn dash() -> String {
    "–".to_owned()
}

/// A share with one decimal.
pub fn percent(share: Option<Ratio>) -> String {
    share.map_or_else(dash, |share| share.percent_text(1))
}

/// A difference of shares in points, with its sign.
pub fn points(difference: Option<Ratio>) -> String {
    difference.map_or_else(dash, |difference| {
        let text = difference.points_text(1);
        let is_above = difference.rounded(3) > 0;
        if is_above { format!("+{text}") } else { text }
    })
}

/// The colour of a status: green, amber, red; grey where there is nothing to say.
pub fn ink(status: Status) -> &'static str {
    match status {
        Status::Reached | Status::Ahead => "32",
        Status::Behind => "33",
        Status::FarBehind | Status::Missed => "31",
        Status::NotBegun | Status::NoTarget => "2",
    }
}

/// What is done as a bar of so many cells, the share of time gone as a tick in it.
pub fn bar(standing: &Standing, cells: usize) -> String {
    let at = |share: Ratio| {
        let scaled = Ratio::new(share.above().saturating_mul(cells as i128), share.below());
        scaled.map_or(0, |cell| cell.rounded(0).clamp(0, cells as i64) as usize)
    };
    let done = standing.attainment.map_or(0, at);
    let tick = at(standing.elapsed);
    let cell = |index: usize| match index {
        index if index + 1 == tick && tick < cells => '│',
        index if index < done => '█',
        _ => '░',
    };
    (0..cells).map(cell).collect()
}
