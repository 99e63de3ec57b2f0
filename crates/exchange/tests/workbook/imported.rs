//! Workbooks that come back changed: exported, edited and current figures side by side.

use expect_test::{Expect, expect};
use fenjie_exchange::workbook::read_changes;
use fenjie_plan::{Address, ChangeBy, Keep, Operation, Plan};

use crate::patch::{Book, with_results};
use crate::{Folder, example_plan, say};

/// What a changed workbook comes to, as a table.
pub fn check(edit: impl FnOnce(&mut Book) -> &mut Book, current: &Plan, expected: Expect) {
    let folder = Folder::new();
    let path = folder.workbook(&example_plan());
    let mut book = Book::open(&path);
    edit(&mut book);
    book.save(&path);
    let changes = match read_changes(&path, current) {
        Ok(changes) => changes,
        Err(error) => return expected.assert_eq(&say(&error)),
    };
    let mut out = String::new();
    for (operation, cell) in changes.operations.iter().zip(&changes.cells) {
        let Operation::Set {
            measure,
            at,
            change: ChangeBy::To(to),
            keep: Keep::Nothing,
        } = operation
        else {
            panic!("{operation:?}");
        };
        out.push_str(&format!(
            "{} {}: {measure} {at} = {to}\n",
            cell.sheet, cell.cell
        ));
    }
    let step = current.step(0);
    for conflict in &changes.conflicts {
        out.push_str(&format!(
            "{} {}: {} was {}, is {} in the workbook and {} in the plan\n",
            conflict.at.sheet,
            conflict.at.cell,
            current.model().place_text(&conflict.place),
            step.format(conflict.exported),
            step.format(conflict.edited),
            step.format(conflict.current)
        ));
    }
    let mut after = current.clone();
    for operation in changes.operations {
        after.apply(operation).unwrap();
    }
    let total = after.value(0, &after.place("").unwrap()).unwrap();
    out.push_str(&format!(
        "{} unchanged, total {}\n",
        changes.unchanged,
        step.format(total)
    ));
    expected.assert_eq(&out);
}

fn set(plan: &mut Plan, at: &str, to: &str) {
    let (at, change) = (Address::parse(at).unwrap(), ChangeBy::parse(to).unwrap());
    plan.apply(Operation::Set {
        measure: "".into(),
        at,
        change,
        keep: Keep::Nothing,
    })
    .unwrap();
}

#[test]
fn nothing_changed() {
    check(
        |book| book,
        &example_plan(),
        expect![[r#"
        1250 unchanged, total 10000000.00
    "#]],
    );
}

#[test]
fn a_leaf_and_a_zero_and_a_blank() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .number("区域×月", "H6", "0");
            book.put("区域×月", "I6", "", "")
        },
        &example_plan(),
        expect![[r#"
            区域×月 G6: sales region=东北, month=2026-01 = 130000.00
            区域×月 H6: sales region=东北, month=2026-02 = 0.00
            1248 unchanged, total 9880000.00
        "#]],
    );
}

#[test]
fn results_that_no_program_computed_again_do_not_matter() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000");
            book.change("区域×月", |xml| with_results(&xml, None))
        },
        &example_plan(),
        expect![[r#"
            区域×月 G6: sales region=东北, month=2026-01 = 130000.00
            1249 unchanged, total 10005000.00
        "#]],
    );
}

#[test]
fn a_total_typed_over_goes_down() {
    check(
        |book| book.number("区域×月", "E8", "3300000"),
        &example_plan(),
        expect![[r#"
            区域×月 E8: sales region=华东 = 3300000.00
            1249 unchanged, total 10300000.00
        "#]],
    );
}

#[test]
fn a_total_computed_by_a_formula_of_their_own() {
    check(
        |book| {
            book.put(
                "区域×月",
                "E8",
                "<f>3000000*1.1</f><v>3300000.0000000005</v>",
                "",
            )
        },
        &example_plan(),
        expect![[r#"
            区域×月 E8: sales region=华东 = 3300000.00
            1249 unchanged, total 10300000.00
        "#]],
    );
}

#[test]
fn a_total_and_its_parts_that_agree() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .number("区域×月", "F6", "380000")
        },
        &example_plan(),
        expect![[r#"
            区域×月 G6: sales region=东北, month=2026-01 = 130000.00
            1249 unchanged, total 10005000.00
        "#]],
    );
}

#[test]
fn a_total_and_its_parts_that_differ() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .number("区域×月", "F6", "390000")
        },
        &example_plan(),
        expect![[r#"
            [total_does_not_add] 工作表 `区域×月` 的单元格 F6（region=东北 × time=2026-Q1）是 390000.00，而它各部分之和是 380000.00 | cell F6 of sheet `区域×月` (region=东北 × time=2026-Q1) is 390000.00, but its parts come to 380000.00
            hint: 只改合计（按原比例下分）或只改明细，二者都改时须相等；插入的行没有标识，不会读回 | change only the total, which is shared in proportion, or only its parts, or both so that they agree; inserted rows have no id and are not read
        "#]],
    );
}

#[test]
fn the_plan_moved_on_elsewhere() {
    let mut plan = example_plan();
    set(&mut plan, "region=华西, month=2026-12", "90000");
    check(
        |book| book.number("区域×月", "G6", "130000"),
        &plan,
        expect![[r#"
            区域×月 G6: sales region=东北, month=2026-01 = 130000.00
            1249 unchanged, total 10011666.67
        "#]],
    );
}

#[test]
fn both_changed_the_same_cell() {
    let mut plan = example_plan();
    set(&mut plan, "region=东北, month=2026-01", "140000");
    set(&mut plan, "region=东北, month=2026-02", "111111");
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .number("区域×月", "H6", "111111")
        },
        &plan,
        expect![[r#"
            区域×月 G6: region=东北, month=2026-01 was 125000.00, is 130000.00 in the workbook and 140000.00 in the plan
            1249 unchanged, total 10001111.00
        "#]],
    );
}

#[test]
fn the_same_change_on_two_sheets_is_one() {
    check(
        |book| {
            book.number("区域×月", "G5", "900000")
                .number("产品", "G5", "900000")
        },
        &example_plan(),
        expect![[r#"
            区域×月 G5: sales month=2026-01 = 900000.00
            1249 unchanged, total 10066666.66
        "#]],
    );
}

#[test]
fn changes_that_move_each_other_are_refused() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .number("产品", "G6", "260000")
        },
        &example_plan(),
        expect![[r#"
            [changes_overlap] 工作表 `区域×月` 的单元格 G6 与 工作表 `产品` 的单元格 G6 的改动涉及相同的数 | the changes of cell G6 of sheet `区域×月` and cell G6 of sheet `产品` concern the same figures
            hint: 一次只改其中一处，导入后再导出改另一处 | change one of them, import, export again and change the other
        "#]],
    );
}

#[test]
fn sorted_rows_are_found_by_their_ids() {
    check(
        |book| {
            book.number("区域×月", "G6", "130000")
                .swap_rows("区域×月", 6, 9)
        },
        &example_plan(),
        expect![[r#"
            区域×月 G9: sales region=东北, month=2026-01 = 130000.00
            1249 unchanged, total 10005000.00
        "#]],
    );
}

#[test]
fn a_week_piece() {
    check(
        |book| book.number("周", "G9", "30000"),
        &example_plan(),
        expect![[r#"
            周 G9: sales region=东北, piece=2026-01/W01 = 30000.00
            1249 unchanged, total 10001816.95
        "#]],
    );
}
