//! The one use case: options, read, describe, write; and its errors in words.
//!
//! Input: raw options, the bytes of files, and the time. Output: the bytes of an answer, or an [`InputError`], which
//! [`messages`] writes for people and [`Problem`] for programs. What formats are read and written is a feature of
//! `describe-readers` and `describe-reports`. Invariant: the caller's surroundings do not show: the service, the command line and
//! the page get the same bytes for the same input.
//!
//! [`InputError`]: describe_options::InputError

mod describe;
pub mod messages;
mod problem;

pub use describe::{Described, Describer};
pub use problem::{Fault, Problem, status as problem_status};
