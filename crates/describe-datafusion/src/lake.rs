//! From files to an answer: which files there are, the rows of those that are text, and the query.

pub(crate) mod files;
pub(crate) mod query;
mod text;
