//! Decoder of pages of indexes in a dictionary.
//!
//! Input: a page. Output: the index of each row. Invariants: the time is linear in the rows that are asked for and in the bytes of the
//! page; an index is one of the dictionary.
//!
//! Source: Parquet format, Encodings.md: dictionary encoding, and the hybrid of runs and packed bits.

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::Page;

use super::thrift::varint;

/// Rows of a page of indexes that are still to be read.
#[derive(Debug, Default)]
pub(super) struct IndexPage {
    left: usize,
    /// Whether each row has a value, if some may have none.
    levels: Option<Runs>,
    indexes: Runs,
    /// Buffers.
    present: Vec<u32>,
    decoded: Vec<u32>,
}

impl IndexPage {
    /// Begins a page of a column whose cells may be missing if it is `optional`; `None` if the page is malformed.
    pub(super) fn new(page: &Page, optional: bool) -> Option<Self> {
        let left = page.num_values() as usize;
        let (levels, values) = match page {
            Page::DataPage { buf, .. } if !optional => (None, buf.clone()),
            Page::DataPage { buf, def_level_encoding: Encoding::RLE, .. } => {
                let [start, end] = span(buf, 4, u32::from_le_bytes(*buf.first_chunk()?))?;
                (Some(Runs::new(buf.slice(start..end), 1)), buf.slice(end..))
            }
            Page::DataPage { buf, .. } => {
                let [start, end] = span(buf, 0, page.num_values().div_ceil(8))?;
                (Some(Runs::packed(buf.slice(start..end), 1, left)), buf.slice(end..))
            }
            Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
                let [start, end] = span(buf, *rep_levels_byte_len, *def_levels_byte_len)?;
                (optional.then(|| Runs::new(buf.slice(start..end), 1)), buf.slice(end..))
            }
            Page::DictionaryPage { .. } => return None,
        };
        // A page without any value has no width.
        let width = u32::from(values.first().copied().unwrap_or(0));
        let indexes = Runs::new(values.slice(values.len().min(1)..), width);
        (width <= u32::BITS).then(|| Self { left, levels, indexes, ..Self::default() })
    }

    /// Appends the indexes of the next rows, at most `rows`, to `codes`, in a dictionary of `count` values: `count` for a row without a
    /// value. Returns the number of rows; `None` if the page is malformed.
    pub(super) fn read(&mut self, rows: usize, count: u32, codes: &mut Vec<u32>) -> Option<usize> {
        let rows = rows.min(self.left);
        self.left -= rows;
        let are_known = |indexes: &[u32]| indexes.iter().copied().max().is_none_or(|greatest| greatest < count);
        let Some(levels) = &mut self.levels else {
            let start = codes.len();
            self.indexes.read(rows, codes)?;
            return are_known(&codes[start..]).then_some(rows);
        };
        self.present.clear();
        self.decoded.clear();
        levels.read(rows, &mut self.present)?;
        let values = self.present.iter().sum::<u32>() as usize;
        self.indexes.read(values, &mut self.decoded)?;
        if values == rows {
            codes.extend_from_slice(&self.decoded);
        } else {
            let mut indexes = self.decoded.iter();
            let code = |level: &u32| if *level == 1 { indexes.next().copied().unwrap_or(count) } else { count };
            codes.extend(self.present.iter().map(code));
        }
        are_known(&self.decoded).then_some(rows)
    }
}

/// Start and end of a part of a page; `None` if the page is shorter.
fn span(page: &[u8], start: u32, length: u32) -> Option<[usize; 2]> {
    let end = start.checked_add(length)? as usize;
    (end <= page.len()).then_some([start as usize, end])
}

/// Integers of a number of bits each, in runs of one integer, and of different ones in packed bits.
#[derive(Debug, Default)]
struct Runs {
    bytes: Bytes,
    /// Bits of an integer, at most 32.
    width: u32,
    /// Start of the next run.
    next: usize,
    /// Integers of the current run that are still to be read.
    left: usize,
    /// The integer of a run; none for a run of packed bits.
    value: Option<u32>,
    /// Place of the next integer of packed bits, in bits.
    bit: usize,
}

impl Runs {
    fn new(bytes: Bytes, width: u32) -> Self {
        Self { bytes, width, ..Self::default() }
    }

    /// One run of packed bits.
    fn packed(bytes: Bytes, width: u32, count: usize) -> Self {
        Self { next: bytes.len(), left: count, ..Self::new(bytes, width) }
    }

    /// Appends the next integers; `None` if there are fewer.
    fn read(&mut self, mut count: usize, integers: &mut Vec<u32>) -> Option<()> {
        while count > 0 {
            while self.left == 0 {
                self.begin()?;
            }
            let taken = count.min(self.left);
            match self.value {
                Some(value) => integers.resize(integers.len() + taken, value),
                None => self.unpack(taken, integers)?,
            }
            self.left -= taken;
            count -= taken;
        }
        Some(())
    }

    /// Begins the next run; `None` if there is none.
    fn begin(&mut self) -> Option<()> {
        let (header, start) = varint(&self.bytes, self.next)?;
        let length = usize::try_from(header >> 1).ok()?;
        let bytes = if header & 1 == 1 {
            (self.left, self.value, self.bit) = (length.checked_mul(8)?, None, start.checked_mul(8)?);
            // Some writers leave out the end of the last run.
            length.checked_mul(self.width as usize)?.min(self.bytes.len() - start)
        } else {
            let bytes = self.width.div_ceil(8) as usize;
            let stored = self.bytes.get(start..start.checked_add(bytes)?)?;
            (self.left, self.value) = (length, Some(masked(short_word(stored), self.width as usize)));
            bytes
        };
        self.next = start + bytes;
        Some(())
    }

    /// Appends integers of packed bits; `None` if the bits end before.
    fn unpack(&mut self, count: usize, integers: &mut Vec<u32>) -> Option<()> {
        let (start, width) = (self.bit, self.width as usize);
        self.bit += count * width;
        if self.bit.div_ceil(8) > self.bytes.len() {
            return None;
        }
        let before = integers.len();
        integers.resize(before + count, 0);
        let integers = &mut integers[before..];
        match width {
            ..=8 => unpack::<8>(&self.bytes, width, start, integers),
            9..=14 | 16 => unpack::<4>(&self.bytes, width, start, integers),
            _ => unpack::<1>(&self.bytes, width, start, integers),
        }
        Some(())
    }
}

/// The lowest bits of a value, at most 32.
#[expect(clippy::cast_possible_truncation, reason = "at most 32 bits are left")]
fn masked(value: u64, bits: usize) -> u32 {
    (value & ((1 << bits) - 1)) as u32
}

/// Reads integers of `width` bits from the bit `start` on, `N` from each word: as many as it has for sure, wherever in a byte it starts.
fn unpack<const N: usize>(bytes: &[u8], width: usize, start: usize, integers: &mut [u32]) {
    let word_at = |bit: usize| {
        let rest = bytes.get(bit / 8..).unwrap_or_default();
        rest.first_chunk().map_or_else(|| short_word(rest), |word| u64::from_le_bytes(*word)) >> (bit % 8)
    };
    for (integers, first) in integers.chunks_mut(N).zip((start..).step_by((N * width).max(1))) {
        let word = word_at(first);
        for (integer, index) in integers.iter_mut().zip(0..) {
            *integer = masked(word >> (index * width), width);
        }
    }
}

/// Fewer than eight bytes as an integer.
fn short_word(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Integers of every width, from every place in a byte: those that single bits give.
    #[test]
    fn packed_bits() {
        let bytes: Vec<u8> = (0..400_u32).map(|index| (index.wrapping_mul(0x9e37_79b9) >> 24) as u8).collect();
        for width in 0..=32_u32 {
            let count = (bytes.len() * 8).checked_div(width as usize).unwrap_or(40);
            let bit = |bit: usize| u32::from(bytes[bit / 8] >> (bit % 8) & 1);
            let integer =
                |index: usize| (0..width).map(|at| bit(index * width as usize + at as usize) << at).sum::<u32>();
            let expected: Vec<u32> = (0..count).map(integer).collect();
            for step in [1, 3, 8, 13, count] {
                let mut runs = Runs::packed(Bytes::from(bytes.clone()), width, count);
                let mut read = Vec::new();
                while read.len() < count {
                    runs.read(step.min(count - read.len()), &mut read).expect("enough bits");
                }
                assert_eq!(read, expected, "{width}, {step}");
            }
            let mut beyond = Runs::packed(Bytes::from(bytes.clone()), width, count + 1);
            assert_eq!(beyond.read(count + 1, &mut Vec::new()).is_some(), width == 0, "{width}");
        }
    }

    /// A run of five sevens, eight packed integers, and a run of nothing before one of two nines.
    #[test]
    fn runs() {
        let bytes = [10, 7, 3, 0b1010_0100, 0b0110_1000, 0b1010_1100, 0b1111_1110, 0, 3, 4, 9];
        let read = |count: usize| {
            let (mut runs, mut integers) = (Runs::new(Bytes::copy_from_slice(&bytes), 4), Vec::new());
            runs.read(count, &mut integers).map(|()| integers)
        };
        assert_eq!(read(15).as_deref(), Some(&[7, 7, 7, 7, 7, 4, 10, 8, 6, 12, 10, 14, 15, 9, 9][..]));
        assert_eq!(read(16), None);
    }

    #[test]
    fn hostile_runs() {
        // A length that overflows, a run without its integer, and an integer that the dictionary does not have.
        for bytes in [&[255, 255, 255, 255, 255, 255, 255, 255, 255, 1, 0][..], &[4], &[]] {
            assert_eq!(Runs::new(Bytes::copy_from_slice(bytes), 8).read(1, &mut Vec::new()), None, "{bytes:?}");
        }
        let mut indexes =
            IndexPage { left: 2, indexes: Runs::new(Bytes::from_static(&[4, 3]), 8), ..IndexPage::default() };
        assert_eq!(indexes.read(2, 3, &mut Vec::new()), None);
    }
}
