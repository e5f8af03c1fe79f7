//! Parquet: row group by row group, and of these only the columns that matter.

mod cells;
mod errors;
mod pages;
mod thrift;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::reader::ChunkReader;

use self::cells::{Column, Shown};
use self::errors::from_crate;
use self::pages::{CAREFUL_BATCH, Ledger};
use self::thrift::{Seen, walk};
use super::errors::exceeded;
use super::limits::Limits;
use super::table::{Aggregate, Cell, OpenTable, Records, Schema, too_many_columns};
use describe_options::{Diagnostic, InputError, Measured, OptionName, Options, ParquetFault, TableFault, excerpt};

/// Rows that are read at once, if the columns are few.
const BATCH: usize = 4096;

/// Cells that are read at once.
const BATCH_CELLS: usize = 1 << 18;

/// The deepest nested column.
const MAX_DEPTH: usize = 64;

/// What the footer takes in memory in proportion to its size.
const FOOTER_RATIO: usize = 8;

/// Cells that are described in proportion to the size of the file: a column of one value takes next to nothing.
const MAX_RATIO: u64 = 100;

/// Reads a Parquet file.
///
/// # Errors
/// A file that is not Parquet or a broken one, a limit that was passed; and whatever a table is refused for.
pub(super) fn read(
    source: impl ChunkReader + 'static,
    options: &Options,
    limits: Limits,
) -> Result<OpenTable, InputError> {
    // The decoders of values assert where they should refuse: a wrong bit in a page can make them panic. Nothing of what
    // they worked on is used afterwards.
    catch_unwind(AssertUnwindSafe(|| read_table(&Arc::new(source), options, limits)))
        .unwrap_or_else(|_| Err(InputError::of_data(ParquetFault::Page)))
}

fn read_table<R: ChunkReader + 'static>(
    source: &Arc<R>,
    options: &Options,
    limits: Limits,
) -> Result<OpenTable, InputError> {
    let metadata = read_footer(source.as_ref(), limits)?;
    let fields = metadata.file_metadata().schema_descr().root_schema().get_fields();
    let names: Vec<&str> = fields.iter().map(|field| field.name()).collect();
    let schema = Schema::new(&names, options, limits)?;
    let shown: Vec<Shown> = fields.iter().map(|field| Shown::of(field)).collect();
    for (name, shown) in names.iter().zip(&shown) {
        if let (Shown::Nested(kind), true) = (shown, options.table.group_by.iter().any(|by| by == name.trim())) {
            return Err(nested_group(options, name, kind));
        }
    }
    let aggregate = Aggregate::new(&schema);
    let work = source.len().saturating_mul(MAX_RATIO).max(limits.memory as u64);
    let rows = metadata.row_groups().iter().map(|group| u64::try_from(group.num_rows()).unwrap_or_default());
    if rows.fold(0, u64::saturating_add) > work {
        return Err(exceeded(Measured::ParquetCells, limits.memory));
    }
    let ledger = Arc::new(Ledger::new(limits));
    let mut reader = Reader { source, metadata: &metadata, shown, limits, ledger, schema, aggregate, row: 0, work };
    (0..metadata.num_row_groups()).try_for_each(|group| reader.read_group(group))?;
    let Reader { schema, mut aggregate, row, .. } = reader;
    aggregate.end_block(0, row);
    aggregate.finish(schema, 1)
}

/// What is read, and what became of it.
struct Reader<'a, R> {
    source: &'a Arc<R>,
    metadata: &'a ParquetMetaData,
    /// By the table's columns.
    shown: Vec<Shown>,
    limits: Limits,
    ledger: Arc<Ledger>,
    schema: Schema,
    aggregate: Aggregate,
    /// Rows so far.
    row: u64,
    /// Cells that may still be described.
    work: u64,
}

impl<R: ChunkReader + 'static> Reader<'_, R> {
    fn read_group(&mut self, group: usize) -> Result<(), InputError> {
        let rows = self.metadata.row_group(group).num_rows();
        let mut left = u64::try_from(rows).map_err(|_| InputError::of_data(ParquetFault::RowCount))?;
        let mut columns = self.open(group)?;
        let count = columns.iter().flatten().count();
        let careful = columns.iter().flatten().any(Column::is_careful);
        let most = if careful { CAREFUL_BATCH } else { (BATCH_CELLS / count.max(1)).clamp(CAREFUL_BATCH, BATCH) };
        while left > 0 {
            let rows = most.min(usize::try_from(left).unwrap_or(usize::MAX));
            self.read_rows(&mut columns, rows)?;
            left -= rows as u64;
            // A column that turned out not to be numeric is not read on.
            for (column, wanted) in columns.iter_mut().zip(self.wanted()) {
                if !wanted {
                    *column = None;
                }
            }
        }
        Ok(())
    }

    /// Whether a column still matters, by the table's columns.
    fn wanted(&self) -> Vec<bool> {
        let mut wanted = vec![false; self.shown.len()];
        for column in self.aggregate.needed_columns(&self.schema) {
            wanted[column] = true;
        }
        wanted
    }

    /// The columns of a row group, by the table's columns; `None` where one is not wanted or nested.
    fn open(&self, group: usize) -> Result<Vec<Option<Column>>, InputError> {
        let schema = self.metadata.file_metadata().schema_descr();
        let chunks = self.metadata.row_group(group);
        let mut columns: Vec<Option<Column>> = self.shown.iter().map(|_| None).collect();
        let wanted = self.wanted();
        for leaf in 0..schema.num_columns() {
            let column = schema.get_column_root_idx(leaf);
            if wanted[column] && !matches!(self.shown[column], Shown::Nested(_)) {
                let (chunk, ledger) = (chunks.column(leaf), Arc::clone(&self.ledger));
                let pages =
                    pages::Pages::new(Arc::clone(self.source), chunk, schema.column(leaf).max_def_level() > 0, ledger);
                columns[column] =
                    Some(Column::new(schema.column(leaf), self.shown[column], pages.map_err(from_crate)?));
            }
        }
        Ok(columns)
    }

    fn read_rows(&mut self, columns: &mut [Option<Column>], rows: usize) -> Result<(), InputError> {
        let open = columns.iter().flatten().count() as u64;
        let cost = (open + 1).saturating_mul(rows as u64);
        self.work = self.work.checked_sub(cost).ok_or_else(|| exceeded(Measured::ParquetCells, self.limits.memory))?;
        for column in columns.iter_mut().flatten() {
            column.read(rows, self.limits.cell)?;
        }
        self.aggregate.records(&self.schema, self.row, rows, &View { columns, shown: &self.shown });
        self.row += rows as u64;
        Ok(())
    }
}

/// The rows that were read.
struct View<'a> {
    columns: &'a [Option<Column>],
    shown: &'a [Shown],
}

impl Records for View<'_> {
    fn cell(&self, record: usize, column: usize) -> Cell<'_> {
        match (&self.columns[column], self.shown[column]) {
            (Some(column), _) => column.cell(record),
            (None, Shown::Nested(kind)) => Cell::Text(kind.as_bytes()),
            (None, _) => Cell::Missing,
        }
    }

    fn group(&self, record: usize, column: usize, key: &mut Vec<u8>) -> bool {
        self.columns[column].as_ref().is_some_and(|column| column.group(record, key))
    }
}

fn nested_group(options: &Options, name: &str, holds: &'static str) -> InputError {
    let option = OptionName::GroupBy;
    let fault = TableFault::NestedColumn { option, name: excerpt(name.as_bytes()), holds };
    Diagnostic::new(options.location(option), fault).with_input(name.as_bytes()).into()
}

/// Reads what stands at the end of the file, once it is known that it claims nothing that is not there.
fn read_footer(source: &impl ChunkReader, limits: Limits) -> Result<ParquetMetaData, InputError> {
    let size = source.len();
    let end = size.checked_sub(8).filter(|end| *end >= 4).ok_or_else(|| InputError::of_data(ParquetFault::TooShort))?;
    let tail = source.get_bytes(end, 8).map_err(from_crate)?;
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
    if length > limits.memory / FOOTER_RATIO {
        return Err(exceeded(Measured::ParquetUnpacked, limits.memory));
    }
    let footer = source.get_bytes(start, length).map_err(from_crate)?;
    check_footer(&footer, limits)?;
    ParquetMetaDataReader::decode_metadata(&footer).map_err(from_crate)
}

/// Refuses a footer whose decoding would take much memory, or nest deeply.
fn check_footer(footer: &[u8], limits: Limits) -> Result<(), InputError> {
    // The columns of all groups, each with the columns in it if it is nested; and the row groups.
    let (mut children, mut groups) = (Vec::new(), 0_usize);
    let most = limits.columns.saturating_mul(16);
    let sound = walk(footer, |path, seen| match (path, seen) {
        ([2], Seen::Structure) if children.len() <= most => children.push(0),
        ([2, 5], Seen::Integer(count)) => children.iter_mut().last().into_iter().for_each(|last| *last = count),
        ([4], Seen::Structure) => groups += 1,
        _ => {}
    });
    // A row group takes 16 bytes at the least.
    if sound.is_none() || groups > footer.len() / 16 {
        return Err(InputError::of_data(ParquetFault::Footer));
    }
    if children.len() > most {
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
        if open.len() > MAX_DEPTH || usize::try_from(*count).map_or(true, |count| count > children.len()) {
            return Err(InputError::of_data(ParquetFault::Columns));
        }
    }
    Ok(())
}
