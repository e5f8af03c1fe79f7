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
use crate::http::error::{Error, Shed};
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

    /// Its name in the metrics.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Small => "small",
            Self::Large => "large",
            Self::Report => "report",
        }
    }
}

/// Way of a request through the server.
#[derive(Debug)]
pub enum Lane {
    /// Its work takes less than a millisecond, and runs where the request arrived.
    Inline,
    /// It was admitted, and runs on threads for work. The place is free again when this is dropped.
    Admitted(Class, Option<OwnedSemaphorePermit>),
}

impl Lane {
    /// Whether the request was admitted to threads for work.
    #[must_use]
    pub fn is_admitted(&self) -> bool {
        matches!(self, Self::Admitted(..))
    }

    /// Leaves its place to others while the client is waited for; [`Admission::resume`] takes one again.
    pub fn leave(&mut self) {
        if let Self::Admitted(_, place) = self {
            *place = None;
        }
    }
}

/// A limited number of places.
#[derive(Clone, Debug)]
pub struct Places {
    free: Arc<Semaphore>,
    limit: usize,
}

impl Places {
    /// Places that are all free.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        let limit = limit.min(Semaphore::MAX_PERMITS);
        Self { free: Arc::new(Semaphore::new(limit)), limit }
    }

    /// Number of places.
    #[must_use]
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Number of places that are taken.
    #[must_use]
    pub fn taken(&self) -> usize {
        self.limit - self.free.available_permits()
    }

    /// A place, if one is free. It is free again when it is dropped.
    #[must_use]
    pub fn try_take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).try_acquire_owned().ok()
    }

    /// A place, once one is free. The semaphore is never closed, so there will be one.
    async fn take(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }
}

/// How many requests of a class there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Requests that have a place.
    pub in_flight: usize,
    /// Places.
    pub limit: usize,
    /// Requests that wait for a place.
    pub waiting: usize,
}

/// Admission of requests.
#[derive(Debug)]
pub struct Admission {
    /// Places of each class.
    places: [Places; Class::ALL.len()],
    /// Number of requests of each class that wait.
    waiting: [AtomicUsize; Class::ALL.len()],
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
            places: limits.map(Places::new),
            waiting: Default::default(),
            max_waiting: config.max_waiting,
            patience: config.wait_limit,
            pool: Arc::clone(pool),
        }
    }

    /// How many requests of a class there are now.
    #[must_use]
    pub fn load(&self, class: Class) -> Load {
        let (places, waiting) = (&self.places[class as usize], &self.waiting[class as usize]);
        Load { in_flight: places.taken(), limit: places.limit(), waiting: waiting.load(Ordering::Relaxed) }
    }

    /// Refuses a request that would find no place and may not wait for one, before anything of it is read.
    ///
    /// # Errors
    /// [`Error::Overloaded`]: too many wait.
    pub fn check(&self, class: Class) -> Result<(), Error> {
        let Load { in_flight, limit, .. } = self.load(class);
        if in_flight >= limit { Waiting::begin(self, class).map(drop) } else { Ok(()) }
    }

    /// Admits a request, when there is a place and memory for it.
    ///
    /// # Errors
    /// [`Error::Overloaded`]: too many wait, or this one has waited too long.
    pub async fn enter(&self, class: Class) -> Result<Lane, Error> {
        let places = &self.places[class as usize];
        if self.pool.has_room(FIRST_BYTES)
            && let Some(place) = places.try_take()
        {
            return Ok(Lane::Admitted(class, Some(place)));
        }
        let _waiting = Waiting::begin(self, class)?;
        let deadline = Instant::now() + self.patience;
        let place = timeout_at(deadline, places.take()).await.map_err(|_| Error::Overloaded(Shed::Wait))?;
        while !self.pool.has_room(FIRST_BYTES) {
            if Instant::now() >= deadline {
                return Err(Error::Overloaded(Shed::Memory));
            }
            sleep(LOOK_INTERVAL).await;
        }
        Ok(Lane::Admitted(class, place))
    }

    /// Takes a place again for a request that has left its own. It has been admitted, so it waits for as long as it takes.
    pub async fn resume(&self, lane: &mut Lane) {
        if let Lane::Admitted(class, place @ None) = lane {
            *place = self.places[*class as usize].take().await;
        }
    }
}

/// A request that waits.
struct Waiting<'a>(&'a AtomicUsize);

impl<'a> Waiting<'a> {
    fn begin(admission: &'a Admission, class: Class) -> Result<Self, Error> {
        let before: usize = admission.waiting.iter().map(|waiting| waiting.load(Ordering::Relaxed)).sum();
        if before >= admission.max_waiting {
            return Err(Error::Overloaded(Shed::Queue));
        }
        let waiting = &admission.waiting[class as usize];
        waiting.fetch_add(1, Ordering::Relaxed);
        Ok(Self(waiting))
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
        let late = admission.enter(Class::Large).await;
        assert!(matches!(late, Err(Error::Overloaded(Shed::Wait))), "it has waited too long");
        let (second, ()) = tokio::join!(admission.enter(Class::Large), async { drop(first) });
        assert!(second.is_ok());
    }

    #[tokio::test]
    async fn too_many_are_refused_at_once() {
        let admission = admission(0);
        assert!(admission.check(Class::Large).is_ok());
        let _first = admission.enter(Class::Large).await.expect("a place");
        assert!(matches!(admission.check(Class::Large), Err(Error::Overloaded(Shed::Queue))));
        assert!(matches!(admission.enter(Class::Large).await, Err(Error::Overloaded(Shed::Queue))));
        assert_eq!(admission.load(Class::Large), Load { in_flight: 1, limit: 1, waiting: 0 });
    }

    #[tokio::test]
    async fn a_place_can_be_left_while_its_client_is_waited_for() {
        let admission = admission(0);
        let mut first = admission.enter(Class::Large).await.expect("a place");
        first.leave();
        let second = admission.enter(Class::Large).await.expect("the place of the first");
        tokio::join!(admission.resume(&mut first), async { drop(second) });
        assert_eq!(admission.load(Class::Large).in_flight, 1);
        drop(first);
        assert_eq!(admission.load(Class::Large).in_flight, 0);
    }
}
