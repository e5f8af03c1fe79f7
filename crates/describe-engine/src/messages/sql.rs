//! Results of SQL statements.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{OptionName, SqlFault};

pub(super) fn sql(f: &mut Formatter, fault: &SqlFault, voice: Voice) -> Result {
    match fault {
        SqlFault::Unreadable { reason } => write!(
            f,
            "the result of the statement should be delimited text with a header row, or JSON with an object for each row: {reason}"
        ),
        SqlFault::NoRows => f.write_str("the result of the statement has no rows: the table has no records"),
        SqlFault::Recipe { row } => write!(
            f,
            "row {row} of the result has no 'describe_sql' that this program made, or another one than the row before; pass on the \
             result of one statement as it is"
        ),
        SqlFault::Cell { row, column, input } => write!(
            f,
            "row {row} of the result has '{input}' in the column '{column}'; pass on the result of the statement as it is"
        ),
        SqlFault::Repeated { row } => write!(
            f,
            "row {row} of the result repeats a row before it; pass on the result of the statement once, as it is"
        ),
        SqlFault::MissingRows { first, other } => write!(
            f,
            "the result counts {} of the column '{}' and {} of the column '{}' in the same group, so rows are missing or changed; pass on \
             the result of the statement as it is",
            records(first.1),
            first.0,
            records(other.1),
            other.0
        ),
        SqlFault::Text { row, column, input } => write!(
            f,
            "row {row} of the result has the text '{input}' in the column '{column}', which is not a number; make the statement with {} \
             if it means an absent value, or with {} to count all such texts",
            voice.with(OptionName::Absent, input),
            voice.with(OptionName::Invalid, "missing")
        ),
        SqlFault::TooManyValues => {
            f.write_str("the result describes more than 2^62 cells; make statements for parts of the table")
        }
        SqlFault::Inexact { column, count, scale } => {
            let (cells, verb) = if *count == 1 { ("cell", "is") } else { ("cells", "are") };
            write!(
                f,
                "{count} {cells} of the column '{column}' {verb} not a decimal with {scale} places below 10^{}; make the statement \
                 with a larger {}, with {} if the column has texts, or cast the column in a view",
                18 - i64::from(*scale),
                voice.name("scale"),
                voice.name("text")
            )
        }
        SqlFault::Overflow { column, row, dialect } => write!(
            f,
            "the sums of the column '{column}' in row {row} of the result may have been too large for the integers of {dialect}; \
             make the statement with a smaller {}, with {}, or for parts of the table in views",
            voice.name("scale"),
            voice.name("by_value")
        ),
        SqlFault::Contradiction { column, row } => write!(
            f,
            "row {row} of the result has figures of the column '{column}' that no numbers have together; pass on the result of the \
             statement as it is"
        ),
        SqlFault::NoValues => write!(
            f,
            "a statistic, or a rule of publication, needs the values in order, and the result has sums alone; make the statement \
             with {}, or ask for other statistics with {}",
            voice.name("by_value"),
            voice.option(OptionName::Statistics)
        ),
    }
}

/// A number of records in words.
fn records(count: u64) -> String {
    format!("{count} {}", if count == 1 { "record" } else { "records" })
}
