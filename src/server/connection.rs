//! One connection: hyper in the middle, and around it what hyper leaves to its user.
//!
//! * **Deadlines.** hyper's own timer counts an idle connection and half a request head alike, and says nothing when it
//!   ends one. A load balancer wants the first long and an operator wants the second short, so both are watched here,
//!   by a tick per connection instead of a timer per request.
//! * **hyper's own refusals.** What is not HTTP, or too long, never becomes a request; hyper answers it with a status
//!   line and no body. `Wire` recognises that one write and sends a problem document in its place.
//! * **Lingering.** A client that still sends when the answer comes (413, say) would lose the answer to a reset if the
//!   socket were closed at once. So what it sends is read and dropped, within bounds, until it closes.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::http::error::Error;
use crate::http::router::Routes;
use crate::http::state::SharedState;

/// A connection's read buffer, which also bounds the head of a request.
const BUFFER: usize = 128 << 10;

/// How long, and how many bytes, a client may go on sending after the answer.
const LINGER: (Duration, u64) = (Duration::from_secs(5), 64 << 20);

/// An answer's head and body that are together no longer than this are joined: the system takes 0.3 µs less for one piece than
/// for two.
const SMALL: usize = 512;

/// Serves connections, and knows when all of them have ended.
pub struct Connections {
    state: SharedState,
    routes: Routes,
    http: http1::Builder,
    ending: watch::Sender<()>,
}

impl Connections {
    /// None yet. Without `keep_alive` each carries one request.
    #[must_use]
    pub fn new(state: &SharedState, routes: Routes, keep_alive: bool) -> Self {
        let mut http = http1::Builder::new();
        http.max_buf_size(BUFFER).keep_alive(keep_alive).header_read_timeout(None);
        Self { state: Arc::clone(state), routes, http, ending: watch::Sender::new(()) }
    }

    /// Serves one more, in a task of its own.
    pub fn serve(&self, stream: TcpStream) {
        // Answers are small and written at once.
        let _ = stream.set_nodelay(true);
        let (state, routes, http, ending) =
            (Arc::clone(&self.state), self.routes.clone(), self.http.clone(), self.ending.subscribe());
        tokio::spawn(async move { serve(&state, &routes, &http, stream, ending).await });
    }

    /// Ends the idle ones at once and the others after their answer.
    pub async fn end(&self) {
        let _ = self.ending.send(());
        self.ending.closed().await;
    }
}

async fn serve(
    state: &SharedState,
    routes: &Routes,
    http: &http1::Builder,
    stream: TcpStream,
    mut ending: watch::Receiver<()>,
) {
    let progress = Arc::new(Progress::default());
    let wire = Wire { stream, progress: Arc::clone(&progress), refusal: None };
    let service = service_fn(|request| answer(routes, &progress, request));
    let mut connection = http.serve_connection(TokioIo::new(wire), service);
    let mut late = pin!(late(&progress, state.config.header_timeout, state.config.idle_timeout));
    let stopped = loop {
        tokio::select! {
            biased;
            // A connection that breaks is nobody's mistake: the request's own line in the log says what happened.
            _ = &mut connection => break None,
            phase = &mut late => break Some(phase),
            Ok(()) = ending.changed() => Pin::new(&mut connection).graceful_shutdown(),
        }
    };
    let mut stream = connection.into_parts().io.into_inner().stream;
    if stopped == Some(Phase::Head) {
        let _ = stream.write_all(&Error::HeaderTimeout.to_http1()).await;
        let _ = stream.shutdown().await;
    }
    if progress.unread() {
        linger(stream).await;
    }
}

/// Has the routes answer a request.
async fn answer(
    routes: &Routes,
    progress: &Arc<Progress>,
    request: Request<Incoming>,
) -> Result<axum::response::Response, Infallible> {
    progress.begin(!request.body().is_end_stream());
    let request = request.map(|body| {
        if body.is_end_stream() { Body::empty() } else { Body::new(Tracked { body, progress: Arc::clone(progress) }) }
    });
    let answer = routes.answer(request).await;
    progress.set(Phase::Idle);
    Ok(answer)
}

/// A request's body that says when it has been read to its end.
struct Tracked {
    body: Incoming,
    progress: Arc<Progress>,
}

impl HttpBody for Tracked {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.progress.body.store(0, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Reads and drops what a client still sends.
async fn linger(stream: TcpStream) {
    let (time, bytes) = LINGER;
    let _ = timeout(time, tokio::io::copy(&mut stream.take(bytes), &mut tokio::io::sink())).await;
}

/// Where a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Between requests, or writing an answer.
    Idle,
    /// Some bytes of a head are there.
    Head,
    /// A request is being answered.
    Busy,
}

/// What the watch may know: cheap enough to be kept for every request.
#[derive(Debug, Default)]
struct Progress {
    phase: AtomicU8,
    requests: AtomicU32,
    body: AtomicU8,
}

impl Progress {
    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Idle,
            1 => Phase::Head,
            _ => Phase::Busy,
        }
    }

    fn set(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn begin(&self, body: bool) {
        self.set(Phase::Busy);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.body.store(u8::from(body), Ordering::Relaxed);
    }

    fn arrived(&self) {
        if self.phase() == Phase::Idle {
            self.set(Phase::Head);
        }
    }

    /// Whether the client may still be sending: a body, or a head that was refused.
    fn unread(&self) -> bool {
        self.body.load(Ordering::Relaxed) == 1 || self.phase() == Phase::Head
    }
}

/// Returns when the connection has been idle, or at one head, for too long.
async fn late(progress: &Progress, head: Duration, idle: Duration) -> Phase {
    let step = (head.min(idle) / 4).max(Duration::from_millis(1));
    let mut tick = interval(step);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = (Phase::Idle, 0, Duration::ZERO);
    loop {
        tick.tick().await;
        let (phase, requests) = (progress.phase(), progress.requests.load(Ordering::Relaxed));
        let age = if (phase, requests) == (last.0, last.1) { last.2 + step } else { Duration::ZERO };
        last = (phase, requests, age);
        if (phase == Phase::Head && age >= head) || (phase == Phase::Idle && age >= idle) {
            return phase;
        }
    }
}

/// The socket, with an ear for heads that begin and an eye for hyper's own refusals.
struct Wire {
    stream: TcpStream,
    progress: Arc<Progress>,
    /// What is still to be sent in place of hyper's refusal.
    refusal: Option<(Vec<u8>, usize)>,
}

/// Ours all have a body; hyper's own have none.
fn refusal(written: &[u8]) -> Option<Vec<u8>> {
    let status = written.strip_prefix(b"HTTP/1.1 4")?.get(..2)?;
    let error = match status {
        b"00" => Error::Malformed,
        b"14" => Error::UrlLimit,
        b"31" => Error::HeaderLimit,
        _ => return None,
    };
    let bare = written.len() < 200 && written.windows(21).any(|part| part == b"\r\ncontent-length: 0\r\n");
    bare.then(|| error.to_http1())
}

impl Wire {
    /// Sends the refusal to its end, then says that all of hyper's bytes were taken.
    fn poll_refusal(&mut self, context: &mut Context<'_>, taken: usize) -> Poll<io::Result<usize>> {
        while let Some((answer, sent)) = &mut self.refusal {
            if *sent == answer.len() {
                self.refusal = None;
            } else {
                *sent += ready!(Pin::new(&mut self.stream).poll_write(context, &answer[*sent..]))?;
            }
        }
        Poll::Ready(Ok(taken))
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.progress.arrived();
        }
        read
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.refusal.is_none() {
            self.refusal = refusal(bytes).map(|answer| (answer, 0));
        }
        if self.refusal.is_some() {
            self.poll_refusal(context, bytes.len())
        } else {
            Pin::new(&mut self.stream).poll_write(context, bytes)
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length: usize = parts.iter().map(|part| part.len()).sum();
        match parts {
            [only] => self.poll_write(context, only),
            _ if length <= SMALL => {
                let (mut joined, mut end) = ([0; SMALL], 0);
                for part in parts {
                    joined[end..end + part.len()].copy_from_slice(part);
                    end += part.len();
                }
                Pin::new(&mut self.stream).poll_write(context, &joined[..end])
            }
            _ => Pin::new(&mut self.stream).poll_write_vectored(context, parts),
        }
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
