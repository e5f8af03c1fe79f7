//! Constants of the layout of a state.

/// First bytes of a state. A text does not begin with the first of them.
pub(crate) const MAGIC: [u8; 8] = *b"\x89DSTATE\n";

/// Version of the layout.
pub(super) const VERSION: u16 = 1;

/// Bytes of the checksum.
pub(super) const CHECKSUM_BYTES: usize = 32;

/// Maximum number of values of states that are added.
pub(crate) const MAX_VALUES: u64 = 1 << 62;
