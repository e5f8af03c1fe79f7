//! The command `sql`: prints the statement by which a database describes a table exactly.

use std::io::{self, Write};
use std::process::ExitCode;

use crate::sql::StatementRequest;

/// Exit code for names and codes that a statement cannot have.
const REFUSED: u8 = 2;

/// Prints the statement.
#[must_use]
pub fn run(request: &StatementRequest) -> ExitCode {
    match request.statement() {
        Ok(text) => {
            // A reader that closes early, such as `head`, is not an error.
            let _ = io::stdout().write_all(text.as_bytes());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("describe-api: {error}");
            ExitCode::from(REFUSED)
        }
    }
}
