//! The key or token of a request: `Authorization: Bearer` or `X-API-Key`.

use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderName};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// The key or token of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential<'a> {
    /// None is given. Another scheme of `Authorization` is meant for somebody else.
    Missing,
    /// One is given, in one field or more.
    Given(&'a [u8]),
    /// Different ones are given.
    Contradictory,
}

impl<'a> Credential<'a> {
    /// Reads the header fields.
    #[must_use]
    pub fn of(headers: &'a HeaderMap) -> Self {
        let tokens = headers.get_all(AUTHORIZATION).iter().filter_map(|field| bearer(field.as_bytes()));
        let keys = headers.get_all(X_API_KEY).iter().map(|field| field.as_bytes().trim_ascii());
        let mut all = tokens.chain(keys);
        match all.next() {
            None => Self::Missing,
            Some(first) if all.all(|other| other == first) => Self::Given(first),
            Some(_) => Self::Contradictory,
        }
    }
}

/// The token of a field `Authorization`, if its scheme is `Bearer`.
fn bearer(field: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = field.trim_ascii().split_at_checked("bearer".len())?;
    let is_bearer = scheme.eq_ignore_ascii_case(b"bearer") && token.first().is_none_or(|byte| *byte == b' ');
    is_bearer.then(|| token.trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn one_key_in_either_field() {
        let of = |fields: &[(HeaderName, &'static str)]| {
            let fields = fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value)));
            let mut headers = HeaderMap::new();
            fields.for_each(|(name, value)| _ = headers.append(name, value));
            match Credential::of(&headers) {
                Credential::Missing => "missing".to_owned(),
                Credential::Given(text) => String::from_utf8_lossy(text).into_owned(),
                Credential::Contradictory => "contradictory".to_owned(),
            }
        };
        assert_eq!(of(&[]), "missing");
        assert_eq!(of(&[(AUTHORIZATION, "Bearer k1")]), "k1");
        assert_eq!(of(&[(AUTHORIZATION, "bEARER   k1 ")]), "k1");
        assert_eq!(of(&[(X_API_KEY, " k1")]), "k1");
        assert_eq!(of(&[(AUTHORIZATION, "Basic a2V5"), (X_API_KEY, "k1")]), "k1");
        assert_eq!(of(&[(AUTHORIZATION, "Basic a2V5")]), "missing");
        assert_eq!(of(&[(AUTHORIZATION, "Bearertoken")]), "missing");
        assert_eq!(of(&[(AUTHORIZATION, "Bearer")]), "");
        assert_eq!(of(&[(AUTHORIZATION, "Bearer k1"), (X_API_KEY, "k1")]), "k1");
        assert_eq!(of(&[(AUTHORIZATION, "Bearer k1"), (X_API_KEY, "k2")]), "contradictory");
        assert_eq!(of(&[(X_API_KEY, "k1"), (X_API_KEY, "k2")]), "contradictory");
    }
}
