//! Keys, tokens and rates: who is admitted, and how often.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request};
use describe_api::cli::settings::Config;
use describe_api::http::access::client::Peer;
use describe_api::http::access::keys::{digest, line};
use describe_api::http::router::openapi_of;
use describe_api::telemetry::KeyId;
use http_body_util::BodyExt;
use serde_json::{Value, json};
use tower::ServiceExt;

use super::{FIVE_SIX, service};

const STATS: &str = "/prod/stats?numbers=5&numbers=6";
const KEY: &str = "alice.correct-horse";
const METRICS_KEY: &str = "monitor.battery-staple";

/// A file of a test, removed at its end.
struct File(PathBuf);

impl File {
    fn new(content: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("describe-api-access-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let file = Self(std::env::temp_dir().join(name));
        file.write(content);
        file
    }

    fn write(&self, content: &str) {
        std::fs::write(&self.0, content).expect("written");
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Line of a key file.
fn line_of(key: &str, more: &str) -> String {
    let id = key.split('.').next().expect("an id");
    format!("{}{more}\n", line(id, &digest(key.as_bytes()), None, None))
}

/// The keys of most tests.
fn keys() -> File {
    File::new(&(line_of(KEY, "") + &line_of(METRICS_KEY, " scopes=metrics")))
}

fn service_with_keys(keys: &File) -> Router {
    service(|config| config.access.api_keys_file = Some(keys.0.clone()))
}

fn service_with_rate(rate: &str) -> Router {
    service(|config| config.access.rate_limit = rate.parse().ok())
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    key: Option<String>,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The problem document, which is one of the documented examples for its status unless its numbers differ.
    #[track_caller]
    fn problem(&self) -> Value {
        assert_eq!(self.header("content-type"), "application/problem+json", "{}", self.body);
        assert_eq!(self.header("cache-control"), "no-store");
        let problem: Value = serde_json::from_str(&self.body).expect("JSON");
        assert_eq!(problem["status"], self.status);
        problem
    }
}

async fn ask_from(service: &Router, peer: &str, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
    let request = Request::builder().method(method).uri(target);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let mut request = request.body(Body::empty()).expect("a request");
    request.extensions_mut().insert(Peer(peer.parse::<IpAddr>().expect("an address")));
    let Ok(response) = service.clone().oneshot(request).await;
    let (head, body) = response.into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    let key = head.extensions.get().map(|KeyId(id)| id.to_string());
    let body = String::from_utf8_lossy(&body).into_owned();
    Answer { status: head.status.as_u16(), headers: head.headers, key, body }
}

async fn ask(service: &Router, headers: &[(&str, &str)]) -> Answer {
    ask_from(service, "192.0.2.1", "GET", STATS, headers).await
}

async fn status(service: &Router, headers: &[(&str, &str)]) -> u16 {
    ask(service, headers).await.status
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}

#[tokio::test]
async fn a_key_admits_in_both_headers() {
    let keys = keys();
    let service = service_with_keys(&keys);
    for headers in [
        &[("x-api-key", KEY)][..],
        &[("authorization", bearer(KEY).as_str())],
        &[("authorization", bearer(KEY).as_str()), ("x-api-key", KEY)],
        &[("authorization", "Basic YTpi"), ("x-api-key", KEY)],
    ] {
        let answer = ask(&service, headers).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, FIVE_SIX), "{headers:?}");
    }
}

#[tokio::test]
async fn without_a_valid_key_there_is_a_challenge() {
    let keys = keys();
    let service = service_with_keys(&keys);
    let missing = ask(&service, &[]).await;
    assert_eq!((missing.status, missing.header("www-authenticate")), (401, r#"Bearer realm="describe-api""#));
    missing.problem();
    let wrong = ask(&service, &[("x-api-key", "alice.wrong")]).await;
    assert_eq!(wrong.header("www-authenticate"), r#"Bearer realm="describe-api", error="invalid_token""#);
    let unknown = ask(&service, &[("x-api-key", "nobody.wrong")]).await;
    assert_eq!((wrong.status, wrong.problem()), (401, unknown.problem()), "an unknown id and a wrong key are the same");
    for headers in [
        &[("x-api-key", "")][..],
        &[("authorization", "Bearer")],
        &[("authorization", KEY)],
        &[("authorization", "Basic YTpi")],
        &[("x-api-key", KEY), ("x-api-key", METRICS_KEY)],
        &[("authorization", bearer("alice.wrong").as_str()), ("x-api-key", KEY)],
    ] {
        let answer = ask(&service, headers).await;
        assert_eq!(answer.status, 401, "{headers:?}");
        assert!(answer.header("www-authenticate").starts_with("Bearer "), "{headers:?}");
        assert!(!answer.body.contains("alice") && !answer.body.contains("wrong"), "{}", answer.body);
    }
}

#[tokio::test]
async fn every_endpoint_asks_and_no_page_does() {
    let keys = keys();
    let service = service_with_keys(&keys);
    let document: Value = serde_json::from_str(&openapi_of(&Config::default())).expect("JSON");
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, _) in operations.as_object().expect("operations") {
            let is_open = ["/livez", "/readyz"].contains(&path.as_str());
            for path in [format!("/prod{path}"), format!("/prod{path}/")] {
                let answer = ask_from(&service, "192.0.2.1", &method.to_uppercase(), &path, &[]).await;
                assert_eq!(answer.status, if is_open { 200 } else { 401 }, "{method} {path}");
            }
        }
    }
    for path in [
        "/",
        "/prod/",
        "/prod",
        "/docs",
        "/prod/docs/",
        "/docs/start.js",
        "/docs/swagger-ui.css",
        "/openapi.json",
        "/prod/openapi.json",
        "/livez",
        "/readyz",
    ] {
        assert_eq!(ask_from(&service, "192.0.2.1", "GET", path, &[]).await.status, 200, "{path}");
    }
    let head = ask_from(&service, "192.0.2.1", "HEAD", STATS, &[]).await;
    assert_eq!((head.status, head.body.as_str()), (401, ""));
    let preflight = ask_from(&service, "192.0.2.1", "OPTIONS", "/prod/stats", &[]).await;
    assert_eq!(preflight.status, 204);
    assert_eq!(ask_from(&service, "192.0.2.1", "GET", "/nothing", &[]).await.status, 404);
}

#[tokio::test]
async fn a_scope_is_needed() {
    let keys = keys();
    let answer = ask(&service_with_keys(&keys), &[("x-api-key", METRICS_KEY)]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.problem()["detail"].as_str().expect("a detail").contains("scope describe"));
    assert!(answer.header("www-authenticate").contains("insufficient_scope"));
}

#[tokio::test]
async fn keys_are_read_again_when_the_file_changes() {
    let keys = keys();
    let service = service_with_keys(&keys);
    assert_eq!(status(&service, &[("x-api-key", "bob.new")]).await, 401);
    keys.write(&line_of("bob.new", ""));
    let deadline = Instant::now() + Duration::from_secs(20);
    while status(&service, &[("x-api-key", "bob.new")]).await != 200 {
        assert!(Instant::now() < deadline, "the file is not read again");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(status(&service, &[("x-api-key", KEY)]).await, 401, "its line is gone");
}

#[tokio::test]
async fn a_file_with_faults_admits_nobody() {
    for content in ["alice sha256:half", ""] {
        let keys = File::new(content);
        assert_eq!(status(&service_with_keys(&keys), &[("x-api-key", KEY)]).await, 401, "{content}");
    }
    let missing = service(|config| config.access.api_keys_file = Some("/nothing/here".into()));
    assert_eq!(status(&missing, &[("x-api-key", KEY)]).await, 401);
}

#[tokio::test]
async fn requests_beyond_the_rate_are_refused_with_its_fields() {
    let service = service_with_rate("2/m");
    let policy = "\"default\";q=2;w=60";
    for state in ["\"default\";r=1;t=30", "\"default\";r=0;t=60"] {
        let answer = ask(&service, &[]).await;
        assert_eq!((answer.status, answer.header("ratelimit")), (200, state));
        assert_eq!(answer.header("ratelimit-policy"), policy);
        assert_eq!(answer.header("retry-after"), "");
    }
    let refused = ask(&service, &[]).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "30"));
    assert_eq!((refused.header("ratelimit"), refused.header("ratelimit-policy")), ("\"default\";r=0;t=30", policy));
    refused.problem();
    assert_eq!(ask_from(&service, "192.0.2.2", "GET", STATS, &[]).await.status, 200, "another address");
    assert_eq!(ask_from(&service, "192.0.2.1", "GET", "/livez", &[]).await.status, 200, "not an endpoint");
    let same_subscriber = ["2001:db8::1", "2001:db8::2", "2001:db8::3"];
    for (peer, expected) in same_subscriber.into_iter().zip([200, 200, 429]) {
        assert_eq!(ask_from(&service, peer, "GET", STATS, &[]).await.status, expected, "{peer}");
    }
}

#[tokio::test]
async fn a_rate_recovers() {
    let service = service_with_rate("20/s,burst=1");
    assert_eq!((status(&service, &[]).await, status(&service, &[]).await), (200, 429));
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(status(&service, &[]).await, 200);
}

#[tokio::test]
async fn a_key_has_its_own_rate() {
    let keys = File::new(&(line_of(KEY, " rate=1/h") + &line_of("bob.two", "")));
    let service = service(|config| {
        config.access.api_keys_file = Some(keys.0.clone());
        config.access.rate_limit = "2/h".parse().ok();
    });
    let alice = [("x-api-key", KEY)];
    let first = ask(&service, &alice).await;
    assert_eq!((first.status, first.key.as_deref()), (200, Some("alice")));
    assert_eq!(status(&service, &alice).await, 429);
    assert_eq!(ask_from(&service, "192.0.2.9", "GET", STATS, &alice).await.status, 429, "from any address");
    let bob = [("x-api-key", "bob.two")];
    assert_eq!(
        (status(&service, &bob).await, status(&service, &bob).await, status(&service, &bob).await),
        (200, 200, 429)
    );
    let wrong = [("x-api-key", "alice.wrong")];
    let refused = ask(&service, &wrong).await;
    assert_eq!((refused.status, refused.key.as_deref()), (401, None));
    assert_eq!((status(&service, &wrong).await, status(&service, &wrong).await), (401, 429), "by address");
}

#[tokio::test]
async fn only_trusted_proxies_are_believed() {
    let spoofed = |number: u8| format!("203.0.113.{number}");
    let service_behind = |proxies: &[&str]| {
        let proxies = proxies.iter().map(|network| network.parse().expect("a network")).collect();
        service(|config| {
            config.access.rate_limit = "1/h".parse().ok();
            config.access.trusted_proxies = proxies;
        })
    };
    let direct = service_behind(&[]);
    assert_eq!(status(&direct, &[("x-forwarded-for", &spoofed(1))]).await, 200);
    for field in ["x-forwarded-for", "forwarded"] {
        let value = if field == "forwarded" { format!("for={}", spoofed(2)) } else { spoofed(2) };
        assert_eq!(status(&direct, &[(field, &value)]).await, 429, "{field} of anybody does not count");
    }
    let behind = service_behind(&["192.0.2.0/24"]);
    for number in 1..4 {
        assert_eq!(status(&behind, &[("x-forwarded-for", &spoofed(number))]).await, 200, "a client each");
    }
    let before_the_last = format!("{}, {}", spoofed(9), spoofed(1));
    assert_eq!(status(&behind, &[("x-forwarded-for", &before_the_last)]).await, 429, "the client wrote the first");
}

#[tokio::test]
async fn the_document_says_what_protects_the_operations() {
    let open: Value = serde_json::from_str(&openapi_of(&Config::default())).expect("JSON");
    assert!(open["components"]["securitySchemes"].is_null() && open["paths"]["/stats"]["get"]["security"].is_null());
    let keys = keys();
    let mut config = Config::default();
    config.access.api_keys_file = Some(keys.0.clone());
    let document: Value = serde_json::from_str(&openapi_of(&config)).expect("JSON");
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!((&schemes["bearer"]["type"], &schemes["bearer"]["scheme"]), (&json!("http"), &json!("bearer")));
    assert_eq!((&schemes["api_key"]["in"], &schemes["api_key"]["name"]), (&json!("header"), &json!("X-API-Key")));
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let is_open = ["/livez", "/readyz"].contains(&path.as_str());
            assert_eq!(operation["security"].is_null(), is_open, "{method} {path}");
            for status in ["401", "403", "429"] {
                assert_eq!(operation["responses"][status].is_null(), is_open, "{method} {path} {status}");
            }
        }
    }
    let service = service_with_keys(&keys);
    let served = ask_from(&service, "192.0.2.1", "GET", "/openapi.json", &[]).await;
    assert!(served.body == openapi_of(&config), "the served document is that of the settings");
    let example = |status: &str| {
        document["paths"]["/stats"]["get"]["responses"][status]["content"]["application/problem+json"]["example"]
            .clone()
    };
    assert_eq!(ask(&service, &[]).await.problem(), example("401"));
    assert_eq!(ask(&service, &[("x-api-key", METRICS_KEY)]).await.problem(), example("403"));
}

#[cfg(feature = "jwt")]
mod tokens {
    use jsonwebtoken::jwk::Jwk;
    use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};

    use super::*;

    /// Signing keys made for these tests.
    fn signers() -> [(&'static str, Algorithm, EncodingKey); 3] {
        [
            ("rsa", Algorithm::RS256, EncodingKey::from_rsa_der(include_bytes!("signing/rsa.der"))),
            ("p256", Algorithm::ES256, EncodingKey::from_ec_der(include_bytes!("signing/p256.der"))),
            ("ed25519", Algorithm::EdDSA, EncodingKey::from_ed_der(include_bytes!("signing/ed25519.der"))),
        ]
    }

    /// The key set of the provider.
    fn key_set() -> String {
        let keys = signers().map(|(id, algorithm, key)| {
            let mut key = Jwk::from_encoding_key(&key, algorithm).expect("a key");
            key.common.key_id = Some(id.to_owned());
            key
        });
        json!({ "keys": keys }).to_string()
    }

    fn service_for(set: &str, change: impl FnOnce(&mut Config)) -> Router {
        service(|config| {
            config.access.jwt_issuer = Some("https://id.example.org/".to_owned());
            config.access.jwt_audience = Some("describe-api".to_owned());
            config.access.jwt_jwks = set.parse().ok();
            change(config);
        })
    }

    fn now() -> u64 {
        jsonwebtoken::get_current_timestamp()
    }

    fn claims() -> Value {
        json!({"iss": "https://id.example.org/", "aud": ["other", "describe-api"], "sub": "alice", "exp": now() + 600})
    }

    fn changed(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    fn token(signer: usize, id: Option<&str>, claims: &Value) -> String {
        let (_, algorithm, key) = &signers()[signer];
        let header = Header { kid: id.map(str::to_owned), ..Header::new(*algorithm) };
        bearer(&encode(&header, claims, key).expect("a token"))
    }

    /// A token that says that it has no signature, or one with the shared secret `secret`.
    fn forged(algorithm: &str, id: &str, secret: Option<&[u8]>) -> String {
        let part = |value: &Value| encode_base64(value.to_string().as_bytes());
        let message = format!("{}.{}", part(&json!({"alg": algorithm, "kid": id})), part(&claims()));
        let signature = secret.map(|secret| {
            let key = EncodingKey::from_secret(secret).expect("a secret");
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("a signature")
        });
        bearer(&format!("{message}.{}", signature.unwrap_or_default()))
    }

    /// Base64 for URLs, without padding.
    fn encode_base64(bytes: &[u8]) -> String {
        const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let mut text = String::new();
        for chunk in bytes.chunks(3) {
            let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
            for place in 0..=chunk.len() {
                text.push(char::from(DIGITS[(bits >> (18 - 6 * place) & 63) as usize]));
            }
        }
        text
    }

    async fn asked(service: &Router, token: &str) -> u16 {
        status(service, &[("authorization", token)]).await
    }

    #[tokio::test]
    async fn a_token_of_the_provider_admits() {
        let set = File::new(&key_set());
        let service = service_for(set.0.to_str().expect("text"), |_| ());
        for (signer, (id, ..)) in signers().iter().enumerate() {
            assert_eq!(asked(&service, &token(signer, Some(id), &claims())).await, 200, "{id}");
        }
        for claims in [
            changed("aud", json!("describe-api")),
            changed("nbf", json!(now() - 5)),
            changed("exp", json!(now() - 5)),
            changed("scope", json!("openid profile")),
            changed("scp", json!(["describe"])),
        ] {
            assert_eq!(asked(&service, &token(1, Some("p256"), &claims)).await, 200, "{claims}");
        }
    }

    #[tokio::test]
    async fn other_tokens_do_not() {
        let set = File::new(&key_set());
        let service = service_for(set.0.to_str().expect("text"), |_| ());
        for claims in [
            changed("exp", json!(now() - 120)),
            changed("exp", Value::Null),
            changed("nbf", json!(now() + 600)),
            changed("aud", json!("another-service")),
            changed("aud", Value::Null),
            changed("iss", json!("https://id.example.com/")),
            changed("iss", Value::Null),
        ] {
            let answer = ask(&service, &[("authorization", &token(1, Some("p256"), &claims))]).await;
            assert_eq!(answer.status, 401, "{claims}");
            assert!(answer.header("www-authenticate").contains("invalid_token"));
        }
        assert_eq!(asked(&service, &token(1, Some("unknown"), &claims())).await, 401, "an unknown key");
        assert_eq!(asked(&service, &token(1, None, &claims())).await, 401, "no key id, and three keys");
        assert_eq!(asked(&service, &token(1, Some("rsa"), &claims())).await, 401, "the key of another algorithm");
        let valid = token(1, Some("p256"), &claims());
        let flipped = if valid.ends_with('A') { "B" } else { "A" };
        let middle = valid.len() - 20;
        let tampered = format!("{}{flipped}{}", &valid[..middle], &valid[middle + 1..]);
        assert!(tampered == valid || asked(&service, &tampered).await == 401, "a changed signature");
        assert_eq!(asked(&service, &valid[..valid.len() - 30]).await, 401, "a shortened signature");
        assert_eq!(asked(&service, &bearer(&"a".repeat(40_000))).await, 401);
        assert_eq!(asked(&service, &bearer(&format!("{}.b.c", "a".repeat(40_000)))).await, 401);
    }

    #[tokio::test]
    async fn the_algorithm_is_that_of_the_key() {
        let set = File::new(&key_set());
        let service = service_for(set.0.to_str().expect("text"), |_| ());
        for id in ["rsa", "p256", "ed25519"] {
            for algorithm in ["none", "None", "HS256"] {
                assert_eq!(asked(&service, &forged(algorithm, id, None)).await, 401, "{algorithm} {id}");
            }
            let public_key = key_set();
            assert_eq!(asked(&service, &forged("HS256", id, Some(public_key.as_bytes()))).await, 401, "{id}");
        }
    }

    #[tokio::test]
    async fn a_set_of_one_key_needs_no_id() {
        let (_, algorithm, key) = &signers()[1];
        let key = Jwk::from_encoding_key(key, *algorithm).expect("a key");
        let set = File::new(&json!({ "keys": [key] }).to_string());
        let service = service_for(set.0.to_str().expect("text"), |_| ());
        assert_eq!(asked(&service, &token(1, None, &claims())).await, 200);
        assert_eq!(asked(&service, &token(1, Some("another"), &claims())).await, 401);
    }

    #[tokio::test]
    async fn scopes_and_rates_are_those_of_the_token() {
        let set = File::new(&key_set());
        let keys = keys();
        let service = service_for(set.0.to_str().expect("text"), |config| {
            config.access.api_keys_file = Some(keys.0.clone());
            config.access.rate_limit = "1/h".parse().ok();
        });
        let metrics = token(1, Some("p256"), &changed("scope", json!("openid metrics")));
        assert_eq!(asked(&service, &metrics).await, 403);
        let bob = token(1, Some("p256"), &changed("sub", json!("bob")));
        assert_eq!((asked(&service, &bob).await, asked(&service, &bob).await), (200, 429));
        assert_eq!(status(&service, &[("x-api-key", KEY)]).await, 200, "keys are admitted beside tokens");
    }

    #[tokio::test]
    async fn keys_are_fetched_from_a_url() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/keys", listener.local_addr().expect("an address"));
        let service = service_for(&url, |_| ());
        let valid = token(1, Some("p256"), &claims());
        let early = ask(&service, &[("authorization", &valid)]).await;
        assert_eq!((early.status, early.header("retry-after")), (503, "10"), "the keys are not there yet");
        std::thread::spawn(move || {
            use std::io::{Read, Write};
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = stream.read(&mut [0; 4096]);
            let set = key_set();
            write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{set}", set.len())
                .expect("sent");
        });
        let deadline = Instant::now() + Duration::from_secs(20);
        while asked(&service, &valid).await != 200 {
            assert!(Instant::now() < deadline, "the keys are not fetched");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}
