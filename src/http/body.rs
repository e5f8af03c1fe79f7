//! The body of a request: its format, its limits, and its streaming into the reader.
//!
//! A body is never in memory as a whole. It is read in blocks of 384 KiB; while one is read from the network the one before
//! is parsed, so there are two. Parsing is work for the processor and runs on tokio's blocking threads, to keep the threads
//! that answer `/livez` free, when it is their turn; a body of a few kilobytes is parsed without a change of thread. A slow sender occupies two
//! blocks and the rest of a frame, but no thread and no place, and one that stops or is too slow is refused.

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};
use tokio::time::{Instant, timeout, timeout_at};

use crate::cli::settings::Config;
use crate::describe::{Described, Describer};
use crate::http::admission::{Class, Lane};
use crate::http::error::{Error, Shed};
use crate::http::extract::Query;
use crate::http::form::Form;
use crate::http::media::{self, Declared};
use crate::http::operation::Operation;
use crate::http::request_error::RequestError;
use crate::http::state::SharedState;
use crate::http::state_list::StateListReader;
use crate::system;
use crate::telemetry::BytesIn;
use describe_options::{Origin, RawOption};
use describe_readers::{Decompressor, Format, Ledger, Limits, PreviewRows, Source};

/// Size of a block: large enough that handing it to another thread costs little compared with parsing it.
const BLOCK_BYTES: usize = 384 << 10;

/// Maximum size of a complete body that is parsed without a change of thread: some 20 microseconds; less than a millisecond,
/// whatever it is.
const MAX_INLINE_BYTES: usize = 8 << 10;

/// Maximum size of a complete body of the class [`Class::Small`].
const MAX_SMALL_BYTES: usize = 64 << 10;

/// Time after which an upload leaves its place to others while its client is waited for.
const PLACE_PATIENCE: Duration = Duration::from_millis(500);

/// Time between two looks whether a client that waits is still there.
const LOOK_INTERVAL: Duration = Duration::from_millis(25);

/// Time spent waiting for the client from which its rate counts.
const RATE_GRACE: Duration = Duration::from_secs(10);

/// Maximum size of a form, which is read as a whole.
const MAX_FORM_BYTES: usize = 1 << 20;

/// Body that is not read yet.
pub struct Upload {
    body: Body,
    declared: Declared,
    limits: Limits,
    limit: u64,
    state: SharedState,
    deadline: Instant,
    received: u64,
    /// Time spent waiting for the client.
    waited: Duration,
    /// Whether the first block has been charged.
    is_charged: bool,
    /// Rest of the last frame, for which the block had no room.
    rest: Bytes,
    counter: Option<Arc<AtomicU64>>,
    /// Whether a JSON body is a list of states.
    expects_states: bool,
    /// What the files are, whatever their declared types.
    expected: Option<Format>,
}

impl FromRequest<SharedState> for Upload {
    type Rejection = Error;

    async fn from_request(request: Request, state: &SharedState) -> Result<Self, Error> {
        let config = &state.config;
        let declared = media::declared(request.headers())?;
        let length = length(request.headers()).unwrap_or(0);
        if length > config.body_limit {
            return Err(Error::BodyLimit(config.body_limit));
        }
        // Of other bodies the class is known once they have begun.
        if length > MAX_SMALL_BYTES as u64 {
            state.admission.check(Class::Large)?;
        }
        Ok(Self {
            declared,
            limits: state.limits(),
            limit: config.body_limit,
            state: Arc::clone(state),
            deadline: Instant::now() + config.body_timeout,
            received: 0,
            waited: Duration::ZERO,
            is_charged: false,
            rest: Bytes::new(),
            expects_states: false,
            expected: None,
            counter: request.extensions().get::<BytesIn>().map(|BytesIn(counter)| Arc::clone(counter)),
            body: request.into_body(),
        })
    }
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Whether undeclared content is a form, such as `numbers=5`.
fn is_form(start: &[u8]) -> bool {
    let text = start.trim_ascii_start();
    let name = text.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count();
    name > 0 && [&b"="[..], b"[", b"%5B", b"%5b"].iter().any(|sign| text[name..].starts_with(sign))
}

/// Whether a file that begins with `start` is text without a line end, and not JSON: curl -d removes line ends.
fn lacks_line_ends(source: &Source, start: &[u8]) -> bool {
    let is_json = matches!(start.trim_ascii_start().first(), None | Some(b'[' | b'{'));
    !is_json && !source.expands(start) && !start.iter().any(|byte| matches!(byte, b'\n' | b'\r'))
}

/// Receiver of the bytes of a body.
enum Intake {
    File(Box<Describer>),
    Form(Box<Form>, Decompressor),
    States(Box<StateListReader>, Decompressor),
}

impl Intake {
    fn feed(&mut self, chunk: &[u8]) -> Result<(), Error> {
        match self {
            Self::File(describer) => Ok(describer.feed(chunk)?),
            Self::Form(form, decompressor) => decompressor.feed(chunk, &mut |bytes| form.feed(bytes)),
            Self::States(list, decompressor) => Ok(decompressor.feed(chunk, &mut |bytes| list.feed(bytes))?),
        }
    }

    fn finish(self) -> Result<Described, Error> {
        match self {
            Self::File(describer) => Ok(describer.finish()?),
            Self::Form(form, decompressor) => {
                decompressor.finish()?;
                form.finish()
            }
            Self::States(list, decompressor) => {
                decompressor.finish()?;
                list.finish()
            }
        }
    }
}

impl Upload {
    /// The state of the service.
    #[must_use]
    pub fn state(&self) -> SharedState {
        Arc::clone(&self.state)
    }

    /// Checks that an operation accepts a body of the declared type.
    ///
    /// # Errors
    /// 415, with the operation for such a body.
    pub fn check_type(&self, operation: Operation) -> Result<(), Error> {
        operation.check_type(&self.declared)
    }

    /// Reads a JSON body as a list of states.
    pub fn expect_states(&mut self) {
        self.expects_states = true;
    }

    /// Reads all files as this format, whatever their declared types.
    pub fn expect(&mut self, format: Format) {
        self.expected = Some(format);
        if let Declared::File(source) | Declared::Urlencoded(source) = &mut self.declared {
            source.format = Some(format);
        }
    }

    /// Reads this number of records for a preview, in place of describing all.
    pub fn preview(&mut self, rows: PreviewRows) {
        self.limits.preview = Some(rows);
    }

    /// Reads the body to its end; `given` are the options of the URL. Also returns the lane of the request, for its further work.
    ///
    /// # Errors
    /// A server that is too busy, an exceeded limit or deadline, a truncated body, and the errors of the reader and of options.
    pub async fn read(mut self, given: Vec<RawOption>) -> Result<(Described, Lane), Error> {
        let mut block = Vec::new();
        let ended = self.fill(&mut block).await?;
        let is_moment = ended && block.len() <= MAX_INLINE_BYTES;
        let class = if ended && block.len() <= MAX_SMALL_BYTES { Class::Small } else { Class::Large };
        let (intake, small) = match &self.declared {
            Declared::File(source) | Declared::Urlencoded(source)
                if source.format.is_none() && source.codings.is_empty() && is_form(&block) =>
            {
                let lane = if is_moment { Lane::Inline } else { self.state.admission.enter(class).await? };
                return self.form(given, block, ended, lane).await;
            }
            Declared::Urlencoded(source) if source.codings.is_empty() && lacks_line_ends(source, &block) => {
                return Err(RequestError::NoLineEnds.into());
            }
            Declared::File(source) if self.expects_states && source.format == Some(Format::Json) => {
                let decompressor = Decompressor::new(&source.codings, &self.limits, 0);
                (Intake::States(Box::new(StateListReader::new(given, &self.limits)), decompressor), false)
            }
            Declared::File(source) | Declared::Urlencoded(source) => {
                let small = is_moment && !source.expands(&block);
                (Intake::File(Box::new(Describer::new(source.clone(), given, &self.limits)?)), small)
            }
            Declared::Form { boundary, codings } => {
                let decompressor = Decompressor::new(codings, &self.limits, 0);
                // The content of the parts is not known yet.
                (Intake::Form(Box::new(Form::new(boundary, given, self.expected, &self.limits)?), decompressor), false)
            }
        };
        if small {
            let ledger = self.limits.ledger.clone();
            return Ok((ledger.run(|| take_last(intake, &block))?, Lane::Inline));
        }
        let mut lane = self.state.admission.enter(class).await?;
        Ok((self.stream(intake, block, ended, &mut lane).await?, lane))
    }

    /// Reads the body to its end, as it was sent.
    ///
    /// # Errors
    /// A body of more than `max` bytes, an exceeded deadline, a truncated body.
    #[cfg(any(feature = "mcp", feature = "sql"))]
    pub async fn whole(mut self, max: u64) -> Result<Vec<u8>, Error> {
        let mut whole = Vec::new();
        loop {
            let mut block = Vec::new();
            let ended = self.fill(&mut block).await?;
            whole.append(&mut block);
            if whole.len() as u64 > max {
                return Err(RequestError::MessageTooLarge(max).into());
            }
            if ended {
                return Ok(whole);
            }
        }
    }

    /// Appends arriving bytes to `block` until it is full. Returns whether the body has ended.
    async fn fill(&mut self, block: &mut Vec<u8>) -> Result<bool, Error> {
        loop {
            let head = self.rest.split_to(self.rest.len().min(BLOCK_BYTES - block.len()));
            if !block.is_empty() && !head.is_empty() {
                self.charge_first()?;
                block.reserve_exact(BLOCK_BYTES - block.len());
            }
            block.extend_from_slice(&head);
            if block.len() == BLOCK_BYTES {
                return Ok(false);
            }
            let Some(data) = self.frame().await? else { return Ok(true) };
            self.received += data.len() as u64;
            if let Some(counter) = &self.counter {
                counter.store(self.received, Ordering::Relaxed);
            }
            if self.received > self.limit {
                return Err(Error::BodyLimit(self.limit));
            }
            self.rest = data;
        }
    }

    /// The next piece of the body; `None` at its end.
    async fn frame(&mut self) -> Result<Option<Bytes>, Error> {
        let Config { body_idle_timeout, min_body_rate, .. } = &self.state.config;
        loop {
            let asked = Instant::now();
            let until = self.deadline.min(asked + *body_idle_timeout);
            let frame = timeout_at(until, self.body.frame()).await;
            let error = if until < self.deadline { Error::BodyIdle } else { Error::BodyTimeout };
            let Some(frame) = frame.map_err(|_| error)? else { return Ok(None) };
            self.waited += asked.elapsed();
            if self.waited > RATE_GRACE && self.received < self.waited.as_secs().saturating_mul(*min_body_rate) {
                return Err(Error::BodyRate);
            }
            if let Ok(data) = frame.map_err(|_| Error::Body)?.into_data() {
                return Ok(Some(data));
            }
        }
    }

    /// Charges the first block, before more than one piece is kept. Requests that have no place yet are not limited in number,
    /// so each finds its memory free or is refused.
    fn charge_first(&mut self) -> Result<(), Error> {
        if !self.is_charged {
            if !self.state.pool.has_room(BLOCK_BYTES) {
                return Err(Error::Overloaded(Shed::Memory));
            }
            self.limits.ledger.charge(BLOCK_BYTES)?;
            self.is_charged = true;
        }
        Ok(())
    }

    /// Parses one block while the next one arrives. While the client is waited for, the place is left to others.
    async fn stream(
        mut self,
        mut intake: Intake,
        mut block: Vec<u8>,
        mut ended: bool,
        lane: &mut Lane,
    ) -> Result<Described, Error> {
        let (state, ledger) = (self.state(), self.limits.ledger.clone());
        self.charge_first()?;
        ledger.charge(BLOCK_BYTES)?;
        let mut next = Vec::with_capacity(BLOCK_BYTES);
        while !ended {
            let parse = work(&ledger, lane, move || intake.feed(&block).map(|()| (intake, block)));
            let (fed, parsed);
            ((fed, parsed), ended) = {
                let mut fill = pin!(self.fill(&mut next));
                let patient = async { timeout(PLACE_PATIENCE, &mut fill).await.ok().transpose() };
                let (parsed, filled) = tokio::try_join!(parse, patient)?;
                let ended = if let Some(ended) = filled {
                    ended
                } else {
                    lane.leave();
                    let ended = fill.await?;
                    state.admission.resume(lane).await;
                    ended
                };
                (parsed, ended)
            };
            intake = fed;
            block = std::mem::replace(&mut next, parsed);
            next.clear();
        }
        work(&ledger, lane, move || take_last(intake, &block)).await
    }

    /// Reads a form like the query of a URL.
    async fn form(
        mut self,
        given: Vec<RawOption>,
        mut block: Vec<u8>,
        mut ended: bool,
        lane: Lane,
    ) -> Result<(Described, Lane), Error> {
        while !ended && block.len() <= MAX_FORM_BYTES {
            let mut next = Vec::with_capacity(BLOCK_BYTES);
            ended = self.fill(&mut next).await?;
            block.append(&mut next);
        }
        if block.len() > MAX_FORM_BYTES {
            return Err(RequestError::FormTooLarge(MAX_FORM_BYTES).into());
        }
        let limits = self.limits;
        let ledger = limits.ledger.clone();
        Ok((work(&ledger, &lane, move || read_form(&block, given, &limits)).await?, lane))
    }
}

/// Passes on the last block and ends the body.
fn take_last(mut intake: Intake, block: &[u8]) -> Result<Described, Error> {
    intake.feed(block)?;
    intake.finish()
}

/// Describes the numbers of a form, which may also have options.
fn read_form(form: &[u8], mut given: Vec<RawOption>, limits: &Limits) -> Result<Described, Error> {
    let text = str::from_utf8(form).map_err(|_| RequestError::FormNotUtf8)?;
    limits.ledger.charge(Query::parsed_bytes(text))?;
    let Query { numbers, options } = Query::parse(text, Origin::Body)?;
    given.extend(options);
    Ok(Described::list(&numbers, given, limits, Origin::Body, form)?)
}

/// Runs `task`: inline, or on a thread for work when it is its turn; counts what it takes in the ledger of the request. If the
/// request is dropped meanwhile, because its client has left, the task ends at its next check.
///
/// # Errors
/// Those of the task, and [`Error::Internal`] if it panicked.
pub async fn work<T: Send + 'static, E: Into<Error> + Send + 'static>(
    ledger: &Ledger,
    lane: &Lane,
    task: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Error> {
    if !lane.is_admitted() {
        return ledger.run(task).map_err(Into::into);
    }
    let waiting = CancelOnDrop(Some(ledger));
    let of_task = ledger.clone();
    let in_turn = move || {
        system::work_behind_others();
        of_task.run_in_turn(task)
    };
    let ended = polled_often(spawn_blocking(in_turn)).await;
    // Cancelled by the end of the process, or a panic.
    let done = ended.map_err(|error| if error.is_cancelled() { Error::Draining } else { Error::Internal })?;
    waiting.finished();
    done.map_err(Into::into)
}

/// The end of a task. Meanwhile the connection that waits for it is polled at intervals, so that it sees when its client leaves.
async fn polled_often<T>(mut task: JoinHandle<T>) -> Result<T, JoinError> {
    loop {
        if let Ok(ended) = timeout(LOOK_INTERVAL, &mut task).await {
            return ended;
        }
    }
}

/// Cancels a task when it is dropped before the task has finished.
struct CancelOnDrop<'a>(Option<&'a Ledger>);

impl CancelOnDrop<'_> {
    fn finished(mut self) {
        self.0 = None;
    }
}

impl Drop for CancelOnDrop<'_> {
    fn drop(&mut self) {
        if let Some(ledger) = self.0 {
            ledger.cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_recognised() {
        for form in ["numbers=5", "numbers[]=5", "numbers%5B0%5D=1", "ddof=0&numbers=5"] {
            assert!(is_form(form.as_bytes()), "{form}");
        }
        for other in ["5\n6", "nan", "-1", "", " 1 2", "abc", "+5", "[5]", "a,b\n1,2"] {
            assert!(!is_form(other.as_bytes()), "{other}");
        }
    }
}
