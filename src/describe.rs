//! The one use case of the service and the command line, by the clock of the system.

use std::time::{SystemTime, UNIX_EPOCH};

pub use describe_engine::{Described, Describer};

/// The seconds since 1970 began.
#[must_use]
pub fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(now.as_secs()).unwrap_or(i64::MAX)
}
