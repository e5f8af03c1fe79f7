#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "one target each")]
mod targets;

libfuzzer_sys::fuzz_target!(|data: &[u8]| targets::state(data));
