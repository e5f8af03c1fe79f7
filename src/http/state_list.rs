//! A JSON body with states in base64, and the options beside them: `{"states": ["…", "…"], "statistics": ["median"]}`.
//!
//! Input: the chunks of the body. Output: the description of the states together. Invariant: the body is kept as a whole, up to the limit
//! of files that are, and what it becomes is charged before it is made.

use std::borrow::Cow;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use crate::describe::{Described, Describer};
use crate::http::error::Error;
use crate::http::request_error::RequestError;
use describe_options::{Excess, InputError, Measured, Origin, RawOption, excerpt};
use describe_readers::{Format, Limits, Source};

/// Maximum number of states in one body: of each something stays in memory, however small it is.
const MAX_STATES: usize = 1000;

/// Maximum number of options, and of values of one.
const MAX_OPTIONS: usize = 100;
const MAX_VALUES: usize = 1000;

/// Memory that parsing takes at most, in bytes for each byte of the body.
const PARSED_BYTES: usize = 2;

/// Reader of such a body.
#[derive(Debug)]
pub struct StateListReader {
    body: Vec<u8>,
    given: Vec<RawOption>,
    limits: Limits,
}

impl StateListReader {
    /// A reader; `given` are the options of the URL.
    #[must_use]
    pub fn new(given: Vec<RawOption>, limits: &Limits) -> Self {
        Self { body: Vec::new(), given, limits: limits.clone() }
    }

    /// Reads the next chunk, cut anywhere.
    ///
    /// # Errors
    /// A body that is larger than the limit of files that are kept.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        if self.body.len() + chunk.len() > self.limits.memory {
            return Err(InputError::whole(Excess::new(Measured::StateFile, self.limits.memory)));
        }
        self.limits.ledger.extend(&mut self.body, chunk)
    }

    /// Describes the states together.
    ///
    /// # Errors
    /// A body that is not a list of states, invalid options, and the errors of states.
    pub fn finish(self) -> Result<Described, Error> {
        let Self { body, mut given, limits } = self;
        limits.ledger.charge(PARSED_BYTES * body.len())?;
        let refusal =
            |error: serde_json::Error| RequestError::StateList { is_json: error.is_data(), reason: error.to_string() };
        let StateList { states, options } = serde_json::from_slice(&body).map_err(refusal)?;
        given.extend(options);
        let mut describer: Option<Describer> = None;
        for (state, number) in states.iter().zip(1_usize..) {
            let source = Source { name: Some(format!("state {number}")), ..Source::from(Some(Format::State)) };
            let describer = match &mut describer {
                None => describer.insert(Describer::new(source, given.clone(), &limits)?),
                Some(describer) => {
                    describer.next_file(source)?;
                    describer
                }
            };
            describer.feed(state)?;
        }
        Ok(describer.ok_or(RequestError::NoFile)?.finish()?)
    }
}

/// States and options of a body.
#[derive(Debug, Default)]
struct StateList {
    /// The bytes of each state.
    states: Vec<Vec<u8>>,
    /// The other members.
    options: Vec<RawOption>,
}

impl<'de> Deserialize<'de> for StateList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = StateList;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object with a member states, a list of texts in base64")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<StateList, A::Error> {
        let mut list = StateList::default();
        let mut has_states = false;
        while let Some(name) = map.next_key::<Cow<str>>()? {
            if name == "states" {
                if std::mem::replace(&mut has_states, true) {
                    return Err(A::Error::custom("states is there twice"));
                }
                list.states = map.next_value::<States>()?.0;
            } else if list.options.len() == MAX_OPTIONS {
                return Err(A::Error::custom(format!("there are more than {MAX_OPTIONS} options")));
            } else {
                let Texts(values) = map.next_value()?;
                list.options.push(RawOption { origin: Origin::Body, name: excerpt(name.as_bytes()), values });
            }
        }
        if has_states { Ok(list) } else { Err(A::Error::missing_field("states")) }
    }
}

/// A list of texts in base64.
struct States(Vec<Vec<u8>>);

impl<'de> Deserialize<'de> for States {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(StatesVisitor).map(Self)
    }
}

struct StatesVisitor;

impl<'de> Visitor<'de> for StatesVisitor {
    type Value = Vec<Vec<u8>>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list of states in base64")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut states = Vec::new();
        while let Some(text) = list.next_element::<Cow<str>>()? {
            if states.len() == MAX_STATES {
                return Err(A::Error::custom(format!(
                    "there are more than {MAX_STATES} states; merge some of them first"
                )));
            }
            let state = STANDARD.decode(text.as_bytes());
            states.push(state.map_err(|_| A::Error::custom("a state is not base64 (RFC 4648, section 4)"))?);
        }
        Ok(states)
    }
}

/// Value of an option, or values of a list, as texts.
struct Texts(Vec<String>);

impl<'de> Deserialize<'de> for Texts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        if raw.starts_with('[') {
            return serde_json::Deserializer::from_str(raw)
                .deserialize_seq(ValuesVisitor)
                .map(Self)
                .map_err(D::Error::custom);
        }
        Ok(Self(value(raw)?.into_iter().collect()))
    }
}

/// A value as it is written, since a double would round a number; `None` for null.
fn value<E: serde::de::Error>(raw: &str) -> Result<Option<String>, E> {
    match raw.as_bytes().first() {
        Some(b'"') => serde_json::from_str(raw).map(Some).map_err(E::custom),
        Some(b'n') => Ok(None),
        Some(b'[' | b'{') => {
            Err(E::custom("the value of an option should be a text, a number, true, false, or a list of them"))
        }
        _ => Ok(Some(raw.to_owned())),
    }
}

/// Values of an option that is a list.
struct ValuesVisitor;

impl<'de> Visitor<'de> for ValuesVisitor {
    type Value = Vec<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let mut values = Vec::new();
        while let Some(raw) = list.next_element::<&RawValue>()? {
            if values.len() == MAX_VALUES {
                return Err(A::Error::custom(format!("an option has more than {MAX_VALUES} values")));
            }
            values.extend(value::<A::Error>(raw.get())?);
        }
        Ok(values)
    }
}
