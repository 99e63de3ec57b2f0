//! What stands between the labels and the figures of a grid: days, weights, kinds of days.

use fenjie_calendar::Level;
use fenjie_message::Lang;
use fenjie_plan::Plan;

use super::grid::Line;

/// A column between the labels and the figures.
pub(super) struct NoteColumn {
    pub header: String,
    pub notes: Vec<Note>,
}

/// What is said of a row beside its figures.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Note {
    Nothing,
    Text(String),
    /// A whole number, such as days.
    Count(usize),
    /// A number with decimals, such as a coefficient.
    Number(f64),
}

/// Days and weights of every period.
pub(super) fn week_notes(plan: &Plan, rows: &[Line], lang: Lang) -> Vec<NoteColumn> {
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let calendar = &model.definition().calendar;
    let (mut days, mut weights) = (Vec::new(), Vec::new());
    for line in rows {
        // A whole week has the days of its pieces.
        let parts = line.parts.iter().map(|part| &rows[*part as usize]);
        let periods: Vec<u32> = match line.node {
            Some((_, node)) => vec![node],
            None => parts
                .filter_map(|part| part.node)
                .map(|(_, node)| node)
                .collect(),
        };
        let ranges = periods.iter().filter_map(|node| time.days_of(*node));
        let (count, weight) = ranges.fold((0, 0), |(count, weight), range| {
            (count + range.days(), weight + calendar.weight_of(range))
        });
        days.push(Note::Count(count));
        weights.push(Note::Number(weight as f64 / 1e6));
    }
    vec![
        NoteColumn {
            header: lang.pick("天数", "Days").into(),
            notes: days,
        },
        NoteColumn {
            header: lang.pick("系数和", "Weight").into(),
            notes: weights,
        },
    ]
}

/// Weekday, kind of day and coefficient of every day.
pub(super) fn day_notes(plan: &Plan, rows: &[Line], lang: Lang) -> Vec<NoteColumn> {
    let model = plan.model();
    let time = model.axes().last().expect("time is always there");
    let calendar = &model.definition().calendar;
    let mut columns = [Vec::new(), Vec::new(), Vec::new()];
    for line in rows {
        let node = line.node.expect("a day is a period").1;
        let range = time.days_of(node).expect("a period has days");
        let notes = match time.time_level_of(node) {
            Some(Level::Day) => {
                let day = calendar.day(range.start);
                [
                    Note::Text(fenjie_calendar::weekday_name(day.weekday, lang)),
                    Note::Text(day.day_type.name(lang).to_owned()),
                    Note::Number(f64::from(day.coefficient.millionths()) / 1e6),
                ]
            }
            _ => [
                Note::Nothing,
                Note::Nothing,
                Note::Number(calendar.weight_of(range) as f64 / 1e6),
            ],
        };
        columns
            .iter_mut()
            .zip(notes)
            .for_each(|(column, note)| column.push(note));
    }
    let headers = [
        ("星期", "Weekday"),
        ("日类型", "Kind of day"),
        ("系数", "Coefficient"),
    ];
    let headers = headers.map(|(zh, en)| lang.pick(zh, en).to_owned());
    let columns = headers.into_iter().zip(columns);
    columns
        .map(|(header, notes)| NoteColumn { header, notes })
        .collect()
}
