//! Options.

use std::ops::Bound;

use super::Voice;
use describe_options::{Format, GradesFault, Interval, OptionError, OptionName, ValueType, statistic_names};
use describe_readers::built;

pub(super) fn option(error: &OptionError, voice: Voice) -> String {
    let name_of = |option| voice.option(option);
    let example = |option: OptionName| voice.with(option, &option.spec().example.join(","));
    match error {
        OptionError::UnknownName { name, nearest } => {
            let all: Vec<String> = OptionName::all().map(name_of).collect();
            format!("there is no option '{name}'; did you mean '{nearest}'? The options are {}", all.join(", "))
        }
        OptionError::NumbersBesideData => "numbers are given in the query or in the body, not in both".to_owned(),
        OptionError::GivenTwice(option) => format!("{} was given in two places; give it once", name_of(*option)),
        OptionError::SeveralValues { option, count } => {
            format!("{} takes one value and was given {count}; give it once", name_of(*option))
        }
        OptionError::RepeatedItem { option, item } => {
            format!("{} has '{item}' twice; give each value once", name_of(*option))
        }
        OptionError::RepeatedBoundary { grade } => {
            format!("two grades have the name '{grade}' or the same boundary; give each once")
        }
        OptionError::ReservedGrade => {
            "'below' is the name of the row below all boundaries; give the grade another name".to_owned()
        }
        OptionError::EmptyList(option) | OptionError::WrongType(option) | OptionError::OutOfRange(option) => {
            format!("{} must be {}, such as {}", name_of(*option), expected(option.spec().value), example(*option))
        }
        OptionError::TooManyItems { option, max } => format!("{} has more than {max} values", name_of(*option)),
        OptionError::UnknownStatistic { option, name, nearest } => {
            let all = statistic_names(*option).join(", ");
            format!("'{name}' is not a statistic; did you mean '{nearest}'? The statistics are {all}")
        }
        OptionError::MissingOption { statistic, option } => {
            format!("{} needs the option {}, such as {}", statistic.name(), name_of(*option), example(*option))
        }
        OptionError::Needs { option: OptionName::GradeBoundaries, needed } => format!(
            "{} needs the column of marks, such as {}",
            name_of(OptionName::GradeBoundaries),
            voice.with(*needed, "mark")
        ),
        OptionError::Needs { option, needed } => {
            format!("{} needs {}, such as {}", name_of(*option), name_of(*needed), example(*needed))
        }
        OptionError::Grades(fault) if built::GRADES => {
            format!("{}: {}", name_of(OptionName::GradeBoundaries), grades(fault, voice))
        }
        OptionError::BoundariesNotGrouped { column } => format!(
            "the boundaries depend on the column '{column}', which is not in {}; group by it, or take it out of the table",
            name_of(OptionName::GroupBy)
        ),
        OptionError::NotGrouped(option) => format!(
            "{} must name one of the group columns; give it to {} as well",
            name_of(*option),
            name_of(OptionName::GroupBy)
        ),
        OptionError::NotWithItems(_) | OptionError::MaximaWithKey | OptionError::KeyIsCode { .. } if built::ITEMS => {
            contradiction_of_items(error, voice)
        }
        OptionError::NotWithCorrelations(option) if built::CORRELATIONS => not_with_correlations(*option, voice),
        // What a build cannot do is refused before options are compared.
        OptionError::Grades(_)
        | OptionError::NotWithItems(_)
        | OptionError::MaximaWithKey
        | OptionError::KeyIsCode { .. }
        | OptionError::NotWithCorrelations(_) => String::new(),
        OptionError::NotForCategories(_)
        | OptionError::CategoryIsCode { .. }
        | OptionError::WeightsUsedElsewhere
        | OptionError::ReliabilityDdof
        | OptionError::ReliabilityMoments
        | OptionError::ReliabilityQuantiles
        | OptionError::ReliabilityComparison
        | OptionError::PredictedWithinBands
        | OptionError::ThousandsIsDecimal { .. }
        | OptionError::ChartInFormat(_)
        | OptionError::StampInFormat(_)
        | OptionError::EcdfWithRules => contradiction(error, voice),
    }
}

/// What is wrong with the table of boundaries.
fn grades(fault: &GradesFault, voice: Voice) -> String {
    let order = voice.option(OptionName::Order);
    match fault {
        GradesFault::Malformed { line } => format!("line {line} does not have as many cells as the first line"),
        GradesFault::LacksColumn(name) => {
            format!("the first line has no column '{name}'; write it as in subject,grade,boundary")
        }
        GradesFault::RepeatedColumn { name } => format!("the first line has the column '{name}' twice"),
        GradesFault::Unnamed { line } => format!("line {line} has a value in a column without a name"),
        GradesFault::NoGrades => "no grade follows the first line".to_owned(),
        GradesFault::BadGrade { line } => {
            format!("line {line} has no grade, or 'below', which is the name for the marks below all boundaries")
        }
        GradesFault::NotANumber { line, column, text } => format!("line {line}: the {column} '{text}' is not a number"),
        GradesFault::Repeated { line } => format!("line {line} has a grade or a boundary that its group has already"),
        GradesFault::Maximum { line } => {
            format!("line {line} has another maximum than its group has above, or a boundary above the maximum")
        }
        GradesFault::NotInOrder { grade } => {
            format!("the grade '{grade}' is not in {order}; add it there, or leave {order} out")
        }
        GradesFault::Unordered { first, second } => {
            format!(
                "no group says which of the grades '{first}' and '{second}' is the better one; give all grades to {order}"
            )
        }
        GradesFault::BelowNotLast => {
            format!(
                "'below', the marks below all boundaries, is the last category; put it last in {order}, or leave it out"
            )
        }
        GradesFault::AgainstOrder { grade, group } => format!(
            "the boundary of '{grade}'{}{group} is higher than that of a grade before it in {order}; correct one of them",
            if group.is_empty() { "" } else { " for " }
        ),
        GradesFault::Contradictory { grade } => {
            format!("groups differ in whether '{grade}' is better than another grade; correct their boundaries")
        }
    }
}

/// The sentence for options that do not go with the analysis of items.
fn contradiction_of_items(error: &OptionError, voice: Voice) -> String {
    let name = |option| voice.option(option);
    match error {
        OptionError::NotWithItems(option) if protects(*option) => format!(
            "item analysis does not protect small groups, so {} cannot be given with {}; check the groups before you publish",
            name(*option),
            name(OptionName::Items)
        ),
        OptionError::NotWithItems(OptionName::Format) => {
            format!("items have no state; ask for another {}", name(OptionName::Format))
        }
        OptionError::NotWithItems(option) => {
            format!("{} has no part in the analysis of {}; leave it out", name(*option), name(OptionName::Items))
        }
        OptionError::KeyIsCode { option, code } => {
            format!(
                "'{code}' is a right answer of {} and also in {}; take it out of one",
                name(OptionName::Key),
                name(*option)
            )
        }
        _ => format!(
            "with {} the maximum mark of each item is 1; leave {} out",
            name(OptionName::Key),
            name(OptionName::Maxima)
        ),
    }
}

/// The sentence for an option that does not go with correlations.
fn not_with_correlations(option: OptionName, voice: Voice) -> String {
    let name = |option| voice.option(option);
    match option {
        OptionName::Column => format!(
            "{} names the columns to describe; leave {} out",
            name(OptionName::Correlations),
            name(OptionName::Column)
        ),
        OptionName::Format => format!(
            "{} cannot be saved in a state; leave one of them out, or ask for another format",
            name(OptionName::Correlations)
        ),
        option => format!(
            "{} is for numbers that count once, and cannot be given with {}; leave one of them out",
            name(OptionName::Correlations),
            name(option)
        ),
    }
}

/// The sentence for options that do not go together.
fn contradiction(error: &OptionError, voice: Voice) -> String {
    let name = |option| voice.option(option);
    let with = |option, value| voice.with(option, value);
    match error {
        OptionError::NotForCategories(OptionName::Categories) => {
            format!(
                "{} names the column of categories; leave {} out",
                name(OptionName::Crosstab),
                name(OptionName::Categories)
            )
        }
        OptionError::NotForCategories(option) => format!(
            "{} counts texts, and {} is for numbers; leave one of them out{}",
            name(OptionName::Categories),
            name(*option),
            if *option == OptionName::Format { ", or ask for another format" } else { "" }
        ),
        OptionError::CategoryIsCode { option, code } => {
            format!(
                "'{code}' is a category of {} and also in {}; name it in one of them",
                name(OptionName::Order),
                name(*option)
            )
        }
        OptionError::PredictedWithinBands => format!(
            "{} predicts within the bands of {}; give {} another group column, such as the year",
            name(OptionName::Predict),
            name(OptionName::Crosstab),
            name(OptionName::CompareBy)
        ),
        OptionError::WeightsUsedElsewhere => format!(
            "{} names a column that {} or {} also names; name it once",
            name(OptionName::Weights),
            name(OptionName::Column),
            name(OptionName::GroupBy)
        ),
        OptionError::ReliabilityDdof => {
            let (zero, one) = (with(OptionName::Ddof, "0"), with(OptionName::Ddof, "1"));
            format!("reliability weights need {zero} or {one}")
        }
        OptionError::ReliabilityMoments => {
            let (bias, convention) = (name(OptionName::Bias), name(OptionName::Convention));
            format!("reliability weights have biased skewness and kurtosis only; leave {bias} and {convention} out")
        }
        OptionError::ReliabilityQuantiles => {
            format!("reliability weights have {} only", with(OptionName::QuantileMethod, "inverted_cdf"))
        }
        OptionError::ReliabilityComparison => "groups with reliability weights cannot be compared".to_owned(),
        OptionError::ThousandsIsDecimal { is_comma } => {
            let (mark, other) = if *is_comma { ("comma", ".") } else { ("point", ",") };
            format!(
                "the {mark} cannot be both the decimal mark and the separator of thousands; say {} if it separates thousands",
                with(OptionName::Decimal, other)
            )
        }
        OptionError::ChartInFormat(format) => format!(
            "a chart is SVG, or part of an HTML report; leave {} or {} out",
            name(OptionName::Chart),
            with(OptionName::Format, format.name())
        ),
        OptionError::StampInFormat(format) => {
            let (what, stamp) = (if *format == Format::Csv { "CSV" } else { "a state" }, name(OptionName::Stamp));
            format!("{what} has no place for a stamp; leave {stamp} out, or ask for another format")
        }
        _ => format!(
            "{} shows every single value, which the rules of publication do not allow; ask for another chart",
            with(OptionName::Chart, "ecdf")
        ),
    }
}

/// Whether an option is a rule of publication.
fn protects(option: OptionName) -> bool {
    matches!(option, OptionName::Publish | OptionName::RoundCounts | OptionName::SuppressBelow | OptionName::Withhold)
}

/// The values that an option of this type accepts.
fn expected(value: ValueType) -> String {
    match value {
        ValueType::Boolean => "true or false (or 1 or 0)".to_owned(),
        ValueType::Integer { min, max: None } => format!("an integer of at least {min}"),
        ValueType::Integer { min, max: Some(max) } => format!("an integer from {min} to {max}"),
        ValueType::Words(words) | ValueType::IntegerOrNone { words } => format!("one of {}", words.join(", ")),
        ValueType::Number(interval) => format!("a number{}", within(interval)),
        ValueType::CountOrWord { min, max, words } => {
            format!("an integer from {min} to {max} or one of {}", words.join(", "))
        }
        ValueType::Text { form: "" } => "a text".to_owned(),
        ValueType::Texts { form: "" } => "a list of texts".to_owned(),
        ValueType::Text { form } | ValueType::Texts { form } | ValueType::IntegerOrTexts { form, .. } => {
            form.to_owned()
        }
        ValueType::Numbers { min_count: 2, max_count: 2, .. } => "two numbers, the lower one first".to_owned(),
        ValueType::Numbers { interval, min_count, max_count } => {
            format!("{min_count} to {max_count} numbers{}", within(interval))
        }
    }
}

/// The words for an interval, which follow a noun.
fn within(interval: Interval) -> String {
    let low = match interval.low {
        Bound::Included(low) => Some(format!("of at least {low}")),
        Bound::Excluded(low) => Some(format!("above {low}")),
        Bound::Unbounded => None,
    };
    let high = match interval.high {
        Bound::Included(high) => Some(format!("of at most {high}")),
        Bound::Excluded(high) => Some(format!("below {high}")),
        Bound::Unbounded => None,
    };
    let bounds: Vec<String> = low.into_iter().chain(high).collect();
    if bounds.is_empty() { String::new() } else { format!(" {}", bounds.join(" and ")) }
}
