//! Visitor of structs in Thrift's compact protocol, which checks them before they are decoded.
//!
//! Input: the bytes of a struct. Output: its integers and nested structs, each with the path of field numbers to it and the
//! bytes from the field's header on.
//! Invariants: every element of a list is in the bytes, whatever length the list claims; nesting is limited.

use std::ops::Range;

/// Item of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ThriftItem {
    /// Start of a struct.
    Struct,
    /// Integer, or a boolean as 0 or 1.
    Integer(i64),
}

/// Maximum nesting depth.
const MAX_DEPTH: usize = 32;

/// Minimum size of a struct in a list: each has at least one field.
const MIN_STRUCT_BYTES: usize = 3;

/// Visits the struct at the start of `bytes`, and returns its end; `None` if it is malformed.
pub(super) fn visit_struct(bytes: &[u8], mut visit: impl FnMut(&[i16], ThriftItem, Range<usize>)) -> Option<usize> {
    let mut parser = ThriftParser { bytes, position: 0, field: 0, path: Vec::new(), visit: &mut visit };
    parser.parse_struct(0)?;
    Some(parser.position)
}

/// Function that gets the path of an item, the item, and its bytes.
type Visitor<'a> = dyn FnMut(&[i16], ThriftItem, Range<usize>) + 'a;

struct ThriftParser<'a> {
    bytes: &'a [u8],
    position: usize,
    /// Start of the current field's header.
    field: usize,
    path: Vec<i16>,
    visit: &'a mut Visitor<'a>,
}

impl ThriftParser<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.position)?;
        self.position += 1;
        Some(byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let (value, end) = varint(self.bytes, self.position)?;
        self.position = end;
        Some(value)
    }

    fn skip(&mut self, count: u64) -> Option<()> {
        self.position =
            self.position.checked_add(usize::try_from(count).ok()?).filter(|end| *end <= self.bytes.len())?;
        Some(())
    }

    fn parse_struct(&mut self, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        (self.visit)(&self.path, ThriftItem::Struct, self.field..self.position);
        let mut id = 0_i16;
        loop {
            self.field = self.position;
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
                boolean @ (1 | 2) => {
                    let item = ThriftItem::Integer(i64::from(boolean == 1));
                    (self.visit)(&self.path, item, self.field..self.position);
                }
                kind => self.value(kind, depth)?,
            }
            self.path.pop();
        }
    }

    fn value(&mut self, kind: u8, depth: usize) -> Option<()> {
        match kind {
            // In a list a boolean takes one byte, in a struct it is in the field's header.
            1..=3 => self.skip(1),
            4..=6 => {
                let value = zigzag(self.varint()?);
                (self.visit)(&self.path, ThriftItem::Integer(value), self.field..self.position);
                Some(())
            }
            7 => self.skip(8),
            8 => {
                let length = self.varint()?;
                self.skip(length)
            }
            9 | 10 => self.list(depth),
            11 => self.map(depth),
            12 => self.parse_struct(depth + 1),
            13 => self.skip(16),
            _ => None,
        }
    }

    fn list(&mut self, depth: usize) -> Option<()> {
        let head = self.byte()?;
        let size = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        let kind = head & 15;
        for _ in 0..size {
            let start = self.position;
            if depth > MAX_DEPTH {
                return None;
            }
            self.value(kind, depth + 1)?;
            if kind == 12 && self.position - start < MIN_STRUCT_BYTES {
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

/// The struct without these fields, which are in ascending order and belong to structs with fewer than 15 fields; `None` if a
/// field that follows one of them cannot be adapted.
pub(super) fn without_fields(bytes: &[u8], fields: &[Range<usize>]) -> Option<Vec<u8>> {
    let (mut kept, mut end) = (Vec::with_capacity(bytes.len()), 0);
    for field in fields {
        kept.extend_from_slice(bytes.get(end..field.start)?);
        let (step, next) = (bytes.get(field.start)? >> 4, *bytes.get(field.end)?);
        // The number of a field is written as the step from the one before it.
        kept.push(match next {
            0 => 0,
            next if step > 0 && next >> 4 > 0 && step + (next >> 4) < 16 => next + (step << 4),
            _ => return None,
        });
        end = field.end + 1;
    }
    kept.extend_from_slice(bytes.get(end..)?);
    Some(kept)
}

/// Variable-length integer at `start`, and its end.
pub(super) fn varint(bytes: &[u8], start: usize) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (byte, index) in bytes.get(start..)?.iter().zip(0..10) {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            return Some((value, start + index + 1));
        }
    }
    None
}

/// Signed integer in zigzag encoding: the lowest bit is the sign.
#[expect(clippy::cast_possible_wrap, reason = "zigzag encoding uses all 64 bits")]
fn zigzag(value: u64) -> i64 {
    (value >> 1) as i64 ^ -((value & 1) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn items(bytes: &[u8]) -> Option<Vec<(Vec<i16>, ThriftItem)>> {
        let mut items = Vec::new();
        visit_struct(bytes, |path, item, _| items.push((path.to_vec(), item))).map(|_| items)
    }

    #[test]
    fn structs() {
        // Field 1: -3; field 2: true; field 5: a list of two structs with field 1.
        let bytes = [0x15, 5, 0x11, 0x39, 0x2c, 0x15, 2, 0, 0x15, 4, 0, 0];
        let expected = [
            (vec![], ThriftItem::Struct),
            (vec![1], ThriftItem::Integer(-3)),
            (vec![2], ThriftItem::Integer(1)),
            (vec![5], ThriftItem::Struct),
            (vec![5, 1], ThriftItem::Integer(1)),
            (vec![5], ThriftItem::Struct),
            (vec![5, 1], ThriftItem::Integer(2)),
        ];
        assert_eq!(items(&bytes), Some(expected.to_vec()));
    }

    #[test]
    fn fields_can_be_left_out() {
        // Field 1: -3; field 6: 24; field 9: 1. Without field 6 the step to field 9 is 8.
        let bytes = [0x15, 5, 0x55, 48, 0x35, 2, 0];
        let mut fields = Vec::new();
        visit_struct(&bytes, |path, _, field| {
            if path == [6] {
                fields.push(field);
            }
        });
        assert_eq!(without_fields(&bytes, &fields), Some(vec![0x15, 5, 0x85, 2, 0]));
        assert_eq!(without_fields(&[0x15, 5, 0x55, 48, 0], &fields), Some(vec![0x15, 5, 0]));
        assert_eq!(without_fields(&bytes, &[]), Some(bytes.to_vec()));
    }

    #[test]
    fn false_claims_are_errors() {
        // A list of 2³² structs, a list of a thousand empty structs, a text of 4 GB, and deep nesting.
        assert_eq!(items(&[0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), None);
        assert_eq!(items(&[&[0x19, 0xfc, 0xe8, 0x07][..], &[0; 1100]].concat()), None);
        assert_eq!(items(&[0x18, 0xff, 0xff, 0xff, 0xff, 0x0f, 0]), None);
        assert_eq!(items(&[0x1c; 5000]), None);
        assert_eq!(items(&[0x19; 5000]), None);
    }
}
