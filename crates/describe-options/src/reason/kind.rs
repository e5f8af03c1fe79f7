//! Kinds of errors.

/// Kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are not the format they claim to be.
    Malformed,
    /// Well-formed, but not something that can be described.
    Invalid,
    /// A limit was exceeded.
    TooLarge,
    /// Other work leaves no room for this one, or nobody waits for it any more.
    Busy,
}
