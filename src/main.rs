//! Command line, then serve.
fn main() {}
