//! States of descriptions.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{OptionName, StateFault, StatePart};

pub(super) fn state(f: &mut Formatter, fault: &StateFault, voice: Voice) -> Result {
    let with = |option, value| voice.with(option, value);
    match fault {
        StateFault::Version { version, newest } => write!(
            f,
            "the state has version {version}, and this program reads versions up to {newest}; merge it with the program that \
             made it, or a later one"
        ),
        StateFault::Checksum => {
            f.write_str("the state is damaged: its checksum is not that of its bytes; copy or make it again")
        }
        StateFault::EndsEarly => f.write_str("the state ends too early; copy or make it again"),
        StateFault::Field { field } => {
            write!(f, "the field '{field}' of the state has a value that no state has; make the state again")
        }
        StateFault::Contradiction { field } => {
            write!(f, "the field '{field}' of the state contradicts the others; make the state again")
        }
        StateFault::OptionOfReading { option } => write!(
            f,
            "{} concerns the reading of data, which is done when a state is made; leave it out, or make the states with it",
            voice.option(*option)
        ),
        StateFault::NoFrequencyTables => write!(
            f,
            "a statistic, or a rule of publication, needs the values in order, and the states have sums alone; make them without \
             {statistics} or with {}, or ask for other statistics with {statistics}",
            with(OptionName::Statistics, "median"),
            statistics = voice.option(OptionName::Statistics),
        ),
        StateFault::Preview => {
            f.write_str("the file is a state, which has no records to preview; describe or merge it")
        }
        StateFault::BesideData => {
            write!(
                f,
                "only states can be merged, or described together with states; make states of the other files with {}",
                with(OptionName::Format, "state")
            )
        }
        StateFault::Different { part, first, other } => {
            let (name, option) = words(*part);
            write!(f, "the state cannot be added to those before it: its {name} '{other}', and theirs '{first}'")?;
            option.map_or(Ok(()), |option| write!(f, "; make all states with the same {}", voice.option(option)))
        }
        StateFault::TooManyValues => f.write_str("the states have more than 2^62 values together"),
    }
}

/// A part of a state as the subject of a clause with its verb, and the option that decides it.
fn words(part: StatePart) -> (&'static str, Option<OptionName>) {
    match part {
        StatePart::Kind => ("content is", None),
        StatePart::Columns => ("columns are", Some(OptionName::Column)),
        StatePart::GroupBy => ("group columns are", Some(OptionName::GroupBy)),
        StatePart::Absent => ("absence codes are", Some(OptionName::Absent)),
        StatePart::Weights => ("weights are", Some(OptionName::Weights)),
        StatePart::Invalid => ("cells that are not numbers are", Some(OptionName::Invalid)),
        StatePart::FrequencyTables => ("limits of distinct values are", Some(OptionName::Statistics)),
    }
}
