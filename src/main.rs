//! Entry point: reads the settings and runs the command.

use std::process::ExitCode;

use describe_api::cli;
use describe_api::cli::settings::{self, Command, Config, Stop};
use describe_api::http::router::openapi_of;
use describe_api::page;
#[cfg(feature = "lambda")]
use describe_api::server::lambda;
use describe_api::server::{healthcheck, listener};
use describe_api::system;

/// Exit code for invalid settings.
const INVALID_SETTINGS: u8 = 2;

/// Pointer to the help, below the invalid settings.
const HELP: &str = "describe-api --help lists the settings, describe-api describe --help the options for files.";

fn main() -> ExitCode {
    let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let read = settings::read(arguments);
    if let Ok((command, Config { threads, .. })) = &read {
        let mut pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
        if *command == Command::Serve {
            pool = pool.start_handler(|_| system::work_behind_others());
        }
        // It fails only if a pool exists already, and none does.
        let _ = pool.build_global();
    }
    match read {
        #[cfg(feature = "lambda")]
        Ok((Command::Serve, config)) if lambda::is_lambda() => lambda::run(config),
        Ok((Command::Serve, config)) => listener::run(config),
        Ok((Command::Describe(arguments), config)) => cli::describe::run(&arguments, &config.limits.into()),
        Ok((Command::Items(arguments), config)) => cli::describe::items(&arguments, &config.limits.into()),
        Ok((Command::Merge(arguments), config)) => cli::describe::merge(&arguments, &config.limits.into()),
        #[cfg(feature = "sql")]
        Ok((Command::Sql(request), _)) => cli::sql::run(&request),
        #[cfg(feature = "sql")]
        Ok((Command::Finish(arguments), config)) => cli::describe::finish(&arguments, &config.limits.into()),
        Ok((Command::Preview(arguments), config)) => cli::describe::preview(&arguments, config.limits.into()),
        Ok((Command::Openapi, config)) => print(&openapi_of(&config)),
        Ok((Command::Page, _)) => print(&page::offline()),
        Ok((Command::Healthcheck, config)) => healthcheck::run(&config),
        Ok((Command::Key(command), _)) => cli::key::run(&command),
        Err(Stop::Help(text)) => text.print().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS),
        Err(Stop::Invalid(settings)) => {
            eprintln!("describe-api: invalid settings\n  {}\n{HELP}", settings.join("\n  "));
            ExitCode::from(INVALID_SETTINGS)
        }
    }
}

/// Prints text; a reader that closes early, such as `head`, is not an error.
fn print(text: &str) -> ExitCode {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}
