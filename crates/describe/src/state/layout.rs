//! Constants of the layout, shared by both directions: its marks and bounds, and the faults of bytes.

/// First bytes of a state.
pub const MAGIC: [u8; 8] = *b"describe";

/// Version of the layout.
pub const VERSION: u16 = 2;

/// Maximum count of numbers, infinities and missing values: exact sums hold no more.
pub(crate) const MAX_COUNT: u64 = 1 << 62;

/// Reason why bytes are not the state of a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateError {
    /// The bytes do not begin with [`MAGIC`].
    #[error("the bytes are not the state of a sample")]
    Magic,
    /// The layout has another version.
    #[error("the state has version {0}, and this program reads version {VERSION}")]
    Version(u16),
    /// The bytes end within a field, or a field promises more bytes than there are.
    #[error("the state is truncated")]
    Truncated,
    /// A field has a value that it cannot have.
    #[error("the field {0} of the state is invalid")]
    Field(&'static str),
    /// No numbers have these counts, extremes and sums together.
    #[error("the field {0} of the state contradicts the others")]
    Inconsistent(&'static str),
    /// The same content has other bytes: trailing bytes, rows that are not in order, or a number in another spelling.
    #[error("the state is not in canonical form")]
    NotCanonical,
}
