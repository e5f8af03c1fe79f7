//! Why an input cannot be described: what is wrong, where, and what to do. Knows nothing of HTTP.

/// At most this many problems are listed; all are counted.
pub const LISTED: usize = 20;

/// What sort of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are not the format they claim to be.
    Malformed,
    /// Well-formed, but not something that can be described.
    Invalid,
    /// A limit of the server was passed.
    TooLarge,
}

/// One step of the way to a bad value: a member's name or a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member, option or column.
    Name(String),
    /// A position: counted from 0 in arrays and lists, from 1 in records.
    Index(u64),
}

/// One bad value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where it is, as FastAPI says it: `["query", "numbers", 1]`.
    pub loc: Vec<Step>,
    /// A short stable name such as `float_parsing`.
    pub code: &'static str,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
    /// The offending text, cut at 40 characters.
    pub input: Option<String>,
}

/// A refusal: its kind, a sentence, the first [`LISTED`] problems and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejection {
    /// What sort of refusal.
    pub kind: Kind,
    /// The whole in one sentence.
    pub detail: String,
    /// The first problems, in the order of the input.
    pub problems: Vec<Problem>,
    /// How many problems there are.
    pub count: u64,
}
