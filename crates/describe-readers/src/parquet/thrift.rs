//! The compact protocol of Thrift, as far as needed to look at a structure before it is trusted: every list that it claims
//! must be there, and nothing may be nested deeply.

/// What stands in a structure, by the numbers of the fields that lead there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// A structure begins.
    Structure,
    /// An integer, or a boolean as 0 or 1.
    Integer(i64),
}

/// The deepest structure that is looked at.
const MAX_DEPTH: usize = 32;

/// No structure in a list is shorter, because none is without a field.
const LEAST_STRUCTURE: usize = 3;

/// Walks through the structure at the head of `bytes`, and says where it ends; `None` when it is not sound.
pub(super) fn walk(bytes: &[u8], mut visit: impl FnMut(&[i16], Seen)) -> Option<usize> {
    let mut walk = ThriftParser { bytes, at: 0, path: Vec::new(), visit: &mut visit };
    walk.structure(0)?;
    Some(walk.at)
}

struct ThriftParser<'a> {
    bytes: &'a [u8],
    at: usize,
    path: Vec<i16>,
    visit: &'a mut dyn FnMut(&[i16], Seen),
}

impl ThriftParser<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let (value, end) = varint(self.bytes, self.at)?;
        self.at = end;
        Some(value)
    }

    fn pass(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(count).ok()?).filter(|end| *end <= self.bytes.len())?;
        Some(())
    }

    fn structure(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        (self.visit)(&self.path, Seen::Structure);
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => i16::try_from(zigzag(self.varint()?)).ok()?,
                step => id.checked_add(i16::from(step))?,
            };
            self.path.push(id);
            match head & 15 {
                truth @ (1 | 2) => (self.visit)(&self.path, Seen::Integer(i64::from(truth == 1))),
                kind => self.value(kind, depth)?,
            }
            self.path.pop();
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            // Booleans in lists have a byte.
            1..=3 => self.pass(1),
            4..=6 => {
                let value = zigzag(self.varint()?);
                (self.visit)(&self.path, Seen::Integer(value));
                Some(())
            }
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => self.list(depth),
            11 => self.map(depth),
            12 => self.structure(depth + 1),
            13 => self.pass(16),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        let head = self.byte()?;
        let size = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        let kind = head & 15;
        for _ in 0..size {
            let start = self.at;
            if depth > MAX_DEPTH {
                return None;
            }
            self.value(kind, depth + 1)?;
            if kind == 12 && self.at - start < LEAST_STRUCTURE {
                return None;
            }
        }
        Some(())
    }

    fn map(&mut self, depth: usize) -> Option<()> {
        let size = self.varint()?;
        if size == 0 {
            return Some(());
        }
        let kinds = self.byte()?;
        if depth > MAX_DEPTH {
            return None;
        }
        for _ in 0..size {
            self.value(kinds >> 4, depth + 1)?;
            self.value(kinds & 15, depth + 1)?;
        }
        Some(())
    }
}

/// The variable-length integer at `at`, and where it ends.
pub(super) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (byte, place) in bytes.get(at..)?.iter().zip(0..10) {
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, at + place + 1));
        }
    }
    None
}

/// A signed integer: the last bit is the sign.
#[expect(clippy::cast_possible_wrap, reason = "that is how the sign is spelled")]
fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(bytes: &[u8]) -> Option<Vec<(Vec<i16>, Seen)>> {
        let mut all = Vec::new();
        walk(bytes, |path, seen| all.push((path.to_vec(), seen))).map(|_| all)
    }

    #[test]
    fn structures() {
        // Field 1: -3; field 2: true; field 5: a list of two structures with field 1.
        let bytes = [0x15, 5, 0x11, 0x39, 0x2c, 0x15, 2, 0, 0x15, 4, 0, 0];
        let expected = [
            (vec![], Seen::Structure),
            (vec![1], Seen::Integer(-3)),
            (vec![2], Seen::Integer(1)),
            (vec![5], Seen::Structure),
            (vec![5, 1], Seen::Integer(1)),
            (vec![5], Seen::Structure),
            (vec![5, 1], Seen::Integer(2)),
        ];
        assert_eq!(seen(&bytes), Some(expected.to_vec()));
    }

    #[test]
    fn claims_are_not_believed() {
        // A list of 2³² structures, of a thousand empty ones, a text of 4 GB, and a nest.
        assert_eq!(seen(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), None);
        assert_eq!(seen(&[&[0x19, 0xfc, 0xe8, 0x07][..], &[0; 1100]].concat()), None);
        assert_eq!(seen(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), None);
        assert_eq!(seen(&[0x1c; 5000]), None);
        assert_eq!(seen(&[0x19; 5000]), None);
    }
}
