//! The part of the document about keys, tokens and rates; empty for a service without them.
//!
//! Input: the settings. Output: security schemes, and the responses that they add to the operations that they protect.

use std::collections::BTreeMap;

use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::{OpenApi, RefOr, Response};

use crate::cli::settings::Config;
use crate::http::access::refusal::Refusal;
use crate::http::access::scopes::Scope;
use crate::http::openapi::responses::problem;

/// What protects the operations of a service.
#[derive(Clone, Copy, Debug, Default)]
pub struct Protection {
    /// Whether keys of a file are admitted.
    keys: bool,
    /// Whether tokens of an identity provider are admitted.
    tokens: bool,
    /// Whether there is a rate, of all clients or of a key.
    rates: bool,
}

impl Protection {
    /// The protection of a service with these settings. A key file may give a key a rate.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let access = &config.access;
        let keys = access.api_keys_file.is_some();
        #[cfg(feature = "jwt")]
        let tokens = access.provider().is_some();
        #[cfg(not(feature = "jwt"))]
        let tokens = false;
        Self { keys, tokens, rates: keys || access.rate_limit.is_some() }
    }

    /// Adds the responses of protected operations to all of these, and the keys that each of them takes.
    pub fn add_to(self, operations: &mut OpenApi) {
        let responses = self.responses();
        for path in operations.paths.paths.values_mut() {
            let operations = [&mut path.get, &mut path.post, &mut path.put, &mut path.delete, &mut path.patch];
            for operation in operations.into_iter().flatten() {
                for (status, response) in &responses {
                    operation.responses.responses.entry(status.clone()).or_insert_with(|| response.clone());
                }
                if !self.schemes().is_empty() {
                    let requirement = |(name, _): (&str, _)| SecurityRequirement::new(name, Vec::<String>::new());
                    operation.security = Some(self.schemes().into_iter().map(requirement).collect());
                }
            }
        }
    }

    /// Adds the security schemes to a document.
    pub fn add_schemes(self, document: &mut OpenApi) {
        for (name, scheme) in self.schemes() {
            document.components.get_or_insert_default().add_security_scheme(name, scheme);
        }
    }

    fn schemes(self) -> Vec<(&'static str, SecurityScheme)> {
        let mut schemes = Vec::new();
        if self.keys || self.tokens {
            let description = match (self.keys, self.tokens) {
                (true, true) => "An API key, or a token (JWT) of the identity provider.",
                (true, false) => "An API key.",
                (false, _) => "A token (JWT) of the identity provider.",
            };
            let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(description)).build();
            schemes.push(("bearer", SecurityScheme::Http(bearer)));
            let header = ApiKeyValue::with_description("X-API-Key", description);
            schemes.push(("api_key", SecurityScheme::ApiKey(ApiKey::Header(header))));
        }
        schemes
    }

    fn responses(self) -> BTreeMap<String, RefOr<Response>> {
        let mut responses = BTreeMap::new();
        if self.keys || self.tokens {
            responses.extend([
                problem("The request has no key or token that is valid.", Refusal::NoCredential.into()),
                problem(
                    "The key or token does not have the scope of this operation.",
                    Refusal::Scope(Scope::Describe).into(),
                ),
            ]);
        }
        if self.rates {
            let description = "More requests than the rate of this client; Retry-After says when to send the next.";
            responses.extend([problem(description, Refusal::Rate { seconds: 12 }.into())]);
        }
        if self.tokens {
            responses.extend([problem("Tokens cannot be checked yet.", Refusal::NoTokenKeys.into())]);
        }
        responses
    }
}
