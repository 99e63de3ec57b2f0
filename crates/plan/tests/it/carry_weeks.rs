//! Carrying as a sales manager reckons it on paper (rules J1–J4): what the weeks sold, what the weeks
//! after them are asked for, what nobody makes good. Every figure was worked out by hand.

use fenjie_plan::Plan;

use crate::{script, steps};

/// Base, sold and asked for of one line of the board.
struct Line {
    rule: &'static str,
    sold: &'static [&'static str],
    asked: &'static [&'static str],
    unrecovered: &'static str,
}

fn line(
    rule: &'static str,
    sold: &'static [&'static str],
    asked: &'static [&'static str],
    unrecovered: &'static str,
) -> Line {
    Line {
        rule,
        sold,
        asked,
        unrecovered,
    }
}

/// A plan with its first periods closed and carried.
fn carried(plan: &str, start: &str, periods: &[&str], line: &Line) -> Plan {
    let mut text = format!("{start}; ");
    for (period, sold) in periods.iter().zip(line.sold) {
        let sold = match *sold {
            "-" => String::new(),
            sold => format!(" sold 张三 {sold}"),
        };
        text.push_str(&format!("close {period}{sold}; "));
    }
    text.push_str(&format!("waive * because 示例; {}", line.rule));
    let (definition, operations) = (script::definition(plan), steps::operations(&text));
    let plan = Plan::replay(definition, &operations).unwrap_or_else(|error| panic!("{error}"));
    for check in plan.verify().checks {
        assert!(check.failures.is_empty(), "{:?}", check.failures);
    }
    plan
}

/// Compares the working targets of all periods and what is unrecovered.
#[track_caller]
fn table(plan: &str, start: &str, periods: &[&str], lines: &[Line]) {
    for line in lines {
        let plan = carried(plan, start, periods, line);
        let working = plan.working(0).unwrap();
        let asked = periods.iter().map(|period| {
            let place = plan.place(&format!("org=张三, {period}")).unwrap();
            plan.step(0).format(working.value(&place).unwrap())
        });
        let left = plan.carried(0).unwrap().unwrap().rows;
        let left: i64 = left.iter().map(|row| row.unrecovered).sum();
        let (rule, sold) = (line.rule, line.sold);
        assert_eq!(
            asked.collect::<Vec<_>>(),
            line.asked,
            "{rule}, sold {sold:?}"
        );
        assert_eq!(
            plan.step(0).format(left),
            line.unrecovered,
            "{rule}, sold {sold:?}"
        );
        // Carrying changes neither the month's target nor any base.
        let place = plan.place("org=张三").unwrap();
        assert_eq!(working.value(&place), plan.base(0).value(&place));
    }
}

/// Four whole weeks of 25.00 each.
#[test]
fn a_month_of_one_hundred_in_weeks_of_twenty_five() {
    let weeks = ["05", "06", "07", "08"].map(|week| format!("piece=2030-02/W{week}"));
    let weeks: Vec<&str> = weeks.iter().map(String::as_str).collect();
    table(
        "org: 张三 1 | time: 2030-02 by month piece | step 0.01",
        "total 100; decompose org by weight; decompose time.piece by equal",
        &weeks,
        &[
            // 5 are missing: a third each, and the odd cents first.
            line(
                "carry piece",
                &["20"],
                &["20.00", "26.67", "26.67", "26.66"],
                "0.00",
            ),
            // 5 and 1 are missing: 3 each, not 1.67 and then some more on top.
            line(
                "carry piece",
                &["20", "24"],
                &["20.00", "24.00", "28.00", "28.00"],
                "0.00",
            ),
            // 30 is more than the 26.67 asked for: nothing changes later, to the cent.
            line(
                "carry piece",
                &["20", "30"],
                &["20.00", "26.67", "26.67", "26.66"],
                "0.00",
            ),
            // A surplus of 5 does not pay for a later shortfall of 3.
            line(
                "carry piece",
                &["30", "22"],
                &["25.00", "22.00", "26.50", "26.50"],
                "0.00",
            ),
            // 26 is over the base and under the 26.67 asked for: 4 are left to make good.
            line(
                "carry piece",
                &["20", "26"],
                &["20.00", "26.00", "27.00", "27.00"],
                "0.00",
            ),
            // Nothing sold, nothing written down: all of it is missing.
            line(
                "carry piece",
                &["-"],
                &["0.00", "33.34", "33.33", "33.33"],
                "0.00",
            ),
            line(
                "carry piece",
                &["-", "-"],
                &["0.00", "0.00", "50.00", "50.00"],
                "0.00",
            ),
            // The last week had to reach 28 and sold 20: nobody comes after it.
            line(
                "carry piece",
                &["20", "24", "28", "20"],
                &["20.00", "24.00", "28.00", "28.00"],
                "8.00",
            ),
            line(
                "carry piece",
                &["25", "25", "25", "-"],
                &["25.00"; 4],
                "25.00",
            ),
            // More came back than was sold.
            line(
                "carry piece",
                &["-3"],
                &["-3.00", "34.34", "34.33", "34.33"],
                "0.00",
            ),
            // No week takes more than 2.50 on top; 7.50 of 15 stay where they were missed.
            line(
                "carry piece cap 10%",
                &["10"],
                &["17.50", "27.50", "27.50", "27.50"],
                "7.50",
            ),
            line(
                "carry piece cap 10%",
                &["20"],
                &["20.00", "26.67", "26.67", "26.66"],
                "0.00",
            ),
            // All of it next week, what is missing then the week after.
            line(
                "carry piece by next",
                &["20"],
                &["20.00", "30.00", "25.00", "25.00"],
                "0.00",
            ),
            line(
                "carry piece by next",
                &["20", "29"],
                &["20.00", "29.00", "26.00", "25.00"],
                "0.00",
            ),
            line(
                "carry piece by next cap 20%",
                &["13"],
                &["13.00", "30.00", "30.00", "27.00"],
                "0.00",
            ),
            line(
                "carry piece by equal",
                &["20"],
                &["20.00", "26.67", "26.67", "26.66"],
                "0.00",
            ),
            line(
                "carry piece by base",
                &["20"],
                &["20.00", "26.67", "26.67", "26.66"],
                "0.00",
            ),
        ],
    );
}

/// Months of 100 in a quarter: what January lacks goes to February and March, and no further.
#[test]
fn a_longer_horizon_carries_into_the_next_month() {
    let months = ["month=2030-01", "month=2030-02", "month=2030-03"];
    table(
        "org: 张三 1 | time: 2030-01..2030-06 by quarter month piece | step 0.01",
        "total 600; decompose org by weight; decompose time.month by equal",
        &months,
        &[
            line(
                "carry month within quarter by equal",
                &["90"],
                &["90.00", "105.00", "105.00"],
                "0.00",
            ),
            line(
                "carry month within quarter by next",
                &["90"],
                &["90.00", "110.00", "100.00"],
                "0.00",
            ),
            line(
                "carry month within quarter by equal",
                &["90", "100"],
                &["90.00", "100.00", "110.00"],
                "0.00",
            ),
            line(
                "carry month within quarter by equal",
                &["90", "100", "100"],
                &["90.00", "100.00", "110.00"],
                "10.00",
            ),
        ],
    );
}

/// The brief's store: a week of 8.5 万 from Friday to Thursday, Friday 1.2, Saturday 1.5, Sunday 1.8,
/// the other days 1: 8.5 in all.
#[test]
fn the_briefs_week_of_eighty_five_thousand() {
    let plan = "org: 张三 1 | time: 2026-03-06..2026-03-31 by month piece day | step 0.01";
    let start = "total 320000; decompose org by weight; decompose time.day by calendar";
    let weeks = ["10", "11", "12", "13"].map(|week| format!("piece=2026-03/W{week}"));
    let weeks: Vec<&str> = weeks.iter().map(String::as_str).collect();
    // Three whole weeks of 85,000, and the 27th to the 31st with 6.5 day weights: 65,000.
    // 17,000 are missing: 17,000 × 8.5 ÷ 23.5 twice, × 6.5 ÷ 23.5 once.
    let sixty_eight = line(
        "carry piece",
        &["68000"],
        &["68000.00", "91148.94", "91148.93", "69702.13"],
        "0.00",
    );
    let plan_after = carried(plan, start, &weeks, &sixty_eight);
    table(plan, start, &weeks, &[sixty_eight]);
    // The next week's days: 91,148.94 by 1.2, 1.5, 1.8 and four times 1, of 8.5.
    let working = plan_after.working(0).unwrap();
    let days = (13..=19).map(|day| {
        let place = plan_after
            .place(&format!("org=张三, day=2026-03-{day}"))
            .unwrap();
        plan_after.step(0).format(working.value(&place).unwrap())
    });
    assert_eq!(
        days.collect::<Vec<_>>(),
        [
            "12868.09", "16085.11", "19302.13", "10723.41", "10723.40", "10723.40", "10723.40"
        ],
    );
    table(
        plan,
        start,
        &weeks,
        &[
            line(
                "carry piece",
                &["85000"],
                &["85000.00", "85000.00", "85000.00", "65000.00"],
                "0.00",
            ),
            // 17,000 and 5,000 are missing: 22,000 × 8.5 ÷ 15 and × 6.5 ÷ 15.
            line(
                "carry piece",
                &["68000", "80000"],
                &["68000.00", "80000.00", "97466.67", "74533.33"],
                "0.00",
            ),
            // A week that sells far more than the 91,148.94 asked for changes nothing later.
            line(
                "carry piece",
                &["68000", "120000"],
                &["68000.00", "91148.94", "91148.93", "69702.13"],
                "0.00",
            ),
            // A fifth of a week at most: 17,000, 17,000 and 13,000 of 60,000; 13,000 stay.
            line(
                "carry piece cap 20%",
                &["25000"],
                &["38000.00", "102000.00", "102000.00", "78000.00"],
                "13000.00",
            ),
        ],
    );
}
