//! Tables from the brief, hard cases, and properties against a plain brute force (rule D9).

use fenjie_message::Message;
use proptest::prelude::*;

use super::*;

/// Sums over a family's groups, the slow and plain way.
fn sums(shape: &[usize], family: &Family, cells: &[i64]) -> Vec<i64> {
    let place = |mut cell: usize| {
        let mut at = vec![0; shape.len()];
        for axis in (0..shape.len()).rev() {
            at[axis] = cell % shape[axis];
            cell /= shape[axis];
        }
        at
    };
    let total = |inside: &dyn Fn(&[usize]) -> bool| {
        (0..cells.len())
            .filter(|cell| inside(&place(*cell)))
            .map(|cell| cells[cell])
            .sum::<i64>()
    };
    match family {
        Family::Axis {
            axis,
            group_of,
            totals,
        } => (0..totals.len())
            .map(|group| total(&|at| group_of[at[*axis]] as usize == group))
            .collect(),
        Family::Boxes { boxes } => boxes
            .iter()
            .map(|(sides, _)| {
                total(&|at| {
                    sides
                        .iter()
                        .zip(at)
                        .all(|(side, p)| side.contains(&(*p as u32)))
                })
            })
            .collect(),
    }
}

fn check(problem: &Problem<'_>) -> Fitted {
    let fitted = fit(problem).unwrap_or_else(|error| panic!("{error} {problem:?}"));
    for family in &problem.families {
        assert_eq!(
            sums(problem.shape, family, &fitted.cells),
            check::totals_of(family)
        );
    }
    let real = fitted_real(problem).unwrap();
    for (cell, value) in fitted.cells.iter().zip(&real) {
        assert!((*cell as f64 - value).abs() <= fitted.worst + 1e-6 + value * 1e-12);
        assert!(*value != 0.0 || *cell == 0);
    }
    fitted
}

fn problem<'a>(shape: &'a [usize], prior: &'a [f64], families: Vec<Family>) -> Problem<'a> {
    Problem {
        shape,
        prior: Prior::F64(prior),
        families,
        bounds: None,
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 >> 11
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
    fn real(&mut self) -> f64 {
        self.next() as f64 / (1u64 << 53) as f64
    }
}

#[test]
fn the_year_by_region_product_channel_and_month() {
    let wan = 1_000_000;
    let by = |axis, parts: &[i64]| Family::each(axis, parts.iter().map(|p| p * wan).collect());
    let months: Vec<i64> = (0..12)
        .map(|m| if m < 4 { 83_333_334 } else { 83_333_333 })
        .collect();
    let families = vec![
        by(0, &[150, 200, 300, 250, 100]),
        by(1, &[300, 400, 300]),
        by(2, &[300, 400, 300]),
        Family::each(3, months),
    ];
    let fitted = check(&Problem {
        shape: &[5, 3, 3, 12],
        prior: Prior::Uniform,
        families,
        bounds: None,
    });
    assert!(
        fitted.beyond.is_empty() && fitted.worst < 2.0,
        "{}",
        fitted.worst
    );
    assert_eq!(fitted.cells.iter().sum::<i64>(), 1_000_000_000);
}

#[test]
fn a_hold_inside_a_row_keeps_two_systems() {
    let prior: Vec<f64> = (0..30).map(|cell| f64::from(cell % 7 + 1)).collect();
    let families = vec![
        Family::each(0, vec![100, 200, 300, 50, 350]),
        Family::each(1, vec![150, 150, 200, 200, 150, 150]),
        Family::Boxes {
            boxes: vec![(vec![1..2, 2..5], 77)],
        },
    ];
    let fitted = check(&problem(&[5, 6], &prior, families));
    assert!(fitted.worst < 1.0 && fitted.beyond.is_empty());
}

#[test]
fn holds_in_a_row_and_in_a_column_keep_two_systems() {
    let prior = vec![1.0; 30];
    let families = vec![
        Family::each(0, vec![100, 200, 300, 50, 350]),
        Family::each(1, vec![150, 150, 200, 200, 150, 150]),
        Family::Boxes {
            boxes: vec![(vec![1..2, 2..4], 77), (vec![2..4, 0..1], 31)],
        },
    ];
    let fitted = check(&problem(&[5, 6], &prior, families));
    assert!(fitted.worst < 1.0 && fitted.beyond.is_empty());
}

#[test]
fn months_within_quarters_beside_regions() {
    let quarter: Vec<u32> = (0..12).map(|month| month / 3).collect();
    let totals = vec![251, 252, 248, 249];
    let families = vec![
        Family::Axis {
            axis: 1,
            group_of: quarter,
            totals,
        },
        Family::Axis {
            axis: 1,
            group_of: [vec![0, 1], vec![u32::MAX; 10]].concat(),
            totals: vec![70, 80],
        },
        Family::each(0, vec![333, 333, 334]),
    ];
    let fitted = check(&Problem {
        shape: &[3, 12],
        prior: Prior::Uniform,
        families,
        bounds: None,
    });
    assert!(fitted.worst < 1.0);
}

#[test]
fn margins_that_differ_are_refused_with_both_sums() {
    let families = vec![Family::each(0, vec![1, 2]), Family::each(1, vec![2, 2])];
    let error = fit(&Problem {
        shape: &[2, 2],
        prior: Prior::Uniform,
        families,
        bounds: None,
    });
    let error = error.unwrap_err();
    assert_eq!(
        error,
        FitError::MarginsDiffer {
            sums: vec![(0, 3), (1, 4)]
        }
    );
    assert_eq!(error.code(), "margins_differ");
}

#[test]
fn a_table_with_no_way_names_rows_and_columns() {
    let prior = [1.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0];
    let families = vec![
        Family::each(0, vec![50, 60, 10]),
        Family::each(1, vec![40, 40, 40]),
    ];
    let FitError::Infeasible {
        clash, proposal, ..
    } = fit(&problem(&[3, 3], &prior, families)).unwrap_err()
    else {
        panic!("not infeasible");
    };
    // Only the third row reaches the third column.
    let groups: Vec<_> = clash
        .iter()
        .map(|s| (s.group.family, s.group.group))
        .collect();
    assert_eq!(groups, [(0, 2), (1, 2)]);
    let mut totals = [vec![50, 60, 10], vec![40, 40, 40]];
    for change in proposal {
        totals[change.group.family][change.group.group] = change.proposed;
    }
    let families = totals
        .into_iter()
        .enumerate()
        .map(|(axis, totals)| Family::each(axis, totals));
    check(&problem(&[3, 3], &prior, families.collect()));
}

#[test]
fn cells_without_a_choice_end_up_at_zero() {
    let prior = [1.0, 1.0, 0.0, 1.0];
    let families = vec![Family::each(0, vec![7, 5]), Family::each(1, vec![7, 5])];
    let fitted = check(&problem(&[2, 2], &prior, families));
    assert_eq!(fitted.cells, [7, 0, 0, 5]);
}

#[test]
fn three_families_without_a_way() {
    let mut prior = vec![1.0; 27];
    for cell in [0, 1, 3, 4] {
        prior[cell] = 0.0;
    }
    let families = vec![
        Family::each(0, vec![90, 5, 5]),
        Family::each(1, vec![45, 45, 10]),
        Family::each(2, vec![45, 45, 10]),
    ];
    let error = fit(&problem(&[3, 3, 3], &prior, families)).unwrap_err();
    let FitError::Infeasible {
        clash, proposal, ..
    } = &error
    else {
        panic!("{error}")
    };
    assert!(!clash.is_empty() && clash.len() <= 5, "{error}");
    let mut totals = [vec![90, 5, 5], vec![45, 45, 10], vec![45, 45, 10]];
    for change in proposal {
        totals[change.group.family][change.group.group] = change.proposed;
    }
    let families = totals
        .into_iter()
        .enumerate()
        .map(|(axis, totals)| Family::each(axis, totals));
    check(&problem(&[3, 3, 3], &prior, families.collect()));
}

#[test]
fn negative_totals_mirror() {
    let prior: Vec<i64> = (1..=12).collect();
    let fitted = |sign: i64| {
        let families = vec![
            Family::each(0, vec![sign * 10, sign * 20, sign * 31]),
            Family::each(1, vec![sign * 15, sign * 15, sign * 15, sign * 16]),
        ];
        check(&Problem {
            shape: &[3, 4],
            prior: Prior::I64(&prior),
            families,
            bounds: None,
        })
        .cells
    };
    let turned: Vec<i64> = fitted(1).iter().map(|cell| -cell).collect();
    assert_eq!(fitted(-1), turned);
    let mixed = vec![Family::each(0, vec![-1, 2])];
    let error = fit(&Problem {
        shape: &[2],
        prior: Prior::Uniform,
        families: mixed,
        bounds: None,
    });
    assert_eq!(error.unwrap_err().code(), "negative_total");
}

#[test]
fn caps_hold_and_the_rest_is_shared_again() {
    let prior = [1.0; 9];
    let (floor, cap) = (
        [0, 0, 0, 0, 40, 0, 0, 0, 0],
        [10, 99, 99, 99, 99, 99, 99, 99, 5],
    );
    let families = vec![
        Family::each(0, vec![60, 70, 50]),
        Family::each(1, vec![60, 60, 60]),
    ];
    let mut bounded = problem(&[3, 3], &prior, families);
    bounded.bounds = Some((&floor, &cap));
    let fitted = check(&bounded);
    assert_eq!(
        (fitted.cells[0], fitted.cells[4], fitted.cells[8]),
        (10, 40, 5)
    );
    let cap = [10; 9];
    bounded.bounds = Some((&[0; 9], &cap));
    let error = fit(&bounded).unwrap_err();
    let FitError::Infeasible { bounds, .. } = &error else {
        panic!("{error}")
    };
    assert!(!bounds.is_empty(), "{error}");
}

#[test]
fn the_largest_totals_are_met() {
    let mut dice = Dice(7);
    let prior: Vec<f64> = (0..400).map(|_| 0.1 + dice.real()).collect();
    let share = i64::MAX / 400;
    let rows: Vec<i64> = (0..20).map(|at| share * (10 + at)).collect();
    let mut cols = vec![rows.iter().sum::<i64>() / 20; 20];
    cols[3] += rows.iter().sum::<i64>() - cols.iter().sum::<i64>();
    let families = vec![Family::each(0, rows), Family::each(1, cols)];
    let fitted = check(&problem(&[20, 20], &prior, families));
    assert!(fitted.beyond.is_empty(), "{}", fitted.worst);
}

#[test]
fn blocks_that_hardly_touch_and_narrow_bands() {
    let n = 60;
    for hardly in [1e-3, 1e-6, 1e-12] {
        let mut dice = Dice(11);
        let (mut blocks, mut band) = (vec![0.0; n * n], vec![0.0; n * n]);
        let (mut in_blocks, mut in_band) = (vec![0; n * n], vec![0; n * n]);
        for cell in 0..n * n {
            let (row, col) = (cell / n, cell % n);
            let near = if (row < n / 2) == (col < n / 2) {
                1.0
            } else {
                hardly
            };
            blocks[cell] = near * (0.5 + dice.real());
            in_blocks[cell] = dice.below(100) as i64;
            if row.abs_diff(col) <= 2 {
                band[cell] = 0.5 + dice.real();
                in_band[cell] = (dice.below(1500) as i64 - 500).max(0);
            }
        }
        for (prior, cells) in [(blocks, in_blocks), (band, in_band)] {
            let families = (0..2)
                .map(|axis| totals_from(&[n, n], axis, &cells))
                .collect();
            let fitted = check(&problem(&[n, n], &prior, families));
            assert!(
                fitted.worst < 1.0 && fitted.iterations < 2_000,
                "{fitted:?}"
            );
        }
    }
}

/// Groups' sums of a random table: totals that are possible.
fn totals_from(shape: &[usize], axis: usize, cells: &[i64]) -> Family {
    let mut family = Family::each(axis, vec![0; shape[axis]]);
    let totals_found = sums(shape, &family, cells);
    if let Family::Axis { totals, .. } = &mut family {
        *totals = totals_found;
    }
    family
}

fn random(shape: &[usize], zeros: u64, most: u64, seed: u64) -> (Vec<f64>, Vec<i64>) {
    let mut dice = Dice(seed.wrapping_mul(2).wrapping_add(0x1234_5677));
    let n = shape.iter().product();
    let mut prior = vec![0.0; n];
    let mut cells = vec![0; n];
    for at in 0..n {
        if dice.below(100) >= zeros {
            // A wide spread: ten doublings.
            prior[at] = f64::from(1u32 << dice.below(10)) * (0.5 + dice.real());
            cells[at] = dice.below(most) as i64;
        }
    }
    (prior, cells)
}

#[test]
fn four_crossing_margins_with_zeros() {
    for seed in 0..30 {
        let shape = [4, 5, 3, 6];
        let (prior, cells) = random(&shape, 40, 4, seed);
        let families = (0..4)
            .map(|axis| totals_from(&shape, axis, &cells))
            .collect();
        let fitted = check(&problem(&shape, &prior, families));
        assert!(fitted.worst < 2.0, "{seed} {}", fitted.worst);
    }
}

#[test]
fn margins_and_many_holds() {
    for seed in 0..20 {
        let shape = [5, 4, 6];
        let (prior, cells) = random(&shape, 20, 30, seed);
        let mut families: Vec<Family> = (0..3)
            .map(|axis| totals_from(&shape, axis, &cells))
            .collect();
        let mut holds = Family::Boxes {
            boxes: vec![
                (vec![0..2, 1..2, 0..6], 0),
                (vec![2..4, 0..4, 3..4], 0),
                (vec![4..5, 3..4, 0..1], 0),
            ],
        };
        let found = sums(&shape, &holds, &cells);
        if let Family::Boxes { boxes } = &mut holds {
            boxes
                .iter_mut()
                .zip(found)
                .for_each(|(hold, total)| hold.1 = total);
        }
        families.push(holds);
        let fitted = check(&problem(&shape, &prior, families));
        assert!(fitted.worst < 2.0, "{seed} {}", fitted.worst);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn two_margins_within_a_step(
        rows in 1usize..9, cols in 1usize..9, zeros in 0u64..70, most in 2u64..2000, seed: u64
    ) {
        let shape = [rows, cols];
        let (prior, cells) = random(&shape, zeros, most, seed);
        let families = (0..2).map(|axis| totals_from(&shape, axis, &cells)).collect();
        let fitted = check(&problem(&shape, &prior, families));
        prop_assert!(fitted.worst < 1.0 && fitted.beyond.is_empty(), "{}", fitted.worst);
    }

    #[test]
    fn groups_of_rows_and_unstated_columns(
        rows in 2usize..9, cols in 2usize..9, seed: u64, hole in 0usize..8
    ) {
        let shape = [rows, cols];
        let (prior, cells) = random(&shape, 20, 50, seed);
        let of = |n: usize, by: usize| -> Vec<u32> { (0..n).map(|at| (at / by) as u32).collect() };
        let mut group_of = of(cols, 1);
        if hole < cols { group_of[hole] = u32::MAX; }
        let mut families = vec![
            Family::Axis { axis: 0, group_of: of(rows, 2), totals: vec![0; rows.div_ceil(2)] },
            Family::Axis { axis: 1, group_of, totals: vec![0; cols] },
        ];
        for family in &mut families {
            let found = sums(&shape, family, &cells);
            if let Family::Axis { totals, .. } = family { *totals = found; }
        }
        if let (true, Family::Axis { group_of, totals, .. }) = (hole < cols, &mut families[1]) {
            totals.remove(hole);
            for group in group_of.iter_mut().skip(hole + 1) { *group -= 1; }
        }
        let fitted = check(&problem(&shape, &prior, families));
        prop_assert!(fitted.worst < 1.0 && fitted.beyond.is_empty(), "{}", fitted.worst);
    }

    #[test]
    fn random_totals_are_met_or_refused_for_a_reason(
        rows in 1usize..4,
        cols in 1usize..4,
        zeros in 20u64..80,
        seed: u64,
    ) {
        let shape = [rows, cols];
        let (prior, _) = random(&shape, zeros, 5, seed);
        let mut dice = Dice(seed | 1);
        let row_totals: Vec<i64> = (0..rows).map(|_| dice.below(4) as i64).collect();
        let sum: i64 = row_totals.iter().sum();
        let mut col_totals = vec![0; cols];
        for _ in 0..sum { col_totals[dice.below(cols as u64) as usize] += 1; }
        let families =
            vec![Family::each(0, row_totals.clone()), Family::each(1, col_totals.clone())];
        let problem = problem(&shape, &prior, families);
        let exists = exists(&prior, cols, &mut row_totals.clone(), &mut col_totals.clone(), 0);
        match fit(&problem) {
            Ok(_) => { prop_assert!(exists); check(&problem); }
            Err(FitError::Infeasible { clash, proposal, .. }) => {
                prop_assert!(!exists && !clash.is_empty());
                let mut totals = [row_totals, col_totals];
                for change in proposal {
                    totals[change.group.family][change.group.group] = change.proposed;
                }
                let families = totals.into_iter().enumerate();
                let families = families.map(|(axis, totals)| Family::each(axis, totals)).collect();
                check(&Problem { families, ..problem });
            }
            Err(error) => prop_assert!(false, "{error}"),
        }
    }

    #[test]
    fn bounds_are_kept(rows in 2usize..6, cols in 2usize..6, seed: u64) {
        let shape = [rows, cols];
        let (prior, cells) = random(&shape, 20, 40, seed);
        let mut dice = Dice(seed | 1);
        let floor: Vec<i64> = cells.iter().map(|c| (c - dice.below(20) as i64).max(0)).collect();
        let cap: Vec<i64> = cells.iter().map(|c| c + dice.below(20) as i64).collect();
        let families = (0..2).map(|axis| totals_from(&shape, axis, &cells)).collect();
        let mut problem = problem(&shape, &prior, families);
        problem.bounds = Some((&floor, &cap));
        let fitted = check(&problem);
        for (at, cell) in fitted.cells.iter().enumerate() {
            prop_assert!(floor[at] <= *cell && *cell <= cap[at]);
        }
        prop_assert!(fitted.beyond.is_empty(), "{}", fitted.worst);
    }

    #[test]
    fn three_margins_within_two_steps(
        a in 1usize..5, b in 1usize..5, c in 1usize..5,
        zeros in 0u64..60, most in 2u64..200, seed: u64,
    ) {
        let shape = [a, b, c];
        let (prior, cells) = random(&shape, zeros, most, seed);
        let families = (0..3).map(|axis| totals_from(&shape, axis, &cells)).collect();
        let fitted = check(&problem(&shape, &prior, families));
        prop_assert!(fitted.worst < 2.0);
    }
}

/// Whether a table of whole numbers with these totals and zeros exists, by trying all.
fn exists(prior: &[f64], cols: usize, rows: &mut [i64], by_col: &mut [i64], cell: usize) -> bool {
    if cell == prior.len() {
        return rows.iter().chain(by_col.iter()).all(|left| *left == 0);
    }
    let (row, col) = (cell / cols, cell % cols);
    let most = if prior[cell] > 0.0 {
        rows[row].min(by_col[col])
    } else {
        0
    };
    for value in 0..=most {
        rows[row] -= value;
        by_col[col] -= value;
        let found = exists(prior, cols, rows, by_col, cell + 1);
        rows[row] += value;
        by_col[col] += value;
        if found {
            return true;
        }
    }
    false
}
