//! Reads the fields of a state, refuses values that no state has, and charges what they become before it is made.

use describe::Sample;
use describe::state::StateError;
use describe_options::{InputError, StateFault, WeightType};
use sha2::{Digest as _, Sha256};

use super::layout::{CHECKSUM_BYTES, MAGIC, MAX_VALUES, VERSION};
use super::shape::{Shape, too_many};
use crate::ledger::{Ledger, with_overhead};
use crate::limits::Limits;
use crate::table::{SavedColumn, SavedGroup, TableWarning, saved_warning_code, too_many_columns, too_many_groups};

/// Maximum number of group columns and of absence codes, beyond what options accept.
const MAX_NAMES: u32 = 10_000;

/// Memory that restoring a sample takes at most, in bytes for each of its bytes: its rows as entries, and in its table.
const RESTORED_BYTES: usize = 8;

/// Fields of a state that are left to read.
pub(super) struct Decoder<'a> {
    rest: &'a [u8],
    limits: &'a Limits,
    /// Bytes of the values of the last group.
    last_group: Option<&'a [u8]>,
}

fn field(field: &'static str) -> InputError {
    InputError::of_data(StateFault::Field { field })
}

fn contradiction(field: &'static str) -> InputError {
    InputError::of_data(StateFault::Contradiction { field })
}

fn ends_early() -> InputError {
    InputError::of_data(StateFault::EndsEarly)
}

impl<'a> Decoder<'a> {
    /// Checks magic, version and checksum. Also returns whether the state is one of a table.
    pub(super) fn begin(bytes: &'a [u8], limits: &'a Limits) -> Result<(Self, bool), InputError> {
        let mut decoder = Self { rest: bytes, limits, last_group: None };
        if decoder.array()? != MAGIC {
            return Err(field("magic"));
        }
        let version = u16::from_le_bytes(decoder.array()?);
        if version != VERSION {
            return Err(InputError::of_data(StateFault::Version { version, newest: VERSION }));
        }
        let end = bytes.len().checked_sub(CHECKSUM_BYTES).ok_or_else(ends_early)?;
        let (content, checksum) = bytes.split_at(end);
        if Sha256::digest(content)[..] != *checksum {
            return Err(InputError::of_data(StateFault::Checksum));
        }
        decoder.rest = content.get(MAGIC.len() + size_of::<u16>()..).ok_or_else(ends_early)?;
        let is_table = decoder.flag("kind")?;
        Ok((decoder, is_table))
    }

    /// Checks that nothing is left.
    pub(super) fn end(&self) -> Result<(), InputError> {
        if self.rest.is_empty() { Ok(()) } else { Err(field("checksum")) }
    }

    fn ledger(&self) -> &'a Ledger {
        &self.limits.ledger
    }

    fn bytes(&mut self, length: usize) -> Result<&'a [u8], InputError> {
        let (head, rest) = self.rest.split_at_checked(length).ok_or_else(ends_early)?;
        self.rest = rest;
        Ok(head)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], InputError> {
        self.bytes(N)?.try_into().map_err(|_| ends_early())
    }

    fn u32(&mut self) -> Result<u32, InputError> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn u64(&mut self) -> Result<u64, InputError> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    fn flag(&mut self, name: &'static str) -> Result<bool, InputError> {
        match self.array()? {
            [0] => Ok(false),
            [1] => Ok(true),
            [_] => Err(field(name)),
        }
    }

    fn length(&mut self) -> Result<usize, InputError> {
        usize::try_from(self.u32()?).map_err(|_| ends_early())
    }

    fn text(&mut self, name: &'static str) -> Result<String, InputError> {
        let length = self.length()?;
        let text = str::from_utf8(self.bytes(length)?).map_err(|_| field(name))?;
        self.ledger().charge(with_overhead(size_of::<Option<String>>() + text.len()))?;
        Ok(text.to_owned())
    }

    fn texts(&mut self, name: &'static str, max: u32) -> Result<Vec<String>, InputError> {
        let count = self.u32()?;
        if count > max {
            return Err(field(name));
        }
        (0..count).map(|_| self.text(name)).collect()
    }

    fn optional<T>(
        &mut self,
        name: &'static str,
        value: impl FnOnce(&mut Self) -> Result<T, InputError>,
    ) -> Result<Option<T>, InputError> {
        if self.flag(name)? { value(self).map(Some) } else { Ok(None) }
    }

    /// Properties of a table, before those of its samples are known.
    pub(super) fn shape(&mut self) -> Result<Shape, InputError> {
        let columns = self.texts("columns", u32::MAX)?;
        if columns.len() > self.limits.columns {
            return Err(too_many_columns(self.limits.columns));
        }
        let group_by = self.texts("group columns", MAX_NAMES)?;
        let absent = self.texts("absent", MAX_NAMES)?;
        // Those that options cannot have.
        if group_by.iter().chain(&absent).any(|name| name.is_empty() || name.trim() != name) {
            return Err(field("group columns"));
        }
        let weights = match self.array()? {
            [0] => None,
            [1] => Some((self.text("weights")?, WeightType::Frequency)),
            [2] => Some((self.text("weights")?, WeightType::Reliability)),
            [_] => return Err(field("weights")),
        };
        if weights.as_ref().is_some_and(|(name, _)| name.is_empty() || name.trim() != name) {
            return Err(field("weights"));
        }
        let counts_invalid = self.flag("invalid")?;
        Ok(Shape { is_table: true, columns, group_by, absent, weights, counts_invalid, ..Shape::default() })
    }

    /// Warnings about how files were read.
    pub(super) fn warnings(&mut self) -> Result<Vec<TableWarning>, InputError> {
        let count = self.u32()?;
        let (mut warnings, mut last): (Vec<TableWarning>, &[u8]) = (Vec::new(), &[]);
        for _ in 0..count {
            let start = self.rest;
            self.ledger().charge(with_overhead(size_of::<TableWarning>()))?;
            let [code] = self.array()?;
            let code = saved_warning_code(code).ok_or_else(|| field("warnings"))?;
            warnings.push(TableWarning {
                row: self.optional("warnings", Self::u64)?,
                column: self.optional("warnings", |decoder| decoder.text("warnings"))?,
                count: self.optional("warnings", Self::u64)?,
                texts: self.texts("warnings", MAX_NAMES)?,
                ..TableWarning::new(code)
            });
            let bytes = &start[..start.len() - self.rest.len()];
            if bytes < last {
                return Err(field("warnings"));
            }
            last = bytes;
        }
        Ok(warnings)
    }

    /// Number of records.
    pub(super) fn rows(&mut self) -> Result<u64, InputError> {
        let rows = self.u64()?;
        // A table without records has no state.
        if (1..=MAX_VALUES).contains(&rows) { Ok(rows) } else { Err(field("rows")) }
    }

    /// Number of groups.
    pub(super) fn groups(&mut self, shape: &Shape) -> Result<usize, InputError> {
        let groups = self.length()?;
        if groups > self.limits.groups {
            return Err(too_many_groups(self.limits.groups));
        }
        let is_possible = match (shape.columns.is_empty(), shape.group_by.is_empty()) {
            (true, _) => groups == 0,
            (false, true) => groups == 1,
            (false, false) => groups > 0,
        };
        if is_possible { Ok(groups) } else { Err(contradiction("groups")) }
    }

    /// The next group, and the number of its records; with frequency weights a lower bound of it.
    pub(super) fn group(&mut self, shape: &mut Shape) -> Result<(SavedGroup, u64), InputError> {
        let start = self.rest;
        let values: Result<_, _> =
            shape.group_by.iter().map(|_| self.optional("groups", |decoder| decoder.text("groups"))).collect();
        let key = &start[..start.len() - self.rest.len()];
        if self.last_group.is_some_and(|last| last >= key) {
            return Err(field("groups"));
        }
        self.last_group = Some(key);
        let is_frequency = matches!(shape.weights, Some((_, WeightType::Frequency)));
        let (mut columns, mut records): (Vec<SavedColumn>, Option<u64>) = (Vec::new(), None);
        for _ in 0..shape.columns.len() {
            self.ledger().charge(with_overhead(size_of::<SavedColumn>() + shape.absent.len() * size_of::<u64>()))?;
            let invalid = self.u64()?;
            let absent = (0..shape.absent.len()).map(|_| self.u64()).collect::<Result<Vec<u64>, _>>()?;
            if invalid > 0 && !shape.counts_invalid {
                return Err(contradiction("invalid"));
            }
            let numbers = self.sample(shape)?;
            let others = absent.iter().try_fold(invalid, |sum, count| sum.checked_add(*count)).ok_or_else(too_many)?;
            shape.values = shape.values.checked_add(others).filter(|all| *all <= MAX_VALUES).ok_or_else(too_many)?;
            let counted = if is_frequency { numbers.missing() } else { numbers.taken() };
            let of_column = others + counted;
            let of_group = *records.get_or_insert(of_column);
            if of_column != of_group && !is_frequency {
                return Err(contradiction("groups"));
            }
            records = Some(of_group.max(of_column));
            columns.push(SavedColumn { numbers, absent, invalid });
        }
        Ok((SavedGroup { values: values?, columns }, records.unwrap_or(0)))
    }

    /// The next sample. All samples of a state have the same retention, which becomes part of its shape.
    pub(super) fn sample(&mut self, shape: &mut Shape) -> Result<Sample, InputError> {
        let length = self.length()?;
        let bytes = self.bytes(length)?;
        self.ledger().charge(RESTORED_BYTES * length)?;
        let sample = Sample::from_bytes(bytes).map_err(|error| match error {
            StateError::Version(version) => {
                InputError::of_data(StateFault::Version { version, newest: describe::state::VERSION })
            }
            StateError::Truncated => ends_early(),
            StateError::Inconsistent(field) => contradiction(field),
            StateError::Field(name) => field(name),
            StateError::Magic | StateError::NotCanonical => field("sample"),
        })?;
        self.ledger().check()?;
        self.ledger().release(RESTORED_BYTES * length);
        let retention = sample.retention().filter(|retention| !retention.speculative).ok_or_else(|| field("sample"))?;
        let limits = [retention.max_distinct, retention.max_distinct_weighted];
        let is_reliability = matches!(shape.weights, Some((_, WeightType::Reliability)));
        if limits[1].is_some() != is_reliability || limits.iter().all(Option::is_some) {
            return Err(contradiction("weights"));
        }
        if shape.values == 0 && shape.max_distinct == [None; 2] {
            shape.max_distinct = limits;
        } else if shape.max_distinct != limits {
            return Err(contradiction("sample"));
        }
        let values = shape.values.checked_add(sample.taken()).filter(|values| *values <= MAX_VALUES);
        shape.values = values.ok_or_else(too_many)?;
        Ok(sample)
    }
}
