//! Answers that cannot be given.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{AnswerFault, OptionName};

pub(super) fn answer(f: &mut Formatter, fault: &AnswerFault, voice: Voice) -> Result {
    match fault {
        AnswerFault::NotATable { option } => {
            write!(f, "{} is for tables, and this is an array of numbers; leave it out", voice.option(*option))
        }
        AnswerFault::FlatArray => write!(
            f,
            "{} needs rows of numbers, and this array is flat; leave it out",
            voice.with(OptionName::Axis, "1")
        ),
        AnswerFault::AskedTooLate { max } => write!(
            f,
            "statistics that need the order of more than {max} distinct values must be asked for before them; move the \
             options before numbers, or give them {}",
            voice.apart()
        ),
        AnswerFault::TooManyRows { table, max } => {
            write!(f, "{table} would have more than {max} rows; ask for a histogram instead")
        }
        AnswerFault::TooManyPairs { pairs, max } => {
            write!(f, "there are {pairs} pairs of groups, and at most {max} are compared; group by fewer values")
        }
        AnswerFault::UnknownGroup { name, groups } => {
            write!(f, "there is no group '{name}'. There are {}", groups.join("; "))
        }
        AnswerFault::TooManyResults { results, max } => write!(
            f,
            "a chart has room for {max} results, and there are {results}; name one column, or group by fewer values"
        ),
        AnswerFault::SheetTooLarge { size: [rows, columns], max: [max_rows, max_columns] } => write!(
            f,
            "The answer has a table of {rows} rows and {columns} columns, and a sheet of a workbook holds {max_rows} and \
             {max_columns}; ask for fewer groups, or for {}.",
            voice.with(OptionName::Format, "csv")
        ),
        AnswerFault::Unwritable { format, detail } => {
            write!(f, "The answer cannot be written as {format}: {detail}.")
        }
        AnswerFault::SuppressionTooLong => f.write_str(
            "It would take too long to make sure that no withheld count can be calculated from the others; ask for fewer \
             groups or columns, leave frequencies out, or take wider bins.",
        ),
        AnswerFault::StateTooLate => write!(
            f,
            "A state must be asked for before the data: give {} {}.",
            voice.with(OptionName::Format, "state"),
            voice.apart()
        ),
        AnswerFault::CorrelationsTooLate => {
            write!(f, "{} must be given before the data, {}", voice.option(OptionName::Correlations), voice.apart())
        }
        AnswerFault::NestedState => f.write_str(
            "Nested arrays have no state, since rows and columns are described at once; send their numbers as one list, or as a table.",
        ),
        AnswerFault::SmallGroups { results, threshold } => write!(
            f,
            "The state would reveal the values of small groups: {results} results have fewer than {threshold} values ({}). Group by \
             fewer columns or values, or give the state only to those who may see the data and leave the rules of publication to the merge.",
            voice.with(OptionName::SuppressBelow, &threshold.to_string())
        ),
        AnswerFault::StampTooLate => write!(
            f,
            "The stamp has the SHA-256 of the data, which is made while they arrive; in a {} of more than one megabyte \
             it must be asked for before them: give {} or {} {}.",
            voice.container(),
            voice.option(OptionName::Stamp),
            voice.option(OptionName::Format),
            voice.apart()
        ),
    }
}
