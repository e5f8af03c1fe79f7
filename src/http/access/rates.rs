//! Rates of requests: how they are written, and the limiters of keys and of other clients.
//!
//! Input: who sends a request. Output: an [`Allowance`], which says whether the request is within the rate, and the fields of
//! the response (`RateLimit` and `RateLimit-Policy` of draft-ietf-httpapi-ratelimit-headers, `Retry-After`).
//!
//! Invariant: memory is bounded whatever clients do. A key of the file has a limiter of its own, and the number of keys is
//! limited. All other clients are hashed to a fixed number of slots, with a random seed: the number of addresses that are
//! remembered cannot grow beyond it, and clients that share a slot, which nobody can choose, share its rate.

use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::time::{Duration, Instant};

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::MonotonicClock;
use governor::middleware::{StateInformationMiddleware, StateSnapshot};
use governor::state::keyed::DashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{NotUntil, Quota, RateLimiter};

/// Maximum of both numbers of a rate.
const MAX_REQUESTS: u32 = 1_000_000;

/// Slots of clients without a key of the file: at most some 36 MB.
const SLOTS: u64 = 1 << 20;

/// Rate of requests: a number for each second, minute or hour, and the number that may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    requests: NonZeroU32,
    period: Period,
    burst: NonZeroU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Period {
    Second,
    Minute,
    Hour,
}

impl Period {
    const ALL: [(&'static str, Self); 3] = [("s", Self::Second), ("m", Self::Minute), ("h", Self::Hour)];
}

impl Rate {
    fn quota(self) -> Quota {
        let quota = match self.period {
            Period::Second => Quota::per_second(self.requests),
            Period::Minute => Quota::per_minute(self.requests),
            Period::Hour => Quota::per_hour(self.requests),
        };
        quota.allow_burst(self.burst)
    }
}

/// Parses `100/s`, `600/m`, `5000/h`, or such a rate with a burst of its own: `600/m,burst=50`.
impl FromStr for Rate {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        let number = |text: &str| text.parse().ok().filter(|number: &NonZeroU32| number.get() <= MAX_REQUESTS);
        let parsed = || {
            let (rate, burst) = text.split_once(',').map_or((text, None), |(rate, burst)| (rate, Some(burst)));
            let (requests, unit) = rate.split_once('/')?;
            let (_, period) = Period::ALL.into_iter().find(|(name, _)| *name == unit)?;
            let requests = number(requests)?;
            let burst = match burst {
                Some(burst) => number(burst.strip_prefix("burst=")?)?,
                None => requests,
            };
            Some(Self { requests, period, burst })
        };
        parsed().ok_or("expected a rate such as 100/s, 600/m, 5000/h or 600/m,burst=50, with numbers from 1 to 1000000")
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        let unit = Period::ALL.iter().find(|(_, period)| *period == self.period).map_or("", |(name, _)| *name);
        write!(formatter, "{}/{unit}", self.requests)?;
        if self.burst == self.requests { Ok(()) } else { write!(formatter, ",burst={}", self.burst) }
    }
}

/// Limiter of one key.
#[derive(Debug)]
pub struct KeyLimiter {
    /// The rate that it enforces.
    pub rate: Rate,
    state: RateLimiter<NotKeyed, InMemoryState, MonotonicClock, StateInformationMiddleware>,
}

impl KeyLimiter {
    /// Limiter that has counted nothing yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let limiter = RateLimiter::direct_with_clock(rate.quota(), MonotonicClock);
        Self { rate, state: limiter.with_middleware() }
    }

    /// Counts a request.
    #[must_use]
    pub fn count(&self) -> Allowance {
        Allowance::new(self.rate, self.state.check())
    }
}

/// Who sends a request, apart from the keys of the file.
#[derive(Clone, Copy, Debug, Hash, PartialEq, Eq)]
pub enum Client<'a> {
    /// The subject of a token.
    Subject(&'a str),
    /// An address; of IPv6 the first 64 bits, which one subscriber has.
    Address(IpAddr),
    /// A client without an address, as some events of Lambda.
    Unknown,
}

/// Limiter of all clients without a key of the file.
#[derive(Debug)]
pub struct ClientLimiter {
    /// The rate that it enforces for each.
    pub rate: Rate,
    slots: u64,
    seed: RandomState,
    state: RateLimiter<u64, DashMapStateStore<u64>, MonotonicClock, StateInformationMiddleware>,
}

impl ClientLimiter {
    /// Limiter that has counted nothing yet.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self::with_slots(rate, SLOTS)
    }

    fn with_slots(rate: Rate, slots: u64) -> Self {
        let limiter = RateLimiter::dashmap_with_clock(rate.quota(), MonotonicClock);
        Self { rate, slots, seed: RandomState::new(), state: limiter.with_middleware() }
    }

    /// Counts a request of a client.
    #[must_use]
    pub fn count(&self, client: Client) -> Allowance {
        let slot = self.seed.hash_one(client) % self.slots;
        Allowance::new(self.rate, self.state.check_key(&slot))
    }
}

/// Result of counting a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    rate: Rate,
    /// Requests that may follow at once.
    remaining: u32,
    /// Seconds until all may; for a request beyond the rate, until the next may.
    reset: u64,
    /// Whether this request is beyond the rate.
    pub exceeded: bool,
}

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

impl Allowance {
    fn new(rate: Rate, counted: Result<StateSnapshot, NotUntil<Instant>>) -> Self {
        match counted {
            Ok(state) => {
                let remaining = state.remaining_burst_capacity();
                let used = rate.burst.get().saturating_sub(remaining);
                let reset = seconds(rate.quota().replenish_interval().saturating_mul(used));
                Self { rate, remaining, reset, exceeded: false }
            }
            Err(until) => {
                let reset = seconds(until.wait_time_from(Instant::now())).max(1);
                Self { rate, remaining: 0, reset, exceeded: true }
            }
        }
    }

    /// Seconds until the next request may come, for a request beyond the rate.
    #[must_use]
    pub fn retry_after(&self) -> u64 {
        self.reset
    }

    /// Adds the fields to a response. The policy is that of its burst: as many requests in the time in which they are
    /// replenished.
    pub fn add_to(&self, headers: &mut HeaderMap) {
        let (burst, window) = (self.rate.burst, seconds(self.rate.quota().burst_size_replenished_in()));
        let state = format!("\"default\";r={};t={}", self.remaining, self.reset);
        let policy = format!("\"default\";q={burst};w={window}");
        for (name, value) in [(RATE_LIMIT, state), (RATE_LIMIT_POLICY, policy)] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        if self.exceeded {
            headers.insert(RETRY_AFTER, HeaderValue::from(self.reset));
        }
    }
}

/// A time in whole seconds, rounded up. Intervals are whole nanoseconds, so that sixty times the sixtieth of a second may be a
/// few less; what exceeds a second by less than a millisecond does not count.
fn seconds(time: Duration) -> u64 {
    u64::try_from(time.as_millis().div_ceil(1000)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::Ipv4Addr;

    fn rate(text: &str) -> Rate {
        text.parse().expect("a rate")
    }

    fn fields(allowance: Allowance) -> [String; 3] {
        let mut headers = HeaderMap::new();
        allowance.add_to(&mut headers);
        [RATE_LIMIT, RATE_LIMIT_POLICY, RETRY_AFTER]
            .map(|name| headers.get(name).map_or("", |value| value.to_str().expect("text")).to_owned())
    }

    #[test]
    fn rates_are_read_and_written() {
        for text in ["100/s", "600/m", "5000/h", "600/m,burst=50", "1/s,burst=1000000"] {
            assert_eq!(rate(text).to_string(), text);
        }
        assert_eq!(rate("600/m,burst=600").to_string(), "600/m");
        for bad in ["", "0/s", "100", "100/d", "/s", "1.5/s", "-1/s", "1000001/s", "5/s,burst=0", "5/s,10", "5/s,burst"]
        {
            assert!(bad.parse::<Rate>().is_err(), "{bad}");
        }
    }

    #[test]
    fn requests_beyond_the_rate_are_told_when_to_come_back() {
        let limiter = KeyLimiter::new(rate("2/m"));
        let policy = "\"default\";q=2;w=60";
        assert_eq!(fields(limiter.count()), ["\"default\";r=1;t=30", policy, ""]);
        assert_eq!(fields(limiter.count()), ["\"default\";r=0;t=60", policy, ""]);
        let third = limiter.count();
        assert!(third.exceeded);
        assert_eq!(fields(third), ["\"default\";r=0;t=30", policy, "30"]);
        assert_eq!(fields(KeyLimiter::new(rate("600/m,burst=50")).count())[1], "\"default\";q=50;w=5");
        assert_eq!(fields(KeyLimiter::new(rate("7/s")).count())[1], "\"default\";q=7;w=1");
    }

    #[test]
    fn a_rate_recovers() {
        let limiter = KeyLimiter::new(rate("50/s,burst=1"));
        assert!(!limiter.count().exceeded && limiter.count().exceeded);
        std::thread::sleep(Duration::from_millis(40));
        assert!(!limiter.count().exceeded);
    }

    #[test]
    fn clients_are_counted_apart() {
        let limiter = ClientLimiter::new(rate("1/h"));
        let address = Client::Address(Ipv4Addr::LOCALHOST.into());
        for client in [address, Client::Subject("alice"), Client::Subject("bob"), Client::Unknown] {
            assert!(!limiter.count(client).exceeded && limiter.count(client).exceeded, "{client:?}");
        }
    }

    #[test]
    fn memory_is_bounded_however_many_addresses_come() {
        let limiter = ClientLimiter::with_slots(rate("1/h"), 1000);
        for number in 0..50_000 {
            let _ = limiter.count(Client::Address(Ipv4Addr::from_bits(number).into()));
        }
        assert_eq!(limiter.state.len(), 1000);
    }
}
