//! The typed contract of a description: its options, and what is wrong with an input, as data with its origin.

pub mod enums;
mod input_error;
mod option_name;
mod options;
mod output_options;
mod raw;
mod table_options;
mod values;

pub use enums::{Axis, ChartKind, Format, WeightType};
pub use input_error::{Diagnostic, Diagnostics, EXCERPT, InputError, Kind, LISTED, Step, excerpt};
pub use option_name::OptionName;
pub use options::{Options, names, unknown, unknown_member};
pub use output_options::{OutputOptions, Rules};
pub use raw::{Origin, RawOption};
pub use table_options::{MISSING_MARKERS, TableOptions};
