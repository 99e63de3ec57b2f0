//! `fenjie alerts` on a chain of shops: by rule, in quiet hours, for each owner, for machines.

use expect_test::expect;
use serde_json::Value;

use crate::harness::Folder;

fn chain() -> Folder {
    let folder = Folder::with_example("store-chain");
    for line in [
        "init plan.toml dir -q",
        "import dir sales.csv -q",
        "close dir 2026-03-02 --as-of 2026-03-06 --yes -q",
        "close dir 2026-W10 --as-of 2026-03-13 --yes -q",
    ] {
        let ran = folder.run(line);
        assert_eq!(ran.code, 0, "{line}\n{}", ran.shown());
    }
    folder
}

#[test]
fn what_needs_a_look() {
    let folder = chain();
    folder.check("alerts dir --at '2026-03-13 09:00'", expect![[r#"
        2026 上半年门店目标 · 销售额 · 2026年3月 · 截至 2026-03-12

        紧急（2 条）
        - 湖滨店连续 2 期未达成，须提交改进计划；在此之前不能调整目标（赵敏）
        - 解放路店连续 2 期未达成，须提交改进计划；在此之前不能调整目标

        警告（2 条）
        - 湖滨店在 2026年3月第10周段 3月6日–12日 未达成：目标 5.07万，实绩 4.24万，缺口 8,260.20，已连续 2 期（赵敏）
        - 解放路店在 2026年3月第10周段 3月6日–12日 未达成：目标 5.23万，实绩 4.54万，缺口 6,918.67，已连续 2 期

        提示（1 条）
        - 湖滨店要做到目前的 1.3 倍才能达成目标：日均需完成 8,162.57，目前日均 5,866.11（赵敏）

        共 5 条，紧急 2 条
        -- exit 1
    "#]]);
    folder.check(
        "alerts dir --at '2026-03-13 09:00' --lang en",
        expect![[r#"
            2026 上半年门店目标 · 销售额 · March 2026 · as of 2026-03-12

            urgent (2)
            - 湖滨店 missed 2 periods in a row: an action plan is due, and adjustments wait for it (赵敏)
            - 解放路店 missed 2 periods in a row: an action plan is due, and adjustments wait for it

            warning (2)
            - 湖滨店 missed March 2026 W10, 6–12 Mar: 4.24万 of 5.07万, 8,260.20 short, 2 periods in a row (赵敏)
            - 解放路店 missed March 2026 W10, 6–12 Mar: 4.54万 of 5.23万, 6,918.67 short, 2 periods in a row

            notice (1)
            - 湖滨店 must do 1.3 times as well as so far: 8,162.57 a day are needed, 5,866.11 are done (赵敏)

            5 alerts, 2 urgent
            -- exit 1
        "#]],
    );
}

#[test]
fn quiet_hours_hold_and_owners_get_one_text() {
    let folder = chain();
    folder.check("alerts dir --at '2026-03-13 22:30' --digest", expect![[r#"
        2026 上半年门店目标 · 销售额 · 2026年3月 · 截至 2026-03-12

        赵敏（3 条）
        - 紧急：湖滨店连续 2 期未达成，须提交改进计划；在此之前不能调整目标
        - 警告：湖滨店在 2026年3月第10周段 3月6日–12日 未达成：目标 5.07万，实绩 4.24万，缺口 8,260.20，已连续 2 期
        - 提示：湖滨店要做到目前的 1.3 倍才能达成目标：日均需完成 8,162.57，目前日均 5,866.11

        没有负责人（2 条）
        - 紧急：解放路店连续 2 期未达成，须提交改进计划；在此之前不能调整目标
        - 警告：解放路店在 2026年3月第10周段 3月6日–12日 未达成：目标 5.23万，实绩 4.54万，缺口 6,918.67，已连续 2 期

        共 5 条，紧急 2 条；现在是免打扰时段，2026-03-14 08:00 发出
        -- exit 1
    "#]]);
    let held = "alerts dir --at '2026-03-13 07:00' --json -q --digest";
    let found: Value = serde_json::from_str(&folder.run(held).out).unwrap();
    assert_eq!(
        (&found["held"], &found["deliver_at"]),
        (&true.into(), &"2026-03-13 08:00".into())
    );
    let loud = folder.run(&format!("{held} --quiet-hours off"));
    let found: Value = serde_json::from_str(&loud.out).unwrap();
    assert_eq!(found["held"], false);
}

#[test]
fn alerts_for_machines() {
    let folder = chain();
    let ran = folder.run("alerts dir --at '2026-03-13 09:00' --rule pace=-3 --json -q");
    assert_eq!(ran.code, 1);
    let found: Value = serde_json::from_str(&ran.out).unwrap();
    let behind = found["alerts"].as_array().unwrap().iter();
    let behind = behind
        .clone()
        .find(|alert| alert["code"] == "behind")
        .unwrap();
    expect![[r#"
        {
          "code": "behind",
          "severity": "urgent",
          "place": "store=S2",
          "period": "2026-03",
          "owner": "赵敏",
          "deliver_at": "2026-03-13 09:00",
          "figures": {
            "target": "225482.05",
            "actual": "70393.27",
            "gap": "155088.78",
            "pace": "-0.066117",
            "projected": "0.825230",
            "needed_per_day": "8162.57",
            "done_per_day": "5866.11",
            "in_a_row": 3
          },
          "text": "湖滨店落后 6.6 个百分点；照目前日均，本月预计完成 83%；日均需完成 8,162.57，目前日均 5,866.11"
        }
    "#]].assert_eq(&format!("{behind:#}\n"));
}

#[test]
fn rules_of_the_command_line_and_of_the_plan() {
    let folder = chain();
    let off = "pace=off,silent_days=off,required_over_run=off,missed=off,action_due=off";
    folder.check(
        &format!("alerts dir --at '2026-03-13 09:00' --rule {off}"),
        expect![[r#"
            到 2026-03-12 为止没有预警
        "#]],
    );
    folder.check(
        "alerts dir --rule pace=fast",
        expect![[r#"
        -- talk
        错误[alert_value_wrong]：预警规则 `pace` 不能是 `fast`
        提示：写百分点：-5 表示进度落后超过 5 个百分点；不要这条规则写 off
        -- exit 2
    "#]],
    );
    folder.check("alerts dir --rule loud=1 --lang en", expect![[r#"
        -- talk
        error[alert_rule_unknown]: there is no alert rule `loud`
        hint: there are `pace`, `days`, `silent_days`, `required_over_run`, `missed`, `action_due`, `quiet_hours`, `band`
        -- exit 2
    "#]]);
    folder.check("alerts dir --rule pace", expect![[r#"
        -- talk
        错误[alert_rule_expected]：`pace` 不是 规则=值
        提示：例如 --rule pace=-5,days=3；规则有 pace、days、silent_days、required_over_run、missed、action_due、quiet_hours、band
        -- exit 2
    "#]]);
    let folder = Folder::with_example("store-chain");
    let text = folder.read("plan.toml");
    folder.write(
        "plan.toml",
        format!("{text}\n[alerts]\nquiet_hours = \"21:00\"\n"),
    );
    folder.check(
        "alerts plan.toml --actuals sales.csv",
        expect![[r#"
        -- talk
        错误[alert_value_wrong]：预警规则 `quiet_hours` 不能是 `21:00`
          --> plan.toml:61:15
        提示：写成 21:00-08:00；不要免打扰时段写 off
        -- exit 3
    "#]],
    );
}
