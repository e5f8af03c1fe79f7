//! The public keys of an identity provider: a JSON Web Key Set (RFC 7517) of a file or a URL, refreshed in the background.
//!
//! Input: where the set is. Output: its keys for signatures, by their ids. Invariant: a set that cannot be fetched or read
//! never replaces one that could; a warning in the log says so. A URL is asked at the start, every ten minutes, and for an
//! unknown id, then at most once a minute; a file is read every five seconds.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, JwkSet, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};

/// Maximum size of a key set in bytes.
const MAX_SET_BYTES: u64 = 1 << 20;

/// Time limit of a fetch.
const MAX_FETCH_TIME: Duration = Duration::from_secs(10);

/// Time after which a source that could not be read is read again.
const RETRY_INTERVAL: Duration = Duration::from_secs(10);

/// Where the key set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySetSource {
    /// A file.
    File(PathBuf),
    /// A URL.
    Url(String),
}

/// Parses a URL, or the path of a file. Plain HTTP is for this machine alone: whoever can change the set can make tokens.
impl FromStr for KeySetSource {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let Some((scheme, rest)) = text.split_once("://") else { return Ok(Self::File(text.into())) };
        let is_here = ["127.0.0.1", "[::1]", "localhost"]
            .iter()
            .any(|host| rest.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/'])));
        match scheme {
            "https" => Ok(Self::Url(text.to_owned())),
            "http" if is_here => Ok(Self::Url(text.to_owned())),
            _ => Err("expected the path of a file or an https:// URL (http:// for 127.0.0.1 only)"),
        }
    }
}

impl KeySetSource {
    /// Time between two readings.
    fn interval(&self) -> Duration {
        match self {
            Self::File(_) => Duration::from_secs(5),
            Self::Url(_) => Duration::from_mins(10),
        }
    }

    /// Least time between two readings, however many tokens with unknown keys come.
    fn min_interval(&self) -> Duration {
        match self {
            Self::File(_) => Duration::from_secs(1),
            Self::Url(_) => Duration::from_mins(1),
        }
    }

    /// Reads the set.
    ///
    /// # Errors
    /// The fault, with its remedy.
    pub fn read(&self) -> Result<TokenKeys, String> {
        let text = match self {
            Self::File(path) => read_file(path).map_err(|error| format!("{}: {error}", path.display()))?,
            Self::Url(url) => fetch(url).map_err(|error| format!("{url}: {error}"))?,
        };
        TokenKeys::parse(&text)
    }
}

fn read_file(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut text = Vec::new();
    File::open(path)?.take(MAX_SET_BYTES).read_to_end(&mut text)?;
    Ok(text)
}

fn fetch(url: &str) -> Result<Vec<u8>, ureq::Error> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(MAX_FETCH_TIME))
        .https_only(url.starts_with("https:"))
        .max_redirects(3)
        .user_agent(concat!("describe-api/", env!("CARGO_PKG_VERSION")));
    let agent = ureq::Agent::new_with_config(config.build());
    agent.get(url).call()?.body_mut().with_config().limit(MAX_SET_BYTES).read_to_vec()
}

/// A key that verifies signatures.
#[derive(Debug)]
pub struct TokenKey {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    /// The key itself.
    pub key: DecodingKey,
}

/// The keys of a set.
#[derive(Debug)]
pub struct TokenKeys(Vec<TokenKey>);

impl TokenKeys {
    /// Parses a set. Keys for other purposes and of unknown types are left out, and so are those with a shared secret, with
    /// which whoever can verify a token could make one.
    fn parse(text: &[u8]) -> Result<Self, String> {
        let set: JwkSet =
            serde_json::from_slice(text).map_err(|error| format!("it is not a JSON Web Key Set: {error}"))?;
        let keys: Vec<TokenKey> = set.keys.iter().filter_map(TokenKey::new).collect();
        if keys.is_empty() {
            return Err("the JSON Web Key Set has no key for signatures (RSA, EC P-256 or P-384, Ed25519)".to_owned());
        }
        Ok(Self(keys))
    }

    /// The key with this id for this algorithm. A token without an id has the only key of the set.
    #[must_use]
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Option<&TokenKey> {
        let mut suitable = self.0.iter().filter(|key| key.algorithms.contains(&algorithm));
        match id {
            Some(_) => suitable.find(|key| key.id.as_deref() == id),
            None => suitable.next().filter(|_| self.0.len() == 1),
        }
    }
}

impl TokenKey {
    fn new(key: &Jwk) -> Option<Self> {
        if key.common.public_key_use.as_ref().is_some_and(|purpose| *purpose != PublicKeyUse::Signature) {
            return None;
        }
        let by_type: &[Algorithm] = match &key.algorithm {
            AlgorithmParameters::RSA(_) => &[
                Algorithm::RS256,
                Algorithm::RS384,
                Algorithm::RS512,
                Algorithm::PS256,
                Algorithm::PS384,
                Algorithm::PS512,
            ],
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P256 => &[Algorithm::ES256],
            AlgorithmParameters::EllipticCurve(key) if key.curve == EllipticCurve::P384 => &[Algorithm::ES384],
            AlgorithmParameters::OctetKeyPair(key) if key.curve == EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => return None,
        };
        let is_named =
            |algorithm: &Algorithm| key.common.key_algorithm.is_none_or(|named| named == (*algorithm).into());
        let algorithms: Vec<Algorithm> = by_type.iter().copied().filter(is_named).collect();
        let decoding = DecodingKey::from_jwk(key).ok()?;
        (!algorithms.is_empty()).then(|| Self { id: key.common.key_id.clone(), algorithms, key: decoding })
    }
}

/// The current keys of a source.
#[derive(Debug)]
pub struct RefreshedKeys {
    keys: Arc<RwLock<Option<Arc<TokenKeys>>>>,
    /// Asks the thread to read again; the thread ends when it is dropped.
    refresh: SyncSender<()>,
}

impl RefreshedKeys {
    /// Reads the source in a thread of its own, now and from then on.
    #[must_use]
    pub fn start(source: KeySetSource) -> Self {
        let keys = Arc::new(RwLock::new(None));
        if let KeySetSource::File(_) = source {
            read_into(&source, &keys);
        }
        let (refresh, asked) = sync_channel(1);
        let shared = Arc::clone(&keys);
        let run = move || keep_reading(&source, &shared, &asked);
        if let Err(error) = std::thread::Builder::new().name("token keys".to_owned()).spawn(run) {
            tracing::error!(error = error.to_string(), "the keys of the identity provider are not fetched");
        }
        Self { keys, refresh }
    }

    /// The keys as they are now; `None` before the first success.
    #[must_use]
    pub fn keys(&self) -> Option<Arc<TokenKeys>> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has the source read again soon.
    pub fn refresh(&self) {
        // Full if that is asked already.
        let _ = self.refresh.try_send(());
    }
}

/// Reads the source until nobody needs its keys.
fn keep_reading(source: &KeySetSource, keys: &RwLock<Option<Arc<TokenKeys>>>, asked: &Receiver<()>) {
    loop {
        let is_read = read_into(source, keys);
        let now = Instant::now();
        let (earliest, mut next) = (now + source.min_interval(), now + source.interval());
        if !is_read {
            next = next.min(now + RETRY_INTERVAL);
        }
        while let Some(wait) = next.checked_duration_since(Instant::now()) {
            match asked.recv_timeout(wait) {
                Ok(()) => next = next.min(earliest),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }
}

/// Reads the source once. Returns whether it could be read.
fn read_into(source: &KeySetSource, keys: &RwLock<Option<Arc<TokenKeys>>>) -> bool {
    match source.read() {
        Ok(new) => {
            *keys.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(new));
            true
        }
        Err(error) => {
            tracing::warn!(error, "the keys of the identity provider could not be read; those read before stay");
            false
        }
    }
}
