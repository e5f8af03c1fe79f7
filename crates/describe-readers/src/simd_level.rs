//! The vector instructions that the readers of text use.

use fearless_simd::Level;

/// Any other level in the environment of a build is a mistake.
const _: () = assert!(match option_env!("DESCRIBE_API_SIMD") {
    None => true,
    Some(level) => matches!(level.as_bytes(), b"" | b"avx2" | b"baseline"),
});

/// The best vector instructions of this processor. A build with `DESCRIBE_API_SIMD=avx2` or `=baseline` in its environment uses
/// no better ones than these, so that benchmarks can show what each is worth.
pub(crate) fn simd_level() -> Level {
    let best = Level::new();
    #[cfg(target_arch = "x86_64")]
    match option_env!("DESCRIBE_API_SIMD") {
        Some("avx2") => return best.as_avx2().map_or(best, Level::Avx2),
        Some("baseline") => return Level::baseline(),
        _ => {}
    }
    best
}
