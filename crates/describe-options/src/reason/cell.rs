//! Cells of a table that are not numbers.

use crate::option_table::OptionName;

/// Reason why a cell is not a number, in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellReason {
    /// Separators between groups of three digits.
    Thousands,
    /// A percent or per mille sign.
    Percent,
    /// A currency sign.
    Currency,
    /// Another decimal mark than the option says, usually a comma.
    DecimalComma,
    /// Another sign or a mark beside the number, usually behind it.
    TrailingMark,
    /// More than one number.
    TwoNumbers,
    /// Any other text.
    Text,
}

impl CellReason {
    /// All reasons with their words.
    pub const ALL: [(&str, Self); 7] = [
        ("thousands", Self::Thousands),
        ("percent", Self::Percent),
        ("currency", Self::Currency),
        ("decimal_comma", Self::DecimalComma),
        ("trailing_mark", Self::TrailingMark),
        ("two_numbers", Self::TwoNumbers),
        ("text", Self::Text),
    ];

    /// The stable word.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

/// Fault of a cell that is not a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellFault {
    /// The reason.
    pub reason: CellReason,
    /// The options that read the cell, each with its value; empty if none does.
    pub remedy: Vec<(OptionName, String)>,
    /// For [`CellReason::Text`]: the texts of the column that may be codes of absences.
    pub codes: Codes,
}

/// Texts of a column that may be codes of absences.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Codes {
    /// The most frequent ones with their numbers of cells.
    pub listed: Vec<(String, u64)>,
    /// Number of further different texts.
    pub others: usize,
    /// The codes that the option has already.
    pub given: Vec<String>,
}
