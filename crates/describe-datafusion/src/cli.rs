//! The flags, which are those of `describe-api describe`: from the same files.

#![expect(dead_code, reason = "describe-api uses more of them")]

#[path = "../../../src/cli/arguments.rs"]
mod arguments;
#[path = "../../../src/cli/option_arguments.rs"]
mod option_arguments;

pub(crate) use arguments::{Arguments, Digits, Output};

/// Gives boolean flags their value.
pub(crate) fn with_switches(arguments: Vec<String>) -> Vec<String> {
    option_arguments::give_switches_values(arguments)
}
