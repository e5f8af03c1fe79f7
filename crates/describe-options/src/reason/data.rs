//! Values, arrays of values, and texts.

use super::kind::Kind;

/// Fault of a value, or of an array of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ValueFault {
    /// Not a number.
    NotANumber,
    /// A number outside the range of a double.
    OutOfRange,
    /// A missing value where missing values are an error.
    Missing,
    /// No values.
    NoValues,
    /// A row of a nested array is not as long as the first one.
    UnequalRow {
        /// The row, counted from 0.
        row: u64,
        /// Length of the row.
        length: u64,
        /// Length of the first row.
        first: u64,
    },
    /// An array holds both numbers and arrays.
    MixedArray,
    /// Arrays are nested more than two levels deep.
    NestedTooDeep,
    /// A text was taken for one line of numbers by its beginning, and further lines follow.
    TextAfterList,
}

impl ValueFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotANumber => "float_parsing",
            Self::OutOfRange => "out_of_range",
            Self::Missing => "missing_value",
            Self::NoValues => "missing",
            Self::UnequalRow { .. } => "ragged_row",
            Self::MixedArray => "mixed_array",
            Self::NestedTooDeep => "nested_too_deep",
            Self::TextAfterList => "text_after_list",
        }
    }
}

/// Fault of the encoding of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// A number is not UTF-8.
    NotUtf8,
    /// A cell is not UTF-8.
    CellNotUtf8,
    /// A cell of JSON has half of a surrogate pair, such as `\ud83d`.
    HalfSurrogate,
    /// A name in the header is not UTF-8.
    HeaderNotUtf8,
    /// The text is not in the declared or requested encoding.
    NotInEncoding {
        /// The encoding's name.
        encoding: &'static str,
    },
    /// The data declare one encoding, and the option requests another.
    Contradiction {
        /// The encoding that the data declare.
        declared: &'static str,
        /// The encoding that the option requests.
        asked: &'static str,
    },
}

impl TextFault {
    pub(super) fn code(&self) -> &'static str {
        match self {
            Self::NotUtf8 | Self::CellNotUtf8 | Self::HalfSurrogate | Self::HeaderNotUtf8 => "not_utf8",
            Self::NotInEncoding { .. } => "encoding",
            Self::Contradiction { .. } => "contradiction",
        }
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Contradiction { .. } => Kind::Invalid,
            Self::NotUtf8
            | Self::CellNotUtf8
            | Self::HalfSurrogate
            | Self::HeaderNotUtf8
            | Self::NotInEncoding { .. } => Kind::Malformed,
        }
    }
}
