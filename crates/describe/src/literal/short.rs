//! Parsers of common literals, which are short: by words of eight bytes and windows of fixed size.
//!
//! Invariant: where they give a number, it is the one that the general parser gives. `benches/` measure what they gain.

use wide::bytemuck::cast;
use wide::{i16x8, i32x4, u8x16};

use crate::decimal::{Decimal, MAX_SHORT_DIGITS};

/// Length of a window, in bytes; longer literals are uncommon.
const WINDOW_BYTES: usize = 32;

const POW10: [u64; 8] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// Least number of each length without leading zeros.
const LEAST: [u64; 9] = [0, 0, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

/// `00000000`.
const ZEROS: u64 = 0x3030_3030_3030_3030;

/// Number that is all of `text`, if it is a common literal.
#[inline]
pub(super) fn whole(text: &[u8]) -> Option<Decimal> {
    tiny(text).or_else(|| windowed(text))
}

/// Number that is all of `text`, if that is up to eight digits, perhaps with a point among them: it fits a word.
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
        return Some(Decimal::short(digits, 0, false));
    }
    let point = others.trailing_zeros() / 8;
    if text[point as usize] != b'.' || point == 0 || point + 1 == length as u32 {
        return None;
    }
    let (digits, exponent) = without_point(values, point, length as u32);
    (other_bytes(digits) == 0).then(|| Decimal::short(eight_values(digits), exponent, false))
}

/// Parses the number at the head of `text` if it is digits, perhaps with a point among them, and `separator` or the end of the
/// text follows within eight bytes. Returns it with its length.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "one byte is wanted")]
#[must_use]
pub fn tiny_before(text: &[u8], separator: u8) -> Option<(Decimal, usize)> {
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
        return Some((Decimal::short(digits, 0, false), first as usize));
    }
    let length = (others & (others - 1)).trailing_zeros() / 8;
    if byte(first) != b'.' || first + 1 == length || length == 8 || byte(length) != separator {
        return None;
    }
    let (digits, exponent) = without_point(values, first, length);
    Some((Decimal::short(eight_values(digits), exponent, false), length as usize))
}

/// First `length` values of a word without the point, moved to its end, and the exponent that the point gives.
#[inline]
#[expect(clippy::cast_possible_wrap, reason = "at most 8")]
fn without_point(values: u64, point: u32, length: u32) -> (u64, i32) {
    // The digits after the point move into its place.
    let before = (1 << (8 * point)) - 1;
    let digits = (values & before | values >> 8 & !before) << (72 - 8 * length);
    (digits, point as i32 + 1 - length as i32)
}

/// Number that is all of `text`, if it is a common literal and shorter than a window.
#[inline]
fn windowed(text: &[u8]) -> Option<Decimal> {
    let mut window = [0; WINDOW_BYTES];
    window.get_mut(..text.len())?.copy_from_slice(text);
    plain(&window).filter(|(_, end)| *end == text.len()).map(|(decimal, _)| decimal)
}

/// Parses the number at the head of `text` if it is in the common part of all grammars: perhaps a minus, digits, perhaps a point
/// and digits, at most 19 digits without leading zeros. Returns it with its length.
///
/// `None` also where less text follows than a window of fixed size, which saves most bounds checks. The caller must check the text
/// after the number: it may be an exponent.
#[inline(always)]
#[expect(clippy::inline_always, reason = "a result through memory costs more than its computation")]
#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "at most 19 digits")]
#[must_use]
pub fn plain(text: &[u8]) -> Option<(Decimal, usize)> {
    let window: &[u8; WINDOW_BYTES] = text.first_chunk()?;
    let negative = window[0] == b'-';
    let start = usize::from(negative);
    let first = window[start].wrapping_sub(b'0');
    let second = window[start + 1].wrapping_sub(b'0');
    // One or two digits before the point are so common that branches, which can be predicted, beat computing where the
    // point is.
    let (integer, point) = if first < 10 && window[start + 1] == b'.' {
        if let Some((digits, count)) = long_fraction(window, start + 2, u64::from(first)) {
            return Some((Decimal::short(digits, -(count as i32), negative), start + 2 + count));
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
    if counted > MAX_SHORT_DIGITS {
        return None;
    }
    Some((Decimal::short(digits, -(fraction_digits as i32), negative), end))
}

/// Parses the first `length` bytes of `text` as one number, if it is a common literal without leading zeros. Short integers, such
/// as marks, then need no search for their end.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `plain`")]
#[must_use]
pub fn plain_of_length(text: &[u8], length: usize) -> Option<Decimal> {
    if let (Some(word), 1..=8) = (text.first_chunk(), length) {
        let (digits, others) = first_digits(u64::from_le_bytes(*word), length);
        if others == 0 && digits >= LEAST[length] {
            return Some(Decimal::short(digits, 0, false));
        }
    }
    plain(text).filter(|(_, end)| *end == length).map(|(decimal, _)| decimal)
}

/// Value of the 16 to 19 digits of a fraction at `at`, after an integer digit, with their number, as programs print most doubles.
/// `None` for fewer or more digits.
#[inline(always)]
#[expect(clippy::inline_always, reason = "as for `plain`")]
#[expect(clippy::cast_possible_truncation, reason = "shifted so that four bytes are wanted")]
fn long_fraction(window: &[u8; WINDOW_BYTES], at: usize, integer: u64) -> Option<(u64, usize)> {
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

/// Value of 16 bytes, if these are digits: in twos, then in fours, then in eights.
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

/// Appends the digits from `at` on to `digits`, and returns them with their end; `None` if it is near the end of the window.
#[inline]
fn window_digits(window: &[u8; WINDOW_BYTES], mut at: usize, mut digits: u64) -> Option<(u64, usize)> {
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

/// Value of the first `count` bytes of a word, up to 8, as digits; with a number that is not 0 if some of them are not digits.
#[inline]
fn first_digits(word: u64, count: usize) -> (u64, u64) {
    // The digits move to the end of the word, zeros before them.
    let values = (word ^ ZEROS) << ((64 - 8 * count) % 64);
    (eight_values(values), other_bytes(values))
}

/// Value and number of the digits at the head of a word of eight bytes (SIMD within a register, after Lemire, Quickly parsing
/// eight digits, 2018).
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

/// Word with the top bit of each byte set where the value is above 9. Carries reach only bytes after the first such one.
#[inline]
fn other_bytes(values: u64) -> u64 {
    (values.wrapping_add(0x7676_7676_7676_7676) | values) & 0x8080_8080_8080_8080
}

/// Value of eight digits, one in each byte, the first in the least significant one.
#[inline]
fn eight_values(values: u64) -> u64 {
    let pairs = values.wrapping_mul(10).wrapping_add(values >> 8);
    let high = (pairs & 0x0000_00ff_0000_00ff).wrapping_mul(0x000f_4240_0000_0064);
    let low = ((pairs >> 16) & 0x0000_00ff_0000_00ff).wrapping_mul(0x0000_2710_0000_0001);
    high.wrapping_add(low) >> 32
}

/// Value of four digits, one in each byte, the first in the least significant one.
#[inline]
fn four_values(values: u32) -> u64 {
    let pairs = (values.wrapping_mul(10).wrapping_add(values >> 8)) & 0x00ff_00ff;
    u64::from((pairs.wrapping_mul(100).wrapping_add(pairs >> 16)) & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::super::scan;
    use super::*;

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
                for decimal in [tiny(&text), windowed(&text)].into_iter().flatten() {
                    assert_eq!(Some(decimal), general, "{}", String::from_utf8_lossy(&text));
                }
                let padded = [text.as_slice(), &[b' '; WINDOW_BYTES]].concat();
                if let Some(decimal) = plain_of_length(&padded, text.len()) {
                    assert_eq!(Some(decimal), general, "{}", String::from_utf8_lossy(&text));
                }
            }
        }
        assert!(
            ["7", "57", "100", "33.3", "0.5", "1234567", "12345678"].iter().all(|text| tiny(text.as_bytes()).is_some())
        );
    }
}
