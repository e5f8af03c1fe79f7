//! Parallel description of the blocks of a text while its chunks arrive.
//!
//! Input: a buffer, a [`FindBoundary`] and a [`DescribeBlock`]. Output: the merged partial results.
//! Invariant: partial results merge exactly, so the output depends neither on the number of threads nor on their timing.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::buffer::{BLOCK_BYTES, Buffer};
use super::ledger::Ledger;
use super::threads;
use describe_options::InputError;

/// Describes blocks of whole records, in any order and on any thread.
pub(super) trait DescribeBlock: Debug + Send + Sync + 'static {
    /// Merged result of some of the blocks.
    type Partial: Debug + Send + 'static;

    /// Partial result of zero blocks.
    fn new_partial(&self) -> Self::Partial;

    /// Adds block number `index` of the text to `partial`. Returns whether its content ends the reading.
    fn describe(&self, index: u64, text: &[u8], partial: &mut Self::Partial) -> bool;

    /// Adds the partial result of other blocks to `all`.
    fn merge(&self, all: &mut Self::Partial, other: Self::Partial);
}

/// Finds the ends of records.
pub(super) trait FindBoundary: Send {
    /// Returns the end of the last whole record in `text`, or 0 if no record ends in it. The caller removes the text up to
    /// there; the next call continues after it.
    ///
    /// # Errors
    /// A record or value without an end that exceeds its limit.
    fn find_boundary(&mut self, text: &[u8]) -> Result<usize, InputError>;

    /// Whether the records have ended and other syntax follows.
    fn ended(&self) -> bool {
        false
    }
}

/// Describes one block per thread of the pool at a time, each thread with its own partial result.
///
/// The assignment of blocks to partial results does not matter: they merge exactly, and diagnostics about records are sorted
/// by block index. A slow sender does not occupy a thread, because a thread is used only for a block that has arrived.
#[derive(Debug)]
pub(super) struct ParallelBlocks<D: DescribeBlock> {
    job: Arc<Job<D>>,
    /// Index of the next block.
    next_index: u64,
    /// Number of submitted blocks that are not described yet.
    in_flight: usize,
    /// Whether the content of a block ended the reading.
    failed: bool,
    sender: Sender<Outcome>,
    receiver: Receiver<Outcome>,
    /// Buffers for reuse.
    spare_buffers: Vec<Vec<u8>>,
}

#[derive(Debug)]
struct Job<D: DescribeBlock> {
    describe: D,
    ledger: Ledger,
    queue: Mutex<Queue<D::Partial>>,
}

/// Waiting blocks with their indexes, in order, and the partial results that no thread is using.
#[derive(Debug)]
struct Queue<P> {
    blocks: VecDeque<(u64, Buffer)>,
    idle: Vec<P>,
}

/// Maximum number of blocks that wait while every thread describes one. With a block in reserve, a thread that has finished
/// continues at once, while the reader wakes.
const MAX_WAITING_BLOCKS: usize = 2;

/// A described block, and whether its content ended the reading; `None` if describing it panicked.
type Outcome = Option<(Buffer, bool)>;

impl<D: DescribeBlock> Job<D> {
    fn queue(&self) -> MutexGuard<'_, Queue<D::Partial>> {
        lock(&self.queue)
    }

    /// Returns an idle partial result, or a new one.
    fn take_partial(&self) -> D::Partial {
        let idle = self.queue().idle.pop();
        idle.unwrap_or_else(|| self.describe.new_partial())
    }

    /// Adds a block to a partial result. Returns whether its content ends the reading, or a limit of the task does. A block that has
    /// waited is not described if the task has ended meanwhile.
    fn describe(&self, index: u64, text: &[u8], partial: &mut D::Partial) -> bool {
        let is_over = || self.ledger.check().is_err();
        self.ledger.run(|| is_over() || self.describe.describe(index, text, partial)) || is_over()
    }

    /// Puts a partial result among the idle ones. If memory is short it is merged into one of them: each thread has its own
    /// tables, which mostly hold the same values.
    fn put_partial(&self, partial: D::Partial) {
        let other = if self.ledger.is_half_full() { self.queue().idle.pop() } else { None };
        let partial = match other {
            None => partial,
            Some(mut all) => {
                self.ledger.run(|| self.describe.merge(&mut all, partial));
                all
            }
        };
        self.queue().idle.push(partial);
    }

    /// Describes the first waiting block. Block and partial result are taken under one lock, so that each partial result
    /// receives its blocks in order.
    fn describe_next(&self) -> Outcome {
        let mut queue = self.queue();
        let (index, block) = queue.blocks.pop_front()?;
        let idle = if self.ledger.is_half_full() { None } else { queue.idle.pop() };
        drop(queue);
        let mut partial = idle.unwrap_or_else(|| self.describe.new_partial());
        let failed = self.describe(index, block.text(), &mut partial);
        self.put_partial(partial);
        Some((block, failed))
    }
}

impl<D: DescribeBlock> ParallelBlocks<D> {
    pub(super) fn new(describe: D, ledger: &Ledger) -> Self {
        let (sender, receiver) = channel();
        let queue = Mutex::new(Queue { blocks: VecDeque::new(), idle: Vec::new() });
        let job = Arc::new(Job { describe, ledger: ledger.clone(), queue });
        Self { job, next_index: 0, in_flight: 0, failed: false, sender, receiver, spare_buffers: Vec::new() }
    }

    /// The describer of the blocks.
    pub(super) fn describer(&self) -> &D {
        &self.job.describe
    }

    /// Submits the whole records of the pending text, block by block.
    ///
    /// # Errors
    /// As for [`FindBoundary::find_boundary`].
    pub(super) fn submit_pending(
        &mut self,
        pending: &mut Buffer,
        boundaries: &mut impl FindBoundary,
    ) -> Result<(), InputError> {
        while !self.failed && pending.text().len() >= BLOCK_BYTES {
            let boundary = boundaries.find_boundary(pending.text())?;
            if boundary == 0 {
                return pending.charge(&self.job.ledger);
            }
            let buffer = self.spare_buffers.pop().unwrap_or_default();
            self.submit(pending.split_off_block(boundary, buffer));
        }
        Ok(())
    }

    /// Describes all records in the rest of a file. The threads take turns: each reads a block, then describes it while the
    /// next thread reads. Calls `progress` with the number of bytes of each read.
    ///
    /// # Errors
    /// The outer error comes from reading the file, the inner one is as for [`FindBoundary::find_boundary`].
    pub(super) fn read_all(
        &mut self,
        pending: &mut Buffer,
        boundaries: &mut impl FindBoundary,
        source: &mut (impl Read + Send),
        progress: &(impl Fn(u64) + Sync),
    ) -> io::Result<Result<(), InputError>> {
        let (next_index, failed) = (self.next_index, self.failed);
        let reading = Mutex::new(SharedReader {
            pending,
            boundaries,
            source,
            ledger: &self.job.ledger,
            next_index,
            failed,
            at_end: Ok(Ok(false)),
        });
        threads::broadcast(|| {
            let mut partial = self.job.take_partial();
            let mut buffer = Vec::new();
            loop {
                let next = lock_soon(&reading).next(buffer, progress);
                let Some((index, block)) = next else { break };
                if self.job.describe(index, block.text(), &mut partial) {
                    lock(&reading).failed = true;
                }
                buffer = block.into_bytes();
                if self.job.ledger.is_half_full() {
                    self.job.put_partial(std::mem::replace(&mut partial, self.job.describe.new_partial()));
                }
            }
            self.job.put_partial(partial);
        });
        let reading = reading.into_inner().unwrap_or_else(PoisonError::into_inner);
        (self.next_index, self.failed) = (reading.next_index, reading.failed);
        reading.at_end.map(|at_end| at_end.map(|_| ()))
    }

    /// Submits a block of whole records. Waits while every thread has a block and [`MAX_WAITING_BLOCKS`] more are waiting. While
    /// other tasks wait for a turn, the caller's thread describes the block: the threads of the pool would be a further queue.
    fn submit(&mut self, block: Buffer) {
        let threads = threads::count();
        if threads == 1 || self.job.ledger.is_contended() {
            while self.in_flight > 0 {
                self.wait_for_block();
            }
            return self.submit_last(block);
        }
        while let Ok(outcome) = self.receiver.try_recv() {
            self.complete(outcome);
        }
        while self.in_flight >= threads + MAX_WAITING_BLOCKS {
            self.wait_for_block();
        }
        self.enqueue(block);
        let (job, sender) = (Arc::clone(&self.job), self.sender.clone());
        threads::spawn(move || {
            let outcome = catch_unwind(AssertUnwindSafe(|| job.describe_next())).unwrap_or(None);
            drop(job);
            // The receiver no longer exists if the request was dropped.
            let _ = sender.send(outcome);
        });
    }

    /// Describes the last block on the caller's thread. It is the only block of a small body.
    pub(super) fn submit_last(&mut self, block: Buffer) {
        self.enqueue(block);
        let outcome = self.job.describe_next();
        self.complete(outcome);
    }

    /// [`Self::submit_pending`] for the text of `pending` and `chunk` together, on the caller's thread. Whole records are
    /// described without copying them, except for a record that begins in `pending` and ends in `chunk`.
    pub(super) fn describe_chunk(
        &mut self,
        pending: &mut Buffer,
        boundaries: &mut impl FindBoundary,
        chunk: &[u8],
    ) -> Result<(), InputError> {
        /// Bytes copied from `chunk` to complete the pending record: enough for most records.
        const RECORD_END_BYTES: usize = 1 << 10;

        let mut from = 0;
        let pending_bytes = pending.text().len();
        if pending_bytes > 0 {
            let (record_end, rest) = chunk.split_at(chunk.len().min(RECORD_END_BYTES));
            pending.extend(record_end);
            let boundary = boundaries.find_boundary(pending.text())?;
            if boundary < pending_bytes {
                pending.extend(rest);
                if boundary > 0 {
                    self.describe_in_place(&pending.text()[..boundary]);
                    pending.skip(boundary);
                }
                return self.submit_pending(pending, boundaries);
            }
            self.describe_in_place(&pending.text()[..boundary]);
            pending.keep_last(0);
            from = boundary - pending_bytes;
        }
        if self.failed {
            return Ok(());
        }
        let boundary = boundaries.find_boundary(&chunk[from..])?;
        if boundary > 0 {
            self.describe_in_place(&chunk[from..from + boundary]);
        }
        pending.extend(&chunk[from + boundary..]);
        pending.charge(&self.job.ledger)
    }

    /// Describes a block on the caller's thread without copying it.
    fn describe_in_place(&mut self, text: &[u8]) {
        let mut partial = self.job.take_partial();
        self.failed |= self.job.describe(self.next_index, text, &mut partial);
        self.job.queue().idle.push(partial);
        self.next_index += 1;
    }

    fn enqueue(&mut self, block: Buffer) {
        self.job.queue().blocks.push_back((self.next_index, block));
        self.next_index += 1;
        self.in_flight += 1;
    }

    fn wait_for_block(&mut self) {
        let outcome = self.receiver.recv().unwrap_or(None);
        self.complete(outcome);
    }

    /// Accounts for a described block and keeps its buffer for reuse.
    fn complete(&mut self, outcome: Outcome) {
        // The panic continues on the caller's thread, where the handler of the request catches it.
        let (block, failed) = outcome.unwrap_or_else(|| std::panic::resume_unwind(Box::new("a worker panicked")));
        self.spare_buffers.push(block.into_bytes());
        self.in_flight -= 1;
        self.failed |= failed;
    }

    /// Whether the content of a block ended the reading.
    pub(super) fn failed(&self) -> bool {
        self.failed
    }

    /// Waits for all blocks and merges the partial results.
    pub(super) fn merge_partials(&mut self) -> D::Partial {
        while self.in_flight > 0 {
            self.wait_for_block();
        }
        let mut partials = std::mem::take(&mut self.job.queue().idle).into_iter();
        let mut all = partials.next().unwrap_or_else(|| self.job.describe.new_partial());
        self.job.ledger.run(|| partials.for_each(|partial| self.job.describe.merge(&mut all, partial)));
        all
    }

    /// Returns the result of [`Self::merge_partials`] and the describer.
    pub(super) fn finish(mut self) -> (D::Partial, D) {
        let all = self.merge_partials();
        let Ok(Job { describe, .. }) = Arc::try_unwrap(self.job) else {
            std::panic::resume_unwind(Box::new("a worker is left"))
        };
        (all, describe)
    }
}

/// Locks a mutex. A poisoned one is usable, because [`ParallelBlocks`] passes the panic on.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// [`lock`] for a mutex that is held for a few microseconds: waits for it awake at first, since sleeping and waking take as long.
fn lock_soon<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    const AWAKE_TURNS: usize = 1 << 9;
    for _ in 0..AWAKE_TURNS {
        if let Ok(guard) = mutex.try_lock() {
            return guard;
        }
        std::hint::spin_loop();
    }
    lock(mutex)
}

/// Source of blocks that threads share; only one reads at a time.
struct SharedReader<'a, F, R> {
    pending: &'a mut Buffer,
    boundaries: &'a mut F,
    source: &'a mut R,
    ledger: &'a Ledger,
    /// Index of the next block.
    next_index: u64,
    /// Whether the content of a block ended the reading.
    failed: bool,
    /// Whether the file was read to its end, or the error that ended the reading.
    at_end: io::Result<Result<bool, InputError>>,
}

impl<F: FindBoundary, R: Read> SharedReader<'_, F, R> {
    /// Returns the next block and its index; `None` at the end. `buffer` receives the text after the block.
    fn next(&mut self, buffer: Vec<u8>, progress: impl Fn(u64)) -> Option<(u64, Buffer)> {
        while !self.failed && !self.boundaries.ended() && matches!(self.at_end, Ok(Ok(false))) {
            if self.pending.text().len() >= BLOCK_BYTES {
                match self.boundaries.find_boundary(self.pending.text()) {
                    Ok(0) => {
                        if let Err(error) = self.pending.charge(self.ledger) {
                            self.at_end = Ok(Err(error));
                            break;
                        }
                    }
                    Ok(boundary) => {
                        self.next_index += 1;
                        return Some((self.next_index - 1, self.pending.split_off_block(boundary, buffer)));
                    }
                    Err(error) => {
                        self.at_end = Ok(Err(error));
                        break;
                    }
                }
            }
            let read = self.pending.read_from(self.source);
            progress(read.as_ref().map_or(0, |count| *count as u64));
            self.at_end = read.map(|count| Ok(count == 0));
        }
        None
    }
}
