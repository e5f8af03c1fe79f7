//! Spelling of numbers in the cells of tables: decimal mark, thousands separators, signs around the number.
//!
//! Input: the text of a cell, and the options that say how numbers are spelled. Output: the number, or why it is not one and which
//! options read it. Invariants: without such options
//! a text is what the parser of literals says; separators are only taken out where they make groups of three digits.

use describe::{Decimal, Number, ParseError, trim_blanks};
use describe_options::{CellFault, CellReason, Codes, OptionName, TableOptions, ThousandsMark};
use unicode_normalization::UnicodeNormalization;

/// Parses the number in a cell. White space around it is trimmed.
///
/// # Errors
/// A text that is not a number by these options, or a number outside the range of a double.
#[inline]
pub(super) fn parse(options: &TableOptions, text: &[u8]) -> Result<Number, ParseError> {
    if options.has_usual_spelling() { Number::parse(text) } else { parse_other(options, text) }
}

/// Text without differences of blanks, case and Unicode form.
pub(super) fn folded(text: &str) -> String {
    let folded: String = text.nfkc().flat_map(char::to_lowercase).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn parse_other(options: &TableOptions, text: &[u8]) -> Result<Number, ParseError> {
    let usual = std::str::from_utf8(text).ok().and_then(|text| usual_spelling(options, text));
    Number::parse(usual.ok_or(ParseError::NotANumber)?.as_bytes())
}

/// The text with a decimal point, without separators and signs; `None` where a mark is out of place.
fn usual_spelling(options: &TableOptions, text: &str) -> Option<String> {
    let is_sign = |character: char| options.strip.contains(character);
    let bare = |text| str::trim_matches(text, |character: char| character.is_whitespace() || is_sign(character));
    let text = bare(text);
    let magnitude = text.trim_start_matches(['+', '-', '\u{2212}']);
    let sign = &text[..text.len() - magnitude.len()];
    // A sign such as £ may also stand behind the minus.
    let magnitude = if magnitude.starts_with(is_sign) { bare(magnitude) } else { magnitude };
    let mark = if options.decimal_comma { ',' } else { '.' };
    let end = magnitude.find([mark, 'e', 'E']).unwrap_or(magnitude.len());
    let (whole, rest) = magnitude.split_at(end);
    let mut usual = String::with_capacity(text.len());
    usual.push_str(sign);
    push_ungrouped(&mut usual, options.thousands, whole)?;
    if options.decimal_comma && (usual.contains('.') || rest.contains('.')) {
        return None;
    }
    match rest.strip_prefix(mark) {
        Some(fraction) => usual.extend([".", fraction]),
        None => usual.push_str(rest),
    }
    Some(usual)
}

/// Appends the digits before the decimal mark without separators, which must make groups of three.
fn push_ungrouped(digits: &mut String, thousands: Option<ThousandsMark>, whole: &str) -> Option<()> {
    let mut groups = whole.split(|character| thousands.is_some_and(|mark| mark.is(character)));
    let first = groups.next()?;
    digits.push_str(first);
    if first.len() == whole.len() {
        return Some(());
    }
    let is_group = |group: &str| group.len() == 3 && group.bytes().all(|byte| byte.is_ascii_digit());
    let is_first_group = matches!(first.len(), 1..=3) && !first.starts_with('0');
    is_first_group.then_some(())?;
    groups.try_for_each(|group| is_group(group).then(|| digits.push_str(group)))
}

/// Numbers that a text is by other options: with a decimal point and with a decimal comma.
#[derive(Debug)]
pub(super) struct Readings {
    /// Number with a decimal point, and the separator that it takes.
    pub(super) with_point: Option<(Decimal, Option<ThousandsMark>)>,
    /// Number with a decimal comma, and the separator that it takes.
    pub(super) with_comma: Option<(Decimal, Option<ThousandsMark>)>,
    /// Signs around the number.
    pub(super) signs: String,
}

impl Readings {
    /// Whether the text is the same number by all options: it has neither marks nor signs.
    pub(super) fn is_plain(&self, text: &str) -> bool {
        self.signs.is_empty() && !text.trim().contains(|character: char| character == '.' || is_separator(character))
    }
}

/// Numbers that a text is with the one or the other decimal mark, if the separator in it, and the signs around it, are those of the
/// options; `None` if it is not a number either way. Signs are those that are usual or in `strip`.
pub(super) fn readings(strip: &str, text: &str) -> Option<Readings> {
    let (signs, _) = signs_around(text)?;
    if !signs.chars().all(|sign| is_usual_sign(sign) || strip.contains(sign)) {
        return None;
    }
    let read = |decimal_comma| {
        let decimal = if decimal_comma { "," } else { "." };
        let marks = ThousandsMark::ALL.into_iter().map(|(_, mark)| mark);
        let marks = marks.filter(|mark| mark.word() != decimal && text.contains(|character| mark.is(character)));
        std::iter::once(None).chain(marks.map(Some)).find_map(|thousands| {
            let options = TableOptions { decimal_comma, thousands, strip: signs.clone(), ..TableOptions::default() };
            match parse(&options, text.as_bytes()) {
                Ok(Number::Finite(decimal)) => Some((decimal, thousands)),
                _ => None,
            }
        })
    };
    let (with_point, with_comma) = (read(false), read(true));
    (with_point.is_some() || with_comma.is_some()).then_some(Readings { with_point, with_comma, signs })
}

fn is_separator(character: char) -> bool {
    ThousandsMark::ALL.into_iter().any(|(_, mark)| mark.is(character))
}

/// Whether a character is proposed for `strip`: currencies, percent signs and the usual marks of footnotes.
fn is_usual_sign(character: char) -> bool {
    is_currency(character) || "%‰*†‡§#".contains(character)
}

/// Reason why a text is not a number by these options, and the options that read it.
pub(super) fn fault(options: &TableOptions, text: &[u8]) -> CellFault {
    let text = String::from_utf8_lossy(trim_blanks(text));
    let (reason, remedy) = misspelling(options, &text).unwrap_or_else(|| {
        let reason = if holds_several_numbers(&text) { CellReason::TwoNumbers } else { CellReason::Text };
        (reason, Vec::new())
    });
    CellFault { reason, remedy, codes: Codes::default() }
}

/// First of the other spellings that reads a text: the options as they are but for signs around the number, with separators, with
/// the other decimal mark.
fn misspelling(options: &TableOptions, text: &str) -> Option<(CellReason, Vec<(OptionName, String)>)> {
    let (signs, reason) = signs_around(text)?;
    let strip = format!("{}{signs}", options.strip);
    for decimal_comma in [options.decimal_comma, !options.decimal_comma] {
        let decimal = if decimal_comma { "," } else { "." };
        let separators = ThousandsMark::ALL.into_iter().filter(|(word, _)| *word != decimal);
        let usual = options.thousands.filter(|mark| mark.word() != decimal);
        for thousands in std::iter::once(usual).chain(separators.map(|(_, mark)| Some(mark))) {
            let tried = TableOptions { decimal_comma, thousands, strip: strip.clone(), ..TableOptions::default() };
            if !matches!(parse(&tried, text.as_bytes()), Ok(Number::Finite(_))) {
                continue;
            }
            let has_mark = decimal_comma != options.decimal_comma && text.contains(decimal);
            let spelled = if has_mark { CellReason::DecimalComma } else { CellReason::Thousands };
            let set = [
                (thousands != options.thousands, OptionName::Thousands, thousands.map_or("", ThousandsMark::word)),
                (decimal_comma != options.decimal_comma, OptionName::Decimal, decimal),
                (!signs.is_empty(), OptionName::Strip, strip.as_str()),
            ];
            let needed = set.into_iter().filter(|(differs, ..)| *differs);
            let remedy = needed.map(|(_, option, value)| (option, value.to_owned())).collect();
            return Some((reason.unwrap_or(spelled), remedy));
        }
    }
    None
}

/// Signs before and behind a number, and which kind they are of; `None` for a text that is not a number with a few signs.
fn signs_around(text: &str) -> Option<(String, Option<CellReason>)> {
    const MAX_SIGNS: usize = 5;
    let is_of_number = |character: char| matches!(character, '0'..='9' | '+' | '-' | '\u{2212}' | '.' | ',');
    let start = text.find(is_of_number)?;
    let (before, rest) = text.split_at(start);
    // A sign such as £ may also stand behind the minus.
    let rest = rest.trim_start_matches(['+', '-', '\u{2212}']);
    let (after_minus, rest) =
        rest.split_at(rest.find(|character: char| character.is_ascii_digit() || ".,".contains(character))?);
    let behind = &rest[rest.trim_end_matches(|character| !is_of_number(character)).len()..];
    // A word before a number is a name, and `<` or parentheses change its meaning.
    let is_other = |character: char| "<>≤≥~≈±()".contains(character);
    if before.contains(char::is_alphabetic) || [before, after_minus, behind].concat().contains(is_other) {
        return None;
    }
    let mut signs = String::new();
    for sign in [before, after_minus, behind].concat().chars().filter(|character| !character.is_whitespace()) {
        if !signs.contains(sign) {
            signs.push(sign);
        }
    }
    let reason = match () {
        () if signs.is_empty() => None,
        () if signs.contains(['%', '‰']) => Some(CellReason::Percent),
        () if signs.contains(is_currency) => Some(CellReason::Currency),
        () => Some(CellReason::TrailingMark),
    };
    (signs.chars().count() <= MAX_SIGNS).then_some((signs, reason))
}

/// Whether a character is a currency sign (Unicode, general category Sc).
fn is_currency(character: char) -> bool {
    matches!(
        character,
        '$' | '¢'..='¥' | '֏' | '؋' | '৲' | '৳' | '৻' | '૱' | '௹' | '฿' | '៛' | '₠'..='⃏' | '﷼' | '﹩' | '＄' | '￠' | '￡' | '￥' | '￦'
    )
}

/// Whether a text is numbers with blanks, commas or semicolons between them, or two with a slash or a dash.
fn holds_several_numbers(text: &str) -> bool {
    let is_number = |text: &str| matches!(Number::parse(text.as_bytes()), Ok(Number::Finite(_)));
    let mut list = text.split([' ', '\t', '\n', '\r', '\u{a0}', ',', ';']).filter(|part| !part.is_empty());
    let pair = || {
        ['/', '-', '–', '—']
            .iter()
            .any(|mark| text.split_once(*mark).is_some_and(|(a, b)| is_number(a) && is_number(b)))
    };
    list.clone().count() > 1 && list.all(is_number) || pair()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(decimal_comma: bool, thousands: Option<ThousandsMark>, strip: &str) -> TableOptions {
        TableOptions { decimal_comma, thousands, strip: strip.to_owned(), ..TableOptions::default() }
    }

    #[test]
    fn marks_in_their_places() {
        use ThousandsMark::{Apostrophe, Blank, Comma, Point};
        for (decimal_comma, thousands, strip, text, usual) in [
            (false, Some(Comma), "", "1,234,567.89", Some("1234567.89")),
            (false, Some(Comma), "", "-12,345", Some("-12345")),
            (false, Some(Comma), "", "1234567.89", Some("1234567.89")),
            (false, Some(Comma), "", "123,456e3", Some("123456e3")),
            (true, Some(Point), "", "1.234.567,89", Some("1234567.89")),
            (true, Some(Point), "", "1.234", Some("1234")),
            (true, None, "", "1234,5", Some("1234.5")),
            (true, Some(Blank), "", "\u{a0}1\u{202f}234\u{a0}567,5 ", Some("1234567.5")),
            (false, Some(Apostrophe), "", "1'234\u{2019}567.5", Some("1234567.5")),
            (false, None, "%£€*", "45.3%", Some("45.3")),
            (false, Some(Comma), "%£€*", "-£ 1,234.50 *", Some("-1234.50")),
            (false, Some(Comma), "%£€*", "£\u{2212}1,234", Some("\u{2212}1234")),
            (false, Some(Comma), "", "1,2,3", None),
            (false, Some(Comma), "", "1,23", None),
            (false, Some(Comma), "", "1,2345", None),
            (false, Some(Comma), "", "1234,567", None),
            (false, Some(Comma), "", "0,123", None),
            (false, Some(Comma), "", ",123", None),
            (false, Some(Comma), "", "123,", None),
            (false, Some(Comma), "", "1,,234", None),
            (false, Some(Comma), "", "1,a23", None),
            (true, Some(Blank), "", "1.234,5", None),
            (true, None, "", "1.234", None),
        ] {
            let given = options(decimal_comma, thousands, strip);
            assert_eq!(usual_spelling(&given, text).as_deref(), usual, "{text}");
        }
    }

    #[test]
    fn texts_that_are_not_numbers() {
        let given = options(false, Some(ThousandsMark::Comma), "%£");
        for text in ["%", "", "1.234,567", "1,234.5,6", "1,234%5", "5 %6", "--5", "£-£-5", "1,234 567", "- 5", "x"] {
            assert_eq!(parse(&given, text.as_bytes()), Err(ParseError::NotANumber), "{text}");
        }
        assert_eq!(parse(&given, b"\xff"), Err(ParseError::NotANumber));
    }

    #[test]
    fn reasons_and_remedies() {
        use CellReason::{Currency, DecimalComma, Percent, Text, Thousands, TrailingMark, TwoNumbers};
        let point = TableOptions::default();
        let comma = options(true, None, "");
        for (given, text, reason, remedy) in [
            (&point, "1,234", Thousands, "thousands=,"),
            (&point, "1,234,567.5", Thousands, "thousands=,"),
            (&point, "1 234", Thousands, "thousands=blank"),
            (&point, "1'234.5", Thousands, "thousands='"),
            (&point, "1.234.567", Thousands, "thousands=. decimal=,"),
            (&point, "5,6", DecimalComma, "decimal=,"),
            (&point, "0,123", DecimalComma, "decimal=,"),
            (&point, "1.234,5", DecimalComma, "thousands=. decimal=,"),
            (&comma, "1.234,5", Thousands, "thousands=."),
            (&comma, "1.5", DecimalComma, "decimal=."),
            (&point, "45.3%", Percent, "strip=%"),
            (&point, "45,3 %", Percent, "decimal=, strip=%"),
            (&point, "-£6,210.50", Currency, "thousands=, strip=£"),
            (&point, "5 €", Currency, "strip=€"),
            (&options(false, None, "%"), "5*", TrailingMark, "strip=%*"),
            (&point, "212 [u]", TrailingMark, "strip=[u]"),
            (&point, "*5", TrailingMark, "strip=*"),
            (&point, "5 6", TwoNumbers, ""),
            (&point, "1,2,3", TwoNumbers, ""),
            (&point, "10-12", TwoNumbers, ""),
            (&point, "3/4", TwoNumbers, ""),
            (&point, "2024-01-05", Text, ""),
            (&point, "<5", Text, ""),
            (&point, "(5)", Text, ""),
            (&point, "A12", Text, ""),
            (&point, "X", Text, ""),
            (&point, "*", Text, ""),
            (&point, "-", Text, ""),
            (&point, "nan", Text, ""),
            (&point, "5 hundred or so", Text, ""),
        ] {
            let fault = fault(given, text.as_bytes());
            let options: Vec<String> =
                fault.remedy.iter().map(|(option, value)| format!("{}={value}", option.as_str())).collect();
            assert_eq!((fault.reason, options.join(" ").as_str()), (reason, remedy), "{text}");
        }
    }
}
