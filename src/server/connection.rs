//! One connection: hyper, and what hyper leaves to its caller. HTTP/1.1; HTTP/2 where TLS agreed on it, or where the first bytes
//! say so ("prior knowledge").
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
//! * **Memory.** A connection may hold a few kilobytes; a longer head, and a connection of HTTP/2, is charged to the memory of all
//!   requests.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tower::ServiceExt;

use crate::http::access::client::Peer;
use crate::http::admission::Places;
use crate::http::error::{Error, MAX_URL_BYTES, Shed};
use crate::http::state::SharedState;
use crate::server::progress::{Phase, Progress, timed_out};
use crate::server::socket::{Http2Socket, Socket, Stream};
#[cfg(feature = "tls")]
use crate::server::tls::Tls;
use crate::server::wire::{self, WireFault};
use crate::telemetry;

/// Size of a connection's read buffer, which also limits the head of a request.
const MAX_HEAD_BYTES: usize = 128 << 10;

/// Requests at once on a connection of HTTP/2.
const MAX_STREAMS: u32 = 32;

/// Bytes of bodies that a connection of HTTP/2 may send ahead of their reader, of one and of all.
const STREAM_WINDOW: u32 = 64 << 10;
const CONNECTION_WINDOW: u32 = 256 << 10;

/// Memory of a connection of HTTP/2: what it may send ahead, a head in parts, and what waits to be sent.
const HTTP2_BYTES: usize = CONNECTION_WINDOW as usize + MAX_HEAD_BYTES + MAX_SEND_BYTES;
const MAX_SEND_BYTES: usize = 128 << 10;

/// Time in which a connection without a place is answered and closed.
const MAX_REFUSAL_TIME: Duration = Duration::from_millis(500);

/// Time for which a client may go on sending after the response.
const MAX_LINGER_TIME: Duration = Duration::from_secs(5);

/// Bytes that a client may go on sending after the response.
const MAX_LINGER_BYTES: u64 = 64 << 20;

/// Serves connections and knows when all of them have ended.
pub struct Connections {
    server: Server,
    /// Places of connections.
    places: Places,
    #[cfg(feature = "tls")]
    tls: Option<Tls>,
    shutdown: watch::Sender<()>,
}

/// What every connection is served with.
#[derive(Clone)]
struct Server {
    state: SharedState,
    router: Router,
    http1: http1::Builder,
    http2: http2::Builder<TokioExecutor>,
}

impl Connections {
    /// No connections yet. Without `keep_alive` each carries one request.
    #[must_use]
    pub fn new(state: &SharedState, router: Router, places: &Places, keep_alive: bool) -> Self {
        let mut http1 = http1::Builder::new();
        http1.max_buf_size(MAX_HEAD_BYTES).keep_alive(keep_alive).header_read_timeout(None);
        let mut http2 = http2::Builder::new(TokioExecutor::new());
        http2
            .timer(TokioTimer::new())
            .max_concurrent_streams(MAX_STREAMS)
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_send_buf_size(STREAM_WINDOW as usize)
            .max_header_list_size(u32::try_from(MAX_HEAD_BYTES).unwrap_or(u32::MAX))
            .max_local_error_reset_streams(MAX_STREAMS as usize);
        let server = Server { state: Arc::clone(state), router, http1, http2 };
        let shutdown = watch::Sender::new(());
        Self {
            server,
            places: places.clone(),
            #[cfg(feature = "tls")]
            tls: None,
            shutdown,
        }
    }

    /// Speaks TLS on every connection.
    #[cfg(feature = "tls")]
    #[must_use]
    pub fn with_tls(self, tls: Option<Tls>) -> Self {
        Self { tls, ..self }
    }

    /// Serves one more connection, in a task of its own. If there are too many already it is answered and closed.
    pub fn serve(&self, stream: TcpStream, peer: IpAddr) {
        let Some(place) = self.places.try_take() else {
            self.server.state.instruments.metrics.refused(FULL.code(), FULL.shed());
            tokio::spawn(timeout(MAX_REFUSAL_TIME, self.refuse(stream)));
            return;
        };
        // Responses are small and written at once.
        let _ = stream.set_nodelay(true);
        let (server, shutdown) = (self.server.clone(), self.shutdown.subscribe());
        #[cfg(feature = "tls")]
        if let Some(tls) = self.tls.clone() {
            tokio::spawn(async move {
                let handshake = timeout(server.state.config.header_timeout, tls.accept(stream)).await;
                // Nothing can be said to a client that does not speak TLS.
                if let Ok(Ok((stream, is_http2))) = handshake {
                    if is_http2 {
                        server.serve_http2(Bytes::new(), stream, peer, shutdown).await;
                    } else {
                        server.serve(stream, peer, shutdown).await;
                    }
                }
                drop(place);
            });
            return;
        }
        tokio::spawn(async move {
            server.serve(stream, peer, shutdown).await;
            drop(place);
        });
    }

    /// Answers a connection beyond the limit.
    #[cfg_attr(not(feature = "tls"), expect(clippy::unused_self, reason = "with TLS nothing can be said"))]
    fn refuse(&self, mut stream: TcpStream) -> impl Future<Output = ()> + use<> {
        #[cfg(feature = "tls")]
        let is_plain = self.tls.is_none();
        #[cfg(not(feature = "tls"))]
        let is_plain = true;
        async move {
            if is_plain {
                let _ = stream.write_all(&FULL.to_http1()).await;
                let _ = stream.shutdown().await;
                linger(stream).await;
            }
        }
    }

    /// Closes the idle connections at once and the others after their response.
    pub async fn shut_down(&self) {
        let _ = self.shutdown.send(());
        self.shutdown.closed().await;
    }
}

/// The error of a connection beyond the limit.
const FULL: Error = Error::Overloaded(Shed::Connections);

impl Server {
    /// Serves a connection that begins with HTTP/1.
    async fn serve<S: Stream>(self, stream: S, peer: IpAddr, mut shutdown: watch::Receiver<()>) {
        let progress = Arc::new(Progress::default());
        let socket = Socket::new(stream, &progress, &self.state.pool, MAX_HEAD_BYTES);
        let router = self.router.clone();
        let service = service_fn(|request| respond(&router, &progress, peer, request));
        let mut connection = self.http1.serve_connection(TokioIo::new(socket), service);
        let config = &self.state.config;
        let mut timed_out = pin!(timed_out(&progress, config.header_timeout, config.idle_timeout));
        let ended = loop {
            tokio::select! {
                biased;
                result = &mut connection => break Ended::ByHyper(result),
                phase = &mut timed_out => break Ended::ByTimeout(phase),
                Ok(()) = shutdown.changed() => Pin::new(&mut connection).graceful_shutdown(),
            }
        };
        let parts = connection.into_parts();
        let mut stream = parts.io.into_inner().into_stream();
        if ended.is_http2() && progress.is_new() {
            return Box::pin(self.serve_http2(parts.read_buf, stream, peer, shutdown)).await;
        }
        if let Some(error) = ended.refusal(&parts.read_buf, progress.announces_too_much(), config.body_limit) {
            telemetry::log_refused_head(&self.state.instruments, &error);
            let _ = stream.write_all(&error.to_http1()).await;
        }
        let _ = stream.shutdown().await;
        if progress.unread() {
            linger(stream).await;
        }
    }

    /// Serves a connection of HTTP/2; `start` is what has been read of it.
    async fn serve_http2<S: Stream>(self, start: Bytes, stream: S, peer: IpAddr, mut shutdown: watch::Receiver<()>) {
        let Some(_hold) = self.state.pool.hold(HTTP2_BYTES) else {
            let error = Error::Overloaded(Shed::Memory);
            self.state.instruments.metrics.refused(error.code(), error.shed());
            return;
        };
        let progress = Arc::new(Progress::default());
        let socket = Http2Socket::new(start, stream, &progress);
        let (state, router) = (Arc::clone(&self.state), self.router.clone());
        let service = {
            let progress = Arc::clone(&progress);
            service_fn(move |request| {
                let (state, router, progress) = (Arc::clone(&state), router.clone(), Arc::clone(&progress));
                async move {
                    // The head of HTTP/1 has been charged by its socket.
                    let hold = state.pool.hold(wire::head_bytes(&request));
                    let mut request = request;
                    if hold.is_none() {
                        request.extensions_mut().insert(WireFault::NoRoom);
                    }
                    respond(&router, &progress, peer, request).await
                }
            })
        };
        let mut connection = pin!(self.http2.serve_connection(TokioIo::new(socket), service));
        let config = &self.state.config;
        let mut is_ending = false;
        loop {
            let timed_out = timed_out(&progress, config.header_timeout, config.idle_timeout);
            tokio::select! {
                biased;
                _ = &mut connection => break,
                _ = timed_out => {
                    if std::mem::replace(&mut is_ending, true) {
                        break;
                    }
                }
                Ok(()) = shutdown.changed() => {}
            }
            connection.as_mut().graceful_shutdown();
        }
    }
}

/// End of a connection.
enum Ended {
    ByHyper(hyper::Result<()>),
    ByTimeout(Phase),
}

impl Ended {
    /// Whether the client speaks HTTP/2.
    fn is_http2(&self) -> bool {
        matches!(self, Self::ByHyper(Err(error)) if error.is_parse_version_h2())
    }

    /// Error to answer a head with that became no request; `unread` is what hyper read and did not take, which begins with
    /// that head. `None` for a broken connection; its log line says so.
    fn refusal(&self, unread: &[u8], announces_too_much: bool, body_limit: u64) -> Option<Error> {
        match self {
            Self::ByTimeout(phase) => (*phase == Phase::Head).then_some(Error::HeaderTimeout),
            // Of a URL and of header fields beyond hyper's limits.
            Self::ByHyper(Err(error)) if error.is_parse_too_large() => {
                Some(if url_bytes(unread) > Some(MAX_URL_BYTES) { Error::UrlLimit } else { Error::HeaderLimit })
            }
            // The head is well-formed: the length in it is larger than any body.
            Self::ByHyper(Err(error)) if error.is_parse() && announces_too_much => Some(Error::BodyLimit(body_limit)),
            Self::ByHyper(Err(error)) if error.is_parse() => Some(Error::Malformed),
            Self::ByHyper(Err(error)) if is_out_of_memory(error) => Some(Error::Overloaded(Shed::Memory)),
            Self::ByHyper(_) => None,
        }
    }
}

/// Whether [`Socket`] found no memory for a long head.
fn is_out_of_memory(error: &hyper::Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    source.is_some_and(|source| source.kind() == std::io::ErrorKind::OutOfMemory)
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
    let fault = request.extensions().get::<WireFault>().copied().or_else(|| WireFault::of(&request));
    let mut request = request.map(|body| {
        let progress = Arc::clone(progress);
        if body.is_end_stream() { Body::empty() } else { Body::new(RequestBody { body, progress }) }
    });
    request.extensions_mut().insert(Peer(peer));
    if let Some(fault) = fault {
        request.extensions_mut().insert(fault);
    }
    let Ok(response) = router.clone().oneshot(request).await;
    progress.end_request();
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
            self.progress.body_read();
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
        self.progress.response_taken();
    }
}

/// Reads and drops what a client still sends.
async fn linger(stream: impl Stream) {
    let drained = async { tokio::io::copy(&mut stream.take(MAX_LINGER_BYTES), &mut tokio::io::sink()).await };
    let _ = timeout(MAX_LINGER_TIME, drained).await;
}
