//! Flags, environment, exit codes.

use std::io::{BufRead, BufReader};
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use crate::{FIVE_SIX, Server, program};

fn run(arguments: &[&str], environment: &[(&str, &str)]) -> (Output, String) {
    let output = program().args(arguments).envs(environment.iter().copied()).output().expect("the program runs");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    (output, errors)
}

#[test]
fn all_invalid_settings_are_reported_together() {
    let arguments = ["--base-path", "prod", "--nonsense", "--drain-timeout=soon"];
    let (output, errors) = run(&arguments, &[("PORT", "http"), ("BODY_LIMIT", "much"), ("LOG", "")]);
    assert_eq!(output.status.code(), Some(2));
    for part in ["--base-path", "--nonsense", "--drain-timeout", "PORT", "BODY_LIMIT"] {
        assert!(errors.contains(part), "{part} is missing: {errors}");
    }
    assert!(!errors.contains("LOG"), "an empty variable is not set: {errors}");
}

#[test]
fn help_is_a_manual() {
    let (output, _) = run(&["--help"], &[]);
    let help = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["BASE_PATH", "[default: /prod]", "--body-limit", "healthcheck", "curl", "Exit codes", "SIGTERM"] {
        assert!(help.contains(part), "{part} is missing: {help}");
    }
}

/// Linux opens a page by a program of the desktop, which is one of ours here.
#[cfg(target_os = "linux")]
#[test]
fn the_page_is_opened_once_the_server_listens() {
    use std::os::unix::fs::PermissionsExt;
    let folder = std::env::temp_dir().join(format!("describe-api-open-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let (browser, opened) = (folder.join("xdg-open"), folder.join("opened"));
    let script = format!("#!/bin/sh\ncurl -sf \"$1\" >/dev/null && echo \"$1\" >>{}\n", opened.display());
    std::fs::write(&browser, script).expect("a file");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("a program");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let start = |port: u16| {
        let flags = ["--port".to_owned(), port.to_string(), "--host=0.0.0.0".to_owned(), "--open".to_owned()];
        program().env("PATH", &path).args(flags).args(["--log-format", "json"]).stderr(Stdio::piped()).spawn()
    };
    let wait_for = |count: usize| {
        let started = Instant::now();
        loop {
            let urls = std::fs::read_to_string(&opened).unwrap_or_default();
            if urls.lines().count() == count {
                return urls;
            }
            assert!(started.elapsed() < Duration::from_secs(10), "{count} pages are not opened: {urls}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let mut first = start(0).expect("the program starts");
    let mut line = String::new();
    BufReader::new(first.stderr.take().expect("piped")).read_line(&mut line).expect("a line");
    let port = crate::address_of_page(&line).port();
    // A server on every address is reached by the loopback address.
    let url = format!("http://127.0.0.1:{port}/\n");
    assert_eq!(wait_for(1), url);
    // Started again, it opens the page of the one that runs.
    let second = start(port).expect("the program starts").wait_with_output().expect("it ends");
    assert!(second.status.success(), "{second:?}");
    assert_eq!(wait_for(2), url.repeat(2));
    first.kill().expect("it runs");
    first.wait().expect("it ends");
    std::fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn errors_are_reported_once() {
    let (_, errors) = run(&["describe", "examples/marks.csv", "--column", "marks"], &[]);
    assert!(
        errors.ends_with(
            "no column 'marks'; did you mean 'mark'? The columns are candidate, centre, cohort, subject, mark. If title lines stand \
             above the header, --skip-rows 1 leaves them out\n"
        ),
        "{errors}"
    );
    let (_, errors) = run(&["describe", "examples/marks.csv", "--column", "mark"], &[]);
    assert!(
        errors.matches("column mark: should be a number; X ×3: --absent X?").count() == 1 && !errors.contains("more"),
        "{errors}"
    );
}

/// Merged states answer as the files, also past the limit of distinct values: then as a pipe, which is not read again.
#[test]
fn states_of_files_are_merged() {
    let folder = std::env::temp_dir().join(format!("describe-api-states-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let describe = |command: &str, arguments: &[&str], input: Option<&str>| {
        let mut child = program();
        child.current_dir(&folder).arg(command).args(arguments).args(["--max-distinct=100", "--column=mark"]);
        let stdin = input.map_or(Stdio::null(), |name| std::fs::File::open(folder.join(name)).expect("a file").into());
        child.stdin(stdin).output().expect("the program runs")
    };
    let merge = |arguments: &[&str]| {
        program().current_dir(&folder).arg("merge").args(arguments).output().expect("the program runs")
    };
    let row =
        |row: u64| format!("{},{}.{}\n", ["a", "b"][usize::from(row.is_multiple_of(3))], row % 7, row * row % 997);
    let table = |rows: std::ops::Range<u64>| format!("g,mark\n{}", rows.map(row).collect::<String>());
    for (name, rows) in [("a.csv", 0..700), ("b.csv", 700..1000), ("all.csv", 0..1000)] {
        std::fs::write(folder.join(name), table(rows)).expect("a file");
    }
    for name in ["a", "b"] {
        let made = describe("describe", &[&format!("{name}.csv"), "--group-by=g", "--format=state"], None);
        assert!(made.status.success(), "{made:?}");
        std::fs::write(folder.join(format!("{name}.state")), made.stdout).expect("a file");
    }
    let statistics = ["--statistics=all", "--overall", "--format=csv"];
    let expected = describe("describe", &[&["-", "--group-by=g"], &statistics[..]].concat(), Some("all.csv"));
    let merged = merge(&[&["a.state", "b.state"], &statistics[..]].concat());
    assert!(merged.status.success() && !merged.stdout.is_empty(), "{merged:?}");
    assert_eq!(String::from_utf8_lossy(&merged.stdout), String::from_utf8_lossy(&expected.stdout));
    let refused = merge(&["a.csv", "--format=json"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("only states can be merged"), "{refused:?}");
    std::fs::remove_dir_all(folder).expect("the folder");
}

/// Files are read once more for exact quantiles; what comes through a pipe cannot be. The peer keeps every value.
#[test]
fn quantiles_of_files_are_exact_however_many_values_differ() {
    let folder = std::env::temp_dir().join(format!("describe-api-quantiles-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str| folder.join(name).to_string_lossy().into_owned();
    let value = |row: u64| row.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 12;
    let groups = || ["a", "b", "c", "a", "b", "c", "a"].into_iter().cycle();
    let rows = || groups().zip(0..40_000).map(|(group, row)| (group, value(row), value(row + 50_000)));
    let table: String = rows().map(|(group, x, y)| format!("{group},0.{x},{}\n", y % 5_000)).collect();
    let records: String =
        rows().map(|(group, x, y)| format!("{{\"g\":\"{group}\",\"x\":-{x}.5,\"y\":{y}e-9}}\n")).collect();
    let numbers: String = rows().map(|(_, x, _)| format!("{x}.25\n")).collect();
    for (name, text) in [("a.csv", format!("g,x,y\n{table}")), ("a.ndjson", records), ("a.txt", numbers)] {
        std::fs::write(file(name), text).expect("a file");
    }
    std::fs::copy(file("a.csv"), file("b.csv")).expect("a file");
    // So few values that each has a bin of its own.
    let few: String = rows().take(3000).map(|(_, x, _)| format!("{x}\n")).collect();
    std::fs::write(file("few.txt"), few).expect("a file");
    let statistics =
        ["--statistics=median,quartiles,iqr,deciles,quantiles", "--quantiles=0,0.005,0.5,1", "--format=json"];
    let cases: [&[&str]; 5] = [
        &["a.txt"],
        &["few.txt"],
        &["a.csv", "--group-by=g"],
        &["a.ndjson", "--group-by=g"],
        &["a.csv", "b.csv", "--group-by=file", "--group-by=g"],
    ];
    for case in cases {
        let run = |max_distinct: &str| {
            let mut command = program();
            command
                .current_dir(&folder)
                .arg("describe")
                .args(case)
                .args(statistics)
                .args(["--max-distinct", max_distinct]);
            let output = command.output().expect("the program runs");
            assert!(output.status.success(), "{output:?}");
            String::from_utf8(output.stdout).expect("JSON")
        };
        let (exact, all) = (run("1000"), run("1000000"));
        assert!(exact.contains("median") && !exact.contains("approximate"), "{case:?}");
        assert_eq!(exact, all, "{case:?}");
    }
    let mut piped = program();
    piped.args(["describe", "-", "--statistics=median", "--format=json", "--max-distinct=1000"]);
    piped.stdin(std::fs::File::open(file("a.txt")).expect("a file"));
    let output = piped.output().expect("the program runs");
    assert!(String::from_utf8_lossy(&output.stdout).contains("\"approximate\":true"), "{output:?}");
    std::fs::remove_dir_all(folder).expect("the folder");
}

#[test]
fn preview_prints_the_json_of_the_service_or_a_table() {
    let (output, _) = run(&["preview", "examples/marks.csv"], &[]);
    let preview: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(preview["suggestions"], serde_json::json!({"absent": "X"}));
    let server = Server::start(&[]);
    let body = include_str!("../../examples/marks.csv");
    let length = body.len();
    let request = format!(
        "POST /prod/preview HTTP/1.1\r\nhost: x\r\ncontent-type: text/csv\r\ncontent-length: {length}\r\n\
         connection: close\r\n\r\n{body}"
    );
    let answer = server.exchange(request.as_bytes());
    assert!(answer.ends_with(String::from_utf8_lossy(&output.stdout).trim_end()), "{answer}");
    let (output, _) = run(&["preview", "examples/marks.csv", "--format", "table", "--rows", "5"], &[]);
    let table = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["mark ", "only the first records were read", "read as CSV"] {
        assert!(table.contains(part), "{part} is missing: {table}");
    }
    let (output, errors) = run(&["preview", "examples/marks.csv", "--rows", "0"], &[]);
    assert_eq!(output.status.code(), Some(2), "{errors}");
}

#[test]
fn openapi_prints_the_document() {
    let (output, _) = run(&["openapi"], &[]);
    assert!(output.stdout == include_bytes!("../../openapi/openapi.json"));
    let (output, _) = run(&["openapi", "--base-path", "/a"], &[]);
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(document["servers"][0]["url"], "/a");
}

#[test]
fn the_environment_is_heard_and_flags_win() {
    let server = Server::start(&["--base-path", "/", "--threads", "1", "--host", "::1"]);
    assert!(server.get("/stats?numbers=5&numbers=6").ends_with(FIVE_SIX));
    let environment = [("BASE_PATH", "/wrong"), ("LOG_FORMAT", "text")];
    let (output, _) = run(&["openapi", "--base-path", "/right"], &environment);
    assert!(String::from_utf8_lossy(&output.stdout).contains(r#""url": "/right""#));
}

#[test]
fn healthcheck_asks_the_configured_server() {
    for (listen, ask) in [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "0.0.0.0"), ("::", "::")] {
        let mut server = Server::start(&["--host", listen]);
        let port = server.address.port().to_string();
        let (output, errors) = run(&["healthcheck"], &[("HOST", ask), ("PORT", &port)]);
        assert_eq!(output.status.code(), Some(0), "{errors}");
        server.signal("-TERM");
        server.end();
        let (output, errors) = run(&["healthcheck", "--host", ask, "--port", &port], &[]);
        assert_eq!(output.status.code(), Some(1), "{errors}");
    }
}

#[test]
fn a_port_that_is_taken_is_said() {
    let server = Server::start(&[]);
    let (output, errors) = run(&["--port", &server.address.port().to_string()], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(errors.contains(&server.address.to_string()), "{errors}");
}

/// A table at a terminal has the same reasons of withheld members as other formats.
#[test]
fn the_table_says_what_is_withheld() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/marks.csv");
    let arguments = ["describe", file, "--column", "mark", "--absent", "X", "--publish", "ofqual", "--format", "table"];
    let (output, errors) = run(&[&arguments[..], &["--statistics", "mean,mode,ci_mean"]].concat(), &[]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(printed.matches(" fewer than 5\n").count(), 2, "missing and absent: {printed}{errors}");
    for part in ["ci mean low            [c]\n", "\n[c] confidential: ", "\n* Counts are rounded"] {
        assert!(printed.contains(part), "{part} is missing: {printed}{errors}");
    }
}

/// A table fits its terminal: as it is, on its side, or in blocks.
#[test]
fn a_table_fits_the_terminal() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/marks.csv");
    let arguments = ["describe", file, "--column", "mark", "--absent", "X", "--format", "table"];
    let printed = |more: &[&str], width: &str| {
        let (output, errors) = run(&[&arguments[..], more].concat(), &[("COLUMNS", width)]);
        assert!(output.status.success(), "{errors}");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let table = text.split("\n\nread as").next().unwrap_or_default().to_owned();
        let width: usize = width.parse().expect("a number");
        assert!(table.lines().all(|line| line.chars().count() <= width), "{table}");
        table
    };
    let cohorts = ["--group-by", "cohort"];
    let upright = printed(&cohorts, "140");
    let headings = "cohort   n  missing %  absent %   mean     SD     Q1  median     Q3  min  max  variance  skewness  kurtosis  missing  \
                    absent X";
    assert!(upright.starts_with(&format!("mark by cohort, 2021 to 2024\n{headings}\n2021    72  ")), "{upright}");
    let turned = printed(&cohorts, "60");
    let second = turned.lines().nth(1).unwrap_or_default();
    assert_eq!(second.split_whitespace().collect::<Vec<_>>(), ["cohort", "2021", "2022", "2023", "2024"], "{turned}");
    let blocks = printed(&["--group-by", "cohort", "--group-by", "subject"], "60");
    assert!(blocks.starts_with("Mean of mark by cohort and subject\n"), "{blocks}");
    let every = printed(&["--digits", "full"], "80");
    assert!(every.contains(" 49.552542372881355\n"), "{every}");
}

/// What stands in a file is no command to the terminal.
#[test]
fn control_characters_are_shown_as_signs() {
    let path = std::env::temp_dir().join(format!("describe-api-controls-{}\u{1b}[1m.csv", std::process::id()));
    let file = path.to_str().expect("UTF-8");
    std::fs::write(&path, "centre,mark\nNorth\u{1b}[2J,1\n\"South\nEast\",2\n\u{9b}31m\u{7f},x\u{7}\n")
        .expect("a file");
    let by_centre = ["describe", file, "--column", "mark", "--group-by", "centre", "--format", "table"];
    let (output, errors) = run(&by_centre, &[]);
    assert!(!output.status.success() && errors.contains("'x\u{2407}'"), "{errors}");
    let (output, more) = run(&[&by_centre[..], &["--absent", "x\u{7}"]].concat(), &[]);
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    for part in ["North\u{241b}[2J", "South\u{240a}East", "\u{fffd}31m\u{2421}"] {
        assert!(printed.contains(part), "{part} is missing: {printed}{more}");
    }
    let is_command = |character: char| character.is_control() && character != '\n';
    assert!(!(printed + &errors + &more).contains(is_command), "{errors}{more}");
    let (_, missing) = run(&["describe", "no\u{1b}file.csv"], &[]);
    assert!(missing.contains("no\u{241b}file.csv: "), "{missing}");
    let _ = std::fs::remove_file(path);
}

/// Nobody wonders why there is JSON, and equal errors are printed once.
#[test]
fn a_table_is_offered_in_place_of_json() {
    let note = "JSON, because the output is not a terminal; --format table prints a table";
    let (_, errors) = run(&["describe", "examples/marks.csv", "--absent", "X"], &[]);
    assert_eq!(errors.matches(note).count(), 1, "{errors}");
    let (_, errors) = run(&["describe", "examples/marks.csv", "--absent", "X", "--format", "json"], &[]);
    assert_eq!(errors, "");
}

#[test]
fn the_memory_limit_in_the_compose_file_is_an_eighth_of_the_container() {
    let compose = include_str!("../../docker-compose.yml");
    let mebibytes = |name: &str, unit: &str| -> u64 {
        let value = compose.lines().find_map(|line| line.trim().strip_prefix(name)?.trim().strip_suffix(unit));
        value.and_then(|value| value.parse().ok()).expect("a setting in mebibytes")
    };
    // Docker's m is a mebibyte.
    assert_eq!(mebibytes("MEMORY_LIMIT:", "MiB") * 8, mebibytes("mem_limit:", "m"));
    let (output, errors) = run(&["openapi"], &[("MEMORY_LIMIT", "64MiB")]);
    assert!(output.status.success(), "{errors}");
}
