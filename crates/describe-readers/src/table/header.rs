//! The names of a table's columns: as they are written, as they are told apart, and as options name them.

use std::collections::HashMap;

use super::cell::NOT_UTF8;
use describe_options::{Diagnostic, InputError, Kind, Step, excerpt};

pub(super) fn utf8_name(name: &[u8], used: bool) -> Result<String, InputError> {
    if !used {
        return Ok(String::from_utf8_lossy(name).into_owned());
    }
    String::from_utf8(name.to_vec()).map_err(|_| {
        let loc = vec![Step::Name("body".into()), Step::Index(1)];
        InputError::one(
            Kind::Malformed,
            Diagnostic::new(loc, "not_utf8", format!("the header: {NOT_UTF8}"), Some(name)),
        )
    })
}

/// The column that an option names, as it is written or as it is told apart from others.
pub(super) fn find_column(written: &[String], option: &str, name: &str) -> Result<usize, InputError> {
    let refuse = |code, message: String| {
        let loc = vec![Step::Name("query".into()), Step::Name(option.into())];
        Err(InputError::one(Kind::Invalid, Diagnostic::new(loc, code, message, Some(name.as_bytes()))))
    };
    if !name.is_empty() && written.iter().filter(|known| *known == name).count() > 1 {
        let message = format!("the header has '{name}' more than once, so it is not clear which is meant; rename one");
        return refuse("repeated_column", message);
    }
    let names = different(written.to_vec());
    if let Some(place) = names.iter().position(|known| known == name) {
        return Ok(place);
    }
    let nearest = names.iter().min_by_key(|known| strsim::damerau_levenshtein(name, known));
    let nearest = nearest.map(|nearest| format!("; did you mean '{}'?", excerpt(nearest.as_bytes())));
    let some: Vec<_> = names.iter().take(20).map(|name| excerpt(name.as_bytes())).collect();
    let message = format!(
        "there is no column '{}'{} The columns are {}",
        excerpt(name.as_bytes()),
        nearest.unwrap_or_else(|| ".".into()),
        some.join(", ")
    );
    refuse("unknown_column", message)
}

/// Names for the columns, all different: an empty one by its number, a repeated one with a number behind it.
pub(super) fn different(written: Vec<String>) -> Vec<String> {
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

pub(crate) fn too_many_columns(limit: usize) -> InputError {
    let message = format!("the table has more than {limit} columns, the limit of --column-limit (COLUMN_LIMIT)");
    InputError::new(Kind::TooLarge, message)
}
