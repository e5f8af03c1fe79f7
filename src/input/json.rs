//! `application/json`: an array of numbers, rows of numbers, or an object with `numbers` and options.

use super::Limits;
use super::json_tokens::{Token, Tokens};
use super::numbers::{Numbers, nothing};
use super::part::{Content, Part};
use crate::describe::{Number, ParseError};
use crate::options::{self, Given, Origin};
use crate::rejection::{Kind, Problem, Rejection, Step};

/// An option in a body has no use for more values.
const MAX_VALUES: usize = 10_000;

/// Reads JSON chunk by chunk.
#[derive(Debug)]
pub(super) struct JsonReader {
    tokens: Tokens,
    body: Body,
}

impl JsonReader {
    pub(super) fn new(limits: &Limits) -> Self {
        let body = Body { limit: limits.groups, numbers: None, options: Vec::new(), place: Place::Start };
        Self { tokens: Tokens::new(limits.cell), body }
    }

    pub(super) fn feed(&mut self, chunk: &[u8]) -> Result<(), Rejection> {
        let body = &mut self.body;
        self.tokens.feed(chunk, &mut |token| body.token(token))
    }

    pub(super) fn finish(mut self) -> Result<Part, Rejection> {
        let body = &mut self.body;
        self.tokens.finish(&mut |token| body.token(token))?;
        let numbers = self.body.numbers.ok_or_else(|| nothing(body_loc(&["numbers"])))?;
        Ok(Part { content: Content::Numbers(numbers), options: self.body.options })
    }
}

/// Where in the body the next token stands.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    Start,
    /// Among the numbers.
    Numbers,
    /// In the object, before a name.
    Members,
    /// After the name `numbers`.
    NumbersValue,
    /// After an option's name.
    OptionValue,
    /// In an option's list of values.
    OptionValues,
}

/// What the tokens mean.
#[derive(Debug)]
struct Body {
    place: Place,
    numbers: Option<Numbers>,
    options: Vec<Given>,
    limit: usize,
}

impl Body {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), Rejection> {
        match (&mut self.numbers, &self.place) {
            (Some(numbers), Place::Numbers) => match token {
                Token::Number(Ok(decimal), _) => numbers.decimal(decimal),
                Token::Number(Err(error), text) => numbers.bad(text, error),
                Token::ArrayStart => numbers.begin_row(),
                Token::ArrayEnd => {
                    if !numbers.end_array() {
                        self.place = Place::Members;
                    }
                    Ok(())
                }
                Token::Null => numbers.number(Ok(Number::Nan), b"null"),
                Token::Bool(value) => numbers.bad(value.to_string().as_bytes(), ParseError::NotANumber),
                Token::String(text) => numbers.bad(text.as_bytes(), ParseError::NotANumber),
                Token::ObjectStart | Token::ObjectEnd | Token::Key(_) => {
                    Err(unexpected("the array of numbers holds an object"))
                }
            },
            _ => self.around(token),
        }
    }

    /// A token outside the numbers.
    fn around(&mut self, token: Token) -> Result<(), Rejection> {
        match (&self.place, token) {
            (Place::Start, Token::ArrayStart) => self.begin_numbers(&[]),
            (Place::NumbersValue, Token::ArrayStart) => self.begin_numbers(&["numbers"]),
            (Place::NumbersValue, _) => {
                let problem = Problem::new(body_loc(&["numbers"]), "list_type", "numbers should be an array", None);
                return Err(Rejection::one(Kind::Invalid, problem));
            }
            (Place::Members, Token::Key(name)) => self.member(&name)?,
            (Place::OptionValue, Token::ArrayStart) => self.place = Place::OptionValues,
            (Place::Start, Token::ObjectStart) | (Place::OptionValues, Token::ArrayEnd) => self.place = Place::Members,
            (Place::OptionValue | Place::OptionValues, token) => self.option_value(token)?,
            (Place::Start, _) => {
                return Err(unexpected("the body is neither an array of numbers nor an object with numbers"));
            }
            // The end of the object.
            _ => {}
        }
        Ok(())
    }

    fn begin_numbers(&mut self, member: &[&str]) {
        self.numbers = Some(Numbers::new(body_loc(member), self.limit));
        self.place = Place::Numbers;
    }

    fn member(&mut self, name: &str) -> Result<(), Rejection> {
        if name == "numbers" {
            if self.numbers.is_some() {
                return Err(refused(name, "repeated", "numbers was given twice".into()));
            }
            self.place = Place::NumbersValue;
            return Ok(());
        }
        if !options::NAMES.contains(&name) {
            return Err(refused(name, "extra_forbidden", options::unknown_member(name)));
        }
        self.options.push(Given { origin: Origin::Body, name: name.into(), values: Vec::new() });
        self.place = Place::OptionValue;
        Ok(())
    }

    fn option_value(&mut self, token: Token) -> Result<(), Rejection> {
        let text = match token {
            Token::Number(_, text) => String::from_utf8_lossy(text).into_owned(),
            Token::String(text) => text.into_owned(),
            Token::Bool(value) => value.to_string(),
            Token::Null => "none".into(),
            _ => return Err(unexpected("an option's value is a number, a text, true, false or null")),
        };
        if let Some(option) = self.options.last_mut() {
            if option.values.len() == MAX_VALUES {
                let message = format!("{} has more than {MAX_VALUES} values", option.name);
                return Err(refused(&option.name, "too_many_values", message));
            }
            option.values.push(text);
        }
        if self.place == Place::OptionValue {
            self.place = Place::Members;
        }
        Ok(())
    }
}

fn body_loc(names: &[&str]) -> Vec<Step> {
    std::iter::once("body").chain(names.iter().copied()).map(|name| Step::Name(name.into())).collect()
}

fn refused(member: &str, code: &'static str, message: String) -> Rejection {
    let shown = crate::rejection::excerpt(member.as_bytes());
    Rejection::one(Kind::Invalid, Problem::new(body_loc(&[&shown]), code, message, None))
}

fn unexpected(message: &str) -> Rejection {
    Rejection::one(Kind::Invalid, Problem::new(body_loc(&[]), "json_type", message, None))
}
