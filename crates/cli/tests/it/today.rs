//! A store's day by slots, and every store's day in short.

use expect_test::expect;

use crate::harness::Folder;
use crate::track::stores;

#[test]
fn a_store_at_three() {
    let folder = stores();
    let line = "today plan.toml 人民路店 --at '2026-03-06 15:00' --actuals sales.csv";
    folder.check(line, expect![[r#"
        人民路店 · 2026-03-06 周五 15:00 · 系数 1.2

        ██████████████████░░░│░░░░░░░░░░░░░░░░░░  ▼ 落后
        4,300.00 / 9,544.22，完成 45.1%；现在应完成 55.0%（5,249.33）；今天还需 5,244.22
        2026年3月第10周段 3月6日–12日：4,300.00 / 67,604.85，完成 6.4%，还需 63,304.85

        时段                    目标      完成      还需
        开业–10:00            954.42    500.00    454.42  ██████████░░░░░░░░░░  ▼ 缺口 454.42，已并入后面的时段
        10:00–14:00  2,863.27+151.48  3,100.00      0.00  ████████████████████  ▲ 超额 85.25
        14:00–16:00  2,863.27+151.47    700.00  2,314.74  █████░░░░░░░░░░░░░░░  ▶ 进行中
        16:00–闭店   2,863.26+151.47      0.00  3,014.73  ░░░░░░░░░░░░░░░░░░░░  ○ 未开始
    "#]]);
    folder.check(&format!("{line} --lang en"), expect![[r#"
        人民路店 · Fri 2026-03-06 15:00 · coefficient 1.2

        ██████████████████░░░│░░░░░░░░░░░░░░░░░░  ▼ behind
        4,300.00 / 9,544.22, 45.1% done; 55.0% (5,249.33) due by now; 5,244.22 left today
        March 2026 W10, 6–12 Mar: 4,300.00 / 67,604.85, 6.4% done, 63,304.85 left

        slot                  target      done      left
        开业–10:00            954.42    500.00    454.42  ██████████░░░░░░░░░░  ▼ short by 454.42, added to later slots
        10:00–14:00  2,863.27+151.48  3,100.00      0.00  ████████████████████  ▲ over by 85.25
        14:00–16:00  2,863.27+151.47    700.00  2,314.74  █████░░░░░░░░░░░░░░░  ▶ running
        16:00–闭店   2,863.26+151.47      0.00  3,014.73  ░░░░░░░░░░░░░░░░░░░░  ○ to come
    "#]]);
    folder.check(
        &format!("{line} --json"),
        expect![[r#"
            {
              "plan": "2026 上半年门店目标",
              "measure": "sales",
              "unit": "CNY",
              "place": "store=S1",
              "name": "人民路店",
              "day": "2026-03-06",
              "time": "15:00",
              "coefficient": "1.200000",
              "target": "9544.22",
              "done": "4300.00",
              "left": "5244.22",
              "attainment": "0.450534",
              "elapsed": "0.550001",
              "expected": "5249.33",
              "status": "far_behind",
              "without_slot": "0.00",
              "slots": [
                {
                  "slot": "开业–10:00",
                  "from": "00:00",
                  "to": "10:00",
                  "phase": "gone",
                  "target": "954.42",
                  "added": "0.00",
                  "working": "954.42",
                  "done": "500.00",
                  "left": "454.42"
                },
                {
                  "slot": "10:00–14:00",
                  "from": "10:00",
                  "to": "14:00",
                  "phase": "gone",
                  "target": "2863.27",
                  "added": "151.48",
                  "working": "3014.75",
                  "done": "3100.00",
                  "left": "0.00"
                },
                {
                  "slot": "14:00–16:00",
                  "from": "14:00",
                  "to": "16:00",
                  "phase": "running",
                  "target": "2863.27",
                  "added": "151.47",
                  "working": "3014.74",
                  "done": "700.00",
                  "left": "2314.74"
                },
                {
                  "slot": "16:00–闭店",
                  "from": "16:00",
                  "to": "24:00",
                  "phase": "to_come",
                  "target": "2863.26",
                  "added": "151.47",
                  "working": "3014.73",
                  "done": "0.00",
                  "left": "3014.73"
                }
              ],
              "no_slots_because": null,
              "week": {
                "period": "2026-03/W10",
                "target": "67604.85",
                "done": "4300.00",
                "left": "63304.85",
                "attainment": "0.063605"
              }
            }
        "#]],
    );
}

#[test]
fn a_store_before_it_opens_and_after_it_closes() {
    let folder = stores();
    folder.check(
        "today plan.toml S1 --at '2026-03-06 00:00' --actuals sales.csv",
        expect![[r#"
            人民路店 · 2026-03-06 周五 00:00 · 系数 1.2

            ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  ○ 未开始
            0.00 / 9,544.22，完成 0.0%；现在应完成 0.0%（0.00）；今天还需 9,544.22
            2026年3月第10周段 3月6日–12日：0.00 / 67,604.85，完成 0.0%，还需 67,604.85

            时段             目标  完成      还需
            开业–10:00     954.42  0.00    954.42  ░░░░░░░░░░░░░░░░░░░░  ▶ 进行中
            10:00–14:00  2,863.27  0.00  2,863.27  ░░░░░░░░░░░░░░░░░░░░  ○ 未开始
            14:00–16:00  2,863.27  0.00  2,863.27  ░░░░░░░░░░░░░░░░░░░░  ○ 未开始
            16:00–闭店   2,863.26  0.00  2,863.26  ░░░░░░░░░░░░░░░░░░░░  ○ 未开始
        "#]],
    );
    folder.check(
        "today plan.toml store=S1 --at 2026-03-06 --actuals sales.csv --unit 万",
        expect![[r#"
            人民路店 · 2026-03-06 周五 24:00 · 系数 1.2

            ████████████████████░░░░░░░░░░░░░░░░░░░░  × 未达成
            0.48 / 0.95，完成 50.3%；现在应完成 100.0%（0.95）；今天还需 0.47
            2026年3月第10周段 3月6日–12日：0.48 / 6.76，完成 7.1%，还需 6.28

            时段              目标  完成  还需
            开业–10:00        0.10  0.05  0.05  ██████████░░░░░░░░░░  ▼ 缺口 0.05，已并入后面的时段
            10:00–14:00  0.29+0.02  0.31  0.00  ████████████████████  ▲ 超额 0.01
            14:00–16:00  0.29+0.02  0.07  0.23  █████░░░░░░░░░░░░░░░  ▼ 缺口 0.23，已并入后面的时段
            16:00–闭店   0.29+0.25  0.05  0.48  ██░░░░░░░░░░░░░░░░░░  ▼ 缺口 0.48
        "#]],
    );
}

#[test]
fn every_store_in_short() {
    let folder = stores();
    folder.check(
        "today plan.toml --at '2026-03-06 15:00' --actuals sales.csv",
        expect![[r#"
            2026 上半年门店目标 · 2026-03-06 周五 15:00

            门店           目标      完成       还需  完成率
            湖滨店     7,158.16      0.00   7,158.16    0.0%  ░░░░░░░░░░░░
            解放路店   7,390.31      0.00   7,390.31    0.0%  ░░░░░░░░░░░░
            大学城店   5,404.59      0.00   5,404.59    0.0%  ░░░░░░░░░░░░
            人民路店   9,544.22  4,300.00   5,244.22   45.1%  █████░░░░░░░
            合计      29,497.28  4,633.33  24,863.95   15.7%  ██░░░░░░░░░░
            -- talk
            合计里有 333.33 未归属
        "#]],
    );
    folder.check(
        "today plan.toml --at '2026-03-06 15:00' --actuals sales.csv --json",
        expect![[r#"
        {
          "plan": "2026 上半年门店目标",
          "measure": "sales",
          "unit": "CNY",
          "day": "2026-03-06",
          "time": "15:00",
          "whole": {
            "target": "29497.28",
            "done": "4633.33",
            "left": "24863.95",
            "attainment": "0.157077"
          },
          "unassigned": "333.33",
          "stores": [
            {
              "target": "7158.16",
              "done": "0.00",
              "left": "7158.16",
              "attainment": "0.000000",
              "store": "S2",
              "name": "湖滨店"
            },
            {
              "target": "7390.31",
              "done": "0.00",
              "left": "7390.31",
              "attainment": "0.000000",
              "store": "S4",
              "name": "解放路店"
            },
            {
              "target": "5404.59",
              "done": "0.00",
              "left": "5404.59",
              "attainment": "0.000000",
              "store": "S5",
              "name": "大学城店"
            },
            {
              "target": "9544.22",
              "done": "4300.00",
              "left": "5244.22",
              "attainment": "0.450534",
              "store": "S1",
              "name": "人民路店"
            }
          ]
        }
    "#]],
    );
}

#[test]
fn sales_without_a_time_of_day_fall_into_no_slot() {
    let folder = stores();
    folder.write(
        "days.csv",
        "日期,门店,金额\n2026-03-05,S1,1000\n2026-03-06,S1,4200\n",
    );
    folder.check(
        "today plan.toml S1 --at '2026-03-06 15:00' --actuals days.csv",
        expect![[r#"
        人民路店 · 2026-03-06 周五 15:00 · 系数 1.2

        ██████████████████░░░░░░░░░░░░░░░░░░░░░░
        4,200.00 / 9,544.22，完成 44.0%；今天还需 5,344.22
        2026年3月第10周段 3月6日–12日：4,200.00 / 67,604.85，完成 6.2%，还需 63,404.85
        -- talk
        这天的销售没有带时刻，分不到时段，只能看整天
    "#]],
    );
    let ran = folder.run("today plan.toml S1 --at '2026-03-06 15:00' --actuals days.csv --lang en");
    expect![[r#"
        this day's sales carry no time of day, so they fall into no slot
    "#]]
    .assert_eq(&ran.talk);
}

#[test]
fn a_day_or_a_store_that_is_not_there() {
    let folder = stores();
    folder.check(
        "today plan.toml S7 --at '2026-03-06 15:00' --actuals sales.csv",
        expect![[r#"
        -- talk
        错误[member_unknown]：轴 `store` 没有成员 `S7`
        提示：相近的成员 `东区`, `西区`, `湖滨店`
        -- exit 3
    "#]],
    );
    folder.check(
        "today plan.toml S1 --at '2027-03-06 15:00' --actuals sales.csv --lang en",
        expect![[r#"
        -- talk
        error[track_outside_plan]: 2027-03-06 lies outside the plan: 2026-01-01 to 2026-06-30
        hint: name a day with `--at`
        -- exit 2
    "#]],
    );
    folder.check(
        "today plan.toml S1 --at 下午三点 --actuals sales.csv",
        expect![[r#"
        -- talk
        错误[time_expected]：`下午三点` 不是一个时刻
        提示：写成 '2026-03-07 15:20'
        -- exit 2
    "#]],
    );
    folder.check(
        "today plan.toml S1 --zone Asia/Shangai --actuals sales.csv",
        expect![[r#"
        -- talk
        错误[zone_unknown]：没有 `Asia/Shangai` 这个时区
        提示：相近的有：Asia/Shanghai、Asia/Khandyga、America/Argentina/Catamarca
        -- exit 3
    "#]],
    );
}

/// Three thousand stores in a plan directory.
fn many() -> Folder {
    let folder = Folder::with_plan(
        r#"
plan    = "三千家店"
period  = "2026-03"
measure = { name = "销售额", code = "sales", unit = "CNY", step = "0.01" }
total   = "3亿"

[calendar]
week_starts = "friday"
holidays    = "none"
slots       = { "开业–12:00" = 40, "12:00–闭店" = 60 }
levels      = ["month", "piece", "day", "slot"]

[axes.store]
members = "stores.csv"
levels  = ["store"]

[[do]]
decompose = "store"
by        = "equal"

[[do]]
decompose = "time.slot"
by        = "calendar"
"#,
    );
    let stores: String = (0..3000).map(|at| format!("S{at},店{at}\n")).collect();
    folder.write("stores.csv", format!("code,name\n{stores}"));
    folder.write(
        "sales.csv",
        "时间,门店,金额\n2026-03-06 09:00,S7,500\n2026-03-06 13:00,S7,900\n2026-03-06 13:00,S8,1\n",
    );
    assert_eq!(folder.run("init plan.toml dir").code, 0);
    assert_eq!(folder.run("import dir sales.csv").code, 0);
    folder
}

/// What a question is answered from what was kept; the same as when all is computed.
fn kept_and_computed(folder: &Folder, line: &str) -> String {
    let _ = std::fs::remove_dir_all(folder.path().join("dir/cache"));
    let computed = folder.run(line);
    assert_eq!(computed.code, 0, "{}", computed.talk);
    assert!(folder.path().join("dir/cache/today.bin").exists(), "{line}");
    // A log that cannot be read any more: nothing but what was kept can answer.
    let log = folder.path().join("dir/inputs");
    let aside = folder.path().join("aside");
    std::fs::rename(&log, &aside).unwrap();
    let kept = folder.run(line);
    std::fs::rename(&aside, &log).unwrap();
    assert_eq!(computed.shown(), kept.shown(), "{line}");
    kept.out
}

#[test]
fn a_kept_day_goes_with_closes_imports_and_undoing() {
    let folder = many();
    let line = "today dir S7 --at '2026-03-08 13:30' --json";
    let before = kept_and_computed(&folder, line);
    // Another import, undone again: sales are never kept.
    folder.write("more.csv", "时间,门店,金额\n2026-03-08 09:00,S7,40\n");
    assert_eq!(folder.run("import dir more.csv --quiet").code, 0);
    let more = folder.run(line).out;
    assert!(more.contains("\"done\": \"40.00\""), "{more}");
    assert!(more.contains("\"done\": \"1440.00\""), "{more}");
    assert_eq!(folder.run("imports dir --undo 2 --yes").code, 0);
    assert_eq!(folder.run(line).out, before);
    // A week closed and carried: later targets are larger, slot by slot as computed.
    let close = "close dir 2026-03-05 --level piece --carry --as-of 2026-03-07 --yes --quiet";
    let closed = folder.run(close);
    assert_eq!(closed.code, 0, "{}", closed.talk);
    let carried = kept_and_computed(&folder, line);
    assert_ne!(carried, before);
    for store in ["S1", "S8", "S2999"] {
        kept_and_computed(&folder, &line.replace("S7", store));
    }
    // A day of the closed week is judged by its own targets, and not kept.
    let _ = std::fs::remove_dir_all(folder.path().join("dir/cache"));
    assert_eq!(folder.run("today dir S7 --at '2026-03-04 13:30'").code, 0);
    assert!(!folder.path().join("dir/cache/today.bin").exists());
}

#[test]
fn a_day_that_was_kept_says_the_same_as_one_computed() {
    let folder = many();
    for line in [
        "today dir 店7 --at '2026-03-06 13:30'",
        "today dir S7 --at '2026-03-06 13:30' --json",
        "today dir S7 --at '2026-03-06 10:00' --json",
        "today dir S7 --at '2026-03-08 13:30' --lang en",
    ] {
        let kept = kept_and_computed(&folder, line);
        assert!(kept.contains("S7") || kept.contains("店7 "));
    }
    // Another day, another log: what was kept is not believed.
    let next = folder.run("today dir S7 --at '2026-03-07 13:30'").out;
    assert!(next.contains("2026-03-07"), "{next}");
    let before = folder.run("today dir S7 --at '2026-03-06 13:30'").out;
    assert_eq!(
        folder
            .run("set dir 'store=S7, month=2026-03' 20万 --yes")
            .code,
        0
    );
    let after = folder.run("today dir S7 --at '2026-03-06 13:30'").out;
    assert_ne!(before, after);
    // A file that is not what was written is not believed either.
    std::fs::write(folder.path().join("dir/cache/today.bin"), b"nothing").unwrap();
    assert_eq!(
        folder.run("today dir S7 --at '2026-03-06 13:30'").out,
        after
    );
}
