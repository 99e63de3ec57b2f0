//! What the command line says of the rule by which shortfalls are carried. Computes nothing.

use clap::{Args, ValueEnum};
use fenjie_facts::closing::{self, RuleAsked};
pub use fenjie_facts::closing::{periods_at, time};
use fenjie_plan::{CarryRule, CarryShare, Decimal, Plan};

use crate::failure::Failure;
use crate::open::Opened;

/// What the command line says of the rule.
#[derive(Args, Clone, Debug, Default)]
pub struct RuleArgs {
    /// Whose shortfall: 'region', 'org.store'
    /// [default: the last carry's, the plan file's `[carry]`, else the finest of the first axis]
    #[arg(long, value_name = "GRAIN")]
    pub of: Option<String>,
    /// The level that is closed and carried: piece, month [default: as `--of`, else week pieces]
    #[arg(long, value_name = "LEVEL")]
    pub level: Option<String>,
    /// Inside which period it is made good: month, quarter, year [default: as `--of`, else month]
    #[arg(long, value_name = "LEVEL")]
    pub horizon: Option<String>,
    /// How it is shared: weights by the calendar, base by the targets, equal, next [default: weights]
    #[arg(long, value_name = "HOW")]
    pub share: Option<Share>,
    /// The most a period takes, of its base target: 20% [default: no limit]
    #[arg(long, value_name = "RATE")]
    pub cap: Option<String>,
}

/// How a shortfall is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Share {
    Weights,
    Base,
    Equal,
    Next,
}

impl From<Share> for CarryShare {
    fn from(share: Share) -> CarryShare {
        match share {
            Share::Weights => CarryShare::Weights,
            Share::Base => CarryShare::Base,
            Share::Equal => CarryShare::Equal,
            Share::Next => CarryShare::Next,
        }
    }
}

/// The rule in force, with the command line's words first.
///
/// # Errors
/// A level that the plan's time does not have; a rate that is no number.
pub fn rule(
    args: &RuleArgs,
    opened: &Opened,
    plan: &Plan,
    measure: usize,
) -> Result<CarryRule, Failure> {
    let cap = args.cap.as_deref().map(Decimal::parse).transpose()?;
    let asked = RuleAsked {
        of: args.of.clone(),
        level: args.level.clone(),
        horizon: args.horizon.clone(),
        share: args.share.map(CarryShare::from),
        cap,
    };
    Ok(closing::rule(&asked, &opened.loaded.carry, plan, measure)?)
}
