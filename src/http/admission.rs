//! Admission of requests that take more than a moment: a limited number of each class at a time, a limited number that wait, each
//! for a limited time. The rest is refused at once, while there is still time to answer.
//!
//! Requests whose work takes less than a millisecond are not counted: they run where they arrive ([`Lane::Inline`]).

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, sleep, timeout_at};

use crate::cli::settings::Config;
use crate::http::error::Error;
use describe_readers::Pool;

/// Memory that a request of any class needs to begin.
const FIRST_BYTES: usize = 1 << 20;

/// Time between two looks at whether there is memory.
const LOOK_INTERVAL: Duration = Duration::from_millis(10);

/// Class of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A small body that had arrived when its head was read.
    Small,
    /// A body that is streamed or buffered.
    Large,
    /// An answer other than JSON.
    Report,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 3] = [Self::Small, Self::Large, Self::Report];
}

/// Way of a request through the server.
#[derive(Debug)]
pub enum Lane {
    /// Its work takes less than a millisecond, and runs where the request arrived.
    Inline,
    /// It was admitted, and runs on threads for work. The place is free again when this is dropped.
    Admitted(Class, OwnedSemaphorePermit),
}

impl Lane {
    /// Whether the request was admitted to threads for work.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        matches!(self, Self::Admitted(..))
    }
}

/// Admission of requests.
#[derive(Debug)]
pub struct Admission {
    /// Places of each class.
    places: [Arc<Semaphore>; Class::ALL.len()],
    /// Number of requests that wait.
    waiting: AtomicUsize,
    max_waiting: usize,
    patience: Duration,
    pool: Arc<Pool>,
}

impl Admission {
    /// Admission by these settings.
    #[must_use]
    pub fn new(config: &Config, pool: &Arc<Pool>) -> Self {
        let limits = Class::ALL.map(|class| match class {
            Class::Small => config.max_small_requests,
            Class::Large => config.max_large_requests,
            Class::Report => config.max_reports,
        });
        Self {
            places: limits.map(|limit| Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)))),
            waiting: AtomicUsize::new(0),
            max_waiting: config.max_waiting,
            patience: config.wait_limit,
            pool: Arc::clone(pool),
        }
    }

    /// Admits a request, when there is a place and memory for it.
    ///
    /// # Errors
    /// [`Error::Overloaded`]: too many wait, or this one has waited too long.
    pub async fn enter(&self, class: Class) -> Result<Lane, Error> {
        let places = &self.places[class as usize];
        if self.pool.has_room(FIRST_BYTES)
            && let Ok(place) = Arc::clone(places).try_acquire_owned()
        {
            return Ok(Lane::Admitted(class, place));
        }
        let _waiting = Waiting::begin(self)?;
        let deadline = Instant::now() + self.patience;
        let place = timeout_at(deadline, Arc::clone(places).acquire_owned()).await;
        let place = place.ok().and_then(Result::ok).ok_or(Error::Overloaded)?;
        while !self.pool.has_room(FIRST_BYTES) {
            if Instant::now() >= deadline {
                return Err(Error::Overloaded);
            }
            sleep(LOOK_INTERVAL).await;
        }
        Ok(Lane::Admitted(class, place))
    }
}

/// A request that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(admission: &'a Admission) -> Result<Self, Error> {
        let before = admission.waiting.fetch_add(1, Ordering::Relaxed);
        let waiting = Self(&admission.waiting);
        if before < admission.max_waiting { Ok(waiting) } else { Err(Error::Overloaded) }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admission(max_waiting: usize) -> Admission {
        let patience = Duration::from_millis(20);
        let config = Config { max_large_requests: 1, max_waiting, wait_limit: patience, ..Config::default() };
        Admission::new(&config, &Pool::new(usize::MAX / 4, 1))
    }

    #[tokio::test]
    async fn the_next_one_waits_for_a_place() {
        let admission = admission(1);
        let first = admission.enter(Class::Large).await.expect("a place");
        assert!(admission.enter(Class::Small).await.is_ok(), "a class has its own places");
        assert!(matches!(admission.enter(Class::Large).await, Err(Error::Overloaded)), "it has waited too long");
        let (second, ()) = tokio::join!(admission.enter(Class::Large), async { drop(first) });
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn too_many_are_refused_at_once() {
        let admission = admission(0);
        let _first = admission.enter(Class::Large).await.expect("a place");
        assert!(matches!(admission.enter(Class::Large).await, Err(Error::Overloaded)));
        assert_eq!(admission.waiting.load(Ordering::Relaxed), 0);
    }
}
