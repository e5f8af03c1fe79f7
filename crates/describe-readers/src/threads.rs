//! The threads that describe blocks: rayon's pool, or without the feature `parallel` the caller's thread alone.

#[cfg(feature = "parallel")]
pub(crate) use pool::{count, on_each, spawn};

#[cfg(not(feature = "parallel"))]
pub(crate) use caller::{count, on_each, spawn};

#[cfg(feature = "parallel")]
mod pool {
    pub(crate) use rayon::{current_num_threads as count, spawn};

    /// Runs `work` on every thread at once, and waits for all.
    pub(crate) fn on_each(work: impl Fn() + Sync) {
        rayon::broadcast(|_| work());
    }
}

#[cfg(not(feature = "parallel"))]
mod caller {
    /// The number of threads.
    pub(crate) fn count() -> usize {
        1
    }

    /// Runs `work` now.
    pub(crate) fn spawn(work: impl FnOnce()) {
        work();
    }

    /// Runs `work` once.
    pub(crate) fn on_each(work: impl Fn()) {
        work();
    }
}
