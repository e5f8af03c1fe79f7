//! The hot paths of reading and describing, each a benchmark whose instructions are counted: `make instructions`.
//!
//! Counts of instructions do not depend on what else the machine does. They are those of one thread, without the feature `parallel`.

#![expect(missing_docs, reason = "the macros make public items without")]

use std::hint::black_box;
use std::io::Write;
use std::sync::Arc;

use describe::{Decimal, ReadAgain, Retention, Sample, Statistic, Statistics, Value, Wanted};
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Data, Format, Limits, Reader};
use gungraun::{library_benchmark, library_benchmark_group};
use parquet::data_type::DoubleType;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Numbers, or records, of a benchmark.
const COUNT: usize = 20_000;
const CHUNK: usize = 1 << 18;

/// A file in memory, and how it is read.
struct Given {
    format: Format,
    options: Options,
    bytes: Vec<u8>,
}

/// Uniform in [0, 1).
fn doubles() -> impl Iterator<Item = f64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let next = move || {
        // xorshift64 (Marsaglia, 2003): any reproducible sequence serves.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        #[expect(clippy::cast_precision_loss, reason = "53 bits")]
        let unit = (state >> 11) as f64 / (1_u64 << 53) as f64;
        unit
    };
    std::iter::repeat_with(next).take(COUNT)
}

/// Marks from 0 to 100 in steps of a half.
fn marks() -> impl Iterator<Item = f64> {
    doubles().map(|value| (value * 201.0).floor() / 2.0)
}

fn lines<T: ToString>(values: impl Iterator<Item = T>, separator: &str) -> String {
    values.map(|value| value.to_string()).collect::<Vec<_>>().join(separator)
}

fn given(format: Format, bytes: impl Into<Vec<u8>>, options: &[(&str, &str)]) -> Given {
    let raw = |(name, value): &(&str, &str)| RawOption {
        origin: Origin::Query,
        name: (*name).to_owned(),
        values: vec![(*value).to_owned()],
    };
    let options: Vec<RawOption> = options.iter().map(raw).collect();
    Given { format, options: Options::parse(&options).expect("good options"), bytes: bytes.into() }
}

/// Records of a cohort and a mark, written by `record`.
fn records(record: impl Fn(usize, f64) -> String) -> String {
    marks().zip(0..).map(|(mark, index)| record(2000 + index * 7 % 25, mark)).collect()
}

fn csv(quote: &str) -> String {
    let record = |cohort, mark| format!("{quote}{cohort}{quote},{mark}\n");
    format!("cohort,mark\n{}", records(record))
}

fn members() -> String {
    records(|cohort, mark| format!("{{\"cohort\":{cohort},\"mark\":{mark}}}\n"))
}

fn workbook() -> Vec<u8> {
    let number = |reference: &str, row: usize, value: f64| format!(r#"<c r="{reference}{row}"><v>{value}</v></c>"#);
    let row = |(value, row): (f64, usize)| {
        format!(r#"<row r="{row}">{}{}</row>"#, number("A", row, 2024.0), number("B", row, value))
    };
    let rows: String = marks().zip(2..).map(row).collect();
    let text = |cell: &str, value: &str| format!(r#"<c r="{cell}" t="inlineStr"><is><t>{value}</t></is></c>"#);
    let head = format!(r#"<row r="1">{}{}</row>"#, text("A1", "cohort"), text("B1", "mark"));
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let parts = [
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="a" Type="{relation}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{relation}"><sheets><sheet name="Marks" sheetId="1" r:id="b"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}"><Relationship Id="b" Type="{relation}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{head}{rows}</sheetData></worksheet>"#),
        ),
    ];
    let mut archive = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive.start_file(name, SimpleFileOptions::default()).expect("a part");
        archive.write_all(text.as_bytes()).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

fn parquet_file(values: impl Iterator<Item = f64>, has_dictionary: bool) -> Vec<u8> {
    let schema = parse_message_type("message marks { required double mark; }").expect("a schema");
    let properties = WriterProperties::builder().set_dictionary_enabled(has_dictionary).build();
    let mut file = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties)).expect("a file");
    let mut group = file.next_row_group().expect("a row group");
    let mut column = group.next_column().expect("a column").expect("one column");
    column.typed::<DoubleType>().write_batch(&values.collect::<Vec<_>>(), None, None).expect("memory");
    column.close().expect("a column");
    group.close().expect("a row group");
    file.into_inner().expect("a file")
}

#[library_benchmark]
#[bench::text_of_decimals(given(Format::Text, lines(doubles(), "\n"), &[]))]
#[bench::csv_by_cohort(given(Format::Csv, csv(""), &[("column", "mark"), ("group_by", "cohort")]))]
#[bench::csv_quoted(given(Format::Csv, csv("\""), &[("column", "mark")]))]
#[bench::json_array(given(Format::Json, format!("[{}]", lines(marks(), ",")), &[]))]
#[bench::json_records(given(Format::Json, format!("[{}]", members().trim_end().replace('\n', ",")), &[("column", "mark")]))]
#[bench::ndjson_records(given(Format::Ndjson, members(), &[("column", "mark"), ("group_by", "cohort")]))]
#[bench::xlsx(given(Format::Workbook, workbook(), &[("column", "mark")]))]
#[bench::parquet_of_marks(given(Format::Parquet, parquet_file(marks(), true), &[]))]
#[bench::parquet_of_doubles(given(Format::Parquet, parquet_file(doubles(), false), &[]))]
#[bench::median_of_marks(given(Format::Csv, csv(""), &[("column", "mark"), ("statistics", "median")]))]
fn read(given: Given) -> u64 {
    let Given { format, options, bytes } = given;
    let mut reader = Reader::new(Some(format), &options, &Limits::default());
    for chunk in black_box(bytes.as_slice()).chunks(CHUNK) {
        reader.feed(chunk).expect("a good file");
    }
    match reader.finish().expect("a good file").data {
        Data::Numbers(numbers) => numbers.values(),
        Data::Table(table) => table.rows,
    }
}

fn decimals() -> Vec<Decimal> {
    doubles().filter_map(Decimal::from_f64).collect()
}

fn wanted() -> Wanted {
    Wanted { statistics: Statistics::NONE.with(Statistic::Median), ..Wanted::default() }
}

// Quantiles of more different values than are kept: bins, and a range in which the median is guessed to lie.
#[library_benchmark]
#[bench::decimals(decimals())]
fn median_past_the_limit(decimals: Vec<Decimal>) -> Value {
    let wanted = wanted();
    let read_again = Some(ReadAgain::new(wanted.clone()));
    let retention = Retention { max_distinct: Some(COUNT / 4), read_again, ..Retention::default() };
    let mut sample = Sample::new(&retention);
    sample.push_all(black_box(&decimals));
    sample.describe(&wanted).figures.remove(0).1
}

/// A column of different values, of which every statistic is computed.
fn sample() -> Sample {
    let mut sample = Sample::new(&Retention { max_distinct: Some(COUNT), ..Retention::default() });
    sample.push_all(&decimals());
    sample
}

#[library_benchmark]
#[bench::decimals(sample())]
fn all_statistics(sample: Sample) -> usize {
    let statistics = Statistic::all().fold(Statistics::NONE, Statistics::with);
    black_box(&sample).describe(&Wanted { statistics, ..Wanted::default() }).figures.len()
}

library_benchmark_group!(name = hot_paths; benchmarks = read, median_past_the_limit, all_statistics);
gungraun::main!(library_benchmark_groups = hot_paths);
