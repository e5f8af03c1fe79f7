//! The one use case: options, read, describe, write.
//!
//! The service, Lambda, the command line and the page all come here with raw options and bytes; nothing else parses options for
//! a description, reads data or writes an answer. [`Describer`] takes the bytes, [`Described`] has the statistics. The time, in
//! seconds since 1970 began, is the caller's to tell.

use std::io::{self, Read};
use std::sync::Arc;

use describe_options::{InputError, Location, OptionError, OptionName, Options, Origin, RawOption};
use describe_readers::{
    ByteRanges, Data, Input, ItemResult, KeptRanges, Ledger, Limits, Reader, Source, TableResult, TableSource, calendar,
};
use describe_reports::answer::{Answer, ReadingWarning};
use describe_reports::item_answer::ItemAnswer;
use describe_reports::json::Preview;
use describe_reports::provenance::Stamp;

/// A description in progress: the bytes of one data set are fed to it.
#[derive(Debug)]
pub struct Describer {
    given: Vec<RawOption>,
    reader: Reader,
    /// Names of the files, as far as they are known.
    files: Vec<String>,
    is_stamped: bool,
    kept: Option<Arc<KeptRanges>>,
}

impl Describer {
    /// A description of the file `source`, or of several that begin with it, by the options `given` outside of it.
    ///
    /// # Errors
    /// Options that are invalid.
    ///
    /// ```
    /// use describe_engine::Describer;
    /// use describe_readers::{Format, Limits, Source};
    ///
    /// let source = Source::from(Some(Format::Json));
    /// let mut describer = Describer::new(source, Vec::new(), &Limits::default())?;
    /// describer.feed(b"[5, ")?;
    /// describer.feed(b"6]")?;
    /// let answer = describer.finish()?.write(0)?;
    /// assert!(answer.starts_with(br#"{"nobs":2,"minmax":[5.0,6.0],"mean":5.5"#));
    /// # Ok::<(), describe_options::InputError>(())
    /// ```
    pub fn new(source: Source, given: Vec<RawOption>, limits: &Limits) -> Result<Self, InputError> {
        let options = Options::parse(&given)?;
        let files = source.file_name().map(ToOwned::to_owned).into_iter().collect();
        let is_stamped = options.output.stamped();
        // A state holds all values, or bins of them as fine as those of data that are read once.
        let kept = limits.kept.clone().filter(|_| !options.output.is_state());
        let limits = Limits { kept: kept.clone(), ..limits.clone() };
        Ok(Self { reader: Reader::new(source, &options, &limits), given, files, is_stamped, kept })
    }

    /// Whether the options outside of the data ask for an answer with its provenance, which has the SHA-256 of each file.
    #[must_use]
    pub fn is_stamped(&self) -> bool {
        self.is_stamped
    }

    /// Hashes no file: the caller does, beside the description, and gives the hashes to [`Described::set_hashes`]. Call it before
    /// the first chunk.
    ///
    /// ```
    /// use describe_engine::Describer;
    /// use describe_options::{Origin, RawOption};
    /// use describe_readers::{Format, Limits, Source};
    ///
    /// let option = |name: &str, value: &str| RawOption { origin: Origin::Query, name: name.into(), values: vec![value.into()] };
    /// let given = vec![option("stamp", "true")];
    /// let mut describer = Describer::new(Source::from(Some(Format::Text)), given, &Limits::default())?;
    /// assert!(describer.is_stamped());
    /// describer.skip_hashes();
    /// describer.feed(b"5 6")?;
    /// let mut described = describer.finish()?;
    /// described.set_hashes(vec![describe_readers::sha256(b"5 6")]);
    /// let answer = String::from_utf8_lossy(&described.write(0)?).into_owned();
    /// assert!(answer.contains(&describe_readers::sha256(b"5 6")));
    /// # Ok::<(), describe_options::InputError>(())
    /// ```
    pub fn skip_hashes(&mut self) {
        self.reader.skip_hashes();
    }

    /// Gives access to any bytes of the current file: see [`Reader::set_ranges`].
    pub fn set_ranges(&mut self, ranges: Arc<dyn ByteRanges>) {
        self.reader.set_ranges(ranges);
    }

    /// Takes the next chunk, cut anywhere.
    ///
    /// # Errors
    /// As for [`Reader::feed`].
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), InputError> {
        self.reader.feed(chunk)
    }

    /// Takes all that follows of a file, on every core; `progress` is called with the number of bytes just read.
    ///
    /// # Errors
    /// The outer error is the file's, the inner one is as for [`Reader::feed`].
    pub fn read_all(
        &mut self,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        self.reader.read_all(source, progress)
    }

    /// Ends the current file and begins the next one of the same data set.
    ///
    /// # Errors
    /// As for [`Reader::next_file`].
    pub fn next_file(&mut self, source: Source) -> Result<(), InputError> {
        self.files.extend(source.file_name().map(ToOwned::to_owned));
        self.reader.next_file(source)
    }

    /// Ends the data set.
    ///
    /// # Errors
    /// Data that cannot be described, or options in the data that are invalid.
    pub fn finish(self) -> Result<Described, InputError> {
        let Input { data, options, digests, .. } = self.reader.finish()?;
        let given = [self.given, options].concat();
        let (options, files, kept) = (Options::parse(&given)?, self.files, self.kept);
        Ok(Described { data, options, given, files, digests, kept })
    }
}

/// Maximum number of results, and of bytes of the options, of an answer that takes a moment.
const MAX_MOMENT_RESULTS: usize = 16;
const MAX_MOMENT_BYTES: usize = 1 << 10;

/// Data that were read, with the options that describe them.
#[derive(Debug)]
pub struct Described {
    data: Data,
    options: Options,
    /// The options as they were given, for the provenance of an answer.
    given: Vec<RawOption>,
    /// Names of the files, as far as they are known.
    files: Vec<String>,
    /// The SHA-256 of each file.
    digests: Vec<Option<String>>,
    /// The ranges of the values that were kept, if the data can be read once more.
    kept: Option<Arc<KeptRanges>>,
}

impl Described {
    /// The numbers of the list `texts`, which came from `origin` in the bytes `source`.
    ///
    /// # Errors
    /// Bad numbers and invalid options, all of them.
    pub fn list<T: AsRef<str>>(
        texts: &[T],
        given: Vec<RawOption>,
        limits: &Limits,
        origin: Origin,
        source: &[u8],
    ) -> Result<Self, InputError> {
        let options = Options::parse(&given);
        let retention = options.as_ref().map(|options| limits.retention(options)).unwrap_or_default();
        let (options, mut data) = both(options, describe_readers::parse_list(texts, origin, retention))?;
        if let Data::Numbers(numbers) = &mut data {
            numbers.set_ledger(&limits.ledger);
        }
        if let (Data::Numbers(numbers), Some(_)) = (&mut data, limits.preview) {
            numbers.show(texts);
            numbers.sources = vec![TableSource { format: "form", ..TableSource::default() }];
        }
        let digest = options.output.stamped().then(|| describe_readers::sha256(source));
        Ok(Self { data, options, given, files: Vec::new(), digests: vec![digest], kept: None })
    }

    /// Data that the caller has read and grouped by the options `given`.
    ///
    /// # Errors
    /// Options that are invalid.
    pub fn of_data(data: Data, given: Vec<RawOption>) -> Result<Self, InputError> {
        let options = Options::parse(&given)?;
        Ok(Self { data, options, given, files: Vec::new(), digests: Vec::new(), kept: None })
    }

    /// Sets the SHA-256 of each file, in hexadecimal digits, after [`Describer::skip_hashes`].
    pub fn set_hashes(&mut self, hashes: Vec<String>) {
        self.digests = hashes.into_iter().map(Some).collect();
    }

    /// The options, those in the data included.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Whether the JSON answer takes a moment only: few results of few options.
    #[must_use]
    pub fn is_moment(&self) -> bool {
        let results = match &self.data {
            Data::Numbers(numbers) => numbers.slices(),
            Data::Table(table) => table.results.len(),
        };
        let given: usize = self.given.iter().flat_map(|raw| &raw.values).map(String::len).sum();
        !self.options.table.items.are_analysed()
            && !self.options.correlates()
            && results <= MAX_MOMENT_RESULTS
            && given <= MAX_MOMENT_BYTES
            && !self.options.output.rules().concern_counts()
    }

    /// Number of the numbers that were described.
    #[must_use]
    pub fn values(&self) -> u64 {
        match &self.data {
            Data::Numbers(numbers) => numbers.values(),
            Data::Table(table) => {
                let by_group = |result: &&TableResult| table.group_by.is_empty() || result.group.is_full();
                let items = table.items.iter().flat_map(|items| {
                    let by_group = |result: &&ItemResult| table.group_by.is_empty() || result.group.is_full();
                    items
                        .results
                        .iter()
                        .filter(by_group)
                        .map(|result| result.tally.candidates() * items.names.len() as u64)
                });
                let results = table.results.iter().filter(by_group).map(|result| result.numbers.taken());
                results.chain(items).sum()
            }
        }
    }

    /// What the description may take of memory and time.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        self.data.ledger()
    }

    /// What to keep ([`Limits::kept`]) when the same data are read once more, because there are so many different values that quantiles
    /// are not exact. `None` if they are, if no further reading helps, or if the data cannot be read again: then there was nothing to
    /// keep at the first reading, [`KeptRanges::default`].
    ///
    /// ```
    /// use describe_engine::Describer;
    /// use describe_options::{Origin, RawOption};
    /// use describe_readers::{Format, KeptRanges, Limits, Source};
    ///
    /// let median = RawOption { origin: Origin::Query, name: "statistics".into(), values: vec!["median".into()] };
    /// let mut limits = Limits { distinct: 2, kept: Some(KeptRanges::default().into()), ..Limits::default() };
    /// let described = loop {
    ///     let mut describer = Describer::new(Source::from(Some(Format::Text)), vec![median.clone()], &limits)?;
    ///     describer.feed(b"0.6170 0.6172 0.6173 0.6174 0.6178")?;
    ///     let described = describer.finish()?;
    ///     let Some(kept) = described.kept_ranges() else { break described };
    ///     limits.kept = Some(kept.into());
    /// };
    /// assert_eq!(described.write(0)?, br#"{"nobs":5,"median":0.6173}"#);
    /// # Ok::<(), describe_options::InputError>(())
    /// ```
    #[must_use]
    pub fn kept_ranges(&self) -> Option<KeptRanges> {
        self.data.ranges_after(self.kept.as_ref()?, &self.options)
    }

    /// The data.
    #[must_use]
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The statistics, as the model from which every format is written.
    ///
    /// # Errors
    /// As for [`describe_reports::answer()`].
    pub fn answer(&self, now: i64) -> Result<Answer<'_>, InputError> {
        describe_reports::answer(&self.data, &self.options, self.stamp(now)?)
    }

    /// Warnings about how a table was read, by the rules of publication; none about arrays.
    #[must_use]
    pub fn warnings(&self) -> Vec<ReadingWarning> {
        let Data::Table(table) = &self.data else { return Vec::new() };
        let hides_counts = self.options.output.rules().concern_counts();
        table.warnings.iter().map(|warning| ReadingWarning::new(warning, hides_counts)).collect()
    }

    /// The analysis of items; `None` unless options ask for it.
    ///
    /// # Errors
    /// As for [`ItemAnswer::new`].
    pub fn item_answer(&self, now: i64) -> Result<Option<ItemAnswer<'_>>, InputError> {
        ItemAnswer::new(&self.data, &self.options, self.stamp(now)?)
    }

    /// Checks that the options, which are given at `origin`, ask for the analysis of items.
    ///
    /// # Errors
    /// The option that does is missing.
    pub fn check_items(&self, origin: Origin) -> Result<(), InputError> {
        if self.options.table.items.are_analysed() {
            return Ok(());
        }
        let name = OptionName::Items;
        Err(InputError::at(Location::Option { name, origin }, OptionError::EmptyList(name)))
    }

    /// The preview; `None` unless the data were read with [`Limits::preview`].
    ///
    /// # Errors
    /// Options that contradict each other, and those of [`Preview::new`].
    pub fn preview(&self) -> Result<Option<Preview<'_>>, InputError> {
        self.options.check_together()?;
        Preview::new(&self.data)
    }

    /// Name for a file with the answer: that of the only file of data, as letters, digits, `-`, `_` and `.`, the date, and the
    /// ending of its format.
    #[must_use]
    pub fn file_name(&self, now: i64) -> String {
        let stem = if let [file] = &self.files[..] { harmless(stem(file)) } else { String::new() };
        let stem = if stem.is_empty() { "description" } else { &stem };
        format!("{stem}-{}.{}", calendar::date(now.div_euclid(86_400)), self.options.output.format().ending())
    }

    /// The answer in the requested format.
    ///
    /// # Errors
    /// As for [`describe_reports::write`].
    pub fn write(&self, now: i64) -> Result<Vec<u8>, InputError> {
        describe_reports::write(&self.data, &self.options, self.stamp(now)?)
    }

    fn stamp(&self, now: i64) -> Result<Option<Stamp>, InputError> {
        let given = || -> Vec<RawOption> {
            self.given.iter().filter(|raw| self.options.origins().include(&raw.name, raw.origin)).cloned().collect()
        };
        self.options
            .output
            .stamped()
            .then(|| Stamp::new(&given(), self.files.clone(), self.digests.clone(), now))
            .transpose()
    }
}

/// The name of a file without its endings: that of its format, and that of a compression behind it.
fn stem(file: &str) -> &str {
    let file = [".gz", ".zst", ".br", ".zip"].iter().find_map(|ending| file.strip_suffix(ending)).unwrap_or(file);
    file.rsplit_once('.').map_or(file, |(stem, _)| stem)
}

/// Maximum letters of the name of a file.
const MAX_NAME_LETTERS: usize = 100;

/// The end of a name as letters, digits, `-`, `_` and `.`.
fn harmless(name: &str) -> String {
    let fit = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '_' };
    let surplus = name.chars().count().saturating_sub(MAX_NAME_LETTERS);
    name.trim_start_matches('.').chars().skip(surplus).map(fit).collect()
}

/// Both results, or the problems of both.
fn both<A, B>(first: Result<A, InputError>, second: Result<B, InputError>) -> Result<(A, B), InputError> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
        (Err(first), Err(second)) => Err(first.and(second)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless() {
        for (file, expected) in [
            ("marks.csv.gz", "marks-1970-01-02.json"),
            ("C:\\kept\\marks", "marks-1970-01-02.json"),
            ("..a b\"c\r\n;d.xlsx", "a_b_c___d-1970-01-02.json"),
            ("märks£", "märks_-1970-01-02.json"),
            (".csv", "description-1970-01-02.json"),
        ] {
            let source = Source { name: Some(file.to_owned()), ..Source::default() };
            let mut describer = Describer::new(source, Vec::new(), &Limits::default()).expect("no options");
            describer.feed(b"5 6").expect("numbers");
            assert_eq!(describer.finish().expect("numbers").file_name(86_400), expected, "{file}");
        }
        assert_eq!(harmless(&"é".repeat(9999)).chars().count(), MAX_NAME_LETTERS);
    }
}
