//! Every option of the table, judged by what the table says of it.

use describe_options::{
    InputError, Location, OptionError, OptionName, OptionSpec, Options, Origin, RawOption, ValueType,
};

fn raw(option: OptionName, values: &[&str]) -> RawOption {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    RawOption { origin: Origin::Query, name: option.as_str().to_owned(), values }
}

fn parse(option: OptionName, values: &[&str]) -> Result<Options, InputError> {
    Options::parse(&[raw(option, values)])
}

fn specs() -> impl Iterator<Item = &'static OptionSpec> {
    OptionName::all().map(OptionName::spec)
}

fn default() -> Options {
    Options::parse(&[]).expect("no options")
}

/// The stable code of the only error of an option with this value.
fn code(option: OptionName, value: &str) -> &'static str {
    let error = parse(option, &[value]).expect_err(value);
    assert_eq!(error.count(), 1, "{error:?}");
    error.first().reason.code()
}

#[test]
fn rows_stand_in_the_order_of_the_names() {
    for (spec, option) in specs().zip(OptionName::all()) {
        assert_eq!(spec.option, option);
        assert_eq!(OptionName::named(spec.name), Some(option));
    }
}

#[test]
fn every_example_is_a_value_other_than_the_default() {
    for OptionSpec { option, example, default: published, .. } in specs() {
        let options = parse(*option, example).expect("an example");
        assert_eq!(options.location(*option), Location::Option { name: *option, origin: Origin::Query });
        assert_ne!(options, default(), "{option:?}");
        assert_ne!(example, published, "{option:?}");
    }
}

#[test]
fn every_published_default_equals_leaving_the_option_out() {
    for OptionSpec { option, default: published, .. } in specs().filter(|spec| !spec.default.is_empty()) {
        assert_eq!(parse(*option, published).expect("a default"), default(), "{option:?}");
    }
    let spellings = [
        (OptionName::Overall, "0"),
        (OptionName::Overall, "FALSE"),
        (OptionName::Decimal, "."),
        (OptionName::SkipRows, "auto"),
        (OptionName::SkipEnd, "auto"),
    ];
    for (option, value) in spellings {
        assert_eq!(parse(option, &[value]).expect("a default"), default(), "{option:?} {value}");
    }
}

/// Leaving a default out changes nothing where other options are given either.
#[test]
fn every_published_default_changes_no_other_option() {
    for spec in specs().filter(|spec| !spec.default.is_empty()) {
        for other in specs().filter(|other| other.option != spec.option) {
            let other = raw(other.option, other.example);
            let without = Options::parse(std::slice::from_ref(&other)).map_err(|error| error.listed().to_vec());
            for both in
                [[other.clone(), raw(spec.option, spec.default)], [raw(spec.option, spec.default), other.clone()]]
            {
                assert_eq!(Options::parse(&both).map_err(|error| error.listed().to_vec()), without, "{both:?}");
            }
        }
    }
}

#[test]
fn blank_options_count_as_not_given() {
    for OptionSpec { option, example, .. } in specs() {
        for blank in [&[][..], &[""], &["", ""]] {
            assert_eq!(parse(*option, blank).expect("a blank option"), default(), "{option:?} {blank:?}");
            let with_example = [raw(*option, blank), raw(*option, example)];
            assert_eq!(Options::parse(&with_example), parse(*option, example), "{option:?}");
        }
        let among_blanks: Vec<&str> = [""].iter().chain(*example).chain(&[""]).copied().collect();
        assert_eq!(parse(*option, &among_blanks), parse(*option, example), "{option:?}");
    }
}

#[test]
fn an_option_in_two_places_is_an_error_unless_one_has_its_default() {
    let in_body = |option, values| RawOption { origin: Origin::Body, ..raw(option, values) };
    for OptionSpec { option, example, default: published, .. } in specs() {
        let error = Options::parse(&[raw(*option, example), in_body(*option, example)]).expect_err("twice");
        assert_eq!((error.count(), error.first().reason.code()), (1, "repeated"), "{option:?}");
        if published.is_empty() {
            continue;
        }
        let both = [raw(*option, published), in_body(*option, published)];
        assert_eq!(Options::parse(&both), Ok(default()), "{option:?}");
        let alone = parse(*option, example);
        assert_eq!(Options::parse(&[raw(*option, example), in_body(*option, published)]), alone, "{option:?}");
        assert_eq!(Options::parse(&[in_body(*option, published), raw(*option, example)]), alone, "{option:?}");
    }
}

#[test]
fn an_option_of_one_value_takes_one() {
    for OptionSpec { option, example, .. } in specs().filter(|spec| !spec.value.is_list()) {
        let error = parse(*option, &[example[0], example[0]]).expect_err("two values");
        assert_eq!(error.first().reason.code(), "repeated", "{option:?}");
    }
}

#[test]
fn values_of_another_type_are_errors() {
    for OptionSpec { option, value, .. } in specs() {
        match value {
            ValueType::Boolean => assert_eq!(code(*option, "perhaps"), "bool_parsing", "{option:?}"),
            ValueType::Integer { max, .. } => {
                for text in ["-1", "1.5", "one", "++1", "9223372036854775808", "99999999999999999999"] {
                    assert_eq!(code(*option, text), "int_parsing", "{option:?} {text}");
                }
                if let Some(max) = max {
                    assert!(parse(*option, &[&max.to_string()]).is_ok(), "{option:?}");
                    assert_eq!(code(*option, &(max + 1).to_string()), "int_parsing", "{option:?}");
                }
            }
            ValueType::Number(_) => {
                for text in ["-1", "nan", "much"] {
                    assert_eq!(code(*option, text), "out_of_range", "{option:?} {text}");
                }
            }
            ValueType::CountOrWord { min, max, .. } => {
                assert!(parse(*option, &[&max.to_string()]).is_ok(), "{option:?}");
                assert_eq!(code(*option, &(max + 1).to_string()), "out_of_range", "{option:?}");
                if let Some(below) = min.checked_sub(1) {
                    assert_eq!(code(*option, &below.to_string()), "out_of_range", "{option:?}");
                }
                assert_eq!(code(*option, "perhaps"), "literal_error", "{option:?}");
            }
            ValueType::Words(_) | ValueType::IntegerOrNone { .. } => {
                assert_eq!(code(*option, "perhaps"), "literal_error", "{option:?}");
            }
            ValueType::Numbers { .. } => assert_eq!(code(*option, "0,perhaps"), "out_of_range", "{option:?}"),
            ValueType::IntegerOrTexts { min, max, .. } => {
                for value in [min, max] {
                    assert!(parse(*option, &[&value.to_string()]).is_ok(), "{option:?} {value}");
                }
                assert_eq!(code(*option, &(max + 1).to_string()), "out_of_range", "{option:?}");
                for value in ["mean", "mean:", "mean:-1", "1.5", ","] {
                    assert_eq!(code(*option, value), "int_parsing", "{option:?} {value}");
                }
                for value in ["1,2", "mean:1,mean:1"] {
                    assert_eq!(code(*option, value), "repeated", "{option:?} {value}");
                }
                assert_eq!(code(*option, "man:1"), "literal_error", "{option:?}");
            }
            ValueType::Text { .. } | ValueType::Texts { .. } => {}
        }
    }
}

#[test]
fn every_word_is_taken_in_any_case() {
    for spec in specs() {
        for word in spec.value.words() {
            let taken = parse(spec.option, &[word]);
            assert!(taken.is_ok(), "{} {word}: {taken:?}", spec.name);
            assert_eq!(parse(spec.option, &[&word.to_ascii_uppercase()]), taken, "{} {word}", spec.name);
        }
    }
}

#[test]
fn unknown_names_are_errors_that_name_the_nearest() {
    for spec in specs() {
        for misspelled in [format!("{}s", spec.name), spec.name.to_ascii_uppercase()] {
            if OptionName::named(&misspelled).is_some() {
                continue;
            }
            assert_eq!(OptionName::nearest(&misspelled), spec.name);
            let unknown = RawOption { name: misspelled, ..raw(spec.option, spec.example) };
            let error = Options::parse(std::slice::from_ref(&unknown)).expect_err("unknown");
            let name = unknown.name.clone();
            assert_eq!(error.first().reason, OptionError::UnknownName { name, nearest: spec.name }.into());
            assert_eq!(error.first().reason.code(), "extra_forbidden");
        }
    }
}

#[test]
fn documentation_is_a_sentence_and_refers_to_options_that_exist() {
    for spec in specs() {
        assert!(spec.summary.ends_with('.') && !spec.summary.contains(". "), "one sentence: {}", spec.summary);
        assert!(spec.details.is_empty() || spec.details.ends_with('.'), "sentences: {}", spec.details);
        let spelled = spec.documentation(&|option, value| {
            let value = value.unwrap_or(option.spec().example[0]);
            assert!(parse(option, &[value]).is_ok(), "{} refers to {option:?} with {value}", spec.name);
            option.as_str().to_owned()
        });
        assert!(!spelled.contains(['{', '}']), "a reference to no option: {spelled}");
    }
}

#[test]
fn an_absent_default_is_explained() {
    for spec in specs().filter(|spec| spec.default.is_empty() && !spec.value.words().is_empty()) {
        let form = ["format", "chart"].contains(&spec.name);
        assert!(form || spec.details.contains("Default: "), "{}", spec.name);
    }
}
