//! `--timings`: how long each stage took, on standard error. Never in a report: reports are the same every time.

use crate::faults::say;
use std::time::{Duration, Instant};

/// A clock that notes stages.
#[derive(Debug)]
pub(crate) struct Timings {
    shown: bool,
    start: Instant,
    last: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Starts the clock.
    pub(crate) fn start(shown: bool) -> Timings {
        let now = Instant::now();
        Timings { shown, start: now, last: now, stages: Vec::new() }
    }

    /// Notes that a stage is over.
    pub(crate) fn stage(&mut self, name: &'static str) {
        let now = Instant::now();
        self.stages.push((name, now - self.last));
        self.last = now;
    }

    /// Says what was noted, if the user wants to know.
    pub(crate) fn tell(&self) {
        if !self.shown {
            return;
        }
        let stages: Vec<_> = self.stages.iter().map(|(name, took)| format!("{name} {}", millis(*took))).collect();
        let total = millis(self.last - self.start);
        say(&format!("timings: {}; total {total}", stages.join(", ")));
    }
}

fn millis(took: Duration) -> String {
    format!("{:.1} ms", took.as_secs_f64() * 1000.0)
}
