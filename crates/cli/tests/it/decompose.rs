//! `fenjie decompose`: tables to read, files, standard output.

use expect_test::expect;

use crate::harness::{Folder, command};

#[test]
fn a_table_to_read() {
    let folder = Folder::with_example("store-chain");
    folder.check(
        "decompose plan.toml",
        expect![[r#"
        2026 上半年门店目标（2026-01-01 至 2026-06-30）

        销售额（万元）：600.00
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`

        门店            合计    1月    2月    3月     4月     5月     6月
        全部门店      600.00  95.37  68.53  92.92  113.91  115.98  113.29
          东区        368.63  54.00  39.11  52.61   74.99   73.33   74.58
            人民路店  172.99  30.86  22.35  30.06   29.03   31.81   28.87
            湖滨店    120.88  23.14  16.76  22.55   21.77   15.00   21.65
            高铁站店   74.76   0.00   0.00   0.00   24.19   26.51   24.06
          西区        231.37  41.37  29.42  40.30   38.92   42.65   38.70
            解放路店  133.95  23.90  17.31  23.28   22.48   24.63   22.36
            大学城店   97.42  17.47  12.12  17.02   16.44   18.02   16.35
    "#]],
    );
    folder.check("decompose plan.en.toml --lang en", expect![[r#"
        Store targets, first half of 2026 (2026-01-01 to 2026-06-30)

        Sales (CNY): 6,000,000.00

        Store                       total         Jan         Feb         Mar           Apr           May
        All stores           6,000,000.00  953,745.00  685,323.11  929,163.96  1,139,127.86  1,159,753.98
          East               3,686,329.97  540,043.42  391,113.91  526,124.78    749,949.83    733,257.50
            People's Road    1,729,888.71  308,596.24  223,493.66  300,642.73    290,303.16    318,140.46
            Lakeside         1,208,811.20  231,447.18  167,620.25  225,482.05    217,727.37    150,000.00
            Railway Station    747,630.06        0.00        0.00        0.00    241,919.30    265,117.04
          West               2,313,670.03  413,701.58  294,209.20  403,039.18    389,178.03    426,496.48
            Liberation Road  1,339,493.18  238,953.26  173,056.36  232,794.68    224,788.51    246,343.57
            University Town    974,176.85  174,748.32  121,152.84  170,244.50    164,389.52    180,152.91

        Store                         Jun
        All stores           1,132,886.09
          East                 745,840.53
            People's Road      288,712.46
            Lakeside           216,534.35
            Railway Station    240,593.72
          West                 387,045.56
            Liberation Road    223,556.80
            University Town    163,488.76
    "#]]);
    folder.check(
        "decompose plan.toml --unit 元 --level 'store.area, month'",
        expect![[r#"
            2026 上半年门店目标（2026-01-01 至 2026-06-30）

            销售额（元）：6,000,000.00
            门店          合计         1月         2月         3月           4月           5月           6月
            东区  3,686,329.97  540,043.42  391,113.91  526,124.78    749,949.83    733,257.50    745,840.53
            西区  2,313,670.03  413,701.58  294,209.20  403,039.18    389,178.03    426,496.48    387,045.56
            合计  6,000,000.00  953,745.00  685,323.11  929,163.96  1,139,127.86  1,159,753.98  1,132,886.09
        "#]],
    );
    folder.check(
        "decompose plan.toml --level store --quiet",
        expect![[r#"
        2026 上半年门店目标（2026-01-01 至 2026-06-30）

        销售额（万元）：600.00
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`
        门店        合计
        人民路店  172.99
        湖滨店    120.88
        高铁站店   74.76
        解放路店  133.95
        大学城店   97.42
        合计      600.00
    "#]],
    );
    let folder = Folder::with_example("b2b");
    folder.check("decompose plan.toml", expect![[r#"
        2026 B2B 团队目标（2026-01-01 至 2026-12-31）

        签约额（万元）：894.43；挑战目标 +134.16
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`

        团队          合计    1月    2月    3月    4月    5月    6月    7月    8月    9月   10月   11月   12月
        销售团队    894.43  69.05  52.99  56.61  74.58  82.17  80.45  73.69  69.00  73.36  80.85  93.97  87.71
          大客户    632.23  51.79  40.40  43.79  52.57  58.10  55.82  50.16  46.95  50.91  56.23  65.29  60.22
            王芳    351.39  28.27  22.14  23.35  27.64  32.72  31.97  28.84  26.29  28.79  32.38  35.98  33.02
            陈强    280.84  23.52  18.26  20.44  24.93  25.38  23.85  21.32  20.66  22.12  23.85  29.31  27.20
          中小企业  262.20  17.26  12.59  12.82  22.01  24.07  24.63  23.53  22.05  22.45  24.62  28.68  27.49
            刘洋    110.06   9.26   6.94   6.83   8.40   9.82   9.97   9.38   8.22   8.52   9.65  11.70  11.37
            赵敏     92.14   8.00   5.65   5.99   6.94   7.58   8.00   7.48   7.16   7.27   8.30  10.31   9.46
            孙磊     60.00   0.00   0.00   0.00   6.67   6.67   6.66   6.67   6.67   6.66   6.67   6.67   6.66
        -- talk
        注意[zero_basis_equal]：team=P5 没有历史或权重，按相等分摊
          --> plan.toml:31:1
        注意[zero_basis_equal]：team=P5, quarter=2026-Q2 没有历史或权重，按相等分摊
          --> plan.toml:31:1
        注意[zero_basis_equal]：team=P5, quarter=2026-Q3 没有历史或权重，按相等分摊
          --> plan.toml:31:1
        注意[zero_basis_equal]：team=P5, quarter=2026-Q4 没有历史或权重，按相等分摊
          --> plan.toml:31:1
    "#]]);
    folder.check(
        "decompose plan.en.toml --lang en --quiet",
        expect![[r#"
        B2B team targets 2026 (2026-01-01 to 2026-12-31)

        Bookings (CNY): 8,944,300; Challenge +1,341,600

        Team                              total         Q1         Q2         Q3         Q4
        Sales team                    8,944,300  1,786,500  2,372,000  2,160,500  2,625,300
          Key accounts                6,322,300  1,359,800  1,664,900  1,480,200  1,817,400
            Fang Wang                 3,513,900    737,600    923,300    839,200  1,013,800
            Qiang Chen                2,808,400    622,200    741,600    641,000    803,600
          Small and medium companies  2,622,000    426,700    707,100    680,300    807,900
            Yang Liu                  1,100,600    230,300    281,900    261,200    327,200
            Min Zhao                    921,400    196,400    225,200    219,100    280,700
            Lei Sun                     600,000          0    200,000    200,000    200,000
    "#]],
    );
    let folder = Folder::with_example("brief-2026");
    folder.check("decompose plan.toml", expect![[r#"
        2026 年度销售目标（2026-01-01 至 2026-12-31）

        销售额（万元）：1,000.00；加码（区域）+30.00；冲刺目标 +100.00
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`

        区域        合计    1月    2月    3月    4月    5月    6月    7月    8月    9月   10月   11月   12月
        合计    1,000.00  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33
          东北    150.00  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50
          华北    200.00  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67
          华东    300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00
          华南    250.00  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83
          华西    100.00   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33

        产品       合计    1月    2月    3月    4月    5月    6月    7月    8月    9月   10月   11月   12月
        Total  1,000.00  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33
          A      300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00
          B      400.00  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33
          C      300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00

        渠道            合计    1月    2月    3月    4月    5月    6月    7月    8月    9月   10月   11月   12月
        合计        1,000.00  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33
          线上        300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00
          线下        400.00  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33  33.33
          合作伙伴    300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00

        业绩构成      合计    1月    2月    3月    4月    5月    6月    7月    8月    9月   10月   11月   12月
        合计      1,000.00  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33  83.33
          回访      300.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00  25.00
          新客      250.00  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83  20.83
          转介绍    150.00  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50  12.50
          活动      100.00   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33   8.33
          复购      200.00  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67  16.67

        费用预算（万元）：50.00
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`

        区域     合计     Q1     Q2     Q3     Q4
        合计    50.00  12.50  12.50  12.50  12.50
          东北   7.50   1.88   1.88   1.88   1.88
          华北  10.00   2.50   2.50   2.50   2.50
          华东  15.00   3.75   3.75   3.75   3.75
          华南  12.50   3.13   3.13   3.13   3.13
          华西   5.00   1.25   1.25   1.25   1.25

        客户满意度（分）
        位置             值
        quarter=2026-Q1  85
        quarter=2026-Q2  88
        quarter=2026-Q3  90
        quarter=2026-Q4  90

        市场份额（%）
        位置              值
        quarter=2026-Q1  4.5
        quarter=2026-Q2  4.8
        quarter=2026-Q3  5.2
        quarter=2026-Q4  5.0
    "#]]);
}

#[test]
fn many_periods_go_down() {
    let folder = Folder::with_example("store-chain");
    let ran = folder.run("decompose plan.toml --level time.day");
    assert!(ran.out.lines().count() > 180, "{}", ran.out);
    let ran = folder.run("decompose plan.toml --level 'store, day'");
    assert!(ran.talk.contains("没有列出"), "{}", ran.talk);
}

#[test]
fn a_narrow_terminal_gets_several_tables() {
    let folder = Folder::with_example("store-chain");
    let output = command(folder.path())
        .env("COLUMNS", "60")
        .args(["decompose", "plan.toml"])
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    expect![[r#"
        2026 上半年门店目标（2026-01-01 至 2026-06-30）

        销售额（万元）：600.00
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`

        门店            合计    1月    2月    3月
        全部门店      600.00  95.37  68.53  92.92
          东区        368.63  54.00  39.11  52.61
            人民路店  172.99  30.86  22.35  30.06
            湖滨店    120.88  23.14  16.76  22.55
            高铁站店   74.76   0.00   0.00   0.00
          西区        231.37  41.37  29.42  40.30
            解放路店  133.95  23.90  17.31  23.28
            大学城店   97.42  17.47  12.12  17.02

        门店             4月     5月     6月
        全部门店      113.91  115.98  113.29
          东区         74.99   73.33   74.58
            人民路店   29.03   31.81   28.87
            湖滨店     21.77   15.00   21.65
            高铁站店   24.19   26.51   24.06
          西区         38.92   42.65   38.70
            解放路店   22.48   24.63   22.36
            大学城店   16.44   18.02   16.35
    "#]]
    .assert_eq(&out);
}

#[test]
fn long_tables() {
    let folder = Folder::with_example("b2b");
    let people = "decompose plan.toml --quiet --level 'team.segment, quarter'";
    folder.check(
        &format!("{people} --output -"),
        expect![[r#"
        team,team_name,period,start,last,bookings,bookings_challenge
        key,大客户,2026-Q1,2026-01-01,2026-03-31,1359800,203900
        key,大客户,2026-Q2,2026-04-01,2026-06-30,1664900,249700
        key,大客户,2026-Q3,2026-07-01,2026-09-30,1480200,222100
        key,大客户,2026-Q4,2026-10-01,2026-12-31,1817400,272600
        sme,中小企业,2026-Q1,2026-01-01,2026-03-31,426700,63900
        sme,中小企业,2026-Q2,2026-04-01,2026-06-30,707100,106100
        sme,中小企业,2026-Q3,2026-07-01,2026-09-30,680300,102100
        sme,中小企业,2026-Q4,2026-10-01,2026-12-31,807900,121200
    "#]],
    );
    folder.check(&format!("{people} --json"), expect![[r#"
        [
        {"team":"key","team_name":"大客户","period":"2026-Q1","start":"2026-01-01","last":"2026-03-31","bookings":"1359800","bookings_challenge":"203900"},
        {"team":"key","team_name":"大客户","period":"2026-Q2","start":"2026-04-01","last":"2026-06-30","bookings":"1664900","bookings_challenge":"249700"},
        {"team":"key","team_name":"大客户","period":"2026-Q3","start":"2026-07-01","last":"2026-09-30","bookings":"1480200","bookings_challenge":"222100"},
        {"team":"key","team_name":"大客户","period":"2026-Q4","start":"2026-10-01","last":"2026-12-31","bookings":"1817400","bookings_challenge":"272600"},
        {"team":"sme","team_name":"中小企业","period":"2026-Q1","start":"2026-01-01","last":"2026-03-31","bookings":"426700","bookings_challenge":"63900"},
        {"team":"sme","team_name":"中小企业","period":"2026-Q2","start":"2026-04-01","last":"2026-06-30","bookings":"707100","bookings_challenge":"106100"},
        {"team":"sme","team_name":"中小企业","period":"2026-Q3","start":"2026-07-01","last":"2026-09-30","bookings":"680300","bookings_challenge":"102100"},
        {"team":"sme","team_name":"中小企业","period":"2026-Q4","start":"2026-10-01","last":"2026-12-31","bookings":"807900","bookings_challenge":"121200"}
        ]
    "#]]);
    folder.check(&format!("{people} --format jsonl"), expect![[r#"
        {"team":"key","team_name":"大客户","period":"2026-Q1","start":"2026-01-01","last":"2026-03-31","bookings":"1359800","bookings_challenge":"203900"}
        {"team":"key","team_name":"大客户","period":"2026-Q2","start":"2026-04-01","last":"2026-06-30","bookings":"1664900","bookings_challenge":"249700"}
        {"team":"key","team_name":"大客户","period":"2026-Q3","start":"2026-07-01","last":"2026-09-30","bookings":"1480200","bookings_challenge":"222100"}
        {"team":"key","team_name":"大客户","period":"2026-Q4","start":"2026-10-01","last":"2026-12-31","bookings":"1817400","bookings_challenge":"272600"}
        {"team":"sme","team_name":"中小企业","period":"2026-Q1","start":"2026-01-01","last":"2026-03-31","bookings":"426700","bookings_challenge":"63900"}
        {"team":"sme","team_name":"中小企业","period":"2026-Q2","start":"2026-04-01","last":"2026-06-30","bookings":"707100","bookings_challenge":"106100"}
        {"team":"sme","team_name":"中小企业","period":"2026-Q3","start":"2026-07-01","last":"2026-09-30","bookings":"680300","bookings_challenge":"102100"}
        {"team":"sme","team_name":"中小企业","period":"2026-Q4","start":"2026-10-01","last":"2026-12-31","bookings":"807900","bookings_challenge":"121200"}
    "#]]);
    folder.check(
        "decompose plan.toml --quiet --level all --output all.csv",
        expect![[""]],
    );
    let text = folder.read("all.csv");
    assert!(text.starts_with('\u{feff}'));
    // 8 nodes of the team; the year, 4 quarters, 12 months; a header.
    assert_eq!(text.lines().count(), 1 + 8 * (1 + 4 + 12));
}

#[test]
fn files_hold_the_finest_cells_and_their_sum_is_the_total() {
    let folder = Folder::with_example("store-chain");
    folder.check(
        "decompose plan.toml --output cells.csv",
        expect![[r#"
        -- talk
        已写入 `cells.csv`，共 3620 行
    "#]],
    );
    let text = folder.read("cells.csv");
    let mut sum = 0i64;
    for line in text.lines().skip(1) {
        let amount = line.rsplit(',').next().unwrap().replace('.', "");
        sum += amount.parse::<i64>().unwrap();
    }
    assert_eq!(sum, 600_000_000);
    assert_eq!(text.lines().count() - 1, 5 * 181 * 4);
    for name in ["cells.parquet", "cells.json", "cells.jsonl"] {
        assert_eq!(
            folder
                .run(&format!("decompose plan.toml --output {name}"))
                .code,
            0
        );
    }
    assert!(
        std::fs::read(folder.path().join("cells.parquet"))
            .unwrap()
            .starts_with(b"PAR1")
    );
    let cells: serde_json::Value = serde_json::from_str(&folder.read("cells.json")).unwrap();
    assert_eq!(cells.as_array().unwrap().len(), 5 * 181 * 4);
}

#[test]
fn output_that_cannot_be() {
    let folder = Folder::with_example("b2b");
    let before = folder.names();
    folder.check(
        "decompose plan.toml --quiet --output team.docx",
        expect![[r#"
            -- talk
            错误[format_unknown]：从 `team.docx` 的后缀看不出要写成什么格式
            提示：后缀可以是 `.xlsx` `.csv` `.parquet` `.json` `.jsonl`，或用 `--format` 指明
            -- exit 2
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --output team --lang en",
        expect![[r#"
            -- talk
            error[format_unknown]: the ending of `team` names no format to write
            hint: use `.xlsx` `.csv` `.parquet` `.json` `.jsonl`, or say it with `--format`
            -- exit 2
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --output no/team.csv",
        expect![[r#"
            -- talk
            错误[folder_missing]：无法写入 `no/team.csv`：它所在的文件夹不存在
            提示：先建好文件夹
            -- exit 4
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --output . --format csv --lang en",
        expect![[r#"
            -- talk
            error[path_is_folder]: `.` is a folder and cannot be written as a file
            -- exit 4
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --output x.csv --level 'team.persn'",
        expect![[r#"
            -- talk
            错误[level_unknown]：轴 `team` 没有层级 `persn`
            提示：已有的是 `segment`, `person`
            -- exit 3
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --output x.csv --level 'time.day' --lang en",
        expect![[r#"
            -- talk
            error[level_unknown]: axis `time` has no level `day`
            hint: there is `quarter`, `month`
            -- exit 3
        "#]],
    );
    folder.check(
        "decompose plan.toml --quiet --unit 斤",
        expect![[r#"
        -- talk
        错误[argument_value_invalid]：`--unit <UNIT>` 不接受 `斤`
        提示：可以写 元、万、亿
        -- exit 2
    "#]],
    );
    assert_eq!(folder.names(), before);
}

#[test]
fn a_reader_who_has_seen_enough() {
    let folder = Folder::with_example("brief-2026");
    let mut child = command(folder.path())
        .args(["decompose", "plan.toml", "--output", "-"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert_eq!(String::from_utf8(ended.stderr).unwrap(), "");
}

#[test]
fn no_colour_without_a_terminal() {
    let folder = Folder::with_plan("plan = 1");
    let ran = folder.run("check plan.toml");
    assert!(!ran.talk.contains('\u{1b}'));
    let ran = folder.run("check plan.toml --color always");
    assert!(
        ran.talk.contains("\u{1b}[1;31m错误\u{1b}[0m["),
        "{}",
        ran.talk
    );
}

#[test]
fn a_plan_may_say_how_it_is_written() {
    let folder = Folder::with_example("b2b");
    let text = folder.read("plan.toml").replace(
        "unit = \"万\"",
        "unit = \"万\"\nfile = \"out.csv\"\nlevels = [\"team.segment\", \"time.quarter\"]",
    );
    folder.write("plan.toml", text);
    folder.check("decompose plan.toml --quiet", expect![[""]]);
    assert_eq!(folder.read("out.csv").lines().count(), 1 + 2 * 4);
    folder.check(
        "decompose plan.toml --quiet --format table",
        expect![[r#"
        2026 B2B 团队目标（2026-01-01 至 2026-12-31）

        签约额（万元）：894.43；挑战目标 +134.16
        显示时四舍五入到两位小数；逐分精确的数用 `--unit 元` 或 `--output 文件`
        团队        合计      Q1      Q2      Q3      Q4
        大客户    632.23  135.98  166.49  148.02  181.74
        中小企业  262.20   42.67   70.71   68.03   80.79
        合计      894.43  178.65  237.20  216.05  262.53
    "#]],
    );
}
