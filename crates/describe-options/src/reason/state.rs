//! States of descriptions: saved results that are added.

use super::kind::Kind;
use crate::option_table::OptionName;

/// Fault of a state, or of states together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateFault {
    /// A later version of the program has made the state.
    Version {
        /// Version of the layout.
        version: u16,
        /// The last version that is read.
        newest: u16,
    },
    /// The checksum is not that of the bytes: the state was changed or cut.
    Checksum,
    /// The state ends too early.
    EndsEarly,
    /// A field has a value that no state has, or in another spelling.
    Field {
        /// Name of the field.
        field: &'static str,
    },
    /// Fields contradict each other: no data have them together.
    Contradiction {
        /// Name of the field.
        field: &'static str,
    },
    /// An option was given that concerns the reading of data, which is done.
    OptionOfReading {
        /// The option.
        option: OptionName,
    },
    /// A statistic, or a rule of publication, needs the frequency tables that the states do not have.
    NoFrequencyTables,
    /// A preview of a state.
    Preview,
    /// A state and other data in one data set.
    BesideData,
    /// The state cannot be added to those before it.
    Different {
        /// The part that differs.
        part: StatePart,
        /// The part of the states before it, cut.
        first: String,
        /// The part of this state, cut.
        other: String,
    },
    /// The states have more values together than are counted.
    TooManyValues,
}

/// Part of a state that must be equal in states that are added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StatePart {
    /// Whether it is of a table.
    Kind,
    /// Names of the described columns, in their order.
    Columns,
    /// Names of the group columns, in their order.
    GroupBy,
    /// Absence codes, in their order.
    Absent,
    /// Name of the column of weights, and their type.
    Weights,
    /// Whether cells that are not numbers are counted.
    Invalid,
    /// Maximum number of distinct values of the frequency tables.
    FrequencyTables,
}

impl StateFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Version { .. }
            | Self::Checksum
            | Self::EndsEarly
            | Self::Field { .. }
            | Self::Contradiction { .. }
            | Self::TooManyValues
            | Self::Preview => "state",
            Self::OptionOfReading { .. } => "state_option",
            Self::NoFrequencyTables => "state_without_frequencies",
            Self::BesideData | Self::Different { .. } => "different_state",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Checksum | Self::EndsEarly | Self::Field { .. } | Self::Contradiction { .. } => Kind::Malformed,
            Self::Version { .. }
            | Self::OptionOfReading { .. }
            | Self::NoFrequencyTables
            | Self::Preview
            | Self::BesideData
            | Self::Different { .. }
            | Self::TooManyValues => Kind::Invalid,
        }
    }
}
