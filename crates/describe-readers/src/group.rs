//! The groups of a table: which records have the same values in the columns to group by.

use std::cmp::Ordering;
use std::collections::HashMap;

use describe::{Decimal, Number};

/// The keys of the groups in the order in which they came.
///
/// A key is, for each column, one byte that says whether there is a value, its length in four bytes, and its text.
#[derive(Debug, Default)]
pub(super) struct GroupKeys {
    indexes: HashMap<Box<[u8]>, usize>,
    keys: Vec<Box<[u8]>>,
    /// The key at hand.
    scratch: Vec<u8>,
    /// Short values of a single column seen lately, each at the place that its bits say, and their groups: files repeat few
    /// values, and this beats hashing.
    recent: Vec<(Short, usize)>,
}

const RECENT: usize = 256;

/// Up to eight bytes of text that is not empty, and how many they are; no text is `(0, 0)`.
type Short = (u64, usize);

impl GroupKeys {
    /// The index of the group with the values that `value` adds to a key; one more than there were if it is new.
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
        let found = self.search();
        if let ([_], Some(short)) = (columns, self.scratch.get(5..).and_then(short)) {
            self.recent.resize(RECENT, ((0, 0), 0));
            self.recent[place(short)] = (short, found);
        }
        found
    }

    /// The group with this value of a single column, if it was seen lately.
    #[inline]
    pub(super) fn recent(&self, text: &[u8]) -> Option<usize> {
        let short = short(text)?;
        let (value, group) = self.recent.get(place(short))?;
        (*value == short).then_some(*group)
    }

    fn search(&mut self) -> usize {
        if let Some(group) = self.indexes.get(self.scratch.as_slice()) {
            return *group;
        }
        let key: Box<[u8]> = self.scratch.as_slice().into();
        self.keys.push(key.clone());
        self.indexes.insert(key, self.keys.len() - 1);
        self.keys.len() - 1
    }

    /// The index of a group by its key, made if it is new.
    pub(super) fn find_key(&mut self, key: &[u8]) -> usize {
        self.scratch.clear();
        self.scratch.extend_from_slice(key);
        self.search()
    }

    pub(super) fn key(&self, group: usize) -> &[u8] {
        &self.keys[group]
    }

    /// The first value of a group that is not UTF-8, and the place of its column.
    pub(super) fn not_utf8(&self, group: usize) -> Option<(usize, Vec<u8>)> {
        let bad = values(&self.keys[group])
            .enumerate()
            .find(|(_, value)| std::str::from_utf8(value.unwrap_or_default()).is_err());
        bad.map(|(place, value)| (place, value.unwrap_or_default().to_vec()))
    }

    /// The values of a group.
    pub(super) fn texts(&self, group: usize) -> Vec<Option<String>> {
        values(&self.keys[group]).map(|value| value.map(|text| String::from_utf8_lossy(text).into_owned())).collect()
    }

    /// The groups' indexes in the order of their values: numbers by value, then text by code point, then null.
    pub(super) fn in_order(&self, decimal_comma: bool) -> Vec<usize> {
        let mut order: Vec<usize> = (0..self.keys.len()).collect();
        order.sort_by_cached_key(|group| {
            values(&self.keys[*group]).map(|value| Rank::of(value, decimal_comma)).collect::<Vec<_>>()
        });
        order
    }
}

/// A text of one to eight bytes as a number: two words of four bytes that may overlap, or its first, middle and last byte.
#[inline]
fn short(text: &[u8]) -> Option<Short> {
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

/// The place of a value among those seen lately. The top bits of a product depend on all bits below (Knuth, TAOCP 3, 6.4:
/// Fibonacci hashing).
#[inline]
fn place((word, length): Short) -> usize {
    ((word ^ length as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as usize
}

/// The values in a key.
fn values(mut key: &[u8]) -> impl Iterator<Item = Option<&[u8]>> {
    std::iter::from_fn(move || {
        let (head, rest) = key.split_first_chunk::<5>()?;
        let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]) as usize;
        let (text, rest) = rest.split_at(length.min(rest.len()));
        key = rest;
        Some((head[0] == 1).then_some(text))
    })
}

/// What a value is ordered by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Number(Value, Vec<u8>),
    Text(Vec<u8>),
    Null,
}

/// A number, ordered by its value.
struct Value(Decimal);

impl Rank {
    fn of(value: Option<&[u8]>, decimal_comma: bool) -> Self {
        let number = |text: &[u8]| {
            let point = |byte: &u8| if decimal_comma && *byte == b',' { b'.' } else { *byte };
            Number::parse(&text.iter().map(point).collect::<Vec<u8>>())
        };
        match value.map(|text| (text, number(text))) {
            None => Self::Null,
            Some((text, Ok(Number::Finite(decimal)))) => Self::Number(Value(decimal), text.to_vec()),
            // UTF-8 sorts by bytes as by code points.
            Some((text, _)) => Self::Text(text.to_vec()),
        }
    }
}

impl Ord for Value {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.compare(other.0)
    }
}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

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
        let ordered: Vec<_> = keys.in_order(false).into_iter().map(|group| keys.texts(group).remove(0)).collect();
        let expected = ["-1", "01", "1", "9", "10", "1e1", "2024", "a", "b", "é"].map(|text| Some(text.to_owned()));
        assert_eq!(ordered, [expected.as_slice(), &[None]].concat());
    }
}
