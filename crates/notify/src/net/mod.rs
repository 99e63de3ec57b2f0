//! Writing to addresses that others chose, without being turned against our own network: an address is
//! parsed, resolved, every answer checked, and exactly what was checked is connected to. Must not
//! know what is written.

mod address;
mod post;
mod target;

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;

pub use address::{Standing, standing};
pub use post::{Posted, Request, post};
pub use target::{Target, parse, target};

/// How names become addresses; tests bring their own.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// The addresses of a name.
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>>;
}

/// The system's resolver.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

#[async_trait]
impl Resolver for SystemResolver {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        let found = tokio::net::lookup_host((name, 0)).await?;
        Ok(found.map(|address: SocketAddr| address.ip()).collect())
    }
}

/// What the operator allows.
#[derive(Clone)]
pub struct Network {
    /// Whether loopback, private and shared ranges may be written to.
    pub private: bool,
    /// Whether `http` may be written to as well as `https`.
    pub plain: bool,
    /// How names become addresses.
    pub resolver: Arc<dyn Resolver>,
}

impl Default for Network {
    fn default() -> Self {
        Network {
            private: false,
            plain: false,
            resolver: Arc::new(SystemResolver),
        }
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Network")
            .field("private", &self.private)
            .field("plain", &self.plain)
            .finish_non_exhaustive()
    }
}
