//! The command `key new`: makes an API key and its line for the key file.
//!
//! Input: an id, scopes, a rate. Output: the line on standard output, so that it can be appended to the file, and the key on
//! standard error. The key is nowhere else: the file has its digest only.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::http::access::keys;
use crate::http::access::rates::Rate;
use crate::http::access::scopes::Scopes;

/// Random bytes of a key: 192 bits.
const KEY_BYTES: usize = 24;

/// Commands for API keys.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub enum KeyCommand {
    /// Make an API key: its line for the key file on standard output, the key itself on standard error
    New(NewKey),
}

/// The arguments of the command.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub struct NewKey {
    /// Name of the key in the file and in the log [default: key- and random digits]
    #[arg(long, value_name = "NAME", value_parser = keys::id)]
    id: Option<String>,
    /// Scopes of the key: describe, metrics, or both with a comma between them [default: describe]
    #[arg(long, value_name = "SCOPES")]
    scope: Option<Scopes>,
    /// Rate of the key, such as 100/s or 600/m,burst=50 [default: that of --rate-limit]
    #[arg(long, value_name = "RATE")]
    rate: Option<Rate>,
}

/// Runs the command.
#[must_use]
pub fn run(command: &KeyCommand) -> ExitCode {
    let KeyCommand::New(arguments) = command;
    match make(arguments) {
        Ok((key, line)) => {
            println!("{line}");
            eprintln!("The key, which is shown only now: {key}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("describe-api: the system gives no random bytes: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Makes a key and its line. The key begins with its id, so that people can tell their keys apart.
fn make(arguments: &NewKey) -> Result<(String, String), getrandom::Error> {
    let id = match &arguments.id {
        Some(id) => id.clone(),
        None => format!("key-{}", keys::hex(&random::<4>()?)),
    };
    let key = format!("{id}.{}", keys::hex(&random::<KEY_BYTES>()?));
    let line = keys::line(&id, &keys::digest(key.as_bytes()), arguments.scope, arguments.rate);
    Ok((key, line))
}

fn random<const LENGTH: usize>() -> Result<[u8; LENGTH], getrandom::Error> {
    let mut bytes = [0; LENGTH];
    getrandom::fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::access::keys::Keys;

    #[test]
    fn a_new_key_is_admitted_by_its_line() {
        let arguments =
            NewKey { id: Some("alice".to_owned()), scope: "metrics".parse().ok(), rate: "600/m".parse().ok() };
        let (first, line) = make(&arguments).expect("a key");
        let (second, _) = make(&arguments).expect("a key");
        assert!(first.starts_with("alice.") && first.len() == 54 && first != second, "{first}");
        let keys = Keys::parse(&line, None).expect("a valid line");
        let key = keys.find(first.as_bytes()).expect("the key");
        assert_eq!((&*key.id, key.scopes, key.limiter.is_some()), ("alice", "metrics".parse().expect("a scope"), true));
        assert!(keys.find(second.as_bytes()).is_none());
        let (unnamed, line) = make(&NewKey::default()).expect("a key");
        let keys = Keys::parse(&line, None).expect("a valid line");
        assert_eq!(keys.find(unnamed.as_bytes()).expect("the key").scopes, Scopes::default());
    }
}
