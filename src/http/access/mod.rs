//! Access: who may use the endpoints, and how often.
//!
//! Input: the head of a request and the address of its peer. Output: the request goes on, or an error: 401 without a valid key
//! or token, 403 without the scope, 429 beyond the rate, 503 while the keys of the identity provider are missing.
//!
//! * Keys and tokens are off unless a setting names a key file or a provider; rates are off unless a setting or a key has one.
//! * A request counts for its key, for the subject of its token, or else for its address. One that is not admitted counts for its
//!   address, so that guessing has the same rate.
//! * Routes are guarded where they are made ([`guarded`]). Pages, the OpenAPI document and health checks are not: a browser must
//!   load the page to ask for a key, and load balancers have none. OPTIONS is not either, because the preflight requests of
//!   browsers carry no key.
//! * Nothing here logs what a client sent; the id of a valid key is the operator's word, and goes into the log line.

pub mod client;
mod credential;
pub mod key_file;
pub mod keys;
pub mod rates;
pub mod refusal;
pub mod scopes;
#[cfg(feature = "jwt")]
pub mod token_keys;
#[cfg(feature = "jwt")]
mod tokens;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderMap, Method};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use ipnet::IpNet;

use crate::cli::access_settings::AccessSettings;
use crate::http::access::client::Peer;
use crate::http::access::credential::Credential;
use crate::http::access::key_file::KeyFile;
use crate::http::access::rates::{Allowance, Client, ClientLimiter, KeyLimiter};
use crate::http::access::refusal::Refusal;
use crate::http::access::scopes::{Scope, Scopes};
#[cfg(feature = "jwt")]
use crate::http::access::tokens::{TokenFault, Tokens};
use crate::http::error::Error;
use crate::telemetry::KeyId;

/// Keys, tokens and rates of the service.
pub struct Access {
    keys: Option<KeyFile>,
    #[cfg(feature = "jwt")]
    tokens: Option<Tokens>,
    clients: Option<ClientLimiter>,
    trusted_proxies: Vec<IpNet>,
}

impl fmt::Debug for Access {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.debug_struct("Access").finish_non_exhaustive()
    }
}

/// Who sends a request.
#[derive(Default)]
struct Caller {
    key: Option<Arc<str>>,
    subject: Option<String>,
    scopes: Scopes,
    limiter: Option<Arc<KeyLimiter>>,
}

impl Access {
    /// Access by these settings. Key files are watched and the keys of a provider fetched from now on.
    #[must_use]
    pub fn new(settings: &AccessSettings) -> Self {
        let rate = settings.rate_limit;
        Self {
            keys: settings.api_keys_file.as_deref().map(|path| KeyFile::open(path, rate)),
            #[cfg(feature = "jwt")]
            tokens: settings.provider().map(|(issuer, audience, keys)| Tokens::new(issuer, audience, keys)),
            clients: rate.map(ClientLimiter::new),
            trusted_proxies: settings.trusted_proxies.clone(),
        }
    }

    /// Whether keys or tokens are asked for.
    #[must_use]
    pub fn asks_for_keys(&self) -> bool {
        #[cfg(feature = "jwt")]
        if self.tokens.is_some() {
            return true;
        }
        self.keys.is_some()
    }

    /// Logs a warning if everybody who reaches an address may use the service, unless only this machine does.
    pub fn warn_if_open(&self, host: IpAddr) {
        if !self.asks_for_keys() && !host.to_canonical().is_loopback() {
            tracing::warn!(
                address = host.to_string(),
                "no keys are asked for: everybody who reaches this address can use the service; set --api-keys-file (API_KEYS_FILE) \
                 to ask for keys, or --host 127.0.0.1 to listen to this machine alone"
            );
        }
    }

    /// Decides on a request. The allowance is that of its rate, if it has one.
    fn admit(
        &self,
        headers: &HeaderMap,
        peer: Option<IpAddr>,
        scope: Scope,
    ) -> (Result<Caller, Refusal>, Option<Allowance>) {
        let caller = if self.asks_for_keys() { self.caller(headers) } else { Ok(Caller::default()) };
        let known = caller.as_ref().ok();
        let allowance = match known.and_then(|caller| caller.limiter.as_ref()) {
            Some(limiter) => Some(limiter.count()),
            None => self.count(known.and_then(|caller| caller.subject.as_deref()), headers, peer),
        };
        let admitted = match (caller, allowance) {
            (_, Some(allowance)) if allowance.exceeded => Err(Refusal::Rate { seconds: allowance.retry_after() }),
            (Ok(caller), _) if !caller.scopes.has(scope) => Err(Refusal::Scope(scope)),
            (caller, _) => caller,
        };
        (admitted, allowance)
    }

    /// Counts a request of a client without a limiter of its own.
    fn count(&self, subject: Option<&str>, headers: &HeaderMap, peer: Option<IpAddr>) -> Option<Allowance> {
        let clients = self.clients.as_ref()?;
        let client = match (subject, peer) {
            (Some(subject), _) => Client::Subject(subject),
            (None, Some(peer)) => {
                Client::Address(client::subscriber(client::address(peer, headers, &self.trusted_proxies)))
            }
            (None, None) => Client::Unknown,
        };
        Some(clients.count(client))
    }

    /// Identifies who sends a request by its key or token.
    fn caller(&self, headers: &HeaderMap) -> Result<Caller, Refusal> {
        let text = match Credential::of(headers) {
            Credential::Given(text) => text,
            Credential::Missing => return Err(Refusal::NoCredential),
            Credential::Contradictory => return Err(Refusal::ContradictoryCredentials),
        };
        let keys = self.keys.as_ref().map(KeyFile::keys);
        if let Some(key) = keys.as_ref().and_then(|keys| keys.find(text)) {
            let (id, limiter) = (Arc::clone(&key.id), key.limiter.clone());
            return Ok(Caller { key: Some(id), subject: None, scopes: key.scopes, limiter });
        }
        #[cfg(feature = "jwt")]
        if let Some(tokens) = self.tokens.as_ref().filter(|_| Tokens::is_token(text)) {
            return match tokens.check(text) {
                Ok(token) => Ok(Caller { subject: token.subject, scopes: token.scopes, ..Caller::default() }),
                Err(TokenFault::Invalid) => Err(Refusal::InvalidCredential),
                Err(TokenFault::NoKeys) => Err(Refusal::NoTokenKeys),
            };
        }
        Err(Refusal::InvalidCredential)
    }
}

/// Routes that need a key or token with this scope, if any is asked for, and count for the rate of the client.
pub fn guarded<S: Clone + Send + Sync + 'static>(routes: Router<S>, access: &Arc<Access>, scope: Scope) -> Router<S> {
    if !access.asks_for_keys() && access.clients.is_none() {
        return routes;
    }
    let access = Arc::clone(access);
    routes.route_layer(from_fn(move |request: Request, next: Next| {
        let access = Arc::clone(&access);
        async move { guard(&access, scope, request, next).await }
    }))
}

/// Response to a request of a guarded route.
async fn guard(access: &Access, scope: Scope, request: Request, next: Next) -> Response {
    if request.method() == Method::OPTIONS {
        return next.run(request).await;
    }
    let peer = request.extensions().get().map(|Peer(address)| *address);
    let (admitted, allowance) = access.admit(request.headers(), peer, scope);
    let (mut response, key) = match admitted {
        Ok(caller) => (next.run(request).await, caller.key),
        Err(refusal) => (Error::Access(refusal).into_response(), None),
    };
    if let Some(allowance) = allowance {
        allowance.add_to(response.headers_mut());
    }
    if let Some(key) = key {
        response.extensions_mut().insert(KeyId(key));
    }
    response
}
