//! Parquet against the same data as CSV.

use crate::detail;
use std::io::{self, Write};
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use describe_options::{InputError, Kind, Options};
use describe_readers::{ByteRanges, Format, Limits, Reader};
use describe_reports::json::answer;
use parquet::basic::{BrotliLevel, Compression, Encoding, GzipLevel, ZstdLevel};
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType,
    Int32Type, Int64Type,
};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use crate::ask::given;
use crate::{ask, ask_csv, ask_with, refusal};

/// The values of a column, and which rows have one.
pub enum Values {
    Truths(Vec<bool>),
    Integers(Vec<i32>),
    Longs(Vec<i64>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
    Texts(Vec<ByteArray>),
    Fixed(Vec<FixedLenByteArray>),
}

pub type Column = (Values, Option<Vec<i16>>);

/// A file of row groups with these columns each.
pub fn file(schema: &str, properties: WriterPropertiesBuilder, groups: &[Vec<Column>]) -> Vec<u8> {
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties.build())).unwrap();
    for columns in groups {
        let mut group = writer.next_row_group().unwrap();
        for (values, levels) in columns {
            macro_rules! write {
                ($kind:ty, $values:expr) => {
                    write::<$kind, _>(&mut group, $values, levels.as_deref())
                };
            }
            match values {
                Values::Truths(values) => write!(BoolType, values),
                Values::Integers(values) => write!(Int32Type, values),
                Values::Longs(values) => write!(Int64Type, values),
                Values::Floats(values) => write!(FloatType, values),
                Values::Doubles(values) => write!(DoubleType, values),
                Values::Texts(values) => write!(ByteArrayType, values),
                Values::Fixed(values) => write!(FixedLenByteArrayType, values),
            }
        }
        group.close().unwrap();
    }
    writer.into_inner().unwrap()
}

fn write<T: DataType, W: std::io::Write + Send>(
    group: &mut parquet::file::writer::SerializedRowGroupWriter<'_, W>,
    values: &[T::T],
    levels: Option<&[i16]>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, levels, None).unwrap();
    column.close().unwrap();
}

pub fn texts(texts: &[&str]) -> Values {
    Values::Texts(texts.iter().map(|text| ByteArray::from(*text)).collect())
}

const SCHEMA: &str = "message m {
    optional int32 mark;
    required double score;
    required float part;
    required byte_array name (UTF8);
    required byte_array text (UTF8);
    required int32 price (DECIMAL(9,2));
    required int64 big (INTEGER(64,false));
    required byte_array long (DECIMAL(40,3));
    required int32 day (DATE);
    required int64 at (TIMESTAMP(MICROS,false));
    required int32 time (TIME(MILLIS,false));
    required boolean late;
    required fixed_len_byte_array(16) id (UUID);
    required fixed_len_byte_array(2) tiny (FLOAT16);
}";

fn columns() -> Vec<Column> {
    let numbers = |texts: &[&str]| {
        let number = |text: &&str| ByteArray::from(text.parse::<num_bigint::BigInt>().unwrap().to_signed_bytes_be());
        Values::Texts(texts.iter().map(number).collect())
    };
    let fixed = |bytes: &[&[u8]]| Values::Fixed(bytes.iter().map(|bytes| bytes.to_vec().into()).collect());
    vec![
        (Values::Integers(vec![41, 70]), Some(vec![1, 0, 1])),
        (Values::Doubles(vec![0.1, 0.1 + 0.2, f64::NAN]), None),
        (Values::Floats(vec![0.1, f32::NAN, 16_777_216.0]), None),
        (texts(&["Ann", "Bob", "Zoë"]), None),
        (texts(&["5", " 6.50 ", "NA"]), None),
        (Values::Integers(vec![-1250, 5, 0]), None),
        (Values::Longs(vec![-1, 7, 1 << 62]), None),
        (numbers(&["12345678901234567890123", "-1", "1500"]), None),
        (Values::Integers(vec![19_753, 19_753, -1]), None),
        (Values::Longs(vec![0, 1_706_704_200_500_000, -1]), None),
        (Values::Integers(vec![0, 45_000_000, 1]), None),
        (Values::Truths(vec![true, false, true]), None),
        (fixed(&[&[0; 16], &[0xab; 16], &[1; 16]]), None),
        (fixed(&[&[0x66, 0x2e], &[0, 0x7e], &[0, 0xc0]]), None),
    ]
}

const CSV: &str = "\
mark,score,part,name,text,price,big,long,day,at,time,late,id,tiny
41,0.1,0.1,Ann,5,-12.5,18446744073709551615,12345678901234567890.123,2024-01-31,1970-01-01,00:00:00,true,00000000-0000-0000-0000-000000000000,0.1
,0.30000000000000004,,Bob, 6.50 ,0.05,7,-0.001,2024-01-31,2024-01-31T12:30:00.5,12:30:00,false,abababab-abab-abab-abab-abababababab,
70,,16777216,Zoë,NA,0,4611686018427387904,1.500,1969-12-31,1969-12-31T23:59:59.999999,00:00:00.001,true,01010101-0101-0101-0101-010101010101,-2
";

/// The answer without row numbers: those of Parquet count no header.
fn without_rows(answer: &str) -> String {
    let mut parts = answer.split("\"row\":");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.trim_start_matches(|c: char| c.is_ascii_digit()))
}

#[test]
fn same_answers_as_csv_in_every_encoding() {
    let options: [&[(&str, &str)]; 5] = [
        &[],
        &[("column", "score"), ("group_by", "big")],
        &[("column", "mark|score|big"), ("group_by", "day"), ("overall", "1"), ("absent", "41")],
        &[("column", "price"), ("group_by", "late|at|price|id")],
        &[("column", "mark"), ("group_by", "tiny|text|time|part")],
    ];
    let plain = WriterProperties::builder().set_dictionary_enabled(false);
    let compressions = [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(GzipLevel::default()),
        Compression::BROTLI(BrotliLevel::default()),
        Compression::ZSTD(ZstdLevel::default()),
        Compression::LZ4,
        Compression::LZ4_RAW,
    ];
    let mut ways = vec![
        plain.clone(),
        plain.clone().set_writer_version(WriterVersion::PARQUET_2_0),
        plain.clone().set_column_encoding("text".into(), Encoding::DELTA_LENGTH_BYTE_ARRAY),
        plain.clone().set_column_encoding("name".into(), Encoding::DELTA_BYTE_ARRAY),
    ];
    for (encoding, columns) in [
        (
            Encoding::BYTE_STREAM_SPLIT,
            &["mark", "score", "part", "price", "big", "day", "at", "time", "id", "tiny"][..],
        ),
        (Encoding::DELTA_BINARY_PACKED, &["mark", "price", "big", "day", "at", "time"]),
        (Encoding::DELTA_BYTE_ARRAY, &["name", "text", "long", "id", "tiny"]),
        (Encoding::RLE, &["late"]),
    ] {
        let encode = |way: WriterPropertiesBuilder, column: &&str| way.set_column_encoding((*column).into(), encoding);
        ways.push(columns.iter().fold(plain.clone(), encode));
    }
    for compression in compressions {
        ways.push(WriterProperties::builder().set_compression(compression));
        ways.push(ways[ways.len() - 1].clone().set_writer_version(WriterVersion::PARQUET_2_0));
    }
    for (way, number) in ways.into_iter().zip(0..) {
        let file = file(SCHEMA, way, &[columns()]);
        for options in options {
            let expected = without_rows(&ask_csv(CSV, options).unwrap());
            assert_eq!(without_rows(&ask(&file, options).unwrap()), expected, "way {number}, {options:?}");
        }
    }
}

/// Integers and decimals that no double tells apart are groups of their own.
#[test]
fn long_numbers_are_different_groups() {
    let decimal = |text: &str| ByteArray::from(text.parse::<num_bigint::BigInt>().unwrap().to_signed_bytes_be());
    let decimals =
        ["12345678901234567890123", "-12345678901234567890124", "22345678901234567890000", "12345678901234567892"];
    let columns = vec![
        (Values::Longs(vec![-1, -2, -2, -3]), None),
        (Values::Texts(decimals.map(decimal).to_vec()), None),
        (Values::Integers(vec![1, 2, 3, 4]), None),
    ];
    let schema = "message m {
        required int64 big (INTEGER(64,false));
        required byte_array long (DECIMAL(40,22));
        required int32 mark;
    }";
    let file = file(schema, WriterProperties::builder(), &[columns]);
    for (by, expected) in [
        ("big", vec!["18446744073709551613", "18446744073709551614", "18446744073709551615"]),
        (
            "long",
            vec![
                "-1.2345678901234567890124",
                "0.0012345678901234567892",
                "1.2345678901234567890123",
                "2.234567890123456789",
            ],
        ),
    ] {
        let options = [("column", "mark"), ("group_by", by), ("statistics", "mean")];
        let answer = ask(&file, &options).unwrap();
        let groups: Vec<&str> =
            answer.split(&format!("\"{by}\":\"")).skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(groups, expected, "{answer}");
    }
}

#[test]
fn row_groups_are_one_table() {
    let schema = "message m { required int64 n; required byte_array g (UTF8); }";
    let group = |from: i64| {
        let names: Vec<String> = (from..from + 5000).map(|n| (n % 7).to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        vec![(Values::Longs((from..from + 5000).collect()), None), (texts(&names), None)]
    };
    let file = file(schema, WriterProperties::builder(), &[group(0), group(5000), group(10_000)]);
    let csv: Vec<String> = (0..15_000).map(|n| format!("{n},{}\n", n % 7)).collect();
    let options = [("column", "n"), ("group_by", "g"), ("overall", "1")];
    assert_eq!(ask(&file, &options), ask_csv(&format!("n,g\n{}", csv.concat()), &options));
}

/// Columns of few values, of many from the middle on, and with missing cells: in dictionaries that end there or not, in the other encodings, in
/// row groups and pages of any size.
#[test]
fn encodings_and_sizes_change_nothing() {
    const ROWS: usize = 5_600;
    let mark = |row: usize| {
        let different = if row < ROWS / 2 { 150 } else { 2_500 };
        (row % 7 != 3).then(|| f64::from(u32::try_from(row * row % different).unwrap()) / 4.0)
    };
    let school = |row: usize| (row % 11 != 5).then(|| format!(" s{}", row / 3 % if row < 2_000 { 40 } else { 900 }));
    let year = |row: usize| i32::try_from(row / 700).unwrap() - 2;
    let levels = |are_there: &mut dyn Iterator<Item = bool>| Some(are_there.map(i16::from).collect());
    let columns = |rows: Range<usize>| {
        let (rows, schools) = (|| rows.clone(), rows.clone().filter_map(school).collect::<Vec<_>>());
        vec![
            (Values::Doubles(rows().filter_map(mark).collect()), levels(&mut rows().map(|row| mark(row).is_some()))),
            (
                texts(&schools.iter().map(String::as_str).collect::<Vec<_>>()),
                levels(&mut rows().map(|row| school(row).is_some())),
            ),
            (Values::Integers(rows().map(year).collect()), None),
        ]
    };
    let groups = |rows: usize| -> Vec<_> {
        let starts = (0..ROWS).step_by(rows);
        starts.map(|start| columns(start..ROWS.min(start + rows))).collect()
    };
    let record = |row: usize| {
        let mark = mark(row).map(|mark| mark.to_string()).unwrap_or_default();
        format!("{mark},{},{}\n", school(row).unwrap_or_default(), year(row))
    };
    let csv = format!("mark,school,year\n{}", (0..ROWS).map(record).collect::<String>());
    let schema = "message m { optional double mark; optional byte_array school (UTF8); required int32 year; }";
    let options: [&[(&str, &str)]; 7] = [
        &[("column", "mark|year"), ("statistics", "all")],
        &[("column", "mark"), ("group_by", "school"), ("statistics", "mean,median,count,missing")],
        &[("column", "mark"), ("group_by", "year|school")],
        &[("column", "year"), ("group_by", "mark")],
        &[("column", "mark"), ("group_by", "year"), ("absent", "7.25")],
        &[("column", "mark"), ("weights", "year"), ("invalid", "missing")],
        &[("column", "mark"), ("nan_policy", "raise")],
    ];
    let plain = WriterProperties::builder().set_dictionary_enabled(false);
    let dictionaries =
        [1, 1_500, 1 << 20].map(|bytes| WriterProperties::builder().set_dictionary_page_size_limit(bytes));
    let others = [
        [Encoding::PLAIN, Encoding::PLAIN, Encoding::PLAIN],
        [Encoding::BYTE_STREAM_SPLIT, Encoding::DELTA_BYTE_ARRAY, Encoding::DELTA_BINARY_PACKED],
        [Encoding::PLAIN, Encoding::DELTA_LENGTH_BYTE_ARRAY, Encoding::BYTE_STREAM_SPLIT],
    ];
    let encode = |way: WriterPropertiesBuilder, (column, encoding): (&str, Encoding)| {
        way.set_column_encoding(column.into(), encoding)
    };
    let others =
        others.map(|encodings| ["mark", "school", "year"].into_iter().zip(encodings).fold(plain.clone(), encode));
    let expected = file(schema, plain, &groups(ROWS / 2));
    for (way, number) in dictionaries.into_iter().chain(others).zip(0..) {
        for (version, rows) in [
            (WriterVersion::PARQUET_1_0, ROWS / 2),
            (WriterVersion::PARQUET_2_0, ROWS / 2),
            (WriterVersion::PARQUET_1_0, 333),
            (WriterVersion::PARQUET_2_0, ROWS),
        ] {
            let properties =
                way.clone().set_writer_version(version).set_write_batch_size(64).set_data_page_row_count_limit(500);
            let file = file(schema, properties, &groups(rows));
            for options in options {
                let (ours, expected) = (ask(&file, options), ask(&expected, options));
                assert_eq!(ours, expected, "way {number}, {version:?}, groups of {rows} rows, {options:?}");
                // Of errors, only the rows differ.
                if let (Ok(ours), Ok(csv)) = (ours, ask_csv(&csv, options)) {
                    assert_eq!(without_rows(&ours), without_rows(&csv), "{options:?}");
                }
            }
        }
    }
}

/// A file whose ranges are in memory; counts the bytes that are read of it.
#[derive(Debug)]
struct CountedRanges(Vec<u8>, AtomicUsize);

impl ByteRanges for CountedRanges {
    fn length(&self) -> io::Result<u64> {
        Ok(self.0.len() as u64)
    }

    fn read(&self, start: u64, length: usize) -> io::Result<Vec<u8>> {
        self.1.fetch_add(length, Ordering::Relaxed);
        let start = usize::try_from(start).unwrap();
        Ok(self.0[start..start + length].to_vec())
    }
}

/// Of a file that is read by ranges the answer and the hash are the same, it may be larger than what may be buffered, and no more is
/// read of it than the columns that are asked for. Compressed as a whole it is buffered as before.
#[test]
fn ranges_of_a_file_are_enough() {
    let schema = "message m { required double n; required double other; }";
    let doubles = |step: f64| (Values::Doubles((0..200_000).map(|n| f64::from(n) * step).collect()), None);
    let plain = WriterProperties::builder().set_dictionary_enabled(false).set_data_page_row_count_limit(10_000);
    let bytes = file(schema, plain.set_write_batch_size(100), &[vec![doubles(0.7), doubles(0.1)]]);
    let limits = Limits { memory: 2_000_000, ..Limits::default() };
    let read = |bytes: &[u8], query: &[(&str, &str)], limits: &Limits, by_ranges: bool| {
        let options = Options::parse(&given(query)).unwrap();
        let mut reader = Reader::new(None, &options, limits);
        let ranges = Arc::new(CountedRanges(bytes.to_vec(), AtomicUsize::new(0)));
        if by_ranges {
            reader.set_ranges(Arc::clone(&ranges) as Arc<dyn ByteRanges>);
        }
        reader.read_all(&mut &bytes[..], &|_| ()).unwrap()?;
        let input = reader.finish()?;
        let text = String::from_utf8(answer(&input.data, &options)?).unwrap();
        Ok::<_, InputError>((text, input.digests, ranges.1.load(Ordering::Relaxed)))
    };
    for (query, most) in [
        (&[("column", "n")][..], bytes.len() * 5 / 8),
        (&[("column", "n"), ("stamp", "true")], bytes.len() * 5 / 8),
        (&[], bytes.len() * 5 / 4),
    ] {
        let (expected, hashes, _) = read(&bytes, query, &Limits::default(), false).unwrap();
        let (ours, our_hashes, count) = read(&bytes, query, &limits, true).unwrap();
        assert_eq!((ours, our_hashes), (expected, hashes), "{query:?}");
        assert!(count > 1_600_000 && count < most, "{count} of {} bytes", bytes.len());
        assert_eq!(read(&bytes, query, &limits, false).unwrap_err().kind(), Kind::TooLarge);
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&bytes).unwrap();
    let gzip = gzip.finish().unwrap();
    let (expected, ..) = read(&bytes, &[], &Limits::default(), false).unwrap();
    let (ours, _, count) = read(&gzip, &[], &Limits::default(), true).unwrap();
    assert_eq!((ours, count), (expected, 0));
}

#[test]
fn nested_columns_are_no_numbers() {
    let schema = "message m { required int32 n; repeated int32 many; required group pair { required int32 a; }
        optional group items (LIST) { repeated group list { required int32 element; } } }";
    let writer = WriterProperties::builder();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(writer.build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut next = |values: &[i32], levels: Option<&[i16]>, repeated: Option<&[i16]>| {
        let mut column = group.next_column().unwrap().unwrap();
        column.typed::<Int32Type>().write_batch(values, levels, repeated).unwrap();
        column.close().unwrap();
    };
    next(&[5, 6], None, None);
    next(&[1, 2, 3], Some(&[1, 1, 1]), Some(&[0, 1, 0]));
    next(&[1, 2], None, None);
    next(&[1], Some(&[2, 0]), Some(&[0, 0]));
    group.close().unwrap();
    let file = writer.into_inner().unwrap();
    let answer = ask(&file, &[]).unwrap();
    let skipped = r#""skipped":[{"column":"many","row":1,"value":"list"},{"column":"pair","row":1,"value":"struct"},{"column":"items","row":1,"value":"list"}]"#;
    assert!(answer.contains(skipped), "{answer}");
    assert!(answer.contains(r#""mean":5.5"#), "{answer}");
    let refused = refusal(&file, &[("column", "items")], &Limits::default());
    assert_eq!((refused.kind(), refused.listed()[0].input.as_deref()), (Kind::Invalid, Some("list")));
    let refused = refusal(&file, &[("column", "n"), ("group_by", "pair")], &Limits::default());
    assert_eq!((refused.kind(), refused.listed()[0].reason.code()), (Kind::Invalid, "nested_column"));
}

#[test]
fn infinities_are_bad_cells() {
    let schema = "message m { required double n; }";
    let file = file(schema, WriterProperties::builder(), &[vec![(Values::Doubles(vec![1.0, f64::INFINITY]), None)]]);
    let refused = refusal(&file, &[("column", "n")], &Limits::default());
    assert_eq!(refused.listed()[0].input.as_deref(), Some("inf"));
    assert!(detail(&refused).starts_with("row 2, column n"), "{}", detail(&refused));
}

/// The place of some bytes that stand once in a file.
fn place_of(file: &[u8], bytes: &[u8]) -> usize {
    let mut places = (0..=file.len() - bytes.len()).filter(|place| file[*place..].starts_with(bytes));
    let place = places.next().expect("the bytes");
    assert_eq!(places.next(), None);
    place
}

#[test]
fn unknown_converted_types_do_not_matter() {
    let schema = "message m { optional int32 a (INTEGER(8, true)); required int32 b; }";
    let columns = || vec![(Values::Integers(vec![5, 7]), Some(vec![1, 0, 1])), (Values::Integers(vec![1, 2, 4]), None)];
    let mut bytes = file(schema, WriterProperties::builder(), &[columns()]);
    let expected = ask(&bytes, &[]);
    // The field with the converted type INT_8, two fields after the name.
    let place = place_of(&bytes, &[0x25, 30]);
    for unknown in [22, 24, 63] {
        bytes[place + 1] = 2 * unknown;
        assert_eq!(ask(&bytes, &[]), expected, "{unknown}");
    }
    assert_eq!(expected, ask_csv("a,b\n5,1\nNA,2\n7,4\n", &[]));
}

#[test]
fn encrypted_columns_are_named() {
    // Version 2; a root with two integers; 1 row; a row group whose second column has the metadata of an encryption.
    let root = [&[0x48, 1, b'm', 0x15, 4][..], &[0]].concat();
    let leaf = |name: u8| vec![0x15, 2, 0x25, 0, 0x18, 1, name, 0];
    let schema = [&[0x15, 4, 0x19, 0x3c][..], &root, &leaf(b'a'), &leaf(b'b')].concat();
    // Type, encodings, path, codec, values, both sizes and the place of the data.
    let metadata =
        |name: u8| [0x15, 2, 0x19, 0x15, 0, 0x19, 0x18, 1, name, 0x15, 0, 0x16, 2, 0x16, 58, 0x16, 58, 0x26, 8, 0];
    let plain = [&[0x26, 8, 0x1c][..], &metadata(b'a'), &[0]].concat();
    let encrypted = [&[0x26, 8, 0x1c][..], &metadata(b'b'), &[0x5c, 0x1c, 0, 0, 0]].concat();
    let group = [&[0x19, 0x2c][..], &plain, &encrypted, &[0x16, 58, 0x16, 2, 0]].concat();
    let footer = [&schema[..], &[0x16, 2, 0x19, 0x1c], &group, &[0]].concat();
    // A data page of one integer: kind, sizes, and number, encoding and level encodings of its values.
    let page = [0x15, 0, 0x15, 8, 0x15, 8, 0x2c, 0x15, 2, 0x15, 0, 0x15, 6, 0x15, 6, 0, 0, 9, 0, 0, 0];
    let pages = [&page[..], &[0; 8]].concat();
    let length = u32::try_from(footer.len()).unwrap().to_le_bytes();
    let bytes = [b"PAR1", &pages[..], &footer, &length, b"PAR1"].concat();
    for options in [&[][..], &[("column", "b")], &[("column", "a"), ("group_by", "b")]] {
        let refused = refusal(&bytes, options, &Limits::default());
        assert_eq!(refused.kind(), Kind::Invalid, "{}", detail(&refused));
        assert!(detail(&refused).starts_with("column 'b' of the Parquet file is encrypted"), "{}", detail(&refused));
    }
    assert_eq!(ask(&bytes, &[("column", "a")]), ask_csv("a\n9\n", &[("column", "a")]));
}

/// Pages that are larger than the footer says fit in memory one after the other, but not those of two groups at once.
#[test]
fn groups_that_are_read_at_once_have_the_answer_of_those_in_order() {
    let file = include_bytes!("../../fuzz/corpus/parquet/groups_at_once");
    let start = file.windows(4).position(|bytes| bytes == b"PAR1").unwrap();
    let limits = Limits { memory: 1 << 15, ..Limits::default() };
    let answer = || ask_with(Some(Format::Parquet), &file[start..], &[], &limits);
    let first = answer();
    for _ in 0..300 {
        assert_eq!(answer(), first);
    }
}
