//! XLS (BIFF8): what its records mean beside those of a plain table, and files that are broken or claim much.

use std::time::{Duration, Instant};

use describe_options::{InputError, Kind};
use describe_readers::Limits;

use crate::ask::whole_of_chunks;
use crate::biff::{
    BOF, Cell, EOF, MANNERS, Manner, Sheet, begin, book, cell, compound_file, formula, merged, number, number_format,
    record, shared_texts, stream, style, text,
};
use crate::workbook::{books, xlsx_of_parts};
use crate::{ask, ask_csv, ask_with, detail, refusal};

/// The stored result of a formula that is a text.
const TEXT_RESULT: [u8; 8] = [0, 0, 0, 0, 0, 0, 0xff, 0xff];

/// A visible worksheet.
fn sheet<'a>(name: &'a str, records: &[Vec<u8>]) -> Sheet<'a> {
    Sheet { name, state: 0, kind: 0, records: records.concat() }
}

/// A workbook of one sheet with these records.
fn workbook(globals: &[u8], records: &[Vec<u8>]) -> Vec<u8> {
    compound_file("Workbook", &stream(globals, &[], &[sheet("S", records)]))
}

fn label(row: u16, column: u16, label: &str) -> Vec<u8> {
    cell(0x0204, row, column, 0, &text(label))
}

fn malformed(file: &[u8]) -> String {
    let refused = refusal(file, &[], &Limits::default());
    assert_eq!(refused.kind(), Kind::Malformed, "{}", detail(&refused));
    detail(&refused)
}

#[test]
fn an_answer_differs_from_that_to_xlsx_in_the_name_of_the_format() {
    let rows: &[&[&str]] = &[&["A title"], &["cohort", "mark"], &["2023", "41"], &["é 日本", "55.5"], &["x", "49"]];
    let [xlsx, _, xls] = books(&[("Cover", true, &[&["a"]]), ("Marks", true, rows), ("Old", false, rows)]);
    for options in [&[][..], &[("group_by", "cohort"), ("column", "mark"), ("overall", "1")], &[("sheet", "old")]] {
        let whole = |file: &[u8]| whole_of_chunks(None, options, &Limits::default(), [file]).expect("an answer");
        let expected = whole(&xlsx).replace(r#""format":"xlsx""#, r#""format":"xls""#);
        assert!(expected.contains(r#""format":"xls""#), "{expected}");
        assert_eq!(whole(&xls), expected);
    }
}

#[test]
fn dates_are_texts_by_the_format_of_their_cell() {
    let styles = |since_1904: u16| {
        [
            record(0x0022, &since_1904.to_le_bytes()),
            number_format(164, "yyyy\\-mm\\-dd"),
            number_format(14, "M/D/YY"),
            number_format(165, "0.0\" days\""),
            [0, 14, 164, 46, 165, 18, 200].into_iter().flat_map(style).collect(),
        ]
        .concat()
    };
    // One record of cells in four bytes, each with a style of its own, and doubles.
    let packed = |style: u16, days: u32| [&style.to_le_bytes()[..], &(days << 2 | 2).to_le_bytes()].concat();
    let several = [&[1, 0, 0, 0][..], &packed(1, 45_322), &packed(2, 60), &packed(0, 60), &[2, 0]].concat();
    let records = || {
        vec![
            [label(0, 0, "a"), label(0, 1, "b"), label(0, 2, "c"), record(0x00bd, &several)].concat(),
            [number(2, 0, 1, 45_323.5), number(2, 1, 3, 1.5), number(2, 2, 4, 61.0)].concat(),
            [number(3, 0, 5, 0.75), number(3, 1, 1, -1.0), number(3, 2, 6, 62.0)].concat(),
            formula(4, 0, 2, 1.0_f64.to_le_bytes()),
            // A style that does not exist is that of a number.
            number(4, 2, 77, 0.1 + 0.2),
        ]
    };
    let csv = "a,b,c\n2024-01-31,1900-02-29,60\n2024-02-01T12:00:00,PT36H0M0S,61\n18:00:00,#####,62\n1900-01-01,,0.3\n";
    let later = csv.replace("2024-01-31", "2028-02-01").replace("2024-02-01", "2028-02-02");
    let later = later.replace("1900-02-29", "1904-03-01").replace("1900-01-01", "1904-01-02");
    let later = later.replace("18:00:00", "1904-01-01T18:00:00");
    for (csv, since_1904) in [(csv, 0), (later.as_str(), 1)] {
        let file = workbook(&styles(since_1904), &records());
        for options in [&[("column", "c"), ("group_by", "a")][..], &[("column", "c"), ("group_by", "b")]] {
            assert_eq!(ask(&file, options), ask_csv(csv, options), "{options:?}");
        }
    }
}

#[test]
fn shared_texts_go_on_in_other_records() {
    let words = ["naïve", "Ω", "plain text", "日本語とé", "", "😀😀", "x", "ends with Ж", "Zoë Ann", "1234567890"];
    let csv: String = words.iter().map(|word| format!("\"{word}\",1\n")).collect();
    let options = [("group_by", "name"), ("column", "mark")];
    let expected = ask_csv(&format!("name,mark\n{csv}"), &options).expect("an answer");
    let rows = words
        .iter()
        .zip(1..)
        .map(|(_, row)| [cell(0x00fd, row, 0, 0, &u32::from(row - 1).to_le_bytes()), number(row, 1, 0, 1.0)].concat());
    let records: Vec<Vec<u8>> = [label(0, 0, "name"), label(0, 1, "mark")].into_iter().chain(rows).collect();
    for max in (12..120).chain([8224]) {
        let texts = shared_texts(&words, max);
        let file = compound_file("Workbook", &stream(&[], &texts, &[sheet("S", &records)]));
        assert_eq!(ask(&file, &options).as_ref(), Ok(&expected), "{max}");
    }
}

#[test]
fn formulas_have_stored_results() {
    let shared = record(0x04bc, &[0; 10]);
    // The text goes on in the next record, in another width.
    let long = [record(0x0207, &[5, 0, 0, b'l', b'o']), record(0x003c, &[1, b'n', 0, b'g', 0, 0x16, 0x04])].concat();
    let records = vec![
        [label(0, 0, "name"), label(0, 1, "mark")].concat(),
        [formula(1, 0, 0, TEXT_RESULT), shared, long, formula(1, 1, 0, 41.0_f64.to_le_bytes())].concat(),
        [formula(2, 0, 0, [1, 0, 1, 0, 0, 0, 0xff, 0xff]), formula(2, 1, 0, [2, 0, 7, 0, 0, 0, 0xff, 0xff])].concat(),
        [formula(3, 0, 0, [3, 0, 0, 0, 0, 0, 0xff, 0xff]), number(3, 1, 0, 6.0)].concat(),
        // A text of no formula.
        [record(0x0207, &text("stray")), number(4, 1, 0, 7.0)].concat(),
    ];
    let csv = "name,mark\nlongЖ,41\ntrue,#DIV/0!\n,6\n,7\n";
    for options in [&[("column", "mark"), ("invalid", "missing"), ("group_by", "name")][..], &[("missing", "#DIV/0!")]]
    {
        assert_eq!(ask(&workbook(&[], &records), options), ask_csv(csv, options));
    }
    // The text of the formula is missing.
    let records = vec![label(0, 0, "mark"), formula(1, 0, 0, TEXT_RESULT), number(2, 0, 0, 5.0)];
    let refused = refusal(&workbook(&[], &records), &[], &Limits::default());
    assert!(detail(&refused).starts_with("row 2, column mark: ") && detail(&refused).contains("formula"));
}

#[test]
fn errors_and_truths_are_texts() {
    let codes = [(0x00, "#NULL!"), (0x07, "#DIV/0!"), (0x0f, "#VALUE!"), (0x17, "#REF!")];
    let codes = codes.into_iter().chain([(0x1d, "#NAME?"), (0x24, "#NUM!"), (0x2a, "#N/A"), (0x2b, "#GETTING_DATA")]);
    for (code, word) in codes {
        for manner in MANNERS {
            let rows = vec![vec![Cell::Text("a"), Cell::Text("b")], vec![Cell::Error(code), Cell::Number(1.0)]];
            let options = [("group_by", "a"), ("column", "b")];
            let expected = ask_csv(&format!("a,b\n{word},1\n"), &options);
            assert_eq!(ask(&book(&[("S", true, rows)], manner), &options), expected, "{word}");
        }
    }
    assert!(
        malformed(&workbook(&[], &[cell(0x0205, 4, 0, 0, &[9, 1])]))
            .ends_with("S has a record in row 5 that is not valid")
    );
}

#[test]
fn charts_and_what_surrounds_the_cells_are_passed_over() {
    let chart =
        [begin(0x20), begin(0x20), number(0, 0, 0, 9.0), record(EOF, &[]), merged(&[[1, 2, 0, 0]]), record(EOF, &[])];
    let drawing = [record(0x00ec, &[7; 40]), record(0x003c, &[7; 40])].concat();
    // The size that the sheet claims is wrong.
    let size = record(0x0200, &[0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0xff, 0xff, 0, 0, 0]);
    let rows = [("centre", "mark"), ("Alpha", "41"), ("", "55"), ("Beta", "70"), ("", "30")];
    let cells = rows.iter().zip(0..).flat_map(|((centre, mark), row)| {
        let mark = mark.parse().map_or_else(|_| label(row, 1, mark), |mark| number(row, 1, 0, mark));
        if centre.is_empty() { vec![mark] } else { vec![label(row, 0, centre), mark] }
    });
    let records = [vec![size, chart.concat(), drawing], cells.collect(), vec![merged(&[[3, 4, 0, 0], [1, 2, 0, 0]])]];
    let options = [("column", "mark"), ("group_by", "centre"), ("overall", "1")];
    let csv = "centre,mark\nAlpha,41\nAlpha,55\nBeta,70\nBeta,30\n";
    assert_eq!(ask(&workbook(&[], &records.concat()), &options), ask_csv(csv, &options));
    // Sheets that are not worksheets, and hidden ones.
    let numbers = |value| [label(0, 0, "a"), number(1, 0, 0, value)].concat();
    let of = |state, kind, value| Sheet { name: "S", state, kind, records: numbers(value) };
    let sheets = [of(0, 2, 1.0), of(1, 0, 2.0), of(2, 0, 3.0), of(0, 0, 4.0)];
    let file = compound_file("Workbook", &stream(&[], &[], &sheets));
    assert_eq!(ask(&file, &[]), ask_csv("a\n4\n", &[]));
    assert_eq!(ask(&file, &[("sheet", "2")]), ask_csv("a\n3\n", &[]));
}

#[test]
fn cells_in_opposite_corners_take_no_memory() {
    let file = workbook(&[], &[number(0, 0, 0, 1.0), number(65_535, 255, 0, 2.0)]);
    let limits = Limits { memory: 1 << 20, ..Limits::default() };
    let answer = ask_with(None, &file, &[("header", "false"), ("column", "column_256")], &limits);
    assert!(answer.expect("an answer").contains(r#""mean":2.0"#));
}

#[test]
fn broken_workbooks_are_refused_with_the_place() {
    let of_stream = |stream: &[u8]| compound_file("Workbook", stream);
    let one = stream(&[], &[], &[sheet("Marks", &[number(0, 0, 0, 1.0)])]);
    let place = one.windows(5).position(|bytes| bytes == b"Marks").unwrap() - 8;
    let at = |offset: u32| {
        let mut stream = one.clone();
        stream[place..place + 4].copy_from_slice(&offset.to_le_bytes());
        of_stream(&stream)
    };
    let rows = |records: &[Vec<u8>]| workbook(&[], records);
    for (file, words) in [
        (at(u32::MAX), "Marks does not exist in it"),
        (at(20), "Marks is not a sheet"),
        (at(0), "Marks is not a sheet"),
        (of_stream(&one[..one.len() - 4]), "Marks ends too early"),
        (of_stream(&one[..40]), "Workbook ends too early"),
        (of_stream(&stream(&[], &[], &[])), "it has no list of sheets"),
        (of_stream(&[record(BOF, &[0]), vec![0; 20]].concat()), "Workbook has a record that is not valid"),
        (of_stream(b"mark\n5\n7\n"), "Workbook"),
        (of_stream(&[]), "Workbook does not exist in it"),
        (rows(&[number(5, 0, 0, 1.0), number(4, 0, 0, 1.0)]), "S has a row 5 where it cannot stand"),
        (rows(&[number(5, 256, 0, 1.0)]), "S has a cell at 'R6C257'"),
        (rows(&[record(0x00bd, &[&[5, 0, 255, 0][..], &[0; 12], &[0, 1]].concat())]), "S has a cell at 'R6C257'"),
        (rows(&[cell(0x00fd, 0, 0, 0, &[0; 4])]), "S uses a text that does not exist"),
        (rows(&[cell(0x0203, 2, 0, 0, &[0; 7])]), "S has a record in row 3 that is not valid"),
        (rows(&[cell(0x0204, 2, 0, 0, &[9, 0, 0, b'a'])]), "S has a record in row 3 that is not valid"),
        (rows(&[formula(2, 0, 0, [4, 0, 0, 0, 0, 0, 0xff, 0xff])]), "S has a record in row 3 that is not valid"),
    ] {
        let message = malformed(&file);
        assert!(message.contains(words), "{words}: {message}");
        assert!(message.contains("XLS workbook"), "{message}");
    }
    // Encrypted.
    let file = workbook(&record(0x002f, &[1, 0, 1, 0]), &[number(0, 0, 0, 1.0)]);
    let refused = refusal(&file, &[], &Limits::default());
    assert_eq!(refused.kind(), Kind::Invalid);
    assert!(detail(&refused).contains("protected by a password"), "{}", detail(&refused));
}

/// A guard against work without an end, not a measurement.
fn quickly(file: &[u8], limits: &Limits) -> Result<String, InputError> {
    let start = Instant::now();
    let answer = ask_with(None, file, &[], limits);
    assert!(start.elapsed() < Duration::from_mins(1), "{:?}", start.elapsed());
    answer
}

#[test]
fn files_that_claim_much_take_little() {
    let small = Limits { memory: 1 << 20, ..Limits::default() };
    // Shared texts that are not there, and more than there is memory for.
    let claim = [record(0x00fc, &[0xff; 8]), vec![0; 4]].concat();
    let file = compound_file("Workbook", &stream(&claim, &[], &[sheet("S", &[number(0, 0, 0, 1.0)])]));
    assert_eq!(quickly(&file, &small).unwrap_err().kind(), Kind::Malformed);
    let file = compound_file("Workbook", &stream(&[], &shared_texts(&["a"; 150_000], 8224), &[sheet("S", &[])]));
    assert_eq!(quickly(&file, &small).unwrap_err().kind(), Kind::TooLarge);
    // Thousands of sheets that stand at the same place.
    let rows: Vec<Vec<u8>> = (0..20_000).map(|row| label(row, 0, "text")).collect();
    let one = stream(&[], &[], &[sheet("S", &rows)]);
    let (entry, start) = (begin(5).len(), one.len());
    let entries = one[entry..entry + 4 + 9].repeat(4000);
    let mut many = [&one[..entry], &entries, &one[entry + 13..]].concat();
    let moved = u32::try_from(many.len() - start).unwrap();
    let place = u32::from_le_bytes(one[entry + 4..entry + 8].try_into().unwrap()) + moved;
    for number in 0..4000 {
        let at = entry + number * 13 + 4;
        many[at..at + 4].copy_from_slice(&place.to_le_bytes());
    }
    let refused = quickly(&compound_file("Workbook", &many), &small).unwrap_err();
    assert_eq!(refused.kind(), Kind::TooLarge, "{}", detail(&refused));
}

/// A list of the sectors of a compound file that names the same one again and again: it would be read into memory as often.
#[test]
fn tables_of_sectors_are_bounded_by_the_size_of_the_file() {
    const SECTOR: usize = 4096;
    let mut file = vec![0; SECTOR * 600];
    let word = |file: &mut Vec<u8>, at: usize, word: u32| file[at..at + 4].copy_from_slice(&word.to_le_bytes());
    file[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    file[24..34].copy_from_slice(&[0x3e, 0, 4, 0, 0xfe, 0xff, 12, 0, 6, 0]);
    let lists = 500;
    for (at, value) in [(44, 109 + lists * 1023), (48, 1), (56, 4096), (60, u32::MAX - 1), (68, 2), (72, lists)] {
        word(&mut file, at, value);
    }
    // Sector 0 is the table. Those from 2 on are lists that name nothing but it.
    for list in 2..2 + lists {
        let last = SECTOR * (list as usize + 2) - 4;
        word(&mut file, last, if list == 1 + lists { u32::MAX - 1 } else { list + 1 });
    }
    let start = Instant::now();
    let message = malformed(&file);
    assert!(message.contains("its tables are larger than those of its size can be"), "{message}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

/// Every prefix, and every byte changed in some ways: an answer or a refusal, soon.
#[test]
fn garbled_workbooks() {
    let cells: Vec<Vec<Cell>> = (0..8)
        .map(|row| {
            vec![Cell::Text("naïve Ж"), Cell::Number(f64::from(row) / 4.0), Cell::Number(7.0), Cell::Truth(true)]
        })
        .collect();
    let mut refused = 0;
    for manner in MANNERS {
        let good = book(&[("Cover", true, vec![]), ("Marks", true, cells.clone())], manner);
        assert!(ask(&good, &[]).is_ok());
        let limits = Limits { memory: 1 << 20, ..Limits::default() };
        for end in 0..good.len() {
            refused += usize::from(quickly(&good[..end], &limits).is_err_and(|refused| !detail(&refused).is_empty()));
        }
        let step = if manner == Manner::Packed { 1 } else { 3 };
        for place in (0..good.len()).step_by(step) {
            for change in [0x01, 0x80, 0xff] {
                let mut bad = good.clone();
                bad[place] ^= change;
                let answer = quickly(&bad, &limits);
                refused += usize::from(answer.is_err_and(|refused| !detail(&refused).is_empty()));
            }
        }
    }
    assert!(refused > 4000, "{refused}");
}

/// A text that looks like an escape of XLSX is the text itself.
#[test]
fn texts_have_no_escapes() {
    let options = [("group_by", "a"), ("column", "b")];
    let rows = vec![vec![Cell::Text("a"), Cell::Text("b")], vec![Cell::Text("_x0041_"), Cell::Number(1.0)]];
    let expected = ask_csv("a,b\n_x0041_,1\n", &options);
    assert_eq!(ask(&book(&[("S", true, rows)], Manner::Plain), &options), expected);
    let sheet = br#"<worksheet><sheetData><row><c t="str"><v>a</v></c><c t="str"><v>b</v></c></row>
        <row><c t="str"><v>_x0041_</v></c><c><v>1</v></c></row></sheetData></worksheet>"#;
    assert_eq!(ask(&xlsx_of_parts(&[("xl/s.xml", sheet)]), &options), ask_csv("a,b\nA,1\n", &options));
}
