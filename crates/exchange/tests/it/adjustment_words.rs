//! The operations that adjust a running plan, as a planner writes them and as a log keeps them.

use expect_test::{Expect, expect};
use fenjie_calendar::Date;
use fenjie_exchange::log::{PlanLog, Stamp};
use fenjie_exchange::plan_file::{load_text, operation_json, operation_of_json, operation_text};
use fenjie_plan::{
    ActionCheck, ActionPlan, Address, CarryRule, CarryShare, Cause, ChangeBy, Close, Decimal,
    Decision, Effect, Keep, Operation, Resolution, Revision, Waiver,
};

use crate::{Folder, say};

const PLAN: &str = "plan = \"门店\"\nperiod = \"2026-03\"\nmeasure = { name = \"销售额\", code = \"sales\" }\n\
total = \"100万\"\n[axes]\nstore = [\"S1\", \"S2\"]\nproduct = [\"A\", \"B\"]\n";

fn at(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// Written as expected, and read back from the plan file and from the log.
#[track_caller]
fn check(operation: &Operation, text: Expect, json: Expect) {
    let written = operation_text(operation, None, None);
    text.assert_eq(&written);
    json.assert_eq(&operation_json(operation).to_string());
    let read = operation_of_json(operation_json(operation)).unwrap();
    assert_eq!(&read, operation);
    assert_eq!(&read_one(&written), operation);
}

/// The operation after the plan's total.
#[track_caller]
fn read_one(text: &str) -> Operation {
    let plan = load_text(&format!("{PLAN}{text}"), std::path::Path::new("."));
    let plan = plan.unwrap_or_else(|error| panic!("{error}\n{text}"));
    plan.operations[1].clone()
}

fn close(of: &str, actuals: &[(&str, &str)]) -> Close {
    Close {
        measure: "sales".into(),
        period: at("piece=2026-03-06"),
        of: of.into(),
        actuals: actuals
            .iter()
            .map(|(place, amount)| (at(place), (*amount).to_owned()))
            .collect(),
        unassigned: None,
        reason: String::new(),
    }
}

#[test]
fn a_week_is_closed_with_what_each_store_sold() {
    let rows = [("store=S1", "68000.00"), ("store=S2", "91000.50")];
    check(
        &Operation::Close(close("store", &rows)),
        expect![[r#"
            [[do]]
            close = "piece=2026-03-06"
            of = "store"
            actuals = { S1 = "68000.00", S2 = "91000.50" }
            measure = "sales"
        "#]],
        expect![[
            r#"{"close":"piece=2026-03-06","of":"store","actuals":{"S1":"68000.00","S2":"91000.50"},"measure":"sales"}"#
        ]],
    );
    let again = Close {
        unassigned: Some("120.00".into()),
        reason: "补录两张单".into(),
        ..close("store.store", &rows[..1])
    };
    check(
        &Operation::Close(again),
        expect![[r#"
            [[do]]
            close = "piece=2026-03-06"
            of = "store.store"
            actuals = { S1 = "68000.00" }
            unassigned = "120.00"
            measure = "sales"
            why = "补录两张单"
        "#]],
        expect![[
            r#"{"close":"piece=2026-03-06","of":"store.store","actuals":{"S1":"68000.00"},"unassigned":"120.00","measure":"sales","why":"补录两张单"}"#
        ]],
    );
    check(
        &Operation::Close(close("store, product", &[("store=S1, product=A", "1.00")])),
        expect![[r#"
            [[do]]
            close = "piece=2026-03-06"
            of = "store, product"
            actuals = { "store=S1, product=A" = "1.00" }
            measure = "sales"
        "#]],
        expect![[
            r#"{"close":"piece=2026-03-06","of":"store, product","actuals":{"store=S1, product=A":"1.00"},"measure":"sales"}"#
        ]],
    );
}

#[test]
fn a_period_in_which_nobody_sold_anything() {
    check(
        &Operation::Close(close("store", &[])),
        expect![[r#"
            [[do]]
            close = "piece=2026-03-06"
            of = "store"
            measure = "sales"
        "#]],
        expect![[r#"{"close":"piece=2026-03-06","of":"store","measure":"sales"}"#]],
    );
}

#[test]
fn shortfalls_are_carried() {
    let rule = CarryRule {
        measure: "sales".into(),
        of: "store".into(),
        level: "piece".into(),
        horizon: "month".into(),
        share: CarryShare::Weights,
        cap: None,
    };
    check(
        &Operation::Carry(rule.clone()),
        expect![[r#"
            [[do]]
            carry = "piece"
            of = "store"
            horizon = "month"
            measure = "sales"
        "#]],
        expect![[r#"{"carry":"piece","of":"store","horizon":"month","measure":"sales"}"#]],
    );
    let capped = CarryRule {
        share: CarryShare::Next,
        cap: Some(Decimal::new(2, 1)),
        ..rule.clone()
    };
    check(
        &Operation::Carry(capped.clone()),
        expect![[r#"
            [[do]]
            carry = "piece"
            of = "store"
            horizon = "month"
            share = "next"
            cap = "0.2"
            measure = "sales"
        "#]],
        expect![[
            r#"{"carry":"piece","of":"store","horizon":"month","share":"next","cap":"0.2","measure":"sales"}"#
        ]],
    );
    let written =
        read_one("[[do]]\ncarry = \"周段\"\nof = \"store\"\nshare = \"next\"\ncap = \"20%\"\n");
    assert_eq!(written, Operation::Carry(capped));
    assert_eq!(
        read_one("[[do]]\ncarry = \"time.week\"\nof = \"store\"\n"),
        Operation::Carry(CarryRule {
            level: "week".into(),
            ..rule.clone()
        })
    );
    let months = read_one("[[do]]\ncarry = \"月\"\nof = \"store\"\n");
    let (level, horizon) = ("month".into(), "quarter".into());
    let of_months = CarryRule {
        level,
        horizon,
        ..rule
    };
    assert_eq!(months, Operation::Carry(of_months));
}

#[test]
fn an_action_plan_and_what_became_of_it() {
    let plan = ActionPlan {
        measure: "sales".into(),
        at: at("store=S1"),
        causes: vec![
            (Cause::Market, "商圈修路".into()),
            (Cause::Execution, "新人多".into()),
        ],
        measures: vec!["外卖首单减 5 元".into(), "老带新排班".into()],
        owner: "王芳".into(),
        due: Date::constant(2026, 3, 31),
    };
    check(
        &Operation::Act(plan.clone()),
        expect![[r#"
            [[do]]
            action = "store=S1"
            owner = "王芳"
            due = "2026-03-31"
            causes = { market = "商圈修路", execution = "新人多" }
            measures = ["外卖首单减 5 元", "老带新排班"]
            measure = "sales"
        "#]],
        expect![[
            r#"{"action":"store=S1","owner":"王芳","due":"2026-03-31","causes":{"market":"商圈修路","execution":"新人多"},"measures":["外卖首单减 5 元","老带新排班"],"measure":"sales"}"#
        ]],
    );
    let in_chinese = "[[do]]\naction = \"store=S1\"\nowner = \"王芳\"\ndue = 2026-03-31\n\
         causes = { 市场环境 = \"商圈修路\", 团队执行 = \"新人多\" }\n\
         measures = [\"外卖首单减 5 元\", \"老带新排班\"]\n";
    assert_eq!(read_one(in_chinese), Operation::Act(plan.clone()));
    let twice = ActionPlan {
        causes: vec![
            (Cause::Market, "修路".into()),
            (Cause::Market, "新店".into()),
        ],
        measures: vec!["减价".into()],
        ..plan
    };
    check(
        &Operation::Act(twice),
        expect![[r#"
            [[do]]
            action = "store=S1"
            owner = "王芳"
            due = "2026-03-31"
            causes = [["market", "修路"], ["market", "新店"]]
            measures = "减价"
            measure = "sales"
        "#]],
        expect![[
            r#"{"action":"store=S1","owner":"王芳","due":"2026-03-31","causes":[["market","修路"],["market","新店"]],"measures":"减价","measure":"sales"}"#
        ]],
    );
    let effect = ActionCheck {
        sequence: 12,
        effect: Effect::Partly,
        note: "周末回升".into(),
    };
    check(
        &Operation::CheckAction(effect),
        expect![[r#"
            [[do]]
            check_action = 12
            effect = "partly"
            note = "周末回升"
        "#]],
        expect![[r#"{"check_action":12,"effect":"partly","note":"周末回升"}"#]],
    );
    let waiver = Waiver {
        measure: "sales".into(),
        at: at("store=S1"),
        reason: "门店装修".into(),
    };
    check(
        &Operation::Waive(waiver),
        expect![[r#"
            [[do]]
            waive = "store=S1"
            measure = "sales"
            why = "门店装修"
        "#]],
        expect![[r#"{"waive":"store=S1","measure":"sales","why":"门店装修"}"#]],
    );
}

#[test]
fn a_revision_and_its_answer() {
    let revision = Revision {
        measure: "sales".into(),
        at: at("store=S1, month=2026-03"),
        change: ChangeBy::To("28万".into()),
        keep: Keep::Total,
        reason: "新店分流".into(),
    };
    check(
        &Operation::Revise(revision.clone()),
        expect![[r#"
            [[do]]
            revise = "store=S1, month=2026-03"
            to = "28万"
            keep = "total"
            measure = "sales"
            why = "新店分流"
        "#]],
        expect![[
            r#"{"revise":"store=S1, month=2026-03","to":"28万","keep":"total","measure":"sales","why":"新店分流"}"#
        ]],
    );
    let by = Revision {
        change: ChangeBy::By("5万".into()),
        keep: Keep::Nothing,
        ..revision
    };
    check(
        &Operation::Revise(by),
        expect![[r#"
            [[do]]
            revise = "store=S1, month=2026-03"
            by = "5万"
            measure = "sales"
            why = "新店分流"
        "#]],
        expect![[
            r#"{"revise":"store=S1, month=2026-03","by":"5万","measure":"sales","why":"新店分流"}"#
        ]],
    );
    let decision = Decision {
        sequence: 14,
        approved: false,
        reason: "等三月结束再议".into(),
    };
    check(
        &Operation::Decide(decision),
        expect![[r#"
            [[do]]
            decide = 14
            approved = false
            why = "等三月结束再议"
        "#]],
        expect![[r#"{"decide":14,"approved":false,"why":"等三月结束再议"}"#]],
    );
}

#[test]
fn what_a_meeting_decided() {
    let resolution = Resolution {
        period: at("piece=2026-03-06"),
        at: at("store=S1"),
        text: "补两名周末兼职".into(),
        owner: "李四".into(),
        due: Some(Date::constant(2026, 3, 20)),
    };
    check(
        &Operation::Resolve(resolution),
        expect![[r#"
            [[do]]
            resolve = "补两名周末兼职"
            period = "piece=2026-03-06"
            at = "store=S1"
            owner = "李四"
            due = "2026-03-20"
        "#]],
        expect![[
            r#"{"resolve":"补两名周末兼职","period":"piece=2026-03-06","at":"store=S1","owner":"李四","due":"2026-03-20"}"#
        ]],
    );
}

#[test]
fn a_period_may_stand_alone() {
    let Operation::Close(close) = read_one("[[do]]\nclose = \"2026-W11\"\n") else {
        panic!("a close");
    };
    assert_eq!(close.period, at("time=2026-W11"));
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_place() {
    for (text, code, place) in [
        (
            "carry = \"piece\"\nshare = \"half\"",
            "word_unknown",
            "第 10 行",
        ),
        (
            "action = \"store=S1\"\nowner = \"王芳\"",
            "key_missing",
            "第 8 行",
        ),
        (
            "action = \"store=S1\"\nowner = \"王芳\"\ndue = \"2026-02-30\"",
            "date",
            "第 11 行",
        ),
        (
            "action = \"store=S1\"\nowner = \"王芳\"\ndue = 2026-03-31\ncauses = { 天气 = \"下雨\" }",
            "word_unknown",
            "第 12 行",
        ),
        (
            "check_action = 3\neffect = \"so so\"",
            "word_unknown",
            "第 10 行",
        ),
        (
            "check_action = \"three\"\neffect = \"partly\"",
            "type_wrong",
            "第 9 行",
        ),
        (
            "revise = \"store=S1\"\nto = 1\nby = 2",
            "choice_twice",
            "第 11 行",
        ),
        ("revise = \"store=S1\"", "key_missing", "第 9 行"),
        ("decide = 3\napproved = \"yes\"", "type_wrong", "第 10 行"),
        (
            "close = \"2026-03\"\ncarry = \"piece\"",
            "choice_twice",
            "第 10 行",
        ),
    ] {
        let text = format!("{PLAN}[[do]]\n{text}\n");
        let error = load_text(&text, std::path::Path::new(".")).unwrap_err();
        let said = say(&error);
        assert!(
            said.contains(place) && said.contains(code),
            "{text}\n{said}"
        );
    }
}

#[test]
fn what_a_plan_says_of_carrying() {
    let carry = "[carry]\nof = \"store\"\nlevel = \"周段\"\nhorizon = \"季\"\nshare = \"base\"\ncap = \"20%\"\n";
    let plan = load_text(&format!("{PLAN}{carry}"), std::path::Path::new(".")).unwrap();
    assert_eq!(plan.carry.of.as_deref(), Some("store"));
    assert_eq!(plan.carry.level.as_deref(), Some("piece"));
    assert_eq!(plan.carry.horizon.as_deref(), Some("quarter"));
    assert_eq!(plan.carry.share, Some(CarryShare::Base));
    assert_eq!(plan.carry.cap, Some(Decimal::new(2, 1)));
}

#[test]
fn a_hundred_thousand_people_are_closed_in_one_line() {
    let folder = Folder::new();
    let plan = folder.file("plan.toml", PLAN);
    let directory = folder.path("dir");
    let stamp = Stamp {
        at: "2026-03-13T08:00:00Z",
        who: None,
        why: None,
    };
    let mut log = PlanLog::create(&directory, &plan, &stamp).unwrap();
    let rows: Vec<(Address, String)> = (0..100_000)
        .map(|number| {
            let member = Address(vec![("store".into(), format!("工号{number:06}"))]);
            (member, format!("{}.{:02}", number * 7, number % 100))
        })
        .collect();
    let close = Operation::Close(Close {
        actuals: rows,
        ..close("store", &[])
    });
    let begun = std::time::Instant::now();
    log.append(&close, &stamp).unwrap();
    let read = PlanLog::open(&directory).unwrap();
    println!("written and read in {:?}", begun.elapsed());
    assert_eq!(read.entries()[1].operation, close);
    let line = std::fs::metadata(directory.join("log.jsonl"))
        .unwrap()
        .len();
    assert!((1_000_000..4_000_000).contains(&line), "{line} bytes");
    let begun = std::time::Instant::now();
    assert_eq!(read_one(&operation_text(&close, None, None)), close);
    println!("as a plan file: {:?}", begun.elapsed());
}
