//! Actual sales of a plan: those imported into its directory, or files read for this run. Decides
//! nothing about targets.

use std::path::PathBuf;

use clap::Args;

/// Where actual sales come from.
#[derive(Args, Clone, Debug)]
pub struct ActualArgs {
    /// Sales files to use instead of a plan directory; may be repeated
    /// [default: what was imported]
    #[arg(long, value_name = "FILE")]
    pub actuals: Vec<PathBuf>,
}
