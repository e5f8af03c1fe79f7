//! JSON.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{Expected, JsonFault, JsonHint, OptionName, SyntaxFault};

/// Advice on the shapes of a table.
const TABLES: &str = "send records, as pandas' to_json(orient=\"records\") writes them: [{\"mark\":41},{\"mark\":55}], or named arrays: \
                      {\"mark\":[41,55]}";

pub(super) fn json(f: &mut Formatter, fault: &JsonFault, voice: Voice) -> Result {
    match fault {
        JsonFault::Syntax { fault, line, byte, expected, hint } => {
            let (fault, expected) = (syntax(*fault), expectation(*expected));
            match line {
                None => write!(f, "{fault}: at byte {byte} {expected} was expected")?,
                Some(line) => write!(f, "line {line}: {fault}: at its byte {byte} {expected} was expected")?,
            }
            f.write_str(hint.map_or("", advice))
        }
        JsonFault::NeitherArrayNorObject => f.write_str("the data are neither an array nor an object with numbers"),
        JsonFault::ArrayOnALine => f.write_str(
            "a line holds an array; in NDJSON each line is a record or a number. Send one JSON array without NDJSON",
        ),
        JsonFault::ObjectAfterNumbers => f.write_str("the lines are numbers first, and then there is an object"),
        JsonFault::ObjectInNumbers => write!(
            f,
            "numbers holds an object; send an array of records as the whole {}, and give options {}",
            voice.container(),
            voice.apart()
        ),
        JsonFault::ObjectAmongNumbers => {
            f.write_str("the array of numbers holds an object; give numbers only, or records only")
        }
        JsonFault::NumbersNotAnArray => f.write_str("numbers should be an array"),
        JsonFault::ColumnNotAnArray { name } => {
            write!(f, "{name} should be an array: in an object of named arrays each member is a column")
        }
        JsonFault::RepeatedMember { name } => write!(f, "{name} was given twice"),
        JsonFault::RepeatedInRecord => f.write_str("stands twice in the record; give each member once"),
        JsonFault::UnknownMember { name, nearest } => write!(
            f,
            "there is no member '{name}'; did you mean '{nearest}'? Beside numbers there may be {}",
            OptionName::all().map(OptionName::as_str).collect::<Vec<_>>().join(", ")
        ),
        // In a JSON body an option is a member, whoever sent it.
        JsonFault::OptionValue { option } => {
            write!(f, "{} should be a number, a text, true or false, or a list of these", option.as_str())
        }
        JsonFault::OptionNotText { option } => write!(f, "{} should be a text, in quotes", option.as_str()),
        JsonFault::TooManyValues { option, max } => write!(f, "{} has more than {max} values", option.as_str()),
        JsonFault::OptionBesideColumns { column, option } => {
            let option = option.as_str();
            write!(
                f,
                "{column} is a column and {option} an option, and options stand in a {} beside numbers only; give \
                 {option} {}, or send records if it is a column",
                voice.container(),
                voice.apart()
            )
        }
        JsonFault::NestedGroup => f.write_str("is nested, and the records are to be grouped by it"),
        JsonFault::MixedRecords { row } => {
            write!(f, "record {row} is not an object as the records before it are; make all of them objects")
        }
        JsonFault::UnequalColumns { lengths, more } => {
            let lengths: Vec<String> = lengths.iter().map(|(name, length)| format!("{name} {length}")).collect();
            let more = if *more { ", …" } else { "" };
            write!(f, "the columns are not equally long; make them so. Their lengths: {}{more}", lengths.join(", "))
        }
        JsonFault::NoTable { name } => {
            write!(
                f,
                "the object has no member numbers, and '{name}' is not a table; {TABLES}, or {{\"numbers\":[41,55]}}"
            )
        }
        JsonFault::MixedShapes { name } => {
            write!(f, "'{name}' is an object, and other members are tables of another shape; {TABLES}")
        }
        JsonFault::RowsOrColumns { name, inner } => write!(
            f,
            "this is an object of objects, and the names do not tell whether '{name}' or '{inner}' is a column; name the columns, \
             as in {}, or {TABLES}",
            voice.with(OptionName::Column, name)
        ),
        JsonFault::OtherLabels { name } => {
            write!(f, "the rows of column '{name}' are not named as those of the first column; {TABLES}")
        }
        JsonFault::NamesAfterRows => {
            write!(f, "the member columns comes after the rows; put it first, or {TABLES}")
        }
        JsonFault::NestedNames => write!(f, "the names of columns should be texts, not arrays or objects; {TABLES}"),
        JsonFault::NotSeries => write!(
            f,
            "the member columns should hold names, or columns such as {{\"name\":\"mark\",\"values\":[41,55]}} with the name \
             first; {TABLES}"
        ),
        JsonFault::MixedRows { row } => {
            write!(f, "row {row} is not an array as the rows before it are; make all of them arrays")
        }
        JsonFault::NewMember => f.write_str("the member appears here for the first time"),
    }
}

fn syntax(fault: SyntaxFault) -> &'static str {
    match fault {
        SyntaxFault::EndsEarly => "the JSON text ends too early",
        SyntaxFault::Token => "this is not JSON",
        SyntaxFault::String => "this string is not JSON: a bad escape, control character or UTF-8",
        SyntaxFault::NestedTooDeep => "this JSON is nested too deep",
        SyntaxFault::LineNotEnded => "the value does not end on its line",
    }
}

fn expectation(expected: Expected) -> &'static str {
    match expected {
        Expected::Value => "a value",
        Expected::ValueOrEnd => "a value or ]",
        Expected::Name => "a name in double quotes",
        Expected::NameOrEnd => "a name in double quotes or }",
        Expected::Colon => ":",
        Expected::CommaOrObjectEnd => ", or }",
        Expected::CommaOrArrayEnd => ", or ]",
        Expected::LineEnd => "the end of the line",
        Expected::End => "the end",
    }
}

fn advice(hint: JsonHint) -> &'static str {
    match hint {
        JsonHint::NotFinite => "; JSON has no NaN or Infinity, a missing value is null",
        JsonHint::TrailingComma => "; remove the comma before it",
        JsonHint::SingleQuotes => "; JSON has double quotes, as Python's json.dumps writes them",
        JsonHint::Lines => "; texts that stand one a line are NDJSON (application/x-ndjson)",
    }
}
