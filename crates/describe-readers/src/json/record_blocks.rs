//! Parallel description of blocks of records: lines of NDJSON, or elements of an array.
//!
//! Input: the text after a record. Output: the records of each block of whole records, and those from the first one with a new
//! member or an error, which the caller reads again in order. Invariant: blocks do not depend on each other while their
//! records have only known members; new members become columns in the order of their appearance in the text.

use crate::json::boundaries::elements_end;
use crate::json::records::Records;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::parallel::DescribeBlock;
use describe_options::InputError;

/// Describer of blocks of records.
#[derive(Debug)]
pub(crate) struct RecordBlocks {
    /// Records before the blocks, with the known members.
    pub(crate) records: Records,
    /// Whether the blocks are lines of NDJSON. Otherwise they are elements of an array, each with the comma before it.
    pub(crate) lines: bool,
    pub(crate) max_token_bytes: usize,
}

/// Partial result: aggregated records of some blocks.
#[derive(Debug)]
pub(crate) struct RecordsPartial {
    pub(crate) records: Records,
    pub(crate) blocks: Vec<DescribedRecords>,
}

/// Described block.
#[derive(Debug)]
pub(crate) struct DescribedRecords {
    index: u64,
    /// Length of the described records.
    pub(crate) bytes: usize,
    /// Number of their lines, blank ones included; 0 in an array.
    pub(crate) lines: u64,
    /// Number of the described records.
    pub(crate) rows: u64,
    /// Remaining records of the block.
    pub(crate) rest: Option<Box<RemainingRecords>>,
}

/// Records that are read again in order. The first one has a new member or an error.
#[derive(Debug)]
pub(crate) struct RemainingRecords {
    pub(crate) text: Vec<u8>,
    /// Number of cells of the first record that were already added to the aggregate.
    pub(crate) cells_added: usize,
    /// Error of the first record; `None` if it has a new member.
    pub(crate) error: Option<InputError>,
}

impl RecordsPartial {
    /// Returns the records and the sorted blocks.
    pub(crate) fn in_order(mut self) -> (Records, Vec<DescribedRecords>) {
        self.blocks.sort_unstable_by_key(|block| block.index);
        (self.records, self.blocks)
    }
}

impl DescribeBlock for RecordBlocks {
    type Partial = RecordsPartial;

    fn new_partial(&self) -> RecordsPartial {
        RecordsPartial { records: self.records.empty_copy(), blocks: Vec::new() }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut RecordsPartial) -> bool {
        let RecordsPartial { records, blocks } = partial;
        let mut tokenizer = if self.lines {
            Tokenizer::new(self.max_token_bytes, true)
        } else {
            Tokenizer::after_element(self.max_token_bytes)
        };
        let mut read = tokenizer.feed(text, records);
        if self.lines && read.is_ok() {
            read = tokenizer.finish(records);
        }
        let rows = records.end_block(2 * index);
        let (lines, bytes) = match &read {
            _ if self.lines => tokenizer.completed_lines(),
            Ok(()) => (0, text.len()),
            Err(_) => (0, elements_end(text, rows)),
        };
        let rest = read.err().map(|error| {
            let (cells_added, has_new_member) = records.abandon_record();
            let error = (!has_new_member).then_some(error);
            Box::new(RemainingRecords { text: text[bytes..].to_vec(), cells_added, error })
        });
        let failed = rest.is_some();
        blocks.push(DescribedRecords { index, bytes, lines, rows, rest });
        failed
    }

    fn merge(&self, all: &mut RecordsPartial, mut other: RecordsPartial) {
        all.records.merge(other.records);
        all.blocks.append(&mut other.blocks);
    }
}

impl Sink for Records {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        self.push_token(token).map(|_| ())
    }

    fn numbers(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }

    #[inline]
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        self.push_members(text)
    }

    fn accepts_cut_string(&self) -> bool {
        Self::accepts_cut_string(self)
    }
}
