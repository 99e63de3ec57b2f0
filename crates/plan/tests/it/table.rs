//! Runs a case and prints its plan as a table: members down, periods across, totals in the first
//! column. Every case also proves itself: verify, replay, preview and step-by-step agree.

use expect_test::Expect;
use fenjie_message::{Lang, Message};
use fenjie_plan::{Definition, Operation, Place, Plan, View};

use crate::{script, steps};

/// Computes a case and compares its table, warnings or refusal.
#[track_caller]
pub fn check(plan: &str, operations: &str, expected: Expect) {
    expected.assert_eq(&outcome(plan, operations));
}

/// The plan of a case that is not refused.
#[track_caller]
pub fn plan(plan: &str, operations: &str) -> Plan {
    let (definition, operations) = (script::definition(plan), steps::operations(operations));
    Plan::replay(definition, &operations).unwrap_or_else(|refusal| panic!("{refusal}"))
}

/// The table of a case, or why it is refused.
pub fn outcome(plan: &str, operations: &str) -> String {
    let (definition, operations) = (script::definition(plan), steps::operations(operations));
    let refusal = |refusal: fenjie_plan::Refusal| {
        let hint = refusal.hint(Lang::En).map(|hint| format!("hint: {hint}\n"));
        format!(
            "{}: {}\n{}",
            refusal.code(),
            refusal.text(Lang::En),
            hint.unwrap_or_default()
        )
    };
    let plan = match Plan::replay(definition.clone(), &operations) {
        Ok(plan) => plan,
        Err(error) => return refusal(error),
    };
    prove(&plan, definition, &operations);
    let mut text = String::new();
    for (measure, known) in plan.model().definition().measures.iter().enumerate() {
        if known.is_flow() {
            text.push_str(&table(&plan.base(measure), measure));
        }
        for layer in plan.layers(measure).unwrap() {
            text.push_str(&format!("{}\n", layer.title(Lang::Zh)));
            text.push_str(&table(&layer.view, measure));
        }
    }
    for finding in plan.findings() {
        let (code, text_en) = (finding.code(), finding.text(Lang::En));
        text.push_str(&format!("{code}: {text_en}\n"));
        assert!(!finding.text(Lang::Zh).is_empty());
    }
    text
}

/// What must hold for every plan that is not refused.
#[track_caller]
pub fn prove(plan: &Plan, definition: Definition, operations: &[Operation]) {
    for check in plan.verify().checks {
        assert!(check.failures.is_empty(), "{:#?}", check.failures);
    }
    let mut grown = Plan::new(definition).unwrap();
    for operation in operations {
        let preview = grown.preview(operation);
        let change = grown.apply(operation.clone());
        assert_eq!(preview, change, "preview and apply agree on {operation:?}");
        change.unwrap_or_else(|refusal| panic!("step by step: {refusal}"));
    }
    assert_eq!(
        grown.content_hash(),
        plan.content_hash(),
        "step by step and replayed"
    );
}

/// The visible members of every axis, as rows and columns.
pub fn table(view: &View<'_>, measure: usize) -> String {
    let plan = view.plan();
    let axes = plan.model().axes();
    let time = axes.len() - 1;
    let root = Place(vec![0; axes.len()]);
    let visible = |axis: usize| -> Vec<u32> {
        let shown = |node: &u32| {
            let mut place = root.clone();
            place.0[axis] = *node;
            view.value(&place).is_some()
        };
        let tree = &axes[axis].tree;
        let slots = |node: &u32| axes[axis].level_of(*node) != "slot" || tree.len() < 60;
        (0..tree.len() as u32).filter(shown).filter(slots).collect()
    };
    let periods = visible(time);
    let mut rows = vec![vec![String::new()]];
    rows[0].extend(periods.iter().map(|node| match *node {
        0 => "全部".to_owned(),
        node => axes[time].tree.code(node).to_owned(),
    }));
    let mut members: Vec<Vec<u32>> = vec![Vec::new()];
    for axis in 0..time {
        let nodes = visible(axis);
        let with = |row: Vec<u32>| {
            nodes
                .clone()
                .into_iter()
                .map(move |n| [row.clone(), vec![n]].concat())
        };
        members = members.into_iter().flat_map(with).collect();
    }
    for nodes in members {
        let names: Vec<&str> = nodes
            .iter()
            .enumerate()
            .map(|(axis, node)| axes[axis].tree.name(*node))
            .collect();
        let mut row = vec![if names.is_empty() {
            "全部".into()
        } else {
            names.join("·")
        }];
        for period in &periods {
            let place = Place([nodes.clone(), vec![*period]].concat());
            let value = view.value(&place).expect("visible on every axis");
            row.push(plan.step(measure).format(value));
        }
        rows.push(row);
    }
    aligned(&rows)
}

fn width(text: &str) -> usize {
    text.chars()
        .map(|ch| if ch > '\u{2e7f}' { 2 } else { 1 })
        .sum()
}

fn aligned(rows: &[Vec<String>]) -> String {
    let columns = rows[0].len();
    let widest = |at: usize| rows.iter().map(|row| width(&row[at])).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(widest).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (at, cell) in row.iter().enumerate() {
            let space = " ".repeat(widths[at] - width(cell));
            let gap = if at > 0 { "  " } else { "" };
            line.push_str(&match at {
                0 => format!("{cell}{space}"),
                _ => format!("{gap}{space}{cell}"),
            });
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
