//! Cells of a column as bytes, between the partitions of a query.
//!
//! Layout: the number of cells that are not numbers, u64; the number of absence codes, u32, and of the cells with each, u64; the state
//! of the numbers ([`describe::state`]). Integers are little-endian. It is not kept: partitions of one query have one version.

use describe::Sample;
use describe::state::StateError;
use describe_readers::SavedColumn;

/// Saves a column.
#[must_use]
pub fn to_bytes(column: &SavedColumn) -> Vec<u8> {
    let codes = u32::try_from(column.absent.len()).unwrap_or(u32::MAX);
    let mut bytes = column.invalid.to_le_bytes().to_vec();
    bytes.extend(codes.to_le_bytes());
    bytes.extend(column.absent.iter().flat_map(|count| count.to_le_bytes()));
    bytes.extend(column.numbers.to_bytes());
    bytes
}

/// Restores a column.
///
/// # Errors
/// Bytes that no column gives.
pub fn from_bytes(bytes: &[u8]) -> Result<SavedColumn, StateError> {
    let (invalid, rest) = bytes.split_first_chunk().ok_or(StateError::Truncated)?;
    let (codes, mut rest) = rest.split_first_chunk().ok_or(StateError::Truncated)?;
    let mut absent = Vec::new();
    for _ in 0..u32::from_le_bytes(*codes) {
        let (count, after) = rest.split_first_chunk().ok_or(StateError::Truncated)?;
        absent.push(u64::from_le_bytes(*count));
        rest = after;
    }
    Ok(SavedColumn { numbers: Sample::from_bytes(rest)?, absent, invalid: u64::from_le_bytes(*invalid) })
}
