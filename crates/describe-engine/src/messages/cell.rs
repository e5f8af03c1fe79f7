//! Cells that are not numbers.

use std::fmt::{Formatter, Result};

use super::Voice;
use describe_options::{CellFault, CellReason, Codes, OptionName, ThousandsMark};

/// `count` is the number of equal cells, `text` the beginning of theirs.
pub(super) fn not_a_number(f: &mut Formatter, fault: &CellFault, text: &str, count: u64, voice: Voice) -> Result {
    let CellFault { reason, remedy, codes } = fault;
    let has_point = remedy.contains(&(OptionName::Decimal, ".".to_owned()));
    let has_spaces = remedy.contains(&(OptionName::Thousands, ThousandsMark::Blank.word().to_owned()));
    f.write_str("should be a number")?;
    f.write_str(match reason {
        CellReason::Thousands if has_spaces => ": it has spaces as thousands separators",
        CellReason::Thousands => ": it has thousands separators",
        CellReason::Percent => ": it has a percent sign",
        CellReason::Currency => ": it has a currency sign",
        CellReason::DecimalComma if has_point => ": it has a decimal point",
        CellReason::DecimalComma => ": it has a decimal comma",
        CellReason::TrailingMark => ": it has a mark beside the number",
        CellReason::TwoNumbers => ": it holds more than one number; give each a cell of its own",
        CellReason::Text => "",
    })?;
    let options: Vec<String> = remedy.iter().map(|(option, value)| voice.with(*option, value)).collect();
    if !options.is_empty() {
        write!(f, "; say {} to read it", options.join(" and "))?;
    }
    match codes.listed.as_slice() {
        [] => Ok(()),
        [(code, _)] if count == 1 && codes.others == 0 => single_code(f, text, &absent(codes, code, voice)),
        listed => several_codes(f, listed, codes, voice),
    }
}

/// The remedy for letters in place of a number: mostly they are a code of absence.
fn single_code(f: &mut Formatter, text: &str, absent: &str) -> Result {
    write!(f, "; if '{text}' is a code of absence, say {absent}, which counts such cells by themselves")
}

/// The most frequent texts and the option for all: `X ×1,163, Q ×177: absent=X,Q?`.
fn several_codes(f: &mut Formatter, listed: &[(String, u64)], codes: &Codes, voice: Voice) -> Result {
    let counted = listed.iter().map(|(text, count)| format!("{text} ×{}", grouped(*count)));
    write!(f, "; {}", counted.collect::<Vec<_>>().join(", "))?;
    if codes.others > 0 {
        write!(f, " and {} other texts", grouped(codes.others as u64))?;
    }
    let texts: Vec<&str> = listed.iter().map(|(text, _)| text.as_str()).collect();
    write!(f, ": {}?", absent(codes, &texts.join(","), voice))
}

/// The option with the codes that it has already and further ones.
fn absent(codes: &Codes, more: &str, voice: Voice) -> String {
    let all: Vec<&str> = codes.given.iter().map(String::as_str).chain([more]).collect();
    voice.with(OptionName::Absent, &all.join(","))
}

/// A count with commas between groups of three digits.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn counts_have_commas() {
        let all = [0, 12, 123, 1234, 123_456, 1_234_567].map(grouped);
        assert_eq!(all, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }
}
