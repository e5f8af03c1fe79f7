//! The command line: settings, and the `describe` command.

mod arguments;
pub mod describe;
mod option_arguments;
pub mod settings;

pub use arguments::{Arguments, PreviewArguments};
