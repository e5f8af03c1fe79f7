//! Numbers given as a list of texts, each of which is one number.

use super::dataset::Data;
use super::numbers::Numbers;
use describe::{Number, Retention};
use describe_options::{InputError, Location, Origin};

/// Parses the list `numbers`, which was given at `origin`; in errors a number is `["query", "numbers", i]` or
/// `["body", "numbers", i]`.
///
/// # Errors
/// All invalid numbers, or an empty list.
pub fn parse_list<T: AsRef<str>>(texts: &[T], origin: Origin, retention: Retention) -> Result<Data, InputError> {
    let mut numbers = Numbers::new(Location::numbers(origin), 0, retention);
    for text in texts {
        let text = text.as_ref().as_bytes();
        numbers.push_parsed(Number::parse(text), text)?;
    }
    numbers.check()?;
    Ok(Data::Numbers(Box::new(numbers)))
}
