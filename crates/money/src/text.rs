//! The whole job of one allocation on texts: step, total, weights and policy in, parts out.
//! Knows no JSON and no command line.

use std::fmt;

use fenjie_message::{Lang, Message};

use crate::decimal::{self, Mantissa};
use crate::{
    AmountError, Policy, PolicyError, Step, Weights, WeightsError, ZeroBasis, allocate,
    allocate_stepped, amount,
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
/// let done = fenjie_money::allocate_text("100.00", &["1", "1", "1"], "largest_remainder", "0.01")?;
/// assert_eq!(done.parts, ["33.34", "33.33", "33.33"]);
/// let coarse = fenjie_money::allocate_text("1,050元", &["1", "1"], "last", "100")?;
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
    let step = Step::parse(step).map_err(AllocateError::Step)?;
    let policy = Policy::parse(policy).map_err(AllocateError::Policy)?;
    let (fine, coarse, count) = read_total(total, &step)?;
    let weights = Weights::parse(weights).map_err(AllocateError::Weights)?;
    let (weights, became_equal) = weights
        .with_zero_basis(ZeroBasis::Equal)
        .map_err(AllocateError::Weights)?;
    check_member(policy, &weights)?;
    if coarse == 1 {
        let parts = allocate(count, &weights, policy);
        let parts = parts.iter().map(|&part| fine.format(part)).collect();
        return Ok(TextAllocation {
            parts,
            rest: None,
            became_equal,
        });
    }
    let stepped = allocate_stepped(count, &weights, policy, coarse);
    let parts = stepped
        .parts
        .iter()
        .map(|&part| fine.format(part))
        .collect();
    let rest = stepped.rest_member.map(|member| Rest {
        member,
        amount: fine.format(stepped.rest),
    });
    Ok(TextAllocation {
        parts,
        rest,
        became_equal,
    })
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

fn check_member(policy: Policy, weights: &Weights) -> Result<(), AllocateError> {
    let Policy::Member(index) = policy else {
        return Ok(());
    };
    let members = weights.len();
    let zero =
        || matches!(decimal::read(&weights.text(index)), Ok(n) if n.mantissa == Mantissa::Small(0));
    if index >= members || zero() {
        return Err(AllocateError::Member { index, members });
    }
    Ok(())
}

/// Why an allocation of texts was refused, in order of precedence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AllocateError {
    /// The step is none.
    Step(AmountError),
    /// The policy is unknown.
    Policy(PolicyError),
    /// The total is no amount, or out of range.
    Total(AmountError),
    /// The weights are none.
    Weights(WeightsError),
    /// The policy names a member who does not exist or has no weight.
    Member {
        /// The member named.
        index: usize,
        /// How many members there are.
        members: usize,
    },
}

impl Message for AllocateError {
    fn code(&self) -> &'static str {
        match self {
            AllocateError::Step(_) => "step_invalid",
            AllocateError::Policy(_) => "policy_unknown",
            AllocateError::Total(AmountError::OutOfRange { .. }) => "total_out_of_range",
            AllocateError::Total(_) => "total_invalid",
            AllocateError::Weights(reason) => reason.code(),
            AllocateError::Member { .. } => "policy_member_invalid",
        }
    }

    fn text(&self, lang: Lang) -> String {
        match (self, lang) {
            (AllocateError::Step(reason), _) => reason.text(lang),
            (AllocateError::Policy(reason), _) => reason.text(lang),
            (AllocateError::Total(reason), Lang::Zh) => format!("总额：{}", reason.text(lang)),
            (AllocateError::Total(reason), Lang::En) => format!("total: {}", reason.text(lang)),
            (AllocateError::Weights(reason), _) => reason.text(lang),
            (AllocateError::Member { index, members }, Lang::Zh) if index < members => {
                format!("尾差规则指定的成员 {index} 权重为零，零权重不分得任何金额")
            }
            (AllocateError::Member { index, members }, Lang::En) if index < members => {
                format!(
                    "the policy names member {index}, whose weight is zero and who gets nothing"
                )
            }
            (AllocateError::Member { index, members }, Lang::Zh) => {
                format!("尾差规则指定的成员 {index} 不存在，共有 {members} 个成员")
            }
            (AllocateError::Member { index, members }, Lang::En) => {
                format!("the policy names member {index}, but there are {members} members")
            }
        }
    }

    fn hint(&self, lang: Lang) -> Option<String> {
        match self {
            AllocateError::Step(reason) | AllocateError::Total(reason) => reason.hint(lang),
            AllocateError::Policy(reason) => reason.hint(lang),
            AllocateError::Weights(reason) => reason.hint(lang),
            AllocateError::Member { .. } => Some(
                lang.pick("成员从 0 开始数", "members are counted from 0")
                    .into(),
            ),
        }
    }
}

impl fmt::Display for AllocateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&fenjie_message::english(self))
    }
}

impl std::error::Error for AllocateError {}
