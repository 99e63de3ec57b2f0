//! Random plans that run — holidays, calendars of a member's own, people who join and leave mid-month,
//! caps, gaps, closes done again, undos in the middle, a base revised later — agree with the plain
//! second writing of the rules, step by step.

use std::collections::BTreeMap;

use fenjie_calendar::{Coefficient, Date, DayWeights, Level, SalesCalendar, Slots};
use fenjie_plan::{
    ActionPlan, Address, CarryRule, CarryShare, Cause, ChangeBy, Close, Decimal, Definition, Keep,
    MemberCalendar, Operation, Plan, Waiver,
};
use proptest::prelude::*;

use crate::carry_oracle::{Member, Oracle, Period, Share, Step};
use crate::{script, steps};

const PLAN: &str = "org > team person: 一组[张三 3, 李四 2 from 2026-02-11], 二组[王五 1, 赵六 5 until 2026-04-20] | product: 甲 2, 乙 1 | time: 2026-01..2026-06 by quarter month piece day | step 1";
const START: &str = "total 90000; decompose org.person by weight; decompose product by weight; decompose time.month by calendar; decompose time.day by calendar";

/// Holidays weigh double, one day is shut; 王五 has weekends off.
fn definition() -> Definition {
    let mut definition = script::definition(PLAN);
    definition.calendar.day_weights.holiday.any = Some(Coefficient::parse("2").unwrap());
    definition.member_calendars.push(MemberCalendar {
        dimension: "org".into(),
        member: "王五".into(),
        day_weights: DayWeights::workdays(),
        slots: Slots::whole_day(),
    });
    definition
}

/// A log that grows, and what the second writing knows of it.
struct Running {
    plan: Plan,
    log: Vec<Step>,
    pieces: Vec<Period>,
    months: Vec<Period>,
    people: Vec<Member>,
    teams: Vec<Member>,
}

impl Running {
    fn new() -> Running {
        let plan = Plan::replay(definition(), &steps::operations(START)).unwrap();
        let org = |name: &str| plan.place(&format!("org={name}")).unwrap().0[0];
        let calendar = &plan.model().definition().calendar;
        let own = SalesCalendar {
            day_weights: DayWeights::workdays(),
            ..calendar.clone()
        };
        let day = |text: &str| text.parse::<Date>().unwrap();
        let (first, last) = (day("2026-01-01"), day("2026-06-30"));
        let member = |name: &str, team: Option<&str>, from: Date, until: Date| Member {
            node: org(name),
            team: team.map(org),
            calendar: if name == "王五" {
                own.clone()
            } else {
                calendar.clone()
            },
            from,
            until,
        };
        let people = vec![
            member("张三", Some("一组"), first, last),
            member("李四", Some("一组"), day("2026-02-11"), last),
            member("王五", Some("二组"), first, last),
            member("赵六", Some("二组"), first, day("2026-04-19")),
        ];
        let teams = vec![
            member("一组", None, first, last),
            member("二组", None, first, last),
        ];
        Running {
            log: vec![Step::Other; 5],
            pieces: cut(&plan, "piece", true),
            months: cut(&plan, "month", false),
            people,
            teams,
            plan,
        }
    }

    /// One more step, where the plan takes it; whether it does.
    fn step(&mut self, operation: Operation, step: Step) -> bool {
        let done = self.plan.apply(operation).is_ok();
        if done {
            self.log.push(step);
        }
        done
    }

    fn base(&self, org: u32, period: u32) -> i64 {
        let base = self.plan.base(0);
        base.series(&[org, 0], &[period]).expect("a period")[0]
    }

    fn code(&self, axis: usize, node: u32) -> String {
        self.plan.model().axes()[axis].tree.code(node).to_owned()
    }

    fn close(&mut self, months: bool, at: usize, teams: bool, sold: &[u16]) {
        let (level, periods) = match months {
            true => (Level::Month, &self.months),
            false => (Level::Piece, &self.pieces),
        };
        let period = periods[at % periods.len()].node;
        let members = if teams { &self.teams } else { &self.people };
        let mut amounts: BTreeMap<u32, i64> = BTreeMap::new();
        // In percent of the base; whoever sold a tenth or less is not named.
        for (member, percent) in members.iter().zip(sold) {
            let amount = self.base(member.node, period) * i64::from(*percent) / 100;
            if *percent > 10 {
                amounts.insert(member.node, amount);
            }
        }
        let address = |code: String| Address(vec![("org".into(), code)]);
        let named = amounts
            .iter()
            .map(|(node, amount)| (address(self.code(0, *node)), amount.to_string()));
        let axis = if months { "month" } else { "piece" };
        let operation = Operation::Close(Close {
            measure: String::new(),
            period: Address(vec![(axis.into(), self.code(2, period))]),
            of: if teams {
                "team".into()
            } else {
                "person".into()
            },
            actuals: named.collect(),
            unassigned: Some("7".into()),
            reason: "更正".into(),
        });
        self.step(
            operation,
            Step::Close {
                level,
                period,
                teams,
                sold: amounts,
            },
        );
    }

    fn carry(&mut self, kind: usize, teams: bool) {
        let months = kind % 5 == 4;
        let horizons = [
            ("month", Level::Month),
            ("quarter", Level::Quarter),
            ("year", Level::Year),
        ];
        let (horizon, above) = horizons[if months { 1 + kind % 2 } else { kind % 3 }];
        let (share, by) = [
            (Share::Weights, CarryShare::Weights),
            (Share::Base, CarryShare::Base),
            (Share::Equal, CarryShare::Equal),
            (Share::Next, CarryShare::Next),
        ][kind / 3 % 4];
        let percent = [None, Some(10), None, Some(250)][kind / 12 % 4];
        let operation = Operation::Carry(CarryRule {
            measure: String::new(),
            of: if teams {
                "team".into()
            } else {
                "person".into()
            },
            level: if months {
                "month".into()
            } else {
                "piece".into()
            },
            horizon: horizon.into(),
            share: by,
            cap: percent.map(|percent| Decimal::parse(&format!("{percent}%")).unwrap()),
        });
        let level = if months { Level::Month } else { Level::Piece };
        self.step(
            operation,
            Step::Carry {
                level,
                horizon: above,
                share,
                percent,
                teams,
            },
        );
    }

    /// Lets everybody, a team or a person go on, with an action plan or without.
    fn cover(&mut self, kind: usize, due: usize) {
        let of = match kind % 4 {
            0 => 0,
            1 => self.teams[due % 2].node,
            at => self.people[(at + due) % 4].node,
        };
        let at = match of {
            0 => Address::default(),
            of => Address(vec![("org".into(), self.code(0, of))]),
        };
        let last = self.pieces[due % self.pieces.len()].last;
        if kind.is_multiple_of(3) {
            let (measure, reason) = (String::new(), "示例".into());
            let operation = Operation::Waive(Waiver {
                measure,
                at,
                reason,
            });
            self.step(operation, Step::Cover { of, due: None });
            return;
        }
        let operation = Operation::Act(ActionPlan {
            measure: String::new(),
            at,
            causes: vec![(Cause::Market, String::new())],
            measures: vec!["回访".into()],
            owner: "王芳".into(),
            due: last,
        });
        self.step(
            operation,
            Step::Cover {
                of,
                due: Some(last),
            },
        );
    }

    fn edit(&mut self, kind: usize, at: usize, amount: u16) {
        let person = self.code(0, self.people[kind % 4].node);
        let month = self.code(2, self.months[at % 6].node);
        let parts = match kind % 3 {
            0 => vec![("org", person)],
            1 => vec![("org", person), ("month", month)],
            _ => vec![("month", month)],
        };
        let parts = parts
            .into_iter()
            .map(|(axis, code)| (axis.to_owned(), code));
        let operation = Operation::Set {
            measure: String::new(),
            at: Address(parts.collect()),
            change: ChangeBy::To((u32::from(amount) * 20).to_string()),
            keep: if kind > 6 { Keep::Total } else { Keep::Nothing },
        };
        self.step(operation, Step::Other);
    }

    fn undo(&mut self, back: usize) {
        let first = 5;
        if self.log.len() > first {
            let target = self.log.len() - back % (self.log.len() - first);
            let operation = Operation::Undo {
                sequence: target as u64,
            };
            self.step(operation, Step::Undo(target));
        }
    }

    /// The plan says what the second writing says.
    fn compare(&self) -> Result<(), TestCaseError> {
        let base = |org: u32, period: u32| self.base(org, period);
        let oracle = Oracle {
            pieces: &self.pieces,
            months: &self.months,
            people: &self.people,
            teams: &self.teams,
            log: &self.log,
            base: &base,
        };
        let carried = self.plan.carried(0).unwrap();
        let Some(rows) = oracle.rows() else {
            prop_assert!(carried.is_none());
            return Ok(());
        };
        let carried = carried.unwrap();
        let working = self.plan.working(0).unwrap();
        let mut left = Vec::new();
        for (org, row) in &rows {
            let members = [*org, 0];
            let periods: Vec<u32> = row.parts.keys().copied().collect();
            let parts: Vec<i64> = row.parts.values().copied().collect();
            let shown = carried.view.series(&members, &periods).unwrap();
            prop_assert_eq!(
                &shown,
                &parts,
                "{} {:?}\n{:#?}",
                self.code(0, *org),
                row,
                self.log
            );
            let asked = working.series(&members, &periods).unwrap();
            let asks = periods
                .iter()
                .zip(&parts)
                .map(|(at, part)| base(*org, *at) + part);
            prop_assert_eq!(asked, asks.collect::<Vec<i64>>());
            let steps = self.plan.carry_steps(0, &members).unwrap();
            let told = steps
                .iter()
                .map(|s| (s.period, s.carried, s.counted, s.open, s.kept));
            prop_assert_eq!(told.collect::<Vec<_>>(), row.steps.clone());
            if row.waiting || row.open != 0 {
                left.push((members.to_vec(), row.open, row.unrecovered, row.waiting));
            }
            for (period, part) in periods.iter().zip(&parts) {
                self.compare_below(&carried.view, *org, *period, *part)?;
            }
        }
        let told = carried.rows.iter();
        let told = told.map(|r| (r.members.clone(), r.open, r.unrecovered, r.waiting));
        prop_assert_eq!(told.collect::<Vec<_>>(), left);
        Ok(())
    }

    /// People and products share a row's part by their base in that period, to two steps.
    fn compare_below(
        &self,
        view: &fenjie_plan::View<'_>,
        org: u32,
        period: u32,
        part: i64,
    ) -> Result<(), TestCaseError> {
        let people = self
            .people
            .iter()
            .filter(|p| p.node == org || p.team == Some(org));
        let whole = i128::from(self.base(org, period));
        let mut sum = 0;
        for person in people {
            for product in [1, 2] {
                let below = [person.node, product];
                let got = view.series(&below, &[period]).unwrap()[0];
                sum += got;
                if whole != 0 {
                    let base = self.plan.base(0).series(&below, &[period]).unwrap()[0];
                    let off = i128::from(got) * whole - i128::from(base) * i128::from(part);
                    prop_assert!(off.abs() <= 2 * whole, "{below:?}: {got} of {part}");
                }
            }
        }
        prop_assert_eq!(sum, part);
        Ok(())
    }
}

/// The periods of a level in order, with their first and last days: months, and at Fridays pieces.
fn cut(plan: &Plan, level: &str, weeks: bool) -> Vec<Period> {
    let axis = &plan.model().axes()[2];
    let nodes = 0..axis.tree.len() as u32;
    let mut nodes = nodes.filter(|node| axis.level_of(*node) == level);
    let mut periods: Vec<Period> = Vec::new();
    let mut day: Date = "2026-01-01".parse().unwrap();
    while day.month() <= 6 {
        let friday = day.weekday().to_monday_zero_offset() == 4;
        if day.day() == 1 || (weeks && friday) {
            let node = nodes.next().expect("as many periods as the plan has");
            periods.push(Period {
                node,
                first: day,
                last: day,
            });
        }
        periods.last_mut().expect("the first day begins one").last = day;
        day = day.tomorrow().unwrap();
    }
    assert_eq!(nodes.next(), None);
    periods
}

/// One step: which kind, two numbers, percents sold.
type Seed = (usize, usize, usize, Vec<u16>);

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("FENJIE_SLOW").is_some() { 2000 } else { 40 },
        ..Default::default()
    })]

    #[test]
    fn the_plan_and_the_second_writing_agree(seeds in prop::collection::vec(
        (0usize..20, 0usize..48, 0usize..48, prop::collection::vec(0u16..160, 4)),
        3..16,
    )) {
        let mut running = Running::new();
        let mut next = 0;
        for (kind, one, other, sold) in seeds as Vec<Seed> {
            match kind {
                // The next week, one week left out, any week again, a month.
                0..=5 => { running.close(false, next, one == 9, &sold); next += 1; }
                6 => { running.close(false, next + 1, false, &sold); next += 2; }
                7 | 8 => running.close(false, one % (next + 1), other % 7 == 0, &sold),
                9 => running.close(true, one % 4, false, &sold),
                10..=13 => running.carry(one, other % 4 == 0),
                14 | 15 => running.cover(one, other),
                16 | 17 => running.edit(one % 9, other, sold[0]),
                _ => running.undo(one),
            }
            running.compare()?;
        }
        for check in running.plan.verify().checks {
            prop_assert!(check.failures.is_empty(), "{:?}", check.failures);
        }
    }
}
