//! English words of workbooks and of the terminal, beside those of the report itself.

use super::report::{NOT_APPLICABLE, UNDEFINED, WITHHELD};

/// Shorthands of cells without a number, each with its meaning.
pub(super) const SHORTHANDS: [(&str, &str); 3] = [
    (WITHHELD, "confidential: withheld, because it could reveal something about a person"),
    (UNDEFINED, "not available: these data do not have this statistic"),
    (NOT_APPLICABLE, "not applicable: no value belongs here"),
];

/// Value of a group column of records without one.
pub(super) const NO_VALUE: &str = "(empty)";

/// Names of the sheets before those of tables.
#[cfg(feature = "workbook")]
pub(super) const COVER: &str = "Cover";
#[cfg(feature = "workbook")]
pub(super) const CONTENTS: &str = "Contents";
#[cfg(feature = "workbook")]
pub(super) const NOTES: &str = "Notes";

/// Sections of the cover.
#[cfg(feature = "workbook")]
pub(super) const FINDINGS: &str = "Main findings";
#[cfg(feature = "workbook")]
pub(super) const ALERTS: &str = "Points to look at";
#[cfg(feature = "workbook")]
pub(super) const WORKSHEETS: &str = "Worksheets";
#[cfg(feature = "workbook")]
pub(super) const MADE: &str = "How it was made";

/// Sentences about worksheets.
#[cfg(feature = "workbook")]
pub(super) const GUIDE: &str =
    "The worksheet Contents lists the tables. The worksheet Notes explains the methods and the shorthand.";
#[cfg(feature = "workbook")]
pub(super) const ONE_TABLE: &str = "This worksheet contains one table.";
#[cfg(feature = "workbook")]
pub(super) const HAS_SHORTHAND: &str = "The worksheet Notes explains the shorthand in square brackets.";

/// Headings of the contents and of the notes.
#[cfg(feature = "workbook")]
pub(super) const CONTENTS_HEADINGS: [&str; 2] = ["Worksheet", "Title"];
#[cfg(feature = "workbook")]
pub(super) const NOTES_HEADINGS: [&str; 2] = ["Note or shorthand", "Meaning"];

/// Headings at a terminal of statistics whose names are not what statisticians write there.
pub(super) const SHORT_HEADINGS: [(&str, &str); 12] = [
    ("nobs", "n"),
    ("percent_missing", "missing %"),
    ("percent_absent", "absent %"),
    ("std", "SD"),
    ("sem", "SE"),
    ("quartile_1", "Q1"),
    ("quartile_2", "median"),
    ("quartile_3", "Q3"),
    ("se", "SE"),
    ("ci_low", "CI low"),
    ("ci_high", "CI high"),
    ("cohens_d", "Cohen's d"),
];
