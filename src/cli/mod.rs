//! The command line: settings, and the `describe` command.

pub mod access_settings;
mod arguments;
pub mod describe;
mod file_ranges;
pub mod key;
mod option_arguments;
pub mod settings;
#[cfg(feature = "sql")]
pub mod sql;

pub use arguments::{Arguments, PREVIEW_ROWS, preview_rows};
