//! Slow clients: a body has to come, and an answer has to be taken, at some pace. Must not know what
//! is in them.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::BoxError;
use axum::body::{Body, Bytes, HttpBody};
use http_body_util::combinators::UnsyncBoxBody;
use hyper::body::Frame;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

/// The client stopped sending its body.
#[derive(Debug, thiserror::Error)]
#[error("the client stopped sending its body")]
pub(crate) struct Stalled;

/// When the last of a request's body came: the time for working on it counts from there.
#[derive(Clone, Debug)]
pub(crate) struct Progress(Arc<Mutex<Instant>>);

impl Progress {
    /// From now on.
    pub(crate) fn new() -> Progress {
        Progress(Arc::new(Mutex::new(Instant::now())))
    }

    fn came(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// Waits until nothing of the body has come for so long.
    pub(crate) async fn rested(&self, limit: Duration) {
        loop {
            let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
            if last.elapsed() >= limit {
                return;
            }
            sleep_until(last + limit).await;
        }
    }
}

/// A request body that has to come at some pace: by any moment at least `slowest` bytes for each
/// second beyond `stall`.
pub(crate) struct Paced {
    inner: Body,
    began: Instant,
    stall: Duration,
    slowest: u32,
    received: u64,
    progress: Progress,
    until: Option<Pin<Box<Sleep>>>,
}

/// A request body that has to come at some pace, and that says when the last of it came.
pub(crate) fn paced(body: Body, stall: Duration, slowest: u32, progress: Progress) -> Body {
    if body.is_end_stream() {
        return body;
    }
    Body::new(UnsyncBoxBody::new(Paced {
        inner: body,
        began: Instant::now(),
        stall,
        slowest: slowest.max(1),
        received: 0,
        progress,
        until: None,
    }))
}

impl HttpBody for Paced {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if let Poll::Ready(found) = Pin::new(&mut this.inner).poll_frame(context) {
            this.until = None;
            this.progress.came();
            return Poll::Ready(found.map(|frame| {
                let frame = frame.map_err(BoxError::from)?;
                this.received += frame.data_ref().map_or(0, |bytes| bytes.len() as u64);
                Ok(frame)
            }));
        }
        let until = this.until.get_or_insert_with(|| {
            let earned = Duration::from_secs(this.received / u64::from(this.slowest));
            let due = this.began + this.stall + earned;
            Box::pin(sleep_until(due.min(Instant::now() + this.stall)))
        });
        ready!(until.as_mut().poll(context));
        Poll::Ready(Some(Err(Stalled.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.inner.size_hint()
    }
}

/// A connection whose client has to read: where it takes nothing for `stall`, it is cut.
pub(crate) struct Patient {
    inner: TcpStream,
    stall: Duration,
    until: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    pub(crate) fn new(inner: TcpStream, stall: Duration) -> Patient {
        Patient {
            inner,
            stall,
            until: None,
        }
    }

    fn waited<T>(
        &mut self,
        context: &mut Context<'_>,
        done: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.until = None;
            return done;
        }
        let stall = self.stall;
        let until = self
            .until
            .get_or_insert_with(|| Box::pin(sleep_until(Instant::now() + stall)));
        ready!(until.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.waited(context, done)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let done = Pin::new(&mut self.inner).poll_write_vectored(context, slices);
        self.waited(context, done)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
