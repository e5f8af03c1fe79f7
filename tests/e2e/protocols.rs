//! HTTP/2, and TLS with a certificate that is replaced.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::{http1, http2};
use hyper::{Request, StatusCode, Version};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{FIVE_SIX, Server};

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Responses to requests that are sent at once on one connection of HTTP/2.
async fn over_http2<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
    requests: Vec<Request<Full<Bytes>>>,
) -> Vec<(StatusCode, String)> {
    let (sender, connection) = http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
    tokio::spawn(connection);
    let sent: Vec<_> = requests.into_iter().map(|request| sender.clone().send_request(request)).collect();
    let mut responses = Vec::new();
    for response in sent {
        let response = response.await.expect("a response");
        assert_eq!(response.version(), Version::HTTP_2);
        let status = response.status();
        let body = response.into_body().collect().await.expect("a body").to_bytes();
        responses.push((status, String::from_utf8_lossy(&body).into_owned()));
    }
    responses
}

fn get(target: &str) -> Request<Full<Bytes>> {
    Request::get(format!("http://x{target}")).body(Full::default()).expect("a request")
}

fn post(target: &str, body: String) -> Request<Full<Bytes>> {
    let request = Request::post(format!("http://x{target}")).header("content-type", "text/csv");
    request.body(Full::from(body)).expect("a request")
}

#[test]
fn http2_by_prior_knowledge() {
    let server = Server::start(&[]);
    let table = format!("mark\n{}", "5\n6\n".repeat(300_000));
    let requests = vec![
        get("/prod/stats?numbers=5&numbers=6"),
        post("/prod/stats", table),
        get("/nowhere"),
        get(&format!("/prod/stats?numbers={}", "1".repeat(65_000))),
    ];
    let responses = block_on(async {
        let stream = TcpStream::connect(server.address).await.expect("a connection");
        over_http2(stream, requests).await
    });
    assert_eq!(responses[0], (StatusCode::OK, FIVE_SIX.to_owned()));
    assert!(responses[1].1.contains("\"nobs\":600000"), "{responses:?}");
    assert!(responses[2].0 == StatusCode::NOT_FOUND && responses[2].1.contains("about:blank"), "{responses:?}");
    assert_eq!(responses[3].0, StatusCode::URI_TOO_LONG);
}

#[test]
fn an_idle_connection_of_http2_is_closed() {
    let server = Server::start(&["--idle-timeout", "300ms"]);
    block_on(async {
        let stream = TcpStream::connect(server.address).await.expect("a connection");
        let (mut sender, connection) =
            http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("HTTP/2");
        let connection = tokio::spawn(connection);
        let response = sender.send_request(get("/livez")).await.expect("a response");
        assert_eq!(response.status(), StatusCode::OK);
        drop(response);
        let started = Instant::now();
        let _ = tokio::time::timeout(Duration::from_secs(10), connection).await.expect("it is closed");
        assert!(started.elapsed() >= Duration::from_millis(200), "{:?}", started.elapsed());
    });
}

/// A folder that is removed when the test ends, with the files of a certificate.
struct Files(PathBuf);

impl Files {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("describe-api-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        Self(folder)
    }

    fn chain(&self) -> PathBuf {
        self.0.join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.0.join("key.pem")
    }

    /// Writes a new certificate for this name.
    fn write(&self, name: &str) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).expect("a certificate");
        std::fs::write(self.chain(), made.cert.pem()).expect("written");
        std::fs::write(self.key(), made.signing_key.serialize_pem()).expect("written");
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A connection that trusts this certificate alone.
async fn connect(
    server: &Server,
    chain: &Path,
    name: &'static str,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(chain).expect("a certificate")).expect("a root");
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().expect("versions");
    let mut config = config.with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(server.address).await?;
    TlsConnector::from(Arc::new(config)).connect(ServerName::try_from(name).expect("a name"), stream).await
}

#[test]
fn https_with_a_certificate_that_is_replaced() {
    let files = Files::new("tls");
    files.write("first.test");
    let (chain, key) = (files.chain(), files.key());
    let server =
        Server::start(&["--tls-cert", chain.to_str().expect("text"), "--tls-key", key.to_str().expect("text")]);
    block_on(async {
        let stream = connect(&server, &chain, "first.test", b"h2").await.expect("TLS");
        let responses = over_http2(stream, vec![get("/prod/stats?numbers=5&numbers=6")]).await;
        assert_eq!(responses[0], (StatusCode::OK, FIVE_SIX.to_owned()));

        let stream = connect(&server, &chain, "first.test", b"http/1.1").await.expect("TLS");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP/1");
        tokio::spawn(connection);
        let request = Request::get("/livez").header("host", "first.test").body(Full::<Bytes>::default());
        assert_eq!(
            sender.send_request(request.expect("a request")).await.expect("a response").status(),
            StatusCode::OK
        );

        // Half of a replacement, and then all of it.
        std::fs::write(&key, "no key").expect("written");
        tokio::time::sleep(Duration::from_secs(2)).await;
        assert!(connect(&server, &chain, "first.test", b"h2").await.is_ok(), "the old one stays");
        files.write("second.test");
        let started = Instant::now();
        while connect(&server, &chain, "second.test", b"h2").await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "it has not been read again");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let port = server.address.port().to_string();
    let check =
        |more: &[&str]| crate::program().args(["healthcheck", "--port", &port]).args(more).output().expect("it runs");
    let paths = [chain.to_str().expect("text"), key.to_str().expect("text")];
    assert!(check(&["--tls-cert", paths[0], "--tls-key", paths[1]]).status.success());
    assert!(!check(&[]).status.success(), "without TLS it gets no answer");
    // What is not TLS is closed without an answer, and does no harm.
    assert_eq!(server.exchange(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").matches("HTTP/1.1").count(), 0);
}

#[test]
fn a_certificate_that_cannot_be_read_is_named_at_the_start() {
    let files = Files::new("no-tls");
    files.write("first.test");
    let (chain, key) = (files.chain(), files.key());
    std::fs::write(&key, "no key").expect("written");
    let output = crate::program()
        .args(["--port", "0", "--tls-cert"])
        .arg(&chain)
        .arg("--tls-key")
        .arg(&key)
        .output()
        .expect("it runs");
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && log.contains("key.pem"), "{log}");
}
