//! Buffer for text that is collected into blocks.
//!
//! Input: chunks of text. Output: blocks that end at a boundary given by the caller; the text after it moves to the next
//! buffer. Invariant: a buffer grows beyond [`MAX_USUAL_BYTES`] only for a record longer than an eighth of a block.

use std::io::{self, ErrorKind, Read};

use describe_options::InputError;

use super::ledger::Ledger;

/// Target size of a block: large enough that handing it to another thread costs little compared with describing it.
pub(super) const BLOCK_BYTES: usize = 128 << 10;

/// Capacity of a buffer with one block and the beginning of a record.
const MAX_USUAL_BYTES: usize = BLOCK_BYTES + BLOCK_BYTES / 8;

/// Reusable buffer of text.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// Initialised bytes. The text is `bytes[start..end]`.
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes charged to a ledger: those beyond the usual capacity.
    charged: usize,
}

impl Buffer {
    /// Buffered text.
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// Charges what the buffer has grown to beyond the usual capacity, after a chunk at the most.
    ///
    /// # Errors
    /// As for [`Ledger::charge`].
    pub(super) fn charge(&mut self, ledger: &Ledger) -> Result<(), InputError> {
        let unusual = self.bytes.capacity().saturating_sub(MAX_USUAL_BYTES);
        if unusual > self.charged {
            ledger.charge(unusual - self.charged)?;
            self.charged = unusual;
        }
        Ok(())
    }

    /// Appends a chunk.
    pub(super) fn extend(&mut self, chunk: &[u8]) {
        self.tail(chunk.len()).copy_from_slice(chunk);
        self.end += chunk.len();
    }

    /// Appends the beginning of `text` up to the size of a block. Returns the rest.
    pub(super) fn fill<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let (head, rest) = text.split_at(text.len().min(self.missing_bytes()));
        self.extend(head);
        rest
    }

    /// Appends the bytes of one read, up to the size of a block. Returns their number; 0 at the end of the source.
    pub(super) fn read_from(&mut self, source: &mut impl Read) -> io::Result<usize> {
        let max = self.missing_bytes();
        loop {
            match source.read(self.tail(max)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    let count = read?;
                    self.end += count;
                    return Ok(count);
                }
            }
        }
    }

    /// Number of bytes to append so that a block with the beginning of a record fits into the usual capacity. A record of a
    /// block or more grows by a block.
    fn missing_bytes(&self) -> usize {
        let length = self.text().len();
        if self.end + BLOCK_BYTES > MAX_USUAL_BYTES && length < BLOCK_BYTES {
            BLOCK_BYTES - length
        } else {
            BLOCK_BYTES
        }
    }

    /// Initialised space of `size` bytes after the text.
    fn tail(&mut self, size: usize) -> &mut [u8] {
        let end = self.end + size;
        if self.bytes.len() < end {
            if end <= MAX_USUAL_BYTES {
                self.bytes.reserve_exact(MAX_USUAL_BYTES.min(2 * end) - self.bytes.len());
            }
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.end..end]
    }

    /// Removes the first `count` bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.start += count;
    }

    /// Keeps the first `count` bytes.
    pub(super) fn truncate(&mut self, count: usize) {
        self.end = self.end.min(self.start + count);
    }

    /// Removes all but the last `count` bytes.
    pub(super) fn keep_last(&mut self, count: usize) {
        self.bytes.copy_within(self.end - count..self.end, 0);
        (self.start, self.end) = (0, count);
    }

    /// Returns the text before `boundary` as a block. The text after it moves to a buffer made of `bytes`.
    pub(super) fn split_off_block(&mut self, boundary: usize, bytes: Vec<u8>) -> Self {
        let rest = self.start + boundary;
        let mut next = Self { bytes, ..Self::default() };
        let length = self.end - rest;
        next.tail(length + 64);
        // Reads append at an address aligned to 64 bytes: the kernel copies there much faster.
        next.start = next.bytes.as_ptr().wrapping_add(length).align_offset(64).min(64);
        next.end = next.start;
        next.extend(&self.bytes[rest..self.end]);
        let mut block = std::mem::replace(self, next);
        block.end = rest;
        block
    }

    /// Returns the allocation for reuse.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_preserved_across_blocks() {
        let mut buffer = Buffer::default();
        buffer.extend(b"title\n1\n2\n3");
        buffer.skip(6);
        let first = buffer.split_off_block(4, vec![0; 3]);
        assert_eq!((first.text(), buffer.text()), (&b"1\n2\n"[..], &b"3"[..]));
        assert_eq!(buffer.read_from(&mut &b"4\n"[..]).ok(), Some(2));
        assert_eq!(buffer.text(), b"34\n");
        buffer.keep_last(1);
        buffer.extend(b"6");
        assert_eq!(buffer.text(), b"\n6");
        assert_eq!(buffer.read_from(&mut &b""[..]).ok(), Some(0));
    }

    #[test]
    fn buffers_stay_small() {
        let text = vec![b'1'; 3 * BLOCK_BYTES];
        for pending in [0, 1, BLOCK_BYTES / 8 - 64, BLOCK_BYTES / 8, BLOCK_BYTES - 1] {
            let mut buffer = Buffer::default();
            buffer.extend(&text[..pending]);
            buffer.split_off_block(0, Vec::new());
            let rest = buffer.fill(&text);
            assert!(buffer.text().len() >= BLOCK_BYTES && buffer.text().len() + rest.len() == pending + text.len());
            assert!(buffer.bytes.capacity() <= MAX_USUAL_BYTES, "{pending}");
            assert_eq!(buffer.fill(rest).len(), rest.len() - BLOCK_BYTES);
        }
    }
}
