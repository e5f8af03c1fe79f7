//! Logs and request ids.
//!
//! Marks are personal data. A log line is made of names that the code knows (a route's template, a status, a size) and
//! never of what a client sent, its request id aside. Other crates are not heard at any level, since their events
//! hold URLs; and a panic is logged by its place, since its message may quote a number.

mod log;
mod requests;

pub use log::{Log, start};
pub use requests::{BytesIn, Entry};
