//! Bodies through the reader, and the outcomes as text that can be compared.

use std::fmt::Write;

use describe_options::{InputError, Step};
use describe_options::{Options, Origin, RawOption};
use describe_readers::{Limits, Reader, Source};
use describe_reports::json::{Preview, answer};

/// Answer or error.
pub type Outcome = Result<String, InputError>;

/// Options as in a URL: a name may be repeated.
pub fn given(query: &[(&str, &str)]) -> Vec<RawOption> {
    let mut given: Vec<RawOption> = Vec::new();
    for (name, value) in query {
        match given.iter_mut().find(|option| option.name == *name) {
            Some(option) => option.values.push((*value).to_owned()),
            None => {
                given.push(RawOption {
                    origin: Origin::Query,
                    name: (*name).into(),
                    values: vec![(*value).to_owned()],
                });
            }
        }
    }
    given
}

/// The answer to a file that arrives in these chunks, without what it was read as.
pub fn ask_chunks<'a>(
    source: impl Into<Source>,
    query: &[(&str, &str)],
    limits: &Limits,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    whole_of_chunks(source, query, limits, chunks).map(|json| without_reading(&json))
}

/// The whole answer to a file that arrives in these chunks; its preview, if the limits say so.
pub fn whole_of_chunks<'a>(
    source: impl Into<Source>,
    query: &[(&str, &str)],
    limits: &Limits,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> Outcome {
    ask_by(source, query, limits, |reader| chunks.into_iter().try_for_each(|chunk| reader.feed(chunk)))
}

/// The whole answer to a file that is read from where it is.
pub fn whole_of_file(source: impl Into<Source>, query: &[(&str, &str)], limits: &Limits, mut file: &[u8]) -> Outcome {
    ask_by(source, query, limits, |reader| reader.read_all(&mut file, &|_| ()).expect("memory can be read"))
}

fn ask_by(
    source: impl Into<Source>,
    query: &[(&str, &str)],
    limits: &Limits,
    read: impl FnOnce(&mut Reader) -> Result<(), InputError>,
) -> Outcome {
    let query = given(query);
    let mut reader = Reader::new(source, &Options::parse(&query)?, limits);
    read(&mut reader)?;
    let input = reader.finish()?;
    let all = [query, input.options].concat();
    let options = Options::parse(&all)?;
    let json = match limits.preview {
        None => answer(&input.data, &options),
        Some(_) => Preview::new(&input.data)?.expect("a preview").write(),
    };
    json.map(|json| String::from_utf8(json).expect("UTF-8"))
}

/// The answer to a file that arrives at once.
pub fn ask(source: impl Into<Source>, query: &[(&str, &str)], body: impl AsRef<[u8]>) -> Outcome {
    ask_chunks(source, query, &Limits::default(), [body.as_ref()])
}

/// A refusal in one line: kind, how many problems, and each as place, code and input.
pub fn refusal(outcome: &Outcome) -> String {
    let error = match outcome {
        Ok(json) => return format!("accepted: {json}"),
        Err(error) => error,
    };
    let mut line = format!("{:?} {}", error.kind(), error.count());
    for problem in error.listed() {
        let steps = problem.location.steps().into_iter().map(|step| match step {
            Step::Name(name) => name,
            Step::Index(index) => index.to_string(),
        });
        let input = problem.input.as_ref().map_or(String::new(), |input| format!(" {input}"));
        let _ = write!(line, "; {} {}{input}", steps.collect::<Vec<_>>().join("/"), problem.reason.code());
    }
    line
}

/// An answer without its warnings, which are sentences for people.
pub fn figures(json: &str) -> String {
    const START: &str = ",\"warnings\":[{";
    let mut kept = String::new();
    let mut rest = json;
    while let Some(at) = rest.find(START) {
        kept.push_str(&rest[..at]);
        let end = rest[at..].find("\"}]").expect("the end of the warnings");
        rest = &rest[at + end + 3..];
    }
    kept + rest
}

/// An answer without its last members, which say how a table was read.
pub fn without_reading(json: &str) -> String {
    let (answer, end) = json.strip_suffix('\n').map_or((json, ""), |answer| (answer, "\n"));
    answer.rsplit_once(",\"source\":").map_or_else(|| json.to_owned(), |(answer, _)| format!("{answer}}}{end}"))
}

/// The answer, which there must be, without its warnings.
pub fn answered(outcome: &Outcome) -> String {
    match outcome {
        Ok(json) => figures(json),
        Err(error) => panic!("{error:?}"),
    }
}
