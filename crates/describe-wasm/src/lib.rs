//! The engine as a WebAssembly module, for the page: the same answers and problem documents as the service gives for a form.
//!
//! Input: options, the name of each file and its bytes in chunks of any size. Output: an answer with a name for its file, or a
//! problem document as JSON. Invariant: memory holds no more of a streamed file than a chunk and a cut record.

use std::sync::Arc;

use describe_engine::{Describer, Problem};
use describe_options::{InputError, Origin, RawOption};
use describe_readers::{FileHash, Format, KeptRanges, Limits, PreviewRows, Source};
use wasm_bindgen::prelude::wasm_bindgen;

/// Maximum bytes of a file that cannot be streamed: a quarter of what a module can address.
const MAX_BUFFERED_BYTES: usize = 1 << 30;

/// A description, or a preview, in progress.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Task {
    describer: Describer,
    is_preview: bool,
}

/// The SHA-256 of a file in progress.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct Hasher(FileHash);

#[wasm_bindgen]
impl Hasher {
    /// Begins with a file.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hashes the next chunk of the file.
    pub fn feed(&mut self, chunk: &[u8]) {
        self.0.update(chunk);
    }

    /// Ends the file: its hash in hexadecimal digits.
    #[must_use]
    pub fn finish(self) -> String {
        self.0.finish()
    }
}

/// What a further reading of the same files keeps.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Kept(Arc<KeptRanges>);

/// The bytes of an answer, and a name for a file with it; or what a further reading of the same files must keep before there are any.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Answer {
    bytes: Vec<u8>,
    name: String,
    kept: Option<KeptRanges>,
}

#[wasm_bindgen]
impl Task {
    /// Begins with the file `name` of a media type, which may be empty, by `options`: a JSON array of arrays, each the name of an
    /// option and a value, as the fields of a form. `kept` is what the reading before has left to keep.
    ///
    /// # Errors
    /// A problem document: options that are invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(
        options: &str,
        name: &str,
        media_type: &str,
        is_preview: bool,
        kept: Option<Kept>,
    ) -> Result<Self, String> {
        let limits = Limits {
            memory: MAX_BUFFERED_BYTES,
            decompressed: u64::MAX,
            preview: is_preview.then(PreviewRows::default),
            kept: (!is_preview).then(|| kept.map_or_else(Arc::default, |Kept(kept)| kept)),
            ..Limits::default()
        };
        let describer =
            Describer::new(source(name, media_type), given(options), &limits).map_err(|error| problem(&error))?;
        Ok(Self { describer, is_preview })
    }

    /// Whether the answer has the SHA-256 of each file.
    #[wasm_bindgen(getter, js_name = isStamped)]
    #[must_use]
    pub fn is_stamped(&self) -> bool {
        self.describer.is_stamped()
    }

    /// Hashes no file: [`Task::finish`] gets the hashes. Call it before the first chunk.
    #[wasm_bindgen(js_name = skipHashes)]
    pub fn skip_hashes(&mut self) {
        self.describer.skip_hashes();
    }

    /// Reads the next chunk of the file, cut anywhere.
    ///
    /// # Errors
    /// A problem document: data that cannot be described.
    pub fn feed(&mut self, chunk: &[u8]) -> Result<(), String> {
        self.describer.feed(chunk).map_err(|error| problem(&error))
    }

    /// Ends the file and begins the next one of the same data set.
    ///
    /// # Errors
    /// As for [`Task::feed`].
    #[wasm_bindgen(js_name = nextFile)]
    pub fn next_file(&mut self, name: &str, media_type: &str) -> Result<(), String> {
        self.describer.next_file(source(name, media_type)).map_err(|error| problem(&error))
    }

    /// Ends the data, and writes the answer; `now` is the time in seconds since 1970 began, `hashes` are those of the files if the
    /// task skips them.
    ///
    /// # Errors
    /// As for [`Task::feed`], and options that do not fit the data.
    pub fn finish(self, now: f64, hashes: Option<Vec<String>>) -> Result<Answer, String> {
        self.answer(now, hashes).map_err(|error| problem(&error))
    }
}

impl Task {
    fn answer(self, now: f64, hashes: Option<Vec<String>>) -> Result<Answer, InputError> {
        let mut described = self.describer.finish()?;
        if let Some(kept) = described.kept_ranges() {
            return Ok(Answer { bytes: Vec::new(), name: String::new(), kept: Some(kept) });
        }
        if let Some(hashes) = hashes {
            described.set_hashes(hashes);
        }
        #[expect(clippy::cast_possible_truncation, reason = "a time in seconds")]
        let now = now as i64;
        let bytes = if self.is_preview {
            described.preview()?.map(|preview| preview.write()).transpose()?.unwrap_or_default()
        } else {
            described.write(now)?
        };
        Ok(Answer { bytes, name: described.file_name(now), kept: None })
    }
}

#[wasm_bindgen]
impl Answer {
    /// A name for a file with them.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn name(&self) -> String {
        self.name.clone()
    }

    /// What a further reading must keep before there are bytes; undefined if there are.
    #[wasm_bindgen(js_name = takeKept)]
    pub fn take_kept(&mut self) -> Option<Kept> {
        self.kept.take().map(|kept| Kept(Arc::new(kept)))
    }

    /// The bytes, of which there is one copy only.
    #[wasm_bindgen(js_name = intoBytes)]
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// The source of a file, whose content decides what it is, as that of a part of a form.
fn source(name: &str, media_type: &str) -> Source {
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    let format = Format::of_media_type(media_type);
    Source { detect_coding: true, content_decides: true, name, ..format.into() }
}

/// The options, in their order, each with all its values. What is not of the page's making is not expected here.
fn given(options: &str) -> Vec<RawOption> {
    let pairs: Vec<(String, String)> = serde_json::from_str(options).unwrap_or_default();
    let mut given: Vec<RawOption> = Vec::new();
    for (name, value) in pairs {
        match given.iter_mut().find(|given| given.name == name) {
            Some(given) => given.values.push(value),
            None => given.push(RawOption { origin: Origin::Body, name, values: vec![value] }),
        }
    }
    given
}

fn problem(error: &InputError) -> String {
    serde_json::to_string(&Problem::from(error)).unwrap_or_default()
}
