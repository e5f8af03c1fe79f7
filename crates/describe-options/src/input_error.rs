//! Input errors as data: the fault, its place and its file. The caller that shows them writes the sentences.

use crate::location::Location;
use crate::reason::{Kind, Reason};

/// Maximum number of diagnostics listed; all are counted.
pub const MAX_LISTED_DIAGNOSTICS: usize = 20;

/// One fault of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The place at fault.
    pub location: Location,
    /// The file it is in, cut at 40 characters, where there may be several files.
    pub file: Option<String>,
    /// The fault, with its values.
    pub reason: Reason,
    /// The text at fault, cut at 40 characters.
    pub input: Option<String>,
    /// Equal faults that this one stands for, itself included; `None` where they are not counted.
    pub repeats: Option<Repeats>,
}

/// Equal cells of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeats {
    /// Number of the cells.
    pub count: u64,
    /// The first rows of them, as a spreadsheet numbers them.
    pub rows: Vec<u64>,
}

impl Diagnostic {
    /// A diagnostic without a text.
    #[must_use]
    pub fn new(location: Location, reason: impl Into<Reason>) -> Self {
        Self { location, file: None, reason: reason.into(), input: None, repeats: None }
    }

    /// The same with the text at fault, which is cut.
    #[must_use]
    pub fn with_input(self, input: &[u8]) -> Self {
        Self { input: Some(excerpt(input)), ..self }
    }

    /// Sets the file of the diagnostic.
    pub fn set_file(&mut self, name: &str) {
        self.file = Some(excerpt(name.as_bytes()));
    }
}

/// Input that cannot be described: the first [`MAX_LISTED_DIAGNOSTICS`] diagnostics, at least one, and the count of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    diagnostics: Vec<Diagnostic>,
    count: u64,
}

impl InputError {
    /// An error of the input or the answer as a whole.
    #[must_use]
    pub fn whole(reason: impl Into<Reason>) -> Self {
        Self::at(Location::Whole, reason)
    }

    /// An error of the data, at no particular place of them.
    #[must_use]
    pub fn of_data(reason: impl Into<Reason>) -> Self {
        Self::at(Location::data(), reason)
    }

    /// An error at one place.
    #[must_use]
    pub fn at(location: Location, reason: impl Into<Reason>) -> Self {
        Diagnostic::new(location, reason).into()
    }

    /// The kind of the first diagnostic.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.first().reason.kind()
    }

    /// The first diagnostic.
    ///
    /// # Panics
    /// Never: there is at least one.
    #[must_use]
    pub fn first(&self) -> &Diagnostic {
        &self.diagnostics[0]
    }

    /// The first [`MAX_LISTED_DIAGNOSTICS`] diagnostics that have a place, in the order of the input; empty if the fault is
    /// that of the whole input.
    #[must_use]
    pub fn listed(&self) -> &[Diagnostic] {
        if self.is_whole() { &[] } else { &self.diagnostics }
    }

    /// Number of diagnostics that have a place, listed or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        if self.is_whole() { 0 } else { self.count }
    }

    fn is_whole(&self) -> bool {
        self.first().location == Location::Whole
    }

    /// Adds the errors of a later part of the input.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.count += later.count;
        self.diagnostics.extend(later.diagnostics);
        self.diagnostics.truncate(MAX_LISTED_DIAGNOSTICS);
        self
    }

    /// Sets the file of all diagnostics.
    pub fn set_file(&mut self, name: &str) {
        self.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.set_file(name));
    }
}

impl From<Diagnostic> for InputError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], count: 1 }
    }
}

/// Maximum length of an excerpt in characters.
pub const MAX_EXCERPT_CHARS: usize = 40;

/// Maximum length of an excerpt in bytes: that of the longest [`MAX_EXCERPT_CHARS`] characters.
pub const MAX_EXCERPT_BYTES: usize = 4 * MAX_EXCERPT_CHARS;

/// The first 40 characters of a text, with invalid UTF-8 replaced.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(MAX_EXCERPT_BYTES)]).chars().take(MAX_EXCERPT_CHARS).collect()
}

/// Collects diagnostics: the first [`MAX_LISTED_DIAGNOSTICS`], and the count of all.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    listed: Vec<Diagnostic>,
    count: u64,
}

impl Diagnostics {
    /// Diagnostics already listed, at most [`MAX_LISTED_DIAGNOSTICS`], and the count of all.
    #[must_use]
    pub fn new(listed: Vec<Diagnostic>, count: u64) -> Self {
        Self { listed, count }
    }

    /// Adds a diagnostic, which is only made when there is room for it.
    pub fn add(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED_DIAGNOSTICS {
            self.listed.push(diagnostic());
        }
    }

    /// Adds the diagnostics of the part of the input that follows.
    pub fn append(&mut self, later: Self) {
        self.count += later.count;
        let room = MAX_LISTED_DIAGNOSTICS - self.listed.len();
        self.listed.extend(later.listed.into_iter().take(room));
    }

    /// Sets the file of all diagnostics.
    pub fn set_file(&mut self, name: &str) {
        self.listed.iter_mut().for_each(|diagnostic| diagnostic.set_file(name));
    }

    /// Whether there are no diagnostics.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// `Ok` if there are no diagnostics.
    ///
    /// # Errors
    /// The diagnostics.
    pub fn into_result(self) -> Result<(), InputError> {
        if self.listed.is_empty() {
            return Ok(());
        }
        Err(InputError { diagnostics: self.listed, count: self.count })
    }
}
