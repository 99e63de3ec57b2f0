//! Measures: what is counted, how it adds up, in which step. Knows no axis.

use fenjie_money::Step;

/// How a measure behaves when periods or members are put together (rule D11).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MeasureKind {
    /// Adds up over every axis: sales, units, new customers.
    Flow,
    /// Does not add up over time: headcount, customer satisfaction. Set, not decomposed.
    Level(LevelPeriod),
    /// A numerator over a denominator: conversion, market share. Set, never summed. Where both
    /// parts are measures of the plan it is computed upward from them.
    Ratio {
        /// The flow above the line, where the plan has it.
        numerator: Option<String>,
        /// The flow below the line, where the plan has it.
        denominator: Option<String>,
    },
}

/// Which value stands for a whole period of a level measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LevelPeriod {
    /// The last period's value.
    Last,
    /// The mean of the periods' values.
    Mean,
}

/// The course a level or ratio is said to take; checked, never enforced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trend {
    /// Never falls.
    Rising,
    /// Never rises.
    Falling,
}

/// What role a flow plays in the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureRole {
    /// A target to reach.
    Target,
    /// An expense budget (rule D13): decomposed by the same engine, shown on its own sheet.
    Expense,
}

/// What is counted: name, kind, unit, step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measure {
    /// Stable code, used in operations.
    pub code: String,
    /// What people read.
    pub name: String,
    /// How it adds up.
    pub kind: MeasureKind,
    /// Currency or piece, as written in the plan: `CNY`, `件`.
    pub unit: String,
    /// The size of one count.
    pub step: Step,
    /// Target or expense budget.
    pub role: MeasureRole,
    /// The stated course of a level or ratio.
    pub trend: Option<Trend>,
}

impl Measure {
    /// A flow in yuan and cents, the usual sales target.
    ///
    /// ```
    /// let sales = fenjie_plan::Measure::sales("sales", "销售额");
    /// assert!(sales.is_flow());
    /// ```
    pub fn sales(code: &str, name: &str) -> Self {
        Measure {
            code: code.into(),
            name: name.into(),
            kind: MeasureKind::Flow,
            unit: "CNY".into(),
            step: Step::cent(),
            role: MeasureRole::Target,
            trend: None,
        }
    }

    /// Whether the measure adds up over every axis and so can be decomposed.
    ///
    /// ```
    /// assert!(fenjie_plan::Measure::sales("s", "s").is_flow());
    /// ```
    pub fn is_flow(&self) -> bool {
        self.kind == MeasureKind::Flow
    }

    /// How much one whole of a ratio is in its unit: 100 where the unit is `%`, else 1.
    ///
    /// ```
    /// let mut share = fenjie_plan::Measure::sales("share", "市场占有率");
    /// share.unit = "%".into();
    /// assert_eq!(share.per(), 100);
    /// ```
    pub fn per(&self) -> u32 {
        if self.unit == "%" { 100 } else { 1 }
    }
}
