//! Describes the blocks of a table on all cores while they arrive.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use super::delimited::Dialect;
use super::table::State;

/// Describes blocks, each with the state of a worker that is idle; there are as many as threads in the pool.
///
/// Which worker gets which block makes no difference: states merge exactly, and what they say of single rows is put in
/// order by the blocks' places. A sender that is slow holds no thread, for a thread is taken only for a block that is
/// there.
#[derive(Debug)]
pub(super) struct Workers {
    job: Arc<Dialect>,
    idle: Vec<State>,
    /// How many states there are, idle or at work.
    states: usize,
    /// The place of the next block.
    place: u64,
    sender: Sender<Done>,
    receiver: Receiver<Done>,
    /// Buffers to be used again.
    buffers: Vec<Vec<u8>>,
}

/// A block that was described, or `None` when describing it panicked.
type Done = Option<(State, Vec<u8>)>;

impl Workers {
    pub(super) fn new(job: Arc<Dialect>) -> Self {
        let (sender, receiver) = channel();
        Self { job, idle: Vec::new(), states: 0, place: 0, sender, receiver, buffers: Vec::new() }
    }

    pub(super) fn job(&self) -> &Dialect {
        &self.job
    }

    /// An empty buffer for the next block.
    pub(super) fn buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    /// Has a block of whole records described. Waits while all workers are busy.
    pub(super) fn submit(&mut self, block: Vec<u8>) {
        if rayon::current_num_threads() == 1 {
            return self.submit_last(block);
        }
        let mut state = self.worker();
        let (job, sender, place) = (Arc::clone(&self.job), self.sender.clone(), self.place);
        self.place += 1;
        rayon::spawn(move || {
            let described = catch_unwind(AssertUnwindSafe(|| {
                describe(&job, &block, &mut state, place);
                (state, block)
            }));
            drop(job);
            // The receiver is gone when the request is.
            let _ = sender.send(described.ok());
        });
    }

    /// Describes a block here: the last one, which is all there is of a small body.
    pub(super) fn submit_last(&mut self, block: Vec<u8>) {
        let mut state = self.worker();
        describe(&self.job, &block, &mut state, self.place);
        self.place += 1;
        self.put_back(state, block);
    }

    /// A state that is idle: one put back, a new one, or else the first that comes back.
    fn worker(&mut self) -> State {
        while let Ok(done) = self.receiver.try_recv() {
            self.take_back(done);
        }
        if let Some(state) = self.idle.pop() {
            return state;
        }
        if self.states < rayon::current_num_threads() {
            self.states += 1;
            return State::new(&self.job.plan);
        }
        self.wait();
        self.worker()
    }

    fn wait(&mut self) {
        let done = self.receiver.recv().unwrap_or(None);
        self.take_back(done);
    }

    fn take_back(&mut self, done: Done) {
        // A panic is ours to answer for: it goes on here, where the request's own handling catches it.
        let (state, block) = done.unwrap_or_else(|| std::panic::resume_unwind(Box::new("a worker panicked")));
        self.put_back(state, block);
    }

    fn put_back(&mut self, state: State, mut block: Vec<u8>) {
        block.clear();
        self.buffers.push(block);
        self.idle.push(state);
    }

    /// Whether something ended the reading of a block.
    pub(super) fn failed(&self) -> bool {
        self.idle.iter().any(State::failed)
    }

    /// Waits for all blocks and puts the states together.
    pub(super) fn finish(mut self) -> (State, Dialect) {
        while self.idle.len() < self.states {
            self.wait();
        }
        let mut states = self.idle.into_iter();
        let mut all = states.next().unwrap_or_else(|| State::new(&self.job.plan));
        for state in states {
            all.merge(&self.job.plan, state);
        }
        let job = Arc::try_unwrap(self.job).unwrap_or_else(|_| std::panic::resume_unwind(Box::new("a worker is left")));
        (all, job)
    }
}

fn describe(job: &Dialect, block: &[u8], state: &mut State, place: u64) {
    let rows = job.describe(block, state);
    state.end_block(place, rows);
}
