//! Describes the blocks of a text on all cores while they arrive.
//!
//! Input: a buffer, a way to find where blocks may end, and what describes one block. Output: the merged partial results.
//! Invariant: partial results merge exactly, so neither the number of threads nor their timing shows in the output.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::buffer::{BLOCK_BYTES, Buffer};
use super::threads;
use describe_options::InputError;

/// Describes blocks of whole records, in any order and on any core.
pub(super) trait DescribeBlock: Debug + Send + Sync + 'static {
    /// Result of some of the blocks.
    type Partial: Debug + Send + 'static;

    /// The result of no blocks.
    fn new_partial(&self) -> Self::Partial;

    /// Describes the block at a place among all. Says whether something in it ends the reading.
    fn describe(&self, place: u64, text: &[u8], partial: &mut Self::Partial) -> bool;

    /// Adds the result of other blocks.
    fn merge(&self, all: &mut Self::Partial, other: Self::Partial);
}

/// Finds where records end.
pub(super) trait FindBoundary: Send {
    /// The end of the last whole record in `text`, which is cut off then; 0 when there is none.
    ///
    /// # Errors
    /// When what has no end yet is longer than it may be.
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Whether no records follow, but something else.
    fn ended(&self) -> bool {
        false
    }
}

/// Describes blocks, as many at once as there are threads in the pool, each with a partial result of its own.
///
/// Which result gets which block makes no difference: they merge exactly, and their diagnostics of single records are put in
/// order by the blocks' places. A sender that is slow holds no thread, for a thread is taken only for a block that is
/// there.
#[derive(Debug)]
pub(super) struct ParallelBlocks<D: DescribeBlock> {
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
struct Job<D: DescribeBlock> {
    describe: D,
    queue: Mutex<Queue<D::Partial>>,
}

/// The blocks that wait, in their order, and the partial results that no thread works with.
#[derive(Debug)]
struct Queue<S> {
    blocks: VecDeque<(u64, Buffer)>,
    idle: Vec<S>,
}

/// So many blocks wait beside those that are described: a thread that is done goes on at once, while the reader wakes.
const SPARE: usize = 2;

/// A block that was described, and whether something in it ended the reading; or `None` when describing it panicked.
type Done = Option<(Buffer, bool)>;

impl<D: DescribeBlock> Job<D> {
    fn queue(&self) -> MutexGuard<'_, Queue<D::Partial>> {
        lock(&self.queue)
    }

    fn partial(&self) -> D::Partial {
        let idle = self.queue().idle.pop();
        idle.unwrap_or_else(|| self.describe.new_partial())
    }

    /// Describes the first block that waits. Block and partial result are taken at once, so that blocks come to a result in their
    /// order.
    fn work(&self) -> Done {
        let mut queue = self.queue();
        let (place, block) = queue.blocks.pop_front()?;
        let idle = queue.idle.pop();
        drop(queue);
        let mut partial = idle.unwrap_or_else(|| self.describe.new_partial());
        let failed = self.describe.describe(place, block.text(), &mut partial);
        self.queue().idle.push(partial);
        Some((block, failed))
    }
}

impl<D: DescribeBlock> ParallelBlocks<D> {
    pub(super) fn new(describe: D) -> Self {
        let (sender, receiver) = channel();
        let queue = Mutex::new(Queue { blocks: VecDeque::new(), idle: Vec::new() });
        let job = Arc::new(Job { describe, queue });
        Self { job, place: 0, at_work: 0, failed: false, sender, receiver, buffers: Vec::new() }
    }

    /// Has what is complete of the text described, block by block.
    ///
    /// # Errors
    /// As for [`FindBoundary::find_boundary`].
    pub(super) fn take(&mut self, pending: &mut Buffer, boundaries: &mut impl FindBoundary) -> Result<(), InputError> {
        while !self.failed && pending.text().len() >= BLOCK_BYTES {
            let boundary = boundaries.find_boundary(pending.text())?;
            if boundary == 0 {
                break;
            }
            let buffer = self.buffers.pop().unwrap_or_default();
            self.submit(pending.cut(boundary, buffer));
        }
        Ok(())
    }

    /// Has all records that follow of a file described: each thread in turn reads a block, and describes it while the next
    /// one reads. `progress` is told of the bytes.
    ///
    /// # Errors
    /// The outer error is the file's, the inner one is as for [`FindBoundary::find_boundary`].
    pub(super) fn read_all(
        &mut self,
        pending: &mut Buffer,
        boundaries: &mut impl FindBoundary,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let (place, failed) = (self.place, self.failed);
        let turn = Mutex::new(Turn { pending, boundaries, source, place, failed, ended: Ok(Ok(false)) });
        threads::on_each(|| {
            let mut partial = self.job.partial();
            let mut buffer = Vec::new();
            loop {
                let next = lock(&turn).next(buffer, progress);
                let Some((place, block)) = next else { break };
                if self.job.describe.describe(place, block.text(), &mut partial) {
                    lock(&turn).failed = true;
                }
                buffer = block.into_bytes();
            }
            self.job.queue().idle.push(partial);
        });
        let turn = turn.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.place, self.failed) = (turn.place, turn.failed);
        turn.ended.map(|ended| ended.map(|_| ()))
    }

    /// Has a block of whole records described. Waits while [`SPARE`] more than there are threads are not done.
    fn submit(&mut self, block: Buffer) {
        let threads = threads::count();
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
        threads::spawn(move || {
            let done = catch_unwind(AssertUnwindSafe(|| job.work())).unwrap_or(None);
            drop(job);
            // The receiver is gone when the request is.
            let _ = sender.send(done);
        });
    }

    /// Describes a block here: the last one, which is all there is of a small body.
    pub(super) fn submit_last(&mut self, block: Buffer) {
        self.enqueue(block);
        let done = self.job.work();
        self.take_back(done);
    }

    /// [`Self::take`] of what `pending` begins and `chunk` goes on with, where there is no other thread to copy it for: what is
    /// whole is described where it stands, but for a record that is cut by the beginning of the chunk.
    pub(super) fn take_here(
        &mut self,
        pending: &mut Buffer,
        boundaries: &mut impl FindBoundary,
        chunk: &[u8],
    ) -> Result<(), InputError> {
        /// Enough for the end of most records.
        const REST: usize = 1 << 10;

        let mut from = 0;
        let begun = pending.text().len();
        if begun > 0 {
            let (rest, others) = chunk.split_at(chunk.len().min(REST));
            pending.extend(rest);
            let boundary = boundaries.find_boundary(pending.text())?;
            if boundary < begun {
                pending.extend(others);
                if boundary > 0 {
                    self.describe_here(&pending.text()[..boundary]);
                    pending.skip(boundary);
                }
                return self.take(pending, boundaries);
            }
            self.describe_here(&pending.text()[..boundary]);
            pending.keep_last(0);
            from = boundary - begun;
        }
        if self.failed {
            return Ok(());
        }
        let boundary = boundaries.find_boundary(&chunk[from..])?;
        if boundary > 0 {
            self.describe_here(&chunk[from..from + boundary]);
        }
        pending.extend(&chunk[from + boundary..]);
        Ok(())
    }

    /// Describes a block where it stands.
    fn describe_here(&mut self, text: &[u8]) {
        let mut partial = self.job.partial();
        self.failed |= self.job.describe.describe(self.place, text, &mut partial);
        self.job.queue().idle.push(partial);
        self.place += 1;
    }

    fn enqueue(&mut self, block: Buffer) {
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
        self.buffers.push(block.into_bytes());
        self.at_work -= 1;
        self.failed |= failed;
    }

    /// Whether something ended the reading of a block.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Waits for all blocks and merges the partial results.
    pub(super) fn gather(&mut self) -> D::Partial {
        while self.at_work > 0 {
            self.wait();
        }
        let mut partials = std::mem::take(&mut self.job.queue().idle).into_iter();
        let mut all = partials.next().unwrap_or_else(|| self.job.describe.new_partial());
        for partial in partials {
            self.job.describe.merge(&mut all, partial);
        }
        all
    }

    /// [`Self::gather`], and what was to be done.
    pub(super) fn finish(mut self) -> (D::Partial, D) {
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
    pending: &'a mut Buffer,
    boundaries: &'a mut S,
    source: &'a mut R,
    /// The place of the next block.
    place: u64,
    /// Whether something ended the reading of a block.
    failed: bool,
    /// How the reading ended: whether it did, or with what.
    ended: io::Result<Result<bool, InputError>>,
}

impl<S: FindBoundary, R: Read> Turn<'_, S, R> {
    /// The next block and its place; `None` at the end. What follows goes on in `buffer`.
    fn next(&mut self, buffer: Vec<u8>, progress: impl Fn(u64)) -> Option<(u64, Buffer)> {
        while !self.failed && !self.boundaries.ended() && matches!(self.ended, Ok(Ok(false))) {
            if self.pending.text().len() >= BLOCK_BYTES {
                match self.boundaries.find_boundary(self.pending.text()) {
                    Ok(0) => {}
                    Ok(boundary) => {
                        self.place += 1;
                        return Some((self.place - 1, self.pending.cut(boundary, buffer)));
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
