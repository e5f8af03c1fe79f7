//! Options before they are parsed: name and texts, and the place where they were given.

use crate::input_error::Step;

/// The place where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The query of the URL.
    Query,
    /// A member of the JSON body, or a field of the form.
    Body,
    /// The command line.
    CommandLine,
    /// The header Accept: the format of the answer where no option says it.
    Accept,
}

impl Origin {
    /// First step of a `loc`.
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

/// An option as it was given: its name and its texts, one for each time it was given in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RawOption {
    /// The place where it was given.
    pub origin: Origin,
    /// The name, not yet checked.
    pub name: String,
    /// The texts, in order.
    pub values: Vec<String>,
}

impl RawOption {
    /// Whether all its texts are empty, as a blank field of a form is: then the option counts as not given.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.values.iter().all(String::is_empty)
    }

    pub(super) fn loc(&self) -> Vec<Step> {
        vec![Step::Name(self.origin.name().into()), Step::Name(self.name.clone())]
    }
}
