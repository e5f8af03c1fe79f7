//! Labels of the rows of columns that are objects, `{"mark":{"0":41,"1":55},"cohort":{"0":"a","1":"b"}}`, or of rows that are.
//!
//! Input: the labels of one column after another, or of all rows. Output: whether each column has those of the first one, in the
//! same order. Invariants: no label of the first column is repeated; labels are stored only if they are not 0, 1, 2 and so on, up
//! to a limit.

use std::collections::HashSet;

use crate::errors::{exceeded, repeated};
use crate::ledger::Ledger;
use crate::limits::Limits;
use describe_options::{InputError, Measured};

/// Memory of an entry of a set with its allocation, besides the label.
const KNOWN_LABEL_BYTES: usize = 64;

/// Labels of the first column, and the position in the current one.
#[derive(Debug)]
pub(crate) struct RowLabels {
    /// Labels of the first column, each after its length in four bytes; `None` while they are 0, 1, 2 and so on.
    stored: Option<Vec<u8>>,
    /// The same labels.
    known: HashSet<Box<[u8]>>,
    /// Memory of these.
    known_bytes: usize,
    /// Number of labels of the first column.
    count: u64,
    is_first: bool,
    /// Number of labels of the current column.
    position: u64,
    /// Start in `stored` of the next label of the current column.
    next: usize,
    max_bytes: usize,
    ledger: Ledger,
}

impl RowLabels {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            stored: None,
            known: HashSet::new(),
            known_bytes: 0,
            count: 0,
            is_first: true,
            position: 0,
            next: 0,
            max_bytes: limits.memory,
            ledger: limits.ledger.clone(),
        }
    }

    /// Adds a label of the current column. Returns whether the first column has it in the same row.
    ///
    /// # Errors
    /// A label that is repeated in the first column, and labels that take more memory than the limit.
    pub(crate) fn push(&mut self, label: &[u8]) -> Result<bool, InputError> {
        let row = self.position;
        self.position += 1;
        if !self.is_first {
            return Ok(row < self.count && self.is_next(row, label));
        }
        self.count += 1;
        if self.stored.is_none() && is_number(label, row) {
            return Ok(true);
        }
        if self.stored.is_none() {
            self.stored = Some(Vec::new());
            for earlier in 0..row {
                self.store(earlier.to_string().as_bytes())?;
            }
        }
        self.store(label).map(|()| true)
    }

    /// Ends the current column. Returns whether it has all labels of the first one.
    pub(crate) fn end_column(&mut self) -> bool {
        let is_complete = self.position == self.count;
        (self.is_first, self.position, self.next) = (false, 0, 0);
        is_complete
    }

    fn store(&mut self, label: &[u8]) -> Result<(), InputError> {
        let stored = self.stored.get_or_insert_default();
        let needed = stored.len() + size_of::<u32>() + label.len();
        self.known_bytes += KNOWN_LABEL_BYTES + label.len();
        let is_within = needed + self.known_bytes <= self.max_bytes;
        let length = u32::try_from(label.len()).ok().filter(|_| is_within);
        let length = length.ok_or_else(|| exceeded(Measured::RowLabels, self.max_bytes))?;
        self.ledger.hold(label.len() + KNOWN_LABEL_BYTES);
        if !self.known.insert(label.into()) {
            return Err(repeated(&String::from_utf8_lossy(label)));
        }
        if needed > stored.capacity() {
            let capacity = (2 * stored.capacity()).clamp(needed, self.max_bytes);
            self.ledger.charge(capacity - stored.capacity())?;
            stored.reserve_exact(capacity - stored.len());
        }
        stored.extend_from_slice(&length.to_le_bytes());
        stored.extend_from_slice(label);
        Ok(())
    }

    /// Whether the next label of the first column, which is that of `row`, is this one.
    fn is_next(&mut self, row: u64, label: &[u8]) -> bool {
        let Some(stored) = &self.stored else { return is_number(label, row) };
        let Some((length, rest)) = stored[self.next..].split_first_chunk() else { return false };
        let length = u32::from_le_bytes(*length) as usize;
        self.next += size_of::<u32>() + length;
        rest.get(..length) == Some(label)
    }
}

/// Whether a label is this number as programs write it.
fn is_number(label: &[u8], number: u64) -> bool {
    let is_written = label.first().is_some_and(u8::is_ascii_digit) && (label.len() == 1 || label[0] != b'0');
    is_written && std::str::from_utf8(label).is_ok_and(|text| text.parse() == Ok(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agree(columns: &[&[&str]]) -> bool {
        let mut labels = RowLabels::new(&Limits { memory: 1000, ..Limits::default() });
        columns.iter().all(|column| {
            let same = column.iter().all(|label| labels.push(label.as_bytes()).expect("no limit"));
            labels.end_column() && same
        })
    }

    #[test]
    fn columns_agree_if_their_labels_do() {
        for labels in [&["0", "1", "2"][..], &["0", "1", "3"], &["a", "", "b"], &["00", "1"], &["1", "0"], &["+0"], &[]]
        {
            assert!(agree(&[labels, labels, labels]), "{labels:?}");
            let reversed: Vec<&str> = labels.iter().rev().copied().collect();
            assert_eq!(agree(&[labels, &reversed]), labels == reversed, "{labels:?}");
            for other in [&["0"][..], &["0", "1"], &["0", "1", "2", "3"], &["0", "1", "02"]] {
                assert_eq!(agree(&[labels, other]), labels == other, "{labels:?} {other:?}");
                assert_eq!(agree(&[other, labels]), labels == other, "{labels:?} {other:?}");
            }
        }
        assert!(RowLabels::new(&Limits { memory: 9, ..Limits::default() }).push(b"123456").is_err());
        for repeated in [&["0", "0"][..], &["0", "1", "5", "1"], &["a", "b", "a"]] {
            let mut labels = RowLabels::new(&Limits { memory: 1000, ..Limits::default() });
            let refused = repeated.iter().position(|label| labels.push(label.as_bytes()).is_err());
            assert_eq!(refused, Some(repeated.len() - 1), "{repeated:?}");
        }
    }
}
