//! JSON object as a body: an array `numbers` with options, or named arrays as columns of a table.
//!
//! Input: the tokens of the object, except those of the array `numbers`. Output: options, or an [`OpenTable`]. Members may have
//! any order, so the form may remain undetermined until the end of the object:
//!
//! * With a member `numbers` at any position, all other members must be options.
//! * Without it, all members must be arrays, which are columns: options of a table are not read from the object. An array with
//!   the name of an option that takes one value (`{"ddof":[1,2]}`) is a column, too. One with the name of an option that takes a
//!   list is ambiguous and is refused.
//! * An option with an empty text counts as not given, so it is allowed next to columns.
//! * A repeated member is an error.

use crate::errors::{at_member, repeated};
use crate::json::columns::Columns;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::OpenTable;
use describe_options::{InputError, JsonFault, Location, OptionName, Options, Origin, RawOption, ValueFault};
use describe_options::{ValueType, excerpt};

/// Maximum number of values of an option in a body.
const MAX_OPTION_VALUES: usize = 10_000;

/// Consumer of the members of an object. The caller consumes the array `numbers`.
#[derive(Debug)]
pub(crate) struct Object {
    state: ObjectState,
    /// Name of the current member.
    name: String,
    candidate: Candidate,
    has_numbers: bool,
    options: Vec<RawOption>,
    columns: Columns,
    /// First member that can only be a column.
    column: Option<String>,
    /// First member that can only be an option.
    option: Option<String>,
    /// First error of a member as an option; it applies if the object has `numbers`.
    option_error: Option<InputError>,
}

/// Possible meanings of the current member.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    option: bool,
    column: bool,
}

/// Position of the next token in the object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ObjectState {
    /// Before a name.
    Members,
    /// After the name `numbers`.
    NumbersValue,
    /// After another name.
    Value,
    /// In an array, with the number of open arrays and objects within it.
    Array(usize),
}

/// Part of the body to which the next token belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectPart {
    Members,
    Numbers,
    End,
}

impl Object {
    pub(crate) fn new(options: &Options, limits: Limits) -> Self {
        Self {
            state: ObjectState::Members,
            name: String::new(),
            candidate: Candidate::default(),
            has_numbers: false,
            options: Vec::new(),
            columns: Columns::new(options, limits),
            column: None,
            option: None,
            option_error: None,
        }
    }

    /// Consumes the next token outside the array `numbers`.
    pub(crate) fn push_token(&mut self, token: Token) -> Result<ObjectPart, InputError> {
        match (self.state, token) {
            (ObjectState::Members, Token::Key(name)) => self.begin_member(&String::from_utf8_lossy(name))?,
            (ObjectState::Members, _) => return Ok(ObjectPart::End),
            (ObjectState::NumbersValue, Token::ArrayStart) => {
                self.state = ObjectState::Members;
                return Ok(ObjectPart::Numbers);
            }
            (ObjectState::NumbersValue, _) => {
                return Err(InputError::at(Location::numbers(Origin::Body), JsonFault::NumbersNotAnArray));
            }
            (ObjectState::Value, Token::ArrayStart) => self.begin_array()?,
            (ObjectState::Value, token) => self.push_single_value(&token)?,
            (ObjectState::Array(0), Token::ArrayEnd) => self.state = ObjectState::Members,
            (ObjectState::Array(0), token) => self.push_element(&token)?,
            (ObjectState::Array(depth), Token::ArrayStart | Token::ObjectStart) => {
                self.state = ObjectState::Array(depth + 1);
            }
            (ObjectState::Array(depth), Token::ArrayEnd | Token::ObjectEnd) => {
                self.state = ObjectState::Array(depth - 1);
            }
            // Inside a nested cell.
            (ObjectState::Array(_), _) => {}
        }
        Ok(ObjectPart::Members)
    }

    /// Consumes plain numbers as [`crate::json::tokenizer::Sink::numbers`] does.
    pub(crate) fn push_numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let is_column = self.state == ObjectState::Array(0) && !self.candidate.option;
        if is_column { self.columns.push_numbers(text) } else { Ok(0) }
    }

    /// Begins a member and determines its possible meanings.
    fn begin_member(&mut self, name: &str) -> Result<(), InputError> {
        let is_numbers = name == "numbers";
        let is_repeated = self.options.iter().any(|option| option.name == name) || self.columns.contains(name);
        if is_repeated || (is_numbers && self.has_numbers) {
            return Err(repeated(name));
        }
        if is_numbers {
            self.has_numbers = true;
            self.state = ObjectState::NumbersValue;
            if let Some(column) = &self.column {
                return Err(unknown_member(column));
            }
            return self.option_error.take().map_or(Ok(()), Err);
        }
        let option = OptionName::named(name);
        if self.has_numbers && option.is_none() {
            return Err(unknown_member(name));
        }
        name.clone_into(&mut self.name);
        let is_list = option.is_some_and(|option| option.spec().value.is_list());
        self.candidate = Candidate { option: option.is_some(), column: !self.has_numbers && !is_list };
        self.state = ObjectState::Value;
        Ok(())
    }

    /// Begins the array of the current member.
    fn begin_array(&mut self) -> Result<(), InputError> {
        self.state = ObjectState::Array(0);
        if self.candidate.option {
            self.add_option(Vec::new());
        }
        if self.candidate.column {
            self.columns.begin(&self.name)?;
        }
        self.check_forms()
    }

    /// Consumes the value of the current member, which is not an array.
    fn push_single_value(&mut self, token: &Token) -> Result<(), InputError> {
        self.state = ObjectState::Members;
        match (self.candidate.option, &self.column) {
            (true, _) => {
                let text = option_text(&self.name, token)?;
                self.candidate.column = false;
                let is_empty = text.is_empty();
                self.add_option(vec![text]);
                if is_empty { Ok(()) } else { self.check_forms() }
            }
            (false, Some(_)) => {
                Err(at_member(&self.name, JsonFault::ColumnNotAnArray { name: excerpt(self.name.as_bytes()) }))
            }
            (false, None) => Err(unknown_member(&self.name)),
        }
    }

    fn add_option(&mut self, values: Vec<String>) {
        self.options.push(RawOption { origin: Origin::Body, name: self.name.clone(), values });
    }

    /// Records a member that has only one possible meaning.
    ///
    /// # Errors
    /// The object contains both a member that can only be a column and one that can only be an option.
    fn check_forms(&mut self) -> Result<(), InputError> {
        match self.candidate {
            Candidate { option: false, .. } => self.column.get_or_insert_with(|| self.name.clone()),
            Candidate { column: false, .. } => self.option.get_or_insert_with(|| self.name.clone()),
            _ => return Ok(()),
        };
        match (&self.column, &self.option) {
            (Some(column), Some(option)) => Err(option_with_columns(column, option)),
            _ => Ok(()),
        }
    }

    /// Consumes an element of the current array.
    fn push_element(&mut self, token: &Token) -> Result<(), InputError> {
        let nested = matches!(token, Token::ArrayStart | Token::ObjectStart);
        if nested {
            self.state = ObjectState::Array(1);
        }
        if self.candidate.option
            && let Err(error) = self.add_option_value(token)
        {
            if !self.candidate.column {
                return Err(error);
            }
            self.option_error.get_or_insert(error);
        }
        if self.candidate.column { self.columns.push(token.as_cell(), nested) } else { Ok(()) }
    }

    fn add_option_value(&mut self, token: &Token) -> Result<(), InputError> {
        let Some(option) = self.options.last_mut() else { return Ok(()) };
        if option.values.len() == MAX_OPTION_VALUES {
            return Err(at_option(&option.name, |option| JsonFault::TooManyValues { option, max: MAX_OPTION_VALUES }));
        }
        option.values.push(option_text(&option.name, token)?);
        Ok(())
    }

    /// Options so far.
    pub(crate) fn options(&self) -> &[RawOption] {
        &self.options
    }

    /// Options of the object.
    pub(crate) fn into_options(self) -> Vec<RawOption> {
        self.options
    }

    /// Ends an object without a member `numbers`.
    ///
    /// # Errors
    /// An object without columns, or with one that only an array `numbers` would explain; errors of the table.
    pub(crate) fn finish(self) -> Result<OpenTable, InputError> {
        if self.option.is_some() || self.columns.is_empty() {
            return Err(InputError::at(Location::numbers(Origin::Body), ValueFault::NoValues));
        }
        self.columns.finish()
    }
}

/// Text of a value of an option, as a query would contain it.
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

/// Error of a member that is neither an option nor a column.
fn unknown_member(name: &str) -> InputError {
    let shown = excerpt(name.as_bytes());
    let nearest = OptionName::nearest(&shown);
    at_member(name, JsonFault::UnknownMember { name: shown, nearest })
}

/// Error of the option with this name; [`unknown_member`] if no option has it.
#[cold]
fn at_option(name: &str, fault: impl FnOnce(OptionName) -> JsonFault) -> InputError {
    let Some(name) = OptionName::named(name) else { return unknown_member(name) };
    InputError::at(Location::Option { name, origin: Origin::Body }, fault(name))
}

fn option_with_columns(column: &str, option: &str) -> InputError {
    let column = excerpt(column.as_bytes());
    at_option(option, |option| JsonFault::OptionBesideColumns { column, option })
}
