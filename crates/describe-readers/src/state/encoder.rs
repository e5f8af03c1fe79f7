//! Writes the fields of a state.

use describe::Sample;
use describe_options::{AnswerFault, InputError, Options, WeightType};
use sha2::{Digest as _, Sha256};

use super::layout::{MAGIC, VERSION};
use super::shape::too_many;
use crate::dataset::Data;
use crate::ledger::Ledger;
use crate::table::{Table, TableGroup, TableResult, TableWarning, saved_warning_number};

/// State of `data` that were read with `options`: see the documentation of the layout, `docs/states.md`.
///
/// # Errors
/// Nested arrays; data whose samples do not hold what the statistics of the options need, because the options came after them; more
/// memory or time than the task may take.
///
#[cfg_attr(feature = "states", doc = "```")]
#[cfg_attr(not(feature = "states"), doc = "```ignore")]
/// use describe_options::{Options, Origin};
/// use describe_readers::{Format, Limits, Reader, parse_list, to_state};
/// let data = parse_list(&["5", "6"], Origin::Query, Limits::default().full_retention())?;
/// let state = to_state(&data, &Options::default())?;
///
/// let mut reader = Reader::new(Some(Format::State), &Options::default(), &Limits::default());
/// reader.feed(&state)?;
/// let restored = reader.finish()?.data;
/// assert!(restored.is_of_states());
/// assert_eq!(to_state(&restored, &Options::default())?, state);
/// # Ok::<(), describe_options::InputError>(())
/// ```
pub fn to_state(data: &Data, options: &Options) -> Result<Vec<u8>, InputError> {
    check_built()?;
    let needs_order = options.need_order() && !data.is_of_states();
    let mut encoder = Encoder { bytes: Vec::new(), ledger: data.ledger(), needs_order };
    encoder.push(&MAGIC)?;
    encoder.push(&VERSION.to_le_bytes())?;
    match data {
        Data::Numbers(numbers) if numbers.nested.is_some() => return Err(InputError::whole(AnswerFault::NestedState)),
        Data::Numbers(numbers) => {
            encoder.push(&[0])?;
            encoder.sample(&numbers.flat)?;
        }
        Data::Table(table) => {
            encoder.push(&[1])?;
            encoder.table(table, options)?;
        }
    }
    let checksum = Sha256::digest(&encoder.bytes);
    encoder.push(&checksum)?;
    Ok(encoder.bytes)
}

/// Checks that the build writes states.
fn check_built() -> Result<(), InputError> {
    if cfg!(feature = "states") { Ok(()) } else { Err(crate::errors::not_built("states")) }
}

struct Encoder<'a> {
    bytes: Vec<u8>,
    ledger: &'a Ledger,
    /// Whether samples must have what order statistics need.
    needs_order: bool,
}

impl Encoder<'_> {
    fn push(&mut self, bytes: &[u8]) -> Result<(), InputError> {
        self.ledger.extend(&mut self.bytes, bytes)
    }

    fn u64(&mut self, value: u64) -> Result<(), InputError> {
        self.push(&value.to_le_bytes())
    }

    fn length(&mut self, length: usize) -> Result<(), InputError> {
        let length = u32::try_from(length).map_err(|_| too_many())?;
        self.push(&length.to_le_bytes())
    }

    fn text(&mut self, text: &str) -> Result<(), InputError> {
        self.length(text.len())?;
        self.push(text.as_bytes())
    }

    fn texts<T: AsRef<str>>(&mut self, texts: &[T]) -> Result<(), InputError> {
        self.length(texts.len())?;
        texts.iter().try_for_each(|text| self.text(text.as_ref()))
    }

    fn optional<T>(
        &mut self,
        value: Option<T>,
        push: impl FnOnce(&mut Self, T) -> Result<(), InputError>,
    ) -> Result<(), InputError> {
        self.push(&[u8::from(value.is_some())])?;
        value.map_or(Ok(()), |value| push(self, value))
    }

    fn sample(&mut self, sample: &Sample) -> Result<(), InputError> {
        let retention = sample.retention().filter(|retention| !retention.speculative);
        let has_order = |limit: Option<usize>| limit.is_some_and(|limit| limit > 0);
        let is_whole = retention.is_some_and(|retention| {
            !self.needs_order || has_order(retention.max_distinct) || has_order(retention.max_distinct_weighted)
        });
        if !is_whole {
            return Err(InputError::whole(AnswerFault::StateTooLate));
        }
        self.ledger.check()?;
        let bytes = sample.to_bytes();
        self.length(bytes.len())?;
        self.push(&bytes)
    }

    fn table(&mut self, table: &Table, options: &Options) -> Result<(), InputError> {
        let is_saved = |result: &&TableResult| table.group_by.is_empty() || result.group.is_full();
        let groups: Vec<&[TableResult]> = {
            let saved = table.results.iter().take_while(is_saved).count();
            let groups = || table.results[..saved].chunk_by(|a, b| a.group == b.group);
            self.ledger.charge(groups().count() * 2 * size_of::<&[TableResult]>())?;
            groups().collect()
        };
        let columns: Vec<&str> =
            groups.first().map_or(Vec::new(), |results| results.iter().map(|result| &*result.column).collect());
        self.texts(&columns)?;
        self.texts(&table.group_by)?;
        self.texts(&table.codes)?;
        match &options.table.weights {
            None => self.push(&[0])?,
            Some(name) => {
                self.push(&[if options.table.weight_type == WeightType::Frequency { 1 } else { 2 }])?;
                self.text(name)?;
            }
        }
        self.push(&[u8::from(table.counts_invalid)])?;
        self.warnings(&table.warnings)?;
        self.u64(table.rows)?;
        self.length(groups.len())?;
        self.groups(&groups)
    }

    /// Warnings, except those that are found again when states are described.
    fn warnings(&mut self, warnings: &[TableWarning]) -> Result<(), InputError> {
        let mut all: Vec<Vec<u8>> = Vec::new();
        for warning in warnings {
            let Some(number) = saved_warning_number(warning.code) else { continue };
            let mut encoder = Encoder { bytes: vec![number], ..*self };
            encoder.optional(warning.row, Self::u64)?;
            encoder.optional(warning.column.as_deref(), Self::text)?;
            encoder.optional(warning.count, Self::u64)?;
            encoder.texts(&warning.texts)?;
            all.push(encoder.bytes);
        }
        all.sort_unstable();
        self.length(all.len())?;
        all.iter().try_for_each(|bytes| self.push(bytes))
    }

    fn groups(&mut self, groups: &[&[TableResult]]) -> Result<(), InputError> {
        let mut keyed: Vec<(Vec<u8>, &[TableResult])> = Vec::new();
        for results in groups {
            let mut key = Encoder { bytes: Vec::new(), ..*self };
            self.ledger.charge(2 * size_of::<(Vec<u8>, &[TableResult])>())?;
            if let TableGroup::Full(values) = &results[0].group {
                values.iter().try_for_each(|value| key.optional(value.as_deref(), Self::text))?;
            }
            keyed.push((key.bytes, results));
        }
        keyed.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        for (key, results) in keyed {
            self.push(&key)?;
            for result in results {
                self.u64(result.invalid)?;
                result.absent.iter().try_for_each(|count| self.u64(*count))?;
                self.sample(&result.numbers)?;
            }
        }
        Ok(())
    }
}
