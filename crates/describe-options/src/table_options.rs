//! Options of tables, and of the text that they are written in.

use std::sync::Arc;

use encoding_rs::Encoding;

use crate::enums::{ThousandsMark, WeightType};
use crate::grade_boundaries::GradeBoundaries;
use crate::item_options::ItemOptions;
use crate::option_table::MISSING_MARKERS;

/// The options of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// The columns to describe; empty for every numeric one.
    pub columns: Vec<String>,
    /// The columns of texts whose categories are counted; then `columns` has the same names.
    pub categories: Vec<String>,
    /// The columns whose correlations are computed; then `columns` has the same names.
    pub correlations: Vec<String>,
    /// The categories in their order.
    pub order: Vec<String>,
    /// The boundaries by which the categories, which are grades then, are made from marks.
    pub grade_boundaries: Option<Arc<GradeBoundaries>>,
    /// The columns whose values define groups.
    pub group_by: Vec<String>,
    /// Results over several groups that are added.
    pub totals: Totals,
    /// The column that holds the weights.
    pub weights: Option<String>,
    /// The type of the weights.
    pub weight_type: WeightType,
    /// Texts that mean a missing value; `None` for [`MISSING_MARKERS`].
    pub missing: Option<Vec<String>>,
    /// Codes of absences, each counted by itself.
    pub absent: Vec<String>,
    /// Whether non-numeric cells are counted; otherwise they are errors.
    pub invalid_as_missing: bool,
    /// Whether the first record is the header row; `None` to find out.
    pub header: Option<bool>,
    /// The delimiter of cells; `None` to find out.
    pub delimiter: Option<Delimiter>,
    /// The byte that begins a comment line.
    pub comment: Option<u8>,
    /// The byte before a quote or delimiter that is part of a cell.
    pub escape: Option<u8>,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// The separator between groups of three digits; `None` if there is none.
    pub thousands: Option<ThousandsMark>,
    /// Characters that are taken off both ends of a number.
    pub strip: String,
    /// The number of records before the table; `None` to find out.
    pub skip_rows: Option<u64>,
    /// The number of records behind the table; `None` to find out.
    pub skip_end: Option<u64>,
    /// The greatest number of records to read.
    pub max_rows: Option<u64>,
    /// The sheet of a workbook, by name or number from 1.
    pub sheet: Option<String>,
    /// The encoding of a text; `None` for UTF-8, or that of a byte order mark.
    pub encoding: Option<&'static Encoding>,
    /// The options of item analysis.
    pub items: ItemOptions,
}

/// Results over several groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Totals {
    /// None.
    None,
    /// One over all groups.
    Overall,
    /// One for each value of each of several group columns, and one over all groups.
    Margins,
}

/// Delimiter of cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// A byte.
    Byte(u8),
    /// Runs of blanks and tabs.
    Whitespace,
}

impl TableOptions {
    /// Whether values have reliability weights.
    #[must_use]
    pub fn has_reliability(&self) -> bool {
        self.weights.is_some() && self.weight_type == WeightType::Reliability
    }

    /// Whether numbers are spelled as literals are: a decimal point, no separators, no signs around them.
    #[must_use]
    #[inline]
    pub fn has_usual_spelling(&self) -> bool {
        !self.decimal_comma && self.thousands.is_none() && self.strip.is_empty()
    }

    /// Whether a text means a missing value.
    #[must_use]
    pub fn is_marker(&self, text: &[u8]) -> bool {
        match &self.missing {
            Some(markers) => markers.iter().any(|marker| marker.as_bytes() == text),
            None => MISSING_MARKERS.iter().any(|marker| marker.as_bytes() == text),
        }
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            categories: Vec::new(),
            correlations: Vec::new(),
            order: Vec::new(),
            grade_boundaries: None,
            group_by: Vec::new(),
            totals: Totals::None,
            weights: None,
            weight_type: WeightType::Frequency,
            missing: None,
            absent: Vec::new(),
            invalid_as_missing: false,
            header: None,
            delimiter: None,
            comment: None,
            escape: None,
            decimal_comma: false,
            thousands: None,
            strip: String::new(),
            skip_rows: None,
            skip_end: None,
            max_rows: None,
            sheet: None,
            encoding: None,
            items: ItemOptions::default(),
        }
    }
}
