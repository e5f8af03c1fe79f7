//! Spelling of numbers in the cells of tables: decimal mark, thousands separators, signs around the number.
//!
//! Input: the text of a cell, and the options that say how numbers are spelled. Output: the number. Invariants: without such options
//! a text is what the parser of literals says; separators are only taken out where they make groups of three digits.

use describe::{Number, ParseError};
use describe_options::{TableOptions, ThousandsMark};

/// Parses the number in a cell. White space around it is trimmed.
///
/// # Errors
/// A text that is not a number by these options, or a number outside the range of a double.
#[inline]
pub(super) fn parse(options: &TableOptions, text: &[u8]) -> Result<Number, ParseError> {
    if options.has_usual_spelling() { Number::parse(text) } else { parse_other(options, text) }
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
}
