//! What surrounds every route: who is calling from where, how much is taken at once, how a refusal
//! looks, what is measured and written down. Must not know what any route does.

mod admission;
mod client;
mod envelope;
mod error;
mod headers;
pub mod health;
mod limits;
pub mod logs;
mod measure;
mod pacing;
mod rates;
mod surround;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

pub(crate) use client::Client;
pub use client::{AddressRange, Network};
pub use error::FrameError;
pub use limits::{Limits, Rate};
pub use measure::Measures;

use admission::Admission;
use health::Readiness;
pub(crate) use pacing::{Patient, Stalled};
use rates::Rates;

/// The frame of one server; handlers share it.
pub struct Frame {
    /// How much is taken at once.
    pub limits: Limits,
    /// Where requests may come from, and under which names.
    pub network: Network,
    /// SHA-256 of the token that reads measures from elsewhere than this machine.
    pub metrics_token_hash: Option<String>,
    pub(crate) admission: Admission,
    pub(crate) streams: Admission,
    pub(crate) actors: Rates,
    pub(crate) addresses: Rates,
    pub(crate) readiness: Readiness,
    pub(crate) measures: Measures,
    pub(crate) stopping: CancellationToken,
}

impl Frame {
    /// A frame with these bounds.
    pub fn new(limits: Limits, network: Network, metrics_token_hash: Option<String>) -> Arc<Frame> {
        Arc::new(Frame {
            admission: Admission::new(limits.in_flight, limits.waiting, limits.wait),
            streams: Admission::new(limits.streams, 0, limits.wait),
            actors: Rates::new(limits.per_actor),
            addresses: Rates::new(limits.per_address),
            readiness: Readiness::default(),
            measures: Measures::installed(),
            stopping: CancellationToken::new(),
            limits,
            network,
            metrics_token_hash,
        })
    }

    /// Ends what runs on for ever, such as streams of events: the server is about to stop.
    pub fn stop(&self) {
        self.stopping.cancel();
    }
}

pub(crate) use surround::wrap;
