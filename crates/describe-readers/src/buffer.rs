//! Text that is collected until it makes a block.

use std::io::{self, ErrorKind, Read};

/// Bytes of a block: enough that handing it to another thread costs nothing beside describing it.
pub(super) const BLOCK_BYTES: usize = 128 << 10;

/// What a buffer has room for: a block, and a record that is begun.
const CAPACITY_BYTES: usize = BLOCK_BYTES + BLOCK_BYTES / 8;

/// Text in a buffer that is used again for others.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    /// All of it is initialised; the text is what lies between `begin` and `end`.
    bytes: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Buffer {
    pub(super) fn text(&self) -> &[u8] {
        &self.bytes[self.begin..self.end]
    }

    /// Appends a chunk.
    pub(super) fn extend(&mut self, chunk: &[u8]) {
        self.room(chunk.len()).copy_from_slice(chunk);
        self.end += chunk.len();
    }

    /// Appends the head of `text` as far as a block is whole then, and says what is left.
    pub(super) fn fill<'a>(&mut self, text: &'a [u8]) -> &'a [u8] {
        let (head, rest) = text.split_at(text.len().min(self.wanted()));
        self.extend(head);
        rest
    }

    /// Appends what one call reads, no more than makes a block, and says how many bytes; 0 at the end.
    pub(super) fn read_from(&mut self, source: &mut impl Read) -> io::Result<usize> {
        let most = self.wanted();
        loop {
            match source.read(self.room(most)) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => {
                    let count = read?;
                    self.end += count;
                    return Ok(count);
                }
            }
        }
    }

    /// How many bytes to append: with a record that is begun they make a block, without a larger buffer. A record that is
    /// itself a block, or more, grows by another one.
    fn wanted(&self) -> usize {
        let length = self.text().len();
        if self.end + BLOCK_BYTES > CAPACITY_BYTES && length < BLOCK_BYTES { BLOCK_BYTES - length } else { BLOCK_BYTES }
    }

    fn room(&mut self, size: usize) -> &mut [u8] {
        let end = self.end + size;
        if self.bytes.len() < end {
            if end <= CAPACITY_BYTES {
                self.bytes.reserve_exact(CAPACITY_BYTES.min(2 * end) - self.bytes.len());
            }
            self.bytes.resize(end, 0);
        }
        &mut self.bytes[self.end..end]
    }

    /// Passes over the first bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.begin += count;
    }

    /// Keeps but the last bytes.
    pub(super) fn keep_last(&mut self, count: usize) {
        self.bytes.copy_within(self.end - count..self.end, 0);
        (self.begin, self.end) = (0, count);
    }

    /// Cuts off the text before `boundary`; what follows goes on in another buffer.
    pub(super) fn cut(&mut self, boundary: usize, bytes: Vec<u8>) -> Self {
        let rest = self.begin + boundary;
        let mut next = Self { bytes, begin: 0, end: 0 };
        let length = self.end - rest;
        next.room(length + 64);
        // What is read behind the rest is put at a boundary of 64 bytes, where the kernel copies to much faster.
        next.begin = next.bytes.as_ptr().wrapping_add(length).align_offset(64).min(64);
        next.end = next.begin;
        next.extend(&self.bytes[rest..self.end]);
        let mut block = std::mem::replace(self, next);
        block.end = rest;
        block
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_blocks() {
        let mut block = Buffer::default();
        block.extend(b"title\n1\n2\n3");
        block.skip(6);
        let first = block.cut(4, vec![0; 3]);
        assert_eq!((first.text(), block.text()), (&b"1\n2\n"[..], &b"3"[..]));
        assert_eq!(block.read_from(&mut &b"4\n"[..]).ok(), Some(2));
        assert_eq!(block.text(), b"34\n");
        block.keep_last(1);
        block.extend(b"6");
        assert_eq!(block.text(), b"\n6");
        assert_eq!(block.read_from(&mut &b""[..]).ok(), Some(0));
    }

    #[test]
    fn buffers_stay_small() {
        let text = vec![b'1'; 3 * BLOCK_BYTES];
        for begun in [0, 1, BLOCK_BYTES / 8 - 64, BLOCK_BYTES / 8, BLOCK_BYTES - 1] {
            let mut block = Buffer::default();
            block.extend(&text[..begun]);
            block.cut(0, Vec::new());
            let rest = block.fill(&text);
            assert!(block.text().len() >= BLOCK_BYTES && block.text().len() + rest.len() == begun + text.len());
            assert!(block.bytes.capacity() <= CAPACITY_BYTES, "{begun}");
            assert_eq!(block.fill(rest).len(), rest.len() - BLOCK_BYTES);
        }
    }
}
