//! The statistics against an oracle that shares no code with the crate: exact rationals, by definition, by brute force; and the
//! state of samples.

mod aligned;
mod categories;
mod correlations;
mod distinct_limit;
mod equating;
mod known_sums;
mod large_counts;
mod literals;
mod moments;
mod oracle;
mod prediction;
mod state;
mod statistics;
