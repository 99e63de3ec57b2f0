//! A small store chain with everything a plan may have: a ragged tree, a composition, held-back
//! lines, an expense budget, levels and ratios, duties, holds, limits, layers, names like formulas.

use fenjie_calendar::{DateRange, Level, SalesCalendar};
use fenjie_money::{Policy, Step, ZeroBasis};
use fenjie_plan::{
    Address, Basis, CalendarBasis, Decimal, Decompose, Definition, Dimension, Duty, Keep,
    LayerAmount, LayerKind, LayerRule, LevelPeriod, Measure, MeasureKind, MeasureRole, MemberRow,
    Operation, Plan, TotalAmount, Tree,
};

fn member(code: &str, name: &str, parent: &str) -> MemberRow {
    MemberRow {
        code: code.into(),
        name: name.into(),
        parent: Some(parent)
            .filter(|parent| !parent.is_empty())
            .map(Into::into),
        ..MemberRow::default()
    }
}

fn organisation() -> Tree {
    let rows = vec![
        member("all", "全国", ""),
        member("east", "华东大区", "all"),
        member("S1", "上海徐汇店", "east"),
        member("P1", "=1+1", "S1"),
        member("P2", "李敏", "S1"),
        member("S2", "杭州湖滨店", "east"),
        member("P3", "+86 周扬", "S2"),
        member("south", "华南大区", "all"),
        member("S3", "-深圳南山店", "south"),
        member("P4", "@吴迪", "S3"),
        member("P5", "何静", "S3"),
        member("online", "线上（无门店）", "all"),
    ];
    Tree::build("org", &["大区".into(), "门店".into(), "人员".into()], rows).unwrap()
}

pub fn definition() -> Definition {
    let measure = |code: &str, name: &str, kind, unit: &str, step| Measure {
        code: code.into(),
        name: name.into(),
        kind,
        unit: unit.into(),
        step,
        role: MeasureRole::Target,
        trend: None,
    };
    let mix = Tree::flat("mix", "全部来源", &["回访", "新客", "转介绍"]).unwrap();
    let mut expense = Measure::sales("travel", "差旅费用");
    expense.role = MeasureRole::Expense;
    Definition {
        name: "连锁 2026 年目标".into(),
        period: DateRange::parse("2026").unwrap(),
        calendar: SalesCalendar::brief(),
        time_levels: vec![
            Level::Year,
            Level::Quarter,
            Level::Month,
            Level::Piece,
            Level::Day,
            Level::Slot,
        ],
        measures: vec![
            Measure::sales("sales", "销售额"),
            measure("people", "新客数", MeasureKind::Flow, "人", Step::one()),
            expense,
            measure(
                "staff",
                "编制",
                MeasureKind::Level(LevelPeriod::Last),
                "人",
                Step::one(),
            ),
            measure(
                "rate",
                "转化率",
                MeasureKind::Ratio {
                    numerator: None,
                    denominator: None,
                },
                "%",
                Step::parse("0.01").unwrap(),
            ),
        ],
        dimensions: vec![
            Dimension {
                code: "org".into(),
                name: "组织".into(),
                tree: organisation(),
                composition: false,
            },
            Dimension {
                code: "mix".into(),
                name: "业绩构成".into(),
                tree: mix,
                composition: true,
            },
        ],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: duties(),
        today: None,
    }
}

fn duties() -> Vec<Duty> {
    let names = |list: &[&str]| list.iter().map(|name| (*name).to_owned()).collect();
    vec![
        Duty {
            at: Address::parse("org=east").unwrap(),
            owner: "刘洋".into(),
            responsible: names(&["陈晨", "李敏"]),
            accountable: names(&["刘洋"]),
            consulted: names(&["财务部"]),
            informed: names(&["王总"]),
            deadline: Some("2026-12-31".parse().unwrap()),
            milestones: vec![
                ("2026-03-31".parse().unwrap(), "新店开业".into()),
                ("2026-06-30".parse().unwrap(), "半年过半".into()),
            ],
            strategy:
                "以老客回访为主，周末做转介绍活动；徐汇店扩建期间由湖滨店承接团购，节前两周集中备货"
                    .into(),
        },
        Duty {
            at: Address::parse("org=south, month=2026-07").unwrap(),
            owner: "=cmd|' /C calc'!A0".into(),
            responsible: names(&["何静"]),
            ..Duty::default()
        },
    ]
}

pub fn operations() -> Vec<Operation> {
    let total = |measure: &str, amount: &str| Operation::Total {
        measure: measure.into(),
        amount: TotalAmount::Amount(amount.into()),
    };
    let decompose = |measure: &str, axis: &str, basis: Basis| Decompose {
        measure: measure.into(),
        axis: axis.into(),
        level: String::new(),
        within: Address::default(),
        basis,
        policy: Policy::LargestRemainder,
        step: None,
        zero_basis: ZeroBasis::Equal,
        hold_back: None,
    };
    let weights = |list: &[(&str, &str)]| {
        let list = list
            .iter()
            .map(|(member, weight)| ((*member).to_owned(), Decimal::parse(weight).unwrap()));
        list.collect::<Vec<_>>()
    };
    let regions = Decompose {
        hold_back: Some(Decimal::parse("5%").unwrap()),
        ..decompose(
            "sales",
            "org.大区",
            Basis::Weights(weights(&[("east", "5"), ("south", "3"), ("online", "2")])),
        )
    };
    let shares = weights(&[("回访", "50%"), ("新客", "30%"), ("转介绍", "20%")]);
    let rule = |layer, level: &str, rate: &str| {
        Operation::Layer(LayerRule {
            measure: "sales".into(),
            layer,
            level: level.into(),
            amount: LayerAmount::Rate(Decimal::parse(rate).unwrap()),
            roles: Vec::new(),
        })
    };
    let state = |measure: &str, at: &str, value: &str| Operation::State {
        measure: measure.into(),
        at: Address::parse(at).unwrap(),
        value: Decimal::parse(value).unwrap(),
    };
    let calendar = || Basis::Calendar(CalendarBasis::Coefficients);
    vec![
        total("sales", "12345678.90"),
        Operation::Decompose(regions),
        Operation::Decompose(decompose("sales", "org.人员", Basis::Equal)),
        Operation::Decompose(decompose("sales", "mix", Basis::Shares(shares))),
        Operation::Decompose(decompose("sales", "time.month", calendar())),
        Operation::Decompose(decompose("sales", "time.slot", calendar())),
        total("people", "5000"),
        Operation::Decompose(decompose("people", "org.大区", Basis::Equal)),
        Operation::Decompose(decompose("people", "time.quarter", calendar())),
        total("travel", "300000"),
        Operation::Decompose(decompose("travel", "org.大区", Basis::Equal)),
        Operation::Decompose(decompose("travel", "time.month", Basis::Equal)),
        Operation::Hold {
            measure: "sales".into(),
            at: Address::parse("org=P2, month=2026-07").unwrap(),
            amount: Some("150000".into()),
            keep: Keep::Total,
            owner: "王芳".into(),
            reason: "新店开业".into(),
            until: Some("2026-08-31".parse().unwrap()),
        },
        Operation::Bound {
            measure: "sales".into(),
            at: Address::parse("org=south").unwrap(),
            floor: Some("300万".into()),
            cap: Some("400万".into()),
        },
        rule(LayerKind::OverAssignment, "大区", "3%"),
        rule(LayerKind::Stretch, "", "10%"),
        rule(LayerKind::Challenge, "", "20%"),
        state("staff", "org=east, month=2026-12", "12"),
        state("rate", "org=east", "23.5"),
    ]
}

/// The chain's plan.
pub fn plan() -> Plan {
    Plan::replay(definition(), &operations()).unwrap()
}
