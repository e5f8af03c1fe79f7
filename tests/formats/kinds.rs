//! Kinds of files by their first bytes and by the names of their parts: what is refused and with which advice, and archives
//! of one file, which are read.

use std::io::{Cursor, Write};

use describe_options::Kind;
use describe_readers::{Format, Limits, Source};
use flate2::Compression;
use flate2::write::GzEncoder;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::biff::{self, Manner};
use crate::workbook::{archive, ods, xlsx_of_rows};
use crate::{ask, ask_csv, ask_with, detail, refusal};

const TABLE: &str = "name,mark\nAnn,41\nBob,55.5\n";

/// A compound file in which a stream has this name. What it holds begins as the workbook of Excel 95 does.
fn compound_file(name: &str) -> Vec<u8> {
    biff::compound_file(name, b"\x09\x08\x08\x00\x00\x05\x05\x00\xbb\x0d\xcc\x07")
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn each_kind_is_refused_with_its_own_advice() {
    let sas =
        [&[0; 12][..], b"\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\x00\x09\xc7\x31\x8c\x18\x1f\x10\x11"].concat();
    let tar = [&[b'a'; 100][..], &[0; 157], b"ustar\x0000"].concat();
    let docx = archive(&[("[Content_Types].xml", b"<x/>"), ("_rels/.rels", b"<x/>"), ("word/document.xml", b"<x/>")]);
    let pptx = archive(&[("_rels/.rels", b"<x/>"), ("ppt/presentation.xml", b"<x/>")]);
    let numbers = archive(&[("Index/Document.iwa", b"x"), ("Metadata/Properties.plist", b"x")]);
    let xml = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>";
    let fods = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><office:document office:version=\"1.3\"/>";
    let html_utf16: Vec<u8> = "\u{feff}<html><table>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: [(&[u8], &[&str]); 33] = [
        (&compound_file("EncryptedPackage"), &["password"]),
        (&compound_file("Book"), &["Excel 95", ".xlsx"]),
        (&compound_file("Workbook"), &["Excel 95", ".xlsx"]),
        (&compound_file("WordDocument"), &["Word"]),
        (&compound_file("PowerPoint Document"), &["PowerPoint"]),
        (&compound_file("Contents"), &["Office", "CSV"]),
        (b"\x09\x08\x08\x00\x00\x05\x10\x00", &["Excel 95"]),
        (&docx, &["Word"]),
        (&pptx, &["PowerPoint"]),
        (&numbers, &["Numbers", ".xlsx"]),
        (b"<html><body><table>", &["HTML", "CSV"]),
        (b"\xef\xbb\xbf\r\n<!DOCTYPE html>", &["HTML"]),
        (&html_utf16, &["HTML"]),
        (b"MIME-Version: 1.0\r\nX-Document-Type: Workbook", &["HTML"]),
        (xml.as_bytes(), &["Excel 2003", "XLSX"]),
        (fods.as_bytes(), &[".fods", "XML", "ODS"]),
        (b"<?xml version=\"1.0\"?><plist/>", &["XML"]),
        (b"%PDF-1.7\n%\xe2\xe3", &["PDF"]),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &["picture"]),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", &["picture"]),
        (b"GIF89a\x01\0\x01\0", &["picture"]),
        (b"$FL2@(#) SPSS DATA FILE", &["SPSS", ".sav"]),
        (b"<stata_dta><header><release>118", &["Stata", ".dta"]),
        (b"s\x02\x01\x00\x05\x00", &["Stata", ".dta"]),
        (&sas, &["SAS"]),
        (b"BZh91AY&SY\x01\x02", &["bzip2", "gzip"]),
        (b"\xfd7zXZ\0\0\x04", &["xz"]),
        (b"7z\xbc\xaf\x27\x1c\0\x04", &["7-Zip"]),
        (&tar, &["tar", "unpack"]),
        (b"SQLite format 3\0\x10\0", &["SQLite"]),
        (b"\x89HDF\r\n\x1a\n", &["HDF5"]),
        (b"ARROW1\0\0", &["Arrow"]),
        (&gzip(b"RDX3\nX\n\0\0\0\x03"), &[".rds"]),
    ];
    for (file, words) in cases {
        let formats = [None, Some(Format::Csv), Some(Format::Text), Some(Format::Workbook), Some(Format::Parquet)];
        for format in formats {
            // A label other than that of a container is contradicted before the names in the container are known.
            let is_open = matches!(format, None | Some(Format::Workbook));
            if (file.starts_with(b"\x1f\x8b") && format.is_some())
                || (file.starts_with(b"PK") || file.starts_with(b"\xd0\xcf")) && !is_open
            {
                continue;
            }
            let error = ask_with(format, file, &[], &Limits::default()).unwrap_err();
            let message = detail(&error);
            assert_eq!(error.kind(), Kind::Invalid, "{message}");
            assert!(words.iter().all(|word| message.contains(word)), "{format:?} {words:?}: {message}");
        }
    }
}

#[test]
fn a_label_that_the_content_contradicts_is_told() {
    let xlsx = xlsx_of_rows("<row><c><v>1</v></c></row>");
    let xls = biff::book(&[("S", true, vec![vec![biff::Cell::Number(1.0)]])], Manner::Plain);
    let cases: [(&[u8], Format, &[&str]); 11] = [
        (&gzip(TABLE.as_bytes()), Format::Csv, &["gzip"]),
        (&gzip(b"[1]"), Format::Json, &["JSON", "gzip"]),
        (b"\x28\xb5\x2f\xfd\0\0\0", Format::Tsv, &["Zstandard"]),
        (&xlsx, Format::Csv, &["workbook"]),
        (&xls, Format::Csv, &["Office"]),
        (&xls, Format::Parquet, &["Parquet", "Office"]),
        (&xlsx, Format::Parquet, &["Parquet", "workbook"]),
        (b"PAR1\x15\x04", Format::Text, &["text", "Parquet"]),
        (b"PAR1\x15\x04", Format::Workbook, &["workbook", "Parquet"]),
        (TABLE.as_bytes(), Format::Workbook, &["workbook", "text"]),
        (b"5\n", Format::Parquet, &["Parquet", "text"]),
    ];
    for (file, format, words) in cases {
        let error = ask_with(Some(format), file, &[], &Limits::default()).unwrap_err();
        let message = detail(&error);
        assert_eq!(error.kind(), Kind::Malformed, "{message}");
        assert!(
            message.contains("declared") && words.iter().all(|word| message.contains(word)),
            "{words:?}: {message}"
        );
        assert!(!message.contains("encoding"), "{message}");
    }
}

#[test]
fn the_content_decides_where_a_label_may_be_wrong() {
    let by_content = |format, file: &[u8]| {
        let source = Source { content_decides: true, ..Source::from(Some(format)) };
        crate::ask::ask(source, &[], file)
    };
    let table = ask_csv(TABLE, &[]).unwrap();
    for format in [Format::Csv, Format::Text, Format::Workbook, Format::Parquet] {
        assert_eq!(by_content(format, TABLE.as_bytes()).unwrap(), table, "{format:?}");
    }
    let xlsx = xlsx_of_rows("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>");
    assert_eq!(by_content(Format::Csv, &xlsx), ask(&xlsx, &[]));
    // A list of numbers is a table where the label says so.
    assert!(by_content(Format::Csv, b"5\n6\n").unwrap().contains("column_1"));
    assert!(!by_content(Format::Text, b"5\n6\n").unwrap().contains("column_1"));
    assert!(by_content(Format::Json, b"{\"a\":1}\n{\"a\":2}\n").unwrap().contains("\"rows\":2"));
}

#[test]
fn words_that_begin_like_a_signature_are_text() {
    for header in ["PAR1", "ORC", "PK", "BZh91", "GIF", "MM", "II", "<5", "ARROW1", "Obj", "7z", "RDX2", "X"] {
        let body = format!("{header}\n5\n7\n");
        let answer = ask_with(Some(Format::Csv), body.as_bytes(), &[], &Limits::default()).unwrap();
        assert!(answer.contains(&format!("\"column\":\"{header}\"")) && answer.contains("\"mean\":6.0"), "{answer}");
    }
}

#[test]
fn an_archive_of_one_file_is_that_file() {
    let xlsx = xlsx_of_rows("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>");
    let bodies: [&[u8]; 5] = [TABLE.as_bytes(), b"5 6\n", b"[5, 6]", b"{\"a\":1}\n{\"a\":2}\n", &xlsx];
    for body in bodies {
        for names in [&["data"][..], &["folder/", "folder/data.csv", "__MACOSX/._data.csv", ".DS_Store"]] {
            let parts: Vec<(&str, &[u8])> = names
                .iter()
                .map(|name| (*name, if name.contains("data") && !name.contains("._") { body } else { b"" }))
                .collect();
            assert_eq!(ask(&archive(&parts), &[]).unwrap(), ask(body, &[]).unwrap(), "{names:?}");
        }
    }
    let latin = archive(&[("a.csv", b"na\xefve,mark\nx,5\n")]);
    assert_eq!(
        ask(&latin, &[("encoding", "windows-1252"), ("column", "mark")]),
        ask("naïve,mark\nx,5\n".as_bytes(), &[("column", "mark")])
    );
}

#[test]
fn other_archives_are_told_apart() {
    let empty = archive(&[("folder/", b"")]);
    let several = archive(&[("2023.csv", b"x"), ("2024.csv", b"x"), ("3", b""), ("4", b""), ("5", b""), ("6", b"")]);
    let nested = archive(&[("a.zip", &archive(&[("a.csv", b"mark\n5\n")]))]);
    let compressed = archive(&[("a.csv.gz", &gzip(b"mark\n5\n"))]);
    let mut locked = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    locked.start_file("a.csv", options).unwrap();
    locked.write_all(b"mark\n5\n").unwrap();
    let mut locked = locked.finish().unwrap().into_inner();
    // The flag of encryption, in the head of the file and in the directory.
    locked[6] |= 1;
    let directory = locked.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    locked[directory + 8] |= 1;
    let good = archive(&[("a.csv", TABLE.repeat(200).as_bytes())]);
    let mut corrupt = good.clone();
    corrupt[60] ^= 0x55;
    let cases: [(&[u8], Kind, &[&str]); 8] = [
        (&empty, Kind::Invalid, &["ZIP archive", "without a file"]),
        (&several, Kind::Invalid, &["6 files", "'2023.csv', '2024.csv', '3', '4', '5', …", "unzip"]),
        (&nested, Kind::Invalid, &["ZIP", "unpack"]),
        (&compressed, Kind::Invalid, &["gzip", "unpack"]),
        (&locked, Kind::Invalid, &["password"]),
        (&good[..good.len() - 30], Kind::Malformed, &["end is missing", "again"]),
        (&corrupt, Kind::Malformed, &["decompress"]),
        (b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", Kind::Invalid, &["without a file"]),
    ];
    for (file, kind, words) in cases {
        let error = refusal(file, &[], &Limits::default());
        let message = detail(&error);
        assert!(words.iter().all(|word| message.contains(word)), "{words:?}: {message}");
        assert_eq!(error.kind(), kind, "{message}");
    }
}

#[test]
fn a_file_in_an_archive_counts_against_the_limits() {
    let body = "mark\n".to_owned() + &"5\n".repeat(100_000);
    let file = archive(&[("a.csv", body.as_bytes())]);
    let limits = |decompressed| Limits { decompressed, ..Limits::default() };
    assert!(ask_with(None, &file, &[], &limits(body.len() as u64)).is_ok());
    let error = refusal(&file, &[], &limits(body.len() as u64 - 1));
    assert_eq!(error.kind(), Kind::TooLarge, "{}", detail(&error));
    // What is in memory counts together: the archive and the workbook in it.
    let xlsx = xlsx_of_rows(&"<row><c><v>1</v></c></row>".repeat(50));
    let file = archive(&[("a.xlsx", &xlsx)]);
    let memory = |memory| Limits { memory, ..Limits::default() };
    let error = refusal(&file, &[], &memory(file.len() + xlsx.len() - 1));
    assert_eq!(error.kind(), Kind::TooLarge, "{}", detail(&error));
}

#[test]
fn an_empty_file_is_called_empty() {
    for format in [None, Some(Format::Csv), Some(Format::Text), Some(Format::Workbook), Some(Format::Parquet)] {
        let error = ask_with(format, b"", &[], &Limits::default()).unwrap_err();
        assert_eq!((error.kind(), error.first().reason.code()), (Kind::Invalid, "missing"));
        assert!(detail(&error).contains("empty"), "{}", detail(&error));
    }
}

#[test]
fn no_prefix_of_a_workbook_is_read() {
    let rows = "<row><c><v>1</v></c></row>".repeat(40);
    for file in [xlsx_of_rows(&rows), ods("<table:table/>"), archive(&[("a.csv", TABLE.as_bytes())])] {
        for end in 4..file.len() {
            let error = refusal(&file[..end], &[], &Limits::default());
            assert_eq!(error.kind(), Kind::Malformed, "{end} of {}: {}", file.len(), detail(&error));
        }
    }
}
