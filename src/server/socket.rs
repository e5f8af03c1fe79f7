//! The socket of a connection, as hyper sees it: it tells the progress, bounds the memory of heads, and sends only what belongs
//! to a response.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};

use axum::body::Bytes;
use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf, Ready};
use tokio::net::TcpStream;

use crate::server::progress::Progress;
use crate::server::wire::announces_too_much;
use describe_readers::{Hold, Pool};

/// What a connection is made of: a TCP stream, or TLS over one.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static {
    /// Whether the client has closed its side, even if not all it sent has been read; no call of the system.
    fn has_left(&self) -> bool;
}

impl Stream for TcpStream {
    fn has_left(&self) -> bool {
        let state = self.ready(Interest::READABLE).now_or_never();
        state.is_some_and(|state| state.is_ok_and(Ready::is_read_closed))
    }
}

#[cfg(feature = "tls")]
impl Stream for tokio_rustls::server::TlsStream<TcpStream> {
    fn has_left(&self) -> bool {
        self.get_ref().0.has_left()
    }
}

/// Head and body of a response that are together no longer than this are joined: the system takes 0.3 µs less for one piece
/// than for two.
const MAX_JOINED_BYTES: usize = 512;

/// Bytes of a head that every connection may have; a longer one is charged to the memory of all requests.
const FREE_HEAD_BYTES: usize = 16 << 10;

/// Time for which a request of a client that has left goes on.
const MAX_TIME_AFTER_LEAVING: Duration = Duration::from_millis(20);

/// Socket of HTTP/1. It detects request heads, and sends only what belongs to a response. It leaves the shutdown to its
/// connection, which may still have to send an error.
pub(super) struct Socket<S> {
    stream: S,
    progress: Arc<Progress>,
    pool: Arc<Pool>,
    /// Length of the head so far.
    head: usize,
    /// Memory of hyper's buffer, once a head was long.
    hold: Option<Hold>,
    max_head: usize,
    /// When the client was first seen to have left.
    left: Option<Instant>,
}

impl<S> Socket<S> {
    pub(super) fn new(stream: S, progress: &Arc<Progress>, pool: &Arc<Pool>, max_head: usize) -> Self {
        Self {
            stream,
            progress: Arc::clone(progress),
            pool: Arc::clone(pool),
            head: 0,
            hold: None,
            max_head,
            left: None,
        }
    }

    pub(super) fn into_stream(self) -> S {
        self.stream
    }

    /// Charges the buffer of a long head.
    fn charge_head(&mut self, bytes: usize) -> io::Result<()> {
        self.head += bytes;
        if self.head > FREE_HEAD_BYTES && self.hold.is_none() {
            self.hold = self.pool.hold(self.max_head);
            return if self.hold.is_some() { Ok(()) } else { Err(io::ErrorKind::OutOfMemory.into()) };
        }
        Ok(())
    }
}

impl<S: Stream> AsyncRead for Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        let bytes = buffer.filled().len() - before;
        if bytes > 0 {
            if self.progress.bytes_arrived() {
                self.charge_head(bytes)?;
                if announces_too_much(&buffer.filled()[before..]) {
                    self.progress.note_too_much();
                }
            } else {
                self.head = 0;
            }
        }
        read
    }
}

impl<S: Stream> AsyncWrite for Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.progress.response_is_due() {
            let written = Pin::new(&mut self.stream).poll_write(context, bytes);
            stepped(&self.progress, written)
        } else {
            Poll::Ready(Ok(bytes.len()))
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        if let [only] = parts {
            self.poll_write(context, only)
        } else if !self.progress.response_is_due() {
            Poll::Ready(Ok(length))
        } else if length <= MAX_JOINED_BYTES {
            let (mut joined, mut end) = ([0; MAX_JOINED_BYTES], 0);
            for part in parts {
                joined[end..end + part.len()].copy_from_slice(part);
                end += part.len();
            }
            let written = Pin::new(&mut self.stream).poll_write(context, &joined[..end]);
            stepped(&self.progress, written)
        } else {
            let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
            stepped(&self.progress, written)
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    /// hyper flushes whenever it is polled. It reads nothing while a body is ahead of its reader, so that this is the place
    /// to see that the client has left meanwhile. Who has only ended its side too early is answered, if that takes no longer.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.progress.is_busy()
            && self.stream.has_left()
            && self.left.get_or_insert_with(Instant::now).elapsed() > MAX_TIME_AFTER_LEAVING
        {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.progress.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Notes what was written as a step of the client's, which makes room by taking it.
fn stepped(progress: &Progress, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
    if matches!(written, Poll::Ready(Ok(1..))) {
        progress.step();
    }
    written
}

/// Socket of HTTP/2. It begins with what was read when it was found to be HTTP/2.
pub(super) struct Http2Socket<S> {
    start: Bytes,
    stream: S,
    progress: Arc<Progress>,
}

impl<S> Http2Socket<S> {
    pub(super) fn new(start: Bytes, stream: S, progress: &Arc<Progress>) -> Self {
        Self { start, stream, progress: Arc::clone(progress) }
    }
}

impl<S: Stream> AsyncRead for Http2Socket<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.start.is_empty() {
            return Pin::new(&mut self.stream).poll_read(context, buffer);
        }
        let length = self.start.len().min(buffer.remaining());
        buffer.put_slice(&self.start.split_to(length));
        Poll::Ready(Ok(()))
    }
}

impl<S: Stream> AsyncWrite for Http2Socket<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        stepped(&self.progress, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        stepped(&self.progress, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
