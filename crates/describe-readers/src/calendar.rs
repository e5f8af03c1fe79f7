//! Dates of the proleptic Gregorian calendar from days or seconds since 1970-01-01.

/// ISO 8601 date `days` days after 1970-01-01: Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013),
/// `civil_from_days`. Its years begin in March, so that the leap day is the last day of a year.
#[must_use]
pub fn date(days: i64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

/// ISO 8601 date and time, such as `2026-01-31T12:00:00`, `seconds` after 1970-01-01T00:00:00.
#[must_use]
pub fn date_time(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{}T{hour:02}:{minute:02}:{second:02}", date(days))
}

/// Time of day, from a count of units since midnight.
#[must_use]
pub fn clock(value: i64, per_second: i64) -> String {
    let seconds = value.div_euclid(per_second);
    let rest = fraction(seconds.rem_euclid(60), value.rem_euclid(per_second), per_second);
    let padding = if seconds.rem_euclid(60) < 10 { "0" } else { "" };
    format!("{:02}:{:02}:{padding}{rest}", seconds / 3600, seconds / 60 % 60)
}

/// Seconds with a fraction of `rest` units, without trailing zeros.
pub(crate) fn fraction(seconds: i64, rest: i64, per_second: i64) -> String {
    let digits = per_second.ilog10() as usize;
    let text = format!("{seconds}.{rest:0digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Date and time, from a count of units since 1970-01-01. A local time at midnight is a date only; a UTC time ends in `Z`.
#[must_use]
pub fn timestamp(value: i128, per_second: i64, utc: bool) -> String {
    let per_day = i128::from(per_second) * 86_400;
    let (day, time) = (value.div_euclid(per_day), value.rem_euclid(per_day));
    let (Ok(day), Ok(time)) = (i64::try_from(day), i64::try_from(time)) else { return value.to_string() };
    match (date(day), clock(time, per_second)) {
        (date, _) if time == 0 && !utc => date,
        (date, time) if utc => format!("{date}T{time}Z"),
        (date, time) => format!("{date}T{time}"),
    }
}

/// Date in words, such as `31 January 2026`, of an ISO 8601 date or date and time; `None` if it is not one.
#[must_use]
pub fn in_words(date: &str) -> Option<String> {
    const MONTHS: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    let mut parts = date.get(..10)?.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let month = month.parse::<usize>().ok()?.checked_sub(1)?;
    Some(format!("{} {} {year}", day.trim_start_matches('0'), MONTHS.get(month)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        assert_eq!(timestamp(0, 1_000, false), "1970-01-01");
        assert_eq!(timestamp(-1, 1_000, true), "1969-12-31T23:59:59.999Z");
        assert_eq!(timestamp(1_706_704_200_500_000, 1_000_000, false), "2024-01-31T12:30:00.5");
        assert_eq!(clock(45_000_000_000_000, 1_000_000_000), "12:30:00");
        assert_eq!(clock(1_001, 1_000), "00:00:01.001");
    }

    #[test]
    fn dates_in_words() {
        assert_eq!(in_words("2026-11-29T12:00:00Z").as_deref(), Some("29 November 2026"));
        assert_eq!(in_words("2026-01-05").as_deref(), Some("5 January 2026"));
        assert_eq!(in_words("2026-13-05").or(in_words("5 May")), None);
    }

    /// Expected values: the output of GNU date.
    #[test]
    fn dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (-1, "1969-12-31T23:59:59"),
            (0, "1970-01-01T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"),
            (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"),
            (1_767_225_599, "2025-12-31T23:59:59"),
            (1_767_225_600, "2026-01-01T00:00:00"),
            (1_772_323_200, "2026-03-01T00:00:00"),
            (4_107_542_400, "2100-03-01T00:00:00"),
        ] {
            assert_eq!(date_time(seconds), text);
        }
    }
}
