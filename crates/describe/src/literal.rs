//! Parsers of number literals by the grammars of Python's `float()` and of JSON.
//!
//! Input: bytes. Output: exact decimals, infinities and missing values. Invariant: [`short`] has faster parsers of common literals,
//! which give the same results.

use std::fmt;

use super::decimal::{Decimal, MAX_SHORT_DIGITS, MAX_SIGNIFICANT_DIGITS};

mod short;
mod shortest;

pub use short::{plain, plain_of_length, tiny_before};

/// Value of a number literal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Number {
    /// A finite number.
    Finite(Decimal),
    /// `inf` or `-inf`.
    Infinite {
        /// Whether it is `-inf`.
        negative: bool,
    },
    /// `nan`, a missing value.
    Nan,
}

/// Reason why a text is not a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParseError {
    /// The text does not spell a number.
    NotANumber,
    /// A finite number beyond ±1.7976931348623157e308.
    OutOfRange,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotANumber => "not a number",
            Self::OutOfRange => "outside the range of a double, ±1.7976931348623157e308",
        })
    }
}

impl std::error::Error for ParseError {}

impl Number {
    /// Parses a literal of Python's `float()`, without underscores: sign, digits, point, exponent, `nan` and `inf` in any case;
    /// surrounding white space is trimmed, as [`trim_blanks`] does. U+2212 is a minus sign as well.
    ///
    /// A literal of more than 38 significant digits, leading and trailing zeros aside, gives the shortest decimal of the nearest
    /// double. A literal whose nearest double is 0 gives 0.
    ///
    /// # Errors
    /// [`ParseError::NotANumber`] for other texts, [`ParseError::OutOfRange`] for finite numbers beyond the range of a double.
    ///
    /// ```
    /// use describe::{Decimal, Number, ParseError};
    /// assert_eq!(Number::parse(b" 12.50 "), Ok(Number::Finite(Decimal::short(1250, -2, false))));
    /// assert_eq!(Number::parse(b"-Infinity"), Ok(Number::Infinite { negative: true }));
    /// assert_eq!(Number::parse(b"1e400"), Err(ParseError::OutOfRange));
    /// assert_eq!(Number::parse(b"5,6"), Err(ParseError::NotANumber));
    /// assert_eq!(Number::parse("\u{2009}\u{2212}5\u{a0}".as_bytes()), Number::parse(b"-5"));
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        if let Some(decimal) = short::whole(text) {
            return Ok(Self::Finite(decimal));
        }
        let text = trim_blanks(text);
        match text.strip_prefix("\u{2212}".as_bytes()) {
            Some(magnitude) => Self::parse_trimmed(&[b"-", magnitude].concat()),
            None => Self::parse_trimmed(text),
        }
    }

    fn parse_trimmed(text: &[u8]) -> Result<Self, ParseError> {
        match scan(text) {
            Some((literal, end)) if end == text.len() => Ok(Self::Finite(literal.checked(text)?)),
            _ => Self::word(text).ok_or(ParseError::NotANumber),
        }
    }

    fn word(text: &[u8]) -> Option<Self> {
        let (negative, word) = match text.split_first()? {
            (b'-', rest) => (true, rest),
            (b'+', rest) => (false, rest),
            _ => (false, text),
        };
        if word.eq_ignore_ascii_case(b"nan") {
            Some(Self::Nan)
        } else if word.eq_ignore_ascii_case(b"inf") || word.eq_ignore_ascii_case(b"infinity") {
            Some(Self::Infinite { negative })
        } else {
            None
        }
    }
}

/// Whether Python's `str.split()` splits at this byte: tab to carriage return, 0x1c to 0x1f and space, as one bit each.
#[inline]
#[must_use]
pub fn is_blank(byte: u8) -> bool {
    const BLANKS: u64 = 0x1_f000_3e00;
    byte < 64 && BLANKS >> byte & 1 == 1
}

/// Text without surrounding white space: the ASCII bytes of [`is_blank`] and, in UTF-8, every other character that Unicode counts
/// as white space, such as a no-break or a thin space.
#[must_use]
pub fn trim_blanks(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    let text = &text[start..end];
    match text {
        [first, .., last] if !first.is_ascii() || !last.is_ascii() => trim_unicode(text),
        _ => text,
    }
}

#[cold]
fn trim_unicode(text: &[u8]) -> &[u8] {
    let blank = |character: char| character.is_whitespace() || u8::try_from(character).is_ok_and(is_blank);
    std::str::from_utf8(text).map_or(text, |text| text.trim_matches(blank).as_bytes())
}

/// Parses a number by JSON's grammar (RFC 8259, section 6) at the head of `text`. Returns it with its length; `None` if there is
/// none.
#[inline]
#[must_use]
pub fn json_prefix(text: &[u8]) -> Option<(Result<Decimal, ParseError>, usize)> {
    if let Some((decimal, end)) = plain(text)
        && !matches!(text.get(end), Some(b'e' | b'E'))
    {
        return Some((Ok(decimal), end));
    }
    let (literal, end) = scan(text)?;
    let sign = usize::from(text[0] == b'-');
    let leading_zero = literal.integer_digits > 1 && text[sign] == b'0';
    let bare_point = literal.integer_digits == 0 || (literal.has_point && literal.fraction_digits == 0);
    (text[0] != b'+' && !leading_zero && !bare_point).then(|| (literal.checked(&text[..end]), end))
}

impl Decimal {
    /// Shortest decimal that parses to `value`, as programs print it; `None` unless it is finite.
    ///
    /// ```
    /// use describe::Decimal;
    /// assert_eq!(Decimal::from_f64(0.1), Some(Decimal::short(1, -1, false)));
    /// assert_eq!(Decimal::from_f64(f64::NAN), None);
    /// ```
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        let common = Self::of_few_places(value).or_else(|| shortest::of_usual_size(value));
        common.or_else(|| value.is_finite().then(|| Self::shortest(value)))
    }

    /// Converts many doubles to their shortest decimals, as [`Self::from_f64`] converts one, in less time. Returns whether all are finite;
    /// if not, the decimals are not to be used.
    ///
    /// ```
    /// use describe::Decimal;
    /// let mut decimals = [Decimal::ZERO; 2];
    /// assert!(Decimal::from_doubles(&[0.1, 2.5], &mut decimals));
    /// assert_eq!(decimals, [Decimal::short(1, -1, false), Decimal::short(25, -1, false)]);
    /// assert!(!Decimal::from_doubles(&[0.1, f64::NAN], &mut decimals));
    /// ```
    #[must_use]
    pub fn from_doubles<const N: usize>(values: &[f64; N], decimals: &mut [Self; N]) -> bool {
        let first = values.first().and_then(|value| Self::of_few_places(*value));
        let are_common = match first {
            Some(first) => {
                (-3..=first.exponent).rev().any(|exponent| Self::all_of_few_places(values, exponent, decimals))
            }
            None => shortest::of_usual_sizes(values, decimals),
        };
        are_common
            || decimals.iter_mut().zip(values).all(|(decimal, value)| {
                let converted = Self::from_f64(*value);
                *decimal = converted.unwrap_or(Self::ZERO);
                converted.is_some()
            })
    }

    /// Shortest decimal that parses to `value` as a number of single precision; `None` unless it is finite.
    ///
    /// ```
    /// use describe::Decimal;
    /// assert_eq!(Decimal::from_f32(0.1), Some(Decimal::short(1, -1, false)));
    /// assert_eq!(Decimal::from_f32(f32::INFINITY), None);
    /// ```
    #[must_use]
    pub fn from_f32(value: f32) -> Option<Self> {
        value.is_finite().then(|| Self::shortest(value))
    }

    /// Of two shortest decimals equally near, the one with the even last digit, as in Python and JavaScript.
    fn shortest(finite: impl zmij::Float) -> Self {
        let mut buffer = zmij::Buffer::new();
        let text = buffer.format_finite(finite).as_bytes();
        let parsed = short::whole(text).or_else(|| scan(text).map(|(literal, _)| literal.decimal()));
        parsed.unwrap_or(Self::ZERO).as_integer()
    }

    /// An integer of at most 15 digits, or a number of at most 12 with three decimal places, such as a mark. Decimals of so few
    /// digits are different doubles, so the one that is `value` when divided is the shortest.
    #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "integers below 2^53")]
    #[inline]
    fn of_few_places(value: f64) -> Option<Self> {
        const SCALES: [(f64, i32); 3] = [(1e1, -1), (1e2, -2), (1e3, -3)];
        let (magnitude, negative) = (value.abs(), value.is_sign_negative());
        // A conversion takes less time than a function that rounds.
        let whole = magnitude as i64;
        if magnitude < 1e15 && whole as f64 == magnitude {
            return Some(Self::short(whole.unsigned_abs(), 0, negative));
        }
        let with_places = |(scale, exponent): (f64, i32)| {
            // The product is rounded: 1.15 * 100 is below 115. Most others are far from an integer and need no division.
            let product = magnitude * scale;
            let whole = (product + 0.5) as i64;
            let digits = whole as f64;
            let is_same = (digits - product).abs() < 1e-3 && digits / scale == magnitude;
            is_same.then(|| Self::short(whole.unsigned_abs(), exponent, negative))
        };
        if magnitude < 1e9 { SCALES.into_iter().find_map(with_places) } else { None }
    }

    /// [`Self::of_few_places`] of many doubles that have no decimal places beyond 10^`exponent`, from 0 to -3. Returns whether none has more.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "integers of at most 15 digits")]
    fn all_of_few_places<const N: usize>(values: &[f64; N], exponent: i32, decimals: &mut [Self; N]) -> bool {
        /// 2⁵²: from here to twice as much the doubles are the integers.
        const INTEGERS: f64 = 4_503_599_627_370_496.0;
        let scale = 10_f64.powi(-exponent);
        let limit = if exponent == 0 { 1e15 } else { 1e9 };
        let digits = values.map(|value| value.abs() * scale + INTEGERS - INTEGERS);
        let is_same = |(value, digits): (&f64, &f64)| (value.abs() < limit) & (digits / scale == value.abs());
        if !values.iter().zip(&digits).fold(true, |are, pair| are & is_same(pair)) {
            return false;
        }
        for ((decimal, value), digits) in decimals.iter_mut().zip(values).zip(digits) {
            *decimal = Self::short(digits as u64, exponent, value.is_sign_negative());
            for _ in exponent..0 {
                let tenth = decimal.low / 10;
                let has_zero = 10 * tenth == decimal.low;
                decimal.low = if has_zero { tenth } else { decimal.low };
                decimal.exponent += i32::from(has_zero);
            }
        }
        true
    }

    /// Same number without an exponent, if it is an integer that fits: 60 for 6 × 10¹ and for 600 × 10⁻¹. Integers then share one
    /// exponent, and so one set of sums.
    fn as_integer(self) -> Self {
        if self.exponent == -1 && self.low.is_multiple_of(10) {
            return Self::short(self.low / 10, 0, self.negative);
        }
        let power = u32::try_from(self.exponent).ok().and_then(|exponent| 10_u64.checked_pow(exponent));
        match power.and_then(|power| self.low.checked_mul(power)) {
            Some(digits) if digits < 10_u64.pow(19) => Self::short(digits, 0, self.negative),
            _ => self,
        }
    }
}

/// Parts of a literal. With more than [`MAX_SHORT_DIGITS`], `digits` has wrapped.
pub(super) struct Literal {
    negative: bool,
    digits: u64,
    integer_digits: usize,
    fraction_digits: usize,
    has_point: bool,
    exponent: i64,
}

impl Literal {
    /// Number of the literal, given its whole text, which rare cases parse again.
    fn checked(&self, text: &[u8]) -> Result<Decimal, ParseError> {
        // Far from both ends of the double range nothing can underflow or overflow.
        let plain = self.integer_digits + self.fraction_digits <= MAX_SHORT_DIGITS
            && self.decimal().exponent.unsigned_abs() < 280;
        if plain { Ok(self.decimal()) } else { self.unusual(text) }
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "called for short literals only, or clamped"
    )]
    pub(super) fn decimal(&self) -> Decimal {
        let exponent = self.exponent.saturating_sub(self.fraction_digits as i64).clamp(-9999, 9999) as i32;
        Decimal::short(self.digits, exponent, self.negative)
    }

    /// Number of a literal with many digits, or with an exponent near the ends of the range.
    #[cold]
    #[expect(clippy::cast_possible_wrap, reason = "lengths of slices fit i64")]
    fn unusual(&self, text: &[u8]) -> Result<Decimal, ParseError> {
        let written = text.split(|byte| matches!(byte, b'e' | b'E')).next().unwrap_or_default();
        let digits: Vec<u8> = written.iter().copied().filter(u8::is_ascii_digit).collect();
        let leading_zeros = digits.iter().take_while(|digit| **digit == b'0').count();
        let trailing_zeros = digits[leading_zeros..].iter().rev().take_while(|digit| **digit == b'0').count();
        let significant = &digits[leading_zeros..digits.len() - trailing_zeros];
        let Some((first, rest)) = significant.split_first() else { return Ok(Decimal::ZERO) };
        // The power of ten of the first digit. Written with this, the number's own exponent stays small, however many
        // zeros there are: the standard library reads no exponent beyond 65,535.
        let leading = self.exponent + (digits.len() - leading_zeros) as i64 - self.fraction_digits as i64 - 1;
        let leading = i32::try_from(leading.clamp(-9999, 9999)).unwrap_or_default();
        let normal = [&[*first, b'.'], rest, format!("e{leading}").as_bytes()].concat();
        let nearest: f64 =
            std::str::from_utf8(&normal).ok().and_then(|text| text.parse().ok()).ok_or(ParseError::NotANumber)?;
        if nearest.is_infinite() {
            return Err(ParseError::OutOfRange);
        }
        if nearest == 0.0 {
            return Ok(Decimal::ZERO);
        }
        if significant.len() > MAX_SIGNIFICANT_DIGITS {
            let decimal = Decimal::from_f64(nearest).ok_or(ParseError::OutOfRange)?;
            return Ok(Decimal { negative: self.negative, is_rounded: true, ..decimal });
        }
        let digits = significant.iter().fold(0, |sum, digit| sum * 10 + u128::from(digit - b'0'));
        let exponent = leading - i32::try_from(rest.len()).unwrap_or_default();
        Ok(Decimal::new(digits, exponent, self.negative))
    }
}

/// Splits the number at the head of `text` into sign, digits, point, digits and exponent. Returns them with their length.
pub(super) fn scan(text: &[u8]) -> Option<(Literal, usize)> {
    let first = *text.first()?;
    let start = usize::from(matches!(first, b'-' | b'+'));
    let (digits, point) = take_digits(text, start, 0);
    let integer_digits = point - start;
    let has_point = text.get(point) == Some(&b'.');
    let (digits, end, fraction_digits) = if has_point {
        let (digits, end) = take_digits(text, point + 1, digits);
        (digits, end, end - point - 1)
    } else {
        (digits, point, 0)
    };
    if integer_digits + fraction_digits == 0 {
        return None;
    }
    let (exponent, end) =
        if matches!(text.get(end), Some(b'e' | b'E')) { take_exponent(text, end + 1)? } else { (0, end) };
    Some((Literal { negative: first == b'-', digits, integer_digits, fraction_digits, has_point, exponent }, end))
}

/// Appends the digits from `at` on to `digits` (wrapping) and says where they end.
fn take_digits(text: &[u8], at: usize, digits: u64) -> (u64, usize) {
    let count = text[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let append = |sum: u64, digit: &u8| sum.wrapping_mul(10).wrapping_add(u64::from(digit - b'0'));
    (text[at..at + count].iter().fold(digits, append), at + count)
}

/// Exponent whose sign or digits are at `at`; far beyond every range it saturates.
fn take_exponent(text: &[u8], at: usize) -> Option<(i64, usize)> {
    let negative = text.get(at) == Some(&b'-');
    let start = at + usize::from(matches!(text.get(at), Some(b'-' | b'+')));
    let count = text.get(start..)?.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let magnitude = text[start..start + count]
        .iter()
        .fold(0_i64, |sum, digit| (sum * 10 + i64::from(digit - b'0')).min(1_000_000_000_000_000));
    (count > 0).then_some((if negative { -magnitude } else { magnitude }, start + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finite(text: &str) -> (bool, u128, i32) {
        match Number::parse(text.as_bytes()) {
            Ok(Number::Finite(decimal)) => (decimal.negative, decimal.digits(), decimal.exponent),
            other => panic!("{text}: {other:?}"),
        }
    }

    /// The short way is the long way, for numbers of few places and for their neighbours.
    #[expect(clippy::cast_precision_loss, reason = "any doubles will do")]
    #[test]
    fn few_places() {
        let fields = |decimal: Decimal| (decimal.negative, decimal.digits(), decimal.exponent);
        let mut taken = 0;
        for seed in 1..200_000_u64 {
            let digits = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (seed % 56);
            for scale in [1e0, 1e1, 1e2, 1e3, 1e4, 1e-3] {
                let value = digits as f64 / scale;
                for value in [value, -value, value.next_up(), value.next_down()] {
                    if let Some(short) = Decimal::of_few_places(value) {
                        assert_eq!(fields(short), fields(Decimal::shortest(value)), "{value:e}");
                        taken += 1;
                    }
                }
            }
        }
        assert!(taken > 1_000_000, "{taken}");
        for value in [0.0, -0.0, 0.001, 999_999_999.999, 1e15, 1e15 - 1.0, 1.15, f64::MIN_POSITIVE] {
            assert_eq!(Decimal::from_f64(value).map(fields), Some(fields(Decimal::shortest(value))), "{value}");
        }
    }

    /// Many doubles are converted as a library prints each of them, whatever is among them.
    #[expect(clippy::cast_precision_loss, reason = "any doubles will do")]
    #[test]
    fn many_doubles() {
        let random = |seed: u64| seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let value = |kind: u64, seed: u64| match kind {
            0 => (random(seed) % 101) as f64,
            1 => (random(seed) % 201) as f64 / 2.0,
            2 => (random(seed) % 20_001) as f64 / 100.0 - 100.0,
            3 => (random(seed) % 1_000_000_007) as f64 / 1000.0,
            4 => (random(seed) >> 11) as f64 / (1_u64 << 53) as f64,
            5 => (random(seed) >> 34) as f64 * 1e-7,
            6 => -f64::from_bits(random(seed) >> 12 | (1023 - 80 + seed % 160) << 52),
            _ => [0.0, -0.0, 1e15, 1e300, 5e-324, 1024.0, 1e9 + 0.5, 0.5][usize::try_from(seed % 8).unwrap()],
        };
        let fields = |decimal: Decimal| (decimal.negative, decimal.digits(), decimal.exponent);
        for kind in 0..64 {
            for block in 0..200 {
                // Some of one kind alone, and some with one or with many of another kind.
                let kinds = |seed: u64| if seed % 64 > block % 64 { kind / 8 } else { kind % 8 };
                let values: [f64; 64] =
                    std::array::from_fn(|index| value(kinds(index as u64), block * 64 + index as u64));
                let mut decimals = [Decimal::ZERO; 64];
                assert!(Decimal::from_doubles(&values, &mut decimals));
                for (value, decimal) in values.iter().zip(decimals) {
                    assert_eq!(fields(decimal), fields(Decimal::shortest(*value)), "{value:e}");
                }
            }
        }
        for place in 0..64 {
            for other in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
                for usual in [0.5, 0.1 + 0.2] {
                    let mut values = [usual; 64];
                    values[place] = other;
                    assert!(!Decimal::from_doubles(&values, &mut [Decimal::ZERO; 64]));
                }
            }
        }
    }

    /// Doubles of every exponent of the usual size and beyond it, with many and with few bits: those halfway between two decimals are
    /// among the latter.
    #[test]
    fn shortest_decimals() {
        let fields = |decimal: Decimal| (decimal.negative, decimal.digits(), decimal.exponent);
        let mut taken = 0;
        for seed in 1..400_000_u64 {
            let exponent = 1075 - 90 + seed % 95;
            let fraction = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12 & !0 << (seed % 4 * 15);
            let value = f64::from_bits((seed & 1) << 63 | exponent << 52 | fraction);
            if let Some(short) = shortest::of_usual_size(value) {
                assert_eq!(fields(short), fields(Decimal::shortest(value)), "{value:e}");
                taken += 1;
            }
        }
        assert!(taken > 300_000, "{taken}");
        for (value, text) in [(2.572_059_631_347_656_3e-3, "25720596313476562e-19"), (9.5, "95e-1"), (0.3, "3e-1")] {
            let decimal = shortest::of_usual_size(value).expect("of usual size");
            assert_eq!(format!("{}e{}", decimal.low, decimal.exponent), text);
        }
    }

    #[test]
    fn single_precision() {
        for seed in 1..20_000_u32 {
            let value = f32::from_bits(seed.wrapping_mul(0x9e37_79b9));
            let Some(decimal) = Decimal::from_f32(value) else { continue };
            let text = format!("{}e{}", decimal.low, decimal.exponent);
            assert_eq!(text.parse(), Ok(value.abs()), "{text}");
            assert!(decimal.canonical().low.to_string().len() < format!("{value:e}").len(), "{text}");
        }
    }

    #[test]
    fn spellings() {
        assert_eq!(finite("5."), (false, 5, 0));
        assert_eq!(finite(".5"), (false, 5, -1));
        assert_eq!(finite("+5"), (false, 5, 0));
        assert_eq!(finite("-12345678.90123"), (true, 1_234_567_890_123, -5));
        assert_eq!(finite("1e5"), (false, 1, 5));
        assert_eq!(finite("\t1E-05\r\n"), (false, 1, -5));
        assert_eq!(finite("9999999999999999999"), (false, 9_999_999_999_999_999_999, 0));
        for bad in
            ["", " ", "5,6", "0x10", "1_0", "e5", "1e", "1e+", ".", "-", "+-5", "1 2", "nano", "--inf", "٣", "1.2.3"]
        {
            assert_eq!(Number::parse(bad.as_bytes()), Err(ParseError::NotANumber), "{bad}");
        }
    }

    #[test]
    fn many_digits_are_the_nearest_double() {
        // 20 and 38 significant digits are exact, 39 are not.
        assert_eq!(finite("0.12345678901234567891"), (false, 12_345_678_901_234_567_891, -20));
        let most = "99999999999999999999999999999999999999";
        assert_eq!(finite(most), (false, 10_u128.pow(38) - 1, 0));
        assert_eq!(finite(&format!("00{most}.000")), (false, 10_u128.pow(38) - 1, 0));
        assert_eq!(finite("0.123456789012345678901234567890123456789"), (false, 12_345_678_901_234_568, -17));
        assert_eq!(finite("10000000000000000000000000"), (false, 1, 25));
        assert_eq!(finite("0.00000000000000000000001234567890123456789000"), (false, 1_234_567_890_123_456_789, -41));
        assert_eq!(finite("1.5000000000000000000000000e1"), (false, 15, 0));
    }

    #[test]
    fn ends_of_the_range() {
        assert_eq!(finite("1e-400"), (false, 0, 0));
        assert_eq!(finite("2e-324"), (false, 0, 0));
        assert_eq!(finite("3e-324"), (false, 3, -324));
        assert_eq!(finite("0e999999999999999999999"), (false, 0, 0));
        assert_eq!(finite(&format!("0.{}1e401", "0".repeat(400))), (false, 1, 0));
        assert_eq!(finite("1.7976931348623158e308"), (false, 17_976_931_348_623_158, 292));
        for beyond in ["1e400", "-1e309", "1.7976931348623159e308", "1e99999999999999999999"] {
            assert_eq!(Number::parse(beyond.as_bytes()), Err(ParseError::OutOfRange), "{beyond}");
        }
    }

    #[test]
    fn json_grammar() {
        let length = |text: &str| json_prefix(text.as_bytes()).map(|(_, end)| end);
        assert_eq!(length("0,"), Some(1));
        assert_eq!(length("-0.5e+3]"), Some(7));
        for bad in ["+1", "01", "-01", ".5", "5.", "5.e1", "-", "1e", "nan"] {
            assert_eq!(length(bad), None, "{bad}");
        }
    }
}
