//! The numerics and the readers, each beside a floor or a peer: `make bench`.

use std::io::{Cursor, Write};

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};

use axum::body::Body;
use axum::http::Request;
use describe_api::cli::settings::Config;
use describe_api::http::router::router;
use describe_api::http::state::State;
use tower::ServiceExt;

use describe::{Accumulator, Decimal, Moments, Number};
use describe_api::http::extract::Query;
use describe_options::Options;
use describe_options::Origin;
use describe_readers::{Format, Limits, Reader};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const COUNT: usize = 100_000;
const CHUNK: usize = 1 << 18;

fn main() {
    // All on one core, as what it stands beside is.
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("the first pool");
    divan::main();
}

/// Uniform in [0, 1), as a program prints doubles: mostly 16 and 17 digits.
fn doubles() -> Vec<f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        // xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let unit = (state >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    };
    (0..COUNT).map(|_| next()).collect()
}

fn marks() -> Vec<Decimal> {
    let mark = |value: &f64| Decimal::from_f64((value * 101.0).floor()).unwrap_or(Decimal::ZERO);
    doubles().iter().map(mark).collect()
}

fn decimals() -> Vec<Decimal> {
    doubles().iter().filter_map(|value| Decimal::from_f64(*value)).collect()
}

fn joined(separator: &str) -> String {
    doubles().iter().map(ToString::to_string).collect::<Vec<_>>().join(separator)
}

fn accumulate(bencher: Bencher, decimals: &[Decimal]) {
    bencher.counter(ItemsCount::new(decimals.len())).bench(|| {
        let mut sums = Accumulator::default();
        for decimal in black_box(decimals) {
            sums.push_decimal(*decimal);
        }
        sums
    });
}

#[divan::bench]
fn push_17_digits(bencher: Bencher) {
    accumulate(bencher, &decimals());
}

#[divan::bench]
fn push_marks(bencher: Bencher) {
    accumulate(bencher, &marks());
}

fn read(bencher: Bencher, format: Format, body: impl AsRef<[u8]>) {
    let body = body.as_ref();
    bencher.counter(ItemsCount::new(COUNT)).counter(BytesCount::of_slice(body)).bench(|| {
        let mut reader = Reader::new(Some(format), &Options::default(), &Limits::default());
        for chunk in black_box(body).chunks(CHUNK) {
            reader.feed(chunk).expect("the text is good");
        }
        reader.finish().expect("the text is good")
    });
}

#[divan::bench]
fn text_17_digits(bencher: Bencher) {
    read(bencher, Format::Text, joined("\n"));
}

/// The floor of every floating-point program: the same text to doubles, and no statistics.
#[divan::bench]
fn text_17_digits_fast_float2_only(bencher: Bencher) {
    let text = joined("\n");
    bencher.counter(ItemsCount::new(COUNT)).counter(BytesCount::of_str(&text)).bench(|| {
        let mut rest = black_box(text.as_bytes());
        while !rest.is_empty() {
            let (value, length) = fast_float2::parse_partial::<f64, _>(rest).expect("the text is good");
            black_box(value);
            rest = rest.get(length + 1..).unwrap_or_default();
        }
    });
}

#[divan::bench]
fn json_17_digits(bencher: Bencher) {
    read(bencher, Format::Json, format!("[{}]", joined(",")));
}

#[divan::bench]
fn json_marks(bencher: Bencher) {
    let marks: Vec<String> = marks().iter().map(|mark| mark.to_f64().to_string()).collect();
    read(bencher, Format::Json, format!("[{}]", marks.join(",")));
}

#[divan::bench(args = [2, 100, 100_000])]
fn finish(bencher: Bencher, count: usize) {
    let mut sums = Accumulator::default();
    marks().iter().take(count).for_each(|mark| sums.push_decimal(*mark));
    bencher.bench(|| black_box(&sums).finish(Moments::default()));
}

/// The ways of a benchmark that measures a fast path beside the general one. `benches/library` reads these names.
const WAYS: [&str; 2] = ["fast", "general"];

/// JSON integers by 64 bytes at once, and by the tokenizer, since a blank stands before each comma.
#[divan::bench(args = WAYS)]
fn json_marks_by_separator(bencher: Bencher, way: &str) {
    let separator = if way == "fast" { "," } else { " ," };
    let marks: Vec<String> = marks().iter().map(ToString::to_string).collect();
    read(bencher, Format::Json, format!("[{}]", marks.join(separator)));
}

/// Text of plain decimals by words of eight bytes, and by the general reader, since each has an exponent.
#[divan::bench(args = WAYS)]
fn text_17_digits_by_ending(bencher: Bencher, way: &str) {
    let ending = if way == "fast" { "\n" } else { "e0\n" };
    read(bencher, Format::Text, &(joined(ending) + ending));
}

/// Delimited records by the structural index, several at once, and byte by byte, since each has a quoted cell.
#[divan::bench(args = WAYS)]
fn csv_marks_by_quote(bencher: Bencher, way: &str) {
    let quote = if way == "fast" { "" } else { "\"" };
    let records: Vec<String> = marks().iter().map(|mark| format!("{quote}2024{quote},{mark}\n")).collect();
    read(bencher, Format::Csv, format!("cohort,mark\n{}", records.concat()));
}

/// Rows of a sheet as they are usually written, and by XML events, since each is behind a comment.
#[divan::bench(args = WAYS)]
fn xlsx_marks_by_comment(bencher: Bencher, way: &str) {
    let comment = if way == "fast" { "" } else { "<!---->" };
    let row = |(mark, row): (&Decimal, usize)| {
        format!(
            "{comment}<row r=\"{row}\"><c r=\"A{row}\" s=\"1\"><v>2024</v></c><c r=\"B{row}\"><v>{mark}</v></c></row>"
        )
    };
    let rows: String = marks().iter().zip(1..).map(row).collect();
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let parts = [
        (
            "_rels/.rels",
            "<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"b.xml\"/></Relationships>",
        ),
        ("b.xml", "<workbook><sheets><sheet name=\"S\" r:id=\"r\"/></sheets></workbook>"),
        (
            "_rels/b.xml.rels",
            "<Relationships><Relationship Id=\"r\" Type=\"x/worksheet\" Target=\"s.xml\"/></Relationships>",
        ),
        ("s.xml", sheet.as_str()),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("in memory");
    }
    read(bencher, Format::Workbook, archive.finish().expect("an archive").into_inner());
}

/// The six statistics from sums in machine words, and from long integers, since the numbers have two exponents.
#[divan::bench(args = WAYS)]
fn finish_two_numbers(bencher: Bencher, way: &str) {
    let second = if way == "fast" { "5" } else { "5.5" };
    let mut sums = Accumulator::default();
    for text in ["6", second] {
        sums.push(Number::parse(text.as_bytes()).expect("a number"));
    }
    bencher.bench(|| black_box(&sums).finish(Moments::default()));
}

/// A query of 100 numbers and an option by the reader of plain pairs, and by `serde_qs`, since the option is percent-encoded.
#[divan::bench(args = WAYS)]
fn parse_query_of_100_numbers(bencher: Bencher, way: &str) {
    let option = if way == "fast" { "ddof=1" } else { "ddof=%31" };
    let marks: Vec<String> = marks().iter().take(100).map(ToString::to_string).collect();
    let query = format!("numbers={}&{option}", marks.join("&numbers="));
    bencher.bench(|| Query::parse(black_box(&query), Origin::Query));
}

/// Requests with two numbers through the router, without sockets: by the short way for plain queries, and by the general one,
/// since `6.` is not plain.
#[divan::bench(args = WAYS)]
fn get_two_numbers(bencher: Bencher, way: &str) {
    let query = if way == "fast" { "numbers=5&numbers=6" } else { "numbers=5&numbers=6." };
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let service = router(&State::new(Config::default()));
    let uri = format!("/prod/stats?{query}");
    bencher.with_inputs(|| (service.clone(), Request::get(&uri).body(Body::empty()).expect("a request"))).bench_values(
        |(service, request)| {
            let Ok(response) = runtime.block_on(service.oneshot(request));
            response
        },
    );
}
