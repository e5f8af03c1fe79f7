//! JSON: its syntax, and the shapes that can be described.

use super::kind::Kind;
use crate::option_table::OptionName;

/// What is wrong with JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// It is not JSON.
    Syntax {
        /// What is wrong.
        fault: SyntaxFault,
        /// The line, counted from 1, where each line is a JSON text of its own.
        line: Option<u64>,
        /// The byte, counted from 0 in the text or the line.
        byte: u64,
        /// What would be right there.
        expected: Expected,
        /// What may have been meant.
        hint: Option<JsonHint>,
    },
    /// The data are neither an array nor an object.
    NeitherArrayNorObject,
    /// A line holds an array.
    ArrayOnALine,
    /// A line holds an object after lines that hold numbers.
    ObjectAfterNumbers,
    /// The member `numbers` holds an object.
    ObjectInNumbers,
    /// An array of numbers holds an object.
    ObjectAmongNumbers,
    /// The member `numbers` is not an array.
    NumbersNotAnArray,
    /// A member is not an array although the others are columns.
    ColumnNotAnArray {
        /// The member's name, cut.
        name: String,
    },
    /// A member was given twice.
    RepeatedMember {
        /// The member's name, cut.
        name: String,
    },
    /// A record has a member twice.
    RepeatedInRecord,
    /// A member is neither `numbers` nor an option.
    UnknownMember {
        /// The member's name, cut.
        name: String,
        /// The known name that is most like it.
        nearest: &'static str,
    },
    /// The value of an option is an object or a nested array.
    OptionValue {
        /// The option.
        option: OptionName,
    },
    /// An option has too many values.
    TooManyValues {
        /// The option.
        option: OptionName,
        /// How many it may have.
        max: usize,
    },
    /// An option stands beside columns.
    OptionBesideColumns {
        /// The member that is a column, cut.
        column: String,
        /// The member that is an option.
        option: OptionName,
    },
    /// A cell is nested although it is to be grouped by.
    NestedGroup,
    /// A value among records is not an object.
    MixedRecords {
        /// The value, counted from 1.
        row: u64,
    },
    /// The columns are not equally long.
    UnequalColumns {
        /// The first columns' names, cut, and their lengths.
        lengths: Vec<(String, u64)>,
        /// Whether there are more columns than these.
        more: bool,
    },
    /// A member that was not known before; the reader takes the record up again in order, so nobody is told.
    NewMember,
}

/// What is wrong with the syntax of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxFault {
    /// The text ends too early.
    EndsEarly,
    /// A token is not JSON, or not allowed where it stands.
    Token,
    /// A string has a bad escape, a control character or bytes that are not UTF-8.
    String,
    /// It is nested too deeply.
    NestedTooDeep,
    /// A value does not end on its line.
    LineNotEnded,
}

/// What the grammar of JSON allows at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// A value.
    Value,
    /// A value, or the end of the array.
    ValueOrEnd,
    /// A name.
    Name,
    /// A name, or the end of the object.
    NameOrEnd,
    /// A colon.
    Colon,
    /// A comma, or the end of the object.
    CommaOrObjectEnd,
    /// A comma, or the end of the array.
    CommaOrArrayEnd,
    /// The end of the line.
    LineEnd,
    /// The end of the text.
    End,
}

/// What somebody may have meant who wrote what is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonHint {
    /// A missing or infinite value.
    NotFinite,
    /// JSON texts line by line.
    Lines,
}

impl JsonFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::Syntax { .. } => "json_invalid",
            Self::NeitherArrayNorObject
            | Self::ArrayOnALine
            | Self::ObjectAfterNumbers
            | Self::ObjectInNumbers
            | Self::ObjectAmongNumbers
            | Self::OptionValue { .. } => "json_type",
            Self::NumbersNotAnArray | Self::ColumnNotAnArray { .. } => "list_type",
            Self::RepeatedMember { .. } | Self::RepeatedInRecord => "repeated",
            Self::UnknownMember { .. } => "extra_forbidden",
            Self::TooManyValues { .. } => "too_many_values",
            Self::OptionBesideColumns { .. } => "option_beside_columns",
            Self::NestedGroup => "nested_group",
            Self::MixedRecords { .. } => "mixed_records",
            Self::UnequalColumns { .. } => "unequal_lengths",
            Self::NewMember => "new_member",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Syntax { .. } => Kind::Malformed,
            Self::NeitherArrayNorObject
            | Self::ArrayOnALine
            | Self::ObjectAfterNumbers
            | Self::ObjectInNumbers
            | Self::ObjectAmongNumbers
            | Self::NumbersNotAnArray
            | Self::ColumnNotAnArray { .. }
            | Self::RepeatedMember { .. }
            | Self::RepeatedInRecord
            | Self::UnknownMember { .. }
            | Self::OptionValue { .. }
            | Self::TooManyValues { .. }
            | Self::OptionBesideColumns { .. }
            | Self::NestedGroup
            | Self::MixedRecords { .. }
            | Self::UnequalColumns { .. }
            | Self::NewMember => Kind::Invalid,
        }
    }
}
