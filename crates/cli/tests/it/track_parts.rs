//! What `fenjie track` shows beside and instead of its usual table: composition, levels and ratios,
//! price and volume, carried targets, every grouping, pictures.

use expect_test::expect;

use crate::harness::Folder;

/// A company's first quarter: one sale of nobody known, satisfaction asked twice in the East.
const BRIEF: &str = "\
date,region,product,channel,source,sales,satisfaction
2026-01-05,EAST,A,ONLINE,NEW,300000.00,
2026-01-12,NORTH,B,SHOPS,REPEAT,120000.00,
2026-01-20,SOUTH,C,PARTNERS,REFERRAL,250000.50,
2026-02-10,EAST,B,SHOPS,RETURN,90000.00,
2026-02-28,EAST,A,ONLINE,NEW,,82
2026-03-02,WEST,A,ONLINE,CAMPAIGN,40000.00,
2026-03-05,EAST,A,ONLINE,NEW,110000.00,
2026-03-09,Nowhere,A,ONLINE,Friends,2000.00,
2026-03-10,NORTHEAST,C,SHOPS,REPEAT,33333.33,
2026-03-12,EAST,A,ONLINE,NEW,,86
";

const MEMBERS: [(&str, &str, &str); 12] = [
    ("NORTHEAST", "东北", "Northeast"),
    ("NORTH", "华北", "North"),
    ("EAST", "华东", "East"),
    ("SOUTH", "华南", "South"),
    ("WEST", "华西", "West"),
    ("ONLINE", "线上", "Online"),
    ("SHOPS", "线下", "Shops"),
    ("PARTNERS", "合作伙伴", "Partners"),
    ("RETURN", "回访", "Return visit"),
    ("NEW", "新客", "New"),
    ("REFERRAL", "转介绍", "Referral"),
    ("CAMPAIGN", "活动", "Campaign"),
];

/// The brief's plan in both languages, with the same sales.
fn brief() -> Folder {
    let folder = Folder::with_example("brief-2026");
    let sales = |pick: fn(&(&str, &'static str, &'static str)) -> &'static str, repeat: &str| {
        let mut text = BRIEF.replace("REPEAT", repeat);
        for member in &MEMBERS {
            text = text.replace(&format!(",{},", member.0), &format!(",{},", pick(member)));
        }
        text
    };
    folder.write("sales.csv", sales(|member| member.1, "复购"));
    folder.write("sales.en.csv", sales(|member| member.2, "Repeat"));
    folder
}

const ZH: &str = "track plan.toml --actuals sales.csv --as-of 2026-03-12";
const EN: &str = "track plan.en.toml --actuals sales.en.csv --as-of 2026-03-12 --lang en";

/// What stands from some line on.
fn from(text: &str, word: &str) -> String {
    let at = text
        .find(word)
        .unwrap_or_else(|| panic!("no {word} in\n{text}"));
    text[at..].to_owned()
}

#[test]
fn where_business_comes_from_beside_its_target_shares() {
    let folder = brief();
    let ran = folder.run(&format!("{ZH} --composition --unit 元 -q"));
    expect![[r#"
        指标        成员  期间       目标  实绩  差  状态
        客户满意度  合计  2026年3月     –    86   –  – 无目标

        业绩构成        目标  目标占比        实绩  实绩占比  差（点）
        回访      250,000.00     30.0%        0.00      0.0%     -30.0
        新客      208,333.34     25.0%  110,000.00     59.4%     +34.4
        转介绍    125,000.00     15.0%        0.00      0.0%     -15.0
        活动       83,333.33     10.0%   40,000.00     21.6%     +11.6
        复购      166,666.67     20.0%   33,333.33     18.0%      -2.0
        未归属          0.00      0.0%    2,000.00      1.1%      +1.1
        合计      833,333.34            185,333.33
    "#]]
    .assert_eq(&from(&ran.out, "指标"));
    let ran = folder.run(&format!("{EN} --composition --within region=East -q"));
    expect![[r#"
        measure                members  period      target  actual  difference  status
        Customer satisfaction  total    March 2026       –      86           –  – no target

        Source            target  target share      actual  actual share  points
        Return visit   75,000.00         30.0%        0.00          0.0%   -30.0
        New            62,500.00         25.0%  110,000.00        100.0%   +75.0
        Referral       37,500.00         15.0%        0.00          0.0%   -15.0
        Campaign       25,000.00         10.0%        0.00          0.0%   -10.0
        Repeat         50,000.00         20.0%        0.00          0.0%   -20.0
        total         250,000.00                110,000.00
    "#]]
    .assert_eq(&from(&ran.out, "measure  "));
    let ran = folder.run(&format!("{EN} --composition --output -"));
    expect![[r#"
        axis,member,target,target_share,actual,actual_share,difference
        source,Return visit,250000.00,0.300000,0.00,0.000000,-0.300000
        source,New,208333.34,0.250000,110000.00,0.593525,0.343525
        source,Referral,125000.00,0.150000,0.00,0.000000,-0.150000
        source,Campaign,83333.33,0.100000,40000.00,0.215827,0.115827
        source,Repeat,166666.67,0.200000,33333.33,0.179856,-0.020144
        source,,0.00,0.000000,2000.00,0.010791,0.010791
    "#]]
    .assert_eq(&ran.out);
}

#[test]
fn levels_and_ratios_stand_below_the_table() {
    let folder = brief();
    let ran = folder.run(&format!("{ZH} --period quarter -q"));
    expect![[r#"
        指标        成员  期间          目标  实绩  差  状态
        客户满意度  合计  2026年一季度    85    86   1  ● 已达成
        市场份额    合计  2026年一季度  4.5%     –   –  ○ 未开始
    "#]]
    .assert_eq(&from(&ran.out, "指标"));
    let ran = folder.run(&format!("{EN} --period quarter --each --json"));
    let json: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    expect![[r#"
        [
          {
            "measure": "satisfaction",
            "place": "*",
            "period": "2026-Q1",
            "target": "85.000000",
            "actual": "86.000000",
            "difference": "1.000000",
            "status": "reached"
          },
          {
            "measure": "market_share",
            "place": "*",
            "period": "2026-Q1",
            "target": "4.500000",
            "actual": null,
            "difference": null,
            "status": "not_begun"
          }
        ]"#]]
    .assert_eq(&format!("{:#}", json["stated"]));
    folder.check(&format!("{ZH} --measure satisfaction"), expect![[r#"
        -- talk
        错误[measure_not_a_flow]：“客户满意度”不能加总，没有应完成和进度；它的目标和实绩列在表的下面
        提示：不写 `--measure`，用 `--period quarter --each` 看各季；可以加总的指标：`sales`, `expense`
        -- exit 2
    "#]]);
    folder.check(&format!("{EN} --measure 'Market share'"), expect![[r#"
        -- talk
        error[measure_not_a_flow]: Market share does not add up: it has no pace; its target and actual stand below the table
        hint: leave out `--measure`; `--period quarter --each` shows every quarter; measures that add up: `sales`, `expense`
        -- exit 2
    "#]]);
}

#[test]
fn a_ratio_in_percent_is_made_of_two_sums() {
    let plan = r#"
plan    = "Deals"
period  = "2026-03"

[[measure]]
name = "Visits"
code = "visits"
unit = "visits"

[[measure]]
name = "Deals"
code = "deals"
unit = "deals"

[[measure]]
name = "Conversion"
code = "rate"
kind = "ratio"
unit = "%"
step = "0.1"
numerator = "deals"
denominator = "visits"

[totals]
visits = "400"
deals = "90"

[calendar]
levels = ["month", "day"]

[axes]
shop = ["A", "B"]

[[do]]
measure = "visits"
decompose = "shop"
by = "equal"

[[do]]
measure = "deals"
decompose = "shop"
by = "equal"
"#;
    let folder = Folder::with_plan(plan);
    let sales = "date,shop,visits,deals\n2026-03-02,A,300,90\n2026-03-03,B,100,1\n";
    folder.write("sales.csv", sales);
    let line = "track plan.toml --actuals sales.csv --as-of 2026-03-31 --lang en -q";
    // 22.75 % of all, not the mean of 30 % and 1 %; 90 of 400 were planned.
    let ran = folder.run(line);
    expect![[r#"
        measure     members  period      target  actual  difference  status
        Conversion  total    March 2026   22.5%   22.8%        0.3%  ● reached
    "#]]
    .assert_eq(&from(&ran.out, "measure  "));
    // What is stated is stated in percent.
    let stated = "\n[[do]]\nmeasure = \"rate\"\nstate = \"month=2026-03\"\nvalue = 25\n";
    folder.write("plan.toml", format!("{plan}{stated}"));
    let ran = folder.run(line);
    expect![[r#"
        measure     members  period      target  actual  difference  status
        Conversion  total    March 2026   25.0%   22.8%       -2.3%  × missed
    "#]]
    .assert_eq(&from(&ran.out, "measure  "));
}

/// A plan of amounts and pieces: 10 yuan a piece.
const PRICES: &str = r#"
plan    = "价量"
period  = "2026-03"

[[measure]]
name = "销售额"
code = "sales"

[[measure]]
name = "件数"
code = "pieces"
unit = "件"

[totals]
sales  = "31000"
pieces = "3100"

[calendar]
levels   = ["month", "day"]
holidays = "none"
weekdays = { mon = 1, tue = 1, wed = 1, thu = 1, fri = 1, sat = 1, sun = 1 }

[axes]
product = { name = "产品", members = ["茶", "咖啡"] }

[[do]]
measure = "sales"
decompose = ["product", "time.day"]
by = "equal"

[[do]]
measure = "pieces"
decompose = ["product", "time.day"]
by = "equal"
"#;

#[test]
fn a_gap_of_price_and_of_volume() {
    // Ten days: 1,000 pieces for 10,000 were expected; 800 were sold for 8,800, at 11 instead of 10.
    let folder = Folder::with_plan(PRICES);
    let sales = "日期,产品,销售额,件数\n2026-03-02,茶,4400,400\n2026-03-09,咖啡,4400,400\n";
    folder.write("sales.csv", sales);
    let line = "track plan.toml --actuals sales.csv --as-of 2026-03-10 --bridge price -q";
    expect![[r#"
        差额分解（按价格和数量，到今天为止）：应完成 10,000.00 − 实绩 8,800.00 = 1,200.00
        价格和数量     应完成      实绩       差额  占差额
        数量                             +2,000.00  166.7%
        价格                               -800.00  -66.7%
        合计        10,000.00  8,800.00  +1,200.00
    "#]]
    .assert_eq(&from(&folder.run(line).out, "差额分解"));
    let ran = folder.run(&format!("{line} --lang en"));
    expect![[r#"
        what the gap comes from (by price and volume, to date): expected 10,000.00 − actual 8,800.00 = 1,200.00
        price and volume   expected    actual        gap  of the gap
        volume                                 +2,000.00      166.7%
        price                                    -800.00      -66.7%
        total             10,000.00  8,800.00  +1,200.00
    "#]].assert_eq(&from(&ran.out, "what the gap"));
    folder.check(
        &format!("{line} --output -"),
        expect![[r#"
        part,name,target,actual,gap
        volume,数量,0.00,0.00,2000.00
        price,价格,0.00,0.00,-800.00
    "#]],
    );
    folder.check(
        &format!("{line} --measure pieces --lang en --output -"),
        expect![[r#"
            -- talk
            error[bridge_unknown]: a gap cannot be taken apart by `price` here
            hint: use `member`, `product`, `days`, `price`, `product`
            -- exit 2
        "#]],
    );
}

#[test]
fn what_was_carried_has_columns_of_its_own() {
    let folder = Folder::with_example("store-chain");
    for line in [
        "init plan.toml plan",
        "import plan sales.csv",
        "close plan 2026-W10 --as-of 2026-03-16 --carry --yes",
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
    }
    let line = "track plan --level store --period 'piece=2026-03/W11' --as-of 2026-03-16 -q";
    folder.check(line, expect![[r#"
        2026 上半年门店目标 · 销售额 · 截至 2026-03-16

        █████████████████████████│░░░░░░░░░░░░░░  ◆ 略落后
        期间  2026年3月第11周段 3月13日–19日（2026-03-13 至 2026-03-19），已过 4 天，还剩 3 天
        目标  21.44 万元（基准 20.89，结转 +0.55）
        实绩  13.76，完成率 64.2%
        进度  时间进度 64.7%，应完成 13.87，少 0.12，进度差 -0.5 点
        差额  7.68
        日均  完成 2.50，需完成 2.56（按加权日），要快 2.4%
        预计  21.26，为目标的 99.2%，20.85 至 21.68（天数还少，只是估计）
        数据  到 2026-03-16，共 65 行；1 行未归属，这一期 0.37

        #  门店       基准   结转   目标   实绩  完成率  时间进度  进度差  差额  日均需完成  预计完成                状态
        1  大学城店   3.83   0.00   3.83   2.65   69.3%     64.7%    +4.6  1.18        0.39      4.10  ███████│░░░░  ▲ 领先
        2  人民路店   6.76   0.00   6.76   4.25   62.8%     64.7%    -1.9  2.51        0.84      6.56  ███████│░░░░  ◆ 略落后
        3  湖滨店     5.07  +0.30   5.37   3.28   61.1%     64.7%    -3.6  2.09        0.70      5.07  ███████│░░░░  ◆ 略落后
        4  解放路店   5.23  +0.25   5.49   3.21   58.6%     64.7%    -6.1  2.27        0.76      4.97  ███████│░░░░  ▼ 落后
           未归属                          0.37
           合计      20.89  +0.55  21.44  13.76   64.2%     64.7%    -0.5  7.68        2.56     21.26                ◆ 略落后
    "#]]);
    let closed = "track plan --level store --period 'piece=2026-03/W10' --as-of 2026-03-16 -q";
    folder.check(&format!("{closed} --lang en"), expect![[r#"
        2026 上半年门店目标 · 销售额 · as of 2026-03-16

        ███████████████████████████████████████░  × missed
        period  March 2026 W10, 6–12 Mar (2026-03-06 to 2026-03-12), over
        target  208,939.00 CNY (the base; -15,178.87 carried stand beside it)
        actual  201,693.34, attainment 96.5%
        gap     7,245.66
        sales   through 2026-03-16, 115 lines

        #  门店         carried      target      actual  attained  points        gap  needed a day  projection  status
        1  大学城店        0.00   38,282.50   41,169.53    107.5%    +7.5  -2,887.03             –   41,169.53  ● reached
        2  人民路店        0.00   67,604.85   72,651.03    107.5%    +7.5  -5,046.18             –   72,651.03  ● reached
        3  解放路店   -6,918.67   52,348.01   45,429.34     86.8%   -13.2   6,918.67             –   45,429.34  × missed
        4  湖滨店     -8,260.20   50,703.64   42,443.44     83.7%   -16.3   8,260.20             –   42,443.44  × missed
           total     -15,178.87  208,939.00  201,693.34     96.5%    -3.5   7,245.66             –  201,693.34  × missed
    "#]]);
    folder.check(&format!("{line} --output - --top 2"), expect![[r#"
        store,store_name,period,start,last,line,closed,base,carried,working,target,actual,attainment,elapsed,pace,expected,gap,gap_to_date,run_rate,required_rate,projection,projection_low,projection_high,projection_days,status,rank,share_of_gap,weight_gone,weight_left,days_gone,days_left
        S5,大学城店,2026-03/W11,2026-03-13,2026-03-19,member,false,38282.49,0.00,38282.49,38282.49,26526.34,0.692911,0.647059,0.045852,24771.03,11756.15,-1755.31,4822.97,3918.72,40995.24,38923.04,43067.44,4,ahead,1,0.340978,5.500000,3.000000,4,3
        S1,人民路店,2026-03/W11,2026-03-13,2026-03-19,member,false,67604.85,0.00,67604.85,67604.85,42475.86,0.628296,0.647059,-0.018763,43744.32,25128.99,1268.46,7722.88,8376.33,65644.50,61214.00,70075.00,4,behind,2,0.546210,5.500000,3.000000,4,3
        ,,2026-03/W11,2026-03-13,2026-03-19,unassigned,false,0.00,0.00,0.00,0.00,3650.00,,0.647059,,0.00,-3650.00,-3650.00,663.64,0.00,5640.91,3650.00,10213.45,4,no_target,,-0.047505,5.500000,3.000000,4,3
    "#]]);
}

#[test]
fn every_grouping_at_once() {
    let folder = brief();
    folder.check(
        &format!("{EN} --by all --output all.csv"),
        expect![[r#"
        -- talk
        wrote `all.csv`, 588 rows
    "#]],
    );
    let all = folder.read("all.csv");
    let rows: Vec<Vec<&str>> = all.lines().map(|row| row.split(',').collect()).collect();
    let column = |name: &str| {
        let head = rows[0]
            .iter()
            .map(|name| name.trim_start_matches('\u{feff}'));
        head.clone().position(|known| known == name).unwrap()
    };
    // Whatever the grouping, its rows add up to the whole's target and actual.
    let members = ["region", "product", "channel", "source"].map(column);
    let mut sums = std::collections::BTreeMap::<[char; 4], [i64; 2]>::new();
    for row in &rows[1..] {
        if row[column("line")] != "member" {
            continue;
        }
        let cents = |name: &str| -> i64 { row[column(name)].replace('.', "").parse().unwrap() };
        let key = members.map(|at| if row[at] == "*" { '*' } else { 'x' });
        let sum = sums.entry(key).or_default();
        sum[0] += cents("target");
        sum[1] += cents("actual");
    }
    assert_eq!(sums.len(), 16);
    assert!(sums.values().all(|sum| sum[0] == 83_333_334), "{sums:#?}");
    expect!["[83333334, 18333333]"].assert_eq(&format!("{:?}", sums[&['x'; 4]]));
}

#[test]
fn tables_as_parquet() {
    let folder = brief();
    folder.check(
        &format!("{EN} --level region --output r.parquet"),
        expect![[r#"
            -- talk
            wrote `r.parquet`, 6 rows
        "#]],
    );
    let path = folder.path().join("r.parquet");
    expect![[r#"
        region String
        region_name String
        period String
        start Date
        last Date
        line String
        closed 
        base Decimal(DecimalType { scale: 2, precision: 18 })
        carried Decimal(DecimalType { scale: 2, precision: 18 })
        working Decimal(DecimalType { scale: 2, precision: 18 })
        target Decimal(DecimalType { scale: 2, precision: 18 })
        actual Decimal(DecimalType { scale: 2, precision: 18 })
        attainment Decimal(DecimalType { scale: 6, precision: 18 })
        elapsed Decimal(DecimalType { scale: 6, precision: 18 })
        pace Decimal(DecimalType { scale: 6, precision: 18 })
        expected Decimal(DecimalType { scale: 2, precision: 18 })
        gap Decimal(DecimalType { scale: 2, precision: 18 })
        gap_to_date Decimal(DecimalType { scale: 2, precision: 18 })
        run_rate Decimal(DecimalType { scale: 2, precision: 18 })
        required_rate Decimal(DecimalType { scale: 2, precision: 18 })
        projection Decimal(DecimalType { scale: 2, precision: 18 })
        projection_low Decimal(DecimalType { scale: 2, precision: 18 })
        projection_high Decimal(DecimalType { scale: 2, precision: 18 })
        projection_days 
        status String
        rank 
        share_of_gap Decimal(DecimalType { scale: 6, precision: 18 })
        weight_gone Decimal(DecimalType { scale: 6, precision: 18 })
        weight_left Decimal(DecimalType { scale: 6, precision: 18 })
        days_gone 
        days_left 
        {region: "West", region_name: "West", period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "member", closed: false, base: 83333.34, carried: 0.00, working: 83333.34, target: 83333.34, actual: 40000.00, attainment: 0.480000, elapsed: 0.378308, pace: 0.101691, expected: 31525.71, gap: 43333.34, gap_to_date: -8474.29, run_rate: 2797.20, required_rate: 1843.97, projection: 105733.82, projection_low: 40000.00, projection_high: 243818.40, projection_days: 12, status: "ahead", rank: 1, share_of_gap: 0.066872, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
        {region: "East", region_name: "East", period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "member", closed: false, base: 250000.00, carried: 0.00, working: 250000.00, target: 250000.00, actual: 110000.00, attainment: 0.440000, elapsed: 0.378307, pace: 0.061693, expected: 94576.85, gap: 140000.00, gap_to_date: -15423.15, run_rate: 7692.31, required_rate: 5957.45, projection: 290768.83, projection_low: 110000.00, projection_high: 670541.55, projection_days: 12, status: "ahead", rank: 2, share_of_gap: 0.216049, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
        {region: "Northeast", region_name: "Northeast", period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "member", closed: false, base: 125000.01, carried: 0.00, working: 125000.01, target: 125000.01, actual: 33333.33, attainment: 0.266667, elapsed: 0.378308, pace: -0.111642, expected: 47288.56, gap: 91666.68, gap_to_date: 13955.23, run_rate: 2331.00, required_rate: 3900.71, projection: 88111.51, projection_low: 33333.33, projection_high: 203192.66, projection_days: 12, status: "far_behind", rank: 3, share_of_gap: 0.141461, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
        {region: "North", region_name: "North", period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "member", closed: false, base: 166666.66, carried: 0.00, working: 166666.66, target: 166666.66, actual: 0.00, attainment: 0.000000, elapsed: 0.378308, pace: -0.378308, expected: 63051.32, gap: 166666.66, gap_to_date: 63051.32, run_rate: 0.00, required_rate: 7092.20, projection: 0.00, projection_low: 0.00, projection_high: 0.00, projection_days: 0, status: "far_behind", rank: 4, share_of_gap: 0.257202, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
        {region: "South", region_name: "South", period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "member", closed: false, base: 208333.33, carried: 0.00, working: 208333.33, target: 208333.33, actual: 0.00, attainment: 0.000000, elapsed: 0.378307, pace: -0.378307, expected: 78814.04, gap: 208333.33, gap_to_date: 78814.04, run_rate: 0.00, required_rate: 8865.25, projection: 0.00, projection_low: 0.00, projection_high: 0.00, projection_days: 0, status: "far_behind", rank: 4, share_of_gap: 0.321502, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
        {region: null, region_name: null, period: "2026-03", start: 2026-03-01, last: 2026-03-31, line: "unassigned", closed: false, base: 0.00, carried: 0.00, working: 0.00, target: 0.00, actual: 2000.00, attainment: null, elapsed: 0.378307, pace: null, expected: 0.00, gap: -2000.00, gap_to_date: -2000.00, run_rate: 139.86, required_rate: 0.00, projection: 5286.71, projection_low: 2000.00, projection_high: 12191.49, projection_days: 12, status: "no_target", rank: null, share_of_gap: -0.003086, weight_gone: 14.300000, weight_left: 23.500000, days_gone: 12, days_left: 19}
    "#]].assert_eq(&parquet(&path));
    folder.check(
        &format!("{EN} --composition --output c.parquet -q"),
        expect![[""]],
    );
    expect![[r#"
        axis String
        member String
        target Decimal(DecimalType { scale: 2, precision: 18 })
        target_share Decimal(DecimalType { scale: 6, precision: 18 })
        actual Decimal(DecimalType { scale: 2, precision: 18 })
        actual_share Decimal(DecimalType { scale: 6, precision: 18 })
        difference Decimal(DecimalType { scale: 6, precision: 18 })
        {axis: "source", member: "Return visit", target: 250000.00, target_share: 0.300000, actual: 0.00, actual_share: 0.000000, difference: -0.300000}
        {axis: "source", member: "New", target: 208333.34, target_share: 0.250000, actual: 110000.00, actual_share: 0.593525, difference: 0.343525}
        {axis: "source", member: "Referral", target: 125000.00, target_share: 0.150000, actual: 0.00, actual_share: 0.000000, difference: -0.150000}
        {axis: "source", member: "Campaign", target: 83333.33, target_share: 0.100000, actual: 40000.00, actual_share: 0.215827, difference: 0.115827}
        {axis: "source", member: "Repeat", target: 166666.67, target_share: 0.200000, actual: 33333.33, actual_share: 0.179856, difference: -0.020144}
        {axis: "source", member: null, target: 0.00, target_share: 0.000000, actual: 2000.00, actual_share: 0.010791, difference: 0.010791}
    "#]].assert_eq(&parquet(&folder.path().join("c.parquet")));
}

/// Names, kinds and rows of a Parquet file.
pub fn parquet(path: &std::path::Path) -> String {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut text = String::new();
    let schema = reader.metadata().file_metadata().schema_descr();
    for column in schema.columns() {
        let kind = column.logical_type_ref().map(|kind| format!("{kind:?}"));
        text += &format!("{} {}\n", column.name(), kind.unwrap_or_default());
    }
    for row in reader.get_row_iter(None).unwrap() {
        text += &format!("{}\n", row.unwrap());
    }
    text
}

#[test]
fn pictures_in_other_looks() {
    let folder = brief();
    for (chart, file) in [
        ("composition", "c.svg"),
        ("board", "b.svg"),
        ("burn-up", "u.svg"),
        ("calendar", "h.svg"),
        ("bridge", "g.svg"),
    ] {
        let light = folder.run(&format!("{EN} --chart {chart} --output {file} -q"));
        assert_eq!(light.shown(), "");
        let light = folder.read(file);
        let dark = folder.run(&format!(
            "{EN} --chart {chart} --theme dark --width 1200 --output {file} -q"
        ));
        assert_eq!(dark.shown(), "");
        let dark = folder.read(file);
        assert!(
            light.contains("#ffffff") && light.contains("width=\"760\""),
            "{chart}"
        );
        assert!(
            dark.contains("#1b1d20") && dark.contains("width=\"1200\""),
            "{chart}"
        );
    }
    assert!(folder.read("c.svg").contains("Return visit"));
    folder.check(&format!("{EN} --theme dark"), expect![[r#"
        -- talk
        error[argument_missing]: `--output <FILE>, --chart <CHART>` is missing
        hint: usage: fenjie track --output <FILE> --chart <CHART> --actuals <FILE> --as-of <DATE> --lang <LANG> --theme <THEME> <PLAN>
        -- exit 2
    "#]]);
    folder.check(
        &format!("{EN} --chart board --width 20 --output b.svg"),
        expect![[r#"
            -- talk
            error[argument_value_invalid]: `--width <PIXELS>` does not take `20`: 20 is not in 320..=4000
            hint: see `--help`
            -- exit 2
        "#]],
    );
    folder.check(
        "track plan.toml --chart pie --output b.svg",
        expect![[r#"
        -- talk
        错误[argument_value_invalid]：`--chart <CHART>` 不接受 `pie`
        提示：可以写 burn-up、board、calendar、bridge、composition
        -- exit 2
    "#]],
    );
}
