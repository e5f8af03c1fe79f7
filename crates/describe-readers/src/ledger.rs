//! Ledger of one task: the memory it holds and the processor time it has spent, and whether anybody waits for its result.
//!
//! Input: charges for what grows with the input, made before it grows; samples count themselves ([`describe::take_growth`]).
//! Output: an error as soon as a limit is exceeded. A task has one ledger, shared by its threads; [`Pool`] is what all tasks
//! share. Invariants: threads work for a task only within [`Ledger::run`]; a ledger gives all its memory back when it is dropped.
//!
//! What grows with the input without being a sample calls [`Ledger::charge`]; what takes long calls [`Ledger::check`] at each step.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicU64, Ordering};

use super::turns::{SLICE, Turns};
use describe::take_growth;
use describe_options::{Excess, InputError, Measured, Reason};

/// Memory that a task may always hold, however much the others do: their number is limited.
const FREE_BYTES: isize = 1 << 20;

/// Memory up to which a task may use what is left; with more it may hold no more than is left for others.
const MODEST_BYTES: usize = 8 << 20;

/// Small allocations take a half more than their size: what the allocator adds, and lists that grow by doubling.
const OVERHEAD_SHARE: isize = 2;

/// Memory of small allocations of these sizes together.
pub(crate) const fn with_overhead(bytes: usize) -> usize {
    bytes + bytes / OVERHEAD_SHARE.unsigned_abs()
}

/// Growth of samples that is settled at once; less of it waits.
const SETTLED_BYTES: usize = 256 << 10;

/// Nanoseconds in a millisecond.
const MILLISECOND: u64 = 1_000_000;

/// What all tasks share: memory, and turns of the processor.
#[derive(Debug)]
pub struct Pool {
    limit: usize,
    held: AtomicIsize,
    spent: AtomicU64,
    turns: Turns,
}

impl Pool {
    /// A pool of `limit` bytes, in which this number of tasks work at once.
    #[must_use]
    pub fn new(limit: usize, turns: usize) -> Arc<Self> {
        Arc::new(Self { limit, held: AtomicIsize::new(0), spent: AtomicU64::new(0), turns: Turns::new(turns) })
    }

    /// Bytes that tasks hold.
    #[must_use]
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed).try_into().unwrap_or(0)
    }

    /// Bytes that tasks may hold.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Takes bytes for something other than a task, such as a connection; `None` if fewer are free.
    #[must_use]
    pub fn hold(self: &Arc<Self>, bytes: usize) -> Option<Hold> {
        let bytes = isize::try_from(bytes).unwrap_or(isize::MAX / 4);
        let hold = Hold { pool: Arc::clone(self), bytes };
        self.held.fetch_add(bytes, Ordering::Relaxed);
        // What is refused is given back where `hold` is dropped.
        (self.held() <= self.limit).then_some(hold)
    }

    /// Processor time that all tasks have spent, in nanoseconds.
    #[must_use]
    pub fn spent(&self) -> u64 {
        self.spent.load(Ordering::Relaxed)
    }

    /// Whether this number of bytes is free.
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        self.held().saturating_add(bytes) <= self.limit
    }
}

/// Bytes of a pool, given back when this is dropped.
#[derive(Debug)]
pub struct Hold {
    pool: Arc<Pool>,
    bytes: isize,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.pool.held.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Limits of one task, and what it is measured by.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// Maximum number of bytes held.
    pub memory: usize,
    /// Maximum number of bytes of an answer.
    pub answer: usize,
    /// Maximum processor time of all threads together, in nanoseconds.
    pub processor: u64,
    /// Processor time of the current thread in nanoseconds.
    pub clock: fn() -> u64,
    /// What all tasks share.
    pub pool: Arc<Pool>,
}

/// Ledger of one task; the default one has no limits.
#[derive(Clone, Debug, Default)]
pub struct Ledger(Option<Arc<Account>>);

#[derive(Debug)]
struct Account {
    allowance: Allowance,
    held: AtomicIsize,
    spent: AtomicU64,
    is_cancelled: AtomicBool,
}

thread_local! {
    /// Processor time of this thread when it was last added to a ledger; 0 outside of [`Ledger::run`].
    static COUNTED_UNTIL: Cell<u64> = const { Cell::new(0) };
    /// Time that the task had worked when it took the turn of this thread; `None` if the thread works without one.
    static TURN_TAKEN_AT: Cell<Option<u64>> = const { Cell::new(None) };
}

impl Ledger {
    /// A ledger without limits.
    pub const UNLIMITED: Self = Self(None);

    /// An empty ledger with these limits.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        let (held, spent, is_cancelled) = Default::default();
        Self(Some(Arc::new(Account { allowance, held, spent, is_cancelled })))
    }

    /// Charges `bytes` that are about to be allocated.
    ///
    /// # Errors
    /// More memory than the task may hold, or than is left for all tasks. Then nothing is charged.
    pub fn charge(&self, bytes: usize) -> Result<(), InputError> {
        let Some(account) = &self.0 else { return Ok(()) };
        let bytes = isize::try_from(bytes).unwrap_or(isize::MAX / 4);
        account.add(bytes);
        account.check_memory().inspect_err(|_| account.add(-bytes))
    }

    /// Counts `bytes` that are few beside the input read since the last check, which refuses them if they are too many.
    pub(crate) fn hold(&self, bytes: usize) {
        if let Some(account) = &self.0 {
            account.add(isize::try_from(bytes).unwrap_or(isize::MAX / 4));
        }
    }

    /// Appends to bytes that are kept, and charges their allocation before it is made.
    ///
    /// # Errors
    /// As for [`Ledger::charge`].
    pub fn extend(&self, kept: &mut Vec<u8>, more: &[u8]) -> Result<(), InputError> {
        let needed = kept.len() + more.len();
        if needed > kept.capacity() {
            let capacity = needed.max(2 * kept.capacity());
            self.charge(capacity - kept.capacity())?;
            kept.reserve_exact(capacity - kept.len());
        }
        kept.extend_from_slice(more);
        Ok(())
    }

    /// Gives charged bytes back.
    pub fn release(&self, bytes: usize) {
        if let Some(account) = &self.0 {
            account.add(-isize::try_from(bytes).unwrap_or(0));
        }
    }

    /// Runs a part of the task on this thread, and counts what its samples grow by and its time.
    pub fn run<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(account) = &self.0 else { return work() };
        let _run = Run::begin(account);
        work()
    }

    /// [`Ledger::run`] for what may take long: waits for a turn, and gives it to others meanwhile ([`Ledger::check`]).
    pub fn run_in_turn<T>(&self, work: impl FnOnce() -> T) -> T {
        let Some(account) = &self.0 else { return work() };
        let _turn = Turn::take(account);
        self.run(work)
    }

    /// Counts what this thread has done since the last time, and lets others work that have worked less.
    ///
    /// # Errors
    /// A limit that is exceeded, or a task that is cancelled.
    pub fn check(&self) -> Result<(), InputError> {
        let Some(account) = &self.0 else { return Ok(()) };
        account.settle();
        account.share_turn();
        if account.is_cancelled.load(Ordering::Relaxed) {
            return Err(InputError::whole(Reason::Cancelled));
        }
        let limit = account.allowance.processor;
        if account.spent.load(Ordering::Relaxed) > limit {
            return Err(InputError::whole(Excess::new(Measured::ProcessorTime, limit / MILLISECOND)));
        }
        account.check_memory()
    }

    /// [`Ledger::check`], if samples on this thread have grown by much since the last time.
    ///
    /// # Errors
    /// As for [`Ledger::check`].
    #[inline]
    pub(crate) fn check_growth(&self) -> Result<(), InputError> {
        if describe::growth().unsigned_abs() < SETTLED_BYTES { Ok(()) } else { self.check() }
    }

    /// Ends the task at its next check, because nobody waits for its result.
    pub fn cancel(&self) {
        if let Some(account) = &self.0 {
            account.is_cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// Whether the task holds more than a half of what it may.
    pub(crate) fn is_half_full(&self) -> bool {
        self.0.as_ref().is_some_and(|account| account.held() > account.allowance.memory / 2)
    }

    /// Whether the task shares nothing with others: it has the processors for itself.
    #[cfg(feature = "parquet")]
    pub(crate) fn is_alone(&self) -> bool {
        self.0.is_none()
    }

    /// Whether other tasks wait for a turn: then this one works on one thread only.
    pub(crate) fn is_contended(&self) -> bool {
        self.0.as_ref().is_some_and(|account| account.allowance.pool.turns.is_contended())
    }

    /// Maximum number of bytes of an answer.
    #[must_use]
    pub fn answer_limit(&self) -> usize {
        self.0.as_ref().map_or(usize::MAX, |account| account.allowance.answer)
    }
}

impl Account {
    fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed).try_into().unwrap_or(0)
    }

    fn add(&self, bytes: isize) {
        self.held.fetch_add(bytes, Ordering::Relaxed);
        self.allowance.pool.held.fetch_add(bytes, Ordering::Relaxed);
    }

    fn settle(&self) {
        let growth = take_growth();
        if growth != 0 {
            self.add(growth + growth / OVERHEAD_SHARE);
        }
        let before = COUNTED_UNTIL.get();
        if before > 0 {
            let now = (self.allowance.clock)();
            let spent = now.saturating_sub(before);
            self.spent.fetch_add(spent, Ordering::Relaxed);
            self.allowance.pool.spent.fetch_add(spent, Ordering::Relaxed);
            COUNTED_UNTIL.set(now.max(1));
        }
    }

    /// Gives the turn of this thread to a task that has worked less, and waits for the next one, after a slice of time.
    fn share_turn(&self) {
        let spent = self.spent.load(Ordering::Relaxed);
        let turns = &self.allowance.pool.turns;
        if TURN_TAKEN_AT.get().is_some_and(|taken_at| spent > taken_at + SLICE) {
            if turns.must_give(spent) {
                turns.give();
                turns.take(spent);
            }
            TURN_TAKEN_AT.set(Some(spent));
        }
    }

    fn check_memory(&self) -> Result<(), InputError> {
        let Allowance { memory, pool, .. } = &self.allowance;
        if self.held() > *memory {
            return Err(InputError::whole(Excess::new(Measured::TaskMemory, *memory)));
        }
        if self.held.load(Ordering::Relaxed) <= FREE_BYTES {
            return Ok(());
        }
        let left = pool.limit.saturating_sub(pool.held());
        let is_fair = if self.held() <= MODEST_BYTES { left > 0 } else { self.held() <= left };
        if is_fair { Ok(()) } else { Err(InputError::whole(Reason::Busy)) }
    }
}

/// Part of a task on this thread; counted when it is dropped, after a panic too.
struct Run<'a> {
    account: &'a Account,
    is_outermost: bool,
}

impl<'a> Run<'a> {
    fn begin(account: &'a Account) -> Self {
        let is_outermost = COUNTED_UNTIL.get() == 0;
        if is_outermost {
            // What samples of other tasks left behind when they were dropped.
            let _ = take_growth();
            COUNTED_UNTIL.set((account.allowance.clock)().max(1));
        }
        Self { account, is_outermost }
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        self.account.settle();
        if self.is_outermost {
            COUNTED_UNTIL.set(0);
        }
    }
}

/// Turn of this thread; given back when it is dropped, after a panic too.
struct Turn<'a>(&'a Turns);

impl<'a> Turn<'a> {
    fn take(account: &'a Account) -> Self {
        let (turns, spent) = (&account.allowance.pool.turns, account.spent.load(Ordering::Relaxed));
        turns.take(spent);
        TURN_TAKEN_AT.set(Some(spent));
        Self(turns)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        TURN_TAKEN_AT.set(None);
        self.0.give();
    }
}

impl Drop for Account {
    fn drop(&mut self) {
        let held = self.held.load(Ordering::Relaxed);
        self.allowance.pool.held.fetch_sub(held, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use describe::{Decimal, Retention, Sample};
    use describe_options::Kind;

    fn ledger(memory: usize, pool: &Arc<Pool>) -> Ledger {
        thread_local!(static TIME: Cell<u64> = const { Cell::new(0) });
        let clock = || {
            TIME.set(TIME.get() + 10);
            TIME.get()
        };
        Ledger::new(Allowance { memory, answer: memory, processor: 45, clock, pool: Arc::clone(pool) })
    }

    #[test]
    fn memory_is_charged_refused_and_given_back() {
        const MIB: usize = 1 << 20;
        let pool = Pool::new(150 * MIB, 1);
        let (first, second, third) = (ledger(75 * MIB, &pool), ledger(75 * MIB, &pool), ledger(75 * MIB, &pool));
        assert!(first.charge(75 * MIB).is_ok());
        assert_eq!(first.charge(1).expect_err("more than its own").kind(), Kind::TooLarge);
        assert_eq!(second.charge(38 * MIB).expect_err("more than it would leave").kind(), Kind::Busy);
        assert!(second.charge(37 * MIB).is_ok());
        assert!(third.charge(8 * MIB).is_ok());
        assert_eq!((pool.held(), pool.has_room(30 * MIB), pool.has_room(31 * MIB)), (120 * MIB, true, false));
        first.release(40 * MIB);
        assert!(third.charge(20 * MIB).is_ok());
        drop(first);
        assert_eq!(pool.held(), 65 * MIB);
        drop((second, third));
        assert_eq!(pool.held(), 0);
    }

    #[test]
    fn what_is_no_task_holds_memory_too() {
        let pool = Pool::new(100, 1);
        let first = pool.hold(60).expect("free");
        assert!(pool.hold(41).is_none());
        let second = pool.hold(40).expect("free");
        drop(first);
        assert_eq!(pool.held(), 40);
        drop(second);
        assert_eq!(pool.held(), 0);
    }

    #[test]
    fn a_little_memory_is_always_free() {
        let pool = Pool::new(1 << 20, 1);
        let ledgers: Vec<Ledger> = (0..4).map(|_| ledger(4 << 20, &pool)).collect();
        assert!(ledgers.iter().all(|ledger| ledger.charge(1 << 20).is_ok()));
        assert_eq!(ledgers[0].charge(1).expect_err("nothing is left").kind(), Kind::Busy);
        assert!(Ledger::default().charge(usize::MAX).is_ok());
    }

    #[test]
    fn samples_are_charged_where_they_grow_and_given_back_where_they_shrink() {
        let pool = Pool::new(usize::MAX / 4, 1);
        let ledger = ledger(usize::MAX / 4, &pool);
        let fill = || {
            let mut sample = Sample::new(&Retention { max_distinct: Some(10_000), ..Retention::default() });
            (0..5000)
                .filter_map(|n| Decimal::from_f64(f64::from(n) / 128.0))
                .for_each(|value| sample.push_decimal(value));
            sample
        };
        // Left behind by another task.
        drop(fill());
        let sample = ledger.run(fill);
        let held = pool.held();
        assert!((5000 * 30..5000 * 200).contains(&held), "{held}");
        let copy = ledger.run(|| sample.clone());
        assert_eq!(pool.held(), 2 * held);
        ledger.run(|| drop((sample, copy)));
        assert_eq!(pool.held(), 0);
    }

    fn spent(ledger: &Ledger) -> u64 {
        ledger.0.as_ref().map_or(0, |account| account.spent.load(Ordering::Relaxed))
    }

    #[test]
    fn time_is_counted_within_a_run_only_and_ends_the_task() {
        let pool = Pool::new(0, 1);
        let ledger = ledger(0, &pool);
        ledger.run(|| {
            assert!(ledger.run(|| ledger.check()).is_ok());
            assert_eq!(spent(&ledger), 20);
        });
        assert_eq!(spent(&ledger), 30);
        assert_eq!(pool.spent(), 30);
        assert!(ledger.check().is_ok());
        assert!(ledger.run(|| ledger.check()).is_ok());
        assert_eq!(ledger.check().map_err(|error| error.kind()), Err(Kind::TooLarge));
    }

    #[test]
    fn a_panic_ends_the_run() {
        let ledger = ledger(0, &Pool::new(0, 1));
        let run = || ledger.run_in_turn(|| -> u8 { std::panic::resume_unwind(Box::new("a bug")) });
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
        assert_eq!((COUNTED_UNTIL.get(), TURN_TAKEN_AT.get(), spent(&ledger)), (0, None, 10));
        // The only turn is free again.
        assert_eq!(ledger.run_in_turn(|| 7), 7);
    }

    #[test]
    fn a_cancelled_task_ends() {
        let ledger = ledger(0, &Pool::new(0, 1));
        ledger.clone().cancel();
        assert_eq!(ledger.check(), Err(InputError::whole(Reason::Cancelled)));
    }
}
