//! State of an answer: the results themselves, from which answers are made after they were added to others.
//!
//! Input: data that were read, and options. Output: the bytes of [`describe_readers::to_state`]. A state holds every count and, with
//! frequency tables, every value, so rules of publication cannot apply to it: of a group with fewer values than the threshold of
//! suppression none is made.

use describe::Sample;
use describe_options::{AnswerFault, InputError, OptionName, Options};
use describe_readers::{Data, to_state};

/// State of `data` by `options`.
///
/// # Errors
/// Options that contradict each other; with a threshold of suppression, results with fewer values; as for [`to_state`].
pub(super) fn write(data: &Data, options: &Options) -> Result<Vec<u8>, InputError> {
    options.check_together()?;
    if let Some(threshold) = options.output.rules().suppress_below {
        let is_small = |sample: &&Sample| (1..threshold).contains(&(sample.taken() - sample.missing()));
        let results = match data {
            Data::Numbers(numbers) => std::iter::once(&numbers.flat).filter(is_small).count(),
            Data::Table(table) => table.results.iter().map(|result| &result.numbers).filter(is_small).count(),
        };
        if results > 0 {
            let location = options.origins().location_of_implied(OptionName::SuppressBelow, OptionName::Publish);
            return Err(InputError::at(location, AnswerFault::SmallGroups { results, threshold }));
        }
    }
    to_state(data, options)
}
