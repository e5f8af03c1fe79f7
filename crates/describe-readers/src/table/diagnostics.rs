//! What is to be said of single records: noted block by block, and numbered when the blocks are put together in order.

use super::schema::Plan;
use describe_options::{Diagnostic, Diagnostics, Kind, LISTED, Step, excerpt};

/// A block that was read: few words, for there may be very many.
#[derive(Debug)]
pub(super) struct Block {
    /// Its place in the table.
    pub(super) place: u64,
    /// Rows that it has, blank ones included.
    pub(super) rows: u64,
    pub(super) records: u64,
    /// What is to be said of its records, if anything.
    pub(super) notes: Option<Box<Notes>>,
}

/// What is to be said of single records of a block; rows are counted within the block.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) records: u64,
    pub(super) bad: Spots,
    /// By value: the first [`LISTED`] missing cells, if they are noted.
    pub(super) missing: Vec<Vec<Spot>>,
    /// By value: the first cell that is no number although it should be, and the first that is none at all.
    pub(super) first_bad: Vec<Option<Spot>>,
    pub(super) first_other: Vec<Option<Spot>>,
    /// By value: whether an earlier block has such a cell.
    pub(super) other_told: Vec<bool>,
    /// What ended the reading of the block.
    pub(super) fatal: Option<(Kind, Spot)>,
}

/// The first [`LISTED`] places, and the count of all.
#[derive(Debug, Default)]
pub(super) struct Spots {
    listed: Vec<Spot>,
    count: u64,
}

/// A place in a table and what is wrong there.
#[derive(Clone, Debug)]
pub(super) struct Spot {
    pub(super) row: u64,
    pub(super) column: Option<usize>,
    pub(super) code: &'static str,
    pub(super) message: String,
    pub(super) input: Option<String>,
}

impl Notes {
    pub(super) fn resize(&mut self, values: usize) {
        self.missing.resize(values, Vec::new());
        self.first_bad.resize(values, None);
        self.first_other.resize(values, None);
        self.other_told.resize(values, false);
    }

    /// Whether there is nothing to say.
    pub(super) fn is_empty(&self) -> bool {
        let none = |spots: &[Option<Spot>]| spots.iter().all(Option::is_none);
        self.bad.count == 0
            && self.missing.iter().all(Vec::is_empty)
            && none(&self.first_bad)
            && none(&self.first_other)
            && self.fatal.is_none()
    }

    /// The notes to begin the block with that follows: nothing but of which values the first cells were told.
    pub(super) fn next(&self) -> Self {
        let mut next = Self::default();
        next.resize(self.other_told.len());
        // Blocks come to a state in their order, so the first cell of a column is in the first of them.
        for (told, other) in next.other_told.iter_mut().zip(&self.first_other) {
            *told = other.is_some();
        }
        for (told, before) in next.other_told.iter_mut().zip(&self.other_told) {
            *told |= before;
        }
        next
    }

    /// The notes of all blocks, in whatever order these come, with row numbers of the whole table.
    pub(super) fn joined(mut blocks: Vec<Block>, first_row: u64, values: usize) -> Self {
        blocks.sort_unstable_by_key(|block| block.place);
        let mut all = Self::default();
        all.resize(values);
        let mut row = first_row;
        for Block { rows, records, notes, .. } in blocks {
            let shift = |spot: Spot| Spot { row: spot.row + row, ..spot };
            all.records += records;
            let Some(notes) = notes else {
                row += rows;
                continue;
            };
            let notes = *notes;
            all.bad.count += notes.bad.count;
            let lists = std::iter::once((&mut all.bad.listed, notes.bad.listed));
            for (all, block) in lists.chain(all.missing.iter_mut().zip(notes.missing)) {
                let room = LISTED - all.len();
                all.extend(block.into_iter().take(room).map(shift));
            }
            for (all, block) in [(&mut all.first_bad, notes.first_bad), (&mut all.first_other, notes.first_other)] {
                for (all, block) in all.iter_mut().zip(block) {
                    *all = all.take().or_else(|| block.map(shift));
                }
            }
            if let Some((kind, spot)) = notes.fatal {
                all.fatal = Some((kind, shift(spot)));
                return all;
            }
            row += rows;
        }
        all
    }
}

impl Spots {
    pub(super) fn add(&mut self, spot: impl FnOnce() -> Spot) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(spot());
        }
    }

    pub(super) fn into_problems(self, plan: &Plan) -> Diagnostics {
        Diagnostics::new(self.listed.into_iter().map(|spot| spot.problem(plan)).collect(), self.count)
    }
}

/// The missing cells that were noted, row by row, with their values.
pub(super) fn missing_problems(plan: &Plan, noted: Vec<Vec<Spot>>) -> Vec<(usize, Diagnostic)> {
    let mut spots: Vec<(usize, Spot)> = noted
        .into_iter()
        .enumerate()
        .flat_map(|(value, spots)| spots.into_iter().map(move |spot| (value, spot)))
        .collect();
    spots.sort_by_key(|(_, spot)| spot.row);
    spots.into_iter().map(|(value, spot)| (value, spot.problem(plan))).collect()
}

impl Spot {
    pub(super) fn missing(column: usize, row: u64, text: &[u8]) -> Self {
        let message = "is missing and nan_policy=raise; use omit to leave missing values out".to_owned();
        Self { row, column: Some(column), code: "missing_value", message, input: Some(excerpt(text)) }
    }

    pub(super) fn problem(self, plan: &Plan) -> Diagnostic {
        let mut loc = vec![Step::Name("body".into()), Step::Index(self.row)];
        let mut place = format!("row {}", self.row);
        if let Some(column) = self.column {
            loc.push(Step::Name(plan.names[column].clone()));
            place = format!("{place}, column {}", plan.names[column]);
        }
        Diagnostic { loc, code: self.code, message: format!("{place}: {}", self.message), input: self.input }
    }
}
