//! The values of options: read from text, or what is wrong with it.

use encoding_rs::Encoding;

use super::raw::{RawOption, Wrong};
use describe::{BELOW_ALL, Bins, Decimal, MAX_HISTOGRAM_BINS, Number, Statistic, Statistics};

/// The only value of an option.
pub(super) fn one(option: &RawOption) -> Result<&str, Wrong> {
    match option.values.as_slice() {
        [value] => Ok(value),
        values => Err(("repeated", format!("{} takes one value; it was given {} times", option.name, values.len()))),
    }
}

pub(super) fn integer(option: &RawOption) -> Result<u64, Wrong> {
    let number = one(option)?.trim_ascii();
    let digits = number.strip_prefix('+').unwrap_or(number);
    match digits.parse() {
        Ok(number) if !digits.starts_with('+') => Ok(number),
        _ => Err(("int_parsing", format!("{} is an integer >= 0, such as 0 or 1", option.name))),
    }
}

pub(super) fn boolean(option: &RawOption) -> Result<bool, Wrong> {
    match one(option)?.to_ascii_lowercase().as_str() {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err(("bool_parsing", format!("{} is true or false (or 1 or 0)", option.name))),
    }
}

pub(super) fn choice<T: Copy>(option: &RawOption, choices: &[(&str, T)]) -> Result<T, Wrong> {
    let value = one(option)?;
    let found = choices.iter().find(|(text, _)| text.eq_ignore_ascii_case(value));
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let texts: Vec<_> = choices.iter().map(|(text, _)| *text).collect();
        ("literal_error", format!("{} is one of {}", option.name, texts.join(" ")))
    })
}

pub(super) fn markers(option: &RawOption) -> Vec<String> {
    let texts = option.values.iter().flat_map(|value| value.split(',')).map(str::trim);
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// Names of columns, none of them twice.
pub(super) fn names(option: &RawOption) -> Result<Vec<String>, Wrong> {
    let names: Vec<String> = option.values.iter().map(|name| name.trim().to_owned()).collect();
    match names.iter().enumerate().find(|(i, name)| names[..*i].contains(name)) {
        Some((_, name)) => Err(("repeated", format!("{} names '{name}' twice; name each column once", option.name))),
        None => Ok(names),
    }
}

pub(super) fn codes(option: &RawOption) -> Result<Vec<String>, Wrong> {
    let codes = markers(option);
    match codes.iter().enumerate().find(|(i, code)| codes[..*i].contains(code)) {
        Some((_, code)) => Err(("repeated", format!("absent has the code '{code}' twice; give each once"))),
        None if codes.is_empty() => Err(("missing", "absent takes codes such as X or ABS, separated by commas".into())),
        None => Ok(codes),
    }
}

/// Names of statistics and of groups of them; and whether `all` is one.
pub(super) fn statistics(option: &RawOption) -> Result<(Statistics, bool), Wrong> {
    let (mut named, mut all) = (Statistics::NONE, false);
    let texts = markers(option);
    if texts.is_empty() {
        return Err((
            "missing",
            "statistics takes names such as mean,median, or scipy or all; leave it out for scipy".into(),
        ));
    }
    for name in texts {
        match name.as_str() {
            "nobs" => {}
            "scipy" => named = named.and(Statistics::SCIPY),
            "all" => all = true,
            name => named = named.with(Statistic::named(name).ok_or_else(|| unknown_statistic(name))?),
        }
    }
    Ok((named, all))
}

fn unknown_statistic(name: &str) -> Wrong {
    let known: Vec<&str> = ["scipy", "all", "nobs"].into_iter().chain(Statistic::all().map(Statistic::name)).collect();
    let shown = crate::input_error::excerpt(name.as_bytes());
    let name = shown.to_ascii_lowercase();
    let nearest = known.iter().min_by_key(|known| strsim::damerau_levenshtein(&name, known)).unwrap_or(&"");
    let message = format!("there is no statistic '{shown}'; did you mean '{nearest}'? There are {}", known.join(", "));
    ("literal_error", message)
}

const ONE: Decimal = Decimal { digits: 1, exponent: 0, negative: false };

const HALF: Decimal = Decimal { digits: 5, exponent: -1, negative: false };

pub(super) fn is_positive(decimal: Decimal) -> bool {
    decimal.digits > 0 && !decimal.negative
}

pub(super) fn is_tail(share: Decimal) -> bool {
    !share.negative && share.compare(HALF).is_lt()
}

pub(super) fn is_confidence(share: Decimal) -> bool {
    is_positive(share) && share.compare(ONE).is_lt()
}

/// A finite number.
fn decimal(text: &str) -> Option<Decimal> {
    match Number::parse(text.trim_ascii().as_bytes()) {
        Ok(Number::Finite(decimal)) => Some(decimal),
        _ => None,
    }
}

/// The only value of an option, a number for which `good` holds.
pub(super) fn within(option: &RawOption, what: &str, good: impl Fn(Decimal) -> bool) -> Result<Decimal, Wrong> {
    let number = decimal(one(option)?).filter(|number| good(*number));
    number.ok_or_else(|| ("out_of_range", format!("{} is a number {what}", option.name)))
}

pub(super) fn quantiles(option: &RawOption) -> Result<Vec<Decimal>, Wrong> {
    let share = |text: String| decimal(&text).filter(|share| !share.negative && !share.compare(ONE).is_gt());
    let shares: Option<Vec<Decimal>> = markers(option).into_iter().map(share).collect();
    match shares.filter(|shares| (1..=1000).contains(&shares.len())) {
        Some(shares) => Ok(shares),
        None => Err(("out_of_range", "quantiles are up to 1000 numbers from 0 to 1, such as 0.05,0.95".into())),
    }
}

pub(super) fn bins(option: &RawOption) -> Result<Bins, Wrong> {
    if let Ok(count) = one(option)?.trim_ascii().parse() {
        return match count {
            1..=MAX_HISTOGRAM_BINS => Ok(Bins::Count(count)),
            _ => Err(("out_of_range", format!("bins is 1 to {MAX_HISTOGRAM_BINS}"))),
        };
    }
    choice(option, &Bins::RULES)
        .map_err(|_| ("literal_error", "bins is a count, or one of auto fd sturges doane scott rice sqrt".into()))
}

pub(super) fn range(option: &RawOption) -> Result<[Decimal; 2], Wrong> {
    let ends: Vec<Option<Decimal>> = markers(option).iter().map(|text| decimal(text)).collect();
    match ends.as_slice() {
        [Some(low), Some(high)] if !low.compare(*high).is_gt() => Ok([*low, *high]),
        _ => Err(("out_of_range", "range is two numbers, the lower one first, such as 0,100".into())),
    }
}

/// Grades and boundaries, the highest first, no grade and no boundary twice.
pub(super) fn boundaries(option: &RawOption) -> Result<Vec<(String, Decimal)>, Wrong> {
    let mut all: Vec<(String, Decimal)> = Vec::new();
    for text in markers(option) {
        let pair = text.rsplit_once(':').and_then(|(grade, text)| Some((grade.trim().to_owned(), decimal(text)?)));
        // A colon in a name is a list that was separated by something else, as A:70;B:60 is.
        let Some((grade, boundary)) = pair.filter(|(grade, _)| !grade.is_empty() && !grade.contains(':')) else {
            let message = "boundaries are grades with their lowest mark, commas between, such as A:70,B:60";
            return Err(("literal_error", message.into()));
        };
        if grade == BELOW_ALL {
            return Err((
                "repeated",
                format!("'{BELOW_ALL}' is the row of those below all boundaries; name the grade otherwise"),
            ));
        }
        if all.iter().any(|(known, other)| *known == grade || other.equals(boundary)) {
            return Err(("repeated", format!("two grades have the name '{grade}' or one boundary; give each once")));
        }
        all.push((grade, boundary));
    }
    if all.is_empty() || all.len() > 1000 {
        return Err(("literal_error", "boundaries are 1 to 1000 grades, such as A:70,B:60".into()));
    }
    all.sort_by(|(_, a), (_, b)| b.compare(*a));
    Ok(all)
}

pub(super) fn delimiter(option: &RawOption) -> Result<Option<u8>, Wrong> {
    match one(option)? {
        "auto" => Ok(None),
        "tab" | "\\t" => Ok(Some(b'\t')),
        value => match value.as_bytes() {
            [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(Some(*byte)),
            _ => Err(("literal_error", "delimiter is auto, tab or one ASCII character, such as , or ; or |".into())),
        },
    }
}

pub(super) fn encoding(option: &RawOption) -> Result<&'static Encoding, Wrong> {
    let label = one(option)?;
    Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| ("literal_error", "encoding is a name such as utf-8, windows-1252 or utf-16le".into()))
}
