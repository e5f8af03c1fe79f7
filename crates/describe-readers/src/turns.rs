//! Turns of the processor: as many tasks work at once as there are turns, those that have worked least first.
//!
//! Input: tasks that want to work, each with the time it has worked so far. Output: the moment when each may. Invariant: a task
//! that has worked for a slice gives its turn to one that has worked less, so that short tasks wait for a slice at most, however
//! many long ones there are (least attained service: Nuyens and Wierman, The foreground-background queue, 2008).

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// Processor time in nanoseconds after which a task gives its turn to one that has worked less.
pub(crate) const SLICE: u64 = 5_000_000;

/// The turns.
#[derive(Debug)]
pub(crate) struct Turns {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    free: usize,
    /// Waiting tasks by the time they have worked and the order in which they came, each with what wakes it.
    waiting: BTreeMap<(u64, u64), Arc<Condvar>>,
    next_ticket: u64,
}

impl State {
    /// Wakes the task that is next, if there is a turn for it.
    fn wake(&self) {
        if let Some(next) = self.waiting.values().next().filter(|_| self.free > 0) {
            next.notify_one();
        }
    }
}

impl Turns {
    pub(crate) fn new(count: usize) -> Self {
        Self { state: Mutex::new(State { free: count.max(1), waiting: BTreeMap::new(), next_ticket: 0 }) }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a turn for a task that has worked for `spent` nanoseconds; waits for it on this thread.
    pub(crate) fn take(&self, spent: u64) {
        let mut state = self.lock();
        let me = (spent, state.next_ticket);
        state.next_ticket += 1;
        let woken = Arc::new(Condvar::new());
        state.waiting.insert(me, Arc::clone(&woken));
        while state.free == 0 || state.waiting.first_key_value().is_none_or(|(first, _)| *first != me) {
            state = woken.wait(state).unwrap_or_else(PoisonError::into_inner);
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

    /// Whether a task waits that has worked less than `spent` nanoseconds.
    pub(crate) fn are_wanted(&self, spent: u64) -> bool {
        self.lock().waiting.first_key_value().is_some_and(|((least, _), _)| *least < spent)
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
        assert!(turns.are_wanted(11) && !turns.are_wanted(10));
        turns.give();
        for task in tasks {
            task.join().expect("no panic");
        }
        assert_eq!(order.try_iter().collect::<Vec<_>>(), [10, 30, 50]);
    }

    #[test]
    fn no_more_tasks_work_than_there_are_turns() {
        let (turns, working) = (Turns::new(2), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for spent in 0..8 {
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
