//! Columns of a JSON object of named arrays: each array is a column of a table.
//!
//! Input: the name and the cells of one column after another. Output: an [`OpenTable`]. Invariants: names are unique, and all
//! columns have the same length. Without groups, cells are not stored; with groups, the encoded cells are bounded by a limit.

use std::collections::HashSet;

use crate::cells::{MAX_CELL_OVERHEAD_BYTES, decode, encode};
use crate::errors::{at_cell, exceeded, no_values, repeated};
use crate::ledger::Ledger;
use crate::limits::Limits;
use crate::table::{Aggregate, Cell, OpenTable, Reading, Role, Schema, check_axis};
use describe::{Retention, Sample, plain};
use describe_options::Options;
use describe_options::{InputError, JsonFault, MAX_LISTED_DIAGNOSTICS, Measured, excerpt};

/// Describes the columns of a table that arrive one after another. With groups, each cell belongs to the group of its row,
/// so the columns in use are buffered until the end.
#[derive(Debug)]
pub(crate) struct Columns {
    options: Options,
    schema: Schema,
    aggregate: Aggregate,
    /// Names and lengths of the columns so far. The last one is the current one.
    lengths: Vec<(String, u64)>,
    names: HashSet<String>,
    /// Use of the current column.
    role: Role,
    buffered: BufferedColumns,
}

/// Rows of a column after which it is checked what they have grown by.
const ROWS_BETWEEN_CHECKS: u64 = 1 << 10;

/// Copies of the name of a column: two here, one in the schema, one for the check of requested columns.
const NAME_COPIES: usize = 4;

/// Cells of the columns in use, for tables with groups.
#[derive(Debug)]
struct BufferedColumns {
    /// Encoded cells of all columns.
    cells: Vec<u8>,
    max_bytes: usize,
    ledger: Ledger,
    /// Start in `cells` of each column to group by; `usize::MAX` for a column that has not arrived.
    group_starts: Vec<usize>,
    /// Start in `cells` of each column to describe, likewise.
    value_starts: Vec<usize>,
}

impl Columns {
    pub(crate) fn new(options: &Options, limits: &Limits) -> Self {
        let schema = Schema::open(options, limits);
        Self {
            options: options.clone(),
            aggregate: Aggregate::new(&schema),
            schema,
            lengths: Vec::new(),
            names: HashSet::new(),
            role: Role::default(),
            buffered: BufferedColumns {
                cells: Vec::new(),
                max_bytes: limits.memory,
                ledger: limits.ledger.clone(),
                group_starts: Vec::new(),
                value_starts: Vec::new(),
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Whether a column has this name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name.trim_ascii())
    }

    /// Begins a column. `name` is trimmed; an empty one becomes `column_N`.
    ///
    /// # Errors
    /// A repeated name, or more columns than the limit.
    pub(crate) fn begin(&mut self, name: &str) -> Result<(), InputError> {
        self.schema.check_width(self.lengths.len() + 1)?;
        self.schema.ledger().charge(NAME_COPIES * (name.len() + size_of::<String>()))?;
        let mut name = name.trim_ascii().to_owned();
        if name.is_empty() {
            name = format!("column_{}", self.lengths.len() + 1);
        }
        if !self.names.insert(name.clone()) {
            return Err(repeated(&name));
        }
        self.role = self.schema.add_column(&name);
        self.lengths.push((name, 0));
        if self.schema.has_key_columns() {
            self.buffered.begin(self.role);
        } else {
            self.aggregate.group(&self.schema, 0, |_, _| false)?;
        }
        Ok(())
    }

    /// Adds the next cell of the current column. `nested` states that it is an array or object.
    #[inline]
    pub(crate) fn push(&mut self, cell: Cell, nested: bool) -> Result<(), InputError> {
        let Some((name, length)) = self.lengths.last_mut() else { return Ok(()) };
        let row = *length;
        *length += 1;
        if !self.schema.has_key_columns() {
            if let Some(value) = self.role.value {
                self.aggregate.cell(&self.schema, 0, value, row, cell);
                if row.is_multiple_of(ROWS_BETWEEN_CHECKS) {
                    self.aggregate.check_growth()?;
                }
            }
            return Ok(());
        }
        match self.role {
            Role { group: None, value: None } => Ok(()),
            Role { group: Some(_), .. } if nested => Err(at_cell(row + 1, name, JsonFault::NestedGroup)),
            _ => self.buffered.push(cell),
        }
    }

    /// Adds plain numbers as [`crate::json::tokenizer::Sink::numbers`] does.
    pub(crate) fn push_numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut at = 0;
        while let Some((decimal, length)) = plain(&text[at..]) {
            if text.get(at + length) != Some(&b',') {
                break;
            }
            self.push(Cell::Number(decimal), false)?;
            at += length + 1;
            at += usize::from(text.get(at) == Some(&b' '));
        }
        Ok(at)
    }

    /// Retention of further plain numbers of the current column that are accumulated elsewhere; `None` if they depend on their place
    /// in the column, or it has no cells yet.
    pub(crate) fn fork(&self) -> Option<Retention> {
        self.role.group.is_none().then(|| self.aggregate.fork_numbers(&self.schema, self.role.value?)).flatten()
    }

    /// Adds numbers that were accumulated elsewhere.
    pub(crate) fn merge_numbers(&mut self, numbers: &Sample) {
        if let Some(value) = self.role.value {
            self.aggregate.merge_numbers(value, numbers);
        }
    }

    /// Advances past `count` numbers that were accumulated elsewhere.
    pub(crate) fn skip(&mut self, count: u64) {
        if let Some((_, length)) = self.lengths.last_mut() {
            *length += count;
        }
    }

    /// Ends the table.
    ///
    /// # Errors
    /// Columns of unequal lengths, an empty table, or a name in the options that no column has.
    pub(crate) fn finish(mut self) -> Result<OpenTable, InputError> {
        check_axis(&self.options)?;
        let records = self.lengths.first().map_or(0, |(_, length)| *length);
        if self.lengths.iter().any(|(_, length)| *length != records) {
            return Err(self.unequal_lengths());
        }
        if records == 0 {
            return Err(no_values());
        }
        let names: Vec<String> = self.lengths.iter().map(|(name, _)| name.clone()).collect();
        self.schema.check_requested(&names)?;
        if self.schema.has_key_columns() {
            self.buffered.replay(&self.schema, &mut self.aggregate, records)?;
        } else {
            self.aggregate.count_records(0, records);
        }
        self.aggregate.finish(self.schema, 1, Reading::of("json"))
    }

    fn unequal_lengths(&self) -> InputError {
        let shown = |(name, length): &(String, u64)| (excerpt(name.as_bytes()), *length);
        let lengths = self.lengths.iter().take(MAX_LISTED_DIAGNOSTICS).map(shown).collect();
        InputError::of_data(JsonFault::UnequalColumns { lengths, more: self.lengths.len() > MAX_LISTED_DIAGNOSTICS })
    }
}

impl BufferedColumns {
    fn begin(&mut self, role: Role) {
        let start = self.cells.len();
        let set_start = |starts: &mut Vec<usize>, index: Option<usize>| {
            if let Some(index) = index {
                starts.resize(starts.len().max(index + 1), usize::MAX);
                starts[index] = start;
            }
        };
        set_start(&mut self.group_starts, role.group);
        set_start(&mut self.value_starts, role.value);
    }

    #[inline]
    fn push(&mut self, cell: Cell) -> Result<(), InputError> {
        let max_bytes = MAX_CELL_OVERHEAD_BYTES + if let Cell::Text(text) = cell { text.len() } else { 0 };
        if self.cells.capacity() - self.cells.len() < max_bytes {
            self.grow(max_bytes)?;
        }
        encode(cell, &mut self.cells);
        Ok(())
    }

    /// Makes room for `bytes` more, doubling the capacity up to the limit.
    #[cold]
    fn grow(&mut self, bytes: usize) -> Result<(), InputError> {
        let capacity = (2 * self.cells.capacity()).max(self.cells.len() + bytes).max(1 << 12).min(self.max_bytes);
        if capacity < self.cells.len() + bytes {
            return Err(exceeded(Measured::GroupedColumns, self.max_bytes));
        }
        self.ledger.charge(capacity - self.cells.capacity())?;
        self.cells.reserve_exact(capacity - self.cells.len());
        Ok(())
    }

    /// Adds the cells to the aggregate row by row.
    fn replay(&self, schema: &Schema, aggregate: &mut Aggregate, records: u64) -> Result<(), InputError> {
        let column = |start: &usize| self.cells.get(*start..).unwrap_or_default();
        // One that is not in the file is null.
        let starts = self.group_starts.iter().chain(std::iter::repeat(&usize::MAX));
        let mut groups: Vec<&[u8]> = starts.take(schema.key_columns()).map(column).collect();
        let mut values: Vec<&[u8]> = self.value_starts.iter().map(column).collect();
        let mut texts = vec![(false, Vec::new()); groups.len()];
        for row in 0..records {
            for (cells, (present, text)) in groups.iter_mut().zip(&mut texts) {
                text.clear();
                *present = decode(cells).group(text);
            }
            let group = aggregate.group(schema, row, |column, key| {
                let (present, text) = &texts[column];
                key.extend_from_slice(text);
                *present
            })?;
            aggregate.count_records(group, 1);
            aggregate.begin_record(schema);
            for (value, cells) in values.iter_mut().enumerate() {
                aggregate.cell(schema, group, value, row, decode(cells));
            }
            aggregate.end_record(schema, group)?;
            aggregate.check_growth()?;
        }
        Ok(())
    }
}
