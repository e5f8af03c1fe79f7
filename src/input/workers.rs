//! Describes the blocks of a table on all cores while they arrive.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::block::Block;
use super::delimited::{BLOCK, Dialect};
use super::table::State;

/// Describes blocks, as many at once as there are threads in the pool, each with a state of its own.
///
/// Which state gets which block makes no difference: states merge exactly, and what they say of single rows is put in
/// order by the blocks' places. A sender that is slow holds no thread, for a thread is taken only for a block that is
/// there.
#[derive(Debug)]
pub(super) struct Workers {
    job: Arc<Job>,
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
struct Job {
    dialect: Dialect,
    queue: Mutex<Queue>,
}

/// The blocks that wait, in their order, and the states that nobody works with.
#[derive(Debug, Default)]
struct Queue {
    blocks: VecDeque<(u64, Block)>,
    idle: Vec<State>,
}

/// So many blocks wait beside those that are described: a thread that is done goes on at once, while the reader wakes.
const SPARE: usize = 4;

/// A block that was described, and whether something in it ended the reading; or `None` when describing it panicked.
type Done = Option<(Block, bool)>;

impl Job {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Describes the first block that waits. Block and state are taken at once, so that blocks come to a state in their
    /// order.
    fn work(&self) -> Done {
        let mut queue = self.queue();
        let (place, block) = queue.blocks.pop_front()?;
        let idle = queue.idle.pop();
        drop(queue);
        let mut state = idle.unwrap_or_else(|| State::new(&self.dialect.plan));
        let rows = self.dialect.describe(block.text(), &mut state);
        state.end_block(place, rows);
        let failed = state.failed();
        self.queue().idle.push(state);
        Some((block, failed))
    }
}

impl Workers {
    pub(super) fn new(dialect: Dialect) -> Self {
        let (sender, receiver) = channel();
        let job = Arc::new(Job { dialect, queue: Mutex::default() });
        Self { job, place: 0, at_work: 0, failed: false, sender, receiver, buffers: Vec::new() }
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.job.dialect
    }

    /// A buffer for the next block; there is room for a record that is begun.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_else(|| Vec::with_capacity(BLOCK + BLOCK / 8))
    }

    /// Has a block of whole records described. Waits while [`SPARE`] more than there are threads are not done.
    pub(super) fn submit(&mut self, block: Block) {
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
    pub(super) fn finish(mut self) -> (State, Dialect) {
        while self.at_work > 0 {
            self.wait();
        }
        let Ok(Job { dialect, queue }) = Arc::try_unwrap(self.job) else {
            std::panic::resume_unwind(Box::new("a worker is left"))
        };
        let mut states = queue.into_inner().unwrap_or_else(PoisonError::into_inner).idle.into_iter();
        let mut all = states.next().unwrap_or_else(|| State::new(&dialect.plan));
        for state in states {
            all.merge(&dialect.plan, state);
        }
        (all, dialect)
    }
}
