//! JSON: its syntax, and the shapes that can be described.

use super::kind::Kind;
use crate::option_table::OptionName;

/// Fault of JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonFault {
    /// Invalid syntax.
    Syntax {
        /// Fault of the syntax.
        fault: SyntaxFault,
        /// The line, counted from 1, where each line is a JSON text of its own.
        line: Option<u64>,
        /// The byte, counted from 0 in the text or the line.
        byte: u64,
        /// Tokens that the grammar allows there.
        expected: Expected,
        /// Probable intention of the writer.
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
    /// The value of an option that is a text is something else.
    OptionNotText {
        /// The option.
        option: OptionName,
    },
    /// An option has too many values.
    TooManyValues {
        /// The option.
        option: OptionName,
        /// Maximum number of values.
        max: usize,
    },
    /// An option is given beside columns.
    OptionBesideColumns {
        /// The member that is a column, cut.
        column: String,
        /// The member that is an option.
        option: OptionName,
    },
    /// A cell of a group column is nested.
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
    /// A member of an object without numbers that is not a table.
    NoTable {
        /// The member's name, cut.
        name: String,
    },
    /// A member is an object among columns or tables of another shape.
    MixedShapes {
        /// The member's name, cut.
        name: String,
    },
    /// Objects in an object that may be rows or columns.
    RowsOrColumns {
        /// The first member's name, cut.
        name: String,
        /// The first name in it, cut.
        inner: String,
    },
    /// A column that is an object has other labels of rows than the first one.
    OtherLabels {
        /// The column's name, cut.
        name: String,
    },
    /// The names of the columns follow their rows.
    NamesAfterRows,
    /// The names of the columns are not all texts or numbers.
    NestedNames,
    /// The member `columns` has objects that are not columns with a name and values.
    NotSeries,
    /// A value among rows is not an array.
    MixedRows {
        /// The value, counted from 1.
        row: u64,
    },
    /// A member that was not known before. Never reported: the reader reads the record again in order.
    NewMember,
}

/// Fault of the syntax of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyntaxFault {
    /// The text ends too early.
    EndsEarly,
    /// A token is not JSON, or not allowed at its place.
    Token,
    /// A string has a bad escape, a control character or bytes that are not UTF-8.
    String,
    /// The nesting is too deep.
    NestedTooDeep,
    /// A value does not end on its line.
    LineNotEnded,
}

/// Tokens that the grammar of JSON allows at a place.
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

/// Probable intention of invalid JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonHint {
    /// A missing or infinite value.
    NotFinite,
    /// JSON texts line by line.
    Lines,
    /// A comma after the last member or element.
    TrailingComma,
    /// Names or texts in single quotes, as Python prints them.
    SingleQuotes,
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
            | Self::OptionValue { .. }
            | Self::OptionNotText { .. } => "json_type",
            Self::NumbersNotAnArray | Self::ColumnNotAnArray { .. } => "list_type",
            Self::RepeatedMember { .. } | Self::RepeatedInRecord => "repeated",
            Self::UnknownMember { .. } | Self::NoTable { .. } => "extra_forbidden",
            Self::MixedShapes { .. }
            | Self::RowsOrColumns { .. }
            | Self::OtherLabels { .. }
            | Self::NamesAfterRows
            | Self::NestedNames
            | Self::NotSeries => "json_shape",
            Self::MixedRows { .. } => "mixed_rows",
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
            | Self::OptionNotText { .. }
            | Self::TooManyValues { .. }
            | Self::OptionBesideColumns { .. }
            | Self::NestedGroup
            | Self::MixedRecords { .. }
            | Self::UnequalColumns { .. }
            | Self::NoTable { .. }
            | Self::MixedShapes { .. }
            | Self::RowsOrColumns { .. }
            | Self::OtherLabels { .. }
            | Self::NamesAfterRows
            | Self::NestedNames
            | Self::NotSeries
            | Self::MixedRows { .. }
            | Self::NewMember => Kind::Invalid,
        }
    }
}
