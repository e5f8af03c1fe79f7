//! A JSON object of named arrays: each array is a column of a table.

use std::collections::HashSet;

use crate::cells::{MAX_CELL_OVERHEAD_BYTES, decode, encode};
use crate::errors::{at_cell, exceeded, no_values, repeated};
use crate::limits::Limits;
use crate::table::{Aggregate, Cell, OpenTable, Role, Schema, check_axis};
use describe::plain;
use describe_options::Options;
use describe_options::{InputError, JsonFault, LISTED, Measured, excerpt};

/// Describes columns that come one after another. Without groups none of them is kept. With groups, cells must meet those
/// of other columns that stand at the same position, so the columns that are asked for are buffered until the end.
#[derive(Debug)]
pub(crate) struct Columns {
    options: Options,
    schema: Schema,
    aggregate: Aggregate,
    /// The names and lengths of the columns so far; the last one is at hand.
    lengths: Vec<(String, u64)>,
    names: HashSet<String>,
    role: Role,
    buffered: BufferedColumns,
}

/// Columns that wait for the others.
#[derive(Debug)]
struct BufferedColumns {
    cells: Vec<u8>,
    limit: usize,
    /// Where the columns begin: those to group by, and those to describe.
    groups: Vec<usize>,
    values: Vec<usize>,
}

impl Columns {
    pub(crate) fn new(options: &Options, limits: Limits) -> Self {
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
                limit: limits.memory,
                groups: Vec::new(),
                values: Vec::new(),
            },
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.lengths.is_empty()
    }

    /// Whether there is a column with this name.
    pub(crate) fn contains(&self, name: &str) -> bool {
        self.names.contains(name.trim_ascii())
    }

    /// The cells that follow are those of the column named so.
    pub(crate) fn begin(&mut self, written: &str) -> Result<(), InputError> {
        self.schema.check_width(self.lengths.len() + 1)?;
        let mut name = written.trim_ascii().to_owned();
        if name.is_empty() {
            name = format!("column_{}", self.lengths.len() + 1);
        }
        if !self.names.insert(name.clone()) {
            return Err(repeated(&name));
        }
        self.role = self.schema.add_column(&name);
        self.lengths.push((name, 0));
        if self.schema.is_keyed() {
            self.buffered.begin(self.role);
        } else {
            self.aggregate.group(&self.schema, 0, |_, _| false)?;
        }
        Ok(())
    }

    /// Takes the next cell of the column.
    #[inline]
    pub(crate) fn cell(&mut self, cell: Cell, nested: bool) -> Result<(), InputError> {
        let Some((name, length)) = self.lengths.last_mut() else { return Ok(()) };
        let row = *length;
        *length += 1;
        if !self.schema.is_keyed() {
            if let Some(value) = self.role.value {
                self.aggregate.cell(&self.schema, 0, value, row, cell);
            }
            return Ok(());
        }
        match self.role {
            Role { group: None, value: None } => Ok(()),
            Role { group: Some(_), .. } if nested => Err(at_cell(row + 1, name, JsonFault::NestedGroup)),
            _ => self.buffered.push(cell),
        }
    }

    /// Takes the plain numbers that `text` begins with: see [`crate::json::tokenizer::Sink::numbers`].
    pub(crate) fn numbers(&mut self, text: &[u8]) -> Result<usize, InputError> {
        let mut at = 0;
        while let Some((decimal, length)) = plain(&text[at..]) {
            if text.get(at + length) != Some(&b',') {
                break;
            }
            self.cell(Cell::Number(decimal), false)?;
            at += length + 1;
            at += usize::from(text.get(at) == Some(&b' '));
        }
        Ok(at)
    }

    /// Ends the columns.
    pub(crate) fn finish(mut self) -> Result<OpenTable, InputError> {
        check_axis(&self.options)?;
        let records = self.lengths.first().map_or(0, |(_, length)| *length);
        if self.lengths.iter().any(|(_, length)| *length != records) {
            return Err(self.unequal());
        }
        if records == 0 {
            return Err(no_values());
        }
        let names: Vec<String> = self.lengths.iter().map(|(name, _)| name.clone()).collect();
        self.schema.check_asked(&names)?;
        if self.schema.is_keyed() {
            self.buffered.replay(&self.schema, &mut self.aggregate, records)?;
        } else {
            self.aggregate.count_records(0, records);
        }
        self.aggregate.finish(self.schema, 1)
    }

    fn unequal(&self) -> InputError {
        let shown = |(name, length): &(String, u64)| (excerpt(name.as_bytes()), *length);
        let lengths = self.lengths.iter().take(LISTED).map(shown).collect();
        InputError::of_data(JsonFault::UnequalColumns { lengths, more: self.lengths.len() > LISTED })
    }
}

impl BufferedColumns {
    fn begin(&mut self, role: Role) {
        let start = self.cells.len();
        let note = |starts: &mut Vec<usize>, place: Option<usize>| {
            if let Some(place) = place {
                starts.resize(starts.len().max(place + 1), usize::MAX);
                starts[place] = start;
            }
        };
        note(&mut self.groups, role.group);
        note(&mut self.values, role.value);
    }

    #[inline]
    fn push(&mut self, cell: Cell) -> Result<(), InputError> {
        let most = MAX_CELL_OVERHEAD_BYTES + if let Cell::Text(text) = cell { text.len() } else { 0 };
        if self.cells.capacity() - self.cells.len() < most {
            self.grow(most)?;
        }
        encode(cell, &mut self.cells);
        Ok(())
    }

    #[cold]
    fn grow(&mut self, more: usize) -> Result<(), InputError> {
        let capacity = (2 * self.cells.capacity()).max(self.cells.len() + more).max(1 << 12).min(self.limit);
        if capacity < self.cells.len() + more {
            return Err(exceeded(Measured::GroupedColumns, self.limit));
        }
        self.cells.reserve_exact(capacity - self.cells.len());
        Ok(())
    }

    /// Takes the columns together, record by record.
    fn replay(&self, schema: &Schema, aggregate: &mut Aggregate, records: u64) -> Result<(), InputError> {
        let column = |start: &usize| self.cells.get(*start..).unwrap_or_default();
        let mut groups: Vec<&[u8]> = self.groups.iter().map(column).collect();
        let mut values: Vec<&[u8]> = self.values.iter().map(column).collect();
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
            for (value, cells) in values.iter_mut().enumerate() {
                aggregate.cell(schema, group, value, row, decode(cells));
            }
        }
        Ok(())
    }
}
