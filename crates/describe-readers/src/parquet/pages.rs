//! The pages of a column, checked before they are decompressed and while they are: a header may lie.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::ChunkReader;

use super::errors::Carried;
use super::thrift::{Seen, varint, walk};
use crate::decompress;
use crate::errors::exceeded;
#[cfg(not(feature = "zstd"))]
use crate::errors::not_built;
use crate::limits::Limits;
use describe_options::{InputError, Measured, ParquetFault};

/// Rows that are read at once where a value may repeat the one before it, so that few bytes may make many.
pub(super) const CAREFUL_BATCH: usize = 16;

/// What a value of a dictionary takes in memory beside its bytes.
const DICTIONARY_VALUE: usize = 48;

/// The longest header of a page; it may hold a least and a greatest value.
const MAX_HEADER: usize = 1 << 20;

/// What all columns hold, and may hold.
#[derive(Debug)]
pub(super) struct Ledger {
    held: AtomicUsize,
    unpacked: AtomicU64,
    limits: Limits,
}

impl Ledger {
    pub(super) fn new(limits: Limits) -> Self {
        Self { held: AtomicUsize::new(0), unpacked: AtomicU64::new(0), limits }
    }

    /// Counts what comes out of decompression.
    fn unpack(&self, bytes: usize) -> Result<()> {
        let before = self.unpacked.fetch_add(bytes as u64, Ordering::Relaxed);
        if before.saturating_add(bytes as u64) > self.limits.decompressed {
            return Err(carry(decompress::decompressed_size_exceeded(self.limits.decompressed)));
        }
        Ok(())
    }

    /// Holds `new` bytes in place of `old` ones.
    fn hold(&self, old: &mut usize, new: usize) -> Result<()> {
        let given = std::mem::take(old);
        let others = self.held.fetch_sub(given, Ordering::Relaxed) - given;
        if others.saturating_add(new) > self.limits.memory {
            return Err(carry(exceeded(Measured::ParquetUnpacked, self.limits.memory)));
        }
        self.held.fetch_add(new, Ordering::Relaxed);
        *old = new;
        Ok(())
    }
}

fn carry(error: InputError) -> ParquetError {
    ParquetError::External(Box::new(Carried(error)))
}

fn wrong(fault: ParquetFault) -> ParquetError {
    carry(InputError::of_data(fault))
}

/// Reads the pages of a column in a row group.
pub(super) struct Pages<R> {
    source: Arc<R>,
    at: u64,
    end: u64,
    compression: Compression,
    /// Whether values may be null.
    optional: bool,
    /// Whether the file says that values may repeat the one before them.
    prefixed: bool,
    has_dictionary: bool,
    ledger: Arc<Ledger>,
    held_page: usize,
    held_dictionary: usize,
}

/// The header of a page, by the numbers of its fields; what it does not say is -1.
struct Header {
    kind: i64,
    unpacked: usize,
    packed: usize,
    values: u32,
    encoding: Encoding,
    level_encoding: i64,
    nulls: u32,
    rows: u32,
    /// Lengths of the levels before the values, in the second version of pages.
    levels: [u32; 2],
    compressed: bool,
    /// The checksum of the page as it is stored; few writers say it.
    checksum: Option<i64>,
}

impl<R: ChunkReader> Pages<R> {
    pub(super) fn new(
        source: Arc<R>,
        chunk: &ColumnChunkMetaData,
        optional: bool,
        ledger: Arc<Ledger>,
    ) -> Result<Self> {
        // Some writers say 0 for no dictionary.
        let dictionary = chunk.dictionary_page_offset().filter(|offset| *offset > 0);
        let start = dictionary.map_or(chunk.data_page_offset(), |offset| offset.min(chunk.data_page_offset()));
        let start = u64::try_from(start).map_err(|_| wrong(ParquetFault::ColumnPlace))?;
        let length = u64::try_from(chunk.compressed_size()).map_err(|_| wrong(ParquetFault::ColumnPlace))?;
        let end = start.checked_add(length).filter(|end| *end <= source.len());
        let mask = chunk.encodings_mask();
        Ok(Self {
            at: start,
            end: end.ok_or_else(|| wrong(ParquetFault::ColumnPlace))?,
            source,
            compression: chunk.compression(),
            optional,
            prefixed: mask.is_set(Encoding::DELTA_BYTE_ARRAY),
            has_dictionary: false,
            ledger,
            held_page: 0,
            held_dictionary: 0,
        })
    }

    /// Whether few bytes of it may make many.
    pub(super) fn is_careful(&self) -> bool {
        self.prefixed
    }

    fn header(&mut self) -> Result<Header> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX);
        for most in [8 << 10, MAX_HEADER] {
            let bytes = self.source.get_bytes(self.at, left.min(most))?;
            let mut fields = Fields::default();
            if let Some(length) = walk(&bytes, |path, seen| fields.see(path, seen)) {
                self.at += length as u64;
                return Header::new(&fields);
            }
        }
        Err(wrong(ParquetFault::PageHeader))
    }

    fn next_page(&mut self) -> Result<Option<Page>> {
        while self.at < self.end {
            let header = self.header()?;
            if header.packed as u64 > self.end - self.at {
                return Err(wrong(ParquetFault::PageEnd));
            }
            let packed = self.at;
            self.at += header.packed as u64;
            match header.kind {
                0 | 3 => return self.data(&header, packed).map(Some),
                2 => return self.dictionary(&header, packed).map(Some),
                _ => {}
            }
        }
        Ok(None)
    }

    fn dictionary(&mut self, header: &Header, packed: u64) -> Result<Page> {
        let count = header.values as usize;
        if self.has_dictionary || count > header.unpacked {
            return Err(wrong(ParquetFault::Dictionary));
        }
        self.has_dictionary = true;
        let cost = header.unpacked.saturating_add(count.saturating_mul(DICTIONARY_VALUE));
        self.ledger.hold(&mut self.held_dictionary, cost)?;
        let buf = self.unpack(packed, header, 0)?;
        Ok(Page::DictionaryPage { buf, num_values: header.values, encoding: header.encoding, is_sorted: false })
    }

    fn data(&mut self, header: &Header, packed: u64) -> Result<Page> {
        let in_dictionary = matches!(header.encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
        if in_dictionary && !self.has_dictionary {
            return Err(wrong(ParquetFault::MissingDictionary));
        }
        let mut cost = header.unpacked;
        if matches!(header.encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            // Two lengths a value.
            cost = cost.saturating_add((header.values as usize).saturating_mul(8));
        }
        if header.encoding == Encoding::DELTA_BYTE_ARRAY {
            if !self.prefixed {
                return Err(wrong(ParquetFault::PageEncoding));
            }
            cost = cost.saturating_add(header.unpacked.saturating_mul(CAREFUL_BATCH));
        }
        self.ledger.hold(&mut self.held_page, cost)?;
        let levels = header.levels.iter().try_fold(0_usize, |sum, length| sum.checked_add(*length as usize));
        let levels = levels.filter(|length| *length <= header.unpacked.min(header.packed));
        let levels = levels.ok_or_else(|| wrong(ParquetFault::Levels))?;
        let buf = self.unpack(packed, header, levels)?;
        if header.nulls > header.values {
            return Err(wrong(ParquetFault::Levels));
        }
        if cost > header.unpacked {
            let values = if header.kind == 3 { Some(levels) } else { self.first_value(header, &buf) };
            let values = values.and_then(|start| buf.get(start..));
            let sound = values.and_then(|values| lengths_are_sound(values, header));
            sound.ok_or_else(|| wrong(ParquetFault::ValueLengths))?;
        }
        Ok(page(header, buf))
    }

    /// Where the values of a page of the first version begin: after the levels of those that are null.
    fn first_value(&self, header: &Header, page: &[u8]) -> Option<usize> {
        match header.level_encoding {
            _ if !self.optional => Some(0),
            3 => Some(usize::try_from(u32::from_le_bytes(*page.first_chunk()?)).ok()?.saturating_add(4)),
            _ => Some((header.values as usize).div_ceil(8)),
        }
    }

    /// The bytes of a page, of which the first `plain` are not compressed.
    fn unpack(&self, at: u64, header: &Header, plain: usize) -> Result<Bytes> {
        let bytes = self.source.get_bytes(at, header.packed)?;
        let differs = |checksum| checksum != i64::from(crc32fast::hash(&bytes).cast_signed());
        if header.checksum.is_some_and(differs) {
            return Err(wrong(ParquetFault::Checksum));
        }
        let unpacked = header.unpacked;
        if !header.compressed || matches!(self.compression, Compression::UNCOMPRESSED) {
            return Ok(bytes);
        }
        self.ledger.unpack(unpacked)?;
        let mut page = Vec::with_capacity(unpacked);
        page.extend_from_slice(&bytes[..plain]);
        let rest = unpacked - plain;
        if rest > 0 {
            unpack(self.compression, &bytes[plain..], &mut page, rest)?;
        }
        if page.len() == unpacked { Ok(page.into()) } else { Err(wrong(ParquetFault::PageLength)) }
    }
}

fn page(header: &Header, buf: Bytes) -> Page {
    if header.kind == 3 {
        let [def_levels_byte_len, rep_levels_byte_len] = header.levels;
        Page::DataPageV2 {
            buf,
            num_values: header.values,
            encoding: header.encoding,
            num_nulls: header.nulls,
            num_rows: header.rows,
            def_levels_byte_len,
            rep_levels_byte_len,
            is_compressed: header.compressed,
            statistics: None,
        }
    } else {
        #[expect(deprecated, reason = "old files have it")]
        let def_level_encoding = if header.level_encoding == 3 { Encoding::RLE } else { Encoding::BIT_PACKED };
        Page::DataPage {
            buf,
            num_values: header.values,
            encoding: header.encoding,
            def_level_encoding,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        }
    }
}

/// The integers of a page's header.
#[derive(Default)]
struct Fields {
    found: Vec<([i16; 2], i64)>,
}

impl Fields {
    fn see(&mut self, path: &[i16], seen: Seen) {
        if let (Seen::Integer(value), [.., _]) = (seen, path)
            && path.len() <= 2
            && self.found.len() < 64
        {
            self.found.push(([path[0], path.get(1).copied().unwrap_or_default()], value));
        }
    }

    /// The field of that number, in the structure of that number if it is in one.
    fn get(&self, path: [i16; 2]) -> Option<i64> {
        self.found.iter().find(|(found, _)| *found == path).map(|(_, value)| *value)
    }

    fn size<T: TryFrom<i64>>(&self, path: [i16; 2]) -> Result<T> {
        self.get(path).and_then(|value| T::try_from(value).ok()).ok_or_else(|| wrong(ParquetFault::PageHeader))
    }
}

impl Header {
    fn new(fields: &Fields) -> Result<Self> {
        let kind: i64 = fields.size([1, 0])?;
        let mut header = Self {
            kind,
            unpacked: usize::try_from(fields.size::<i32>([2, 0])?).map_err(|_| wrong(ParquetFault::PageHeader))?,
            packed: usize::try_from(fields.size::<i32>([3, 0])?).map_err(|_| wrong(ParquetFault::PageHeader))?,
            values: 0,
            encoding: Encoding::PLAIN,
            level_encoding: 3,
            nulls: 0,
            rows: 0,
            levels: [0, 0],
            compressed: true,
            checksum: fields.get([4, 0]),
        };
        // By kind: the structure, and the field of its encoding.
        let (structure, encoding) = match kind {
            0 => (5, 2),
            2 => (7, 2),
            3 => (8, 4),
            _ => return Ok(header),
        };
        header.values = fields.size([structure, 1])?;
        header.encoding = encoding_of(fields.size([structure, encoding])?)?;
        if kind == 0 {
            header.level_encoding = fields.size([5, 3])?;
        }
        if kind == 3 {
            header.nulls = fields.size([8, 2])?;
            header.rows = fields.size([8, 3])?;
            header.levels = [fields.size([8, 5])?, fields.size([8, 6])?];
            header.compressed = fields.get([8, 7]) != Some(0);
        }
        Ok(header)
    }
}

fn encoding_of(number: i64) -> Result<Encoding> {
    Ok(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return Err(wrong(ParquetFault::PageEncoding)),
    })
}

/// Appends at most `most` decompressed bytes.
fn unpack(compression: Compression, bytes: &[u8], page: &mut Vec<u8>, most: usize) -> Result<()> {
    let start = page.len();
    let failed = |error: &dyn std::fmt::Display| wrong(ParquetFault::Decompression { detail: Some(error.to_string()) });
    match compression {
        Compression::SNAPPY => {
            let length = snap::raw::decompress_len(bytes).map_err(|error| failed(&error))?;
            if length != most {
                return Err(wrong(ParquetFault::PageLength));
            }
            page.resize(start + most, 0);
            snap::raw::Decoder::new().decompress(bytes, &mut page[start..]).map_err(|error| failed(&error))?;
        }
        Compression::GZIP(_) => take(flate2::read::MultiGzDecoder::new(bytes), page, most)?,
        Compression::BROTLI(_) => take(brotli_decompressor::Decompressor::new(bytes, 4096), page, most)?,
        #[cfg(not(feature = "zstd"))]
        Compression::ZSTD(_) => return Err(carry(not_built("zstd"))),
        #[cfg(feature = "zstd")]
        Compression::ZSTD(_) => {
            page.resize(start + most, 0);
            let length = zstd::bulk::decompress_to_buffer(bytes, &mut page[start..]);
            page.truncate(start + length.map_err(|error| failed(&error))?);
        }
        Compression::LZ4_RAW => lz4_block(bytes, page, most)?,
        // The deprecated name stands for three things: the framing of Hadoop, that of LZ4, and none.
        Compression::LZ4 => {
            for attempt in [lz4_hadoop, lz4_frame, lz4_block] {
                page.truncate(start);
                if attempt(bytes, page, most).is_ok() && page.len() == start + most {
                    return Ok(());
                }
            }
            return Err(wrong(ParquetFault::Decompression { detail: None }));
        }
        Compression::LZO | Compression::UNCOMPRESSED => return Err(wrong(ParquetFault::UnsupportedCompression)),
    }
    Ok(())
}

fn take(reader: impl Read, page: &mut Vec<u8>, most: usize) -> Result<()> {
    // One byte more shows that there is more.
    reader.take(most as u64 + 1).read_to_end(page)?;
    Ok(())
}

fn lz4_frame(bytes: &[u8], page: &mut Vec<u8>, most: usize) -> Result<()> {
    take(lz4_flex::frame::FrameDecoder::new(bytes), page, most)
}

fn lz4_block(bytes: &[u8], page: &mut Vec<u8>, most: usize) -> Result<()> {
    let start = page.len();
    page.resize(start + most, 0);
    let length = lz4_flex::block::decompress_into(bytes, &mut page[start..]);
    page.truncate(
        start + length.map_err(|error| wrong(ParquetFault::Decompression { detail: Some(error.to_string()) }))?,
    );
    Ok(())
}

/// Blocks, each after its length and that of its bytes.
fn lz4_hadoop(mut bytes: &[u8], page: &mut Vec<u8>, mut most: usize) -> Result<()> {
    while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
        let number = |at: usize| u32::from_be_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]) as usize;
        let (length, packed) = (number(0), number(4));
        if packed > rest.len() || length > most {
            return Err(wrong(ParquetFault::Decompression { detail: None }));
        }
        lz4_block(&rest[..packed], page, length)?;
        most -= length;
        bytes = &rest[packed..];
    }
    if bytes.is_empty() { Ok(()) } else { Err(wrong(ParquetFault::Decompression { detail: None })) }
}

/// Whether the lengths of byte arrays are no more than the values of the page: memory is reserved for as many as there are
/// said to be.
fn lengths_are_sound(values: &[u8], header: &Header) -> Option<()> {
    let end = differences(values, 0, header.values)?;
    if header.encoding == Encoding::DELTA_BYTE_ARRAY {
        differences(values, end, header.values)?;
    }
    Some(())
}

/// Where the integers that begin at `at` end; they are stored by their differences (Parquet's encoding 5).
fn differences(bytes: &[u8], at: usize, most: u32) -> Option<usize> {
    let (block, at) = varint(bytes, at)?;
    let (parts, at) = varint(bytes, at)?;
    let (total, at) = varint(bytes, at)?;
    let (_, mut at) = varint(bytes, at)?;
    let per_part = block.checked_div(parts)?;
    if total > u64::from(most) || per_part == 0 || parts > bytes.len() as u64 {
        return None;
    }
    let mut left = total.saturating_sub(1);
    while left > 0 {
        (_, at) = varint(bytes, at)?;
        let widths = bytes.get(at..at + usize::try_from(parts).ok()?)?;
        at += widths.len();
        for width in widths {
            if left == 0 {
                break;
            }
            at = at.checked_add(usize::try_from(per_part.checked_mul(u64::from(*width))? / 8).ok()?)?;
            left = left.saturating_sub(per_part);
        }
    }
    // The last part need not be whole.
    Some(at.min(bytes.len()))
}

impl<R> Drop for Pages<R> {
    fn drop(&mut self) {
        self.ledger.held.fetch_sub(self.held_page + self.held_dictionary, Ordering::Relaxed);
    }
}

impl<R: ChunkReader> Iterator for Pages<R> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_page().transpose()
    }
}

impl<R: ChunkReader> PageReader for Pages<R> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        self.next_page()
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(wrong(ParquetFault::Order))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(wrong(ParquetFault::Order))
    }
}
