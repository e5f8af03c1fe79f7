//! Provenance of an answer: the data and options needed to compute the same statistics again.

use serde::{Serialize, Serializer};

use super::members::Members;
use super::report::grouped;
use super::words;
use describe::Count;
use describe_options::RawOption;
use describe_options::{AnswerFault, InputError};
use describe_readers::calendar;

/// Provenance of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Stamp {
    /// Version of the program.
    pub version: &'static str,
    /// Options as they were given, in their order.
    #[serde(serialize_with = "members")]
    #[cfg_attr(feature = "schema", schema(value_type = BTreeMap<String, Texts>))]
    pub options: Vec<(String, Texts)>,
    /// SHA-256 of the file's bytes as they were sent, of each file when there are several, or of the text that holds a list of numbers.
    pub sha256: Texts,
    /// Number of records, or of numbers; `null` where it is withheld.
    #[cfg_attr(feature = "schema", schema(value_type = Option<u64>, required))]
    pub rows: Count,
    /// Time at which the answer was made (RFC 3339).
    #[cfg_attr(feature = "schema", schema(format = DateTime))]
    pub time: String,
    /// Names of the files, as far as they are known: reports show them.
    #[serde(skip)]
    pub files: Vec<String>,
}

/// Maximum number of files that a report names.
const MAX_NAMED_FILES: usize = 10;

/// One text, or a list of none or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum Texts {
    /// One text.
    #[cfg_attr(feature = "schema", schema(title = "OneText"))]
    One(String),
    /// None or several.
    #[cfg_attr(feature = "schema", schema(title = "SeveralTexts"))]
    Many(Vec<String>),
}

impl Stamp {
    /// Creates the stamp of an answer from its options, the names and hashes of its files and the time in seconds since 1970.
    ///
    /// # Errors
    /// A large JSON body requests a stamp after the data, whose hash is not known any more.
    pub fn new(
        given: &[RawOption],
        files: Vec<String>,
        digests: Vec<Option<String>>,
        seconds: i64,
    ) -> Result<Self, InputError> {
        let sha256: Option<Vec<String>> = digests.into_iter().collect();
        let sha256 = sha256.ok_or_else(|| InputError::whole(AnswerFault::StampTooLate))?;
        let given = given.iter().filter(|option| !option.origin.is_implied() && !option.is_blank());
        let options = given.map(|option| (option.name.clone(), option.values.clone().into())).collect();
        Ok(Self {
            version: env!("CARGO_PKG_VERSION"),
            options,
            sha256: sha256.into(),
            rows: None,
            time: instant(seconds),
            files,
        })
    }

    /// Files, number of records or values, whose word for one and for many `unit` has, and date, in words.
    #[must_use]
    pub fn origin(&self, [one, many]: [&str; 2]) -> Vec<String> {
        let mut origin =
            if self.files.len() > MAX_NAMED_FILES { vec![words::files(self.files.len())] } else { self.files.clone() };
        origin.extend(self.rows.map(|rows| {
            let unit = if rows == 1 { one } else { many };
            format!("{} {unit}", grouped(&rows.to_string()))
        }));
        origin.extend(calendar::in_words(&self.time).map(|day| words::made_on(&day)));
        origin
    }

    /// Names and values for people.
    #[must_use]
    pub fn words(&self) -> Vec<(String, String)> {
        let options = self.options.iter().map(|(name, values)| format!("{name}={}", values.as_slice().join(",")));
        let options: Vec<String> = options.collect();
        let options = if options.is_empty() { words::NO_OPTIONS.to_owned() } else { options.join(" ") };
        let named = |name: &str, value: String| (name.to_owned(), value);
        let mut stamp =
            vec![named(words::PROGRAM, format!("describe-api {}", self.version)), named(words::MADE_WITH, options)];
        stamp.extend(self.sha256.as_slice().iter().map(|hash| named(words::HASH, hash.clone())));
        stamp.extend(self.rows.map(|rows| named(words::ROWS, rows.to_string())));
        stamp.push(named(words::TIME, self.time.clone()));
        stamp
    }
}

impl From<Vec<String>> for Texts {
    fn from(mut texts: Vec<String>) -> Self {
        match (texts.pop(), texts.is_empty()) {
            (Some(one), true) => Self::One(one),
            (last, _) => {
                texts.extend(last);
                Self::Many(texts)
            }
        }
    }
}

impl Texts {
    /// The texts in their order.
    #[must_use]
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

fn members<S: Serializer>(options: &[(String, Texts)], serializer: S) -> Result<S::Ok, S::Error> {
    Members(options).serialize(serializer)
}

/// Formats a time in seconds since 1970 (RFC 3339).
fn instant(seconds: i64) -> String {
    format!("{}Z", calendar::date_time(seconds))
}
