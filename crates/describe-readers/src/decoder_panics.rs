//! Panics of decoders from other crates, which occur for some corrupt files.
//!
//! Input: a task that decodes a file. Output: its result, or none after a panic. A caller that logs panics asks whether one
//! is caught here: then the file is at fault and not the program.

use std::cell::Cell;
#[cfg(feature = "parquet")]
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// Whether a panic of this thread is caught.
    static IS_DECODING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a panic of the current thread is an error of the file that it decodes, which is reported as such.
#[must_use]
pub fn is_decoding() -> bool {
    IS_DECODING.get()
}

/// Result of `decode`; `None` if it panicked. Nothing that the task may have left inconsistent may be used afterwards.
#[cfg(feature = "parquet")]
pub(super) fn catch<T>(decode: impl FnOnce() -> T) -> Option<T> {
    let before = IS_DECODING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(decode));
    IS_DECODING.set(before);
    result.ok()
}

#[cfg(all(test, feature = "parquet"))]
mod tests {
    use super::*;

    #[test]
    fn a_caught_panic_is_known_as_one() {
        assert!(!is_decoding());
        assert_eq!(catch(|| (is_decoding(), catch(is_decoding), is_decoding())), Some((true, Some(true), true)));
        // Without the message of the panic hook.
        assert_eq!(catch(|| std::panic::resume_unwind(Box::new(()))), None::<()>);
        assert!(!is_decoding());
    }
}
