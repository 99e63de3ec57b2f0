//! The brief's year as a plan in code: 1000万 by region, product, channel and month, down to slots.
//! Used by examples and tests; the same plan stands as a file under `examples/`.

use fenjie_calendar::{DateRange, Level, SalesCalendar};

use crate::definition::{Definition, Dimension};
use crate::measure::Measure;
use crate::operation::{
    Address, Basis, CalendarBasis, Decompose, Margin, MarginTotals, Operation, TotalAmount,
};
use crate::tree::Tree;
use fenjie_money::{Policy, ZeroBasis};

/// 2026, three dimensions, Friday-to-Thursday weeks.
///
/// ```
/// assert_eq!(fenjie_plan::example::definition().dimensions.len(), 3);
/// ```
pub fn definition() -> Definition {
    let dimension = |code: &str, name: &str, members: &[&str]| Dimension {
        code: code.into(),
        name: name.into(),
        tree: Tree::flat(code, "全部", members).expect("distinct names"),
        composition: false,
    };
    Definition {
        name: "2026 年度销售目标".into(),
        period: DateRange::parse("2026").expect("a year"),
        calendar: SalesCalendar::brief(),
        time_levels: vec![
            Level::Year,
            Level::Quarter,
            Level::Month,
            Level::Piece,
            Level::Day,
            Level::Slot,
        ],
        measures: vec![Measure::sales("sales", "销售额")],
        dimensions: vec![
            dimension("region", "区域", &["东北", "华北", "华东", "华南", "华西"]),
            dimension("product", "产品", &["A", "B", "C"]),
            dimension("channel", "渠道", &["线上", "线下", "合作伙伴"]),
        ],
        member_calendars: Vec::new(),
        references: Vec::new(),
        duties: Vec::new(),
        today: None,
    }
}

/// The four margins of the brief at once, then days and slots by the calendar.
///
/// ```
/// assert_eq!(fenjie_plan::example::operations().len(), 3);
/// ```
pub fn operations() -> Vec<Operation> {
    let margin = |axis: &str, totals: &[(&str, &str)]| Margin {
        axis: axis.into(),
        totals: MarginTotals::Amounts(
            totals
                .iter()
                .map(|(member, amount)| ((*member).into(), (*amount).into()))
                .collect(),
        ),
    };
    vec![
        Operation::Total {
            measure: String::new(),
            amount: TotalAmount::Amount("10000000.00".into()),
        },
        Operation::Fit {
            measure: String::new(),
            margins: vec![
                margin(
                    "region",
                    &[
                        ("东北", "150万"),
                        ("华北", "200万"),
                        ("华东", "300万"),
                        ("华南", "250万"),
                        ("华西", "100万"),
                    ],
                ),
                margin("product", &[("A", "300万"), ("B", "400万"), ("C", "300万")]),
                margin(
                    "channel",
                    &[("线上", "300万"), ("线下", "400万"), ("合作伙伴", "300万")],
                ),
                Margin {
                    axis: "time.month".into(),
                    totals: MarginTotals::By(Basis::Equal),
                },
            ],
            prior: Basis::Equal,
            zero_basis: ZeroBasis::Equal,
        },
        Operation::Decompose(Decompose {
            measure: String::new(),
            axis: "time.slot".into(),
            level: String::new(),
            within: Address::default(),
            basis: Basis::Calendar(CalendarBasis::Coefficients),
            policy: Policy::LargestRemainder,
            step: None,
            zero_basis: ZeroBasis::Equal,
            hold_back: None,
        }),
    ]
}
