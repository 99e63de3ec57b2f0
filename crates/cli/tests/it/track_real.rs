//! Tracking on real tables, where those lie beside the checkout. The figures stand in the manual.

use expect_test::{Expect, expect};

use crate::harness::{Folder, root, run, shared, words};

/// Runs a line on a table; `PLAN` and `TABLE` are paths.
fn check(plan: &str, table: &str, line: &str, wanted: Expect) {
    let Some(path) = shared(table) else {
        return;
    };
    let beside = root().join("../shared/data").join(table);
    if !beside.exists() {
        println!("the plan looks for {}: nothing was tried", beside.display());
        return;
    }
    let folder = Folder::new();
    let line = line
        .replace("PLAN", &root().join(plan).display().to_string())
        .replace("TABLE", &path.display().to_string());
    let ran = run(folder.path(), &words(&line), b"");
    assert_eq!(ran.code, 0, "{}", ran.shown());
    wanted.assert_eq(&ran.out);
}

#[test]
fn targets_given_for_every_day_are_met_as_their_makers_counted() {
    // 102.45, 103.17, 102.08 and 102.57 %; three keys of the targets are there twice and add up.
    let Some(path) = shared("superstore_us/orders.csv") else {
        return;
    };
    if !root().join("../shared/data/superstore_us").exists() {
        return;
    }
    let folder = Folder::new();
    let plan = root().join("examples/superstore-us/plan.toml");
    let line = format!(
        "track {} --actuals {} --round half_up --as-of 2020-12-31 --each --period year --json -q",
        plan.display(),
        path.display()
    );
    let json: serde_json::Value = serde_json::from_str(&folder.run(&line).out).unwrap();
    let years = json["whole"].as_array().unwrap();
    let attained: Vec<&str> = years
        .iter()
        .map(|year| year["attainment"].as_str().unwrap())
        .collect();
    expect!["1.024464 1.031697 1.020844 1.025657"].assert_eq(&attained.join(" "));
}

#[test]
fn a_year_against_the_three_before_it() {
    check(
        "examples/superstore-2017/plan.toml",
        "superstore_cn/orders.csv",
        "track PLAN --actuals TABLE --round half_up --as-of 2017-03-15 -q",
        expect![[r#"
            2017 年销售目标 · 销售额 · 截至 2017-03-15

            ██████████████████│███████░░░░░░░░░░░░░░  ▲ 领先
            期间  2017年3月（2017-03-01 至 2017-03-31），已过 15 天，还剩 16 天
            目标  26.23 万元
            实绩  17.25，完成率 65.8%
            进度  时间进度 48.4%，应完成 12.69，多 4.56，进度差 +17.4 点
            差额  8.98
            日均  完成 1.15，需完成 0.56（按加权日）
            预计  35.65，为目标的 135.9%，八成可能在 26.53 至 44.78
            数据  到 2017-03-14，共 98 行；6599 行在方案期间之外，不算

            #  地区   目标   实绩  完成率  时间进度  进度差   差额  日均需完成  预计完成                状态
            1  华北   2.16   3.26  150.9%     48.4%  +102.5  -1.10        0.00      6.73  █████│██████  ● 已达成
            2  中南   6.90   6.53   94.6%     48.4%   +46.2   0.37        0.02     13.50  █████│█████░  ▲ 领先
            3  华东   6.48   5.25   81.1%     48.4%   +32.7   1.22        0.08     10.86  █████│████░░  ▲ 领先
            4  东北   4.88   2.16   44.2%     48.4%    -4.2   2.73        0.17      4.45  █████│░░░░░░  ◆ 略落后
            5  西南   3.00   0.06    1.8%     48.4%   -46.5   2.95        0.18      0.11  ░░░░░│░░░░░░  ▼ 落后
            6  西北   2.81   0.00    0.0%     48.4%   -48.4   2.81        0.18      0.00  ░░░░░│░░░░░░  ▼ 落后
               合计  26.23  17.25   65.8%     48.4%   +17.4   8.98        0.56     35.65                ▲ 领先
        "#]],
    );
    check(
        "examples/superstore-2017/plan.en.toml",
        "superstore_cn/orders.csv",
        "track PLAN --actuals TABLE --round half_up --as-of 2018-01-01 --lang en --bridge category -q",
        expect![[r#"
            Sales targets 2017 · Sales · as of 2018-01-01

            ████████████████████████████████████████  ● reached
            period  2017 (2017-01-01 to 2017-12-31), over
            target  4,882,949.20 CNY
            actual  5,488,465.95, attainment 112.4%
            gap     -605,516.75
            sales   through 2017-12-30, 3401 lines; 6599 lines outside the plan's period, not counted

            #  Region        target        actual  attained  elapsed  points          gap  needed a day    projection  status
            1  东北      799,907.49    970,004.72    121.3%   100.0%   +21.3  -170,097.23             –    970,004.72  ● reached
            2  华北      722,253.18    875,118.26    121.2%   100.0%   +21.2  -152,865.08             –    875,118.26  ● reached
            3  中南    1,256,020.55  1,413,809.76    112.6%   100.0%   +12.6  -157,789.21             –  1,413,809.76  ● reached
            4  华东    1,433,269.30  1,572,560.00    109.7%   100.0%    +9.7  -139,290.70             –  1,572,560.00  ● reached
            5  西北      250,220.93    270,875.61    108.3%   100.0%    +8.3   -20,654.68             –    270,875.61  ● reached
            6  西南      421,277.75    386,097.60     91.6%   100.0%    -8.4    35,180.15             –    386,097.60  × missed
               total   4,882,949.20  5,488,465.95    112.4%   100.0%   +12.4  -605,516.75             –  5,488,465.95  ● reached

            what the gap comes from (by Category, to date): expected 4,882,949.20 − actual 5,488,465.95 = -605,516.75
            Category      expected        actual          gap  of the gap
            办公用品  1,476,636.92  1,675,466.64  -198,829.72       32.8%
            家具      1,724,925.03  1,992,047.71  -267,122.68       44.1%
            技术      1,681,387.25  1,820,951.60  -139,564.35       23.0%
            total     4,882,949.20  5,488,465.95  -605,516.75
        "#]],
    );
}

/// The example of sixty stores, for July 2015.
fn july(table: &std::path::Path) -> String {
    let data = table.parent().unwrap().display().to_string();
    let text = std::fs::read_to_string(root().join("examples/rossmann-month/plan.toml")).unwrap();
    text.replace("../../../shared/data/rossmann_60stores", &data)
        .replace("2015-08", "2015-07")
        .replace("2014-08", "2014-07")
        .replace("2013-08", "2013-07")
}

#[test]
fn sixty_stores_by_day() {
    let Some(table) = shared("rossmann_60stores/sales_daily.csv.gz") else {
        return;
    };
    let folder = Folder::with_plan(&july(&table));
    let line = format!(
        "track plan.toml --actuals {} --as-of 2015-07-15 --behind --top 5 -q",
        table.display()
    );
    expect![[r#"
        2015 年 8 月门店日目标 · 销售额 · 截至 2015-07-15

        ██████████████████│████░░░░░░░░░░░░░░░░░  ▲ 领先
        期间  2015年7月（2015-07-01 至 2015-07-31），已过 15 天，还剩 16 天
        目标  9,340,741 EUR
        实绩  5,266,680，完成率 56.4%
        进度  时间进度 48.1%，应完成 4,494,885，多 771,795，进度差 +8.3 点
        差额  4,074,061
        日均  完成 292,593，需完成 212,191（按加权日）
        预计  10,944,595，为目标的 117.2%，八成可能在 10,509,940 至 11,379,250
        数据  到 2015-07-15，共 780 行；43580 行在方案期间之外，不算

         #  store       目标       实绩  完成率  时间进度  进度差       差额  日均需完成    预计完成                状态
        53  43       167,390     80,323   48.0%     48.0%    -0.1     87,067       6,199     167,167  █████│░░░░░░  ◆ 略落后
        54  5        131,562     63,125   48.0%     48.3%    -0.3     68,437       4,872     130,756  █████│░░░░░░  ◆ 略落后
        55  28       131,373     61,565   46.9%     47.9%    -1.0     69,808       4,946     128,581  █████│░░░░░░  ◆ 略落后
        56  52       184,694     86,515   46.8%     48.0%    -1.1     98,179       7,006     180,276  █████│░░░░░░  ◆ 略落后
        57  40       122,932     54,765   44.5%     48.1%    -3.6     68,167       4,900     113,790  █████│░░░░░░  ◆ 略落后
            合计   9,340,741  5,266,680   56.4%     48.1%    +8.3  4,074,061     212,191  10,944,595                ▲ 领先
    "#]].assert_eq(&folder.run(&line).out);
}

#[test]
fn weeks_from_saturday() {
    let Some(table) = shared("walmart_weekly/train.csv.gz") else {
        return;
    };
    let data = table.parent().unwrap().display().to_string();
    let plan = r#"
plan    = "Walmart 2012"
period  = "2012-01-28..2012-10-26"
measure = { name = "Sales", code = "sales", unit = "USD", step = "0.01" }
total   = { history = "weekly", period = "2011-01-29..2011-10-28", growth = "2%" }

[calendar]
week_starts = "saturday"
holidays    = "none"
levels      = ["week", "day"]
weekdays    = { mon = 0, tue = 0, wed = 0, thu = 0, fri = 1, sat = 0, sun = 0 }

[axes.store]
members = "DATA/stores.csv"
columns = { code = "Store" }

[history.weekly]
file    = "DATA/train.csv.gz"
columns = { date = "Date", amount = "Weekly_Sales", store = "Store" }

[[do]]
decompose = "store"
by        = { history = "weekly", period = "2011-01-29..2011-10-28" }

[[do]]
decompose = "time.day"
by        = "calendar"
"#;
    let folder = Folder::with_plan(&plan.replace("DATA", &data));
    let line = format!(
        "track plan.toml --actuals {} --as-of 2012-06-29 --period week --lang en --top 3 -q",
        table.display()
    );
    expect![[r#"
        Walmart 2012 · Sales · as of 2012-06-29

        ████████████████████████████████████████  × missed
        period  2012 W26, 23–29 Jun (2012-06-23 to 2012-06-29), over
        target  46,717,453.71 USD
        actual  46,597,112.12, attainment 99.7%
        gap     120,341.59
        sales   through 2012-06-29, 2933 lines; 305982 lines outside the plan's period, not counted

        #  store         target         actual  attained  elapsed  points          gap  needed a day     projection  status
        1  7         575,533.13     704,335.41    122.4%   100.0%   +22.4  -128,802.28             –     704,335.41  ● reached
        2  44        302,777.23     338,386.08    111.8%   100.0%   +11.8   -35,608.85             –     338,386.08  ● reached
        3  17        889,034.54     982,322.24    110.5%   100.0%   +10.5   -93,287.70             –     982,322.24  ● reached
           total  46,717,453.71  46,597,112.12     99.7%   100.0%    -0.3   120,341.59             –  46,597,112.12  × missed
    "#]].assert_eq(&folder.run(&line).out);
}

#[test]
fn sixty_stores_drawn_by_day() {
    let Some(table) = shared("rossmann_60stores/sales_daily.csv.gz") else {
        return;
    };
    let folder = Folder::with_plan(&july(&table));
    let line = format!(
        "track plan.toml --actuals {} --as-of 2015-07-15 -q",
        table.display()
    );
    for chart in ["burn-up", "calendar"] {
        let ran = folder.run(&format!(
            "{line} --lang en --chart {chart} --output {chart}.svg"
        ));
        assert_eq!(ran.shown(), "");
    }
    // Every second week is one of promotions; Sundays are closed.
    let days = folder.run(&format!("{line} --bridge days --output -")).out;
    let days: Vec<&str> = days
        .lines()
        .skip(1)
        .map(|day| day.split_once(',').unwrap().1)
        .collect();
    expect![[r#"
        2015年7月1日 周三,337476,459981,-122505
        2015年7月2日 周四,337880,436936,-99056
        2015年7月3日 周五,350640,438891,-88251
        2015年7月4日 周六,286513,306672,-20159
        2015年7月5日 周日,0,0,0
        2015年7月6日 周一,412514,387417,25097
        2015年7月7日 周二,353690,330360,23330
        2015年7月8日 周三,337474,356301,-18827
        2015年7月9日 周四,337878,356404,-18526
        2015年7月10日 周五,350639,364814,-14175
        2015年7月11日 周六,286509,312371,-25862
        2015年7月12日 周日,0,0,0
        2015年7月13日 周一,412514,567535,-155021
        2015年7月14日 周二,353687,485795,-132108
        2015年7月15日 周三,337471,463203,-125732"#]]
    .assert_eq(&days.join("\n"));
    let burnt = folder.read("burn-up.svg");
    expect!["as of 15 Jul, Actual 5.27M, Expected 4.49M, Difference +0.77M, Attainment 56.4%, Target 9.34M, Projected 10.94M (10.51M – 11.38M)"].assert_eq(&text_of(&burnt, "<desc"));
    let calendar = folder.read("calendar.svg");
    expect!["2015-07-01 to 2015-07-31: 13 days with a target, 11 of them reached, 0 below 70 %"]
        .assert_eq(&text_of(&calendar, "<desc"));
}

/// What an element holds.
fn text_of(svg: &str, tag: &str) -> String {
    let at = svg.find(tag).unwrap();
    let rest = &svg[at..];
    rest[rest.find('>').unwrap() + 1..rest.find("</").unwrap()].to_owned()
}

#[test]
fn weeks_in_which_more_came_back_than_was_sold() {
    // 1,285 of the weeks are below zero: their departments took more back than they sold.
    let Some(table) = shared("walmart_weekly/train.csv.gz") else {
        return;
    };
    let plan = "
plan    = \"Departments\"
period  = \"2012-01-28..2012-10-26\"
measure = { name = \"Sales\", code = \"sales\", unit = \"USD\", step = \"0.01\" }
total   = \"2000000000\"

[calendar]
week_starts = \"saturday\"
holidays    = \"none\"
levels      = [\"week\"]

[axes]
dept = [\"47\", \"54\", \"99\"]

[[do]]
decompose = [\"dept\", \"time.week\"]
by        = \"equal\"
";
    let folder = Folder::with_plan(plan);
    let line = format!(
        "track plan.toml --actuals {} --as-of 2012-10-26 --level 'dept, week' --each --output -",
        table.display()
    );
    let ran = folder.run(&format!("{line} --quiet"));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let head: Vec<&str> = ran.out.lines().next().unwrap().split(',').collect();
    let at = |name: &str| head.iter().position(|known| *known == name).unwrap();
    let below: Vec<String> = ran
        .out
        .lines()
        .map(|row| row.split(',').collect::<Vec<_>>())
        .filter(|row| row[at("actual")].starts_with('-'))
        .map(|row| {
            format!(
                "{} {} {}",
                row[at("dept")],
                row[at("start")],
                row[at("actual")]
            )
        })
        .collect();
    expect![[r#"
        47 2012-03-03 -1820.00
        47 2012-03-17 -324.00
        47 2012-03-24 -69.00
        47 2012-04-14 -262.45
        47 2012-04-28 -21.50
        47 2012-05-05 -280.00
        99 2012-05-12 -11.99
        47 2012-05-19 -256.00
        47 2012-06-09 -348.88
        47 2012-06-30 -293.00
        47 2012-07-21 -5.00
        47 2012-08-04 -30.00
        47 2012-08-18 -1100.08
        47 2012-08-25 -158.00
        47 2012-09-08 -360.00
        47 2012-09-22 -288.00
        47 2012-10-06 -40.00"#]]
    .assert_eq(&below.join("\n"));
}

#[test]
fn a_tracker_workbook_and_its_bands() {
    let Some(book) = shared("field_workbooks/sales_performance_tracker.xlsm") else {
        return;
    };
    let targets = "Alice = 12000, Bob = 10000, Jack = 18000, Mona = 15000, Hanson = 10500, \
                   Nancy = 12000, James = 20000, Alison = 20000, Maria = 10000, Johnson = 15000, \
                   Alex = 8000";
    let names: Vec<String> = targets
        .split(", ")
        .map(|one| format!("\"{}\"", one.split(' ').next().unwrap()))
        .collect();
    let plan = format!(
        "
plan    = \"Tracker\"
period  = \"2024-01\"
measure = {{ name = \"Sales\", code = \"sales\", unit = \"USD\", step = \"1\" }}
total   = \"150500\"

[calendar]
levels   = [\"month\"]
holidays = \"none\"

[axes.person]
name    = \"Salesperson\"
members = [{}]

[[do]]
decompose = \"person\"
by        = {{ amounts = {{ {} }} }}
",
        names.join(", "),
        targets.replace("= ", "= \"").replace(',', "\",") + "\"",
    );
    let folder = Folder::with_plan(&plan);
    let line = format!(
        "track plan.toml --actuals {} --map date=Month --as-of 2024-01-31 --lang en",
        book.display()
    );
    let ran = folder.run(&format!("{line} --output -"));
    expect![[r#"
        warning[month_as_first_day]: column `Month` has months such as `Jan 2024`: they count on their first day
    "#]].assert_eq(&ran.talk);
    let head: Vec<&str> = ran.out.lines().next().unwrap().split(',').collect();
    let at = head
        .iter()
        .position(|known| *known == "attainment")
        .unwrap();
    let rows = ran
        .out
        .lines()
        .skip(1)
        .map(|row| row.split(',').collect::<Vec<_>>());
    // The workbook's own bands: above from 100 %, on track from 80 %.
    let banded = rows.map(|row| {
        let share: f64 = row[at].parse().unwrap();
        let band = match share {
            share if share >= 1.0 => "Above Target",
            share if share >= 0.8 => "On Track",
            _ => "Below Target",
        };
        format!("{} {} {band}", row[0], row[at])
    });
    expect![[r#"
        Alice 1.250000 Above Target
        Hanson 1.047619 Above Target
        Bob 0.950000 On Track
        Nancy 0.916667 On Track
        Jack 0.888889 On Track
        Mona 0.866667 On Track
        Alison 0.700000 Below Target
        James 0.650000 Below Target
        Alex 0.625000 Below Target
        Maria 0.600000 Below Target
        Johnson 0.600000 Below Target"#]]
    .assert_eq(&banded.collect::<Vec<_>>().join("\n"));
}

#[test]
fn a_broken_export_and_its_clean_twin() {
    let (Some(broken), Some(clean)) = (
        shared("northwind/orders.csv"),
        shared("northwind/orders_clean.csv"),
    ) else {
        return;
    };
    let plan = "
plan    = \"Freight 1997\"
period  = \"1997\"
measure = { name = \"Freight\", code = \"freight\", unit = \"USD\", step = \"0.01\" }
total   = \"30000\"

[calendar]
levels   = [\"year\", \"month\", \"day\"]
holidays = \"none\"

[axes]
employee = [\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\", \"9\"]

[[do]]
decompose = \"employee\"
by        = \"equal\"
";
    let folder = Folder::with_plan(plan);
    folder.run("init plan.toml dir");
    let map = "--map 'date=orderDate, employee=employeeID' --lang en --no-alerts";
    let ran = folder.run(&format!("import dir {} {map}", broken.display()));
    assert_ne!(ran.code, 0);
    let shown = ran.shown();
    let faults = shown.lines().filter(|line| line.contains("15 fields"));
    assert!(faults.count() >= 20, "{shown}");
    assert!(shown.contains("176"), "{shown}");
    // Nothing of it was written.
    let ran = folder.run("track dir --as-of 1997-12-31 --lang en");
    assert_eq!(ran.code, 3, "{}", ran.shown());
    let ran = folder.run(&format!("import dir {} {map} -q", clean.display()));
    assert_eq!(ran.code, 0, "{}", ran.shown());
    let ran = folder.run("track dir --as-of 1997-12-31 --lang en --top 3 -q");
    expect![[r#"
        Freight 1997 · Freight · as of 1997-12-31

        ████████████████████████████████████████  ● reached
        period  1997 (1997-01-01 to 1997-12-31), over
        target  30,000.00 USD
        actual  32,468.77, attainment 108.2%
        gap     -2,468.77
        sales   through 1997-12-31, 408 lines; 152 lines outside the plan's period, not counted

        #  employee     target     actual  attained  elapsed  points        gap  needed a day  projection  status
        1  3          3,333.34   6,918.34    207.5%   100.0%  +107.5  -3,585.00             –    6,918.34  ● reached
        2  4          3,333.33   6,648.60    199.5%   100.0%   +99.5  -3,315.27             –    6,648.60  ● reached
        3  1          3,333.34   4,584.47    137.5%   100.0%   +37.5  -1,251.13             –    4,584.47  ● reached
           total     30,000.00  32,468.77    108.2%   100.0%    +8.2  -2,468.77             –   32,468.77  ● reached
    "#]].assert_eq(&ran.out);
}
