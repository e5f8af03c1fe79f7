//! Describes the blocks of a text on all cores while they arrive.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::buffer::{BLOCK, Block};
use describe_options::InputError;

/// What is to be done with blocks of whole records, in any order and on any core.
pub(super) trait Describe: Debug + Send + Sync + 'static {
    /// What was found in the blocks so far.
    type State: Debug + Send + 'static;

    /// The state before any block.
    fn state(&self) -> Self::State;

    /// Describes the block at a place among all. Says whether something in it ends the reading.
    fn describe(&self, place: u64, text: &[u8], state: &mut Self::State) -> bool;

    /// Adds what was found in other blocks.
    fn merge(&self, all: &mut Self::State, other: Self::State);
}

/// Finds where records end.
pub(super) trait Split: Send {
    /// The end of the last whole record in `text`, which is cut off then; 0 when there is none.
    ///
    /// # Errors
    /// When what has no end yet is longer than it may be.
    fn split(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Whether no records follow, but something else.
    fn ended(&self) -> bool {
        false
    }
}

/// Describes blocks, as many at once as there are threads in the pool, each with a state of its own.
///
/// Which state gets which block makes no difference: states merge exactly, and what they say of single records is put in
/// order by the blocks' places. A sender that is slow holds no thread, for a thread is taken only for a block that is
/// there.
#[derive(Debug)]
pub(super) struct Workers<D: Describe> {
    job: Arc<Job<D>>,
    /// The place of the next block.
    place: u64,
    /// How many blocks are not done.
    at_work: usize,
    /// Whether something ended the reading of a block.
    failed: bool,
    sender: Sender<Done>,
    receiver: Receiver<Done>,
    /// Buffers to be used again.
    buffers: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Job<D: Describe> {
    describe: D,
    queue: Mutex<Queue<D::State>>,
}

/// The blocks that wait, in their order, and the states that nobody works with.
#[derive(Debug)]
struct Queue<S> {
    blocks: VecDeque<(u64, Block)>,
    idle: Vec<S>,
}

/// So many blocks wait beside those that are described: a thread that is done goes on at once, while the reader wakes.
const SPARE: usize = 2;

/// A block that was described, and whether something in it ended the reading; or `None` when describing it panicked.
type Done = Option<(Block, bool)>;

impl<D: Describe> Job<D> {
    fn queue(&self) -> MutexGuard<'_, Queue<D::State>> {
        lock(&self.queue)
    }

    fn state(&self) -> D::State {
        let idle = self.queue().idle.pop();
        idle.unwrap_or_else(|| self.describe.state())
    }

    /// Describes the first block that waits. Block and state are taken at once, so that blocks come to a state in their
    /// order.
    fn work(&self) -> Done {
        let mut queue = self.queue();
        let (place, block) = queue.blocks.pop_front()?;
        let idle = queue.idle.pop();
        drop(queue);
        let mut state = idle.unwrap_or_else(|| self.describe.state());
        let failed = self.describe.describe(place, block.text(), &mut state);
        self.queue().idle.push(state);
        Some((block, failed))
    }
}

impl<D: Describe> Workers<D> {
    pub(super) fn new(describe: D) -> Self {
        let (sender, receiver) = channel();
        let queue = Mutex::new(Queue { blocks: VecDeque::new(), idle: Vec::new() });
        let job = Arc::new(Job { describe, queue });
        Self { job, place: 0, at_work: 0, failed: false, sender, receiver, buffers: Vec::new() }
    }

    /// Has what is complete of the text described, block by block.
    ///
    /// # Errors
    /// As for [`Split::split`].
    pub(super) fn take(&mut self, pending: &mut Block, splitter: &mut impl Split) -> Result<(), InputError> {
        while !self.failed && pending.text().len() >= BLOCK {
            let border = splitter.split(pending.text())?;
            if border == 0 {
                break;
            }
            let buffer = self.buffers.pop().unwrap_or_default();
            self.submit(pending.cut(border, buffer));
        }
        Ok(())
    }

    /// Has all records that follow of a file described: each thread in turn reads a block, and describes it while the next
    /// one reads. `progress` is told of the bytes.
    ///
    /// # Errors
    /// The outer error is the file's, the inner one is as for [`Split::split`].
    pub(super) fn read_all(
        &mut self,
        pending: &mut Block,
        splitter: &mut impl Split,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let (place, failed) = (self.place, self.failed);
        let turn = Mutex::new(Turn { pending, splitter, source, place, failed, ended: Ok(Ok(false)) });
        rayon::broadcast(|_| {
            let mut state = self.job.state();
            let mut buffer = Vec::new();
            loop {
                let next = lock(&turn).next(buffer, progress);
                let Some((place, block)) = next else { break };
                if self.job.describe.describe(place, block.text(), &mut state) {
                    lock(&turn).failed = true;
                }
                buffer = block.into_buffer();
            }
            self.job.queue().idle.push(state);
        });
        let turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.place, self.failed) = (turn.place, turn.failed);
        turn.ended.map(|ended| ended.map(|_| ()))
    }

    /// Has a block of whole records described. Waits while [`SPARE`] more than there are threads are not done.
    fn submit(&mut self, block: Block) {
        let threads = rayon::current_num_threads();
        if threads == 1 {
            return self.submit_last(block);
        }
        while let Ok(done) = self.receiver.try_recv() {
            self.take_back(done);
        }
        while self.at_work >= threads + SPARE {
            self.wait();
        }
        self.enqueue(block);
        let (job, sender) = (Arc::clone(&self.job), self.sender.clone());
        rayon::spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| job.work())).unwrap_or(None);
            drop(job);
            // The receiver is gone when the request is.
            let _ = sender.send(done);
        });
    }

    /// Describes a block here: the last one, which is all there is of a small body.
    pub(super) fn submit_last(&mut self, block: Block) {
        self.enqueue(block);
        let done = self.job.work();
        self.take_back(done);
    }

    /// [`Self::take`] of what `pending` begins and `chunk` goes on with, where there is no other thread to copy it for: what is
    /// whole is described where it stands, but for a record that is cut by the beginning of the chunk.
    pub(super) fn take_here(
        &mut self,
        pending: &mut Block,
        splitter: &mut impl Split,
        chunk: &[u8],
    ) -> Result<(), InputError> {
        /// Enough for the end of most records.
        const REST: usize = 1 << 10;

        let mut from = 0;
        let begun = pending.text().len();
        if begun > 0 {
            let (rest, others) = chunk.split_at(chunk.len().min(REST));
            pending.extend(rest);
            let border = splitter.split(pending.text())?;
            if border < begun {
                pending.extend(others);
                if border > 0 {
                    self.describe_here(&pending.text()[..border]);
                    pending.skip(border);
                }
                return self.take(pending, splitter);
            }
            self.describe_here(&pending.text()[..border]);
            pending.keep_last(0);
            from = border - begun;
        }
        if self.failed {
            return Ok(());
        }
        let border = splitter.split(&chunk[from..])?;
        if border > 0 {
            self.describe_here(&chunk[from..from + border]);
        }
        pending.extend(&chunk[from + border..]);
        Ok(())
    }

    /// Describes a block where it stands.
    fn describe_here(&mut self, text: &[u8]) {
        let mut state = self.job.state();
        self.failed |= self.job.describe.describe(self.place, text, &mut state);
        self.job.queue().idle.push(state);
        self.place += 1;
    }

    fn enqueue(&mut self, block: Block) {
        self.job.queue().blocks.push_back((self.place, block));
        self.place += 1;
        self.at_work += 1;
    }

    fn wait(&mut self) {
        let done = self.receiver.recv().unwrap_or(None);
        self.take_back(done);
    }

    fn take_back(&mut self, done: Done) {
        // A panic is ours to answer for: it goes on here, where the request's own handling catches it.
        let (block, failed) = done.unwrap_or_else(|| std::panic::resume_unwind(Box::new("a worker panicked")));
        self.buffers.push(block.into_buffer());
        self.at_work -= 1;
        self.failed |= failed;
    }

    /// Whether something ended the reading of a block.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Waits for all blocks and puts the states together.
    pub(super) fn gather(&mut self) -> D::State {
        while self.at_work > 0 {
            self.wait();
        }
        let mut states = std::mem::take(&mut self.job.queue().idle).into_iter();
        let mut all = states.next().unwrap_or_else(|| self.job.describe.state());
        for state in states {
            self.job.describe.merge(&mut all, state);
        }
        all
    }

    /// [`Self::gather`], and what was to be done.
    pub(super) fn finish(mut self) -> (D::State, D) {
        let all = self.gather();
        let Ok(Job { describe, .. }) = Arc::try_unwrap(self.job) else {
            std::panic::resume_unwind(Box::new("a worker is left"))
        };
        (all, describe)
    }
}

/// A panic of whoever held the lock is answered for elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the thread holds that reads.
struct Turn<'a, S, R> {
    pending: &'a mut Block,
    splitter: &'a mut S,
    source: &'a mut R,
    /// The place of the next block.
    place: u64,
    /// Whether something ended the reading of a block.
    failed: bool,
    /// How the reading ended: whether it did, or with what.
    ended: io::Result<Result<bool, InputError>>,
}

impl<S: Split, R: Read> Turn<'_, S, R> {
    /// The next block and its place; `None` at the end. What follows goes on in `buffer`.
    fn next(&mut self, buffer: Vec<u8>, progress: impl Fn(u64)) -> Option<(u64, Block)> {
        while !self.failed && !self.splitter.ended() && matches!(self.ended, Ok(Ok(false))) {
            if self.pending.text().len() >= BLOCK {
                match self.splitter.split(self.pending.text()) {
                    Ok(0) => {}
                    Ok(border) => {
                        self.place += 1;
                        return Some((self.place - 1, self.pending.cut(border, buffer)));
                    }
                    Err(rejection) => {
                        self.ended = Ok(Err(rejection));
                        break;
                    }
                }
            }
            let read = self.pending.read_from(self.source);
            progress(read.as_ref().map_or(0, |count| *count as u64));
            self.ended = read.map(|count| Ok(count == 0));
        }
        None
    }
}
