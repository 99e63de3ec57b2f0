//! What the errors of workbooks say, in Chinese and English.

use fenjie_message::{Lang, Message};

use super::error::{SheetCell, SheetLimit, WorkbookError};

impl SheetCell {
    fn text(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => format!("工作表 `{}` 的单元格 {}", self.sheet, self.cell),
            Lang::En => format!("cell {} of sheet `{}`", self.cell, self.sheet),
        }
    }
}

impl SheetLimit {
    fn most(self) -> usize {
        match self {
            SheetLimit::Rows => 1 << 20,
            SheetLimit::Columns => 1 << 14,
        }
    }
}

impl Message for WorkbookError {
    fn code(&self) -> &'static str {
        match self {
            WorkbookError::SheetFull { .. } => "sheet_full",
            WorkbookError::AmountTooLarge { .. } => "amount_too_large",
            WorkbookError::PlanDoesNotAdd { .. } => "plan_does_not_add",
            WorkbookError::Plan(error) => error.code(),
            WorkbookError::Write(error) => error.code(),
            WorkbookError::Library { .. } => "workbook_not_written",
            WorkbookError::Read(error) => error.code(),
            WorkbookError::NotOurs { .. } => "workbook_not_ours",
            WorkbookError::MachineSheetChanged { .. } => "machine_sheet_changed",
            WorkbookError::OtherPlan { .. } => "other_plan",
            WorkbookError::SheetGone { .. } => "sheet_gone",
            WorkbookError::SheetTwice { .. } => "sheet_twice",
            WorkbookError::LineGone { .. } => "line_gone",
            WorkbookError::LineTwice { .. } => "line_twice",
            WorkbookError::TextInNumber { .. } => "text_in_number",
            WorkbookError::ErrorValue { .. } => "error_value",
            WorkbookError::NoResult { .. } => "formula_without_result",
            WorkbookError::NotWholeSteps { .. } => "not_whole_steps",
            WorkbookError::TotalDoesNotAdd { .. } => "total_does_not_add",
            WorkbookError::NotEditable { .. } => "cell_not_editable",
            WorkbookError::PlaceUnknown { .. } => "place_unknown",
            WorkbookError::ChangesOverlap { .. } => "changes_overlap",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match self {
            WorkbookError::Plan(error) => error.text(lang),
            WorkbookError::Write(error) => error.text(lang),
            WorkbookError::Read(error) => error.text(lang),
            other => match lang {
                Lang::Zh => text_zh(other),
                Lang::En => text_en(other),
            },
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        let (zh, en) = match self {
            WorkbookError::Plan(error) => return error.hint(lang),
            WorkbookError::Write(error) => return error.hint(lang),
            WorkbookError::Read(error) => return error.hint(lang),
            WorkbookError::SheetFull { .. } | WorkbookError::AmountTooLarge { .. } => {
                ("改写成 CSV 或 Parquet", "write CSV or Parquet instead")
            }
            WorkbookError::PlanDoesNotAdd { .. } => {
                ("这是程序错误，请报告", "please report this bug")
            }
            WorkbookError::NotOurs { .. } => (
                "只能读回由 fenjie 导出、仍带隐藏工作表 `_fenjie` 的工作簿",
                "only workbooks that fenjie wrote, with their hidden sheet `_fenjie`, come back",
            ),
            WorkbookError::MachineSheetChanged { .. }
            | WorkbookError::SheetGone { .. }
            | WorkbookError::LineGone { .. } => (
                "重新导出一份，再把改动填进去；不需要的行列请隐藏而不要删除",
                "export again and make the changes there; hide what is not needed, do not delete it",
            ),
            WorkbookError::OtherPlan { .. } => (
                "核对方案文件，或从这个方案重新导出",
                "check the plan, or export from this plan again",
            ),
            WorkbookError::SheetTwice { .. } | WorkbookError::LineTwice { .. } => {
                ("删去多出来的那一份", "delete the copy")
            }
            WorkbookError::TextInNumber { .. } | WorkbookError::ErrorValue { .. } => (
                "填数字，或留空表示不改",
                "type a number, or leave it blank for no change",
            ),
            WorkbookError::NoResult { .. } => (
                "在电子表格程序里打开并保存一次，或填数字",
                "open and save it in a spreadsheet program, or type the number",
            ),
            WorkbookError::NotWholeSteps { .. } => (
                "先四舍五入到步长，例如用 ROUND",
                "round it to the step first, for example with ROUND",
            ),
            WorkbookError::TotalDoesNotAdd { .. } => (
                "只改合计（按原比例下分）或只改明细，二者都改时须相等；插入的行没有标识，不会读回",
                "change only the total, which is shared in proportion, or only its parts, or both so that they \
                 agree; inserted rows have no id and are not read",
            ),
            WorkbookError::NotEditable { .. } => (
                "这张表由日历算出；请改按月的表",
                "this sheet is computed by the calendar; change a sheet by months",
            ),
            WorkbookError::PlaceUnknown { .. } => {
                ("从现在的方案重新导出", "export from the plan as it is now")
            }
            WorkbookError::ChangesOverlap { .. } => (
                "一次只改其中一处，导入后再导出改另一处",
                "change one of them, import, export again and change the other",
            ),
            WorkbookError::Library { .. } => return None,
        };
        Some(lang.pick(zh, en).to_owned())
    }
}

fn text_zh(error: &WorkbookError) -> String {
    let zh = Lang::Zh;
    match error {
        WorkbookError::SheetFull {
            sheet,
            limit,
            needed,
        } => {
            let what = if *limit == SheetLimit::Rows {
                "行"
            } else {
                "列"
            };
            format!(
                "工作表 `{sheet}` 需要 {needed} {what}，而一张表最多 {} {what}",
                limit.most()
            )
        }
        WorkbookError::AmountTooLarge {
            sheet,
            place,
            amount,
        } => {
            format!("工作表 `{sheet}` 中 {place} 的 {amount} 超过 15 位，电子表格不能精确保存")
        }
        WorkbookError::PlanDoesNotAdd { sheet, place } => {
            format!("工作表 `{sheet}` 中 {place} 不等于其各部分之和")
        }
        WorkbookError::Library { reason } => format!("工作簿写不出来：{reason}"),
        WorkbookError::NotOurs { file } => format!("`{file}` 不是 fenjie 导出的工作簿"),
        WorkbookError::MachineSheetChanged { file, row } => {
            format!("`{file}` 的隐藏工作表 `_fenjie` 第 {row} 行读不懂，可能被改过")
        }
        WorkbookError::OtherPlan {
            what,
            workbook,
            plan,
        } => {
            let what = match *what {
                "name" => "名称",
                "dimensions" => "维度",
                "measures" => "指标",
                _ => "期间",
            };
            format!("工作簿属于另一个方案：{what}是 `{workbook}`，而方案是 `{plan}`")
        }
        WorkbookError::SheetGone { sheet } => {
            format!("工作表 `{sheet}` 不见了，或它隐藏的标识行列被删除")
        }
        WorkbookError::SheetTwice { sheets } => {
            format!("工作表 `{}` 和 `{}` 是同一张表的两份", sheets.0, sheets.1)
        }
        WorkbookError::LineGone { sheet, id } => {
            format!("工作表 `{sheet}` 中 `{id}` 的行或列被删除")
        }
        WorkbookError::LineTwice { id, first, second } => {
            format!("`{id}` 出现两次：{} 和 {}", first.text(zh), second.text(zh))
        }
        WorkbookError::TextInNumber { at, text } => {
            format!("{} 应为数字，却是 `{text}`", at.text(zh))
        }
        WorkbookError::ErrorValue { at, value } => format!("{} 是错误值 {value}", at.text(zh)),
        WorkbookError::NoResult { at } => format!("{} 的公式没有保存结果", at.text(zh)),
        WorkbookError::NotWholeSteps { at, value, step } => {
            format!("{} 的 {value} 不是 {step} 的整数倍", at.text(zh))
        }
        WorkbookError::TotalDoesNotAdd {
            at,
            place,
            typed,
            parts,
        } => {
            format!(
                "{}（{place}）是 {typed}，而它各部分之和是 {parts}",
                at.text(zh)
            )
        }
        WorkbookError::NotEditable { at } => format!("{} 被改动，但这里的数不能改", at.text(zh)),
        WorkbookError::PlaceUnknown { at, id } => {
            format!("{} 被改动，但现在的方案里没有 `{id}`", at.text(zh))
        }
        WorkbookError::ChangesOverlap { first, second } => {
            format!(
                "{} 与 {} 的改动涉及相同的数",
                first.text(zh),
                second.text(zh)
            )
        }
        WorkbookError::Plan(_) | WorkbookError::Write(_) | WorkbookError::Read(_) => String::new(),
    }
}

fn text_en(error: &WorkbookError) -> String {
    let en = Lang::En;
    match error {
        WorkbookError::SheetFull {
            sheet,
            limit,
            needed,
        } => {
            let what = if *limit == SheetLimit::Rows {
                "rows"
            } else {
                "columns"
            };
            format!(
                "sheet `{sheet}` needs {needed} {what}; a sheet has at most {}",
                limit.most()
            )
        }
        WorkbookError::AmountTooLarge {
            sheet,
            place,
            amount,
        } => format!(
            "{amount} at {place} in sheet `{sheet}` has over 15 digits, which a spreadsheet does not \
             keep"
        ),
        WorkbookError::PlanDoesNotAdd { sheet, place } => {
            format!("{place} in sheet `{sheet}` is not the sum of its parts")
        }
        WorkbookError::Library { reason } => format!("the workbook cannot be written: {reason}"),
        WorkbookError::NotOurs { file } => format!("`{file}` is no workbook that fenjie wrote"),
        WorkbookError::MachineSheetChanged { file, row } => format!(
            "row {row} of the hidden sheet `_fenjie` in `{file}` makes no sense; it may have been \
             changed"
        ),
        WorkbookError::OtherPlan {
            what,
            workbook,
            plan,
        } => {
            format!("the workbook is of another plan: {what} `{workbook}`, the plan has `{plan}`")
        }
        WorkbookError::SheetGone { sheet } => {
            format!("sheet `{sheet}` is gone, or its hidden ids are")
        }
        WorkbookError::SheetTwice { sheets } => {
            format!(
                "sheets `{}` and `{}` are copies of one sheet",
                sheets.0, sheets.1
            )
        }
        WorkbookError::LineGone { sheet, id } => {
            format!("the row or column `{id}` of sheet `{sheet}` was deleted")
        }
        WorkbookError::LineTwice { id, first, second } => {
            format!(
                "`{id}` stands twice: {} and {}",
                first.text(en),
                second.text(en)
            )
        }
        WorkbookError::TextInNumber { at, text } => {
            format!("{} should be a number and is `{text}`", at.text(en))
        }
        WorkbookError::ErrorValue { at, value } => {
            format!("{} has the error value {value}", at.text(en))
        }
        WorkbookError::NoResult { at } => {
            format!("the formula in {} has no stored result", at.text(en))
        }
        WorkbookError::NotWholeSteps { at, value, step } => {
            format!("{value} in {} is no multiple of {step}", at.text(en))
        }
        WorkbookError::TotalDoesNotAdd {
            at,
            place,
            typed,
            parts,
        } => {
            format!(
                "{} ({place}) is {typed}, but its parts come to {parts}",
                at.text(en)
            )
        }
        WorkbookError::NotEditable { at } => {
            format!("{} was changed, but its figure cannot be", at.text(en))
        }
        WorkbookError::PlaceUnknown { at, id } => {
            format!(
                "{} was changed, but the plan has no `{id}` now",
                at.text(en)
            )
        }
        WorkbookError::ChangesOverlap { first, second } => {
            format!(
                "the changes of {} and {} concern the same figures",
                first.text(en),
                second.text(en)
            )
        }
        WorkbookError::Plan(_) | WorkbookError::Write(_) | WorkbookError::Read(_) => String::new(),
    }
}
