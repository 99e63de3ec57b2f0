//! Largest remainder written down as slowly and plainly as it is defined, with big integers.
//! Shares no code with the crate.

use num_bigint::BigInt;

/// Parts by the definition: rules A2–A5, the largest remainder.
pub fn by_definition(total: i64, weights: &[BigInt]) -> Vec<i64> {
    let magnitude = BigInt::from(total).magnitude().clone();
    let magnitude = BigInt::from(magnitude);
    let zero = BigInt::from(0);
    let all_zero = weights.iter().all(|w| *w == zero);
    let weights: Vec<BigInt> = weights
        .iter()
        .map(|w| if all_zero { BigInt::from(1) } else { w.clone() })
        .collect();
    let sum: BigInt = weights.iter().sum();
    let mut parts: Vec<BigInt> = weights.iter().map(|w| &magnitude * w / &sum).collect();
    let mut left = &magnitude - parts.iter().sum::<BigInt>();
    let mut waiting: Vec<(BigInt, usize)> = weights
        .iter()
        .enumerate()
        .map(|(i, w)| (&magnitude * w % &sum, i))
        .collect();
    waiting.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    for (_, i) in waiting {
        if left == zero {
            break;
        }
        parts[i] += 1;
        left -= 1;
    }
    let sign = BigInt::from(if total < 0 { -1 } else { 1 });
    parts
        .iter()
        .map(|part| i64::try_from(part * &sign).expect("a part is no larger than its total"))
        .collect()
}

/// Machine integers as big ones.
pub fn big<T: Into<BigInt> + Copy>(weights: &[T]) -> Vec<BigInt> {
    weights.iter().map(|&w| w.into()).collect()
}
