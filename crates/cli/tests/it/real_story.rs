//! A year of a real shop, month by month: closed, carried, missed twice, planned against, and what was
//! left over in December (rules J1–J5). The table is not part of the project.

use std::fmt::Write as _;

use expect_test::expect;
use serde_json::Value;

use crate::harness::{Folder, root, run, shared, words};

/// Runs a line that has to succeed.
fn done(folder: &Folder, line: &str) -> String {
    let ran = run(folder.path(), &words(line), b"");
    assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
    ran.out
}

fn json(folder: &Folder, line: &str) -> Value {
    serde_json::from_str(&done(folder, &format!("{line} --json"))).unwrap()
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value[name].as_array().unwrap().iter()
}

fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

fn cents(value: &Value, name: &str) -> i64 {
    text(value, name).replace('.', "").parse().unwrap()
}

/// The first day of the month after the `month`-th of 2017.
fn next(month: usize) -> String {
    match month {
        12 => "2018-01-01".into(),
        month => format!("2017-{:02}-01", month + 1),
    }
}

/// Closes a month, files the action plans that have become due, carries; a line about it.
fn month(folder: &Folder, month: usize, story: &mut String) {
    let as_of = next(month);
    let close = format!("close shop 2017-{month:02} --as-of {as_of} --who 张经理");
    let seen = json(folder, &close);
    let period = &seen["periods"][0];
    let (base, actual) = (cents(period, "base"), cents(period, "actual"));
    let tenths = (actual * 1000 + base / 2) / base;
    write!(story, "{month:2} 月 {}.{}%", tenths / 10, tenths % 10).unwrap();
    let missed = list(period, "members").filter(|member| member["result"] == "missed");
    let missed: Vec<String> = missed
        .map(|member| format!("{} {}", text(member, "name"), text(member, "attainment")))
        .collect();
    write!(story, "，未达成：{}", missed.join("、")).unwrap();
    done(folder, &format!("{close} --carry --yes -q"));
    let due = json(folder, &format!("action shop --as-of {as_of}"));
    let due: Vec<String> = list(&due, "missed")
        .filter(|one| one["state"] == "due")
        .map(|one| text(one, "place"))
        .collect();
    for place in &due {
        done(
            folder,
            &format!(
                "action shop '{place}' --cause execution=回访不够 --do 每周回访老客 --owner 区域经理 \
                 --due {as_of} --as-of {as_of} --yes -q"
            ),
        );
    }
    if !due.is_empty() {
        done(folder, &format!("carry shop --as-of {as_of} --yes -q"));
        let names: Vec<&str> = due
            .iter()
            .map(|one| one.split('=').nth(1).unwrap())
            .collect();
        write!(story, "；改进计划：{}", names.join("、")).unwrap();
    }
    story.push('\n');
}

#[test]
fn a_year_closed_month_by_month() {
    let Some(orders) = shared("superstore_cn/orders.csv") else {
        return;
    };
    let folder = Folder::new();
    let text_of =
        std::fs::read_to_string(root().join("examples/superstore-2017/plan.toml")).unwrap();
    let path = orders.display().to_string();
    folder.write(
        "plan.toml",
        text_of.replace("../../../shared/data/superstore_cn/orders.csv", &path),
    );
    done(&folder, "init plan.toml shop");
    done(&folder, &format!("import shop {path} --round half_up -q"));
    let mut story = String::new();
    for number in 1..=11 {
        month(&folder, number, &mut story);
    }
    expect![[r#"
         1 月 83.2%，未达成：华东 30.1%、西北 17.7%、西南 80.0%、中南 91.1%
         2 月 153.8%，未达成：东北 82.2%
         3 月 152.4%，未达成：西北 55.4%、西南 33.0%
         4 月 163.4%，未达成：华北 53.3%
         5 月 130.9%，未达成：西北 43.1%、西南 84.7%
         6 月 109.2%，未达成：东北 96.2%、中南 69.5%
         7 月 136.4%，未达成：华北 91.6%、西北 15.3%、中南 89.7%；改进计划：中南
         8 月 105.7%，未达成：华北 93.2%；改进计划：华北
         9 月 99.2%，未达成：华东 78.6%、西南 16.9%
        10 月 111.6%，未达成：东北 72.1%、西北 26.3%、西南 39.1%；改进计划：西南
        11 月 79.7%，未达成：东北 93.0%、华北 42.8%、华东 77.0%、西南 99.1%、中南 84.1%；改进计划：东北
    "#]].assert_eq(&story);

    // December, before it is closed: what was planned, and what is asked for now.
    let ran = done(
        &folder,
        "track shop --as-of 2017-12-01 --period month=2017-12 --unit 元 --sort member -q",
    );
    let table = ran.split("\n\n").nth(2).unwrap();
    expect![[r#"
        #  地区        基准         结转        目标       实绩  完成率  进度差        差额  日均需完成    预计完成  状态
        3  东北   94,036.29   +42,224.98  136,261.27   2,680.01    2.0%    -1.3  133,581.26    4,452.71   83,080.02  ◆ 略落后
        2  华北   65,921.77   +77,432.57  143,354.34   3,872.40    2.7%    -0.5  139,481.94    4,649.40  120,044.23  ◆ 略落后
        4  华东  163,541.65   +83,272.17  246,813.82     788.62    0.3%    -2.9  246,025.20    8,200.84   24,447.18  ◆ 略落后
        1  西北   22,411.38   +43,860.88   66,272.26   5,043.64    7.6%    +4.4   61,228.62    2,040.95  156,352.46  ▲ 领先
        5  西南   32,716.66   +90,319.91  123,036.57       0.00    0.0%    -3.2  123,036.57    4,101.22        0.00  ◆ 略落后
        5  中南  143,456.40   +59,653.17  203,109.57       0.00    0.0%    -3.2  203,109.57    6,770.32        0.00  ◆ 略落后
           合计  522,084.15  +396,763.68  918,847.83  12,384.67    1.3%    -1.9  906,463.16   30,215.44  383,923.77  ◆ 略落后
    "#]].assert_eq(table);

    let mut story = String::new();
    month(&folder, 12, &mut story);
    expect![[r#"
        12 月 104.3%，未达成：华北 95.9%、中南 68.3%；改进计划：华北、中南
    "#]]
    .assert_eq(&story);
    // Nothing later is left in the year: what is still open is not recovered, and said.
    let carried = json(&folder, "carry shop --as-of 2018-01-01");
    let left: Vec<String> = list(&carried, "members")
        .map(|one| format!("{} {}", text(one, "name"), text(one, "unrecovered")))
        .collect();
    expect![[r#"
        东北 30989.35
        华北 80108.05
        华东 72160.62
        西北 26438.00
        西南 59510.39
        中南 105102.33"#]]
    .assert_eq(&left.join("\n"));
    let total: i64 = list(&carried, "members")
        .map(|one| cents(one, "unrecovered"))
        .sum();
    expect!["37430874"].assert_eq(&format!("{total}"));

    // Carrying moves targets between months; the year's stays.
    let year = json(&folder, "track shop --as-of 2018-01-01 --period year -q");
    assert_eq!(year["whole"][0]["base"], "4882949.20");
    assert_eq!(year["whole"][0]["actual"], "5488465.95");
    done(&folder, "verify shop");

    // Did the plans help? Attainment before is of the two months missed, after of all months since.
    let plans = json(&folder, "action shop --as-of 2018-01-01");
    let number = plans["plans"][0]["number"].as_u64().unwrap();
    done(
        &folder,
        &format!(
            "action shop --check {number} --effect partly --note 十月起好转 --as-of 2018-01-01 --yes -q"
        ),
    );
    expect![[r#"
        步  成员  状态        负责      期限        措施           之前    之后
        20  中南  部分有效    区域经理  2017-08-01  每周回访老客  76.5%   95.6%
        24  华北  到期未检查  区域经理  2017-09-01  每周回访老客  92.5%  126.1%
        30  西南  到期未检查  区域经理  2017-11-01  每周回访老客  29.9%  144.5%
        34  东北  到期未检查  区域经理  2017-12-01  每周回访老客  80.4%  111.9%
        38  华北  进行中      区域经理  2018-01-01  每周回访老客  62.4%       –
        39  中南  进行中      区域经理  2018-01-01  每周回访老客  76.3%       –
        到期了，记下效果：--check 24 --effect partly --note '…' --yes
    "#]]
    .assert_eq(&done(&folder, "action shop --as-of 2018-01-01 -q"));
}
