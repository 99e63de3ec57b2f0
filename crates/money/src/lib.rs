//! Amounts, weights and exact allocation. Knows nothing of plans, calendars or files.
//!
//! An amount is an `i64` count of a [`Step`] (rule A1); parts always sum to their amount. The
//! plain definition lives in `definition` with big integers; all that is faster is tested against
//! it.
//!
//! ```
//! use fenjie_money::{Policy, Step, Weights, allocate};
//! let cent = Step::cent();
//! let year = cent.parse_amount("1,000万")?;
//! let months = allocate(year, &Weights::equal(12), Policy::LargestRemainder);
//! assert_eq!(cent.format(months[0]), "833333.34");
//! assert_eq!(months.iter().sum::<i64>(), year);
//! # Ok::<(), fenjie_money::AmountError>(())
//! ```

#![cfg_attr(not(test), deny(clippy::float_arithmetic))]

mod allocate;
mod amount;
mod bounded;
mod decimal;
mod definition;
mod explain;
mod format;
pub mod kernel;
mod policy;
mod remainder;
mod share;
mod step;
mod stepped;
mod text;
mod weights;

pub use allocate::{allocate, allocate_u64, allocate_with};
pub use amount::AmountError;
pub use bounded::{Bounds, BoundsError, allocate_bounded};
pub use explain::{Part, allocate_explained};
pub use format::DisplayUnit;
pub use policy::{Policy, PolicyError, ZeroBasis};
pub use share::Scratch;
pub use step::Step;
pub use stepped::{Stepped, allocate_stepped};
pub use text::{AllocateError, Rest, TextAllocation, TextAllocator, TextParts, allocate_text};
pub use weights::{Weights, WeightsError};
