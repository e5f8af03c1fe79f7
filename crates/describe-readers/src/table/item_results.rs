//! Results of item analysis: tallies in the order of the groups.
//!
//! Input: an aggregate whose blocks are complete. Output: an [`ItemTable`].

use describe_items::{ItemTally, Mark};
use describe_options::{InputError, Totals};

use super::aggregate::{Aggregate, too_many_groups};
use super::item_cells::ItemGroup;
use super::item_columns::ItemColumns;
use super::schema::Schema;
use super::table_group::TableGroup;
use crate::group::{GroupKeys, key_of, key_values};

/// Results of item analysis.
#[derive(Debug)]
pub struct ItemTable {
    /// Names of the items, in the order of the test.
    pub names: Vec<String>,
    /// Maximum mark of each item, if it is known.
    pub maxima: Vec<Option<Mark>>,
    /// Right answers to the items, if they are of multiple choice; otherwise empty.
    pub keys: Vec<String>,
    /// Candidates of each group; then those of margins, then those of all groups.
    pub results: Vec<ItemResult>,
}

/// Candidates of one group.
#[derive(Debug)]
pub struct ItemResult {
    /// Group of the candidates.
    pub group: TableGroup,
    /// Candidates.
    pub tally: ItemTally,
}

impl ItemTable {
    /// The table of these results.
    pub(super) fn new(items: ItemColumns, results: Vec<ItemResult>) -> Self {
        let keys = items.keys().to_vec();
        Self { names: items.names, maxima: items.maxima, keys, results }
    }
}

impl Aggregate {
    /// Tallies in the order of the groups' values, and the number of invalid cells of each item.
    ///
    /// # Errors
    /// More memory or time than the task may take; an item with too many different answers.
    pub(super) fn item_results(
        mut self,
        schema: &Schema,
        items: &ItemColumns,
    ) -> Result<(Vec<ItemResult>, Vec<u64>), InputError> {
        let grouped = schema.is_grouped();
        let has_overall = grouped && schema.options.totals != Totals::None;
        // Of one group column the margin is the groups.
        let margins = if grouped && schema.options.totals == Totals::Margins { schema.group_names().len() } else { 0 };
        let mut margins: Vec<(GroupKeys, Vec<ItemGroup>)> =
            (0..margins).filter(|_| margins > 1).map(|_| Default::default()).collect();
        let mut overall = ItemGroup::new(items);
        let mut invalid = vec![0; items.names.len()];
        let mut results = Vec::new();
        let order = if grouped { self.keys.sorted(&schema.options) } else { (0..self.groups.len()).collect() };
        for index in order {
            let Some(group) = self.groups[index].items.take() else { continue };
            invalid.iter_mut().zip(&group.invalid).for_each(|(sum, count)| *sum += count);
            let of_margins: usize = margins.iter().map(|(_, groups)| groups.len()).sum();
            if self.groups.len() + of_margins > schema.limits.groups {
                return Err(too_many_groups(schema.limits.groups));
            }
            for (position, (keys, groups)) in margins.iter_mut().enumerate() {
                let value = key_values(self.keys.key(index)).nth(position).flatten();
                let place = keys.find_key(&key_of([value]));
                if place == groups.len() {
                    keys.charge(place, schema.ledger())?;
                    schema.ledger().charge(ItemGroup::BYTES)?;
                    groups.push(ItemGroup::new(items));
                }
                groups[place].merge(&group);
                schema.ledger().check()?;
            }
            if has_overall {
                overall.merge(&group);
                schema.ledger().check()?;
            }
            let key = if grouped { TableGroup::Full(self.keys.texts(index).into()) } else { TableGroup::All };
            results.push(ItemResult { group: key, tally: group.tally });
        }
        for (position, (keys, groups)) in margins.into_iter().enumerate() {
            let mut groups: Vec<Option<ItemGroup>> = groups.into_iter().map(Some).collect();
            for index in keys.sorted(&schema.options) {
                let value = keys.texts(index).into_iter().next().flatten();
                let Some(group) = groups[index].take() else { continue };
                results.push(ItemResult { group: TableGroup::Margin(position, value.into()), tally: group.tally });
            }
        }
        if has_overall {
            results.push(ItemResult { group: TableGroup::All, tally: overall.tally });
        }
        if let Some(item) = results.iter().find_map(|result| result.tally.too_many_choices()) {
            return Err(items.too_many_answers(item));
        }
        Ok((results, invalid))
    }
}
