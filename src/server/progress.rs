//! Progress of a connection, and the time limits that it is watched by.
//!
//! Input: what the connection's parts report. Output: [`timed_out`], which returns when the client has done nothing for too long.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

/// Phase of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Between requests, or writing a response. Each piece of it that the client takes begins this phase anew.
    Idle,
    /// A part of a head has arrived.
    Head,
    /// A request is being answered.
    Busy,
}

/// Nothing that is written belongs to a response.
const NO_RESPONSE: u8 = 0;
/// A request has begun, so that what is written belongs to its response.
const RESPONSE_DUE: u8 = 1;
/// hyper has taken all of the response and has yet to flush it.
const RESPONSE_TAKEN: u8 = 2;

/// Progress of a connection, shared by its parts; cheap enough to be updated for every request. It says nothing about other
/// memory, so the order of its atomics does not matter.
#[derive(Debug, Default)]
pub(super) struct Progress {
    phase: AtomicU8,
    /// Requests that are being answered: of HTTP/2 several.
    active: AtomicU32,
    /// Number of things that the client did: began a request, took a piece of a response.
    steps: AtomicU32,
    body_unread: AtomicBool,
    announces_too_much: AtomicBool,
    response: AtomicU8,
}

impl Progress {
    fn phase(&self) -> Phase {
        match self.phase.load(Ordering::Relaxed) {
            0 => Phase::Idle,
            1 => Phase::Head,
            _ => Phase::Busy,
        }
    }

    fn set_phase(&self, phase: Phase) {
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// Whether a request is being answered.
    pub(super) fn is_busy(&self) -> bool {
        self.phase() == Phase::Busy
    }

    /// Notes that a request has begun.
    pub(super) fn begin_request(&self, has_body: bool) {
        self.active.fetch_add(1, Ordering::Relaxed);
        self.set_phase(Phase::Busy);
        self.step();
        self.body_unread.store(has_body, Ordering::Relaxed);
        self.response.store(RESPONSE_DUE, Ordering::Relaxed);
    }

    /// Notes that a request has its response.
    pub(super) fn end_request(&self) {
        if self.active.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.set_phase(Phase::Idle);
        }
    }

    /// Notes that a body has been read to its end.
    pub(super) fn body_read(&self) {
        self.body_unread.store(false, Ordering::Relaxed);
    }

    /// Notes that hyper has taken all of a response.
    pub(super) fn response_taken(&self) {
        self.response.store(RESPONSE_TAKEN, Ordering::Relaxed);
    }

    /// Notes that the client did something.
    pub(super) fn step(&self) {
        self.steps.fetch_add(1, Ordering::Relaxed);
    }

    /// Notes that bytes have arrived. Returns whether they belong to a head.
    pub(super) fn bytes_arrived(&self) -> bool {
        if self.phase() == Phase::Idle {
            self.set_phase(Phase::Head);
        }
        self.phase() == Phase::Head
    }

    /// Notes that the head announces a body of a length beyond any.
    pub(super) fn note_too_much(&self) {
        self.announces_too_much.store(true, Ordering::Relaxed);
    }

    /// Whether the head announces a body of a length beyond any.
    pub(super) fn announces_too_much(&self) -> bool {
        self.announces_too_much.load(Ordering::Relaxed)
    }

    /// Whether no request has begun.
    pub(super) fn is_new(&self) -> bool {
        self.steps.load(Ordering::Relaxed) == 0
    }

    /// Whether what hyper writes now belongs to a response.
    pub(super) fn response_is_due(&self) -> bool {
        self.response.load(Ordering::Relaxed) != NO_RESPONSE
    }

    /// Notes that hyper has written all it had.
    pub(super) fn flushed(&self) {
        if self.response.load(Ordering::Relaxed) == RESPONSE_TAKEN {
            self.response.store(NO_RESPONSE, Ordering::Relaxed);
        }
    }

    /// Whether the client may still be sending: a body, or a head that was refused.
    pub(super) fn unread(&self) -> bool {
        self.body_unread.load(Ordering::Relaxed) || self.phase() == Phase::Head
    }
}

/// Returns when the connection has been idle, or at one head, for too long. A response is written while the client takes it.
pub(super) async fn timed_out(progress: &Progress, head: Duration, idle: Duration) -> Phase {
    let step = (head.min(idle) / 4).max(Duration::from_millis(1));
    let mut tick = interval(step);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut last = (Phase::Idle, 0, Duration::ZERO);
    loop {
        tick.tick().await;
        let (phase, steps) = (progress.phase(), progress.steps.load(Ordering::Relaxed));
        let age = if (phase, steps) == (last.0, last.1) { last.2 + step } else { Duration::ZERO };
        last = (phase, steps, age);
        if (phase == Phase::Head && age >= head) || (phase == Phase::Idle && age >= idle) {
            return phase;
        }
    }
}
