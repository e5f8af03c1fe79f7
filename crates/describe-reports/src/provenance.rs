//! The stamp: what it takes to make the same figures again.

use serde::{Serialize, Serializer};

use super::json::Members;
use describe::Count;
use describe_options::{AnswerFault, InputError};
use describe_options::{Origin, RawOption};
use describe_readers::calendar;

/// What an answer was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// The version of this program.
    pub version: &'static str,
    /// The options as they were given, in their order.
    #[serde(serialize_with = "options")]
    pub options: Vec<(String, Vec<String>)>,
    /// The SHA-256 of each file's bytes as they were sent, or of the query of the URL.
    #[serde(serialize_with = "one_or_many")]
    pub sha256: Vec<String>,
    /// How many records, or numbers, there were.
    pub rows: Count,
    /// When the answer was made, as RFC 3339 has it.
    pub time: String,
}

impl Stamp {
    /// The stamp of an answer to these options and to files with these hashes, made so many seconds after 1970 began.
    ///
    /// # Errors
    /// When a large JSON body asked for a stamp that is too late to be made.
    pub fn new(given: &[RawOption], digests: Vec<Option<String>>, seconds: i64) -> Result<Self, InputError> {
        let sha256: Option<Vec<String>> = digests.into_iter().collect();
        let sha256 = sha256.ok_or_else(|| InputError::whole(AnswerFault::StampTooLate))?;
        let given = given.iter().filter(|option| option.origin != Origin::Accept && !option.is_blank());
        let options = given.map(|option| (option.name.clone(), option.values.clone())).collect();
        Ok(Self { version: env!("CARGO_PKG_VERSION"), options, sha256, rows: None, time: instant(seconds) })
    }

    /// Names and values for people.
    #[must_use]
    pub fn words(&self) -> Vec<(String, String)> {
        let options = self.options.iter().map(|(name, values)| format!("{name}={}", values.join(",")));
        let options: Vec<String> = options.collect();
        let mut words = vec![
            ("Program".to_owned(), format!("describe-api {}", self.version)),
            ("Options".to_owned(), if options.is_empty() { "none".to_owned() } else { options.join(" ") }),
        ];
        words.extend(self.sha256.iter().map(|hash| ("SHA-256 of the data".to_owned(), hash.clone())));
        words.extend(self.rows.map(|rows| ("Rows".to_owned(), rows.to_string())));
        words.push(("Time".to_owned(), self.time.clone()));
        words
    }
}

fn options<S: Serializer>(options: &[(String, Vec<String>)], serializer: S) -> Result<S::Ok, S::Error> {
    let values = options.iter().map(|(name, values)| (name.as_str(), OneOrMany(values)));
    Members(&values.collect::<Vec<_>>()).serialize(serializer)
}

fn one_or_many<S: Serializer>(texts: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    OneOrMany(texts).serialize(serializer)
}

struct OneOrMany<'a>(&'a [String]);

impl Serialize for OneOrMany<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

/// The instant so many seconds after 1970 began (RFC 3339).
fn instant(seconds: i64) -> String {
    format!("{}Z", calendar::to_the_second(seconds))
}
