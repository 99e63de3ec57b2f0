//! Plan files as planners write them, and what becomes of them.

use std::path::Path;

use expect_test::{Expect, expect};
use fenjie_calendar::{Level, YearRule};
use fenjie_exchange::plan_file::{self, LoadedPlan, append_operations, load, load_text};
use fenjie_message::Lang;
use fenjie_plan::{Address, Basis, MeasureKind, Operation, TotalAmount};

use crate::{Folder, say, shared};

/// What stands above every plan of these tests.
const HEAD: &str =
    "plan = \"目标\"\nperiod = \"2026\"\nmeasure = { name = \"销售额\", code = \"sales\" }\n";

fn plan(rest: &str) -> LoadedPlan {
    match load_text(&format!("{HEAD}{rest}"), Path::new(".")) {
        Ok(plan) => plan,
        Err(error) => panic!("{}", say(&error)),
    }
}

/// The operations of a plan, a line each.
#[track_caller]
fn check(rest: &str, expected: Expect) {
    let plan = plan(&format!("{rest}\n[axes]\nregion = [\"华东\", \"华南\"]\n"));
    let lines = plan.operations.iter().map(|operation| {
        let json = plan_file::operation_json(operation).to_string();
        json + "\n"
    });
    expected.assert_eq(&lines.collect::<String>());
}

/// A dimension's members: depth, code, name, dates and attributes.
#[track_caller]
fn check_members(plan: &LoadedPlan, expected: Expect) {
    let mut text = String::new();
    let tree = &plan.definition.dimensions[0].tree;
    for node in 0..tree.len() as u32 {
        let indent = "  ".repeat(tree.depth(node));
        text.push_str(&format!("{indent}{} {}", tree.code(node), tree.name(node)));
        for (_, range) in tree.effective().iter().filter(|(known, _)| *known == node) {
            text.push_str(&format!(" {range}"));
        }
        let names: Vec<_> = tree.attribute_names().collect();
        for name in names {
            if let Some(value) = tree.attribute(name).unwrap().value(node) {
                text.push_str(&format!(" {name}={value}"));
            }
        }
        text.push('\n');
    }
    text.push_str(&format!("levels: {}\n", tree.level_names().join(", ")));
    expected.assert_eq(&text);
}

#[test]
fn the_design_reads_as_it_stands_there() {
    let folder = Folder::new();
    folder.file(
        "org.csv",
        "编码,姓名,上级,capacity\n总部,,,\n张三,张三,总部,2\n李四,李四,总部,1.5\n",
    );
    folder.file(
        "sales-2025.csv",
        "日期,金额\n2025-01-31,10.5\n2025-02-01,20\n2025-02-01,0.25\n",
    );
    let text = r#"
plan    = "2026 年度销售目标"
period  = "2026"
measure = { name = "销售额", kind = "flow", unit = "CNY", step = "0.01" }
total   = "10000000.00"

[calendar]
week_starts = "friday"
holidays    = "CN"
weekdays    = { mon = 1.0, tue = 1.0, wed = 1.0, thu = 1.0, fri = 1.2, sat = 1.5, sun = 1.8 }
slots       = { "开业–10:00" = 10, "10:00–14:00" = 30, "14:00–16:00" = 30, "16:00–闭店" = 30 }

[axes]
region  = ["东北", "华北", "华东", "华南", "华西"]
product = ["A", "B", "C"]
org     = { members = "org.csv", attributes = "capacity" }

[history.去年]
file    = "sales-2025.csv"
columns = { date = "日期", amount = "金额" }

[[do]]                                    # operations run in order; each is one line of the log
fit  = { region  = { 东北 = "150万", 华北 = "200万", 华东 = "300万", 华南 = "250万", 华西 = "100万" },
         product = { A = "300万", B = "400万", C = "300万" } }
[[do]]
decompose = "time.month"
by        = { history = "去年", smooth = 3 }
[[do]]
decompose = "time.day"
by        = "calendar"
[[do]]
hold = "region=华东, month=2026-07"
at   = "46.147万"
why  = "新店开业"
who  = "王芳"
"#;
    let plan = load(&folder.file("plan.toml", text)).unwrap();
    assert_eq!(plan.definition.name, "2026 年度销售目标");
    assert_eq!(plan.operations.len(), 5);
    assert_eq!(
        plan.origins
            .iter()
            .map(|o| o.place.as_ref().unwrap().line)
            .collect::<Vec<_>>(),
        [5, 23, 26, 29, 32]
    );
    assert_eq!(plan.origins[4].who.as_deref(), Some("王芳"));
    assert_eq!(plan.definition.time_levels, Level::DEFAULT);
    let reference = &plan.definition.references[0];
    assert_eq!(
        (reference.values.as_slice(), reference.decimals),
        ([1050, 2025].as_slice(), 2)
    );
    assert_eq!(reference.dates.len(), 2);
    let names: Vec<_> = plan
        .inputs
        .iter()
        .map(|input| input.path.as_str())
        .collect();
    assert_eq!(names, ["org.csv", "sales-2025.csv"]);
    assert!(matches!(
        &plan.operations[1],
        Operation::Fit {
            prior: Basis::Equal,
            ..
        }
    ));
}

#[test]
fn every_operation_can_be_written() {
    check(
        r#"
[[do]]
total = "1000万"
[[do]]
decompose = ["region", "月"]
by = "equal"
policy = "largest"
step = 100
hold_back = "5%"
within = "region=华东"
zero_basis = "refuse"
[[do]]
fit = { region = { shares = { 华东 = "40%", 华南 = 0.6 } }, time.quarter = { by = "calendar" }, time.month = { by = "days" } }
[[do]]
set = "region=华东"
to = "+10%"
[[do]]
set = { region = "华东" }
by = "5万"
keep = "parent:region"
[[do]]
hold = "region=华东"
until = 2026-06-30
[[do]]
hold = "*"
at = 100
[[do]]
release = "region=华东"
[[do]]
bound = "region=华东"
min = "1万"
max = "9万"
[[do]]
transfer = "1万"
from = "region=华东"
to = "region=华南"
[[do]]
reallocate = "region=华东"
to = "*1.1"
[[do]]
commit = { "region=华东" = "450万", "region=华南" = 5 }
mode = "near"
[[do]]
layer = "stretch"
rate = "10%"
roles = ["总监"]
[[do]]
layer = "over_assignment"
amount = "30万"
level = "region"
[[do]]
leave = "region=华东"
date = "2026-05-01"
successor = "华南"
[[do]]
undo = 3
"#,
        expect![[r#"
            {"total":"1000万","measure":"sales"}
            {"decompose":"region","by":"equal","within":"region=华东","policy":"largest","step":"100","zero_basis":"refuse","hold_back":"0.05","measure":"sales"}
            {"decompose":"time.month","by":"equal","within":"region=华东","policy":"largest","step":"100","zero_basis":"refuse","hold_back":"0.05","measure":"sales"}
            {"fit":{"region":{"shares":{"华东":"0.4","华南":"0.6"}},"time.quarter":{"by":"calendar"},"time.month":{"by":"days"}},"prior":"current","measure":"sales"}
            {"set":"region=华东","to":"+10%","measure":"sales"}
            {"set":"region=华东","by":"5万","keep":"parent:region","measure":"sales"}
            {"hold":"region=华东","keep":"nothing","until":"2026-06-30","measure":"sales"}
            {"hold":"*","at":"100","keep":"total","measure":"sales"}
            {"release":"region=华东","measure":"sales"}
            {"bound":"region=华东","floor":"1万","cap":"9万","measure":"sales"}
            {"transfer":"1万","from":"region=华东","to":"region=华南","measure":"sales"}
            {"set":"region=华东","to":"*1.1","keep":"ancestors","measure":"sales"}
            {"commit":{"region=华东":"450万","region=华南":"5"},"mode":"near","measure":"sales"}
            {"layer":"stretch","rate":"0.1","roles":"总监","measure":"sales"}
            {"layer":"over_assignment","amount":"30万","level":"region","measure":"sales"}
            {"leave":"region=华东","date":"2026-05-01","successor":"华南","measure":"sales"}
            {"undo":3}
        "#]],
    );
}

#[test]
fn every_basis_can_be_written() {
    check(
        r#"
do = [
  { decompose = "region", by = { weights = { 华东 = 2, 华南 = "1.5" } } },
  { decompose = "region", by = { shares = { 华东 = "60%", 华南 = "40%" } } },
  { decompose = "region", by = { attribute = "people" } },
  { decompose = "region", by = { capacity = ["people", "ramp"] } },
  { decompose = "region", by = "capacity" },
  { decompose = "region", by = { growth = { 华东 = "10%" }, otherwise = "5%", base = "current" } },
  { decompose = "time.month", by = { pattern = [4, 4, 5] } },
  { decompose = "time.month", by = { pattern = "bell" } },
  { decompose = "time.month", by = "last" },
  { decompose = "time.month", by = { straight_line = "2%" } },
  { decompose = "time.month", by = { compound = "1.5%" } },
  { decompose = "region", by = { amounts = { 华东 = "1万" }, rest = "equal" } },
  { decompose = "region", by = { measure = "销售额" } },
  { decompose = "region", by = { mix = [{ share = "70%", by = "equal" }, { share = "30%", by = "current" }] } },
  { decompose = "time.day", by = "workdays" },
]
"#
        .trim_start(),
        expect![[r#"
            {"decompose":"region","by":{"weights":{"华东":"2","华南":"1.5"}},"measure":"sales"}
            {"decompose":"region","by":{"shares":{"华东":"0.6","华南":"0.4"}},"measure":"sales"}
            {"decompose":"region","by":{"attribute":"people"},"measure":"sales"}
            {"decompose":"region","by":{"capacity":["people","ramp"]},"measure":"sales"}
            {"decompose":"region","by":{"capacity":"capacity"},"measure":"sales"}
            {"decompose":"region","by":{"growth":{"华东":"0.1"},"base":"current","otherwise":"0.05"},"measure":"sales"}
            {"decompose":"time.month","by":{"pattern":["4","4","5"]},"measure":"sales"}
            {"decompose":"time.month","by":"bell","measure":"sales"}
            {"decompose":"time.month","by":"last","measure":"sales"}
            {"decompose":"time.month","by":{"straight_line":"0.02"},"measure":"sales"}
            {"decompose":"time.month","by":{"compound":"0.015"},"measure":"sales"}
            {"decompose":"region","by":{"amounts":{"华东":"1万"}},"measure":"sales"}
            {"decompose":"region","by":{"measure":"sales"},"measure":"sales"}
            {"decompose":"region","by":{"mix":[{"share":"0.7","by":"equal"},{"share":"0.3","by":"current"}]},"measure":"sales"}
            {"decompose":"time.day","by":"workdays","measure":"sales"}
        "#]],
    );
}

#[test]
fn levels_are_stated_by_period() {
    let text = "plan = \"x\"\nperiod = \"2026\"\n[[measure]]\nname = \"销售额\"\n[[measure]]\nname = \"满意度\"\nkind = \"level\"\ntrend = \"rising\"\n[[measure]]\nname = \"费用\"\nrole = \"expense\"\n[[measure]]\nname = \"新客\"\nunit = \"人\"\n[totals]\n销售额 = \"1亿\"\n费用 = 300000\n[axes]\nr = [\"a\"]\n[[do]]\nstate = { \"2026-Q1\" = \"85\", \"r=a, quarter=2026-Q2\" = 88.5 }\n";
    let plan = load_text(text, Path::new(".")).unwrap();
    let Operation::State { measure, at, value } = &plan.operations[3] else {
        panic!()
    };
    assert_eq!(
        (measure.as_str(), at.to_string(), value.to_string()),
        ("满意度", "r=a, quarter=2026-Q2".into(), "88.5".into())
    );
    assert_eq!(
        plan.operations[2],
        Operation::State {
            measure: "满意度".into(),
            at: Address(vec![("time".into(), "2026-Q1".into())]),
            value: fenjie_plan::Decimal::new(85, 0),
        }
    );
    assert_eq!(
        plan.operations[1],
        Operation::Total {
            measure: "费用".into(),
            amount: TotalAmount::Amount("300000".into())
        }
    );
    assert!(matches!(
        plan.definition.measures[1].kind,
        MeasureKind::Level(_)
    ));
    assert_eq!(plan.definition.measures[3].step, fenjie_money::Step::one());
}

#[test]
fn members_are_lists_trees_and_files() {
    check_members(
        &plan("[axes]\nregion = [\"华东\", \"华南\"]\n"),
        expect![[r#"
        * 合计
          华东 华东
          华南 华南
        levels: region
    "#]],
    );
    check_members(
        &plan(
            "[axes]\nproduct = { 食品 = [\"A\", \"B\"], 日用 = { 洗护 = [\"C\"], 纸品 = [] } }\n",
        ),
        expect![[r#"
        * 合计
          食品 食品
            A A
            B B
          日用 日用
            洗护 洗护
              C C
            纸品 纸品
        levels: level1, level2, level3
    "#]],
    );
    check_members(
        &plan(
            "[axes.org]\nlevels = [\"大区\", \"人员\"]\nmembers = [\n{ code = \"总部\" },\n{ code = \"e\", name = \"华东\", parent = \"总部\" },\n{ code = \"p1\", name = \"张三\", parent = \"e\", from = 2026-03-16, until = \"2026-08-31\", attributes = { people = 2 } } ]\n",
        ),
        expect![[r#"
            总部 总部
              e 华东
                p1 张三 2026-03-16..2026-08-31 people=2
            levels: 大区, 人员
        "#]],
    );
    let folder = Folder::new();
    let gb = encoding_rs::GB18030.encode("工号,姓名,上级,入职,离职,人数,备注\nz,总部,,,,,\n1,张三,z,2026/3/16,,2,新人\n2,李四,z,,2026年8月31日,\"1,000\",\n").0.into_owned();
    folder.file("org.csv", gb);
    let text = format!(
        "{HEAD}[axes]\norg = {{ members = \"org.csv\", name = \"组织\", composition = true }}\n"
    );
    let loaded = load(&folder.file("plan.toml", text)).unwrap();
    check_members(
        &loaded,
        expect![[r#"
            z 总部
              1 张三 2026-03-16..9999-12-30 人数=2
              2 李四 -009999-01-01..2026-08-31 人数=1000
            levels: org
        "#]],
    );
    assert_eq!(loaded.definition.dimensions[0].name, "组织");
    assert!(loaded.definition.dimensions[0].composition);
    assert_eq!(loaded.notes[0].code(), "encoding_found");
    folder.file("flat.csv", "门店,面积\nS1,100\nS2,80\n");
    let text = format!(
        "{HEAD}[axes]\nstore = {{ members = \"flat.csv\", columns = {{ code = \"门店\" }}, total = \"全部门店\" }}\n"
    );
    check_members(
        &load(&folder.file("plan.toml", text)).unwrap(),
        expect![[r#"
        * 全部门店
          S1 S1 面积=100
          S2 S2 面积=80
        levels: store
    "#]],
    );
}

#[test]
fn calendars_are_cut_as_written() {
    let year = |text: &str| {
        plan(&format!("[calendar]\n{text}\n"))
            .definition
            .calendar
            .year
    };
    assert!(year("year = \"calendar\"").is_gregorian());
    assert_eq!(
        year("year = \"04-01\""),
        YearRule::Calendar {
            start_month: 4,
            start_day: 1
        }
    );
    assert_eq!(
        year("year = { start = \"04-01\", named = \"end\" }"),
        YearRule::Calendar {
            start_month: 4,
            start_day: 1
        }
    );
    let english = year(
        "year = { weeks = \"4-5-4\", ends = \"nearest saturday to january\" }\nweek_starts = \"sunday\"",
    );
    assert_eq!(
        english,
        year("year = { weeks = \"4-5-4\", ends = \"最接近1月底的周六\" }")
    );
    assert_eq!(
        format!("{:?}", year("year = \"13\"\nweek_starts = \"friday\"")),
        "Thirteen { ends_on: Thursday, year_end: Last, month: 12 }"
    );
    let plan = plan(
        "[calendar]\nperiods_end = \"2026-12-31\"\nperiod = [{ key = \"春\", start = 2026-01-01 }, { key = \"秋\", start = 2026-07-02 }]\nholiday = { 春节 = 0.5, 其他 = 2 }\nmake_up = 1\nclosed = [\"2026-02-16..2026-02-18\"]\ndays = { 2026-11-11 = 5 }\nseasons = { \"2026-06\" = 1.5 }\nweekdays = { 周六 = 2 }\n",
    );
    assert!(matches!(
        plan.definition.calendar.year,
        YearRule::Free { .. }
    ));
    assert!(!plan.definition.time_levels.contains(&Level::Quarter));
    let weight = |day: &str| {
        let calendar = &plan.definition.calendar;
        calendar
            .day_weights
            .weight(day.parse().unwrap(), &calendar.holidays)
            .coefficient
            .to_string()
    };
    let days = [
        "2026-02-16",
        "2026-02-19",
        "2026-05-01",
        "2026-11-11",
        "2026-06-06",
        "2026-06-07",
        "2026-03-02",
    ];
    assert_eq!(days.map(weight), ["0", "0.5", "2", "5", "3", "1.5", "1"]);
}

#[test]
fn members_have_calendars_of_their_own() {
    let plan = plan(
        "[axes]\nstore = { 华东 = [\"S1\", \"S2\"], 华南 = [\"S3\"] }\n[calendar]\nweekdays = { mon = 2 }\n[[calendar.member]]\nat = \"store=S1\"\nslots = { 早 = 40, 晚 = 60 }\n[[calendar.member]]\nat = \"store=华东\"\nweekdays = { tue = 0 }\n",
    );
    let own = &plan.definition.member_calendars;
    let show: Vec<_> = own
        .iter()
        .map(|own| {
            (
                own.member.as_str(),
                own.slots.len(),
                own.day_weights.by_weekday[0].to_string(),
                own.day_weights.by_weekday[1].to_string(),
            )
        })
        .collect();
    assert_eq!(
        show,
        [
            ("华东", 4, "2".to_owned(), "0".to_owned()),
            ("S1", 2, "2".to_owned(), "0".to_owned())
        ]
    );
}

#[test]
fn history_is_read_exactly() {
    let folder = Folder::new();
    folder.file("h.csv", "日期,大区,渠道,金额\n2025-01-01,华东,线上,0.1\n2025-01-01,华东,线上,0.2\n2025-01-02,华南,线下,-7.005\n2024-01-02,华南,线下,9\n2025-01-03,华南,赠品,1\n");
    let text = format!(
        "{HEAD}[axes]\nregion = [\"华东\", \"华南\"]\n[history.h]\nfile = \"h.csv\"\ncolumns = {{ date = \"日期\", amount = \"金额\", region = \"大区\" }}\nfilters = {{ 渠道 = [\"线上\", \"线下\"] }}\nperiod = \"2025\"\n"
    );
    let plan = load(&folder.file("plan.toml", text)).unwrap();
    let reference = &plan.definition.references[0];
    assert_eq!(
        (reference.values.as_slice(), reference.decimals),
        ([300, -7005].as_slice(), 3)
    );
    assert_eq!(reference.members[0].dictionary, ["华东", "华南"]);
    assert_eq!(reference.members[0].codes, [0, 1]);
}

#[test]
fn duties_and_output_are_kept() {
    let plan = plan(
        "[[duty]]\nat = \"*\"\nowner = \"王芳\"\nresponsible = [\"张三\", \"李四\"]\naccountable = \"王芳\"\ndeadline = 2026-12-31\nmilestones = { 2026-06-30 = \"过半\" }\nstrategy = \"主推新品\"\n[output]\nfile = \"目标.xlsx\"\nunit = \"万\"\nlevels = \"month\"\n",
    );
    let duty = &plan.definition.duties[0];
    assert_eq!(
        (
            duty.owner.as_str(),
            duty.responsible.len(),
            duty.accountable.len()
        ),
        ("王芳", 2, 1)
    );
    assert_eq!(duty.milestones[0].1, "过半");
    assert_eq!(plan.output.file.as_deref(), Some("目标.xlsx"));
    assert_eq!(plan.output.levels, ["month"]);
}

#[test]
fn operations_are_appended_behind_comments() {
    let folder = Folder::new();
    let before = format!(
        "# 说明\r\n{}total = \"1万\"   # 总额\r\n[axes]\r\n区 = [\"甲\"] # 结束",
        HEAD.replace('\n', "\r\n")
    );
    let path = folder.file("plan.toml", &before);
    let release = Operation::Release {
        measure: "sales".into(),
        at: Address::parse("区=甲").unwrap(),
    };
    append_operations(
        &path,
        std::slice::from_ref(&release),
        Some("王芳"),
        Some("\"试\""),
    )
    .unwrap();
    append_operations(&path, &[release.clone(), release.clone()], None, None).unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.starts_with(&before), "{text}");
    assert!(!text.replace("\r\n", "").contains('\n'));
    let plan = load(&path).unwrap();
    assert_eq!(
        plan.operations[1..],
        [release.clone(), release.clone(), release.clone()]
    );
    assert_eq!(plan.origins[1].why.as_deref(), Some("\"试\""));
    let path = folder.file("listed.toml", format!("{HEAD}do = []\n"));
    let error = append_operations(&path, std::slice::from_ref(&release), None, None).unwrap_err();
    assert_eq!(error.fault().code(), "plan_file_not_appendable");
    assert_eq!(
        std::fs::read_to_string(&path).unwrap(),
        format!("{HEAD}do = []\n")
    );
}

#[test]
fn the_schema_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/plan.schema.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, plan_file::schema()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == plan_file::schema(),
        "docs/plan.schema.json is old: run with UPDATE_EXPECT=1"
    );
}

/// What the templates only mention is right as well: without its `#` it is read.
#[test]
fn what_the_templates_comment_out_is_read() {
    for (lang, follows) in [(Lang::Zh, "# 操作按顺序"), (Lang::En, "# Operations run")] {
        let text = plan_file::template(lang);
        let (head, rest) = text.split_once("# [carry]").unwrap();
        let (rules, tail) = rest.split_once(follows).unwrap();
        let is_rule = |line: &&str| line.starts_with("# [") || line.contains(" = ");
        let rules = rules.lines().filter(is_rule).map(|line| &line[2..]);
        let rules = rules.collect::<Vec<&str>>().join("\n");
        let whole = format!("{head}[carry]\n{rules}\n{follows}{tail}");
        let loaded = load_text(&whole, Path::new(".")).unwrap();
        assert_eq!(loaded.carry.of.as_deref(), Some("region"));
        assert!(loaded.carry.cap.is_some());
    }
}

#[test]
fn the_templates_are_plans() {
    for lang in [Lang::Zh, Lang::En] {
        let text = plan_file::template(lang);
        let plan = load_text(&text, Path::new(".")).map_err(|error| say(&error));
        let plan = plan.unwrap();
        fenjie_plan::Plan::replay(plan.definition, &plan.operations).unwrap();
        // Strict TOML too: other editors open it.
        text.parse::<toml_edit::DocumentMut>().unwrap();
    }
}

#[test]
fn four_years_of_real_orders() {
    let Some(orders) = shared("superstore_cn/orders.csv") else {
        return;
    };
    let text = format!(
        "plan = \"2018\"\nperiod = \"2018\"\nmeasure = \"销售额\"\ntotal = {{ history = \"orders\", period = \"2017\", growth = \"15%\" }}\n\
         [axes]\nregion = [\"东北\", \"华北\", \"华东\", \"西北\", \"西南\", \"中南\"]\ncategory = [\"家具\", \"办公用品\", \"技术\"]\n\
         [history.orders]\nfile = {:?}\ncolumns = {{ date = \"订单日期\", amount = \"销售额\", region = \"地区\", category = \"类别\" }}\n",
        orders.display().to_string()
    );
    let plan = load_text(&text, Path::new("."))
        .map_err(|error| say(&error))
        .unwrap();
    let reference = &plan.definition.references[0];
    let year = |date: &fenjie_calendar::Date| date.year() == 2017;
    let sum: i64 = reference
        .dates
        .iter()
        .zip(&reference.values)
        .filter(|(date, _)| year(date))
        .map(|(_, value)| value)
        .sum();
    assert_eq!(
        (sum, reference.decimals),
        (5_488_465_787, 3),
        "5,488,465.787"
    );
}
