//! Parallel description of records, one per line.
//!
//! Input: the text of NDJSON after a line. Output: the records of each block of whole lines, and the lines from the first one
//! with a new member or an error, which the caller reads again in order. Invariant: blocks do not depend on each other while
//! their records have only known members; new members become columns in the order of their appearance in the text.

use memchr::memrchr;

use crate::json::records::Records;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::parallel::{DescribeBlock, FindBoundary};
use describe_options::InputError;

/// Describer of blocks of lines.
#[derive(Debug)]
pub(crate) struct Lines {
    /// Records before the blocks, with the known members.
    pub(crate) records: Records,
    pub(crate) max_token_bytes: usize,
}

/// Partial result: aggregated records of some blocks.
#[derive(Debug)]
pub(crate) struct LinesPartial {
    pub(crate) records: Records,
    pub(crate) blocks: Vec<DescribedLines>,
}

/// Described block.
#[derive(Debug)]
pub(crate) struct DescribedLines {
    index: u64,
    /// Length of the described lines.
    pub(crate) bytes: usize,
    /// Number of the described lines.
    pub(crate) lines: u64,
    /// Number of records in these lines.
    pub(crate) rows: u64,
    /// Remaining lines of the block.
    pub(crate) rest: Option<Box<RemainingLines>>,
}

/// Lines that are read again in order. The first one has a new member or an error.
#[derive(Debug)]
pub(crate) struct RemainingLines {
    pub(crate) text: Vec<u8>,
    /// Number of cells of the first record that were already added to the aggregate.
    pub(crate) cells_added: usize,
    /// Error of the first line; `None` if it has a new member.
    pub(crate) error: Option<InputError>,
}

impl LinesPartial {
    /// Returns the records and the sorted blocks.
    pub(crate) fn in_order(mut self) -> (Records, Vec<DescribedLines>) {
        self.blocks.sort_unstable_by_key(|block| block.index);
        (self.records, self.blocks)
    }
}

impl DescribeBlock for Lines {
    type Partial = LinesPartial;

    fn new_partial(&self) -> LinesPartial {
        LinesPartial { records: self.records.empty_copy(), blocks: Vec::new() }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut LinesPartial) -> bool {
        let LinesPartial { records, blocks } = partial;
        let mut tokenizer = Tokenizer::new(self.max_token_bytes, true);
        let read = tokenizer.feed(text, records).and_then(|()| tokenizer.finish(records));
        let (lines, bytes) = tokenizer.completed_lines();
        let rows = records.end_block(2 * index);
        let rest = read.err().map(|error| {
            let (cells_added, has_new_member) = records.abandon_record();
            let error = (!has_new_member).then_some(error);
            Box::new(RemainingLines { text: text[bytes..].to_vec(), cells_added, error })
        });
        let failed = rest.is_some();
        blocks.push(DescribedLines { index, bytes, lines, rows, rest });
        failed
    }

    fn merge(&self, all: &mut LinesPartial, mut other: LinesPartial) {
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

/// Finds the end of the last line after which a string cannot continue. Each byte is examined once.
#[derive(Debug, Default)]
pub(crate) struct LineBoundaries {
    /// Number of bytes already searched.
    searched: usize,
    /// Whether a line is longer than a block. Such a line is read token by token.
    ended: bool,
}

impl FindBoundary for LineBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut boundary = text.len();
        loop {
            boundary = memrchr(b'\n', &text[self.searched..boundary]).map_or(0, |end| self.searched + end + 1);
            // A line break after a backslash is an invalid escape in a string, and the string may continue in the next line.
            if boundary < 2 || text[boundary - 2] != b'\\' {
                break;
            }
            boundary -= 1;
        }
        self.ended = boundary == 0;
        self.searched = text.len() - boundary;
        Ok(boundary)
    }

    fn ended(&self) -> bool {
        self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_do_not_continue_after_a_block() {
        let boundary = |text: &str| LineBoundaries::default().find_boundary(text.as_bytes()).expect("no limit");
        assert_eq!(boundary("1\n2\n3"), 4);
        assert_eq!(boundary("\"a\"\n\"b\\\n\"c\\\n"), 4);
        assert_eq!(boundary("\n"), 1);
        assert_eq!(boundary("\\\n"), 0);
        let mut boundaries = LineBoundaries::default();
        assert_eq!(boundaries.find_boundary(b"1\n2").ok(), Some(2));
        assert_eq!((boundaries.find_boundary(b"2\\\n").ok(), boundaries.ended()), (Some(0), true));
    }
}
