//! A meeting's pack as a workbook: what its cells hold, and that its formulas come to what is stored.

use expect_test::expect;
use fenjie_exchange::review_workbook::write_review;
use fenjie_money::Step;
use fenjie_review::{At, Block, Cell, CellFormula, Document, Section, Table};
use fenjie_track::Ratio;

use crate::office::recalculated;
use crate::patch::{Book, with_results};
use crate::{Folder, say, show};

/// A gap in two parts and an odd name, a column of figures that follow from each other.
fn document(target: i64) -> Document {
    let step = Step::cent();
    let mut gap = Table::new(&["门店", ">应完成", ">实绩", ">差额", ">占差额"]);
    let share = |part, whole| Cell::share(Ratio::new(part, whole));
    let less = CellFormula::Less {
        from: At::Column(1),
        taken: At::Column(2),
    };
    let total = target - 719_990;
    for (name, target, actual) in [("=SUM(A1)", target, 600_010), ("西区", 500_020, 620_000)] {
        gap.row([
            Cell::text(name),
            Cell::amount(target, step),
            Cell::amount(actual, step),
            Cell::amount(target - actual, step).with(less),
            share((target - actual).into(), total.into())
                .with(CellFormula::ShareOfLast { column: 3 }),
        ]);
    }
    let sum = |count| Cell::amount(count, step).with(CellFormula::SumAbove);
    gap.row([
        Cell::text("合计"),
        sum(target + 500_020),
        sum(1_220_010),
        sum(total),
        share(1, 1).with(CellFormula::ShareOfLast { column: 3 }),
    ]);
    gap.totalled = true;
    let mut figures = Table::new(&["指标", ">本周"]);
    figures.row([Cell::text("基准目标"), Cell::amount(1_000_001, step)]);
    figures.row([Cell::text("结转"), Cell::signed(23_450, step)]);
    let plus = CellFormula::Plus {
        one: At::Row(0),
        other: At::Row(1),
    };
    let over = CellFormula::Over {
        part: At::Row(3),
        whole: At::Row(2),
    };
    let points = CellFormula::Less {
        from: At::Row(4),
        taken: At::Row(5),
    };
    figures.row([
        Cell::text("工作目标"),
        Cell::amount(1_023_451, step).with(plus),
    ]);
    figures.row([Cell::text("实绩"), Cell::amount(900_000, step)]);
    let attainment = Ratio::new(900_000, 1_023_451).unwrap();
    figures.row([
        Cell::text("完成率"),
        Cell::share(Some(attainment)).with(over),
    ]);
    figures.row([Cell::text("时间进度"), Cell::share(Ratio::new(3, 4))]);
    let pace = attainment.minus(Ratio::new(3, 4).unwrap());
    figures.row([Cell::text("进度差"), Cell::points(Some(pace)).with(points)]);
    figures.row([Cell::text("状态"), Cell::text("◆ 略落后")]);
    let section = |number, title: &str, blocks| Section {
        number,
        title: title.into(),
        blocks,
    };
    Document {
        title: "门店目标：第10周 会议材料".into(),
        lines: vec!["销售额（元）".into()],
        sections: vec![
            section(1, "结果", vec![Block::Table(figures)]),
            section(
                2,
                "差额分解",
                vec![
                    Block::Paragraph("到期的基准目标 1.10万，实绩 1.22万。".into()),
                    Block::Heading("按门店".into()),
                    Block::Table(gap),
                    Block::List(vec!["一行".into(), "=1+1".into()]),
                ],
            ),
        ],
    }
}

#[test]
fn a_pack_as_a_workbook() {
    let folder = Folder::new();
    let path = folder.path("pack.xlsx");
    write_review(&document(600_030), &path).unwrap();
    expect![[r#"
        1 结果
        门店目标：第10周 会议材料 · 销售额（元）

        指标 | 本周
        基准目标 | 10000.01
        结转 | 234.5
        工作目标 | 10234.51 =ROUND(C5+C6,2)
        实绩 | 9000
        完成率 | 0.879378 =IF(C7=0,"",C8/C7)
        时间进度 | 0.75
        进度差 | 12.9378 =(C9-C10)*100
        状态 | ◆ 略落后
    "#]]
    .assert_eq(&show(&path, "1 结果"));
    expect![[r#"
        2 差额分解
        门店目标：第10周 会议材料 · 销售额（元）

        到期的基准目标 1.10万，实绩 1.22万。

        按门店
        门店 | 应完成 | 实绩 | 差额 | 占差额
        =SUM(A1) | 6000.3 | 6000.1 | 0.2 =ROUND(C8-D8,2) | -0.000167 =IF(E10=0,"",E8/E10)
        西区 | 5000.2 | 6200 | -1199.8 =ROUND(C9-D9,2) | 1.000167 =IF(E10=0,"",E9/E10)
        合计 | 11000.5 =ROUND(SUM(C8:C9),2) | 12200.1 =ROUND(SUM(D8:D9),2) | -1199.6 =ROUND(SUM(E8:E9),2) | 1 =IF(E10=0,"",E10/E10)

        · 一行
        · =1+1
    "#]].assert_eq(&show(&path, "2 差额分解"));
}

#[test]
fn recalculating_a_pack_changes_nothing() {
    let folder = Folder::new();
    let path = folder.path("pack.xlsx");
    write_review(&document(600_030), &path).unwrap();
    let sheets = ["1 结果", "2 差额分解"];
    let before = sheets.map(|sheet| show(&path, sheet));
    Book::open(&path)
        .change_all(|xml| with_results(&xml, Some("0")))
        .save(&path);
    let Some(again) = recalculated(&folder, &path) else {
        return;
    };
    let figures = |text: &str| -> Vec<String> {
        let cells = text.lines().flat_map(|line| line.split(" | "));
        let values = cells.filter_map(|cell| cell.split(" =").next()?.parse::<f64>().ok());
        values.map(|value| format!("{value:.3}")).collect()
    };
    for (sheet, before) in sheets.iter().zip(&before) {
        assert_eq!(figures(&show(&again, sheet)), figures(before), "{sheet}");
    }
}

#[test]
fn an_amount_that_no_workbook_holds() {
    let folder = Folder::new();
    let path = folder.path("pack.xlsx");
    let refused = write_review(&document(1_000_000_000_000_000), &path).unwrap_err();
    expect![[r#"
        [amount_too_large] 工作表 `2 差额分解` 中 C8 的 10000000000000.00 超过 15 位，电子表格不能精确保存 | 10000000000000.00 at C8 in sheet `2 差额分解` has over 15 digits, which a spreadsheet does not keep
        hint: 改写成 CSV 或 Parquet | write CSV or Parquet instead
    "#]].assert_eq(&say(&refused));
    assert!(!path.exists());
}
