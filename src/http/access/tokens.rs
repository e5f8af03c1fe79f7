//! Tokens of an identity provider: JSON Web Tokens (RFC 7519) with a signature by one of its public keys.
//!
//! Input: a token, the issuer and the audience that it must name, the provider's keys. Output: its subject and scopes, or why it
//! is not admitted. Signature, `iss`, `aud`, `exp` and `nbf` are checked. The algorithm is one that the key of the set allows;
//! `none` and those with a shared secret are not.

use jsonwebtoken::{Validation, decode, decode_header};
use serde::Deserialize;

use crate::http::access::scopes::Scopes;
use crate::http::access::token_keys::{KeySetSource, RefreshedKeys};

/// Maximum length of a token in bytes.
const MAX_TOKEN_BYTES: usize = 16 << 10;

/// Difference between the clocks of the provider and of this machine that is tolerated, in seconds.
const LEEWAY_SECONDS: u64 = 30;

/// Checks the tokens of one provider.
#[derive(Debug)]
pub struct Tokens {
    issuer: String,
    audience: String,
    keys: RefreshedKeys,
}

/// A valid token.
#[derive(Debug, PartialEq, Eq)]
pub struct Token {
    /// The claim `sub`.
    pub subject: Option<String>,
    /// The known scopes of the claim `scope` or `scp`, else the default.
    pub scopes: Scopes,
}

/// Reason why a token is not admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    /// It is not valid, or no longer.
    Invalid,
    /// The keys of the provider have not been read yet.
    NoKeys,
}

#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
    scope: Option<Names>,
    scp: Option<Names>,
}

/// Names with spaces between them, or a list of names.
#[derive(Deserialize)]
#[serde(untagged)]
enum Names {
    Text(String),
    List(Vec<String>),
}

impl Names {
    fn iter(&self) -> impl Iterator<Item = &str> {
        let texts = match self {
            Self::Text(text) => std::slice::from_ref(text),
            Self::List(list) => list,
        };
        texts.iter().flat_map(|text| text.split(' '))
    }
}

impl Tokens {
    /// Tokens of an issuer for an audience.
    #[must_use]
    pub fn new(issuer: String, audience: String, keys: KeySetSource) -> Self {
        Self { issuer, audience, keys: RefreshedKeys::start(keys) }
    }

    /// Whether a text has the form of a token.
    #[must_use]
    pub fn is_token(text: &[u8]) -> bool {
        text.split(|byte| *byte == b'.').count() == 3
    }

    /// Checks a token.
    ///
    /// # Errors
    /// [`TokenFault`].
    pub fn check(&self, text: &[u8]) -> Result<Token, TokenFault> {
        let keys = self.keys.keys().ok_or(TokenFault::NoKeys)?;
        if text.len() > MAX_TOKEN_BYTES {
            return Err(TokenFault::Invalid);
        }
        let header = decode_header(text).map_err(|_| TokenFault::Invalid)?;
        let Some(key) = keys.find(header.kid.as_deref(), header.alg) else {
            self.keys.refresh();
            return Err(TokenFault::Invalid);
        };
        let mut validation = Validation::new(header.alg);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_required_spec_claims(&["exp", "iss", "aud"]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_audience(&[&self.audience]);
        let claims = decode::<Claims>(text, &key.key, &validation).map_err(|_| TokenFault::Invalid)?.claims;
        let names = claims.scope.iter().chain(&claims.scp).flat_map(Names::iter);
        Ok(Token { scopes: Scopes::known(names), subject: claims.sub })
    }
}
