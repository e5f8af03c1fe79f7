//! End of a delimited text: its last record, and notes behind the table.
//!
//! Input: text with the starts of its last records. Output: the start of the last record and of the notes behind it. Notes
//! are records with one cell that is not empty, in the first column, a text. Invariant: at most [`MAX_NOTES`] records are
//! passed over, and none that is longer than [`MAX_NOTE_BYTES`], so the end of a text has a limited length wherever it was
//! cut before.

use std::collections::VecDeque;

use super::quoted::DecodedRecord;
use super::syntax::Syntax;
use crate::table::Schema;
use describe_options::TableOptions;

/// Maximum number of records that are passed over, notes and blank ones.
pub(super) const MAX_NOTES: usize = 100;

/// Maximum length of a note.
const MAX_NOTE_BYTES: usize = 1000;

/// Maximum length of a last record that is compared with the others.
const MAX_LAST_RECORD_BYTES: usize = 1 << 20;

/// Start of the last record, and of the notes and blank records behind it; of the notes alone if that record is too long or
/// too many notes follow it. `starts` has the starts of the last records, and the end of the last one.
pub(super) fn tail(text: &[u8], starts: &VecDeque<usize>, syntax: Syntax, options: &TableOptions) -> usize {
    let mut record = DecodedRecord::default();
    let mut end = starts.back().copied().unwrap_or_default();
    for start in starts.iter().rev().skip(1).take(MAX_NOTES + 1).copied() {
        if !is_passed_over(&mut record, &text[start..end], syntax, options) {
            return if end - start > MAX_LAST_RECORD_BYTES { end } else { start };
        }
        end = start;
    }
    end
}

/// Whether a record may stand behind the last one of the table.
fn is_passed_over(record: &mut DecodedRecord, text: &[u8], syntax: Syntax, options: &TableOptions) -> bool {
    text.len() <= MAX_NOTE_BYTES
        && record.read(text, 0, syntax, true).is_some()
        && (record.is_blank() || (options.skip_end.is_none() && is_note(record, options)))
}

/// Last records of a text, each with what is needed to tell notes and the last record of the table.
pub(super) struct LastRecords {
    /// Records that are not blank, in the order of the text.
    pub(super) records: Vec<TailRecord>,
}

/// A record near the end of a text.
pub(super) struct TailRecord {
    pub(super) start: usize,
    /// Number of blank rows behind it.
    pub(super) blank_rows: u64,
    pub(super) cells: Vec<Vec<u8>>,
    pub(super) is_note: bool,
    /// Number of records up to the end of the text, this one and blank ones included.
    rows_to_end: usize,
    bytes: usize,
}

impl TailRecord {
    pub(super) fn first_cell(&self) -> &[u8] {
        self.cells.first().map_or(b"", Vec::as_slice)
    }
}

impl LastRecords {
    /// Reads the records behind `at`; `None` if one of them is malformed. Keeps no more of them than can matter.
    pub(super) fn read(text: &[u8], mut at: usize, syntax: Syntax, options: &TableOptions) -> Option<Self> {
        let kept = options.skip_end.map_or(MAX_NOTES, |count| usize::try_from(count).unwrap_or(usize::MAX));
        let mut records: VecDeque<TailRecord> = VecDeque::new();
        let mut record = DecodedRecord::default();
        let mut rows = 0;
        while let Some(end) = record.read(text, at, syntax, true) {
            if record.fault.is_some() {
                return None;
            }
            if !record.is_blank() {
                if records.len() > kept {
                    records.pop_front();
                }
                let bytes = end - at;
                let cells = record.texts().map(<[u8]>::to_vec).collect();
                let is_note = bytes <= MAX_NOTE_BYTES && is_note(&record, options);
                records.push_back(TailRecord { start: at, blank_rows: 0, cells, is_note, rows_to_end: rows, bytes });
            } else if let Some(last) = records.back_mut() {
                last.blank_rows += 1;
            }
            rows += 1;
            at = end;
        }
        for record in &mut records {
            record.rows_to_end = rows - record.rows_to_end;
        }
        Some(Self { records: records.into() })
    }

    /// Number of records that are no notes, which come first. In a table of one column a note has a blank. Where more than
    /// [`MAX_NOTES`] look like notes, they are records with an empty rest, and none is a note.
    pub(super) fn without_notes(&self, is_narrow: bool) -> usize {
        let is_note = |record: &&TailRecord| record.is_note && (!is_narrow || record.first_cell().contains(&b' '));
        let table = self.records.len() - self.records.iter().rev().take_while(is_note).count();
        // A text that stands before is a value of the first column, and notes alone are a table without values.
        let is_value = |at: &usize| {
            let before = &self.records[table.saturating_sub(1)..*at];
            before.iter().any(|other| other.first_cell() == self.records[*at].first_cell())
        };
        match self.records.get(table) {
            Some(first) if table > 0 && first.rows_to_end <= MAX_NOTES => {
                (table..self.records.len()).rfind(is_value).map_or(table, |at| at + 1)
            }
            _ => self.records.len(),
        }
    }

    /// Cells of the last of the first `count` records and the number of blank rows behind it, unless it is too long or too far
    /// from the end.
    pub(super) fn last_of(&mut self, count: usize, options: &TableOptions) -> Option<(Vec<Vec<u8>>, u64)> {
        let record = self.records.get_mut(count.checked_sub(1)?)?;
        let is_near = options.skip_end.is_some_and(|records| records > 0) || record.rows_to_end <= MAX_NOTES + 1;
        let is_kept = is_near && record.bytes <= MAX_LAST_RECORD_BYTES;
        is_kept.then(|| (std::mem::take(&mut record.cells), record.blank_rows))
    }
}

/// Whether a record has one cell that is not empty, in the first column, a text that is neither data nor a misspelled number.
/// In a table of one column a word alone may be a code that was not declared, so there a note has a blank.
fn is_note(record: &DecodedRecord, options: &TableOptions) -> bool {
    let mut texts = record.texts();
    let first = texts.next().unwrap_or_default();
    !first.is_empty() && Schema::looks_like_note(options, first) && texts.all(<[u8]>::is_empty)
}
