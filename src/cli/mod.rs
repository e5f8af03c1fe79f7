//! The command line: settings, and the `describe` command.

mod arguments;
pub mod describe;
pub mod settings;

pub use arguments::Arguments;
