//! Columns are found by name in Chinese and English, by the plan's own words, or by a mapping.

use expect_test::expect;
use fenjie_facts::import::{ImportOptions, Mapping};

use super::{import, import_as, notes, refused, shown};

#[test]
fn chinese_and_english_headings_are_the_same() {
    let expected = "2026-03-01 | S1 | 家具 | 线上 | 1200.50 | 3 | 张三 | #A1 (2)\n";
    for header in [
        "日期,门店,产品,渠道,金额,数量,客户,行 ID",
        "订单日期,店铺,商品,销售渠道,销售额,件数,客户名称,行号",
        "date,store,product,channel,amount,qty,customer,order line id",
        "Order Date,Shop,Category,Sales Channel,Sales,Units,Customer Name,external_id",
        "下单日期,成员,品类,渠道,成交额,销量,顾客,流水号",
        "Date,Member,SKU,CHANNEL,Revenue,Quantity,Client,Row ID",
        "时间,门店编号,产品,渠道,销售金额(元),数量（件）,客户,单号",
    ] {
        let text = format!("{header}\n2026-03-01,S1,家具,线上,1200.50,3,张三,A1\n");
        let read = import(&text).unwrap_or_else(|error| panic!("{header}: {error}"));
        assert_eq!(shown(&read), expected, "{header}");
    }
}

#[test]
fn title_rows_above_the_header_are_passed_over() {
    let read = import("三月销售,,\n制表：王芳,,\n日期,门店,金额\n2026-03-01,S1,5\n").unwrap();
    assert_eq!(shown(&read), "2026-03-01 | S1 |  |  | 5.00 (4)\n");
}

#[test]
fn a_unit_in_the_heading_counts() {
    let read = import("日期,门店,金额（万元）\n2026-03-01,S1,1.25\n2026-03-02,S1,-0.5\n").unwrap();
    assert_eq!(
        shown(&read),
        "2026-03-01 | S1 |  |  | 12500.00 (2)\n2026-03-02 | S1 |  |  | -5000.00 (3)\n"
    );
    expect![[r#"
        `金额（万元）` 列的数按表头的单位乘以 10,000，自己带单位的除外
        文件没有产品这一列，这个维度上都算未归属
        文件没有渠道这一列，这个维度上都算未归属
    "#]]
    .assert_eq(&notes(&read));
}

#[test]
fn two_columns_for_one_role_are_refused() {
    let result = import("日期,下单日期,门店,金额\n2026-03-01,2026-03-02,S1,5\n");
    expect![[r#"
        文件 `销售.csv` 的 `日期` 和 `下单日期` 两列都可能是日期
          用 `--map '日期=日期'` 说明取哪一列
        file `销售.csv`: both columns `日期` and `下单日期` may be date
          say which one with `--map 'date=日期'`
    "#]]
    .assert_eq(&refused(result));
    let mapped = import_as(
        "a.csv",
        "日期,下单日期,门店,金额\n2026-03-01,2026-03-02,S1,5\n",
        "日期=下单日期",
        &ImportOptions::default(),
    );
    assert_eq!(
        shown(&mapped.unwrap()),
        "2026-03-02 | S1 |  |  | 5.00 (2)\n"
    );
}

#[test]
fn missing_columns_are_named_with_the_nearest() {
    expect![[r#"
        文件 `销售.csv` 里找不到这些列：日期、销售额、组织；现有：`下单日`、`营业点`、`成交总额`
          用 `--map '日期=列名'` 说明哪一列是它
        file `销售.csv` has no column for: date, sales, org; it has: `下单日`, `营业点`, `成交总额`
          say which column it is with `--map 'date=COLUMN'`
    "#]]
    .assert_eq(&refused(import(
        "下单日,营业点,成交总额\n2026-03-01,S1,5\n",
    )));
    let read = import_as(
        "a.csv",
        "下单日,营业点,成交总额\n2026-03-01,S1,5\n",
        "日期=下单日, 门店=营业点, 金额=成交总额",
        &ImportOptions::default(),
    );
    assert_eq!(shown(&read.unwrap()), "2026-03-01 | S1 |  |  | 5.00 (2)\n");
}

#[test]
fn mappings_that_do_not_fit() {
    let with = |mapping| {
        refused(import_as(
            "a.csv",
            "日期,门店,金额\n",
            mapping,
            &ImportOptions::default(),
        ))
    };
    expect![[r#"
        文件 `a.csv` 没有 `成交额` 列（`金额`）；现有：`日期`、`门店`、`金额`
        file `a.csv` has no column `成交额` (`金额`); it has: `日期`, `门店`, `金额`
    "#]]
    .assert_eq(&with("金额=成交额"));
    expect![[r#"
        方案里没有 `价钱`，相近的有：日期、时间、金额、数量、单号、客户、业绩分成、org、product、channel、sales、units
        the plan has no `价钱`; the nearest are: 日期, 时间, 金额, 数量, 单号, 客户, 业绩分成, org, product, channel, sales, units
    "#]].assert_eq(&with("日期=日期, 价钱=金额"));
    assert!(Mapping::parse("日期").is_err());
    let saved = Mapping::parse("日期=下单日, 单号=-").unwrap();
    let again = Mapping::from_toml("旧系统", &saved.to_toml()).unwrap();
    assert_eq!(
        (again.columns, again.name.as_deref()),
        (saved.columns, Some("旧系统"))
    );
}

#[test]
fn a_constant_stands_for_a_column() {
    let options = ImportOptions {
        members: vec![
            ("org".into(), "人民路店".into()),
            ("渠道".into(), "线上".into()),
        ],
        ..ImportOptions::default()
    };
    let text = "日期,金额\n2026-03-01,5\n";
    let read = import_as("a.csv", text, "", &options).unwrap();
    assert_eq!(shown(&read), "2026-03-01 | S1 |  | 线上 | 5.00 (2)\n");
    expect![[r#"
        组织既有 `门店` 列，又用 `--member` 指定
          去掉 `--member`，或用 `--map '维度=-'` 不取这一列
        组织 has the column `门店` and a constant by `--member`
          leave `--member` out, or the column with `--map 'DIMENSION=-'`
    "#]]
    .assert_eq(&refused(import_as(
        "a.csv",
        "日期,门店,金额\n2026-03-01,S1,5\n",
        "",
        &options,
    )));
    let wrong = ImportOptions {
        members: vec![("org".into(), "S9".into())],
        ..ImportOptions::default()
    };
    expect![[r#"
        没有 `org=S9`，相近的有：华东、华北、湖滨店
        there is no `org=S9`; the nearest are: 华东, 华北, 湖滨店
    "#]]
    .assert_eq(&refused(import_as("a.csv", text, "", &wrong)));
}

#[test]
fn of_several_columns_the_deepest_filled_counts() {
    let read = import(
        "日期,大区,门店,金额\n2026-03-01,华东,人民路店,1\n2026-03-01,华北,,2\n2026-03-01,,S2,3\n\
         2026-03-01,华东,新店,4\n",
    )
    .unwrap();
    expect![[r#"
        2026-03-01 | S1 |  |  | 1.00 (2)
        2026-03-01 | N |  |  | 2.00 (3)
        2026-03-01 | S2 |  |  | 3.00 (4)
        2026-03-01 | 新店 |  |  | 4.00 (5)
    "#]]
    .assert_eq(&shown(&read));
    let result = import("日期,大区,门店,金额\n2026-03-01,华北,人民路店,1\n");
    expect![[r#"
        第 2 行 `门店` 列 `人民路店`：不在 `华北` 之下，而在 `华东` 之下
        row 2, column `门店`, `人民路店`: does not lie under `华北` but under `华东`
    "#]]
    .assert_eq(&refused(result));
}
