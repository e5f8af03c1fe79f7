//! Every format that data come in: what its cells mean and what is refused, each against a reference, and all against
//! each other.

mod agree;
mod ask;
mod blocks;
mod delimited;
mod json_tables;
mod model;
#[path = "../numeric/oracle.rs"]
#[expect(dead_code, reason = "the numeric tests use all of it")]
mod oracle;
