//! Where the time goes, for who asks (`--timings`): wall time and the processors' time of each stage. Off, it costs a
//! look at a flag.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A part of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// References, object folders and packs are found.
    Open,
    /// Indexes of packs are examined.
    Index,
    /// What is known from earlier scans is read.
    Recall,
    /// All objects are gone through.
    Survey,
    /// Of the survey: contents are looked at, in all threads.
    Look,
    /// Commits are put in order.
    Commits,
    /// Trees are asked who holds what was found.
    Trees,
    /// Contents are handed over with their places.
    Emit,
    /// Of it all: texts are examined and judged, in all threads.
    Judge,
    /// Fingerprints, suppression, order, redaction.
    Settle,
}

impl Stage {
    /// All of them, in their order.
    pub const ALL: [Stage; 10] = [
        Stage::Open,
        Stage::Index,
        Stage::Recall,
        Stage::Survey,
        Stage::Look,
        Stage::Commits,
        Stage::Trees,
        Stage::Emit,
        Stage::Judge,
        Stage::Settle,
    ];

    /// What people read.
    pub fn name(self) -> &'static str {
        match self {
            Stage::Open => "open",
            Stage::Index => "index",
            Stage::Recall => "recall",
            Stage::Survey => "survey",
            Stage::Look => "survey: look",
            Stage::Commits => "attribution: commits",
            Stage::Trees => "attribution: trees",
            Stage::Emit => "emit",
            Stage::Judge => "emit: judge",
            Stage::Settle => "settle",
        }
    }

    /// Whether it is a part of other stages, and spread over threads: then it has no wall time of its own.
    pub fn is_inner(self) -> bool {
        matches!(self, Stage::Look | Stage::Judge)
    }
}

/// Takes the time.
#[derive(Debug, Default)]
pub struct Clock {
    is_on: bool,
    wall: [AtomicU64; Stage::ALL.len()],
    cpu: [AtomicU64; Stage::ALL.len()],
}

/// A moment: by the wall clock, and by the processors'.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    wall: Instant,
    cpu: Duration,
}

impl Moment {
    /// Now; processors' time is that of all threads.
    pub fn now() -> Moment {
        Moment { wall: Instant::now(), cpu: process_time() }
    }

    /// What has passed since: wall and processors' time.
    pub fn passed(self) -> (Duration, Duration) {
        (self.wall.elapsed(), process_time().saturating_sub(self.cpu))
    }
}

/// The clock of who does not ask.
pub(crate) static OFF: Clock = Clock {
    is_on: false,
    wall: [const { AtomicU64::new(0) }; Stage::ALL.len()],
    cpu: [const { AtomicU64::new(0) }; Stage::ALL.len()],
};

impl Clock {
    /// A clock that runs.
    pub fn on() -> Clock {
        Clock { is_on: true, ..Clock::default() }
    }

    /// Times a stage during which no other one runs: all threads' work is its own.
    pub fn stage<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        if !self.is_on {
            return work();
        }
        let start = Moment::now();
        let done = work();
        let (wall, cpu) = start.passed();
        self.add(stage, wall, cpu);
        done
    }

    /// Times this thread's part of a stage that runs in many.
    pub fn inner<T>(&self, stage: Stage, work: impl FnOnce() -> T) -> T {
        if !self.is_on {
            return work();
        }
        let start = thread_time();
        let done = work();
        self.add(stage, Duration::ZERO, thread_time().saturating_sub(start));
        done
    }

    fn add(&self, stage: Stage, wall: Duration, cpu: Duration) {
        self.wall[stage as usize].fetch_add(wall.as_nanos() as u64, Ordering::Relaxed);
        self.cpu[stage as usize].fetch_add(cpu.as_nanos() as u64, Ordering::Relaxed);
    }

    /// Wall and processors' time of a stage so far.
    pub fn read(&self, stage: Stage) -> (Duration, Duration) {
        let get = |times: &[AtomicU64]| Duration::from_nanos(times[stage as usize].load(Ordering::Relaxed));
        (get(&self.wall), get(&self.cpu))
    }
}

#[cfg(unix)]
fn time(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    Duration::new(time.tv_sec.try_into().unwrap_or(0), time.tv_nsec.try_into().unwrap_or(0))
}

#[cfg(unix)]
fn process_time() -> Duration {
    time(rustix::time::ClockId::ProcessCPUTime)
}

#[cfg(unix)]
fn thread_time() -> Duration {
    time(rustix::time::ClockId::ThreadCPUTime)
}

// Where it is not known, none is told.
#[cfg(not(unix))]
fn process_time() -> Duration {
    Duration::ZERO
}

#[cfg(not(unix))]
fn thread_time() -> Duration {
    Duration::ZERO
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_add_up_and_a_clock_that_is_off_stands_still() {
        let work = || (0..2_000_000u64).fold(1u64, |n, at| n.wrapping_mul(3) ^ std::hint::black_box(at));
        let (on, off) = (Clock::on(), Clock::default());
        for clock in [&on, &off] {
            assert_eq!(clock.stage(Stage::Survey, || clock.inner(Stage::Look, work)), work());
        }
        assert!(on.read(Stage::Survey).0 > Duration::ZERO);
        assert!(cfg!(not(unix)) || on.read(Stage::Look).1 > Duration::ZERO);
        assert!(Stage::ALL.iter().all(|stage| off.read(*stage) == (Duration::ZERO, Duration::ZERO)));
        assert!(Stage::ALL.iter().enumerate().all(|(at, stage)| *stage as usize == at));
    }
}
