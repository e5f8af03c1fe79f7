//! Origins of options and data.

/// The place where an option was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// In a query.
    Query,
    /// In a body: a JSON body beside `numbers`, or a field of a form beside a file.
    Body,
    /// An argument of a program.
    CommandLine,
    /// In the list of formats that the client accepts, where no option requests one.
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
