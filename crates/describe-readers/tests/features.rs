//! Invariants under every set of features: the same statistics to the last bit on one thread and on many, and an error
//! for a format that was left out.

use std::fmt::Write;

use describe::{Statistic, Value, Wanted};
use describe_options::Options;
use describe_readers::{Coding, Data, Format, Limits, PreviewRows, Reader, Source};

/// Enough numbers for many blocks.
const NUMBERS: usize = 200_000;

/// Decimals with up to 17 digits, by the linear congruential generator of Knuth's MMIX.
fn decimals() -> Vec<String> {
    let next = |x: &u64| Some(x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407));
    let numbers = std::iter::successors(Some(1_u64), next).take(NUMBERS);
    numbers.map(|x| format!("{}.{:09}", x >> 40, x & 0x1fff_ffff)).collect()
}

/// The statistics of a text that comes in chunks of a prime number of bytes.
fn statistics(format: Format, text: &str) -> Vec<(Statistic, Value)> {
    let mut reader = Reader::new(Some(format), &Options::default(), &Limits::default());
    for chunk in text.as_bytes().chunks(65_521) {
        reader.feed(chunk).expect("sound");
    }
    match reader.finish().expect("sound").data {
        Data::Numbers(numbers) => numbers.flat.describe(&Wanted::default()).figures,
        Data::Table(table) => table.results[0].numbers.describe(&Wanted::default()).figures,
    }
}

#[test]
fn the_features_do_not_show_in_the_statistics() {
    let decimals = decimals();
    let lines = decimals.join("\n");
    let records = decimals.iter().fold(String::new(), |mut records, decimal| {
        writeln!(records, "{{\"x\":{decimal}}}").expect("a string takes all");
        records
    });
    // Calculated by `fractions.Fraction` of Python.
    let expected = [
        (Statistic::Minmax, Value::Pair([Ok(1e-9), Ok(16_777_106.062_631_758)])),
        (Statistic::Mean, Value::Number(Ok(8_387_325.031_577_696))),
        (Statistic::Variance, Value::Number(Ok(23_417_663_929_177.406))),
        (Statistic::Skewness, Value::Number(Ok(-0.000_580_431_344_632_202_3))),
        (Statistic::Kurtosis, Value::Number(Ok(-1.198_017_227_151_838_1))),
    ];
    for (format, text) in [
        (Format::Text, lines.clone()),
        (Format::Csv, format!("x\n{lines}\n")),
        (Format::Json, format!("[{}]", decimals.join(","))),
        (Format::Ndjson, records),
    ] {
        assert_eq!(statistics(format, &text), expected, "{format:?}");
    }
}

#[test]
fn a_format_that_was_left_out_is_refused_at_once() {
    for (format, start, built) in [
        (Format::Parquet, &b"PAR1"[..], cfg!(feature = "parquet")),
        (Format::Workbook, b"PK\x03\x04", cfg!(feature = "workbook")),
    ] {
        for declared in [Some(format), None] {
            let mut reader = Reader::new(declared, &Options::default(), &Limits::default());
            let start = [start, &[0; 5000]].concat();
            assert_eq!(reader.feed(&start).is_ok(), built, "{declared:?}");
        }
    }
    let mut reader = Reader::new(None, &Options::default(), &Limits::default());
    assert_eq!(reader.feed(b"\x28\xb5\x2f\xfd\x24\x05\x29\x00\x00").is_ok(), cfg!(feature = "zstd"));
    let compressed = Source { codings: vec![Coding::Brotli], ..Source::default() };
    let mut reader = Reader::new(compressed, &Options::default(), &Limits::default());
    assert_eq!(reader.feed(b"\x0b\x00\x805\n\x03").is_ok(), cfg!(feature = "brotli"));
}

/// On one thread a block is as short as its chunk.
#[test]
fn a_preview_of_words_does_not_depend_on_chunks() {
    for step in [1, 2, 5, 100] {
        let limits = Limits { preview: Some(PreviewRows::All), ..Limits::default() };
        let mut reader = Reader::new(Some(Format::Text), &Options::default(), &limits);
        for chunk in b"1 2 3\n4 5 nan 7 8 9".chunks(step) {
            reader.feed(chunk).expect("sound");
        }
        let Data::Numbers(numbers) = reader.finish().expect("sound").data else { panic!("no numbers") };
        let records = numbers.preview().expect("no columns").records;
        let words: Vec<_> = records.iter().flatten().flatten().map(String::as_str).collect();
        assert_eq!(words, ["1", "2", "3", "4", "5", "nan", "7", "8"], "{step}");
    }
}
