//! `--timings`: how long each stage took, on standard error. Never in a report: reports are the same every time.

use crate::faults::remark;
use leakbreak::clock::{Clock, Moment, Stage};
use std::sync::Arc;
use std::time::Duration;

/// A clock that notes stages.
#[derive(Debug)]
pub(crate) struct Timings {
    shown: bool,
    start: Moment,
    last: Moment,
    stages: Vec<(&'static str, Duration, Duration)>,
    /// Of what goes on inside a scan.
    pub clock: Arc<Clock>,
}

impl Timings {
    /// Starts the clock.
    pub(crate) fn start(shown: bool) -> Timings {
        let now = Moment::now();
        let clock = Arc::new(if shown { Clock::on() } else { Clock::default() });
        Timings { shown, start: now, last: now, stages: Vec::new(), clock }
    }

    /// Notes that a stage is over.
    pub(crate) fn stage(&mut self, name: &'static str) {
        let (wall, cpu) = self.last.passed();
        self.stages.push((name, wall, cpu));
        self.last = Moment::now();
    }

    /// Says what was noted, if the user wants to know.
    pub(crate) fn tell(&self) {
        if !self.shown {
            return;
        }
        remark("leakbreak: timings:                wall         CPU");
        for (name, wall, cpu) in &self.stages {
            line(name, Some(*wall), *cpu);
            if *name == "scan" {
                self.inside();
            }
        }
        let (wall, cpu) = self.start.passed();
        line("total", Some(wall), cpu);
    }

    fn inside(&self) {
        for stage in Stage::ALL {
            let (wall, cpu) = self.clock.read(stage);
            if wall + cpu > Duration::ZERO {
                line(&format!("  {}", stage.name()), (!stage.is_inner()).then_some(wall), cpu);
            }
        }
    }
}

/// One stage: CPU time is that of all threads.
fn line(name: &str, wall: Option<Duration>, cpu: Duration) {
    let millis = |took: Duration| format!("{:.1} ms", took.as_secs_f64() * 1000.0);
    remark(&format!("  {name:<26}{:>12}{:>12}", wall.map(millis).unwrap_or_default(), millis(cpu)));
}
