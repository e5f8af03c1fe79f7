//! Tables.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{OptionName, RaggedCause, TableFault};
use describe_readers::built;

pub(super) fn table(f: &mut Formatter, fault: &TableFault, voice: Voice) -> Result {
    match fault {
        TableFault::UnclosedQuote => f.write_str("a quote is opened and never closed"),
        TableFault::RaggedRow { cells, header, cause } => {
            let count = |cells: usize| if cells == 1 { "1 cell".to_owned() } else { format!("{cells} cells") };
            write!(f, "has {} and the header has {header}; ", count(*cells))?;
            match cause {
                None => f.write_str("make them equal"),
                Some(RaggedCause::Backslash) => {
                    write!(
                        f,
                        "a quote follows a backslash in it: {} reads the two as a quote",
                        voice.with(OptionName::Escape, "\\")
                    )
                }
                Some(RaggedCause::AlignedColumns) => {
                    write!(f, "if blanks align the columns, say {}", voice.with(OptionName::Delimiter, "whitespace"))
                }
            }
        }
        // The sentence about a cell needs its text: see `cell.rs`.
        TableFault::NotANumber(_) => f.write_str("should be a number"),
        TableFault::NotACategory { lookalike } => {
            write!(f, "is not a category of {}", voice.option(OptionName::Order))?;
            match lookalike {
                Some(category) => write!(f, "; it differs from '{category}' in blanks, case or Unicode form alone"),
                None => {
                    write!(f, "; add it there, or to {} if it is a code of absence", voice.option(OptionName::Absent))
                }
            }
        }
        TableFault::NoBoundaries { group, lookalike } if built::GRADES => {
            let option = voice.option(OptionName::GradeBoundaries);
            if group.is_empty() {
                return write!(f, "{option} has no lines for the marks that have no group");
            }
            write!(f, "{option} has no lines for '{group}', which has marks; ")?;
            match lookalike {
                Some(other) => write!(f, "it differs from '{other}' in blanks, case or Unicode form alone"),
                None => f.write_str("add them"),
            }
        }
        TableFault::AboveMaximum { group, maximum, highest } if built::GRADES => write!(
            f,
            "{} has the maximum {maximum}{}{group}, and there are marks above it, up to {highest}; correct one of them, or say {} to \
             leave such marks out, which is not for weighted ones",
            voice.option(OptionName::GradeBoundaries),
            if group.is_empty() { "" } else { " for " },
            voice.with(OptionName::Invalid, "missing")
        ),
        // No build without grades makes another one of these.
        TableFault::NoBoundaries { .. } | TableFault::AboveMaximum { .. } | TableFault::TooManyMarks => {
            f.write_str("grades are made from marks, and the column has too many different values for that")
        }
        TableFault::UnknownColumn { option: _, name, nearest, columns } => {
            write!(f, "there is no column '{name}'")?;
            match nearest {
                Some(nearest) => write!(f, "; did you mean '{nearest}'?")?,
                None => f.write_str(".")?,
            }
            write!(f, " The columns are {}.", columns.join(", "))?;
            if let [only] = &columns[..]
                && only.trim().contains(char::is_whitespace)
            {
                let option = voice.with(OptionName::Delimiter, "whitespace");
                write!(f, " If blanks align the columns, say {option}.")?;
            }
            write!(
                f,
                " If title lines stand above the header, {} leaves them out",
                voice.with(OptionName::SkipRows, "1")
            )
        }
        TableFault::RepeatedColumn { option: _, name } => {
            write!(f, "the header has '{name}' more than once, so it is not clear which is meant; rename one")
        }
        TableFault::NestedColumn { option, name, holds } => write!(
            f,
            "the column '{name}' is nested ({holds}), so it makes no groups; leave it out of {}",
            voice.option(*option)
        ),
        TableFault::MissingWeight => f.write_str("is missing, and it is a weight"),
        TableFault::WeightNotANumber => f.write_str("should be a number: it is a weight"),
        TableFault::WeightNotPositive => f.write_str("should be above 0: it is a weight"),
        TableFault::WeightNotAFrequency { max } => write!(
            f,
            "should be an integer from 0 to {max}: it is a frequency weight; say {} for others",
            voice.with(OptionName::WeightType, "reliability")
        ),
        TableFault::NotForFormat { option } => write!(
            f,
            "{} is for delimited text and workbooks; leave it out, or send the table as CSV",
            voice.option(*option)
        ),
        TableFault::Axis => {
            write!(f, "{} is for nested arrays; a table is described by column", voice.option(OptionName::Axis))
        }
        TableFault::UnknownSheet { name, sheets } => {
            let sheets = sheets.iter().zip(1..).map(|(sheet, number)| format!("{number} '{sheet}'"));
            write!(f, "there is no sheet '{name}'; the sheets are {}", sheets.collect::<Vec<_>>().join(", "))
        }
    }
}
