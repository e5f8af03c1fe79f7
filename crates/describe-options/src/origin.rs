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
    /// The screen of a terminal, where the answer is a table.
    Terminal,
}

impl Origin {
    /// Whether the program that asks has given the option, and nobody with an option of that name.
    #[must_use]
    pub fn is_implied(self) -> bool {
        matches!(self, Self::Accept | Self::Terminal)
    }

    /// First step of a `loc`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Query => "query",
            Self::Body => "body",
            Self::CommandLine | Self::Terminal => "option",
            Self::Accept => "header",
        }
    }
}
