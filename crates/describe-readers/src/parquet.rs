//! Reader of Parquet files.
//!
//! Input: the bytes of a file, and the options that select columns. Output: an open table. Row groups are read in order, or on all
//! threads if there are no other tasks; of each only the columns that are described, or that group or weight the records.
//!
//! Invariants: the footer and the page headers are checked before the `parquet` crate allocates memory for their claims;
//! decompressed bytes, buffered bytes and cells are limited.

mod cells;
mod column;
mod content;
mod errors;
mod index_page;
mod pages;
mod queue;
mod thrift;

use std::collections::BTreeSet;
use std::ops::{Range, RangeInclusive};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use parquet::file::metadata::{
    ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, ParquetStatisticsPolicy,
    RowGroupMetaData,
};

use self::cells::ColumnType;
use self::column::Column;
pub(super) use self::content::Content;
use self::errors::from_crate;
use self::pages::{EXPANDING_BATCH_ROWS, PageBudget, Pages};
use self::thrift::{ThriftItem, visit_struct, without_fields};
use super::decoder_panics;
use super::errors::exceeded;
use super::limits::Limits;
use super::table::{Aggregate, Cell, Coded, OpenTable, Reading, Records, Schema, too_many_columns};
use super::threads;
use describe_options::{Diagnostic, InputError, Measured, Options, ParquetFault, TableFault, excerpt};

/// Converted types that exist.
const CONVERTED_TYPES: RangeInclusive<i64> = 0..=21;

/// Maximum number of rows in a batch.
const MAX_BATCH_ROWS: usize = 4096;

/// Maximum number of cells in a batch, but for [`EXPANDING_BATCH_ROWS`].
const MAX_BATCH_CELLS: usize = 1 << 16;

/// Maximum nesting depth of a column.
const MAX_COLUMN_DEPTH: usize = 64;

/// Memory of a decoded footer for each of its bytes, besides its structs: its texts and small numbers.
const FOOTER_BYTES: usize = 4;

/// Memory of an element of a footer's schema: what is read, the type, and the column with its path.
const ELEMENT_BYTES: usize = 1 << 10;

/// Memory of a decoded struct of a footer that is not one of the larger ones, such as a key with its value.
const STRUCT_BYTES: usize = 64;

/// Maximum number of cells per byte of the file: a column that repeats one value takes almost no bytes.
const MAX_CELLS_PER_BYTE: u64 = 100;

/// Reads a Parquet file.
///
/// # Errors
/// A file that is not Parquet or is corrupt, an exceeded limit, and the errors of tables.
pub(super) fn read(content: &Content, options: &Options, limits: &Limits) -> Result<OpenTable, InputError> {
    // The crate's decoders of values panic on some corrupt pages instead of returning an error. Nothing that they may have
    // left inconsistent is used afterwards.
    decoder_panics::catch(|| read_table(content, options, limits))
        .unwrap_or_else(|| Err(InputError::of_data(ParquetFault::Page)))
}

fn read_table(content: &Content, options: &Options, limits: &Limits) -> Result<OpenTable, InputError> {
    let Footer { metadata, encrypted } = read_footer(content, limits)?;
    let fields = metadata.file_metadata().schema_descr().root_schema().get_fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let schema = Schema::new(&names, options, limits)?;
    let types: Vec<ColumnType> = fields.iter().map(|field| ColumnType::of(field)).collect();
    for (name, column_type) in names.iter().zip(&types) {
        if let (ColumnType::Nested(kind), true) =
            (column_type, !schema.is_preview() && options.table.group_by.iter().any(|by| by == name.trim()))
        {
            return Err(nested_group(options, name, kind));
        }
    }
    let cells = content.len().saturating_mul(MAX_CELLS_PER_BYTE).max(limits.memory as u64);
    let rows = metadata.row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or_default());
    if rows.fold(0, u64::saturating_add) > cells {
        return Err(exceeded(Measured::ParquetCells, limits.memory));
    }
    let mut file = RowGroups {
        content,
        metadata: &metadata,
        encrypted,
        types,
        limits: limits.clone(),
        budget: Arc::new(PageBudget::new(limits)),
        schema,
        cells: AtomicU64::new(cells),
    };
    let read = if file.can_be_divided() { file.read_on_all_threads() } else { None };
    let (aggregate, is_cut) = if let Some(aggregate) = read {
        (aggregate, false)
    } else {
        (file.budget, file.cells) = (Arc::new(PageBudget::new(limits)), AtomicU64::new(cells));
        file.read_in_order()?
    };
    aggregate.finish(file.schema, 1, Reading::of("parquet").cut(is_cut))
}

/// Row groups of a file, and what limits their reading.
struct RowGroups<'a> {
    content: &'a Content,
    metadata: &'a ParquetMetaData,
    /// Leaf columns that are encrypted in any row group.
    encrypted: BTreeSet<usize>,
    /// Type of each column of the table.
    types: Vec<ColumnType>,
    limits: Limits,
    budget: Arc<PageBudget>,
    schema: Schema,
    /// Number of cells that may still be read.
    cells: AtomicU64,
}

impl RowGroups<'_> {
    /// Whether threads may read row groups at the same time.
    fn can_be_divided(&self) -> bool {
        self.limits.preview_rows().is_none() && self.limits.ledger.is_alone() && self.are_small()
    }

    /// Reads all row groups, or as many as a preview needs. Returns also whether a preview ended before the last row.
    fn read_in_order(&self) -> Result<(Aggregate, bool), InputError> {
        let (mut aggregate, mut row, mut is_cut) = (Aggregate::new(&self.schema), 0, false);
        for group in 0..self.metadata.num_row_groups() {
            let mut rows = self.rows(group)?;
            if let Some(left) = self.limits.preview_rows().map(|wanted| wanted.saturating_sub(row)) {
                is_cut |= rows > left;
                rows = rows.min(left);
            }
            self.read_group(group, rows, &mut aggregate)?;
            row += rows;
        }
        Ok((aggregate, is_cut))
    }

    /// Reads the row groups on all threads, each of which takes the next one when it has read one. `None` if any of them has an error:
    /// whether it is one depends on what the groups before it are, and on how much is in memory at once.
    fn read_on_all_threads(&self) -> Option<Aggregate> {
        let (next, has_failed) = (AtomicUsize::new(0), AtomicBool::new(false));
        let whole = Mutex::new(Aggregate::new(&self.schema));
        threads::broadcast(|| {
            let mut aggregate = Aggregate::new(&self.schema);
            while !has_failed.load(Ordering::Relaxed) {
                let group = next.fetch_add(1, Ordering::Relaxed);
                if group >= self.metadata.num_row_groups() {
                    break;
                }
                let read = || self.read_group(group, self.rows(group)?, &mut aggregate);
                if decoder_panics::catch(read).is_none_or(|read| read.is_err()) {
                    has_failed.store(true, Ordering::Relaxed);
                    return;
                }
            }
            whole.lock().unwrap_or_else(PoisonError::into_inner).merge(&self.schema, aggregate);
        });
        let whole = whole.into_inner().unwrap_or_else(PoisonError::into_inner);
        (!has_failed.into_inner()).then_some(whole)
    }

    /// Whether what threads read of row groups at once takes so little memory for its pages that none is refused.
    fn are_small(&self) -> bool {
        let needed = self.needed_columns(&Aggregate::new(&self.schema));
        let schema = self.metadata.file_metadata().schema_descr();
        let read_bytes = |group: &RowGroupMetaData| {
            let chunks = group.columns().iter().enumerate();
            let read = chunks.filter(|(leaf, _)| needed[schema.get_column_root_idx(*leaf)]);
            read.map(|(_, chunk)| usize::try_from(chunk.uncompressed_size()).unwrap_or(usize::MAX))
                .fold(0, usize::saturating_add)
        };
        let bytes = self.metadata.row_groups().iter().map(read_bytes);
        bytes.max().unwrap_or(0).saturating_mul(threads::count()) <= self.limits.memory / 2
    }

    /// Number of rows of a row group.
    fn rows(&self, group: usize) -> Result<u64, InputError> {
        u64::try_from(self.metadata.row_group(group).num_rows())
            .map_err(|_| InputError::of_data(ParquetFault::RowCount))
    }

    /// Reads the first `rows` rows of a row group, batch by batch: a block of the aggregate.
    fn read_group(&self, group: usize, rows: u64, aggregate: &mut Aggregate) -> Result<(), InputError> {
        if rows == 0 {
            return Ok(());
        }
        let (mut columns, mut max_rows) = self.open(group, rows, aggregate)?;
        if columns.iter().flatten().any(Column::may_expand) {
            max_rows = EXPANDING_BATCH_ROWS;
        }
        let mut row = 0;
        while row < rows {
            let batch = max_rows.min(usize::try_from(rows - row).unwrap_or(usize::MAX));
            self.read_rows(&mut columns, row, batch, aggregate)?;
            row += batch as u64;
            if row == rows {
                let records = BatchRecords { columns: &columns, types: &self.types };
                aggregate.add_codes(&self.schema, rows - 1, &records);
            }
            // The rest of a column that is not numeric need not be read.
            for (column, is_needed) in columns.iter_mut().zip(self.needed_columns(aggregate)) {
                if !is_needed {
                    *column = None;
                }
            }
        }
        aggregate.end_block(group as u64, rows);
        Ok(())
    }

    /// For each column of the table, whether its cells are still needed.
    fn needed_columns(&self, aggregate: &Aggregate) -> Vec<bool> {
        let mut needed = vec![false; self.types.len()];
        for column in aggregate.needed_columns(&self.schema) {
            needed[column] = true;
        }
        needed
    }

    /// Opens the columns of a row group, of which `rows` rows are read: one per column of the table, `None` for one that is not needed
    /// or is nested. Returns also the maximum number of rows of a batch.
    fn open(&self, group: usize, rows: u64, aggregate: &Aggregate) -> Result<(Vec<Option<Column>>, usize), InputError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let chunks = self.metadata.row_group(group);
        let mut columns: Vec<Option<Column>> = self.types.iter().map(|_| None).collect();
        let needed = self.needed_columns(aggregate);
        let is_read = |column: usize| needed[column] && !matches!(self.types[column], ColumnType::Nested(_));
        let leaves = (0..schema.num_columns()).map(|leaf| (leaf, schema.get_column_root_idx(leaf)));
        let leaves: Vec<(usize, usize)> = leaves.filter(|(_, column)| is_read(*column)).collect();
        let max_rows = (MAX_BATCH_CELLS / leaves.len().max(1)).clamp(EXPANDING_BATCH_ROWS, MAX_BATCH_ROWS);
        let max_rows = max_rows.min(usize::try_from(rows).unwrap_or(usize::MAX));
        for (leaf, column) in leaves {
            let descriptor = schema.column(leaf);
            if self.encrypted.contains(&leaf) {
                let name = excerpt(descriptor.name().as_bytes());
                return Err(InputError::of_data(ParquetFault::EncryptedColumn { name }));
            }
            let (content, budget) = (self.content.clone(), Arc::clone(&self.budget));
            let value_type = self.types[column];
            let pages = Pages::new(content, chunks.column(leaf), value_type, max_rows, budget).map_err(from_crate)?;
            let may_expand = pages.may_expand();
            columns[column] = Some(Column::new(descriptor, value_type, pages, may_expand));
        }
        Ok((columns, max_rows))
    }

    /// Reads a batch of rows, from `row` of the row group on.
    fn read_rows(
        &self,
        columns: &mut [Option<Column>],
        row: u64,
        rows: usize,
        aggregate: &mut Aggregate,
    ) -> Result<(), InputError> {
        let open = columns.iter().flatten().count() as u64;
        let cost = (open + 1).saturating_mul(rows as u64);
        self.cells
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(cost))
            .map_err(|_| exceeded(Measured::ParquetCells, self.limits.memory))?;
        self.limits.ledger.check()?;
        for column in columns.iter_mut().flatten() {
            column.read(rows, &self.limits)?;
        }
        aggregate.records(&self.schema, row, rows, &BatchRecords { columns, types: &self.types });
        Ok(())
    }
}

/// Rows of a batch, as records of a table.
struct BatchRecords<'a> {
    columns: &'a [Option<Column>],
    types: &'a [ColumnType],
}

impl Records for BatchRecords<'_> {
    fn cell(&self, record: usize, column: usize) -> Cell<'_> {
        match (&self.columns[column], self.types[column]) {
            (Some(column), _) => column.cell(record),
            (None, ColumnType::Nested(kind)) => Cell::Text(kind.as_bytes()),
            (None, _) => Cell::Missing,
        }
    }

    fn cells<'a>(&'a self, column: usize, count: usize, mut take: impl FnMut(usize, Cell<'a>)) {
        if let Some(open) = &self.columns[column] {
            (0..count).for_each(|record| take(record, open.cell(record)));
        } else {
            (0..count).for_each(|record| take(record, self.cell(record, column)));
        }
    }

    fn coded(&self, column: usize) -> Option<Coded<'_>> {
        self.columns[column].as_ref()?.coded()
    }

    fn code(&self, column: usize, code: u32) -> Cell<'_> {
        self.columns[column].as_ref().map_or(Cell::Missing, |open| open.code(code))
    }

    fn doubles(&self, column: usize) -> Option<&[f64]> {
        self.columns[column].as_ref()?.doubles()
    }

    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        self.columns[column].as_ref().is_some_and(|column| column.group(record, key))
    }

    fn text(&self, record: usize, column: usize) -> Option<&[u8]> {
        match self.columns[column].as_ref()?.cell(record) {
            Cell::Text(text) => Some(text.trim_ascii()),
            Cell::Number(_) | Cell::Missing => None,
        }
    }
}

/// Error of a group column that is nested.
fn nested_group(options: &Options, name: &str, holds: &'static str) -> InputError {
    let position = options.table.group_by.iter().position(|column| column == name).unwrap_or_default();
    let option = options.origins().group_option(position);
    let fault = TableFault::NestedColumn { option, name: excerpt(name.as_bytes()), holds };
    Diagnostic::new(options.location(option), fault).with_input(name.as_bytes()).into()
}

/// Reads the footer, after checking its claims against its size.
fn read_footer(content: &Content, limits: &Limits) -> Result<Footer, InputError> {
    let size = content.len();
    let end = size.checked_sub(8).filter(|end| *end >= 4).ok_or_else(|| InputError::of_data(ParquetFault::TooShort))?;
    let tail = content.read(end, 8).map_err(from_crate)?;
    let (length, magic) = tail.split_at(4);
    if magic == b"PARE" {
        return Err(InputError::of_data(ParquetFault::Encrypted));
    }
    if magic != b"PAR1" {
        return Err(InputError::of_data(ParquetFault::NoEnd));
    }
    let length = u32::from_le_bytes([length[0], length[1], length[2], length[3]]);
    let start = end.checked_sub(u64::from(length)).ok_or_else(|| InputError::of_data(ParquetFault::FooterLength))?;
    let length = length as usize;
    if content.copied_bytes(length) > limits.memory {
        return Err(exceeded(Measured::ParquetUnpacked, limits.memory));
    }
    limits.ledger.charge(content.copied_bytes(length))?;
    let footer = content.read(start, length).map_err(from_crate)?;
    let claims = check_footer(&footer, limits)?;
    if claims.decoded_bytes > limits.memory {
        return Err(exceeded(Measured::ParquetUnpacked, limits.memory));
    }
    limits.ledger.charge(claims.decoded_bytes)?;
    // The crate refuses the whole file for a converted type that it does not know, of which early writers have some. Without
    // it the column is read by its physical type.
    let known =
        without_fields(&footer, &claims.unknown_types).ok_or_else(|| InputError::of_data(ParquetFault::Footer))?;
    let metadata =
        ParquetMetaDataReader::decode_metadata_with_options(&known, Some(&without_statistics())).map_err(from_crate)?;
    Ok(Footer { metadata, encrypted: claims.encrypted })
}

/// What is not decoded of a footer, since it is not used.
fn without_statistics() -> ParquetMetaDataOptions {
    ParquetMetaDataOptions::new()
        .with_column_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
        .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll)
}

/// Footer of a file.
struct Footer {
    metadata: ParquetMetaData,
    encrypted: BTreeSet<usize>,
}

/// Properties of a footer that are read before it is decoded.
#[derive(Default)]
struct FooterClaims {
    /// Leaf columns that are encrypted in any row group.
    encrypted: BTreeSet<usize>,
    /// Bytes of the fields with a converted type that does not exist.
    unknown_types: Vec<Range<usize>>,
    /// Memory of the decoded footer.
    decoded_bytes: usize,
}

/// Memory of the decoded struct at a path of a footer, without its texts.
fn decoded_bytes(path: &[i16]) -> usize {
    match path {
        [2] => ELEMENT_BYTES,
        [4] => size_of::<RowGroupMetaData>(),
        [4, 1] => size_of::<ColumnChunkMetaData>(),
        _ => STRUCT_BYTES,
    }
}

/// Checks that decoding the footer takes neither too much memory nor deep recursion.
///
/// # Errors
/// A malformed footer, too many columns, or columns nested too deeply.
fn check_footer(footer: &[u8], limits: &Limits) -> Result<FooterClaims, InputError> {
    // The number of children of each schema element, the number of row groups, and that of columns in the last one.
    let (mut children, mut groups, mut columns) = (Vec::new(), 0_usize, 0_usize);
    let max_elements = limits.columns.saturating_mul(16);
    let mut claims = FooterClaims { decoded_bytes: footer.len() * FOOTER_BYTES, ..FooterClaims::default() };
    let end = visit_struct(footer, |path, item, field| {
        claims.decoded_bytes += if item == ThriftItem::Struct { decoded_bytes(path) } else { 0 };
        match (path, item) {
            ([2], ThriftItem::Struct) if children.len() <= max_elements => children.push(0),
            ([2, 5], ThriftItem::Integer(count)) => {
                children.iter_mut().last().into_iter().for_each(|last| *last = count);
            }
            ([2, 6], ThriftItem::Integer(converted)) if !CONVERTED_TYPES.contains(&converted) => {
                claims.unknown_types.push(field);
            }
            ([4], ThriftItem::Struct) => (groups, columns) = (groups + 1, 0),
            ([4, 1], ThriftItem::Struct) => columns += 1,
            ([4, 1, 8], ThriftItem::Struct) if columns <= max_elements => drop(claims.encrypted.insert(columns - 1)),
            _ => {}
        }
    });
    // A row group takes at least 16 bytes.
    if end.is_none() || groups > footer.len() / 16 {
        return Err(InputError::of_data(ParquetFault::Footer));
    }
    if children.len() > max_elements {
        return Err(too_many_columns(limits.columns));
    }
    let mut open: Vec<i64> = Vec::new();
    for count in &children {
        while open.last() == Some(&0) {
            open.pop();
        }
        if let Some(left) = open.last_mut() {
            *left -= 1;
        }
        open.push(*count);
        if open.len() > MAX_COLUMN_DEPTH || usize::try_from(*count).map_or(true, |count| count > children.len()) {
            return Err(InputError::of_data(ParquetFault::Columns));
        }
    }
    Ok(claims)
}
