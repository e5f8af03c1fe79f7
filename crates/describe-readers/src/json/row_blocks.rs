//! Parallel description of blocks of rows of a nested array of numbers.
//!
//! Input: the text of the array after a row. Output: accumulated columns, and the rows of each block. A block with an invalid or
//! missing value, or a row of another length, is read again in order by the caller, because these are reported with their place.
//! Invariant: blocks do not depend on each other, because the first row has set the number of columns.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::json::tokenizer::{Sink, Token, Tokenizer};
use crate::numbers::Numbers;
use crate::parallel::DescribeBlock;
use describe::Sample;
use describe_options::{InputError, JsonFault};

/// Describer of blocks of rows.
#[derive(Debug)]
pub(crate) struct RowBlocks {
    /// Numbers without values, with the columns of the array.
    numbers: Numbers,
    /// Number of rows whose samples are kept. Beyond the limit on slices none are needed.
    kept_rows: AtomicUsize,
    max_token_bytes: usize,
}

/// Partial result: accumulated columns of some blocks.
#[derive(Debug)]
pub(crate) struct RowsPartial {
    /// `None` before the first block.
    pub(crate) numbers: Option<Numbers>,
    pub(crate) blocks: Vec<DescribedRows>,
}

/// Described block.
#[derive(Debug)]
pub(crate) struct DescribedRows {
    index: u64,
    pub(crate) bytes: usize,
    /// Number of rows.
    pub(crate) rows: u64,
    /// Samples of the rows; `None` if there are more than the limit.
    pub(crate) samples: Option<Vec<Sample>>,
    /// Text of a block that is read again.
    pub(crate) refused: Option<Vec<u8>>,
}

impl RowBlocks {
    /// Describer of rows that are added to numbers without values.
    pub(crate) fn new(numbers: Numbers, kept_rows: usize, max_token_bytes: usize) -> Self {
        Self { numbers, kept_rows: AtomicUsize::new(kept_rows), max_token_bytes }
    }

    /// Numbers of a block; `None` if it has to be read again.
    fn read(&self, text: &[u8]) -> Option<Numbers> {
        let keeps_rows = self.kept_rows.load(Ordering::Relaxed) <= self.numbers.max_slices();
        let mut numbers = self.numbers.empty_rows(keeps_rows).ok()?;
        let read = Tokenizer::after_element(self.max_token_bytes).feed(text, &mut numbers);
        if read.is_err() || numbers.has_diagnostics() {
            numbers.release_columns();
            return None;
        }
        Some(numbers)
    }
}

impl RowsPartial {
    /// Sorts the blocks.
    pub(crate) fn in_order(mut self) -> Self {
        self.blocks.sort_unstable_by_key(|block| block.index);
        self
    }

    /// Adds the columns of other rows.
    fn add(&mut self, other: Numbers) {
        match &mut self.numbers {
            None => self.numbers = Some(other),
            Some(numbers) => {
                numbers.merge_columns(&other);
                other.release_columns();
            }
        }
    }
}

impl DescribeBlock for RowBlocks {
    type Partial = RowsPartial;

    fn new_partial(&self) -> RowsPartial {
        RowsPartial { numbers: None, blocks: Vec::new() }
    }

    fn describe(&self, index: u64, text: &[u8], partial: &mut RowsPartial) -> bool {
        let mut block = DescribedRows { index, bytes: text.len(), rows: 0, samples: None, refused: None };
        if let Some(mut numbers) = self.read(text) {
            (block.rows, block.samples) = numbers.take_rows();
            let kept = block.samples.as_ref().map_or(0, Vec::len);
            self.kept_rows.fetch_add(kept, Ordering::Relaxed);
            partial.add(numbers);
        } else {
            block.refused = Some(text.to_vec());
        }
        let failed = block.refused.is_some();
        partial.blocks.push(block);
        failed
    }

    fn merge(&self, all: &mut RowsPartial, mut other: RowsPartial) {
        if let Some(numbers) = other.numbers {
            all.add(numbers);
        }
        all.blocks.append(&mut other.blocks);
    }
}

impl Sink for Numbers {
    #[inline]
    fn token(&mut self, token: Token) -> Result<(), InputError> {
        match token {
            Token::Number(Ok(decimal), _) => self.push_decimal(decimal),
            Token::ArrayStart => self.begin_row(),
            Token::ArrayEnd => {
                self.end_array();
                Ok(())
            }
            token => match token.as_element() {
                Some((number, text)) => self.push_parsed(number, text),
                None => Err(self.unexpected(JsonFault::ObjectAmongNumbers)),
            },
        }
    }

    fn numbers(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }

    fn members(&mut self, _: &[u8]) -> Result<usize, InputError> {
        Ok(0)
    }
}
