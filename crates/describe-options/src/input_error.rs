//! Why an input cannot be described: what is wrong, where, and what to do. Knows nothing of HTTP.

/// At most this many problems are listed; all are counted.
pub const LISTED: usize = 20;

/// What sort of refusal it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The bytes are not the format they claim to be.
    Malformed,
    /// Well-formed, but not something that can be described.
    Invalid,
    /// A limit of the server was passed.
    TooLarge,
}

/// One step of the way to a bad value: a member's name or a position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A member, option or column.
    Name(String),
    /// A position: counted from 0 in arrays and lists, from 1 in records.
    Index(u64),
}

/// One bad value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where it is, as FastAPI says it: `["query", "numbers", 1]`.
    pub loc: Vec<Step>,
    /// A short stable name such as `float_parsing`.
    pub code: &'static str,
    /// A sentence that says what is wrong and what to do.
    pub message: String,
    /// The offending text, cut at 40 characters.
    pub input: Option<String>,
}

/// A refusal: its kind, a sentence, the first [`LISTED`] problems and how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputError {
    /// What sort of refusal.
    pub kind: Kind,
    /// The whole in one sentence.
    pub detail: String,
    /// The first problems, in the order of the input.
    pub problems: Vec<Diagnostic>,
    /// How many problems there are.
    pub count: u64,
}

impl InputError {
    /// A refusal without single problems.
    #[must_use]
    pub fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), problems: Vec::new(), count: 0 }
    }

    /// A refusal of one thing.
    #[must_use]
    pub fn one(kind: Kind, problem: Diagnostic) -> Self {
        Self { kind, detail: problem.message.clone(), problems: vec![problem], count: 1 }
    }
}

impl InputError {
    /// Says that it is in the file of this name.
    pub fn within(&mut self, file: &str) {
        let file = excerpt(file.as_bytes());
        self.detail = format!("{file}: {}", self.detail);
        self.problems.iter_mut().for_each(|problem| problem.within(&file));
    }
}

impl Diagnostic {
    /// Says that it is in the file of this name.
    pub fn within(&mut self, file: &str) {
        self.message = format!("{file}: {}", self.message);
    }

    /// A problem; `input` is cut here.
    #[must_use]
    pub fn new(loc: Vec<Step>, code: &'static str, message: impl Into<String>, input: Option<&[u8]>) -> Self {
        Self { loc, code, message: message.into(), input: input.map(excerpt) }
    }
}

/// What an excerpt needs of a text, in bytes: 40 characters take no more.
pub const EXCERPT: usize = 160;

/// The first 40 characters of a text, fit to be shown.
#[must_use]
pub fn excerpt(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(EXCERPT)]).chars().take(40).collect()
}

/// The problems found so far: the first [`LISTED`], and the count of all.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    listed: Vec<Diagnostic>,
    count: u64,
}

impl Diagnostics {
    /// Diagnostics already listed, and the count of all.
    #[must_use]
    pub fn new(listed: Vec<Diagnostic>, count: u64) -> Self {
        Self { listed, count }
    }

    /// Adds a problem; it is only made when there is room for it.
    pub fn add(&mut self, problem: impl FnOnce() -> Diagnostic) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(problem());
        }
    }

    /// Adds the problems of a part that comes after this one.
    pub fn append(&mut self, later: Self) {
        self.count += later.count;
        let room = LISTED - self.listed.len();
        self.listed.extend(later.listed.into_iter().take(room));
    }

    /// Says that they are in the file of this name.
    pub fn within(&mut self, file: &str) {
        let file = excerpt(file.as_bytes());
        self.listed.iter_mut().for_each(|problem| problem.within(&file));
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Ok when there are none.
    ///
    /// # Errors
    /// The refusal that lists them.
    pub fn into_result(self) -> Result<(), InputError> {
        let Some(first) = self.listed.first() else { return Ok(()) };
        let detail = match self.count {
            1 => first.message.clone(),
            count => format!("{count} problems; the first: {}", first.message),
        };
        Err(InputError { kind: Kind::Invalid, detail, problems: self.listed, count: self.count })
    }
}
