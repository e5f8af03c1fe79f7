//! Sentences about input errors, in the words of the caller: over HTTP options are `skip_rows=2` and settings
//! `--cell-limit (CELL_LIMIT)`; on the command line they are `--skip-rows 2` and `--cell-limit`.
//!
//! Nothing else in the workspace writes such sentences; the libraries give [`Diagnostic`]s.

use std::fmt::{self, Display, Formatter};

use describe_options::{
    Diagnostic, InputError, Limit, Location, OptionName, Origin, Reason, Step, TableFault, ValueFault,
};
use describe_readers::built;

mod answer;
mod cell;
mod data;
mod files;
mod items;
mod json;
mod option;
mod sql;
mod state;
mod table;

/// The caller whose words are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// A client of the service.
    Http,
    /// A person at the terminal.
    CommandLine,
}

impl Voice {
    /// The option as this caller names it: `skip_rows`, or `--skip-rows`.
    #[must_use]
    pub fn option(self, option: OptionName) -> String {
        self.name(option.as_str())
    }

    /// A name as this caller writes it: `by_value`, or `--by-value`.
    fn name(self, name: &str) -> String {
        match self {
            Self::Http => name.to_owned(),
            Self::CommandLine => format!("--{}", name.replace('_', "-")),
        }
    }

    /// The option with a value: `skip_rows=2`, or `--skip-rows 2`.
    #[must_use]
    pub fn with(self, option: OptionName, value: &str) -> String {
        let between = if self == Self::Http { '=' } else { ' ' };
        format!("{}{between}{value}", self.option(option))
    }

    /// The setting of a limit: its flag, and for a client of the service also its environment variable.
    #[must_use]
    pub fn setting(self, limit: Limit) -> String {
        let name = match limit {
            Limit::Cell => "cell-limit",
            Limit::Groups => "group-limit",
            Limit::Columns => "column-limit",
            Limit::Decompressed => "decompressed-limit",
            Limit::Memory => "memory-limit",
            Limit::TaskMemory => "request-memory",
            Limit::Processor => "cpu-limit",
            Limit::Answer => "answer-limit",
        };
        match self {
            Self::Http => format!("--{name} ({})", name.replace('-', "_").to_ascii_uppercase()),
            Self::CommandLine => format!("--{name}"),
        }
    }

    /// The place for options that are separate from the data.
    fn apart(self) -> &'static str {
        match self {
            Self::Http => "in the URL",
            Self::CommandLine => "on the command line",
        }
    }

    /// The thing that holds the data.
    fn container(self) -> &'static str {
        match self {
            Self::Http => "body",
            Self::CommandLine => "file",
        }
    }

    /// The words for an option at this place: one in a file is spelled as there, whoever gave the file.
    fn at(self, location: &Location) -> Self {
        match location {
            Location::Option { origin: Origin::Body, .. } => Self::Http,
            _ => self,
        }
    }
}

/// The error in one sentence or two: its only diagnostic, or how many there are and the first one.
#[must_use]
pub fn detail(error: &InputError, voice: Voice) -> String {
    let first = message(error.first(), voice);
    match error.count() {
        0 | 1 => first,
        count => format!("{count} problems; the first: {first}"),
    }
}

/// Fault at one place, and its remedy.
#[must_use]
pub fn message(diagnostic: &Diagnostic, voice: Voice) -> String {
    Sentence { diagnostic, voice }.to_string()
}

/// A diagnostic as it is written: the file, the place and what is wrong there.
struct Sentence<'a> {
    diagnostic: &'a Diagnostic,
    voice: Voice,
}

impl Display for Sentence<'_> {
    fn fmt(&self, f: &mut Formatter) -> fmt::Result {
        let Self { diagnostic: Diagnostic { location, file, reason, .. }, voice } = self;
        if let Some(file) = file {
            write!(f, "{file}: ")?;
        }
        if let Location::Cell { row, column } = location {
            write!(f, "row {row}")?;
            if let Some(column) = column {
                write!(f, ", column {column}")?;
            }
            f.write_str(": ")?;
        }
        match reason {
            Reason::Option(error) => f.write_str(&option::option(error, voice.at(location))),
            Reason::NotBuilt { feature } => {
                write!(f, "the program was built without the feature {feature}, which reads this input")
            }
            Reason::Limit(excess) => data::limit(f, *excess, *voice),
            Reason::Busy => f.write_str("the memory of this server is in use by other requests; try again later"),
            Reason::Cancelled => f.write_str("the client has left"),
            Reason::Value(fault) => {
                data::value(f, fault, &subject(location, *voice), *voice)?;
                match (fault, location, &self.diagnostic.input) {
                    (ValueFault::NotANumber, _, Some(text)) => data::list_remedy(f, text, location),
                    _ => Ok(()),
                }
            }
            Reason::Text(fault) => data::text(f, fault, *voice),
            Reason::Compression(fault) => data::compression(f, fault),
            Reason::Dataset(fault) => data::dataset(f, fault),
            Reason::Json(fault) => json::json(f, fault, *voice),
            Reason::Table(TableFault::NotANumber(fault)) => {
                let Diagnostic { input, repeats, .. } = self.diagnostic;
                let count = repeats.as_ref().map_or(1, |repeats| repeats.count);
                cell::not_a_number(f, fault, input.as_deref().unwrap_or_default(), count, *voice)
            }
            Reason::Table(fault) => table::table(f, fault, voice.at(location)),
            Reason::Items(fault) if built::ITEMS => items::items(f, fault, voice.at(location)),
            Reason::File(fault) => files::file(f, fault, *voice),
            Reason::Workbook(fault) => files::workbook(f, fault),
            Reason::Parquet(fault) if built::PARQUET => files::parquet(f, fault, *voice),
            Reason::State(fault) if built::STATES => state::state(f, fault, voice.at(location)),
            Reason::Sql(fault) if built::SQL => sql::sql(f, fault, voice.at(location)),
            // Of what this build does not read there are no faults.
            Reason::Items(_) | Reason::Parquet(_) | Reason::State(_) | Reason::Sql(_) => Ok(()),
            Reason::Answer(fault) => answer::answer(f, fault, voice.at(location)),
        }
    }
}

/// A value as the subject of a sentence, with a space after it: `body 4 `. A cell has been named before the sentence.
fn subject(location: &Location, voice: Voice) -> String {
    let Location::Data { origin, path } = location else { return String::new() };
    if voice == Voice::Http {
        let steps = location.steps();
        let steps = steps.iter().map(|step| match step {
            Step::Name(name) => name.clone(),
            Step::Index(index) => index.to_string(),
        });
        return steps.chain([String::new()]).collect::<Vec<_>>().join(" ");
    }
    debug_assert_eq!(*origin, Origin::Body, "numbers are read from files");
    let indexes = path.iter().filter_map(|step| if let Step::Index(index) = step { Some(*index) } else { None });
    match indexes.collect::<Vec<_>>()[..] {
        [number] => format!("number {number} (counted from 0) "),
        [row, number] => format!("number {number} of row {row} (counted from 0) "),
        _ => "the array ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_use_the_words_of_the_caller() {
        let location = Location::Option { name: OptionName::NanPolicy, origin: Origin::Query };
        let error = InputError::at(location, describe_options::AnswerFault::NotATable { option: OptionName::SkipRows });
        assert!(detail(&error, Voice::Http).starts_with("skip_rows is for tables"));
        assert!(detail(&error, Voice::CommandLine).starts_with("--skip-rows is for tables"));
        assert_eq!(Voice::Http.with(OptionName::SkipRows, "2"), "skip_rows=2");
        assert_eq!(Voice::CommandLine.with(OptionName::SkipRows, "2"), "--skip-rows 2");
        assert_eq!(Voice::CommandLine.setting(Limit::Cell), "--cell-limit");
    }
}
