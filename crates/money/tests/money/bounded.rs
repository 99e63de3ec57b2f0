//! Rule D5 against brute force: every way members can sit at floor, at cap or free.

use fenjie_money::{Bounds, BoundsError, Policy, allocate_bounded, allocate_u64};
use num_bigint::BigInt;
use proptest::prelude::*;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Seat {
    Floor,
    Cap,
    Free,
}

/// The real-valued parts, as numerators over one denominator, for positive weights.
fn water_filled(total: i64, weights: &[u64], bounds: &[Bounds]) -> Option<(Vec<BigInt>, BigInt)> {
    let count = weights.len();
    for code in 0..3usize.pow(count as u32) {
        let seats: Vec<Seat> = (0..count as u32)
            .map(|i| [Seat::Floor, Seat::Cap, Seat::Free][code / 3usize.pow(i) % 3])
            .collect();
        if let Some(parts) = consistent(total, weights, bounds, &seats) {
            return Some(parts);
        }
    }
    None
}

fn consistent(
    total: i64,
    weights: &[u64],
    bounds: &[Bounds],
    seats: &[Seat],
) -> Option<(Vec<BigInt>, BigInt)> {
    let mut rest = BigInt::from(total);
    let mut free = BigInt::from(0);
    for i in 0..seats.len() {
        match seats[i] {
            Seat::Floor if bounds[i].floor == i64::MIN => return None,
            Seat::Cap if bounds[i].cap == i64::MAX => return None,
            Seat::Floor => rest -= bounds[i].floor,
            Seat::Cap => rest -= bounds[i].cap,
            Seat::Free => free += weights[i],
        }
    }
    let zero = BigInt::from(0);
    if free == zero {
        return bound_only(rest, weights, bounds, seats);
    }
    let mut parts = Vec::new();
    for i in 0..seats.len() {
        // λ × weight, over `free`.
        let level = &rest * weights[i];
        let (floor, cap) = (&free * bounds[i].floor, &free * bounds[i].cap);
        let (holds, part) = match seats[i] {
            Seat::Floor => (level <= floor, floor),
            Seat::Cap => (level >= cap, cap),
            Seat::Free => (floor <= level && level <= cap, level),
        };
        if !holds {
            return None;
        }
        parts.push(part);
    }
    Some((parts, free))
}

/// Everyone at a limit: some λ must lie above all caps taken and below all floors taken.
fn bound_only(
    rest: BigInt,
    weights: &[u64],
    bounds: &[Bounds],
    seats: &[Seat],
) -> Option<(Vec<BigInt>, BigInt)> {
    if rest != BigInt::from(0) {
        return None;
    }
    for i in 0..seats.len() {
        for j in 0..seats.len() {
            if seats[i] == Seat::Cap && seats[j] == Seat::Floor {
                let cap = BigInt::from(bounds[i].cap) * weights[j];
                let floor = BigInt::from(bounds[j].floor) * weights[i];
                if cap > floor {
                    return None;
                }
            }
        }
    }
    let part = |i: usize| match seats[i] {
        Seat::Floor => BigInt::from(bounds[i].floor),
        _ => BigInt::from(bounds[i].cap),
    };
    Some(((0..seats.len()).map(part).collect(), BigInt::from(1)))
}

/// Real-valued parts brought to steps: towards zero, then the largest remainders.
fn rounded(parts: &[BigInt], over: &BigInt, total: i64) -> Vec<i64> {
    let mut whole: Vec<i64> = parts
        .iter()
        .map(|p| i64::try_from(p / over).expect("a part is near its total"))
        .collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let fraction = |i: usize| (&parts[i] % over).magnitude().clone();
    order.sort_by_key(|&i| (std::cmp::Reverse(fraction(i)), i));
    let left = total - whole.iter().sum::<i64>();
    for &i in &order[..left.unsigned_abs() as usize] {
        whole[i] += left.signum();
    }
    whole
}

fn any_bounds() -> impl Strategy<Value = Bounds> {
    let limit = -30i64..60;
    prop_oneof![
        2 => Just(Bounds::NONE),
        2 => limit.clone().prop_map(|floor| Bounds { floor, cap: i64::MAX }),
        2 => limit.clone().prop_map(|cap| Bounds { floor: i64::MIN, cap }),
        4 => (limit, 0i64..40).prop_map(|(floor, room)| Bounds { floor, cap: floor + room }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn positive_weights_agree_with_brute_force(
        total in -150i64..200,
        members in prop::collection::vec((1u64..9, any_bounds()), 1..6),
    ) {
        let (weights, bounds): (Vec<u64>, Vec<Bounds>) = members.into_iter().unzip();
        let mut parts = vec![0; weights.len()];
        let done = allocate_bounded(total, &weights, &bounds, &mut parts);
        match water_filled(total, &weights, &bounds) {
            Some((real, over)) => {
                prop_assert_eq!(done, Ok(()));
                prop_assert_eq!(parts, rounded(&real, &over, total));
            }
            None => prop_assert!(done.is_err()),
        }
    }

    #[test]
    fn limits_and_totals_hold_whatever_the_weights(
        total in any::<i64>(),
        members in prop::collection::vec(
            (prop_oneof![Just(0u64), 0u64..5, any::<u64>()], any::<i64>(), any::<i64>(), 0u8..4),
            1..9,
        ),
    ) {
        let weights: Vec<u64> = members.iter().map(|m| m.0).collect();
        let bounds: Vec<Bounds> = members
            .iter()
            .map(|&(_, a, b, kind)| Bounds {
                floor: if kind & 1 == 0 { i64::MIN } else { a.min(b) },
                cap: if kind & 2 == 0 { i64::MAX } else { a.max(b) },
            })
            .collect();
        let mut parts = vec![0; weights.len()];
        match allocate_bounded(total, &weights, &bounds, &mut parts) {
            Ok(()) => {
                let sum: i128 = parts.iter().map(|&part| i128::from(part)).sum();
                prop_assert_eq!(sum, i128::from(total));
                for (part, limit) in parts.iter().zip(&bounds) {
                    prop_assert!(limit.floor <= *part && *part <= limit.cap);
                }
            }
            Err(error) => {
                prop_assert_ne!(error.nearest(), Some(i128::from(total)));
                let wide = matches!(error, BoundsError::OutOfRange { .. });
                prop_assert!(wide || !error.clashing().is_empty());
            }
        }
    }

    #[test]
    fn limits_that_do_not_bind_change_nothing(
        total in any::<i64>(),
        weights in prop::collection::vec(0u64..1_000, 1..20),
    ) {
        let mut bounded = vec![0; weights.len()];
        let mut free = vec![0; weights.len()];
        let bounds = vec![Bounds::NONE; weights.len()];
        allocate_bounded(total, &weights, &bounds, &mut bounded).unwrap();
        allocate_u64(total, &weights, Policy::LargestRemainder, &mut free);
        prop_assert_eq!(bounded, free);
    }

    #[test]
    fn the_clashing_floors_are_the_fewest(
        total in 0i64..100,
        floors in prop::collection::vec(0i64..60, 1..8),
    ) {
        let bounds: Vec<Bounds> =
            floors.iter().map(|&floor| Bounds { floor, cap: i64::MAX }).collect();
        let mut parts = vec![0; floors.len()];
        let weights = vec![1; floors.len()];
        if let Err(error) = allocate_bounded(total, &weights, &bounds, &mut parts) {
            let clashing = error.clashing();
            prop_assert!(clashing.iter().map(|&i| floors[i]).sum::<i64>() > total);
            for code in 0..1usize << floors.len() {
                let chosen: Vec<usize> = (0..floors.len()).filter(|i| code >> i & 1 == 1).collect();
                if chosen.iter().map(|&i| floors[i]).sum::<i64>() > total {
                    prop_assert!(chosen.len() >= clashing.len());
                }
            }
        }
    }
}

fn check(total: i64, members: &[(u64, i64, i64)], want: Result<&[i64], &str>) {
    let weights: Vec<u64> = members.iter().map(|m| m.0).collect();
    let bounds: Vec<Bounds> = members
        .iter()
        .map(|&(_, floor, cap)| Bounds { floor, cap })
        .collect();
    let mut parts = vec![0; members.len()];
    let done = allocate_bounded(total, &weights, &bounds, &mut parts);
    match (done, want) {
        (Ok(()), Ok(want)) => assert_eq!(parts, want),
        (Err(error), Err(want)) => assert_eq!(error.to_string(), want),
        (done, want) => panic!("{done:?} {parts:?} instead of {want:?}"),
    }
}

const LOW: i64 = i64::MIN;
const HIGH: i64 = i64::MAX;

#[test]
fn worked_limits() {
    check(
        100,
        &[(5, LOW, 30), (3, LOW, HIGH), (2, 25, HIGH)],
        Ok(&[30, 42, 28]),
    );
    check(
        90,
        &[(1, 0, 10), (1, 0, 20), (1, 0, HIGH)],
        Ok(&[10, 20, 60]),
    );
    check(
        10,
        &[(1, 4, HIGH), (1, 4, HIGH), (8, 0, HIGH)],
        Ok(&[4, 4, 2]),
    );
    check(
        -90,
        &[(1, -10, HIGH), (1, -20, HIGH), (1, LOW, HIGH)],
        Ok(&[-10, -20, -60]),
    );
    // All at their limits, exactly.
    check(30, &[(1, 10, 10), (5, 20, 20)], Ok(&[10, 20]));
    check(0, &[], Ok(&[]));
}

#[test]
fn weight_zero_rests_until_nobody_else_can_take_more() {
    check(100, &[(1, 0, HIGH), (0, 0, HIGH)], Ok(&[100, 0]));
    check(100, &[(1, 0, HIGH), (0, 7, HIGH)], Ok(&[93, 7]));
    check(
        100,
        &[(1, 0, 60), (0, 0, HIGH), (0, 0, 10)],
        Ok(&[60, 30, 10]),
    );
    check(
        100,
        &[(0, 0, HIGH), (0, 0, 20), (0, 0, HIGH)],
        Ok(&[40, 20, 40]),
    );
    check(-10, &[(1, -4, HIGH), (0, LOW, HIGH)], Ok(&[-4, -6]));
}

#[test]
fn what_cannot_be_met_says_why() {
    check(
        100,
        &[(1, 60, HIGH), (1, 10, HIGH), (1, 50, HIGH)],
        Err("the total 100 is below the floors' sum 120, in steps [total_below_floors]"),
    );
    check(
        100,
        &[(1, 0, 30), (1, 0, 40)],
        Err("the total 100 is above the caps' sum 70, in steps [total_above_caps]"),
    );
    check(
        100,
        &[(1, 0, 30), (1, 41, 40)],
        Err("the floor 41 of member [1] is above its cap 40, in steps [floor_above_cap]"),
    );
    check(
        i64::MIN + 5,
        &[(0, 6, HIGH), (0, LOW, 0)],
        Err(
            "members within their limits would share -9223372036854775809 steps, beyond 64 bits \
             [parts_out_of_range]",
        ),
    );
    let caps = [Bounds { floor: 1, cap: 30 }; 2];
    let error = allocate_bounded(100, &[1, 1], &caps, &mut [0; 2]).unwrap_err();
    assert_eq!(
        error,
        BoundsError::AboveCaps {
            total: 100,
            floors: Some(2),
            caps: 60,
            clashing: vec![0, 1]
        }
    );
}
