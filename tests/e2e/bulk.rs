//! Large bodies: they are streamed in constant memory, bodies beyond a limit are refused early, and a slow sender does not
//! delay others. Memory is the peak that the kernel reports (`VmHWM`).

use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::oracle::{self, Double, Exact};
use crate::place::Place;
use crate::{Server, program, rest};

const MIB: u64 = 1 << 20;

/// Maximum memory of the server. The release build is to stay within 16 MiB; the tests run the debug build, whose
/// code alone is larger by some.
const SERVER: u64 = if cfg!(debug_assertions) { 36 * MIB } else { 16 * MIB };

/// The same for the `describe` command; 12 MiB in the release build. Of the debug build 8 MiB are its code.
const COMMAND: u64 = if cfg!(debug_assertions) { 28 * MIB } else { 12 * MIB };

/// Maximum streamed size: `BULK_GIB`, in GiB; by default a few times the maximum memory.
fn amount() -> u64 {
    let gib = std::env::var("BULK_GIB").ok().map(|gib| gib.parse::<u64>().expect("a number of GiB"));
    gib.map_or(128 * MIB, |gib| gib << 30)
}

/// The most memory that a process ever held.
fn peak(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("a process");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a peak");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

#[track_caller]
fn expect_flat(process: u32, most: u64) {
    let peak = peak(process);
    assert!(peak <= most, "it held {:.1} MiB", f64::from(u32::try_from(peak >> 10).expect("small")) / 1024.0);
}

/// A body that is a block again and again between two other texts.
struct Body {
    start: &'static str,
    block: String,
    times: u64,
    end: String,
    /// The numbers of a block.
    numbers: Vec<Exact>,
}

impl Body {
    /// Some amount of lines or items that `write` makes of the number and its place.
    fn new(start: &'static str, amount: u64, write: impl Fn(usize, &str) -> String) -> Self {
        let number = |i: usize| match i % 3 {
            0 => (i * i % 101).to_string(),
            1 => format!("{}.{:02}", i % 100, i % 89),
            _ => format!("0.{}", 10_000_000_000_000_000 + i * 7_919_873_421),
        };
        let texts: Vec<String> = (0..3000).map(number).collect();
        let block: String = texts.iter().enumerate().map(|(i, text)| write(i, text)).collect();
        let times = amount / block.len() as u64 + 1;
        Self {
            start,
            block,
            times,
            end: String::new(),
            numbers: texts.iter().map(|text| oracle::exact(text)).collect(),
        }
    }

    fn length(&self) -> u64 {
        self.start.len() as u64 + self.block.len() as u64 * self.times + self.end.len() as u64
    }

    fn write(&self, to: &mut impl Write) {
        to.write_all(self.start.as_bytes()).expect("sent");
        for _ in 0..self.times {
            to.write_all(self.block.as_bytes()).expect("sent");
        }
        to.write_all(self.end.as_bytes()).expect("sent");
    }

    /// The statistics as in the answer.
    fn figures(&self) -> String {
        // What the end holds of numbers is one more block.
        let times = self.times + u64::from(!self.end.is_empty());
        let six = oracle::Sample::new(&self.numbers).repeated(times).describe(1, true);
        let [min, max, mean, variance, skewness, kurtosis] = six.figures.map(|figure| match figure {
            Ok(Double(value)) => serde_json::to_string(&value).expect("a number"),
            Err(_) => "null".to_owned(),
        });
        format!(
            "\"nobs\":{},\"minmax\":[{min},{max}],\"mean\":{mean},\"variance\":{variance},\"skewness\":{skewness},\"kurtosis\":{kurtosis}",
            six.nobs
        )
    }
}

fn text(amount: u64) -> Body {
    Body::new("", amount, |_, number| format!("{number}\n"))
}

fn csv(amount: u64) -> Body {
    Body::new("candidate,centre,cohort,subject,mark\n", amount, |i, number| {
        format!("{},{},{},\"Maths, pure\",{number}\n", 100_000 + i, 10_000 + i % 97, 2020 + i % 5)
    })
}

/// The last block has no comma behind it.
fn json(amount: u64) -> Body {
    let mut body = Body::new("[", amount, |_, number| format!("{number}, "));
    body.end = format!("{}]", body.block.trim_end_matches(", "));
    body
}

fn records(amount: u64) -> Body {
    Body::new("", amount, |i, number| format!("{{\"candidate\":\"c{i}\",\"mark\":{number}}}\n"))
}

fn head(target: &str, content_type: &str, more: &str, length: u64) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\n{more}content-length: {length}\r\nconnection: close\r\n\r\n"
    )
}

/// Sends a body and returns the response.
fn stream(mut stream: TcpStream, target: &str, content_type: &str, body: &Body) -> String {
    stream.set_read_timeout(Some(Duration::from_mins(10))).expect("a timeout");
    stream.write_all(head(target, content_type, "", body.length()).as_bytes()).expect("sent");
    body.write(&mut stream);
    rest(&mut stream)
}

#[test]
fn text_streams_through() {
    let server = Server::start(&["--body-limit", "64GiB"]);
    let body = text(amount() / 4);
    let answer = stream(server.connect(), "/prod/stats", "text/plain", &body);
    assert!(answer.ends_with(&format!("{{{}}}", body.figures())), "{answer}");
    expect_flat(server.child.id(), SERVER);
}

#[test]
fn a_table_streams_through() {
    let server = Server::start(&["--body-limit", "64GiB"]);
    let body = csv(amount());
    let answer = stream(server.connect(), "/prod/stats?column=mark", "text/csv", &body);
    assert!(answer.contains(&body.figures()), "{answer}");
    expect_flat(server.child.id(), SERVER);
    // With groups and every column.
    let body = csv(amount() / 4);
    let answer =
        stream(server.connect(), "/prod/stats?group_by=cohort&group_by=centre&overall=true", "text/csv", &body);
    assert!(answer.contains(&body.figures()), "{answer}");
    expect_flat(server.child.id(), SERVER);
}

#[test]
fn json_streams_through() {
    let server = Server::start(&["--body-limit", "64GiB"]);
    let body = json(amount() / 4);
    let answer = stream(server.connect(), "/prod/stats", "application/json", &body);
    assert!(answer.ends_with(&format!("{{{}}}", body.figures())), "{answer}");
    let body = records(amount() / 16);
    let answer = stream(server.connect(), "/prod/stats?column=mark", "application/x-ndjson", &body);
    assert!(answer.contains(&body.figures()), "{answer}");
    expect_flat(server.child.id(), SERVER);
}

/// Compressed bodies are streamed as well.
#[test]
fn a_compressed_table_streams_through() {
    let server = Server::start(&[]);
    let body = csv(amount() / 8);
    let mut bytes = Vec::new();
    let mut compressor = GzEncoder::new(&mut bytes, Compression::fast());
    body.write(&mut compressor);
    compressor.finish().expect("finished");
    let head = head("/prod/stats?column=mark", "text/csv", "content-encoding: gzip\r\n", bytes.len() as u64);
    let answer = server.exchange(&[head.as_bytes(), &bytes].concat());
    assert!(answer.contains(&body.figures()), "{answer}");
    expect_flat(server.child.id(), SERVER);
}

/// A cell without an end is refused long before its gigabyte has come.
#[test]
fn a_cell_of_a_gigabyte_is_refused_early() {
    for (content_type, start) in [
        ("text/csv", "name,mark\n"),
        ("text/csv", "name,mark\n\""),
        ("text/csv", "name,mark\nx,"),
        ("text/csv", "\""),
        ("text/tab-separated-values", ""),
        ("text/plain", "5 "),
        ("application/json", "[5, "),
        ("application/json", "[{\"mark\": \""),
        ("application/x-ndjson", "{\"mark\": "),
        ("multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=f; filename=x.csv\r\n\r\nx,"),
    ] {
        let server = Server::start(&["--body-limit", "4GiB"]);
        let mut stream = server.connect();
        let head = head("/prod/stats", content_type, "", start.len() as u64 + (1 << 30));
        stream.write_all(&[head.as_bytes(), start.as_bytes()].concat()).expect("sent");
        let answer = read_while_sending(&mut stream, |_| vec![b'7'; 64 << 10], 1 << 30);
        assert!(answer.0.starts_with("HTTP/1.1 413 "), "{content_type} {start:?}: {}", answer.0);
        assert!(answer.0.contains("CELL_LIMIT"), "{content_type} {start:?}: {}", answer.0);
        assert!(answer.1 < 8 * MIB, "{content_type} {start:?}: {} bytes were sent before the answer", answer.1);
        expect_flat(server.child.id(), SERVER);
    }
}

/// Sends until there is a response; returns it and the number of bytes sent before it.
fn read_while_sending(stream: &mut TcpStream, piece: impl Fn(u64) -> Vec<u8>, most: u64) -> (String, u64) {
    let mut sent = 0;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    while sent < most && answer.is_empty() {
        let piece = piece(sent);
        if stream.write_all(&piece).is_err() {
            break;
        }
        sent += piece.len() as u64;
        stream.set_nonblocking(true).expect("set");
        match stream.read(&mut buffer) {
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::WouldBlock, "{error}"),
        }
        stream.set_nonblocking(false).expect("set");
    }
    let _ = stream.shutdown(Shutdown::Write);
    // The rest of the answer; a reset is no matter once it is there.
    while let Ok(count) = stream.read(&mut buffer) {
        if count == 0 {
            break;
        }
        answer.extend_from_slice(&buffer[..count]);
    }
    (String::from_utf8_lossy(&answer).into_owned(), sent)
}

/// A workbook of some kilobytes that unpacks to far more than it may is refused, in memory that its limit bounds.
#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused_early() {
    let server = Server::start(&["--decompressed-limit", "16MiB", "--memory-limit", "4MiB"]);
    let rows = "<row><c><v>7</v></c></row>".repeat(32 << 20 >> 5);
    let texts = "<si><t>seven</t></si>".repeat(32 << 20 >> 5);
    let spaces = " ".repeat(24 << 20);
    for (sheet, strings) in [(rows.as_str(), "<si/>"), ("<row/>", texts.as_str()), (spaces.as_str(), "<si/>")] {
        let book = workbook(sheet, strings);
        assert!((book.len() as u64) < MIB, "{}", book.len());
        for content_type in
            ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream"]
        {
            let head = head("/prod/stats", content_type, "", book.len() as u64);
            let answer = server.exchange(&[head.as_bytes(), &book].concat());
            assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
            assert!(answer.contains("_LIMIT"), "{answer}");
            expect_flat(server.child.id(), SERVER + 8 * MIB);
        }
    }
    let book = workbook("<row><c><v>5</v></c></row><row><c><v>6</v></c></row>", "<si/>");
    let head = head("/prod/stats", "application/octet-stream", "", book.len() as u64);
    let answer = server.exchange(&[head.as_bytes(), &book].concat());
    assert!(answer.contains("\"nobs\":2,\"minmax\":[5.0,6.0],"), "{answer}");
}

/// A workbook with one sheet.
fn workbook(rows: &str, strings: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let sheet = format!("<worksheet><sheetData>{rows}</sheetData></worksheet>");
    let strings = format!("<sst>{strings}</sst>");
    for (name, text) in [
        (
            "_rels/.rels",
            r#"<Relationships><Relationship Id="a" Type="x/officeDocument" Target="/xl/b.xml"/></Relationships>"#,
        ),
        ("xl/b.xml", r#"<workbook><sheets><sheet name="S" r:id="r1"/></sheets></workbook>"#),
        (
            "xl/_rels/b.xml.rels",
            r#"<Relationships><Relationship Id="r1" Type="x/worksheet" Target="s.xml"/><Relationship Id="r2" Type="x/sharedStrings" Target="t.xml"/></Relationships>"#,
        ),
        ("xl/s.xml", &sheet),
        ("xl/t.xml", &strings),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).expect("begun");
        archive.write_all(text.as_bytes()).expect("written");
    }
    archive.finish().expect("finished").into_inner()
}

/// Many slow senders and one large body do not delay others; all are answered.
#[test]
fn slow_senders_keep_nobody_waiting() {
    const SENDERS: usize = 100;
    let server = Server::start(&["--threads", "2", "--body-limit", "4GiB"]);
    let one = "name,mark\nAnn,41\nBob,\"55.5\"\nCid,X\n";
    let mut slow: Vec<TcpStream> = (0..SENDERS).map(|_| server.connect()).collect();
    for stream in &mut slow {
        stream.set_nodelay(true).expect("no delay");
        let head = head("/prod/stats?absent=X&column=mark", "text/csv", "", one.len() as u64);
        stream.write_all(head.as_bytes()).expect("sent");
    }
    let much = csv(amount() / 8);
    let answers = std::thread::scope(|scope| {
        let busy: Vec<_> = (0..2)
            .map(|_| {
                let (connection, much) = (server.connect(), &much);
                scope.spawn(move || stream(connection, "/prod/stats?column=mark", "text/csv", much))
            })
            .collect();
        let mut slowest = Duration::ZERO;
        for piece in one.as_bytes().chunks(1) {
            for stream in &mut slow {
                stream.write_all(piece).expect("sent");
            }
            let started = Instant::now();
            assert!(server.get("/livez").ends_with("ok"));
            slowest = slowest.max(started.elapsed());
        }
        assert!(slowest < Duration::from_millis(1500), "/livez took {slowest:?}");
        busy.into_iter().map(|busy| busy.join().expect("an answer")).collect::<Vec<_>>()
    });
    for answer in answers {
        assert!(answer.contains(&much.figures()), "{answer}");
    }
    for stream in &mut slow {
        assert!(rest(stream).contains("\"nobs\":2,\"minmax\":[41.0,55.5],\"mean\":48.25,"));
    }
    // Two blocks and a state for each of those who send much, next to nothing for the others.
    expect_flat(server.child.id(), SERVER + 16 * MIB);
}

/// Whether a process has worked in the last few hundredths of a second.
fn worked(process: u32) -> bool {
    // User and system time, in hundredths of a second (proc(5), fields 14 and 15).
    let time = || {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).expect("a process");
        let fields = stat.rsplit(") ").next().expect("behind the name").split(' ');
        fields.skip(11).take(2).map(|field| field.parse::<u64>().expect("a number")).sum::<u64>()
    };
    let before = time();
    std::thread::sleep(Duration::from_millis(30));
    time() > before
}

/// A client that leaves in the middle of a body leaves neither a connection nor memory behind.
#[test]
fn who_leaves_leaves_nothing_behind() {
    let server = Server::start(&["--body-limit", "4GiB"]);
    let block = "Ann,41\n".repeat(200_000);
    let descriptors = format!("/proc/{}/fd", server.child.id());
    let open = || fs::read_dir(&descriptors).expect("descriptors").count();
    let before = open();
    for _ in 0..30 {
        let mut stream = server.connect();
        let head = head("/prod/stats", "text/csv", "", 1 << 30);
        stream.write_all(head.as_bytes()).expect("sent");
        stream.write_all(block.as_bytes()).expect("sent");
        drop(stream);
        let left = Instant::now();
        // Until the connection is closed, and what was at work when it was is done.
        while open() > before || worked(server.child.id()) {
            assert!(left.elapsed() < Duration::from_secs(20), "something goes on");
        }
    }
    assert!(server.get("/livez").ends_with("ok"));
    expect_flat(server.child.id(), SERVER);
}

// ------------------------------------------------------------------------------------------------------- the command

/// The command with its input from here.
fn describe(arguments: &[&str]) -> Child {
    let mut command = program();
    command.arg("describe").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("it starts")
}

/// Output of the command for `input`, and its maximum memory.
fn feed(arguments: &[&str], input: impl FnOnce(&mut dyn Write)) -> (Output, u64) {
    let mut child = describe(arguments);
    let mut stdin = child.stdin.take().expect("piped");
    input(&mut stdin);
    stdin.flush().expect("flushed");
    // It cannot end before its input does, and all but a pipe of that has been read.
    let peak = peak(child.id());
    drop(stdin);
    (child.wait_with_output().expect("it ends"), peak)
}

#[test]
fn the_command_needs_little_memory() {
    for (arguments, body) in [
        (&["--column", "mark"][..], csv(amount() / 4)),
        (&["--group-by=cohort", "--group-by=centre", "--overall"], csv(amount() / 4)),
        (&["--type=text"], text(amount() / 8)),
        (&["--type=json"], json(amount() / 8)),
    ] {
        let (output, peak) = feed(arguments, |mut to| body.write(&mut to));
        let answer = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(answer.contains(&body.figures()), "{answer} {}", String::from_utf8_lossy(&output.stderr));
        assert!(peak <= COMMAND, "{arguments:?} held {} kB", peak >> 10);
    }
}

#[test]
fn several_files_are_one_data_set() {
    let place = Place::new("several");
    let whole = csv(4 * MIB);
    let begin = |times: u64| format!("{}{}", whole.start, whole.block.repeat(times.try_into().expect("few")));
    let first = place.file("first.csv", &begin(whole.times / 2));
    let second = place.file("second.csv", &begin(whole.times - whole.times / 2 - 1));
    // The same columns in another order.
    let table = begin(1);
    let lines = table.lines().map(|line| {
        let (start, mark) = line.rsplit_once(',').expect("cells");
        format!("{mark},{start}\r\n")
    });
    let third = place.file("third.csv", &lines.collect::<Vec<_>>().concat());
    let (output, _) = feed(&[&first, &second, &third, "--column=mark"], |_| {});
    let answer = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(answer.contains(&whole.figures()), "{answer}");
    // Errors have the file's name and its own rows.
    let bad = place.file("bad.csv", "candidate,centre,cohort,subject,mark\n1,2,3,4,5\n1,2,3,4,ABS\n");
    let (output, _) = feed(&[&first, &bad, "--column=mark"], |_| {});
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("bad.csv") && errors.contains("row 3") && errors.contains("ABS"), "{errors}");
    let other = place.file("other.csv", "mark\n5\n");
    let (output, _) = feed(&[&first, &other], |_| {});
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("other.csv") && errors.contains("candidate"), "{errors}");
}

#[test]
fn exit_codes() {
    let place = Place::new("codes");
    let good = place.file("good.csv", "name,mark\nAnn,41\nBob,55\n");
    let quote = place.file("quote.csv", "name,mark\nAnn,41\n\"Bob,55\n");
    let empty = place.file("empty.csv", "");
    let none = place.path("none.csv");
    for (arguments, code, said) in [
        (vec![good.as_str(), "--format=json"], 0, ""),
        (vec![&good, "--column=mark", "--format=table"], 0, ""),
        (vec![&good, "--column=name"], 1, "row 2"),
        (vec![&good, "--column=makr"], 1, "mark"),
        (vec![&quote], 1, "row 3"),
        (vec![&empty], 1, "nothing"),
        (vec![&none], 1, "none.csv"),
        (vec![&place.path("")], 1, "codes"),
        (vec![&good, "--header=maybe"], 2, "header"),
        (vec![&good, "--ddof=-1"], 2, "ddof"),
        (vec![&good, "--colunm=mark"], 2, "--column"),
        (vec![&good, "--type=pdf"], 2, "pdf"),
        (vec![&good, "--group-limit=few"], 2, "group-limit"),
    ] {
        let output = program().arg("describe").args(&arguments).output().expect("it runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {errors}");
        assert!(errors.contains(said), "{arguments:?}: {errors}");
        assert_eq!(output.stdout.is_empty(), code != 0, "{arguments:?}");
        assert_eq!(errors.is_empty(), code == 0, "{arguments:?}: {errors}");
    }
}

/// A reader that closes early, such as `head`, is not an error.
#[test]
fn the_command_reads_standard_input() {
    let (output, _) = feed(&["-"], |to| to.write_all(b"mark\n5\n6\n").expect("sent"));
    assert_eq!(output.status.code(), Some(0));
    let json = String::from_utf8_lossy(&output.stdout).into_owned();
    let expected = "{\"rows\":2,\"results\":[{\"column\":\"mark\",\"nobs\":2,\"minmax\":[5.0,6.0],\"mean\":5.5,\"variance\":0.5,\"skewness\":0.0,\"kurtosis\":-2.0,\"missing\":0}],\"source\":{\"format\":\"csv\",\"encoding\":\"utf-8\",\"delimiter\":\",\",\"decimal\":\".\",\"header_row\":1,\"skipped_rows\":0,\"skipped_end\":0,\"short_records\":0,\"stray_quotes\":0}}\n";
    assert_eq!(json, expected);
    let mut child = describe(&[]);
    drop(child.stdout.take());
    child.stdin.take().expect("piped").write_all(b"mark\n5\n6\n").expect("sent");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
