//! Signals that end the server: SIGTERM and SIGINT, and on Windows what a console and the system send in their place.

use std::io;

/// Reason to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A supervisor or the system ends the program.
    Terminate,
    /// Somebody pressed Ctrl-C.
    Interrupt,
}

/// The signals.
#[cfg(unix)]
pub(super) struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Receives the signals from now on.
    ///
    /// # Errors
    /// The system has no room for them.
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// The next signal.
    pub(super) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.terminate.recv() => Stop::Terminate,
            _ = self.interrupt.recv() => Stop::Interrupt,
        }
    }
}

/// The events of the console, and the end of the system. After the window is closed the system ends the program within 5 seconds.
#[cfg(windows)]
pub(super) struct Signals {
    interrupt: tokio::signal::windows::CtrlC,
    stop: tokio::signal::windows::CtrlBreak,
    close: tokio::signal::windows::CtrlClose,
    shutdown: tokio::signal::windows::CtrlShutdown,
}

#[cfg(windows)]
impl Signals {
    /// Receives the events from now on.
    ///
    /// # Errors
    /// The system has no room for them.
    pub(super) fn new() -> io::Result<Self> {
        use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
        Ok(Self { interrupt: ctrl_c()?, stop: ctrl_break()?, close: ctrl_close()?, shutdown: ctrl_shutdown()? })
    }

    /// The next event.
    pub(super) async fn next(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.stop.recv() => Stop::Terminate,
            // Nobody waits for a load balancer when a window is closed.
            _ = self.close.recv() => Stop::Interrupt,
            _ = self.shutdown.recv() => Stop::Interrupt,
        }
    }
}
