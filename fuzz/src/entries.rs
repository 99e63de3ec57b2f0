//! What fuzzing drives: bytes in, and whatever is not refused must hold what the product promises.
//! The tests of `crates/cli` include this file, so that it does not rot where no fuzzer runs.

use std::path::Path;

use fenjie_exchange::log::PlanLog;
use fenjie_exchange::plan_file::{load_text, operation_json, operation_of_json};
use fenjie_exchange::table::{Limits, ReadOptions, read_table};
use fenjie_facts::import::{ImportOptions, Mapping, Rounding, read};
use fenjie_money::{Policy, Step, Weights, allocate};
use fenjie_plan::{Definition, Plan, check};

/// The endings under which the bytes of a member file are tried; the first byte chooses.
const ENDINGS: [&str; 9] = [
    "csv", "csv.gz", "xlsx", "xlsm", "xlsb", "xls", "ods", "parquet", "txt",
];

/// The most cells a fuzzed plan may hold at its finest before it is carried out.
const MOST_CELLS: usize = 20_000;

/// A plan file: refused with a place, or checked, carried out and proven.
pub fn plan_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let nowhere = tempfile::tempdir().expect("a folder for what the plan names");
    let Ok(loaded) = load_text(text, nowhere.path()) else {
        return;
    };
    if finest_cells(&loaded.definition) > MOST_CELLS {
        return;
    }
    check(&loaded.definition, &loaded.operations);
    if let Ok(plan) = Plan::replay(loaded.definition, &loaded.operations) {
        assert!(
            plan.verify().is_ok(),
            "a plan that was carried out is proven"
        );
    }
}

/// Cells of a plan at most: members times days, four slots each.
fn finest_cells(definition: &Definition) -> usize {
    let days = definition.period.days();
    let members = definition.dimensions.iter();
    let members = members.fold(1usize, |cells, axis| cells.saturating_mul(axis.tree.len()));
    members.saturating_mul(days).saturating_mul(4)
}

/// A member file: refused, or a table whose columns are equally long.
pub fn member_file(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let folder = tempfile::tempdir().expect("a folder for the file");
    let ending = ENDINGS[usize::from(*choice) % ENDINGS.len()];
    let path = folder.path().join(format!("members.{ending}"));
    std::fs::write(&path, bytes).expect("the file is written");
    for options in [small(&[]), small(&["code", "parent"])] {
        if let Ok(table) = read_table(&path, &options) {
            let rows = table.rows;
            assert!(table.columns.iter().all(|column| column.len() == rows));
        }
    }
}

/// Options that spend little on one file.
fn small(columns: &[&str]) -> ReadOptions {
    ReadOptions {
        limits: Limits {
            expanded_bytes: 8 << 20,
            sheet_cells: 100_000,
            rows: 100_000,
            ..Limits::default()
        },
        ..ReadOptions::with_columns(columns.iter().copied())
    }
}

/// A plan that sales are read for.
const SALES_PLAN: &str = r#"
plan    = "p"
period  = "2026"
total   = "1000"
measure = [
  { code = "sales", name = "金额", unit = "CNY", step = "0.01" },
  { code = "units", name = "数量", unit = "件", step = "1" },
]
[axes]
store = ["S1", "S2", "S3"]
[[do]]
decompose = "store"
by        = "equal"
"#;

/// The endings under which the bytes of a sales file are tried; the first byte chooses.
const SALES_ENDINGS: [&str; 8] = [
    "csv", "xlsx", "jsonl", "json", "csv.gz", "xls", "ods", "parquet",
];

/// A sales file of any bytes: refused, or columns of the same length that sum to the report's totals.
pub fn sales_file(bytes: &[u8]) {
    if let Some((choice, bytes)) = bytes.split_first() {
        sales(
            SALES_ENDINGS[usize::from(*choice) % SALES_ENDINGS.len()],
            bytes,
        );
    }
}

/// Dates, amounts, members and shares of any text, one row a line, cells between tabs.
pub fn sales_cells(bytes: &[u8]) {
    let mut file = "日期\t金额\t数量\tstore\t分成\t单号\n".as_bytes().to_vec();
    file.extend_from_slice(bytes);
    sales("tsv", &file);
}

fn sales(ending: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for the file");
    let plan = load_text(SALES_PLAN, folder.path())
        .expect("the plan is one")
        .definition;
    let path = folder.path().join(format!("sales.{ending}"));
    std::fs::write(&path, bytes).expect("the file is written");
    for is_free in [false, true] {
        let options = ImportOptions {
            partial: is_free,
            round: is_free.then_some(Rounding::HalfEven),
            zone: is_free.then(|| "Asia/Shanghai".to_owned()),
            limits: small(&[]).limits,
            ..ImportOptions::default()
        };
        let Ok(imported) = read(&path, &plan, &Mapping::default(), &options) else {
            continue;
        };
        let (lines, report) = (&imported.lines, &imported.report);
        assert!(
            lines
                .members
                .iter()
                .all(|members| members.codes.len() == lines.dates.len())
        );
        for (column, total) in lines.amounts.iter().zip(&report.totals) {
            let sum: i128 = column.values.iter().map(|value| i128::from(*value)).sum();
            assert_eq!(sum, total.total, "the report's total is the lines'");
        }
    }
}

/// The allocator: total and weights from lines of text, against the definition (rules A1–A4).
pub fn allocator(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let mut lines = text.lines().take(200);
    let Some(Ok(total)) = lines.next().map(|line| Step::cent().parse_amount(line)) else {
        return;
    };
    let texts: Vec<&str> = lines.collect();
    let Ok(weights) = Weights::parse(&texts) else {
        return;
    };
    let parts = allocate(total, &weights, Policy::LargestRemainder);
    assert_eq!(parts.len(), texts.len());
    let sum: i128 = parts.iter().copied().map(i128::from).sum();
    assert_eq!(sum, i128::from(total), "parts sum to their amount (A1)");
    if total != i64::MIN {
        let mirrored = allocate(-total, &weights, Policy::LargestRemainder);
        assert!(
            parts
                .iter()
                .zip(mirrored)
                .all(|(part, other)| -part == other),
            "A4"
        );
    }
    if let Some(narrow) = weights.as_u64() {
        assert_eq!(
            parts,
            defined(total, narrow),
            "the largest remainders, ties first (A2, A3)"
        );
    }
}

/// The definition of a largest-remainder allocation, word by word.
fn defined(total: i64, weights: &[u64]) -> Vec<i64> {
    let equal = vec![1; weights.len()];
    let is_zero = weights.iter().all(|weight| *weight == 0);
    let weights = if is_zero { &equal[..] } else { weights };
    let sum: u128 = weights.iter().map(|weight| u128::from(*weight)).sum();
    let amount = u128::from(total.unsigned_abs());
    let share = |weight: &u64| amount * u128::from(*weight);
    let mut parts: Vec<u128> = weights.iter().map(|weight| share(weight) / sum).collect();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(share(&weights[*at]) % sum));
    let left = amount - parts.iter().sum::<u128>();
    let steps = usize::try_from(left).expect("fewer steps are left than there are members");
    order[..steps].iter().for_each(|at| parts[*at] += 1);
    let signed =
        |part: u128| (i128::try_from(part).expect("a part") * i128::from(total.signum())) as i64;
    parts.into_iter().map(signed).collect()
}

/// Log lines: an operation that is read is the same after writing and reading again; a directory
/// with these lines is refused or opened.
pub fn log_lines(bytes: &[u8]) {
    for line in bytes.split(|byte| *byte == b'\n') {
        let Ok(json) = serde_json::from_slice(line) else {
            continue;
        };
        if let Ok(operation) = operation_of_json(json) {
            let again = operation_of_json(operation_json(&operation));
            assert_eq!(again.ok().as_ref(), Some(&operation));
        }
    }
    let folder = tempfile::tempdir().expect("a folder for the log");
    opened(folder.path(), bytes);
}

fn opened(folder: &Path, bytes: &[u8]) {
    std::fs::write(folder.join("log.jsonl"), bytes).expect("the log is written");
    if let Ok(log) = PlanLog::open(folder) {
        assert_eq!(log.operations().len(), log.entries().len());
    }
}
