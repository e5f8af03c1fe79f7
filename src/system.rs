//! What the program asks the operating system: the memory and the processors it may use, the processor time
//! of a thread, and its priority.

use std::fs;

/// Memory assumed where the system does not say: 1 GiB.
const DEFAULT_MEMORY_BYTES: usize = 1 << 30;

/// Memory that the process may use in bytes: the limit of its control group, else the memory of the machine.
#[must_use]
pub fn memory_bytes() -> usize {
    let number = |path: &str| fs::read_to_string(path).ok()?.trim().parse::<usize>().ok();
    let group = number("/sys/fs/cgroup/memory.max").or_else(|| number("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total_memory(&text));
    // Without a limit the first version of control groups has a number above any memory.
    group.into_iter().chain(machine).min().unwrap_or(DEFAULT_MEMORY_BYTES)
}

/// Memory of this process in bytes; 0 where the system does not say.
#[must_use]
pub fn resident_bytes() -> usize {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    let resident = pages.and_then(|pages| pages.split_ascii_whitespace().nth(1)?.parse::<usize>().ok());
    resident.unwrap_or(0).saturating_mul(page_bytes())
}

#[cfg(unix)]
fn page_bytes() -> usize {
    rustix::param::page_size()
}

#[cfg(not(unix))]
fn page_bytes() -> usize {
    0
}

/// Number of processors that the process may use.
#[must_use]
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Memory of the machine in bytes, from the text of `/proc/meminfo`.
fn total_memory(meminfo: &str) -> Option<usize> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok()?.checked_mul(1 << 10)
}

/// Lets the threads that answer go before this one, which works: they take a moment each, and are waited for.
#[cfg(target_os = "linux")]
pub fn work_behind_others() {
    use std::cell::Cell;
    thread_local!(static IS_BEHIND: Cell<bool> = const { Cell::new(false) });
    if !IS_BEHIND.replace(true) {
        // A third of the weight of the others. It fails where a sandbox forbids it; then all are equal.
        let _ = rustix::process::nice(NICENESS);
    }
}

/// Niceness of threads that work, more than that of the process.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 5;

/// Threads of other systems are equal.
#[cfg(not(target_os = "linux"))]
pub fn work_behind_others() {}

/// Processor time of the current thread in nanoseconds.
#[cfg(unix)]
#[must_use]
pub fn thread_time() -> u64 {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    u64::try_from(time.tv_sec).unwrap_or(0) * 1_000_000_000 + u64::try_from(time.tv_nsec).unwrap_or(0)
}

/// Time since the first call in nanoseconds: an upper bound of what a thread has been working since then.
#[cfg(not(unix))]
#[must_use]
pub fn thread_time() -> u64 {
    use std::sync::LazyLock;
    use std::time::Instant;
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(START.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_memory_of_the_machine() {
        assert_eq!(total_memory("MemTotal:       16000 kB\nMemFree:         1 kB\n"), Some(16000 << 10));
        assert_eq!(total_memory("MemFree: 1 kB\n"), None);
        assert!(memory_bytes() >= 16 << 20);
    }

    #[test]
    fn the_time_of_a_thread_advances_with_its_work() {
        let before = thread_time();
        let sum = (0..2_000_000_u64).fold(0_u64, |sum, n| std::hint::black_box(sum.wrapping_add(n)));
        assert!(thread_time() > before, "{sum}");
    }
}
