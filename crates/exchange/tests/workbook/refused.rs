//! Workbooks that are refused, and plans that no workbook can hold.

use expect_test::expect;
use fenjie_exchange::workbook::{WorkbookOptions, read_changes, verify_workbook, write_workbook};
use fenjie_money::Step;
use fenjie_plan::{Dimension, Operation, Plan, TotalAmount, Tree, example};

use crate::imported::check;
use crate::{Folder, chain, example_plan, say};

#[test]
fn text_and_errors_and_fractions() {
    let plan = example_plan();
    check(
        |book| book.words("区域×月", "G6", "十三万"),
        &plan,
        expect![[r#"
            [text_in_number] 工作表 `区域×月` 的单元格 G6 应为数字，却是 `十三万` | cell G6 of sheet `区域×月` should be a number and is `十三万`
            hint: 填数字，或留空表示不改 | type a number, or leave it blank for no change
        "#]],
    );
    check(
        |book| book.put("区域×月", "G6", "<v>#REF!</v>", " t=\"e\""),
        &plan,
        expect![[r#"
            [error_value] 工作表 `区域×月` 的单元格 G6 是错误值 #REF! | cell G6 of sheet `区域×月` has the error value #REF!
            hint: 填数字，或留空表示不改 | type a number, or leave it blank for no change
        "#]],
    );
    check(
        |book| book.number("区域×月", "G6", "130000.005"),
        &plan,
        expect![[r#"
            [not_whole_steps] 工作表 `区域×月` 的单元格 G6 的 130000.005 不是 0.01 的整数倍 | 130000.005 in cell G6 of sheet `区域×月` is no multiple of 0.01
            hint: 先四舍五入到步长，例如用 ROUND | round it to the step first, for example with ROUND
        "#]],
    );
    check(
        |book| book.put("区域×月", "G6", "<f>G7*1.1</f>", ""),
        &plan,
        expect![[r#"
            [formula_without_result] 工作表 `区域×月` 的单元格 G6 的公式没有保存结果 | the formula in cell G6 of sheet `区域×月` has no stored result
            hint: 在电子表格程序里打开并保存一次，或填数字 | open and save it in a spreadsheet program, or type the number
        "#]],
    );
}

#[test]
fn rows_that_are_gone_or_there_twice() {
    let plan = example_plan();
    check(
        |book| book.without_row("区域×月", 7),
        &plan,
        expect![[r#"
        [line_gone] 工作表 `区域×月` 中 `region=华北` 的行或列被删除 | the row or column `region=华北` of sheet `区域×月` was deleted
        hint: 重新导出一份，再把改动填进去；不需要的行列请隐藏而不要删除 | export again and make the changes there; hide what is not needed, do not delete it
    "#]],
    );
    check(
        |book| book.without_row("产品", 3),
        &plan,
        expect![[r#"
        [sheet_gone] 工作表 `产品` 不见了，或它隐藏的标识行列被删除 | sheet `产品` is gone, or its hidden ids are
        hint: 重新导出一份，再把改动填进去；不需要的行列请隐藏而不要删除 | export again and make the changes there; hide what is not needed, do not delete it
    "#]],
    );
    check(
        |book| book.copy_row("区域×月", 7, 12),
        &plan,
        expect![[r#"
            [line_twice] `region=华北` 出现两次：工作表 `区域×月` 的单元格 A7 和 工作表 `区域×月` 的单元格 A12 | `region=华北` stands twice: cell A7 of sheet `区域×月` and cell A12 of sheet `区域×月`
            hint: 删去多出来的那一份 | delete the copy
        "#]],
    );
}

#[test]
fn a_sum_that_something_was_put_into() {
    check(
        |book| book.put("区域×月", "G5", "<f>SUM(G6:G11)</f><v>900000</v>", ""),
        &example_plan(),
        expect![[r#"
            [total_does_not_add] 工作表 `区域×月` 的单元格 G5（region=* × time=2026-01）是 900000.00，而它各部分之和是 833333.34 | cell G5 of sheet `区域×月` (region=* × time=2026-01) is 900000.00, but its parts come to 833333.34
            hint: 只改合计（按原比例下分）或只改明细，二者都改时须相等；插入的行没有标识，不会读回 | change only the total, which is shared in proportion, or only its parts, or both so that they agree; inserted rows have no id and are not read
        "#]],
    );
}

#[test]
fn cells_that_only_the_calendar_computes() {
    check(
        |book| book.number("日与时段", "H7", "5"),
        &example_plan(),
        expect![[r#"
            [cell_not_editable] 工作表 `日与时段` 的单元格 H7 被改动，但这里的数不能改 | cell H7 of sheet `日与时段` was changed, but its figure cannot be
            hint: 这张表由日历算出；请改按月的表 | this sheet is computed by the calendar; change a sheet by months
        "#]],
    );
}

#[test]
fn a_workbook_of_another_plan() {
    check(
        |book| book,
        &chain::plan(),
        expect![[r#"
            [other_plan] 工作簿属于另一个方案：名称是 `2026 年度销售目标`，而方案是 `连锁 2026 年目标` | the workbook is of another plan: name `2026 年度销售目标`, the plan has `连锁 2026 年目标`
            hint: 核对方案文件，或从这个方案重新导出 | check the plan, or export from this plan again
        "#]],
    );
    let mut definition = example::definition();
    definition.measures[0].step = Step::one();
    let plan = Plan::replay(definition, &example::operations()[..1]).unwrap();
    check(
        |book| book,
        &plan,
        expect![[r#"
            [other_plan] 工作簿属于另一个方案：指标是 `sales (0.01)`，而方案是 `sales (1)` | the workbook is of another plan: measures `sales (0.01)`, the plan has `sales (1)`
            hint: 核对方案文件，或从这个方案重新导出 | check the plan, or export from this plan again
        "#]],
    );
}

#[test]
fn a_member_that_left_the_plan() {
    let mut definition = example::definition();
    definition.dimensions[0].tree =
        Tree::flat("region", "全部", &["华北", "华东", "华南", "华西"]).unwrap();
    let plan = Plan::replay(definition, &example::operations()[..1]).unwrap();
    check(
        |book| book.number("区域×月", "G6", "130000"),
        &plan,
        expect![[r#"
            [place_unknown] 工作表 `区域×月` 的单元格 G6 被改动，但现在的方案里没有 `region=东北` | cell G6 of sheet `区域×月` was changed, but the plan has no `region=东北` now
            hint: 从现在的方案重新导出 | export from the plan as it is now
        "#]],
    );
}

#[test]
fn files_that_are_no_workbook_of_ours() {
    let folder = Folder::new();
    let path = folder.path("other.xlsx");
    let mut other = rust_xlsxwriter::Workbook::new();
    other.add_worksheet();
    other.save(&path).unwrap();
    let mut said = say(&verify_workbook(&path).unwrap_err());
    std::fs::write(&path, "地区,金额\n").unwrap();
    said.push_str(&say(&verify_workbook(&path).unwrap_err()));
    let missing = "no such folder/no.xlsx".as_ref();
    said.push_str(&say(&read_changes(missing, &example_plan()).unwrap_err()));
    expect![[r#"
        [workbook_not_ours] `other.xlsx` 不是 fenjie 导出的工作簿 | `other.xlsx` is no workbook that fenjie wrote
        hint: 只能读回由 fenjie 导出、仍带隐藏工作表 `_fenjie` 的工作簿 | only workbooks that fenjie wrote, with their hidden sheet `_fenjie`, come back
        [file_not_as_named] 文件 `other.xlsx` 名不副实：扩展名是 `.xlsx`，内容却是纯文本 | file `other.xlsx` is not what its name says: it ends in `.xlsx` but is plain text
        hint: 改用正确的扩展名，或重新导出 | give it its right ending, or export it again
        [file_missing] 找不到文件 `no such folder/no.xlsx` | there is no file `no such folder/no.xlsx`
    "#]].assert_eq(&said);
}

#[test]
fn truncated_workbooks_do_not_panic() {
    let folder = Folder::new();
    let path = folder.workbook(&example_plan());
    let bytes = std::fs::read(&path).unwrap();
    for part in 1..20 {
        std::fs::write(&path, &bytes[..bytes.len() * part / 20]).unwrap();
        assert!(verify_workbook(&path).is_err());
    }
}

fn refusal(plan: &Plan) -> String {
    let folder = Folder::new();
    let path = folder.path("big.xlsx");
    let refused = write_workbook(plan, &path, &WorkbookOptions::default()).unwrap_err();
    assert_eq!(
        std::fs::read_dir(path.parent().unwrap()).unwrap().count(),
        0
    );
    say(&refused)
}

#[test]
fn amounts_with_more_digits_than_a_spreadsheet_keeps() {
    let total = Operation::Total {
        measure: String::new(),
        amount: TotalAmount::Amount("10000000000000.00".into()),
    };
    let plan = Plan::replay(example::definition(), &[total]).unwrap();
    expect![[r#"
        [amount_too_large] 工作表 `区域×年` 中 全部 × 2026年合计 的 10000000000000.00 超过 15 位，电子表格不能精确保存 | 10000000000000.00 at 全部 × 2026年合计 in sheet `区域×年` has over 15 digits, which a spreadsheet does not keep
        hint: 改写成 CSV 或 Parquet | write CSV or Parquet instead
    "#]].assert_eq(&refusal(&plan));
}

/// Many stores under one total, by these axes.
fn wide_plan(members: usize, axes: &[&str]) -> Plan {
    let mut definition = example::definition();
    let names: Vec<String> = (0..members).map(|at| format!("S{at}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    definition.dimensions = vec![Dimension {
        code: "store".into(),
        name: "门店".into(),
        tree: Tree::flat("store", "全部", &names).unwrap(),
        composition: false,
    }];
    let mut operations = example::operations();
    let Operation::Decompose(by_slot) = operations.pop().unwrap() else {
        unreachable!()
    };
    let to = |axis: &str| {
        let mut act = by_slot.clone();
        act.axis = axis.into();
        if axis == "store" {
            act.basis = fenjie_plan::Basis::Equal;
        }
        Operation::Decompose(act)
    };
    operations.truncate(1);
    operations.extend(axes.iter().map(|axis| to(axis)));
    Plan::replay(definition, &operations).unwrap()
}

#[test]
fn more_rows_than_a_sheet_has() {
    expect![[r#"
        [sheet_full] 工作表 `门店×年` 需要 1100007 行，而一张表最多 1048576 行 | sheet `门店×年` needs 1100007 rows; a sheet has at most 1048576
        hint: 改写成 CSV 或 Parquet | write CSV or Parquet instead
    "#]].assert_eq(&refusal(&wide_plan(1_100_000, &["store"])));
}

#[test]
fn a_sheet_that_would_be_too_large_is_coarser_and_says_so() {
    let folder = Folder::new();
    let path = folder.workbook(&wide_plan(15_000, &["store", "time.month"]));
    expect![[r#"
        校验
        2026 年度销售目标 · 这份工作簿从哪里来，凭什么可信

        项目 | 内容
        方案 | 2026 年度销售目标
        期间 | 2026-01-01 – 2026-12-31
        操作数 | 3
        工作簿 | 15005 个合计逐一等于其各部分之和
        说明 | 工作表「门店×季」：时间只列到 季，方案细到 月；全部明细请导出 CSV 或 Parquet
    "#]]
    .assert_eq(&crate::show(&path, "校验"));
    assert!(verify_workbook(&path).unwrap().is_ok());
}
