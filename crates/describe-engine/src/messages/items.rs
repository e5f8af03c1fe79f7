//! Items of a test.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{ItemFault, OptionName};

pub(super) fn items(f: &mut Formatter, fault: &ItemFault, voice: Voice) -> Result {
    let (items, maxima) = (voice.option(OptionName::Items), voice.option(OptionName::Maxima));
    match fault {
        ItemFault::RangeBackwards { range } => {
            write!(f, "in {items} the range '{range}' ends before it begins; the order is that of the columns")
        }
        ItemFault::RangeDoesNotCount { range } => write!(
            f,
            "the members of JSON have no order, so the range '{range}' must count, as Q1..Q25 does; list the items instead"
        ),
        ItemFault::Repeated { name } => {
            write!(f, "'{name}' is an item twice, or also a group column; name it once")
        }
        ItemFault::TooMany { max } => write!(f, "there are more than {max} items"),
        ItemFault::NoMaximumInName { name } => write!(
            f,
            "the column '{name}' has no maximum mark in its name, as 'Q1 (3)' has; say {}",
            voice.with(OptionName::Maxima, "Q1:3")
        ),
        ItemFault::NoMaximumInRow { name } => {
            write!(f, "the record below the header row has no maximum mark above 0 for the item '{name}'")
        }
        ItemFault::NoMaximumInList { name } => write!(f, "{maxima} has no maximum mark for the item '{name}'"),
        ItemFault::NotAnItem { name } => write!(f, "{maxima} names '{name}', which is not one of the items"),
        ItemFault::KeyLength { answers, items } => write!(
            f,
            "{} has {answers} answers and there are {items} items; give one answer for each item",
            voice.option(OptionName::Key)
        ),
        ItemFault::NotAMark { max, decimals } => {
            write!(f, "is not a mark of an item: marks are below {max} and have at most {decimals} decimal places")
        }
        ItemFault::TooManyAnswers { name, max } => write!(
            f,
            "the item '{name}' has more than {max} different answers; leave {} out if its cells are marks",
            voice.option(OptionName::Key)
        ),
        ItemFault::OtherItems => f.write_str(
            "the files have their items in different orders, or with different maximum marks; describe them one by one",
        ),
        ItemFault::TooLate => write!(f, "{items} must be given before the data, {}", voice.apart()),
    }
}
