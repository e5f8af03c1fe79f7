//! The answers to numbers against an oracle that shares no code with the crates: exact rationals, by definition, by brute force.
//! `crates/describe/tests` has the tests that need the numerics alone.

mod answers;
mod json_grammar;
mod nist;
mod nist_data;
#[expect(dead_code, reason = "the tests of the numerics use the rest")]
#[path = "../../crates/describe/tests/numerics/oracle.rs"]
mod oracle;
mod readers;
