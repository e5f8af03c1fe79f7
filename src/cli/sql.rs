//! The command `sql`: prints the statement by which a database describes a table exactly.

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use describe_sql::{Dialect, Form, MAX_SCALE, Recipe, StatementError, statement};

/// Exit code for names and codes that a statement cannot have.
const REFUSED: u8 = 2;

/// The arguments of the command.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub struct SqlArguments {
    /// Dialect of the database
    #[arg(long, value_parser = dialect())]
    dialect: &'static Dialect,
    /// Table or view, with its schema before a point
    #[arg(long)]
    table: String,
    /// Column to describe; repeat it for more
    #[arg(long, value_name = "NAME", required = true)]
    column: Vec<String>,
    /// Group column; repeat it for more
    #[arg(long, value_name = "NAME")]
    group_by: Vec<String>,
    /// Number of decimal places that the values have at most, from 0 to 9
    #[arg(long, value_parser = clap::value_parser!(u32).range(..=i64::from(MAX_SCALE)), required_unless_present = "text", conflicts_with = "text")]
    scale: Option<u32>,
    /// Count each value, in place of sums: also for medians and other order statistics, where distinct values are few
    #[arg(long)]
    by_value: bool,
    /// The columns are texts, of which each is counted
    #[arg(long)]
    text: bool,
    /// Absence code, which is counted apart and is not a value; repeat it for more
    #[arg(long, value_name = "CODE", allow_hyphen_values = true)]
    absent: Vec<String>,
    /// Count texts that are not numbers; without it they are refused
    #[arg(long, value_name = "WORD", value_parser = ["missing"], requires = "text")]
    invalid: Option<String>,
}

/// Parser of the name of a dialect.
fn dialect() -> impl TypedValueParser<Value = &'static Dialect> {
    let names = Dialect::all().iter().map(|dialect| dialect.name);
    PossibleValuesParser::new(names).try_map(|name| Dialect::named(&name).ok_or("not a dialect"))
}

/// Prints the statement.
#[must_use]
pub fn run(arguments: &SqlArguments) -> ExitCode {
    match statement_of(arguments) {
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

fn statement_of(arguments: &SqlArguments) -> Result<String, StatementError> {
    let SqlArguments { dialect, table, column, group_by, scale, by_value, text: _, absent, invalid } = arguments;
    let form = match scale {
        Some(scale) if !by_value => Form::Sums { scale: *scale },
        scale => Form::Values { scale: *scale },
    };
    let recipe = Recipe {
        dialect,
        form,
        columns: column.clone(),
        group_by: group_by.clone(),
        absent: absent.clone(),
        counts_invalid: invalid.is_some(),
    };
    statement(&recipe, table)
}
