//! Faults of a request apart from its data: the query, the form, the headers.

use axum::http::StatusCode;
use describe_options::Origin;

/// Fault of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The decoded query or form is not UTF-8.
    NotUtf8(Origin),
    /// A form is not UTF-8.
    FormNotUtf8,
    /// A list is written in two ways, or with indexes other than 0, 1, 2 and so on.
    ListForm(Origin),
    /// The option `rows` of a preview is not a count.
    Rows,
    /// Too many names.
    TooManyNames {
        /// Number of names.
        count: usize,
        /// Maximum number of names.
        max: usize,
    },
    /// A body that is declared as a form, and is neither a form nor JSON, has no line end.
    NoLineEnds,
    /// A form is larger than this many bytes.
    FormTooLarge(usize),
    /// A body of texts alone, such as the message of an agent, is larger than this many bytes.
    #[cfg(any(feature = "mcp", feature = "sql"))]
    MessageTooLarge(u64),
    /// The Content-Type of a multipart body has no boundary, or one that is too long.
    Boundary,
    /// The body violates RFC 7578; the text says how.
    Multipart(&'static str),
    /// A JSON body is not a list of states with options.
    StateList {
        /// Message of the parser.
        reason: String,
        /// Whether it is JSON.
        is_json: bool,
    },
    /// No statement can be written of this.
    #[cfg(feature = "sql")]
    Statement {
        /// Why.
        reason: String,
        /// Whether it is JSON or a form.
        is_readable: bool,
    },
    /// A form without a file.
    NoFile,
    /// An option comes after files that are too large to be read again.
    OptionAfterFile {
        /// The option, cut.
        name: String,
        /// Maximum size of the files in bytes.
        max: usize,
    },
    /// A form has both a file and a field with numbers.
    NumbersBesideFile,
    /// A form has more than this number of options.
    TooManyFields(usize),
    /// A form has more than this number of files.
    TooManyFiles(usize),
    /// The value of an option in a form is not UTF-8.
    FieldNotUtf8(String),
    /// The value of an option in a form is longer than this many bytes.
    FieldTooLong {
        /// The option, cut.
        name: String,
        /// Maximum number of bytes.
        max: usize,
    },
    /// The data are of a kind that another operation describes.
    OtherData {
        /// Kind of the data in words.
        found: &'static str,
        /// The path of the operation.
        operation: &'static str,
        /// The path of the operation that describes them.
        other: &'static str,
    },
    /// The response is larger than Lambda allows.
    AnswerTooLarge {
        /// Maximum size in megabytes.
        megabytes: usize,
        /// Whether the client accepts gzip.
        takes_gzip: bool,
    },
}

impl RequestError {
    /// The status of the response.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        match self {
            Self::StateList { is_json: false, .. }
            | Self::NotUtf8(_)
            | Self::FormNotUtf8
            | Self::Boundary
            | Self::Multipart(_)
            | Self::FieldNotUtf8(_) => StatusCode::BAD_REQUEST,
            #[cfg(feature = "sql")]
            Self::Statement { is_readable: false, .. } => StatusCode::BAD_REQUEST,
            #[cfg(feature = "sql")]
            Self::Statement { is_readable: true, .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::ListForm(_)
            | Self::Rows
            | Self::TooManyNames { .. }
            | Self::NoLineEnds
            | Self::NoFile
            | Self::StateList { is_json: true, .. }
            | Self::NumbersBesideFile
            | Self::OtherData { .. }
            | Self::TooManyFields(_)
            | Self::TooManyFiles(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OptionAfterFile { .. }
            | Self::FormTooLarge(_)
            | Self::FieldTooLong { .. }
            | Self::AnswerTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            #[cfg(any(feature = "mcp", feature = "sql"))]
            Self::MessageTooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        }
    }

    /// The place at fault and the stable code; `None` for the request as a whole.
    #[must_use]
    pub fn code(&self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::NotUtf8(origin) => Some((origin.name(), "unicode")),
            Self::ListForm(origin) => Some((origin.name(), "list_form")),
            Self::Rows => Some(("query", "rows")),
            Self::Multipart(_) => Some(("body", "multipart")),
            Self::OtherData { .. } => Some(("body", "other_operation")),
            Self::NoLineEnds => Some(("body", "no_line_ends")),
            Self::NoFile => Some(("body", "missing")),
            Self::StateList { .. } => Some(("body", "states")),
            #[cfg(feature = "sql")]
            Self::Statement { .. } => Some(("body", "statement")),
            Self::OptionAfterFile { .. } => Some(("body", "option_after_file")),
            Self::NumbersBesideFile => Some(("body", "numbers_beside_file")),
            Self::TooManyFields(_) => Some(("body", "too_many_options")),
            Self::TooManyFiles(_) => Some(("body", "too_many_files")),
            Self::FieldNotUtf8(_) => Some(("body", "not_utf8")),
            Self::FormNotUtf8
            | Self::TooManyNames { .. }
            | Self::FormTooLarge(_)
            | Self::Boundary
            | Self::FieldTooLong { .. }
            | Self::AnswerTooLarge { .. } => None,
            #[cfg(any(feature = "mcp", feature = "sql"))]
            Self::MessageTooLarge(_) => None,
        }
    }

    /// The option at fault.
    #[must_use]
    pub fn option(&self) -> Option<&'static str> {
        matches!(self, Self::Rows).then_some("rows")
    }

    /// The error in one sentence or two.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::NotUtf8(origin) => {
                format!("The {} is not UTF-8 once its percent signs are decoded.", whole(*origin))
            }
            Self::FormNotUtf8 => "The form is not UTF-8.".to_owned(),
            Self::ListForm(origin) => format!(
                "The {} cannot be read. Write a list in one way throughout: numbers=5&numbers=6, or numbers[]=5&numbers[]=6, \
                 or numbers[0]=5&numbers[1]=6 with every index from 0 once.",
                whole(*origin)
            ),
            Self::Rows => "rows should be a whole number above 0, given once, or all".to_owned(),
            Self::TooManyNames { count, max } => {
                format!("There are {count} names beside numbers, and at most {max} are read.")
            }
            Self::FormTooLarge(max) => format!(
                "A form may have {max} bytes. Send the numbers as text/plain or application/json: they have room for millions."
            ),
            #[cfg(any(feature = "mcp", feature = "sql"))]
            Self::MessageTooLarge(max) => {
                format!("The body is larger than {max} bytes. Data are sent to /table or /upload.")
            }
            Self::NoLineEnds => {
                "the body has no line end and is declared application/x-www-form-urlencoded, but it is neither a form nor \
                 JSON; curl -d @file removes line ends. Send the file with curl --data-binary @marks.csv -H 'Content-Type: \
                 text/csv'"
                    .to_owned()
            }
            Self::Boundary => {
                "The Content-Type multipart/form-data has no boundary that can be used; leave the header to \
                               the client's own code, which knows it."
                    .to_owned()
            }
            Self::Multipart(message) => (*message).to_owned(),
            Self::StateList { reason, is_json: _ } => format!(
                "the body should be an object with the states in base64, such as {{\"states\": [\"…\", \"…\"]}}: {reason}"
            ),
            #[cfg(feature = "sql")]
            Self::Statement { reason, is_readable: _ } => format!("no statement can be written: {reason}"),
            Self::NoFile => "there is no file in the form; send one, as curl -F file=@marks.csv does".to_owned(),
            Self::OptionAfterFile { name, max } => format!(
                "the option '{name}' comes after files of more than {max} bytes, half of --memory-limit (MEMORY_LIMIT), which \
                 cannot be read again; put all options before the first file or into the URL"
            ),
            Self::NumbersBesideFile => "there are a file and pasted numbers in the form; send one of them".to_owned(),
            Self::TooManyFields(max) => format!("the form has more than {max} options"),
            Self::TooManyFiles(max) => format!("the form has more than {max} files; join small ones, or send fewer at a time"),
            Self::FieldNotUtf8(name) => format!("the option '{name}' is not UTF-8; of a file, save it as CSV in UTF-8"),
            Self::FieldTooLong { name, max } => format!("the option '{name}' is longer than {max} bytes"),
            Self::OtherData { found, operation, other } => {
                format!("The body holds {found}, which {operation} does not describe; send it to {other}.")
            }
            Self::AnswerTooLarge { megabytes, takes_gzip } => {
                let ask = if *takes_gzip { "Ask" } else { "Say Accept-Encoding: gzip, or ask" };
                format!(
                    "The answer is larger than the {megabytes} MB that Lambda passes on. {ask} for fewer columns or groups; \
                     the same service in a container has no such limit."
                )
            }
        }
    }
}

fn whole(origin: Origin) -> &'static str {
    match origin {
        Origin::Query | Origin::CommandLine | Origin::Accept | Origin::Terminal => "query of the URL",
        Origin::Body => "form",
    }
}
