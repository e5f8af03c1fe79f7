//! Sentences for what is wrong with options, each option in them spelled as its caller writes it.

use std::ops::Bound;

use crate::option_error::OptionError;
use crate::option_table::OptionName;
use crate::option_type::{Interval, ValueType};
use crate::values::statistic_names;

/// Spells an option, alone or with a value: `skip_rows`, `skip_rows=2`.
pub type Spell<'a> = &'a dyn Fn(OptionName, Option<&str>) -> String;

/// The sentence for an error.
#[must_use]
pub fn message(error: &OptionError, spell: Spell) -> String {
    let name = |option| spell(option, None);
    match error {
        OptionError::UnknownName { name, nearest } => {
            let all: Vec<String> = OptionName::all().map(|option| spell(option, None)).collect();
            format!("there is no option '{name}'; did you mean '{nearest}'? The options are {}", all.join(", "))
        }
        OptionError::NumbersBesideData => "numbers are given in the query or in the body, not in both".to_owned(),
        OptionError::GivenTwice(option) => format!("{} was given in two places; give it once", name(*option)),
        OptionError::SeveralValues { option, count } => {
            format!("{} takes one value and was given {count}; give it once", name(*option))
        }
        OptionError::RepeatedItem { option, item } => {
            format!("{} has '{item}' twice; give each value once", name(*option))
        }
        OptionError::RepeatedBoundary { grade } => {
            format!("two grades have the name '{grade}' or the same boundary; give each once")
        }
        OptionError::ReservedGrade => {
            "'below' is the name of the row below all boundaries; give the grade another name".to_owned()
        }
        OptionError::EmptyList(option) | OptionError::WrongType(option) | OptionError::OutOfRange(option) => {
            let example = spell(*option, Some(&option.spec().example.join(",")));
            format!("{} must be {}, such as {example}", name(*option), expected(option.spec().value))
        }
        OptionError::TooManyItems { option, max } => format!("{} has more than {max} values", name(*option)),
        OptionError::UnknownStatistic { name, nearest } => {
            let all: Vec<&str> = statistic_names().collect();
            format!("there is no statistic '{name}'; did you mean '{nearest}'? The statistics are {}", all.join(", "))
        }
        OptionError::MissingOption { statistic, option } => {
            let example = spell(*option, Some(&option.spec().example.join(",")));
            format!("{} needs the option {}, such as {example}", statistic.name(), name(*option))
        }
        OptionError::Needs { option, needed } => {
            let example = spell(*needed, Some(&needed.spec().example.join(",")));
            format!("{} needs {}, such as {example}", name(*option), name(*needed))
        }
        _ => contradiction(error, spell),
    }
}

/// The sentence for options that do not go together.
fn contradiction(error: &OptionError, spell: Spell) -> String {
    let name = |option| spell(option, None);
    let with = |option, value| spell(option, Some(value));
    match error {
        OptionError::WeightsUsedElsewhere => format!(
            "{} names a column that {} or {} also names; name it once",
            name(OptionName::Weights),
            name(OptionName::Column),
            name(OptionName::GroupBy)
        ),
        OptionError::ReliabilityDdof => {
            let (zero, one) = (with(OptionName::Ddof, "0"), with(OptionName::Ddof, "1"));
            format!("reliability weights need {zero} or {one}")
        }
        OptionError::ReliabilityMoments => {
            let (bias, convention) = (name(OptionName::Bias), name(OptionName::Convention));
            format!("reliability weights have biased skewness and kurtosis only; leave {bias} and {convention} out")
        }
        OptionError::ReliabilityQuantiles => {
            format!("reliability weights have {} only", with(OptionName::QuantileMethod, "inverted_cdf"))
        }
        OptionError::ReliabilityComparison => "groups with reliability weights cannot be compared".to_owned(),
        OptionError::ChartInFormat(format) => format!(
            "a chart is SVG, or part of an HTML report; leave {} or {} out",
            name(OptionName::Chart),
            with(OptionName::Format, format.name())
        ),
        OptionError::StampInCsv => {
            let stamp = name(OptionName::Stamp);
            format!("CSV has no place for a stamp; leave {stamp} out, or ask for another format")
        }
        _ => format!(
            "{} shows every single value, which the rules of publication do not allow; ask for another chart",
            with(OptionName::Chart, "ecdf")
        ),
    }
}

/// The values that an option of this type takes.
fn expected(value: ValueType) -> String {
    match value {
        ValueType::Boolean => "true or false (or 1 or 0)".to_owned(),
        ValueType::Integer { min, max: None } => format!("an integer of at least {min}"),
        ValueType::Integer { min, max: Some(max) } => format!("an integer from {min} to {max}"),
        ValueType::Words(words) | ValueType::IntegerOrNone { words } => format!("one of {}", words.join(", ")),
        ValueType::Number(interval) => format!("a number{}", within(interval)),
        ValueType::CountOrWord { max, words } => format!("an integer from 1 to {max} or one of {}", words.join(", ")),
        ValueType::Text { form: "" } => "a text".to_owned(),
        ValueType::Texts { form: "" } => "a list of texts".to_owned(),
        ValueType::Text { form } | ValueType::Texts { form } => form.to_owned(),
        ValueType::Numbers { min_count: 2, max_count: 2, .. } => "two numbers, the lower one first".to_owned(),
        ValueType::Numbers { interval, min_count, max_count } => {
            format!("{min_count} to {max_count} numbers{}", within(interval))
        }
    }
}

/// The words for an interval, which follow a noun.
fn within(interval: Interval) -> String {
    let low = match interval.low {
        Bound::Included(low) => Some(format!("of at least {low}")),
        Bound::Excluded(low) => Some(format!("above {low}")),
        Bound::Unbounded => None,
    };
    let high = match interval.high {
        Bound::Included(high) => Some(format!("of at most {high}")),
        Bound::Excluded(high) => Some(format!("below {high}")),
        Bound::Unbounded => None,
    };
    let bounds: Vec<String> = low.into_iter().chain(high).collect();
    if bounds.is_empty() { String::new() } else { format!(" {}", bounds.join(" and ")) }
}

/// The sentence for a JSON member that is neither `numbers` nor an option.
#[must_use]
pub fn unknown_member(name: &str) -> String {
    let shown = crate::input_error::excerpt(name.as_bytes());
    let nearest = OptionName::nearest(&shown);
    let all: Vec<&str> = OptionName::all().map(OptionName::as_str).collect();
    format!("there is no member '{shown}'; did you mean '{nearest}'? Beside numbers there may be {}", all.join(", "))
}
