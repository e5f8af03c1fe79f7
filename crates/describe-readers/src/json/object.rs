//! JSON object as a body: an array `numbers` with options, or a table in one of several shapes.
//!
//! Input: the tokens of the object, except those of the array `numbers`. Output: options, or an [`OpenTable`]. Members may have
//! any order, so the form may remain undetermined until the end of the object:
//!
//! * With a member `numbers` at any position, all other members must be options.
//! * Several arrays are columns: options of a table are not read from the object. An array with the name of an option that takes
//!   one value (`{"ddof":[1,2]}`), or of one of items (`{"key":[1,2]}`), is a column, too. One with the name of another option that takes a list is ambiguous and is refused.
//! * A single array of records or rows is the table, and members that are single values are passed over. Rows beside an array
//!   `columns` have its names.
//! * Objects are columns or rows of a table (see [`MemberObjects`]).
//! * An option with an empty text counts as not given, so it is allowed next to columns.
//! * A repeated member is an error.

use crate::errors::{at_member, exceeded, repeated};
use crate::json::columns::Columns;
use crate::json::member_object::{Content, MemberObjects};
use crate::json::member_table::MemberTable;
use crate::json::shape::Shape;
use crate::json::tokenizer::Token;
use crate::limits::Limits;
use crate::table::OpenTable;
use describe_options::{
    InputError, JsonFault, Location, Measured, OptionName, OptionSpec, Options, Origin, RawOption, Scope, ValueFault,
    ValueType, excerpt,
};

/// Copies of a value of an option while it is used.
const OPTION_COPIES: usize = 4;

/// Maximum number of values of an option in a body.
const MAX_OPTION_VALUES: usize = 10_000;

/// Members of a table as pandas writes it with the orient `split` or `tight`.
const SPLIT_MEMBERS: [&str; 5] = ["columns", "index", "data", "index_names", "column_names"];

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
    /// First member that can be neither an option nor a column.
    other_member: Option<String>,
    /// Error of this member if the object has neither `numbers` nor a table beside it.
    other_error: Option<InputError>,
    table_options: Options,
    limits: Limits,
    arrays: Arrays,
    names: ColumnNames,
    objects: Option<Box<MemberObjects>>,
    /// Object that is a member and has a table as its members.
    inner: Option<Box<Self>>,
}

/// Members that are arrays.
#[derive(Debug)]
struct Arrays {
    /// Number of arrays that are not empty.
    count: usize,
    /// Whether all are members of a split table.
    are_split: bool,
    /// Whether the next element is the first one of the current array.
    is_first_element: bool,
    /// Content of the first array that may be a table.
    table: Option<MemberTable>,
    /// Whether the current array is this one.
    is_in_table: bool,
}

/// Elements of the array `columns`, which may be the names of columns.
#[derive(Debug, Default)]
struct ColumnNames {
    /// Texts; `None` before the array.
    texts: Option<Vec<String>>,
    /// Memory of the texts.
    bytes: usize,
    /// Whether an element is an array or object.
    has_nested: bool,
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
    /// In an object.
    Object,
}

/// Part of the body to which the next token belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectPart {
    Members,
    Numbers,
    End,
}

impl Object {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Self {
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
            other_member: None,
            other_error: None,
            table_options: options.clone(),
            limits: limits.clone(),
            arrays: Arrays { count: 0, are_split: true, is_first_element: false, table: None, is_in_table: false },
            names: ColumnNames::default(),
            objects: None,
            inner: None,
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
            (ObjectState::Value, Token::ObjectStart) if !self.has_numbers => self.begin_object(),
            (ObjectState::Value, token) => self.push_single_value(&token)?,
            (ObjectState::Array(0), Token::ArrayEnd) => {
                self.push_table_token(token);
                (self.state, self.arrays.is_in_table) = (ObjectState::Members, false);
            }
            (ObjectState::Array(0), token) => self.push_element(&token)?,
            (ObjectState::Array(depth), token) => {
                self.push_table_token(token);
                match token {
                    Token::ArrayStart | Token::ObjectStart => self.state = ObjectState::Array(depth + 1),
                    Token::ArrayEnd | Token::ObjectEnd => self.state = ObjectState::Array(depth - 1),
                    _ => {}
                }
            }
            (ObjectState::Object, token) => self.push_object_token(token)?,
        }
        Ok(ObjectPart::Members)
    }

    /// Consumes members of a record as [`crate::json::tokenizer::Sink::members`] does.
    pub(crate) fn push_members(&mut self, text: &[u8]) -> usize {
        match &mut self.arrays.table {
            Some(table) if self.arrays.is_in_table => table.push_members(text),
            _ => 0,
        }
    }

    /// Begins the object of the current member.
    fn begin_object(&mut self) {
        self.state = ObjectState::Object;
        if let Some(name) = OptionName::named(&self.name) {
            let error = at_option(name.as_str(), |option| JsonFault::OptionValue { option });
            self.option_error.get_or_insert(error);
        }
        let (options, limits) = (&self.table_options, &self.limits);
        self.objects.get_or_insert_with(|| Box::new(MemberObjects::new(options, limits))).begin();
    }

    fn push_object_token(&mut self, token: Token) -> Result<(), InputError> {
        let Some(objects) = &mut self.objects else { return Ok(()) };
        if objects.push_token(&self.name, token, &mut self.columns)? {
            self.state = ObjectState::Members;
        }
        let Some(first) = objects.inner() else { return Ok(()) };
        if self.inner.is_none() {
            let inner = self.inner.insert(Box::new(Self::new(&self.table_options, &self.limits)));
            inner.push_token(Token::Key(first))?;
        }
        let part = self.inner.as_mut().map(|inner| inner.push_token(token)).transpose()?;
        if part == Some(ObjectPart::Numbers) {
            return Err(at_member(&self.name, JsonFault::NoTable { name: excerpt(self.name.as_bytes()) }));
        }
        Ok(())
    }

    /// Passes a token on to the table in the current array.
    fn push_table_token(&mut self, token: Token) {
        if let Some(table) = self.arrays.table.as_mut().filter(|_| self.arrays.is_in_table) {
            table.push_token(token);
        }
    }

    /// Begins a table if the first element of the current array is an array or object.
    fn begin_table(&mut self, first: &Token) {
        let (options, limits) = (&self.table_options, &self.limits);
        let is_names = SPLIT_MEMBERS.contains(&self.name.as_str()) && self.name != "data";
        self.arrays.table = Some(match first {
            Token::ObjectStart if self.name == "columns" => MemberTable::series(options, limits),
            Token::ObjectStart => {
                let ignored = self.objects.as_ref().map_or(&[][..], |objects| &objects.labels_columns);
                MemberTable::records(options, limits, ignored)
            }
            Token::ArrayStart if !is_names => {
                let names = self.names.texts.clone().filter(|_| self.arrays.are_split);
                MemberTable::rows(options, limits, names)
            }
            _ => return,
        });
        self.arrays.is_in_table = true;
    }

    /// Consumes plain numbers as [`crate::json::tokenizer::Sink::numbers`] does.
    pub(crate) fn push_numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        if !self.is_in_plain_column() {
            return Ok(0);
        }
        let length = self.columns.push_numbers(text)?;
        if length > 0 {
            self.arrays.take_first_element();
        }
        Ok(length)
    }

    /// Whether the current array can only be a column, and not names of columns.
    fn is_in_plain_column(&self) -> bool {
        self.state == ObjectState::Array(0) && !self.candidate.option && self.name != "columns"
    }

    /// Whether plain numbers in the current array, of which an element was read, are cells of a column and nothing else.
    pub(crate) fn is_in_plain_numbers(&self) -> bool {
        self.is_in_plain_column() && !self.arrays.is_first_element && !self.arrays.is_in_table
    }

    /// The columns.
    pub(crate) fn columns(&mut self) -> &mut Columns {
        &mut self.columns
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
            if let Some(name) = &self.other_member {
                return Err(unknown_member(name));
            }
            if let Some(column) = &self.column {
                return Err(unknown_member(column));
            }
            if let Some(error) = self.option_error.take() {
                return Err(error);
            }
            let object = self.objects.as_ref().and_then(|objects| objects.first.as_ref());
            return object.map_or(Ok(()), |object| Err(unknown_member(object)));
        }
        let option = OptionName::named(name);
        if self.has_numbers && option.is_none() {
            return Err(unknown_member(name));
        }
        name.clone_into(&mut self.name);
        // Options of items are never read from a table, so that an array of such a name is a column.
        let is_ambiguous = |spec: &OptionSpec| spec.value.is_list() && spec.scope != Scope::Items;
        let is_list = option.is_some_and(|option| is_ambiguous(option.spec()));
        self.candidate = Candidate { option: option.is_some(), column: !self.has_numbers && !is_list };
        self.state = ObjectState::Value;
        Ok(())
    }

    /// Begins the array of the current member.
    fn begin_array(&mut self) -> Result<(), InputError> {
        (self.state, self.arrays.is_first_element) = (ObjectState::Array(0), true);
        self.arrays.are_split &= SPLIT_MEMBERS.contains(&self.name.as_str());
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
            (false, column) => {
                let name = excerpt(self.name.as_bytes());
                let error = match column {
                    _ if self.has_numbers => return Err(unknown_member(&self.name)),
                    Some(_) => at_member(&self.name, JsonFault::ColumnNotAnArray { name }),
                    None => at_member(&self.name, JsonFault::NoTable { name }),
                };
                // A single value may stand beside a table.
                self.other_member.get_or_insert_with(|| self.name.clone());
                self.other_error.get_or_insert(error);
                Ok(())
            }
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
        let is_first = self.arrays.take_first_element();
        if nested {
            self.state = ObjectState::Array(1);
            if is_first && self.arrays.table.is_none() && self.candidate.column {
                self.begin_table(token);
            }
        }
        self.push_table_token(*token);
        if self.name == "columns" {
            self.limits.ledger.hold(self.names.push(token, self.limits.memory)?);
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
        let text = option_text(&option.name, token)?;
        // Here, parsed, and as the codes of a table.
        self.limits.ledger.charge(OPTION_COPIES * (text.len() + size_of::<String>()))?;
        option.values.push(text);
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
    pub(crate) fn finish(mut self) -> Result<(OpenTable, Shape), InputError> {
        let objects = self.objects.take().map(|objects| *objects);
        let has_schema = objects.as_ref().is_some_and(|objects| objects.has_schema);
        let mut has_columns = false;
        if let Some(MemberObjects { content, first, error, .. }) = objects {
            let is_table = !matches!(content, Content::Undecided);
            if let (true, true, Some(name)) = (is_table, self.arrays.count > 0, first) {
                return Err(at_member(&name, JsonFault::MixedShapes { name: excerpt(name.as_bytes()) }));
            }
            match content {
                Content::Inner { .. } | Content::Undecided => {}
                Content::Rows(records) => {
                    self.other_error.or(error).map_or(Ok(()), Err)?;
                    return Ok((records.finish()?, Shape::Index));
                }
                Content::Columns => has_columns = true,
            }
            if let Some(inner) = self.inner {
                return inner.finish();
            }
            self.other_error = self.other_error.or(error);
        }
        if let Some(table) =
            self.arrays.table.take_if(|table| self.arrays.count == 1 || (self.arrays.are_split && table.is_rows))
        {
            if table.is_rows && self.names.has_nested {
                return Err(InputError::of_data(JsonFault::NestedNames));
            }
            if table.is_rows && self.names.texts.is_some() && !table.is_split {
                return Err(InputError::of_data(JsonFault::NamesAfterRows));
            }
            let (table, shape) = table.finish()?;
            return Ok((table, if has_schema { Shape::Table } else { shape }));
        }
        if let Some(error) = self.other_error {
            return Err(error);
        }
        if self.option.is_some() || self.columns.is_empty() {
            return Err(InputError::at(Location::numbers(Origin::Body), ValueFault::NoValues));
        }
        Ok((self.columns.finish()?, if has_columns { Shape::Columns } else { Shape::NamedArrays }))
    }
}

impl Arrays {
    /// Counts an array at its first element. Returns whether the next element is the first one.
    fn take_first_element(&mut self) -> bool {
        let is_first = std::mem::take(&mut self.is_first_element);
        self.count += usize::from(is_first);
        is_first
    }
}

impl ColumnNames {
    /// Adds an element, while all take up to `max_bytes`. Returns the memory that it takes.
    fn push(&mut self, token: &Token, max_bytes: usize) -> Result<usize, InputError> {
        let text = match *token {
            Token::String(text) | Token::Number(_, text) => text,
            Token::Bool(_) | Token::Null => b"",
            _ => {
                self.has_nested = true;
                return Ok(0);
            }
        };
        let bytes = size_of::<String>() + text.len();
        self.bytes += bytes;
        if self.bytes > max_bytes {
            return Err(exceeded(Measured::Record, max_bytes));
        }
        let text = String::from_utf8_lossy(text.trim_ascii()).into_owned();
        self.texts.get_or_insert_default().push(text);
        Ok(bytes)
    }
}

/// Text of a value of an option, as a query would contain it.
fn option_text(name: &str, token: &Token) -> Result<String, InputError> {
    let value = || OptionName::named(name).map(|option| option.spec().value);
    match token {
        Token::Number(..) | Token::Bool(_) | Token::Null if matches!(value(), Some(ValueType::Text { .. })) => {
            Err(at_option(name, |option| JsonFault::OptionNotText { option }))
        }
        // In JSON 1.0 and 1e0 are integers too.
        Token::Number(Ok(number), text) if text.iter().any(|byte| !byte.is_ascii_digit()) => {
            let whole = number.to_integer().filter(|_| value().is_some_and(ValueType::takes_integers));
            Ok(whole.map_or_else(|| String::from_utf8_lossy(text).into_owned(), |whole| whole.to_string()))
        }
        Token::Number(_, text) | Token::String(text) => Ok(String::from_utf8_lossy(text).into_owned()),
        Token::Bool(value) => Ok(value.to_string()),
        Token::Null => {
            Ok(if matches!(value(), Some(ValueType::IntegerOrNone { .. })) { "none" } else { "null" }.into())
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
