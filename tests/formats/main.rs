//! The formats that hold tables: what their cells mean, and what is refused.

mod json_tables;
