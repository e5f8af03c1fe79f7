//! Records one a line, described on all cores. Blocks of whole lines need not wait for each other while they have the
//! members that are known. What follows a new one in its block is read again in order: members are columns, and these are
//! told in the order in which they turn up.

use memchr::memrchr;

use crate::json::records::Records;
use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::parallel::{DescribeBlock, FindBoundary};
use describe_options::InputError;

/// The records before any block, which know the members; and how long a token may be.
#[derive(Debug)]
pub(crate) struct Lines {
    pub(crate) records: Records,
    pub(crate) limit: usize,
}

/// Partial result: the records of some blocks.
#[derive(Debug)]
pub(crate) struct LinesPartial {
    pub(crate) records: Records,
    pub(crate) blocks: Vec<Described>,
}

/// A block that is done, up to its rest.
#[derive(Debug)]
pub(crate) struct Described {
    place: u64,
    pub(crate) bytes: usize,
    pub(crate) lines: u64,
    /// How many records these lines have.
    pub(crate) rows: u64,
    pub(crate) rest: Option<Box<Rest>>,
}

/// What is to be read again in order: lines, the first of which has a new member or is refused.
#[derive(Debug)]
pub(crate) struct Rest {
    pub(crate) text: Vec<u8>,
    /// How many cells of the first record were taken.
    pub(crate) taken: usize,
    /// Why it is refused, if it is not for a new member.
    pub(crate) refused: Option<InputError>,
}

impl LinesPartial {
    /// The records, and the blocks in their order.
    pub(crate) fn in_order(mut self) -> (Records, Vec<Described>) {
        self.blocks.sort_unstable_by_key(|block| block.place);
        (self.records, self.blocks)
    }
}

impl DescribeBlock for Lines {
    type Partial = LinesPartial;

    fn new_partial(&self) -> LinesPartial {
        LinesPartial { records: self.records.apart(), blocks: Vec::new() }
    }

    fn describe(&self, place: u64, text: &[u8], partial: &mut LinesPartial) -> bool {
        let LinesPartial { records, blocks } = partial;
        let mut tokens = Tokenizer::new(self.limit, true);
        let read = tokens.feed(text, records).and_then(|()| tokens.finish(records));
        let (lines, bytes) = tokens.lines_done();
        let rows = records.end_block(2 * place);
        let rest = read.err().map(|rejection| {
            let (taken, is_new) = records.give_up();
            Box::new(Rest { text: text[bytes..].to_vec(), taken, refused: (!is_new).then_some(rejection) })
        });
        let failed = rest.is_some();
        blocks.push(Described { place, bytes, lines, rows, rest });
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
        self.take(token).map(|_| ())
    }

    fn numbers(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }

    #[inline]
    fn members(&mut self, text: &[u8]) -> Result<usize, InputError> {
        self.take_members(text)
    }
}

/// Finds the end of the last line at which no string can go on, looking at every byte once.
#[derive(Debug, Default)]
pub(crate) struct LineBoundaries {
    /// How far the text was looked at.
    seen: usize,
    /// Whether a line is longer than a block; it is read as it comes.
    ended: bool,
}

impl FindBoundary for LineBoundaries {
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut boundary = text.len();
        loop {
            boundary = memrchr(b'\n', &text[self.seen..boundary]).map_or(0, |end| self.seen + end + 1);
            // Behind a backslash a line end is a bad escape in a string, which may go on in the next line.
            if boundary < 2 || text[boundary - 2] != b'\\' {
                break;
            }
            boundary -= 1;
        }
        self.ended = boundary == 0;
        self.seen = text.len() - boundary;
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
    fn no_string_goes_on_behind_a_block() {
        let cut = |text: &str| LineBoundaries::default().find_boundary(text.as_bytes()).expect("no limit");
        assert_eq!(cut("1\n2\n3"), 4);
        assert_eq!(cut("\"a\"\n\"b\\\n\"c\\\n"), 4);
        assert_eq!(cut("\n"), 1);
        assert_eq!(cut("\\\n"), 0);
        let mut ends = LineBoundaries::default();
        assert_eq!(ends.find_boundary(b"1\n2").ok(), Some(2));
        assert_eq!((ends.find_boundary(b"2\\\n").ok(), ends.ended()), (Some(0), true));
    }
}
