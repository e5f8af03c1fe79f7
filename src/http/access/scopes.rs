//! Scopes: the parts of the service that a key or a token admits to.

use std::fmt;
use std::str::FromStr;

/// A part of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The endpoints under the base path.
    Describe,
    /// The metrics of the service.
    Metrics,
}

impl Scope {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Describe, Self::Metrics];

    /// The name in a key file and in a token.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Describe => "describe",
            Self::Metrics => "metrics",
        }
    }
}

/// Scopes of a key or a token; [`Scope::Describe`] alone unless others are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes([bool; Scope::ALL.len()]);

impl Default for Scopes {
    fn default() -> Self {
        Self(Scope::ALL.map(|scope| scope == Scope::Describe))
    }
}

impl Scopes {
    /// Whether a scope is among them.
    #[must_use]
    pub fn has(self, scope: Scope) -> bool {
        self.0[scope as usize]
    }

    /// The known scopes among these names; the default if there are none.
    pub fn known<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let mut scopes = Self([false; Scope::ALL.len()]);
        for name in names {
            for scope in Scope::ALL {
                scopes.0[scope as usize] |= scope.name() == name;
            }
        }
        if scopes.0.contains(&true) { scopes } else { Self::default() }
    }
}

/// Parses names with commas between them.
impl FromStr for Scopes {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let is_known = |name: &str| Scope::ALL.iter().any(|scope| scope.name() == name);
        let known = text.split(',').all(is_known);
        known.then(|| Self::known(text.split(','))).ok_or("expected describe, metrics, or describe,metrics")
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<&str> = Scope::ALL.into_iter().filter(|scope| self.has(*scope)).map(Scope::name).collect();
        formatter.write_str(&names.join(","))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for text in ["describe", "metrics", "describe,metrics"] {
            assert_eq!(text.parse::<Scopes>().expect("scopes").to_string(), text);
        }
        for bad in ["", "Describe", "describe,", "describe metrics", "admin"] {
            assert!(bad.parse::<Scopes>().is_err(), "{bad}");
        }
        assert_eq!(Scopes::known(["openid", "metrics"]).to_string(), "metrics");
        assert_eq!(Scopes::known(["openid", "profile"]), Scopes::default());
    }
}
