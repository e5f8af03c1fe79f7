//! Options as they were given, wherever that was.

use crate::input_error::Step;

/// Where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In the URL.
    Query,
    /// In the JSON body beside `numbers`.
    Body,
    /// On the command line.
    CommandLine,
    /// In the header Accept, which says the format that is wanted unless an option does.
    Accept,
}

impl Origin {
    /// The first step of a `loc`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Body => "body",
            Self::CommandLine => "option",
            Self::Accept => "header",
        }
    }
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

impl Given {
    pub(super) fn loc(&self) -> Vec<Step> {
        vec![Step::Name(self.origin.name().into()), Step::Name(self.name.clone())]
    }
}

/// What is wrong with an option: a stable name and a sentence.
pub(super) type Wrong = (&'static str, String);
