//! Conversion of spreadsheet dates, times and durations to ISO 8601.
//!
//! Input: serial numbers with their number format (XLSX), or the texts that ODS stores. Output: texts without a time at
//! midnight and without trailing zeros of seconds.

use crate::calendar::date;

/// Number format of a cell, as far as it decides how the number is converted to text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Number,
    /// Date, time of day, or both.
    Date,
    /// Duration that continues beyond 24 hours.
    Elapsed,
}

impl Format {
    /// Built-in format with the given identifier (ECMA-376, part 1, 18.8.30), those of East Asian versions included.
    pub(super) fn built_in(id: u64) -> Self {
        match id {
            14..=22 | 27..=36 | 45 | 47 | 50..=58 => Self::Date,
            46 => Self::Elapsed,
            _ => Self::Number,
        }
    }

    /// Format with the given code, such as `yyyy-mm-dd` (date), `[h]:mm` (elapsed) or `0.0" m"` (number).
    pub(super) fn of_code(code: &str) -> Self {
        let mut format = Self::Number;
        let mut characters = code.chars();
        while let Some(character) = characters.next() {
            match character {
                '"' => drop(characters.by_ref().find(|next| *next == '"')),
                '\\' | '_' | '*' => drop(characters.next()),
                '[' => {
                    let inside: String = characters.by_ref().take_while(|next| *next != ']').collect();
                    let unit = inside.to_ascii_lowercase();
                    if ["h", "m", "s"].iter().any(|letter| !unit.is_empty() && unit.replace(letter, "").is_empty()) {
                        return Self::Elapsed;
                    }
                }
                ';' => break,
                'd' | 'D' | 'm' | 'M' | 'y' | 'Y' | 'h' | 'H' | 's' | 'S' => format = Self::Date,
                _ => {}
            }
        }
        format
    }
}

const DAY_MILLISECONDS: i64 = 86_400_000;

/// Serial number of a date as text; days count from 1900, or from 1904.
pub(super) fn from_days(days: f64, format: Format, since_1904: bool) -> String {
    // The day after 9999-12-31.
    const END_DAYS: f64 = 2_958_466.0;
    if !(0.0..END_DAYS).contains(&days) {
        // As spreadsheets show a date out of range.
        return "#####".into();
    }
    #[expect(clippy::cast_possible_truncation, reason = "less than 2⁵³")]
    let milliseconds = (days * 86_400_000.0).round() as i64;
    if format == Format::Elapsed || (milliseconds < DAY_MILLISECONDS && !since_1904) {
        return from_milliseconds(milliseconds);
    }
    let whole = milliseconds / DAY_MILLISECONDS;
    let date = match (since_1904, whole) {
        (true, day) => date(day - 24_107),
        // Excel's nonexistent 1900-02-29 (serial 60), kept for compatibility with Lotus 1-2-3.
        (false, 60) => "1900-02-29".into(),
        (false, day) => date(day - 25_569 + i64::from(day < 60)),
    };
    match milliseconds % DAY_MILLISECONDS {
        0 => date,
        time => format!("{date}T{}", clock(time)),
    }
}

/// Time of day, or duration if it is at least one day.
fn from_milliseconds(milliseconds: i64) -> String {
    if milliseconds < DAY_MILLISECONDS {
        return clock(milliseconds);
    }
    let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60);
    format!("PT{hours}H{minutes}M{}S", seconds(milliseconds % 60_000, 1))
}

fn clock(milliseconds: i64) -> String {
    let (hours, minutes) = (milliseconds / 3_600_000, milliseconds / 60_000 % 60);
    format!("{hours:02}:{minutes:02}:{}", seconds(milliseconds % 60_000, 2))
}

fn seconds(milliseconds: i64, width: usize) -> String {
    let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
    let fraction = format!(".{rest:03}");
    format!("{seconds:0width$}{}", fraction.trim_end_matches('0').trim_end_matches('.'))
}

/// Normalizes a date of ODS: without a time at midnight, without trailing zeros of seconds.
pub(super) fn from_iso(text: &str) -> &str {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    text.strip_suffix("T00:00:00").unwrap_or(text)
}

/// Normalizes a duration of ODS such as `PT13H30M00S`; any other text is returned unchanged.
pub(super) fn from_duration(text: &str) -> String {
    duration(text).map_or_else(|| text.to_owned(), from_milliseconds)
}

/// Milliseconds of a duration with hours, minutes and seconds; `None` for any other text.
fn duration(text: &str) -> Option<i64> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, rest) = rest.split_once('M')?;
    let seconds: f64 = rest.strip_suffix('S')?.replace(',', ".").parse().ok()?;
    let (hours, minutes): (u32, u32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let milliseconds = (0.0..60.0).contains(&seconds).then(|| (seconds * 1000.0).round())?;
    #[expect(clippy::cast_possible_truncation, reason = "less than 60,000")]
    let milliseconds = milliseconds as i64;
    Some(i64::from(hours) * 3_600_000 + i64::from(minutes) * 60_000 + milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        let codes = [
            ("General", Format::Number),
            ("0.00E+00", Format::Number),
            ("0.0\" days\"", Format::Number),
            ("#,##0\\d", Format::Number),
            ("[Red]0;[Blue]d", Format::Number),
            ("[$-409]d-mmm-yy", Format::Date),
            ("h:mm AM/PM", Format::Date),
            ("[hh]:mm:ss", Format::Elapsed),
            ("[$-F400]h:mm", Format::Date),
        ];
        for (code, format) in codes {
            assert_eq!(Format::of_code(code), format, "{code}");
        }
    }

    #[test]
    fn days() {
        let date = |days| from_days(days, Format::Date, false);
        assert_eq!(date(1.0), "1900-01-01");
        assert_eq!(date(59.0), "1900-02-28");
        assert_eq!(date(60.0), "1900-02-29");
        assert_eq!(date(61.0), "1900-03-01");
        assert_eq!(date(45_322.0), "2024-01-31");
        assert_eq!(date(45_322.520_833_333_336), "2024-01-31T12:30:00");
        assert_eq!(date(0.520_833_333_333_333_4), "12:30:00");
        assert_eq!(date(2_958_465.0), "9999-12-31");
        assert_eq!(date(-1.0), "#####");
        assert_eq!(from_days(0.0, Format::Date, true), "1904-01-01");
        assert_eq!(from_days(1.5, Format::Elapsed, false), "PT36H0M0S");
        assert_eq!(from_days(0.000_005_787_037_037, Format::Elapsed, false), "00:00:00.5");
    }

    #[test]
    fn spellings() {
        assert_eq!(from_iso("2024-01-31T00:00:00"), "2024-01-31");
        assert_eq!(from_iso("2024-01-31T10:00:00.500000000"), "2024-01-31T10:00:00.5");
        assert_eq!(from_duration("PT13H30M00S"), "13:30:00");
        assert_eq!(from_duration("PT36H00M00.500000S"), "PT36H0M0.5S");
        assert_eq!(from_duration("P1D"), "P1D");
    }
}
