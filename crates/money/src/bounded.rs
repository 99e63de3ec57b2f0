//! Proportional sharing under floors and caps (rule D5). Knows one group of members.

mod error;

use std::cmp::Ordering;

use num_bigint::BigInt;

pub use error::BoundsError;

use crate::{Policy, allocate_u64};

/// The limits of one member, in steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bounds {
    /// The least the member gets; `i64::MIN` for no floor.
    pub floor: i64,
    /// The most the member gets; `i64::MAX` for no cap.
    pub cap: i64,
}

impl Bounds {
    /// No limits.
    pub const NONE: Bounds = Bounds {
        floor: i64::MIN,
        cap: i64::MAX,
    };

    fn clamp(&self, value: i64) -> i64 {
        value.max(self.floor).min(self.cap)
    }

    fn has_floor(&self) -> bool {
        self.floor != i64::MIN
    }

    fn has_cap(&self) -> bool {
        self.cap != i64::MAX
    }
}

/// Shares a total in proportion to weights within limits (rule D5): each part is
/// `clamp(λ × weight, floor, cap)` for the one λ that meets the total, found exactly, with
/// left-over steps to the largest remainders among the members whose limits do not bind.
///
/// A member of weight zero gets 0, or the limit nearest to it; only when the others cannot take
/// the rest do the zero-weight members share it equally within their limits. Weights that are all
/// zero count as equal (rule A5). Totals and limits may be negative.
///
/// # Errors
/// [`BoundsError`] where a floor lies above its cap, the total is below all floors or above all
/// caps, or limits of both signs push a part beyond 64 bits. `out` holds no parts then.
///
/// # Panics
/// Where the slices differ in length, or there are no members and the total is not zero.
///
/// ```
/// use fenjie_money::{Bounds, allocate_bounded};
/// let none = Bounds::NONE;
/// let bounds = [Bounds { cap: 30, ..none }, none, Bounds { floor: 25, ..none }];
/// let mut parts = [0; 3];
/// allocate_bounded(100, &[5, 3, 2], &bounds, &mut parts)?;
/// assert_eq!(parts, [30, 42, 28]);
/// # Ok::<(), fenjie_money::BoundsError>(())
/// ```
pub fn allocate_bounded(
    total: i64,
    weights: &[u64],
    bounds: &[Bounds],
    out: &mut [i64],
) -> Result<(), BoundsError> {
    assert!(
        weights.len() == bounds.len() && bounds.len() == out.len(),
        "one limit per weight"
    );
    assert!(
        total == 0 || !weights.is_empty(),
        "an amount needs at least one member"
    );
    check_limits(total, bounds)?;
    let weighted = |i: &usize| weights[*i] > 0;
    let (heavy, light): (Vec<usize>, Vec<usize>) = (0..weights.len()).partition(weighted);
    let even = vec![1; weights.len()];
    if heavy.is_empty() {
        return fill(i128::from(total), &light, &even, bounds, out);
    }
    let resting: i128 = light.iter().map(|&i| i128::from(bounds[i].clamp(0))).sum();
    let wanted = i128::from(total) - resting;
    let heavy_floor = limit_sum(&heavy, bounds, Bounds::has_floor, |b| b.floor);
    let heavy_cap = limit_sum(&heavy, bounds, Bounds::has_cap, |b| b.cap);
    let taken = wanted
        .max(heavy_floor.unwrap_or(i128::MIN))
        .min(heavy_cap.unwrap_or(i128::MAX));
    fill(taken, &heavy, weights, bounds, out)?;
    fill(i128::from(total) - taken, &light, &even, bounds, out)?;
    assert_eq!(
        out.iter().map(|&part| i128::from(part)).sum::<i128>(),
        i128::from(total),
        "parts sum to the total"
    );
    Ok(())
}

/// The sum of one kind of limit, or none where a member lacks it.
fn limit_sum(
    members: &[usize],
    bounds: &[Bounds],
    has: fn(&Bounds) -> bool,
    limit: fn(&Bounds) -> i64,
) -> Option<i128> {
    members
        .iter()
        .map(|&i| has(&bounds[i]).then(|| i128::from(limit(&bounds[i]))))
        .sum()
}

fn check_limits(total: i64, bounds: &[Bounds]) -> Result<(), BoundsError> {
    if let Some(index) = bounds.iter().position(|b| b.floor > b.cap) {
        let Bounds { floor, cap } = bounds[index];
        return Err(BoundsError::FloorAboveCap { index, floor, cap });
    }
    let all: Vec<usize> = (0..bounds.len()).collect();
    let floors = limit_sum(&all, bounds, Bounds::has_floor, |b| b.floor);
    let caps = limit_sum(&all, bounds, Bounds::has_cap, |b| b.cap);
    match (floors, caps) {
        (Some(floors), _) if floors > i128::from(total) => {
            let clashing = clashing_floors(total, bounds);
            Err(BoundsError::BelowFloors {
                total,
                floors,
                caps,
                clashing,
            })
        }
        (_, Some(caps)) if caps < i128::from(total) => Err(BoundsError::AboveCaps {
            total,
            floors,
            caps,
            clashing: all,
        }),
        _ => Ok(()),
    }
}

/// The fewest floors that alone exceed the total while nobody else goes below zero: the largest
/// ones, as many as it takes. Where negative floors are to blame, all of them are needed.
fn clashing_floors(total: i64, bounds: &[Bounds]) -> Vec<usize> {
    let mut sum: i128 = bounds.iter().map(|b| i128::from(b.floor.min(0))).sum();
    if sum > i128::from(total) {
        return (0..bounds.len()).collect();
    }
    let mut order: Vec<usize> = (0..bounds.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(bounds[i].floor), i));
    let mut clashing = Vec::new();
    for i in order {
        clashing.push(i);
        sum += i128::from(bounds[i].floor.max(0));
        if sum > i128::from(total) {
            break;
        }
    }
    clashing.sort_unstable();
    clashing
}

/// A value of λ where a member meets one of its limits: `limit / weight`.
#[derive(Clone, Copy)]
struct Bend {
    limit: i64,
    weight: u64,
}

impl Bend {
    /// |limit| ≤ 2^63 and weight < 2^64, so the cross products stay within 127 bits.
    fn compare(&self, other: &Bend) -> Ordering {
        let left = i128::from(self.limit) * i128::from(other.weight);
        let right = i128::from(other.limit) * i128::from(self.weight);
        left.cmp(&right)
    }
}

/// Where the parts of a group stand at one λ.
struct Level {
    /// The sum of the limits that bind.
    bound: i128,
    /// The weight of the members whose limits do not.
    free: u128,
}

/// Fills members of positive weight up to a feasible sum.
fn fill(
    sum: i128,
    members: &[usize],
    weights: &[u64],
    bounds: &[Bounds],
    out: &mut [i64],
) -> Result<(), BoundsError> {
    let bends = bends(members, weights, bounds);
    let reached = |bend: &Bend| reaches(&level_at(bend, members, weights, bounds), bend, sum);
    // λ lies at or behind the last bend whose sum does not pass the one wanted.
    let behind = bends.partition_point(|bend| reached(bend) != Ordering::Greater);
    let last = behind.checked_sub(1).map(|at| bends[at]);
    let mut free = Vec::new();
    let mut rest = sum;
    for &i in members {
        match side(last.as_ref(), weights[i], &bounds[i]) {
            Side::Floor => out[i] = bounds[i].floor,
            Side::Cap => out[i] = bounds[i].cap,
            Side::Free => {
                free.push(i);
                continue;
            }
        }
        rest -= i128::from(out[i]);
    }
    if free.is_empty() {
        assert_eq!(rest, 0, "a feasible sum is met by the limits alone");
        return Ok(());
    }
    let rest = i64::try_from(rest).map_err(|_| BoundsError::OutOfRange { rest })?;
    let shared: Vec<u64> = free.iter().map(|&i| weights[i]).collect();
    let mut parts = vec![0; free.len()];
    allocate_u64(rest, &shared, Policy::LargestRemainder, &mut parts);
    for (&i, part) in free.iter().zip(parts) {
        out[i] = part;
    }
    Ok(())
}

/// Every λ where a member of the group meets a limit, in order.
fn bends(members: &[usize], weights: &[u64], bounds: &[Bounds]) -> Vec<Bend> {
    let mut bends = Vec::with_capacity(2 * members.len());
    for &i in members {
        let Bounds { floor, cap } = bounds[i];
        let at = |limit: i64| Bend {
            limit,
            weight: weights[i],
        };
        bends.extend(bounds[i].has_floor().then(|| at(floor)));
        bends.extend(bounds[i].has_cap().then(|| at(cap)));
    }
    bends.sort_unstable_by(Bend::compare);
    bends
}

enum Side {
    Floor,
    Cap,
    Free,
}

/// On which side of its limits a member is, just behind a bend (before all bends for none).
fn side(bend: Option<&Bend>, weight: u64, bounds: &Bounds) -> Side {
    let passed = |limit: i64| {
        bend.is_some_and(|bend| Bend { limit, weight }.compare(bend) != Ordering::Greater)
    };
    if bounds.has_floor() && !passed(bounds.floor) {
        Side::Floor
    } else if bounds.has_cap() && passed(bounds.cap) {
        Side::Cap
    } else {
        Side::Free
    }
}

fn level_at(bend: &Bend, members: &[usize], weights: &[u64], bounds: &[Bounds]) -> Level {
    let mut level = Level { bound: 0, free: 0 };
    for &i in members {
        match side(Some(bend), weights[i], &bounds[i]) {
            Side::Floor => level.bound += i128::from(bounds[i].floor),
            Side::Cap => level.bound += i128::from(bounds[i].cap),
            Side::Free => level.free += u128::from(weights[i]),
        }
    }
    level
}

/// Compares a level's sum, `bound + free × limit ÷ weight`, with the one wanted.
fn reaches(level: &Level, bend: &Bend, wanted: i128) -> Ordering {
    let missing = wanted - level.bound;
    let small = i128::try_from(level.free)
        .ok()
        .and_then(|free| free.checked_mul(i128::from(bend.limit)))
        .zip(missing.checked_mul(i128::from(bend.weight)));
    match small {
        Some((have, want)) => have.cmp(&want),
        None => {
            let have = BigInt::from(level.free) * bend.limit;
            have.cmp(&(BigInt::from(missing) * bend.weight))
        }
    }
}
