//! A JSON object as a body: the envelope of an array of numbers, or named arrays.
//!
//! Which of the two it is may be clear only in the end, because members have no order:
//!
//! * With a member `numbers` it is the envelope, wherever that stands, and all other members must be options.
//! * Without one, arrays are columns, and nothing but arrays may stand there: options of a table are given elsewhere. An
//!   array under the name of an option that takes one value (`{"ddof":[1,2]}`) is a column, too. One under the name of an
//!   option that takes a list could be meant either way and is refused.
//! * An option with an empty text counts as not given, so that it may also stand beside arrays.
//! * No member may stand there twice.

use crate::errors::{at_member, repeated};
use crate::json::columns::Columns;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::OpenTable;
use describe_options::{InputError, JsonFault, Location, OptionName, Options, Origin, RawOption, ValueFault};
use describe_options::{ValueType, excerpt};

/// An option in a body has no use for more values.
const MAX_VALUES: usize = 10_000;

/// Takes the members of an object; the array `numbers` is the caller's.
#[derive(Debug)]
pub(crate) struct Object {
    place: Place,
    /// The member at hand, and whether it may be an option and a column.
    name: String,
    maybe: Maybe,
    has_numbers: bool,
    options: Vec<RawOption>,
    columns: Columns,
    /// The first member that can only be a column, and the first that can only be an option.
    column: Option<String>,
    option: Option<String>,
    /// What is wrong with an option, should it be one.
    wrong: Option<InputError>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Maybe {
    option: bool,
    column: bool,
}

/// Where in the object the next token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before a name.
    Members,
    /// After the name `numbers`.
    NumbersValue,
    /// After another name.
    Value,
    /// In an array, so many levels deep in a nested one.
    Array(usize),
}

/// What comes after a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    Members,
    Numbers,
    End,
}

impl Object {
    pub(crate) fn new(options: &Options, limits: Limits) -> Self {
        Self {
            place: Place::Members,
            name: String::new(),
            maybe: Maybe::default(),
            has_numbers: false,
            options: Vec::new(),
            columns: Columns::new(options, limits),
            column: None,
            option: None,
            wrong: None,
        }
    }

    /// Takes the next token, the numbers' own aside.
    pub(crate) fn token(&mut self, token: Token) -> Result<Next, InputError> {
        match (self.place, token) {
            (Place::Members, Token::Key(name)) => self.member(&String::from_utf8_lossy(name))?,
            (Place::Members, _) => return Ok(Next::End),
            (Place::NumbersValue, Token::ArrayStart) => {
                self.place = Place::Members;
                return Ok(Next::Numbers);
            }
            (Place::NumbersValue, _) => {
                return Err(InputError::at(Location::numbers(Origin::Body), JsonFault::NumbersNotAnArray));
            }
            (Place::Value, Token::ArrayStart) => self.array()?,
            (Place::Value, token) => self.single(&token)?,
            (Place::Array(0), Token::ArrayEnd) => self.place = Place::Members,
            (Place::Array(0), token) => self.element(&token)?,
            (Place::Array(depth), Token::ArrayStart | Token::ObjectStart) => self.place = Place::Array(depth + 1),
            (Place::Array(depth), Token::ArrayEnd | Token::ObjectEnd) => self.place = Place::Array(depth - 1),
            // Somewhere in a nested cell.
            (Place::Array(_), _) => {}
        }
        Ok(Next::Members)
    }

    /// Takes the plain numbers that `text` begins with: see [`crate::json::tokenizer::Sink::numbers`].
    pub(crate) fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        if self.place == Place::Array(0) && !self.maybe.option { self.columns.numbers(text) } else { Ok(0) }
    }

    fn member(&mut self, name: &str) -> Result<(), InputError> {
        let is_numbers = name == "numbers";
        let given = self.options.iter().any(|option| option.name == name) || self.columns.contains(name);
        if given || (is_numbers && self.has_numbers) {
            return Err(repeated(name));
        }
        if is_numbers {
            self.has_numbers = true;
            self.place = Place::NumbersValue;
            if let Some(column) = &self.column {
                return Err(unknown(column));
            }
            return self.wrong.take().map_or(Ok(()), Err);
        }
        let option = OptionName::named(name);
        if self.has_numbers && option.is_none() {
            return Err(unknown(name));
        }
        name.clone_into(&mut self.name);
        let is_list = option.is_some_and(|option| option.spec().value.is_list());
        self.maybe = Maybe { option: option.is_some(), column: !self.has_numbers && !is_list };
        self.place = Place::Value;
        Ok(())
    }

    /// The member at hand is an array.
    fn array(&mut self) -> Result<(), InputError> {
        self.place = Place::Array(0);
        if self.maybe.option {
            self.add_option(Vec::new());
        }
        if self.maybe.column {
            self.columns.begin(&self.name)?;
        }
        self.settle()
    }

    /// The member at hand is no array.
    fn single(&mut self, token: &Token) -> Result<(), InputError> {
        self.place = Place::Members;
        match (self.maybe.option, &self.column) {
            (true, _) => {
                let text = option_text(&self.name, token)?;
                self.maybe.column = false;
                let blank = text.is_empty();
                self.add_option(vec![text]);
                if blank { Ok(()) } else { self.settle() }
            }
            (false, Some(_)) => {
                Err(at_member(&self.name, JsonFault::ColumnNotAnArray { name: excerpt(self.name.as_bytes()) }))
            }
            (false, None) => Err(unknown(&self.name)),
        }
    }

    fn add_option(&mut self, values: Vec<String>) {
        self.options.push(RawOption { origin: Origin::Body, name: self.name.clone(), values });
    }

    /// Draws the conclusions from what the member at hand can be.
    fn settle(&mut self) -> Result<(), InputError> {
        match self.maybe {
            Maybe { option: false, .. } => self.column.get_or_insert_with(|| self.name.clone()),
            Maybe { column: false, .. } => self.option.get_or_insert_with(|| self.name.clone()),
            _ => return Ok(()),
        };
        match (&self.column, &self.option) {
            (Some(column), Some(option)) => Err(both(column, option)),
            _ => Ok(()),
        }
    }

    /// Takes an element of the array at hand.
    fn element(&mut self, token: &Token) -> Result<(), InputError> {
        let nested = matches!(token, Token::ArrayStart | Token::ObjectStart);
        if nested {
            self.place = Place::Array(1);
        }
        if self.maybe.option
            && let Err(wrong) = self.add_value(token)
        {
            if !self.maybe.column {
                return Err(wrong);
            }
            self.wrong.get_or_insert(wrong);
        }
        if self.maybe.column { self.columns.cell(token.as_cell(), nested) } else { Ok(()) }
    }

    fn add_value(&mut self, token: &Token) -> Result<(), InputError> {
        let Some(option) = self.options.last_mut() else { return Ok(()) };
        if option.values.len() == MAX_VALUES {
            return Err(at_option(&option.name, |option| JsonFault::TooManyValues { option, max: MAX_VALUES }));
        }
        option.values.push(option_text(&option.name, token)?);
        Ok(())
    }

    /// The options so far.
    pub(crate) fn options(&self) -> &[RawOption] {
        &self.options
    }

    /// The options beside the numbers.
    pub(crate) fn into_options(self) -> Vec<RawOption> {
        self.options
    }

    /// Ends an object without numbers.
    pub(crate) fn finish(self) -> Result<OpenTable, InputError> {
        if self.option.is_some() || self.columns.is_empty() {
            return Err(InputError::at(Location::numbers(Origin::Body), ValueFault::NoValues));
        }
        self.columns.finish()
    }
}

fn option_text(name: &str, token: &Token) -> Result<String, InputError> {
    match token {
        Token::Number(_, text) | Token::String(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        Token::Bool(value) => Ok(value.to_string()),
        Token::Null => {
            let value = OptionName::named(name).map(|option| option.spec().value);
            Ok(if matches!(value, Some(ValueType::IntegerOrNone { .. })) { "none" } else { "null" }.into())
        }
        _ => Err(at_option(name, |option| JsonFault::OptionValue { option })),
    }
}

fn unknown(name: &str) -> InputError {
    let shown = excerpt(name.as_bytes());
    let nearest = OptionName::nearest(&shown);
    at_member(name, JsonFault::UnknownMember { name: shown, nearest })
}

/// Error of the option of this name; of a member that is unknown if no option has the name.
#[cold]
fn at_option(name: &str, fault: impl FnOnce(OptionName) -> JsonFault) -> InputError {
    let Some(name) = OptionName::named(name) else { return unknown(name) };
    InputError::at(Location::Option { name, origin: Origin::Body }, fault(name))
}

fn both(column: &str, option: &str) -> InputError {
    let column = excerpt(column.as_bytes());
    at_option(option, |option| JsonFault::OptionBesideColumns { column, option })
}
