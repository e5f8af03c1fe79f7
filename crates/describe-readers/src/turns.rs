//! Turns of the processor: as many tasks work at once as there are turns, those that have worked least first.
//!
//! Input: tasks that want to work, each with the time it has worked so far. Output: the moment when each may. Invariant: a task
//! that has worked for a slice gives its turn to a short one that has worked less, so that short tasks wait for a slice at most,
//! however many long ones there are (least attained service: Nuyens and Wierman, The foreground-background queue, 2008). A task in
//! a step that is longer than that cannot be asked for its turn. So a short task does not wait for it in vain: it begins beside it, and
//! the system divides the processors between them. How short a task is shows only when it has worked, so several may.

use core::time::Duration;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Processor time in nanoseconds after which a task gives its turn to a short one that has worked less.
pub(crate) const SLICE: u64 = 5_000_000;

/// Processor time in nanoseconds up to which a task is short.
const SHORT: u64 = 20_000_000;

/// Processor time in nanoseconds by which a task may be ahead of one that is not short. Their memory would be interleaved if they
/// took turns more often, and what one frees would be of no use to the others.
const LEAD: u64 = 100_000_000;

/// Time after which a short task begins without a turn.
const PATIENCE: Duration = Duration::from_millis(10);

/// Number of tasks that may work without a turn.
const MAX_WITHOUT: isize = 8;

/// The turns.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// Number of free turns, less the number of tasks that work without one.
    free: isize,
    /// Waiting tasks by the time they have worked and the order in which they came, each with what wakes it.
    waiting: BTreeMap<(u64, u64), Arc<Condvar>>,
    next_ticket: u64,
}

impl State {
    /// Wakes the task that is next, which looks whether there is a turn for it.
    fn wake(&self) {
        if let Some(next) = self.waiting.values().next() {
            next.notify_one();
        }
    }
}

impl Turns {
    pub(crate) fn new(count: usize) -> Self {
        let count = isize::try_from(count.max(1)).unwrap_or(isize::MAX);
        Self { state: Mutex::new(State { free: count, waiting: BTreeMap::new(), next_ticket: 0 }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a turn for a task that has worked for `spent` nanoseconds; waits for it on this thread, a short task not for long.
    pub(crate) fn take(&self, spent: u64) {
        let mut state = self.lock();
        let me = (spent, state.next_ticket);
        state.next_ticket += 1;
        let woken = Arc::new(Condvar::new());
        state.waiting.insert(me, Arc::clone(&woken));
        let mut has_waited = false;
        let may_begin = |state: &State, has_waited: bool| {
            state.free > 0 || (spent < SHORT && has_waited && state.free > -MAX_WITHOUT)
        };
        while state.waiting.keys().next() != Some(&me) || !may_begin(&state, has_waited) {
            let (after, timeout) = woken.wait_timeout(state, PATIENCE).unwrap_or_else(PoisonError::into_inner);
            state = after;
            has_waited |= timeout.timed_out();
        }
        state.waiting.remove(&me);
        state.free -= 1;
        state.wake();
    }

    /// Gives a turn back.
    pub(crate) fn give(&self) {
        let mut state = self.lock();
        state.free += 1;
        state.wake();
    }

    /// Whether a task that has worked for `spent` nanoseconds must wait: for one that waits and is short or has worked much less, or,
    /// unless it is short itself, for one that works without a turn.
    pub(crate) fn must_give(&self, spent: u64) -> bool {
        let state = self.lock();
        let is_behind = |least: u64| if least < SHORT { least < spent } else { least + LEAD < spent };
        (state.free < 0 && spent >= SHORT) || state.waiting.keys().next().is_some_and(|(least, _)| is_behind(*least))
    }

    /// Whether any task waits.
    pub(crate) fn is_contended(&self) -> bool {
        !self.lock().waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc::channel;

    #[test]
    fn whoever_has_worked_least_is_next() {
        let turns = Arc::new(Turns::new(1));
        turns.take(0);
        let (sender, order) = channel();
        let tasks: Vec<_> = [50, 10, 30]
            .map(|more| SHORT + more)
            .into_iter()
            .map(|spent| {
                let (own, sender) = (Arc::clone(&turns), sender.clone());
                let task = std::thread::spawn(move || {
                    own.take(spent);
                    sender.send(spent).expect("received");
                    own.give();
                });
                while !turns.lock().waiting.keys().any(|(waiting, _)| *waiting == spent) {
                    std::thread::yield_now();
                }
                task
            })
            .collect();
        assert!(turns.must_give(SHORT + LEAD + 11) && !turns.must_give(SHORT + LEAD + 10));
        turns.give();
        for task in tasks {
            task.join().expect("no panic");
        }
        assert_eq!(order.try_iter().collect::<Vec<_>>(), [10, 30, 50].map(|more| SHORT + more));
    }

    #[test]
    fn a_short_task_does_not_wait_for_a_long_step() {
        let turns = Turns::new(1);
        turns.take(SHORT);
        turns.take(SHORT - 1);
        assert!(turns.must_give(SHORT) && !turns.must_give(SHORT - 1));
        turns.give();
        assert!(!turns.must_give(SHORT));
    }

    #[test]
    fn no_more_tasks_work_than_there_are_turns() {
        let (turns, working) = (Turns::new(2), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for spent in SHORT..SHORT + 8 {
                let (turns, working) = (&turns, &working);
                scope.spawn(move || {
                    for _ in 0..200 {
                        turns.take(spent);
                        assert!(working.fetch_add(1, Ordering::SeqCst) < 2);
                        working.fetch_sub(1, Ordering::SeqCst);
                        turns.give();
                    }
                });
            }
        });
    }
}
