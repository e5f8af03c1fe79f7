//! Properties that states must have in common to be added.
//!
//! Input: the fields of states. Output: whether a state can be added to those before it, and which property differs; the retention and
//! the options of their answers.

use describe::{DistinctBudget, Retention};
use describe_options::{InputError, OptionName, Origin, RawOption, StateFault, StatePart, WeightType, excerpt};

use super::layout::MAX_VALUES;
use crate::limits::Limits;

/// Properties that states must have in common to be added, and their number of values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(super) is_table: bool,
    pub(super) columns: Vec<String>,
    pub(super) group_by: Vec<String>,
    pub(super) absent: Vec<String>,
    /// Name of the column of weights, and their type.
    pub(super) weights: Option<(String, WeightType)>,
    pub(super) counts_invalid: bool,
    /// Limits on distinct values of the frequency tables, without and with reliability weights.
    pub(super) max_distinct: [Option<usize>; 2],
    /// Number of values of all samples, missing ones included.
    pub(super) values: u64,
}

impl Shape {
    /// Adds the values of another state.
    ///
    /// # Errors
    /// A state of another shape; too many values.
    pub(crate) fn add(&mut self, other: &Self) -> Result<(), InputError> {
        let parts = [
            (StatePart::Kind, self.kind(), other.kind()),
            (StatePart::Columns, self.columns.join(", "), other.columns.join(", ")),
            (StatePart::GroupBy, self.group_by.join(", "), other.group_by.join(", ")),
            (StatePart::Absent, self.absent.join(", "), other.absent.join(", ")),
            (StatePart::Weights, self.weights_in_words(), other.weights_in_words()),
            (StatePart::Invalid, self.invalid_in_words(), other.invalid_in_words()),
            (StatePart::FrequencyTables, self.limits_in_words(), other.limits_in_words()),
        ];
        if (Self { values: 0, ..self.clone() }) != (Self { values: 0, ..other.clone() }) {
            let differs = parts.into_iter().find(|(_, ours, theirs)| ours != theirs);
            // Lists that differ where their items have commas.
            let (part, first, other) = differs.unwrap_or((StatePart::Columns, String::new(), String::new()));
            let [first, other] = [first, other].map(|text| excerpt(text.as_bytes()));
            return Err(InputError::of_data(StateFault::Different { part, first, other }));
        }
        self.values =
            self.values.checked_add(other.values).filter(|values| *values <= MAX_VALUES).ok_or_else(too_many)?;
        Ok(())
    }

    fn kind(&self) -> String {
        if self.is_table { "a table" } else { "an array of numbers" }.to_owned()
    }

    fn weights_in_words(&self) -> String {
        self.weights.as_ref().map_or_else(
            || "none".to_owned(),
            |(name, weight_type)| format!("{name} ({})", WeightType::ALL[*weight_type as usize].0),
        )
    }

    fn invalid_in_words(&self) -> String {
        if self.counts_invalid { "counted" } else { "errors" }.to_owned()
    }

    fn limits_in_words(&self) -> String {
        let [plain, weighted] = self.max_distinct;
        plain.or(weighted).filter(|limit| *limit > 0).map_or_else(|| "none".to_owned(), |limit| limit.to_string())
    }

    /// Whether the values are known in order.
    pub(super) fn has_tables(&self) -> bool {
        self.max_distinct.iter().flatten().any(|limit| *limit > 0)
    }

    /// Retention of the samples that those of the states are merged into.
    pub(super) fn retention(&self, limits: &Limits) -> Retention {
        let [max_distinct, max_distinct_weighted] = self.max_distinct;
        let budget = max_distinct.map(|_| DistinctBudget::of_bytes(limits.memory / 2));
        Retention { max_distinct, max_distinct_weighted, budget, ..Retention::default() }
    }

    /// Options that the states were made with, as far as answers depend on them.
    pub(super) fn options(&self) -> Vec<RawOption> {
        let option =
            |name: OptionName, values| RawOption { origin: Origin::Body, name: name.as_str().to_owned(), values };
        let group_by = (!self.group_by.is_empty()).then(|| option(OptionName::GroupBy, self.group_by.clone()));
        let weights = self.weights.iter().flat_map(|(name, weight_type)| {
            let word = WeightType::ALL[*weight_type as usize].0.to_owned();
            [option(OptionName::Weights, vec![name.clone()]), option(OptionName::WeightType, vec![word])]
        });
        group_by.into_iter().chain(weights).collect()
    }
}

/// Error of more values than are counted.
pub(crate) fn too_many() -> InputError {
    InputError::of_data(StateFault::TooManyValues)
}
