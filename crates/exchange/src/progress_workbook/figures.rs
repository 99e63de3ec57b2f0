//! The figures of standings as cells hold them, and how they look. Knows no sheet.

use fenjie_message::Lang;
use fenjie_money::Step;
use fenjie_plan::Measure;
use fenjie_track::{Ratio, Standing};
use rust_xlsxwriter::{Format, FormatAlign};

use super::formulas::Figure;
use crate::workbook::LARGEST_AMOUNT;
use crate::workbook::style::{NumberFormats, Role, Style, number_format};

/// What a cell holds.
pub(super) enum Value {
    Number(f64),
    Text(String),
    Nothing,
}

/// The value of a figure; nothing where an amount has more digits than a cell keeps.
pub(super) fn value(standing: &Standing, figure: Figure, step: Step, lang: Lang) -> Option<Value> {
    let amount = |count: i64| exact_number(count, step).map(Value::Number);
    let shown =
        |share: Option<Ratio>| share.map_or(Value::Nothing, |share| Value::Number(quotient(share)));
    let rate = |rate: Option<Ratio>| {
        let one = step.units() as f64 / 10f64.powi(step.decimals() as i32);
        rate.map_or(Value::Nothing, |rate| Value::Number(quotient(rate) * one))
    };
    let days = |weight: u64| Value::Number(weight as f64 / 1e6);
    let ends = standing.projection;
    let end = |count: Option<i64>| match count {
        Some(count) => amount(count),
        None => Some(Value::Nothing),
    };
    Some(match figure {
        Figure::Base => amount(standing.base)?,
        Figure::Carried => amount(standing.carried)?,
        Figure::Target => amount(standing.target)?,
        Figure::Actual => amount(standing.actual)?,
        Figure::Attainment => shown(standing.attainment),
        Figure::Elapsed => shown(Some(standing.elapsed)),
        Figure::Pace => shown(standing.pace),
        Figure::Expected => amount(standing.expected)?,
        Figure::GapToDate => amount(standing.gap_to_date)?,
        Figure::Gap => amount(standing.gap)?,
        Figure::Gone => days(standing.weight_gone),
        Figure::Left => days(standing.weight_left),
        Figure::RunRate => rate(standing.run_rate),
        Figure::RequiredRate => rate(standing.required_rate),
        Figure::Projection => end(ends.map(|ends| ends.middle))?,
        Figure::Low => end(ends.filter(|ends| ends.days > 1).map(|ends| ends.low))?,
        Figure::High => end(ends.filter(|ends| ends.days > 1).map(|ends| ends.high))?,
        Figure::Status => Value::Text(standing.status.text(lang)),
    })
}

/// The number a cell holds, where 15 digits are enough.
fn exact_number(count: i64, step: Step) -> Option<f64> {
    let scaled = i128::from(count) * i128::from(step.units());
    let fits = scaled.unsigned_abs() <= LARGEST_AMOUNT.unsigned_abs().into();
    fits.then(|| scaled as f64 / 10f64.powi(step.decimals() as i32))
}

fn quotient(share: Ratio) -> f64 {
    share.above() as f64 / share.below() as f64
}

/// What stands over a column.
pub(super) fn heading(figure: Figure, lang: Lang) -> &'static str {
    match figure {
        Figure::Base => lang.pick("基准目标", "base target"),
        Figure::Carried => lang.pick("结转", "carried"),
        Figure::Target => lang.pick("目标", "target"),
        Figure::Actual => lang.pick("实绩", "actual"),
        Figure::Attainment => lang.pick("完成率", "attainment"),
        Figure::Elapsed => lang.pick("时间进度", "elapsed"),
        Figure::Pace => lang.pick("进度差", "pace"),
        Figure::Expected => lang.pick("应完成", "expected by now"),
        Figure::GapToDate => lang.pick("至今差额", "gap by now"),
        Figure::Gap => lang.pick("差额", "gap"),
        Figure::Gone => lang.pick("已过加权日", "days gone, weighted"),
        Figure::Left => lang.pick("剩余加权日", "days left, weighted"),
        Figure::RunRate => lang.pick("日均完成", "done a day"),
        Figure::RequiredRate => lang.pick("日均需完成", "needed a day"),
        Figure::Projection => lang.pick("预计完成", "projection"),
        Figure::Low => lang.pick("预计下限", "low (P10)"),
        Figure::High => lang.pick("预计上限", "high (P90)"),
        Figure::Status => lang.pick("状态", "status"),
    }
}

/// The formats of all figures, for members and for totals.
pub(super) struct Looks {
    amounts: NumberFormats,
    /// Gaps: what is below zero is no fault there, so it is not red.
    gaps: [Format; 2],
    shares: [Format; 2],
    points: [Format; 2],
    days: [Format; 2],
    status: [Format; 2],
}

impl Looks {
    /// The looks of a measure's figures.
    pub fn of(style: &Style, measure: &Measure, unit: fenjie_money::DisplayUnit) -> Looks {
        let amounts = style.numbers(measure, unit);
        let both = |format: &str| {
            let of = |role| amounts.of(role).clone().set_num_format(format);
            [of(Role::Read), of(Role::Root)]
        };
        let left = |role| {
            amounts
                .of(role)
                .clone()
                .set_num_format("General")
                .set_align(FormatAlign::Left)
        };
        let plain = number_format(measure, unit).replace("[Red]", "");
        Looks {
            gaps: both(&plain),
            shares: both("0.0%"),
            points: both("+0.0%;-0.0%;0.0%"),
            days: both("0.0##"),
            status: [left(Role::Read), left(Role::Root)],
            amounts,
        }
    }

    /// The format of a figure; what is typed in is blue, what is computed black.
    pub fn of_figure(&self, figure: Figure, is_total: bool, is_computed: bool) -> &Format {
        let at = usize::from(is_total);
        match figure {
            Figure::Attainment | Figure::Elapsed => &self.shares[at],
            Figure::Pace => &self.points[at],
            Figure::Gone | Figure::Left => &self.days[at],
            Figure::Status => &self.status[at],
            Figure::Gap | Figure::GapToDate => &self.gaps[at],
            _ if is_total => self.amounts.of(Role::Root),
            _ if is_computed => self.amounts.of(Role::Read),
            _ => self.amounts.of(Role::Leaf),
        }
    }
}
