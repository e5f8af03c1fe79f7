//! Errors of requests that are not admitted, with their statuses, sentences and header fields.

use axum::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, StatusCode};

use crate::http::access::scopes::Scope;

/// Reason why a request is not admitted. An unknown key and a wrong one are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It has no key or token: 401.
    NoCredential,
    /// Its key or token is not valid, or no longer: 401.
    InvalidCredential,
    /// It has different keys: 401.
    ContradictoryCredentials,
    /// Its key or token does not have this scope: 403.
    Scope(Scope),
    /// It is beyond the rate of the client: 429. Retry-After is added with the other fields of the rate.
    Rate {
        /// Seconds until the next request may come.
        seconds: u64,
    },
    /// Its token cannot be checked, because the keys of the identity provider have not been read yet: 503.
    NoTokenKeys,
}

impl Refusal {
    /// The status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Self::NoCredential | Self::InvalidCredential | Self::ContradictoryCredentials => StatusCode::UNAUTHORIZED,
            Self::Scope(_) => StatusCode::FORBIDDEN,
            Self::Rate { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::NoTokenKeys => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A short stable name, for the log and the metrics.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NoCredential => "no_credential",
            Self::InvalidCredential => "invalid_credential",
            Self::ContradictoryCredentials => "contradictory_credentials",
            Self::Scope(_) => "scope",
            Self::Rate { .. } => "rate_limited",
            Self::NoTokenKeys => "no_token_keys",
        }
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(self) -> String {
        let message = match self {
            Self::NoCredential => {
                "This server asks for a key. Send it in the header `X-API-Key: KEY` or `Authorization: Bearer KEY`."
            }
            Self::InvalidCredential => {
                "The key or token of this request is not valid, or no longer. Ask the operator of this server for one."
            }
            Self::ContradictoryCredentials => {
                "This request has different keys in its headers Authorization and X-API-Key. Send one of them."
            }
            Self::Scope(scope) => {
                let scope = scope.name();
                return format!(
                    "The key or token of this request does not have the scope {scope}. Use one that has it."
                );
            }
            Self::Rate { seconds } => {
                return format!(
                    "This client has sent more requests than its rate allows (setting --rate-limit or RATE_LIMIT, or the rate of \
                     its key). Retry the request in {seconds} s."
                );
            }
            Self::NoTokenKeys => {
                "Tokens cannot be checked yet, because the keys of the identity provider have not been read. Retry the request."
            }
        };
        message.to_owned()
    }

    /// The challenge (RFC 6750, section 3), or the time after which to retry.
    #[must_use]
    pub fn header(self) -> Option<(HeaderName, &'static str)> {
        match self {
            Self::NoCredential => Some((WWW_AUTHENTICATE, r#"Bearer realm="describe-api""#)),
            Self::InvalidCredential => {
                Some((WWW_AUTHENTICATE, r#"Bearer realm="describe-api", error="invalid_token""#))
            }
            Self::ContradictoryCredentials => {
                Some((WWW_AUTHENTICATE, r#"Bearer realm="describe-api", error="invalid_request""#))
            }
            Self::Scope(_) => Some((WWW_AUTHENTICATE, r#"Bearer realm="describe-api", error="insufficient_scope""#)),
            Self::Rate { .. } => None,
            Self::NoTokenKeys => Some((RETRY_AFTER, "10")),
        }
    }
}
