//! Reader of the pages of a column.
//!
//! Input: the bytes of a column in a row group. Output: decompressed pages for the decoders of the `parquet` crate.
//! Invariants: the claims of a page's header are checked before and during decompression; decompressed and buffered bytes
//! of all columns are limited.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::column::page::Page;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::ColumnChunkMetaData;

use super::cells::ColumnType;
use super::content::Content;
use super::errors::WrappedInputError;
use super::thrift::{ThriftItem, varint, visit_struct};
use crate::decompress;
use crate::errors::exceeded;
#[cfg(not(feature = "zstd"))]
use crate::errors::not_built;
use crate::limits::Limits;
use crate::table::MAX_COUNTS_PER_RECORD;
use describe_options::{InputError, Measured, ParquetFault};

/// Maximum number of rows in a batch of a column whose values may repeat a prefix of the value before, so that few bytes
/// may decode to many.
pub(super) const EXPANDING_BATCH_ROWS: usize = 16;

/// Memory of a column that is being read, besides its pages and batches: most are the indexes that the crate's decoder of runs
/// keeps.
const DECODER_BYTES: usize = 8 << 10;

/// Memory of a cell of a batch: the value, its definition level, what it is converted to, and counts of codes.
const CELL_BYTES: usize = 128 + MAX_COUNTS_PER_RECORD * size_of::<u32>();

/// Size of the first attempt to read a page's header.
const USUAL_HEADER_BYTES: usize = 8 << 10;

/// Maximum size of a page's header, which may contain a minimum and a maximum value.
const MAX_HEADER_BYTES: usize = 1 << 20;

/// Buffered and decompressed bytes of all columns, and their limits.
#[derive(Debug)]
pub(super) struct PageBudget {
    buffered: AtomicUsize,
    decompressed: AtomicU64,
    limits: Limits,
}

impl PageBudget {
    pub(super) fn new(limits: &Limits) -> Self {
        Self { buffered: AtomicUsize::new(0), decompressed: AtomicU64::new(0), limits: limits.clone() }
    }

    /// Counts decompressed bytes.
    fn decompress(&self, bytes: usize) -> Result<()> {
        let before = self.decompressed.fetch_add(bytes as u64, Ordering::Relaxed);
        if before.saturating_add(bytes as u64) > self.limits.decompressed {
            return Err(wrap(decompress::decompressed_size_exceeded(self.limits.decompressed)));
        }
        self.limits.ledger.check().map_err(wrap)
    }

    /// Replaces a buffer of `old` bytes by one of `new` bytes.
    fn reserve(&self, old: &mut usize, new: usize) -> Result<()> {
        self.release(std::mem::take(old));
        if self.buffered.load(Ordering::Relaxed).saturating_add(new) > self.limits.memory {
            return Err(wrap(exceeded(Measured::ParquetUnpacked, self.limits.memory)));
        }
        self.limits.ledger.charge(new).map_err(wrap)?;
        self.buffered.fetch_add(new, Ordering::Relaxed);
        *old = new;
        Ok(())
    }

    fn release(&self, bytes: usize) {
        self.limits.ledger.release(bytes);
        self.buffered.fetch_sub(bytes, Ordering::Relaxed);
    }
}

/// Wraps an input error for the `parquet` crate.
fn wrap(error: InputError) -> ParquetError {
    ParquetError::External(Box::new(WrappedInputError(error)))
}

/// Error of a malformed file.
fn malformed(fault: ParquetFault) -> ParquetError {
    wrap(InputError::of_data(fault))
}

/// Kinds of pages (`PageType` of the Parquet format).
const DATA_PAGE: i64 = 0;
const DICTIONARY_PAGE: i64 = 2;
const DATA_PAGE_V2: i64 = 3;

/// Number of the encoding RLE.
const RLE_ENCODING: i64 = 3;

/// Maximum number of integers read from a page's header.
const MAX_HEADER_FIELDS: usize = 64;

/// Reader of the pages of a column in a row group.
pub(super) struct Pages {
    content: Content,
    position: u64,
    end: u64,
    compression: Compression,
    physical: Physical,
    value_type: ColumnType,
    /// Whether values may be null.
    optional: bool,
    /// Whether values may repeat a prefix of the value before (`DELTA_BYTE_ARRAY`).
    has_prefixes: bool,
    has_dictionary: bool,
    budget: Arc<PageBudget>,
    /// Bytes of the decoder and of a batch.
    batch_bytes: usize,
    /// Bytes of the last page of values, and of the last page of indexes.
    page_bytes: [usize; 2],
    dictionary_bytes: usize,
}

/// Header of a page (`PageHeader` of the Parquet format).
struct PageHeader {
    kind: i64,
    uncompressed_bytes: usize,
    compressed_bytes: usize,
    values: u32,
    encoding: Encoding,
    level_encoding: i64,
    nulls: u32,
    rows: u32,
    /// Lengths of the definition and repetition levels before the values, in data pages of version 2.
    levels: [u32; 2],
    is_compressed: bool,
    /// CRC-32 of the stored page; few writers set it.
    checksum: Option<i64>,
}

impl Pages {
    /// Pages of a column that is decoded in batches of at most this number of rows.
    pub(super) fn new(
        content: Content,
        chunk: &ColumnChunkMetaData,
        value_type: ColumnType,
        batch_rows: usize,
        budget: Arc<PageBudget>,
    ) -> Result<Self> {
        // Some writers set the offset to 0 if there is no dictionary.
        let dictionary = chunk.dictionary_page_offset().filter(|offset| *offset > 0);
        let start = dictionary.map_or(chunk.data_page_offset(), |offset| offset.min(chunk.data_page_offset()));
        let start = u64::try_from(start).map_err(|_| malformed(ParquetFault::ColumnPlace))?;
        let length = u64::try_from(chunk.compressed_size()).map_err(|_| malformed(ParquetFault::ColumnPlace))?;
        let end = start.checked_add(length).filter(|end| *end <= content.len());
        let end = end.ok_or_else(|| malformed(ParquetFault::ColumnPlace))?;
        let mask = chunk.encodings_mask();
        let mut batch_bytes = 0;
        budget.reserve(&mut batch_bytes, DECODER_BYTES + batch_rows * CELL_BYTES)?;
        Ok(Self {
            position: start,
            end,
            content,
            compression: chunk.compression(),
            physical: chunk.column_type(),
            value_type,
            optional: chunk.column_descr().max_def_level() > 0,
            has_prefixes: mask.is_set(Encoding::DELTA_BYTE_ARRAY),
            has_dictionary: false,
            budget,
            batch_bytes,
            page_bytes: [0; 2],
            dictionary_bytes: 0,
        })
    }

    /// Whether few bytes may decode to many.
    pub(super) fn may_expand(&self) -> bool {
        self.has_prefixes
    }

    /// Reads the header of the next page.
    fn header(&mut self) -> Result<PageHeader> {
        let left = usize::try_from(self.end - self.position).unwrap_or(usize::MAX);
        for max in [USUAL_HEADER_BYTES, MAX_HEADER_BYTES] {
            let bytes = self.content.read(self.position, left.min(max))?;
            let mut fields = HeaderFields::default();
            if let Some(length) = visit_struct(&bytes, |path, item, _| fields.add(path, item)) {
                self.position += length as u64;
                return PageHeader::new(&fields);
            }
        }
        Err(malformed(ParquetFault::PageHeader))
    }

    fn next_page(&mut self) -> Result<Option<Page>> {
        while self.position < self.end {
            let header = self.header()?;
            if header.compressed_bytes as u64 > self.end - self.position {
                return Err(malformed(ParquetFault::PageEnd));
            }
            let start = self.position;
            self.position += header.compressed_bytes as u64;
            match header.kind {
                DATA_PAGE | DATA_PAGE_V2 => return self.data(&header, start).map(Some),
                DICTIONARY_PAGE => return self.dictionary(&header, start).map(Some),
                _ => {}
            }
        }
        Ok(None)
    }

    /// Reads a dictionary page that begins at `start`.
    fn dictionary(&mut self, header: &PageHeader, start: u64) -> Result<Page> {
        let count = header.values as usize;
        if self.has_dictionary || count > header.uncompressed_bytes {
            return Err(malformed(ParquetFault::Dictionary));
        }
        self.has_dictionary = true;
        let cost = header.uncompressed_bytes.saturating_add(self.value_type.dictionary_bytes(
            self.physical,
            count,
            header.uncompressed_bytes,
        ));
        let cost = cost.saturating_add(self.content.copied_bytes(header.compressed_bytes));
        self.budget.reserve(&mut self.dictionary_bytes, cost)?;
        let buf = self.decompress(start, header, 0)?;
        Ok(Page::DictionaryPage { buf, num_values: header.values, encoding: header.encoding, is_sorted: false })
    }

    /// Reads a data page that begins at `start`.
    fn data(&mut self, header: &PageHeader, start: u64) -> Result<Page> {
        let in_dictionary = matches!(header.encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
        if in_dictionary && !self.has_dictionary {
            return Err(malformed(ParquetFault::MissingDictionary));
        }
        let mut cost = header.uncompressed_bytes;
        if matches!(header.encoding, Encoding::DELTA_LENGTH_BYTE_ARRAY | Encoding::DELTA_BYTE_ARRAY) {
            // Two lengths per value.
            cost = cost.saturating_add((header.values as usize).saturating_mul(8));
        }
        if header.encoding == Encoding::DELTA_BYTE_ARRAY {
            if !self.has_prefixes {
                return Err(malformed(ParquetFault::PageEncoding));
            }
            cost = cost.saturating_add(header.uncompressed_bytes.saturating_mul(EXPANDING_BATCH_ROWS));
        }
        let all = cost.saturating_add(self.content.copied_bytes(header.compressed_bytes));
        self.budget.reserve(&mut self.page_bytes[usize::from(in_dictionary)], all)?;
        let levels = header.levels.iter().try_fold(0_usize, |sum, length| sum.checked_add(*length as usize));
        let levels = levels.filter(|length| *length <= header.uncompressed_bytes.min(header.compressed_bytes));
        let levels = levels.ok_or_else(|| malformed(ParquetFault::Levels))?;
        let buf = self.decompress(start, header, levels)?;
        if header.nulls > header.values {
            return Err(malformed(ParquetFault::Levels));
        }
        if cost > header.uncompressed_bytes {
            let values = if header.kind == DATA_PAGE_V2 { Some(levels) } else { self.first_value(header, &buf) };
            let values = values.and_then(|start| buf.get(start..));
            let checked = values.and_then(|values| check_lengths(values, header));
            checked.ok_or_else(|| malformed(ParquetFault::ValueLengths))?;
        }
        Ok(page(header, buf))
    }

    /// Start of the values of a data page of version 1, after the definition levels.
    fn first_value(&self, header: &PageHeader, page: &[u8]) -> Option<usize> {
        match header.level_encoding {
            _ if !self.optional => Some(0),
            RLE_ENCODING => Some(usize::try_from(u32::from_le_bytes(*page.first_chunk()?)).ok()?.saturating_add(4)),
            _ => Some((header.values as usize).div_ceil(8)),
        }
    }

    /// Decompresses a page, of which the first `plain` bytes are not compressed.
    fn decompress(&self, position: u64, header: &PageHeader, plain: usize) -> Result<Bytes> {
        let bytes = self.content.read(position, header.compressed_bytes)?;
        let differs = |checksum| checksum != i64::from(crc32fast::hash(&bytes).cast_signed());
        if header.checksum.is_some_and(differs) {
            return Err(malformed(ParquetFault::Checksum));
        }
        let uncompressed_bytes = header.uncompressed_bytes;
        if !header.is_compressed || matches!(self.compression, Compression::UNCOMPRESSED) {
            return Ok(bytes);
        }
        self.budget.decompress(uncompressed_bytes)?;
        let mut page = Vec::with_capacity(uncompressed_bytes);
        page.extend_from_slice(&bytes[..plain]);
        let rest = uncompressed_bytes - plain;
        if rest > 0 {
            decompress(self.compression, &bytes[plain..], &mut page, rest)?;
        }
        if page.len() == uncompressed_bytes { Ok(page.into()) } else { Err(malformed(ParquetFault::PageLength)) }
    }
}

/// Data page of the `parquet` crate.
fn page(header: &PageHeader, buf: Bytes) -> Page {
    if header.kind == DATA_PAGE_V2 {
        let [def_levels_byte_len, rep_levels_byte_len] = header.levels;
        Page::DataPageV2 {
            buf,
            num_values: header.values,
            encoding: header.encoding,
            num_nulls: header.nulls,
            num_rows: header.rows,
            def_levels_byte_len,
            rep_levels_byte_len,
            is_compressed: header.is_compressed,
            statistics: None,
        }
    } else {
        #[expect(deprecated, reason = "old files use BIT_PACKED")]
        let def_level_encoding =
            if header.level_encoding == RLE_ENCODING { Encoding::RLE } else { Encoding::BIT_PACKED };
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

/// Integers of a page's header, by the numbers of their fields.
#[derive(Default)]
struct HeaderFields {
    values: Vec<([i16; 2], i64)>,
}

impl HeaderFields {
    fn add(&mut self, path: &[i16], item: ThriftItem) {
        if let (ThriftItem::Integer(value), [.., _]) = (item, path)
            && path.len() <= 2
            && self.values.len() < MAX_HEADER_FIELDS
        {
            self.values.push(([path[0], path.get(1).copied().unwrap_or_default()], value));
        }
    }

    /// Field with the path `[field, 0]` in the header itself, or `[field, nested field]` in a nested struct.
    fn get(&self, path: [i16; 2]) -> Option<i64> {
        self.values.iter().find(|(known, _)| *known == path).map(|(_, value)| *value)
    }

    /// Required field as an integer of type `T`.
    fn required<T: TryFrom<i64>>(&self, path: [i16; 2]) -> Result<T> {
        self.get(path).and_then(|value| T::try_from(value).ok()).ok_or_else(|| malformed(ParquetFault::PageHeader))
    }
}

impl PageHeader {
    /// Converts the fields of a header; the numbers are those of `parquet.thrift`.
    fn new(fields: &HeaderFields) -> Result<Self> {
        let kind: i64 = fields.required([1, 0])?;
        let mut header = Self {
            kind,
            uncompressed_bytes: usize::try_from(fields.required::<i32>([2, 0])?)
                .map_err(|_| malformed(ParquetFault::PageHeader))?,
            compressed_bytes: usize::try_from(fields.required::<i32>([3, 0])?)
                .map_err(|_| malformed(ParquetFault::PageHeader))?,
            values: 0,
            encoding: Encoding::PLAIN,
            level_encoding: RLE_ENCODING,
            nulls: 0,
            rows: 0,
            levels: [0, 0],
            is_compressed: true,
            checksum: fields.get([4, 0]),
        };
        // Field of the nested struct for the kind, and the field of the encoding in it.
        let (structure, encoding) = match kind {
            DATA_PAGE => (5, 2),
            DICTIONARY_PAGE => (7, 2),
            DATA_PAGE_V2 => (8, 4),
            _ => return Ok(header),
        };
        header.values = fields.required([structure, 1])?;
        header.encoding = encoding_of(fields.required([structure, encoding])?)?;
        if kind == DATA_PAGE {
            header.level_encoding = fields.required([5, 3])?;
        }
        if kind == DATA_PAGE_V2 {
            header.nulls = fields.required([8, 2])?;
            header.rows = fields.required([8, 3])?;
            header.levels = [fields.required([8, 5])?, fields.required([8, 6])?];
            header.is_compressed = fields.get([8, 7]) != Some(0);
        }
        Ok(header)
    }
}

/// Encoding with the given number in `parquet.thrift`.
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
        _ => return Err(malformed(ParquetFault::PageEncoding)),
    })
}

/// Appends at most `max` decompressed bytes.
fn decompress(compression: Compression, bytes: &[u8], page: &mut Vec<u8>, max: usize) -> Result<()> {
    let start = page.len();
    let failed =
        |error: &dyn std::fmt::Display| malformed(ParquetFault::Decompression { detail: Some(error.to_string()) });
    match compression {
        Compression::SNAPPY => {
            let length = snap::raw::decompress_len(bytes).map_err(|error| failed(&error))?;
            if length != max {
                return Err(malformed(ParquetFault::PageLength));
            }
            page.resize(start + max, 0);
            snap::raw::Decoder::new().decompress(bytes, &mut page[start..]).map_err(|error| failed(&error))?;
        }
        Compression::GZIP(_) => take(flate2::read::MultiGzDecoder::new(bytes), page, max)?,
        Compression::BROTLI(_) => take(brotli_decompressor::Decompressor::new(bytes, 4096), page, max)?,
        #[cfg(not(feature = "zstd"))]
        Compression::ZSTD(_) => return Err(wrap(not_built("zstd"))),
        #[cfg(feature = "zstd")]
        Compression::ZSTD(_) => {
            page.resize(start + max, 0);
            let length = zstd::bulk::decompress_to_buffer(bytes, &mut page[start..]);
            page.truncate(start + length.map_err(|error| failed(&error))?);
        }
        Compression::LZ4_RAW => decompress_lz4_block(bytes, page, max)?,
        // The deprecated codec LZ4 was written with Hadoop's framing, with LZ4's framing, and without framing.
        Compression::LZ4 => {
            for attempt in [decompress_lz4_hadoop, decompress_lz4_frame, decompress_lz4_block] {
                page.truncate(start);
                if attempt(bytes, page, max).is_ok() && page.len() == start + max {
                    return Ok(());
                }
            }
            return Err(malformed(ParquetFault::Decompression { detail: None }));
        }
        Compression::LZO | Compression::UNCOMPRESSED => return Err(malformed(ParquetFault::UnsupportedCompression)),
    }
    Ok(())
}

/// Appends what `reader` decompresses, up to one byte more than `max`: the page is then longer than its header claims.
fn take(reader: impl Read, page: &mut Vec<u8>, max: usize) -> Result<()> {
    reader.take(max as u64 + 1).read_to_end(page)?;
    Ok(())
}

fn decompress_lz4_frame(bytes: &[u8], page: &mut Vec<u8>, max: usize) -> Result<()> {
    take(lz4_flex::frame::FrameDecoder::new(bytes), page, max)
}

fn decompress_lz4_block(bytes: &[u8], page: &mut Vec<u8>, max: usize) -> Result<()> {
    let start = page.len();
    page.resize(start + max, 0);
    let length = lz4_flex::block::decompress_into(bytes, &mut page[start..]);
    page.truncate(
        start + length.map_err(|error| malformed(ParquetFault::Decompression { detail: Some(error.to_string()) }))?,
    );
    Ok(())
}

/// Appends the blocks of Hadoop's framing: each follows its decompressed and its compressed length.
fn decompress_lz4_hadoop(mut bytes: &[u8], page: &mut Vec<u8>, mut max: usize) -> Result<()> {
    while let Some((head, rest)) = bytes.split_first_chunk::<8>() {
        let number = |position: usize| {
            u32::from_be_bytes([head[position], head[position + 1], head[position + 2], head[position + 3]]) as usize
        };
        let (length, compressed) = (number(0), number(4));
        if compressed > rest.len() || length > max {
            return Err(malformed(ParquetFault::Decompression { detail: None }));
        }
        decompress_lz4_block(&rest[..compressed], page, length)?;
        max -= length;
        bytes = &rest[compressed..];
    }
    if bytes.is_empty() { Ok(()) } else { Err(malformed(ParquetFault::Decompression { detail: None })) }
}

/// Checks that the lists of byte array lengths are not longer than the page has values, because the decoder allocates
/// memory for the number that the lists claim. `None` if they are, or are malformed.
fn check_lengths(values: &[u8], header: &PageHeader) -> Option<()> {
    let end = end_of_deltas(values, 0, header.values)?;
    if header.encoding == Encoding::DELTA_BYTE_ARRAY {
        end_of_deltas(values, end, header.values)?;
    }
    Some(())
}

/// End of the integers in `DELTA_BINARY_PACKED` encoding that begin at `position`; `None` if there are more than `max` of
/// them, or they are malformed.
fn end_of_deltas(bytes: &[u8], position: usize, max: u32) -> Option<usize> {
    let (block, position) = varint(bytes, position)?;
    let (miniblocks, position) = varint(bytes, position)?;
    let (total, position) = varint(bytes, position)?;
    let (_, mut position) = varint(bytes, position)?;
    let values_per_miniblock = block.checked_div(miniblocks)?;
    if total > u64::from(max) || values_per_miniblock == 0 || miniblocks > bytes.len() as u64 {
        return None;
    }
    let mut left = total.saturating_sub(1);
    while left > 0 {
        (_, position) = varint(bytes, position)?;
        let widths = bytes.get(position..position + usize::try_from(miniblocks).ok()?)?;
        position += widths.len();
        for width in widths {
            if left == 0 {
                break;
            }
            position = position
                .checked_add(usize::try_from(values_per_miniblock.checked_mul(u64::from(*width))? / 8).ok()?)?;
            left = left.saturating_sub(values_per_miniblock);
        }
    }
    // The last miniblock need not be complete.
    Some(position.min(bytes.len()))
}

impl Drop for Pages {
    fn drop(&mut self) {
        self.budget.release(self.batch_bytes + self.page_bytes.iter().sum::<usize>() + self.dictionary_bytes);
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_page().transpose()
    }
}
