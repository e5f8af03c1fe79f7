//! What concerns tables only.

use encoding_rs::Encoding;

use super::enums::{HEADERS, INVALID, MARKS, WEIGHT_TYPES, WeightType};
use super::raw::{RawOption, Wrong};
use super::values::{boolean, choice, codes, delimiter, encoding, integer, markers, names, one};

/// Texts that mean a missing value in a table unless others are given; an empty cell always does.
pub const MISSING_MARKERS: [&str; 10] = ["NA", "N/A", "n/a", "NaN", "nan", "NULL", "null", "None", ".", "#N/A"];

/// The options of tables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// The columns to describe; none for every numeric one.
    pub columns: Vec<String>,
    /// The columns whose values make the groups.
    pub group_by: Vec<String>,
    /// Whether a result over all groups is added.
    pub overall: bool,
    /// The column that holds the weights.
    pub weights: Option<String>,
    /// What weights are.
    pub weight_type: WeightType,
    /// Texts that mean a missing value in place of [`MISSING_MARKERS`].
    pub missing: Option<Vec<String>>,
    /// Codes of absences, each counted by itself.
    pub absent: Vec<String>,
    /// Whether cells that are no numbers are counted rather than refused.
    pub invalid_as_missing: bool,
    /// Whether the first record is a header; `None` to find out.
    pub header: Option<bool>,
    /// What separates cells; `None` to find out.
    pub delimiter: Option<u8>,
    /// Whether numbers are written with a decimal comma.
    pub decimal_comma: bool,
    /// How many lines come before the table.
    pub skip_rows: u64,
    /// The sheet of a workbook, by name or number from 1.
    pub sheet: Option<String>,
    /// The encoding of a text; `None` for UTF-8, or what a byte order mark says.
    pub encoding: Option<&'static Encoding>,
}

impl TableOptions {
    /// Whether values have reliability weights.
    #[must_use]
    pub fn has_reliability(&self) -> bool {
        self.weights.is_some() && self.weight_type == WeightType::Reliability
    }

    /// Whether a text means a missing value.
    #[must_use]
    pub fn is_marker(&self, text: &[u8]) -> bool {
        match &self.missing {
            Some(markers) => markers.iter().any(|marker| marker.as_bytes() == text),
            None => MISSING_MARKERS.iter().any(|marker| marker.as_bytes() == text),
        }
    }

    pub(super) fn set(&mut self, option: &RawOption) -> Result<(), Wrong> {
        match option.name.as_str() {
            "column" => self.columns = names(option)?,
            "group_by" => self.group_by = names(option)?,
            "overall" => self.overall = boolean(option)?,
            "weights" => self.weights = Some(one(option)?.trim().to_owned()),
            "weight_type" => self.weight_type = choice(option, &WEIGHT_TYPES)?,
            "missing" => self.missing = Some(markers(option)),
            "absent" => self.absent = codes(option)?,
            "invalid" => self.invalid_as_missing = choice(option, &INVALID)?,
            "header" => self.header = choice(option, &HEADERS)?,
            "delimiter" => self.delimiter = delimiter(option)?,
            "decimal" => self.decimal_comma = choice(option, &MARKS)?,
            "skip_rows" => self.skip_rows = integer(option)?,
            "sheet" => self.sheet = Some(one(option)?.to_owned()),
            _ => self.encoding = Some(encoding(option)?),
        }
        Ok(())
    }
}

impl Default for TableOptions {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            group_by: Vec::new(),
            overall: false,
            weights: None,
            weight_type: WeightType::Frequency,
            missing: None,
            absent: Vec::new(),
            invalid_as_missing: false,
            header: None,
            delimiter: None,
            decimal_comma: false,
            skip_rows: 0,
            sheet: None,
            encoding: None,
        }
    }
}
