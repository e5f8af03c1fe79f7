//! Where cells end: 64 bytes are compared at once with the delimiter, the line ends and the quote (Langdale and Lemire,
//! "Parsing Gigabytes of JSON per Second", 2019).

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x64};

/// What is where in 64 bytes of a block; nothing past its end.
pub(super) struct StructuralIndex {
    /// Delimiters and line ends before the first quote.
    pub(super) all: u64,
    /// Line ends before the first quote.
    pub(super) lines: u64,
    /// Those of them that are carriage returns.
    pub(super) carriages: u64,
    /// Whether there is a quote.
    pub(super) quote: bool,
}

impl StructuralIndex {
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "the caller may use more instructions than the program as a whole")]
    pub(super) fn of<S: Simd>(simd: S, block: &[u8], base: usize, delimiter: u8) -> Self {
        let rest = &block[base..];
        let mut last = [0; 64];
        let (window, within) = rest.first_chunk().map_or_else(
            || {
                last[..rest.len()].copy_from_slice(rest);
                (&last, (1 << rest.len()) - 1)
            },
            |window| (window, u64::MAX),
        );
        let window = u8x64::from_slice(simd, window);
        let is = |byte| window.simd_eq(u8x64::splat(simd, byte));
        let (feeds, carriages, quotes) = (is(b'\n'), is(b'\r'), is(b'"'));
        let (all, lines) = ((is(delimiter) | feeds).to_bitmask() & within, feeds.to_bitmask() & within);
        if (carriages | quotes).any_true() {
            Self::with_others(all, lines, carriages.to_bitmask() & within, quotes.to_bitmask() & within)
        } else {
            Self { all, lines, carriages: 0, quote: false }
        }
    }

    /// Adds the carriage returns, and takes off what follows a quote.
    #[inline(never)]
    fn with_others(all: u64, lines: u64, carriages: u64, quotes: u64) -> Self {
        // All bits below the first quote; all of them when there is none.
        let before = (quotes & quotes.wrapping_neg()).wrapping_sub(1);
        let carriages = carriages & before;
        let [all, lines] = [all, lines].map(|index| index & before | carriages);
        Self { all, lines, carriages, quote: quotes != 0 }
    }

    /// Takes off the line feeds that belong to the carriage returns before them, `returned` saying whether the last byte of
    /// the window before was one (1) or not (0), and says that of this window.
    #[inline]
    pub(super) fn drop_feeds(&mut self, returned: u64) -> u64 {
        let feeds = self.lines & !self.carriages & (self.carriages << 1 | returned);
        self.all &= !feeds;
        self.lines &= !feeds;
        self.carriages >> 63
    }
}

/// Where the cells at hand end: those of the records that are whole, then those of one that is not.
pub(super) struct CellEnds {
    positions: Vec<u32>,
    /// How many ends there are.
    filled: usize,
    /// The first end that was not taken.
    first: usize,
    /// How many of those that were not are line ends.
    lines: usize,
}

impl CellEnds {
    /// Room for so many ends is made before they are moved to the front.
    const ROOM: usize = 4096;

    pub(super) fn new() -> Self {
        Self { positions: vec![0; Self::ROOM + 64], filled: 0, first: 0, lines: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.filled, self.first, self.lines) = (0, 0, 0);
    }

    /// Adds the ends in the window at `base`.
    #[inline(always)]
    #[expect(clippy::inline_always, reason = "as for `StructuralIndex::of`")]
    #[expect(clippy::cast_possible_truncation, reason = "blocks are far smaller than 4 GiB")]
    pub(super) fn add(&mut self, base: usize, index: &StructuralIndex) {
        let mut bits = index.all;
        let count = bits.count_ones() as usize;
        let Some(room) = self.positions[self.filled..].first_chunk_mut::<64>() else { return };
        // Four at a time, too many rather than one by one: a loop that ends after a varying number of turns is
        // mispredicted (Langdale and Lemire, 2019, 3.1.5).
        for four in room.as_chunks_mut::<4>().0.iter_mut().take(count.div_ceil(4)) {
            for end in four {
                *end = base as u32 + bits.trailing_zeros();
                bits &= bits.wrapping_sub(1);
            }
        }
        self.filled += count;
        self.lines += index.lines.count_ones() as usize;
    }

    /// Whether there may be no room for the ends in another window.
    #[inline]
    pub(super) fn is_full(&self) -> bool {
        self.filled + 64 > self.positions.len()
    }

    /// Makes room by giving up what is taken.
    #[cold]
    pub(super) fn make_room(&mut self) {
        self.positions.copy_within(self.first..self.filled, 0);
        (self.filled, self.first) = (self.filled - self.first, 0);
        if self.filled > Self::ROOM / 2 {
            self.positions.resize(2 * self.positions.len(), 0);
        }
    }

    /// How many records are whole and were not taken.
    pub(super) fn records(&self) -> usize {
        self.lines
    }

    /// The ends that were not taken.
    pub(super) fn rest(&self) -> &[u32] {
        &self.positions[self.first..self.filled]
    }

    /// Takes so many records with so many cells together, and gives their ends.
    pub(super) fn take(&mut self, records: usize, cells: usize) -> &[u32] {
        let first = self.first;
        self.first += cells;
        self.lines -= records;
        &self.positions[first..self.first]
    }
}
