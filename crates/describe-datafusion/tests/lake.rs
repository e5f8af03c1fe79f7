//! `describe-lake` beside `describe-api describe`: the same bytes for the same data, in every format and however divided.
//!
//! The other program is `target/debug/describe-api` of the workspace, or what the variable `DESCRIBE_API` names.

#![expect(clippy::cast_precision_loss, reason = "the numbers are small")]

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Decimal128Array, DictionaryArray, Float32Array, Float64Array, Int64Array, RecordBatch,
    StringArray,
};
use datafusion::arrow::datatypes::Int32Type;
use datafusion::parquet::arrow::ArrowWriter;

/// Folder of a test, removed when it ends.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("describe-lake-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, content).expect("a file");
        name.to_owned()
    }

    fn write_parquet(&self, name: &str, columns: &[(&str, ArrayRef)]) -> String {
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.iter().map(|(name, array)| (*name, Arc::clone(array), true)),
        );
        let batch = batch.expect("a batch");
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let mut writer =
            ArrowWriter::try_new(File::create(path).expect("a file"), batch.schema(), None).expect("a writer");
        writer.write(&batch).expect("rows");
        writer.close().expect("a footer");
        name.to_owned()
    }

    fn run(&self, program: &Path, arguments: &[&str]) -> Output {
        Command::new(program).current_dir(&self.0).arg("describe").args(arguments).output().expect("the program runs")
    }

    fn lake(&self, arguments: &[&str]) -> Output {
        self.run(Path::new(env!("CARGO_BIN_EXE_describe-lake")), arguments)
    }

    /// Both programs give the same bytes for files with these names, which are returned.
    #[track_caller]
    fn assert_same(&self, files: &[&str], options: &[&str]) -> Vec<u8> {
        let arguments = [files, options].concat();
        let expected = self.run(&describe_api(), &arguments);
        assert!(expected.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&expected.stderr));
        let given = self.lake(&arguments);
        assert!(given.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&given.stderr));
        let shown = |output: &Output| String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(given.stdout == expected.stdout, "{arguments:?}:\n{}\n{}", shown(&given), shown(&expected));
        given.stdout
    }

    /// The error of arguments that are refused.
    #[track_caller]
    fn refusal(&self, arguments: &[&str]) -> String {
        let given = self.lake(arguments);
        assert!(!given.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&given.stdout));
        assert!(given.stdout.is_empty());
        String::from_utf8_lossy(&given.stderr).into_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn describe_api() -> PathBuf {
    let path = std::env::var_os("DESCRIBE_API")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/debug/describe-api"), PathBuf::from);
    path.canonicalize().unwrap_or_else(|error| panic!("{}: {error}; cargo build makes it", path.display()))
}

/// Rows of a cohort, a subject and a mark as it is written; marks of mixed scales, missing ones and codes of absence.
fn rows(count: usize) -> Vec<[String; 3]> {
    let marks = ["55.5", "41.0", "X", "", "NA", "63", "-9", "1e1", " 70 ", "0.125", "Q", "99999999999999999999.5"];
    let row = |number: usize| {
        let cohort = ["2024", "2023", "", "résumé, \"a\""][number * 7 % 4];
        let subject = ["Maths", "Art"][number / 3 % 2];
        let mark = match number % 17 {
            kind @ 0..12 => marks[kind].to_owned(),
            _ => format!("{}.{:02}", number * 37 % 101, number % 100),
        };
        [cohort.to_owned(), subject.to_owned(), mark]
    };
    (0..count).map(row).collect()
}

fn csv(rows: &[[String; 3]]) -> String {
    let quoted = |text: &String| {
        if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.clone() }
    };
    let mut text = String::from("cohort,subject,mark\n");
    for row in rows {
        text += &(row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\n");
    }
    text
}

fn ndjson(rows: &[[String; 3]]) -> String {
    let mut text = String::new();
    for [cohort, subject, mark] in rows {
        let cohort = if cohort.is_empty() { "null".to_owned() } else { format!("\"{}\"", cohort.replace('"', "\\\"")) };
        let is_number = mark.parse::<f64>().is_ok() && mark.trim() == mark;
        let mark = if is_number { mark.clone() } else { format!("\"{mark}\"") };
        writeln!(text, "{{\"cohort\": {cohort}, \"subject\": \"{subject}\", \"other\": [1, {{}}], \"mark\": {mark}}}")
            .expect("text");
    }
    text
}

/// Options that both programs take.
const OPTIONS: &[&[&str]] = &[
    &[],
    &["--group-by", "cohort"],
    &["--group-by", "subject", "--group-by", "cohort", "--totals", "--statistics", "all"],
    &["--group-by", "cohort", "--statistics", "mean,median,quantiles,mode", "--quantiles", "0.1,0.9", "--overall"],
    &["--group-by", "cohort", "--publish", "ofqual", "--format", "csv"],
    &["--group-by", "cohort", "--compare", "--baseline", "2023", "--convention", "excel"],
    &["--group-by", "subject", "--chart", "histogram", "--stamp", "false"],
    &["--group-by", "subject", "--format", "markdown", "--decimals", "1"],
    &["--group-by", "subject", "--format", "ndjson", "--nan-policy", "propagate"],
];

#[test]
fn csv_and_ndjson_are_described_as_by_the_other_program() {
    let folder = Folder::new("text");
    let rows = rows(3_000);
    let (first, second) = rows.split_at(1_100);
    for (ending, written) in [("csv", csv as fn(&[[String; 3]]) -> String), ("ndjson", ndjson)] {
        let whole = folder.write(&format!("whole.{ending}"), written(&rows));
        let parts =
            [("a", first), ("b", second)].map(|(name, rows)| folder.write(&format!("{name}.{ending}"), written(rows)));
        for options in OPTIONS {
            let options = [&["--column", "mark", "--absent", "X,Q,-9"], *options].concat();
            folder.assert_same(&[&whole], &options);
            folder.assert_same(&[&parts[0], &parts[1]], &options);
        }
        let state = ["--column", "mark", "--absent", "X,Q,-9", "--group-by", "cohort", "--format", "state"];
        let of_whole = folder.assert_same(&[&whole], &state);
        assert_eq!(folder.assert_same(&[&parts[0], &parts[1]], &state), of_whole);
        for threads in ["1", "3"] {
            let arguments = [&[parts[0].as_str(), &parts[1]], &state[..], &["--threads", threads]].concat();
            assert_eq!(folder.lake(&arguments).stdout, of_whole, "{threads}");
        }
    }
}

#[test]
fn spellings_of_numbers_are_those_of_the_options() {
    let folder = Folder::new("spellings");
    let file = folder.write("a.csv", "g;mark\nA;1.234,50 £\nA;x\nB; 7,25\n\nB;-\n;;\n".replace(";;", ";"));
    let options = [
        "--column",
        "mark",
        "--group-by",
        "g",
        "--delimiter",
        ";",
        "--decimal",
        ",",
        "--thousands",
        ".",
        "--strip",
        "£",
    ];
    folder.assert_same(&[&file], &[&options[..], &["--absent", "x", "--missing", "-"]].concat());
    folder.assert_same(&[&file], &[&options[..], &["--invalid", "missing"]].concat());
    let file = folder.write("b.tsv", "\u{feff}g\tmark\r\n\"A\"\t5\r\nA\t6");
    folder.assert_same(&[&file], &["--column", "mark", "--group-by", "g"]);
    let long = "0.123456789012345678901234567890123456789";
    let file = folder.write("long.csv", format!("g,mark\na,{long}\na,2\n"));
    folder.assert_same(&[&file], &["--column", "mark"]);
}

#[test]
fn parquet_is_described_as_by_the_other_program() {
    let folder = Folder::new("parquet");
    let n = 2_000_i64;
    let is_missing = |number: i64| number % 11 == 0;
    let some = |number: i64| (!is_missing(number)).then_some(number);
    let decimals: Decimal128Array =
        (0..n).map(|number| some(number).map(|number| i128::from(number * 7 % 10_001) - 3_000)).collect();
    let coded: DictionaryArray<Int32Type> =
        (0..n).map(|number| Some(["Maths", "Art", " Art"][usize::try_from(number % 3).expect("small")])).collect();
    let columns: Vec<(&str, ArrayRef)> = vec![
        (
            "integers",
            Arc::new((0..n).map(|number| some(number).map(|number| number * 1_000_003 - 7)).collect::<Int64Array>()),
        ),
        (
            "floats",
            Arc::new(
                (0..n).map(|number| some(number).map(|number| number as f64 / 8.0 + 0.1)).collect::<Float64Array>(),
            ),
        ),
        (
            "shorts",
            Arc::new((0..n).map(|number| some(number).map(|number| number as f32 * 0.1)).collect::<Float32Array>()),
        ),
        ("decimals", Arc::new(decimals.with_precision_and_scale(38, 2).expect("they fit"))),
        (
            "texts",
            Arc::new(
                (0..n)
                    .map(|number| {
                        some(number).map(|number| if number % 5 == 0 { "X".to_owned() } else { format!("{number}.50") })
                    })
                    .collect::<StringArray>(),
            ),
        ),
        ("subject", Arc::new(coded)),
        (
            "day",
            Arc::new(
                (0..n)
                    .map(|number| some(number).map(|number| i32::try_from(number % 4).expect("small") + 19_000))
                    .collect::<Date32Array>(),
            ),
        ),
        ("year", Arc::new((0..n).map(|number| Some(2_020.0 + (number % 3) as f64)).collect::<Float64Array>())),
    ];
    let whole = folder.write_parquet("whole.parquet", &columns);
    let part = |name: &str, start: usize, end: usize| {
        let columns: Vec<(&str, ArrayRef)> =
            columns.iter().map(|(name, array)| (*name, array.slice(start, end - start))).collect();
        folder.write_parquet(name, &columns)
    };
    let parts = [part("a.parquet", 0, 700), part("b.parquet", 700, 2_000)];
    for columns in ["integers", "floats", "shorts", "decimals", "texts", "integers,floats,decimals"] {
        let columns: Vec<&str> = columns.split(',').flat_map(|name| ["--column", name]).collect();
        for options in [
            &[][..],
            &["--group-by", "subject"],
            &["--group-by", "day", "--group-by", "year", "--statistics", "all", "--overall"],
        ] {
            let options = [&columns[..], options, &["--absent", "X,-7"]].concat();
            folder.assert_same(&[&whole], &options);
            folder.assert_same(&[&parts[0], &parts[1]], &options);
        }
    }
    // Files of one data set whose columns have other types are added exactly, too.
    let (a, b) = (&columns[0], &columns[3]);
    folder.write_parquet("types/a.parquet", &[("mark", Arc::clone(&a.1))]);
    folder.write_parquet("types/b.parquet", &[("mark", Arc::clone(&b.1))]);
    folder.assert_same(&["types/a.parquet", "types/b.parquet"], &["--column", "mark", "--statistics", "all"]);
}

#[test]
fn folders_are_all_their_files() {
    let folder = Folder::new("folders");
    let rows = rows(500);
    folder.write("lake/2023/a.csv", csv(&rows[..200]));
    folder.write("lake/2024/b.csv", csv(&rows[200..]));
    folder.write("lake/_SUCCESS", "");
    folder.write("lake/.hidden.csv", "nothing");
    let options = ["--column", "mark", "--group-by", "cohort", "--absent", "X,Q,-9", "--format", "state"];
    let expected = folder.assert_same(&["lake/2023/a.csv", "lake/2024/b.csv"], &options);
    assert_eq!(folder.lake(&[&["lake"], &options[..]].concat()).stdout, expected);
    assert_eq!(folder.lake(&[&["lake/"], &options[..]].concat()).stdout, expected);
    let answer = folder.lake(&["lake", "--column", "mark", "--absent", "X,Q,-9"]).stdout;
    let answer = String::from_utf8(answer).expect("JSON");
    assert!(answer.contains(r#""source":[{"file":"lake/2023/a.csv","format":"csv""#), "{answer}");
    folder.write("lake/notes.txt", "5");
    assert!(folder.refusal(&["lake", "--column", "mark"]).contains("lake/notes.txt: the ending is not one of"));
}

#[test]
fn what_is_not_read_is_refused() {
    let folder = Folder::new("refused");
    let refused: [(&str, &str, &[&str], &str); 14] = [
        ("a.csv", "g,mark\na,5\nb,Z\n", &[], "column mark: 'Z' should be a number"),
        ("b.csv", "g,other\na,5\n", &[], "b.csv: there is no column mark; there are g, other"),
        ("c.csv", "g,mark\na,5\nb\n", &[], "c.csv: incorrect number of fields for line 3"),
        ("d.csv", "g,mark\na,5\n\"b,6\n", &[], "d.csv: a quoted cell does not end"),
        ("e.csv", "g,mark\na\"b,5\n", &[], "e.csv: a quote stands inside a cell"),
        ("f.csv", "mark,mark\n1,5\n", &[], "f.csv: several columns have the name mark"),
        ("g.csv", "g,mark\na,5\n", &["--weights", "g"], "--weights is not supported here"),
        ("h.csv", "g,mark\na,5\n", &["--stamp"], "--stamp is not supported here"),
        ("i.csv", "g,mark\na,5\n", &["--type", "json"], "--type is parquet, csv, tsv or ndjson here"),
        ("j.ndjson", "{\"mrak\": 5}\n", &[], "no record has a value of mark"),
        ("k.ndjson", "{\"mark\": [5]}\n", &[], "k.ndjson: "),
        ("l.ndjson", "{\"mark\": 5}\n{\"mark\"", &[], "l.ndjson: the last line is not a complete object"),
        ("m.csv", "g,mark\n", &[], "give at least one"),
        ("n.csv", "g,mark\na,\n", &["--nan-policy", "raise"], "missing"),
    ];
    for (name, content, options, expected) in refused {
        let file = folder.write(name, content);
        let error = folder.refusal(&[&[file.as_str(), "--column", "mark"], options].concat());
        assert!(error.contains(expected), "{name}: {error}");
    }
    assert!(folder.refusal(&["a.csv"]).contains("name the columns to describe with --column"));
    assert!(folder.refusal(&["none.csv", "--column", "mark"]).contains("none.csv: there is no such file or folder"));
    assert!(folder.refusal(&["a.csv", "j.ndjson", "--column", "mark"]).contains("different formats"));
    assert!(folder.refusal(&["gs://bucket/a.csv", "--column", "mark"]).contains("is not supported"));
    let latin = folder.write("latin.csv", b"g,mark\n\xe9,5\n");
    assert!(folder.refusal(&[&latin, "--column", "mark", "--group-by", "g"]).contains("latin.csv: "));
    folder.write_parquet("days.parquet", &[("mark", Arc::new(Date32Array::from(vec![1])))]);
    assert!(
        folder
            .refusal(&["days.parquet", "--column", "mark"])
            .contains("days.parquet: column mark of type Date32 cannot be described")
    );
}

#[test]
fn distinct_values_beyond_the_limit_are_binned_as_by_the_other_program() {
    let folder = Folder::new("distinct");
    let rows: Vec<String> = (0..4_000).map(|number| format!("a,{}.{:04}\n", number * 7_919 % 1_000, number)).collect();
    let file = folder.write("a.csv", format!("g,mark\n{}", rows.concat()));
    let answer = folder.lake(&[&file, "--column", "mark", "--statistics", "mean,median", "--max-distinct", "100"]);
    let answer = String::from_utf8(answer.stdout).expect("JSON");
    let state = ["--column", "mark", "--max-distinct", "100", "--format", "state"];
    folder.assert_same(&[&file], &state);
    assert!(answer.contains("approximate"), "{answer}");
}

#[test]
fn groups_may_be_spilled() {
    let folder = Folder::new("spilled");
    let rows: Vec<String> =
        (0..60_000).map(|number| format!("{},{}\n", number % 20_000, number * 31 % 1_009)).collect();
    let file = folder.write("a.csv", format!("g,mark\n{}", rows.concat()));
    let options = ["--column", "mark", "--group-by", "g", "--format", "state"];
    let expected = folder.assert_same(&[&file], &options);
    let given = folder.lake(&[&[file.as_str()], &options[..], &["--memory-mib", "32", "--threads", "2"]].concat());
    assert!(given.status.success(), "{}", String::from_utf8_lossy(&given.stderr));
    assert_eq!(given.stdout, expected);
}
