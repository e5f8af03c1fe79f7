//! Threads that describe blocks: rayon's pool, or only the caller's thread without the feature `parallel`.
//!
//! Both modules have the same three functions: the number of threads, running a task, and running one on each thread.

#[cfg(feature = "parallel")]
pub(crate) use pool::{broadcast, count, spawn};

#[cfg(not(feature = "parallel"))]
pub(crate) use caller::{broadcast, count, spawn};

#[cfg(feature = "parallel")]
mod pool {
    pub(crate) use rayon::{current_num_threads as count, spawn};

    /// Runs `work` once on every thread of the pool and waits for all of them.
    pub(crate) fn broadcast(work: impl Fn() + Sync) {
        rayon::broadcast(|_| work());
    }
}

#[cfg(not(feature = "parallel"))]
mod caller {
    /// Number of threads.
    pub(crate) fn count() -> usize {
        1
    }

    /// Runs `work` before it returns.
    pub(crate) fn spawn(work: impl FnOnce()) {
        work();
    }

    /// Runs `work` once.
    pub(crate) fn broadcast(work: impl Fn()) {
        work();
    }
}
