//! Where everyone stands: tables, files and messages of `fenjie track`.

use expect_test::expect;

use crate::harness::Folder;

/// The first week of March of the example's stores: one line of a store nobody knows, one day later
/// than looked from, one before the plan.
pub const SALES: &str = "\
时间,门店,金额,单号
2025-12-31 10:00,S1,1000.00,Z1
2026-03-01 09:10,S1,9000.00,A1
2026-03-02 12:00,S1,8000.00,A2
2026-03-03 15:00,S2,5100.50,A3
2026-03-04 11:30,S4,7000.00,A4
2026-03-05 17:00,S5,71000.00,A5
2026-03-06 09:20,S1,500.00,A6
2026-03-06 10:40,S1,2200.00,A7
2026-03-06 13:10,S1,900.00,A8
2026-03-06 14:20,S1,700.00,A9
2026-03-06 14:45,S9,333.33,A10
2026-03-06 16:30,S1,500.00,A11
2026-03-07 09:00,S1,9999.99,A12
";

pub fn stores() -> Folder {
    let folder = Folder::with_example("store-chain");
    folder.write("sales.csv", SALES);
    folder
}

#[test]
fn the_month_that_runs_by_area() {
    let folder = stores();
    folder.check("track plan.toml --actuals sales.csv --as-of 2026-03-06", expect![[r#"
        2026 上半年门店目标 · 销售额 · 截至 2026-03-06

        █████░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ 落后
        期间  2026年3月（2026-03-01 至 2026-03-31），已过 6 天，还剩 25 天
        目标  92.92 万元
        实绩  10.52，完成率 11.3%
        进度  时间进度 18.5%，应完成 17.21，少 6.68，进度差 -7.2 点
        差额  82.39
        日均  完成 1.50，需完成 2.68（按加权日），要快 77.9%
        预计  56.83，为目标的 61.2%，八成可能在 10.52 至 112.31
        数据  到 2026-03-06，共 11 行；1 行未归属，这一期 0.03；1 行在方案期间之外，不算

        #  门店     目标   实绩  完成率  时间进度  进度差   差额  日均需完成  预计完成                状态
        1  西区    40.30   7.80   19.4%     18.5%    +0.8  32.50        1.06     42.12  █│░░░░░░░░░░  ▲ 领先
        2  东区    52.61   2.69    5.1%     18.5%   -13.4  49.92        1.62     14.53  █│░░░░░░░░░░  ▼ 落后
           未归属          0.03
           合计    92.92  10.52   11.3%     18.5%    -7.2  82.39        2.68     56.83                ▼ 落后
        -- talk
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`
    "#]]);
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --lang en --level store --sort gap --quiet",
        expect![[r#"
            2026 上半年门店目标 · 销售额 · as of 2026-03-06

            █████░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ behind
            period      March 2026 (2026-03-01 to 2026-03-31), 6 days gone, 25 left
            target      929,163.96 CNY
            actual      105,233.83, attainment 11.3%
            pace        18.5% elapsed, 172,067.40 expected by now, 66,833.57 less, -7.2 points
            gap         823,930.13
            a day       15,033.40 done, 26,750.98 required (weighted days), 77.9% faster
            projection  568,262.68, 61.2% of the target, in four cases of five 105,233.83 to 1,123,093.51
            sales       through 2026-03-06, 11 lines; 1 line unassigned, 333.33 in this period; 1 line outside the plan's period, not counted

            #  门店            target      actual  attained  elapsed  points         gap  needed a day  projection  status
            2  人民路店    300,642.73   21,800.00      7.3%    18.5%   -11.3  278,842.73      9,053.34  117,720.00  ▼ behind
            3  解放路店    232,794.68    7,000.00      3.0%    18.5%   -15.5  225,794.68      7,331.00   37,800.00  ▼ behind
            4  湖滨店      225,482.05    5,100.50      2.3%    18.5%   -16.3  220,381.55      7,155.25   27,542.70  ▼ behind
            1  大学城店    170,244.50   71,000.00     41.7%    18.5%   +23.2   99,244.50      3,222.22  383,399.99  ▲ ahead
               unassigned                  333.33
               total       929,163.96  105,233.83     11.3%    18.5%    -7.2  823,930.13     26,750.98  568,262.68  ▼ behind
        "#]],
    );
}

#[test]
fn a_narrow_window_leaves_out_what_matters_less() {
    let folder = stores();
    let line = "track plan.toml --actuals sales.csv --as-of 2026-03-06 --level store --unit 元";
    let ran = crate::harness::command(folder.path())
        .args(crate::harness::words(line))
        .env("COLUMNS", "80")
        .output()
        .unwrap();
    let text = String::from_utf8(ran.stdout).unwrap();
    expect![[r#"
        #  门店            目标        实绩  完成率  进度差        差额  状态
        1  大学城店  170,244.50   71,000.00   41.7%   +23.2   99,244.50  ▲ 领先
        2  人民路店  300,642.73   21,800.00    7.3%   -11.3  278,842.73  ▼ 落后
        3  解放路店  232,794.68    7,000.00    3.0%   -15.5  225,794.68  ▼ 落后
        4  湖滨店    225,482.05    5,100.50    2.3%   -16.3  220,381.55  ▼ 落后
           未归属                    333.33
           合计      929,163.96  105,233.83   11.3%    -7.2  823,930.13  ▼ 落后
    "#]]
    .assert_eq(text.split("\n\n").nth(2).unwrap());
    let talk = String::from_utf8(ran.stderr).unwrap();
    expect![[r#"
        窗口不够宽，没有列出：时间进度、预计完成、日均需完成
    "#]]
    .assert_eq(&talk);
}

#[test]
fn one_period_or_each_so_far() {
    let folder = stores();
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --period week --within store=east --unit 元 -q",
        expect![[r#"
            2026 上半年门店目标 · 销售额 · 东区 · 截至 2026-03-06

            ██░░░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ 落后
            期间  2026年3月第10周段 3月6日–12日（2026-03-06 至 2026-03-12），已过 1 天，还剩 6 天
            目标  118,308.49 元
            实绩  4,800.00，完成率 4.1%
            进度  时间进度 14.1%，应完成 16,702.38，少 11,902.38，进度差 -10.1 点
            差额  113,508.49
            日均  完成 4,000.00，需完成 15,549.11（按加权日），要快 288.7%
            预计  33,999.99，为目标的 28.7%
            数据  到 2026-03-06，共 5 行；1 行在方案期间之外，不算

            #  门店            目标      实绩  完成率  时间进度  进度差        差额  日均需完成   预计完成                状态
            1  人民路店   67,604.85  4,800.00    7.1%     14.1%    -7.0   62,804.85    8,603.40  33,999.98  █│░░░░░░░░░░  ▼ 落后
            2  湖滨店     50,703.64      0.00    0.0%     14.1%   -14.1   50,703.64    6,945.70       0.00  ░│░░░░░░░░░░  ▼ 落后
               合计      118,308.49  4,800.00    4.1%     14.1%   -10.1  113,508.49   15,549.11  33,999.99                ▼ 落后
        "#]],
    );
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --each --behind --top 1 -q",
        expect![[r#"
            2026 上半年门店目标 · 销售额 · 截至 2026-03-06

            █████░│░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ▼ 落后
            期间  2026年3月（2026-03-01 至 2026-03-31），已过 6 天，还剩 25 天
            目标  92.92 万元
            实绩  10.52，完成率 11.3%
            进度  时间进度 18.5%，应完成 17.21，少 6.68，进度差 -7.2 点
            差额  82.39
            日均  完成 1.50，需完成 2.68（按加权日），要快 77.9%
            预计  56.83，为目标的 61.2%，八成可能在 10.52 至 112.31
            数据  到 2026-03-06，共 11 行；1 行未归属，这一期 0.03；1 行在方案期间之外，不算

            #  门店    期间        目标   实绩  完成率  时间进度  进度差   差额  日均需完成  预计完成                状态
            1  东区    2026年1月  54.00   0.00    0.0%    100.0%  -100.0  54.00           –      0.00  ░░░░░░░░░░░░  × 未达成
            1  东区    2026年2月  39.11   0.00    0.0%    100.0%  -100.0  39.11           –      0.00  ░░░░░░░░░░░░  × 未达成
            2  东区    2026年3月  52.61   2.69    5.1%     18.5%   -13.4  49.92        1.62     14.53  █│░░░░░░░░░░  ▼ 落后
               未归属  2026年3月          0.03
               合计    2026年1月  95.37   0.00    0.0%    100.0%  -100.0  95.37           –      0.00                × 未达成
               合计    2026年2月  68.53   0.00    0.0%    100.0%  -100.0  68.53           –      0.00                × 未达成
               合计    2026年3月  92.92  10.52   11.3%     18.5%    -7.2  82.39        2.68     56.83                ▼ 落后
        "#]],
    );
}

#[test]
fn what_the_gap_comes_from() {
    let folder = stores();
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --bridge days --format csv",
        expect![[r#"
            part,name,target,actual,gap
            2026-03-01,2026年3月1日 周日,44245.90,9000.00,35245.90
            2026-03-02,2026年3月2日 周一,24581.07,8000.00,16581.07
            2026-03-03,2026年3月3日 周二,24581.05,5100.50,19480.55
            2026-03-04,2026年3月4日 周三,24581.05,7000.00,17581.05
            2026-03-05,2026年3月5日 周四,24581.05,71000.00,-46418.95
            2026-03-06,2026年3月6日 周五,29497.28,5133.33,24363.95
        "#]],
    );
    let ran = folder
        .run("track plan.toml --actuals sales.csv --as-of 2026-03-06 --bridge member --unit 元 -q");
    let at = ran.out.find("差额分解").unwrap();
    expect![[r#"
        差额分解（按门店，到今天为止）：应完成 172,067.40 − 实绩 105,233.83 = 66,833.57
        门店        应完成        实绩        差额  占差额
        东区     97,430.51   26,900.50  +70,530.01  105.5%
        西区     74,636.89   78,000.00   -3,363.11   -5.0%
        未归属        0.00      333.33     -333.33   -0.5%
        合计    172,067.40  105,233.83  +66,833.57
    "#]]
    .assert_eq(&ran.out[at..]);
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --bridge price",
        expect![[r#"
            -- talk
            错误[bridge_unknown]：方案里没有计件数的指标，分不出价格和数量
            提示：可以用 `member`, `days`, `weeks`, `store`
            -- exit 2
        "#]],
    );
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --composition --lang en",
        expect![[r#"
            -- talk
            error[no_composition]: the plan has no dimension that is a composition
            hint: write `composition = true` at the dimension in [axes]
            -- exit 3
        "#]],
    );
}

#[test]
fn rows_for_machines() {
    let folder = stores();
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --level store --output -",
        expect![[r#"
            store,store_name,period,start,last,line,closed,base,carried,working,target,actual,attainment,elapsed,pace,expected,gap,gap_to_date,run_rate,required_rate,projection,projection_low,projection_high,projection_days,status,rank,share_of_gap,weight_gone,weight_left,days_gone,days_left
            S5,大学城店,2026-03,2026-03-01,2026-03-31,member,false,170244.50,0.00,170244.50,170244.50,71000.00,0.417047,0.185185,0.231862,31526.76,99244.50,-39473.24,10142.86,3222.22,383399.99,71000.00,987223.53,6,ahead,1,0.305331,7.000000,30.800000,6,25
            S1,人民路店,2026-03,2026-03-01,2026-03-31,member,false,300642.73,0.00,300642.73,300642.73,21800.00,0.072511,0.185185,-0.112674,55674.58,278842.73,33874.58,3114.29,9053.34,117720.00,47338.22,188101.78,6,far_behind,2,0.558552,7.000000,30.800000,6,25
            S4,解放路店,2026-03,2026-03-01,2026-03-31,member,false,232794.68,0.00,232794.68,232794.68,7000.00,0.030069,0.185185,-0.155116,43110.13,225794.68,36110.13,1000.00,7331.00,37800.00,7000.00,97331.76,6,far_behind,3,0.694669,7.000000,30.800000,6,25
            S2,湖滨店,2026-03,2026-03-01,2026-03-31,member,false,225482.05,0.00,225482.05,225482.05,5100.50,0.022620,0.185185,-0.162565,41755.93,220381.55,36655.43,728.64,7155.25,27542.70,5100.50,70920.14,6,far_behind,4,0.441448,7.000000,30.800000,6,25
            ,,2026-03,2026-03-01,2026-03-31,unassigned,false,0.00,0.00,0.00,0.00,333.33,,0.185185,,0.00,-333.33,-333.33,47.62,0.00,1799.98,333.33,4157.70,6,no_target,,-0.000405,7.000000,30.800000,6,25
        "#]],
    );
    let ran = folder.run("track plan.toml --actuals sales.csv --as-of 2026-03-06 --json --top 1");
    expect![[r#"
        {
          "plan": "2026 上半年门店目标",
          "measure": "sales",
          "unit": "CNY",
          "as_of": "2026-03-06",
          "sales": {
            "lines": 11,
            "unassigned_lines": 1,
            "outside_lines": 1,
            "through": "2026-03-06"
          },
          "whole": [
            {
              "store": "chain",
              "store_name": "全部门店",
              "period": "2026-03",
              "start": "2026-03-01",
              "last": "2026-03-31",
              "line": "member",
              "closed": false,
              "base": "929163.96",
              "carried": "0.00",
              "working": "929163.96",
              "target": "929163.96",
              "actual": "105233.83",
              "attainment": "0.113256",
              "elapsed": "0.185185",
              "pace": "-0.071929",
              "expected": "172067.40",
              "gap": "823930.13",
              "gap_to_date": "66833.57",
              "run_rate": "15033.40",
              "required_rate": "26750.98",
              "projection": "568262.68",
              "projection_low": "105233.83",
              "projection_high": "1123093.51",
              "projection_days": 6,
              "status": "far_behind",
              "rank": null,
              "share_of_gap": null,
              "weight_gone": "7.000000",
              "weight_left": "30.800000",
              "days_gone": 6,
              "days_left": 25
            }
          ],
          "rows": [
            {"store":"west","store_name":"西区","period":"2026-03","start":"2026-03-01","last":"2026-03-31","line":"member","closed":false,"base":"403039.18","carried":"0.00","working":"403039.18","target":"403039.18","actual":"78000.00","attainment":"0.193530","elapsed":"0.185185","pace":"0.008344","expected":"74636.89","gap":"325039.18","gap_to_date":"-3363.11","run_rate":"11142.86","required_rate":"10553.22","projection":"421199.97","projection_low":"78000.00","projection_high":"1016278.66","projection_days":6,"status":"ahead","rank":1,"share_of_gap":"0.394498","weight_gone":"7.000000","weight_left":"30.800000","days_gone":6,"days_left":25},
            {"store":null,"store_name":null,"period":"2026-03","start":"2026-03-01","last":"2026-03-31","line":"unassigned","closed":false,"base":"0.00","carried":"0.00","working":"0.00","target":"0.00","actual":"333.33","attainment":null,"elapsed":"0.185185","pace":null,"expected":"0.00","gap":"-333.33","gap_to_date":"-333.33","run_rate":"47.62","required_rate":"0.00","projection":"1799.98","projection_low":"333.33","projection_high":"4157.70","projection_days":6,"status":"no_target","rank":null,"share_of_gap":"-0.000405","weight_gone":"7.000000","weight_left":"30.800000","days_gone":6,"days_left":25}
          ]
        }
    "#]].assert_eq(&ran.shown());
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --by all --output all.csv",
        expect![[r#"
            -- talk
            已写入 `all.csv`，共 6 行
        "#]],
    );
    let all = folder.read("all.csv");
    assert!(all.starts_with("\u{feff}store_level,"));
    assert_eq!(all.lines().count(), 1 + 1 + 4 + 1, "{all}");
}

/// A figure as every output has it (rule T4).
fn figure(folder: &Folder, name: &str) -> (String, String, String) {
    let line = "track plan.toml --actuals sales.csv --as-of 2026-03-06 --level store";
    let csv = folder.run(&format!("{line} --output -")).out;
    let mut rows = csv.lines().map(|row| row.split(',').collect::<Vec<_>>());
    let head = rows.next().unwrap();
    let column = head.iter().position(|known| *known == name).unwrap();
    let of_csv = rows.find(|row| row[0] == "S1").unwrap()[column].to_owned();
    let json: serde_json::Value =
        serde_json::from_str(&folder.run(&format!("{line} --json")).out).unwrap();
    let row = json["rows"]
        .as_array()
        .unwrap()
        .iter()
        .find(|row| row["store"] == "S1")
        .unwrap();
    let of_json = row[name].as_str().unwrap().to_owned();
    let table = folder.run(&format!("{line} --unit 元 -q")).out;
    let row = table
        .lines()
        .find(|line| line.contains("人民路店"))
        .unwrap()
        .replace(',', "");
    (of_csv, of_json, row)
}

#[test]
fn the_same_figure_everywhere() {
    let folder = stores();
    for name in ["target", "actual", "gap", "required_rate", "projection"] {
        let (csv, json, table) = figure(&folder, name);
        assert_eq!(csv, json, "{name}");
        assert!(table.contains(&csv), "{name}: {csv} is not in {table}");
    }
    let line =
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --level store --output p.xlsx -q";
    assert_eq!(folder.run(line).shown(), "");
    let cells = sheet_values(&folder, "p.xlsx", 2);
    for name in [
        "base",
        "target",
        "actual",
        "gap",
        "expected",
        "gap_to_date",
        "projection",
    ] {
        let (csv, ..) = figure(&folder, name);
        let number: f64 = csv.parse().unwrap();
        assert!(
            cells.contains(&number.to_string()),
            "{name}: {number} is not in {cells:?}"
        );
    }
}

/// The values of a sheet as its XML has them.
fn sheet_values(folder: &Folder, name: &str, sheet: usize) -> Vec<String> {
    let bytes = std::fs::read(folder.path().join(name)).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut entry = archive
        .by_name(&format!("xl/worksheets/sheet{sheet}.xml"))
        .unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut entry, &mut text).unwrap();
    let values = text.split("<v>").skip(1);
    values
        .filter_map(|rest| rest.split("</v>").next().map(str::to_owned))
        .collect()
}

#[test]
fn pictures() {
    let folder = stores();
    for chart in ["burn-up", "board", "calendar", "bridge"] {
        let line = format!(
            "track plan.toml --actuals sales.csv --as-of 2026-03-06 --chart {chart} --output {chart}.svg -q"
        );
        assert_eq!(folder.run(&line).shown(), "");
        assert!(folder.read(&format!("{chart}.svg")).starts_with("<svg "));
    }
    folder.check(
        "track plan.toml --actuals sales.csv --as-of 2026-03-06 --chart board --output board.pdf",
        expect![[r#"
            -- talk
            错误[format_unknown]：从 `board.pdf` 的后缀看不出要写成什么格式
            提示：后缀可以是 `.svg` `.png`
            -- exit 2
        "#]],
    );
}

#[test]
fn what_cannot_be_tracked() {
    let folder = stores();
    folder.check("track plan.toml --as-of 2026-03-06", expect![[r#"
        -- talk
        错误[not_a_plan_directory]：`plan.toml` 是方案文件，不是方案目录，没有存放销售数据的地方
        提示：用 `fenjie init plan.toml DIR` 建立方案目录再 `fenjie import`，或用 `--actuals 销售.csv` 直接看
        -- exit 3
    "#]]);
    folder.check("track plan.toml --as-of 2025-03-06 --actuals sales.csv --lang en", expect![[r#"
        -- talk
        error[plan_not_begun]: the plan begins on 2026-01-01; on 2025-03-06 there is nothing to track
        hint: use `--as-of 2026-01-01` or a later day
        -- exit 2
    "#]]);
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --level city",
        expect![[r#"
        -- talk
        错误[axis_unknown]：方案里没有轴或层级 `city`
        提示：已有的是 `store`, `time`, `area`, `month`, `piece`, `day`, `slot`
        -- exit 3
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --period quarter",
        expect![[r#"
        -- talk
        错误[level_unknown]：轴 `time` 没有层级 `quarter`
        提示：已有的是 `month`, `piece`, `day`, `slot`
        -- exit 3
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --period store=S1 --lang en",
        expect![[r#"
        -- talk
        error[period_names_members]: `--period store=S1` names members
        hint: members go into `--within`
        -- exit 2
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --within month=2026-03",
        expect![[r#"
        -- talk
        错误[within_names_time]：`--within month=2026-03` 里写了期间
        提示：期间写在 `--period` 里
        -- exit 2
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals none.csv",
        expect![[r#"
        -- talk
        错误[file_missing]：找不到文件 `none.csv`
        -- exit 3
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --output x.docx",
        expect![[r#"
        -- talk
        错误[format_unknown]：从 `x.docx` 的后缀看不出要写成什么格式
        提示：后缀可以是 `.xlsx` `.csv` `.json` `.jsonl` `.parquet`
        -- exit 2
    "#]],
    );
    folder.check(
        "track plan.toml --as-of 2026-03-06 --actuals sales.csv --chart board",
        expect![[r#"
        -- talk
        错误[argument_missing]：缺少 `--output <FILE>`
        提示：用法：fenjie track [选项] <PLAN>
        -- exit 2
    "#]],
    );
    assert_eq!(folder.run("init plan.toml dir").code, 0);
    folder.check(
        "track dir --as-of 2026-03-06",
        expect![[r#"
        -- talk
        错误[no_sales_yet]：`dir` 里还没有销售数据
        提示：用 `fenjie import dir 销售.csv` 导入
        -- exit 3
    "#]],
    );
    folder.check(
        "track dir --as-of 2026-03-06 --lang en",
        expect![[r#"
        -- talk
        error[no_sales_yet]: `dir` has no sales yet
        hint: bring them in by `fenjie import dir sales.csv`
        -- exit 3
    "#]],
    );
}

#[test]
fn sales_that_have_not_arrived() {
    let folder = stores();
    let ran = folder.run("track plan.toml --actuals sales.csv --as-of 2026-03-10");
    expect![[r#"
        注意[sales_late]：销售数据只到 2026-03-07，看的是 2026-03-10；之后几天按没有销售计算
        提示：导入新的销售，或用 `--as-of 2026-03-07` 从有数据的那天看
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`
    "#]]
    .assert_eq(&ran.talk);
    let ran = folder.run("track plan.toml --actuals sales.csv --as-of 2026-03-10 --lang en");
    expect![[r#"
        warning[sales_late]: sales have arrived up to 2026-03-07 only, looked at from 2026-03-10; the days since count as days without sales
        hint: import what is missing, or look from `--as-of 2026-03-07`
    "#]].assert_eq(&ran.talk);
}
