//! Input errors as data: what failed, where, and in which file. Sentences are written by whoever shows them.

use crate::location::Location;
use crate::reason::{Kind, Reason};

/// Maximum number of diagnostics listed; all are counted.
pub const LISTED: usize = 20;

/// One thing that is wrong with an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The place at fault.
    pub location: Location,
    /// The file it is in, cut at 40 characters, where there may be several files.
    pub file: Option<String>,
    /// What failed, with its values.
    pub reason: Reason,
    /// The text at fault, cut at 40 characters.
    pub input: Option<String>,
}

impl Diagnostic {
    /// A diagnostic without a text.
    #[must_use]
    pub fn new(location: Location, reason: impl Into<Reason>) -> Self {
        Self { location, file: None, reason: reason.into(), input: None }
    }

    /// The same with the text at fault, which is cut.
    #[must_use]
    pub fn with_input(self, input: &[u8]) -> Self {
        Self { input: Some(excerpt(input)), ..self }
    }

    /// Sets the file that it is in.
    pub fn set_file(&mut self, name: &str) {
        self.file = Some(excerpt(name.as_bytes()));
    }
}

/// Why an input cannot be described: at least one diagnostic, the first [`LISTED`] of them, and how many there are.
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

    /// The first [`LISTED`] diagnostics that have a place, in the order of the input; none where the input as a whole is
    /// at fault.
    #[must_use]
    pub fn listed(&self) -> &[Diagnostic] {
        if self.is_whole() { &[] } else { &self.diagnostics }
    }

    /// How many diagnostics there are that have a place, whether listed or not.
    #[must_use]
    pub fn count(&self) -> u64 {
        if self.is_whole() { 0 } else { self.count }
    }

    fn is_whole(&self) -> bool {
        self.first().location == Location::Whole
    }

    /// Adds what is wrong with a later part of the input.
    #[must_use]
    pub fn and(mut self, later: Self) -> Self {
        self.count += later.count;
        self.diagnostics.extend(later.diagnostics);
        self.diagnostics.truncate(LISTED);
        self
    }

    /// Sets the file that all of it is in.
    pub fn set_file(&mut self, name: &str) {
        self.diagnostics.iter_mut().for_each(|diagnostic| diagnostic.set_file(name));
    }
}

impl From<Diagnostic> for InputError {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic], count: 1 }
    }
}

/// Maximum length of an excerpt in bytes: 40 characters take no more.
pub const MAX_EXCERPT_BYTES: usize = 160;

/// The first 40 characters of a text, with what is not UTF-8 replaced.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(MAX_EXCERPT_BYTES)]).chars().take(40).collect()
}

/// Collects diagnostics: the first [`LISTED`], and the count of all.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    listed: Vec<Diagnostic>,
    count: u64,
}

impl Diagnostics {
    /// Diagnostics already listed, at most [`LISTED`], and the count of all.
    #[must_use]
    pub fn new(listed: Vec<Diagnostic>, count: u64) -> Self {
        Self { listed, count }
    }

    /// Adds a diagnostic, which is only made when there is room for it.
    pub fn add(&mut self, diagnostic: impl FnOnce() -> Diagnostic) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(diagnostic());
        }
    }

    /// Adds the diagnostics of the part of the input that follows.
    pub fn append(&mut self, later: Self) {
        self.count += later.count;
        let room = LISTED - self.listed.len();
        self.listed.extend(later.listed.into_iter().take(room));
    }

    /// Sets the file that all of them are in.
    pub fn set_file(&mut self, name: &str) {
        self.listed.iter_mut().for_each(|diagnostic| diagnostic.set_file(name));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Ok when there are none.
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
