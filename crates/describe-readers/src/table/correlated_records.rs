//! Records whose columns are correlated: the joint tally of each group.
//!
//! Input: the cells of a record. Output: a [`JointTally`] for each group, in the order of results. Invariants: a cell has the number that
//! it is described as, and none if it is missing, absent or invalid; tallies merge exactly, so that the result does not depend on the
//! blocks.

use std::sync::Arc;

use describe::{Decimal, JointTally, trim_blanks};
use describe_options::InputError;

use super::aggregate::Aggregate;
use super::cell::{Cell, Records};
use super::column::Group;
use super::schema::{CellClass, Schema};
use super::table_group::TableGroup;

/// Joint tallies of the described columns.
#[derive(Debug)]
pub struct CorrelationTable {
    /// Names of the columns.
    pub columns: Vec<Arc<str>>,
    /// Tally of each group; then those of margins, then that of all groups.
    pub groups: Vec<CorrelatedGroup>,
}

/// Records of one group.
#[derive(Debug)]
pub struct CorrelatedGroup {
    /// Group of the records.
    pub group: TableGroup,
    /// Their numbers.
    pub tally: JointTally,
}

impl CorrelationTable {
    pub(super) fn new(schema: &Schema, groups: Vec<CorrelatedGroup>) -> Self {
        let columns = schema.values.iter().map(|column| schema.names[*column].as_str().into()).collect();
        Self { columns, groups }
    }
}

impl Group {
    /// Makes an empty tally if there is none.
    ///
    /// # Errors
    /// More memory than the task may hold.
    pub(super) fn begin_correlations(&mut self, schema: &Schema) -> Result<(), InputError> {
        if schema.correlates() && self.correlations.is_none() {
            let columns = schema.values.len();
            schema.ledger().charge(JointTally::initial_bytes(columns))?;
            self.correlations = Some(Box::new(JointTally::new(columns)));
        }
        Ok(())
    }

    pub(super) fn merge_correlations(&mut self, other: &Self) {
        if let (Some(ours), Some(theirs)) = (&mut self.correlations, &other.correlations) {
            ours.merge(theirs);
        }
    }

    /// The tally of a group with its values.
    pub(super) fn take_correlations(&mut self, schema: &Schema, group: &TableGroup) -> Option<CorrelatedGroup> {
        let none = || Box::new(JointTally::new(schema.values.len()));
        let tally = schema.correlates().then(|| self.correlations.take().unwrap_or_else(none))?;
        Some(CorrelatedGroup { group: group.clone(), tally: *tally })
    }
}

impl Aggregate {
    /// Adds the numbers of a batch of records whose groups are found.
    pub(super) fn correlate_records(
        &mut self,
        schema: &Schema,
        count: usize,
        records: &impl Records,
    ) -> Result<(), InputError> {
        for record in 0..count {
            self.correlated.clear();
            self.correlated.extend(schema.values.iter().map(|column| number(schema, records.cell(record, *column))));
            self.correlate(if schema.groups.is_empty() { 0 } else { self.record_groups[record] });
            schema.ledger().check_growth()?;
        }
        Ok(())
    }

    /// Begins a record whose cells are set one by one.
    pub(super) fn begin_correlated(&mut self, schema: &Schema) {
        self.correlated.clear();
        self.correlated.resize(schema.values.len(), None);
    }

    /// Sets a cell of such a record.
    pub(super) fn set_correlated(&mut self, schema: &Schema, value: usize, cell: Cell) {
        if let Some(number_of_cell) = self.correlated.get_mut(value) {
            *number_of_cell = number(schema, cell);
        }
    }

    /// Adds the record to its group.
    pub(super) fn correlate(&mut self, group: usize) {
        if let Some(tally) = &mut self.groups[group].correlations {
            tally.push(&self.correlated);
        }
    }
}

/// Number of a cell, as the column is described.
fn number(schema: &Schema, cell: Cell) -> Option<Decimal> {
    let text = match cell {
        Cell::Missing => return None,
        Cell::Number(number) if !schema.has_numeric_codes() => return Some(number),
        Cell::Number(_) => b"",
        Cell::Text(text) => trim_blanks(text),
    };
    let decoded = schema.decoded(text);
    let text = decoded.as_ref().map_or(text, |text| trim_blanks(text.as_bytes()));
    match schema.classify(cell, text) {
        CellClass::Number(number) => Some(number),
        CellClass::Special(_) | CellClass::Invalid(_) => None,
    }
}
