//! API keys: the text of a key file, and the look-up of a key.
//!
//! Input: a text with a line for each key,
//!
//! ```text
//! # key id, SHA-256 of the key, and if need be scopes and a rate
//! alice   sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! monitor sha256:60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752 scopes=metrics rate=600/m
//! ```
//!
//! Output: [`Keys`], or all faults, each with its line and remedy. The words of a line are separated by white space; empty
//! lines and lines that begin with `#` are skipped. No fault repeats a word of the file, which may be a key by accident.

use std::collections::HashMap;
use std::fmt::Write;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq;

use crate::http::access::rates::{KeyLimiter, Rate};
use crate::http::access::scopes::Scopes;

/// Maximum number of keys: each request is compared with all of them.
pub const MAX_KEYS: usize = 1000;

/// SHA-256 of a key.
pub type Digest = [u8; 32];

/// SHA-256 of the text of a key.
#[must_use]
pub fn digest(key: &[u8]) -> Digest {
    Sha256::digest(key).into()
}

/// Writes a line of a key file.
#[must_use]
pub fn line(id: &str, digest: &Digest, scopes: Option<Scopes>, rate: Option<Rate>) -> String {
    let scopes = scopes.map(|scopes| format!(" scopes={scopes}")).unwrap_or_default();
    let rate = rate.map(|rate| format!(" rate={rate}")).unwrap_or_default();
    format!("{id} sha256:{}{scopes}{rate}", hex(digest))
}

/// Hexadecimal digits of bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string does not fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

/// Parses the id of a key: up to 64 letters, digits, `-` and `_`.
///
/// # Errors
/// The expected form.
pub fn id(text: &str) -> Result<String, &'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let valid = (1..=64).contains(&text.len()) && text.bytes().all(is_plain);
    valid.then(|| text.to_owned()).ok_or("expected 1 to 64 letters, digits, - or _")
}

/// A key.
#[derive(Debug)]
pub struct Key {
    /// The name that the operator gave it.
    pub id: Arc<str>,
    /// The parts of the service that it admits to.
    pub scopes: Scopes,
    /// Limiter of its own rate, or of that of all clients.
    pub limiter: Option<Arc<KeyLimiter>>,
    digest: Digest,
}

/// The keys of a file.
#[derive(Debug, Default)]
pub struct Keys(Vec<Key>);

impl Keys {
    /// Parses the text of a file. `rate` is that of a key without its own.
    ///
    /// # Errors
    /// All faults, a sentence for each.
    pub fn parse(text: &str, rate: Option<Rate>) -> Result<Self, Vec<String>> {
        let (mut keys, mut faults): (Vec<Key>, _) = (Vec::new(), Vec::new());
        let mut lines: HashMap<Arc<str>, usize> = HashMap::new();
        let mut digests: HashMap<Digest, usize> = HashMap::new();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        for (number, line) in (1..).zip(text.lines().map(str::trim)) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            match parse_line(line, rate) {
                Ok(key) => {
                    if let Some(first) = lines.insert(Arc::clone(&key.id), number) {
                        faults.push(format!("line {number}: the id is that of line {first}; give each key its own id"));
                    }
                    if let Some(first) = digests.insert(key.digest, number) {
                        faults.push(format!("line {number}: the key is that of line {first}; remove one of the lines"));
                    }
                    keys.push(key);
                }
                Err(fault) => faults.push(format!("line {number}: {fault}")),
            }
        }
        if keys.len() > MAX_KEYS {
            faults.push(format!(
                "it has {} keys, and the limit is {MAX_KEYS}; use tokens of an identity provider for more",
                keys.len()
            ));
        }
        if faults.is_empty() { Ok(Self(keys)) } else { Err(faults) }
    }

    /// Number of keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The key with this text. It is compared with each, all bytes of it, so that the time does not depend on which is right or
    /// how nearly it is.
    #[must_use]
    pub fn find(&self, text: &[u8]) -> Option<&Key> {
        let digest = digest(text);
        let mut found = None;
        for key in &self.0 {
            if bool::from(key.digest[..].ct_eq(&digest[..])) {
                found = Some(key);
            }
        }
        found
    }

    /// Takes over the limiters of keys that had the same rate before, so that a change of the file does not renew their
    /// allowance.
    pub fn keep_limiters(&mut self, before: &Self) {
        for key in &mut self.0 {
            let same = before.0.iter().find(|old| old.id == key.id).and_then(|old| old.limiter.as_ref());
            if let (Some(old), Some(new)) = (same, &mut key.limiter)
                && old.rate == new.rate
            {
                *new = Arc::clone(old);
            }
        }
    }
}

/// Remedy for a digest that is not one.
const DIGEST: &str = "the second word should be sha256: and the 64 hexadecimal digits of the key's SHA-256; \
                      `describe-api key new` prints a whole line";

/// Parses the line of a key.
fn parse_line(line: &str, rate: Option<Rate>) -> Result<Key, String> {
    let mut words = line.split_whitespace();
    let id = id(words.next().unwrap_or_default())
        .map_err(|expected| format!("the first word is the key's id: {expected}"))?;
    let digest = words.next().and_then(|word| parse_digest(word.strip_prefix("sha256:")?)).ok_or(DIGEST)?;
    if digest == self::digest(b"") {
        return Err("the digest is that of an empty text; make a key with `describe-api key new`".to_owned());
    }
    let (mut scopes, mut own_rate) = (None, None);
    for word in words {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        let repeated = match name {
            "scopes" => {
                scopes.replace(value.parse().map_err(|expected| format!("scopes= is not valid: {expected}"))?).is_some()
            }
            "rate" => {
                own_rate.replace(value.parse().map_err(|expected| format!("rate= is not valid: {expected}"))?).is_some()
            }
            _ => return Err("after the digest only scopes=… and rate=… may follow, without spaces in them".to_owned()),
        };
        if repeated {
            return Err(format!("{name}= is given twice; remove one of them"));
        }
    }
    let limiter = own_rate.or(rate).map(|rate| Arc::new(KeyLimiter::new(rate)));
    Ok(Key { id: id.into(), digest, scopes: scopes.unwrap_or_default(), limiter })
}

fn parse_digest(text: &str) -> Option<Digest> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let digits: Vec<u8> = text.as_bytes().iter().map(digit).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect();
    if digits.len() == 64 { bytes.try_into().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(id: &str, key: &str) -> String {
        line(id, &digest(key.as_bytes()), None, None)
    }

    #[test]
    fn a_digest_is_that_of_sha256sum() {
        // printf test | sha256sum
        let expected = "a sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
        assert_eq!(line_of("a", "test"), expected);
    }

    #[test]
    fn keys_are_found_by_their_text() {
        let metrics = "metrics".parse().ok();
        let rate: Option<Rate> = "5/s".parse().ok();
        let text = format!(
            "\u{feff}# keys\r\n\r\n  {}\t\r\n{}\n",
            line_of("alice", "one"),
            line("bob", &digest(b"two"), metrics, rate)
                .to_uppercase()
                .replace("BOB SHA256:", "bob sha256:")
                .replace("SCOPES=METRICS RATE=5/S", "scopes=metrics rate=5/s")
        );
        let keys = Keys::parse(&text, None).expect("keys");
        let alice = keys.find(b"one").expect("a key");
        assert_eq!((&*alice.id, alice.scopes, alice.limiter.is_none()), ("alice", Scopes::default(), true));
        let bob = keys.find(b"two").expect("a key");
        assert_eq!((&*bob.id, Some(bob.scopes)), ("bob", metrics));
        assert_eq!(bob.limiter.as_ref().map(|limiter| limiter.rate), rate);
        assert!(keys.find(b"three").is_none() && keys.find(b"").is_none() && keys.find(b"alice").is_none());
    }

    #[test]
    fn all_faults_are_reported_with_their_lines() {
        let good = line_of("a", "one");
        let text = [
            &good,
            "no-digest",
            "b md5:00",
            "c sha256:00",
            "d! sha256:00",
            &format!("{} scopes=admin", line_of("e", "two")),
            &format!("{} rate=fast", line_of("f", "three")),
            &format!("{} colour=red", line_of("g", "four")),
            &format!("{} rate=1/s rate=2/s", line_of("h", "five")),
            &good,
            &line_of("i", ""),
        ]
        .join("\n");
        let faults = Keys::parse(&text, None).expect_err("faults");
        let expected = [
            (2, "second word"),
            (3, "second word"),
            (4, "second word"),
            (5, "first word"),
            (6, "scopes="),
            (7, "rate="),
            (8, "only scopes"),
            (9, "twice"),
            (10, "the id is that of line 1"),
            (10, "the key is that of line 1"),
            (11, "empty text"),
        ];
        assert_eq!(faults.len(), expected.len(), "{faults:#?}");
        for (fault, (line, part)) in faults.iter().zip(expected) {
            assert!(fault.starts_with(&format!("line {line}: ")) && fault.contains(part), "{fault}");
            assert!(!["md5", "admin", "fast", "red"].iter().any(|word| fault.contains(word)), "{fault}");
        }
    }

    #[test]
    fn a_limit_of_keys() {
        let many: Vec<String> =
            (0..=MAX_KEYS).map(|number| line_of(&format!("k{number}"), &number.to_string())).collect();
        assert_eq!(Keys::parse(&many.join("\n"), None).expect_err("too many").len(), 1);
        assert_eq!(Keys::parse(&many[1..].join("\n"), None).expect("keys").len(), MAX_KEYS);
        assert!(Keys::parse("# nobody\n", None).expect("no keys").is_empty());
    }

    #[test]
    fn limiters_outlive_a_change_of_the_file() {
        let text = format!("{} rate=1/h\n{} rate=1/h", line_of("a", "one"), line_of("b", "two"));
        let before = Keys::parse(&text, None).expect("keys");
        let exceeded = |keys: &Keys, text: &[u8]| {
            keys.find(text).and_then(|key| key.limiter.as_ref()).expect("a limiter").count().exceeded
        };
        assert!(!exceeded(&before, b"one") && !exceeded(&before, b"two"));
        let mut after = Keys::parse(&text.replace("rate=1/h\n", "rate=2/h\n"), None).expect("keys");
        after.keep_limiters(&before);
        assert!(!exceeded(&after, b"one"), "another rate");
        assert!(exceeded(&after, b"two"), "the same rate");
    }
}
