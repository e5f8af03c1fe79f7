//! The typed contract of a description: its options, and what can be wrong with an input, as data.
//!
//! * Input: [`RawOption`]s, the names and texts of options as they were given, each with its [`Origin`].
//! * Output: [`Options`], or an [`InputError`] that lists all that is wrong.
//! * All properties of an option (name, type, default, documentation) are in one table, whose rows are
//!   [`OptionSpec`]s. The parser, the documentation and all places where options can be given derive from it.
//!
//! Invariants: an option that is blank, or that has the default that the table publishes, equals one that was not given;
//! the same options mean the same wherever they were given; no sentence is needed to know what failed.

pub mod enums;
mod grade_boundaries;
#[cfg(feature = "grades")]
mod grade_table;
mod input_error;
mod item_options;
mod location;
mod option_error;
mod option_table;
mod option_type;
mod options;
mod origin;
mod output_options;
mod raw;
mod reason;
mod table_options;
mod values;

pub use enums::{Axis, ChartKind, Format, Layout, ThousandsMark, WeightType};
pub use grade_boundaries::GradeBoundaries;
#[cfg(feature = "grades")]
pub use grade_boundaries::GroupBoundaries;
pub use input_error::{
    Diagnostic, Diagnostics, InputError, MAX_EXCERPT_BYTES, MAX_EXCERPT_CHARS, MAX_LISTED_DIAGNOSTICS, Repeats, excerpt,
};
pub use item_options::{ItemOptions, Maxima, with_maximum};
pub use location::{Location, Origins, Step};
pub use option_error::{GradesFault, OptionError};
pub use option_table::{MISSING_MARKERS, OptionName, OptionSpec};
pub use option_type::{Interval, Scope, ValueType};
pub use options::Options;
pub use origin::Origin;
pub use output_options::{OutputOptions, Rules};
pub use raw::{MAX_VALUE_BYTES, RawOption};
pub use reason::{
    AnswerFault, CellFault, CellReason, Codes, CompressionFault, DatasetFault, Excess, Expected, FileFault, FileKind,
    ItemFault, JsonFault, JsonHint, Kind, Limit, Measured, ParquetFault, RaggedCause, Reason, SqlFault, StateFault,
    StatePart, SyntaxFault, TableFault, TextFault, ValueFault, WorkbookFault,
};
pub use table_options::{Delimiter, TableOptions, Totals};
pub use values::statistic_names;
