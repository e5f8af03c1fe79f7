//! The numbers, proved by an oracle that shares no code with the crate: exact rationals, by definition, by brute force.

mod answers;
mod figures;
mod json_grammar;
mod literals;
mod nist;
mod nist_data;
mod oracle;
mod readers;
mod statistics;
