//! One connection: hyper, and what hyper leaves to its caller.
//!
//! Input: an accepted socket and the service's router. Output: responses on that socket; nothing is returned.
//!
//! * **Timeouts.** hyper's own timer does not distinguish an idle connection from half a request head, and sends nothing
//!   when it ends one. A load balancer needs the first long and an operator wants the second short, so both are watched
//!   here, by a tick per connection instead of a timer per request.
//! * **Heads that hyper refuses.** What is not HTTP/1, or is too long, never becomes a request. hyper would answer it with
//!   a status line and no body, and offers no option for that. So `Socket` sends only bytes that belong to a response of
//!   the service, and drops what hyper writes while no response is due. hyper then ends the connection with an error; its
//!   kind (`is_parse`, `is_parse_too_large`) selects the problem document that is sent instead. Nothing depends on the
//!   bytes that hyper would have sent. `tests/e2e/connections.rs` has a test for each kind of refusal.
//! * **Lingering close.** A client that still sends when the response arrives (413, for example) would lose the response to
//!   a reset if the socket were closed at once. So what it sends is read and dropped, within bounds, until it closes.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tower::ServiceExt;

use crate::http::access::client::Peer;
use crate::http::error::{Error, MAX_URL_BYTES};
use crate::http::state::SharedState;
use crate::server::wire::WireFault;
use crate::telemetry;

/// Size of a connection's read buffer, which also limits the head of a request.
const MAX_HEAD_BYTES: usize = 128 << 10;

/// Time in which a connection without a place is answered and closed.
const MAX_REFUSAL_TIME: Duration = Duration::from_millis(500);

/// Time for which a client may go on sending after the response.
const MAX_LINGER_TIME: Duration = Duration::from_secs(5);

/// Bytes that a client may go on sending after the response.
const MAX_LINGER_BYTES: u64 = 64 << 20;

/// Head and body of a response that are together no longer than this are joined: the system takes 0.3 µs less for one piece
/// than for two.
const MAX_JOINED_BYTES: usize = 512;

/// Serves connections and knows when all of them have ended.
pub struct Connections {
    state: SharedState,
    router: Router,
    http: http1::Builder,
    shutdown: watch::Sender<()>,
    /// Places of connections.
    places: Arc<Semaphore>,
}

impl Connections {
    /// No connections yet. Without `keep_alive` each carries one request.
    #[must_use]
    pub fn new(state: &SharedState, router: Router, keep_alive: bool) -> Self {
        let mut http = http1::Builder::new();
        http.max_buf_size(MAX_HEAD_BYTES).keep_alive(keep_alive).header_read_timeout(None);
        let places = Arc::new(Semaphore::new(state.config.max_connections.min(Semaphore::MAX_PERMITS)));
        Self { state: Arc::clone(state), router, http, shutdown: watch::Sender::new(()), places }
    }

    /// Serves one more connection, in a task of its own. If there are too many already it is answered and closed.
    pub fn serve(&self, stream: TcpStream, peer: IpAddr) {
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            tokio::spawn(timeout(MAX_REFUSAL_TIME, refuse(stream)));
            return;
        };
        // Responses are small and written at once.
        let _ = stream.set_nodelay(true);
        let (state, router, http, shutdown) =
            (Arc::clone(&self.state), self.router.clone(), self.http.clone(), self.shutdown.subscribe());
        tokio::spawn(async move {
            serve(&state, &router, &http, stream, peer, shutdown).await;
            drop(place);
        });
    }

    /// Closes the idle connections at once and the others after their response.
    pub async fn shut_down(&self) {
        let _ = self.shutdown.send(());
        self.shutdown.closed().await;
    }
}

/// Answers a connection beyond the limit.
async fn refuse(mut stream: TcpStream) {
    let _ = stream.write_all(&Error::Overloaded.to_http1()).await;
    let _ = stream.shutdown().await;
    linger(stream).await;
}

async fn serve(
    state: &SharedState,
    router: &Router,
    http: &http1::Builder,
    stream: TcpStream,
    peer: IpAddr,
    mut shutdown: watch::Receiver<()>,
) {
    let progress = Arc::new(Progress::default());
    let socket = Socket { stream, progress: Arc::clone(&progress) };
    let service = service_fn(|request| respond(router, &progress, peer, request));
    let mut connection = http.serve_connection(TokioIo::new(socket), service);
    let mut timed_out = pin!(timed_out(&progress, state.config.header_timeout, state.config.idle_timeout));
    let ended = loop {
        tokio::select! {
            biased;
            result = &mut connection => break Ended::ByHyper(result),
            phase = &mut timed_out => break Ended::ByTimeout(phase),
            Ok(()) = shutdown.changed() => Pin::new(&mut connection).graceful_shutdown(),
        }
    };
    let parts = connection.into_parts();
    let mut stream = parts.io.into_inner().stream;
    if let Some(error) = ended.refusal(&parts.read_buf) {
        telemetry::log_refused_head(error.status_code());
        let _ = stream.write_all(&error.to_http1()).await;
    }
    let _ = stream.shutdown().await;
    if progress.unread() {
        linger(stream).await;
    }
}

/// End of a connection.
enum Ended {
    ByHyper(hyper::Result<()>),
    ByTimeout(Phase),
}

impl Ended {
    /// Error to answer a head with that became no request; `unread` is what hyper read and did not take, which begins with
    /// that head. `None` for a broken connection; its log line says so.
    fn refusal(&self, unread: &[u8]) -> Option<Error> {
        match self {
            Self::ByTimeout(phase) => (*phase == Phase::Head).then_some(Error::HeaderTimeout),
            // Of a URL and of header fields beyond hyper's limits.
            Self::ByHyper(Err(error)) if error.is_parse_too_large() => {
                Some(if url_bytes(unread) > Some(MAX_URL_BYTES) { Error::UrlLimit } else { Error::HeaderLimit })
            }
            Self::ByHyper(Err(error)) if error.is_parse() => Some(Error::Malformed),
            Self::ByHyper(_) => None,
        }
    }
}

/// Length of the URL in a request line; `None` if the line is incomplete.
fn url_bytes(head: &[u8]) -> Option<usize> {
    let line = head.split_inclusive(|byte| *byte == b'\n').next().filter(|line| line.ends_with(b"\n"))?;
    line.split(|byte| *byte == b' ').nth(1).map(<[u8]>::len)
}

/// Response of the router to one request.
async fn respond(
    router: &Router,
    progress: &Arc<Progress>,
    peer: IpAddr,
    request: Request<Incoming>,
) -> Result<Response<ResponseBody>, Infallible> {
    progress.begin_request(!request.body().is_end_stream());
    let fault = WireFault::of(&request);
    let mut request = request.map(|body| {
        let progress = Arc::clone(progress);
        if body.is_end_stream() { Body::empty() } else { Body::new(RequestBody { body, progress }) }
    });
    request.extensions_mut().insert(Peer(peer));
    if let Some(fault) = fault {
        request.extensions_mut().insert(fault);
    }
    let Ok(response) = router.clone().oneshot(request).await;
    progress.set_phase(Phase::Idle);
    Ok(response.map(|body| ResponseBody { body, progress: Arc::clone(progress) }))
}

/// Body of a request that notes when it has been read to its end.
struct RequestBody {
    body: Incoming,
    progress: Arc<Progress>,
}

impl HttpBody for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.progress.body_unread.store(false, Ordering::Relaxed);
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

/// Body of a response that notes when hyper has taken all of it, which is when hyper drops it.
struct ResponseBody {
    body: Body,
    progress: Arc<Progress>,
}

impl HttpBody for ResponseBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        self.progress.response.store(RESPONSE_TAKEN, Ordering::Relaxed);
    }
}

/// Reads and drops what a client still sends.
async fn linger(stream: TcpStream) {
    let drained = async { tokio::io::copy(&mut stream.take(MAX_LINGER_BYTES), &mut tokio::io::sink()).await };
    let _ = timeout(MAX_LINGER_TIME, drained).await;
}

/// Phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Between requests, or writing a response.
    Idle,
    /// A part of a head has arrived.
    Head,
    /// A request is being answered.
    Busy,
}

/// Nothing that is written belongs to a response.
const NO_RESPONSE: u8 = 0;
/// A request has begun, so that what is written belongs to its response.
const RESPONSE_DUE: u8 = 1;
/// hyper has taken all of the response and has yet to flush it.
const RESPONSE_TAKEN: u8 = 2;

/// Progress of a connection, shared by its parts; cheap enough to be updated for every request. Only the connection's task
/// uses it, so the order of its atomics does not matter.
#[derive(Debug, Default)]
struct Progress {
    phase: AtomicU8,
    requests: AtomicU32,
    body_unread: AtomicBool,
    response: AtomicU8,
}

impl Progress {
    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Idle,
            1 => Phase::Head,
            _ => Phase::Busy,
        }
    }

    fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    fn begin_request(&self, has_body: bool) {
        self.set_phase(Phase::Busy);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.body_unread.store(has_body, Ordering::Relaxed);
        self.response.store(RESPONSE_DUE, Ordering::Relaxed);
    }

    fn bytes_arrived(&self) {
        if self.phase() == Phase::Idle {
            self.set_phase(Phase::Head);
        }
    }

    /// Whether what hyper writes now belongs to a response.
    fn response_is_due(&self) -> bool {
        self.response.load(Ordering::Relaxed) != NO_RESPONSE
    }

    /// Notes that hyper has written all it had.
    fn flushed(&self) {
        if self.response.load(Ordering::Relaxed) == RESPONSE_TAKEN {
            self.response.store(NO_RESPONSE, Ordering::Relaxed);
        }
    }

    /// Whether the client may still be sending: a body, or a head that was refused.
    fn unread(&self) -> bool {
        self.body_unread.load(Ordering::Relaxed) || self.phase() == Phase::Head
    }
}

/// Returns when the connection has been idle, or at one head, for too long.
async fn timed_out(progress: &Progress, head: Duration, idle: Duration) -> Phase {
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

/// Socket wrapper that detects request heads, and sends only what belongs to a response. It leaves the shutdown to
/// [`serve`], which may still have to send an error.
struct Socket {
    stream: TcpStream,
    progress: Arc<Progress>,
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.progress.bytes_arrived();
        }
        read
    }
}

impl AsyncWrite for Socket {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.progress.response_is_due() {
            Pin::new(&mut self.stream).poll_write(context, bytes)
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
            Pin::new(&mut self.stream).poll_write(context, &joined[..end])
        } else {
            Pin::new(&mut self.stream).poll_write_vectored(context, parts)
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        self.progress.flushed();
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
