//! Text that is collected until it makes a block.

use std::io::{self, ErrorKind, Read};

/// Text in a buffer that is used again for others.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// All of it is initialised; the text is what lies between `begin` and `end`.
    buffer: Vec<u8>,
    begin: usize,
    end: usize,
}

impl Block {
    pub(super) fn text(&self) -> &[u8] {
        &self.buffer[self.begin..self.end]
    }

    /// Appends a chunk.
    pub(super) fn extend(&mut self, chunk: &[u8]) {
        self.room(chunk.len()).copy_from_slice(chunk);
        self.end += chunk.len();
    }

    /// Appends what one call reads, at most so many bytes, and says how many; 0 at the end.
    pub(super) fn read_from(&mut self, source: &mut impl Read, most: usize) -> io::Result<usize> {
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

    fn room(&mut self, size: usize) -> &mut [u8] {
        let end = self.end + size;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        &mut self.buffer[self.end..end]
    }

    /// Passes over the first bytes.
    pub(super) fn skip(&mut self, count: usize) {
        self.begin += count;
    }

    /// Keeps but the last bytes.
    pub(super) fn keep_last(&mut self, count: usize) {
        self.buffer.copy_within(self.end - count..self.end, 0);
        (self.begin, self.end) = (0, count);
    }

    /// Cuts off the text before `border`; what follows goes on in another buffer.
    pub(super) fn cut(&mut self, border: usize, buffer: Vec<u8>) -> Self {
        let rest = self.begin + border;
        let mut next = Self { buffer, begin: 0, end: 0 };
        let length = self.end - rest;
        next.room(length + 64);
        // What is read behind the rest is put at a border of 64 bytes, where the kernel copies to much faster.
        next.begin = next.buffer.as_ptr().wrapping_add(length).align_offset(64).min(64);
        next.end = next.begin;
        next.extend(&self.buffer[rest..self.end]);
        let mut block = std::mem::replace(self, next);
        block.end = rest;
        block
    }

    pub(super) fn into_buffer(self) -> Vec<u8> {
        self.buffer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_between_blocks() {
        let mut block = Block::default();
        block.extend(b"title\n1\n2\n3");
        block.skip(6);
        let first = block.cut(4, vec![0; 3]);
        assert_eq!((first.text(), block.text()), (&b"1\n2\n"[..], &b"3"[..]));
        assert_eq!(block.read_from(&mut &b"4\n5"[..], 2).ok(), Some(2));
        assert_eq!(block.text(), b"34\n");
        block.keep_last(1);
        block.extend(b"6");
        assert_eq!(block.text(), b"\n6");
        assert_eq!(block.read_from(&mut &b""[..], 2).ok(), Some(0));
    }
}
