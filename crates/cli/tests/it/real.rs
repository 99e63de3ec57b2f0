//! The plans on real tables, where those lie beside the checkout.

use expect_test::expect;

use crate::harness::{Folder, root, run, shared, words};

fn check(plan: &str, table: &str, line: &str) -> Option<String> {
    shared(table)?;
    let beside = root().join("../shared/data").join(table);
    if !beside.exists() {
        println!("the plan looks for {}: nothing was tried", beside.display());
        return None;
    }
    let folder = Folder::new();
    let line = line.replace("PLAN", &root().join(plan).display().to_string());
    let shown = run(folder.path(), &words(&line), b"").shown();
    Some(shown.replace(&format!("{}/", root().display()), ""))
}

#[test]
fn a_superstore_in_2018() {
    let plan = "examples/superstore-2018/plan.toml";
    let line = "decompose PLAN --unit 元 --level 'region, category'";
    if let Some(shown) = check(plan, "superstore_cn/orders.csv", line) {
        expect![[r#"
            2018 年销售目标（2018-01-01 至 2018-12-31）

            销售额（元）：6,311,735.66
            地区  类别              合计
            东北  办公用品    308,643.82
            东北  家具        358,117.95
            东北  技术        388,733.76
            华北  办公用品    275,654.18
            华北  家具        340,858.37
            华北  技术        288,253.06
            华东  办公用品    566,529.29
            华东  家具        692,624.55
            华东  技术        620,403.88
            西北  办公用品     99,396.66
            西北  家具        122,060.58
            西北  技术         82,263.35
            西南  办公用品    138,334.10
            西南  家具        195,997.39
            西南  技术        182,888.45
            中南  办公用品    494,902.29
            中南  家具        546,528.96
            中南  技术        609,545.02
            合计            6,311,735.66
            -- talk
            注意[history_missing]：7 格没有历史，目标为 0：region=华北, category=技术, month=2018-01; region=西北, category=家具, month=2018-01; region=西北, category=家具, month=2018-07; region=西北, category=技术, month=2018-01; region=西北, category=技术, month=2018-02; region=西南, category=技术, month=2018-02; region=西南, category=技术, month=2018-09；写 smooth = 3 可由相邻期间补上
              --> examples/superstore-2018/plan.toml:27:1
        "#]].assert_eq(&shown);
    }
    if let Some(shown) = check(plan, "superstore_cn/orders.csv", "verify PLAN --quiet") {
        expect![[r#"
            校验                            次数  结果
            按步骤重算得到同样的数             1  通过
            每个合计等于下级之和             327  通过
            周段、日、时段合计等于所属期间     0  通过
            锁定值不变                         0  通过
            在上下限之内                       0  通过
            声明的总额全部满足                 0  通过
            各层合计等于下级之和               0  通过
            全部通过，内容哈希 aeee691aa65a173c02aa48d9bcdec68e8fa58c0bc56203f7b52da4a7a33fa193
        "#]]
        .assert_eq(&shown);
    }
}

#[test]
fn sixty_stores_in_a_month() {
    let plan = "examples/rossmann-month/plan.toml";
    let line = "decompose PLAN --level time.day --format csv";
    if let Some(shown) = check(plan, "rossmann_60stores/sales_daily.csv.gz", line) {
        expect![[r#"
            period,start,last,sales
            2015-08-01,2015-08-01,2015-08-01,279503
            2015-08-02,2015-08-02,2015-08-02,0
            2015-08-03,2015-08-03,2015-08-03,401653
            2015-08-04,2015-08-04,2015-08-04,344413
            2015-08-05,2015-08-05,2015-08-05,328813
            2015-08-06,2015-08-06,2015-08-06,329294
            2015-08-07,2015-08-07,2015-08-07,341632
            2015-08-08,2015-08-08,2015-08-08,279501
            2015-08-09,2015-08-09,2015-08-09,0
            2015-08-10,2015-08-10,2015-08-10,401648
            2015-08-11,2015-08-11,2015-08-11,344409
            2015-08-12,2015-08-12,2015-08-12,328811
            2015-08-13,2015-08-13,2015-08-13,329292
            2015-08-14,2015-08-14,2015-08-14,341630
            2015-08-15,2015-08-15,2015-08-15,279497
            2015-08-16,2015-08-16,2015-08-16,0
            2015-08-17,2015-08-17,2015-08-17,401645
            2015-08-18,2015-08-18,2015-08-18,344409
            2015-08-19,2015-08-19,2015-08-19,328808
            2015-08-20,2015-08-20,2015-08-20,329291
            2015-08-21,2015-08-21,2015-08-21,341629
            2015-08-22,2015-08-22,2015-08-22,279497
            2015-08-23,2015-08-23,2015-08-23,0
            2015-08-24,2015-08-24,2015-08-24,401644
            2015-08-25,2015-08-25,2015-08-25,344408
            2015-08-26,2015-08-26,2015-08-26,328806
            2015-08-27,2015-08-27,2015-08-27,329290
            2015-08-28,2015-08-28,2015-08-28,341624
            2015-08-29,2015-08-29,2015-08-29,279496
            2015-08-30,2015-08-30,2015-08-30,0
            2015-08-31,2015-08-31,2015-08-31,401643
        "#]]
        .assert_eq(&shown);
    }
}
