//! What closed periods fell short of, carried to the later ones of a row (rules J1–J4, ADR 0014). Knows
//! one row of one horizon at a time; nothing of calendars and members.

use crate::share::{Scratch, share};
use crate::{Bounds, Policy, allocate_bounded};

/// How a shortfall is shared over the later periods (rule J1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CarryBy {
    /// By the periods' weights.
    Weights,
    /// By the periods' base targets.
    Base,
    /// Equally.
    Equal,
    /// All of it to the next period; beyond its cap to the one after it.
    Next,
}

/// A period that was closed: what it had to reach and what it left open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarryClose {
    /// Which period of the row.
    pub period: usize,
    /// What it had been given beyond its base.
    pub carried: i64,
    /// Of what was sold, what counts: at most base + carried.
    pub counted: i64,
    /// Open after it.
    pub open: i64,
    /// Of what it fell short of, what stays with it because no later period takes it.
    pub kept: i64,
}

/// What a row leaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CarryRest {
    /// Not made good yet; what is unrecovered is part of it.
    pub open: i64,
    /// Of it, what no period takes: none is left, or all are at their cap (rule J4).
    pub unrecovered: i64,
}

/// Carries rows of periods. Periods of weight zero (nobody is there, the shop is shut) take nothing.
///
/// Closed periods are gone through in time order. Of what one sold, at most base + what it had been
/// given counts. Where it sold less than that, all that is open and not with an unclosed period
/// before it is shared anew over the periods after it; where it sold as much or more, the later
/// parts stay as they are, to the step (rules J2, J3).
#[derive(Clone, Debug)]
pub struct Carry {
    by: CarryBy,
    /// The most a period may take of its base: numerator and denominator.
    cap: Option<(u64, u64)>,
    weights: Vec<u64>,
    /// Sums of the weights from each period to the end, and zero.
    behind: Vec<u64>,
    caps: Vec<i64>,
    scratch: Scratch,
}

/// An amount that left the range of 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarryOverflow;

impl Carry {
    /// For rows over periods of these weights. `cap` is the most that a period may take as a rate of
    /// its base, as numerator and denominator, rounded down to a step; none for no cap.
    ///
    /// # Panics
    /// Where the weights sum beyond 63 bits, or the cap's denominator is zero.
    ///
    /// ```
    /// use fenjie_money::kernel::{Carry, CarryBy};
    /// let mut carry = Carry::new(&[1, 1, 1, 1], CarryBy::Weights, None);
    /// let mut parts = [0; 4];
    /// let (base, sold) = ([25, 25, 25, 25], [20, 24, 0, 0]);
    /// carry.row(&base, &sold, &[true, true, false, false], &mut parts).unwrap();
    /// assert_eq!(parts, [-5, -1, 3, 3]);
    /// ```
    pub fn new(weights: &[u64], by: CarryBy, cap: Option<(u64, u64)>) -> Carry {
        assert!(
            cap.is_none_or(|(_, of)| of > 0),
            "a rate has a denominator above zero"
        );
        let weights: Vec<u64> = match by {
            CarryBy::Weights => weights.to_vec(),
            _ => weights
                .iter()
                .map(|&weight| u64::from(weight > 0))
                .collect(),
        };
        let mut carry = Carry {
            by,
            cap,
            behind: Vec::new(),
            caps: Vec::new(),
            weights,
            scratch: Scratch::default(),
        };
        carry.add_up();
        carry
    }

    fn add_up(&mut self) {
        self.behind.clear();
        self.behind.resize(self.weights.len() + 1, 0);
        for at in (0..self.weights.len()).rev() {
            let sum = self.behind[at + 1].checked_add(self.weights[at]);
            self.behind[at] = sum
                .filter(|sum| *sum < 1 << 63)
                .expect("weights sum within 63 bits");
        }
    }

    /// One row: `parts` gets what is carried to each period, signed, and sums to zero. Closed periods
    /// give what they fell short of (or keep what they made good), later ones take; what no later
    /// period takes stays with the last periods that fell short (rule J4).
    ///
    /// # Errors
    /// Where base and sold lead beyond 64 bits.
    ///
    /// # Panics
    /// Where the slices differ in length from the weights, or a base is negative where it weighs.
    ///
    /// ```
    /// use fenjie_money::kernel::{Carry, CarryBy};
    /// let mut carry = Carry::new(&[1, 1], CarryBy::Equal, Some((1, 5)));
    /// let mut parts = [0; 2];
    /// let rest = carry.row(&[25, 25], &[15, 0], &[true, false], &mut parts).unwrap();
    /// assert_eq!((parts, rest.open, rest.unrecovered), ([-5, 5], 10, 5));
    /// ```
    pub fn row(
        &mut self,
        base: &[i64],
        sold: &[i64],
        closed: &[bool],
        parts: &mut [i64],
    ) -> Result<CarryRest, CarryOverflow> {
        self.go(base, sold, closed, parts, None)
    }

    /// One row with what happened at every close.
    ///
    /// # Errors
    /// As [`Carry::row`].
    ///
    /// ```
    /// use fenjie_money::kernel::{Carry, CarryBy};
    /// let mut carry = Carry::new(&[1, 1, 1, 1], CarryBy::Weights, None);
    /// let (base, sold, closed) = ([25; 4], [20, 30, 0, 0], [true, true, false, false]);
    /// let (parts, closes, _) = carry.row_by_row(&base, &sold, &closed).unwrap();
    /// // 5 missing: 2 2 1. The second week is given 2 and sells 30 of 27: the others stay.
    /// assert_eq!(parts, [-5, 2, 2, 1]);
    /// assert_eq!((closes[1].carried, closes[1].counted, closes[1].open), (2, 27, 3));
    /// ```
    pub fn row_by_row(
        &mut self,
        base: &[i64],
        sold: &[i64],
        closed: &[bool],
    ) -> Result<(Vec<i64>, Vec<CarryClose>, CarryRest), CarryOverflow> {
        let mut parts = vec![0; base.len()];
        let mut closes = Vec::new();
        let rest = self.go(base, sold, closed, &mut parts, Some(&mut closes))?;
        Ok((parts, closes, rest))
    }

    /// Many rows one after the other, each as long as the weights; all have closed the same periods.
    ///
    /// # Errors
    /// As [`Carry::row`].
    ///
    /// ```
    /// use fenjie_money::kernel::{Carry, CarryBy};
    /// let mut carry = Carry::new(&[1, 1], CarryBy::Weights, None);
    /// let mut parts = [0; 4];
    /// carry.rows(&[9, 9, 7, 7], &[5, 0, 8, 0], &[true, false], &mut parts).unwrap();
    /// assert_eq!(parts, [-4, 4, 0, 0]);
    /// ```
    pub fn rows(
        &mut self,
        base: &[i64],
        sold: &[i64],
        closed: &[bool],
        parts: &mut [i64],
    ) -> Result<CarryRest, CarryOverflow> {
        let width = self.weights.len().max(1);
        let mut all = CarryRest::default();
        let rows = base.chunks_exact(width).zip(sold.chunks_exact(width));
        for ((base, sold), parts) in rows.zip(parts.chunks_exact_mut(width)) {
            let rest = self.go(base, sold, closed, parts, None)?;
            all.open = all.open.checked_add(rest.open).ok_or(CarryOverflow)?;
            all.unrecovered = all
                .unrecovered
                .checked_add(rest.unrecovered)
                .ok_or(CarryOverflow)?;
        }
        Ok(all)
    }

    fn go(
        &mut self,
        base: &[i64],
        sold: &[i64],
        closed: &[bool],
        parts: &mut [i64],
        mut closes: Option<&mut Vec<CarryClose>>,
    ) -> Result<CarryRest, CarryOverflow> {
        let count = self.weights.len();
        assert!(
            [base.len(), sold.len(), closed.len(), parts.len()] == [count; 4],
            "one weight per period"
        );
        let Some(last) = closed.iter().rposition(|closed| *closed) else {
            parts.fill(0);
            return Ok(CarryRest::default());
        };
        self.prepare(base);
        parts.fill(0);
        let mut open = 0i64;
        // With unclosed periods before the one at hand.
        let mut waiting = 0i64;
        // A shortfall whose parts over the periods from here on are not written yet.
        let mut due: Option<(usize, i64)> = None;
        // The last period that fell short of what it was asked for, and by how much where known.
        let mut short: Option<(usize, i64)> = None;
        for at in 0..=last {
            if !closed[at] {
                self.write(due.take(), parts);
                waiting = sum(waiting, parts[at])?;
                continue;
            }
            let lacking = base[at].checked_sub(sold[at]).ok_or(CarryOverflow)?;
            if closes.is_none()
                && at != last
                && let Some((_, amount)) = due
                && self.surely_misses(at, amount, lacking)
            {
                open = sum(open, lacking)?;
                parts[at] = lacking.checked_neg().ok_or(CarryOverflow)?;
                due = Some((at + 1, open - waiting));
                short = None;
                continue;
            }
            self.write(due.take(), parts);
            let carried = parts[at];
            let target = sum(base[at], carried)?;
            let counted = sold[at].min(target);
            let net = counted.checked_sub(base[at]).ok_or(CarryOverflow)?;
            open = open.checked_sub(net).ok_or(CarryOverflow)?;
            parts[at] = net;
            if sold[at] < target {
                due = Some((at + 1, open - waiting));
                short = Some((at, target - counted));
            }
            if let Some(closes) = closes.as_deref_mut() {
                closes.push(CarryClose {
                    period: at,
                    carried,
                    counted,
                    open,
                    kept: 0,
                });
            }
        }
        self.write(due.take(), parts);
        let later: i64 = parts[last + 1..].iter().sum();
        let unrecovered = open - waiting - later;
        match (closes, short) {
            _ if unrecovered == 0 => {}
            (Some(closes), _) => keep(unrecovered, base, parts, closes),
            (None, Some((at, lacking))) if lacking >= unrecovered => parts[at] += unrecovered,
            (None, _) => return self.go(base, sold, closed, parts, Some(&mut Vec::new())),
        }
        Ok(CarryRest { open, unrecovered })
    }

    /// What depends on the row's base: caps, and weights where these are the base.
    fn prepare(&mut self, base: &[i64]) {
        if self.by == CarryBy::Base {
            let weigh = |base: &i64| u64::try_from(*base).expect("a base target is not negative");
            self.weights.clear();
            self.weights.extend(base.iter().map(weigh));
            self.add_up();
        }
        if let Some((rate, of)) = self.cap {
            let most = |(base, weight): (&i64, &u64)| match weight {
                0 => 0,
                _ => {
                    let base = u128::from(base.unsigned_abs());
                    let most = base * u128::from(rate) / u128::from(of);
                    i64::try_from(most).unwrap_or(i64::MAX)
                }
            };
            self.caps.clear();
            self.caps.extend(base.iter().zip(&self.weights).map(most));
        }
    }

    /// Whether a period surely sells less than its base and its part of an amount shared over it and
    /// the periods after it, whatever the left-over steps do: then the part need not be known. A
    /// part is at least its exact share rounded down; with caps only that it is not negative is used.
    fn surely_misses(&self, at: usize, amount: i64, lacking: i64) -> bool {
        if lacking > 0 || self.by == CarryBy::Next || self.cap.is_some() {
            return lacking > 0;
        }
        // sold < base + ⌊amount × weight ÷ sum⌋, without dividing.
        let beyond = 1 - i128::from(lacking);
        let (weight, sum) = (self.weights[at], self.behind[at]);
        sum > 0 && beyond * i128::from(sum) <= i128::from(amount) * i128::from(weight)
    }

    /// Writes the parts of a shortfall over the periods from one on.
    fn write(&mut self, due: Option<(usize, i64)>, parts: &mut [i64]) {
        let Some((from, amount)) = due else { return };
        let parts = &mut parts[from..];
        let weights = &self.weights[from..];
        if self.behind[from] == 0 {
            return parts.fill(0);
        }
        if self.by == CarryBy::Next {
            let mut left = amount;
            for (at, part) in parts.iter_mut().enumerate() {
                let most = match self.cap {
                    _ if weights[at] == 0 => 0,
                    Some(_) => self.caps[from + at],
                    None => left,
                };
                *part = left.min(most);
                left -= *part;
            }
            return;
        }
        if self.cap.is_some() && self.caps_bind(from, amount) {
            return write_within(amount, weights, &self.caps[from..], parts);
        }
        let amount = u64::try_from(amount).expect("a shortfall is not negative");
        let policy = Policy::LargestRemainder;
        share(amount, weights, policy, parts, &mut self.scratch);
    }

    /// Whether any exact share passes its cap.
    fn caps_bind(&self, from: usize, amount: i64) -> bool {
        let (amount, sum) = (i128::from(amount), i128::from(self.behind[from]));
        let passes =
            |(weight, cap): (&u64, &i64)| amount * i128::from(*weight) > i128::from(*cap) * sum;
        let pairs = self.weights[from..].iter().zip(&self.caps[from..]);
        pairs.into_iter().any(passes)
    }
}

/// Shares what the caps let through.
fn write_within(amount: i64, weights: &[u64], caps: &[i64], parts: &mut [i64]) {
    let room: i128 = caps.iter().map(|cap| i128::from(*cap)).sum();
    let taken = i64::try_from(room).map_or(amount, |room| room.min(amount));
    let bounds: Vec<Bounds> = caps.iter().map(|&cap| Bounds { floor: 0, cap }).collect();
    allocate_bounded(taken, weights, &bounds, parts).expect("the caps have room for it");
}

fn sum(a: i64, b: i64) -> Result<i64, CarryOverflow> {
    a.checked_add(b).ok_or(CarryOverflow)
}

/// What no later period takes stays with the last periods that fell short, each at most what it
/// lacked of its working target.
fn keep(unrecovered: i64, base: &[i64], parts: &mut [i64], closes: &mut [CarryClose]) {
    let mut left = unrecovered;
    for close in closes.iter_mut().rev() {
        let lacking = base[close.period] + close.carried - close.counted;
        close.kept = left.min(lacking);
        parts[close.period] += close.kept;
        left -= close.kept;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Weights, allocate};

    /// Rules J1–J4 and ADR 0014 as they stand there, one period after the other.
    fn by_definition(
        (weights, by, cap): (&[u64], CarryBy, Option<(u64, u64)>),
        base: &[i64],
        sold: &[i64],
        closed: &[bool],
    ) -> (Vec<i64>, CarryRest) {
        let mut carried = vec![0i64; base.len()];
        let mut layer = vec![0i64; base.len()];
        let mut lacking = Vec::new();
        let mut open = 0;
        for at in 0..base.len() {
            if !closed[at] {
                layer[at] = carried[at];
                continue;
            }
            let missed = sold[at] < base[at] + carried[at];
            let counted = sold[at].min(base[at] + carried[at]);
            open += base[at] - counted;
            layer[at] = counted - base[at];
            lacking.push((at, base[at] + carried[at] - counted));
            if !missed {
                continue;
            }
            let unclosed_before = (0..at).filter(|before| !closed[*before]);
            let with_them: i64 = unclosed_before.map(|before| carried[before]).sum();
            let mut left = open - with_them;
            let later = at + 1..base.len();
            let weight = |at: usize| match by {
                CarryBy::Base => base[at] as u64,
                CarryBy::Weights => weights[at],
                CarryBy::Equal | CarryBy::Next => u64::from(weights[at] > 0),
            };
            let most = |at: usize| match cap {
                _ if weight(at) == 0 => 0,
                Some((rate, of)) => (base[at] as u128 * u128::from(rate) / u128::from(of)) as i64,
                None => i64::MAX,
            };
            if by == CarryBy::Next {
                for at in later {
                    carried[at] = left.min(most(at));
                    left -= carried[at];
                }
                continue;
            }
            let room: i128 = later.clone().map(|at| i128::from(most(at))).sum();
            let taken = i128::from(left).min(room) as i64;
            let weigh: Vec<u64> = later.clone().map(weight).collect();
            let bounds: Vec<Bounds> = later
                .clone()
                .map(|at| Bounds {
                    floor: 0,
                    cap: most(at),
                })
                .collect();
            let parts = &mut carried[at + 1..];
            if cap.is_some() {
                if !parts.is_empty() {
                    allocate_bounded(taken, &weigh, &bounds, parts).unwrap();
                }
            } else if weigh.iter().any(|weight| *weight > 0) {
                let weights = Weights::from_u64(weigh);
                parts.copy_from_slice(&allocate(taken, &weights, Policy::LargestRemainder));
            } else {
                parts.fill(0);
            }
        }
        let standing: i64 = (0..base.len())
            .filter(|at| !closed[*at])
            .map(|at| carried[at])
            .sum();
        let unrecovered = open - standing;
        let mut left = unrecovered;
        for (at, lacking) in lacking.into_iter().rev() {
            let kept = left.min(lacking);
            layer[at] += kept;
            left -= kept;
        }
        assert_eq!(left, 0, "whoever lacks something keeps it");
        (layer, CarryRest { open, unrecovered })
    }

    /// Weight, base, sold, closed.
    type Period = (u64, i64, i64, bool);

    fn rows() -> impl Strategy<Value = (Vec<Period>, usize, Option<(u64, u64)>)> {
        let period = (0u64..9, 0i64..60, -20i64..90, any::<bool>());
        let cap = prop_oneof![Just(None), (0u64..8).prop_map(|rate| Some((rate, 10)))];
        (prop::collection::vec(period, 1..9), 0usize..4, cap)
    }

    const ALL: [CarryBy; 4] = [
        CarryBy::Weights,
        CarryBy::Base,
        CarryBy::Equal,
        CarryBy::Next,
    ];

    proptest! {
        #[test]
        fn the_kernel_is_the_definition((periods, by, cap) in rows()) {
            let weights: Vec<u64> = periods.iter().map(|period| period.0).collect();
            let base: Vec<i64> = periods.iter().map(|period| period.1).collect();
            let sold: Vec<i64> = periods.iter().map(|period| period.2).collect();
            let closed: Vec<bool> = periods.iter().map(|period| period.3).collect();
            let mut carry = Carry::new(&weights, ALL[by], cap);
            let mut parts = vec![7; base.len()];
            let rest = carry.row(&base, &sold, &closed, &mut parts).unwrap();
            let wanted = by_definition((&weights, ALL[by], cap), &base, &sold, &closed);
            prop_assert_eq!((parts.clone(), rest), wanted);
            let (told, closes, rest_told) = carry.row_by_row(&base, &sold, &closed).unwrap();
            prop_assert_eq!((&told, rest_told), (&parts, rest));
            prop_assert_eq!(closes.len(), closed.iter().filter(|closed| **closed).count());
            // Everything given is taken: the sum of the row's targets stays (rule J4).
            prop_assert_eq!(parts.iter().sum::<i64>(), 0);
            prop_assert_eq!(closes.iter().map(|close| close.kept).sum::<i64>(), rest.unrecovered);
            prop_assert!(rest.open >= rest.unrecovered && rest.unrecovered >= 0);
        }
    }

    /// 25 a week; each line: sold, what the layer then is, and what is left.
    #[test]
    fn a_month_of_four_weeks_reads_as_the_brief_says() {
        let table: [(&[i64], [i64; 4], i64); 6] = [
            (&[], [0, 0, 0, 0], 0),
            (&[20], [-5, 2, 2, 1], 0),
            (&[20, 24], [-5, -1, 3, 3], 0),
            (&[20, 24, 40], [-5, -1, 3, 3], 0),
            (&[20, 24, 28, 20], [-5, -1, 3, 3], 8),
            (&[30, 40, 25, 25], [0, 0, 0, 0], 0),
        ];
        for (sold, wanted, unrecovered) in table {
            let closed: Vec<bool> = (0..4).map(|at| at < sold.len()).collect();
            let sold: Vec<i64> = (0..4)
                .map(|at| sold.get(at).copied().unwrap_or(0))
                .collect();
            let mut carry = Carry::new(&[85, 85, 85, 85], CarryBy::Weights, None);
            let mut parts = [0; 4];
            let rest = carry.row(&[25; 4], &sold, &closed, &mut parts).unwrap();
            assert_eq!((parts, rest.unrecovered), (wanted, unrecovered), "{sold:?}");
        }
    }

    #[test]
    fn amounts_beyond_64_bits_are_refused_not_wrapped() {
        let mut carry = Carry::new(&[1, 1], CarryBy::Weights, None);
        let row = carry.row(&[i64::MAX, 0], &[-1, 0], &[true, false], &mut [0; 2]);
        assert_eq!(row, Err(CarryOverflow));
    }
}
