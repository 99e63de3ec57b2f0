//! Two areas with two shops each, weeks from Friday to Thursday, sold day by day.

use fenjie_calendar::{Date, SalesCalendar};
use fenjie_message::Lang;
use fenjie_plan::{
    Address, CalendarBasis, CarryRule, CarryShare, Close, Decompose, Definition, Dimension, Duty,
    Measure, Operation, Plan, TotalAmount, Tree,
};
use fenjie_review::{Pack, ReviewRequest, Span, markdown};
use fenjie_track::{ActualRequest, Actuals};

/// What a shop sold on a day, in yuan.
pub type Sale = (&'static str, &'static str, i64);

pub fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

/// A quarter of 120 万, equally over four shops, months and days by the calendar.
pub fn operations(total: &str) -> Vec<Operation> {
    let decompose = |axis: &str, level: &str, basis| {
        Operation::Decompose(Decompose {
            measure: "sales".into(),
            axis: axis.into(),
            level: level.into(),
            within: Address::default(),
            basis,
            policy: Default::default(),
            step: None,
            zero_basis: Default::default(),
            hold_back: None,
        })
    };
    let calendar = fenjie_plan::Basis::Calendar(CalendarBasis::Coefficients);
    vec![
        Operation::Total {
            measure: "sales".into(),
            amount: TotalAmount::Amount(total.into()),
        },
        decompose("shop", "shop", fenjie_plan::Basis::Equal),
        decompose("time", "day", calendar),
    ]
}

pub fn definition() -> Definition {
    let mut example = fenjie_plan::example::definition();
    let row = |code: &str, name: &str, parent: Option<&str>| fenjie_plan::MemberRow {
        code: code.into(),
        name: name.into(),
        parent: parent.map(str::to_owned),
        ..Default::default()
    };
    let rows = vec![
        row("all", "全部门店", None),
        row("east", "东区", Some("all")),
        row("S1", "人民路店", Some("east")),
        row("S2", "湖滨|店", Some("east")),
        row("west", "西区", Some("all")),
        row("S3", "解放路店", Some("west")),
        row("S4", "大学城店", Some("west")),
    ];
    let levels = ["area".to_owned(), "shop".to_owned()];
    example.name = "一季度门店目标".into();
    example.period = fenjie_calendar::DateRange::parse("2026-01-01..2026-03-31").unwrap();
    example.calendar = SalesCalendar::brief();
    example.measures = vec![Measure {
        code: "sales".into(),
        name: "销售额".into(),
        ..example.measures[0].clone()
    }];
    example.dimensions = vec![Dimension {
        code: "shop".into(),
        name: "门店".into(),
        tree: Tree::build("shop", &levels, rows).unwrap(),
        composition: false,
    }];
    example.references = Vec::new();
    example.member_calendars = Vec::new();
    example.duties = vec![Duty {
        at: address("shop=S2"),
        owner: "赵敏".into(),
        responsible: Vec::new(),
        accountable: Vec::new(),
        consulted: Vec::new(),
        informed: Vec::new(),
        deadline: None,
        milestones: Vec::new(),
        strategy: String::new(),
    }];
    example
}

pub fn plan() -> Plan {
    Plan::replay(definition(), &operations("120万")).unwrap()
}

pub fn rule() -> CarryRule {
    CarryRule {
        measure: "sales".into(),
        of: "shop.shop".into(),
        level: "piece".into(),
        horizon: "month".into(),
        share: CarryShare::Weights,
        cap: None,
    }
}

/// A close of a week piece with what the shops sold.
pub fn close(period: &str, sold: &[(&str, &str)]) -> Operation {
    Operation::Close(Close {
        measure: "sales".into(),
        period: address(&format!("piece={period}")),
        of: "shop.shop".into(),
        actuals: sold
            .iter()
            .map(|(shop, amount)| (address(&format!("shop={shop}")), (*amount).to_owned()))
            .collect(),
        unassigned: None,
        reason: String::new(),
    })
}

/// The sales added up as a request asks for it.
pub fn actuals(plan: &Plan, asked: &ActualRequest, sales: &[Sale]) -> Actuals {
    let model = plan.model();
    let time = model.axes().last().unwrap();
    let mut all = Actuals::empty(1, asked.measures.clone(), asked.periods.clone());
    let tree = &model.axes()[0].tree;
    let mut rows: std::collections::BTreeMap<u32, Vec<i64>> = Default::default();
    for (shop, day, yuan) in sales {
        let day: Date = day.parse().unwrap();
        if day > asked.until {
            continue;
        }
        all.lines += 1;
        all.through = all.through.max(Some(day));
        let mut node = tree.find(shop).unwrap();
        while tree.depth(node) > asked.depths[0] {
            node = tree.parent(node).unwrap();
        }
        let holds = |period: &u32| time.days_of(*period).unwrap().contains(day);
        if let Some(at) = asked.periods.iter().position(holds) {
            let row = rows
                .entry(node)
                .or_insert_with(|| vec![0; asked.periods.len()]);
            row[at] += yuan * 100;
        }
    }
    for (node, values) in rows {
        all.members[0].push(node);
        for own in &mut all.values {
            own.extend(&values);
        }
    }
    all
}

/// The pack of a period is asked for like this.
pub fn request(plan: &Plan, span: Span, as_of: &str) -> ReviewRequest {
    let dimensions = plan.model().axes().len() - 1;
    ReviewRequest {
        measure: 0,
        span,
        as_of: as_of.parse().unwrap(),
        depths: vec![2],
        most: 10,
        carry: Some(rule()),
        within: vec![0; dimensions],
        deepest: vec![usize::MAX; dimensions],
    }
}

/// The pack of a period.
pub fn pack(plan: &Plan, span: Span, as_of: &str, sales: &[Sale]) -> Pack {
    gathered(plan, &request(plan, span, as_of), sales)
}

/// The pack that is asked for.
pub fn gathered(plan: &Plan, request: &ReviewRequest, sales: &[Sale]) -> Pack {
    let needs = request.needs(plan);
    let results: Vec<Actuals> = needs
        .iter()
        .map(|asked| actuals(plan, asked, sales))
        .collect();
    Pack::gather(plan, request, &results).unwrap()
}

/// One section of a pack as Markdown.
pub fn section(pack: &Pack, number: usize, lang: Lang) -> String {
    let text = markdown(&pack.document(lang));
    let from = text.find(&format!("## {number} ")).unwrap();
    let rest = &text[from..];
    let to = rest[3..].find("\n## ").map_or(rest.len(), |at| at + 4);
    rest[..to].to_owned()
}
