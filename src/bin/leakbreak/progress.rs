//! Progress on a terminal: what was read, how fast, what was found. Nothing where standard error is no terminal.

use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use leakbreak::scan::Watch;
use leakbreak::source::Unit;
use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Most scans are over before anybody could read a word.
const FIRST: Duration = Duration::from_millis(400);
const EVERY: Duration = Duration::from_millis(100);

/// Whether a line of progress stands on the terminal.
static VISIBLE: AtomicBool = AtomicBool::new(false);
/// Whether there is nothing to be drawn any more.
static ENDED: AtomicBool = AtomicBool::new(false);

/// Clears what a run that is cut off leaves on the terminal's line.
pub(crate) fn clear() {
    ENDED.store(true, Ordering::Relaxed);
    if VISIBLE.load(Ordering::Relaxed) {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// A line on standard error that lives as long as this.
#[derive(Debug)]
pub(crate) struct Progress {
    /// Dropped to end the thread.
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Progress {
    /// Shows the progress of `watch`, if somebody can see it.
    pub(crate) fn start(watch: &Arc<Watch>) -> Option<Progress> {
        if !std::io::stderr().is_terminal() {
            return None;
        }
        let (stop, stopped) = mpsc::channel();
        let watch = Arc::clone(watch);
        let thread = std::thread::Builder::new().name("progress".into()).spawn(move || {
            let start = Instant::now();
            if stopped.recv_timeout(FIRST) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = bar();
            VISIBLE.store(true, Ordering::Relaxed);
            while stopped.recv_timeout(EVERY) == Err(RecvTimeoutError::Timeout) && !ENDED.load(Ordering::Relaxed) {
                bar.set_message(line(&watch, start.elapsed()));
            }
            bar.finish_and_clear();
            VISIBLE.store(false, Ordering::Relaxed);
        });
        Some(Progress { stop: Some(stop), thread: thread.ok() })
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // It ends within a tick; a panic in it has been told already.
            let _ = thread.join();
        }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(
        ProgressStyle::with_template("{spinner} {wide_msg}").unwrap_or_else(|_| ProgressStyle::default_spinner()),
    );
    bar
}

fn line(watch: &Watch, elapsed: Duration) -> String {
    let (files, blobs, bytes) = (watch.read(Unit::File), watch.read(Unit::Blob), watch.read(Unit::Byte));
    let what = if blobs > 0 {
        format!("{} objects", HumanCount(blobs + watch.read(Unit::Commit)))
    } else {
        format!("{} files", HumanCount(files))
    };
    let rate = bytes as f64 / elapsed.as_secs_f64().max(0.001);
    format!("{what}, {}, {}/s, {} findings", HumanBytes(bytes), HumanBytes(rate as u64), watch.findings())
}
