//! Structural index of delimited text: bit sets of delimiters, line breaks and quotes, for 64 bytes at once (Langdale and
//! Lemire, "Parsing Gigabytes of JSON per Second", 2019), and the ends of cells taken from them.
//!
//! Input: a block of whole records. Output: positions of the bytes that end cells, up to the first quote. Invariant: nothing
//! after a quote is indexed, because it may be quoted text.

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x64};

/// Structural bytes among 64 bytes of a block, as bit sets. Bytes after the end of the block are not indexed.
pub(super) struct StructuralIndex {
    /// Delimiters and line breaks before the first quote.
    pub(super) cell_ends: u64,
    /// Line breaks before the first quote.
    pub(super) line_breaks: u64,
    /// Carriage returns before the first quote.
    pub(super) carriage_returns: u64,
    /// Whether one of the bytes is a quote.
    pub(super) has_quote: bool,
}

impl StructuralIndex {
    #[inline(always)]
    #[expect(
        clippy::inline_always,
        reason = "the caller is compiled for more CPU features than the program as a whole"
    )]
    pub(super) fn new<S: Simd>(simd: S, block: &[u8], base: usize, delimiter: u8) -> Self {
        let rest = &block[base..];
        let mut padded = [0; 64];
        let (window, in_block) = rest.first_chunk().map_or_else(
            || {
                padded[..rest.len()].copy_from_slice(rest);
                (&padded, (1 << rest.len()) - 1)
            },
            |window| (window, u64::MAX),
        );
        let window = u8x64::from_slice(simd, window);
        let is = |byte| window.simd_eq(u8x64::splat(simd, byte));
        let (line_feeds, carriage_returns, quotes) = (is(b'\n'), is(b'\r'), is(b'"'));
        let cell_ends = (is(delimiter) | line_feeds).to_bitmask() & in_block;
        let line_breaks = line_feeds.to_bitmask() & in_block;
        if (carriage_returns | quotes).any_true() {
            let (carriage_returns, quotes) = (carriage_returns.to_bitmask() & in_block, quotes.to_bitmask() & in_block);
            Self::with_rare_bytes(cell_ends, line_breaks, carriage_returns, quotes)
        } else {
            Self { cell_ends, line_breaks, carriage_returns: 0, has_quote: false }
        }
    }

    /// Adds the carriage returns to the bit sets and removes the bytes after the first quote.
    #[inline(never)]
    fn with_rare_bytes(cell_ends: u64, line_breaks: u64, carriage_returns: u64, quotes: u64) -> Self {
        // All bits below the first quote, or all 64.
        let before_quote = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        let carriage_returns = carriage_returns & before_quote;
        let [cell_ends, line_breaks] = [cell_ends, line_breaks].map(|bits| bits & before_quote | carriage_returns);
        Self { cell_ends, line_breaks, carriage_returns, has_quote: quotes != 0 }
    }

    /// Removes line feeds that directly follow a carriage return. `carried` is 1 if the previous window ended with a carriage
    /// return, otherwise 0. Returns the same for this window.
    #[inline]
    pub(super) fn merge_line_breaks(&mut self, carried: u64) -> u64 {
        let line_feeds = self.line_breaks & !self.carriage_returns & (self.carriage_returns << 1 | carried);
        self.cell_ends &= !line_feeds;
        self.line_breaks &= !line_feeds;
        self.carriage_returns >> 63
    }
}

/// Queue of the positions at which cells end: those of whole records, then those of an incomplete record.
pub(super) struct CellEnds {
    positions: Vec<u32>,
    /// Number of positions in use.
    len: usize,
    /// Index of the first position in the queue.
    first: usize,
    /// Number of whole records in the queue.
    records: usize,
}

impl CellEnds {
    /// Initial capacity, less the 64 positions that one window may add.
    const INITIAL_POSITIONS: usize = 4096;

    pub(super) fn new() -> Self {
        Self { positions: vec![0; Self::INITIAL_POSITIONS + 64], len: 0, first: 0, records: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.len, self.first, self.records) = (0, 0, 0);
    }

    /// Adds the ends of cells in the window at `base`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `StructuralIndex::new`")]
    #[expect(clippy::cast_possible_truncation, reason = "blocks are far smaller than 4 GiB")]
    pub(super) fn add(&mut self, base: usize, index: &StructuralIndex) {
        let mut bits = index.cell_ends;
        let count = bits.count_ones() as usize;
        let Some(free) = self.positions[self.len..].first_chunk_mut::<64>() else { return };
        // Writes groups of four positions, the last one with surplus: a loop with a varying number of iterations is
        // mispredicted more often (Langdale and Lemire, 2019, 3.1.5).
        for group in free.as_chunks_mut::<4>().0.iter_mut().take(count.div_ceil(4)) {
            for end in group {
                *end = base as u32 + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.len += count;
        self.records += index.line_breaks.count_ones() as usize;
    }

    /// Whether the positions of another window may not fit.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.len + 64 > self.positions.len()
    }

    /// Frees the space of positions that were removed from the queue, and grows if it is still half full.
    #[cold]
    pub(super) fn compact(&mut self) {
        self.positions.copy_within(self.first..self.len, 0);
        (self.len, self.first) = (self.len - self.first, 0);
        if self.len > Self::INITIAL_POSITIONS / 2 {
            self.positions.resize(2 * self.positions.len(), 0);
        }
    }

    /// Number of whole records in the queue.
    pub(super) fn records(&self) -> usize {
        self.records
    }

    /// Positions in the queue.
    pub(super) fn positions(&self) -> &[u32] {
        &self.positions[self.first..self.len]
    }

    /// Removes the first records, which have `cells` cells together, and returns the ends of these.
    pub(super) fn remove(&mut self, records: usize, cells: usize) -> &[u32] {
        let first = self.first;
        self.first += cells;
        self.records -= records;
        &self.positions[first..self.first]
    }
}
