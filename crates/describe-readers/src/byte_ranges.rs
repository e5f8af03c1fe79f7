//! Files that are read by ranges of bytes instead of from their beginning to their end.

use std::fmt::Debug;
use std::io;

/// A file of which any range of bytes can be read, by several threads at once.
///
/// ```
/// use std::io;
/// use describe_readers::ByteRanges;
///
/// #[derive(Debug)]
/// struct InMemory(Vec<u8>);
///
/// impl ByteRanges for InMemory {
///     fn length(&self) -> io::Result<u64> {
///         Ok(self.0.len() as u64)
///     }
///
///     fn read(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
///         let start = usize::try_from(start).unwrap_or(usize::MAX);
///         let bytes = self.0.get(start..).and_then(|rest| rest.get(..length));
///         bytes.map(<[u8]>::to_vec).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
///     }
/// }
///
/// assert_eq!(InMemory(vec![1, 2, 3]).read(1, 2)?, [2, 3]);
/// # Ok::<(), io::Error>(())
/// ```
pub trait ByteRanges: Debug + Send + Sync {
    /// Number of bytes of the file.
    ///
    /// # Errors
    /// Those of the system.
    fn length(&self) -> io::Result<u64>;

    /// The `length` bytes from the byte `start` on.
    ///
    /// # Errors
    /// Fewer bytes, and those of the system.
    fn read(&self, start: u64, length: usize) -> io::Result<Vec<u8>>;
}
