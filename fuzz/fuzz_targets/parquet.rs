#![no_main]

#[path = "../targets.rs"]
#[expect(dead_code, reason = "one target each")]
mod targets;

libfuzzer_sys::fuzz_target!(
    // The fuzzer ends at every panic, but one of the decoder is caught, and is an error of the file.
    init: {
        let end = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !describe_readers::is_decoding() {
                end(panic);
            }
        }));
    },
    |data: &[u8]| targets::parquet(data)
);
