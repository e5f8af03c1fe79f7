//! Column names of a table.
//!
//! Input: the header row, and the names that options refer to. Output: unique column names, and the indexes of the columns
//! that options refer to.

use std::collections::{HashMap, HashSet};

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

/// Maximum length of a name for which a similar one is looked for.
const MAX_SIMILAR_CHARS: usize = 64;

/// Names of the columns of a table, to which options refer.
pub(super) struct Headings {
    /// Names as they are written in the header.
    written: Vec<String>,
    /// Unique names, in the order of the columns.
    names: Vec<String>,
    columns: HashMap<String, usize>,
    /// Names as written that several columns have.
    repeated: HashSet<String>,
    /// Columns by the words of their names; `None` where several have the same. A line break or two blanks in a heading are not typed.
    by_words: HashMap<String, Option<usize>>,
}

impl Headings {
    /// The names as they are written in the header.
    pub(super) fn new(written: &[String]) -> Self {
        let mut seen = HashSet::new();
        let repeated = written.iter().filter(|name| !name.is_empty() && !seen.insert(name.as_str())).cloned().collect();
        let names = unique_names(written.to_vec());
        let columns = names.iter().cloned().zip(0..).collect();
        let mut by_words = HashMap::new();
        for (column, name) in names.iter().enumerate() {
            by_words.entry(words(name)).and_modify(|known| *known = None).or_insert(Some(column));
        }
        Self { written: written.to_vec(), names, columns, repeated, by_words }
    }

    /// Index of the column that an option refers to, by its name in the header or by its unique name.
    ///
    /// # Errors
    /// A column that does not exist, or a name that several columns have.
    pub(super) fn find(&self, origins: &Origins, option: OptionName, name: &str) -> Result<usize, InputError> {
        let at_fault = |fault| Err(Diagnostic::new(origins.location(option), fault).with_input(name.as_bytes()).into());
        if self.repeated.contains(name) {
            return at_fault(TableFault::RepeatedColumn { option, name: excerpt(name.as_bytes()) });
        }
        let found = self.columns.get(name).copied();
        if let Some(column) = found.or_else(|| self.by_words.get(&words(name)).copied().flatten()) {
            return Ok(column);
        }
        let columns = self.names.iter().take(MAX_LISTED_DIAGNOSTICS).map(|name| excerpt(name.as_bytes())).collect();
        let nearest = self.nearest(name).map(|nearest| excerpt(nearest.as_bytes()));
        at_fault(TableFault::UnknownColumn { option, name: excerpt(name.as_bytes()), nearest, columns })
    }

    /// The name that is most similar to one that no column has. Long names are not compared.
    fn nearest(&self, name: &str) -> Option<&String> {
        let is_short = |name: &str| name.chars().nth(MAX_SIMILAR_CHARS).is_none();
        let known = self.names.iter().filter(|known| is_short(known) && is_short(name));
        known.min_by_key(|known| strsim::damerau_levenshtein(name, known))
    }

    /// The names as they are written in the header.
    pub(super) fn written(&self) -> &[String] {
        &self.written
    }

    /// The unique names.
    pub(super) fn into_names(self) -> Vec<String> {
        self.names
    }
}

/// Words of a name, with one blank between them.
fn words(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ")
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
/// As for [`Headings::find`].
pub(super) fn find_groups(
    headings: &Headings,
    origins: &Origins,
    group_by: &[String],
) -> Result<(Vec<usize>, Option<FileColumn>), InputError> {
    let mut groups = Vec::with_capacity(group_by.len());
    let mut file = None;
    for (position, name) in group_by.iter().enumerate() {
        match headings.find(origins, origins.group_option(position), name) {
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
                // Those before it are taken.
                uses.insert(name.clone(), suffix);
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
