//! The statistics against an oracle that shares no code with the crate: exact rationals, by definition, by brute force; and the
//! state of samples.

mod aligned;
mod categories;
mod distinct_limit;
mod literals;
mod moments;
mod oracle;
mod state;
mod statistics;
