//! Options before they are parsed: name and texts, and the place where they were given.

use crate::location::Location;
use crate::option_table::OptionName;

/// The place where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a query.
    Query,
    /// In a body: a JSON body beside `numbers`, or a field of a form beside a file.
    Body,
    /// The command line.
    CommandLine,
    /// In the list of formats that the client accepts, where no option says one.
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

    /// The place of the option, or of what is not one.
    pub(super) fn location(&self) -> Location {
        let Self { origin, name, .. } = self;
        match OptionName::named(name) {
            Some(name) => Location::Option { name, origin: *origin },
            None => Location::Data { origin: *origin, path: Vec::new() }.name(name),
        }
    }
}
