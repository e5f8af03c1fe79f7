//! The numerics: decimals in, correctly rounded figures out. Pure: no I/O, no HTTP.
