//! Settings of access: keys, tokens, rates, trusted proxies.
//!
//! Input: flags and environment variables. Output: [`AccessSettings`], and the faults that concern several of them or the files
//! that they name.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Args;
use ipnet::IpNet;

use crate::http::access::key_file;
use crate::http::access::rates::Rate;
#[cfg(feature = "jwt")]
use crate::http::access::token_keys::KeySetSource;

/// Settings of access.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessSettings {
    /// File with a line for each API key: its id, its SHA-256 digest, scopes and rate; read again when it changes [default: no keys are asked for]
    #[arg(long, env, global = true, value_name = "FILE")]
    pub api_keys_file: Option<PathBuf>,
    /// Issuer of the tokens (JWT) that are admitted, their claim iss; with --jwt-audience and --jwt-jwks
    #[cfg(feature = "jwt")]
    #[arg(long, env, global = true, value_name = "TEXT")]
    pub jwt_issuer: Option<String>,
    /// Audience that tokens must name, in their claim aud
    #[cfg(feature = "jwt")]
    #[arg(long, env, global = true, value_name = "TEXT")]
    pub jwt_audience: Option<String>,
    /// Public keys of the issuer, a JSON Web Key Set: a file, or an https:// URL that is fetched every 10 minutes
    #[cfg(feature = "jwt")]
    #[arg(long, env, global = true, value_name = "FILE|URL")]
    pub jwt_jwks: Option<KeySetSource>,
    /// Maximum rate of each client, else 429, such as 100/s, 600/m or 600/m,burst=50; a client is a key, else an address [default: none]
    #[arg(long, env, global = true, value_name = "RATE")]
    pub rate_limit: Option<Rate>,
    /// Network of proxies whose X-Forwarded-For or Forwarded names the client's address, such as 10.0.0.0/8; repeatable
    #[arg(id = "trusted_proxy", long = "trusted-proxy", env = "TRUSTED_PROXY", global = true, value_name = "NET", value_delimiter = ',',
          value_parser = network)]
    pub trusted_proxies: Vec<IpNet>,
}

impl AccessSettings {
    /// Issuer, audience and keys of the identity provider, if there is one.
    #[cfg(feature = "jwt")]
    #[must_use]
    pub fn provider(&self) -> Option<(String, String, KeySetSource)> {
        let (issuer, audience) = self.jwt_issuer.clone().zip(self.jwt_audience.clone())?;
        Some((issuer, audience, self.jwt_jwks.clone()?))
    }

    /// Whether keys or tokens are asked for.
    #[must_use]
    pub fn asks_for_keys(&self) -> bool {
        #[cfg(feature = "jwt")]
        if self.provider().is_some() {
            return true;
        }
        self.api_keys_file.is_some()
    }

    /// Faults of settings that belong together.
    #[cfg_attr(not(feature = "jwt"), expect(clippy::unused_self, reason = "the settings of tokens are left out"))]
    pub(crate) fn contradictions(&self) -> Vec<String> {
        #[cfg(feature = "jwt")]
        {
            let given = [
                ("--jwt-issuer", self.jwt_issuer.is_some()),
                ("--jwt-audience", self.jwt_audience.is_some()),
                ("--jwt-jwks", self.jwt_jwks.is_some()),
            ];
            let missing: Vec<&str> = given.iter().filter(|(_, given)| !given).map(|(flag, _)| *flag).collect();
            if !missing.is_empty() && missing.len() < given.len() {
                return vec![format!(
                    "--jwt-issuer, --jwt-audience and --jwt-jwks belong together: add {}",
                    missing.join(" and ")
                )];
            }
        }
        Vec::new()
    }

    /// Faults of the files that a server reads.
    pub(crate) fn file_faults(&self) -> Vec<String> {
        let keys = self.api_keys_file.as_deref().map(key_file::faults).unwrap_or_default();
        let faults = keys.into_iter().map(|fault| format!("--api-keys-file: {fault}"));
        #[cfg(feature = "jwt")]
        let faults = {
            let set = self.jwt_jwks.as_ref().filter(|source| matches!(source, KeySetSource::File(_)));
            faults.chain(set.and_then(|source| source.read().err()).map(|fault| format!("--jwt-jwks: {fault}")))
        };
        faults.collect()
    }
}

/// Parses a network, or an address as a network of one.
fn network(text: &str) -> Result<IpNet, &'static str> {
    let parsed = text.trim().parse().or_else(|_| text.trim().parse::<IpAddr>().map(IpNet::from));
    parsed.map_err(|_| "expected a network such as 10.0.0.0/8 or fd00::/8, or an address")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks() {
        assert_eq!(network("10.0.0.0/8").expect("a network").to_string(), "10.0.0.0/8");
        assert_eq!(network("10.0.0.1").expect("an address").to_string(), "10.0.0.1/32");
        assert_eq!(network("::1").expect("an address").to_string(), "::1/128");
        for bad in ["", "10.0.0.0/33", "example.org", "10.0.0"] {
            assert!(network(bad).is_err(), "{bad}");
        }
    }
}
