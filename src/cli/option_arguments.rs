//! The flags of the options, made from the table of options.

use std::fs::File;
use std::io::{ErrorKind, Read};

use clap::builder::{StringValueParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

use describe_options::{MAX_VALUE_BYTES, OptionName, OptionSpec, Origin, RawOption, Scope, ValueType};

use describe_engine::messages::Voice;

/// The options that were given as flags, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct OptionArguments {
    pub(super) given: Vec<RawOption>,
}

/// The options that are flags. The format of the command's output also has values that are not formats of an answer.
fn options() -> impl Iterator<Item = OptionName> {
    OptionName::all().filter(|option| *option != OptionName::Format)
}

impl Args for OptionArguments {
    fn augment_args(command: Command) -> Command {
        command.args(options().map(|option| argument(option.spec())))
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for OptionArguments {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let given = options().filter_map(|option| {
            let name = option.as_str();
            let values = matches.get_many::<String>(name)?.cloned().collect();
            let place = matches.indices_of(name)?.next()?;
            Some((place, RawOption { origin: Origin::CommandLine, name: name.to_owned(), values }))
        });
        let mut given: Vec<_> = given.collect();
        given.sort_by_key(|(place, _)| *place);
        Ok(Self { given: given.into_iter().map(|(_, option)| option).collect() })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        Self::from_arg_matches(matches).map(|new| *self = new)
    }
}

/// Whether an argument is a flag that may be given without a value, and then means `true`.
fn is_switch(argument: &str) -> bool {
    let is_boolean = |option: &OptionName| option.spec().value == ValueType::Boolean;
    options().filter(is_boolean).any(|option| Voice::CommandLine.option(option) == argument)
}

/// Gives a boolean flag the value `true` where none follows; clap would take a file that follows as its value.
pub(super) fn give_switches_values(arguments: Vec<String>) -> Vec<String> {
    let is_value = |next: &String| ["true", "false", "1", "0"].iter().any(|value| next.eq_ignore_ascii_case(value));
    let mut filled = Vec::with_capacity(arguments.len());
    let mut rest = arguments.into_iter().peekable();
    while let Some(argument) = rest.next() {
        let alone = is_switch(&argument) && !rest.peek().is_some_and(is_value);
        filled.push(if alone { argument + "=true" } else { argument });
    }
    filled
}

fn argument(spec: &'static OptionSpec) -> Arg {
    let argument = Arg::new(spec.name)
        .long(spec.name.replace('_', "-"))
        .value_name(value_name(spec.value))
        .help_heading(heading(spec.scope))
        .help(help(&OptionSpec { details: "", ..*spec }))
        .long_help(help(spec))
        .allow_hyphen_values(spec.value != ValueType::Boolean)
        .value_parser(StringValueParser::new().try_map(not_a_flag));
    match spec.value {
        _ if is_file(spec.option) => {
            argument.value_name("FILE").value_parser(StringValueParser::new().try_map(|path| read_text(&path)))
        }
        ValueType::Boolean => argument.num_args(0..=1).default_missing_value("true"),
        value if value.is_list() => argument.action(ArgAction::Append),
        _ => argument,
    }
}

/// Takes a value that begins with a hyphen, such as -2, unless it looks like the flag after one whose value was forgotten.
fn not_a_flag(value: String) -> Result<String, &'static str> {
    let after = value.strip_prefix("--").unwrap_or_default();
    if after.starts_with(|first: char| first.is_ascii_alphabetic()) {
        return Err("a value is missing before this flag");
    }
    Ok(value)
}

/// Whether the value of a flag is the path of a file with the value of the option.
fn is_file(option: OptionName) -> bool {
    option == OptionName::GradeBoundaries
}

fn read_text(path: &str) -> Result<String, String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(MAX_VALUE_BYTES as u64 + 1).read_to_string(&mut text));
    match read {
        Ok(0) => Err("the file is empty".to_owned()),
        Ok(length) if length > MAX_VALUE_BYTES => Err(format!("the file is longer than {MAX_VALUE_BYTES} bytes")),
        Ok(_) => Ok(text),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err("the file is not UTF-8 text; save it as CSV in UTF-8".to_owned())
        }
        Err(error) => Err(error.to_string()),
    }
}

fn value_name(value: ValueType) -> &'static str {
    match value {
        ValueType::Boolean => "BOOL",
        ValueType::Integer { .. } | ValueType::CountOrWord { .. } | ValueType::IntegerOrTexts { .. } => "COUNT",
        ValueType::Number(_) => "NUMBER",
        ValueType::Numbers { .. } => "NUMBERS",
        ValueType::Words(_) | ValueType::IntegerOrNone { .. } => "WORD",
        ValueType::Text { .. } | ValueType::Texts { .. } => "TEXT",
    }
}

fn heading(scope: Scope) -> &'static str {
    match scope {
        Scope::Statistics | Scope::NestedArrays => "Statistics",
        Scope::Tables | Scope::Groups | Scope::Text => "Tables",
        Scope::Items => "Items",
        Scope::Output => "Answer",
    }
}

/// The text of the table without its Markdown, as clap's own texts look, with the words and the default after it.
fn help(spec: &OptionSpec) -> String {
    let spell = |option, value: Option<&str>| match value {
        Some(value) => Voice::CommandLine.with(option, value),
        None => Voice::CommandLine.option(option),
    };
    let text = spec.documentation(&spell).replace('`', "");
    let label = |label, values: &[&str]| match values {
        [] => String::new(),
        values => format!(" [{label}: {}]", values.join(", ")),
    };
    let (words, default) = (label("possible values", spec.value.words()), label("default", spec.default));
    format!("{}{words}{default}", text.trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(arguments: &[&str]) -> Result<Vec<RawOption>, clap::Error> {
        let command = OptionArguments::augment_args(Command::new("describe").no_binary_name(true));
        OptionArguments::from_arg_matches(&command.try_get_matches_from(arguments)?).map(|options| options.given)
    }

    #[test]
    fn every_option_is_a_flag() {
        for spec in options().filter(|option| !is_file(*option)).map(OptionName::spec) {
            let values: Vec<String> = spec.example.iter().map(|value| (*value).to_owned()).collect();
            let flag = Voice::CommandLine.option(spec.option);
            let arguments: Vec<&str> = spec.example.iter().flat_map(|value| [flag.as_str(), value]).collect();
            let expected = RawOption { origin: Origin::CommandLine, name: spec.name.to_owned(), values };
            assert_eq!(given(&arguments).expect("options"), [expected]);
        }
    }

    #[test]
    fn options_are_in_the_order_of_the_flags() {
        let given =
            given(&["--sheet", "x", "--ddof", "0", "--column", "a", "--bias", "--column", "b"]).expect("options");
        let names: Vec<&str> = given.iter().map(|option| option.name.as_str()).collect();
        assert_eq!(names, ["sheet", "ddof", "column", "bias"]);
        assert_eq!(given[2].values, ["a", "b"]);
        assert_eq!(given[3].values, ["true"]);
    }

    #[test]
    fn values_may_begin_with_a_hyphen_and_are_not_flags() {
        assert_eq!(given(&["--absent", "-2,X", "--missing", "--"]).expect("options")[0].values, ["-2,X"]);
        assert!(given(&["--column", "--group-by", "cohort"]).is_err());
    }

    #[test]
    fn texts_refer_to_flags() {
        let help = help(OptionName::Publish.spec());
        assert!(help.contains("--round-counts 5") && help.contains("--rounding half_up"), "{help}");
        assert!(!help.contains(['`', '{']), "{help}");
    }
}
