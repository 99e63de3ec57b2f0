//! Listens, serves, stops gracefully. Must not know routes.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::router::router;
use crate::state::State;

/// A server that listens.
pub struct Served {
    listener: TcpListener,
    state: State,
}

/// Why it cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        reason: String,
    },
    /// It broke while it served.
    #[error("the server stopped: {0}")]
    Broken(#[from] std::io::Error),
}

/// Listens on an address.
///
/// # Errors
/// [`ServeError::Listen`].
pub async fn serve(address: SocketAddr, state: State) -> Result<Served, ServeError> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| ServeError::Listen {
            address,
            reason: error.to_string(),
        })?;
    Ok(Served { listener, state })
}

impl Served {
    /// Where it listens.
    ///
    /// # Errors
    /// What the system refuses.
    pub fn address(&self) -> Result<SocketAddr, ServeError> {
        Ok(self.listener.local_addr()?)
    }

    /// Serves until told to stop, then finishes what was begun.
    ///
    /// # Errors
    /// [`ServeError::Broken`].
    pub async fn until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let service = router(self.state).into_make_service_with_connect_info::<SocketAddr>();
        axum::serve(self.listener, service)
            .with_graceful_shutdown(stop)
            .await?;
        Ok(())
    }
}
