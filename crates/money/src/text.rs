//! The whole job of one allocation on texts: step, total, weights and policy in, parts out.
//! Knows no JSON and no command line.

mod error;

pub use error::AllocateError;

use crate::{
    AmountError, Policy, Scratch, Step, Weights, ZeroBasis, allocate, allocate_stepped,
    allocate_with, amount, decimal,
};

/// Parts of an allocation as decimal texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextAllocation {
    /// One plain decimal per weight, with the step's decimals, or the total's where it has more.
    pub parts: Vec<String>,
    /// What did not fill a step, and who got it (rule A7).
    pub rest: Option<Rest>,
    /// Whether all weights were zero and became equal (rule A5), which calls for a warning.
    pub became_equal: bool,
}

/// What did not fill a step; it is inside the member's part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rest {
    /// The member, counted from 0.
    pub member: usize,
    /// The amount, a plain decimal.
    pub amount: String,
}

/// Allocates texts exactly: all of rules A1–A7, as `fenjie allocate` does. All-zero weights mean
/// equal shares. A total that is no multiple of the step leaves a rest (rule A7).
///
/// # Errors
/// [`AllocateError`], with a stable code for each reason.
///
/// ```
/// use fenjie_money::allocate_text;
/// let done = allocate_text("100.00", &["1", "1", "1"], "largest_remainder", "0.01")?;
/// assert_eq!(done.parts, ["33.34", "33.33", "33.33"]);
/// let coarse = allocate_text("1,050元", &["1", "1"], "last", "100")?;
/// assert_eq!(coarse.parts, ["500", "550"]);
/// assert_eq!(coarse.rest.unwrap().amount, "50");
/// # Ok::<(), fenjie_money::AllocateError>(())
/// ```
pub fn allocate_text<S: AsRef<str>>(
    total: &str,
    weights: &[S],
    policy: &str,
    step: &str,
) -> Result<TextAllocation, AllocateError> {
    let mut allocator = TextAllocator::default();
    let done = allocator.allocate(total, weights, policy, step)?;
    let parts = done
        .counts()
        .iter()
        .map(|&part| done.step().format(part))
        .collect();
    Ok(TextAllocation {
        parts,
        rest: done.rest(),
        became_equal: done.became_equal(),
    })
}

/// [`allocate_text`] for a stream of them: it keeps its buffers, so that plain totals and weights
/// cost no heap traffic.
///
/// ```
/// let mut allocator = fenjie_money::TextAllocator::default();
/// let mut line = String::new();
/// for total in ["100.00", "0.05"] {
///     let done = allocator.allocate(total, &["1", "1", "1"], "first", "0.01")?;
///     for part in 0..done.counts().len() {
///         done.write_part(part, &mut line);
///         line.push(' ');
///     }
/// }
/// assert_eq!(line, "33.34 33.33 33.33 0.03 0.01 0.01 ");
/// # Ok::<(), fenjie_money::AllocateError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TextAllocator {
    /// The step read last, because a stream mostly has one.
    step: Option<(String, Step)>,
    weights: Vec<u64>,
    places: Vec<u32>,
    parts: Vec<i64>,
    scratch: Scratch,
}

/// Parts of an allocation inside the buffers of a [`TextAllocator`].
#[derive(Clone, Copy, Debug)]
pub struct TextParts<'a> {
    counts: &'a [i64],
    step: Step,
    rest: Option<(usize, i64)>,
    became_equal: bool,
}

impl TextParts<'_> {
    /// Each member's part, in counts of [`TextParts::step`].
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// let done = allocator.allocate("7", &["1", "3"], "largest_remainder", "1").unwrap();
    /// assert_eq!(done.counts(), [2, 5]);
    /// ```
    pub fn counts(&self) -> &[i64] {
        self.counts
    }

    /// The step parts are written in: the one asked for, or a finer one where the total needs it.
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// let done = allocator.allocate("7.5", &["1", "3"], "largest_remainder", "1").unwrap();
    /// assert_eq!(done.step(), fenjie_money::Step::parse("0.1").unwrap());
    /// ```
    pub fn step(&self) -> Step {
        self.step
    }

    /// Appends one part as a plain decimal.
    ///
    /// # Panics
    /// Where there is no such member.
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// let mut text = String::new();
    /// allocator.allocate("7", &["1"], "first", "0.01").unwrap().write_part(0, &mut text);
    /// assert_eq!(text, "7.00");
    /// ```
    pub fn write_part(&self, member: usize, text: &mut String) {
        self.step.format_into(self.counts[member], text);
    }

    /// What did not fill a step, and who got it (rule A7).
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// let done = allocator.allocate("7.5", &["1", "3"], "last", "1").unwrap();
    /// assert_eq!(done.rest().unwrap().amount, "0.5");
    /// ```
    pub fn rest(&self) -> Option<Rest> {
        self.rest.map(|(member, count)| Rest {
            member,
            amount: self.step.format(count),
        })
    }

    /// Whether all weights were zero and became equal (rule A5).
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// assert!(allocator.allocate("7", &["0", "0"], "first", "1").unwrap().became_equal());
    /// ```
    pub fn became_equal(&self) -> bool {
        self.became_equal
    }
}

impl TextAllocator {
    /// Allocates one set of texts, as [`allocate_text`].
    ///
    /// # Errors
    /// [`AllocateError`], with a stable code for each reason.
    ///
    /// ```
    /// let mut allocator = fenjie_money::TextAllocator::default();
    /// let refused = allocator.allocate("1", &["x"], "first", "1").unwrap_err();
    /// assert!(refused.to_string().starts_with("weights[0] is `x`"));
    /// ```
    pub fn allocate<S: AsRef<str>>(
        &mut self,
        total: &str,
        weights: &[S],
        policy: &str,
        step: &str,
    ) -> Result<TextParts<'_>, AllocateError> {
        let step = self.read_step(step)?;
        let policy = Policy::parse(policy)?;
        let (fine, coarse, count) = read_total(total, &step)?;
        if coarse > 1 || !self.read_plain_weights(weights) {
            return self.allocate_thoroughly(fine, coarse, count, Weights::parse(weights)?, policy);
        }
        check_member(policy, self.weights.len(), |index| self.weights[index] == 0)?;
        let became_equal = self.weights.iter().all(|&weight| weight == 0);
        self.parts.resize(self.weights.len(), 0);
        allocate_with(
            count,
            &self.weights,
            policy,
            &mut self.parts,
            &mut self.scratch,
        );
        Ok(TextParts {
            counts: &self.parts,
            step: fine,
            rest: None,
            became_equal,
        })
    }

    /// Weights of any length, and parts in a coarser step than the total.
    fn allocate_thoroughly(
        &mut self,
        fine: Step,
        coarse: i64,
        count: i64,
        weights: Weights,
        policy: Policy,
    ) -> Result<TextParts<'_>, AllocateError> {
        check_member(policy, weights.len(), |index| weights.is_zero(index))?;
        let (weights, became_equal) = weights.with_zero_basis(ZeroBasis::Equal)?;
        let mut rest = None;
        if coarse == 1 {
            self.parts = allocate(count, &weights, policy);
        } else {
            let stepped = allocate_stepped(count, &weights, policy, coarse);
            rest = stepped.rest_member.map(|member| (member, stepped.rest));
            self.parts = stepped.parts;
        }
        Ok(TextParts {
            counts: &self.parts,
            step: fine,
            rest,
            became_equal,
        })
    }

    fn read_step(&mut self, text: &str) -> Result<Step, AllocateError> {
        if let Some((known, step)) = &self.step
            && known == text
        {
            return Ok(*step);
        }
        let step = Step::parse(text).map_err(AllocateError::Step)?;
        self.step = Some((text.to_string(), step));
        Ok(step)
    }

    /// Reads weights of at most 18 digits that fit 64 bits in a common scale, and says whether
    /// that was all of them. Anything else, errors included, is left to [`Weights::parse`].
    fn read_plain_weights<S: AsRef<str>>(&mut self, texts: &[S]) -> bool {
        self.weights.clear();
        self.places.clear();
        for text in texts {
            let Some((digits, places)) = read_plain(text.as_ref()) else {
                return false;
            };
            self.weights.push(digits);
            self.places.push(places);
        }
        let most = self.places.iter().copied().max();
        if most == Some(0) {
            return true;
        }
        let Some(most) = most else { return false };
        for (weight, places) in self.weights.iter_mut().zip(&self.places) {
            let Some(scaled) = weight.checked_mul(10u64.pow(most - places)) else {
                return false;
            };
            *weight = scaled;
        }
        true
    }
}

/// The digits of `98` or `7.25` and how many of them stand behind the point.
fn read_plain(text: &str) -> Option<(u64, u32)> {
    let bytes = text.as_bytes();
    if bytes.len() > 18 || !bytes.first()?.is_ascii_digit() {
        return None;
    }
    let mut digits = 0u64;
    let mut places = None;
    for &b in bytes {
        match b {
            b'0'..=b'9' => {
                digits = digits * 10 + u64::from(b - b'0');
                places = places.map(|count: u32| count + 1);
            }
            b'.' if places.is_none() => places = Some(0),
            _ => return None,
        }
    }
    Some((digits, places.unwrap_or(0)))
}

/// The step parts are counted in, how many of them one step asked for is, and the total in them.
fn read_total(text: &str, step: &Step) -> Result<(Step, i64, i64), AllocateError> {
    let reason = match step.parse_amount(text) {
        Ok(count) => return Ok((*step, 1, count)),
        Err(AmountError::NotMultiple { .. }) => None,
        Err(reason) => Some(reason),
    };
    if let Some(reason) = reason {
        return Err(AllocateError::Total(reason));
    }
    let out_of_range = || {
        let text = decimal::shorten(text);
        AllocateError::Total(AmountError::OutOfRange {
            text,
            step: step.format(1),
        })
    };
    let (_, number) = amount::read_amount(text).map_err(AllocateError::Total)?;
    let decimals = number.exponent.min(0).unsigned_abs().max(step.decimals());
    let fine = Step::power(decimals).ok_or_else(out_of_range)?;
    let lift = decimal::power_of_ten(decimals - step.decimals());
    let coarse = lift
        .and_then(|lift| i64::try_from(u128::from(step.units()).checked_mul(lift)?).ok())
        .ok_or_else(out_of_range)?;
    let count = fine.parse_amount(text).map_err(AllocateError::Total)?;
    Ok((fine, coarse, count))
}

fn check_member(
    policy: Policy,
    members: usize,
    is_zero: impl Fn(usize) -> bool,
) -> Result<(), AllocateError> {
    match policy {
        Policy::Member(index) if index >= members || is_zero(index) => {
            Err(AllocateError::Member { index, members })
        }
        _ => Ok(()),
    }
}
