//! Every format that data come in: each against a reference, and all against each other.

mod ask;
mod blocks;
mod delimited;
mod model;
#[path = "../numeric/oracle.rs"]
#[expect(dead_code, reason = "the numeric tests use all of it")]
mod oracle;
