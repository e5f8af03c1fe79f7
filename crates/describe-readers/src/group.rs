//! Groups of a table: records with equal values in the group columns.
//!
//! Input: the texts of a record's group columns. Output: the index of its group, and the groups in the order of their
//! values. Invariant: indexes are assigned in the order in which new keys appear.

use std::cmp::Ordering;
use std::collections::HashMap;

use describe::{Decimal, Number, trim_blanks};
use describe_options::{InputError, TableOptions};
use indexmap::IndexSet;

use crate::ledger::Ledger;
use crate::spelling;
use crate::transcode::from_windows_1252;

/// Keys of the groups in the order of their first appearance.
///
/// Layout of a key, for each group column: one byte, 1 if there is a value and 0 if it is null; the length of its text, four
/// bytes, little-endian; its text.
#[derive(Debug, Default)]
pub(super) struct GroupKeys {
    /// Whether values that are not UTF-8 are Windows-1252. Their keys as they stand are further keys of the group, up to
    /// [`MAX_ALIASES`] short ones; others are decoded each time, so that spellings of one value do not grow without bound.
    reads_windows_1252: bool,
    /// Groups of such further keys.
    aliases: HashMap<Box<[u8]>, usize>,
    /// Whether there are such values.
    pub(super) has_windows_1252: bool,
    keys: IndexSet<Box<[u8]>>,
    /// Buffer for the key of the current record.
    scratch: Vec<u8>,
    /// Direct-mapped cache from short texts of a single group column to their groups. Most files repeat few values, and a
    /// hit costs less than a lookup in the hash map.
    recent: Vec<(ShortText, usize)>,
}

/// Number of slots of the cache: one for each value of [`slot`].
const CACHE_SLOTS: usize = 1 << CACHE_SLOT_BITS;

/// Number of bits of a slot: a thousand schools seldom share one.
const CACHE_SLOT_BITS: u32 = 12;

/// Memory of a key without its text: its place in the set, which doubles, and the allocation.
const KEY_BYTES: usize = 200;

/// Maximum number of further keys, and of bytes of one.
const MAX_ALIASES: usize = 1024;
const MAX_ALIAS_BYTES: usize = 256;

/// Text of one to eight bytes as an integer, and its length; an empty slot is `(0, 0)`.
type ShortText = (u64, usize);

impl GroupKeys {
    /// No keys. `reads_windows_1252` says whether values that are not UTF-8 are Windows-1252.
    pub(super) fn new(reads_windows_1252: bool) -> Self {
        Self { reads_windows_1252, ..Self::default() }
    }

    /// Index of the group of a record, added if it is new. `value` appends the text of a column to the key, and returns
    /// whether there is one.
    #[inline]
    pub(super) fn find(&mut self, columns: &[usize], value: impl Fn(usize, &mut Vec<u8>) -> bool) -> usize {
        self.scratch.clear();
        for column in columns {
            let start = self.scratch.len();
            self.scratch.extend_from_slice(&[0; 5]);
            let present = value(*column, &mut self.scratch);
            let length = u32::try_from(self.scratch.len() - start - 5).unwrap_or(u32::MAX);
            self.scratch[start] = u8::from(present);
            self.scratch[start + 1..start + 5].copy_from_slice(&length.to_le_bytes());
        }
        let group = self.search();
        if let ([_], Some(short_text)) = (columns, self.scratch.get(5..).and_then(short_text)) {
            self.recent.resize(CACHE_SLOTS, ((0, 0), 0));
            self.recent[slot(short_text)] = (short_text, group);
        }
        group
    }

    /// Index of the group with this text in the only group column, if it is in the cache.
    #[inline]
    pub(super) fn recent(&self, text: &[u8]) -> Option<usize> {
        let short_text = short_text(text)?;
        let (value, group) = self.recent.get(slot(short_text))?;
        (*value == short_text).then_some(*group)
    }

    /// Index of the group with the key in `scratch`, added if it is new.
    fn search(&mut self) -> usize {
        if let Some(group) = self.keys.get_index_of(self.scratch.as_slice()) {
            return group;
        }
        if let Some(group) = self.aliases.get(self.scratch.as_slice()) {
            return *group;
        }
        let key: Box<[u8]> = self.scratch.as_slice().into();
        if let Some(decoded) = self.reads_windows_1252.then(|| decoded(&key)).flatten() {
            self.has_windows_1252 = true;
            let group = self.find_key(&decoded);
            self.scratch.clear();
            self.scratch.extend_from_slice(&key);
            if self.aliases.len() < MAX_ALIASES && key.len() <= MAX_ALIAS_BYTES {
                self.aliases.insert(key, group);
            }
            return group;
        }
        self.keys.insert_full(key).0
    }

    /// Index of the group with the given key, added if it is new.
    pub(super) fn find_key(&mut self, key: &[u8]) -> usize {
        self.scratch.clear();
        self.scratch.extend_from_slice(key);
        self.search()
    }

    /// Keys of the first `groups` groups, with a value more at `position`, or in the place of the one there if it `replaces` that.
    /// Groups without keys get one.
    pub(super) fn with_value(&self, groups: usize, position: usize, replaces: bool, text: &str) -> Self {
        let mut keys = Self::default();
        for group in 0..groups {
            let mut values: Vec<Option<&[u8]>> =
                self.keys.get_index(group).into_iter().flat_map(|key| key_values(key)).collect();
            values.splice(position..position + usize::from(replaces), [Some(text.as_bytes())]);
            keys.find_key(&key_of(values));
        }
        keys
    }

    /// Charges the key of a group, which has just been added.
    ///
    /// # Errors
    /// As for [`Ledger::charge`].
    pub(super) fn charge(&self, group: usize, ledger: &Ledger) -> Result<(), InputError> {
        ledger.charge(self.keys[group].len() + KEY_BYTES)
    }

    /// Removes the last key, which has just been added and gets no group, and all that refers to it.
    #[cold]
    pub(super) fn forget_last(&mut self) {
        self.keys.pop();
        self.aliases.clear();
        self.recent.clear();
    }

    /// Whether there are no keys.
    pub(super) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    pub(super) fn key(&self, group: usize) -> &[u8] {
        &self.keys[group]
    }

    /// First value of a group that is not UTF-8, and the position of its column among the group columns.
    pub(super) fn not_utf8(&self, group: usize) -> Option<(usize, Vec<u8>)> {
        let malformed = key_values(&self.keys[group])
            .enumerate()
            .find(|(_, value)| std::str::from_utf8(value.unwrap_or_default()).is_err());
        malformed.map(|(position, value)| (position, value.unwrap_or_default().to_vec()))
    }

    /// Texts of a group's values; `None` is null.
    pub(super) fn texts(&self, group: usize) -> Vec<Option<String>> {
        key_values(&self.keys[group])
            .map(|value| value.map(|text| String::from_utf8_lossy(text).into_owned()))
            .collect()
    }

    /// Indexes of the groups, sorted by their values: numbers by value, then text by code point, then null.
    pub(super) fn sorted(&self, options: &TableOptions) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by_cached_key(|group| {
            key_values(&self.keys[*group]).map(|value| SortKey::of(value, options)).collect::<Vec<_>>()
        });
        order
    }
}

/// Text of one to eight bytes as an integer: two words of four bytes that may overlap, or the first, middle and last byte.
/// Texts of equal length have equal integers only if they are equal.
#[inline]
fn short_text(text: &[u8]) -> Option<ShortText> {
    let word = match text {
        [] => return None,
        [first, ..] if text.len() < 4 => {
            u64::from(*first) | u64::from(text[text.len() / 2]) << 8 | u64::from(text[text.len() - 1]) << 16
        }
        _ if text.len() > 8 => return None,
        _ => {
            let word = |bytes: &[u8; 4]| u64::from(u32::from_le_bytes(*bytes));
            word(text.first_chunk()?) | word(text.last_chunk()?) << 32
        }
    };
    Some((word, text.len()))
}

/// Cache slot of a short text, by Fibonacci hashing (Knuth, The Art of Computer Programming, volume 3, section 6.4): the
/// top bits of the product depend on all bits of the factor.
#[inline]
fn slot((word, length): ShortText) -> usize {
    ((word ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (u64::BITS - CACHE_SLOT_BITS)) as usize
}

/// Key with the values that are not UTF-8 read as Windows-1252; `None` if there are none.
fn decoded(key: &[u8]) -> Option<Vec<u8>> {
    let decoded: Vec<Option<String>> = key_values(key).map(|value| from_windows_1252(value?)).collect();
    decoded.iter().any(Option::is_some).then(|| {
        let values = key_values(key).zip(&decoded).map(|(value, decoded)| match decoded {
            Some(text) => Some(trim_blanks(text.as_bytes())).filter(|text| !text.is_empty()),
            None => value,
        });
        key_of(values)
    })
}

/// Key of these values.
pub(super) fn key_of<'a>(values: impl IntoIterator<Item = Option<&'a [u8]>>) -> Vec<u8> {
    let mut key = Vec::new();
    for value in values {
        let text = value.unwrap_or_default();
        key.push(u8::from(value.is_some()));
        key.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
        key.extend_from_slice(text);
    }
    key
}

/// Values in a key.
pub(super) fn key_values(mut key: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    std::iter::from_fn(move || {
        let (head, rest) = key.split_first_chunk::<5>()?;
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let (text, rest) = rest.split_at(length.min(rest.len()));
        key = rest;
        Some((head[0] == 1).then_some(text))
    })
}

/// Sort key of a value.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum SortKey {
    Number(OrderedDecimal, Vec<u8>),
    Text(Vec<u8>),
    Null,
}

/// Sorts values of a group column as results are: numbers by value, then texts, then the empty one.
pub fn sort_group_values(values: &mut [Option<&str>]) {
    values.sort_by_cached_key(|value| SortKey::of(value.map(str::as_bytes), &TableOptions::default()));
}

/// Number ordered by value.
struct OrderedDecimal(Decimal);

impl SortKey {
    fn of(value: Option<&[u8]>, options: &TableOptions) -> Self {
        // Typed numbers have a decimal point whatever the options say.
        let number = |text: &[u8]| spelling::parse(options, text).or_else(|_| Number::parse(text));
        match value.map(|text| (text, number(text))) {
            None => Self::Null,
            Some((text, Ok(Number::Finite(decimal)))) => Self::Number(OrderedDecimal(decimal), text.to_vec()),
            // The byte order of UTF-8 is the order of code points.
            Some((text, _)) => Self::Text(text.to_vec()),
        }
    }
}

impl Ord for OrderedDecimal {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(other.0)
    }
}

impl PartialOrd for OrderedDecimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for OrderedDecimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for OrderedDecimal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn natural_order() {
        let mut keys = GroupKeys::default();
        let texts = ["b", "10", "9", "a", "1", "01", "", "é", "-1", "1e1", "2024"];
        for text in texts {
            keys.find(&[0], |_, key| {
                key.extend_from_slice(text.as_bytes());
                !text.is_empty()
            });
        }
        let ordered: Vec<_> =
            keys.sorted(&TableOptions::default()).into_iter().map(|group| keys.texts(group).remove(0)).collect();
        let expected = ["-1", "01", "1", "9", "10", "1e1", "2024", "a", "b", "é"].map(|text| Some(text.to_owned()));
        assert_eq!(ordered, [expected.as_slice(), &[None]].concat());
    }
    #[test]
    fn further_keys_are_bounded() {
        let mut keys = GroupKeys::new(true);
        let value = |blanks: usize| [vec![0xa0; blanks], b"caf\xe9".to_vec()].concat();
        for blanks in (0..2000).chain(0..2000) {
            let group = keys.find(&[0], |_, key| {
                key.extend_from_slice(&value(blanks));
                true
            });
            assert_eq!(group, 0, "{blanks} no-break spaces in front of it");
        }
        assert_eq!(keys.texts(0), [Some("café".to_owned())]);
        let bytes: usize = keys.aliases.keys().map(|key| key.len()).sum();
        assert!(
            keys.keys.len() == 1 && keys.aliases.len() <= MAX_ALIASES && bytes <= MAX_ALIASES * MAX_ALIAS_BYTES,
            "{bytes} bytes"
        );
    }
}
