//! A store's day without the plan of all the others: targets kept for the day, the store's own lines. What
//! was kept for another log, day or measure is not believed; then the whole plan is asked.

use std::path::{Path, PathBuf};

use fenjie_calendar::{Coefficient, Date, DateRange, Level, SalesCalendar, Slots};
use fenjie_exchange::write::AtomicFile;
use fenjie_facts::Store;
use fenjie_facts::today_index::{CACHE_FOLDER, DayKey, DayTargets};
use fenjie_money::{Policy, Step, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, ChangeBy, Decompose, Definition, Dimension, Keep, Measure,
    MemberRow, Operation, Place, Plan, TotalAmount, Tree,
};
use serde::{Deserialize, Serialize};

use super::moment::Moment;
use super::week::Week;
use crate::actual::DayLine;

/// Plans with fewer members at the ends of the first dimension are quick as they are.
const FEW: usize = 2_000;
const FILE: &str = "today.json";

/// What is shown beside the targets, and what it belongs to.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    log: String,
    day: String,
    /// The measure as it was asked for.
    asked: Option<String>,
    plan: String,
    measure: String,
    unit: String,
    /// Units and decimals of the step.
    step: (u64, u32),
    dimension: String,
    /// Labels and shares of the slots, in millionths.
    slots: Vec<(String, u32)>,
    /// Weight of the day, in millionths.
    weight: u64,
}

/// A plan of one store and one day, its lines, and the weight of the day.
pub struct Quick {
    /// The plan.
    pub plan: Plan,
    /// The lines of the day.
    pub lines: Vec<DayLine>,
    /// In millionths.
    pub weight: u64,
    /// The week through the moment.
    pub week: Option<Week>,
}

/// The kept day of a store; nothing where it has to be computed.
pub fn open(directory: &Path, store: &str, asked: Option<&str>, moment: Moment) -> Option<Quick> {
    let text = std::fs::read(path(directory)).ok()?;
    let head: Head = serde_json::from_slice(&text).ok()?;
    let key = DayKey::of(directory, &head.measure, moment.day).ok()?;
    let is_it = head.log == key.log && head.day == key.day && head.asked.as_deref() == asked;
    let mut kept = is_it.then(|| DayTargets::open(directory, &key))??;
    let day = kept.find(store)?;
    let first = kept.week().map(|week| week.first.parse::<Date>().ok());
    let first = first.unwrap_or(Some(moment.day))?;
    let lines = Store::open(directory)
        .ok()?
        .day_lines(
            &head.dimension,
            &day.code,
            &head.measure,
            (first, moment.day),
        )
        .ok()?;
    let plan = plan(&head, &day.code, &day.name, &day.targets, moment.day)?;
    let is_due = |line: &&fenjie_facts::DayLine| {
        line.day < moment.day || line.minute.is_none_or(|minute| minute <= moment.minute)
    };
    let week = kept.week().zip(day.week).map(|(week, target)| Week {
        code: week.code.clone(),
        zh: week.zh.clone(),
        en: week.en.clone(),
        target,
        done: lines.iter().filter(is_due).map(|line| line.amount).sum(),
    });
    let of_day = lines.iter().filter(|line| line.day == moment.day);
    let of = |line: &fenjie_facts::DayLine| DayLine {
        minute: line.minute,
        amount: line.amount,
        node: 1,
    };
    Some(Quick {
        plan,
        lines: of_day.map(of).collect(),
        weight: head.weight,
        week,
    })
}

/// The plan of one store and one day. Its slots follow the calendar; where a kept one does not, as with
/// carried amounts or a typed figure, it is set.
fn plan(head: &Head, code: &str, name: &str, targets: &[i64], day: Date) -> Option<Plan> {
    let definition = definition(head, code, name, day)?;
    let step = definition.measures[0].step;
    let whole = |axis: &str, basis: Basis| {
        Operation::Decompose(Decompose {
            measure: String::new(),
            axis: axis.to_owned(),
            level: String::new(),
            within: Address::default(),
            basis,
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        })
    };
    let total: i64 = targets.iter().sum();
    let operations = [
        Operation::Total {
            measure: String::new(),
            amount: TotalAmount::Amount(step.format(total)),
        },
        whole(&head.dimension, Basis::Equal),
        whole("time.slot", Basis::Calendar(CalendarBasis::Coefficients)),
    ];
    let mut plan = Plan::replay(definition, &operations).ok()?;
    let nodes = fenjie_track::slot_nodes(&plan, day).ok()?;
    let found = plan.base(0).series(&[1], &nodes)?;
    for (node, (found, target)) in nodes.iter().zip(found.into_iter().zip(targets)) {
        if found != *target {
            let at = plan.model().place_text(&Place(vec![1, *node]));
            let set = Operation::Set {
                measure: String::new(),
                at: Address::parse(&at).ok()?,
                change: ChangeBy::To(step.format(*target)),
                keep: Keep::Nothing,
            };
            plan.apply(set).ok()?;
        }
    }
    let found = plan.base(0).series(&[1], &nodes)?;
    (found == targets).then_some(plan)
}

/// One store, one day and its slots.
fn definition(head: &Head, code: &str, name: &str, day: Date) -> Option<Definition> {
    let mut digits = format!("{:0>width$}", head.step.0, width = head.step.1 as usize + 1);
    if head.step.1 > 0 {
        digits.insert(digits.len() - head.step.1 as usize, '.');
    }
    let step = Step::parse(&digits).ok()?;
    let slots = head.slots.iter().map(|(label, share)| {
        Some((
            label.clone(),
            Coefficient::from_millionths((*share).into()).ok()?,
        ))
    });
    let row = |code: &str, name: &str, parent: Option<&str>| MemberRow {
        code: code.to_owned(),
        name: name.to_owned(),
        parent: parent.map(str::to_owned),
        ..MemberRow::default()
    };
    let rows = vec![row("*", "*", None), row(code, name, Some("*"))];
    let axis = head.dimension.as_str();
    let mut measure = Measure::sales(&head.measure, &head.measure);
    measure.unit.clone_from(&head.unit);
    measure.step = step;
    Some(Definition {
        name: head.plan.clone(),
        period: DateRange::through(day, day).ok()?,
        calendar: SalesCalendar {
            day_weights: fenjie_calendar::DayWeights::calendar_days(),
            slots: Slots::new(slots.collect::<Option<_>>()?).ok()?,
            ..SalesCalendar::default()
        },
        time_levels: vec![Level::Day, Level::Slot],
        measures: vec![measure],
        dimensions: vec![Dimension {
            code: axis.to_owned(),
            name: axis.to_owned(),
            tree: Tree::build(axis, &[axis.to_owned()], rows).ok()?,
            composition: false,
        }],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: Some(day),
    })
}

/// Keeps the day of a plan with many stores, so that the next question is quick. What cannot be kept is
/// computed again, which is no failure.
pub fn keep(directory: &Path, plan: &Plan, measure: usize, asked: Option<&str>, day: Date) {
    // A folder that may not be written to keeps nothing.
    let _ = kept(directory, plan, measure, asked, day);
}

fn kept(
    directory: &Path,
    plan: &Plan,
    measure: usize,
    asked: Option<&str>,
    day: Date,
) -> Option<()> {
    let model = plan.model();
    let definition = model.definition();
    let stores = &model.axes()[0].tree;
    let own_calendars = !definition.member_calendars.is_empty();
    if stores.len() < FEW || own_calendars || model.axes().len() < 2 {
        return None;
    }
    fenjie_track::slot_nodes(plan, day).ok()?;
    let about = &definition.measures[measure];
    let key = DayKey::of(directory, &about.code, day).ok()?;
    if DayTargets::open(directory, &key).is_none() {
        DayTargets::build(directory, &key, plan, measure, day).ok()?;
    }
    let everyone = model.member_days(&vec![0; model.axes().len() - 1]);
    let shares = definition.calendar.slots.shares().iter();
    let head = Head {
        log: key.log,
        day: key.day,
        asked: asked.map(str::to_owned),
        plan: definition.name.clone(),
        measure: about.code.clone(),
        unit: about.unit.clone(),
        step: (about.step.units(), about.step.decimals()),
        dimension: model.axes()[0].code.clone(),
        slots: shares
            .map(|(label, share)| (label.clone(), share.millionths()))
            .collect(),
        weight: model.weight_of_days(everyone, DateRange::through(day, day).ok()?),
    };
    let mut file = AtomicFile::create(&path(directory)).ok()?;
    serde_json::to_writer(&mut file, &head).ok()?;
    file.commit().ok()
}

fn path(directory: &Path) -> PathBuf {
    directory.join(CACHE_FOLDER).join(FILE)
}
