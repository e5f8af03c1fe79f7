//! A number as it was written: an integer and a power of ten, never a binary approximation.

use std::cmp::Ordering;
use std::fmt;

use num_bigint::BigInt;
use wide::bytemuck::cast;
use wide::{i16x8, i32x4, u8x16};

use super::rounding::small_ratio;

/// An exact decimal number: ±`digits` × 10^`exponent`.
///
/// At most 19 significant digits and a value within the range of a double: [`Number::parse`] and [`Decimal::from_f64`]
/// make no others. One value has several spellings (`12.50` is 1250 × 10⁻² or 125 × 10⁻¹); all of them describe alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// The significant digits as an integer.
    pub digits: u64,
    /// The power of ten: -342 to 308.
    pub exponent: i32,
    /// Whether the number is below zero.
    pub negative: bool,
}

/// What a text can say in place of a number that is finite.
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

/// Why a text is no number.
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

/// More significant digits than this are read as the nearest double.
const MAX_DIGITS: usize = 19;

/// A number that is longer than this is an uncommon one.
const WINDOW: usize = 32;

const POW10: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// `00000000`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Powers of ten that a double holds exactly.
const EXACT_F64_POW10: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { digits: 0, exponent: 0, negative: false };

    /// The shortest decimal that reads back as `value`, which is what a person sees of a double; `None` unless it is finite.
    ///
    /// ```
    /// use describe_api::describe::Decimal;
    /// assert_eq!(Decimal::from_f64(0.1), Some(Decimal { digits: 1, exponent: -1, negative: false }));
    /// assert_eq!(Decimal::from_f64(f64::NAN), None);
    /// ```
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        // Of two shortest decimals equally near it is the even one, as in Python and JavaScript.
        let shortest = || {
            let mut buffer = zmij::Buffer::new();
            scan(buffer.format_finite(value).as_bytes()).map_or(Self::ZERO, |(literal, _)| literal.decimal())
        };
        value.is_finite().then(shortest).map(Self::as_integer)
    }

    /// The same number without an exponent if it is an integer and that fits: 6 × 10¹, or 60.0 as the shortest decimal may
    /// be spelled, is better kept beside the other integers, as 60.
    fn as_integer(self) -> Self {
        if self.exponent == -1 && self.digits.is_multiple_of(10) {
            return Self { digits: self.digits / 10, exponent: 0, ..self };
        }
        let power = u32::try_from(self.exponent).ok().and_then(|exponent| 10_u64.checked_pow(exponent));
        match power.and_then(|power| self.digits.checked_mul(power)) {
            Some(digits) if digits < 10_u64.pow(19) => Self { digits, exponent: 0, ..self },
            _ => self,
        }
    }

    /// The one spelling of the number that has no zeros at the end.
    pub(crate) fn canonical(self) -> Self {
        if self.digits == 0 {
            return Self::ZERO;
        }
        let mut canonical = self;
        while canonical.digits.is_multiple_of(10) {
            canonical.digits /= 10;
            canonical.exponent += 1;
        }
        canonical
    }

    /// The number as an integer, if it is one from 0 to 2⁶⁴ - 1.
    pub(crate) fn to_integer(self) -> Option<u64> {
        let Self { digits, exponent, negative } = self.canonical();
        let power = 10_u64.checked_pow(u32::try_from(exponent).ok()?)?;
        digits.checked_mul(power).filter(|_| !negative)
    }

    /// Whether both are the same number, however they are spelled.
    #[must_use]
    pub fn equals(self, other: Self) -> bool {
        self.compare(other) == Ordering::Equal
    }

    /// Which of the two numbers is less.
    ///
    /// ```
    /// use describe_api::describe::Decimal;
    /// let [a, b] = [Decimal { digits: 20, exponent: -1, negative: true }, Decimal { digits: 2, exponent: 0, negative: true }];
    /// assert!(a.equals(b));
    /// ```
    #[must_use]
    pub fn compare(self, other: Self) -> Ordering {
        // Rounding keeps the order, so different doubles decide; equal ones need the exact integers.
        self.to_f64().total_cmp(&other.to_f64()).then_with(|| {
            let least = self.exponent.min(other.exponent);
            let scaled = |decimal: Self| {
                let magnitude = BigInt::from(decimal.digits) * BigInt::from(10).pow(decimal.exponent.abs_diff(least));
                if decimal.negative { -magnitude } else { magnitude }
            };
            scaled(self).cmp(&scaled(other))
        })
    }

    /// The nearest double, ties to even; never `-0.0`.
    ///
    /// ```
    /// use describe_api::describe::Decimal;
    /// assert_eq!(Decimal { digits: 3, exponent: -1, negative: true }.to_f64(), -0.3);
    /// ```
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "guarded: at most 53 bits")]
    pub fn to_f64(self) -> f64 {
        if self.digits == 0 {
            return 0.0;
        }
        let power = EXACT_F64_POW10.get(self.exponent.unsigned_abs() as usize);
        // Clinger (1990): both operands exact, so one division or product rounds once.
        let magnitude = match power {
            Some(power) if self.digits < 1 << 53 && self.exponent < 0 => self.digits as f64 / power,
            Some(power) if self.digits < 1 << 53 => self.digits as f64 * power,
            // 10^21 is below 2^72.
            _ if (-21..=0).contains(&self.exponent) => {
                let power = 10_u128.pow(self.exponent.unsigned_abs());
                small_ratio(self.digits.into(), power).unwrap_or(f64::NAN)
            }
            _ => format!("{}e{}", self.digits, self.exponent).parse().unwrap_or(f64::NAN),
        };
        if self.negative { -magnitude } else { magnitude }
    }
}

impl fmt::Display for Decimal {
    /// The shortest plain spelling, such as `-12.5` or `2024`; far from 1 with an exponent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.digits == 0 {
            return f.write_str("0");
        }
        let sign = if self.negative { "-" } else { "" };
        let (mut digits, mut exponent) = (self.digits, self.exponent);
        while digits % 10 == 0 {
            (digits, exponent) = (digits / 10, exponent + 1);
        }
        let digits = digits.to_string();
        let decimals = exponent.unsigned_abs() as usize;
        match digits.len().checked_sub(decimals) {
            _ if !(-25..25).contains(&exponent) => write!(f, "{sign}{digits}e{exponent}"),
            _ if exponent >= 0 => write!(f, "{sign}{digits}{}", "0".repeat(decimals)),
            Some(point) if point > 0 => write!(f, "{sign}{}.{}", &digits[..point], &digits[point..]),
            _ => write!(f, "{sign}0.{digits:0>decimals$}"),
        }
    }
}

impl Number {
    /// Reads what Python's `float()` takes, without underscores: sign, digits, point, exponent, `nan` and `inf` in any case;
    /// ASCII white space around it is trimmed.
    ///
    /// With more than 19 significant digits (leading and trailing zeros aside) the number is the shortest decimal of the
    /// nearest double. A number whose nearest double is 0 is 0.
    ///
    /// # Errors
    /// Anything else, and finite numbers that no double is near to.
    ///
    /// ```
    /// use describe_api::describe::{Decimal, Number, ParseError};
    /// assert_eq!(Number::parse(b" 12.50 "), Ok(Number::Finite(Decimal { digits: 1250, exponent: -2, negative: false })));
    /// assert_eq!(Number::parse(b"-Infinity"), Ok(Number::Infinite { negative: true }));
    /// assert_eq!(Number::parse(b"1e400"), Err(ParseError::OutOfRange));
    /// assert_eq!(Number::parse(b"5,6"), Err(ParseError::NotANumber));
    /// ```
    pub fn parse(text: &[u8]) -> Result<Self, ParseError> {
        if let Some(decimal) = tiny(text).or_else(|| short(text)) {
            return Ok(Self::Finite(decimal));
        }
        let text = trim(text);
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

/// A whole text of up to eight bytes that is digits, perhaps with a point among them: it fits a word.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "at most 8")]
fn tiny(text: &[u8]) -> Option<Decimal> {
    let length = text.len();
    let word = match text {
        [] => return None,
        [first, ..] if length < 4 => {
            let middle = u64::from(text[length / 2]) << (8 * (length / 2));
            u64::from(*first) | middle | u64::from(text[length - 1]) << (8 * (length - 1))
        }
        _ if length > 8 => return None,
        // Two words of four bytes that may overlap.
        _ => {
            let half = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
            half(text.first_chunk()?) | half(text.last_chunk()?) << (8 * (length - 4))
        }
    };
    let values = (word ^ ZEROS) << (64 - 8 * length) >> (64 - 8 * length);
    let others = other_bytes(values);
    if others == 0 {
        let digits = eight_values(values << (64 - 8 * length));
        return Some(Decimal { digits, exponent: 0, negative: false });
    }
    let point = others.trailing_zeros() / 8;
    if text[point as usize] != b'.' || point == 0 || point + 1 == length as u32 {
        return None;
    }
    let (digits, exponent) = without_point(values, point, length as u32);
    (other_bytes(digits) == 0).then(|| Decimal { digits: eight_values(digits), exponent, negative: false })
}

/// The number at the head of `text` if it is digits, perhaps with a point among them, and `separator` or the end of the text
/// follows within eight bytes; and how long it is.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "one byte is wanted")]
pub(crate) fn tiny_before(text: &[u8], separator: u8) -> Option<(Decimal, usize)> {
    let word = u64::from_le_bytes(text.first_chunk().copied().unwrap_or_else(|| {
        let mut word = [separator; 8];
        word[..text.len()].copy_from_slice(text);
        word
    }));
    let byte = |place: u32| word.wrapping_shr(8 * place) as u8;
    let values = word ^ ZEROS;
    let others = other_bytes(values);
    let first = others.trailing_zeros() / 8;
    if first == 0 || first == 8 {
        return None;
    }
    if byte(first) == separator {
        let digits = eight_values(values << (64 - 8 * first));
        return Some((Decimal { digits, exponent: 0, negative: false }, first as usize));
    }
    let length = (others & (others - 1)).trailing_zeros() / 8;
    if byte(first) != b'.' || first + 1 == length || length == 8 || byte(length) != separator {
        return None;
    }
    let (digits, exponent) = without_point(values, first, length);
    Some((Decimal { digits: eight_values(digits), exponent, negative: false }, length as usize))
}

/// The first `length` values of a word but for the point, moved to its end, and the exponent that this makes.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "at most 8")]
fn without_point(values: u64, point: u32, length: u32) -> (u64, i32) {
    // The digits behind the point move into its place.
    let before = (1 << (8 * point)) - 1;
    let digits = (values & before | values >> 8 & !before) << (72 - 8 * length);
    (digits, point as i32 + 1 - length as i32)
}

/// A whole text that is a common number and shorter than a window.
#[inline]
fn short(text: &[u8]) -> Option<Decimal> {
    let mut window = [0; WINDOW];
    window.get_mut(..text.len())?.copy_from_slice(text);
    plain(&window).filter(|(_, end)| *end == text.len()).map(|(decimal, _)| decimal)
}

/// Whether Python's `str.split()` splits at this byte: tab to carriage return, 0x1c to 0x1f and space, as one bit each.
#[inline]
pub(crate) fn is_blank(byte: u8) -> bool {
    const BLANKS: u64 = 0x1_f000_3e00;
    byte < 64 && BLANKS >> byte & 1 == 1
}

/// `text` without the blanks around it.
fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().position(|byte| !is_blank(*byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_blank(*byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// A number by JSON's grammar (RFC 8259, section 6) at the head of `text`, and how long it is. `None` where there is none.
#[inline]
pub(crate) fn json_prefix(text: &[u8]) -> Option<(Result<Decimal, ParseError>, usize)> {
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

/// A literal taken apart; `digits` has wrapped when there are more than [`MAX_DIGITS`].
struct Literal {
    negative: bool,
    digits: u64,
    integer_digits: usize,
    fraction_digits: usize,
    has_point: bool,
    exponent: i64,
}

impl Literal {
    /// The number, given the literal's whole text, which the rare cases read again.
    fn checked(&self, text: &[u8]) -> Result<Decimal, ParseError> {
        // Far from both ends of the double range nothing can underflow or overflow.
        let plain =
            self.integer_digits + self.fraction_digits <= MAX_DIGITS && self.decimal().exponent.unsigned_abs() < 280;
        if plain { Ok(self.decimal()) } else { self.unusual(text) }
    }

    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "called for short literals only, or clamped"
    )]
    fn decimal(&self) -> Decimal {
        let exponent = self.exponent.saturating_sub(self.fraction_digits as i64).clamp(-9999, 9999) as i32;
        Decimal { digits: self.digits, exponent, negative: self.negative }
    }

    /// Many digits, or an exponent near the ends of the range.
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
        if significant.len() > MAX_DIGITS {
            let decimal = Decimal::from_f64(nearest).ok_or(ParseError::OutOfRange)?;
            return Ok(Decimal { negative: self.negative, ..decimal });
        }
        let digits = significant.iter().fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
        let exponent = leading - i32::try_from(rest.len()).unwrap_or_default();
        Ok(Decimal { digits, exponent, negative: self.negative })
    }
}

/// The number at the head of `text` if it is a common one in the common part of all grammars: perhaps a minus, digits,
/// perhaps a point and digits, no more than 19 digits that count.
///
/// Only where enough text follows for a window of fixed size, which spares most bounds checks. What follows the number is
/// the caller's to look at: it may be an exponent.
#[inline(always)]
#[expect(clippy::inline_always, reason = "through memory the result costs more than its making")]
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "at most 19 digits")]
pub(crate) fn plain(text: &[u8]) -> Option<(Decimal, usize)> {
    let window: &[u8; WINDOW] = text.first_chunk()?;
    let negative = window[0] == b'-';
    let start = usize::from(negative);
    let first = window[start].wrapping_sub(b'0');
    let second = window[start + 1].wrapping_sub(b'0');
    // One or two digits before the point are so common that branches, which can be predicted, beat computing where the
    // point is.
    let (integer, point) = if first < 10 && window[start + 1] == b'.' {
        if let Some((digits, count)) = long_fraction(window, start + 2, u64::from(first)) {
            return Some((Decimal { digits, exponent: -(count as i32), negative }, start + 2 + count));
        }
        (u64::from(first), start + 1)
    } else if matches!(first, 1..10) && second < 10 && window[start + 2] == b'.' {
        (u64::from(first) * 10 + u64::from(second), start + 2)
    } else {
        let (integer, point) = window_digits(window, start, 0)?;
        if point == start || (first == 0 && point > start + 1) {
            return None;
        }
        (integer, point)
    };
    let (digits, end, fraction_digits) = if *window.get(point)? == b'.' {
        let (digits, end) = window_digits(window, point + 1, integer)?;
        if end == point + 1 {
            return None;
        }
        (digits, end, end - point - 1)
    } else {
        (integer, point, 0)
    };
    let counted = fraction_digits + if first == 0 { 0 } else { point - start };
    if counted > MAX_DIGITS {
        return None;
    }
    Some((Decimal { digits, exponent: -(fraction_digits as i32), negative }, end))
}

/// The 16 to 19 digits of a fraction at `at`, behind an integer digit, and how many they are: what programs print of most
/// doubles. `None` where there are fewer or more.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `plain`")]
#[expect(clippy::cast_possible_truncation, reason = "shifted so that four bytes are wanted")]
fn long_fraction(window: &[u8; WINDOW], at: usize, integer: u64) -> Option<(u64, usize)> {
    let sixteen = sixteen_digits(window.get(at..at + 16)?.first_chunk()?)?;
    let last = u64::from(u32::from_le_bytes(*window.get(at + 16..at + 20)?.first_chunk()?)) ^ (ZEROS >> 32);
    let count = other_bytes(last).trailing_zeros() / 8;
    if count + u32::from(integer > 0) > 3 {
        return None;
    }
    let digits = integer * 10_000_000_000_000_000 + sixteen;
    // The digits move to the end of the four bytes, zeros before them.
    let last = four_values((last << 32 >> (8 * count)) as u32);
    Some((digits * [1, 10, 100, 1000][count as usize % 4] + last, 16 + count as usize))
}

/// The value of 16 digits, if these are digits: in twos, then in fours, then in eights.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `plain`")]
fn sixteen_digits(digits: &[u8; 16]) -> Option<u64> {
    let values = u8x16::new(*digits) - u8x16::splat(b'0');
    if !values.max(u8x16::splat(9)).simd_eq(u8x16::splat(9)).all() {
        return None;
    }
    let join = |values: i16x8, ten: i16| values.dot(i16x8::new([ten, 1, ten, 1, ten, 1, ten, 1]));
    let narrow = |low: i32x4, high: i32x4| i16x8::from_i32x8_saturate(cast([low, high]));
    let twos = narrow(join(i16x8::from_u8x16_low(values), 10), join(i16x8::from_u8x16_high(values), 10));
    let fours = join(twos, 100);
    let [eights, _]: [u64; 2] = cast(join(narrow(fours, fours), 10_000));
    Some((eights & 0xffff_ffff) * 100_000_000 + (eights >> 32))
}

/// The value of four digits, one a byte, the first in the least significant one.
#[inline]
fn four_values(values: u32) -> u64 {
    let pairs = (values.wrapping_mul(10).wrapping_add(values >> 8)) & 0x00ff_00ff;
    u64::from((pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0xffff)
}

/// The number that is all of the first `length` bytes of `text`, if it is a common one. Short integers, marks above all, need
/// no search for their end then.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `plain`")]
pub(crate) fn plain_of_length(text: &[u8], length: usize) -> Option<Decimal> {
    if let (Some(word), 1..=8) = (text.first_chunk(), length) {
        let (digits, others) = first_digits(u64::from_le_bytes(*word), length);
        if others == 0 {
            return Some(Decimal { digits, exponent: 0, negative: false });
        }
    }
    plain(text).filter(|(_, end)| *end == length).map(|(decimal, _)| decimal)
}

/// The value of the first `count` bytes of a word, up to 8, as digits; not 0 beside it when some of them are no digits.
#[inline]
fn first_digits(word: u64, count: usize) -> (u64, u64) {
    // The digits move to the end of the word, zeros before them.
    let values = (word ^ ZEROS) << ((64 - 8 * count) % 64);
    (eight_values(values), other_bytes(values))
}

/// [`take_digits`] in a window; `None` where they come near its end.
#[inline]
fn window_digits(window: &[u8; WINDOW], mut at: usize, mut digits: u64) -> Option<(u64, usize)> {
    loop {
        let word = u64::from_le_bytes(*window.get(at..at + 8)?.first_chunk()?);
        let (value, count) = eight_digits(word);
        if count == 8 {
            digits = digits.wrapping_mul(100_000_000).wrapping_add(value);
            at += 8;
        } else {
            return Some((digits.wrapping_mul(POW10[count]).wrapping_add(value), at + count));
        }
    }
}

/// Takes apart the number at the head of `text`: sign, digits, point, digits, exponent; and says where it ends.
fn scan(text: &[u8]) -> Option<(Literal, usize)> {
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

/// The value and the number of the digits that the word of eight bytes begins with, all at once (SIMD within a register;
/// after Lemire, "Quickly parsing eight digits", 2018).
#[inline]
fn eight_digits(word: u64) -> (u64, usize) {
    let values = word ^ ZEROS;
    let other = other_bytes(values);
    // Full words take the predictable branch: where the next ones begin is then known without waiting for the count.
    if other == 0 {
        return (eight_values(values), 8);
    }
    let count = other.trailing_zeros() / 8;
    // The digits move to the end of the word, zeros before them.
    (eight_values(values.unbounded_shl(64 - 8 * count)), count as usize)
}

/// The top bit of a byte is set where it is above 9; carries reach only bytes after the first such one.
#[inline]
fn other_bytes(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// The value of eight digits, one a byte, the first in the least significant one.
#[inline]
fn eight_values(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let high = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    high.wrapping_add(low) >> 32
}

/// The exponent whose sign or digits stand at `at`; far outside any range it saturates.
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

    fn finite(text: &str) -> (bool, u64, i32) {
        match Number::parse(text.as_bytes()) {
            Ok(Number::Finite(Decimal { digits, exponent, negative })) => (negative, digits, exponent),
            other => panic!("{text}: {other:?}"),
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
        // 20 significant digits and a zero more or less around them.
        assert_eq!(finite("0.12345678901234567891"), (false, 12_345_678_901_234_568, -17));
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
    fn shortest_spellings() {
        for (value, text) in
            [(2024.0, "2024"), (-12.5, "-12.5"), (0.05, "0.05"), (1e22, "10000000000000000000000"), (0.0, "0")]
        {
            assert_eq!(Decimal::from_f64(value).map(|decimal| decimal.to_string()).as_deref(), Some(text));
        }
        assert_eq!(Decimal { digits: 1250, exponent: -3, negative: false }.to_string(), "1.25");
        assert_eq!(Decimal::from_f64(1.5e-300).map(|decimal| decimal.to_string()).as_deref(), Some("15e-301"));
    }

    #[test]
    fn the_ways_agree() {
        let bytes = b"0123456789.-+e /:x";
        let mut state = 1_u64;
        for length in 1..=12 {
            for _ in 0..20_000 {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        bytes[(state >> 33) as usize % if state >> 62 == 0 { bytes.len() } else { 11 }]
                    })
                    .collect();
                let general = scan(&text).filter(|(_, end)| *end == text.len()).map(|(literal, _)| literal.decimal());
                for decimal in [tiny(&text), short(&text)].into_iter().flatten() {
                    assert_eq!(Some(decimal), general, "{}", String::from_utf8_lossy(&text));
                }
                let padded = [text.as_slice(), &[b' '; WINDOW]].concat();
                if let Some(decimal) = plain_of_length(&padded, text.len()) {
                    assert_eq!(Some(decimal), general, "{}", String::from_utf8_lossy(&text));
                }
            }
        }
        assert!(
            ["7", "57", "100", "33.3", "0.5", "1234567", "12345678"].iter().all(|text| tiny(text.as_bytes()).is_some())
        );
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
