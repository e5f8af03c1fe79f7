//! Column names of a table.
//!
//! Input: the header row, and the names that options refer to. Output: unique column names, and the indexes of the columns
//! that options refer to.

use std::collections::HashMap;

use describe_options::{
    Diagnostic, InputError, Location, MAX_LISTED_DIAGNOSTICS, Measured, OptionName, Origins, Reason, TableFault,
    TextFault, excerpt,
};

use crate::errors::exceeded;

/// Column name as text. A name that is not `used` need not be UTF-8.
pub(super) fn utf8_name(name: &[u8], used: bool) -> Result<String, InputError> {
    if !used {
        return Ok(String::from_utf8_lossy(name).into_owned());
    }
    String::from_utf8(name.to_vec())
        .map_err(|_| Diagnostic::new(Location::data().index(1), TextFault::HeaderNotUtf8).with_input(name).into())
}

/// Index of the column that an option refers to, by its name in the header or by its unique name.
///
/// # Errors
/// A column that does not exist, or a name that several columns have.
pub(super) fn find_column(
    written: &[String],
    origins: &Origins,
    option: OptionName,
    name: &str,
) -> Result<usize, InputError> {
    let excerpt_of_name = excerpt(name.as_bytes());
    let at_fault = |fault| Err(Diagnostic::new(origins.location(option), fault).with_input(name.as_bytes()).into());
    if !name.is_empty() && written.iter().filter(|known| *known == name).count() > 1 {
        return at_fault(TableFault::RepeatedColumn { option, name: excerpt_of_name });
    }
    let names = unique_names(written.to_vec());
    if let Some(column) = names.iter().position(|known| known == name) {
        return Ok(column);
    }
    // A line break or two blanks in a heading are not typed.
    let words = |name: &str| name.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let wanted = words(name);
    let mut alike = names.iter().enumerate().filter(|(_, known)| words(known) == wanted);
    if let (Some((column, _)), None) = (alike.next(), alike.next()) {
        return Ok(column);
    }
    let nearest = names.iter().min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let nearest = nearest.map(|nearest| excerpt(nearest.as_bytes()));
    let columns = names.iter().take(MAX_LISTED_DIAGNOSTICS).map(|name| excerpt(name.as_bytes())).collect();
    at_fault(TableFault::UnknownColumn { option, name: excerpt_of_name, nearest, columns })
}

/// Name of the group column whose values are the names of the files, unless a column of the table has it.
pub(super) const FILE_COLUMN: &str = "file";

/// Group column of the files' names.
#[derive(Clone, Debug)]
pub(super) struct FileColumn {
    /// Position among the group columns.
    pub(super) position: usize,
    /// Error if the file has no name: the column does not exist.
    pub(super) unnamed: InputError,
}

/// Indexes of the group columns in the header, and the one of the files' names, which is not in it.
///
/// # Errors
/// As for [`find_column`].
pub(super) fn find_groups(
    written: &[String],
    origins: &Origins,
    group_by: &[String],
) -> Result<(Vec<usize>, Option<FileColumn>), InputError> {
    let mut groups = Vec::with_capacity(group_by.len());
    let mut file = None;
    for (position, name) in group_by.iter().enumerate() {
        match find_column(written, origins, OptionName::GroupBy, name) {
            Ok(column) => groups.push(column),
            Err(unnamed) if name == FILE_COLUMN && is_unknown(&unnamed) => {
                file = Some(FileColumn { position, unnamed });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((groups, file))
}

fn is_unknown(error: &InputError) -> bool {
    matches!(error.first().reason, Reason::Table(TableFault::UnknownColumn { .. }))
}

/// Unique column names: `column_N` for an empty name, and a suffix `_2`, `_3` and so on for a repeated one.
pub(crate) fn unique_names(written: Vec<String>) -> Vec<String> {
    let mut uses: HashMap<String, usize> = HashMap::new();
    for name in &written {
        uses.entry(name.clone()).or_default();
    }
    let mut names = Vec::with_capacity(written.len());
    for (name, number) in written.into_iter().zip(1..) {
        let name = if name.is_empty() { format!("column_{number}") } else { name };
        let count = uses.entry(name.clone()).or_default();
        *count += 1;
        let mut suffix = *count;
        let mut unique = name.clone();
        while suffix > 1 {
            unique = format!("{name}_{suffix}");
            if !uses.contains_key(&unique) {
                uses.insert(unique.clone(), 1);
                break;
            }
            suffix += 1;
        }
        names.push(unique);
    }
    names
}

/// Error of more columns than the limit.
pub(crate) fn too_many_columns(limit: usize) -> InputError {
    exceeded(Measured::Columns, limit)
}
