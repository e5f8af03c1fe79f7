//! Compact encoding of cells that are buffered until their group is known.
//!
//! Input: [`Cell`]s. Output: bytes, from which [`decode`] returns the same cells in order, texts trimmed.

use super::table::Cell;
use describe::Decimal;

/// First byte of a cell: 0 for a missing one; 1 to `LONG_TEXT - 1` for a text of that length less one; [`LONG_TEXT`] for a
/// text whose length is in the next eight bytes; [`NUMBER`] and above for a number, with flags for its sign and for an exponent
/// of two bytes, and the count of the bytes of digits that follow, plus
/// [`ROUNDED`] if it was rounded; then it has at most eight. Integers are little-endian.
const LONG_TEXT: u8 = 0x7f;
const NUMBER: u8 = 0x80;
const NEGATIVE: u8 = 0x40;
const HAS_EXPONENT: u8 = 0x20;
const DIGIT_BYTES_MASK: u8 = 0x1f;
const ROUNDED: u8 = 17;

/// Upper bound of the encoded size of a cell without its text.
pub(super) const MAX_CELL_OVERHEAD_BYTES: usize = 24;

/// Appends a cell to `cells`.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a length below 127, a count up to 16, exponents of doubles")]
pub(super) fn encode(cell: Cell, cells: &mut Vec<u8>) {
    match cell {
        Cell::Missing => cells.push(0),
        Cell::Text(text) => {
            let text = text.trim_ascii();
            if text.len() + 1 < usize::from(LONG_TEXT) {
                cells.push(text.len() as u8 + 1);
            } else {
                cells.push(LONG_TEXT);
                cells.extend_from_slice(&(text.len() as u64).to_le_bytes());
            }
            cells.extend_from_slice(text);
        }
        Cell::Number(decimal) => {
            let (digits, exponent, negative) = (decimal.digits(), decimal.exponent, decimal.negative);
            let bytes = (u128::BITS - digits.leading_zeros()).div_ceil(8) as u8;
            let sign = if negative { NEGATIVE } else { 0 };
            let counted = if decimal.is_rounded { bytes + ROUNDED } else { bytes };
            cells.push(NUMBER | sign | if exponent == 0 { 0 } else { HAS_EXPONENT } | counted);
            if exponent != 0 {
                cells.extend_from_slice(&(exponent as i16).to_le_bytes());
            }
            cells.extend_from_slice(&digits.to_le_bytes()[..usize::from(bytes)]);
        }
    }
}

/// Removes the first cell of `cells` and returns it; [`Cell::Missing`] if `cells` is empty.
#[inline]
pub(super) fn decode<'a>(cells: &mut &'a [u8]) -> Cell<'a> {
    let head = take_bytes(cells, 1).first().copied().unwrap_or(0);
    if head >= NUMBER {
        let exponent = if head & HAS_EXPONENT == 0 { &[] } else { take_bytes(cells, 2) };
        let exponent = exponent.first_chunk().map_or(0, |bytes| i16::from_le_bytes(*bytes));
        let (bytes, is_rounded) = match head & DIGIT_BYTES_MASK {
            bytes @ ROUNDED.. => (bytes - ROUNDED, true),
            bytes => (bytes, false),
        };
        let digits = integer(take_bytes(cells, bytes.into()));
        return Cell::Number(Decimal { is_rounded, ..Decimal::new(digits, exponent.into(), head & NEGATIVE != 0) });
    }
    match head {
        0 => Cell::Missing,
        LONG_TEXT => {
            let length = usize::try_from(integer(take_bytes(cells, 8))).unwrap_or(usize::MAX);
            Cell::Text(take_bytes(cells, length))
        }
        length => Cell::Text(take_bytes(cells, usize::from(length) - 1)),
    }
}

/// Removes up to `count` bytes from the beginning of `cells` and returns them.
fn take_bytes<'a>(cells: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (head, rest) = cells.split_at(count.min(cells.len()));
    *cells = rest;
    head
}

/// Little-endian integer of up to 16 bytes.
fn integer(bytes: &[u8]) -> u128 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoding_returns_the_encoded_cells() {
        let long = vec![b'x'; 300];
        let texts: [&[u8]; 5] = [b"", b"a", &long[..125], &long[..126], &long];
        let number = |digits, exponent, negative| Cell::Number(Decimal::new(digits, exponent, negative));
        let numbers = [number(0, 0, false), number(100, 0, true), number(255, -1, false), number(256, 308, true)];
        let numbers = numbers.into_iter().chain([
            number(u64::MAX.into(), -342, true),
            number(10_u128.pow(38) - 1, -361, false),
            Cell::Missing,
        ]);
        let cells: Vec<Cell> = texts.into_iter().map(Cell::Text).chain(numbers).collect();
        let mut bytes = Vec::new();
        for cell in &cells {
            let before = bytes.len();
            encode(*cell, &mut bytes);
            let text = if let Cell::Text(text) = cell { text.len() } else { 0 };
            assert!(bytes.len() - before <= MAX_CELL_OVERHEAD_BYTES + text);
        }
        let mut rest = bytes.as_slice();
        for cell in &cells {
            assert_eq!(format!("{cell:?}"), format!("{:?}", decode(&mut rest)));
        }
        assert!(rest.is_empty());
    }
}
