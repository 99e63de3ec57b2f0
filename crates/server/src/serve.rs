//! Listens, serves, stops gracefully. Must not know routes.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use crate::frame::{Frame, Limits, Patient};
use crate::router::router;
use crate::state::State;

/// How much of a request's head is read into memory; what the frame takes is less and is refused in
/// words.
const READ_AHEAD: usize = 128 * 1024;

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

    /// Serves until told to stop, then takes nobody new, ends streams, and finishes what was begun
    /// within the time that the limits give.
    ///
    /// # Errors
    /// [`ServeError::Broken`].
    pub async fn until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let frame = self.state.frame.clone();
        let limits = frame.limits.clone();
        let routes = router(self.state);
        let places = Arc::new(Semaphore::new(limits.connections));
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let (stream, peer, place) = tokio::select! {
                () = &mut stop => break,
                Some(_) = connections.join_next() => continue,
                next = arrived(&self.listener, &places) => next,
            };
            let stopping = frame.stopping.clone();
            let routes = routes.clone();
            connections.spawn(converse(
                stream,
                peer,
                routes,
                limits.clone(),
                stopping,
                place,
            ));
        }
        drop(self.listener);
        finish(&frame, connections).await;
        Ok(())
    }
}

/// The next connection, once there is a place for it.
async fn arrived(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let place = places.clone().acquire_owned().await;
    let place = place.expect("nobody closes the places");
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => return (stream, peer, place),
            Err(error) => {
                // Too many open files, or a client that has gone: neither ends the server.
                tracing::warn!(%error, "a connection could not be taken");
                tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            }
        }
    }
}

/// One connection from its first request to its last.
async fn converse(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    limits: Limits,
    stopping: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    // Small answers must not wait for more to send.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let routes = routes.clone();
        async move { Ok::<_, Infallible>(routes.oneshot(request).await.expect("it is infallible")) }
    });
    let io = TokioIo::new(Patient::new(stream, limits.stall));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(READ_AHEAD)
        .serve_connection(io, service);
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection broke off");
    }
}

/// What was begun is finished, within its time.
async fn finish(frame: &Frame, mut connections: JoinSet<()>) {
    frame.stop();
    let all = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(frame.limits.stop_time, all)
        .await
        .is_err()
    {
        tracing::warn!("stopped with requests unfinished");
    }
}
