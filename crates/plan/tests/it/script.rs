//! Reads a plan written in one line, as a sales manager would say it. Knows no expectation.
//!
//! ```text
//! region: 华东 30, 华南 20 | time: 2026-01..2026-03 by month | step 0.01
//! org > region person: 华东[张三 3, 李四 2 until 2026-02-16], 华南[王五 1]
//! ```

use fenjie_calendar::{Date, DateRange, Level, SalesCalendar};
use fenjie_money::Step;
use fenjie_plan::{
    Decimal, Definition, Dimension, LevelPeriod, Measure, MeasureKind, MeasureRole, MemberRow,
    Reference, ReferenceColumn, Tree, Trend,
};

/// Reads the part of a case that says what the plan is about.
pub fn definition(text: &str) -> Definition {
    let mut definition = Definition {
        name: "案例".into(),
        period: DateRange::parse("2026").unwrap(),
        calendar: SalesCalendar::brief(),
        time_levels: vec![Level::Year],
        measures: vec![Measure {
            step: Step::one(),
            ..Measure::sales("sales", "销售额")
        }],
        dimensions: Vec::new(),
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: None,
    };
    for part in text.split('|').map(str::trim).filter(|p| !p.is_empty()) {
        read_part(&mut definition, part);
    }
    definition
}

fn read_part(definition: &mut Definition, part: &str) {
    if let Some(step) = part.strip_prefix("step ") {
        definition.measures[0].step = Step::parse(step).unwrap();
    } else if let Some(today) = part.strip_prefix("today ") {
        definition.today = Some(today.parse().unwrap());
    } else if let Some(time) = part.strip_prefix("time: ") {
        let (period, levels) = time.split_once(" by ").unwrap();
        definition.period = DateRange::parse(period).unwrap();
        definition.time_levels = levels
            .split(' ')
            .map(|l| Level::parse(l).unwrap())
            .collect();
    } else if let Some(measure) = part.strip_prefix("measure ") {
        definition.measures.push(self::measure(measure));
    } else if let Some(history) = part.strip_prefix("history ") {
        definition.references.push(reference(history));
    } else {
        definition.dimensions.push(dimension(part));
    }
}

/// `cost`, `staff level last rising`, `rate ratio sales/leads`
fn measure(text: &str) -> Measure {
    let words: Vec<&str> = text.split(' ').collect();
    let kind = match words[1..] {
        ["level", "last", ..] => MeasureKind::Level(LevelPeriod::Last),
        ["level", "mean", ..] => MeasureKind::Level(LevelPeriod::Mean),
        ["ratio", parts, ..] => {
            let (above, below) = parts.split_once('/').unwrap();
            let named = |name: &str| (name != "-").then(|| name.to_owned());
            MeasureKind::Ratio {
                numerator: named(above),
                denominator: named(below),
            }
        }
        _ => MeasureKind::Flow,
    };
    let trend = match words.last() {
        Some(&"rising") => Some(Trend::Rising),
        Some(&"falling") => Some(Trend::Falling),
        _ => None,
    };
    Measure {
        kind,
        trend,
        step: Step::one(),
        role: MeasureRole::Expense,
        ..Measure::sales(words[0], words[0])
    }
}

/// `sales by region: 华东 2025-01-05 30, 华南 2025-02-05 20`; dates may be left out.
fn reference(text: &str) -> Reference {
    let (head, rows) = text.split_once(": ").unwrap();
    let (name, dimensions) = head.split_once(" by ").unwrap_or((head, ""));
    let mut reference = Reference {
        name: name.into(),
        ..Reference::default()
    };
    for dimension in dimensions.split_whitespace() {
        reference.members.push(ReferenceColumn {
            dimension: dimension.into(),
            ..ReferenceColumn::default()
        });
    }
    for row in rows.split(", ") {
        let words: Vec<&str> = row.split(' ').collect();
        for (column, member) in reference.members.iter_mut().zip(&words) {
            let known = column.dictionary.iter().position(|text| text == member);
            let code = known.unwrap_or_else(|| {
                column.dictionary.push((*member).to_owned());
                column.dictionary.len() - 1
            });
            column.codes.push(code as u32);
        }
        let rest = &words[reference.members.len()..];
        if rest.len() > 1 {
            reference.dates.push(rest[0].parse().unwrap());
        }
        reference.values.push(rest[rest.len() - 1].parse().unwrap());
    }
    reference
}

/// `region: 华东 30, 华南 20`; `org > region person: 华东[张三 3], 华南[王五 1]`; a `!` behind the
/// name makes it a composition.
fn dimension(text: &str) -> Dimension {
    let (head, members) = text.split_once(':').expect("a dimension needs a colon");
    let (code, levels) = head.split_once('>').unwrap_or((head, head));
    let composition = code.contains('!');
    let code = code.trim().trim_end_matches('!').to_owned();
    let levels: Vec<String> = levels
        .split_whitespace()
        .map(|level| level.trim_end_matches('!').to_owned())
        .collect();
    let mut rows = vec![MemberRow {
        code: "*".into(),
        name: "全部".into(),
        ..MemberRow::default()
    }];
    add_rows(members.trim(), "*", &mut rows);
    Dimension {
        name: code.clone(),
        tree: Tree::build(&code, &levels, rows).unwrap(),
        composition,
        code,
    }
}

fn add_rows(text: &str, parent: &str, rows: &mut Vec<MemberRow>) {
    for member in top_level(text) {
        let (own, below) = match member.split_once('[') {
            Some((own, below)) => (own.trim(), below.trim_end().strip_suffix(']').unwrap()),
            None => (member, ""),
        };
        let mut words = own.split_whitespace();
        let mut row = MemberRow {
            code: words.next().expect("a member has a name").into(),
            parent: Some(parent.into()),
            ..MemberRow::default()
        };
        while let Some(word) = words.next() {
            match word {
                "from" => row.from = Some(date(words.next().unwrap())),
                "until" => row.until = Some(date(words.next().unwrap())),
                word => {
                    let (name, number) = word.split_once('=').unwrap_or(("weight", word));
                    let number = Decimal::parse(number).unwrap();
                    row.attributes.push((name.into(), number));
                }
            }
        }
        let code = row.code.clone();
        rows.push(row);
        add_rows(below, &code, rows);
    }
}

/// Pieces between commas that no bracket encloses.
fn top_level(text: &str) -> Vec<&str> {
    let (mut pieces, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, ch) in text.char_indices() {
        match ch {
            '[' => depth += 1,
            ']' => depth -= 1,
            ',' if depth == 0 => {
                pieces.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    pieces.push(text[start..].trim());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

pub fn date(text: &str) -> Date {
    text.parse().unwrap()
}
